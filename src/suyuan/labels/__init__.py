"""Takes what stands on labels, and a design; gives them as PDF, SVG, PNG or ZPL.

Each symbol's modules are whole dots of the printer, at whole dots from the label's corner, so that
no module is printed wider than its neighbour. The drawing itself is typst's, the symbols
zxing-cpp's; both are loaded when the first label is drawn.
"""

from suyuan.labels.certificates import ProduceCertificate, certificate_label
from suyuan.labels.designs import DESIGNS, design
from suyuan.labels.draw import draw
from suyuan.labels.types import Format, Label, Symbol

__all__ = [
    "DESIGNS",
    "Format",
    "Label",
    "ProduceCertificate",
    "Symbol",
    "certificate_label",
    "design",
    "draw",
]

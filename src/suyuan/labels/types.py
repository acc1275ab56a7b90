"""What stands on a label, what labels are made of, and what can be wrong with them."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from suyuan.kit import SuyuanError, Text

INCH: Final = 25.4


class LabelError(SuyuanError):
    """A label that cannot be drawn so, and what to change."""


class Format(StrEnum):
    """A form that labels are given in: one file of many pages (PDF, ZPL) or a file for each."""

    PDF = "pdf"
    SVG = "svg"
    PNG = "png"
    ZPL = "zpl"


class Kind(StrEnum):
    """A symbology that we print."""

    QR = "qr"
    DATA_MATRIX = "datamatrix"
    GS1_128 = "gs1-128"


class Symbol(Struct, frozen=True):
    """A text in a symbol; an element string `(01)…` makes the symbol GS1's own (FNC1 first)."""

    kind: Kind
    text: str


class Label(Struct, frozen=True, kw_only=True):
    """One label: a heading, lines of text, the code as people read it, and its symbols."""

    heading: str
    symbols: tuple[Symbol, ...]
    code: str = ""
    lines: tuple[str, ...] = ()


class Design(Struct, frozen=True, kw_only=True):
    """The measures of a label in mm, and how many stand on a page.

    `purpose` says what it is for. `pad` is what stays free at left and right, at top and bottom.
    `side` is the square that each
    two-dimensional symbol has with its quiet zone, `most` how many there is room for, one below
    the other; the text stands beside them in `size` points at most and `least` at least. `bars`:
    how high those of a GS1-128 are, along the bottom; 0 has no room for one. `across` × `down`
    labels make a page of `page` mm from `margin` on.
    """

    name: str
    purpose: Text
    width: float
    height: float
    pad: tuple[float, float]
    side: float
    most: int = 1
    size: float
    least: float
    bars: float = 0.0
    across: int = 1
    down: int = 1
    page: tuple[float, float] = (0.0, 0.0)
    margin: tuple[float, float] = (0.0, 0.0)

    @property
    def paper(self) -> tuple[float, float]:
        """Width and height of a page in mm."""
        return self.page if self.across * self.down > 1 else (self.width, self.height)

    def dots(self, labels: int, *, dpi: int) -> int:
        """Dots of all pages of so many labels."""
        wide, high = (round(side / INCH * dpi) for side in self.paper)
        return -(-labels // (self.across * self.down)) * wide * high

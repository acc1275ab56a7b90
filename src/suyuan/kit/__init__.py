"""Takes plain values; gives small mechanisms that know nothing of tracing.

Here are the types that travel everywhere; each mechanism is imported from its own module
(`suyuan.kit.canonical`, `digest`, `span`, `strictjson`, …).
"""

from suyuan.kit.clock import Clock
from suyuan.kit.errors import BusyError, SuyuanError
from suyuan.kit.ids import Ids
from suyuan.kit.quantity import Quantity
from suyuan.kit.span import Span
from suyuan.kit.text import Text

__all__ = ["BusyError", "Clock", "Ids", "Quantity", "Span", "SuyuanError", "Text"]

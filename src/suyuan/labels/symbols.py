"""Texts as symbols: rows of dark and light modules, and an SVG of them."""

from typing import Any, Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.labels.types import Kind, LabelError, Symbol

_QUIET: Final = {Kind.QR: 4, Kind.DATA_MATRIX: 2}
_BEGINS_ELEMENTS: Final = "("
_DARK: Final = 0

_EMPTY = Text("码里没有内容。", "There is no text for the symbol.")
_UNFIT = Text("内容不能写成 {kind} 码：{why}", "The text cannot be made a {kind} symbol: {why}")


class Modules(Struct, frozen=True):
    """The modules of a symbol, row by row, without its quiet zone of `quiet` modules."""

    rows: tuple[tuple[bool, ...], ...]
    quiet: int

    @property
    def across(self) -> int:
        """Modules from edge to edge, quiet zones included."""
        return len(self.rows[0]) + 2 * self.quiet


def modules(symbol: Symbol) -> Modules:
    """The modules of a symbol: QR at level Q (a quarter may be lost), Data Matrix ECC 200.

    Raises:
        LabelError: there is no text, or no element string though it begins as one.
    """
    if not symbol.text:
        raise LabelError("label.symbol", _EMPTY, "text")
    try:
        rows = _qr(symbol.text) if symbol.kind is Kind.QR else _data_matrix(symbol.text)
    except ValueError as error:
        text = _UNFIT.format(kind=symbol.kind.value, why=error)
        raise LabelError("label.symbol", text, "text") from error
    return Modules(rows, _QUIET[symbol.kind])


def svg(found: Modules) -> str:
    """The symbol as one path, a unit for each module, without its quiet zone."""
    path = []
    for y, row in enumerate(found.rows):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                path.append(f"M{x} {y}h{run - x}v1h-{run - x}z")
            x = run + 1
    wide, high = len(found.rows[0]), len(found.rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        f'width="{wide}" height="{high}"><path d="{"".join(path)}"/></svg>'
    )


def _qr(text: str) -> tuple[tuple[bool, ...], ...]:
    import segno  # noqa: PLC0415 -- only when a label is drawn

    made = segno.make(text, error="q", micro=False, boost_error=False)
    return tuple(tuple(map(bool, row)) for row in made.matrix)


def _data_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    import zxingcpp  # noqa: PLC0415 -- only when a label is drawn

    made: Any = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.DataMatrix, gs1=text.startswith(_BEGINS_ELEMENTS)
    )
    lines: Any = memoryview(made.to_image(scale=1, add_quiet_zones=False)).tolist()
    return tuple(tuple(each == _DARK for each in row) for row in lines)

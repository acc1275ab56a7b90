"""Texts as symbols: rows of dark and light modules, and a path of them.

How much each may lose: a QR code 15 % of its codewords at level M to 30 % at H (ISO/IEC 18004,
table 12), a Data Matrix ECC 200 of our sizes a fifth to a quarter (ISO/IEC 16022, table 7). Bars
have no correction; any one line across them that is whole is enough.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.kit import Text
from suyuan.labels.types import Kind, LabelError, Symbol

_QUIET: Final = {Kind.QR: 4, Kind.DATA_MATRIX: 2, Kind.GS1_128: 10}
_LEAST_MATRIX, _LEAST_VERSION = 20, 6
"""Modules of a Data Matrix's side, and the number that zxing-cpp has for that size."""
_BEGINS_ELEMENTS: Final = "("
_DARK: Final = 0

_EMPTY = Text("码里没有内容。", "There is no text for the symbol.")
_UNFIT = Text("内容不能写成 {kind} 码：{why}", "The text cannot be made a {kind} symbol: {why}")
_NOT_GS1 = Text(
    "GS1-128 只写 GS1 编码，如 (00)…；“{text}” 请用 qr 或 datamatrix。",
    "GS1-128 holds GS1 codes such as (00)… alone; print '{text}' as qr or datamatrix.",
)


class Modules(Struct, frozen=True):
    """The modules of a symbol, row by row, without its quiet zone of `quiet` modules."""

    rows: tuple[tuple[bool, ...], ...]
    quiet: int

    @property
    def across(self) -> int:
        """Modules from edge to edge, quiet zones included."""
        return len(self.rows[0]) + 2 * self.quiet


def modules(symbol: Symbol, *, dots: int | None = None) -> Modules:
    """The modules of a symbol: Data Matrix ECC 200, GS1-128 as one row, QR at level Q or better.

    A Data Matrix is square: long texts would else become rectangles (ISO/IEC 21471), which few
    scanners know, small in their square. It has 20 x 20 modules at least: of 18 x 18 a stain over
    a twentieth loses one in fifty. Of `dots` for its side a QR code takes level H (nearly a third
    may be lost) where its modules
    are then no smaller than at level Q (a quarter).

    Raises:
        LabelError: there is no text, or no element string though it begins or must be as one.
    """
    if not symbol.text:
        raise LabelError("label.symbol", _EMPTY, "text")
    try:
        rows = _rows(symbol, dots)
    except ValueError as error:
        text = _UNFIT.format(kind=symbol.kind.value, why=error)
        raise LabelError("label.symbol", text, "text") from error
    return Modules(rows, _QUIET[symbol.kind])


class Shape(Struct, frozen=True):
    """A symbol as one SVG path without its quiet zone, a unit for each module, and its extent."""

    path: str
    wide: int
    high: int

    def svg(self) -> str:
        """The shape as a drawing of its own."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.wide} {self.high}" '
            f'width="{self.wide}" height="{self.high}"><path d="{self.path}"/></svg>'
        )


def shape(found: Modules, *, tall: int = 1) -> Shape:
    """What is dark of a symbol; `tall`: how many units high a row is."""
    path = []
    for y, row in enumerate(found.rows):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                path.append(f"M{x} {y * tall}h{run - x}v{tall}h-{run - x}z")
            x = run + 1
    return Shape("".join(path), len(found.rows[0]), len(found.rows) * tall)


def _rows(symbol: Symbol, dots: int | None) -> tuple[tuple[bool, ...], ...]:
    import zxingcpp  # noqa: PLC0415 -- only when a label is drawn

    formats, is_gs1 = zxingcpp.BarcodeFormat, symbol.text.startswith(_BEGINS_ELEMENTS)
    match symbol.kind:
        case Kind.DATA_MATRIX:
            return _matrix(symbol.text, formats.DataMatrix, is_gs1=is_gs1)
        case Kind.GS1_128 if not is_gs1:
            raise LabelError(
                "label.symbol", _NOT_GS1.format(text=privacy.quoted(symbol.text, 40)), "symbols"
            )
        case Kind.GS1_128:
            return _made(symbol.text, formats.Code128, {"gs1": True})[:1]
        case Kind.QR:
            return _qr(symbol.text, {"gs1": True} if is_gs1 else {}, dots)


def _matrix(text: str, form: Any, *, is_gs1: bool) -> tuple[tuple[bool, ...], ...]:
    usual = _made(text, form, {"gs1": is_gs1, "force_square": True})
    if len(usual) >= _LEAST_MATRIX:
        return usual
    return _made(text, form, {"gs1": is_gs1, "version": _LEAST_VERSION})


def _qr(text: str, how: Mapping[str, Any], dots: int | None) -> tuple[tuple[bool, ...], ...]:
    import zxingcpp  # noqa: PLC0415

    form = zxingcpp.BarcodeFormat.QRCode
    usual = _made(text, form, {**how, "ec_level": "Q"})
    if dots is None:
        return usual
    try:
        best = _made(text, form, {**how, "ec_level": "H"})
    except ValueError:  # a long text that only the lower level holds
        return usual
    quiet = 2 * _QUIET[Kind.QR]
    return best if dots // (len(best) + quiet) == dots // (len(usual) + quiet) else usual


def _made(text: str, form: Any, how: Mapping[str, Any]) -> tuple[tuple[bool, ...], ...]:
    import zxingcpp  # noqa: PLC0415

    made: Any = zxingcpp.create_barcode(text, form, **how)
    image: Any = memoryview(made.to_image(scale=1, add_quiet_zones=False))
    return tuple(tuple(each == _DARK for each in row) for row in image.tolist())

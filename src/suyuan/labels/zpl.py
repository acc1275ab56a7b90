"""A label for thermal printers: ZPL II with the whole label as one graphic, dot by dot.

So it needs no font in the printer, and what is printed is what was checked: the graphic is the
label's PNG at the printer's resolution. The graphic's rows are packed as ZPL's ASCII hexadecimal
with run lengths (^GF, "alternative data compression scheme").
"""

import io
import itertools
from collections.abc import Iterator
from typing import Final

_MIDDLE: Final = 128
_SMALL: Final = "GHIJKLMNOPQRSTUVWXY"
_LARGE: Final = "ghijklmnopqrstuvwxyz"
_TWENTY: Final = 20
_MOST_RUN: Final = 419


def zpl(png: bytes) -> str:
    """One label of ZPL from its picture; a dot is printed where the picture is darker than half."""
    from PIL import Image  # noqa: PLC0415 -- only when a label is drawn

    with Image.open(io.BytesIO(png)) as image:
        grey = image.convert("L")
    wide, high = grey.size
    bits = grey.point([255 if shade < _MIDDLE else 0 for shade in range(256)]).convert("1")
    row = (wide + 7) // 8
    data = bits.tobytes()
    rows = "".join(_packed_rows(data, row))
    return (
        f"^XA^PW{wide}^LL{high}^LH0,0^FO0,0^GFA,{row * high},{row * high},{row},{rows}^FS^PQ1^XZ\n"
    )


def _packed_rows(data: bytes, row: int) -> Iterator[str]:
    """Each row packed; one like the row above is a colon."""
    above = b""
    for at in range(0, len(data), row):
        here = data[at : at + row]
        yield ":" if here == above else _packed(here.hex().upper())
        above = here


def _packed(digits: str) -> str:
    """A row's digits with run lengths; trailing zeros as a comma, trailing ones as a mark."""
    for end, mark in (("0", ","), ("F", "!")):
        bare = digits.rstrip(end)
        if len(bare) < len(digits):
            return _runs(bare) + mark
    return _runs(digits)


def _runs(digits: str) -> str:
    return "".join(
        _times(length) + digit
        for digit, length in ((digit, len(list(run))) for digit, run in itertools.groupby(digits))
    )


def _times(length: int) -> str:
    """G to Y stand for 1 to 19, g to z for 20 to 400, added up; a single digit needs none."""
    said = ""
    while length > _MOST_RUN:
        said, length = said + _LARGE[-1] + _SMALL[-1], length - _MOST_RUN
    if length == 1 and not said:
        return ""
    if length >= _TWENTY:
        said += _LARGE[length // _TWENTY - 1]
    return said + (_SMALL[length % _TWENTY - 1] if length % _TWENTY else "")

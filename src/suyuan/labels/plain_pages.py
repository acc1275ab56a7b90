"""Takes placed labels; gives what typst draws of them, and to its SVG pages their symbols as paths.

A picture within a picture, which typst makes of a symbol, is what many programs do not draw.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from suyuan.labels.types import INCH, Format

_POINTS: Final = 72
_END: Final = "</svg>"

Placed = Mapping[str, Any]


def drawable(labels: Sequence[Placed], form: Format) -> list[dict[str, Any]]:
    """The labels as the drawing takes them: with a drawing of each symbol, for SVG without."""
    return [
        {**one, "symbols": [_with_drawing(each, form) for each in one["symbols"]]} for one in labels
    ]


def with_symbols(pages: Sequence[bytes], labels: Sequence[Placed]) -> list[bytes]:
    """SVG pages with the symbols of their labels in them."""
    of_pages = list(_by_page(labels))
    return [_page(page, symbols) for page, symbols in zip(pages, of_pages, strict=True)]


def _with_drawing(symbol: Placed, form: Format) -> dict[str, Any]:
    given = {name: value for name, value in symbol.items() if name != "shape"}
    return given | {"svg": "" if form is Format.SVG else symbol["shape"].svg()}


def _by_page(labels: Sequence[Placed]) -> Iterator[list[Placed]]:
    symbols: list[Placed] = []
    for at, one in enumerate(labels):
        if at and one["first"]:
            yield symbols
            symbols = []
        symbols += one["symbols"]
    yield symbols


def _page(page: bytes, symbols: Sequence[Placed]) -> bytes:
    drawing = page.decode()
    end = drawing.rindex(_END)
    return f"{drawing[:end]}{''.join(map(_path, symbols))}{drawing[end:]}".encode()


def _path(symbol: Placed) -> str:
    shape = symbol["shape"]
    x, y, wide, high = (symbol[name] / INCH * _POINTS for name in ("x", "y", "wide", "high"))
    across, down = wide / shape.wide, high / shape.high
    place = f"matrix({across:.9f} 0 0 {down:.9f} {x:.9f} {y:.9f})"
    return f'<path transform="{place}" d="{shape.path}"/>'

"""Bar codes that lie aslant: the picture is turned until a line runs through all their bars.

A reader of bar codes looks along lines and columns; beyond some ten degrees no line crosses all the
bars of a long code, nor all the rows of a stacked one. Symbols of squares are found at any angle,
so only codes of bars are looked for here, and only those whose check proves a reading.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from suyuan.pictures.places import Corners, Point, corners_of

if TYPE_CHECKING:
    from PIL.Image import Image

_TURNS: Final = (15, 30, 45, 60, 75)
"""Degrees; each serves as well for a quarter turn more, and for seven degrees on either side."""

_BETWEEN: Final = (7.5, 22.5, 37.5, 52.5, 67.5, 82.5)
"""The rows of a stacked code are low: between those turns a line crosses several."""

_STACKED: Final = ("PDF417",)
_FORMATS: Final = (
    "EAN13", "EAN8", "UPCA", "UPCE", "Code128", "DataBarOmni", "DataBarLtd", "DataBarExp", "ITF14",
    "PDF417",
)  # fmt: skip
_GROWN: Final = 3
"""How many times the pixels a picture may have once turned: a strip aslant needs a vast paper."""

_BRIGHTEST: Final = 5
"""One in so many pixels at least is paper."""


def turned_codes(
    image: "Image", most: int, *, between: bool = False
) -> Iterator[tuple[Any, Corners]]:
    """Bar codes of the picture turned, with their corners in the picture as it is.

    No more than `most` pixels are turned: a larger picture is made smaller first. `between` turns
    it by the angles between, and looks for stacked codes alone.
    """
    import zxingcpp  # noqa: PLC0415 -- only when a picture comes
    from PIL import Image  # noqa: PLC0415

    formats = formats_of_bars(_STACKED if between else _FORMATS)
    scale = min(1.0, (most / _pixels_turned(image)) ** 0.5)
    size = (max(int(image.width * scale), 1), max(int(image.height * scale), 1))
    small = image if scale == 1 else image.resize(size, Image.Resampling.BILINEAR)
    paper = _paper(small)
    for degrees in _BETWEEN if between else _TURNS:
        turned = small.rotate(
            degrees, resample=Image.Resampling.BILINEAR, expand=True, fillcolor=paper
        )
        for code in zxingcpp.read_barcodes(turned, formats=formats, try_invert=False):
            first, second, third, fourth = (
                _turned_back(each, degrees, turned.size, small.size, scale)
                for each in corners_of(code.position)
            )
            yield code, (first, second, third, fourth)


def _pixels_turned(image: "Image") -> float:
    """What the picture counts for: its pixels, or a share of those that half a right angle makes.

    A strip w by h, turned so and on paper again, takes (w + h)² / 2.
    """
    return max(image.width * image.height, (image.width + image.height) ** 2 / 2 / _GROWN)


def formats_of_bars(names: tuple[str, ...] = _FORMATS) -> Any:
    """The reader's formats of these names; else all codes of bars whose check proves a reading."""
    import zxingcpp  # noqa: PLC0415

    return [getattr(zxingcpp.BarcodeFormat, name) for name in names]


def _paper(image: "Image") -> int:
    """The shade of the paper: what comes into sight at the corners must not dazzle."""
    histogram = image.histogram()
    left = sum(histogram) // _BRIGHTEST
    for shade in range(len(histogram) - 1, 0, -1):
        left -= histogram[shade]
        if left <= 0:
            return shade
    return 0


def _turned_back(
    point: Point, degrees: float, turned: tuple[int, int], straight: tuple[int, int], scale: float
) -> Point:
    """A point of the turned picture in the picture as it came."""
    angle = math.radians(degrees)
    x, y = point[0] - turned[0] / 2, point[1] - turned[1] / 2
    back_x = x * math.cos(angle) - y * math.sin(angle) + straight[0] / 2
    back_y = x * math.sin(angle) + y * math.cos(angle) + straight[1] / 2
    return round(back_x / scale), round(back_y / scale)

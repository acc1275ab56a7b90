"""What is found in a picture, how much a picture may ask, and what can be wrong with it."""

from msgspec import Struct

from suyuan.kit import SuyuanError


class PictureError(SuyuanError):
    """A picture that cannot be read, and what to send instead."""


class PictureLimits(Struct, frozen=True, kw_only=True):
    """How large a picture may be.

    Bytes of the file; pixels of one image or page once unpacked; pages of a PDF that are looked
    at; codes that are given.
    """

    size: int = 16 << 20
    pixels: int = 50_000_000
    pages: int = 20
    codes: int = 100


class Found(Struct, frozen=True, kw_only=True):
    """A code in a picture.

    `text` is as people read it (GS1 identifiers in brackets, control characters spelled like
    `<NUL>`), `content` as a scanner sends it:
    with the AIM prefix and group separators where the symbol is a GS1 one. `corners` are pixels
    (x, y) from the top left corner of the page, clockwise from the symbol's own top left; pages
    count from 1.
    """

    text: str
    content: str
    symbology: str
    page: int
    corners: tuple[tuple[int, int], ...]

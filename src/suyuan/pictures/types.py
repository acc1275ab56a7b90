"""What is found in a picture, how much a picture may ask, and what can be wrong with it."""

from typing import Final

from msgspec import Struct

from suyuan.kit import SuyuanError, Text

_READ: Final = Text(
    "请用 PNG、JPEG、WebP、GIF、BMP、TIFF 或 PDF，最大 16 MB；HEIC 请先转成 JPEG。",
    "Send PNG, JPEG, WebP, GIF, BMP, TIFF or PDF, up to 16 MB; convert HEIC to JPEG.",
)
_BY_HTTP: Final = Text(
    "{read}经接口时，正文就是文件本身。", "{read} Over HTTP the body is the file itself."
).format(read=_READ)


class PictureError(SuyuanError):
    """A picture that cannot be read, and what to send instead."""

    cure: Final = _BY_HTTP


BROKEN: Final = Text(
    "图片不完整或已损坏；请重新上传。", "The picture is cut off or damaged; send it again."
)
TOO_MUCH: Final = Text(
    "图片展开后太大或太复杂，读不完；请缩小、裁剪，或改传有码处的截图。",
    "The picture takes too much memory or time to unpack; make it smaller, cut it, or send a "
    "screenshot of the codes.",
)


_LARGE: Final = Text(
    "图片超过 {most} MB；请缩小、裁剪，或改传有码处的截图。",
    "The picture has more than {most} MB; make it smaller, cut it, or send a screenshot of the "
    "codes.",
)


def too_large(limits: "PictureLimits") -> PictureError:
    """The refusal of a file that has more bytes than its limits allow."""
    text = _LARGE.format(most=limits.size >> 20)
    return PictureError("picture.large", text, "picture", status=413)


def too_much() -> PictureError:
    """The refusal of a picture that took more memory than its limits allow."""
    return PictureError("picture.too-much", TOO_MUCH, "picture", status=413)


def too_long() -> "OutOfTimeError":
    """The refusal of one that took more time."""
    return OutOfTimeError("picture.too-much", TOO_MUCH, "picture", status=413)


class OutOfTimeError(PictureError):
    """A picture that took more time than it had; with more it may be read."""


class PictureLimits(Struct, frozen=True, kw_only=True):
    """How large a picture may be, and what it may take to find out.

    Bytes of the file; pixels of one image or page once unpacked, and of one side of it, since the
    reader counts a side in sixteen bits; pages of a PDF that are looked at; codes that are given;
    `turned` pixels in all that are turned to find bar codes that lie aslant, and `again` of pages
    that are drawn a second time. `memory` in bytes and `processor` in seconds are the child
    process's in which it is unpacked, `wall` the seconds after which nobody waits for it any more.
    """

    size: int = 16 << 20
    pixels: int = 50_000_000
    side: int = 30_000
    pages: int = 20
    codes: int = 100
    turned: int = 48_000_000
    again: int = 60_000_000
    memory: int = 1 << 30
    processor: int = 15
    wall: float = 30.0


class Found(Struct, frozen=True, kw_only=True):
    """A code in a picture.

    `text` is as people read it (GS1 identifiers in brackets, control characters spelled like
    `<NUL>`), `content` as a scanner sends it:
    with the AIM prefix and group separators where the symbol is a GS1 one. `corners` are pixels
    (x, y) from the top left corner of the page, clockwise from the symbol's own top left; pages
    count from 1. `doubt` says why a line of bars may be no code at all.
    """

    text: str
    content: str
    symbology: str
    page: int
    corners: tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
    doubt: Text | None = None


class Refused(Struct, frozen=True, tag=True):
    """A `PictureError` on its way out of the child process."""

    code: str
    text: Text
    place: str
    status: int


class Read(Struct, frozen=True, tag=True):
    """What was found, on the same way."""

    found: tuple[Found, ...]


class Failed(Struct, frozen=True, tag=True):
    """A fault of ours in the child process: the type of its error, and as Python traced it."""

    kind: str
    trace: str

"""Takes a picture and who asks; gives each code in it with its readings, as `identify` does."""

import threading
from typing import Final

from msgspec import Struct, structs

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.model import PUBLIC, Viewer
from suyuan.pictures import Found, read_picture
from suyuan.service.asking import Identified, identify
from suyuan.service.platform import Platform

_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""A large picture takes seconds and hundreds of megabytes: so many are read side by side."""

_WAIT: Final = 20.0
_BUSY = Text("正在读别的图片，请稍后再试。", "Other pictures are being read; try again in a while.")


class ReadCode(Struct, frozen=True, kw_only=True):
    """A code in a picture, and what it can be, best first."""

    found: Found
    readings: tuple[Identified, ...]


def read(platform: Platform, data: bytes, viewer: Viewer = PUBLIC) -> list[ReadCode]:
    """The codes in a photo or PDF, each with its readings; the picture is not kept.

    Resident identity numbers in them are masked, as everywhere.

    Raises:
        SuyuanError: no picture that can be read, too large, or too many at once (503).
    """
    if not _AT_ONCE.acquire(timeout=_WAIT):
        raise SuyuanError("picture.busy", _BUSY, "picture", status=503)
    try:
        found = read_picture(data)
    finally:
        _AT_ONCE.release()
    readings = identify(platform, [each.content for each in found], viewer) if found else []
    return [
        ReadCode(found=_hidden(each), readings=tuple(known))
        for each, known in zip(found, readings, strict=True)
    ]


def _hidden(found: Found) -> Found:
    return structs.replace(
        found, text=privacy.masked(found.text), content=privacy.masked(found.content)
    )

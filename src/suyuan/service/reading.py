"""Takes a picture and who asks; gives each code in it with its readings, as `identify` does."""

import signal
import subprocess
import sys
from typing import Final

import msgspec
from msgspec import Struct, structs

from suyuan.codes import privacy
from suyuan.kit import Text
from suyuan.model import PUBLIC, Viewer
from suyuan.pictures import Found, PictureError, PictureLimits
from suyuan.pictures.types import BROKEN, Failed, Read, Refused, too_much
from suyuan.service.asking import Identified, identify
from suyuan.service.gate import Gate
from suyuan.service.platform import Platform

_GATE: Final = Gate(
    "picture",
    Text("正在读别的图片，请稍后再试。", "Other pictures are being read; try again in a while."),
    at_once=2,
    waiting=4,
)
_LIMITS: Final = PictureLimits()
_CHILD: Final = (sys.executable, "-I", "-m", "suyuan.pictures.child")
_ALONE: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
"""The child gets nothing of our environment: it has no business with what is secret in there."""

_FAULTS: Final = frozenset({-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGFPE})
"""A library tripped over the file; all other ends are those of a process out of its limits."""


class ReadCode(Struct, frozen=True, kw_only=True):
    """A code in a picture, and what it can be, best first."""

    found: Found
    readings: tuple[Identified, ...]


def read(
    platform: Platform, data: bytes, viewer: Viewer = PUBLIC, *, limits: PictureLimits = _LIMITS
) -> list[ReadCode]:
    """The codes in a photo or PDF, each with its readings; the picture is not kept.

    Resident identity numbers in them are masked, as everywhere.

    Raises:
        PictureError: no picture that can be read, too large, or too much to unpack.
        BusyError: too many at once (503).
    """
    with _GATE.through():
        found = read_apart(data, limits)
    readings = identify(platform, [each.content for each in found], viewer) if found else []
    return [
        ReadCode(found=_hidden(each), readings=tuple(known))
        for each, known in zip(found, readings, strict=True)
    ]


def read_apart(data: bytes, limits: PictureLimits = _LIMITS) -> tuple[Found, ...]:
    """What `read_picture` gives, from a process that this picture has to itself.

    To start it takes a tenth of a second; no picture can then touch us or another picture.

    Raises:
        PictureError: as `read_picture`; too much to unpack within the limits; it broke the child.
    """
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and module)
            [*_CHILD, msgspec.json.encode(limits)],
            input=data[: limits.size + 1],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries write there as much as a file makes them
            timeout=limits.wall,
            env=_ALONE,
            cwd="/",
            start_new_session=True,  # what interrupts us ends it by its input, not by surprise
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise too_much() from error
    if done.returncode in _FAULTS:
        raise PictureError("picture.broken", BROKEN, "picture")
    if done.returncode < 0:
        raise too_much()
    return _answered(done)


def _answered(done: subprocess.CompletedProcess[bytes]) -> tuple[Found, ...]:
    done.check_returncode()
    answer = msgspec.json.decode(done.stdout, type=Read | Refused | Failed)
    if isinstance(answer, Refused):
        raise PictureError(answer.code, answer.text, answer.place, status=answer.status)
    if isinstance(answer, Failed):
        raise RuntimeError(answer.trace)  # noqa: TRY004 (its type says that we failed)
    return answer.found


def _hidden(found: Found) -> Found:
    return structs.replace(
        found, text=privacy.masked(found.text), content=privacy.masked(found.content)
    )

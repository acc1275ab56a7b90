"""Takes a picture and who asks; gives each code in it with its readings, as `identify` does."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Final

import msgspec
import structlog
from msgspec import Struct, structs

from suyuan.codes import asked, privacy
from suyuan.codes.types import Identified
from suyuan.kit import Text
from suyuan.kit.addresses import network_of
from suyuan.model import PUBLIC, Viewer
from suyuan.pictures import Found, PictureError, PictureLimits
from suyuan.pictures.types import (
    BROKEN,
    Failed,
    OutOfTimeError,
    Read,
    Refused,
    too_long,
    too_much,
)
from suyuan.service.asking import identify
from suyuan.service.gate import Gate
from suyuan.service.platform import Platform

_BUSY: Final = Text(
    "正在读别的图片，请稍后再试。", "Other pictures are being read; try again in a while."
)
_QUICK: Final = Gate("picture", _BUSY, at_once=2, waiting=4)
_SLOW: Final = Gate("picture", _BUSY, at_once=1, waiting=2)
_LIMITS: Final = PictureLimits()
_AT_FIRST: Final = 2
_AT_FIRST_WALL: Final = 4.0
"""Seconds of a processor, and of a clock: below the patience at the gate, so that whoever waits
there behind the worst pictures comes through."""

_ANONYMOUS: Final = 8
"""Seconds of a processor: a photo of twelve million pixels without a code takes four to eight."""

_LOG: Final = structlog.get_logger("suyuan.pictures")
_CHILD: Final = (sys.executable, "-I", "-m", "suyuan.pictures.child")
_ALONE: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
"""The child gets nothing of our environment: it has no business with what is secret in there."""

_FAULTS: Final = frozenset({-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGFPE})
"""A library tripped over the file; all other ends are those of a process out of its limits."""


_OUT_OF_TIME: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL})
"""What the limit of processor time ends a process by; a system short of memory kills one too."""


class ReadCode(Struct, frozen=True, kw_only=True):
    """A code in a picture, and what it can be, best first."""

    found: Found
    readings: tuple[Identified, ...]


def read(
    platform: Platform, data: bytes, viewer: Viewer = PUBLIC, *, address: str = ""
) -> list[ReadCode]:
    """The codes in a photo or PDF, each with its readings; the picture is not kept.

    Who is nobody that we know has less time for it. Resident identity numbers in them are masked,
    as everywhere.

    Raises:
        PictureError: no picture that can be read, too large, or too much to unpack.
        BusyError: too many at once (503).
    """
    processor = _ANONYMOUS if viewer == PUBLIC else _LIMITS.processor
    found = read_in_turn(data, structs.replace(_LIMITS, processor=processor), address)
    readings = identify(platform, [each.content for each in found], viewer) if found else []
    return _told(found, readings)


def read_alone(data: bytes, resolvers: frozenset[str], *, on: date) -> list[ReadCode]:
    """The same for the operator where there is no database: of no code is anything known.

    Raises:
        PictureError, BusyError: as `read`.
    """
    found = read_in_turn(data, _LIMITS, "")
    return _told(found, asked.identified([each.content for each in found], resolvers, on=on))


def _told(found: Sequence[Found], readings: Sequence[Sequence[Identified]]) -> list[ReadCode]:
    return [
        ReadCode(found=_hidden(each), readings=tuple(known))
        for each, known in zip(found, readings, strict=True)
    ]


def read_in_turn(data: bytes, limits: PictureLimits, address: str) -> tuple[Found, ...]:
    """What `read_apart` gives, while few others are read.

    All begin in a quick lane and most end there. What takes longer begins anew in a slow one, so
    that no number of hard pictures keeps an easy one waiting. One address has a place in each.

    Raises:
        PictureError, BusyError: as `read`.
    """
    caller = network_of(address)
    first = structs.replace(
        limits,
        processor=min(limits.processor, _AT_FIRST),
        wall=min(limits.wall, _AT_FIRST_WALL),
    )
    with _QUICK.through(caller), suppress(OutOfTimeError):
        return read_apart(data, first)
    with _SLOW.through(caller):
        return read_apart(data, limits)


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
        raise too_long() from error
    if done.returncode in _FAULTS:
        raise PictureError("picture.broken", BROKEN, "picture")
    if done.returncode in _OUT_OF_TIME:
        raise too_long()
    if done.returncode < 0:
        raise too_much()
    return _answered(done)


def _answered(done: subprocess.CompletedProcess[bytes]) -> tuple[Found, ...]:
    done.check_returncode()
    answer = msgspec.json.decode(done.stdout, type=Read | Refused | Failed)
    if isinstance(answer, Refused):
        raise PictureError(answer.code, answer.text, answer.place, status=answer.status)
    if isinstance(answer, Failed):
        _LOG.error("picture.failed", error=answer.kind)
        raise RuntimeError(answer.trace)  # noqa: TRY004 (its type says that we failed)
    return answer.found


def _hidden(found: Found) -> Found:
    return structs.replace(
        found, text=privacy.masked(found.text), content=privacy.masked(found.content)
    )

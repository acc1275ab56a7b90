"""Takes an event; gives the members of its parts, and the atoms that their values are made of.

The index keeps terms of what stands here and queries compare it, so both read it by this one file.
Members are extensions in any part of an event, and what sensors say.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, assert_never

from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.model import Event

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_MOST_DIGITS: Final = 1_000
_DAY: Final = len("2026-03-01")
_TIME: Final = len("2026-03-01T")
_APART: Final = frozenset(("sensorMetadata", "sensorReport"))
_WRAPPED: Final = ("@value", "#text")

Members = Mapping[str, Any]


class Part(StrEnum):
    """The parts of an event that have members of their own, by their names in parameters."""

    EVENT = ""
    ILMD = "ILMD"
    ERROR = "ERROR_DECLARATION"
    ELEMENT = "SENSORELEMENT"
    METADATA = "SENSORMETADATA"
    REPORT = "SENSORREPORT"
    READ_POINT = "readPoint"
    BIZ_LOCATION = "bizLocation"


def members_of(event: Event, part: Part) -> Iterator[Members]:
    """The members of a part, wherever it stands in the event."""
    match part:
        case Part.EVENT:
            yield event.extensions
        case Part.ILMD:
            yield event.ilmd
        case Part.ERROR:
            yield event.error.extensions if event.error else {}
        case Part.READ_POINT:
            yield event.read_point_extensions
        case Part.BIZ_LOCATION:
            yield event.biz_location_extensions
        case Part.ELEMENT | Part.METADATA | Part.REPORT:
            for element in event.sensors:
                yield from _sensed(element, part)
        case _:
            assert_never(part)


def _sensed(element: Members, part: Part) -> Iterator[Members]:
    if part is Part.ELEMENT:
        yield {key: value for key, value in element.items() if key not in _APART}
    elif part is Part.METADATA:
        yield element.get("sensorMetadata") or {}
    else:
        yield from element.get("sensorReport") or ()


def inside(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member of the objects inside a value, down to the last."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from inside(inner)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from inside(item)


def atoms(value: Any) -> Iterator[Any]:
    """The texts, numbers and truths that a value is or lists."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from atoms(item)
    elif isinstance(value, dict):
        for name in _WRAPPED:
            if name in value:
                yield from atoms(value[name])
    elif value is not None:
        yield value


def number_of(value: Any) -> Decimal | None:
    """The number that a value is or, as a text, spells in plain ASCII."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        if len(value) > _MOST_DIGITS or _NUMBER.fullmatch(value) is None:
            return None
        return Decimal(value)
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
        return number if number.is_finite() else None
    return None


def instant_of(value: Any) -> datetime | None:
    """The instant that a text states with its offset."""
    if not isinstance(value, str) or value[_DAY:_TIME] != "T":  # as most: no error is made for them
        return None
    try:
        span, offset = parse_instant(value)
    except BadTimeError:
        return None
    return None if offset is None or span.lo != span.hi else span.lo

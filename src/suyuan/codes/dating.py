"""What a reading says of a year or day, held against the day of asking: not come yet, or past.

`recognise` knows no day, so that the same text is the same reading for ever; who asks on a day
is told this beside it.
"""

import re
from datetime import date
from typing import Final, TypeVar

from msgspec.structs import replace

from suyuan.codes.notes import note
from suyuan.codes.types import Candidate, Note

_Reading = TypeVar("_Reading", bound=Candidate)

_YEAR: Final = re.compile(r"\(?((?:19|20)[0-9]{2})\)?")
"""Old approvals have a region where later ones have the year; no region begins so."""

_DAY: Final = re.compile("[0-9]{8}")
_UNTIL: Final = frozenset(("special-equipment-licence",))
"""Schemes whose year is that in which the licence ends; else it is that of issue."""


def dated(found: _Reading, on: date) -> _Reading:
    """The reading, with a doubt if it was issued after this day or ended before it."""
    said = _doubts(found, on) if found.valid else ()
    return replace(found, notes=(*found.notes, *said)) if said else found


def _doubts(found: Candidate, on: date) -> tuple[Note, ...]:
    said = {part.name: part.value for part in found.parts}
    day = said.get("date", "")
    if _DAY.fullmatch(day):
        written = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        return (note("future-day", "warning", found=written, on=on),) if written > f"{on}" else ()
    year = _YEAR.fullmatch(said.get("year", ""))
    if year is None:
        return ()
    if found.scheme in _UNTIL:
        ended = date(int(year[1]), 12, 31)
        return (note("expired", "warning", ended=ended, on=on),) if ended < on else ()
    return (note("future", "warning", found=year[1], on=on),) if int(year[1]) > on.year else ()

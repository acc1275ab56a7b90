"""Takes an event and what is known of places; gives where it was, and what lies in what.

Divisions are codes of GB/T 2260. They end, are joined and renamed, so an area is asked about by
what it is today, too; of what nobody can say nothing is claimed.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from suyuan.codes import divisions
from suyuan.families.days import local_day
from suyuan.families.knowledge import Knowledge
from suyuan.model import Event

_LEVELS: Final = (2, 4)
"""How many digits of a code (GB/T 2260) name the province, and the prefecture."""


def division_of(event: Event, knowledge: Knowledge) -> str:
    """The division in which an event happened, on its day; empty where nobody says."""
    named = (event.read_point, event.biz_location, knowledge.actor)
    return first_known(named, local_day(event), knowledge) or knowledge.division


def first_known(names: Iterable[str | None], day: date, knowledge: Knowledge) -> str:
    """The division of the first of these sites and parties of which one is known on that day."""
    lying = (one for name in names if name for one in knowledge.divisions.get(name, ()))
    return next((one.division for one in lying if one.covers(day) and one.division), "")


def lies_in(code: str, division: str) -> bool:
    """Whether a division lies in another, or is it: `310115` in `310000`."""
    for digits in _LEVELS:
        if division[digits:].strip("0") == "":
            return code[:digits] == division[:digits]
    return code == division


def is_outside(code: str, areas: Iterable[str], day: date) -> bool:
    """Whether what lies in a division on a day is certainly in none of these areas.

    It is not where the division is wider than an area, became part of it, or it of this one, nor
    where one of the codes never was a division.
    """
    every = tuple(areas)
    if not all(map(divisions.was_ever, (code, *every))):
        return False
    here, there = _ever(code, day), [one for area in every for one in _ever(area, day)]
    return not any(lies_in(a, b) or lies_in(b, a) for a in here for b in there)


def _ever(code: str, day: date) -> tuple[str, ...]:
    """A division's code, and those of the divisions in which its area lies today."""
    return tuple(dict.fromkeys((code, *_today(code, day))))


def _today(code: str, day: date) -> Iterator[str]:
    """By what the code was on that day, or else by what it was at first."""
    rows = divisions.today(code, day) or divisions.today(code)
    return (row.code for row in rows)

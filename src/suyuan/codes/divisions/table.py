"""Takes the file of divisions; gives its rows by code, read when first asked for.

`tools/divisions.py` makes the file and says from what; its head names sources and licences.
"""

from calendar import monthrange
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Final

from msgspec import Struct

from suyuan.codes.divisions.names import english, is_collective

FIRST_LIST: Final = date(1980, 12, 31)
"""The day of the first list; rows that begin there may be older."""

LATEST_LIST: Final = date(2026, 9, 11)
"""The day of the latest list; what changed after it is not known here."""

_YEAR, _MONTH = 4, 7


class Division(Struct, frozen=True, gc=False):
    """A code under one name, for as long as it had that name.

    `since` and `until` are as exact as the sources: the day of the decision, or the month or
    year whose list is the first that has it, or has it no more. `became` are the codes to which
    its area went, empty where that is not known or it is in force. A `collective` only groups
    what is below it. `verified` is False where one source alone, or none that we saw, says so.
    """

    code: str
    name: str
    since: str
    until: str
    became: tuple[str, ...]
    verified: bool

    @property
    def level(self) -> int:
        """1 province, 2 prefecture, 3 county (GB/T 2260 §3)."""
        return 1 if self.code.endswith("0000") else 2 if self.code.endswith("00") else 3

    @property
    def valid_from(self) -> date:
        """The first day on which it is in force for certain."""
        return _day(self.since)

    @property
    def valid_to(self) -> date | None:
        """The first day on which it is no more; None while in force."""
        return _day(self.until) if self.until else None

    @property
    def collective(self) -> bool:
        """Whether it is a heading («districts», «counties») and no place."""
        return is_collective(self.name)

    @property
    def english(self) -> str:
        """The name in English."""
        return english(self.name, of_province=self.level == 1)

    def in_force(self, on: date) -> bool:
        """Whether the last list or decision before the end of that day has it."""
        return self.valid_from <= on and (not self.until or on < _day(self.until))

    def edge(self, on: date) -> str:
        """The year or month of a change within which a day lies, if its day is not known."""
        spans = (self.since, self.until)
        return next((each for each in spans if _within(on, each)), "")

    def certain(self, on: date) -> bool:
        """Whether `in_force` is beyond doubt then.

        It is not within the year or month of a change whose day is not known, and after the
        latest list.
        """
        return on <= LATEST_LIST and not self.edge(on)


def all_divisions() -> dict[str, tuple[Division, ...]]:
    """Every code with its rows in order of time, codes in order. Not to be changed."""
    return _table()


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[Division, ...]]:
    found: dict[str, tuple[Division, ...]] = {}
    text = files("suyuan.codes.divisions").joinpath("data", "divisions.tsv").read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            code, name, since, until, became, doubt = line.split("\t")
            row = Division(code, name, since, until, tuple(became.split()), not doubt)
            found[code] = (*found.get(code, ()), row)
    return found


@lru_cache(maxsize=1024)
def _day(edge: str) -> date:
    """The last day of a year or month; a day is itself."""
    if len(edge) == _YEAR:
        return date(int(edge), 12, 31)
    if len(edge) == _MONTH:
        year, month = int(edge[:4]), int(edge[5:])
        return date(year, month, monthrange(year, month)[1])
    return date.fromisoformat(edge)


def _within(on: date, edge: str) -> bool:
    """Whether a day lies in the year or month of a change, before the list that shows it."""
    return 0 < len(edge) <= _MONTH and on.isoformat().startswith(edge) and on < _day(edge)

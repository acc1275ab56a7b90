"""What became of a division that ended: which codes its area went to.

A name tells it first, then the stem of a name, then what a package tells of the change. A package
may name a place by a code that it got only later: then the heir is that which was made in the year
and has become that place since. Prefectures went where their counties went.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from suyuan.codes.divisions.names import is_collective, short_name

COUNTY, PREFECTURE = 3, 2

Events = Mapping[tuple[str, int], list[str]]
"""What became what, by code and year."""

_MOVED = {("44", "46"), ("51", "50")}
"""Hainan came out of Guangdong in 1988, Chongqing out of Sichuan in 1997; else one province."""


@dataclass
class Row:
    """A code under one name: from when, to when (a year, month or day as text), what came next."""

    code: str
    name: str
    begun: str
    ended: str = ""
    doubtful: bool = False
    next: list[str] = field(default_factory=list)


def level(code: str) -> int:
    """1 province, 2 prefecture, 3 county."""
    return 1 if code.endswith("0000") else PREFECTURE if code.endswith("00") else COUNTY


def link(rows: list[Row], events: Events, reassigned: set[Any]) -> None:
    """Say of every row that ended which codes its area went to, where that is known."""
    table = _Table(rows, events, reassigned)
    unknown = [row for row in rows if row.ended and not row.next]
    # The latest first, so that what came of an heir is known when it is asked for.
    unknown.sort(key=lambda row: row.ended, reverse=True)
    for row in sorted(unknown, key=lambda row: level(row.code)):
        row.next = table.followers(row)
    for row in unknown:
        if level(row.code) == PREFECTURE and all(level(each) > 1 for each in row.next):
            row.next = table.where_counties_went(row) or row.next


class _Table:
    """The rows by code and by the year in which they began."""

    def __init__(self, rows: list[Row], events: Events, reassigned: set[Any]) -> None:
        self._events, self._reassigned = events, reassigned
        self._started: dict[str, list[Row]] = defaultdict(list)
        self._by_code: dict[str, list[Row]] = defaultdict(list)
        self._counties: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            self._started[row.begun[:4]].append(row)
            self._by_code[row.code].append(row)
            if level(row.code) == COUNTY:
                self._counties[row.code[:4]].append(row)

    def followers(self, row: Row) -> list[str]:
        """The heirs by name, by stem, as told, or the same code under another name."""
        near = [each for each in self._started[row.ended[:4]] if _may_follow(row, each)]
        told = sorted(set(self._told(row, near)))
        for same in (
            [each.code for each in near if each.name == row.name],
            [each.code for each in near if short_name(each.name) == short_name(row.name)],
        ):
            chosen = [code for code in same if code in told] or self._beside(row, same)
            if len(chosen) == 1:
                return chosen
        return told or self._itself(row)

    def where_counties_went(self, row: Row) -> list[str]:
        """The prefectures that have its counties after it, or the province that has them itself."""
        counties = self._counties[row.code[:4]]
        heirs = set(chain.from_iterable(each.next for each in counties if each.ended == row.ended))
        above = {code[:4] + "00" if level(code) == COUNTY else code for code in heirs}
        found = {code for code in above if self._lives(code, row.ended)}
        if any(each.begun < row.ended and _is_there(each, row.ended) for each in counties):
            found |= set(self._itself(row))
        return sorted(found or {code[:2] + "0000" for code in above})

    def _told(self, row: Row, near: list[Row]) -> Iterator[str]:
        for code in self._events.get((row.code, int(row.ended[:4])), ()):
            if not _one_province(row.code, code):
                continue  # a slip: another place of that name
            if self._lives(code, row.ended):
                yield code
            elif self._lives_on(code, row.ended):
                yield from self._meant(row, code, near) or [code]

    def _meant(self, row: Row, code: str, near: list[Row]) -> list[str]:
        """Who of those made in the year, or who else was there then, has become that code since.

        Else the seat of that stem into which it was merged.
        """
        there = chain.from_iterable(self._by_code.values())
        others = [each for each in there if _may_follow(row, each) and _is_there(each, row.ended)]
        for rows in (near, others):
            found = [each.code for each in rows if code in self._became(each)]
            if found:
                return _of_its_level(row, found) or found
        beside = [each for each in others if each.code[:4] == row.code[:4]]
        seats = [each.code for each in beside if short_name(each.name) == short_name(row.name)]
        return _of_its_level(row, seats)

    def _became(self, row: Row) -> set[str]:
        """All codes that its area has had since."""
        found: set[str] = set()
        ahead = list(row.next)
        while ahead:
            code = ahead.pop()
            if code not in found:
                found.add(code)
                ahead += chain.from_iterable(each.next for each in self._by_code.get(code, ()))
        return found

    def _beside(self, row: Row, codes: list[str]) -> list[str]:
        """Of several of one name, those under what its own prefecture became, or of its level."""
        if len(codes) < 2:  # noqa: PLR2004 -- one or none is no choice
            return codes
        over = self._by_code.get(row.code[:4] + "00", ())
        above = {each for one in over for each in (*one.next, one.code)}
        under = [code for code in codes if code[:4] + "00" in above]
        return under or _of_its_level(row, codes)

    def _itself(self, row: Row) -> list[str]:
        """Its own code, when that goes on under another name and names no other place."""
        goes_on = any(each.begun == row.ended for each in self._by_code[row.code])
        anew = (row.code, int(row.ended[:4])) in self._reassigned
        return [row.code] if goes_on and not anew else []

    def _lives(self, code: str, day: str) -> bool:
        """Whether a division of that code, and no mere group, is there when the day is over."""
        rows = self._by_code.get(code, ())
        return any(_is_there(each, day) and not is_collective(each.name) for each in rows)

    def _lives_on(self, code: str, day: str) -> bool:
        return any(not each.ended or each.ended > day for each in self._by_code.get(code, ()))


def _of_its_level(row: Row, codes: list[str]) -> list[str]:
    return [code for code in codes if level(code) == level(row.code)]


def _is_there(row: Row, day: str) -> bool:
    """Whether the row is there when the day, or the year, is over."""
    return row.begun[:4] <= day[:4] and (not row.ended or row.ended > day)


def _may_follow(row: Row, each: Row) -> bool:
    """Whether it can be an heir: of one province, another code, and no county by its stem alone."""
    of_county = level(row.code) == PREFECTURE and level(each.code) == COUNTY
    swallowed = of_county and row.name != each.name
    return _one_province(row.code, each.code) and each.code != row.code and not swallowed


def _one_province(one: str, other: str) -> bool:
    return one[:2] == other[:2] or (one[:2], other[:2]) in _MOVED

"""Takes a code or name and a day; gives the divisions that it names, above, below and after it."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain
from typing import Final
from unicodedata import normalize

from suyuan.codes.divisions.names import (
    ABBREVIATIONS,
    called,
    is_collective,
    is_latin,
    spelling,
    spellings,
    without_marks,
)
from suyuan.codes.divisions.table import LATEST_LIST, Division, all_divisions

Rows = tuple[Division, ...]

_DAY: Final = timedelta(days=1)
_PREFECTURE = 2
_LONGEST_PATH: Final = 40
"""Letters of the longest line of names; of a longer text no later ending is looked for."""


STATISTICAL: Final = 12
"""Digits of a code as statistics write it: six of the county, three of the town, three below."""

_CODE: Final = 6


def of_statistics(code: str) -> str:
    """The code of a county or what is above it of which twelve digits are written; others as is."""
    whole = len(code) == STATISTICAL and code.endswith("0" * _CODE)
    return code[:_CODE] if whole else code


def history(code: str) -> Rows:
    """Every period of a code in order of time; empty if it never was one."""
    return all_divisions().get(code, ())


def was_ever(code: str) -> bool:
    """Whether the code was valid in any period."""
    return code in all_divisions()


def division(code: str, on: date | None = None) -> Division | None:
    """What the code meant on a day; without a day, what it means now or meant last."""
    rows = history(code)
    if on is None:
        return rows[-1] if rows else None
    return next((row for row in rows if row.in_force(on)), None)


def named(text: str, on: date | None = None) -> Rows:
    """Divisions of a name: full, short, daily or former, a province's one letter, or Latin.

    Names above it may stand before it, whole or short: 浙江杭州西湖区. With a day, those that had
    the name then; without, all that ever had it. What is in force stands first, larger before
    smaller; headings («districts») are found by code only.
    """
    words = "".join(normalize("NFKC", text).split())
    found = list(_by_latin(words) if is_latin(words) else _by_path(words))
    if on is not None:
        found = [row for row in found if row.in_force(on)]
    return tuple(sorted(found, key=lambda row: (bool(row.until), row.level, row.code, row.since)))


def successors(row: Division) -> Rows:
    """What its area became when it ended, as that stood then; empty if in force or not known."""
    followed = (_heir(code, row.valid_to) for code in row.became if row.valid_to)
    return tuple(each for each in followed if each is not None)


def today(code: str, on: date | None = None) -> Rows:
    """The divisions in force in which the area of a code, as it was on a day, lies now.

    Exactly where every step is known; else the division above the last that is, which is wider.
    A code that was given to another place later is followed from its first place only if the day
    is given. Empty for what was no code then.
    """
    row = division(code, on)
    return () if row is None else tuple(dict.fromkeys(_after(row, None)))


def lay_in(row: Division, on: date) -> Rows:
    """The divisions in which its area lay on a day, after its end or before its beginning.

    After the end exactly where every step is known, else the division above; before the beginning
    those that went to it, as far as known: of such a one it may have been a part.
    """
    found = _before(row, on) if on < row.valid_from else _after(row, on)
    return tuple(dict.fromkeys(found))


def ancestors(row: Division, on: date | None = None) -> Rows:
    """What is above it, nearest first, without headings; by default on its last day."""
    day = on or _last_day(row)
    codes = (f"{row.code[:4]}00", f"{row.code[:2]}0000")
    above = (division(code, day) for code in codes if code != row.code)
    return tuple(each for each in above if each is not None and not each.collective)


def children(row: Division, on: date | None = None) -> Rows:
    """What is directly below it, by code; headings are passed over for what they group."""
    day = on or _last_day(row)
    found = (
        each
        for code in _codes_under(row)
        if (each := division(code, day)) is not None and not each.collective
    )
    return tuple(each for each in found if _parent(each, day) == row.code)


def _parent(row: Division, day: date) -> str:
    above = ancestors(row, day)
    return above[0].code if above else ""


def _codes_under(row: Division) -> Iterable[str]:
    if row.level > _PREFECTURE:
        return ()
    prefix = row.code[: 2 * row.level]
    codes = _codes()
    first, last = bisect_left(codes, prefix), bisect_left(codes, f"{prefix}a")
    return (code for code in codes[first:last] if code != row.code)


def _heir(code: str, when: date) -> Division | None:
    """The row of a code that goes on after that day."""
    return next((row for row in history(code) if row.valid_to is None or row.valid_to > when), None)


def _after(row: Division, on: date | None) -> Iterable[Division]:
    """Now or on a day. Every step leads to a row that ends later, so there is an end."""
    if row.valid_to is None or (on is not None and on < row.valid_to):
        yield row
        return
    followed = successors(row)
    for each in followed:
        yield from _after(each, on)
    if not followed and (above := ancestors(row)):
        yield from _after(above[0], on)


def _before(row: Division, on: date) -> Iterable[Division]:
    """Every step leads to a row that ends earlier, so there is an end."""
    for each in _predecessors().get(row, ()):
        if each.valid_from <= on:
            yield each
        else:
            yield from _before(each, on)


@lru_cache(maxsize=1)
def _predecessors() -> dict[Division, list[Division]]:
    found: dict[Division, list[Division]] = {}
    for row in chain.from_iterable(all_divisions().values()):
        for heir in successors(row):
            found.setdefault(heir, []).append(row)
    return found


def _last_day(row: Division) -> date:
    return row.valid_to - _DAY if row.valid_to else max(row.valid_from, LATEST_LIST)


@lru_cache(maxsize=1)
def _codes() -> list[str]:
    return sorted(all_divisions())


def _by_path(text: str) -> Rows:
    """The longest ending that is a name, and whose divisions above hold what stands before it."""
    for cut in range(min(len(text), _LONGEST_PATH)):
        found = tuple(row for row in _by_name(text[cut:]) if not cut or _is_above(text[:cut], row))
        if found:
            return found
    return ()


def _is_above(words: str, row: Division) -> bool:
    """Whether the letters stand in this order in the names above, some of them left out."""
    letters = iter("".join(each.name for each in reversed(ancestors(row))))
    return all(letter in letters for letter in words)


def _by_name(text: str) -> Rows:
    return _names().get(text, ()) or history(f"{ABBREVIATIONS.get(text, '')}0000")


@lru_cache(maxsize=1)
def _names() -> dict[str, Rows]:
    return _index((rows, called(name)) for name, rows in _by_full_name().items())


@lru_cache(maxsize=1)
def _by_spelling() -> dict[str, Rows]:
    return _index((rows, spellings(name)) for name, rows in _by_full_name().items())


def _by_latin(words: str) -> Rows:
    """As it is spelled, else without the marks over its letters, of which some may be missing."""
    known = _by_spelling()
    return known.get(spelling(words)) or known.get(spelling(without_marks(words)), ())


def _by_full_name() -> dict[str, list[Division]]:
    found: dict[str, list[Division]] = {}
    for rows in all_divisions().values():
        for row in rows:
            found.setdefault(row.name, []).append(row)
    return {name: rows for name, rows in found.items() if not is_collective(name)}


def _index(entries: Iterable[tuple[list[Division], set[str]]]) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for rows, keys in entries:
        for key in keys:
            found[key] = (*found.get(key, ()), *rows)
    return found

"""Which records to question where they cannot all be right: as few as can explain it."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from msgspec import Struct

from suyuan.kit import Span
from suyuan.trace.accounts.stock import EVER, Break, Entry
from suyuan.trace.accounts.types import Doubt, Suspect
from suyuan.trace.postings import INTO, OUT_OF
from suyuan.trace.times import MICROS_A_DAY, Micros, moment
from suyuan.trace.types import Pool

_ZERO: Final = Decimal(0)
_MOST_NAMED: Final = 3


class Questioned(Struct, frozen=True, kw_only=True):
    """The smallest set, how many single records would do as well, and other explanations."""

    smallest: tuple[Suspect, ...]
    others: int
    instead: tuple[Suspect, ...]


def questioned(entries: Sequence[Entry], found: Break) -> Questioned:
    """The records to question for a break of an account of these entries.

    No set of fewer records, each left out or stated with less, lets the rest be right; of those
    that would do as well, the first by name. Takes time near to linear in the number of entries.
    """
    entries = sorted((one for each in entries for one in each.apart()), key=_by_name)
    if found.count is not None:
        return _of_count(entries, found, found.count)
    went = [
        each for each in entries if each.column in OUT_OF and each.least > 0 and found.covers(each)
    ]
    alone = _alone(went, found)
    return Questioned(
        smallest=tuple(_left_out(alone[:1] or smallest(went, found.needs), found, went)),
        others=max(len(alone) - 1, 0),
        instead=tuple(_dated_late(entries, found)),
    )


def smallest(went: Iterable[Entry], needs: Iterable[tuple[Micros, Decimal]]) -> list[Entry]:
    """A smallest set of what went whose sum, up to each time, is at least what is needed then.

    At the first time that needs more, one of those before it must be taken; the largest of them
    does as much as any other from then on, so no other choice can do with fewer.
    """
    waiting = sorted(went, key=lambda each: (each.hi, each.entries), reverse=True)
    heap: list[tuple[Decimal, int, Entry]] = []
    chosen: list[Entry] = []
    covered = _ZERO
    for at, need in needs:
        while waiting and waiting[-1].hi <= at:
            each = waiting.pop()
            heapq.heappush(heap, (-each.least, len(waiting), each))
        while covered < need and heap:
            chosen.append(heapq.heappop(heap)[-1])
            covered += chosen[-1].least
    return chosen


def _alone(went: Sequence[Entry], found: Break) -> list[Entry]:
    """Each that explains all by itself if it is left out: told twice first, then the closest."""
    first, most = found.needs[0][0], _most_needed(found)
    enough = [each for each in went if each.hi <= first and each.least >= most]
    twins = _twins(enough)
    return sorted(enough, key=lambda each: (id(each) not in twins, each.least, -each.hi))


def _left_out(chosen: Sequence[Entry], found: Break, went: Sequence[Entry]) -> Iterator[Suspect]:
    """The records of the set, each with how much it can be if those after it are left out too."""
    twins = _twins(went)
    spare = sum((each.least for each in chosen), _ZERO) - _most_needed(found)
    for each in chosen:
        at_most = min(each.least, spare) if each is chosen[-1] else _ZERO
        yield _suspect(each, Doubt.TOO_MUCH, at_most=at_most, twins=twins.get(id(each), ()))


def _dated_late(entries: Iterable[Entry], found: Break) -> list[Suspect]:
    """What came later and, had it come before, would explain it."""
    last, most = found.needs[-1][0], _most_needed(found)
    late = [
        each
        for each in entries
        if each.column in INTO and last < each.lo and (each.amount is None or each.amount >= most)
    ]
    late.sort(key=lambda each: (each.lo, each.entries))
    return [_suspect(each, Doubt.TOO_LATE) for each in late[:_MOST_NAMED]]


def _of_count(entries: Iterable[Entry], found: Break, count: Entry) -> Questioned:
    """The count itself; or one record of what came, if less was counted, or of what went."""
    columns = INTO if found.less else OUT_OF
    enough = [
        each
        for each in entries
        if each.column in columns
        and each.least >= found.by
        and found.covers(each)
        and each.hi <= count.hi
    ]
    twins = _twins(enough)
    enough.sort(key=lambda each: (id(each) not in twins, each.least, -each.hi))
    return Questioned(
        smallest=(_suspect(count, Doubt.AMOUNT),),
        others=0,
        instead=tuple(
            _suspect(
                each,
                Doubt.TOO_MUCH,
                at_most=each.least - found.by,
                twins=twins.get(id(each), ()),
            )
            for each in enough[:_MOST_NAMED]
        ),
    )


def _by_name(entry: Entry) -> tuple[object, ...]:
    """By the record, and within one report by the piece: not by which stands for which."""
    other = entry.other or Pool("")
    return entry.entries, entry.column, other, entry.lo, entry.hi, entry.least, str(entry.amount)


def _most_needed(found: Break) -> Decimal:
    return max(need for _, need in found.needs)


def _twins(entries: Iterable[Entry]) -> Mapping[int, tuple[int, ...]]:
    """Entries that state the same within a day of another, with that other's entries."""
    alike: dict[object, list[Entry]] = defaultdict(list)
    for each in entries:
        party = None if each.other is None else (each.other.party, each.other.site)
        alike[each.column, each.least, party].append(each)
    found: dict[int, tuple[int, ...]] = {}
    for some in alike.values():
        some.sort(key=lambda each: (each.hi, each.entries))
        for one, other in pairwise(some):
            if other.hi - one.hi <= MICROS_A_DAY and one.entries != other.entries:
                found.setdefault(id(one), other.entries)
                found[id(other)] = one.entries
    return found


def _suspect(
    entry: Entry, doubt: Doubt, *, at_most: Decimal | None = None, twins: tuple[int, ...] = ()
) -> Suspect:
    return Suspect(
        doubt=doubt,
        column=entry.column,
        amount=entry.amount,
        when=Span(None if entry.lo <= EVER else moment(entry.lo), moment(entry.hi)),
        entries=entry.entries,
        other=entry.other,
        at_most=at_most,
        twins=twins,
    )

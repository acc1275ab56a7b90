"""One stock account: how much may be there at any time, and when the records cannot all be right.

An account is entries with amounts and times, each known exactly or within limits. What comes is
taken as early and as much as it may be, what goes as late and as little, for the most that can be
there; the other way round for the least. Where even the most is below nothing, more went than can
have been there (docs/concepts/balance.md).
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from math import inf
from operator import itemgetter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.trace.accounts.prefixes import Prefixes, prefixes
from suyuan.trace.postings import INTO
from suyuan.trace.times import Micros
from suyuan.trace.types import Column, Extent, Pool

_ZERO: Final = Decimal(0)
EVER: Final = -(10**30)
"""Before all times, and yet a time: what is open at its beginning may have been then."""

Rate = Callable[[Micros], Decimal]
"""Which share of what was there and came is allowed to be missing, by the time it is looked at."""


class Entry(Struct, frozen=True, gc=False):
    """One line of an account, in its base unit; `amount` None: not known, as of any emptying.

    At some time of [lo, hi]; `certain`: it surely happened, to all of the amount. Of pieces `alike`
    it is the amount of all, and each is a record of its own to question.
    """

    column: Column
    amount: Decimal | None
    lo: Micros
    hi: Micros
    certain: bool
    entries: tuple[int, ...]
    other: Pool | None = None
    alike: tuple[str, ...] = ()

    def apart(self) -> "Iterator[Entry]":
        """The entry of each piece by itself."""
        if not self.alike:
            yield self
            return
        of_one = self.amount and (self.amount / len(self.alike)).quantize(self.amount)
        for name in self.alike:
            other = self.other
            if other is not None and other.thing == self.alike[0]:
                other = replace(other, thing=name)
            yield replace(self, amount=of_one, other=other, alike=())

    @property
    def least(self) -> Decimal:
        """So much surely came or went."""
        return self.amount if self.certain and self.amount is not None else _ZERO


class Break(Struct, frozen=True, kw_only=True):
    """The first time at which the records cannot all be right.

    `by` is how much beyond what can be, before any tolerance. `count` is the count that shows it;
    None: more went than can have been there. `needs`: from that time on, when and how much more
    would have to have been there, within the tolerance. `since`: what began before is not in it.
    """

    at: Micros
    by: Decimal
    less: bool = False
    count: Entry | None = None
    nothing: bool = False
    since: Micros = -inf
    needs: tuple[tuple[Micros, Decimal], ...] = ()

    def covers(self, entry: Entry) -> bool:
        """Whether an entry surely came after the last count before the break."""
        return self.since == -inf or entry.lo > self.since


class Level(Struct, frozen=True):
    """How much may be there from this time on, until the next."""

    at: Micros
    stock: Extent


class Course(Struct, frozen=True, kw_only=True):
    """An account over a period.

    opening + what came + `missing` = what went + `lost` + closing, wherever all is exact:
    `missing` must have come, and `lost` gone, without a record.
    """

    opening: Extent
    closing: Extent
    missing: Decimal
    lost: Decimal
    broken: Break | None
    emptied: Extent
    levels: tuple[Level, ...]


NOWHERE: Final = Course(
    opening=Extent(_ZERO, _ZERO),
    closing=Extent(_ZERO, _ZERO),
    missing=_ZERO,
    lost=_ZERO,
    broken=None,
    emptied=Extent(_ZERO, _ZERO),
    levels=(),
)
"""The course of an account without entries."""


def course(
    entries: Sequence[Entry],
    *,
    start: Micros = -inf,
    end: Micros = inf,
    rate: Rate = lambda _at: _ZERO,
    levels: bool = False,
) -> Course:
    """The course of an account from `start` to `end`, both included; what is later is not asked.

    `levels` also tells the stock from each time to the next, from the beginning of the account.
    Takes time near to linear in the number of entries. Numbers are added as the decimal context
    has it: give it room.
    """
    walk = _Walk([each for each in entries if each.lo <= end], start, rate)
    return walk.walk(end, levels=levels)


_IN, _IN_ENDS, _OUT, _OUT_ENDS, _COUNT = range(5)
_LOOKS: Final = frozenset((Column.COUNTED, Column.EMPTIED))
_Point = tuple[Micros, int, Entry]


def _points(entries: Iterable[Entry], end: Micros) -> Iterator[_Point]:
    """When each entry may begin to count, and when it surely has."""
    for entry in entries:
        if entry.column in _LOOKS:
            yield from _point_of_look(entry, end)
            continue
        starts, ends = (_IN, _IN_ENDS) if entry.column in INTO else (_OUT, _OUT_ENDS)
        yield max(entry.lo, EVER), starts, entry
        if entry.hi <= end and entry.hi < inf:
            yield entry.hi, ends, entry


def _point_of_look(entry: Entry, end: Micros) -> Iterator[_Point]:
    """A count that is known; an emptying that only may have been took nobody knows how much."""
    emptied = entry.column is Column.EMPTIED
    sure = entry.certain and entry.hi <= end and entry.hi < inf
    if sure and (emptied or entry.amount is not None):
        yield entry.hi, _COUNT, entry
    if (emptied and entry.lo < entry.hi) or (emptied and not sure):
        yield max(entry.lo, EVER), _OUT, entry


class _Walk:
    """The account's state while time goes on. A run is what lies between two counts."""

    def __init__(self, entries: Sequence[Entry], start: Micros, rate: Rate) -> None:
        self._entries = entries
        self._start, self._rate = start, rate
        self._sums: tuple[Prefixes[Entry], ...] | None = None
        self._began: Micros = -inf  # when the count of this run may have been taken,
        self._since: Micros = -inf  # and when it surely had been
        self._base = self._in_most = self._in_least = self._out_most = self._out_least = _ZERO
        self._unknown = 0
        self._blocked: Micros = -inf  # until then something of unknown amount may have gone,
        self._pending: Micros = -inf  # or all of it in an emptying that is under way
        self._floor_in = self._floor_out = _ZERO
        self._floors: deque[tuple[Micros, Decimal]] = deque()
        self._missing = self._excused = self._past = _ZERO
        self._lost = _ZERO
        self._broken: Break | None = None
        self._needs: list[tuple[Micros, Decimal]] | None = None
        self._emptied: list[Extent] = []
        self._levels: list[Level] = []

    def walk(self, end: Micros, *, levels: bool) -> Course:
        points = sorted(_points(self._entries, end), key=itemgetter(0, 1))
        opening: Extent | None = None
        before = (_ZERO, _ZERO)
        for at, group in groupby(points, key=itemgetter(0)):
            if opening is None and at >= self._start:
                opening, before = self._begun(), (self._past + self._missing, self._lost)
            self._step(at, group)
            if levels:
                self._levels.append(Level(at, self._bounds()))
        if opening is None:
            opening, before = self._begun(), (self._past + self._missing, self._lost)
        return Course(
            opening=opening,
            closing=self._bounds(),
            missing=self._past + self._missing - before[0],
            lost=self._lost - before[1],
            broken=self._whole_break(),
            emptied=_sum(self._emptied),
            levels=tuple(self._levels),
        )

    def _begun(self) -> Extent:
        """The opening stock; what was amiss before is not found again."""
        self._excused = self._missing
        return self._bounds()

    def _whole_break(self) -> Break | None:
        found = self._broken
        if found is None or self._needs is None:
            return found
        return Break(
            at=found.at,
            by=found.by,
            nothing=found.nothing,
            since=found.since,
            needs=tuple(self._needs),
        )

    def _step(self, at: Micros, group: Iterable[_Point]) -> None:
        counts: dict[tuple[int, ...], Entry] = {}
        for _, turn, entry in group:
            if turn == _COUNT:
                counts[entry.entries] = _with(counts.get(entry.entries), entry)
            else:
                self._take(turn, entry)
        self._look(at)
        for count in _telling(counts.values()):
            self._count(at, count)

    def _take(self, turn: int, entry: Entry) -> None:
        inside = self._began == -inf or entry.lo > self._since
        if turn == _IN:
            self._unknown += entry.amount is None
            self._in_most += entry.amount or _ZERO
            self._floor_in += entry.least
        elif turn == _IN_ENDS:
            self._in_least += entry.least if inside else _ZERO
        elif turn == _OUT:
            self._out_most += entry.amount or _ZERO
            if entry.column is Column.EMPTIED and entry.certain:
                self._pending = max(self._pending, entry.hi)
            elif entry.amount is None:
                self._blocked = max(self._blocked, entry.hi)
        else:
            self._out_least += entry.least if inside else _ZERO
            self._floor_out += entry.amount or _ZERO

    def _look(self, at: Micros) -> None:
        """Whether more went by now than can have been there."""
        floor = self._base + self._floor_in - self._floor_out
        while self._floors and self._floors[-1][1] >= floor:
            self._floors.pop()
        self._floors.append((at, floor))
        if self._unknown:
            return
        deficit = self._out_least - self._base - self._in_most
        if deficit <= 0:
            return
        self._missing = max(self._missing, deficit)
        allowed = self._rate(at) * (self._base + self._in_most)
        need = deficit - self._excused - allowed
        if need <= 0 or at < self._start:
            return
        if self._broken is None:
            nothing = self._began == -inf and not self._in_most
            by = deficit - self._excused
            self._broken = Break(at=at, by=by, nothing=nothing, since=self._since)
            self._needs = []
        if self._needs is not None and self._broken.since == self._since:
            self._needs.append((at, need))

    def _bounds(self, *, came: Decimal = _ZERO, went: Decimal = _ZERO) -> Extent:
        """The stock; `came` and `went` may have been later than is asked."""
        most = None
        if not self._unknown:
            most = self._base + self._in_most - self._out_least + went + self._missing
        lower = self._base + self._in_least - self._out_most - came
        found, blocked = _ZERO, max(self._blocked, self._pending)
        if blocked < self._began or blocked == -inf:
            found = max(found, lower)
        while self._floors and self._floors[0][0] < blocked:
            self._floors.popleft()
        if self._floors:
            found = max(found, lower - self._floors[0][1])
        return Extent(found if most is None else min(found, most), most)

    def _count(self, at: Micros, count: Entry) -> None:
        emptied = count.column is Column.EMPTIED
        if self._began != -inf and count.lo <= self._since:  # it may have been before the last
            self._blocked = max(self._blocked, count.hi) if emptied else self._blocked
            return
        book = self._at_count(count)
        if emptied:
            self._pending = -inf if self._pending == count.hi else self._pending
            if at >= self._start:
                self._emptied.append(book)
            self._begin(count, _ZERO)
            return
        there = count.amount or _ZERO
        allowed = self._rate(at) * (self._base + self._in_most)
        over = _ZERO if book.most is None else max(_ZERO, there - book.most)
        short = max(_ZERO, book.least - there)
        self._missing += over
        self._lost += short
        if self._broken is None and at >= self._start and max(over, short) > allowed:
            less = short > over
            self._broken = Break(
                at=at, by=max(over, short), less=less, count=count, since=self._since
            )
        self._begin(count, there)

    def _at_count(self, count: Entry) -> Extent:
        """What the books say of the time of a count: what is of the same time may be after it."""
        _, came, _, went = self._prefixes()
        inside = self._began == -inf
        late_in = (e.least for e in came.between(count.lo, count.hi) if inside or self._is_in(e))
        late_out = (e.least for e in went.between(count.lo, count.hi) if inside or self._is_in(e))
        return self._bounds(came=sum(late_in, _ZERO), went=sum(late_out, _ZERO))

    def _is_in(self, entry: Entry) -> bool:
        return entry.lo > self._since

    def _begin(self, count: Entry, there: Decimal) -> None:
        """A new run, from what was counted; what may have been later than the count is in it."""
        came, came_ends, went, went_ends = self._prefixes()
        self._past += self._missing
        self._missing = self._excused = _ZERO
        self._began, self._since = max(count.lo, EVER), count.hi
        self._base = there
        in_most, unknown = came.upto(count.hi), came.unknown_upto(count.hi)
        self._in_most = in_most - came_ends.before(count.lo)
        self._unknown = unknown - came_ends.unknown_before(count.lo)
        self._out_most = went.upto(count.hi) - went_ends.before(count.lo)
        self._floor_out = went_ends.upto(count.hi) - went_ends.before(count.lo)
        self._in_least = self._out_least = self._floor_in = _ZERO
        self._floors.clear()

    def _prefixes(self) -> tuple[Prefixes[Entry], ...]:
        if self._sums is None:
            moving = [each for each in self._entries if each.column not in _LOOKS]
            into = [each for each in moving if each.column in INTO]
            out_of = [each for each in moving if each.column not in INTO]
            self._sums = (
                prefixes(into, lambda each: each.lo),
                prefixes(into, lambda each: each.hi),
                prefixes(out_of, lambda each: each.lo),
                prefixes(out_of, lambda each: each.hi),
            )
        return self._sums


def _telling(counts: Collection[Entry]) -> Iterable[Entry]:
    """Counts of one time that differ are of parts, or one is wrong: none of them is used."""
    emptied = [each for each in counts if each.column is Column.EMPTIED]
    counted = [each for each in counts if each.column is Column.COUNTED]
    return [*emptied, *(counted if len({each.amount for each in counted}) == 1 else ())]


def _with(first: Entry | None, more: Entry) -> Entry:
    """Lines of one report count parts of what was there."""
    if first is None or more.amount is None or first.amount is None:
        return more
    return Entry(
        column=more.column,
        amount=first.amount + more.amount,
        lo=min(first.lo, more.lo),
        hi=more.hi,
        certain=True,
        entries=more.entries,
    )


def _sum(extents: Iterable[Extent]) -> Extent:
    least, most = _ZERO, _ZERO
    unlimited = False
    for each in extents:
        least += each.least
        unlimited |= each.most is None
        most += each.most or _ZERO
    return Extent(least, None if unlimited else most)

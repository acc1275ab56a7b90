"""One account drawn up over a period: its amounts within bounds, and what contradicts them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from math import inf
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.trace.accounts.doubt import questioned
from suyuan.trace.accounts.stock import EVER, Course, Entry, Rate, course
from suyuan.trace.accounts.sums import Passage
from suyuan.trace.accounts.types import (
    Books,
    Contradiction,
    Doubt,
    Holders,
    Level,
    Reason,
    Statement,
    Suspect,
)
from suyuan.trace.places import source, target
from suyuan.trace.times import Micros, Told, moment, since, until
from suyuan.trace.types import BalanceKind, Column, Extent, Pool

_ZERO: Final = Decimal(0)
_NONE: Final = Extent(_ZERO, _ZERO)
_PERCENT: Final = Decimal(100)
_MASS: Final = "KGM"
_MOST_LEVELS: Final = 400
_MOST_THINGS: Final = 20


class Account(Struct, frozen=True, eq=False):
    """An account in one dimension with its course; `things` are those that it speaks of.

    `holders` of a vessel or a transformation are all that put something in or took it out.
    """

    kind: BalanceKind
    pool: Pool
    things: tuple[str, ...]
    holders: Holders
    unit: str | None
    entries: list[Entry]
    course: Course


def drawn_up(account: Account, books: Books, *, levels: bool = False) -> Account:
    """The account with its course over the period."""
    start, end = since(books.start), until(books.end)
    rate = _rate(account, books)
    walked = course(account.entries, start=start, end=end, rate=rate, levels=levels)
    if not _is_judged(account, books):
        walked = replace(walked, broken=None, missing=_ZERO)
    return replace(account, course=walked)


def reason_of(account: Account) -> Reason | None:
    """Why its records cannot all be right; None: they can."""
    broken = account.course.broken
    if broken is None:
        return None
    if broken.count is not None:
        return Reason.LESS_COUNTED if broken.less else Reason.MORE_COUNTED
    if account.kind is BalanceKind.FLOW:
        return Reason.MORE_MADE
    return Reason.NOTHING_CAME if broken.nothing else Reason.MORE_WENT


def statement(account: Account, books: Books) -> Statement:
    """All that is said of an account; of one that contradicts itself also its stock day by day."""
    shown = drawn_up(account, books, levels=True)
    found, reason = shown.course, reason_of(shown)
    last = _last(shown, books)
    return Statement(
        kind=shown.kind,
        pool=_whole(shown),
        things=shown.things[:_MOST_THINGS],
        unit=shown.unit,
        opening=found.opening,
        came=_sum(shown, books, Column.CAME),
        made=_sum(shown, books, Column.MADE),
        went=_plus(_sum(shown, books, Column.WENT), found.emptied),
        used=_sum(shown, books, Column.USED),
        ended=_sum(shown, books, Column.ENDED),
        closing=found.closing,
        missing=found.missing,
        lost=found.lost,
        records=len({entry for each in shown.entries for entry in each.entries}),
        unknown=sum(
            len(each.alike) or 1
            for each in shown.entries
            if each.amount is None and each.column in _AMOUNTS
        ),
        allowed=books.allowed(shown.kind, shown.things, last),
        contradiction=None if reason is None else _contradiction(shown, reason, books),
        levels=tuple(_levels(shown, books)),
    )


def differs(found: Passage, books: Books) -> Iterator[Statement]:
    """A movement of which both sides state all amounts, and not the same in all."""
    sent, got = found.sent, found.received
    if not found.is_clear or sent is None or got is None or sent == got:
        return
    ends = [*map(source, found.sents), *map(target, found.receipts)]
    holders = frozenset((each.party, each.site) for each in ends)
    at, things = _when(found), (ends[-1].thing,)
    in_time = since(books.start) <= at <= until(books.end)
    if not in_time or not books.wanted(BalanceKind.MOVEMENT, ends[-1], things, holders):
        return
    day = _day(at, books)
    allowed = books.allowed(BalanceKind.MOVEMENT, things, day)
    percent = _ZERO if allowed is None else allowed.percent
    wrong = abs(got - sent) * _PERCENT > percent * sent
    yield Statement(
        kind=BalanceKind.MOVEMENT,
        pool=ends[-1],
        things=things,
        unit=found.unit,
        opening=_NONE,
        came=Extent(sent, sent),
        made=_NONE,
        went=Extent(got, got),
        used=_NONE,
        ended=_NONE,
        closing=_NONE,
        missing=max(_ZERO, got - sent),
        lost=max(_ZERO, sent - got),
        records=len(found.sents) + len(found.receipts),
        unknown=0,
        allowed=allowed,
        contradiction=_of_movement(found, at, abs(got - sent), day) if wrong else None,
    )


_AMOUNTS: Final = frozenset(Column) - {Column.EMPTIED}


def _of_movement(found: Passage, at: Micros, over: Decimal, day: date) -> Contradiction:
    """Any of its records may be the wrong one."""
    sides = (
        (Column.WENT, found.sents, target(found.receipts[0])),
        (Column.CAME, found.receipts, source(found.sents[0])),
    )
    return Contradiction(
        reason=Reason.DIFFERS,
        day=day,
        at=_instant(at),
        by=over,
        question=tuple(
            Suspect(
                doubt=Doubt.AMOUNT,
                column=column,
                amount=_base(item),
                when=item.fact.when,
                entries=item.entries,
                other=other,
            )
            for column, items, other in sides
            for item in items
        ),
    )


def _base(item: Told) -> Decimal | None:
    much = item.fact.quantity
    return None if much is None else normal(Quantity(much, item.fact.unit)).value


def _when(found: Passage) -> Micros:
    """By when the last of it was there, as far as that is known."""
    return max(item.hi if item.hi < inf else item.lo for item in found.receipts)


def _rate(account: Account, books: Books) -> Rate:
    """The share that may be missing, by the tolerance of the day."""
    known: dict[date, Decimal] = {}

    def rate(at: Micros) -> Decimal:
        day = _day(at, books)
        if day not in known:
            allowed = books.allowed(account.kind, account.things, day)
            known[day] = _ZERO if allowed is None else allowed.percent / _PERCENT
        return known[day]

    return rate


def _is_judged(account: Account, books: Books) -> bool:
    """Of what a transformation must yield only a family can tell, and of its mass alone."""
    if account.kind is not BalanceKind.FLOW:
        return True
    allowed = books.allowed(account.kind, account.things, _last(account, books))
    return account.unit == _MASS and allowed is not None


def _whole(account: Account) -> Pool:
    """The pool, with who holds it where only one does."""
    if account.pool.thing or len(account.holders) != 1:
        return account.pool
    ((party, site),) = account.holders
    return replace(account.pool, party=party, site=site)


def _contradiction(account: Account, reason: Reason, books: Books) -> Contradiction:
    broken = account.course.broken
    assert broken is not None  # noqa: S101 -- there is a reason
    lines = [each for each in account.entries if each.lo <= until(books.end)]
    found = questioned(lines, broken)
    return Contradiction(
        reason=reason,
        day=_day(broken.at, books),
        at=_instant(broken.at),
        by=broken.by,
        question=found.smallest,
        others=found.others,
        instead=found.instead,
    )


def _sum(account: Account, books: Books, column: Column) -> Extent:
    """What surely was within the period, and what may have been."""
    start, end = since(books.start), until(books.end)
    lines = [
        each
        for each in account.entries
        if each.column is column and each.lo <= end and each.hi >= start
    ]
    least = sum((each.least for each in lines if start <= each.lo and each.hi <= end), _ZERO)
    if any(each.amount is None for each in lines):
        return Extent(least, None)
    return Extent(least, sum((each.amount or _ZERO for each in lines), _ZERO))


def _plus(one: Extent, two: Extent) -> Extent:
    most = None if one.most is None or two.most is None else one.most + two.most
    return Extent(one.least + two.least, most)


def _last(account: Account, books: Books) -> date:
    """The day whose tolerance is told: of the contradiction, else of the last record."""
    if account.course.broken is not None:
        return _day(account.course.broken.at, books)
    end = until(books.end)
    return _day(max((each.lo for each in account.entries if each.lo <= end), default=0), books)


def _levels(account: Account, books: Books) -> list[Level]:
    """The stock at the end of each day on which something was; of very many days, some."""
    start = since(books.start)
    days: dict[date, Extent] = {}
    for level in account.course.levels:
        if level.at >= start and level.at > EVER:
            days[_day(level.at, books)] = level.stock
    step = -(-len(days) // _MOST_LEVELS) or 1
    told = [Level(day, stock.least, stock.most) for day, stock in days.items()]
    return told[::-1][::step][::-1]


def _day(at: Micros, books: Books) -> date:
    """The local day of a time."""
    found = _instant(at)
    try:
        return found.astimezone(timezone(timedelta(minutes=books.minutes))).date()
    except OverflowError:  # the first and the last day there is
        return found.date()


def _instant(at: Micros) -> datetime:
    """A time that is some; before all times, the first of them."""
    found = None if at <= EVER else moment(at)
    return datetime.min.replace(tzinfo=UTC) if found is None else found

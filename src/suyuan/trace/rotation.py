"""How a vessel is drawn from, as an enterprise states it: what that leaves of the bounds.

It is an assumption, told beside the bounds of the record and never in their place
(docs/concepts/trace.md, Recall scope). It holds for a vessel whose log is exact.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import ROUND_CEILING, Context, Decimal, localcontext
from itertools import groupby, pairwise
from math import inf
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit.clock import CHINA, there
from suyuan.trace.apart import can_be_apart
from suyuan.trace.times import Micros, micros, moment
from suyuan.trace.types import Pool, Rotation, VesselRule

_NONE: Final = Decimal(0)


class Came(Struct, frozen=True):
    """An amount that came in at a time, and how much of it can be of the material."""

    at: Micros
    amount: Decimal
    most: Decimal


class Gone(Struct, frozen=True):
    """An amount that left at a time, by its number; what is left in the end leaves last of all."""

    at: Micros
    number: int
    amount: Decimal


def vessels_of(place: Pool) -> set[str]:
    """What a rule may call the vessel that a pool is in: its container, or its site."""
    return {place.container, place.site} - {""}


def rule_for(
    place: Pool, times: Collection[Micros], rules: Iterable[VesselRule]
) -> VesselRule | None:
    """The rule that holds for a pool at all of these times; one of its container before its site's.

    None: nobody states one, or not for the whole of its log.
    """
    days = days_of(times)
    fitting = [
        rule
        for rule in rules
        if rule.vessel in vessels_of(place) and all(rule.holds_on(day) for day in days)
    ]
    return min(fitting, key=lambda rule: rule.vessel != place.container, default=None)


_DIVIDING: Final = Context(prec=72)
_NEAR: Final = Context(prec=48)
"""What divisions leave behind is far beyond this, so what is exact is exact again."""
_UPWARD: Final = Context(prec=24, rounding=ROUND_CEILING)


def fits(rule: VesselRule, came: Sequence[Came], gone: Sequence[Gone]) -> bool:
    """Whether a log can have been as the rule says: nothing left that had not come in.

    Of receipts kept apart each draught is of one alone; where that takes too long to decide, the
    log does not contradict it (`can_be_apart`).
    On a day on which it was emptied nothing may come or leave: nobody knows what was first.
    """
    days = days_of([*(each.at for each in came), *(each.at for each in gone)])
    return not days & set(rule.emptied) and all(
        _run_fits(rule, *run) for run in _runs(rule, came, gone)
    )


def _run_fits(rule: VesselRule, came: Sequence[Came], gone: Sequence[Gone]) -> bool:
    level = _NONE
    for each in _in_order(came, [each for each in gone if each.number >= 0]):
        level += each.amount if isinstance(each, Came) else -each.amount
        if level < 0:
            return False
    return not rule.apart or can_be_apart(
        rule.rotation,
        tuple((each.at, each.amount) for each in came if each.amount),
        tuple((each.at, each.amount) for each in _leaving(gone)),
    )


def emptyings(rule: VesselRule) -> list[Micros]:
    """When the days begin on which a vessel was emptied; on them nothing else happened."""
    return [
        micros(datetime.fromisoformat(f"{day}T00:00:00{CHINA}")) for day in sorted(rule.emptied)
    ]


def left_by_rule(rule: VesselRule, came: Sequence[Came], gone: Sequence[Gone]) -> Decimal:
    """What a vessel still holds if it was emptied as the rule says."""
    since = max(emptyings(rule), default=-inf)
    into = sum((each.amount for each in came if each.at >= since), _NONE)
    out = sum((each.amount for each in gone if each.at >= since and each.number >= 0), _NONE)
    return max(_NONE, into - out)


def _runs(
    rule: VesselRule, came: Sequence[Came], gone: Sequence[Gone]
) -> Iterator[tuple[list[Came], list[Gone]]]:
    """The log from one emptying to the next; what is left in the end is of the last run."""
    edges = [-inf, *emptyings(rule), inf]
    kept = left_by_rule(rule, came, gone)
    for begin, end in pairwise(edges):
        out = [each for each in gone if begin <= each.at < end or (each.at == end == inf)]
        yield (
            [each for each in came if begin <= each.at < end],
            [
                each if each.number >= 0 else replace(each, amount=min(each.amount, kept))
                for each in out
            ],
        )


def days_of(times: Iterable[Micros]) -> set[date]:
    """The days of China on which these times are."""
    known = [moment(at) for at in times]
    return {there(at, CHINA).date() for at in known if at is not None}


def most_by_rule(
    rule: VesselRule, came: Sequence[Came], gone: Sequence[Gone], wanted: Collection[int]
) -> Decimal:
    """The most of the material in the outflows wanted, of a log that fits the rule.

    What came, or left, at one instant has no order: it may be in any of what it can be in.
    """
    runs = _runs(rule, came, gone)
    return sum((_most_of_run(rule, *run, wanted) for run in runs), _NONE)


def _most_of_run(
    rule: VesselRule, came: Sequence[Came], gone: Sequence[Gone], wanted: Collection[int]
) -> Decimal:
    total = sum((each.amount for each in gone if each.number in wanted), _NONE)
    bounds = [total]
    if rule.rotation is Rotation.MIX:
        bounds.append(_mixed(came, gone, wanted))
    elif rule.rotation is not Rotation.UNKNOWN:
        bounds.append(_queued(came, gone, wanted, newest=rule.rotation is Rotation.LIFO))
    if rule.apart:
        bounds.append(_apart(came, gone, wanted))
    return min(bounds)


def _in_order(came: Sequence[Came], gone: Sequence[Gone]) -> list[Came | Gone]:
    """By time; of equal times what comes in is first."""
    return sorted([*came, *gone], key=lambda each: (each.at, isinstance(each, Gone)))


def _leaving(gone: Iterable[Gone]) -> Iterator[Gone]:
    """What left as something: not what is left, and not nothing."""
    return (each for each in gone if each.number >= 0 and each.amount)


def _queued(
    came: Sequence[Came], gone: Sequence[Gone], wanted: Collection[int], *, newest: bool
) -> Decimal:
    """What came at one instant is one lot, what left at one instant one draught."""
    lots: deque[tuple[Micros, Decimal]] = deque()
    drawn: dict[Micros, Decimal] = defaultdict(Decimal)
    for (at, leaves), each in groupby(
        _in_order(came, gone), key=lambda one: (one.at, isinstance(one, Gone))
    ):
        some = list(each)
        amount = sum((one.amount for one in some), _NONE)
        if not leaves:
            lots.append((at, amount))
            continue
        counts = any(isinstance(one, Gone) and one.number in wanted for one in some)
        for lot, part in _taken(lots, amount, newest=newest):
            drawn[lot] += part if counts else _NONE
    tops: dict[Micros, Decimal] = defaultdict(Decimal)
    for lot_in in came:
        tops[lot_in.at] += lot_in.most
    return sum((min(part, tops[lot]) for lot, part in drawn.items()), _NONE)


def _taken(
    lots: deque[tuple[Micros, Decimal]], amount: Decimal, *, newest: bool
) -> Iterator[tuple[Micros, Decimal]]:
    while amount and lots:
        lot, there_is = lots.pop() if newest else lots.popleft()
        part = min(amount, there_is)
        amount -= part
        if there_is > part:
            (lots.append if newest else lots.appendleft)((lot, there_is - part))
        yield lot, part


def _mixed(came: Sequence[Came], gone: Sequence[Gone], wanted: Collection[int]) -> Decimal:
    """All is always evenly mixed. What does not divide evenly is told a hair too large.

    So the least, which is what the others leave, is told a hair too small, never above the most.
    """
    level = top = found = _NONE
    with localcontext(_DIVIDING):
        for each in _in_order(came, gone):
            if isinstance(each, Came):
                level, top = level + each.amount, top + each.most
            elif level:
                part = top * each.amount / level
                found += part if each.number in wanted else _NONE
                level, top = level - each.amount, top - part
    return _UPWARD.plus(_NEAR.plus(found))


def _apart(came: Sequence[Came], gone: Sequence[Gone], wanted: Collection[int]) -> Decimal:
    """Each outflow is of one receipt alone; what fits into one only took that much of it."""
    found, forced = _NONE, [_NONE] * len(came)
    for part in _leaving(gone):
        fitting = [n for n, lot in enumerate(came) if _may_hold(lot, part)]
        if len(fitting) == 1:
            forced[fitting[0]] += part.amount
        if part.number in wanted:
            found += max(min(part.amount, came[n].most) for n in fitting)
    if any(each.number < 0 and each.number in wanted for each in gone):
        rest = (max(_NONE, lot.amount - much) for lot, much in zip(came, forced, strict=True))
        found += sum((min(much, lot.most) for much, lot in zip(rest, came, strict=True)), _NONE)
    return found


def _may_hold(lot: Came, part: Gone) -> bool:
    return lot.at <= part.at and lot.amount >= part.amount

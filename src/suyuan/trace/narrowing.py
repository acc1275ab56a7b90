"""What it would narrow to know how a vessel is drawn from, when it was emptied, or what went where.

Where affected stock mixed with other in a vessel of which nobody states a rule, each rule is tried
in turn: how much lower the limits of what lies anywhere, or was sold and used, would then be.
Each is an assumption, as a stated rule is (docs/concepts/trace.md, Recall scope), and tells what
asking for the vessel's log is worth; it recalls nothing less. Of makings, `mapping` says it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from msgspec import Struct

from suyuan.kit import Quantity
from suyuan.trace import mapping
from suyuan.trace.accounted import Stocks, stocks
from suyuan.trace.closure import Examined
from suyuan.trace.flows import Flow, flows
from suyuan.trace.material import Bounds, bounds
from suyuan.trace.rotation import days_of
from suyuan.trace.ruled import under_rules
from suyuan.trace.scope import lines_of
from suyuan.trace.shelves import Shelf
from suyuan.trace.types import Pool, Question, Rotation, ScopeLine, VesselRule
from suyuan.trace.whole import whole

_ZERO: Final = Decimal(0)
_MOST_WORK: Final = 300_000
_EMPTYINGS: Final = 8
_UNSAID: Final = "?"
"""Stands for the source of a rule: nobody states it."""


class Narrowing(Struct, frozen=True, kw_only=True):
    """If a vessel were drawn from by `rule`: so much lower would be what each place has at most.

    `limits` adds up the limits of each holder's stock, and of what he sold or used, without the
    rule, in `unit` (None counts pieces); `takes_off` is by how much less they then add up to. What
    may be at either of two places is in the limits of both: of all together it is `most`, which is
    no less than they add up to only where the records do not say how much there is.
    """

    party: str
    site: str
    rule: VesselRule
    takes_off: Decimal
    limits: Decimal
    most: Decimal
    unit: str | None


class Narrowed(Struct, frozen=True, kw_only=True):
    """What takes off most first; what takes off nothing is not told.

    `tried` vessels were tried, `untried` were too many; of `inexact` ones a time or an amount is
    missing, so that no rule could be used: their logs would have to be completed first. `makings`
    are those of which it is not known which input went into which output.
    """

    best: tuple[Narrowing, ...]
    tried: int
    untried: int
    inexact: int
    makings: mapping.Makings


def narrowed(found: Examined, question: Question) -> Narrowed:
    """What knowing more of each vessel in a scope would take off, beside the rules stated."""
    flowing = flows(found)
    plain = bounds(flowing, found.starts)
    drawn = bounds(flowing, found.starts, question.vessels) if question.vessels else plain
    left = stocks(found, plain.net, question.as_of)
    lines = list(lines_of(found, plain, left))
    tops = _Tops(found, flowing, question.vessels, lines, left)
    before, in_all = tops.under(drawn), whole(drawn)
    vessels = list(_vessels(drawn))
    room, found_so_far, tried = _MOST_WORK // max(1, len(flowing)), list[Narrowing](), 0
    for shelves in vessels:
        rules = list(_rules(shelves, drawn))
        room -= len(rules)
        if room < 0:
            break
        tried += 1
        found_so_far += _best_of(shelves[0].place, rules, tops, before, in_all)
    best = sorted(found_so_far, key=lambda one: (-one.takes_off, one.party, one.site))
    return Narrowed(
        best=tuple(best),
        tried=tried,
        untried=len(vessels) - tried,
        inexact=len({_name(shelf.place) for shelf in _mixed(drawn, exact=False)}),
        makings=mapping.unmapped(found, plain.net, question),
    )


def _best_of(
    place: Pool,
    rules: Sequence[VesselRule],
    tops: "_Tops",
    before: dict[str | None, Decimal],
    in_all: Quantity | None,
) -> Iterator[Narrowing]:
    """What each rule takes off; of days of emptying the best alone."""
    emptied: list[Narrowing] = []
    for rule in rules:
        after = tops.with_rule(rule)
        for unit, limits in before.items():
            off = limits - after.get(unit, limits)
            if off > 0:
                one = Narrowing(
                    party=place.party,
                    site=place.site,
                    rule=rule,
                    takes_off=off,
                    limits=limits,
                    most=min(limits, in_all.value) if in_all and in_all.unit == unit else limits,
                    unit=unit,
                )
                if rule.emptied:
                    emptied.append(one)
                else:
                    yield one
    if emptied:
        yield max(emptied, key=lambda one: (one.takes_off, one.rule.emptied))


class _Tops(Struct, frozen=True, eq=False):
    """What the limits of all holders add up to, under given rules."""

    found: Examined
    flowing: Sequence[Flow]
    stated: tuple[VesselRule, ...]
    lines: list[ScopeLine]
    left: Stocks

    def with_rule(self, rule: VesselRule) -> dict[str | None, Decimal]:
        """The same if one more rule were stated."""
        return self.under(bounds(self.flowing, self.found.starts, (*self.stated, rule)))

    def under(self, drawn: Bounds) -> dict[str | None, Decimal]:
        """By unit, what stock and what was sold or used can hold; a part without a limit is out."""
        totals: dict[str | None, Decimal] = {}
        ruled = lines_of(self.found, drawn, self.left)
        for line, other in zip(self.lines, ruled, strict=True):
            told = under_rules(line, other) if line.thing else line
            for part in (told.stock, told.ended):
                extent = part.stated or part.material
                if part.material.most is not None and extent.most is not None:
                    totals[line.unit] = totals.get(line.unit, _ZERO) + extent.most
        return totals


def _name(place: Pool) -> str:
    """What a rule calls the vessel: its container, else its site."""
    return place.container or place.site


def _vessels(drawn: Bounds) -> list[list[Shelf]]:
    """Pools with an exact log and no rule, by vessel; what may hold most of the material first."""
    ruled = drawn.net.rules
    together: dict[str, list[Shelf]] = {}
    for shelf in _mixed(drawn, exact=True):
        if shelf not in ruled:
            together.setdefault(_name(shelf.place), []).append(shelf)
    return sorted(
        together.values(), key=lambda some: (-_brought(drawn, some), _name(some[0].place))
    )


def _mixed(drawn: Bounds, *, exact: bool) -> Iterator[Shelf]:
    """Pools of a named vessel into which came what may be of the material, and what may be not."""
    for place, shelf in drawn.net.shelves.items():
        is_vessel = bool(place.thing and _name(place))
        if not is_vessel or shelf.start is not None or shelf.is_exact is not exact:
            continue
        of_it = any(drawn.asked.carried(n) != _ZERO for n in shelf.into)
        if shelf.out and of_it and any(drawn.other.carried(n) != _ZERO for n in shelf.into):
            yield shelf


def _brought(drawn: Bounds, shelves: Sequence[Shelf]) -> Decimal:
    return sum((drawn.asked.carried(n) or _ZERO for each in shelves for n in each.into), _ZERO)


def _rules(shelves: Sequence[Shelf], drawn: Bounds) -> Iterator[VesselRule]:
    """The rules that a vessel may be drawn from by, and days on which it may have been emptied."""
    vessel = _name(shelves[0].place)
    for rotation in (Rotation.FIFO, Rotation.LIFO, Rotation.MIX):
        yield VesselRule(vessel=vessel, rotation=rotation, source=_UNSAID)
    yield VesselRule(vessel=vessel, apart=True, source=_UNSAID)
    for day in _idle_days(shelves, drawn):
        yield VesselRule(vessel=vessel, emptied=(day,), source=_UNSAID)


def _idle_days(shelves: Sequence[Shelf], drawn: Bounds) -> list[date]:
    """The first day of each time in which nothing came or left, the latest such times."""
    net = drawn.net
    times = [each.at for shelf in shelves for _, each in net.came(shelf)]
    times += [each.at for shelf in shelves for each in net.left(shelf)]
    days = sorted(days_of(times))
    one = timedelta(days=1)
    return [first + one for first, after in pairwise(days) if after - first > one][-_EMPTYINGS:]

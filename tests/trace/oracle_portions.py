"""Section 4 of the trace contract, of amounts: when all of a lot that was packed is out again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from msgspec.structs import replace
from oracle_facts import Line, surely_after

from suyuan.kit import Quantity, Span
from suyuan.kit.quantity import normal
from suyuan.model import FactKind, ThingGrain

Amounts = dict[Line, Decimal]
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def puts_of(join: Line, lines: Sequence[Line]) -> list[Line]:
    """Whatever put the thing of this join into its container."""
    return [e for e in lines if e.fact.kind is FactKind.JOINED and _of_pair(e, join)]


def outs_of(join: Line, lines: Sequence[Line]) -> list[Line]:
    """Whatever took the thing, by its name, out of its container."""
    return [e for e in lines if e.fact.kind is FactKind.LEFT and _of_pair(e, join)]


def _of_pair(e: Line, join: Line) -> bool:
    return (e.fact.thing, e.fact.parent) == (join.fact.thing, join.fact.parent)


def amounts_of(join: Line, lines: Sequence[Line]) -> Amounts | None:
    """How much each put in or took out, if the latter says so; None where one put in does not say,
    none says how much it took out, or units differ.
    """
    outs = [e for e in outs_of(join, lines) if e.fact.quantity is not None]
    every = [*puts_of(join, lines), *outs]
    if not outs or any(
        e.fact.quantity is None or e.fact.grain is ThingGrain.INSTANCE for e in every
    ):
        return None
    said = {e: normal(Quantity(e.fact.quantity or Decimal(0), e.fact.unit)) for e in every}
    if len({each.unit for each in said.values()}) > 1:
        return None
    return {e: each.value for e, each in said.items()}


def all_out(join: Line, lines: Sequence[Line], *, doubted: bool = False) -> list[Line]:
    """Each taking out that ended what was inside: every one without an amount, or of a piece.

    Of amounts the one with which all is out that may have been put in by then, or since the
    container was emptied or commissioned anew: from the latest begin of all that took part.
    """
    outs, amounts = outs_of(join, lines), amounts_of(join, lines)
    if amounts is None:
        return [e for e in outs if e.fact.quantity is None or e.fact.grain is ThingGrain.INSTANCE]
    found: list[Line] = []
    inside, counted, taking = Decimal(0), set[Line](), list[Line]()
    ends = [e for e in (*outs, *_resets(join, lines)) if doubted or not e.held]
    for e in sorted(ends, key=_order):
        by_then = {put for put in puts_of(join, lines) if _begin(put) <= _end(e)}
        inside += sum((amounts[put] for put in by_then - counted), Decimal(0))
        counted = by_then
        if e not in amounts:
            found += [e] if e in outs else []
            rest = [put for put in by_then if not surely_after(e.when, put.when)]
            inside, taking = sum((amounts[put] for put in rest), Decimal(0)), []
            continue
        inside, taking = inside - amounts[e], [*taking, e]
        if inside <= 0:
            begun = max((each.when.lo or FIRST for each in taking), default=FIRST)
            when = Span(None if begun == FIRST else begun, e.when.hi)
            found.append(replace(e, fact=replace(e.fact, when=when), held=False))
            inside, taking = Decimal(0), []
    return found


def _resets(join: Line, lines: Sequence[Line]) -> list[Line]:
    box = join.fact.parent
    return [
        e
        for e in lines
        if (e.fact.kind is FactKind.LEFT and not e.fact.thing and e.fact.parent == box)
        or (e.fact.kind is FactKind.MADE and e.fact.thing == box)
    ]


def _begin(e: Line) -> datetime:
    return e.when.lo or FIRST


def _end(e: Line) -> datetime:
    return e.when.hi or LAST


def _order(e: Line) -> tuple[datetime, datetime, int, int]:
    return _end(e), _begin(e), e.fact.entry, e.fact.line


def maybe_out(join: Line, lines: Sequence[Line]) -> list[datetime | None]:
    """From when on what this join put in may be out: all of it, by whatever may be after it."""
    outs = [e for e in outs_of(join, lines) if _end(e) >= _begin(join)]
    amounts = amounts_of(join, lines)
    if amounts is None:
        return [e.when.lo for e in outs]
    taken = Decimal(0)
    for e in sorted(outs, key=_begin):
        taken += amounts.get(e, amounts[join])
        if taken >= amounts[join]:
            return [e.when.lo]
    return []


def rest_of(
    joins: Sequence[Line],
    whole: tuple[Decimal | None, str | None],
    span: Span,
    lines: Sequence[Line],
) -> tuple[Decimal | None, str | None]:
    """Of what these joins put in, what is left at a time; unknown where some of it may be out."""
    amounts = amounts_of(joins[0], lines)
    if whole[0] is None or amounts is None:
        return whole
    since = min(map(_begin, joins))
    outs = [e for e in outs_of(joins[0], lines) if _end(e) >= since]
    outs = [e for e in outs if not surely_after(e.when, span)]
    if not outs:
        return whole
    sure = [
        e
        for e in outs
        if surely_after(span, e.when)
        and not e.held
        and e in amounts
        and any(surely_after(e.when, join.when) for join in joins)
    ]
    rest = sum((amounts[join] for join in joins), Decimal(0)) - sum(amounts[e] for e in sure)
    if len(sure) < len(outs) or rest <= 0:
        return None, None
    unit = normal(Quantity(Decimal(1), joins[0].fact.unit)).unit
    return rest, unit

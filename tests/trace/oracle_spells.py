"""Section 4 of the trace contract: from when to when a thing is possibly, and certainly, inside."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from oracle_facts import (
    Line,
    arrival_of,
    contradict,
    departure_of,
    flow_of,
    is_input,
    least,
    meet,
    present,
    surely_after,
)
from oracle_portions import all_out, maybe_out, rest_of

from suyuan.kit import Quantity, Span
from suyuan.kit.quantity import normal
from suyuan.model import FactKind, ThingGrain


class End(Struct, frozen=True):
    """What may have ended a spell: by saying so (explicit) or by contradicting it (implied)."""

    line: Line
    implied: bool


class Inside(Struct, frozen=True):
    """A thing carried in its direct container, through these joins."""

    thing: str
    container: str
    certain: bool
    quantity: Decimal | None
    unit: str | None


def joins_of(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.fact.kind is FactKind.JOINED]


def ends_of(join: Line, lines: Sequence[Line], *, doubted: bool = False) -> list[End]:
    """Every end that counts for this join: e.hi >= join.lo; `doubted` lets what is held stand."""
    thing, container = join.fact.thing, join.fact.parent or ""
    ends = [End(e, implied=False) for e in _explicit(join, lines, doubted=doubted)]
    ends += [
        End(e, implied=True)
        for e in lines
        if e.fact.thing == thing and _is_own(e, join) and not _is_shared(e, container, lines)
    ]
    return [end for end in ends if _counts(end.line, join)]


def _counts(e: Line, join: Line) -> bool:
    return e.when.hi is None or join.when.lo is None or e.when.hi >= join.when.lo


def _explicit(join: Line, lines: Sequence[Line], *, doubted: bool = False) -> list[Line]:
    boxes = [e for e in lines if _is_of_box(e, join)]
    return [*all_out(join, lines, doubted=doubted), *boxes]


def _is_of_box(e: Line, join: Line) -> bool:
    """Whether the container was emptied or commissioned anew."""
    fact, container = e.fact, join.fact.parent
    if fact.kind is FactKind.LEFT:
        return fact.parent == container and not fact.thing
    # A new commissioning; at the same or an overlapping time it is the first one (D3).
    made_anew = fact.kind is FactKind.MADE and fact.thing == container
    return made_anew and surely_after(e.when, join.when)


def _is_own(e: Line, join: Line) -> bool:
    """An own fact of one instance that its container would have to share."""
    fact = e.fact
    if fact.grain is not ThingGrain.INSTANCE or e == join:
        return False
    if fact.kind is FactKind.JOINED:
        return fact.parent != join.fact.parent
    if fact.kind is FactKind.MADE:
        return surely_after(e.when, join.when)
    return fact.kind in (FactKind.MOVED, FactKind.ENDED) or is_input(e)


def _is_shared(e: Line, container: str, lines: Sequence[Line]) -> bool:
    sharing = carriers(container, e.when, lines) - {e.fact.thing}
    return any(g.fact.thing in sharing and _same_happening(e, g) for g in lines)


def carriers(container: str, span: Span, lines: Sequence[Line]) -> set[str]:
    """The container and all that it is possibly in at `span`, by explicit ends only (O7)."""
    found = {container}
    while True:
        more = {
            join.fact.parent or ""
            for join in joins_of(lines)
            if join.fact.thing in found and meet(explicit_spell(join, lines), span)
        }
        if more <= found:
            return found
        found |= more


def _same_happening(e: Line, g: Line) -> bool:
    a, b = e.fact, g.fact
    if a.kind is not b.kind or contradict(a.before, b.before) or contradict(a.after, b.after):
        return False
    if a.kind is FactKind.MOVED:
        return _same_movement(e, g)
    if a.kind is FactKind.JOINED and a.parent != b.parent:
        return False
    if a.kind is FactKind.BECAME and not (is_input(g) and flow_of(e) == flow_of(g)):
        return False
    return meet(e.when, g.when)


def _same_movement(e: Line, g: Line) -> bool:
    """R1: what both state must meet; one that only left, the other only arrived: in order."""
    left, arrived = (departure_of(e), departure_of(g)), (arrival_of(e), arrival_of(g))
    both_left, both_arrived = present(left), present(arrived)
    if len(both_left) == 1 and len(both_arrived) == 1:
        lo, hi = both_left[0].lo, both_arrived[0].hi
        return lo is None or hi is None or lo <= hi
    return all(len(pair) < 2 or meet(*pair) for pair in (both_left, both_arrived))


def explicit_spell(join: Line, lines: Sequence[Line]) -> Span:
    return _until(join, [e for e in _explicit(join, lines) if _counts(e, join)])


def possible_spell(join: Line, lines: Sequence[Line], *, doubted: bool = False) -> Span:
    """`doubted` lets held ends stand: what lasts even then lasts for certain."""
    ends = [end.line for end in ends_of(join, lines, doubted=doubted) if _proves_out(end)]
    return _until(join, ends, doubted=doubted)


def _proves_out(end: End) -> bool:
    """R2: an own fact with no known holder contradicts nothing for certain."""
    fact = end.line.fact
    if not end.implied or fact.kind in (FactKind.JOINED, FactKind.MADE):
        return True
    return any(holder is not None and holder.known for holder in (fact.before, fact.after))


def _until(join: Line, ends: Sequence[Line], *, doubted: bool = False) -> Span:
    """[join.lo, the first end that was surely after it]; a held end proves nothing."""
    surely = [e for e in ends if (doubted or not e.held) and surely_after(e.when, join.when)]
    return Span(join.when.lo, least(present(e.when.hi for e in surely)))


def certain_spell(join: Line, lines: Sequence[Line]) -> Span | None:
    """[join.hi, the first instant at which any end may have been]; None: at no time."""
    begin = join.when.hi
    if join.held or begin is None:
        return None
    ends = ends_of(join, lines)
    outs = [*explicit_outs(join, lines), *box_ends(join, lines)]
    outs += [
        last_inside(join, end.line, lines)
        for end in ends
        if end.implied and leaves_silently(end, join, lines)
    ]
    if any(out is None for out in outs):
        return None
    until = least(present(outs))
    return None if until is not None and until < begin else Span(begin, until)


def explicit_outs(
    join: Line, lines: Sequence[Line], but: Line | None = None
) -> list[datetime | None]:
    """From when on it may be out, by what was said of it or of the container."""
    boxes = [e for e in lines if _is_of_box(e, join) and _counts(e, join) and e != but]
    return [*maybe_out(join, lines), *(e.when.lo for e in boxes)]


def box_ends(join: Line, lines: Sequence[Line]) -> list[datetime]:
    """By when the container ended or was used up, and what it held with it."""
    ends = [
        e.when
        for e in lines
        if e.fact.thing == join.fact.parent
        and (e.fact.kind is FactKind.ENDED or is_input(e))
        and _counts(e, join)
    ]
    return present(when.hi if surely_after(when, join.when) else join.when.hi for when in ends)


def leaves_silently(end: End, join: Line, lines: Sequence[Line]) -> bool:
    """Whether it may have left by this end unsaid: no LEFT surely between explains it (D6, D13)."""
    e = end.line
    if not meet(possible_spell(join, lines), e.when):
        return False
    said = [f.line for f in ends_of(join, lines) if f.line.fact.kind is FactKind.LEFT]
    return not any(
        not f.held
        and surely_after(f.when, join.when)
        and f.when.hi is not None
        and e.when.lo is not None
        and f.when.hi <= e.when.lo
        for f in said
    )


def last_inside(join: Line, e: Line, lines: Sequence[Line]) -> datetime | None:
    """The end of the last fact consistent with being inside, before the end `e` (R3)."""
    limit = e.when.lo
    if limit is None:
        return None
    own = [g.when.hi for g in lines if g.fact.thing == join.fact.parent]
    times = [at for at in present([join.when.hi, *own]) if at <= limit]
    return max(times, default=limit)


def covers(spell: Span | None, span: Span) -> bool:
    if spell is None or spell.lo is None or span.lo is None or span.hi is None:
        return False
    return spell.lo <= span.lo and (spell.hi is None or span.hi <= spell.hi)


def inside(moved: str, span: Span, lines: Sequence[Line]) -> list[Inside]:
    """Section 6: everything in `moved` during `span`, directly or through other containers."""
    joins = [join for join in joins_of(lines) if join.fact.thing != moved]
    maybe = [join for join in joins if meet(possible_spell(join, lines), span)]
    sure = [join for join in joins if covers(certain_spell(join, lines), span)]
    possibly, certainly = _reached_down(moved, maybe), _reached_down(moved, sure)
    edges = {(j.fact.thing, j.fact.parent or "") for j in maybe if j.fact.parent in possibly}
    found: list[Inside] = []
    for thing, container in sorted(edges):
        met = [j for j in maybe if _joins(j, thing, container)]
        surely = [j for j in met if container in certainly and j in sure]
        amount = rest_of(met, total(met, surely), span, lines)
        found.append(Inside(thing, container, bool(surely), *amount))
    return found


def _joins(join: Line, thing: str, container: str) -> bool:
    return join.fact.thing == thing and join.fact.parent == container


def _reached_down(moved: str, joins: Sequence[Line]) -> set[str]:
    found = {moved}
    while True:
        more = {join.fact.thing for join in joins if join.fact.parent in found}
        if more <= found:
            return found
        found |= more


def total(joins: Sequence[Line], sure: Sequence[Line]) -> tuple[Decimal | None, str | None]:
    """The portions together, if all are known and compare (D8), and all or none are sure."""
    quantities = present(join.fact.quantity for join in joins)
    if len(quantities) < len(joins) or 0 < len(sure) < len(joins):
        return None, None
    said = [Quantity(q, j.fact.unit) for q, j in zip(quantities, joins, strict=True)]
    if len({each.unit for each in said}) > 1:
        said = [normal(each) for each in said]
    units = {each.unit for each in said}
    return (
        (sum((e.value for e in said), Decimal(0)), units.pop()) if len(units) == 1 else (None, None)
    )

"""How far a recall reaches: by holder what is touched, and how much of the material it may be.

*Touched* is all that may contain any of what is asked about: that is recalled. *Material* is how
much of what is asked about itself is in it, at least and at most. The two are never mixed
(docs/concepts/trace.md, Recall scope).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec.structs import replace

from suyuan.model import Fact, ThingGrain
from suyuan.trace.accounted import Stock, Stocks, held, stocks
from suyuan.trace.answer import How, told_completeness
from suyuan.trace.balance import Sums, sums_of
from suyuan.trace.closure import Examined, examine
from suyuan.trace.elsewhere import leaving, less_gone
from suyuan.trace.flows import Amount, Flow, flows, summed
from suyuan.trace.groups import (
    Group,
    Key,
    Numbers,
    groups_of,
    is_anywhere,
    lots_by_holder,
    parted,
    told_in,
    units_apart,
)
from suyuan.trace.limits import Limits
from suyuan.trace.lone import NO_PART, Parts, lone_lot, part_of
from suyuan.trace.material import Bounds, bounds, unused
from suyuan.trace.pieces import gone_singly, less_pieces, of_pieces
from suyuan.trace.postings import at_holder, of_ends
from suyuan.trace.resting import assumed, rest_of
from suyuan.trace.ruled import under_rules
from suyuan.trace.shelves import KEPT, Shelf
from suyuan.trace.transfers import transfers
from suyuan.trace.types import (
    Direction,
    Extent,
    LinkKind,
    Part,
    Pool,
    Question,
    Scope,
    ScopeLine,
    Unclear,
    UnusedRule,
    VesselRule,
)
from suyuan.trace.within import by_piece, within

_ZERO = Decimal(0)
_UNKNOWN = Part(touched=None, material=Extent(_ZERO, None))


def scope(
    facts: Iterable[Fact],
    question: Question,
    *,
    position: int | None = None,
    truncated: bool = False,
    partial: bool = False,
    rounds: int = 0,
) -> Scope:
    """The scope from these facts: the possible forward closure of the question's seeds.

    The question's direction and depth are not asked: a recall goes forward, as far as it goes.
    """
    asked, known = onward(question), list(facts)
    found = examine(known, asked)
    how = How.of(
        known,
        found,
        asked,
        position=position,
        truncated=truncated,
        partial=partial,
        rounds=rounds,
    )
    return scope_from(found, asked, how)


def onward(question: Question) -> Question:
    """What a recall asks about these seeds: forward, as far as it goes."""
    return replace(question, direction=Direction.FORWARD, depth=None)


def scope_from(found: Examined, asked: Question, how: How) -> Scope:
    """The scope of the recall that this closure was drawn for."""
    flowing = flows(found)
    drawn = bounds(flowing, found.starts)
    whole = not how.truncated and not how.partial
    left = stocks(found, drawn.net, asked.as_of, is_whole=whole)
    lines, unused = _ruled(found, drawn, flowing, asked.vessels, left)
    things = {node.pool.thing for node in found.closure.nodes} - {""}
    return Scope(
        truncated=how.truncated,
        question=asked,
        position=how.position,
        holders=len({(line.party, line.site) for line in lines}),
        things=len(things),
        lines=tuple(lines),
        transfers=tuple(transfers(flowing, drawn)),
        completeness=told_completeness(found, asked, how),
        open_ends=found.closure.open_ends,
        anomalies=tuple(a for a in found.closure.anomalies if a.thing in things),
        cost=how.cost(found),
        unused=unused,
        assumptions=assumed(rest_of(asked)),
        unknown=how.unknown,
    )


def _ruled(
    found: Examined,
    drawn: Bounds,
    flowing: Sequence[Flow],
    rules: Sequence[VesselRule],
    left: Stocks,
) -> tuple[list[ScopeLine], tuple[UnusedRule, ...]]:
    """The lines, and beside their bounds those that hold if vessels are drawn from by rule.

    What is touched stays what it is: a rule is an assumption, and recalls nothing less. Rules that
    narrow nothing are given with why.
    """
    lines = list(lines_of(found, drawn, left))
    if not rules:
        return lines, ()
    assumed = bounds(flowing, found.starts, rules)
    net = assumed.asked.net
    if net.rules:
        under = iter(line for line in lines_of(found, assumed, left) if line.thing)
        lines = [under_rules(line, next(under)) if line.thing else line for line in lines]
    used = {rule for line in lines for rule in line.rules}
    return lines, tuple(unused(net, (rule for rule in rules if rule not in used)))


_Accounts = Mapping[Pool, Sums | None]


def lines_of(found: Examined, drawn: Bounds, left: Stocks) -> Iterator[ScopeLine]:
    """What each holder has or had of each thing, by these bounds; always in one order.

    `left`: what accounts say of the stock of lots in doubt.
    """
    pieces = {t.fact.thing for t in found.told if t.fact.grain is ThingGrain.INSTANCE}
    groups = groups_of(found, drawn.net, pieces)
    lots, lone, limits = lots_by_holder(groups), _lone(groups, drawn), Limits(drawn)
    unnamed = any(group.places[0].place.unknown for group in groups.values())
    gone = leaving(drawn.net) if unnamed else {}
    shared = {key[2] for key in groups if key[2] and key not in lone}
    ends = of_ends(found.told, shared, found.net.stays)
    stated = sums_of((t for t in found.told if t.fact.thing in shared), found.net.links, ends)
    parts = {
        (party, site): within(by_piece(group.places), lots[party, site], found.net.members, drawn)
        for (party, site, thing, _), group in groups.items()
        if not thing
    }
    for key, group in sorted(groups.items()):
        party, site, thing, unknown = key
        mine = parts.get((party, site), {})
        if thing:
            its_own = mine.get(thing)
            singly = gone_singly(drawn, groups[party, site, "", ""], its_own) if its_own else (0, 0)
            told = lone.get(key)
            lines = [_line_of_lone(group, drawn, told)] if told else _of_lot(group, drawn, stated)
            lines = [limits.hold(line, group) for line in lines]
            if group.places[0].place.unknown:
                lines = [less_gone(line, group, gone) for line in lines]
            if unknown:
                yield from lines
                continue
            if left and (there := left.get(Pool(thing, party, site))):
                lines = [_as_held(line, there, group, drawn) for line in lines]
            yield from lines if its_own is None else [less_pieces(x, *singly) for x in lines]
        else:
            line = of_pieces(party, site, group, drawn, {p for some in mine.values() for p in some})
            if line.things:
                yield line


def _lone(groups: Mapping[Key, Group], drawn: Bounds) -> dict[Key, Parts]:
    """Of lots that came once to one pool, what is told at once: their flows say all of it."""
    found: dict[Key, Parts] = {}
    for key, group in groups.items():
        if key[2] and len(group.places) == 1:
            told = lone_lot(group.places[0], drawn)
            if told is not None:
                found[key] = told
    return found


def _line_of_lone(group: Group, drawn: Bounds, told: Parts) -> ScopeLine:
    """What a holder has of a lot that came to him once."""
    return _line(group, drawn, drawn.flow(group.places[0].into[0]).unit, told)


def _over_all(line: ScopeLine, group: Group, drawn: Bounds) -> ScopeLine:
    """A party's stock over places that nobody names: no more than came to all less what left all.

    Which of them something left nobody says, so each place alone would seem to have it still.
    """
    own, flow_of = {shelf.place for shelf in group.places}, drawn.flow
    into = [flow_of(n) for shelf in group.places for n in shelf.into]
    out = [flow_of(n) for shelf in group.places for n in shelf.out]
    came = [flow for flow in into if flow.takes and flow.source not in own]
    gone = [flow for flow in out if flow.takes and flow.target not in own]
    amounts = [*(flow.got for flow in came), *(flow.sent for flow in gone)]
    if None in amounts or len({flow.unit for flow in (*came, *gone)}) > 1:
        return line
    total = sum((flow.got or _ZERO for flow in came), _ZERO)
    most = total - sum((flow.sent or _ZERO for flow in gone if flow.certain), _ZERO)
    surely = sum((flow.got or _ZERO for flow in came if flow.certain), _ZERO)
    least = max(_ZERO, surely - sum((flow.sent or _ZERO for flow in gone), _ZERO))
    bound = line.stock.material
    stock = part_of(line.stock.touched, bound, max(_ZERO, most))
    bounded = Extent(min(stock.material.least, least), stock.material.most)
    return replace(line, stock=replace(line.stock, touched=stock.touched, material=bounded))


def _of_lot(group: Group, drawn: Bounds, stated: _Accounts) -> list[ScopeLine]:
    """What a holder has of a lot; a line for each unit, where it is told in some that differ."""
    places = group.places
    if units := units_apart(group, drawn):
        return [_in_unit(group, drawn, None, {unit}) for unit in units]
    if is_anywhere(group):
        return [_over_all(_in_unit(group, drawn, None), group, drawn)]
    return [_in_unit(group, drawn, stated.get(at_holder(places[0].place)))]


def _as_held(
    line: ScopeLine, there: Mapping[str | None, Stock], group: Group, drawn: Bounds
) -> ScopeLine:
    """A line with its stock held to its account, in the unit that the line is in."""
    stock = there.get(line.unit)
    if stock is None:
        return line
    own, places = line.stock.material.least, group.places
    if not is_anywhere(group) and not units_apart(group, drawn):
        own = sum((drawn.net.kept(shelf).least for shelf in places), _ZERO)
    return held(line, stock, own)


def _in_unit(
    group: Group, drawn: Bounds, line: Sums | None, only: Collection[str | None] = ()
) -> ScopeLine:
    """What a holder has of a lot, or `only` of it what is told in a unit, or in none.

    Where flows do not say how much came, went or ended, what its account has in `line` says it.
    """
    places, first = group.places, group.places[0]
    said = (None, None, None) if line is None else (line.came, line.went, line.ended)
    went, ended = parted(group, drawn)
    own_places = set(places)
    came = [drawn.arrivals(shelf, but=own_places) for shelf in places]
    if only:
        came, went, ended = (told_in(only, drawn, some) for some in (came, went, ended))
    parts = (
        _brought(group, drawn, came, said[0]),
        _carried(group, drawn, went, said[1]),
        _carried(group, drawn, ended, said[2]),
        _UNKNOWN if only else _kept(group, drawn),
    )
    if len(places) == 1 and drawn.is_told(first):
        parts = _with_assumed(parts, drawn, first, (went[0], ended[0]))
    own = None if line is not None or only else _unit(drawn, (*came, *went, *ended))
    return _line(group, drawn, line.unit if line else next(iter(only), own), parts)


def _line(group: Group, drawn: Bounds, unit: str | None, parts: Parts) -> ScopeLine:
    came, sent, ended, stock = parts
    place = group.places[0].place
    return ScopeLine(
        party=place.party,
        site=place.site,
        thing=place.thing,
        unit=unit,
        certain=group.certain,
        things=1,
        rules=drawn.rules(group.places),
        unclear=_unclear(drawn, group, parts),
        came=came,
        sent=sent,
        ended=ended,
        stock=stock,
    )


def _with_assumed(
    parts: Parts, drawn: Bounds, shelf: Shelf, gone: tuple[Sequence[int], Sequence[int]]
) -> Parts:
    """The same with what it would be by each assumption of how the only pool is drawn from."""
    went, ended, kept = (drawn.assumed(shelf, numbers) for numbers in (*gone, (KEPT,)))
    came, *others = parts
    sent, used, stock = (
        replace(part, assumed=each) for part, each in zip(others, (went, ended, kept), strict=True)
    )
    return came, sent, used, stock


def _unclear(drawn: Bounds, group: Group, parts: Iterable[Part]) -> Unclear | None:
    """Why an amount or a limit of it is not given; None: all are."""
    for part in parts:
        if part.touched is None or part.material.most is None:
            break
    else:
        return None
    flows = [drawn.flow(n) for shelf in group.places for n in (*shelf.into, *shelf.out)]
    if any(flow.sent is None or flow.got is None for flow in flows):
        return Unclear.UNSTATED
    return Unclear.UNITS if len({flow.unit for flow in flows}) > 1 else Unclear.UPSTREAM


def _unit(drawn: Bounds, numbers: Iterable[Sequence[int]]) -> str | None:
    """The unit of what is stated, where the account as a whole has none: an amount is unknown."""
    chosen = [drawn.flow(n) for some in numbers for n in some]
    units = {flow.unit for flow in chosen if flow.sent is not None or flow.got is not None}
    return units.pop() if len(units) == 1 else None


def _brought(group: Group, drawn: Bounds, came: Numbers, said: Amount) -> Part:
    """What these flows brought, of each pool some; where they do not say it, `said`."""
    flows = [drawn.flow(n) for some in came for n in some]
    if not flows:
        return NO_PART
    extents = [drawn.came(shelf, some) for shelf, some in zip(group.places, came, strict=True)]
    told = _once(flows)
    touched = _touched([f.got for f in told], told)
    return part_of(said if touched is None else touched, _together(extents))


def _carried(group: Group, drawn: Bounds, gone: Numbers, said: Amount) -> Part:
    """What these flows carried away, of each pool some; where they do not say it, `said`."""
    flows = [drawn.flow(n) for some in gone for n in some]
    if not flows:
        return NO_PART
    extents = [drawn.of(shelf, some) for shelf, some in zip(group.places, gone, strict=True)]
    told = _once(flows)
    touched = _touched([f.sent for f in told], told)
    return part_of(said if touched is None else touched, _together(extents))


def _once(flows: Sequence[Flow]) -> Sequence[Flow]:
    """Of each event those of one making: several may be meant by what went in or came out."""
    meant: dict[tuple[Pool | None, tuple[int, ...]], Pool | None] = {}
    found: list[Flow] = []
    for flow in flows:
        here, there = flow.target, flow.source
        if flow.kind is LinkKind.INPUT:
            here, there = there, here
        elif flow.kind is not LinkKind.OUTPUT:
            found.append(flow)
            continue
        if meant.setdefault((here, flow.entries), there) == there:
            found.append(flow)
    return found


def _touched(amounts: Sequence[Amount], flows: Sequence[Flow]) -> Amount:
    """How much is touched in flows of these amounts; None: they do not compare, or not all say."""
    if len(flows) == 1:
        return amounts[0]
    return summed(amounts) if len({flow.unit for flow in flows}) == 1 else None


def _kept(group: Group, drawn: Bounds) -> Part:
    """What is still in the pools."""
    tops = [drawn.net.kept(shelf).most for shelf in group.places]
    extents = [drawn.of(shelf, (KEPT,)) for shelf in group.places]
    return part_of(tops[0] if len(tops) == 1 else summed(tops), _together(extents))


def _together(extents: Sequence[Extent]) -> Extent:
    """The bounds of all, each of another pool."""
    if len(extents) == 1:
        return extents[0]
    return Extent(sum((each.least for each in extents), _ZERO), summed(e.most for e in extents))

"""How far a recall reaches: by holder what is touched, and how much of the material it may be.

*Touched* is all that may contain any of what is asked about: that is recalled. *Material* is how
much of what is asked about itself is in it, at least and at most. The two are never mixed
(docs/concepts/trace.md, Recall scope).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from suyuan.model import Fact, ThingGrain
from suyuan.trace.accounted import Stock, Stocks, held, share, stocks
from suyuan.trace.answer import How, told_completeness
from suyuan.trace.balance import Sums, sums_of
from suyuan.trace.closure import Examined, examine
from suyuan.trace.flows import Amount, Flow, flows, summed
from suyuan.trace.lone import NO_PART, Parts, lone_parts, part_of
from suyuan.trace.material import Bounds, bounds, why_unused
from suyuan.trace.opening import unknown_seeds
from suyuan.trace.postings import at_holder
from suyuan.trace.resting import assumed, rest_of
from suyuan.trace.ruled import under_rules
from suyuan.trace.shelves import KEPT, Network, Shelf
from suyuan.trace.transfers import transfers
from suyuan.trace.types import (
    Direction,
    Extent,
    Part,
    Pool,
    Question,
    Scope,
    ScopeLine,
    Unclear,
    UnusedRule,
    VesselRule,
)
from suyuan.trace.within import arrivals, by_piece, within

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
    how = How(
        facts=len(known),
        position=position,
        truncated=truncated,
        partial=partial,
        rounds=rounds,
        unknown=unknown_seeds(known, found, asked),
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
    return lines, tuple(UnusedRule(r, why_unused(net, r)) for r in rules if r not in used)


class _Group(Struct, eq=False):
    """The pools in which a holder has a thing, or single pieces, loose and in containers."""

    places: list[Shelf]
    certain: bool = False


_Key = tuple[str, str, str, str]
_Numbers = list[list[int]]  # of each pool in turn those of some of its flows
_Accounts = Mapping[Pool, Sums | None]


def lines_of(found: Examined, drawn: Bounds, left: Stocks) -> Iterator[ScopeLine]:
    """What each holder has or had of each thing, by these bounds; always in one order.

    `left`: what accounts say of the stock of lots in doubt.
    """
    pieces = {t.fact.thing for t in found.told if t.fact.grain is ThingGrain.INSTANCE}
    stated, groups = sums_of(found.told, found.net.links), _groups(found, drawn.net, pieces)
    lots = _lots(groups)
    parts = {
        (party, site): within(by_piece(group.places), lots[party, site], found.net.members, drawn)
        for (party, site, thing, _), group in groups.items()
        if not thing
    }
    for (party, site, thing, unknown), group in sorted(groups.items()):
        mine = parts.get((party, site), {})
        if thing:
            its_own = mine.get(thing)
            singly = _gone(drawn, groups[party, site, "", ""], its_own) if its_own else (0, 0)
            lines = _of_lot(group, drawn, stated)
            if unknown:
                yield from lines
                continue
            if left and (there := left.get(Pool(thing, party, site))):
                lines = [_as_held(line, there, group, drawn) for line in lines]
            yield from lines if its_own is None else [_less_pieces(x, *singly) for x in lines]
        else:
            line = _of_pieces(
                party, site, group, drawn, {p for some in mine.values() for p in some}
            )
            if line.things:
                yield line


def _lots(groups: Mapping[_Key, _Group]) -> Mapping[tuple[str, str], dict[str, list[Shelf]]]:
    """By known holder the pools of each lot that is told by quantity."""
    found: dict[tuple[str, str], dict[str, list[Shelf]]] = defaultdict(dict)
    for (party, site, thing, unknown), group in groups.items():
        if thing and not unknown:
            found[party, site][thing] = group.places
    return found


def _gone(drawn: Bounds, group: _Group, pieces: set[str]) -> tuple[int, int]:
    """How many of some pieces surely went from a holder by their own records, and how many may."""
    sure, may_be = set[str](), set[str]()
    for shelf, *parts in zip(group.places, *_parted(group, drawn), strict=True):
        thing = shelf.place.thing
        for number in chain(*parts) if thing in pieces else ():
            may_be.add(thing)
            sure |= {thing} if drawn.flow(number).certain else set()
    return len(sure), len(may_be)


def _less_pieces(line: ScopeLine, sure: int, may_be: int) -> ScopeLine:
    """A lot's stock without pieces that went singly; what they weigh nobody says."""
    if not may_be:
        return line
    touched, material = line.stock.touched, line.stock.material
    if line.unit is not None:
        part = replace(line.stock, material=Extent(_ZERO, material.most), assumed=None)
    else:
        least = max(_ZERO, material.least - may_be)
        most = None if material.most is None else max(_ZERO, material.most - sure)
        rest = None if touched is None else max(_ZERO, touched - sure)
        part = Part(touched=rest, material=Extent(least, most))
    return replace(line, stock=part)


def _groups(found: Examined, net: Network, pieces: set[str]) -> dict[_Key, _Group]:
    """What each holder has, by thing. All places that a party leaves unsaid are told as one."""
    groups: dict[_Key, _Group] = {}
    pools = [node.pool for node in found.closure.nodes]
    placed = {(place.thing, place.party) for place in pools if place.site}
    for node in found.closure.nodes:
        place = node.pool
        if place.thing:
            is_piece = place.thing in pieces
            anywhere = place.party and not place.site and (place.thing, place.party) not in placed
            apart = "" if anywhere else place.unknown
            one = ("", "") if is_piece else (place.thing, apart)
            key = (place.party, place.site, *one)
            group = groups.get(key)
            if group is None:
                group = groups[key] = _Group([])
            group.places.append(net.shelves[place])
            group.certain |= node.certain
    return groups


def _over_all(line: ScopeLine, group: _Group, drawn: Bounds) -> ScopeLine:
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


def _of_lot(group: _Group, drawn: Bounds, stated: _Accounts) -> list[ScopeLine]:
    """What a holder has of a lot; a line for each unit, where it is told in some that differ."""
    places = group.places
    if units := _apart(group, drawn):
        return [_in_unit(group, drawn, None, {unit}) for unit in units]
    if _is_anywhere(group):
        return [_over_all(_in_unit(group, drawn, None), group, drawn)]
    return [_in_unit(group, drawn, stated.get(at_holder(places[0].place)))]


def _is_anywhere(group: _Group) -> bool:
    """Whether these are several places of a party that nobody names."""
    places = group.places
    return len(places) > 1 and len({shelf.place.unknown for shelf in places}) > 1


def _as_held(
    line: ScopeLine, there: Mapping[str | None, Stock], group: _Group, drawn: Bounds
) -> ScopeLine:
    """A line with its stock held to its account, in the unit that the line is in."""
    stock = there.get(line.unit)
    if stock is None:
        return line
    own, places = line.stock.material.least, group.places
    if not _is_anywhere(group) and not _apart(group, drawn):
        own = sum((drawn.net.kept(shelf).least for shelf in places), _ZERO)
    gone = (flow for shelf in places for n in shelf.out if (flow := drawn.flow(n)).takes)
    return held(line, stock, own, anew=share(flow for flow in gone if flow.certain))


def _apart(group: _Group, drawn: Bounds) -> list[str | None]:
    """The units of a lot's flows, where they do not compare."""
    if len(group.places) == 1 and group.places[0].one_unit:
        return []
    flows = [drawn.flow(n) for shelf in group.places for n in (*shelf.into, *shelf.out)]
    units = {flow.unit for flow in flows if flow.takes and not _is_unstated(flow)}
    return sorted(units, key=lambda unit: unit or "") if len(units) > 1 else []


def _is_unstated(flow: Flow) -> bool:
    return flow.sent is None and flow.got is None


def _in_unit(
    group: _Group, drawn: Bounds, line: Sums | None, only: Collection[str | None] = ()
) -> ScopeLine:
    """What a holder has of a lot, or `only` of it what is told in a unit, or in none.

    What each side reported is no more than once there: that limits what is in `line`, however
    reports are paired.
    """
    places, first = group.places, group.places[0]
    limits = (None, None, None) if line is None else (line.came, line.went, line.ended)
    told = lone_parts(first, drawn, limits) if len(places) == 1 and not only else None
    if told is not None:
        parts, went, ended = told[0], [told[1]], [told[2]]
        came = [drawn.arrivals(first, but=places)] if line is None else []
    else:
        went, ended = _parted(group, drawn)
        came = [drawn.arrivals(shelf, but=places) for shelf in places]
        if only:
            came, went, ended = (_told_in(only, drawn, some) for some in (came, went, ended))
        parts = (
            _brought(group, drawn, came, limits[0]),
            _carried(group, drawn, went, limits[1]),
            _carried(group, drawn, ended, limits[2]),
            _UNKNOWN if only else _kept(group, drawn),
        )
    if len(places) == 1 and drawn.is_told(first):
        parts = _with_assumed(parts, drawn, first, (went[0], ended[0]))
    own = None if line is not None or only else _unit(drawn, (*came, *went, *ended))
    return ScopeLine(
        party=first.place.party,
        site=first.place.site,
        thing=first.place.thing,
        unit=line.unit if line else next(iter(only), own),
        certain=group.certain,
        things=1,
        rules=drawn.rules(places),
        unclear=_unclear(drawn, group, parts),
        came=parts[0],
        sent=parts[1],
        ended=parts[2],
        stock=parts[3],
    )


def _told_in(units: Collection[str | None], drawn: Bounds, numbers: _Numbers) -> _Numbers:
    """Of these flows those in one of the units, or of no amount stated."""
    return [
        [n for n in some if (flow := drawn.flow(n)).unit in units or _is_unstated(flow)]
        for some in numbers
    ]


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


def _unclear(drawn: Bounds, group: _Group, parts: Iterable[Part]) -> Unclear | None:
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


def _brought(group: _Group, drawn: Bounds, came: _Numbers, limit: Amount) -> Part:
    """What these flows brought, of each pool some."""
    flows = [drawn.flow(n) for some in came for n in some]
    if not flows:
        return NO_PART
    extents = [drawn.came(shelf, some) for shelf, some in zip(group.places, came, strict=True)]
    return part_of(_touched([f.got for f in flows], flows), _together(extents), limit)


def _carried(group: _Group, drawn: Bounds, gone: _Numbers, limit: Amount) -> Part:
    """What these flows carried away, of each pool some."""
    flows = [drawn.flow(n) for some in gone for n in some]
    if not flows:
        return NO_PART
    extents = [drawn.of(shelf, some) for shelf, some in zip(group.places, gone, strict=True)]
    return part_of(_touched([f.sent for f in flows], flows), _together(extents), limit)


def _touched(amounts: Sequence[Amount], flows: Sequence[Flow]) -> Amount:
    """How much is touched in flows of these amounts; None: they do not compare, or not all say."""
    if len(flows) == 1:
        return amounts[0]
    return summed(amounts) if len({flow.unit for flow in flows}) == 1 else None


def _kept(group: _Group, drawn: Bounds) -> Part:
    """What is still in the pools."""
    tops = [drawn.net.kept(shelf).most for shelf in group.places]
    extents = [drawn.of(shelf, (KEPT,)) for shelf in group.places]
    return part_of(tops[0] if len(tops) == 1 else summed(tops), _together(extents))


def _together(extents: Sequence[Extent]) -> Extent:
    """The bounds of all, each of another pool."""
    if len(extents) == 1:
        return extents[0]
    return Extent(sum((each.least for each in extents), _ZERO), summed(e.most for e in extents))


def _parted(group: _Group, drawn: Bounds) -> tuple[_Numbers, _Numbers]:
    """What may carry the material and left the holder's pools to others, or ended in them.

    Of each pool in turn.
    """
    went, ended, targets = list[list[int]](), list[list[int]](), drawn.net.targets
    for shelf in group.places:
        left, used = list[int](), list[int]()
        for number in shelf.out:
            flow, target = drawn.flow(number), targets[number]
            if flow.takes and not flow.covered and drawn.may_carry(number):
                if target is None:
                    used.append(number)
                elif target not in group.places:
                    left.append(number)
        went.append(left)
        ended.append(used)
    return went, ended


def _of_pieces(party: str, site: str, group: _Group, drawn: Bounds, inside: set[str]) -> ScopeLine:
    """Single pieces: each is touched whole, and is surely of the material or may be.

    Of those `inside`, which lie within amounts of their lots, only what was told singly counts.
    """
    went, ended = (
        dict(zip(group.places, numbers, strict=True)) for numbers in _parted(group, drawn)
    )
    found = dict.fromkeys(("came", "sent", "ended", "stock"), (_ZERO, _ZERO))
    things = 0
    for thing, places in by_piece(group.places).items():
        came = list(arrivals(drawn, places))
        gone = [n for p in places for n in (*went[p], *ended[p])]
        things += bool(gone) or thing not in inside
        whole = any(
            p.start or drawn.came(p, drawn.arrivals(p, but=places)).least >= 1 for p in places
        )
        fates = {
            "came": (True, True),
            "sent": _happened(drawn, [n for p in places for n in went[p]]),
            "ended": _happened(drawn, [n for p in places for n in ended[p]]),
            "stock": _is_here(drawn, came, gone),
        }
        for name, (may_be, is_so) in fates.items():
            if thing in inside and name in {"came", "stock"}:
                continue
            touched, least = found[name]
            found[name] = touched + may_be, least + (whole and is_so)
    parts = {
        name: Part(touched=touched, material=Extent(least, touched))
        for name, (touched, least) in found.items()
    }
    return ScopeLine(
        party=party,
        site=site,
        thing="",
        unit=None,
        certain=group.certain,
        things=things,
        came=parts["came"],
        sent=parts["sent"],
        ended=parts["ended"],
        stock=parts["stock"],
    )


def _happened(drawn: Bounds, numbers: Sequence[int]) -> tuple[bool, bool]:
    """Whether one of these flows may have been, and whether one surely was."""
    return bool(numbers), any(drawn.flow(n).certain for n in numbers)


def _is_here(drawn: Bounds, came: Sequence[int], gone: Sequence[int]) -> tuple[bool, bool]:
    """Whether a piece may still be here, and whether it surely is: it came once more than it went.

    Of what nobody says how it came, it was here at first.
    """
    first = 0 if came else 1
    sure_came = sum(drawn.flow(n).certain for n in came)
    sure_gone = sum(drawn.flow(n).certain for n in gone)
    return first + len(came) > sure_gone, first + sure_came > len(gone)

"""How far a recall reaches: by holder what is touched, and how much of the material it may be.

*Touched* is all that may contain any of what is asked about: that is recalled. *Material* is how
much of what is asked about itself is in it, at least and at most. The two are never mixed
(docs/concepts/trace.md, Recall scope).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.model import Fact, ThingGrain
from suyuan.trace.answer import How, told_completeness
from suyuan.trace.balance import of_pools
from suyuan.trace.closure import Examined, examine
from suyuan.trace.flows import Amount, Flow, flows, summed
from suyuan.trace.material import KEPT, Bounds, bounds, why_unused
from suyuan.trace.opening import unknown_seeds
from suyuan.trace.resting import assumed, rest_of
from suyuan.trace.transfers import transfers
from suyuan.trace.types import (
    Balance,
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
_NOTHING = Part(touched=_ZERO, material=Extent(_ZERO, _ZERO))


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
    ruled, unused = _ruled(found, drawn, flowing, asked.vessels)
    lines = sorted(ruled, key=lambda each: (each.party, each.site, each.thing))
    things = {node.pool.thing for node in found.closure.nodes} - {""}
    return Scope(
        truncated=how.truncated,
        question=asked,
        position=how.position,
        holders=len({(line.party, line.site) for line in lines}),
        things=len(things),
        lines=tuple(lines),
        transfers=tuple(transfers(flowing, drawn.of)),
        completeness=told_completeness(found, asked, how),
        open_ends=found.closure.open_ends,
        anomalies=tuple(a for a in found.closure.anomalies if a.thing in things),
        cost=how.cost(found),
        unused=unused,
        assumptions=assumed(rest_of(asked)),
        unknown=how.unknown,
    )


def _ruled(
    found: Examined, drawn: Bounds, flowing: Sequence[Flow], rules: Sequence[VesselRule]
) -> tuple[list[ScopeLine], tuple[UnusedRule, ...]]:
    """The lines, and beside their bounds those that hold if vessels are drawn from by rule.

    What is touched stays what it is: a rule is an assumption, and recalls nothing less. Rules that
    narrow nothing are given with why.
    """
    lines = list(lines_of(found, drawn))
    if not rules:
        return lines, ()
    assumed = bounds(flowing, found.starts, rules)
    net = assumed.asked.net
    if net.rules:
        under = iter(line for line in lines_of(found, assumed) if line.thing)
        lines = [under_rules(line, next(under)) if line.thing else line for line in lines]
    used = {rule for line in lines for rule in line.rules}
    return lines, tuple(UnusedRule(r, why_unused(net, r)) for r in rules if r not in used)


def under_rules(line: ScopeLine, ruled: ScopeLine) -> ScopeLine:
    """A line with what is so under rules beside its own bounds."""
    parts = {
        name: _with_stated(getattr(line, name), getattr(ruled, name).material)
        for name in ("came", "sent", "ended", "stock")
    }
    return replace(line, rules=ruled.rules, **parts)


def _with_stated(part: Part, ruled: Extent) -> Part:
    """With the narrower bounds; records that contradict them leave those of the record."""
    bound = part.material
    tops = [each for each in (bound.most, ruled.most) if each is not None]
    stated = Extent(max(bound.least, ruled.least), min(tops, default=None))
    if stated == bound or (stated.most is not None and stated.least > stated.most):
        return part
    return replace(part, stated=stated)


class _Group(Struct, eq=False):
    """The pools in which a holder has a thing, or single pieces, loose and in containers."""

    places: list[Pool]
    things: set[str]
    certain: bool = False


_Key = tuple[str, str, str, str]


def lines_of(found: Examined, drawn: Bounds) -> Iterator[ScopeLine]:
    """What each holder has or had of each thing, by these bounds; always in one order."""
    pieces = {t.fact.thing for t in found.told if t.fact.grain is ThingGrain.INSTANCE}
    stated, groups = _stated(found), _groups(found, pieces)
    lots = _lots(groups)
    parts = {
        (party, site): within(by_piece(group.places), lots[party, site], found.net.members, drawn)
        for (party, site, thing, _), group in groups.items()
        if not thing
    }
    for (party, site, thing, unknown), group in sorted(groups.items()):
        mine = parts.get((party, site), {})
        if thing:
            alone = len({place.unknown for place in group.places}) == 1
            line = _of_lot(group, drawn, stated.get(_whole(group.places[0]), []) if alone else [])
            line = line if alone else _over_all(line, group, drawn)
            its_own = mine.get(thing)
            singly = _gone(drawn, groups[party, site, "", ""], its_own) if its_own else (0, 0)
            yield line if unknown else _less_pieces(line, *singly)
        else:
            line = _of_pieces(
                party, site, group, drawn, {p for some in mine.values() for p in some}
            )
            if line.things:
                yield line


def _lots(groups: Mapping[_Key, _Group]) -> Mapping[tuple[str, str], dict[str, list[Pool]]]:
    """By known holder the pools of each lot that is told by quantity."""
    found: dict[tuple[str, str], dict[str, list[Pool]]] = defaultdict(dict)
    for (party, site, thing, unknown), group in groups.items():
        if thing and not unknown:
            found[party, site][thing] = group.places
    return found


def _gone(drawn: Bounds, group: _Group, pieces: set[str]) -> tuple[int, int]:
    """How many of some pieces surely went from a holder by their own records, and how many may."""
    went, ended = _parted(group, drawn)
    sure, may_be = set[str](), set[str]()
    for place in group.places:
        for number in (*went[place], *ended[place]):
            if place.thing in pieces:
                may_be.add(place.thing)
                sure |= {place.thing} if drawn.flow(number).certain else set()
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


def _groups(found: Examined, pieces: set[str]) -> dict[_Key, _Group]:
    """What each holder has, by thing. All places that a party leaves unsaid are told as one."""
    groups: dict[_Key, _Group] = defaultdict(lambda: _Group([], set()))
    pools = [node.pool for node in found.closure.nodes]
    placed = {(place.thing, place.party) for place in pools if place.site}
    for node in found.closure.nodes:
        place = node.pool
        if place.thing:
            is_piece = place.thing in pieces
            anywhere = place.party and not place.site and (place.thing, place.party) not in placed
            apart = "" if anywhere else place.unknown
            one = ("", "") if is_piece else (place.thing, apart)
            group = groups[place.party, place.site, *one]
            group.places.append(place)
            group.things.add(place.thing)
            group.certain |= node.certain
    return groups


def _stated(found: Examined) -> dict[Pool, list[Balance]]:
    """What is stated of each holder's stock of a lot."""
    stated: dict[Pool, list[Balance]] = defaultdict(list)
    reached = (node.pool for node in found.closure.nodes)
    for line in of_pools(found.told, found.net.links, reached):
        stated[line.pool].append(line)
    return stated


def _over_all(line: ScopeLine, group: _Group, drawn: Bounds) -> ScopeLine:
    """A party's stock over places that nobody names: no more than came to all less what left all.

    Which of them something left nobody says, so each place alone would seem to have it still.
    """
    own = set(group.places)
    into = [drawn.flow(n) for place in group.places for n in drawn.into(place)]
    out = [flow for place in group.places for _, flow in drawn.out(place)]
    came = [flow for flow in into if flow.takes and flow.source not in own]
    gone = [flow for flow in out if flow.takes and flow.target not in own]
    amounts = [*(flow.got for flow in came), *(flow.sent for flow in gone)]
    if None in amounts or len({flow.unit for flow in (*came, *gone)}) > 1:
        return line
    total = sum((flow.got or _ZERO for flow in came), _ZERO)
    most = total - sum((flow.sent or _ZERO for flow in gone if flow.certain), _ZERO)
    surely = sum((flow.got or _ZERO for flow in came if flow.certain), _ZERO)
    least = max(_ZERO, surely - sum((flow.sent or _ZERO for flow in gone), _ZERO))
    stock = _at_most(line.stock, max(_ZERO, most))
    material = stock.material
    bounded = Extent(min(material.least, least), material.most)
    return replace(line, stock=replace(stock, material=bounded))


def _whole(place: Pool) -> Pool:
    return Pool(place.thing, place.party, place.site, "", place.unknown)


def _of_lot(group: _Group, drawn: Bounds, stated: Sequence[Balance]) -> ScopeLine:
    line = stated[0] if len(stated) == 1 and not stated[0].unknown else None
    went, ended = _parted(group, drawn)
    came = {p: drawn.arrivals(p, but=group.places) for p in group.places}
    parts = {
        "came": _of_flows(drawn, came, drawn.came, got=True),
        "sent": _of_flows(drawn, went, drawn.of),
        "ended": _of_flows(drawn, ended, drawn.of),
        "stock": _part(_kept(group, drawn), [drawn.of(p, (KEPT,)) for p in group.places]),
    }
    if len(group.places) == 1 and drawn.is_told(group.places[0]):
        (only,) = group.places
        chosen = {"sent": went[only], "ended": ended[only], "stock": (KEPT,)}
        parts |= {n: replace(parts[n], assumed=drawn.assumed(only, c)) for n, c in chosen.items()}
    if line is not None:  # what each side reported is no more than once there, however it is paired
        limits = {"came": line.came, "sent": line.went, "ended": line.ended}
        parts |= {name: _at_most(parts[name], _base(much, line)) for name, much in limits.items()}
    place, unclear = group.places[0], _unclear(drawn, group, parts.values())
    return ScopeLine(
        party=place.party,
        site=place.site,
        thing=place.thing,
        unit=_unit(drawn, (*came.values(), *went.values(), *ended.values()))
        if line is None
        else normal(Quantity(line.came, line.unit)).unit,
        certain=group.certain,
        things=1,
        rules=drawn.rules(group.places),
        unclear=unclear,
        came=parts["came"],
        sent=parts["sent"],
        ended=parts["ended"],
        stock=parts["stock"],
    )


def _unclear(drawn: Bounds, group: _Group, parts: Iterable[Part]) -> Unclear | None:
    """Why an amount or a limit of it is not given; None: all are."""
    if all(part.touched is not None and part.material.most is not None for part in parts):
        return None
    numbers = [n for place in group.places for n in drawn.into(place)]
    numbers += [n for place in group.places for n, _ in drawn.out(place)]
    flows = [drawn.flow(n) for n in numbers]
    if any(flow.sent is None or flow.got is None for flow in flows):
        return Unclear.UNSTATED
    return Unclear.UNITS if len({flow.unit for flow in flows}) > 1 else Unclear.UPSTREAM


def _unit(drawn: Bounds, numbers: Iterable[Sequence[int]]) -> str | None:
    """The unit of what is stated, where the account as a whole has none: an amount is unknown."""
    chosen = [drawn.flow(n) for some in numbers for n in some]
    units = {flow.unit for flow in chosen if flow.sent is not None or flow.got is not None}
    return units.pop() if len(units) == 1 else None


def _base(amount: Decimal, line: Balance) -> Decimal:
    return normal(Quantity(amount, line.unit)).value


def _of_flows(
    drawn: Bounds,
    flows: Mapping[Pool, Sequence[int]],
    extent: Callable[[Pool, Sequence[int]], Extent],
    *,
    got: bool = False,
) -> Part:
    """What these flows carried away or, with `got`, brought."""
    if not any(flows.values()):
        return _NOTHING
    return _part(_sum(drawn, flows, got=got), [extent(p, some) for p, some in flows.items()])


def _sum(drawn: Bounds, flows: Mapping[Pool, Sequence[int]], *, got: bool) -> Amount:
    """How much is touched in these flows; None: one does not say, or they do not compare."""
    chosen = [drawn.flow(n) for numbers in flows.values() for n in numbers]
    total, unit = _ZERO, chosen[0].unit
    for flow in chosen:
        much = flow.got if got else flow.sent
        if much is None or flow.unit != unit:
            return None
        total += much
    return total


def _kept(group: _Group, drawn: Bounds) -> Amount:
    return summed(drawn.kept(place).most for place in group.places)


def _parted(group: _Group, drawn: Bounds) -> tuple[dict[Pool, list[int]], dict[Pool, list[int]]]:
    """What may carry the material and left the holder's pools to others, or ended in them."""
    went: dict[Pool, list[int]] = {}
    ended: dict[Pool, list[int]] = {}
    own = set(group.places)
    for place in group.places:
        out = [
            (n, flow)
            for n, flow in drawn.out(place)
            if flow.takes and not flow.covered and drawn.may_carry(n)
        ]
        went[place] = [n for n, flow in out if flow.target is not None and flow.target not in own]
        ended[place] = [n for n, flow in out if flow.target is None]
    return went, ended


def _part(touched: Amount, found: Sequence[Extent]) -> Part:
    """The bounds together; whatever they are, no more of the material is there than is touched."""
    bound = Extent(sum((each.least for each in found), _ZERO), summed(each.most for each in found))
    return _at_most(Part(touched=touched, material=bound), touched)


def _at_most(part: Part, limit: Amount) -> Part:
    if limit is None:
        return part
    touched, least, most = part.touched, part.material.least, part.material.most
    if touched is not None and most is not None and least <= touched and most <= touched <= limit:
        return part
    touched = limit if touched is None else min(touched, limit)
    most = touched if most is None else min(most, touched)
    return replace(part, touched=touched, material=Extent(min(least, touched), most))


def _of_pieces(party: str, site: str, group: _Group, drawn: Bounds, inside: set[str]) -> ScopeLine:
    """Single pieces: each is touched whole, and is surely of the material or may be.

    Of those `inside`, which lie within amounts of their lots, only what was told singly counts.
    """
    went, ended = _parted(group, drawn)
    found = dict.fromkeys(("came", "sent", "ended", "stock"), (_ZERO, _ZERO))
    things = 0
    for thing, places in by_piece(group.places).items():
        came = list(arrivals(drawn, places))
        gone = [n for p in places for n in (*went[p], *ended[p])]
        things += bool(gone) or thing not in inside
        whole = any(
            drawn.asked.net.starts.get(p, False)
            or drawn.came(p, drawn.arrivals(p, but=places)).least >= 1
            for p in places
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

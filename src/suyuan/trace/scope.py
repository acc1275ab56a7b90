"""How far a recall reaches: by holder what is touched, and how much of the material it may be.

*Touched* is all that may contain any of what is asked about: that is recalled. *Material* is how
much of what is asked about itself is in it, at least and at most. The two are never mixed
(docs/concepts/trace.md, Recall scope).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct, structs

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.model import Fact, ThingGrain
from suyuan.trace.answer import completeness
from suyuan.trace.balance import balances
from suyuan.trace.closure import Examined, examine
from suyuan.trace.flows import flows
from suyuan.trace.material import KEPT, Bounds, bounds
from suyuan.trace.types import (
    Balance,
    BalanceKind,
    Cost,
    Direction,
    Extent,
    Part,
    Pool,
    Question,
    Scope,
    ScopeLine,
)


def scope(
    facts: Iterable[Fact],
    question: Question,
    *,
    position: int | None = None,
    truncated: bool = False,
    rounds: int = 0,
) -> Scope:
    """The scope from these facts: the possible forward closure of the question's seeds.

    The question's direction and depth are not asked: a recall goes forward, as far as it goes.
    """
    asked = structs.replace(question, direction=Direction.FORWARD, depth=None)
    known = list(facts)
    found = examine(known, asked)
    lines = tuple(sorted(_lines(found), key=lambda line: (line.party, line.site, line.thing)))
    things = {node.pool.thing for node in found.closure.nodes} - {""}
    return Scope(
        truncated=truncated,
        question=asked,
        position=position,
        holders=len({(line.party, line.site) for line in lines}),
        things=len(things),
        lines=lines,
        completeness=completeness(found, truncated=truncated),
        open_ends=found.closure.open_ends,
        anomalies=tuple(a for a in found.closure.anomalies if a.thing in things),
        cost=Cost(facts=len(known), links=len(found.net.links), rounds=rounds),
    )


class _Group(Struct, eq=False):
    """The pools in which a holder has a thing, or single pieces, loose and in containers."""

    places: list[Pool]
    things: set[str]
    certain: bool = False


_Key = tuple[str, str, str, str]


def _lines(found: Examined) -> Iterator[ScopeLine]:
    pieces = {t.fact.thing for t in found.told if t.fact.grain is ThingGrain.INSTANCE}
    drawn = bounds(flows(found), found.starts)
    stated = _stated(found)
    for (party, site, thing, _), group in sorted(_groups(found, pieces).items()):
        if thing:
            yield _of_lot(group, drawn, stated.get(_whole(group.places[0]), []))
        else:
            yield _of_pieces(party, site, group, drawn)


def _groups(found: Examined, pieces: set[str]) -> dict[_Key, _Group]:
    groups: dict[_Key, _Group] = defaultdict(lambda: _Group([], set()))
    for node in found.closure.nodes:
        place = node.pool
        if place.thing:
            is_piece = place.thing in pieces
            one = ("", "") if is_piece else (place.thing, place.unknown)
            group = groups[place.party, place.site, *one]
            group.places.append(place)
            group.things.add(place.thing)
            group.certain |= node.certain
    return groups


def _stated(found: Examined) -> dict[Pool, list[Balance]]:
    """What is stated of each holder's stock of a lot."""
    stated: dict[Pool, list[Balance]] = defaultdict(list)
    reached = [node.pool for node in found.closure.nodes]
    for line in balances(found.told, found.net.links, reached):
        if line.kind is BalanceKind.POOL:
            stated[line.pool].append(line)
    return stated


def _whole(place: Pool) -> Pool:
    return Pool(place.thing, place.party, place.site, "", place.unknown)


def _of_lot(group: _Group, drawn: Bounds, stated: Sequence[Balance]) -> ScopeLine:
    line = stated[0] if len(stated) == 1 and not stated[0].unknown else None
    went, ended = _parted(group, drawn)
    amounts = [None] * 4 if line is None else [line.came, line.went, line.ended, line.stock]
    came, sent, over, stock = (_base(amount, line) for amount in amounts)
    place = group.places[0]
    return ScopeLine(
        party=place.party,
        site=place.site,
        thing=place.thing,
        unit=None if line is None else normal(Quantity(line.came, line.unit)).unit,
        certain=group.certain,
        things=1,
        came=_part(came, (drawn.came(p, but=group.places) for p in group.places)),
        sent=_part(sent, (drawn.of(p, went[p]) for p in group.places)),
        ended=_part(over, (drawn.of(p, ended[p]) for p in group.places)),
        stock=_part(stock, (drawn.of(p, (KEPT,)) for p in group.places)),
    )


def _base(amount: Decimal | None, line: Balance | None) -> Decimal | None:
    if amount is None or line is None:
        return None
    return normal(Quantity(amount, line.unit)).value


def _parted(group: _Group, drawn: Bounds) -> tuple[dict[Pool, list[int]], dict[Pool, list[int]]]:
    """What left the holder's pools to others, and what ended in them, of what was reached."""
    went: dict[Pool, list[int]] = {}
    ended: dict[Pool, list[int]] = {}
    own = set(group.places)
    for place in group.places:
        out = [(n, flow) for n, flow in drawn.out(place) if flow.reached and flow.takes]
        went[place] = [n for n, flow in out if flow.target is not None and flow.target not in own]
        ended[place] = [n for n, flow in out if flow.target is None]
    return went, ended


def _part(touched: Decimal | None, extents: Iterable[Extent]) -> Part:
    """The bounds together; whatever they are, no more of the material is there than is touched."""
    found = list(extents)
    tops = [each.most for each in found if each.most is not None]
    most = sum(tops, Decimal(0)) if len(tops) == len(found) else None
    least = sum((each.least for each in found), Decimal(0))
    if touched is not None:
        most = touched if most is None else min(most, touched)
        least = min(least, touched)
    return Part(touched=touched, material=Extent(least, most))


def _of_pieces(party: str, site: str, group: _Group, drawn: Bounds) -> ScopeLine:
    """Single pieces: each is touched whole, and is surely of the material or may be."""
    went, ended = _parted(group, drawn)
    by_thing: dict[str, list[Pool]] = defaultdict(list)
    for place in group.places:
        by_thing[place.thing].append(place)
    counts = {name: Decimal(0) for name in ("came", "sent", "ended", "stock")}
    sure = dict(counts)
    for places in by_thing.values():
        gone = any(went[p] for p in places)
        over = any(ended[p] for p in places)
        whole = max(drawn.came(p, but=places).least for p in places) >= 1
        fates = ("came", "ended" if over else "sent" if gone else "stock")
        for fate in fates:
            counts[fate] += 1
            sure[fate] += whole
    parts = {
        name: Part(touched=count, material=Extent(sure[name], count))
        for name, count in counts.items()
    }
    return ScopeLine(
        party=party,
        site=site,
        thing="",
        unit=None,
        certain=group.certain,
        things=len(group.things),
        **parts,
    )

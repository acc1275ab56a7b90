"""Sections 5, 6, 7, 9 and 11 of the trace contract: every link that the facts state."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations

from msgspec import Struct
from msgspec.structs import replace
from oracle_facts import (
    Line,
    arrival_of,
    contradict,
    departure_of,
    flow_of,
    is_input,
    meet,
    moving_end,
    place,
    surely_after,
)
from oracle_portions import rest_of
from oracle_spells import (
    End,
    box_ends,
    ends_of,
    explicit_outs,
    inside,
    joins_of,
    last_inside,
    leaves_silently,
    possible_spell,
    total,
)

from suyuan.kit import Quantity, Span, Text
from suyuan.kit.quantity import normal
from suyuan.model import FactKind, Side
from suyuan.trace.types import Anomaly, Confirmed, Link, LinkKind, Pool


class Movement(Struct, frozen=True):
    """A movement link of a thing's own, and the lines that it was read from."""

    link: Link
    lines: tuple[Line, ...]


class Stated(Struct, frozen=True):
    links: list[Link]
    anomalies: list[Anomaly]


def stated_links(lines: Sequence[Line], *, every: bool = False) -> Stated:
    """All links but belonging and presumption, and what the facts contradict themselves in."""
    moves, found = movements(lines, every=every)
    links = [move.link for move in moves]
    links += [link for move in moves for link in _carried(move.link, lines)]
    links += _packed(lines) + _attached(lines) + _became(lines)
    unpacked, missing = _unpacked(lines)
    links += unpacked
    exits, contradictions = _exits(lines, moves, links)
    return Stated(links + exits, found + missing + contradictions + _strangers(lines))


def anomaly(code: str, entries: Sequence[int]) -> Anomaly:
    """The oracle's texts are its codes: engines are compared on codes and entries."""
    return Anomaly(code=code, text=Text(code, code), entries=tuple(sorted(set(entries))))


def _entries(*lines: Line) -> tuple[int, ...]:
    return tuple(sorted({entry for line in lines for entry in line.entries}))


# Section 5: movements


def movements(
    lines: Sequence[Line], *, every: bool = False
) -> tuple[list[Movement], list[Anomaly]]:
    moved = [line for line in lines if line.fact.kind is FactKind.MOVED]
    sent = [line for line in moved if line.fact.side is Side.SENT]
    received = [line for line in moved if line.fact.side is Side.RECEIVED]
    pairs = [(s, r) for s in sent for r in received if _one_movement(s, r)]
    sure = _sure(pairs)
    possible = [p for p in pairs if p not in sure and _may_be(p, sure, every=every)]
    alone = [x for x in moved if not any(x in pair for pair in pairs)]
    moves = [_pair(s, r, clear=(s, r) in sure) for s, r in (*sure, *possible)]
    moves += [_single(x) for x in alone]
    found = [anomaly("ambiguous_movement", entries) for entries in _ambiguous(pairs, possible)]
    for move in moves:
        left, arrived = move.link.departure.lo, move.link.arrival.hi
        two_ended = move.link.confirmed is Confirmed.BOTH
        if two_ended and left is not None and arrived is not None and left > arrived:
            found.append(anomaly("arrival_before_departure", move.link.entries))
    return moves, found


def _one_movement(s: Line, r: Line) -> bool:
    a, b = s.fact, r.fact
    if a.thing != b.thing or contradict(a.before, b.before) or contradict(a.after, b.after):
        return False
    shared = set(a.document) & set(b.document)
    if a.document and b.document and not shared:
        return False
    in_order = s.when.lo is None or r.when.hi is None or s.when.lo <= r.when.hi
    return bool(shared) or in_order


def _component(pair: tuple[Line, Line], pairs: Sequence[tuple[Line, Line]]) -> set[Line]:
    found = set(pair)
    while True:
        more = {line for other in pairs if found & set(other) for line in other}
        if more <= found:
            return found
        found |= more


Pair = tuple[Line, Line]


def _sure(pairs: Sequence[Pair]) -> list[Pair]:
    """O20: all that fit where one line fits several; of several and several, the only way in which
    all of them pair off one to one, if each pair agrees on the amount and none of them is held."""
    found: list[Pair] = []
    for component in {frozenset(_component(pair, pairs)) for pair in pairs}:
        sent = [line for line in component if line.fact.side is Side.SENT]
        received = [line for line in component if line.fact.side is Side.RECEIVED]
        if 1 in {len(sent), len(received)}:
            found += [pair for pair in pairs if set(pair) <= component]
        elif len(sent) == len(received) and not any(line.held for line in component):
            ways = [list(zip(sent, some, strict=True)) for some in permutations(received)]
            ways = [way for way in ways if all(pair in pairs for pair in way)]
            if len(ways) == 1 and all(_agree(*pair) for pair in ways[0]):
                found += ways[0]
    return found


def _agree(s: Line, r: Line) -> bool:
    sent, got = ((x.fact.quantity, x.fact.unit) for x in (s, r))
    if sent[0] is None or got[0] is None:
        return True
    return normal(Quantity(sent[0], sent[1])) == normal(Quantity(got[0], got[1]))


def _may_be(pair: Pair, sure: Sequence[Pair], *, every: bool) -> bool:
    """O20: unless a sure pair of one of the two goes the same way in that time, at both ends of
    what is known of it; where it counts how long something stayed, in any case."""
    if every or None in _way(pair):
        return True
    return not any(
        _way(other) == _way(pair)
        and (_lo(pair[0]) <= _lo(other[0]) and _hi(pair[0]) <= _hi(other[0]))
        and (_lo(other[1]) <= _lo(pair[1]) and _hi(other[1]) <= _hi(pair[1]))
        for other in sure
        if set(other) & set(pair)
    )


def _lo(line: Line) -> datetime:
    return line.when.lo or datetime.min.replace(tzinfo=UTC)


def _hi(line: Line) -> datetime:
    return line.when.hi or datetime.max.replace(tzinfo=UTC)


def _way(pair: Pair) -> tuple[str | None, ...]:
    """Party and site before and after, as far as either line knows them."""
    ends = [(x.fact.before, x.fact.after) for x in pair]
    return tuple(
        next((half for end in ends if (half := getattr(end[side], name, None))), None)
        for side in (0, 1)
        for name in ("party", "site")
    )


def _ambiguous(pairs: Sequence[Pair], possible: Sequence[Pair]) -> set[tuple[int, ...]]:
    """The possible pairs that hang together through any pairs that fit."""
    components = [_component(pair, pairs) for pair in possible]
    return {
        _entries(*(x for pair in possible if set(pair) <= component for x in pair))
        for component in components
    }


def _pair(s: Line, r: Line, *, clear: bool) -> Movement:
    link = Link(
        kind=LinkKind.MOVED,
        source=moving_end(s, "b", r),
        target=moving_end(s, "a", r),
        departure=s.when,
        arrival=r.when,
        certain=clear and not (s.held or r.held),
        quantity=s.fact.quantity,
        received=r.fact.quantity,
        unit=r.fact.unit if s.fact.quantity is None else s.fact.unit,
        received_unit=r.fact.unit,
        entries=_entries(s, r),
    )
    return Movement(link, (s, r))


def _single(line: Line) -> Movement:
    """One-sided, the missing end's time is open; or one line that states both ends."""
    fact = line.fact
    confirmed = {Side.SENT: Confirmed.SENT, Side.RECEIVED: Confirmed.RECEIVED}
    ends = confirmed.get(fact.side, Confirmed.BOTH) if fact.side else Confirmed.BOTH
    link = Link(
        kind=LinkKind.MOVED,
        source=moving_end(line, "b"),
        target=moving_end(line, "a"),
        departure=departure_of(line) or Span(None, line.when.hi),
        arrival=arrival_of(line) or Span(line.when.lo, None),
        certain=not line.held,
        confirmed=ends,
        quantity=None if ends is Confirmed.RECEIVED else fact.quantity,
        received=None if ends is Confirmed.SENT else fact.quantity,
        unit=fact.unit,
        received_unit=None if ends is Confirmed.SENT else fact.unit,
        entries=line.entries,
    )
    return Movement(link, (line,))


# Section 6: the contents take part in the movements and the makings of their container


def known_span(link: Link) -> Span:
    """O10: the hull of both ends; of a one-sided movement, the end that was reported."""
    if link.confirmed is Confirmed.SENT:
        return link.departure
    if link.confirmed is Confirmed.RECEIVED:
        return link.arrival
    a, b = link.departure, link.arrival
    lo = None if a.lo is None or b.lo is None else min(a.lo, b.lo)
    hi = None if a.hi is None or b.hi is None else max(a.hi, b.hi)
    return Span(lo, hi)


def _carried(move: Link, lines: Sequence[Line]) -> list[Link]:
    return [
        replace(
            move,
            source=replace(move.source, thing=x.thing, container=x.container),
            target=replace(move.target, thing=x.thing, container=x.container),
            certain=move.certain and x.certain,
            quantity=x.quantity,
            received=x.quantity if move.confirmed is Confirmed.BOTH else None,
            unit=x.unit,
            received_unit=x.unit if move.confirmed is Confirmed.BOTH else None,
        )
        for x in inside(move.source.thing, known_span(move), lines)
    ]


# Section 9: transformations


def _became(lines: Sequence[Line]) -> list[Link]:
    links: list[Link] = []
    for line in lines:
        if line.fact.kind is not FactKind.BECAME:
            continue
        for flow, surely in _makings_of(line, lines).items():
            links += [
                replace(link, certain=link.certain and surely) for link in _mixed(line, flow, lines)
            ]
    return links


def _mixed(line: Line, flow: Pool, lines: Sequence[Line]) -> list[Link]:
    if line.fact.side is Side.OUTPUT:
        return [_event_link(line, LinkKind.OUTPUT, flow, place(line))]
    if line.fact.quantity == 0:
        return []
    own = _event_link(line, LinkKind.INPUT, place(line), flow)
    return [
        own,
        *(
            replace(
                own,
                source=place(line, thing=x.thing, container=x.container),
                certain=own.certain and x.certain,
                quantity=x.quantity,
                unit=x.unit,
            )
            for x in inside(line.fact.thing, line.when, lines)
        ),
    ]


def _makings_of(line: Line, lines: Sequence[Line]) -> dict[Pool, bool]:
    """The nodes of a line's transformation: one if all agree, else one for each largest accord."""
    whole = Pool(thing="", container=flow_of(line))
    became = [x for x in lines if x.fact.kind is FactKind.BECAME and flow_of(x) == flow_of(line)]
    accords = {
        name: {x for x in became if name in _shared_by(x)} for x in became for name in _shared_by(x)
    }
    if any(accord == set(became) for accord in accords.values()):
        return {whole: True}
    own = [
        name
        for name in _shared_by(line)
        if not any(
            accords[name] < accord or (accords[name] == accord and other < name)
            for other, accord in accords.items()
        )
    ]
    return {whole: False} | {
        Pool(thing="", container=f"{flow_of(line)} {name}"): True for name in own
    }


def _strangers(lines: Sequence[Line]) -> list[Anomaly]:
    """A finding for every transformation whose lines do not all agree."""
    apart: dict[str, list[Line]] = {}
    for line in lines:
        if line.fact.kind is FactKind.BECAME and len(_makings_of(line, lines)) > 1:
            apart.setdefault(flow_of(line), []).append(line)
    return [anomaly("making_of_strangers", _entries(*some)) for some in apart.values()]


def _shared_by(line: Line) -> set[str]:
    """Who says it; and where, if a party and a site are named."""
    end = line.fact.before if is_input(line) else line.fact.after
    where = (
        {f"at {end.party} {end.site}"} if end and end.known and not line.fact.inferred else set()
    )
    return {f"by {capturer}" for capturer in line.capturers} | where


def _event_link(line: Line, kind: LinkKind, source: Pool, target: Pool) -> Link:
    """A link of one event line: it leaves and arrives when the event happens."""
    return Link(
        kind=kind,
        source=source,
        target=target,
        departure=line.when,
        arrival=line.when,
        certain=not line.held,
        quantity=line.fact.quantity,
        unit=line.fact.unit,
        entries=line.entries,
    )


# Section 7: packing, unpacking, and leaving without a word


def _packed(lines: Sequence[Line]) -> list[Link]:
    return [
        _event_link(
            join, LinkKind.PACKED, place(join), place(join, container=join.fact.parent or "")
        )
        for join in joins_of(lines)
    ]


def _unpacked(lines: Sequence[Line]) -> tuple[list[Link], list[Anomaly]]:
    links: list[Link] = []
    missing: list[Anomaly] = []
    for line in lines:
        if line.fact.kind is not FactKind.LEFT:
            continue
        if not line.fact.thing:
            links += _emptied(line, lines)
        elif _open_joins(line, line.fact.thing, lines):
            source = place(line, container=line.fact.parent or "")
            link = _event_link(line, LinkKind.UNPACKED, source, place(line))
            firm = bool(_open_joins(line, line.fact.thing, lines, doubted=True))
            links.append(replace(link, certain=link.certain and firm))
        else:
            missing.append(anomaly("left_without_join", line.entries))
    return links, missing


def _open_joins(
    line: Line, thing: str, lines: Sequence[Line], *, doubted: bool = False
) -> list[Line]:
    """The joins of `thing` into this line's container whose possible spell meets it."""
    return [
        join
        for join in joins_of(lines)
        if join.fact.thing == thing
        and join.fact.parent == line.fact.parent
        and meet(possible_spell(join, lines, doubted=doubted), line.when)
    ]


def _emptied(line: Line, lines: Sequence[Line]) -> list[Link]:
    """One link per content; certain if it was surely inside just before (E1)."""
    container = line.fact.parent or ""
    links: list[Link] = []
    for thing in sorted({join.fact.thing for join in joins_of(lines)}):
        joins = _open_joins(line, thing, lines)
        if not joins:
            continue
        source, target = place(line, thing=thing, container=container), place(line, thing=thing)
        link = _event_link(line, LinkKind.UNPACKED, source, target)
        sure = [join for join in joins if _surely_emptied(join, line, lines)]
        quantity, unit = rest_of(joins, total(joins, sure), line.when, lines)
        certain = link.certain and bool(sure)
        links.append(replace(link, certain=certain, quantity=quantity, unit=unit))
    return links


def _surely_emptied(join: Line, e: Line, lines: Sequence[Line]) -> bool:
    """What is surely at or after the emptying does not put it in doubt; what may be before does."""
    packed, begin, end = join.when.hi, e.when.lo, e.when.hi
    if join.held or packed is None or begin is None or end is None or packed > begin:
        return False
    others = [*explicit_outs(join, lines, but=e), *box_ends(join, lines)]
    others += [
        f.line.when.lo
        for f in ends_of(join, lines)
        if f.implied and leaves_silently(f, join, lines)
    ]
    return all(lo is not None and lo >= end for lo in others)


def _exits(
    lines: Sequence[Line], moves: Sequence[Movement], links: Sequence[Link]
) -> tuple[list[Link], list[Anomaly]]:
    """An own fact that the container did not share (O8, D6), or its new commissioning (R6)."""
    exits: list[Link] = []
    found: list[Anomaly] = []
    for join in joins_of(lines):
        ends = ends_of(join, lines)
        silent = [end.line for end in ends if _is_silent(end) and leaves_silently(end, join, lines)]
        for e in silent:
            exits += _exit_links(join, e, lines, moves, links)
            if e.fact.thing == join.fact.thing and _is_contradiction(e, join, ends):
                found.append(anomaly("implied_exit", e.entries))
    return exits, found


def _is_silent(end: End) -> bool:
    return end.implied or end.line.fact.kind is FactKind.MADE


def _is_contradiction(e: Line, join: Line, ends: Sequence[End]) -> bool:
    """It was surely inside before, and nothing says that it may have left by then."""
    explicit = [end.line for end in ends if not end.implied]
    said = [f for f in explicit if f.when.lo is None or e.when.hi is None or f.when.lo <= e.when.hi]
    return surely_after(e.when, join.when) and not said


def _exit_links(
    join: Line, e: Line, lines: Sequence[Line], moves: Sequence[Movement], links: Sequence[Link]
) -> list[Link]:
    thing, container = join.fact.thing, join.fact.parent or ""
    span = Span(last_inside(join, e, lines), e.when.hi)
    ends = {pool for link in links for pool in (link.source, link.target)}
    inner = [pool for pool in ends if pool.thing == thing and pool.container == container]
    made = _event_link(e, LinkKind.UNPACKED, place(e), place(e))
    made = replace(made, departure=span, arrival=span, certain=False, quantity=None, unit=None)
    return [
        replace(made, source=pool, target=target)
        for pool in inner
        for target in _out_of(pool, e, moves)
    ]


def _out_of(pool: Pool, e: Line, moves: Sequence[Movement]) -> list[Pool]:
    """Where the thing stands loose after the exit: where its own fact takes it from."""
    if e.fact.thing == pool.container:
        return [replace(pool, container="")]
    if e.fact.kind is FactKind.MOVED:
        return [move.link.source for move in moves if e in move.lines]
    return [place(e)]


# Section 11: components


def _attached(lines: Sequence[Line]) -> list[Link]:
    """Possible only: what of the part is in the assembly is not known."""
    links = [
        _event_link(line, LinkKind.COMPONENT, place(line), place(line, thing=line.fact.parent))
        for line in lines
        if line.fact.kind is FactKind.ATTACHED and not line.fact.instrument
    ]
    return [replace(link, certain=False) for link in links]

"""Random histories of a tiny world, and questions on them: ties, overlaps and gaps are common.

An event is a tuple of lines, each the keywords of one `Fact`. A history is a list of events:
single lines of every kind, and short stories (a parcel sent and received, a box packed, moved
and opened, a lot split and returned, a mixing) so that chains are long enough to matter. Event
times are drawn apart from the order of recording: most histories are late somewhere.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder, Side, ThingGrain
from suyuan.network.ties import Ties
from suyuan.trace.types import Direction, Question, Seed

Line = dict[str, Any]
Event = tuple[Line, ...]
Draw = Callable[..., Any]

MOST_FACTS = 14
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAST = 7

THINGS = ("t1", "t2", "t3")
LOTS = ("lot1", "lot2")
CONTAINERS = ("c1", "c2", "c3")
HOLDERS = (Holder("p1", "s1"), Holder("p1", "s2"), Holder("p2", "s3"), Holder("p3", "s4"))
FLOWS = ("f1", "f2")


def at(hour: int) -> datetime:
    return BEGIN + hour * HOUR


def instant(hour: int) -> Span:
    return Span(at(hour), at(hour))


hours = st.integers(0, LAST)
things = st.sampled_from(THINGS)
movables = st.sampled_from((*THINGS, *LOTS, *CONTAINERS))
materials = st.sampled_from((*THINGS, *LOTS))
containers = st.sampled_from(CONTAINERS)
known_holders = st.sampled_from(HOLDERS)
half_known = st.sampled_from((Holder("p1"), Holder(None, "s3"), Holder(), None))
holders = st.one_of(known_holders, known_holders, known_holders, half_known)
quantities = st.one_of(st.none(), st.integers(1, 5).map(Decimal))
documents = st.sampled_from(((), (), ("d1",), ("d2",), ("d1", "d2")))


@st.composite
def spans(draw: Draw) -> Span:
    """An instant mostly; else half a day, whole days, or an open end."""
    hour = draw(hours)
    return draw(
        st.sampled_from(
            (
                *[instant(hour)] * 6,
                Span(at(hour), at(hour + 1)),
                Span(at(hour // 4 * 4), at(hour // 4 * 4 + 3)),
                Span(at(0), at(LAST)),
                Span(at(hour), None),
                Span(None, at(hour)),
                Span(None, None),
            )
        )
    )


@st.composite
def singles(draw: Draw) -> Event:
    """One line of any kind, unrelated to any other but by the smallness of the world."""
    kind = draw(st.sampled_from(list(FactKind)))
    line: Line = {"kind": kind, "when": draw(spans())}
    match kind:
        case FactKind.MADE | FactKind.OBSERVED | FactKind.COUNTED:
            line |= {"thing": draw(movables), "after": draw(holders)}
        case FactKind.ENDED:
            line |= {"thing": draw(movables), "before": draw(holders)}
        case FactKind.JOINED:
            line |= {"thing": draw(movables), "parent": draw(containers), "after": draw(holders)}
            line["quantity"] = draw(quantities)
        case FactKind.LEFT:
            thing = draw(st.one_of(st.just(""), movables))
            line |= {"thing": thing, "parent": draw(containers), "after": draw(holders)}
            line["quantity"] = draw(quantities) if thing else None
        case FactKind.MOVED:
            line |= draw(_one_move())
        case FactKind.BECAME:
            line |= draw(_became())
        case FactKind.RECODED:
            line |= {"thing": draw(things), "other": draw(movables)}
        case FactKind.ATTACHED | FactKind.DETACHED:
            line |= {"thing": draw(materials), "parent": draw(movables), "after": draw(holders)}
            line["instrument"] = draw(st.booleans())
    return (line,)


@st.composite
def _one_move(draw: Draw) -> Line:
    side = draw(st.sampled_from((Side.BOTH, Side.SENT, Side.RECEIVED)))
    return {
        "thing": draw(movables),
        "side": side,
        "before": draw(holders),
        "after": draw(holders),
        "arrived": draw(st.one_of(st.none(), spans())) if side is Side.BOTH else None,
        "document": draw(documents),
        "quantity": draw(quantities),
        "unit": draw(st.sampled_from((None, None, "KGM", "GRM"))),
    }


@st.composite
def _became(draw: Draw) -> Line:
    side = draw(st.sampled_from((Side.INPUT, Side.OUTPUT)))
    zero = side is Side.INPUT and draw(st.integers(0, 5)) == 5
    return {
        "thing": draw(movables),
        "side": side,
        "flow": draw(st.sampled_from(FLOWS)),
        "before": draw(holders),
        "after": draw(holders),
        "quantity": Decimal(0) if zero else draw(quantities),
    }


@st.composite
def parcels(draw: Draw) -> list[Event]:
    """Sent, received or both, with or without the same document."""
    thing, before, after = draw(movables), draw(known_holders), draw(known_holders)
    base: Line = {"kind": FactKind.MOVED, "thing": thing}
    sent = base | {"side": Side.SENT, "when": draw(spans()), "before": before}
    received = base | {"side": Side.RECEIVED, "when": draw(spans()), "after": after}
    sent |= {"after": draw(st.sampled_from((after, None))), "document": draw(documents)}
    received |= {"before": draw(st.sampled_from((before, None))), "document": draw(documents)}
    return draw(st.sampled_from(([(sent,), (received,)], [(sent,)], [(received,)])))


@st.composite
def boxings(draw: Draw) -> list[Event]:
    """Packed, moved in the box, taken out: in this order of event time, if it is instants."""
    thing, box = draw(movables), draw(containers)
    first, second, third = sorted(draw(st.tuples(hours, hours, hours)))
    here, there = draw(known_holders), draw(known_holders)
    packed = {"kind": FactKind.JOINED, "thing": thing, "parent": box, "after": here}
    moved = {"kind": FactKind.MOVED, "thing": box, "side": Side.BOTH, "before": here}
    out = {"kind": FactKind.LEFT, "parent": box, "after": there}
    out["thing"] = draw(st.sampled_from((thing, "")))
    events: list[Event] = [
        (packed | {"when": instant(first), "quantity": draw(quantities)},),
        (moved | {"when": instant(second), "after": there},),
        (out | {"when": instant(third)},),
    ]
    shared = moved | {"thing": thing, "when": instant(second), "after": there}
    return draw(
        st.sampled_from((events, events[:2], [*events[:2], (shared,)], [*events, events[0]]))
    )


@st.composite
def portions(draw: Draw) -> list[Event]:
    """Of a lot packed by amounts parts are taken out, and the box goes on with the rest."""
    lot, box = draw(st.sampled_from(LOTS)), draw(containers)
    a, b, c = (draw(known_holders) for _ in range(3))
    units = draw(st.sampled_from((("KGM", "KGM"), ("KGM", "KGM"), ("KGM", "GRM"))))
    put = {"kind": FactKind.JOINED, "thing": lot, "parent": box, "after": a, "unit": units[0]}
    out = {"kind": FactKind.LEFT, "thing": lot, "parent": box, "after": b, "unit": units[1]}
    box_moved = {"kind": FactKind.MOVED, "thing": box, "side": Side.BOTH}
    rest = {"kind": FactKind.LEFT, "thing": "", "parent": box, "after": c}
    factor = 1 if units[0] == units[1] else 1000
    much = [Decimal(draw(st.integers(1, 5))) for _ in range(4)]
    last = draw(st.sampled_from((much[3], much[3], None)))
    lines: list[Line] = [
        put | {"quantity": much[0]},
        box_moved | {"before": a, "after": b},
        out | {"quantity": much[1] * factor},
        draw(st.sampled_from((put, out, put | {"unit": "GRM"})))
        | {"quantity": much[2], "after": b},
        box_moved | {"before": b, "after": c},
        draw(st.sampled_from((rest, rest | {"thing": lot, "quantity": last, "unit": units[0]}))),
    ]
    times = sorted(draw(st.tuples(*[hours] * len(lines))))
    timed = [
        line | {"when": draw(st.one_of(st.just(instant(at)), st.just(instant(at)), spans()))}
        for at, line in zip(times, lines, strict=True)
    ]
    first = draw(st.integers(0, len(timed) - 3))
    return [(line,) for line in timed[first:]] if draw(st.booleans()) else [(x,) for x in timed]


@st.composite
def makings(draw: Draw) -> list[Event]:
    """One transformation; its lines are one event, or an event each (inputs may come late).

    Of the latter, some are a stranger's, who names the same place, another or none.
    """
    flow, place = draw(st.sampled_from(FLOWS)), draw(known_holders)
    base = {"kind": FactKind.BECAME, "flow": flow, "before": place, "after": place}
    sides = [Side.INPUT, Side.OUTPUT, draw(st.sampled_from((Side.INPUT, Side.OUTPUT)))]
    if draw(st.booleans()):
        when = draw(spans())
        return [tuple(base | {"thing": draw(movables), "side": s, "when": when} for s in sides)]
    events: list[Event] = []
    for side in sides:
        line = base | {"thing": draw(movables), "side": side, "when": draw(spans())}
        if draw(st.integers(0, 2)) == 2:
            elsewhere = draw(holders)
            line |= {
                "capturer": draw(st.sampled_from(("k2", "k3"))),
                "inferred": draw(st.booleans()),
            }
            line |= draw(st.sampled_from(({}, {"before": elsewhere, "after": elsewhere})))
        events.append((line,))
    return events


@st.composite
def lot_stories(draw: Draw) -> list[Event]:
    """A lot split between two holders and returned, or an instance stated to be of a lot."""
    lot, a, b, c = draw(st.sampled_from(LOTS)), *(draw(known_holders) for _ in range(3))
    times = sorted(draw(st.tuples(hours, hours, hours)))
    base = {"kind": FactKind.MOVED, "thing": lot, "side": Side.BOTH, "unit": "kg"}
    moves: list[Event] = [
        (base | {"when": instant(t), "before": x, "after": y, "quantity": Decimal(q)},)
        for t, x, y, q in zip(times, (a, a, b), (b, c, a), (3, 2, 1), strict=True)
    ]
    states = {"thing": draw(things), "lot": lot, "when": draw(spans()), "after": draw(holders)}
    states["kind"] = draw(st.sampled_from((FactKind.MADE, FactKind.OBSERVED)))
    return draw(st.sampled_from((moves, [(states,), moves[0]], [(states,), *moves])))


@st.composite
def fittings(draw: Draw) -> list[Event]:
    """A part fitted to an assembly that then moves."""
    part, whole, here = draw(materials), draw(movables), draw(known_holders)
    first, second = sorted(draw(st.tuples(hours, hours)))
    fitted = {"kind": FactKind.ATTACHED, "thing": part, "parent": whole, "after": here}
    fitted |= {"when": instant(first), "instrument": draw(st.integers(0, 3)) == 3}
    moved = {"kind": FactKind.MOVED, "thing": whole, "side": Side.BOTH, "before": here}
    return [(fitted,), (moved | {"when": instant(second), "after": draw(known_holders)},)]


@st.composite
def _marks(draw: Draw) -> Line:
    """Plain mostly; else held, released, or withdrawn, at some position."""
    position = draw(st.integers(1, 16))
    return draw(
        st.sampled_from(
            (
                *[{}] * 7,
                {"held": True},
                {"held": True, "released_at": position},
                {"withdrawn_at": position},
            )
        )
    )


STORIES = (
    singles().map(lambda event: [event]),
    singles().map(lambda event: [event]),
    parcels(),
    boxings(),
    portions(),
    makings(),
    fittings(),
    lot_stories(),
)


def _grain(thing: str) -> ThingGrain:
    return ThingGrain.LOT if thing in LOTS else ThingGrain.INSTANCE


def record(events: Sequence[Event], marks: Sequence[Line] = ()) -> list[Fact]:
    """The events in the order of recording; an event's entry and position are its number."""
    marks = [*marks, *[{}] * (len(events) - len(marks))]
    return [
        Fact(
            **({"grain": _grain(line["thing"]), "capturer": "k1"} | line | mark),
            entry=number,
            line=n,
            position=number,
            event_id=f"event{number}",
            digest=number.to_bytes(4, "big"),
        )
        for number, (event, mark) in enumerate(zip(events, marks, strict=True), start=1)
        for n, line in enumerate(event)
    ]


def copied(facts: Sequence[Fact], entry: int, number: int, mark: Line) -> list[Fact]:
    """The event of `entry` once more, by another capturer."""
    again = {"entry": number, "position": number, "capturer": "k2", "held": False}
    fields = ("released_at", "withdrawn_at")
    return [
        Fact(**(_fields(fact) | again | dict.fromkeys(fields) | mark))
        for fact in facts
        if fact.entry == entry
    ]


def _fields(fact: Fact) -> Line:
    return {name: getattr(fact, name) for name in fact.__struct_fields__}


@st.composite
def histories(draw: Draw, *, without: Sequence[FactKind] = ()) -> list[Fact]:
    """At most MOST_FACTS facts, in any order, some captured twice."""
    stories = draw(st.lists(st.one_of(*STORIES), min_size=1, max_size=9))
    events = [
        event
        for story in stories
        for event in story
        if not any(line["kind"] in without for line in event)
    ]
    kept = events[: max(0, MOST_FACTS - 2)]
    facts = record(kept, [draw(_marks()) for _ in kept])
    for number in range(len(kept) + 1, len(kept) + 1 + draw(st.sampled_from((0, 0, 1, 2)))):
        facts += copied(facts, draw(st.integers(1, max(1, len(kept)))), number, draw(_marks()))
    return list(draw(st.permutations(facts[:MOST_FACTS])))


@st.composite
def _seeds(draw: Draw, facts: Sequence[Fact]) -> tuple[Seed, ...]:
    """Mostly things that the facts speak of, at places they speak of; rarely of others."""
    known = [fact for fact in facts if fact.thing] or [None]
    seeds = []
    for fact in draw(st.lists(st.sampled_from(known), min_size=1, max_size=2)):
        thing = draw(movables) if fact is None or draw(st.integers(0, 9)) == 9 else fact.thing
        places = (None, None, None, fact.before, fact.after) if fact is not None else HOLDERS
        seeds.append(Seed(thing=thing, holder=draw(st.sampled_from(places))))
    return tuple(seeds)


rarely_hours = st.one_of(st.none(), st.none(), st.none(), hours.map(at))


@st.composite
def questions(
    draw: Draw, facts: Sequence[Fact], *, plain: bool = False, limited: bool = True
) -> Question:
    """`plain`: only seeds and direction; not `limited`: no limit of depth."""
    direction = draw(st.sampled_from((Direction.FORWARD, Direction.BACKWARD)))
    asked = draw(_seeds(facts))
    if plain:
        return Question(seeds=asked, direction=direction)
    start, end = draw(rarely_hours), draw(rarely_hours)
    if start is not None and end is not None:
        start, end = min(start, end), max(start, end)
    return Question(
        seeds=asked,
        direction=direction,
        as_of=draw(rarely_hours),
        known_at=draw(st.one_of(st.none(), st.none(), st.none(), st.integers(1, 16))),
        start=start,
        end=end,
        depth=draw(st.sampled_from((None, None, None, 0, 1, 2, 3))) if limited else None,
        hold_for=draw(st.sampled_from((0.0, 0.0, 0.0, 3600.0, 7200.0))),
        stay_at_most=draw(st.sampled_from((None, None, None, 0.0, 3600.0, 10800.0))),
        ties=draw(st.sampled_from((Ties.ALLOWED, Ties.ALLOWED, Ties.FORBIDDEN))),
    )


@st.composite
def cases(
    draw: Draw, *, without: Sequence[FactKind] = (), plain: bool = False, limited: bool = True
) -> tuple[list[Fact], Question]:
    """A history and a question on it."""
    facts = draw(histories(without=without))
    return facts, draw(questions(facts, plain=plain, limited=limited))

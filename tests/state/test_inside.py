"""What lies in a container at a time, against a slow twin that replays the reports in order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from suyuan.model import Action, Belonging, Event, EventType
from suyuan.state import Change, Memory, Past, apply, happening, lines_of, load
from suyuan.store import Store

START: Final = datetime(2026, 3, 1, tzinfo=UTC)
SECRET: Final = b"s" * 32
LOTS: Final = ("urn:suyuan:lot:1", "urn:suyuan:lot:2")
PIECES: Final = ("urn:suyuan:piece:1", "urn:suyuan:piece:2", "urn:suyuan:piece:3")
BOXES: Final = ("urn:suyuan:box:1", "urn:suyuan:box:2", "urn:suyuan:pallet:1")
MARKS: Final = ("failed_test", "recalled")


class Said(Struct, frozen=True):
    """One report: things put into a container or taken out (none named: all), or a mark, or an end.

    `lots`: whether a packing says of which lots its pieces are.
    """

    hours: int
    what: str
    things: tuple[str, ...] = ()
    container: str = ""
    mark: str = ""
    lots: bool = False


things = st.sampled_from((*PIECES, *BOXES))
says = st.one_of(
    st.builds(
        Said,
        st.just(0),
        st.just("pack"),
        st.lists(things, min_size=1, max_size=3, unique=True).map(tuple),
        st.sampled_from(BOXES),
        lots=st.booleans(),
    ),
    st.builds(
        Said,
        st.just(0),
        st.just("unpack"),
        st.lists(things, max_size=2, unique=True).map(tuple),
        st.sampled_from(BOXES),
    ),
    st.builds(
        Said,
        st.just(0),
        st.sampled_from(("mark", "clear")),
        st.tuples(st.sampled_from((*PIECES, *BOXES, *LOTS))),
        mark=st.sampled_from(MARKS),
    ),
    st.builds(Said, st.just(0), st.just("end"), st.tuples(things)),
)
histories = st.lists(says, max_size=9).map(
    lambda said: [Said(at, *_rest(one)) for at, one in enumerate(said)]
)


def _rest(said: Said) -> tuple[str, tuple[str, ...], str, str, bool]:
    things = tuple(thing for thing in said.things if thing != said.container)
    if said.what == "pack" and not things:
        return ("mark", (said.container,), "", MARKS[0], False)
    return (said.what, things, said.container, said.mark, said.lots)


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def lot_of(piece: str) -> str:
    return LOTS[piece == PIECES[0]]


def told(said: Said) -> Event:
    """The report as an event."""
    packs = said.what in {"pack", "unpack"}
    belongings = (
        Belonging(instance=each, lot=lot_of(each)) for each in said.things if each in PIECES
    )
    return Event(
        type=EventType.AGGREGATION if packs else EventType.OBJECT,
        action={"pack": Action.ADD, "unpack": Action.DELETE, "end": Action.DELETE}.get(
            said.what, Action.OBSERVE
        ),
        event_time=at(said.hours),
        event_time_text="",
        offset="+08:00",
        epcs=said.things,
        parent=said.container or None,
        belongings=tuple(belongings) if said.lots and said.what == "pack" else (),
    )


def past(said: Said) -> Past:
    named = frozenset({said.mark})
    return happening(
        told(said),
        step=said.what,
        marks_set=named if said.what == "mark" else frozenset(),
        marks_cleared=named if said.what == "clear" else frozenset(),
    )


class Replayed(Struct):
    """Where each thing is, the marks in force, and of which pieces a packing into it said the lot.

    Who says once of what lot a piece is has said it for good, until the container was emptied.
    """

    where: dict[str, str]
    marks: dict[str, set[str]]
    lots: set[tuple[str, str]]


def replayed(history: Sequence[Said], until: int) -> Replayed:
    """Every report up to a time carried out, one after the other."""
    now = Replayed({}, {}, set())
    for said in sorted(history, key=lambda one: one.hours)[: until + 1]:
        for thing in said.things:
            match said.what:
                case "pack":
                    now.where[thing] = said.container
                    now.lots |= {(thing, said.container)} if said.lots else set()
                case "unpack":
                    now.where.pop(thing, None)
                case "mark":
                    now.marks.setdefault(thing, set()).add(said.mark)
                case "clear":
                    now.marks.setdefault(thing, set()).discard(said.mark)
        if said.what == "unpack" and not said.things:
            now.where = {thing: box for thing, box in now.where.items() if box != said.container}
            now.lots = {pair for pair in now.lots if pair[1] != said.container}
    return now


def twin(history: Sequence[Said], container: str, until: int) -> set[str]:
    """The marks of what lies in a container, found by looking everywhere again and again."""
    now = replayed(history, until)
    for said in history:
        if said.what == "end" and said.hours < until:
            now.where.pop(said.things[0], None)
    found: set[str] = set()
    waiting, seen = [container], {container}
    while waiting:
        box = waiting.pop()
        for thing in [thing for thing, place in now.where.items() if place == box]:
            if thing in PIECES and (thing, box) in now.lots:
                found |= now.marks.get(lot_of(thing), set())
            if thing not in seen:
                found |= now.marks.get(thing, set())
                seen.add(thing)
                waiting.append(thing)
    return found


def inside(memory: Memory, container: str, until: int) -> set[str]:
    state = memory.states(((container, 0),), at(until)).get(container)
    return set() if state is None else set(state.inside)


@given(histories, st.randoms())
def test_what_lies_inside_is_what_replaying_the_reports_leaves_there(
    history: list[Said], random: Random
) -> None:
    memory = Memory({}, packings={})
    for said in random.sample(history, len(history)):
        memory.learn(past(said), lines_of(told(said)))
    for box in BOXES:
        for until in range(len(history) + 1):
            assert inside(memory, box, until) == twin(history, box, until)


def test_what_is_recorded_and_what_the_document_says_are_one_past(database: Store) -> None:
    """Random histories, cut at random between the record and the document, in any order."""
    random = Random(7)
    for tenant in range(1, 61):
        history = a_history(random)
        shuffled = random.sample(history, len(history))
        cut = random.randint(0, len(shuffled))
        with database.write() as conn:
            changes = [
                Change(entry=tenant * 100 + number, identity=bytes([tenant, number]),
                       past=past(said), lines=lines_of(told(said)))
                for number, said in enumerate(shuffled[:cut])
            ]  # fmt: skip
            apply(conn, changes, tenant=tenant, secret=SECRET)
        for box in BOXES:
            named = {box, *(thing for said in shuffled[cut:] for thing, _ in lines_of(told(said)))}
            with database.write() as conn:
                memory = load(conn, named, tenant=tenant, secret=SECRET)
            for said in shuffled[cut:]:
                memory.learn(past(said), lines_of(told(said)))
            for until in range(len(history) + 1):
                assert inside(memory, box, until) == twin(history, box, until), shuffled


def a_history(random: Random) -> list[Said]:
    """Nine reports, most of them packings, so that boxes lie in boxes."""
    found = []
    for hours in range(9):
        what = random.choice(("pack", "pack", "pack", "unpack", "mark", "mark", "clear", "end"))
        box = random.choice(BOXES) if what in {"pack", "unpack"} else ""
        among = [each for each in (*PIECES, *BOXES) if each != box]
        count = random.randint(0 if what == "unpack" else 1, 2)
        chosen = tuple(random.sample(among, count)) if box else (random.choice((*among, *LOTS)),)
        if what == "end" and chosen[0] in LOTS:
            chosen = (PIECES[0],)
        mark = random.choice(MARKS) if what in {"mark", "clear"} else ""
        found.append(Said(hours, what, chosen, box, mark, random.random() < 0.5))
    return found

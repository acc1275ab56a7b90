"""What lies in a container at a time, against a slow twin that replays the reports in order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, structs

from suyuan.families import Content
from suyuan.model import Action, Belonging, Event, EventType, TypedRef
from suyuan.state import Change, Memory, Past, apply, happening, lines_of, load, rows
from suyuan.state.memory import DEPTH, Line
from suyuan.store import Store

START: Final = datetime(2026, 3, 1, tzinfo=UTC)
SECRET: Final = b"s" * 32
LOTS: Final = ("urn:suyuan:lot:1", "urn:suyuan:lot:2")
PIECES: Final = ("urn:suyuan:piece:1", "urn:suyuan:piece:2", "urn:suyuan:piece:3")
BOXES: Final = ("urn:suyuan:box:1", "urn:suyuan:box:2", "urn:suyuan:pallet:1")
MARKS: Final = ("failed_test", "recalled")


class Said(Struct, frozen=True):
    """One report: things put into a container or taken out (none named: all), a mark, an end, or
    to whom a thing was handed.

    `lots`: whether a packing says of which lots its pieces are. `by` whom, `held`, and whether
    the reporter is registered for the step (`entitled`) is what judging made of it.
    """

    hours: int
    what: str
    things: tuple[str, ...] = ()
    container: str = ""
    mark: str = ""
    lots: bool = False
    to: str = ""
    by: str = "A"
    held: bool = False
    entitled: bool = False


PARTIES: Final = ("A", "B", "C")
things = st.sampled_from((*PIECES, *BOXES))
parties = st.sampled_from(PARTIES)
doubts = {"by": parties, "held": st.booleans(), "entitled": st.booleans()}
says = st.one_of(
    st.builds(
        Said,
        st.just(0),
        st.just("pack"),
        st.lists(things, min_size=1, max_size=3, unique=True).map(tuple),
        st.sampled_from(BOXES),
        lots=st.booleans(),
        **doubts,
    ),
    st.builds(
        Said,
        st.just(0),
        st.just("unpack"),
        st.lists(things, max_size=2, unique=True).map(tuple),
        st.sampled_from(BOXES),
        **doubts,
    ),
    st.builds(
        Said,
        st.just(0),
        st.sampled_from(("mark", "clear")),
        st.tuples(st.sampled_from((*PIECES, *BOXES, *LOTS))),
        mark=st.sampled_from(MARKS),
    ),
    st.builds(Said, st.just(0), st.just("end"), st.tuples(things), **doubts),
    st.builds(Said, st.just(0), st.just("hand"), st.tuples(things), to=parties, **doubts),
)
histories = st.lists(says, max_size=9).map(
    lambda said: [_sound(structs.replace(one, hours=at)) for at, one in enumerate(said)]
)


def _sound(said: Said) -> Said:
    """The same, but no container in itself and no packing of nothing."""
    things = tuple(thing for thing in said.things if thing != said.container)
    if said.what == "pack" and not things:
        return Said(said.hours, "mark", (said.container,), mark=MARKS[0])
    return structs.replace(said, things=things)


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
        destinations=(TypedRef(type="possessing_party", value=said.to),) if said.to else (),
        belongings=tuple(belongings) if said.lots and said.what == "pack" else (),
    )


def past(said: Said) -> Past:
    named = frozenset({said.mark})
    return happening(
        told(said),
        step=said.what,
        by=said.by,
        marks_set=named if said.what == "mark" else frozenset(),
        marks_cleared=named if said.what == "clear" else frozenset(),
    )


def lines(said: Said) -> tuple[Line, ...]:
    return lines_of(told(said), held=said.held, entitled=said.entitled)


Stay = tuple[str, str, str]
"""A thing, the container it is in, and who put it there."""


class Replayed(Struct):
    """Who put what where, the marks in force, and of which pieces a packing said the lot.

    Who has a thing is what another said last. Who says once of what lot a piece is has said it
    for good.
    """

    stays: set[Stay]
    marks: dict[str, set[str]]
    lots: set[tuple[str, str]]
    owners: dict[str, str]

    def end(self, said: Said, stays: set[Stay]) -> None:
        """End those of the stays that the reporter may end; a held report ends none."""
        for stay in stays & self.stays if not said.held else ():
            thing, box, by = stay
            may = (by, self.owners.get(thing), self.owners.get(box))
            if said.entitled or said.by in may:
                self.stays.discard(stay)

    def of(self, thing: str) -> set[Stay]:
        return {stay for stay in self.stays if stay[0] == thing}


def replayed(history: Sequence[Said], until: int) -> Replayed:
    """Every report up to a time carried out, one after the other; ends only before it."""
    now = Replayed(set(), {}, set(), {})
    for said in sorted(history, key=lambda one: one.hours)[: until + 1]:
        for thing in said.things:
            match said.what:
                case "pack":
                    now.end(said, {stay for stay in now.of(thing) if stay[1] != said.container})
                    now.stays.add((thing, said.container, said.by))
                    now.lots |= {(thing, said.container)} if said.lots else set()
                case "unpack":
                    now.end(said, now.of(thing))
                case "end" if said.hours < until:
                    now.end(said, now.of(thing))
                case "mark":
                    now.marks.setdefault(thing, set()).add(said.mark)
                case "clear":
                    now.marks.setdefault(thing, set()).discard(said.mark)
                case "hand" if said.to != said.by and not said.held:
                    now.owners[thing] = said.to
        if said.what == "unpack" and not said.things:
            now.end(said, {stay for stay in now.stays if stay[1] == said.container})
    return now


def twin(history: Sequence[Said], container: str, until: int) -> set[str]:
    """The marks of what lies in a container, found by looking everywhere again and again."""
    now = replayed(history, until)
    found: set[str] = set()
    waiting, seen = [container], {container}
    while waiting:
        box = waiting.pop()
        for thing in {thing for thing, place, _ in now.stays if place == box}:
            if thing in PIECES and (thing, box) in now.lots:
                found |= now.marks.get(lot_of(thing), set())
            if thing not in seen:
                found |= now.marks.get(thing, set())
                seen.add(thing)
                waiting.append(thing)
    return found


def inside(memory: Memory, container: str, until: int) -> set[str]:
    found = memory.inside(container, at(until))
    assert found.is_whole
    return set(found.marks)


@given(histories, st.randoms())
def test_what_lies_inside_is_what_replaying_the_reports_leaves_there(
    history: list[Said], random: Random
) -> None:
    memory = Memory({})
    for said in random.sample(history, len(history)):
        memory.learn(past(said), lines(said))
    for box in BOXES:
        for until in range(len(history) + 1):
            assert inside(memory, box, until) == twin(history, box, until)


def test_a_container_that_is_emptied_stays_in_what_it_lies_in() -> None:
    history = [
        Said(0, "mark", ("urn:suyuan:pallet:1",), mark=MARKS[0]),
        Said(1, "pack", ("urn:suyuan:pallet:1",), "urn:suyuan:box:1"),
        Said(2, "unpack", (), "urn:suyuan:pallet:1"),
    ]
    memory = Memory({})
    for said in history:
        memory.learn(past(said), lines(said))
    assert inside(memory, "urn:suyuan:box:1", 3) == {MARKS[0]}


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
                       past=past(said), lines=lines(said))
                for number, said in enumerate(shuffled[:cut])
            ]  # fmt: skip
            apply(conn, changes, tenant=tenant, secret=SECRET)
        for box in BOXES:
            named = {box, *(thing for said in shuffled[cut:] for thing, _ in lines(said))}
            with database.write() as conn:
                memory = load(conn, named, tenant=tenant, secret=SECRET)
            for said in shuffled[cut:]:
                memory.learn(past(said), lines(said))
            for until in range(len(history) + 1):
                assert inside(memory, box, until) == twin(history, box, until), shuffled


RECALLED: Final = frozenset({"recalled"})
CRATE: Final = BOXES[0]


def crates(count: int) -> list[str]:
    return [f"urn:suyuan:crate:{number}" for number in range(count)]


def packing(hours: int, box: str, *things: str) -> tuple[Past, tuple[Line, ...]]:
    said = Said(hours, "pack", things, box)
    return past(said), lines(said)


def nested(count: int) -> tuple[Memory, list[str]]:
    """Each crate in the next, and a recalled piece in the first."""
    memory, chain = Memory({}), [PIECES[0], *crates(count)]
    memory.learn(past(Said(0, "mark", (PIECES[0],), mark="recalled")), ((PIECES[0], 0),))
    for hours, (thing, box) in enumerate(pairwise(chain), 1):
        memory.learn(*packing(hours, box, thing))
    return memory, chain[1:]


def test_deeper_than_is_looked_is_said_and_no_depth_is_too_much() -> None:
    memory, chain = nested(1_200)
    told = [memory.inside(crate, at(9_999)) for crate in chain]
    assert told[:DEPTH] == [Content(RECALLED)] * DEPTH
    assert told[DEPTH:] == [Content(is_whole=False)] * (1_200 - DEPTH)


def test_goods_that_never_bore_a_mark_are_not_looked_for() -> None:
    memory = Memory({})
    for hours, crate in enumerate(crates(300)):
        memory.learn(*packing(hours, crate, *(f"{crate}.{piece}" for piece in range(10))))
        memory.learn(*packing(hours, CRATE, crate))
    assert not memory.contents
    assert memory.inside(CRATE, at(999)) == Content()
    marked = Said(500, "mark", ("urn:suyuan:crate:7.3",), mark="recalled")
    memory.learn(past(marked), lines(marked))
    assert memory.inside(CRATE, at(999)) == Content(RECALLED)
    assert sum(map(len, memory.contents.values())) == 2


def record(store: Store, told: Sequence[Said], tenant: int = 1) -> None:
    changes = [
        Change(entry=number, identity=b"%016d" % number, past=past(said), lines=lines(said))
        for number, said in enumerate(told, 1)
    ]
    with store.write() as conn:
        apply(conn, changes, tenant=tenant, secret=SECRET)


def inside_recorded(store: Store, container: str, limit: int) -> Content:
    with store.write() as conn, pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_CONTENTS", limit)
        return load(conn, [container], tenant=1, secret=SECRET).inside(container, at(99))


def test_more_than_is_looked_through_is_said_and_never_silent(database: Store) -> None:
    pieces = crates(5)
    marks = [Said(0, "mark", (piece,), mark="recalled") for piece in pieces]
    releases = [Said(1, "clear", (piece,), mark="recalled") for piece in pieces[1:]]
    packings = [Said(2 + at_, "pack", (piece,), CRATE) for at_, piece in enumerate(pieces)]
    record(database, [*marks, *releases, *packings])
    assert inside_recorded(database, CRATE, 5) == Content(RECALLED)
    assert inside_recorded(database, CRATE, 3) == Content(is_whole=False)


def test_what_never_bore_a_mark_hides_nothing_that_did(database: Store) -> None:
    sound = crates(9)
    told = [
        Said(0, "mark", (PIECES[0],), mark="recalled"),
        Said(1, "pack", (PIECES[0],), CRATE),
        Said(2, "clear", tuple(sound), mark="failed_test"),
        *(Said(3, "clear", (each,), mark="failed_test") for each in sound),
        Said(4, "pack", tuple(sound), CRATE),
    ]
    record(database, told)
    assert inside_recorded(database, CRATE, 1) == Content(RECALLED)


def test_a_lot_that_the_document_itself_marks_is_found_by_its_recorded_pieces(
    database: Store,
) -> None:
    record(database, [Said(0, "pack", (PIECES[0],), CRATE, lots=True)])
    with database.write() as conn:
        memory = load(conn, [CRATE, LOTS[1]], tenant=1, secret=SECRET)
    marked = Said(1, "mark", (LOTS[1],), mark="recalled")
    memory.learn(past(marked), lines(marked))
    assert memory.inside(CRATE, at(9)) == Content(RECALLED)


def test_a_thousand_reports_with_others_hide_no_packing(database: Store) -> None:
    told = [
        Said(0, "mark", (PIECES[0],), mark="recalled"),
        Said(1, "pack", (PIECES[0], PIECES[1]), CRATE),
        *(Said(2, "hand", (PIECES[0], each), to="B") for each in crates(1_005)),
    ]
    record(database, told)
    assert inside_recorded(database, CRATE, 9) == Content(RECALLED)


def test_a_thousand_packings_hide_no_mark(database: Store) -> None:
    told = [
        Said(0, "mark", (PIECES[0], PIECES[1]), mark="recalled"),
        *(Said(1, "pack", (PIECES[0], each), BOXES[1]) for each in crates(1_005)),
        Said(2, "pack", (PIECES[0], PIECES[2]), CRATE),
    ]
    record(database, told)
    assert inside_recorded(database, CRATE, 9) == Content(RECALLED)


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
        doubtful = what in {"pack", "unpack", "end"}
        found.append(
            Said(
                hours,
                what,
                chosen,
                box,
                mark,
                random.random() < 0.5,
                by=random.choice("AAB"),
                held=doubtful and random.random() < 0.2,
                entitled=random.random() < 0.2,
            )
        )
        if random.random() < 0.1:
            found[-1] = Said(hours, "hand", (random.choice((*PIECES, *BOXES)),), to="B", by="A")
    return found

"""What is known of a thing at a time, whatever the order in which reports came."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from string import ascii_letters
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from suyuan.families import ACT, Content, PastStep, ThingState
from suyuan.model import Action, Event, EventType, Holder, QuantityElement, TypedRef
from suyuan.state import (
    Change,
    Memory,
    Past,
    apply,
    happening,
    lines_of,
    load,
    memory,
    rows,
    with_told,
)
from suyuan.state.memory import (
    ENDED,
    JOINED,
    LEFT,
    MADE,
    MARKED,
    NAMED,
    PACKS,
    PUT,
    SEEN,
    TOLD,
    Line,
)  # fmt: skip
from suyuan.state.types import Withdrawal
from suyuan.store import Store, StoreSettings, migrate, open_store
from suyuan.store.migrate import known_migrations

START = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = b"s" * 32
STEPS = ["farm", "slaughter", "sale"]
PIG, CRATE = "urn:suyuan:ear-tag:1", "urn:suyuan:crate:1"


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def event(hours: int = 0, **fields: object) -> Event:
    plain = Event(
        type=EventType.OBJECT, action=Action.OBSERVE, epcs=(PIG,), event_time=at(hours),
        event_time_text="", offset="+08:00",
    )  # fmt: skip
    return structs.replace(plain, **fields)


values = st.lists(
    st.tuples(
        st.sampled_from(["medium", "due", ACT]), st.sampled_from([(), ("a",), ("b",), ("a", "b")])
    ),
    max_size=2,
    unique_by=lambda one: one[0],
).map(tuple)
pasts = st.builds(
    Past,
    at=st.integers(0, 6).map(at),
    step=st.sampled_from(STEPS),
    party=st.sampled_from([None, "A", "B"]),
    container=st.sampled_from([None, CRATE]),
    marks_set=st.frozensets(st.sampled_from(["failed_test", "recalled"])),
    marks_cleared=st.frozensets(st.sampled_from(["failed_test", "recalled"])),
    latest=values,
    every=values,
)
KINDS = [SEEN, MADE, ENDED, JOINED, LEFT, TOLD, TOLD | MADE]
histories = st.lists(
    st.tuples(pasts, st.sampled_from(KINDS)), max_size=8,
    unique_by=lambda told: told[0].at,
)  # fmt: skip


def remembered(history: Sequence[tuple[Past, int]]) -> Memory:
    memory = Memory({})
    for past, what in history:
        memory.learn(past, ((PIG, what),))
    return memory


@given(histories, st.integers(0, 7), st.randoms())
def test_the_order_of_reports_changes_nothing(
    history: list[tuple[Past, int]], until: int, random: Random
) -> None:
    shuffled = random.sample(history, len(history))
    lines: tuple[Line, ...] = ((PIG, SEEN),)
    assert remembered(history).states(lines, at(until)) == remembered(shuffled).states(
        lines, at(until)
    )


@given(histories, st.integers(0, 7))
def test_nothing_later_than_the_event_is_known_but_when_it_was_made_and_ended(
    history: list[tuple[Past, int]], until: int
) -> None:
    earlier = [told for told in history if told[0].at <= at(until)]
    lines: tuple[Line, ...] = ((PIG, SEEN),)
    known = remembered(history).states(lines, at(until)).get(PIG, ThingState())
    then = remembered(earlier).states(lines, at(9)).get(PIG, ThingState())
    made = [past.at for past, what in history if what & MADE]
    ended = [past.at for past, what in history if what & ENDED]
    assert known == structs.replace(
        then, made=min(made, default=None), ended=min(ended, default=None)
    )
    times = {step: sorted({past.at for past, _ in earlier if past.step == step}) for step in STEPS}
    expected = [
        PastStep(step, t, acts_at(earlier, t))
        for step, told in times.items()
        for t in {*told[:1], *told[-2:]}
    ]
    assert sorted(known.steps, key=_place) == sorted(expected, key=_place)
    assert [one.at for one in known.steps] == sorted(one.at for one in expected)


def acts_at(history: Sequence[tuple[Past, int]], time: datetime) -> frozenset[str]:
    told = [past.every for past, what in history if past.at == time and what & TOLD]
    return frozenset(one for every in told for name, ids in every if name == ACT for one in ids)


def _place(past: PastStep) -> tuple[datetime, str]:
    return past.at, past.step


@given(histories, st.lists(st.integers(0, 7), min_size=8, max_size=8))
def test_a_long_past_told_event_by_event_is_what_it_is_told_at_once(
    history: list[tuple[Past, int]], asked: list[int]
) -> None:
    """However learning and asking alternate, also of times before those asked of already."""
    lines: tuple[Line, ...] = ((PIG, SEEN),)
    kept = Memory({})
    with pytest.MonkeyPatch.context() as patch:
        for number, (told, until) in enumerate(zip(history, asked, strict=False), 1):
            kept.learn(told[0], ((PIG, told[1]),))
            patch.setattr(memory, "_LONG", 0)
            by_event = kept.states(lines, at(until))
            patch.undo()
            assert by_event == remembered(history[:number]).states(lines, at(until))


def test_a_history_is_folded_into_what_is_true_after_it() -> None:
    memory = remembered(
        [
            (Past(at=at(0), step="farm", party="A", site="S"), MADE),
            (Past(at=at(1), step="load", container=CRATE), JOINED),
            (Past(at=at(2), step="test", marks_set=frozenset({"failed_test"})), SEEN),
            (Past(at=at(3), step="unload"), LEFT),
            (Past(at=at(4), step="retest", marks_cleared=frozenset({"failed_test"})), SEEN),
            (Past(at=at(5), step="slaughter", party="B"), ENDED),
        ]
    )

    def state(hours: int) -> ThingState:
        return memory.states(((PIG, SEEN),), at(hours))[PIG]

    assert (state(0).made, state(0).ended, state(0).holder) == (at(0), at(5), Holder("A", "S"))
    assert [state(hours).container for hours in (0, 1, 2, 3)] == [None, CRATE, CRATE, None]
    assert [sorted(state(hours).marks) for hours in (1, 2, 3, 4)] == [
        [], ["failed_test"], ["failed_test"], [],
    ]  # fmt: skip
    assert (state(5).ended, state(5).holder) == (at(5), Holder("B", None))


@given(histories, st.integers(0, 7))
def test_of_the_last_word_the_latest_is_known_and_of_every_word_all(
    history: list[tuple[Past, int]], until: int
) -> None:
    """Told by going through all that was said of the thing up to then, in its order."""
    latest, every = dict[str, tuple[str, ...]](), dict[str, set[str]]()
    for past, what in sorted(history, key=lambda told: told[0].at):
        if past.at <= at(until) and what & TOLD:
            latest.update(past.latest)
            for name, values in past.every:
                if name != ACT:  # known of that one report, not of the thing
                    every.setdefault(name, set()).update(values)
    expected = {name: values for name, values in latest.items() if values}
    expected |= {name: tuple(sorted(values)) for name, values in every.items()}
    lines: tuple[Line, ...] = ((PIG, SEEN),)
    found = remembered(history).states(lines, at(until)).get(PIG, ThingState())
    assert found.told == expected


def test_of_what_is_only_told_of_nothing_else_is_known() -> None:
    """A parcel that was sprayed is not sold, marked or held with what was sprayed on it."""
    past = Past(
        at=at(1), step="use", party="A", marks_set=frozenset({"recalled"}), every=(("due", ("d",)),)
    )
    field = "urn:suyuan:named:parcel:1"
    lines = with_told(((PIG, SEEN),), {field})
    assert dict(lines) == {PIG: SEEN, field: TOLD | NAMED}
    memory = Memory({})
    memory.learn(past, lines)
    found = memory.states(((field, SEEN), (PIG, SEEN)), at(2))
    assert found[field] == ThingState(told={"due": ("d",)})
    assert (found[PIG].told, found[PIG].marks) == ({}, frozenset({"recalled"}))


LOT = QuantityElement(epc_class="urn:suyuan:lot:A:1")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (event(action=Action.ADD, quantities=(LOT,)), {PIG: MADE, LOT.epc_class: MADE}),
        (event(action=Action.ADD, biz_step="receiving"), {PIG: SEEN}),
        (event(action=Action.DELETE, quantities=(LOT,)), {PIG: ENDED, LOT.epc_class: SEEN}),
        (event(biz_step="retail_selling"), {PIG: ENDED}),
        (
            event(type=EventType.AGGREGATION, action=Action.ADD, parent=CRATE, quantities=(LOT,)),
            {CRATE: PACKS, PIG: JOINED, LOT.epc_class: PUT},
        ),
        (
            event(type=EventType.AGGREGATION, action=Action.DELETE, parent=CRATE),
            {CRATE: PACKS, PIG: LEFT},
        ),
        (
            event(
                type=EventType.TRANSFORMATION, action=None, epcs=(), input_epcs=(PIG,),
                output_quantities=(LOT,),
            ),
            {PIG: ENDED, LOT.epc_class: MADE},
        ),
    ],
)  # fmt: skip
def test_an_event_makes_something_of_each_thing(told: Event, expected: dict[str, int]) -> None:
    assert dict(lines_of(told)) == expected


def test_the_possessor_is_who_is_named_alone() -> None:
    named = [TypedRef(type="possessing_party", value=party) for party in ("A", "B")]
    assert happening(event(destinations=tuple(named[:1])), step="sale").party == "A"
    assert happening(event(destinations=tuple(named)), step="sale").party is None


def change(entry: int, hours: int, step: str, marks_set: frozenset[str] = frozenset()) -> Change:
    told = happening(event(hours), step=step, marks_set=marks_set)
    return Change(
        entry=entry, identity=bytes([entry]) * 16, past=told, lines=((PIG, SEEN), (CRATE, SEEN))
    )


def keep(store: Store, *changes: Change, gone: Sequence[Withdrawal] = (), tenant: int = 1) -> None:
    with store.write() as conn:
        apply(conn, changes, withdrawals=gone, tenant=tenant, secret=SECRET)


def known(store: Store, hours: int, *, tenant: int = 1) -> dict[str, ThingState]:
    with store.write() as conn:
        memory = load(conn, [PIG, CRATE], tenant=tenant, secret=SECRET)
    return memory.states(((PIG, SEEN), (CRATE, SEEN)), at(hours))


def test_what_is_kept_comes_back_and_stays_in_its_tenant(database: Store) -> None:
    marks = frozenset({"failed_test"})
    keep(database, change(1, 1, "farm"), change(2, 2, "test", marks_set=marks))
    found = known(database, 5)
    assert found[PIG] == found[CRATE]
    assert found[PIG].marks == marks
    assert [past.step for past in found[PIG].steps] == ["farm", "test"]
    assert known(database, 5, tenant=2) == {}


def test_a_withdrawn_event_is_forgotten_whenever_its_declaration_came(database: Store) -> None:
    first, second = change(1, 1, "farm"), change(2, 2, "slaughter")
    keep(database, first, gone=[Withdrawal(second.identity, 9)])  # the declaration is earlier
    keep(database, second)
    assert [past.step for past in known(database, 5)[PIG].steps] == ["farm"]
    keep(database, gone=[Withdrawal(first.identity, 10), Withdrawal(first.identity, 11)])
    assert known(database, 5) == {}


def test_two_documents_on_one_thing_are_judged_one_after_the_other(database: Store) -> None:
    """The second waits for the first to commit, and then knows what it said."""
    with ThreadPoolExecutor(1) as other:
        with database.write() as conn:
            load(conn, [PIG], tenant=1, secret=SECRET)
            waiting = other.submit(known, database, 5)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
            apply(conn, [change(1, 1, "farm")], tenant=1, secret=SECRET)
        assert [past.step for past in waiting.result(timeout=10)[PIG].steps] == ["farm"]


THINGS = [f"urn:suyuan:ear-tag:{number}" for number in range(4)]
said = st.dictionaries(
    st.sampled_from(THINGS),
    st.sampled_from([SEEN, MADE, ENDED, JOINED, TOLD, TOLD | NAMED]),
    min_size=1,
)
reports = st.lists(st.lists(st.tuples(pasts, said), max_size=4), max_size=5)


class Undo(Exception):  # noqa: N818 -- nothing is wrong
    """Ends a transaction and leaves nothing."""


def kept(database: Store, documents: list[list[Change]]) -> Memory:
    """What the database gives after these documents, and nothing left of them."""
    memory = Memory({})
    with suppress(Undo), database.write() as conn:
        for changes in documents:
            apply(conn, changes, tenant=1, secret=SECRET)
        found = load(conn, THINGS, tenant=1, secret=SECRET)
        memory.things.update(found.things)
        memory.cut.update(found.cut)
        raise Undo
    return memory


def numbered(documents: list[list[tuple[Past, dict[str, int]]]]) -> list[list[Change]]:
    number = itertools.count(1)
    return [
        [
            Change(entry=(at := next(number)), identity=b"%016d" % at, past=past,
                   lines=tuple(lines.items()))
            for past, lines in told
        ]
        for told in documents
    ]  # fmt: skip


def lines_kept(memory: Memory, thing: str) -> Counter[tuple[Past, int]]:
    known = memory.things.get(thing, ())
    return Counter((structs.replace(past, entry=0), what & ~MARKED) for past, what in known)


on_database = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@on_database
@given(documents=reports)
def test_bundles_say_of_each_thing_what_was_said_of_it(
    database: Store, documents: list[list[tuple[Past, dict[str, int]]]]
) -> None:
    memory = kept(database, numbered(documents))
    for thing in THINGS:
        told = Counter(
            (past, lines[thing]) for each in documents for past, lines in each if thing in lines
        )
        assert lines_kept(memory, thing) == told


def _decides(past: Past, what: int) -> bool:
    says = past.marks_set or past.marks_cleared or past.latest or past.every
    return bool(what & ENDED or says)


def _concerns_containers(past: Past, what: int) -> bool:
    return bool(what & (JOINED | PUT)) and not _decides(past, what)


def _makes(past: Past, what: int) -> bool:
    return bool(what & MADE) and not _decides(past, what)


@on_database
@given(documents=reports)
def test_of_a_long_past_the_latest_that_decides_is_known(
    database: Store, documents: list[list[tuple[Past, dict[str, int]]]]
) -> None:
    """With a limit of two, which no later report nor any companion of the thing gets around."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_LIMIT", 2)
        memory = kept(database, numbered(documents))
    for thing in THINGS:
        told = [(past, lines[thing]) for each in documents for past, lines in each
                if thing in lines]  # fmt: skip
        known = lines_kept(memory, thing)
        assert known <= Counter(told)
        for apart in (_decides, _concerns_containers, _makes):
            assert known >= Counter([one for one in told if apart(*one)][-1:])
        if len(told) <= 2:
            assert known == Counter(told)
        lines: tuple[Line, ...] = ((thing, SEEN),)
        for state in memory.states(lines, at(9)).values():
            then = {past.step for past, what in told if not what & NAMED}
            assert not state.is_whole or {one.step for one in state.steps} == then


def test_what_was_kept_by_thing_is_there_by_bundle(empty_database: str) -> None:
    """Also that a crate was packed, which was not said of the crate itself before."""
    before = tuple(one for one in known_migrations() if one.name < "0010")
    migrate(empty_database, migrations=before)
    with psycopg.connect(empty_database) as connection:
        told = [(7, "test", None, ["recalled"], [(PIG, 17)]),
                (8, "pack", CRATE, None, [(PIG, 4), (CRATE, 0)])]  # fmt: skip
        for entry, step, container, marks, lines in told:
            connection.execute(
                "insert into state.event (entry, identity, at, step, container, marks_set)"
                " values (%s, %s, %s, %s, %s, %s)",
                [entry, b"%016d" % entry, at(entry), step, container, marks],
            )
            for thing, what in lines:
                line = "insert into state.line (thing, entry, what) values (%s, %s, %s)"
                connection.execute(line, [_name_before(thing), entry, what])
    migrate(empty_database)
    settings_ = StoreSettings(data_dir=Path(), database_url=empty_database)
    with open_store(settings_) as store:
        assert known(store, 9)[PIG].made == at(7)
        keep(store, change(9, 9, "scan"))
        with store.write() as conn:
            memory = load(conn, [CRATE], tenant=1, secret=SECRET)
        assert memory.inside(CRATE, at(9)) == Content(frozenset({"recalled"}))


def _name_before(thing: str) -> UUID:
    key = hashlib.blake2b((1).to_bytes(8, "big"), digest_size=16, key=SECRET)
    key.update(thing.encode())
    return UUID(bytes=key.digest())


@pytest.mark.parametrize("steps", [("test", "release"), ("release", "a test")])
def test_a_mark_set_and_cleared_at_one_time_stays_whatever_the_steps_are_called(
    steps: tuple[str, str],
) -> None:
    sets, clears = steps
    failed = frozenset({"failed_test"})
    memory = remembered(
        [
            (Past(at=at(1), step=sets, marks_set=failed), SEEN),
            (Past(at=at(1), step=clears, marks_cleared=failed), SEEN),
        ]
    )
    assert memory.states(((PIG, SEEN),), at(2))[PIG].marks == failed


def test_names_longer_together_than_an_index_holds_are_kept(database: Store) -> None:
    random = Random(1)
    step, party, site, by = ("".join(random.choices(ascii_letters, k=1000)) for _ in range(4))
    told = Past(at=at(1), step=step, party=party, site=site, by=by)
    for entry in (1, 2):
        keep(database, Change(entry=entry, identity=b"%016d" % entry, past=told,
                              lines=((PIG, SEEN),)))  # fmt: skip
    with database.write() as conn:
        memory = load(conn, [PIG], tenant=1, secret=SECRET)
    assert lines_kept(memory, PIG) == Counter({(told, SEEN): 2})

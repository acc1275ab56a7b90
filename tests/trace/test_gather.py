"""What is fetched for a question is enough to answer it, and only what the viewer may see."""

from collections.abc import Iterable
from typing import LiteralString

import pytest
from engines import at_both_lengths, holds
from histories import cases, instant, record
from indexed import ADMIN, SECRET, followed, of_entry, stored
from msgspec.structs import replace

from suyuan.index.acts import LINES
from suyuan.model import Fact, FactKind, Holder, Role, Side, Viewer
from suyuan.record import grants_of
from suyuan.store import Store
from suyuan.trace.ask import trace
from suyuan.trace.closure import closure
from suyuan.trace.gather import Limit, gather
from suyuan.trace.rows import COUNTING, SQL
from suyuan.trace.sweep import sweep
from suyuan.trace.types import Answer, Closure, Direction, Question, Seed
from suyuan.trace.ways import ways

PARTNER = Viewer(party="p1")
FARM, SHOP = Holder("p1", "s1"), Holder("p2", "s3")


def compared(answer: Closure | Answer) -> tuple[object, ...]:
    return answer.nodes, answer.links, answer.open_ends


@at_both_lengths
def test_what_is_gathered_answers_like_everything(database: Store, examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        facts, question = of_entry(case[0]), case[1]
        with database.write() as conn:
            if facts:
                stored(conn, facts)
            found = gather(conn, question, ADMIN, secret=SECRET)
            conn.rollback()
        assert not found.truncated
        assert compared(closure(found.facts, question)) == compared(closure(facts, question))

    holds(check, 2 * examples, cases())


@at_both_lengths
def test_both_ways_at_once_are_as_each_way_alone(database: Store, examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        facts, question = of_entry(case[0]), case[1]
        with database.write() as conn:
            if facts:
                stored(conn, facts)
            found = ways(conn, question.seeds[0].thing, ADMIN, secret=SECRET)
            conn.rollback()
        for direction, way in zip(Direction, found, strict=True):
            asked = Question(seeds=(Seed(thing=question.seeds[0].thing),), direction=direction)
            alone = closure(facts, asked)
            assert (way.nodes, way.links, way.open_ends) == compared(alone)

    holds(check, examples, cases())


def plain(fact: Fact) -> Fact:
    """Without what the index only has something to compare for."""
    return replace(fact, event_id="", digest=b"", document=())


def assert_one_for_one(pairs: Iterable[tuple[object, object]]) -> None:
    """That each of the first has one of the second, and each of these one of the first."""
    once = set(pairs)
    assert len(once) == len(dict(once)) == len({other for _, other in once})


@at_both_lengths
def test_what_is_read_is_what_was_kept_to_the_letter(database: Store, examples: int) -> None:
    """But for id and digest, which only tell copies, and documents, which go by number."""

    def check(case: tuple[list[Fact], Question]) -> None:
        facts = of_entry(case[0])
        with database.write() as conn:
            followed(conn, facts)
            found = sweep(conn, ADMIN, secret=SECRET).facts
            conn.rollback()
        told = sorted(facts, key=lambda fact: (fact.entry, fact.line))
        assert [plain(fact) for fact in found] == [plain(fact) for fact in told]
        both = list(zip(told, found, strict=True))
        assert_one_for_one(
            ((fact.event_id, fact.digest), (one.event_id, one.digest)) for fact, one in both
        )
        assert_one_for_one(
            pair for fact, one in both for pair in zip(fact.document, one.document, strict=True)
        )

    holds(check, examples, cases())


def packed_with_a_neighbour() -> list[Fact]:
    joined = {"kind": FactKind.JOINED, "parent": "c1", "after": FARM, "when": instant(1)}
    moved = {"kind": FactKind.MOVED, "side": Side.BOTH, "before": FARM, "after": SHOP}
    elsewhere = moved | {"thing": "t2", "when": instant(5), "before": SHOP, "after": FARM}
    return record(
        [
            (joined | {"thing": "t1"}, joined | {"thing": "t2"}),
            (moved | {"thing": "c1", "when": instant(2)},),
            (elsewhere,),
        ]
    )


@pytest.mark.parametrize("direction", list(Direction))
def test_a_neighbour_in_the_container_is_not_even_fetched(
    database: Store, direction: Direction
) -> None:
    question = Question(seeds=(Seed(thing="t1"),), direction=direction)
    with database.write() as conn:
        stored(conn, packed_with_a_neighbour())
        found = gather(conn, question, ADMIN, secret=SECRET)
    assert {fact.thing for fact in found.facts} == {"t1", "c1"}


def test_a_container_asked_about_brings_all_its_contents(database: Store) -> None:
    question = Question(seeds=(Seed(thing="c1"),), direction=Direction.FORWARD)
    with database.write() as conn:
        stored(conn, packed_with_a_neighbour())
        found = gather(conn, question, ADMIN, secret=SECRET)
    assert {fact.thing for fact in found.facts} == {"c1", "t1", "t2"}


_ONE_HASH_FOR_ALL = """
create or replace function index.keys_of(act index.act) returns bigint[]
language sql immutable as $$ select array[index.key_of('t1', 0)] $$
"""


def test_names_of_one_hash_are_told_apart(database: Store) -> None:
    made = {"kind": FactKind.MADE, "after": FARM}
    facts = record(
        [(made | {"thing": f"t{number}", "when": instant(number)},) for number in range(1, 4)]
    )
    question = Question(seeds=(Seed(thing="t1"),), direction=Direction.FORWARD)
    with database.write() as conn:
        conn.execute(_ONE_HASH_FOR_ALL)
        stored(conn, facts)
        found = gather(conn, question, ADMIN, secret=SECRET)
        conn.rollback()
    assert [fact.thing for fact in found.facts] == ["t1"]


def test_of_a_full_truck_each_thing_is_found_and_all_of_them_are(database: Store) -> None:
    moved = {"kind": FactKind.MOVED, "side": Side.BOTH, "before": FARM, "after": SHOP}
    names = [f"urn:suyuan:box:{number}" for number in range(3 * LINES - 1)]
    facts = record([tuple(moved | {"thing": name, "when": instant(1)} for name in names)])
    with database.write() as conn:
        stored(conn, facts)
        for asked in (names[:1], names[LINES : LINES + 1], names[-1:], names):
            seeds = tuple(Seed(thing=name) for name in asked)
            question = Question(seeds=seeds, direction=Direction.FORWARD)
            found = gather(conn, question, ADMIN, secret=SECRET)
            assert {(fact.thing, fact.line) for fact in found.facts} == {
                (name, names.index(name)) for name in asked
            }


def test_instances_of_a_lot_that_was_mixed_in_are_possible_inputs(database: Store) -> None:
    made = {"kind": FactKind.BECAME, "flow": "f1", "before": FARM, "after": FARM}
    mixed = made | {"when": instant(2)}
    facts = record(
        [
            ({"kind": FactKind.OBSERVED, "thing": "t1", "lot": "lot1", "when": instant(1)},),
            (
                mixed | {"thing": "lot1", "side": Side.INPUT},
                mixed | {"thing": "t3", "side": Side.OUTPUT},
            ),
        ]
    )
    question = Question(seeds=(Seed(thing="t3"),), direction=Direction.BACKWARD)
    with database.write() as conn:
        stored(conn, facts)
        answer = trace(conn, question, ADMIN, secret=SECRET)
    assert {n.pool.thing: n.certain for n in answer.nodes if n.pool.thing} == {
        "t3": True,
        "lot1": True,
        "t1": False,
    }


def test_a_part_says_where_its_assembly_is(database: Store) -> None:
    fitted = {"kind": FactKind.ATTACHED, "thing": "t1", "parent": "t3", "after": FARM}
    question = Question(seeds=(Seed(thing="t3"),), direction=Direction.FORWARD)
    with database.write() as conn:
        stored(conn, record([(fitted | {"when": instant(1)},)]))
        answer = trace(conn, question, ADMIN, secret=SECRET)
    assert [(n.pool.thing, n.pool.party) for n in answer.nodes] == [("t3", "p1")]


def chain(length: int) -> list[Fact]:
    """A lot made into the next, again and again."""
    facts = record([({"kind": FactKind.MADE, "thing": "lot0", "after": FARM, "when": instant(0)},)])
    made = {"kind": FactKind.BECAME, "before": FARM, "after": FARM, "when": instant(1)}
    for number in range(length):
        flow = made | {"flow": f"f{number}"}
        inputs = flow | {"thing": f"lot{number}", "side": Side.INPUT}
        outputs = flow | {"thing": f"lot{number + 1}", "side": Side.OUTPUT}
        at = {"entry": number + 2, "position": number + 2, "event_id": f"event{number + 2}"}
        facts += [replace(fact, **at) for fact in record([(inputs, outputs)])]
    return facts


def test_a_limit_marks_the_answer_truncated_and_says_so_first(database: Store) -> None:
    question = Question(seeds=(Seed(thing="lot9"),), direction=Direction.BACKWARD)
    with database.write() as conn:
        stored(conn, chain(9))
        whole = trace(conn, question, ADMIN, secret=SECRET)
        part = trace(conn, question, ADMIN, secret=SECRET, limit=Limit(facts=6))
        late = trace(conn, question, ADMIN, secret=SECRET, limit=Limit(expired=lambda: True))
    assert not whole.truncated
    assert {node.pool.thing for node in whole.nodes} >= {f"lot{n}" for n in range(10)}
    assert part.truncated
    assert part.cost.facts == 6
    assert part.completeness.summary.en.startswith("A limit was hit")
    assert late.truncated
    assert late.cost.facts == 0


def test_depth_costs_rounds_and_no_stack(database: Store) -> None:
    question = Question(seeds=(Seed(thing="lot0"),), direction=Direction.FORWARD)
    with database.write() as conn:
        stored(conn, chain(1500))
        answer = trace(conn, question, ADMIN, secret=SECRET)
    assert max(node.hops for node in answer.nodes) == 1500
    assert answer.cost.rounds > 1500


def test_two_worlds_that_differ_in_what_is_hidden_give_equal_answers(database: Store) -> None:
    sent = {"kind": FactKind.MOVED, "side": Side.SENT, "before": FARM, "after": SHOP}
    shown = record([(sent | {"thing": "t1", "when": instant(1)},)])
    hidden = [
        replace(fact, entry=fact.entry + 10, position=fact.position + 10)
        for fact in record([(sent | {"thing": "t1", "when": instant(3), "before": SHOP},)])
    ]
    question = Question(seeds=(Seed(thing="t1"),), direction=Direction.FORWARD)
    answers = []
    for unseen in ([], hidden):
        with database.write() as conn:
            stored(conn, shown, seen_by=("p1",))
            if unseen:
                stored(conn, unseen, seen_by=("p9",))
            answers.append(trace(conn, question, PARTNER, secret=SECRET))
            conn.rollback()
    assert answers[0] == answers[1]
    assert answers[0].links


def test_another_tenants_facts_are_never_read(database: Store) -> None:
    question = Question(seeds=(Seed(thing="t1"),), direction=Direction.FORWARD)
    with database.write() as conn:
        stored(conn, packed_with_a_neighbour())
        found = gather(conn, question, Viewer(tenant=2, role=Role.ADMIN), secret=SECRET)
    assert found.facts == ()


def test_a_sweep_reads_the_facts_of_ones_own_tenant_alone(database: Store) -> None:
    """Also of parties that two tenants call the same."""
    facts = packed_with_a_neighbour()
    of = {1: [fact for fact in facts if fact.entry != 2], 2: [f for f in facts if f.entry == 2]}
    with database.write() as conn:
        for tenant, some in of.items():
            stored(conn, some, seen_by=("p1",), tenant=tenant)
        conn.execute("insert into index.cursor values ('facts', 3)")
        for tenant, some in of.items():
            for viewer in (ADMIN, PARTNER):
                found = sweep(conn, replace(viewer, tenant=tenant), secret=SECRET)
                told = [(fact.entry, fact.line) for fact in found.facts]
                assert told == [(fact.entry, fact.line) for fact in some]
                assert (found.position, found.truncated) == (3, False)


def test_an_answer_says_the_position_it_is_complete_to(database: Store) -> None:
    question = Question(seeds=(Seed(thing="t1"),), direction=Direction.FORWARD)
    with database.write() as conn:
        conn.execute("insert into index.cursor values ('facts', 41)")
        now = trace(conn, question, ADMIN, secret=SECRET)
        then = trace(conn, replace(question, known_at=7), ADMIN, secret=SECRET)
    assert (now.position, then.position) == (41, 7)


def planned(database: Store, statement: LiteralString, viewer: Viewer) -> str:
    """How PostgreSQL would read what the viewer may see."""
    seen = grants_of(viewer, secret=SECRET).params
    asked = {"names": ["t1"], "parts": [0], "keys": [], "room": 9, "known_at": None, "as_of": None}
    asked |= {"positions": [], "lines": []}
    with database.write() as conn:
        stored(conn, packed_with_a_neighbour())
        conn.execute("set local enable_seqscan = off")
        plan = conn.execute("explain " + statement, {**seen, **COUNTING, **asked}).fetchall()
        conn.rollback()
    return "\n".join(line for (line,) in plan)


def test_entries_of_what_is_found_are_read_together(database: Store) -> None:
    """One after the other, ten thousand entries all over a disk take a second and a half."""
    assert "Bitmap Heap Scan on entry" in planned(database, SQL.level_seen, PARTNER)


def test_who_sees_all_of_a_tenant_reads_no_entry(database: Store) -> None:
    """Acts say of their reports what a trace tells; acts of a level are put in order once."""
    plan = planned(database, SQL.level, ADMIN)
    assert "on act" in plan
    assert "on entry" not in plan
    orders = [line for line in plan.splitlines() if "Sort Key" in line and "position" in line]
    assert len(orders) == 1

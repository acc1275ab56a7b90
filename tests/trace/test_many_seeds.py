"""Questions about very many things: answered within bounds of time and room, or told to be many."""

import tracemalloc
from time import perf_counter

import pytest
from indexed import ADMIN, SECRET, of_entry, stored
from worked import A, B, history, moved

from suyuan.kit import SuyuanError
from suyuan.store import Store
from suyuan.trace.ask import MOST_SEEDS, reached
from suyuan.trace.gather import Limit
from suyuan.trace.types import Direction, Question, Scope, Seed

MEGABYTES = 1 << 20


def asked(count: int) -> Question:
    """A thing that went from one to another, among others that nobody ever heard of."""
    unheard = (Seed(thing=f"urn:suyuan:item:register:unheard{each}") for each in range(count - 1))
    return Question(seeds=(Seed(thing="t1"), *unheard), direction=Direction.FORWARD)


def scope_of(store: Store, question: Question, limit: Limit | None = None) -> Scope:
    with store.write() as conn:
        stored(conn, of_entry(history(moved("t1", A, B, 1), moved("t2", A, B, 2))))
        found = reached(conn, question, ADMIN, secret=SECRET, limit=limit, recall=True).scope()
        conn.rollback()
    return found


def test_a_million_things_are_refused_at_once_with_the_cure(database: Store) -> None:
    question = asked(1_000_000)
    tracemalloc.start()
    try:
        begun = perf_counter()
        with pytest.raises(SuyuanError) as caught:
            scope_of(database, question)
        assert perf_counter() - begun < 10
        assert tracemalloc.get_traced_memory()[1] < 50 * MEGABYTES
    finally:
        tracemalloc.stop()
    assert (caught.value.code, caught.value.place) == ("trace.seeds", "thing")
    assert "100,000" in caught.value.text.en
    assert "1,000,000" in caught.value.text.zh


@pytest.mark.timed("a minute or two, where asking for one after the other would take hours")
def test_as_many_as_may_be_asked_are_answered_in_bounded_time_and_room(database: Store) -> None:
    question = asked(MOST_SEEDS)
    tracemalloc.start()
    try:
        begun = perf_counter()
        found = scope_of(database, question)
        spent, (_, peak) = perf_counter() - begun, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert spent < 180
    assert peak < 600 * MEGABYTES
    assert not found.truncated
    assert (found.holders, found.things) == (2, 1)


def test_a_limit_of_facts_marks_the_scope_of_many_as_a_part(database: Store) -> None:
    question = Question(seeds=(Seed(thing="t1"), Seed(thing="t2")), direction=Direction.FORWARD)
    whole = scope_of(database, question)
    part = scope_of(database, question, Limit(facts=1))
    assert (whole.truncated, part.truncated) == (False, True)
    assert part.things < whole.things
    assert "a limit was hit" in part.completeness.summary.en.lower()

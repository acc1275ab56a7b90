"""The properties that every engine keeps (docs/concepts/trace.md), on random histories."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from engines import Engine, at_both_lengths, holds, on_all_engines
from histories import LOTS, at, cases, hours
from hypothesis import assume
from hypothesis import strategies as st
from msgspec.structs import replace
from walking import may_precede, walked

from suyuan.model import Fact, FactKind, Holder, Side
from suyuan.network.ties import Ties
from suyuan.trace.types import Closure, Direction, Link, LinkKind, Node, Pool, Question, Seed

Case = tuple[list[Fact], Question]

# What turns one thing into another; without these a trace never leaves its thing and its lot.
MIXING = (FactKind.BECAME, FactKind.ATTACHED, FactKind.RECODED)
LATE = 99


def nodes_of(answer: Closure) -> dict[Pool, Node]:
    return {node.pool: node for node in answer.nodes}


def certain_pools(answer: Closure) -> set[Pool]:
    return {node.pool for node in answer.nodes if node.certain}


def seed_nodes(closure: Engine, facts: Sequence[Fact], question: Question) -> dict[Pool, Node]:
    """What the question starts from: at depth 0 the only pools, besides flows, are seeds."""
    found = nodes_of(closure(facts, replace(question, depth=0)))
    return {pool: node for pool, node in found.items() if pool.thing}


def unlimited(question: Question) -> Question:
    return Question(seeds=question.seeds, direction=question.direction)


# The pair, and the paths


@at_both_lengths
@on_all_engines
def test_possible_nodes_are_those_with_a_path_of_allowed_links(
    closure: Engine, examples: int
) -> None:
    def check(case: Case) -> None:
        facts, question = case
        answer = closure(facts, question)
        seeds = seed_nodes(closure, facts, question)
        assert set(nodes_of(answer)) == walked(answer.links, seeds, question, surely=False)

    holds(check, examples, cases(limited=False))


@at_both_lengths
@on_all_engines
def test_certain_nodes_are_those_with_a_path_of_certain_links_in_certain_order(
    closure: Engine, examples: int
) -> None:
    def check(case: Case) -> None:
        facts, question = case
        answer = closure(facts, question)
        seeds = [p for p, node in seed_nodes(closure, facts, question).items() if node.certain]
        sure = [link for link in answer.links if link.certain]
        assert certain_pools(answer) == walked(sure, seeds, question, surely=True)

    holds(check, examples, cases(limited=False))


# Duality


@at_both_lengths
@on_all_engines
def test_a_reaches_b_forward_exactly_if_b_reaches_a_backward(
    closure: Engine, examples: int
) -> None:
    def check(case: Case) -> None:
        facts, question = case
        there, here = closure(facts, question), seed_nodes(closure, facts, question)
        for seed in _some_ends(facts, there):
            other = replace(question, seeds=(seed,), direction=_opposite(question.direction))
            back, ends = closure(facts, other), seed_nodes(closure, facts, other)
            assert _touch(nodes_of(there), ends) == _touch(nodes_of(back), here)
            assert _touch(certain_pools(there), _certain(ends)) == _touch(
                certain_pools(back), _certain(here)
            )

    holds(check, examples, cases(limited=False))


def _opposite(direction: Direction) -> Direction:
    forward = direction is Direction.FORWARD
    return Direction.BACKWARD if forward else Direction.FORWARD


def _touch(a: Iterable[Pool], b: Iterable[Pool]) -> bool:
    return not set(a).isdisjoint(b)


def _certain(nodes: dict[Pool, Node]) -> set[Pool]:
    return {pool for pool, node in nodes.items() if node.certain}


def _some_ends(facts: Sequence[Fact], answer: Closure) -> list[Seed]:
    """Every thing spoken of, anywhere; and every pool reached, by its thing and holder."""
    seeds = {Seed(thing=fact.thing) for fact in facts if fact.thing}
    for pool in nodes_of(answer):
        holder = Holder(pool.party or None, pool.site or None)
        seeds |= {Seed(thing=pool.thing, holder=holder)} if pool.thing else set()
    return sorted(seeds, key=repr)


# Monotony


@at_both_lengths
@on_all_engines
def test_a_longer_window_removes_nothing(closure: Engine, examples: int) -> None:
    def check(case: Case, start: datetime | None, end: datetime | None) -> None:
        facts, question = case
        wider = replace(
            question,
            start=_outer(min, question.start, start),
            end=_outer(max, question.end, end),
        )
        _assert_part(closure(facts, question), closure(facts, wider))

    times = st.one_of(st.none(), hours.map(at))
    holds(check, examples, cases(limited=False), times, times)


def _outer(
    widest: Callable[[datetime, datetime], datetime], a: datetime | None, b: datetime | None
) -> datetime | None:
    return None if a is None or b is None else widest(a, b)


@at_both_lengths
@on_all_engines
def test_more_seeds_remove_nothing(closure: Engine, examples: int) -> None:
    def check(case: Case) -> None:
        facts, question = case
        one = replace(question, seeds=question.seeds[:1])
        _assert_part(closure(facts, one), closure(facts, question))

    holds(check, examples, cases(limited=False))


@at_both_lengths
@on_all_engines
def test_holding_longer_or_staying_shorter_adds_nothing(closure: Engine, examples: int) -> None:
    def check(case: Case) -> None:
        facts, question = case
        free = replace(question, hold_for=0.0, stay_at_most=None, ties=Ties.ALLOWED)
        _assert_part(closure(facts, question), closure(facts, free))

    holds(check, examples, cases(limited=False))


@at_both_lengths
@on_all_engines
def test_holding_a_fact_makes_nothing_certain_and_nothing_impossible(
    closure: Engine, examples: int
) -> None:
    def check(case: Case, number: int) -> None:
        facts, question = case
        if not facts:
            return
        doubted = facts[number % len(facts)].entry
        held = [replace(f, held=True, released_at=None) if f.entry == doubted else f for f in facts]
        before, after = closure(facts, question), closure(held, question)
        assert set(nodes_of(before)) <= set(nodes_of(after))
        assert certain_pools(after) <= certain_pools(before)

    holds(check, examples, cases(limited=False), st.integers(0, 13))


def _assert_part(smaller: Closure, larger: Closure) -> None:
    assert set(smaller.links) <= set(larger.links)
    assert set(nodes_of(smaller)) <= set(nodes_of(larger))
    assert certain_pools(smaller) <= certain_pools(larger)


@at_both_lengths
@on_all_engines
def test_a_limit_of_depth_keeps_exactly_the_nodes_so_near(closure: Engine, examples: int) -> None:
    def check(case: Case, depth: int) -> None:
        facts, question = case
        everything = closure(facts, replace(question, depth=None))
        near = closure(facts, replace(question, depth=depth))
        hops = {pool: node.hops for pool, node in nodes_of(near).items()}
        assert hops == {n.pool: n.hops for n in everything.nodes if n.hops <= depth}
        assert certain_pools(near) <= certain_pools(everything)

    holds(check, examples, cases(limited=False), st.integers(0, 4))


# The record: order, duplicates, positions, times


@at_both_lengths
@on_all_engines
def test_the_order_of_facts_and_facts_given_twice_change_nothing(
    closure: Engine, examples: int
) -> None:
    def check(case: Case) -> None:
        facts, question = case
        answer = closure(facts, question)
        assert closure(facts[::-1], question) == answer
        assert closure([*sorted(facts, key=repr), *facts], question) == answer

    holds(check, examples, cases())


@at_both_lengths
@on_all_engines
def test_an_event_captured_twice_counts_once(closure: Engine, examples: int) -> None:
    def check(case: Case, number: int) -> None:
        facts, question = case
        if not facts:
            return
        entry = facts[number % len(facts)].entry
        again = [replace(f, entry=LATE, capturer="k9") for f in facts if f.entry == entry]
        once, twice = closure(facts, question), closure([*again, *facts], question)
        assert once.nodes == twice.nodes
        assert _unsigned(once.links) == _unsigned(twice.links)
        assert {(e.kind, e.pool) for e in once.open_ends} == {
            (e.kind, e.pool) for e in twice.open_ends
        }
        assert {a.code for a in once.anomalies} == {a.code for a in twice.anomalies}

    holds(check, examples, cases(), st.integers(0, 13))


def _unsigned(links: Sequence[Link]) -> set[Link]:
    return {replace(link, entries=()) for link in links}


@at_both_lengths
@on_all_engines
def test_what_is_recorded_or_happens_later_changes_nothing(closure: Engine, examples: int) -> None:
    def check(case: Case, known: int, as_of: datetime) -> None:
        facts, question = case
        question = replace(question, known_at=known, as_of=as_of)
        until = [f for f in facts if f.position <= known and may_precede(f.when.lo, as_of)]
        left = [f for f in until if f.withdrawn_at is None or f.withdrawn_at > known]
        assert closure(facts, question) == closure(left, question)

    holds(check, examples, cases(), st.integers(1, 16), hours.map(at))


# Completeness


@at_both_lengths
@on_all_engines
def test_every_input_of_every_ancestor_making_is_there(closure: Engine, examples: int) -> None:
    def check(case: Case) -> None:
        facts, question = case
        question = replace(unlimited(question), direction=Direction.BACKWARD)
        answer = closure(facts, question)
        flows = {pool.container for pool in nodes_of(answer) if not pool.thing}
        inputs = {
            (link.source.thing, link.target.container)
            for link in answer.links
            if link.kind is LinkKind.INPUT
        }
        assert {
            (fact.thing, fact.flow)
            for fact in facts
            if fact.kind is FactKind.BECAME
            and fact.side is Side.INPUT
            and fact.flow in flows
            and fact.quantity != 0
            and fact.withdrawn_at is None
        } <= inputs

    holds(check, examples, cases(without=(FactKind.RECODED,)))


@at_both_lengths
@on_all_engines
def test_every_output_and_every_later_holder_is_there(closure: Engine, examples: int) -> None:
    def check(case: Case) -> None:
        facts, question = case
        question = replace(unlimited(question), direction=Direction.FORWARD)
        answer = closure(facts, question)
        pools = set(nodes_of(answer))
        seeds = set(seed_nodes(closure, facts, question))
        for fact in facts:
            ends = _said_ends(fact) if fact.withdrawn_at is None else None
            if ends is not None and _may_leave(ends[0], fact, answer, seeds):
                assert ends[1] in pools

    holds(check, examples, cases(without=(FactKind.RECODED,)))


def _said_ends(fact: Fact) -> tuple[Pool, Pool] | None:
    """From where to where this one line says that something went, if it says both in full."""
    if fact.kind is FactKind.BECAME and fact.side is Side.OUTPUT and fact.after is not None:
        return (
            (Pool("", container=fact.flow or ""), _pool(fact.thing, fact.after))
            if (fact.after.known)
            else None
        )
    if fact.kind is not FactKind.MOVED or fact.side is not Side.BOTH:
        return None
    if not (fact.before and fact.before.known and fact.after and fact.after.known):
        return None
    return _pool(fact.thing, fact.before), _pool(fact.thing, fact.after)


def _pool(thing: str, holder: Holder) -> Pool:
    return Pool(thing, holder.party or "", holder.site or "")


def _may_leave(source: Pool, fact: Fact, answer: Closure, seeds: set[Pool]) -> bool:
    came = [link.arrival.lo for link in answer.links if link.target == source]
    if source.thing:
        return source in seeds or any(may_precede(lo, fact.when.hi) for lo in came)
    return bool(came)


# What is not reached


@at_both_lengths
@on_all_engines
def test_without_mixing_a_thing_reaches_no_neighbour_and_no_sibling(
    closure: Engine, examples: int
) -> None:
    def check(case: Case) -> None:
        facts, question = case
        thing = question.seeds[0].thing
        assume(thing not in LOTS and all(fact.parent != thing for fact in facts))
        question = replace(question, seeds=question.seeds[:1])
        lots = {fact.lot for fact in facts if fact.thing == thing and fact.lot}
        forward = closure(facts, replace(question, direction=Direction.FORWARD))
        backward = closure(facts, replace(question, direction=Direction.BACKWARD))
        assert {pool.thing for pool in nodes_of(forward)} <= {thing}
        assert {pool.thing for pool in nodes_of(backward)} <= {thing, *lots}

    holds(check, examples, cases(without=MIXING))


@at_both_lengths
@on_all_engines
def test_things_meet_only_in_makings_in_assemblies_and_in_their_lot(
    closure: Engine, examples: int
) -> None:
    mixing = {LinkKind.INPUT, LinkKind.OUTPUT, LinkKind.COMPONENT, LinkKind.BELONGS}

    def check(case: Case) -> None:
        for link in closure(*case).links:
            assert link.kind in mixing or link.source.thing == link.target.thing
            if link.kind is LinkKind.BELONGS:
                lots = {fact.lot for fact in case[0]}
                assert link.source.thing in lots

    holds(check, examples, cases(without=(FactKind.RECODED,)))

"""What knowing a vessel's rule would take off: on random stories whose truth keeps to the rule."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from histories import record
from hypothesis import given
from hypothesis import strategies as st
from worked import A, B, C, D, ended, history, kilos, made, moved, when

from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder
from suyuan.trace.closure import examine
from suyuan.trace.narrowing import Narrowed, narrowed
from suyuan.trace.scope import onward, scope
from suyuan.trace.types import Direction, Question, Rotation, Scope, Seed, VesselRule

LOT = "lot1"
ZERO = Decimal(0)
ROTATIONS = (Rotation.FIFO, Rotation.LIFO)
Queue = list[tuple[int, bool]]
"""Kilos, each with the hour at which it came and whether it is of the material asked about."""


def asked(*rules: VesselRule) -> Question:
    seeds = (Seed(thing=LOT, holder=A),)
    return Question(seeds=seeds, direction=Direction.FORWARD, vessels=rules)


def told(facts: list[Fact], *rules: VesselRule) -> Narrowed:
    question = onward(asked(*rules))
    return narrowed(examine(facts, question), question)


def most(found: Scope) -> Decimal:
    """The limits of what lies anywhere, or was sold, added up, by rules where any is stated."""
    parts = [part for line in found.lines for part in (line.stock, line.ended)]
    return sum(((part.stated or part.material).most or ZERO for part in parts), ZERO)


def drawn(queue: Queue, amount: int, rotation: Rotation) -> Queue:
    at = 0 if rotation is Rotation.FIFO else -1
    return [queue.pop(at) for _ in range(amount)]


def story(random: Random, rotation: Rotation, length: int) -> tuple[list[Fact], int]:
    """A and B send to C, who sends on to D and sells, by the rule; how much of A's there truly is.

    That is of all that lies or was sold at C and D: what A kept is not in it.
    """
    events = [made(LOT, A, 0, **kilos(12)), made(LOT, B, 0, **kilos(12))]
    stocks: dict[Holder, Queue] = {C: [], D: []}
    left, gone = {A: 12, B: 12}, 0
    for hour in range(1, length + 1):
        if stocks[C] and random.random() < 0.5:
            amount = random.randint(1, len(stocks[C]))
            some = drawn(stocks[C], amount, rotation)
            if random.random() < 0.4:
                line = {"kind": FactKind.ENDED, "thing": LOT, "before": C, "when": when(hour)}
                events.append((line | kilos(amount),))
                gone += sum(of_it for _, of_it in some)
            else:
                events.append(moved(LOT, C, D, when(hour), **kilos(amount)))
                stocks[D] += some
            continue
        giver = random.choice([A, B])
        if not left[giver]:
            continue
        amount = random.randint(1, min(4, left[giver]))
        left[giver] -= amount
        events.append(moved(LOT, giver, C, when(hour), **kilos(amount)))
        stocks[C] += [(hour, giver is A)] * amount
    there = sum(of_it for queue in stocks.values() for _, of_it in queue)
    return record(events), left[A] + there + gone


@given(st.randoms(use_true_random=False), st.sampled_from(ROTATIONS), st.integers(3, 14))
def test_what_is_left_contains_the_truth_and_is_within_what_was_before(
    random: Random, rotation: Rotation, length: int
) -> None:
    facts, truly = story(random, rotation, length)
    found = told(facts)
    plain = scope(facts, asked())
    for each in found.best:
        ruled = scope(facts, asked(each.rule))
        assert each.takes_off > 0
        assert each.limits == most(plain)
        assert each.limits - each.takes_off == most(ruled)
        assert truly <= each.most <= 12  # so much was made of what is asked about
        for line, other in zip(plain.lines, ruled.lines, strict=True):
            for name in ("came", "sent", "ended", "stock"):
                bound, part = getattr(line, name).material, getattr(other, name)
                assert part.material == bound
                if part.stated is not None:
                    assert bound.least <= part.stated.least
                    assert bound.most is None or (part.stated.most or ZERO) <= bound.most
        if each.rule.rotation is rotation:
            assert most(ruled) >= truly
    assert [each.takes_off for each in found.best] == sorted(
        (each.takes_off for each in found.best), reverse=True
    )


@given(st.randoms(use_true_random=False), st.sampled_from(ROTATIONS), st.integers(3, 14))
def test_every_rule_of_the_vessel_that_takes_something_off_is_told(
    random: Random, rotation: Rotation, length: int
) -> None:
    facts, _ = story(random, rotation, length)
    found = {each.rule.rotation: each.takes_off for each in told(facts).best if not each.rule.apart}
    before = most(scope(facts, asked()))
    for each in (Rotation.FIFO, Rotation.LIFO, Rotation.MIX):
        rule = VesselRule(vessel=C.site or "", rotation=each, source="SOP")
        off = before - most(scope(facts, asked(rule)))
        assert found.get(each, ZERO) == off


def simple() -> list[Fact]:
    """Three kilos of A's came to C before six of B's; then C sent D six."""
    return history(
        made(LOT, A, 0, **kilos(3)), made(LOT, B, 0, **kilos(6)),
        moved(LOT, A, C, 1, **kilos(3)), moved(LOT, B, C, 2, **kilos(6)),
        moved(LOT, C, D, 3, **kilos(6)),
    )  # fmt: skip


def test_each_rule_says_how_much_it_takes_off_and_the_best_stands_first() -> None:
    found = told(simple())
    assert (found.tried, found.untried, found.inexact) == (1, 0, 0)
    offs = {(e.rule.rotation, e.rule.apart): e.takes_off for e in found.best}
    # by the record alone D may have all three, and C may still have all three, but not both
    assert {(e.limits, e.most) for e in found.best} == {(Decimal(6), Decimal(3))}
    assert offs[Rotation.FIFO, False] == 3
    assert offs[Rotation.LIFO, False] == 3
    assert offs[Rotation.MIX, False] == 3
    assert offs[Rotation.UNKNOWN, True] == 3
    assert {(e.party, e.site, e.unit) for e in found.best} == {(C.party, C.site, "kg")}


def test_a_rule_that_the_log_contradicts_narrows_nothing() -> None:
    """Six hundred of the first, so 1,500 are of the second; 700 are left of neither."""
    shops = [Holder(f"shop{n}", f"shop{n}") for n in range(3)]
    facts = history(
        made(LOT, A, 0, **kilos(1000)), made(LOT, B, 0, **kilos(2000)),
        moved(LOT, A, C, 1, **kilos(1000)), moved(LOT, C, shops[0], 2, **kilos(600)),
        moved(LOT, B, C, 3, **kilos(2000)), moved(LOT, C, shops[1], 4, **kilos(1500)),
        moved(LOT, C, shops[2], 5, **kilos(700)),
    )  # fmt: skip
    found = {(each.rule.rotation, each.rule.apart) for each in told(facts).best}
    assert (Rotation.FIFO, False) in found
    assert not any(apart for _, apart in found)


def test_a_vessel_of_which_a_rule_is_stated_is_not_asked_about() -> None:
    rule = VesselRule(vessel=C.site or "", rotation=Rotation.FIFO, source="SOP")
    found = told(simple(), rule)
    assert (found.best, found.tried) == ((), 0)


def test_a_log_that_lacks_a_time_is_counted_and_not_guessed() -> None:
    unsure = Span(when(2).lo, when(5).hi)
    facts = history(
        made(LOT, A, 0, **kilos(3)), made(LOT, B, 0, **kilos(6)),
        moved(LOT, A, C, 1, **kilos(3)), moved(LOT, B, C, unsure, **kilos(6)),
        moved(LOT, C, D, 3, **kilos(6)),
    )  # fmt: skip
    found = told(facts)
    assert (found.best, found.tried, found.inexact) == ((), 0, 1)


def test_what_did_not_mix_asks_for_nothing() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(3)), moved(LOT, A, C, 1, **kilos(3)), ended(LOT, C, 2, **kilos(1))
    )
    found = told(facts)
    assert (found.best, found.tried, found.inexact) == ((), 0, 0)


def test_an_emptying_between_two_days_takes_off_what_was_there_before() -> None:
    facts = history(
        made(LOT, A, 0, **kilos(3)), made(LOT, B, 0, **kilos(7)),
        moved(LOT, A, C, 1, **kilos(3)), moved(LOT, B, C, 2, **kilos(1)),
        moved(LOT, B, C, 24 * 5, **kilos(6)), moved(LOT, C, D, 24 * 6, **kilos(6)),
    )  # fmt: skip
    (emptied,) = (each for each in told(facts).best if each.rule.emptied)
    (day,) = emptied.rule.emptied
    assert isinstance(day, date)
    assert emptied.takes_off == most(scope(facts, asked())) - most(
        scope(facts, asked(emptied.rule))
    )
    assert emptied.takes_off == 6


def test_more_vessels_than_there_is_work_for_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suyuan.trace.narrowing._MOST_WORK", 1)
    found = told(simple())
    assert (found.best, found.tried, found.untried) == ((), 0, 1)

"""Bounds of one vessel against every way of drawing, and its assumptions inside the bounds."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.trace.types import Extent
from suyuan.trace.vessel import (
    Entry,
    Log,
    Turn,
    evenly_mixed,
    first_in_first_out,
    last_in_first_out,
    most,
    with_unrecorded,
)

amounts = st.integers(0, 4).map(Decimal)
entries = st.one_of(
    st.builds(Entry, st.just(Turn.IN), st.sampled_from(("a", "b", "c")), amounts),
    st.builds(Entry, st.just(Turn.OUT), st.sampled_from(("x", "y", "z")), amounts),
    st.builds(Entry, st.just(Turn.CLEAN)),
)
logs = st.lists(entries, max_size=9)
inflows = st.sets(st.sampled_from(("a", "b", "c")))
outflows = st.sets(st.sampled_from(("x", "y", "z")))


def extent(log: Log, wanted: set[str], asked: set[str]) -> Extent:
    """What the outflows carry less the most of all else; and the most."""
    drawn = sum((e.amount for e in log if e.turn is Turn.OUT and e.name in asked), Decimal(0))
    others = {e.name for e in log if e.turn is Turn.IN} - wanted
    return Extent(drawn - most(log, others, asked), most(log, wanted, asked))


def every_way(log: Log, wanted: set[str], asked: set[str]) -> set[Decimal]:
    """All amounts of the wanted that can be in the outflows, unit by unit, by trying each."""
    states = {(Decimal(0), Decimal(0), Decimal(0))}  # of it, else, found
    for entry in with_unrecorded(log):
        if entry.turn is Turn.CLEAN:
            states = {(Decimal(0), Decimal(0), found) for _, _, found in states}
        elif entry.turn is Turn.IN:
            more = (entry.amount, 0) if entry.name in wanted else (0, entry.amount)
            states = {(a + more[0], b + more[1], found) for a, b, found in states}
        else:
            states = {
                (a - take, b - entry.amount + take, found + (take if entry.name in asked else 0))
                for a, b, found in states
                for take in map(Decimal, range(int(min(a, entry.amount)) + 1))
                if entry.amount - take <= b
            }
    return {found for _, _, found in states}


@given(logs, inflows, outflows)
def test_the_bounds_are_the_least_and_the_most_of_all_ways_of_drawing(
    log: list[Entry], wanted: set[str], asked: set[str]
) -> None:
    found = extent(log, wanted, asked)
    assert found.most == max(every_way(log, {*wanted, ""}, asked))
    assert found.least == min(every_way(log, wanted, asked))


@given(logs, inflows)
def test_every_assumption_lies_within_the_bounds_and_shares_out_what_there_is(
    log: list[Entry], wanted: set[str]
) -> None:
    for assumed in (first_in_first_out, last_in_first_out, evenly_mixed):
        shares = assumed(log, wanted)
        for name, share in shares.items():
            bounds = extent(log, wanted, {name})
            assert bounds.most is not None
            assert bounds.least - Decimal("1e-20") <= share <= bounds.most + Decimal("1e-20")
        whole = extent(log, wanted, set(shares))
        assert whole.most is not None
        assert sum(shares.values()) <= whole.most + Decimal("1e-20")


def test_what_was_cleaned_out_is_in_nothing_later() -> None:
    log = [
        Entry(Turn.IN, "bad", Decimal(5)),
        Entry(Turn.CLEAN),
        Entry(Turn.IN, "good", Decimal(5)),
        Entry(Turn.OUT, "x", Decimal(3)),
    ]
    assert extent(log, {"bad"}, {"x"}) == Extent(Decimal(0), Decimal(0))


def test_bounds_of_a_set_are_less_than_the_sum_of_single_bounds() -> None:
    log = [
        Entry(Turn.IN, "bad", Decimal(2)),
        Entry(Turn.IN, "good", Decimal(8)),
        Entry(Turn.OUT, "x", Decimal(5)),
        Entry(Turn.OUT, "y", Decimal(5)),
    ]
    assert extent(log, {"bad"}, {"x"}).most == extent(log, {"bad"}, {"y"}).most == 2
    assert extent(log, {"bad"}, {"x", "y"}) == Extent(Decimal(2), Decimal(2))


@pytest.mark.shared
def test_the_published_histories_of_vessels_are_bounded_exactly(shared_data: Path) -> None:
    folder = shared_data / "tracing" / "commingling"
    given_, expected = (
        json.loads((folder / name).read_text(), parse_float=Decimal)
        for name in ("instances.json", "reference.json")
    )
    for instance, reference in zip(given_, expected, strict=True):
        log = [
            Entry(Turn(e["kind"]), e.get("id", ""), Decimal(e.get("qty", 0)))
            for e in instance["events"]
        ]
        wanted = {instance["contaminated_input"]}
        names = reference["outputs"]
        assert [extent(log, wanted, {n}).least for n in names] == pytest.approx(reference["lower"])
        assert [extent(log, wanted, {n}).most for n in names] == pytest.approx(reference["upper"])
        for assumed, said in (
            (first_in_first_out, "fifo"),
            (last_in_first_out, "lifo"),
            (evenly_mixed, "perfect_mix"),
        ):
            shares = assumed(log, wanted)
            found = [float(shares[name]) for name in names]
            assert found == pytest.approx([float(x) for x in reference[said]], abs=1e-5)

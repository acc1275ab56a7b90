"""Ways of contact: the reference's distances, and days and steps of a plain search."""

import csv
import gzip
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from engines import at_both_lengths, holds
from hypothesis import strategies as st

from suyuan.network.chains import Moves
from suyuan.trace.contact_ways import Ways, contact_ways

Move = tuple[str, str, date]

DATA = Path(__file__).resolve().parents[3] / "shared/data/tracing/epicontacttrace"
BEGIN = date(2026, 3, 1)
END = BEGIN + timedelta(9)
HERDS = ("a", "b", "c", "d", "e")

days = st.integers(0, 9).map(lambda n: BEGIN + timedelta(n))
moves = st.tuples(st.sampled_from(HERDS), st.sampled_from(HERDS), days)


def ways(made: list[Move], root: str, begin: date = BEGIN, end: date = END) -> tuple[Ways, Ways]:
    names = list(dict.fromkeys(name for move in made for name in move[:2]))
    number = {name: place for place, name in enumerate(names)}
    ends = (np.array([number[move[side]] for move in made], np.int32) for side in (0, 1))
    told = np.array([move[2].toordinal() for move in made], np.int64)
    window = (begin, end)
    return contact_ways(names, Moves(*ends, told), root, window_in=window, window_out=window)


def walked(made: list[Move], root: str) -> dict[str, tuple[int, date]]:
    """Of each contact the fewest moves and the first day: every way tried, move by move."""
    states = {(root, BEGIN)}
    found: dict[str, tuple[int, date]] = {}
    for hops in range(1, len(HERDS) * 10):
        states = {
            (target, day)
            for here, since in states
            for source, target, day in made
            if source == here and day >= since
        }
        for herd, day in states:
            least, first = found.get(herd, (hops, day))
            found[herd] = (least, min(first, day))
    found.pop(root, None)
    return found


def mirrored(made: list[Move]) -> list[Move]:
    """The same moves run backward, the last day first."""
    return [(target, source, BEGIN + (END - day)) for source, target, day in made]


@at_both_lengths
def test_moves_and_days_equal_a_plain_search(examples: int) -> None:
    def check(made: list[Move]) -> None:
        came, went = ways(made, "a")
        assert {e.name: (e.moves, e.day) for e in went.contacts} == walked(made, "a")
        back = {name: (hops, BEGIN + (END - day)) for name, (hops, day)
                in walked(mirrored(made), "a").items()}  # fmt: skip
        assert {e.name: (e.moves, e.day) for e in came.contacts} == back
        assert [e.moves for e in went.contacts] == sorted(e.moves for e in went.contacts)

    holds(check, examples, st.lists(moves, max_size=12))


@at_both_lengths
def test_steps_lead_outward_to_every_contact_by_moves_that_were_made(examples: int) -> None:
    def check(made: list[Move]) -> None:
        for side, pairs in zip(
            ways(made, "a"), ({(t, s) for s, t, _ in made}, {(s, t) for s, t, _ in made}),
            strict=True,
        ):  # fmt: skip
            hops = {"a": 0} | {each.name: each.moves for each in side.contacts}
            assert set(side.steps) <= pairs
            assert all(hops[near] < hops[far] for near, far in side.steps)
            assert {far for _, far in side.steps} == hops.keys() - {"a"}

    holds(check, examples, st.lists(moves, max_size=12))


def test_a_step_that_came_too_late_is_none() -> None:
    made = [("a", "b", BEGIN + timedelta(3)), ("b", "c", BEGIN), ("b", "d", BEGIN + timedelta(3))]
    _, went = ways(made, "a")
    assert went.steps == (("a", "b"), ("b", "d"))
    assert went.within == 3


def test_whom_no_move_names_has_no_contacts() -> None:
    came, went = ways([("a", "b", BEGIN)], "nobody")
    assert (came.contacts, went.contacts, went.within) == ((), (), 1)


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.mark.shared
def test_the_reference_has_the_same_distances() -> None:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there")
    made = [
        (row["source"], row["destination"], date.fromisoformat(row["t"]))
        for row in rows(DATA / "transfers.csv.gz")
    ]
    summary = next(rows(DATA / "network_summary_w2_even_roots.csv.gz"))
    begin, end = (date.fromisoformat(summary[name]) for name in ("inBegin", "inEnd"))
    expected: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows(DATA / "shortest_paths_w2_even_roots.csv.gz"):
        both = expected.setdefault(row["root"], {"in": {}, "out": {}})
        both[row["direction"]][row["node"]] = int(row["distance"])
    for root in list(expected)[:10]:
        came, went = ways(made, root, begin, end)
        assert {each.name: each.moves for each in came.contacts} == expected[root]["in"]
        assert {each.name: each.moves for each in went.contacts} == expected[root]["out"]
    assert len(expected) > 10

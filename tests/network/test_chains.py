"""All roots at once, against a search for each root, and against the reference on real sizes."""

import csv
import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walking_links import walked

from suyuan.network.chains import Moves, degrees, reached
from suyuan.network.kernels import available
from suyuan.network.reach import Rules, Way

NODES = 70  # more than a word of bits
few = st.integers(0, 9)
moved = st.lists(st.tuples(few, few, st.integers(0, 4)), max_size=30)
loops = pytest.mark.parametrize("kernels", available())


def moves(made: list[tuple[int, int, int]]) -> Moves:
    s, t, d = zip(*made, strict=True) if made else ((), (), ())
    return Moves(np.array(s, np.int32), np.array(t, np.int32), np.array(d, np.int64))


@loops
@given(moved, st.permutations(range(NODES)), st.integers(0, 4), st.sampled_from([1, 1 << 20]))
def test_every_root_reaches_what_a_search_from_it_reaches(
    kernels: str, made: list[tuple[int, int, int]], roots: list[int], begin: int, room: int
) -> None:
    links = [(s, t, day, day) for s, t, day in made]
    window = moves(made).within(begin, 4)
    asked = np.array(roots, np.int64)
    for way, some in ((Way.FORWARD, window), (Way.BACKWARD, window.against())):
        found = reached(NODES, some, asked, kernels=kernels, room=room)
        rules = Rules(start=begin, end=4)
        expected = [len(walked(links, {root}, way, rules)) - 1 for root in roots[:12]]
        assert found[:12].tolist() == expected


@given(moved)
def test_a_degree_counts_others_once(made: list[tuple[int, int, int]]) -> None:
    expected = [len({t for s, t, _ in made if s == node and t != node}) for node in range(NODES)]
    assert degrees(NODES, moves(made)).tolist() == expected


@loops
def test_a_day_as_long_as_its_chain_comes_to_an_end(kernels: str) -> None:
    length = 3_000
    made = [(n, n + 1, 1) for n in reversed(range(length))]
    roots = np.array([0, length])
    assert reached(length + 1, moves(made), roots, kernels=kernels).tolist() == [length, 0]
    round_trip = moves([*made, (length, 0, 1)])
    assert reached(length + 1, round_trip, roots, kernels=kernels).tolist() == [length, length]


@loops
def test_no_moves_and_no_roots_give_nothing(kernels: str) -> None:
    nothing = moves([])
    assert reached(3, nothing, np.arange(3), kernels=kernels).tolist() == [0, 0, 0]
    assert reached(3, nothing, np.arange(0), kernels=kernels).tolist() == []
    assert degrees(0, nothing).tolist() == []


@pytest.mark.shared
@loops
def test_chains_of_the_herds_equal_the_reference(kernels: str, shared_data: Path) -> None:
    folder = shared_data / "tracing" / "sise3"
    with gzip.open(folder / "transfers.csv.gz", "rt", encoding="utf-8") as lines:
        rows = [(int(r["node"]), int(r["dest"]), int(r["time"])) for r in csv.DictReader(lines)]
    first = date(2005, 1, 1).toordinal() - 1  # day 1 is the first of January
    every = moves([(s, t, first + day) for s, t, day in rows])
    for reference in sorted(folder.glob("network_summary_*_even_roots.csv")):
        asked = list(csv.DictReader(reference.read_text("utf-8").splitlines()))
        roots = np.array([int(row["root"]) for row in asked])
        nodes = int(roots.max()) + 2000
        days = {k: date.fromisoformat(v).toordinal() for k, v in asked[0].items() if v[4:5] == "-"}
        came = every.within(days["inBegin"], days["inEnd"]).against()
        went = every.within(days["outBegin"], days["outEnd"])
        for some, degree, chain in (
            (came, "inDegree", "ingoingContactChain"),
            (went, "outDegree", "outgoingContactChain"),
        ):
            assert degrees(nodes, some)[roots].tolist() == [int(row[degree]) for row in asked]
            found = reached(nodes, some, roots, kernels=kernels)
            assert found.tolist() == [int(row[chain]) for row in asked]
        assert len(asked) > 500

"""Contact chains against the references of EpiContactTrace, and against plain search."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from engines import at_both_lengths, holds
from hypothesis import strategies as st
from msgspec.structs import replace

from suyuan.network.chains import Moves
from suyuan.trace import contacts as contact_chains
from suyuan.trace.contact_types import Contacts, Supposed
from suyuan.trace.resting import Rest

Move = tuple[str, str, date]

DATA = Path(__file__).resolve().parents[3] / "shared/data/tracing/epicontacttrace"
BEGIN = date(2026, 3, 1)
HERDS = ("a", "b", "c", "d", "e")
TEN_DAYS = {"window_in": (BEGIN, BEGIN + timedelta(9)), "window_out": (BEGIN, BEGIN + timedelta(9))}

days = st.integers(0, 9).map(lambda n: BEGIN + timedelta(n))
moves = st.tuples(st.sampled_from(HERDS), st.sampled_from(HERDS), days)


def contacts(
    made: list[Move],
    roots: Sequence[str],
    *,
    distances: bool = False,
    supposed: Supposed | None = None,
    rest: Rest = Rest(),  # noqa: B008 -- frozen
    **windows: tuple[date, date],
) -> list[Contacts]:
    names = list(dict.fromkeys(name for move in made for name in move[:2]))
    number = {name: place for place, name in enumerate(names)}
    ends = (np.array([number[move[end]] for move in made], np.int32) for end in (0, 1))
    days_ = np.array([move[2].toordinal() for move in made], np.int64)
    would_be = supposed or Supposed()
    return contact_chains(
        names,
        Moves(*ends, days_),
        roots,
        distances=distances,
        supposed=would_be,
        rest=rest,
        **windows,
    )


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def transfers() -> list[Move]:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there")
    return [
        (row["source"], row["destination"], date.fromisoformat(row["t"]))
        for row in rows(DATA / "transfers.csv.gz")
    ]


@pytest.mark.shared
@pytest.mark.parametrize("window", ["w1", "w2", "w3"])
def test_degrees_and_chains_equal_the_reference(window: str) -> None:
    made = transfers()
    expected = list(rows(DATA / f"network_summary_{window}_even_roots.csv.gz"))
    asked = {
        (row["inBegin"], row["inEnd"], row["outBegin"], row["outEnd"]): None for row in expected
    }
    ((in_begin, in_end, out_begin, out_end),) = asked
    found = contacts(
        made,
        [row["root"] for row in expected],
        window_in=(date.fromisoformat(in_begin), date.fromisoformat(in_end)),
        window_out=(date.fromisoformat(out_begin), date.fromisoformat(out_end)),
    )
    assert [
        (c.in_degree, c.out_degree, c.ingoing_contact_chain, c.outgoing_contact_chain)
        for c in found
    ] == [
        (
            int(row["inDegree"]),
            int(row["outDegree"]),
            int(row["ingoingContactChain"]),
            int(row["outgoingContactChain"]),
        )
        for row in expected
    ]
    assert len(expected) > 1000


@pytest.mark.shared
@pytest.mark.parametrize("window", ["w1", "w2", "w3"])
def test_hop_distances_equal_the_reference(window: str) -> None:
    made = transfers()
    summary = next(rows(DATA / f"network_summary_{window}_even_roots.csv.gz"))
    days_ = date.fromisoformat(summary["inBegin"]), date.fromisoformat(summary["inEnd"])
    expected: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows(DATA / f"shortest_paths_{window}_even_roots.csv.gz"):
        ways = expected.setdefault(row["root"], {"in": {}, "out": {}})
        ways[row["direction"]][row["node"]] = int(row["distance"])
    found = contacts(made, list(expected), window_in=days_, window_out=days_, distances=True)
    assert {one.root: {"in": one.ingoing, "out": one.outgoing} for one in found} == expected
    assert len(expected) > 100


@pytest.mark.shared
@pytest.mark.parametrize("window", ["w1", "w2", "w3"])
def test_every_move_that_the_reference_traced_leads_to_a_contact_as_near(window: str) -> None:
    """It names the moves of a chain and how far each leads: to a contact the least is its hops."""
    made, summary = transfers(), next(rows(DATA / f"network_summary_{window}_even_roots.csv.gz"))
    days_ = date.fromisoformat(summary["inBegin"]), date.fromisoformat(summary["inEnd"])
    nearest: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows(DATA / f"trace_{window}_even_roots.csv.gz"):
        source, destination, _ = made[int(row["row"]) - 1]
        far = destination if row["direction"] == "out" else source
        ways = nearest.setdefault(row["root"], {"in": {}, "out": {}})[row["direction"]]
        ways[far] = min(int(row["min_distance"]), ways.get(far, len(made)))
    found = contacts(made, list(nearest), window_in=days_, window_out=days_, distances=True)
    for one in found:
        for way, contacts_ in (("in", one.ingoing), ("out", one.outgoing)):
            traced = {name: far for name, far in nearest[one.root][way].items() if name != one.root}
            assert traced == contacts_, (one.root, way)
    assert len(found) > 100


def reached(made: list[Move], root: str, *, outgoing: bool) -> set[str]:
    """By walking: every (holder, day of arrival) once, moves tried one by one."""
    begin = BEGIN if outgoing else BEGIN + timedelta(9)
    seen, waiting = {(root, begin)}, [(root, begin)]
    while waiting:
        here, since = waiting.pop()
        for source, target, day in made:
            near, far = (source, target) if outgoing else (target, source)
            in_time = day >= since if outgoing else day <= since
            if near == here and in_time and (far, day) not in seen:
                seen.add((far, day))
                waiting.append((far, day))
    return {holder for holder, _ in seen} - {root}


@at_both_lengths
def test_contacts_equal_a_plain_search(examples: int) -> None:
    def check(made: list[Move]) -> None:
        found = contacts(made, HERDS, **TEN_DAYS)
        assert all(each.certain == each.possible for each in found)
        assert [replace(each, certain=None, possible=None) for each in found] == [
            Contacts(
                root=herd,
                in_degree=len({s for s, t, _ in made if t == herd} - {herd}),
                out_degree=len({t for s, t, _ in made if s == herd} - {herd}),
                ingoing_contact_chain=len(reached(made, herd, outgoing=False)),
                outgoing_contact_chain=len(reached(made, herd, outgoing=True)),
            )
            for herd in HERDS
        ]

    holds(check, 3 * examples, st.lists(moves, max_size=12))


def test_equal_days_continue_a_chain_and_earlier_ones_do_not() -> None:
    made = [("a", "b", BEGIN), ("b", "c", BEGIN), ("c", "d", BEGIN - timedelta(1))]
    window = TEN_DAYS | {"window_out": (BEGIN - timedelta(2), BEGIN + timedelta(9))}
    (found,) = contacts(made, ["a"], **window)
    assert (found.out_degree, found.outgoing_contact_chain) == (1, 2)


def test_a_root_asked_twice_is_answered_twice() -> None:
    made = [("a", "b", BEGIN)]
    one, two = contacts(made, ["a", "a"], **TEN_DAYS)
    assert one == two
    assert one.outgoing_contact_chain == 1


def test_an_unknown_root_has_no_contacts() -> None:
    (found,) = contacts([("a", "b", BEGIN)], ["z"], **TEN_DAYS)
    assert (found.in_degree, found.outgoing_contact_chain) == (0, 0)


@pytest.mark.timed(
    "seconds, where sets of all roots for all of them would take the better part of an hour"
)
def test_a_million_roots_that_nobody_knows_cost_no_more_than_their_names() -> None:
    made = [("a", "b", BEGIN), ("b", "a", BEGIN), ("a", "a", BEGIN)]
    roots = [f"z{number}" for number in range(1_000_000)]
    begun = perf_counter()
    first, *others, last = contacts(made, ["a", *roots, "b"], distances=True, **TEN_DAYS)
    assert perf_counter() - begun < 60
    assert (first.outgoing, last.ingoing) == ({"b": 1}, {"a": 1})
    assert [each.root for each in others] == roots
    assert not any(each.outgoing_contact_chain or each.in_degree for each in others)
    assert (others[0].ingoing, others[0].outgoing) == ({}, {})

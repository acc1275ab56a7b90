"""Sites that are asked about as one, as those of a party: the contacts of any, in every reading."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

import numpy as np
from engines import at_both_lengths, holds
from hypothesis import strategies as st

from suyuan.network.chains import Moves
from suyuan.network.ties import Ties
from suyuan.trace import contacts
from suyuan.trace.contact_chains import A_DAY, Doubts
from suyuan.trace.contact_types import Closing, Contacts, Joined, Passing, Reading, Supposed
from suyuan.trace.contact_ways import contact_ways
from suyuan.trace.joining import joined
from suyuan.trace.resting import Rest

BEGIN = date(2026, 3, 1)
WINDOWS = {
    "window_in": (BEGIN, BEGIN + timedelta(9)),
    "window_out": (BEGIN, BEGIN + timedelta(9)),
}
HERDS = ("a", "b", "c", "d", "e")
PARTY = "party"


class Move(NamedTuple):
    source: int
    target: int
    first: int
    left: int
    came: int
    held: bool


moves = st.builds(
    lambda source, target, first, left, came, held: Move(
        source, target, first, first + left, first + left + came, held
    ),
    *(st.integers(0, 4) for _ in range(2)), st.integers(-1, 9),
    *(st.sampled_from((0, 0, 1, 3)) for _ in range(2)), st.sampled_from((False, False, True)),
)  # fmt: skip
rests = st.builds(
    lambda hold, stay, ties: Rest(
        hold_for=hold * A_DAY, stay_at_most=None if stay is None else (hold + stay) * A_DAY,
        ties=ties,
    ),
    st.sampled_from((0, 0, 1)), st.sampled_from((None, None, 2)), st.sampled_from(Ties),
)  # fmt: skip
members = st.sets(st.sampled_from(HERDS), min_size=1)


def columns(made: list[Move]) -> tuple[Moves, Doubts]:
    zero = BEGIN.toordinal()
    source, target = (np.array([move[end] for move in made], np.int32) for end in (0, 1))
    days = (np.array([move[at] + zero for move in made], np.int64) for at in (2, 3, 4))
    first, left, came = days
    held = np.array([move.held for move in made], np.bool_)
    return Moves(source, target, first), Doubts(left, came, held)


def asked(made: list[Move], own: set[str] | None, rest: Rest, supposed: Supposed) -> list[Contacts]:
    between, doubts = columns(made)
    one = None if own is None else Joined(PARTY, tuple(sorted(own)))
    roots = HERDS if one is None else (one.name,)
    return contacts(
        HERDS, between, roots, doubts=doubts, rest=rest, distances=True, supposed=supposed,
        joined=() if one is None else (one,), **WINDOWS,
    )  # fmt: skip


def nearest(of: list[Mapping[str, int] | None], own: set[str]) -> dict[str, int]:
    """Who is a contact of any of them, by the fewest moves, and is none of them."""
    found: dict[str, int] = {}
    for name, hops in chain.from_iterable((each or {}).items() for each in of):
        if name not in own:
            found[name] = min(hops, found.get(name, hops))
    return found


@at_both_lengths
def test_what_is_one_has_the_contacts_of_any_of_its_sites(examples: int) -> None:
    def check(made: list[Move], own: set[str], rest: Rest, closed: str) -> None:
        supposed = Supposed(closings=(Closing(source=closed, target=closed, either=True),))
        (told,) = asked(made, own, rest, supposed)
        each = [one for one in asked(made, None, rest, supposed) if one.root in own]
        for reading in ("", "certain", "possible"):
            whole: Contacts | Reading | None = getattr(told, reading) if reading else told
            parts = [getattr(one, reading) if reading else one for one in each]
            assert whole is not None
            for way, degree, size in (
                ("ingoing", "in_degree", "ingoing_contact_chain"),
                ("outgoing", "out_degree", "outgoing_contact_chain"),
            ):
                expected = nearest([getattr(one, way) for one in parts], own)
                assert getattr(whole, way) == expected, (reading, way)
                assert getattr(whole, size) == len(expected)
                assert getattr(whole, degree) == sum(hops == 1 for hops in expected.values())
        assert told.without is not None
        left = [asked([move for move in made if closed not in named(move)], own, rest, Supposed())]
        assert told.without.outgoing_contact_chain == left[0][0].outgoing_contact_chain

    holds(check, 2 * examples, st.lists(moves, max_size=10), members, rests, st.sampled_from(HERDS))


def named(move: Move) -> set[str]:
    return {HERDS[move.source], HERDS[move.target]}


def test_chances_are_of_being_reached_from_any_of_them() -> None:
    """Two sites sell to one shop: it is spared only if neither sale passes anything on."""
    made = [Move(0, 2, 1, 1, 1, held=False), Move(1, 2, 2, 2, 2, held=False)]
    supposed = Supposed(passing=Passing(probability=0.5))
    (told,) = asked(made, {"a", "b"}, Rest(), supposed)
    assert told.risk is not None
    assert told.risk.outgoing.contacts["c"].chance == 0.75


def test_ways_are_those_of_the_one_and_what_moves_within_it_is_no_contact() -> None:
    made = [Move(0, 1, 1, 1, 1, held=False), Move(1, 2, 2, 2, 2, held=False)]
    between, _ = columns(made)
    names, moved = joined(HERDS, between, Joined("b", ("a", "b")))
    came, went = contact_ways(names, moved, "b", **WINDOWS)
    assert came.contacts == ()
    assert [(each.name, each.moves) for each in went.contacts] == [("c", 1)]
    assert went.steps == (("b", "c"),)


@at_both_lengths
def test_many_at_once_are_what_each_is_by_itself(examples: int) -> None:
    """Parties that share sites, and holders beside them; more than a word of bits has room for."""

    def check(made: list[Move], own: list[set[str]], rest: Rest, shown: tuple[bool, bool]) -> None:
        distances, sure = shown
        between, doubts = columns(made)
        ones = [Joined(f"party {n}", tuple(sorted(each))) for n, each in enumerate(own * 40)]
        supposed = Supposed(closings=(Closing(source="a", target="b"),))

        def told(roots: list[str], joined: list[Joined]) -> list[Contacts]:
            return contacts(
                HERDS, between, roots, doubts=None if sure else doubts, rest=rest,
                distances=distances, supposed=supposed, joined=joined, **WINDOWS,
            )  # fmt: skip

        roots = [*HERDS, *(one.name for one in ones), "nobody"]
        together = told(roots, ones)
        assert [each.root for each in together] == roots
        assert together[: len(HERDS)] == told([*HERDS], [])
        for one, found in zip(ones[: len(own)], together[len(HERDS) :], strict=False):
            assert [found] == told([one.name], [one])
        again = together[len(HERDS) : -1]
        counts = [(each.in_degree, each.ingoing_contact_chain, each.possible) for each in again]
        assert counts == counts[: len(own)] * 40

    holds(
        check, examples // 5, st.lists(moves, max_size=10),
        st.lists(members, min_size=2, max_size=3), rests | st.just(Rest()),
        st.tuples(st.booleans(), st.booleans()),
    )  # fmt: skip


def test_chances_of_many_at_once_are_what_each_has_by_itself() -> None:
    made = [Move(0, 2, 1, 1, 1, held=False), Move(1, 2, 2, 2, 2, held=False)]
    between, _ = columns(made)
    supposed = Supposed(passing=Passing(probability=0.5))
    ones = [Joined(PARTY, ("a", "b")), Joined("other", ("b", "d"))]

    def told(roots: list[str], joined: list[Joined]) -> list[Contacts]:
        return contacts(HERDS, between, roots, supposed=supposed, joined=joined, **WINDOWS)

    together = told([PARTY, "a", "other"], ones)
    assert together == [*told([PARTY], ones[:1]), *told(["a"], []), *told(["other"], ones[1:])]
    chances = [each.risk.outgoing.contacts["c"].chance for each in together if each.risk]
    assert chances == [0.75, 0.5, 0.5]

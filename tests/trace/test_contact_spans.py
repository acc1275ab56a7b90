"""Contacts where days are spans or reports are held: certain within possible, by plain walking."""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from engines import at_both_lengths, holds
from hypothesis import strategies as st

from suyuan.network.chains import Moves
from suyuan.network.ties import Ties
from suyuan.trace import contacts as contact_chains
from suyuan.trace.contact_chains import A_DAY, Doubts
from suyuan.trace.contact_types import Contacts, Reading
from suyuan.trace.resting import Rest

BEGIN = date(2026, 3, 1)
END = BEGIN + timedelta(9)
HERDS = ("a", "b", "c", "d", "e")
SURE, POSSIBLE, FIRST = "certain", "possible", "first"


class Move(NamedTuple):
    """Left within the days from `first` to `left`, there by `came`; days are counted from BEGIN."""

    source: str
    target: str
    first: int
    left: int
    came: int
    held: bool = False


@st.composite
def spanned(draw: st.DrawFn) -> Move:
    first, longer = draw(st.integers(-3, 12)), draw(st.sampled_from((0, 0, 1, 4)))
    later = draw(st.sampled_from((0, 0, 0, 2)))
    ends = draw(st.sampled_from(HERDS)), draw(st.sampled_from(HERDS))
    return Move(*ends, first, first + longer, first + longer + later, draw(st.integers(0, 6)) == 0)


rests = st.builds(
    lambda hold, stay, ties: Rest(
        hold_for=hold * A_DAY, stay_at_most=None if stay is None else (hold + stay) * A_DAY,
        ties=ties,
    ),
    st.sampled_from((0, 0, 0, 1, 2)),
    st.sampled_from((None, None, 1, 3)),
    st.sampled_from(Ties),
)  # fmt: skip


def asked(made: list[Move], rest: Rest, *, distances: bool = True) -> list[Contacts]:
    number = {name: place for place, name in enumerate(HERDS)}
    zero = BEGIN.toordinal()
    ends = (np.array([number[move[end]] for move in made], np.int32) for end in (0, 1))
    first, left, came = (
        np.array([move[place] + zero for move in made], np.int64) for place in (2, 3, 4)
    )
    doubts = Doubts(left, came, np.array([move.held for move in made], np.bool_))
    return contact_chains(
        HERDS, Moves(*ends, first), HERDS, window_in=(BEGIN, END), window_out=(BEGIN, END),
        doubts=doubts, rest=rest, distances=distances,
    )  # fmt: skip


def follows(a: Move, b: Move, rest: Rest, reading: str) -> bool:
    """Whether b may be the next after a (in time), in one reading of their days."""
    hold = max(rest.hold_for / A_DAY, 0.5 if rest.ties is Ties.FORBIDDEN else 0)
    stay = float("inf") if rest.stay_at_most is None else rest.stay_at_most / A_DAY
    if reading == FIRST:
        return hold <= b.first - a.first <= stay
    if reading == SURE:
        return b.first - a.came >= hold and b.left - a.first <= stay
    return b.left - a.first >= hold and b.first - a.came <= stay


def within(move: Move, reading: str) -> bool:
    if reading == FIRST:
        return 0 <= move.first <= 9
    if reading == SURE:
        return not move.held and move.first >= 0 and move.came <= 9
    return move.left >= 0 and move.first <= 9


def walked(made: list[Move], root: str, rest: Rest, reading: str, *, out: bool) -> dict[str, int]:
    """By trying every pair of moves until no chain grows: each contact with its fewest moves."""
    some = [move for move in made if within(move, reading)]
    near, far = (0, 1) if out else (1, 0)
    hops = {place: 1 for place, move in enumerate(some) if move[near] == root}
    grown = True
    while grown:
        grown = False
        for here, count in list(hops.items()):
            for place, move in enumerate(some):
                pair = (some[here], move) if out else (move, some[here])
                meets = some[here][far] == move[near]
                if meets and follows(*pair, rest, reading) and hops.get(place, 99) > count + 1:
                    hops[place], grown = count + 1, True
    found: dict[str, int] = {}
    for place, count in hops.items():
        name = some[place][far]
        if name != root:
            found[name] = min(count, found.get(name, count))
    return found


@at_both_lengths
def test_every_reading_is_that_of_walking_every_chain(examples: int) -> None:
    def check(made: list[Move], rest: Rest) -> None:
        for each in asked(made, rest):
            for reading, told in ((FIRST, each), (SURE, each.certain), (POSSIBLE, each.possible)):
                assert told is not None
                went = walked(made, each.root, rest, reading, out=True)
                came = walked(made, each.root, rest, reading, out=False)
                assert (told.ingoing, told.outgoing) == (came, went), reading
                assert told.outgoing_contact_chain == len(went)
                assert told.ingoing_contact_chain == len(came)
                some = [move for move in made if within(move, reading) and move[0] != move[1]]
                assert told.in_degree == len({m.source for m in some if m.target == each.root})
                assert told.out_degree == len({m.target for m in some if m.source == each.root})

    holds(check, 2 * examples, st.lists(spanned(), max_size=10), rests)


@at_both_lengths
def test_certain_is_within_what_first_days_say_and_that_within_possible(examples: int) -> None:
    def check(made: list[Move], rest: Rest) -> None:
        for each in asked(made, rest):
            sure, may_be = each.certain, each.possible
            assert sure is not None
            assert may_be is not None
            for way in ("ingoing", "outgoing"):
                assert getattr(sure, way).keys() <= getattr(each, way).keys()
                assert getattr(each, way).keys() <= getattr(may_be, way).keys()

    holds(check, examples, st.lists(spanned(), max_size=12), rests)


@at_both_lengths
def test_sets_of_all_roots_at_once_count_as_searches_of_each(examples: int) -> None:
    def check(made: list[Move], rest: Rest) -> None:
        for one, other in zip(asked(made, rest), asked(made, rest, distances=False), strict=True):
            for full, short in ((one, other), (one.certain, other.certain)):
                assert full is not None
                assert short is not None
                assert short.outgoing_contact_chain == full.outgoing_contact_chain
                assert short.ingoing_contact_chain == full.ingoing_contact_chain
                assert short.outgoing is None

    holds(check, examples, st.lists(spanned(), max_size=12), rests)


def test_a_month_is_certain_only_of_what_left_when_it_was_over() -> None:
    """b had it some day of days 0 to 5: what left b on day 3 may be of it, on day 5 surely is."""
    made = [Move("a", "b", 0, 5, 5), Move("b", "c", 3, 3, 3), Move("b", "d", 5, 5, 5)]
    first, *_ = asked(made, Rest())
    assert first.outgoing == {"b": 1, "c": 2, "d": 2}
    assert first.certain == Reading(
        in_degree=0, out_degree=1, ingoing_contact_chain=0, outgoing_contact_chain=2,
        ingoing={}, outgoing={"b": 1, "d": 2},
    )  # fmt: skip


def test_what_left_some_day_may_be_of_what_came_later_than_its_first() -> None:
    made = [Move("a", "b", 4, 4, 4), Move("b", "c", 0, 9, 9)]
    first, *_ = asked(made, Rest())
    assert first.outgoing == {"b": 1}
    assert first.possible is not None
    assert first.possible.outgoing == {"b": 1, "c": 2}


def test_a_held_report_makes_nothing_certain() -> None:
    (first, *_) = asked([Move("a", "b", 1, 1, 1, held=True)], Rest())
    assert first.outgoing == {"b": 1}
    assert first.certain is not None
    assert first.certain.outgoing == {}


def test_progress_counts_every_search_and_ends_at_their_number() -> None:
    told: list[tuple[int, int]] = []
    days = np.array([BEGIN.toordinal()] * 2, np.int64)
    moves = Moves(np.array([0, 1], np.int32), np.array([1, 2], np.int32), days)
    doubts = Doubts(days + 1, days + 1, np.zeros(2, np.bool_))
    for rest in (Rest(), Rest(stay_at_most=A_DAY)):
        told.clear()
        contact_chains(
            HERDS, moves, HERDS, window_in=(BEGIN, END), window_out=(BEGIN, END), doubts=doubts,
            rest=rest, advance=lambda done, of: told.append((done, of)),
        )  # fmt: skip
        assert told[-1] == (30, 30)
        assert [done for done, _ in told] == sorted(done for done, _ in told)

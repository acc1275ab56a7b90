"""Which later moves a move makes impossible: by the record with it and without, and at once."""

from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.model import StateRule
from suyuan.state.courses import Courses
from suyuan.state.memory import EMPTIED, JOINED, LEFT, MADE, PACKS, Past

THING: Final = "https://id.gs1.org/01/06901234567892/21/1"
BOXES: Final = tuple(f"https://id.gs1.org/00/06901234000000001{number}" for number in range(3))
NOON: Final = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)


class Said(NamedTuple):
    hour: int
    box: str
    what: int


moves = st.builds(
    Said, st.integers(0, 4), st.sampled_from(BOXES), st.sampled_from((JOINED, LEFT, EMPTIED))
)


def past(said: Said, number: int) -> Past:
    return Past(at=NOON + said.hour * HOUR, step="", container=said.box, entry=number)


def lines(said: Said) -> tuple[tuple[str, int], ...]:
    if said.what & EMPTIED:
        return ((said.box, PACKS | EMPTIED),)
    return ((THING, said.what), (said.box, PACKS))


def courses(record: list[tuple[int, Said]]) -> Courses:
    found = Courses()
    found.learn(Past(at=NOON - HOUR, step="", entry=99), ((THING, MADE),))
    for number, said in record:
        found.learn(past(said, number), lines(said))
    return found


def breaks(said: Said, record: list[tuple[int, Said]]) -> bool:
    """Whether a move does not fit to where the thing lies by the rest of the record."""
    lies = courses(record).states([THING], past(said, 0).at)[THING].container
    if said.what & JOINED:
        return lies not in (None, said.box)
    return lies != said.box


@given(st.lists(moves, max_size=7), moves)
def test_a_later_move_is_named_where_it_breaks_a_rule_with_this_one_and_not_without(
    told: list[Said], new: Said
) -> None:
    record = list(enumerate(told, 1))
    later = sorted({said.hour for said in told if said.hour > new.hour and said.what & ~EMPTIED})
    wanted = {
        (StateRule.PACKED_ONCE if said.what & JOINED else StateRule.UNPACKED_FROM_INSIDE, number)
        for number, said in record
        if later and said.hour == later[0] and said.what & ~EMPTIED
        for rest in [[each for each in record if each[0] != number]]
        if breaks(said, [*rest, (0, new)]) and not breaks(said, rest)
    }
    was_taken_out = any(said.what & LEFT and said.box == new.box for said in told)
    if new.what & EMPTIED and not was_taken_out:
        wanted = set()  # of an emptying what was packed elsewhere is not asked
    known = courses(record)
    found = known.later(past(new, 0), known.doubts(past(new, 0), lines(new)))
    named = {(one.rule, one.event) for each in found.values() for one in each}
    assert named <= wanted
    assert bool(named) is bool(wanted)


@pytest.mark.timed("quadratic in the moves of one time it took half a minute")
def test_many_moves_of_one_time_are_not_compared_with_each_other() -> None:
    packed = [Said(4, f"https://id.gs1.org/00/{number:018}", JOINED) for number in range(2_000)]
    record = courses(list(enumerate(packed, 1)))
    new = Said(1, BOXES[0], JOINED)
    begun = perf_counter()
    assert [record.doubts(past(new, 0), lines(new)) for _ in range(10)] == [()] * 10
    assert perf_counter() - begun < 2

"""What is supposed of moves, against moves that were never made and ways that were all tried."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from engines import at_both_lengths, holds
from hypothesis import strategies as st
from test_contacts import BEGIN, HERDS, TEN_DAYS, Move, contacts, days, moves, reached

from suyuan.kit import SuyuanError
from suyuan.network.ties import Ties
from suyuan.trace.contact_chains import A_DAY
from suyuan.trace.contact_types import Closing, Passing, Supposed
from suyuan.trace.resting import Rest

herds = st.sampled_from(HERDS)
ends = st.one_of(st.none(), herds)
open_days = st.one_of(st.none(), days)


@st.composite
def closings(draw: st.DrawFn) -> Closing:
    first, last = draw(open_days), draw(open_days)
    if first and last:
        first, last = min(first, last), max(first, last)
    if draw(st.booleans()):
        herd = draw(herds)
        return Closing(source=herd, target=herd, either=True, first=first, last=last)
    return Closing(source=draw(ends), target=draw(ends), first=first, last=last)


def is_shut(move: Move, closing: Closing) -> bool:
    source, target, day = move
    if not (closing.first or date.min) <= day <= (closing.last or date.max):
        return False
    if closing.either:
        return closing.source in {source, target}
    return closing.source in {None, source} and closing.target in {None, target}


@at_both_lengths
def test_what_is_shut_is_as_if_it_had_never_moved(examples: int) -> None:
    def check(made: list[Move], shut: Sequence[Closing]) -> None:
        supposed = Supposed(closings=tuple(shut))
        left = [move for move in made if not any(is_shut(move, each) for each in shut)]
        found = contacts(made, HERDS, distances=True, supposed=supposed, **TEN_DAYS)
        for herd, each in zip(HERDS, found, strict=True):
            before = {way: reached(made, herd, outgoing=way) for way in (False, True)}
            after = {way: reached(left, herd, outgoing=way) for way in (False, True)}
            assert each.outgoing_contact_chain == len(before[True])
            assert each.without is not None
            assert each.without.ingoing_contact_chain == len(after[False])
            assert each.without.outgoing_contact_chain == len(after[True])
            assert set(each.without.spared_ingoing or ()) == before[False] - after[False]
            assert set(each.without.spared_outgoing or ()) == before[True] - after[True]
            out = {target for source, target, _ in left if source == herd} - {herd}
            assert each.without.out_degree == len(out)

    shut = st.lists(closings(), min_size=1, max_size=2)
    holds(check, examples, st.lists(moves, max_size=12), shut)


@at_both_lengths
def test_what_is_shut_keeps_to_what_is_assumed_of_stays(examples: int) -> None:
    def check(made: list[Move], shut: Closing, rest: Rest) -> None:
        supposed = Supposed(closings=(shut,))
        left = [move for move in made if not is_shut(move, shut)]
        names = list(dict.fromkeys(name for move in made for name in move[:2]))
        found = contacts(made, names, distances=True, supposed=supposed, rest=rest, **TEN_DAYS)
        never = contacts(left, names, distances=True, rest=rest, **TEN_DAYS)
        for each, other in zip(found, never, strict=True):
            less = each.without
            assert less is not None
            assert (less.in_degree, less.out_degree) == (other.in_degree, other.out_degree)
            assert less.ingoing_contact_chain == other.ingoing_contact_chain
            assert less.outgoing_contact_chain == other.outgoing_contact_chain
            for all_, spared, still in (
                (each.ingoing, less.spared_ingoing, other.ingoing),
                (each.outgoing, less.spared_outgoing, other.outgoing),
            ):
                assert (all_ or {}).keys() - (still or {}).keys() == set(spared or ())

    rests = st.builds(
        Rest,
        hold_for=st.sampled_from([0, A_DAY]),
        stay_at_most=st.sampled_from([None, A_DAY, 3 * A_DAY]),
        ties=st.sampled_from(Ties),
    )
    holds(check, examples, st.lists(moves, max_size=12), closings(), rests)


@pytest.mark.parametrize(
    "rest", [Rest(hold_for=A_DAY), Rest(stay_at_most=A_DAY), Rest(ties=Ties.FORBIDDEN)]
)
def test_chances_are_told_under_no_assumed_stay(rest: Rest) -> None:
    supposed = Supposed(passing=Passing(probability=0.5))
    with pytest.raises(SuyuanError, match="assumed stay") as refused:
        contacts([("a", "b", BEGIN)], ["a"], supposed=supposed, rest=rest, **TEN_DAYS)
    assert refused.value.code == "contacts.risk"


@at_both_lengths
def test_a_chance_to_be_reached_is_the_other_ends_chance_to_reach(examples: int) -> None:
    def check(made: list[Move]) -> None:
        supposed = Supposed(passing=Passing(probability=0.3))
        found = contacts(made, HERDS, supposed=supposed, **TEN_DAYS)
        risks = {each.root: each.risk for each in found if each.risk is not None}
        assert tuple(risks) == HERDS
        for herd, risk in risks.items():
            assert risk.outgoing.draws == 0
            for other, one in risk.outgoing.contacts.items():
                back = risks[other].ingoing.contacts[herd]
                assert one.chance == pytest.approx(back.chance)
                assert 0 < one.least <= one.chance <= one.most <= 1
            chances = [one.chance for one in risk.outgoing.contacts.values()]
            assert risk.outgoing.expected == pytest.approx(sum(chances))

    holds(check, examples, st.lists(moves, max_size=8))


def test_moves_left_out_pass_nothing_on() -> None:
    made = [("a", "b", BEGIN), ("b", "c", BEGIN + timedelta(1))]
    shut = Closing(source="b", target="b", either=True, first=BEGIN + timedelta(1))
    supposed = Supposed(closings=(shut,), passing=Passing(probability=0.5))
    (found,) = contacts(made, ["a"], supposed=supposed, **TEN_DAYS)
    assert found.risk is not None
    assert {name: one.chance for name, one in found.risk.outgoing.contacts.items()} == {"b": 0.5}
    assert found.without is not None
    assert found.without.outgoing_contact_chain == 1
    assert found.without.spared_outgoing is None
    assert found.outgoing_contact_chain == 2

"""Pieces of a lot that is told by number, followed by their codes as they go and come back."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from worked import HOLDERS, A, C, D, Event, ended, forward, history, made, moved

from suyuan.model import Fact, ThingGrain
from suyuan.trace.scope import scope
from suyuan.trace.types import Extent

LOT, PIECES = "lot1", ("t1", "t2")
STEPS = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from((*HOLDERS, None))), max_size=8)


def stock(facts: list[Fact]) -> dict[str, Extent]:
    """By site, how many pieces are surely there, and how many may be."""
    found: dict[str, Extent] = {}
    for line in scope(facts, forward(LOT)).lines:
        before = found.get(line.site, Extent(Decimal(0), Decimal(0)))
        part = line.stock.material
        assert before.most is not None
        assert part.most is not None
        found[line.site] = Extent(before.least + part.least, before.most + part.most)
    return found


def by_number(much: int) -> dict[str, object]:
    return {"quantity": Decimal(much), "grain": ThingGrain.LOT}


@given(STEPS, st.integers(2, 4))
def test_what_is_where_is_told_whichever_way_pieces_went_and_came(
    steps: list[tuple[str, object]], much: int
) -> None:
    told: list[Event] = [made(LOT, A, 0, **by_number(much))]
    here = dict.fromkeys(PIECES, A)
    for time, (piece, to) in enumerate(steps, 1):
        if piece not in here or to == here[piece]:
            continue
        if to is None:
            told.append(ended(piece, here.pop(piece), time, lot=LOT))
            continue
        there = next(holder for holder in HOLDERS if holder == to)
        told.append(moved(piece, here[piece], there, time, lot=LOT))
        here[piece] = there
    true = Counter(holder.site for holder in here.values())
    true[A.site] += much - len(PIECES)
    found = stock(history(*told))
    assert {site: each.least for site, each in found.items() if each.least} == dict(+true)
    assert {site: each.most for site, each in found.items() if each.most} == dict(+true)


def test_what_came_by_its_code_may_have_left_within_a_number_of_its_lot() -> None:
    gone = moved(LOT, D, C, 2, **by_number(1))
    told = history(made(LOT, A, 0, **by_number(3)), moved("t1", A, D, 1, lot=LOT), gone)
    assert stock(told)[D.site or ""] == Extent(Decimal(0), Decimal(1))

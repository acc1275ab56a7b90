"""A recall says the same of lots that came once as it says without any short way."""

from decimal import Decimal
from random import Random
from unittest.mock import patch

from engines import at_both_lengths, holds
from histories import cases
from hypothesis import strategies as st
from msgspec.structs import astuple, replace
from test_lone_stock import ASKED, AWAY, MAKING, STOCK, flow
from test_scope import asked, tale

from suyuan.model import Fact
from suyuan.trace import scope as scoping
from suyuan.trace import shelves
from suyuan.trace.flows import Flow
from suyuan.trace.scope import scope
from suyuan.trace.shelves import shelf_of
from suyuan.trace.types import LinkKind, Pool, Question, Scope


def the_long_way(facts: list[Fact], question: Question) -> Scope:
    """Every pool laid out, every line added up, every log drawn from, as of any other pool."""
    with (
        patch.object(shelves, "_simple_shelf", lambda *_: None),
        patch.object(scoping, "lone_lot", lambda *_: None),
    ):
        return scope(facts, question)


@at_both_lengths
def test_of_any_history(examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        assert scope(*case) == the_long_way(*case)

    holds(check, 4 * examples, cases())


@at_both_lengths
def test_of_a_lot_that_is_moved_mixed_and_sold(examples: int) -> None:
    def check(random: Random, length: int, exact: bool) -> None:  # noqa: FBT001 -- drawn
        facts = tale(random, length=length, exact=exact).facts
        assert scope(facts, asked()) == the_long_way(facts, asked())

    holds(check, 2 * examples, st.randoms(use_true_random=False), st.integers(1, 8), st.booleans())


_TIMES = st.tuples(st.integers(0, 3), st.integers(0, 1))


@st.composite
def _flows(draw: st.DrawFn) -> list[Flow]:
    """One flow into a pool and at most one out of it."""
    found: list[Flow] = []
    for source, target in [(ASKED, STOCK), (STOCK, AWAY)][: draw(st.integers(1, 2))]:
        at, longer = draw(_TIMES)
        much = draw(st.sampled_from([None, Decimal(1), Decimal(2)]))
        got = draw(st.sampled_from([much, much, much, Decimal(1), None]))
        plain = flow(LinkKind.MOVED, source, target, at, Decimal(0))
        unit = draw(st.sampled_from(["KGM", "KGM", "KGM", "MTR"]))
        span = (at, at + longer * draw(st.integers(0, 1)))
        sure = draw(st.integers(0, 5)) > 0
        found.append(
            replace(plain, left=span, came=span, sent=much, got=got, unit=unit, certain=sure)
        )
    return found


@at_both_lengths
def test_a_pool_of_one_inflow_is_laid_out_as_any_other(examples: int) -> None:
    def check(some: list[Flow], place: Pool, start: bool | None) -> None:  # noqa: FBT001 -- drawn
        numbers = [0], [1] if len(some) > 1 else []
        short = shelf_of(some, place, *numbers, start=start)
        with patch.object(shelves, "_simple_shelf", lambda *_: None):
            long = shelf_of(some, place, *numbers, start=start)
        assert [*map(plainly, astuple(short))] == [*map(plainly, astuple(long))]

    def plainly(each: object) -> object:
        return tuple(each) if isinstance(each, list) else each

    starts = st.sampled_from([None, True, False])
    holds(check, 4 * examples, _flows(), st.sampled_from([STOCK, MAKING]), starts)

"""Asked as of a past time, what may have been later is not certain, whatever it turns out to be."""

from decimal import Decimal

from histories import at
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from worked import A, B, C, certain, ended, forward, history, kilos, made, moved

from suyuan.kit import Span
from suyuan.model import Fact, ThingGrain
from suyuan.trace.closure import closure
from suyuan.trace.scope import scope

LOT = "lot1"
SOME = {"grain": ThingGrain.LOT}


@st.composite
def told(draw: st.DrawFn) -> tuple[list[Fact], list[int]]:
    """Nine kilos are made, some go to B, on to C and are sold; told with the hours they were at."""
    hours, spans = [0], [Span(at(0), at(0))]
    for _ in range(3):
        hour = hours[-1] + draw(st.integers(1, 8))
        before, after = draw(st.integers(0, 20)), draw(st.none() | st.integers(0, 20))
        hours.append(hour)
        spans.append(Span(at(hour - before), None if after is None else at(hour + after)))
    facts = history(
        made(LOT, A, spans[0], **SOME, **kilos(9)),
        moved(LOT, A, B, spans[1], **SOME, **kilos(5)),
        moved(LOT, B, C, spans[2], **SOME, **kilos(3)),
        ended(LOT, C, spans[3], **SOME, **kilos(2)),
    )
    return facts, hours


@given(told(), st.integers(0, 30))
def test_what_was_so_at_that_time_is_within_the_answer(
    case: tuple[list[Fact], list[int]], asked: int
) -> None:
    facts, hours = case
    question = forward(LOT, as_of=at(asked))
    happened = [
        replace(fact, when=Span(at(hour), at(hour)))
        for fact, hour in zip(facts, hours, strict=True)
        if hour <= asked
    ]
    assert certain(closure(facts, question)) <= certain(closure(happened, question))
    there = {line.site: line.stock.touched for line in scope(happened, forward(LOT)).lines}
    for line in scope(facts, question).lines:
        least, most = line.stock.material.least, line.stock.material.most
        assert least <= (there.pop(line.site, None) or Decimal(0)) <= (9 if most is None else most)
    assert not any(there.values())


def test_dates_that_are_over_by_then_are_as_sure_as_ever() -> None:
    day = Span(at(0), at(23))
    facts = history(made(LOT, A, day, **kilos(9)), moved(LOT, A, B, day, **kilos(5)))
    assert closure(facts, forward(LOT, as_of=at(23))).nodes == closure(facts, forward(LOT)).nodes

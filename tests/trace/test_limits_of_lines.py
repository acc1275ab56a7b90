"""Accounts limit what a recall's lines add up, never below what one flow alone may have been."""

from decimal import Decimal

from engines import at_both_lengths, holds
from histories import cases, record
from hypothesis import strategies as st
from test_scope import line_of
from worked import (
    A,
    B,
    C,
    came,
    ended,
    forward,
    history,
    kilos,
    made,
    moved,
    packed,
    received,
    sent,
    used,
)

from suyuan.model import Fact, ThingGrain
from suyuan.trace.closure import examine
from suyuan.trace.flows import Flow, flows
from suyuan.trace.groups import groups_of, parted
from suyuan.trace.material import bounds
from suyuan.trace.scope import onward, scope
from suyuan.trace.types import Extent, Question


def within_one_holder(flow: Flow) -> bool:
    """Whether it only went from one pool of a holder to another."""
    ends = [end and (end.thing, end.party, end.site) for end in (flow.source, flow.target)]
    return ends[0] == ends[1]


@st.composite
def shipments(draw: st.DrawFn) -> tuple[list[Fact], Question]:
    """A lot, loose or in a box, that is sent, received, made into something and sold."""
    events = [made("lot1", A, 0, **kilos(20)), packed("lot1", "c1", A, 1, **kilos(10))]
    for hour in range(2, draw(st.integers(3, 7))):
        thing, much = draw(st.sampled_from([("lot1", kilos(hour)), ("c1", {})]))
        here, there = draw(st.permutations((A, B, C)))[:2]
        went = [step(thing, here, there, hour, **much) for step in (moved, sent, received)]
        gone = [ended(thing, here, hour, **much), used(thing, "f1", here, hour, **much)]
        events.append(draw(st.sampled_from([*went, *went, *gone])))
    marks = draw(st.lists(st.sampled_from([{}, {}, {"held": True}]), max_size=len(events)))
    return record(events, marks), forward("lot1", A)


@at_both_lengths
def test_no_line_says_less_than_what_one_flow_of_it_may_have_carried(examples: int) -> None:
    def check(case: tuple[list[Fact], Question]) -> None:
        facts, question = case
        lines = {(x.party, x.site, x.thing, x.unit): x for x in scope(facts, question).lines}
        found = examine(facts, onward(question))
        drawn = bounds(flows(found), found.starts)
        pieces = {t.fact.thing for t in found.told if t.fact.grain is ThingGrain.INSTANCE}
        for (party, site, thing, unknown), group in groups_of(found, drawn.net, pieces).items():
            if not thing or unknown:
                continue
            into = [drawn.arrivals(shelf, but=group.places) for shelf in group.places]
            went, ended = parted(group, drawn)
            for name, numbers in (("came", into), ("sent", went), ("ended", ended)):
                for flow in (drawn.flow(n) for some in numbers for n in some):
                    if within_one_holder(flow):
                        continue
                    much = flow.got if name == "came" else flow.sent
                    line = lines.get((party, site, thing, flow.unit))
                    touched = line and getattr(line, name).touched
                    assert touched is None or much is None or much <= touched, (name, flow)

    holds(check, 4 * examples, st.one_of(shipments(), cases(limited=False)))


BEGUN = (made("lot1", A, 0, **kilos(20)), packed("lot1", "c1", A, 1, **kilos(10)))


def test_a_sale_does_not_unsay_what_was_sent_to_its_seller() -> None:
    shipped = (made("lot1", A, 0, **kilos(20)), sent("lot1", A, B, 1, **kilos(10)))
    sold = ended("lot1", B, 3, **kilos(3))
    for facts in (history(*shipped), history(*shipped, sold)):
        assert line_of(scope(facts, forward("lot1", A)), B).came.touched == 10


def test_what_a_box_took_into_a_making_went_from_its_holder() -> None:
    """Beside what came loose, so that the lot came more than once."""
    loose = moved("lot1", A, B, 2, **kilos(3))
    blend = (used("c1", "f1", B, 3), came("lot2", "f1", B, 3, **kilos(10)))
    facts = history(*BEGUN, moved("c1", A, B, 2), loose, *blend)
    line = line_of(scope(facts, forward("lot1", A)), B)
    assert (line.came.touched, line.sent.touched, line.stock.touched) == (13, 10, 3)
    assert line.sent.material == Extent(Decimal(10), Decimal(10))

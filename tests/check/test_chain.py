"""What the record of a thing contradicts, and what it does not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from suyuan.check.chain import contradictions
from suyuan.families import Around, Knowledge, Later, ThingState
from suyuan.model import (
    Action,
    Event,
    EventType,
    Holder,
    QuantityElement,
    Severity,
    StateRule,
    TypedRef,
)

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOX = "https://id.gs1.org/01/06901234567892/21/7"
LOT = "https://id.gs1.org/01/06901234567892/10/B7"
CRATE, OTHER = "https://id.gs1.org/8003/04012345000221A", "https://id.gs1.org/8003/04012345000221B"
A, B, C = (f"urn:suyuan:uscc:{n}" for n in "ABC")


def an_event(**members: Any) -> Event:
    given = {
        "type": EventType.OBJECT,
        "action": Action.OBSERVE,
        "event_time": NOON,
        "event_time_text": "2026-03-10T12:00:00+08:00",
        "offset": "+08:00",
        "epcs": (BOX,),
    }
    return Event(**(given | members))


def rules(event: Event, *, thing: str = BOX, actor: str | None = None, **state: Any) -> list[str]:
    knowledge = Knowledge(now=NOON + HOUR, actor=actor, things={thing: ThingState(**state)})
    return [one.rule for one in contradictions(event, knowledge)]


def held(event: Event, rule: StateRule, *, thing: str = BOX, **state: Any) -> dict[str, Severity]:
    """What is found with a state rule on; without `state`, nothing is recorded of the thing."""
    things = {thing: ThingState(**state)} if state else {}
    knowledge = Knowledge(now=NOON + HOUR, things=things, state_rules=frozenset((rule,)))
    return {one.rule: one.severity for one in contradictions(event, knowledge)}


def packing(action: Action) -> Event:
    return an_event(type=EventType.AGGREGATION, action=action, parent=CRATE)


HELD = {
    StateRule.MADE_FIRST: ("chain.not-made", an_event(), {}, {"made": NOON - HOUR}),
    StateRule.ENDED_IS_OVER: (
        "chain.after-end", an_event(), {"ended": NOON - HOUR}, {"ended": NOON},
    ),
    StateRule.PACKED_ONCE: (
        "chain.in-other-container", packing(Action.ADD), {"container": OTHER}, {"container": CRATE},
    ),
    StateRule.UNPACKED_FROM_INSIDE: (
        "chain.not-in-container", packing(Action.DELETE), {"container": OTHER},
        {"container": CRATE},
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", HELD)
def test_a_state_rule_holds_what_breaks_it_and_nothing_that_keeps_it(rule: StateRule) -> None:
    name, event, broken, kept = HELD[rule]
    assert held(event, rule, **broken) == {name: Severity.HOLD}
    assert held(event, rule, **kept) == {}


@pytest.mark.parametrize("rule", [one for one in HELD if one is not StateRule.MADE_FIRST])
def test_without_its_rule_what_the_record_contradicts_is_flagged(rule: StateRule) -> None:
    name, event, broken, _ = HELD[rule]
    knowledge = Knowledge(now=NOON + HOUR, things={BOX: ThingState(**broken)})
    (found,) = contradictions(event, knowledge)
    assert (found.rule, found.severity) == (name, Severity.FLAG)


def in_itself(event: Event, around: Around, *on: StateRule) -> list[tuple[str, str, Severity]]:
    """What is found of a packing into what lies in others."""
    knowledge = Knowledge(
        now=NOON + HOUR, things={}, on_record={}, around=around, state_rules=frozenset(on)
    )
    return [(one.rule, one.path, one.severity) for one in contradictions(event, knowledge)]


def test_nothing_is_packed_into_itself_or_into_what_lies_in_it() -> None:
    rule, held_for = StateRule.NOT_INSIDE_ITSELF, ("chain.inside-itself", "/childEPCs/0")
    inside, loose = Around({OTHER: 1, BOX: 2}), Around({OTHER: 1})
    itself = structs.replace(packing(Action.ADD), epcs=(CRATE,))
    assert in_itself(packing(Action.ADD), inside, rule) == [(*held_for, Severity.HOLD)]
    assert in_itself(itself, Around(), rule) == [(*held_for, Severity.HOLD)]
    assert in_itself(packing(Action.ADD), loose, rule) == []
    assert in_itself(packing(Action.DELETE), inside, rule) == []
    assert in_itself(packing(Action.OBSERVE), inside, rule) == []
    assert in_itself(an_event(), inside, rule) == []
    others = set(StateRule) - {rule, StateRule.MADE_FIRST}
    assert in_itself(packing(Action.ADD), inside, *others) == []


def test_what_lies_too_deep_to_be_told_is_said_and_holds_nothing() -> None:
    around = Around({OTHER: 1}, is_whole=False)
    found = in_itself(packing(Action.ADD), around, StateRule.NOT_INSIDE_ITSELF)
    assert found == [("chain.unseen-around", "/parentID", Severity.FLAG)]


@pytest.mark.parametrize("rule", [StateRule.ENDED_IS_OVER, StateRule.PACKED_ONCE])
def test_a_later_event_that_is_impossible_now_flags_this_one_by_its_rule(rule: StateRule) -> None:
    later = {BOX: (Later(rule, 7),)}
    on, off = frozenset((rule,)), frozenset((StateRule.UNPACKED_FROM_INSIDE,))
    known = Knowledge(now=NOON + HOUR, things={}, on_record={}, later=later, state_rules=on)
    event = an_event(action=Action.DELETE)
    (found,) = contradictions(event, known)
    assert (found.severity, found.path) == (Severity.FLAG, "/epcList/0")
    assert found.params["contradicts"] == 7
    assert found.cure.zh
    assert found.cure.en
    assert contradictions(event, structs.replace(known, state_rules=off)) == ()


def test_what_was_never_packed_is_not_unpacked() -> None:
    rule = StateRule.UNPACKED_FROM_INSIDE
    for state in ({}, {"made": NOON - HOUR}):
        assert held(packing(Action.DELETE), rule, **state) == {"chain.not-inside": Severity.HOLD}
    assert held(packing(Action.ADD), rule, made=NOON) == {}
    assert held(packing(Action.OBSERVE), rule, made=NOON) == {}
    taken = an_event(
        type=EventType.AGGREGATION, action=Action.DELETE, parent=CRATE, epcs=(),
        quantities=(QuantityElement(epc_class=LOT),),
    )  # fmt: skip
    assert held(taken, rule, thing=LOT, made=NOON) == {}


def test_only_instances_must_be_made_first_and_not_by_who_makes_them() -> None:
    rule = StateRule.MADE_FIRST
    assert held(an_event(action=Action.ADD), rule) == {}
    made = an_event(type=EventType.TRANSFORMATION, action=None, epcs=(), output_epcs=(BOX,))
    assert held(made, rule) == {}
    used = an_event(type=EventType.TRANSFORMATION, action=None, epcs=(), input_epcs=(BOX,))
    assert held(used, rule) == {"chain.not-made": Severity.HOLD}
    lot = an_event(epcs=(), quantities=(QuantityElement(epc_class=LOT),))
    assert held(lot, rule) == {}
    assert held(packing(Action.ADD), rule, made=NOON) == {}  # nor the container


def test_of_a_past_too_long_to_be_read_nothing_is_missing() -> None:
    assert held(an_event(), StateRule.MADE_FIRST, is_whole=False) == {}


def test_where_the_record_was_not_asked_nothing_is_missing() -> None:
    knowledge = Knowledge(now=NOON, state_rules=frozenset(StateRule))
    assert contradictions(an_event(), knowledge) == ()


def given(source: str, destination: str) -> Event:
    return an_event(
        biz_step="shipping",
        sources=(TypedRef(type="possessing_party", value=source),),
        destinations=(TypedRef(type="possessing_party", value=destination),),
    )


def test_a_thing_cannot_be_seen_before_it_was_made() -> None:
    assert rules(an_event(), made=NOON + HOUR) == ["chain.before-made"]
    assert rules(an_event(), made=NOON) == []
    assert rules(an_event(), made=NOON - HOUR) == []


def test_an_impossible_order_is_held_with_thing_time_and_cure() -> None:
    knowledge = Knowledge(now=NOON, things={BOX: ThingState(made=NOON + HOUR)})
    (found,) = contradictions(an_event(), knowledge)
    assert (found.severity, found.path) == (Severity.HOLD, "/epcList/0")
    assert BOX in found.message.zh
    assert "2026-03-10T13:00:00+08:00" in found.message.en
    assert found.cure.zh


def test_an_instance_is_made_once_and_a_lot_may_grow() -> None:
    made = an_event(action=Action.ADD)
    assert rules(made, made=NOON - HOUR) == ["chain.made-again"]
    assert rules(made, made=NOON) == []
    grown = an_event(action=Action.ADD, epcs=(), quantities=(QuantityElement(epc_class=LOT),))
    assert rules(grown, thing=LOT, made=NOON - HOUR) == []


def test_the_outputs_of_a_transformation_are_made_by_it() -> None:
    event = an_event(type=EventType.TRANSFORMATION, action=None, epcs=(), output_epcs=(BOX,))
    assert rules(event, made=NOON + HOUR) == ["chain.made-again"]
    used = an_event(type=EventType.TRANSFORMATION, action=None, epcs=(), input_epcs=(BOX,))
    assert rules(used, made=NOON + HOUR) == ["chain.before-made"]


def test_nothing_happens_to_a_thing_after_its_end() -> None:
    assert rules(an_event(), ended=NOON - HOUR) == ["chain.after-end"]
    assert rules(an_event(), ended=NOON) == []
    assert rules(an_event(), ended=NOON + HOUR) == []


def test_a_thing_is_given_by_who_holds_it() -> None:
    held = {"holder": Holder(A, None)}
    assert rules(given(A, B), **held) == []
    assert rules(given(B, C), **held) == ["chain.other-holder"]
    assert rules(given(B, C), actor=A, **held) == []
    assert rules(given(B, A), **held) == []
    assert rules(an_event(biz_step="shipping"), **held) == []
    assert rules(given(B, C), holder=Holder(None, "site")) == []


@pytest.mark.parametrize(
    ("action", "container", "found"),
    [
        (Action.ADD, OTHER, ["chain.in-other-container"]),
        (Action.ADD, CRATE, []),
        (Action.ADD, None, []),
        (Action.DELETE, OTHER, ["chain.not-in-container"]),
        (Action.DELETE, CRATE, []),
        (Action.OBSERVE, OTHER, []),
    ],
)
def test_a_thing_is_in_one_container(
    action: Action, container: str | None, found: list[str]
) -> None:
    event = an_event(type=EventType.AGGREGATION, action=action, parent=CRATE)
    assert rules(event, container=container) == found


def test_a_finding_tells_nobody_who_holds_a_thing_what_it_is_in_or_when_it_was_sold() -> None:
    sold = NOON - HOUR
    state = ThingState(holder=Holder(A, "urn:suyuan:site:A"), container=OTHER, ended=sold)
    knowledge = Knowledge(now=NOON, actor=B, things={BOX: state})
    packed = an_event(type=EventType.AGGREGATION, action=Action.ADD, parent=CRATE)
    taken_out = an_event(type=EventType.AGGREGATION, action=Action.DELETE, parent=CRATE)
    found = [
        one for said in (given(B, C), packed, taken_out) for one in contradictions(said, knowledge)
    ]
    assert len({one.rule for one in found}) == 4
    said = " ".join(f"{one.message} {one.cure} {one.params}" for one in found)
    for secret in (A, OTHER, "site:A", sold.isoformat()[:16]):
        assert secret not in said


def test_attaching_is_not_packing() -> None:
    event = an_event(type=EventType.ASSOCIATION, action=Action.ADD, parent=CRATE)
    assert rules(event, container=OTHER) == []


@pytest.mark.parametrize("mark", ["recalled", "seized"])
def test_what_is_recalled_or_seized_does_not_move_on(mark: str) -> None:
    marks = frozenset((mark,))
    assert rules(an_event(biz_step="retail_selling"), marks=marks) == ["chain.recalled-moved"]
    assert rules(an_event(biz_step="returning"), marks=marks) == []


def test_without_look_up_nothing_is_said() -> None:
    assert contradictions(an_event(), Knowledge(now=NOON)) == ()

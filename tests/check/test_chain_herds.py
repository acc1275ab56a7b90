"""Of many things at once the record contradicts what it contradicts of each by itself.

A herd has one state, so most of its things are judged by the first; whatever states they have, what
is found must be what is found of events that name one thing each.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from suyuan.check.chain import contradictions
from suyuan.families import Content, Knowledge, ThingState
from suyuan.model import Action, Event, EventType, Finding, Holder, StateRule, TypedRef

NOON: Final = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
A, B = "urn:suyuan:uscc:A", "urn:suyuan:uscc:B"
CRATE, OTHER = "https://id.gs1.org/8003/04012345000221A", "https://id.gs1.org/8003/04012345000221B"
THINGS: Final = tuple(f"https://id.gs1.org/01/06901234567892/21/{at}" for at in range(6))
LISTS: Final = {
    "epcs": "/epcList", "input_epcs": "/inputEPCList", "output_epcs": "/outputEPCList",
}  # fmt: skip
STATES: Final = (
    ThingState(),
    ThingState(made=NOON - HOUR, holder=Holder(A, None)),
    ThingState(made=NOON + HOUR),
    ThingState(made=NOON - HOUR, ended=NOON - HOUR, holder=Holder(B, None)),
    ThingState(container=OTHER, marks=frozenset(("recalled",))),
    ThingState(container=CRATE, is_whole=False),
)
KINDS: Final = st.sampled_from(
    (
        {"type": EventType.OBJECT, "action": Action.OBSERVE, "biz_step": "shipping"},
        {"type": EventType.OBJECT, "action": Action.OBSERVE, "biz_step": "departing"},
        {"type": EventType.OBJECT, "action": Action.OBSERVE, "biz_step": "receiving"},
        {"type": EventType.OBJECT, "action": Action.ADD},
        {"type": EventType.AGGREGATION, "action": Action.ADD, "parent": CRATE},
        {"type": EventType.AGGREGATION, "action": Action.DELETE, "parent": CRATE},
        {"type": EventType.TRANSFORMATION},
    )
)
NAMED: Final = st.lists(st.sampled_from(THINGS), max_size=6, unique=True).map(tuple)


@st.composite
def stated(draw: st.DrawFn) -> dict[str, ThingState]:
    """Each thing has one of two states, or none."""
    two = (*draw(st.tuples(*[st.sampled_from(STATES)] * 2)), None)
    given_ = {thing: draw(st.sampled_from(two)) for thing in THINGS}
    return {thing: state for thing, state in given_.items() if state is not None}


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind = draw(KINDS)
    makes = kind["type"] is EventType.TRANSFORMATION
    named = {name: draw(NAMED) for name in LISTS if makes is (name != "epcs")}
    giver = draw(st.sampled_from(((), (TypedRef(type="possessing_party", value=A),))))
    members: dict[str, Any] = {**kind, **named, "sources": giver}
    return Event(event_time=NOON, event_time_text="", offset="+08:00", **members)


def inside(thing: str) -> Content:
    return Content(frozenset(("seized",))) if thing in THINGS[1::2] else Content()


def alone(event: Event, knowledge: Knowledge) -> Iterator[Finding]:
    """What is found of events that name one thing each, at its place in the whole."""
    nothing = dict.fromkeys(LISTS, ())
    for name, path in LISTS.items():
        member = "/childEPCs" if event.type is EventType.AGGREGATION else path
        for at, thing in enumerate(getattr(event, name)):
            one = structs.replace(event, **(nothing | {name: (thing,)}))
            for found in contradictions(one, knowledge):
                if found.path == f"{member}/0":
                    yield structs.replace(found, path=f"{member}/{at}")


@given(
    events(), stated(), st.none() | stated(), st.frozensets(st.sampled_from(StateRule), max_size=3)
)
def test_of_a_herd_is_found_what_is_found_of_each_by_itself(
    event: Event,
    things: dict[str, ThingState],
    on_record: dict[str, ThingState] | None,
    rules: frozenset[StateRule],
) -> None:
    knowledge = Knowledge(
        now=NOON, things=things, on_record=on_record, inside=inside, state_rules=rules
    )
    found = [one for one in contradictions(event, knowledge) if one.path != "/parentID"]
    assert found == list(alone(event, knowledge))


def test_what_lies_in_each_of_a_herd_is_looked_at_when_it_moves_on() -> None:
    shipped = Event(
        type=EventType.OBJECT, action=Action.OBSERVE, biz_step="shipping", epcs=THINGS[:4],
        event_time=NOON, event_time_text="", offset="+08:00",
    )  # fmt: skip
    knowledge = Knowledge(now=NOON, things=dict.fromkeys(THINGS, STATES[1]), inside=inside)
    found = [(one.rule, one.path) for one in contradictions(shipped, knowledge)]
    assert found == [("chain.recalled-inside", f"/epcList/{at}") for at in (1, 3)]

"""Takes an event and the recorded state of its things; gives what their chain contradicts.

These follow from what a trace is (docs/concepts/trace.md), not from a law of one family. A
report is never refused for them: somebody's record is wrong, and which is not known here. A tenant
may have some of them held that are else flagged, and what is not on record at all asked for.

Whoever knows a code may report it, so a finding says that the record disagrees and never who
holds the thing, what it is packed in, or when it was sold: that is for those who may see it. What
state rules find carries the number of the event that it contradicts (`CONTRADICTS`), for whoever
records to name as far as the reporter may know.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Final

from msgspec import Struct, structs

from suyuan.families import Content, Knowledge, ThingState
from suyuan.kit import Text
from suyuan.kit.clock import there
from suyuan.model import (
    Action,
    Event,
    EventType,
    Finding,
    Holder,
    Severity,
    StateRule,
    ThingGrain,
)


class _Sentence(Struct, frozen=True):
    severity: Severity
    message: Text
    cure: Text
    law: str | None = None


CONTRADICTS: Final = "contradicts"
"""The parameter of a finding that tells which event on record it contradicts."""
_INSIDE_ITSELF: Final = "EPCIS 2.0 §7.4.3"
_WHICH_IS_WRONG: Final = Text(
    "核对两者的时间和编码：错的那条由其上报方报错误声明（errorDeclaration）；漏报的，补报其间发生的事。",
    "Check times and codes of both: have the wrong one declared so (errorDeclaration) by whoever "
    "reported it; if something between them was not reported, report it.",
)
_SENTENCES: Final = {
    "chain.before-made": _Sentence(
        Severity.HOLD,
        Text(
            "{thing} 在本事件之后才产生（{when}）：日期先后不可能。",
            "{thing} was made only after this event ({when}): an impossible order of dates.",
        ),
        Text("更正发生时间或产生时间。", "Correct the event time or the time of making."),
    ),
    "chain.after-end": _Sentence(
        Severity.FLAG,
        Text(
            "按记录 {thing} 在此之前已售出、用完、注销或销毁。",
            "By the record {thing} was sold, used up, decommissioned or destroyed before this.",
        ),
        Text("核对编码；退货的请先报退货。", "Check the code; report a return first."),
    ),
    "chain.made-again": _Sentence(
        Severity.FLAG,
        Text("{thing} 已于 {when} 产生过一次。", "{thing} was already made once, on {when}."),
        Text("一物一码：核对是否重码。", "One thing, one code: check for a code used twice."),
    ),
    "chain.other-holder": _Sentence(
        Severity.FLAG,
        Text(
            "按记录 {thing} 在其他单位手中，不在交出方手中。",
            "By the record {thing} is held by somebody other than the giver.",
        ),
        Text(
            "补报中间的交接，或更正交出方。", "Report the hand-over between, or correct the giver."
        ),
    ),
    "chain.in-other-container": _Sentence(
        Severity.FLAG,
        Text("按记录 {thing} 仍在另一个容器中。", "By the record {thing} is in another container."),
        Text(
            "先报拆出（同一文件、同一时间的，把拆出列在前面），或更正容器编码。",
            "Report the unpacking first (in one document, at the same time: list it first), or "
            "correct the container.",
        ),
    ),
    "chain.not-in-container": _Sentence(
        Severity.FLAG,
        Text(
            "按记录 {thing} 不在该容器中，而在另一个容器中。",
            "By the record {thing} is not in this container but in another.",
        ),
        Text("更正容器编码。", "Correct the container's code."),
    ),
    "chain.not-inside": _Sentence(
        Severity.HOLD,
        Text("按记录 {thing} 不在该容器中。", "By the record {thing} is not in this container."),
        Text("先报装入，或更正编码。", "Report the packing first, or correct the code."),
    ),
    "chain.not-made": _Sentence(
        Severity.HOLD,
        Text("没有 {thing} 赋码或产生的记录。", "There is no record of {thing} being made."),
        Text(
            "先报赋码（ObjectEvent ADD）或产出，再报使用。",
            "Report its commissioning (ObjectEvent ADD) or its making first.",
        ),
    ),
    "chain.inside-itself": _Sentence(
        Severity.HOLD,
        Text(
            "{thing} 不能装入该容器：该容器就是它本身，或按记录正在它里面。",
            "{thing} cannot be in this container: that is the thing itself, or lies in it by the "
            "record.",
        ),
        Text(
            "先报拆出，或更正容器或所装物的编码。",
            "Report the unpacking first, or correct the code of the container or of what it holds.",
        ),
        _INSIDE_ITSELF,
    ),
    "chain.unseen-around": _Sentence(
        Severity.FLAG,
        Text(
            "按记录 {thing} 外面套得太深，无法查明所装的东西是否就是外层容器之一。",
            "By the record {thing} lies so deep in others that it cannot be told whether what it "
            "holds is one of these.",
        ),
        Text("核对各层容器；先报拆出。", "Check the containers; report the unpacking first."),
        _INSIDE_ITSELF,
    ),
    "chain.later-use": _Sentence(
        Severity.FLAG,
        Text(
            "记录中 {thing} 此后仍有使用：若本事件属实，那条记录就不可能。",
            "{thing} is on record later: if this event is right, that one is impossible.",
        ),
        _WHICH_IS_WRONG,
    ),
    "chain.later-packing": _Sentence(
        Severity.FLAG,
        Text(
            "记录中 {thing} 此后被装入另一个容器：若本事件属实，那条记录就不可能。",
            "{thing} was packed into another container later: if this event is right, that one is "
            "impossible.",
        ),
        _WHICH_IS_WRONG,
    ),
    "chain.later-unpacking": _Sentence(
        Severity.FLAG,
        Text(
            "记录中 {thing} 此后有一次拆出：若本事件属实，那条记录就不可能。",
            "There is a later unpacking of {thing} on record: if this event is right, that one is "
            "impossible.",
        ),
        _WHICH_IS_WRONG,
    ),
    "chain.recalled-moved": _Sentence(
        Severity.FLAG,
        Text(
            "{thing} 正在召回或被查封，不应再流通。",
            "{thing} is recalled or seized and should not move.",
        ),
        Text("停止流通，退回召回方。", "Stop it and return it to whoever recalls it."),
    ),
    "chain.recalled-inside": _Sentence(
        Severity.FLAG,
        Text(
            "{thing} 里有正在召回或被查封的东西，不应再流通。",
            "Something in {thing} is recalled or seized and should not move.",
        ),
        Text(
            "先拆出并退回召回方，再流通其余。",
            "Take it out and return it to whoever recalls it; move the rest then.",
        ),
    ),
    "chain.unseen-inside": _Sentence(
        Severity.HOLD,
        Text(
            "{thing} 里的东西太多或套得太深，无法逐一查看其中有无停售的东西。",
            "More lies in {thing}, or deeper, than can be looked through for what is stopped.",
        ),
        Text(
            "先报拆出，再分别上报其中各容器的流通。",
            "Report the unpacking first, then move the containers in it each on its own.",
        ),
    ),
}
_OUT_OF: Final = Text(
    "记录中此后有东西从 {thing} 中拆出：若本事件属实，那条记录就不可能。",
    "Something was taken out of {thing} later: if this event is right, that one is impossible.",
)
"""What `chain.later-unpacking` says of an emptying: not of what, since that may be hidden."""
HELD_BY: Final = {
    StateRule.MADE_FIRST: frozenset(("chain.not-made", "chain.before-made")),
    StateRule.ENDED_IS_OVER: frozenset(("chain.after-end",)),
    StateRule.PACKED_ONCE: frozenset(("chain.in-other-container",)),
    StateRule.UNPACKED_FROM_INSIDE: frozenset(("chain.not-in-container", "chain.not-inside")),
    StateRule.NOT_INSIDE_ITSELF: frozenset(("chain.inside-itself",)),
}
"""What is held where a tenant has a rule on: of families not only flagged, of plain EPCIS alone."""
_LATER: Final = {
    StateRule.ENDED_IS_OVER: "chain.later-use",
    StateRule.PACKED_ONCE: "chain.later-packing",
    StateRule.UNPACKED_FROM_INSIDE: "chain.later-unpacking",
}
"""What is found where a later event that stands would break a rule; that one is mended is fine."""
_STOPPED: Final = frozenset(("recalled", "seized"))
_GOING_ON: Final = frozenset(("shipping", "retail_selling", "dispensing", "departing"))

_UNKNOWN: Final = ThingState()
_PARENT: Final = "/parentID"
# Our own names of what is no instance.
_OWN_AMOUNTS: Final = ("urn:suyuan:lot:", "urn:suyuan:class:")
_Place = tuple[str, str, int | None]
"""A thing, the member of the event that names it, and its number there if that is a list."""


class _Said(Struct, frozen=True, gc=False):
    """An event, and who may have had its things without contradicting it; None: anybody."""

    event: Event
    holders: frozenset[str | None] | None


def contradictions(event: Event, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Every contradiction between the event and what is recorded of the things it names.

    An event of a family is held against what families recorded (`Knowledge.things`). What state
    rules hold is found for every event, in all that is on record where that is kept.
    """
    told = knowledge.things
    recorded = told if knowledge.on_record is None else knowledge.on_record
    rules = knowledge.state_rules
    if recorded is None or not (told or rules):
        return ()
    said = _Said(event, _holders(event, knowledge))
    held = frozenset[str]().union(*(HELD_BY[rule] for rule in rules))
    found = list[Finding]()
    for member, things in _named(event):
        sound: tuple[ThingState | None, ThingState, bool] | None = None
        for at, thing in enumerate(things):
            is_one = _is_one(thing)
            states = told.get(thing) if told else None, recorded.get(thing, _UNKNOWN), is_one
            place = thing, member, None if member == _PARENT else at
            if states != sound:  # of a herd it is: what came the same way together has one state
                by_rules = held if is_one else frozenset[str]()
                wrong = [*_flagged(said, place, states[0], knowledge, by_rules)]
                wrong += _by_rules(event, place, states[1], by_rules)
                found += wrong
                if not wrong and event.biz_step not in _GOING_ON:  # else what lies in each is asked
                    sound = states
            found += _around(event, place, knowledge)
    return (*found, *made_impossible(event, knowledge))


def made_impossible(event: Event, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Which later events that stand (`Knowledge.later`) are impossible if this one is right."""
    if not knowledge.later:
        return ()
    return tuple(
        finding
        for member, things in _named(event)
        for at, thing in enumerate(things)
        for finding in _later((thing, member, None if member == _PARENT else at), knowledge)
    )


def _flagged(
    said: _Said,
    place: _Place,
    state: ThingState | None,
    knowledge: Knowledge,
    held: Collection[str],
) -> Iterator[Finding]:
    """What the record of families contradicts, but for what state rules go by."""
    if state is not None:
        found = _of_thing(said, place, state, knowledge)
        yield from (finding for finding in found if finding.rule not in held)


def _by_rules(
    event: Event, place: _Place, state: ThingState, held: Collection[str]
) -> Iterator[Finding]:
    """What the state rules that are on hold."""
    if not held:
        return
    found = (
        _times(event, place, state), _container(event, place, state), _missing(event, place, state),
    )  # fmt: skip
    for finding in chain.from_iterable(found):
        if finding.rule in held:
            yield structs.replace(finding, severity=Severity.HOLD)


def _around(event: Event, place: _Place, knowledge: Knowledge) -> Iterator[Finding]:
    """What would be in itself, were it packed so: at whatever depth, as far as is looked."""
    is_packing = event.type is EventType.AGGREGATION and event.action is Action.ADD
    if not is_packing or StateRule.NOT_INSIDE_ITSELF not in knowledge.state_rules:
        return
    thing, member, _ = place
    around = knowledge.around
    if member.startswith("/child") and (thing == event.parent or thing in around.things):
        yield _finding("chain.inside-itself", place, around.things.get(thing))
    if member == "/parentID" and not around.is_whole:
        yield _finding("chain.unseen-around", place)


def _later(place: _Place, knowledge: Knowledge) -> Iterator[Finding]:
    """Which later events that stand are impossible if this one is right, of each rule one.

    Of a container that is what was taken out of it: it is emptied.
    """
    for later in knowledge.later.get(place[0], ()) if _is_one(place[0]) else ():
        if later.rule in knowledge.state_rules:
            rule = _LATER[later.rule]
            is_emptied = place[1] == _PARENT and later.rule is StateRule.UNPACKED_FROM_INSIDE
            yield _finding(rule, place, later.event, _OUT_OF if is_emptied else None)


def _missing(event: Event, place: _Place, state: ThingState) -> Iterator[Finding]:
    """What should be on record and is not; of an instance, where all that is on record was seen."""
    if not (_is_instance(place) and state.is_whole):
        return
    if state.made is None and not _makes(event, place):
        yield _finding("chain.not-made", place)
    if state.container is None and _unpacks(event):
        yield _finding("chain.not-inside", place, state.grounds.placed)


def _unpacks(event: Event) -> bool:
    return event.type is EventType.AGGREGATION and event.action is Action.DELETE


def _of_thing(
    said: _Said, place: _Place, state: ThingState, knowledge: Knowledge
) -> Iterator[Finding]:
    event = said.event
    yield from _times(event, place, state)
    if said.holders is not None and state.holder is not None and not _is_amount(place):
        yield from _holder(said.holders, place, state.holder)
    yield from _container(event, place, state)
    if event.biz_step in _GOING_ON:
        yield from _stopped(place, state, knowledge.inside(place[0]))


def _stopped(place: _Place, state: ThingState, inside: Content) -> Iterator[Finding]:
    if state.marks & _STOPPED:
        yield _finding("chain.recalled-moved", place)
    elif inside.marks & _STOPPED:
        yield _finding("chain.recalled-inside", place)
    elif not inside.is_whole:
        yield _finding("chain.unseen-inside", place)


def _times(event: Event, place: _Place, state: ThingState) -> Iterator[Finding]:
    if state.made is not None and _makes(event, place):
        if state.made != event.event_time and _is_instance(place):
            when = _on_clock(event, state.made)
            yield _finding("chain.made-again", place, state.grounds.made, when=when)
    elif state.made is not None and event.event_time < state.made:
        when = _on_clock(event, state.made)
        yield _finding("chain.before-made", place, state.grounds.made, when=when)
    if state.ended is not None and state.ended < event.event_time:
        yield _finding("chain.after-end", place, state.grounds.ended)


def _on_clock(event: Event, at: datetime) -> str:
    """A time as whoever reported the event reads it: on the clock of their place."""
    return there(at, event.offset).isoformat()


def _makes(event: Event, place: _Place) -> bool:
    if event.type is EventType.TRANSFORMATION:
        return place[1].startswith("/output")
    made_by_object = event.type is EventType.OBJECT and event.action is Action.ADD
    return made_by_object and not place[1].startswith("/parent")


def _is_instance(place: _Place) -> bool:
    return ("EPC" in place[1] or place[1].startswith("/epcList")) and _is_one(place[0])


def _is_one(thing: str) -> bool:
    """Whether no code says that it is a lot or a class, in whatever list it is: of these come many.

    Such a name in a list of instances is accepted with a note when it is read.
    """
    if thing.startswith(_OWN_AMOUNTS):
        return False
    return ThingGrain.of(thing, ThingGrain.INSTANCE) is ThingGrain.INSTANCE


def _is_amount(place: _Place) -> bool:
    """Of a lot many may have some at once: whose the last word was says nothing of the rest."""
    return place[1].endswith("uantityList")


def _holders(event: Event, knowledge: Knowledge) -> frozenset[str | None] | None:
    """Only where the event says who gave it: a bare scan may be anybody's."""
    givers = [ref.value for ref in event.sources if ref.type == "possessing_party"]
    if not givers:
        return None
    takers = [ref.value for ref in event.destinations if ref.type == "possessing_party"]
    return frozenset((*givers, *takers, knowledge.actor))


def _holder(holders: frozenset[str | None], place: _Place, recorded: Holder) -> Iterator[Finding]:
    if recorded.party is not None and recorded.party not in holders:
        yield _finding("chain.other-holder", place)


def _container(event: Event, place: _Place, state: ThingState) -> Iterator[Finding]:
    if event.type is not EventType.AGGREGATION or not place[1].startswith("/child"):
        return
    if state.container in (None, event.parent):
        return
    if event.action is Action.ADD:
        yield _finding("chain.in-other-container", place, state.grounds.placed)
    elif event.action is Action.DELETE:
        yield _finding("chain.not-in-container", place, state.grounds.placed)


def _named(event: Event) -> Iterator[tuple[str, Iterable[str]]]:
    """The members of the event that name things, and those."""
    child = event.type in (EventType.AGGREGATION, EventType.ASSOCIATION)
    if event.parent is not None:
        yield _PARENT, (event.parent,)
    yield "/childEPCs" if child else "/epcList", event.epcs
    amounts = "/childQuantityList" if child else "/quantityList"
    yield amounts, (one.epc_class for one in event.quantities)
    yield "/inputEPCList", event.input_epcs
    yield "/inputQuantityList", (one.epc_class for one in event.input_quantities)
    yield "/outputEPCList", event.output_epcs
    yield "/outputQuantityList", (one.epc_class for one in event.output_quantities)


def _finding(
    rule: str,
    place: _Place,
    contradicts: int | None = None,
    says: Text | None = None,
    **params: str,
) -> Finding:
    """A finding, and the number of the event that it contradicts, where that is known.

    `says`: in other words than the rule's usual ones.
    """
    sentence = _SENTENCES[rule]
    thing, member, at = place
    filled = {"thing": thing, **params}
    told = {} if contradicts is None else {CONTRADICTS: contradicts}
    return Finding(
        rule=rule,
        severity=sentence.severity,
        path=member if at is None else f"{member}/{at}",
        message=(says or sentence.message).format(**filled),
        cure=sentence.cure,
        law=sentence.law,
        params=filled | told,
    )

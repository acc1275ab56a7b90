"""Takes one recorded event; gives the facts it states, line by line.

The mapping from EPCIS to facts is docs/concepts/trace.md, "From events to facts". It is a pure
function of the event and the registry: the index can always be made again.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final, assert_never

from msgspec import Struct, structs

from suyuan.codes import Grain, read_identifier
from suyuan.codes.types import LONGEST_NAME
from suyuan.index import holders
from suyuan.index.holders import Place
from suyuan.index.types import Derived, Known, MentionRole, Report
from suyuan.kit.span import BadTimeError, Span, instant, parse_instant
from suyuan.model import (
    Action,
    Event,
    EventType,
    Fact,
    FactKind,
    QuantityElement,
    Side,
    ThingGrain,
    TypedRef,
)
from suyuan.wire import lots_of

SENDING = frozenset({"shipping", "departing"})
RECEIVING = frozenset({"receiving", "arriving", "accepting"})
COUNTING = frozenset({"stock_taking", "cycle_counting"})
SELLING = frozenset({"retail_selling", "dispensing"})
ENDING = SELLING | {"consuming", "destroying"}

_NS = "urn:suyuan:ns:1:"
_WRITTEN: Final = {"day": 10, "month": 7, "year": 4}
"""How much of a local day is known, in letters of its date."""
_GDTI: Final = "https://id.gs1.org/253/"
_GONE = frozenset({"retail_sold", "dispensed", "destroyed"})


class _Line(Struct, frozen=True):
    """One thing an event speaks of, with how much of it."""

    thing: str
    grain: ThingGrain
    quantity: Decimal | None = None
    unit: str | None = None


def derive(report: Report, known: Known) -> Derived:
    """The facts and mentions of a report; an error declaration states none of its own."""
    event = report.event
    if event.error is not None:
        things = ((name, MentionRole.DECLARED) for name in _things(event))
        return Derived(facts=(), mentions=(*_mentions(event), *things))
    facts = tuple(
        structs.replace(fact, line=line) for line, fact in enumerate(_facts(report, event, known))
    )
    return Derived(facts=facts, mentions=tuple(_mentions(event)))


def _facts(report: Report, event: Event, known: Known) -> Iterator[Fact]:
    match event.type:
        case EventType.OBJECT | EventType.TRANSACTION:
            yield from _object_facts(report, event, known)
        case EventType.AGGREGATION:
            yield from _packing_facts(report, event, known)
        case EventType.ASSOCIATION:
            yield from _attachment_facts(report, event, known)
        case EventType.TRANSFORMATION:
            yield from _making_facts(report, event, known)
        case _:
            assert_never(event.type)


def _object_facts(report: Report, event: Event, known: Known) -> Iterator[Fact]:
    lots = lots_of(event)
    shape = _object_shape(report, event, known)
    for line in _lines(event.epcs, event.quantities):
        said = _counted(event, line, shape)
        yield _fact(report, line, lot=lots.get(line.thing), **said)
    old = _old_name(report, event)
    if old is not None and len(event.epcs) == 1:
        renamed = _Line(event.epcs[0], ThingGrain.of(event.epcs[0], ThingGrain.INSTANCE))
        yield _fact(report, renamed, kind=FactKind.RECODED, other=old)


def _object_shape(report: Report, event: Event, known: Known) -> dict[str, Any]:
    """Which kind of fact every line of an object or transaction event states."""
    moves = _moves(event)
    of_things = event.type is EventType.OBJECT  # a transaction's action is of its documents
    if of_things and event.action is Action.ADD and not moves:
        return _at("after", FactKind.MADE, holders.here(event, report.capturer, known))
    if _ends(event) or (of_things and event.action is Action.DELETE and not moves):
        return _at("before", FactKind.ENDED, _last_place(report, event, known))
    if moves:
        return _movement(report, event, known)
    return _at("after", FactKind.OBSERVED, holders.here(event, report.capturer, known))


def _moves(event: Event) -> bool:
    """Sent or received, whatever the action; sold or dispensed to a named party too."""
    if event.biz_step in SELLING:
        return _names_receiver(event)
    return event.biz_step in SENDING or event.biz_step in RECEIVING


def _counted(event: Event, line: _Line, shape: dict[str, Any]) -> dict[str, Any]:
    """Stock that was taken is all that was there (CBV 2.0, bizStep), a piece is merely seen."""
    counted = event.biz_step in COUNTING and line.quantity is not None
    if not counted or shape["kind"] is not FactKind.OBSERVED:
        return shape
    return shape | {"kind": FactKind.COUNTED}


def _ends(event: Event) -> bool:
    """Sold to a consumer, used or destroyed; a sale to a named party is a movement."""
    gone = event.biz_step in ENDING or event.disposition in _GONE
    return gone and not _names_receiver(event)


def _names_receiver(event: Event) -> bool:
    """Whether a party is to have it that did not have it."""
    return not _possessors(event.destinations) <= _possessors(event.sources)


def _possessors(refs: Iterable[TypedRef]) -> set[str]:
    return {ref.value for ref in refs if ref.type == "possessing_party"}


def _last_place(report: Report, event: Event, known: Known) -> Place:
    if event.sources:
        return holders.last(event, report.capturer, known)
    return holders.here(event, report.capturer, known)


def _movement(report: Report, event: Event, known: Known) -> dict[str, Any]:
    """A sender speaks for itself and names the receiver; a receiver the other way round.

    A register that reports whole movements (`suyuan:movement` = complete) answers for both.
    """
    ends = holders.placing(event, report.capturer, known)
    if event.extensions.get(_NS + "movement") == "complete":
        return {
            "kind": FactKind.MOVED,
            "side": Side.BOTH,
            "arrived": _arrived(event),
            "before": ends.before.holder,
            "after": ends.after.holder,
            "inferred": ends.before.inferred or ends.after.inferred,
        }
    sent = event.biz_step not in RECEIVING
    before = ends.before if sent else holders.named_sender(event, known)
    after = holders.named_receiver(event, known) if sent else ends.after
    return {
        "kind": FactKind.MOVED,
        "side": Side.SENT if sent else Side.RECEIVED,
        "before": before.holder,
        "after": after.holder,
        "inferred": before.inferred or after.inferred,
    }


def _packing_facts(report: Report, event: Event, known: Known) -> Iterator[Fact]:
    place = holders.here(event, report.capturer, known)
    if event.action is Action.OBSERVE or event.parent is None:
        yield from _observed(report, event, place)
        return
    kind = FactKind.JOINED if event.action is Action.ADD else FactKind.LEFT
    shape = {**_at("after", kind, place), "parent": event.parent}
    children = list(_lines(event.epcs, event.quantities))
    if kind is FactKind.LEFT and not children:
        children = [_Line("", ThingGrain.INSTANCE)]
    for line in children:
        yield _fact(report, line, **shape)
    yield _fact(report, _named(event.parent), **_at("after", FactKind.OBSERVED, place))


def _attachment_facts(report: Report, event: Event, known: Known) -> Iterator[Fact]:
    place = holders.here(event, report.capturer, known)
    if event.action is Action.OBSERVE or event.parent is None:
        yield from _observed(report, event, place)
        return
    kind = FactKind.ATTACHED if event.action is Action.ADD else FactKind.DETACHED
    instrument = event.extensions.get(_NS + "role") == "instrument"
    for line in _lines(event.epcs, event.quantities):
        yield _fact(
            report,
            line,
            **_at("after", kind, place),
            parent=event.parent,
            instrument=instrument,
        )


def _observed(report: Report, event: Event, place: Place) -> Iterator[Fact]:
    """OBSERVE states presence, never containment (EPCIS 2.0 §7.4.3)."""
    shape = _at("after", FactKind.OBSERVED, place)
    for line in _lines(event.epcs, event.quantities):
        said = _counted(event, line, shape)
        inside = event.parent if said["kind"] is FactKind.COUNTED else None
        yield _fact(report, line, **said, parent=inside)
    if event.parent is not None:
        yield _fact(report, _named(event.parent), **shape)


def _making_facts(report: Report, event: Event, known: Known) -> Iterator[Fact]:
    place = holders.here(event, report.capturer, known)
    lots = lots_of(event)
    flow = _flow(report, event)
    for line in _lines(event.input_epcs, event.input_quantities):
        shape = _at("before", FactKind.BECAME, place)
        yield _fact(report, line, **shape, side=Side.INPUT, flow=flow)
    for line in _lines(event.output_epcs, event.output_quantities):
        shape = _at("after", FactKind.BECAME, place)
        lot = lots.get(line.thing)
        yield _fact(report, line, **shape, side=Side.OUTPUT, flow=flow, lot=lot)


def _flow(report: Report, event: Event) -> str:
    """One transformation: its id as its reporter means it, else the event itself.

    An event id alone would not do: other content under it is another event, and whoever knew
    somebody's could mix material into what that one made.
    """
    if event.transformation_id is None:
        return f"urn:suyuan:flow:{event.event_id}:{report.digest.hex()}"
    if event.transformation_id.startswith(_GDTI):  # names its issuer: others may speak of it
        return f"urn:suyuan:flow:{event.transformation_id}"
    return f"urn:suyuan:flow:{report.capturer}:{event.transformation_id}"


def _fact(report: Report, line: _Line, **shape: Any) -> Fact:
    event = report.event
    return Fact(
        entry=report.entry,
        line=0,
        position=report.position,
        thing=line.thing,
        grain=line.grain,
        quantity=line.quantity,
        unit=line.unit,
        when=_when(event),
        document=tuple(ref.value for ref in event.biz_transactions),
        held=report.held,
        event_id=event.event_id or "",
        capturer=report.capturer,
        digest=report.digest,
        **shape,
    )


def _when(event: Event) -> Span:
    """An instant (EPCIS 2.0 §7.4.1), unless the reporter knows only the day, month or year.

    Of what is dated by nobody (`unknown`) the event's time says nothing.
    """
    precision = event.extensions.get(_NS + "timePrecision")
    if precision == "unknown":
        return Span(None, None)
    written = _WRITTEN.get(precision) if isinstance(precision, str) else None
    if written is None:
        return instant(event.event_time)
    local = holders.local_day(event).isoformat()[:written]
    return parse_instant(local, offset_minutes=_minutes(event))[0]


def _arrived(event: Event) -> Span | None:
    """When the other end of a whole movement was, if its reporter says so; then not before it left.

    `unknown` says that nobody knows; what cannot be read says nothing.
    """
    sent = event.extensions.get(_NS + "arrivalTime")
    if sent == "unknown":
        left = _when(event)
        return Span(left.lo, None) if left.lo is not None else None
    if not isinstance(sent, str):
        return None
    try:
        return parse_instant(sent, offset_minutes=_minutes(event))[0]
    except BadTimeError:
        return None


def _minutes(event: Event) -> int:
    """Of the local clock, east of UTC."""
    minutes = 60 * int(event.offset[1:3]) + int(event.offset[4:6])
    return -minutes if event.offset.startswith("-") else minutes


def _at(end: str, kind: FactKind, place: Place) -> dict[str, Any]:
    return {"kind": kind, end: place.holder, "inferred": place.inferred}


def _lines(epcs: tuple[str, ...], quantities: tuple[QuantityElement, ...]) -> Iterator[_Line]:
    for epc in epcs:
        yield _Line(epc, ThingGrain.of(epc, ThingGrain.INSTANCE))
    for element in quantities:
        grain = ThingGrain.of(element.epc_class, ThingGrain.LOT)
        yield _Line(element.epc_class, grain, element.quantity, element.uom)


def _named(uri: str) -> _Line:
    return _Line(uri, ThingGrain.of(uri, ThingGrain.INSTANCE))


def _old_name(report: Report, event: Event) -> str | None:
    """The name a thing had before it was recoded, read as any identifier is."""
    sent = event.extensions.get(_NS + "recodeOf")
    if not isinstance(sent, str):
        return None
    old = read_identifier(sent, capturer=report.capturer, expect=Grain.INSTANCE).uri
    return old if len(old.encode()) <= LONGEST_NAME else None


def _mentions(event: Event) -> Iterator[tuple[str, MentionRole]]:
    if event.read_point:
        yield event.read_point, MentionRole.READ_POINT
    if event.biz_location:
        yield event.biz_location, MentionRole.BIZ_LOCATION
    if event.parent:
        yield event.parent, MentionRole.PARENT
    for ref in event.biz_transactions:
        yield ref.value, MentionRole.DOCUMENT
    for ref in (*event.sources, *event.destinations):
        yield ref.value, MentionRole.PARTY


def _things(event: Event) -> set[str]:
    """Every thing the event names, so that a declaration is found by them like its original."""
    elements = (*event.quantities, *event.input_quantities, *event.output_quantities)
    classes = (element.epc_class for element in elements)
    return {*event.epcs, *event.input_epcs, *event.output_epcs, *classes}

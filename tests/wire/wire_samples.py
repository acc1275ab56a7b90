"""Good events of every type, documents around them, and any event that hypothesis can think of."""

import copy
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from suyuan.model import Event
from suyuan.wire import Mode, read_document, read_event
from suyuan.wire.types import Document, ReadEvent

ME = "https://id.gs1.org/417/6901234000009"
EPCIS = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
EXAMPLE = {"ex": "https://example.com/ns/"}
SGTIN = "https://id.gs1.org/01/06901234000016/21/"
LOT = "https://id.gs1.org/01/06901234000016/10/"
SSCC = "https://id.gs1.org/00/069012340000000016"
SITE = "https://id.gs1.org/414/6901234000009"

Json = dict[str, Any]

BASE: Json = {
    "eventID": "urn:uuid:550e8400-e29b-41d4-a716-446655440000",
    "eventTime": "2026-03-01T08:00:00.120+08:00",
    "eventTimeZoneOffset": "+08:00",
    "bizStep": "receiving",
    "disposition": "in_progress",
    "readPoint": {"id": SITE},
    "bizLocation": {"id": SITE},
    "bizTransactionList": [{"type": "desadv", "bizTransaction": "https://example.com/da/1"}],
    "sourceList": [{"type": "possessing_party", "source": ME}],
    "destinationList": [{"type": "location", "destination": SITE}],
    "ex:note": {"ex:deep": ["007", 7, 1.0]},
}
SENSED: Json = {
    "sensorMetadata": {"time": "2026-03-01T00:00:00Z", "bizRules": "https://example.com/rule"},
    "sensorReport": [
        {"type": "Temperature", "value": 3.5, "uom": "CEL", "deviceID": "urn:epc:id:giai:6901234.1"}
    ],
}
QUANTITIES = [{"epcClass": LOT + "A1", "quantity": 12.5, "uom": "KGM"}]
OBJECT: Json = {
    **BASE,
    "type": "ObjectEvent",
    "action": "ADD",
    "epcList": [SGTIN + "1", SGTIN + "2"],
    "quantityList": QUANTITIES,
    "sensorElementList": [SENSED],
    "persistentDisposition": {"set": ["completeness_verified"]},
    "certificationInfo": "https://example.com/certificate",
    "ilmd": {"ex:bestBefore": "2026-09-01"},
}
AGGREGATION: Json = {
    **BASE,
    "type": "AggregationEvent",
    "action": "ADD",
    "parentID": SSCC,
    "childEPCs": [SGTIN + "1"],
    "childQuantityList": QUANTITIES,
}
TRANSACTION: Json = {
    **BASE,
    "type": "TransactionEvent",
    "action": "OBSERVE",
    "epcList": [SGTIN + "1"],
}
TRANSFORMATION: Json = {
    **BASE,
    "type": "TransformationEvent",
    "transformationID": "https://example.com/batch/9",
    "inputEPCList": [SGTIN + "1"],
    "inputQuantityList": QUANTITIES,
    "outputEPCList": [SGTIN + "3"],
    "outputQuantityList": [{"epcClass": LOT + "B2", "quantity": 7}],
    "ilmd": {"ex:bestBefore": "2026-09-01"},
}
ASSOCIATION: Json = {**AGGREGATION, "type": "AssociationEvent"}
DECLARED: Json = {
    **OBJECT,
    "errorDeclaration": {
        "declarationTime": "2026-03-02T08:00:00+08:00",
        "reason": "incorrect_data",
        "correctiveEventIDs": ["urn:uuid:550e8400-e29b-41d4-a716-446655440001"],
        "ex:by": "Li",
    },
}
SAMPLES = (OBJECT, AGGREGATION, TRANSACTION, TRANSFORMATION, ASSOCIATION, DECLARED)

Change = Callable[[Json], object]


def changed(sample: Json, *changes: Change) -> Json:
    event = copy.deepcopy(sample)
    for change in changes:
        change(event)
    return event


def put(*place: Any) -> Change:
    """Put the last argument at the place that the others name."""
    *way, last, value = place

    def change(event: Json) -> None:
        inner: Any = event
        for step in way:
            inner = inner[step]
        inner[last] = value

    return change


def document(*events: Json, context: Any = (EPCIS, EXAMPLE), **head: Any) -> bytes:
    return json.dumps(
        {
            "@context": context,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-03-01T08:00:00Z",
            **head,
            "epcisBody": {"eventList": list(events)},
        },
        ensure_ascii=False,
    ).encode()


def answer(*events: Json) -> bytes:
    results = {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": list(events)}}
    return json.dumps(
        {
            "epcisBody": {"queryResults": results},
            "type": "EPCISQueryDocument",
            "@context": [EPCIS, EXAMPLE],
        }
    ).encode()


def taken(data: bytes, mode: Mode = Mode.LENIENT) -> tuple[Document, list[ReadEvent]]:
    opened = read_document(data, mode=mode)
    read = [read_event(raw, opened.context, capturer=ME, mode=mode) for raw in opened.events]
    return opened, read


def read(event: Json, mode: Mode = Mode.STRICT) -> ReadEvent:
    (one,) = taken(document(event), mode)[1]
    return one


def meant(event: Json, mode: Mode = Mode.STRICT) -> Event:
    got = read(event, mode)
    assert got.event is not None, got.findings
    return got.event


_plain = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
_numbers = st.one_of(
    st.integers(-(10**22), 10**22),
    st.decimals(-1000, 1000, places=3).map(float),
)
values = st.recursive(
    st.one_of(_plain, _numbers, st.booleans()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["ex:a", "ex:b", "plain"]), inner, max_size=2),
    ),
    max_leaves=4,
)
serials = st.text("ABCxyz019-_", min_size=1, max_size=12)
_extended = st.dictionaries(st.sampled_from(["ex:a", "ex:b", "ex:c"]), values, max_size=3)


@st.composite
def events(draw: st.DrawFn) -> Json:
    """An event that strict mode takes: a sample with some of its members, others' values."""
    event = copy.deepcopy(draw(st.sampled_from(SAMPLES)))
    for key in ("disposition", "bizLocation", "sourceList", "certificationInfo", "ilmd"):
        if key in event and draw(st.booleans()):
            del event[key]
    for key in ("epcList", "childEPCs", "inputEPCList"):
        if key in event:
            ends = draw(st.lists(serials, min_size=1, max_size=4, unique=True))
            event[key] = [SGTIN + end for end in ends]
    digits = draw(st.text("0123456789", min_size=0, max_size=9))
    event["eventTime"] = f"2026-03-01T08:00:00{'.' * bool(digits)}{digits}+08:00"
    event.update(draw(_extended))
    return event

"""Events back into one document, each with the meaning its names had where it came from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import Raw

from suyuan.wire.contexts import EPCIS_CONTEXT, EXTENSION_NAMESPACE, is_standard_address
from suyuan.wire.types import Kind, Outgoing, QueryName
from suyuan.wire.xml_event import as_json

_PIECES: Final = msgspec.json.Decoder(dict[str, Raw]).decode
_ENCODE: Final = msgspec.json.Encoder(decimal_format="number").encode
_DECODE: Final = msgspec.json.Decoder().decode
_OWN: Final = {"suyuan": EXTENSION_NAMESPACE}


def write_document(
    events: Sequence[Outgoing],
    *,
    kind: Kind = Kind.CAPTURE,
    created: datetime,
    query: QueryName | None = None,
    about: Mapping[str, Any] | None = None,
) -> bytes:
    """An EPCISDocument or EPCISQueryDocument of stored events, as JSON-LD.

    Events that were sent under one and the same context of their own share it at the top;
    where contexts differ each event carries its own, so that no prefix changes its meaning.
    `Kind.EVENT` writes a single event with all of its context. `about` is what the document says of
    itself, as `suyuan:about`.
    """
    own = {sent: _own_context(sent) for sent in {event.context.sent for event in events}}
    contexts = [own[event.context.sent] for event in events]
    alike = bool(contexts) and all(one == contexts[0] for one in contexts)
    shared = contexts[0] if alike else []
    declared = shared or ([_OWN] if about is not None else [])
    top = [EPCIS_CONTEXT, *declared] if declared else EPCIS_CONTEXT
    if kind is Kind.EVENT:
        (event,) = events
        return bytes(_written(event, [EPCIS_CONTEXT, *contexts[0]]))
    written = [
        _written(event, [] if alike else context)
        for event, context in zip(events, contexts, strict=True)
    ]
    body: dict[str, Any] = {"eventList": written}
    if kind is Kind.QUERY:
        body = _answer(body, query or QueryName())
    head = {
        "@context": top,
        "type": kind.value,
        "schemaVersion": "2.0",
        "creationDate": _time(created),
        **({} if about is None else {"suyuan:about": about}),
        "epcisBody": body,
    }
    return _ENCODE(head)


def _answer(body: dict[str, Any], query: QueryName) -> dict[str, Any]:
    results: dict[str, Any] = {"queryName": query.name}
    if query.subscription is not None:
        results["subscriptionID"] = query.subscription
    return {"queryResults": {**results, "resultsBody": body}}


def _own_context(sent: bytes) -> list[Any]:
    """What a document said beyond the standard context; our own prefix is always declared."""
    said = _DECODE(sent) if sent else []
    listed = said if isinstance(said, list) else [said]
    own = [item for item in listed if not is_standard_address(item)]
    declared = any(isinstance(item, dict) and "suyuan" in item for item in own)
    return own if declared else [_OWN, *own]


def _written(event: Outgoing, context: Iterable[Any]) -> Raw:
    pieces = _PIECES(as_json(event.raw))
    sent = pieces.pop("@context", None)
    own = list(context)
    if sent is not None:
        inner = _DECODE(sent)
        listed = inner if isinstance(inner, list) else [inner]
        own += [item for item in listed if item not in own and not is_standard_address(item)]
    out: dict[str, Any] = {"@context": own} if own else {}
    out.update(pieces)
    if event.event_id is not None:
        out["eventID"] = event.event_id
    if event.record_time is not None:
        out["recordTime"] = _time(event.record_time)
    return Raw(_ENCODE(out))


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

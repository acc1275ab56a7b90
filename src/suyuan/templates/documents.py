"""Takes what a person stated of an event; gives it whole, and events as one EPCIS document."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import msgspec

_CONTEXT: Final = (
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
)
_CHINA: Final = "+08:00"
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def whole(stated: Mapping[str, Any], fixed: Mapping[str, str]) -> dict[str, Any]:
    """The event with what every event of its step has, a time zone, and an id from what it says.

    The same said twice has one id, so it is a repeat and recorded once.
    """
    event = {**fixed, **stated}
    event.setdefault("eventTimeZoneOffset", _CHINA)
    at = event.get("eventTime")
    if isinstance(at, str) and not at.endswith("Z") and at[-6:-5] not in ("+", "-"):
        zone = str(event["eventTimeZoneOffset"])  # what is no offset is refused by itself
        event["eventTime"] = at + (zone if len(zone) <= len(_CHINA) else _CHINA)
    if "eventID" not in event:
        event["eventID"] = uuid5(NAMESPACE_URL, _ENCODER.encode(event).decode()).urn
    return event


def document_of(events: Sequence[Mapping[str, Any]]) -> bytes:
    """One document of these events, dated by the latest of them."""
    return _ENCODER.encode(
        {
            "@context": _CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": max((str(e.get("eventTime", "")) for e in events), default=""),
            "epcisBody": {"eventList": events},
        }
    )

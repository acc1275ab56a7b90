"""Takes a recorded event and who asks; gives its bytes with the members that may be shown.

The reporter and the administrator get it whole; the authority of the jurisdiction all but what
the family keeps to the reporter. A party to the event gets the standard's own members and what
the family discloses to partners. Whoever sees an event only because its step is public gets no
raw event at all: what they may know is in the public answer.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from suyuan.families import Families, Family
from suyuan.families.types import Audience
from suyuan.model import PUBLIC, Event, Role, Viewer
from suyuan.record import Recorded, grants_of
from suyuan.wire import Context, Mode, as_json
from suyuan.wire.contexts import expand, read_context
from suyuan.wire.shapes import EVERY_MEMBER, READ_APART
from suyuan.wire.types import Outgoing

_ILMD: Final = "ilmd"
_CONTEXT: Final = "@context"
_TOP: Final = (EVERY_MEMBER | READ_APART) - {_ILMD}
_INNER: Final = frozenset(
    ("id", "type", "epcClass", "quantity", "uom", "bizTransaction", "source", "destination",
     "set", "unset", "declarationTime", "reason", "correctiveEventIDs", "sensorMetadata",
     "sensorReport", "time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData",
     "dataProcessingMethod", "bizRules", "exception", "microorganism", "chemicalSubstance",
     "coordinateReferenceSystem", "value", "component", "stringValue", "booleanValue",
     "hexBinaryValue", "uriValue", "minValue", "maxValue", "meanValue", "sDev", "percRank",
     "percValue")
)  # fmt: skip
"""Members of the objects inside an event (EPCIS 2.0 JSON schema); all others are extensions."""

_DECODE: Final = msgspec.json.Decoder(float_hook=Decimal).decode
_ENCODE: Final = msgspec.json.Encoder(decimal_format="number").encode


class _Filter(Struct, frozen=True):
    """Which extensions may be shown: those named, or with `others` all but those named."""

    names: frozenset[str]
    others: bool
    context: Context

    def lets(self, name: str) -> bool:
        return (expand(name, self.context) in self.names) != self.others


def outgoing(
    recorded: Recorded, viewer: Viewer, *, families: Families, secret: bytes
) -> Outgoing | None:
    """The event as this viewer may have it, or None."""
    raw = _raw(recorded, viewer, families, secret)
    if raw is None:
        return None
    return Outgoing(
        raw=raw,
        context=recorded.context,
        event_id=recorded.event.event_id,
        record_time=recorded.at,
    )


def _raw(recorded: Recorded, viewer: Viewer, families: Families, secret: bytes) -> bytes | None:
    if sees_all(recorded, viewer):
        return recorded.raw
    if not is_near(recorded, viewer, secret):
        return None
    family = families.family(recorded.family) if recorded.family else None
    if viewer.role is Role.REGULATOR:
        return _filtered(recorded, places(family, {Audience.OWNER_ONLY}), others=True)
    return _filtered(recorded, places(family, {Audience.PUBLIC, Audience.PARTNER}), others=False)


def shown_event(
    recorded: Recorded, viewer: Viewer, *, families: Families, secret: bytes
) -> Event | None:
    """What the event means to this viewer: who is not shown a member cannot find out by it."""
    event = recorded.event
    if sees_all(recorded, viewer):
        return event
    if not is_near(recorded, viewer, secret):
        return None
    family = families.family(recorded.family) if recorded.family else None
    if viewer.role is Role.REGULATOR:
        return _without(event, places(family, {Audience.OWNER_ONLY}), others=True)
    return _without(event, places(family, {Audience.PUBLIC, Audience.PARTNER}), others=False)


def _without(event: Event, names: frozenset[str], *, others: bool) -> Event:
    def open_(members: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in members.items() if (key in names) != others}

    error = event.error
    return structs.replace(
        event,
        extensions=open_(event.extensions),
        ilmd=open_(event.ilmd),
        read_point_extensions=open_(event.read_point_extensions),
        biz_location_extensions=open_(event.biz_location_extensions),
        error=None if error is None else structs.replace(error, extensions=open_(error.extensions)),
        sensors=tuple(_sensed(sensor, open_) for sensor in event.sensors),
    )


def _sensed(value: Any, open_: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """What a sensor says, without the extensions that are not shown."""
    if isinstance(value, list):
        return [_sensed(item, open_) for item in value]
    if not isinstance(value, dict):
        return value
    own = {key: _sensed(inner, open_) for key, inner in value.items() if key in _INNER}
    return own | open_({key: inner for key, inner in value.items() if key not in _INNER})


def sees_all(recorded: Recorded, viewer: Viewer) -> bool:
    """Whether nothing of the event is kept from the viewer: who reported it, and the operator."""
    return viewer.role is Role.ADMIN or viewer.party == recorded.capturer


def is_near(recorded: Recorded, viewer: Viewer, secret: bytes) -> bool:
    """Whether more than the public's tag opens the event: a part in it, or jurisdiction."""
    own = grants_of(viewer, secret=secret).tags
    return not set(own).difference(grants_of(PUBLIC, secret=secret).tags).isdisjoint(recorded.tags)


def places(family: Family | None, audiences: set[Audience]) -> frozenset[str]:
    """The full names of the extensions that a family opens just so far."""
    if family is None:
        return frozenset()
    items = [name for name, reach in family.disclosure.items() if reach in audiences]
    return frozenset(
        place.partition(".")[2].replace("suyuan:", "urn:suyuan:ns:1:", 1)
        for item in items
        for place in family.places(item)
    )


def _filtered(recorded: Recorded, names: frozenset[str], *, others: bool) -> bytes:
    members: dict[str, Any] = _DECODE(as_json(recorded.raw))
    shown = _Filter(names, others, _context(members, recorded.context))
    kept = {
        name: _cleaned(value, shown) if name in _TOP - {_CONTEXT} else value
        for name, value in members.items()
        if name in _TOP or (name != _ILMD and shown.lets(name))
    }
    if isinstance(members.get(_ILMD), dict):
        kept[_ILMD] = {name: value for name, value in members[_ILMD].items() if shown.lets(name)}
    return _ENCODE(kept)


def _context(members: Mapping[str, Any], around: Context) -> Context:
    """What the names of an event mean that brings a context of its own."""
    if _CONTEXT not in members:
        return around
    return read_context(members[_CONTEXT], mode=Mode.LENIENT, path="", base=around)[0]


def _cleaned(value: Any, shown: _Filter) -> Any:
    """A standard member without the extensions inside it that may not be shown."""
    if isinstance(value, dict):
        return {
            name: _cleaned(inner, shown) if name in _INNER else inner
            for name, inner in value.items()
            if name in _INNER or shown.lets(name)
        }
    if isinstance(value, list):
        return [_cleaned(item, shown) for item in value]
    return value

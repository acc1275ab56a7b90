"""One event, from its bytes to what it means."""

from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.codes.types import RESOLVERS
from suyuan.kit.strictjson import JsonError, parse
from suyuan.model import Belonging, Event, EventType, Finding
from suyuan.wire.contexts import expand, read_context
from suyuan.wire.fields import extensions, pointer
from suyuan.wire.reading import TEXT as A_TEXT
from suyuan.wire.reading import Reading, expected, offset_of, refuses, shown, time
from suyuan.wire.rules import finding
from suyuan.wire.sent_id import id_in, id_in_bytes
from suyuan.wire.shapes import EVERY_MEMBER, READ_APART, SHAPES, Shape, Values
from suyuan.wire.types import Context, Limits, Mode, RawEvent, ReadEvent
from suyuan.wire.xml_document import place_in, read_parts
from suyuan.wire.xml_errors import XmlError
from suyuan.wire.xml_event import Places, is_xml

_LIMITS: Final = Limits()
_TYPES: Final = {member.value: member for member in EventType}
_EPCIS: Final = "https://ref.gs1.org/epcis/"


def read_event(
    raw: RawEvent,
    context: Context,
    *,
    capturer: str,
    mode: Mode,
    resolvers: frozenset[str] = RESOLVERS,
    limits: Limits = _LIMITS,
) -> ReadEvent:
    """What an event means, or every reason why it cannot be said.

    `context` is the document's, `capturer` the organisation whose own codes are named by it,
    and `resolvers` the hosts whose links are identifiers.
    Never raises: bytes that are no JSON are a finding too (RFC 8259, unique keys). Findings in
    XML say the way to the element and its line.
    """
    return read_sent(
        sent_event(raw, mode=mode, limits=limits),
        context,
        capturer=capturer,
        mode=mode,
        resolvers=resolvers,
    )


class Sent(Struct, frozen=True):
    """An event taken from its bytes and not read yet: its members, as JSON has them.

    `places` says of XML where each stands; `refused` is why it cannot be read, whatever it says,
    and `raw` its bytes then.
    """

    members: dict[str, Any]
    places: Places | None = None
    refused: Finding | None = None
    raw: bytes = b""


def sent_event(raw: RawEvent, *, mode: Mode, limits: Limits = _LIMITS) -> Sent:
    """The members of an event; none where its bytes are too many, or neither JSON nor XML."""
    size = len(raw.raw)
    if size > limits.event_bytes:
        sizes = {"found": size, "limit": limits.event_bytes}
        return _unread(raw, "wire.event.size", "/", mode, **sizes)
    places: Places | None = None
    try:
        if is_xml(raw.raw):
            value, places = read_parts(raw, limits)
        else:
            value = parse(raw.raw, max_depth=limits.depth)
    except JsonError as error:
        return _unread(raw, "wire.event.json", error.place, mode, what=error.text)
    except XmlError as error:
        said = {"what": error.text, "cure": error.cure}
        return _unread(raw, "wire.event.xml", error.place, mode, **said)
    if type(value) is not dict:
        return _unread(raw, "wire.event.object", "/", mode)
    longest = _longest(value) if size > limits.text else 0
    if longest > limits.text:
        sizes = {"found": longest, "limit": limits.text}
        return Sent(value, places, finding("wire.event.text", "/", mode, **sizes))
    return Sent(value, places)


def _unread(raw: RawEvent, rule: str, path: str, mode: Mode, **params: Any) -> Sent:
    return Sent({}, refused=finding(rule, path, mode, **params), raw=raw.raw)


def read_sent(
    sent: Sent,
    context: Context,
    *,
    capturer: str,
    mode: Mode,
    resolvers: frozenset[str] = RESOLVERS,
) -> ReadEvent:
    """What an event means, from its members, as `read_event`."""
    if sent.refused is not None:
        return ReadEvent(None, (sent.refused,), id_in(sent.members) or id_in_bytes(sent.raw))
    reading = Reading(context, capturer, mode, resolvers)
    event = _read(reading, sent.members)
    findings = tuple(reading.findings)
    if sent.places is not None:
        places = sent.places
        findings = tuple(replace(one, path=place_in(places, one.path)) for one in findings)
    if event is None or refuses(reading.findings):
        return ReadEvent(None, findings, id_in(sent.members))
    return ReadEvent(event, findings)


def _longest(value: Any) -> int:
    """The length of the longest text; grows while it is read, so depth is no matter."""
    longest, seen = 0, [value]
    for node in seen:
        if isinstance(node, str):
            longest = max(longest, len(node))
        elif isinstance(node, dict):
            seen.extend(node.keys())
            seen.extend(node.values())
        elif isinstance(node, list):
            seen.extend(node)
    return longest


def _read(reading: Reading, value: dict[str, Any]) -> Event | None:
    if "@context" in value:
        _add_context(reading, value["@context"])
    name = _type(reading, value)
    values: Values = {}
    _read_time(reading, value, values)
    shape = SHAPES.get(name or "")
    if shape is None or name is None:
        return None
    others = _read_members(reading, value, values, shape)
    shape.needs(reading, values)
    if shape.has_action and value.get("action") is None:
        reading.found("wire.required", "/", key="action")
    if others:
        values["extensions"] = _read_others(reading, others, name)
    if refuses(reading.findings):
        return None
    return _event(reading, values, name)


def _add_context(reading: Reading, value: Any) -> None:
    context, notes = read_context(value, mode=reading.mode, path="/@context", base=reading.context)
    reading.context = context
    reading.findings.extend(notes)


def _type(reading: Reading, value: dict[str, Any]) -> str | None:
    """The event type; also where it is written as an IRI of the EPCIS ontology."""
    sent = value.get("type")
    if type(sent) is not str:
        if sent is None:
            reading.found("wire.required", "/", key="type")
            return None
        expected(reading, A_TEXT, sent, "/type")
        return None
    if sent in _TYPES:
        return sent
    iri = expand(sent, reading.context) if ":" in sent else None
    if iri is not None and iri.removeprefix(_EPCIS) in _TYPES:
        return iri.removeprefix(_EPCIS)
    rule = "wire.event.type" if iri is None else "wire.event.type-extended"
    reading.found(rule, "/type", found=shown(sent))
    return None


def _read_time(reading: Reading, value: dict[str, Any], values: Values) -> None:
    """Read eventTime and its offset together: each stands in for what the other leaves out."""
    sent, written = value.get("eventTimeZoneOffset"), value.get("eventTime")
    if sent is not None:
        reading.offset = offset_of(reading, sent, "/eventTimeZoneOffset")
    if written is None:
        reading.found("wire.required", "/", key="eventTime")
        return
    at = time(reading, written, "/eventTime")
    if at is None:
        return
    if sent is None:
        reading.offset = "+00:00" if written[-1] in "Zz" else written[-6:]
        reading.found("wire.offset.missing", "/", offset=reading.offset)
    values["event_time"], values["event_time_text"] = at, written
    reading.at = at
    values["offset"] = reading.offset


def _read_members(
    reading: Reading, value: dict[str, Any], values: Values, shape: Shape
) -> dict[str, Any]:
    """Read what the type has into `values`; gives all other members."""
    known = shape.members
    others: dict[str, Any] = {}
    for key, item in value.items():
        found = known.get(key)
        if found is not None:
            if item is None:
                reading.found("wire.null", "/" + key)
                continue
            read = found[1](reading, item, "/" + key)
            if read is not None:
                values[found[0]] = read
        elif key not in READ_APART:
            others[key] = item
    return others


def _read_others(reading: Reading, others: dict[str, Any], name: str) -> dict[str, Any]:
    for key in sorted(EVERY_MEMBER & others.keys()):
        if others.pop(key) is not None:
            reading.found("wire.name.elsewhere", pointer("", key), type=name, key=key)
        else:
            reading.found("wire.null", pointer("", key))
    return extensions(reading, others, "")


def _event(reading: Reading, values: Values, name: str) -> Event:
    """The event; recordTime is left out, because it is the receiving server's to say."""
    values.pop("record_time", None)
    for place in ("read_point", "biz_location"):
        if place in values:
            values[place], added = values[place]
            if added:
                values[place + "_extensions"] = added
    if "persistent" in values:
        values["persistent_set"], values["persistent_unset"] = values.pop("persistent")
    if reading.belongings:
        values["belongings"] = tuple(
            Belonging(instance=instance, lot=lot) for instance, lot in reading.belongings.items()
        )
    return Event(type=_TYPES[name], **values)

"""A document taken apart: its head, what its names mean, and each event's own bytes."""

import re
from typing import Any, Final

import msgspec

from suyuan.kit.strictjson import JsonError, parse
from suyuan.model import EventType, Finding, Severity
from suyuan.wire.contexts import STANDARD, expand, read_context
from suyuan.wire.reading import ARRAY, OBJECT, Reading, named, shown, time
from suyuan.wire.rules import finding
from suyuan.wire.types import (
    Context,
    Document,
    DocumentError,
    Kind,
    Limits,
    Mode,
    RawEvent,
)
from suyuan.wire.xml_document import take_apart
from suyuan.wire.xml_tree import XmlError, looks_like_xml

_LIMITS: Final = Limits()
_BOM: Final = b"\xef\xbb\xbf"
_TOO_LARGE: Final = 413
_PIECES: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_TEXT: Final = msgspec.json.Decoder(str).decode
_EVENTS: Final = frozenset(member.value for member in EventType)
_WHERE: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.CAPTURE: ("epcisBody", "eventList"),
    Kind.QUERY: ("epcisBody", "queryResults", "resultsBody", "eventList"),
}
_SINGLE: Final = "event"
_HEAD: Final = frozenset(
    ("@context", "id", "type", "schemaVersion", "creationDate", "instanceIdentifier", "sender",
     "receiver", "epcisHeader", "epcisBody")
)  # fmt: skip
_REQUIRED: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.CAPTURE: ("schemaVersion", "creationDate"),
    Kind.QUERY: (),
    Kind.EVENT: (),
}
_VERSION: Final = re.compile(r"\d+(\.\d+)*", re.ASCII)
# Equal pieces of text may stand before the event list; so many places are tried.
_TRIES: Final = 50


def read_document(data: bytes, *, limits: Limits = _LIMITS, mode: Mode = Mode.LENIENT) -> Document:
    """Take apart an EPCISDocument, an EPCISQueryDocument or a single event, JSON-LD or XML.

    The events are not read yet: `read_event` does that, one by one, so that one bad event
    spoils no other.

    Raises:
        DocumentError: no document that could have events; `finding` says where and why.
    """
    if len(data) > limits.document_bytes:
        sizes = {"found": len(data), "limit": limits.document_bytes}
        raise _error("wire.document.size", "/", mode, status=_TOO_LARGE, **sizes)
    if looks_like_xml(data):
        return _xml(data, limits=limits, mode=mode)
    notes: list[Finding] = []
    if data.startswith(_BOM):
        data = data.removeprefix(_BOM)
        _say(notes, "wire.document.bom", "/", mode)
    pieces = _pieces(data, limits, mode)
    kind = _kind(pieces, mode)
    if kind is Kind.EVENT:
        return _bare(data, pieces, mode, notes)
    return _whole(data, kind, limits=limits, mode=mode, notes=notes)


def _error(rule: str, path: str, mode: Mode, *, status: int = 400, **params: Any) -> DocumentError:
    return DocumentError(finding(rule, path, mode, **params), status=status)


def _say(notes: list[Finding], rule: str, path: str, mode: Mode, **params: Any) -> None:
    """Note what is odd about the head; what the mode does not forgive ends the reading."""
    _keep(notes, (finding(rule, path, mode, **params),))


def _keep(notes: list[Finding], found: tuple[Finding, ...]) -> None:
    for one in found:
        if one.severity is Severity.REFUSE:
            raise DocumentError(one)
        notes.append(one)


def _xml(data: bytes, *, limits: Limits, mode: Mode) -> Document:
    notes: list[Finding] = []
    try:
        parts = take_apart(data.removeprefix(_BOM), limits)
    except XmlError as error:
        raise _error("wire.xml", error.place, mode, what=error.text) from error
    if parts.doctype:
        _say(notes, "wire.document.doctype", parts.doctype, mode)
    if parts.kind is None:
        raise _error("wire.document.root", "/", mode, found=shown(parts.root))
    if parts.many:
        sizes = {"found": f">{limits.events}", "limit": limits.events}
        raise _error("wire.document.events", "/", mode, status=_TOO_LARGE, **sizes)
    if not parts.listed and not parts.fields.get("epcisHeader"):
        raise _error("wire.document.event-list", "/", mode, key="EPCISBody/EventList")
    if not parts.listed:
        _say(notes, "wire.document.no-events", "/", mode)
    for key in _REQUIRED[parts.kind]:
        if parts.fields.get(key) is None:
            _say(notes, "wire.document.required", "/", mode, key=key)
    return Document(
        kind=parts.kind,
        head=parts.head,
        context=STANDARD,
        events=parts.events,
        fields=parts.fields,
        notes=tuple(notes),
    )


def _pieces(data: bytes, limits: Limits, mode: Mode) -> dict[str, msgspec.Raw]:
    """The members of the root, unread; every byte is UTF-8 and every bracket has its pair."""
    try:
        data.decode()
        return _PIECES(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        root = _strict(data, limits, mode)
    found = type(root).__name__ if not isinstance(root, str | int) else shown(root)
    raise _error("wire.document.root", "/", mode, found=found)


def _strict(data: bytes, limits: Limits, mode: Mode) -> Any:
    try:
        return parse(data, max_depth=limits.depth)
    except JsonError as error:
        raise _error("wire.document.json", error.place, mode, what=error.text) from error


def _kind(pieces: dict[str, msgspec.Raw], mode: Mode) -> Kind:
    sent = pieces.get("type")
    try:
        name = "null" if sent is None else _TEXT(sent)
    except msgspec.MsgspecError:
        name = bytes(sent or b"")[:80].decode()
    if name in _WHERE:
        return Kind(name)
    if name.removeprefix("epcis:") in _EVENTS:
        return Kind.EVENT
    is_event = "eventTime" in pieces or (":" in name and expand(name, STANDARD) is not None)
    if sent is not None and is_event:
        return Kind.EVENT  # somebody's own type of event: read_event says what it thinks of it
    raise _error("wire.document.root", "/type", mode, found=shown(name))


def _bare(
    data: bytes, pieces: dict[str, msgspec.Raw], mode: Mode, notes: list[Finding]
) -> Document:
    if "@context" not in pieces:
        _say(notes, "wire.context.missing", "/", mode)
    return Document(
        kind=Kind.EVENT,
        head=b"",
        context=STANDARD,
        events=(RawEvent(0, data),),
        fields={},
        notes=tuple(notes),
    )


def _whole(
    data: bytes, kind: Kind, *, limits: Limits, mode: Mode, notes: list[Finding]
) -> Document:
    head, events = _cut(data, kind, limits, mode)
    if len(events) > limits.events:
        sizes = {"found": len(events), "limit": limits.events}
        raise _error("wire.document.events", "/", mode, status=_TOO_LARGE, **sizes)
    fields = _head_of(data, head, limits, mode)
    context = _context(fields, mode, notes)
    _look_at_list(fields, kind, mode, notes)
    _look_at_head(fields, kind, context, mode=mode, notes=notes)
    return Document(
        kind=kind,
        head=head,
        context=context,
        events=tuple(RawEvent(index, bytes(raw)) for index, raw in enumerate(events)),
        fields={key: value for key, value in fields.items() if key != "@context"},
        notes=tuple(notes),
    )


def _cut(data: bytes, kind: Kind, limits: Limits, mode: Mode) -> tuple[bytes, list[msgspec.Raw]]:
    """The document with an empty event list, and the events."""
    way = _WHERE[kind]
    sent, single = _descend(data, way)
    if sent is None:
        return data, []
    cut = bytes(sent)
    if single:
        events = [sent]
    else:
        try:
            events = _LIST(sent)
        except msgspec.MsgspecError:
            _strict(data, limits, mode)
            raise _error("wire.document.event-list", "/", mode, key=".".join(way)) from None
    at, empty = -1, b"[]"
    for _ in range(_TRIES):
        at = data.find(cut[:200], at + 1)
        if at < 0:
            break
        if data.startswith(cut, at):
            head = data[:at] + empty + data[at + len(cut) :]
            left, _ = _descend(head, way)
            if left is not None and bytes(left) == empty:
                return head, events
    _strict(data, limits, mode)
    raise _error("wire.document.event-list", "/", mode, key=".".join(way))


def _descend(data: bytes, way: tuple[str, ...]) -> tuple[msgspec.Raw | None, bool]:
    """The value at the end of the way, and whether it is a single event beside the list."""
    at = msgspec.Raw(data)
    for step in way[:-1]:
        inner = _object(at).get(step)
        if inner is None:
            return None, False
        at = inner
    last = _object(at)
    if way[-1] in last or _SINGLE not in last:
        return last.get(way[-1]), False
    return last[_SINGLE], True


def _object(raw: msgspec.Raw) -> dict[str, msgspec.Raw]:
    try:
        return _PIECES(raw)
    except msgspec.MsgspecError:
        return {}


def _head_of(data: bytes, head: bytes, limits: Limits, mode: Mode) -> dict[str, Any]:
    """The head, read strictly; what is wrong with it is told by its place in the document."""
    try:
        fields: dict[str, Any] = parse(head, max_depth=limits.depth)
    except JsonError as error:
        _strict(data, limits, mode)
        raise _error("wire.document.json", error.place, mode, what=error.text) from error
    return fields


def _context(fields: dict[str, Any], mode: Mode, notes: list[Finding]) -> Context:
    if "@context" not in fields:
        _say(notes, "wire.context.missing", "/", mode)
        return STANDARD
    context, found = read_context(fields["@context"], mode=mode, path="/@context")
    _keep(notes, found)
    return context


def _look_at_head(
    fields: dict[str, Any], kind: Kind, context: Context, *, mode: Mode, notes: list[Finding]
) -> None:
    for key in fields.keys() - _HEAD:
        if ":" not in key or expand(key, context) is None:
            _say(notes, "wire.document.member", f"/{key}", mode, key=shown(key))
    for key in _REQUIRED[kind]:
        if fields.get(key) is None:
            _say(notes, "wire.document.required", "/", mode, key=key)
    version = fields.get("schemaVersion", "2.0")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        _say(notes, "wire.document.version", "/schemaVersion", mode)
    reading = Reading(context, "", Mode.STRICT)
    if "creationDate" in fields and time(reading, fields["creationDate"], "/") is None:
        _say(notes, "wire.document.time", "/creationDate", mode)
    if "id" in fields and named(reading, fields["id"], "/") is None:
        _say(notes, "wire.document.id", "/id", mode)
    for key in ("sender", "receiver", "instanceIdentifier"):
        if not isinstance(fields.get(key, ""), str):
            _say(notes, "wire.document.header", f"/{key}", mode, key=key, expected="text")
    _look_at_master_data(fields, mode, notes)


def _look_at_master_data(fields: dict[str, Any], mode: Mode, notes: list[Finding]) -> None:
    """Master data is kept whole in `fields`; here only its frame is looked at."""
    header = fields.get("epcisHeader", {})
    master = header.get("epcisMasterData", {}) if isinstance(header, dict) else None
    lists = master.get("vocabularyList", []) if isinstance(master, dict) else None
    for key, value, what in (
        ("epcisHeader", header, OBJECT),
        ("epcisMasterData", master, OBJECT),
        ("vocabularyList", lists, ARRAY),
    ):
        if value is not None and not isinstance(value, list if what is ARRAY else dict):
            _say(notes, "wire.document.header", f"/{key}", mode, key=key, expected=what)


def _look_at_list(fields: dict[str, Any], kind: Kind, mode: Mode, notes: list[Finding]) -> None:
    """Say where the event list was; without one the document is nothing but master data."""
    at: Any = fields
    way = _WHERE[kind]
    for step in way[:-1]:
        at = at.get(step) if isinstance(at, dict) else None
    body = at if isinstance(at, dict) else {}
    if isinstance(body.get(way[-1]), list):
        return
    if _SINGLE in body:
        _say(notes, "wire.document.single", "/" + "/".join(way[:-1]), mode)
    elif "vocabularyList" in body or fields.get("epcisHeader"):
        _say(notes, "wire.document.no-events", "/", mode)
    else:
        raise _error("wire.document.event-list", "/", mode, key=".".join(way))

"""A document taken apart: its head, what its names mean, and each event's own bytes."""

import re
from array import array
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from suyuan.kit import Text
from suyuan.kit.encodings import guess
from suyuan.kit.strictjson import JsonError, not_utf8, parse, refuse_mark
from suyuan.kit.text import brief
from suyuan.model import EventType, Finding, Severity
from suyuan.wire.contexts import STANDARD, expand, read_context
from suyuan.wire.json_scan import MalformedError, Scanned, Span, Way, events_at, moved, scan
from suyuan.wire.reading import ARRAY, OBJECT, Reading, kind_of, named, shown, time
from suyuan.wire.rules import finding
from suyuan.wire.source import Source
from suyuan.wire.types import (
    Context,
    Document,
    DocumentError,
    Events,
    Kind,
    Limits,
    Mode,
)
from suyuan.wire.unread import LOOKED_AT, foreign_element, foreign_file, is_blank, told_of
from suyuan.wire.xml_document import XmlParts, take_apart
from suyuan.wire.xml_errors import XmlError
from suyuan.wire.xml_names import STANDARD as NAMESPACES
from suyuan.wire.xml_tree import looks_like_xml

_LIMITS: Final = Limits()
_READ_TO_SAY_WHERE: Final = 1_000_000
"""So many bytes are read once more, so that the value is named in which others are no UTF-8."""
_BOM: Final = b"\xef\xbb\xbf"
_TOO_LARGE: Final = 413
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_TEXT: Final = msgspec.json.Decoder(str).decode
_EVENTS: Final = frozenset(member.value for member in EventType)
_WHERE: Final[dict[Kind, Way]] = {
    Kind.CAPTURE: ("epcisBody", "eventList"),
    Kind.QUERY: ("epcisBody", "queryResults", "resultsBody", "eventList"),
}
_SINGLE: Final = "event"
_LISTS: Final = frozenset(_WHERE.values())
_SINGLES: Final = frozenset((*way[:-1], _SINGLE) for way in _LISTS)
_EMPTY: Final = b"[]"
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
# Patches of an edition read alike; XML writes its editions as decimals.
_EDITION: Final = re.compile(r"2(\.0(\.\d+)?)?", re.ASCII)
_ROOTS: Final = Text(
    "type 须为 EPCISDocument、EPCISQueryDocument 或五种事件之一。",
    "The type is EPCISDocument, EPCISQueryDocument or one of the five event types.",
)
_TYPE: Final = Text("type 为 {found}", "its type is {found}")
_NO_TYPE: Final = Text("它没有 type", "it has no type")
_NO_OBJECT: Final = Text("它是 {found}，不是对象", "it is {found}, and no object")
_ELEMENT: Final = Text("最外层的元素是 {found}", "its outermost element is {found}")
_MORE_THAN: Final = Text("超过 {limit}", "more than {limit}")
_SAID: Final = 40
_NAMESPACE: Final = Text(
    "urn:epcglobal:epcis:xsd:2（1.x 版为 urn:epcglobal:epcis:xsd:1；查询结果为 "
    "urn:epcglobal:epcis-query:xsd:2 或 :1）",
    "urn:epcglobal:epcis:xsd:2 (of editions 1.x urn:epcglobal:epcis:xsd:1; of answers to queries "
    "urn:epcglobal:epcis-query:xsd:2 or :1)",
)
_OF_XML: Final = frozenset(("1", "1.0", "1.1", "1.2", "2", "2.0"))
# So much is read behind what is wrong, so that it can be quoted.
_BEHIND: Final = 64 << 10


def read_document(
    data: bytes | Source, *, limits: Limits = _LIMITS, mode: Mode = Mode.LENIENT
) -> Document:
    """Take apart an EPCISDocument, an EPCISQueryDocument or a single event, JSON-LD or XML.

    The events are not read yet: `read_event` does that, one by one, so that one bad event
    spoils no other. Of a file no more is held than its head and where each event is.

    Raises:
        DocumentError: no document that could have events; `finding` says where and why.
    """
    source = Source(data) if isinstance(data, bytes) else data
    if source.size > limits.document_bytes:
        sizes = {"found": source.size, "limit": limits.document_bytes}
        raise _error("wire.document.size", "/", mode, status=_TOO_LARGE, **sizes)
    if is_blank(source):
        raise _error("wire.document.empty", "/", mode)
    other = foreign_file(source.read(0, LOOKED_AT))
    if other is not None:
        raise _no_document(other.what, "/", mode, cure=other.cure)
    is_marked = source.read(0, len(_BOM)) == _BOM
    if looks_like_xml(source):
        return _xml(source.behind(len(_BOM)) if is_marked else source, limits=limits, mode=mode)
    notes: list[Finding] = []
    if is_marked:
        source = source.behind(len(_BOM))
        _say(notes, "wire.document.bom", "/", mode)
    try:
        found = _scanned(source, limits, mode)
        kind = _kind(found, source, limits, mode)
        if kind is Kind.EVENT:
            return _bare(source, found, mode, notes)
        return _whole(source, found, kind, limits=limits, mode=mode, notes=notes)
    except JsonError as error:
        what, cure = told_of(error, source)
        raise _error("wire.document.json", error.place, mode, what=what, cure=cure) from error


def _error(rule: str, path: str, mode: Mode, *, status: int = 400, **params: Any) -> DocumentError:
    return DocumentError(finding(rule, path, mode, **params), status=status)


def _no_document(what: Text, path: str, mode: Mode, *, cure: Text = _ROOTS) -> DocumentError:
    return _error("wire.document.root", path, mode, what=what, cure=cure)


def _say(notes: list[Finding], rule: str, path: str, mode: Mode, **params: Any) -> None:
    """Note what is odd about the head; what the mode does not forgive ends the reading."""
    _keep(notes, (finding(rule, path, mode, **params),))


def _keep(notes: list[Finding], found: tuple[Finding, ...]) -> None:
    for one in found:
        if one.severity is Severity.REFUSE:
            raise DocumentError(one)
        notes.append(one)


def _xml(source: Source, *, limits: Limits, mode: Mode) -> Document:
    notes: list[Finding] = []
    try:
        parts = take_apart(source, limits)
    except XmlError as error:
        raise _error("wire.xml", error.place, mode, what=error.text, cure=error.cure) from error
    if parts.doctype:
        _say(notes, "wire.document.doctype", parts.doctype, mode)
    kind = _kind_of_xml(parts, limits, mode)
    if not parts.listed and not parts.fields.get("epcisHeader"):
        raise _error("wire.document.event-list", "/", mode, key="EPCISBody/EventList")
    if not parts.listed:
        _say(notes, "wire.document.no-events", "/", mode)
    for key in _REQUIRED[kind]:
        if parts.fields.get(key) is None:
            _say(notes, "wire.document.required", "/", mode, key=key)
    version = str(parts.fields.get("schemaVersion", "2.0")).strip()
    if version not in _OF_XML:
        said = {"found": shown(version), "form": "XML", "known": "1.0, 1.1, 1.2, 2.0"}
        _say(notes, "wire.document.edition", "/@schemaVersion", mode, **said)
    return Document(
        kind=kind,
        head=parts.head,
        context=STANDARD,
        events=parts.events,
        fields=parts.fields,
        notes=tuple(notes),
    )


def _kind_of_xml(parts: XmlParts, limits: Limits, mode: Mode) -> Kind:
    if parts.kind is None:
        other = foreign_element(parts.namespace, parts.root)
        if other is not None:
            raise _no_document(other.what, "/", mode, cure=other.cure)
        raise _no_document(_ELEMENT.format(found=shown(parts.root)), "/", mode)
    if parts.namespace not in NAMESPACES:
        named: dict[str, Any] = {
            "root": parts.root,
            "found": shown(parts.namespace),
            "known": _NAMESPACE,
        }
        raise _error("wire.document.namespace", "/", mode, **named)
    if parts.many:
        many = _MORE_THAN.format(limit=limits.events)
        said: dict[str, Any] = {"found": many, "limit": limits.events}
        raise _error("wire.document.events", "/", mode, status=_TOO_LARGE, **said)
    return parts.kind


def _scanned(source: Source, limits: Limits, mode: Mode) -> Scanned:
    """The outline of JSON of which every byte is UTF-8 and every event is well-formed.

    Raises:
        JsonError: it is not.
        DocumentError: it is not an object.
    """
    broken = source.broken_at()
    if broken is not None:
        refuse_mark(source.read(0, 4))
        before = source.read(0, broken).decode() if broken <= _READ_TO_SAY_WHERE else ""
        raise not_utf8(guess(source.chunks()), broken, before)
    try:
        found = scan(source, _LISTS, _SINGLES, depth=limits.depth)
    except MalformedError as error:
        cut = [each.whole for each in error.lists.values()]
        kept = _without(source, cut, error.at + _BEHIND)
    else:
        cut = [each.whole for each in found.lists.values()]
        kept = _without(source, cut, source.size)
        if _is_object(kept):
            return found
    root = _parsed(source, cut, kept, limits)
    scalar = not isinstance(root, list | dict)
    sent = source.read(0, _SAID + 1).decode("utf-8", "ignore").strip() if scalar else kind_of(root)
    said = sent if isinstance(sent, Text) else shown(brief(sent, _SAID))
    raise _no_document(_NO_OBJECT.format(found=said), "/", mode)


def _is_object(data: bytes) -> bool:
    try:
        _MEMBERS(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True


def _without(source: Source, cut: Sequence[Span], end: int) -> bytes:
    """The document up to a byte, without what stands in some lists."""
    kept, at = b"", 0
    for each in cut:
        kept += source.read(at, each.begin) + _EMPTY
        at = each.end
    return kept + source.read(at, end)


def _parsed(source: Source, cut: Sequence[Span], kept: bytes, limits: Limits) -> Any:
    """What is left of a document without some lists, as read strictly.

    Raises:
        JsonError: it is no JSON; the place is that in the whole document.
    """
    try:
        return parse(kept, max_depth=limits.depth)
    except JsonError as error:
        place = error.byte
        for each in cut:
            if place > each.begin:
                place += each.end - each.begin - len(_EMPTY)
        raise moved(error, source, place, error.path) from error


def _kind(found: Scanned, source: Source, limits: Limits, mode: Mode) -> Kind:
    """What a document is.

    Raises:
        JsonError: it has something twice, which may be why its type is not to be seen.
        DocumentError: it is none of EPCIS.
    """
    root = found.root
    sent = root.get("type")
    written = b"null" if sent is None else source.read(sent.begin, sent.end)
    try:
        name = _TEXT(written)
    except (msgspec.MsgspecError, ValueError):
        name = written[:80].decode("utf-8", "ignore")
    if name in _WHERE:
        return Kind(name)
    if name.removeprefix("epcis:") in _EVENTS:
        return Kind.EVENT
    is_event = "eventTime" in root or (":" in name and expand(name, STANDARD) is not None)
    if sent is not None and is_event:
        return Kind.EVENT  # somebody's own type of event: read_event says what it thinks of it
    cut = [each.whole for each in found.lists.values()]
    _parsed(source, cut, _without(source, cut, source.size), limits)
    what = _NO_TYPE if sent is None else _TYPE.format(found=shown(name))
    raise _no_document(what, "/type", mode)


def _bare(source: Source, found: Scanned, mode: Mode, notes: list[Finding]) -> Document:
    if "@context" not in found.root:
        _say(notes, "wire.context.missing", "/", mode)
    return Document(
        kind=Kind.EVENT,
        head=b"",
        context=STANDARD,
        events=events_at(source, array("q", [0]), array("q", [source.size])),
        fields={},
        notes=tuple(notes),
    )


def _whole(
    source: Source,
    found: Scanned,
    kind: Kind,
    *,
    limits: Limits,
    mode: Mode,
    notes: list[Finding],
) -> Document:
    way = _WHERE[kind]
    events, cut = _listed(source, found, way)
    head = _without(source, cut, source.size)
    fields = _parsed(source, cut, head, limits)
    if way in found.values and way not in found.lists:
        raise _error("wire.document.event-list", "/", mode, key=".".join(way))
    if len(events) > limits.events:
        sizes = {"found": len(events), "limit": limits.events}
        raise _error("wire.document.events", "/", mode, status=_TOO_LARGE, **sizes)
    context = _context(fields, mode, notes)
    _look_at_list(fields, kind, mode, notes)
    _look_at_head(fields, kind, context, mode=mode, notes=notes)
    return Document(
        kind=kind,
        head=head,
        context=context,
        events=events,
        fields={key: value for key, value in fields.items() if key != "@context"},
        notes=tuple(notes),
    )


def _listed(source: Source, found: Scanned, way: Way) -> tuple[Events, list[Span]]:
    """The events, those of a list or one that stands beside it, and what is no part of the head."""
    listed = found.lists.get(way)
    if listed is not None:
        return events_at(source, listed.begins, listed.ends), [listed.whole]
    single = None if way in found.values else found.values.get((*way[:-1], _SINGLE))
    if single is None:
        return events_at(source, array("q"), array("q")), []
    return events_at(source, array("q", [single.begin]), array("q", [single.end])), [single]


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
    _look_at_version(fields.get("schemaVersion", "2.0"), mode, notes)
    reading = Reading(context, "", Mode.STRICT)
    if "creationDate" in fields and time(reading, fields["creationDate"], "/") is None:
        _say(notes, "wire.document.time", "/creationDate", mode)
    if "id" in fields and named(reading, fields["id"], "/") is None:
        _say(notes, "wire.document.id", "/id", mode)
    for key in ("sender", "receiver", "instanceIdentifier"):
        if not isinstance(fields.get(key, ""), str):
            _say(notes, "wire.document.header", f"/{key}", mode, key=key, expected="text")
    _look_at_master_data(fields, mode, notes)


def _look_at_version(version: Any, mode: Mode, notes: list[Finding]) -> None:
    place = "/schemaVersion"
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        _say(notes, "wire.document.version", place, mode)
    elif not _EDITION.fullmatch(version):
        said = {"found": shown(version), "form": "JSON-LD", "known": "2.0"}
        _say(notes, "wire.document.edition", place, mode, **said)


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

"""Whole documents from one form into another, event by event: JSON-LD, XML 2.0, XML 1.2.

What the other form cannot say is told, with its place; an event that cannot be read is told too
and left out. Nothing is judged and nothing is recorded.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from suyuan.model import Finding, Severity
from suyuan.wire.contexts import EPCIS_CONTEXT
from suyuan.wire.document import read_document
from suyuan.wire.event import read_sent, sent_event
from suyuan.wire.losses import loss
from suyuan.wire.respell import Spelling, prefixes_in, respell
from suyuan.wire.types import Document, Kind, Limits, Mode, RawEvent
from suyuan.wire.xml_event import is_xml
from suyuan.wire.xml_head import xml_around
from suyuan.wire.xml_header import IGNORED, unread_in
from suyuan.wire.xml_write import Edition, write_event

_LIMITS: Final = Limits()
_ENCODE: Final = msgspec.json.Encoder(decimal_format="number").encode
_DECODE: Final = msgspec.json.Decoder().decode
# Its first tag, behind whatever may stand before it where it is alone.
_WITHDRAWN: Final = re.compile(
    rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(?:[^\s/>:]+:)?QuantityEvent[\s/>]",
    re.DOTALL,
)
_LISTED: Final = frozenset((IGNORED, "queryName", "subscriptionID", "epcisBody", "type"))


class Form(StrEnum):
    """What a document is written in."""

    JSON = "json"
    XML = "xml"
    XML_1_2 = "xml-1.2"


class Wanted(Struct, frozen=True, kw_only=True):
    """How a document is to be written.

    `prefixes` are company prefixes, for EPC URNs of links; those in the document's own URNs are
    known besides. `web` writes CBV words in XML as web addresses. `created` stands in for a
    creationDate that is not there.
    """

    form: Form
    created: str
    spelling: Spelling = Spelling.AS_SENT
    prefixes: frozenset[str] = frozenset()
    web: bool = False


class Piece(Struct, frozen=True, kw_only=True):
    """A piece of the new document, in order: its head, an event (`index`), its end.

    `refused` says why an event cannot be read; it has no data then.
    """

    data: bytes
    index: int | None = None
    losses: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()


class Conversion(Struct, frozen=True):
    """A document being converted: how many events it has, and its pieces."""

    events: int
    pieces: Iterator[Piece]


def convert(data: bytes, wanted: Wanted, *, limits: Limits = _LIMITS) -> Conversion:
    """The document in another form, piece by piece.

    Raises:
        DocumentError: no document that could have events.
    """
    document = read_document(data, limits=limits)
    if wanted.spelling is Spelling.URN:
        known = wanted.prefixes | prefixes_in(data)
        wanted = structs.replace(wanted, prefixes=known)
    return Conversion(len(document.events), _pieces(document, wanted, limits))


def _pieces(document: Document, wanted: Wanted, limits: Limits) -> Iterator[Piece]:
    to_json = wanted.form is Form.JSON
    start, end, losses = (_json_around if to_json else _xml_around)(document, wanted)
    yield Piece(data=start.encode(), losses=losses)
    between = b""
    for raw in document.events:
        piece = _event(document, raw, wanted, limits)
        if piece.refused:
            yield piece
            continue
        yield structs.replace(piece, data=between + piece.data)
        between = b",\n" if to_json else b"\n"
    yield Piece(data=end.encode())


def _event(document: Document, raw: RawEvent, wanted: Wanted, limits: Limits) -> Piece:
    sent = sent_event(raw, mode=Mode.LENIENT, limits=limits)
    read = read_sent(sent, document.context, capturer="", mode=Mode.LENIENT)
    if read.event is None:
        grave = tuple(one for one in read.findings if one.severity is Severity.REFUSE)
        return Piece(data=b"", index=raw.index, refused=grave)
    event, losses = respell(sent.members, wanted.spelling, wanted.prefixes)
    if _WITHDRAWN.match(raw.raw) is not None:
        losses = (loss("convert.withdrawn", "/type"), *losses)
    if wanted.form is Form.JSON:
        return Piece(data=_in_json(document, event), index=raw.index, losses=losses)
    written = write_event(
        event,
        document.context,
        edition=_edition(wanted),
        web=wanted.web,
        alone=document.kind is Kind.EVENT,
    )
    return Piece(data=written.xml.encode(), index=raw.index, losses=losses + written.losses)


def _edition(wanted: Wanted) -> Edition:
    return Edition.V1_2 if wanted.form is Form.XML_1_2 else Edition.V2_0


def _in_json(document: Document, event: dict[str, Any]) -> bytes:
    """The event; one that stands alone has the standard context with it."""
    if document.kind is not Kind.EVENT:
        return _ENCODE(event)
    own = event.get("@context", [])
    listed = own if isinstance(own, list) else [own]
    context = listed if EPCIS_CONTEXT in listed else [EPCIS_CONTEXT, *listed]
    return _ENCODE({**event, "@context": context})


def _json_around(document: Document, wanted: Wanted) -> tuple[str, str, tuple[Finding, ...]]:
    if document.kind is Kind.EVENT:
        return "", "\n", ()
    came_as_xml = is_xml(document.head)
    sent = document.context.sent
    kept = {key: value for key, value in document.fields.items() if key not in _LISTED}
    head = {
        "@context": _DECODE(sent) if sent else EPCIS_CONTEXT,
        "type": document.kind.value,
        **kept,
        "schemaVersion": "2.0",
        "creationDate": kept.get("creationDate") or wanted.created,
    }
    start = _ENCODE(head).decode().removesuffix("}")
    body, end = '"epcisBody":{"eventList":[\n', "\n]}}\n"
    if document.kind is Kind.QUERY:
        body, end = _answer(document)
    return f"{start},{body}", end, _unread(document) if came_as_xml else ()


def _answer(document: Document) -> tuple[str, str]:
    results = document.fields.get("epcisBody", {}).get("queryResults", document.fields)
    said = {"queryName": results.get("queryName") or "SimpleEventQuery"}
    if results.get("subscriptionID"):
        said["subscriptionID"] = results["subscriptionID"]
    start = _ENCODE(said).decode().removesuffix("}")
    body = f'"epcisBody":{{"queryResults":{start},"resultsBody":{{"eventList":[\n'
    return body, "\n]}}}}\n"


def _xml_around(document: Document, wanted: Wanted) -> tuple[str, str, tuple[Finding, ...]]:
    start = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if document.kind is Kind.EVENT:
        return start, "\n", ()
    created = str(document.fields.get("creationDate") or wanted.created)
    around = xml_around(
        document.fields,
        document.context,
        document.kind,
        edition=_edition(wanted).value,
        created=created,
    )
    unread = _unread(document) if is_xml(document.head) else ()
    return around[0], "\n" + around[1], (*unread, *around[2])


def _unread(document: Document) -> tuple[Finding, ...]:
    """What an XML head says that the model of a head has no member for."""
    return tuple(loss("convert.member", path, key=path) for path in unread_in(document.head))

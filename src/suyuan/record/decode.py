"""A document's bytes into events to be judged: everything that needs no database."""

from msgspec import Struct, structs

from suyuan.capture import Options
from suyuan.kit.digest import sha256
from suyuan.model import Capturer, Event, Finding
from suyuan.record.identity import identity_of, made_event_id
from suyuan.wire import (
    Document,
    DocumentError,
    Mode,
    digest,
    normal_bytes,
    read_document,
    read_event,
)


class Item(Struct, frozen=True, kw_only=True, gc=False):
    """One event of a document; `event` is None where it could not be read."""

    index: int
    raw: bytes
    findings: tuple[Finding, ...]
    event: Event | None = None
    normal: bytes = b""
    digest: bytes = b""
    identity: bytes = b""


class Decoded(Struct, frozen=True, kw_only=True):
    """A document taken apart, or the problem that makes that impossible."""

    document: Document | None = None
    items: tuple[Item, ...] = ()
    problem: Finding | None = None
    status: int = 200


def decode(
    data: bytes, capturer: Capturer, *, options: Options, resolvers: frozenset[str]
) -> Decoded:
    """Read a document and every event in it; nothing is raised for what is in the bytes.

    An event without an id is given one that depends on the request (its key, else the bytes of
    the document) and the event's place: the same file handed in twice names it alike.
    """
    try:
        document = read_document(data)
    except DocumentError as error:
        return Decoded(problem=error.finding, status=error.status)
    mode = Mode.STRICT if options.strict else Mode.LENIENT
    request = options.request_key or f"sha256:{sha256(data).hex()}"
    items = []
    for raw in document.events:
        read = read_event(
            raw, document.context, capturer=capturer.party, mode=mode, resolvers=resolvers
        )
        if read.event is None:
            items.append(Item(index=raw.index, raw=raw.raw, findings=read.findings))
            continue
        event = read.event
        if event.event_id is None:
            made = made_event_id(capturer, request, raw.index)
            event = structs.replace(event, event_id=made)
        items.append(_item(raw.index, raw.raw, read.findings, event=event, capturer=capturer))
    return Decoded(document=document, items=tuple(items))


def _item(
    index: int, raw: bytes, findings: tuple[Finding, ...], *, event: Event, capturer: Capturer
) -> Item:
    normal = normal_bytes(event)
    return Item(
        index=index,
        raw=raw,
        findings=findings,
        event=event,
        normal=normal,
        digest=digest(normal),
        identity=identity_of(event, capturer),
    )

"""A document's bytes into events to be judged: everything that needs no database.

Of a document larger than a portion only outlines are kept; its events are read again when their
portion is judged, so that no more of them is held than one portion.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from suyuan.capture import Options
from suyuan.model import Capturer, Event, Finding
from suyuan.record.identity import identity_of, made_event_id
from suyuan.wire import (
    Document,
    DocumentError,
    Limits,
    Mode,
    Source,
    digest,
    normal_bytes,
    read_document,
    read_event,
)
from suyuan.wire.types import RawEvent


class Portion(Struct, frozen=True, kw_only=True):
    """So many events, and bytes of them, are held at once."""

    events: int = 1_000
    size: int = 4 << 20


class Item(Struct, frozen=True, kw_only=True, gc=False):
    """One event of a document; `event` is None where it could not be read.

    `sent_id` is then the id that it was sent with, if it tells one.
    """

    index: int
    raw: bytes
    findings: tuple[Finding, ...]
    event: Event | None = None
    normal: bytes = b""
    digest: bytes = b""
    identity: bytes = b""
    sent_id: str | None = None


class Outline(Struct, frozen=True, kw_only=True, gc=False):
    """What must be known of an event before any of its document is judged.

    `at` is None where it could not be read. `is_other`: its id has other content already.
    """

    index: int
    size: int
    at: datetime | None = None
    event_id: str | None = None
    identity: bytes = b""
    digest: bytes = b""
    declares: bool = False
    is_other: bool = False


class Reader(Struct, frozen=True, kw_only=True):
    """Reads the events of a document; by whom, how, and in answer to which request."""

    document: Document
    capturer: Capturer
    mode: Mode
    request: str
    resolvers: frozenset[str]
    kept: dict[int, Item] = {}

    def item(self, index: int) -> Item:
        """An event by its place."""
        kept = self.kept.get(index)
        return self.read(self.document.events[index]) if kept is None else kept

    def read(self, raw: RawEvent) -> Item:
        """One event.

        Without an id it is given one that depends on the request (its key, else the bytes of the
        document) and its place: the same file handed in twice names it alike.
        """
        read = read_event(
            raw,
            self.document.context,
            capturer=self.capturer.party,
            mode=self.mode,
            resolvers=self.resolvers,
        )
        event = read.event
        if event is None:
            return Item(index=raw.index, raw=raw.raw, findings=read.findings, sent_id=read.sent_id)
        if event.event_id is None:
            made = made_event_id(self.capturer, self.request, raw.index)
            event = structs.replace(event, event_id=made)
        normal = normal_bytes(event)
        return Item(
            index=raw.index,
            raw=raw.raw,
            findings=read.findings,
            event=event,
            normal=normal,
            digest=digest(normal),
            identity=identity_of(event, self.capturer),
        )


class Decoded(Struct, frozen=True, kw_only=True):
    """A document taken apart, or the problem that makes that impossible; `body` is its SHA-256."""

    body: bytes
    reader: Reader | None = None
    outlines: tuple[Outline, ...] = ()
    problem: Finding | None = None


_PORTION: Final = Portion()


def decode(
    source: Source,
    capturer: Capturer,
    *,
    options: Options,
    resolvers: frozenset[str],
    limits: Limits,
    portion: Portion = _PORTION,
) -> Decoded:
    """Read a document and every event in it; nothing is raised for what is in the bytes."""
    body = source.sha256()
    mode = Mode.STRICT if options.strict else Mode.LENIENT
    try:
        document = read_document(source, limits=limits, mode=mode)
    except DocumentError as error:
        return Decoded(body=body, problem=error.finding)
    reader = Reader(
        document=document,
        capturer=capturer,
        mode=mode,
        request=options.request_key or f"sha256:{body.hex()}",
        resolvers=resolvers,
    )
    is_small = len(document.events) <= portion.events and source.size <= portion.size
    return Decoded(body=body, reader=reader, outlines=tuple(_outlines(reader, keep=is_small)))


def _outlines(reader: Reader, *, keep: bool) -> Iterator[Outline]:
    for raw in reader.document.events:
        item = reader.read(raw)
        if keep:
            reader.kept[raw.index] = item
        event, size = item.event, len(item.raw)
        if event is None:
            yield Outline(index=raw.index, size=size)
        else:
            yield Outline(
                index=raw.index,
                size=size,
                at=event.event_time,
                event_id=event.event_id,
                identity=item.identity,
                digest=item.digest,
                declares=event.error is not None,
            )


def portions(outlines: Sequence[Outline], portion: Portion) -> Iterator[list[Outline]]:
    """The order in which a document's events are judged, cut into what is held at once.

    Declarations first: what one takes back, no event of its document is judged by. Then by time.
    """
    held: list[Outline] = []
    size = 0
    for one in sorted(outlines, key=_order):
        if held and (len(held) == portion.events or size + one.size > portion.size):
            yield held
            held, size = [], 0
        held.append(one)
        size += one.size
    if held:
        yield held


def _order(outline: Outline) -> tuple[bool, datetime | None]:
    # In their own order declarations differ in nothing that is judged.
    return not outline.declares, None if outline.declares else outline.at

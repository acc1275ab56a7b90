"""What reading and writing speak in: modes, limits, documents and their events."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, overload

from msgspec import Struct

from suyuan.kit import SuyuanError
from suyuan.model import Event, Finding


class Mode(StrEnum):
    """How much is forgiven: STRICT is the published schema, LENIENT normalises with a note."""

    STRICT = "strict"
    LENIENT = "lenient"


class Kind(StrEnum):
    """What a document is; the values are those of its `type` (a bare event has its own)."""

    CAPTURE = "EPCISDocument"
    QUERY = "EPCISQueryDocument"
    EVENT = "event"


class Limits(Struct, frozen=True, kw_only=True):
    """How large input may be.

    Bytes of a document and of one event, number of events, nesting, characters of one text.
    """

    document_bytes: int = 32 << 20
    event_bytes: int = 1 << 20
    events: int = 10_000
    depth: int = 64
    text: int = 64 << 10


class RawEvent(Struct, frozen=True, gc=False):
    """One event as it came, JSON or XML: its place in the event list and its own bytes.

    `line` is the line of its document in which XML begins.
    """

    index: int
    raw: bytes
    line: int = 1


class Events(Sequence[RawEvent]):
    """So many events of a list, each read when it is asked for."""

    def __init__(self, count: int, read: Callable[[int], RawEvent]) -> None:
        self._places, self._read = range(count), read

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> RawEvent: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RawEvent]: ...
    def __getitem__(self, index: int | slice) -> RawEvent | Sequence[RawEvent]:
        if isinstance(index, slice):
            return [self._read(place) for place in self._places[index]]
        return self._read(self._places[index])


class Context(Struct, frozen=True, kw_only=True):
    """What the names of a document mean (JSON-LD 1.1 §4.1), resolved without the network.

    `names` maps prefixes and terms of the user to IRIs, `vocab` is the IRI before all other
    bare names, `open` says that a context address is unknown to us, so that names may be
    defined there. `sent` is the @context as JSON, empty where there was none.
    """

    names: dict[str, str]
    vocab: str | None = None
    open: bool = False
    sent: bytes = b""


class Document(Struct, frozen=True, kw_only=True):
    """A document taken apart: `head` are its bytes with an empty event list.

    `events` are read from where the document is, each when it is asked for.

    `fields` are the members of the head as read (schemaVersion, creationDate, sender,
    receiver, epcisHeader with its master data …); `notes` say what was forgiven.
    """

    kind: Kind
    head: bytes
    context: Context
    events: Events
    fields: dict[str, Any]
    notes: tuple[Finding, ...] = ()


class ReadEvent(Struct, frozen=True, gc=False):
    """What one event means, or None where a finding refuses it; and every finding.

    `sent_id` is the eventID of one that is refused, as it was sent.
    """

    event: Event | None
    findings: tuple[Finding, ...] = ()
    sent_id: str | None = None


class Outgoing(Struct, frozen=True, kw_only=True):
    """An event to be written: the bytes it came in and the context of its document.

    `event_id` is written where it differs from the event's own (the server made it),
    `record_time` replaces whatever the sender put there.
    """

    raw: bytes
    context: Context
    event_id: str | None = None
    record_time: datetime | None = None


class QueryName(Struct, frozen=True, kw_only=True):
    """What a query document answers: the query, and the subscription that asked it."""

    name: str = "SimpleEventQuery"
    subscription: str | None = None


class DocumentError(SuyuanError, ValueError):
    """The document as a whole cannot be read; `finding` has place, rule, sentence and cure."""

    def __init__(self, finding: Finding, *, status: int = 400) -> None:
        super().__init__(finding.rule, finding.message, finding.path, status=status)
        self.finding = finding

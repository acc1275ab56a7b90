"""What is asked of a capture, and what became of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer, Finding, Verdict


class OnRefusal(StrEnum):
    """What one refused event means for its document (EPCIS 2.0 §12.6, captureErrorBehaviour)."""

    ROLLBACK = "rollback"
    PROCEED = "proceed"


class Options(Struct, frozen=True, kw_only=True):
    """How a document is to be taken.

    `strict` reads by the published schema and refuses a conflicting repeat; lenient forgives
    and holds it. `request_key` makes a request repeatable: same key, same answer.
    """

    strict: bool = False
    on_refusal: OnRefusal = OnRefusal.ROLLBACK
    request_key: str | None = None


class EventResult(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What became of one event of a document, by its place in the event list.

    `entry` is its number in the record, None if it was refused. `duplicate`: it had been
    recorded before and is answered as then. `position` and `recorded` are its place and time
    in the ledger; None until the sequencer has been there. `noted` of the first event is what is
    odd about the document around all of them.
    """

    index: int
    verdict: Verdict
    event_id: str | None = None
    findings: tuple[Finding, ...] = ()
    entry: int | None = None
    duplicate: bool = False
    position: int | None = None
    recorded: datetime | None = None
    noted: tuple[Finding, ...] = ()


class RefusedEvent(Struct, frozen=True, kw_only=True, gc=False):
    """The bytes of an event that was not recorded, and why."""

    index: int
    body: bytes
    findings: tuple[Finding, ...]
    event_id: str | None = None
    job: str = ""
    received: datetime | None = None


class Batch(Struct, frozen=True, kw_only=True):
    """A document received now, to be finished in the same transaction."""

    job: str
    capturer: Capturer
    options: Options
    received: datetime


class JobResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one document.

    `problem` says why the document as a whole could not be read; it then has no events.
    `counts` are the events by verdict, those seen before under `duplicate` instead. `finished` is
    None while it waits to be captured: then nothing is known of its events.
    """

    job: str
    party: str
    on_refusal: OnRefusal
    received: datetime
    finished: datetime | None
    counts: dict[str, int]
    events: tuple[EventResult, ...] = ()
    problem: Finding | None = None

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is odd about the document itself, though it was taken."""
        return self.events[0].noted if self.events else ()

    @property
    def running(self) -> bool:
        """Whether it waits to be captured."""
        return self.finished is None

    @property
    def success(self) -> bool:
        """Whether nothing was refused, so far."""
        return self.problem is None and not self.counts.get(Verdict.REFUSED, 0)


class Room(Struct, frozen=True, kw_only=True):
    """How many documents may wait to be captured and how many bytes in all, unpacked.

    Of one party, and of all together. One alone may have any size that a document may have.
    """

    of_party: int = 100
    bytes_of_party: int = 256 << 20
    of_all: int = 1_000
    bytes_of_all: int = 2 << 30


class Waiting(Struct, frozen=True, kw_only=True):
    """A document that waits: how it is to be captured, and what is kept of it.

    `body` is the SHA-256 of its `size` bytes. `tries` says how often it was begun, but for
    what had to pass by itself. `sound` is whether all that is the same as when it was handed over.
    """

    job: UUID
    batch: Batch
    body: bytes
    size: int
    tries: int
    sound: bool


class Delayed(Struct, frozen=True):
    """A document that waits longer than it should, and what kept it from being captured."""

    job: UUID
    party: str
    received: datetime
    why: str | None


class Queue(Struct, frozen=True, kw_only=True):
    """How many documents wait, their bytes, when the oldest came."""

    documents: int
    size: int
    oldest: datetime | None


class FullError(SuyuanError):
    """As many of a party's documents wait as may."""

    epcis = "epcisException:CaptureLimitExceededException"

    def __init__(self, text: Text, cure: Text, *, retry_after: int) -> None:
        super().__init__(
            "capture.waiting", text, "Prefer: respond-async", status=429, retry_after=retry_after
        )
        self.cure = cure


class AlteredError(SuyuanError):
    """What is kept of a waiting document is not what was handed over."""


class Repeat(Struct, frozen=True):
    """The request came before; this is what was answered then."""

    result: JobResult


class RequestKeyError(SuyuanError):
    """The request key was used for another document."""

    cure = Text(
        "请换一个新的 Idempotency-Key 重发；只有重发同一份文件才用同一个键。",
        "Send it with a new Idempotency-Key; the same key is for the same document sent again.",
    )


DUPLICATE = "duplicate"
"""The count of events that had been recorded before."""

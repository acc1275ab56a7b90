"""What the record gives back of an event, and what it needs to take one in."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from suyuan.codes.types import RESOLVERS
from suyuan.families import Families
from suyuan.kit import Clock, Ids, Text
from suyuan.kit.ids import Draw
from suyuan.model import Event, EventType, Finding, Verdict
from suyuan.wire import Context

EVENT: Final = 1
"""`record.entry.kind` of an event; later kinds (holds, recalls …) take the next numbers."""

EVENT_TYPES: Final = tuple(EventType)
"""`record.entry.type` is a place in this tuple; new types go to its end."""

VERDICTS: Final = tuple(Verdict)
"""`record.entry.verdict` likewise."""

STANDS: Final = (Verdict.ACCEPTED, Verdict.FLAGGED)
"""The verdicts under which an error declaration takes effect."""


class Override(Struct, frozen=True, kw_only=True, gc=False):
    """An authority's decision that an event counts otherwise: `before` until then, `verdict` since.

    `act` is the number of the log's entry that says so, below zero, the newest the lowest;
    `position` its place there, None while it waits for one. `aside` are the rules whose findings
    were set aside. `authority` decided, through `account`; empty and None: the operator at the
    machine.
    """

    act: int
    entry: int
    before: Verdict
    verdict: Verdict
    aside: tuple[str, ...]
    ground: str
    documents: tuple[str, ...]
    authority: str
    account: int | None
    at: datetime
    position: int | None = None


class Recorded(Struct, frozen=True, kw_only=True, gc=False):
    """One recorded event: what came, what it means, who sent it, and how it was judged.

    `position` and `at` are its place and time in the ledger (`at` is EPCIS recordTime).
    `raw` are the bytes it came in, `head` those of its document around it and `context` what
    its names mean. `event_key` is the keyed hash of its event id, an access path only, and
    `capturer_number` the capturer's number in the registry. `tags` say who may see it. `verdict`
    and `findings` are as it was judged when it came; `overrides` what was decided since, the oldest
    first.
    """

    position: int
    at: datetime
    entry: int
    tenant: int
    event: Event
    raw: bytes
    head: bytes
    context: Context
    capturer: str
    capturer_number: int
    job: str
    ordinal: int
    verdict: Verdict
    findings: tuple[Finding, ...]
    family: str | None
    step: str | None
    digest: bytes
    event_key: int
    tags: tuple[int, ...]
    overrides: tuple[Override, ...] = ()

    @property
    def counts(self) -> Verdict:
        """The verdict that counts now: that of the newest override, else as it was judged."""
        return self.overrides[-1].verdict if self.overrides else self.verdict


class Glance(Struct, frozen=True, kw_only=True):
    """Events by position, and how far the record went; zero where an event id stands nowhere."""

    found: list[Recorded]
    size: int


class Walked(Struct, frozen=True, kw_only=True):
    """What a walk through the record found, by position, and how far the record went.

    `is_common`: it did not look, as what it was to list stands in too much; `is_more`: it did not
    look everywhere.
    """

    found: list[Recorded]
    size: int
    is_common: bool
    is_more: bool


class Recorder(Struct, frozen=True, kw_only=True):
    """What taking in documents needs of the process: time, ids, law, and this platform's secret.

    `draw` gives so many unguessable bytes: the secrets of leaves.
    `families` None takes events in without judging them by any law (the wire's findings and
    repeats still count); only imports of history and measurements do so. Links on `resolvers` are
    identifiers.
    """

    clock: Clock
    ids: Ids
    draw: Draw
    secret: bytes
    families: Families | None
    resolvers: frozenset[str] = RESOLVERS


class Decision(Struct, frozen=True, kw_only=True):
    """Who decided to destroy, and on which ground: a law's article, a judgement, a request."""

    by: str
    ground: str


class Erasure(Struct, frozen=True, kw_only=True):
    """What was destroyed: positions in the ledger, by whose decision, when.

    `position` is that of the decision itself, None until it has one, `number` that of its entry.
    `logged` says whether what is written here is what was logged of it, `proven` whether besides
    nothing else is said to be destroyed by it; `there` are the positions of what is. `held` is told
    when it is done alone: by how many older transactions its rows were kept in the tables' files.
    """

    number: int
    positions: tuple[int, ...]
    by: str
    ground: str
    at: datetime
    position: int | None
    logged: bool
    proven: bool
    there: tuple[int, ...]
    held: int = 0


class Fault(Struct, frozen=True, kw_only=True):
    """An entry whose rows do not say what was logged of it; `event` its id where one is left.

    `span` are the first and last positions that it concerns, where it is of many entries at once.
    """

    position: int | None
    entry: int | None
    event: str | None
    code: str
    text: Text
    span: tuple[int, int] | None = None

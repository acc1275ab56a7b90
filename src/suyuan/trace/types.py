"""Takes nothing; gives the shape of questions to the record and of their answers.

One structure serves page, API, command line and export. The meaning of every word is the
trace contract, docs/concepts/trace.md.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from suyuan.kit import Span, Text
from suyuan.model import Holder, Standing


class Direction(StrEnum):
    """Backward asks where it came from 来源; forward asks where it went 去向."""

    BACKWARD = "backward"
    FORWARD = "forward"


class Seed(Struct, frozen=True, kw_only=True):
    """Where a question starts: a thing anywhere, or a thing at one holder."""

    thing: str
    holder: Holder | None = None


class Question(Struct, frozen=True, kw_only=True):
    """What is asked. `as_of` None is no limit of event time; `known_at` is a record position.

    Forward seeds arrive at `start`, backward seeds depart at `end`; both open by default.
    `depth` counts links between pools. `hold_for` and `stay_at_most` are the minimum holding
    time and the maximum residence in seconds.
    """

    seeds: tuple[Seed, ...]
    direction: Direction
    as_of: datetime | None = None
    known_at: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    depth: int | None = None
    hold_for: float = 0.0
    stay_at_most: float | None = None


class Pool(Struct, frozen=True, order=True):
    """(thing, party, site, container): a lot is fungible inside one pool and nowhere else.

    `unknown` is "" for a known holder; otherwise it names the one fact whose unknown holder
    this is, so that two unknowns are never the same. `container` is "" for loose things, else
    """

    thing: str
    party: str = ""
    site: str = ""
    container: str = ""
    unknown: str = ""


class LinkKind(StrEnum):
    """Why material may pass from one pool to another."""

    MOVED = "moved"
    PACKED = "packed"
    UNPACKED = "unpacked"
    INPUT = "input"
    OUTPUT = "output"
    RECODED = "recoded"
    COMPONENT = "component"
    BELONGS = "belongs"
    PRESUMED = "presumed"


class Confirmed(StrEnum):
    """Which ends of a link were reported."""

    BOTH = "both"
    SENT = "sent"
    RECEIVED = "received"


class Link(Struct, frozen=True, kw_only=True):
    """One step of material from `source` to `target`, leaving in `departure`, there in `arrival`.

    A transformation is a node of its own: a Pool whose `thing` is "" and whose `container` is
    the flow key. `certain` says the link itself is certain (not held, containment proven).
    `entries` are the record entries that state it, in order.
    """

    kind: LinkKind
    source: Pool
    target: Pool
    departure: Span
    arrival: Span
    certain: bool = True
    confirmed: Confirmed = Confirmed.BOTH
    quantity: Decimal | None = None
    received: Decimal | None = None
    unit: str | None = None
    entries: tuple[int, ...] = ()


class Node(Struct, frozen=True, kw_only=True):
    """A pool reached. `certain`: along a path whose links and order are all certain.

    `reached`: earliest possible arrival (forward) or latest possible departure (backward);
    `hops`: the least number of links from a seed.
    """

    pool: Pool
    certain: bool
    reached: Span
    hops: int
    standing: Standing = Standing.GOOD


class OpenEndKind(StrEnum):
    """How a chain can stop without its end being known (all are counted and listed)."""

    SENT_NEVER_RECEIVED = "sent_never_received"
    RECEIVED_NEVER_SENT = "received_never_sent"
    INPUT_WITHOUT_ORIGIN = "input_without_origin"
    HOLDER_SILENT = "holder_silent"
    NEVER_MADE = "never_made"
    NOT_VISIBLE = "not_visible"
    ERASED = "erased"


class OpenEnd(Struct, frozen=True, kw_only=True):
    """One place where the chain stops, and who should say more."""

    kind: OpenEndKind
    pool: Pool
    entries: tuple[int, ...] = ()


class Anomaly(Struct, frozen=True, kw_only=True):
    """Something the facts contradict themselves in: it is shown, and changes no path."""

    code: str
    text: Text
    entries: tuple[int, ...] = ()


class Closure(Struct, frozen=True, kw_only=True):
    """The pure part of an answer: what was reached, through what, and where it stops."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    open_ends: tuple[OpenEnd, ...]
    anomalies: tuple[Anomaly, ...]

"""Takes nothing; gives the shape of questions to the record and of their answers.

One structure serves page, API, command line and export. The meaning of every word is the
trace contract, docs/concepts/trace.md.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from msgspec import Struct

from suyuan.kit import Span, Text
from suyuan.kit.text import joined
from suyuan.model import Holder
from suyuan.network.ties import Ties


class Direction(StrEnum):
    """Backward asks where it came from 来源; forward asks where it went 去向."""

    BACKWARD = "backward"
    FORWARD = "forward"


class Seed(Struct, frozen=True, kw_only=True):
    """Where a question starts: a thing anywhere, or a thing at one holder."""

    thing: str
    holder: Holder | None = None


class Rotation(StrEnum):
    """Which of a vessel's stock leaves first 轮换规则."""

    FIFO = "fifo"  # first in, first out
    LIFO = "lifo"  # last in, first out
    MIX = "mix"  # always evenly mixed
    UNKNOWN = "unknown"


class VesselRule(Struct, frozen=True, kw_only=True):
    """How a vessel is drawn from, as an enterprise states it 轮换规则: an assumption.

    `vessel` is the canonical name of a container or of a site. `apart` 分开存放: receipts do not
    mix, each outflow is of one alone. `emptied` 清空日: on these days it was emptied or cleaned,
    and what was in it then went into nothing later. It holds from `since` to `until`, both days
    (China's) included; an open end is None. `source` says where it is stated: a procedure, a log.
    """

    vessel: str
    rotation: Rotation = Rotation.UNKNOWN
    apart: bool = False
    emptied: tuple[date, ...] = ()
    since: date | None = None
    until: date | None = None
    source: str

    def holds_on(self, day: date) -> bool:
        """Whether it holds on that day."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day <= self.until)


class Question(Struct, frozen=True, kw_only=True):
    """What is asked. `as_of` None is no limit of event time; `known_at` is a record position.

    Forward seeds arrive at `start`, backward seeds depart at `end`; both open by default.
    `depth` counts links between pools. `hold_for` and `stay_at_most` are the minimum holding
    time and the maximum residence in seconds, `ties` whether equal times count: what its asker
    assumes. `vessels` are assumptions of a recall's amounts.
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
    ties: Ties = Ties.ALLOWED
    vessels: tuple[VesselRule, ...] = ()


class Pool(Struct, frozen=True, order=True, gc=False, cache_hash=True):
    """(thing, party, site, container): a lot is fungible inside one pool and nowhere else.

    `unknown` is "" for a known holder; otherwise it names the one fact whose unknown holder
    this is, so that two unknowns are never the same. `container` is "" for loose things, else
    the container's name. Whatever walks flows looks pools up, so each keeps its hash.
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


class Link(Struct, frozen=True, kw_only=True, gc=False):
    """One step of material from `source` to `target`, leaving in `departure`, there in `arrival`.

    A transformation is a node of its own: a Pool whose `thing` is "" and whose `container` is the
    flow key. `certain`: the link itself is (not held, containment proven). `quantity` was sent, in
    `unit`, `received` came, in `received_unit`, as each side says. `entries` state it, in order.
    `of_lot` took this step, where the link is only what that may mean for one of the lot's pieces.
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
    received_unit: str | None = None
    entries: tuple[int, ...] = ()
    of_lot: str = ""

    @property
    def came(self) -> tuple[Decimal | None, str | None]:
        """How much came, in its unit; so much as was sent, where the receiver does not say."""
        told = self.received is not None
        return (self.received, self.received_unit) if told else (self.quantity, self.unit)


class Node(Struct, frozen=True, kw_only=True, gc=False):
    """A pool reached. `certain`: along a path whose links and order are all certain.

    `reached`: earliest possible arrival (forward) or latest possible departure (backward);
    `hops`: the least number of links from a seed.
    """

    pool: Pool
    certain: bool
    reached: Span
    hops: int


class OpenEndKind(StrEnum):
    """How a chain can stop without its end being known (all are counted and listed)."""

    SENT_NEVER_RECEIVED = "sent_never_received"
    RECEIVED_NEVER_SENT = "received_never_sent"
    INPUT_WITHOUT_ORIGIN = "input_without_origin"
    HOLDER_SILENT = "holder_silent"
    NEVER_MADE = "never_made"
    NOT_VISIBLE = "not_visible"
    ERASED = "erased"


class OpenEnd(Struct, frozen=True, kw_only=True, gc=False):
    """One place where the chain stops, and who should say more."""

    kind: OpenEndKind
    pool: Pool
    entries: tuple[int, ...] = ()


class Anomaly(Struct, frozen=True, kw_only=True):
    """Something the facts contradict themselves in: it is shown, and changes no path."""

    code: str
    text: Text
    thing: str = ""
    entries: tuple[int, ...] = ()


class Closure(Struct, frozen=True, kw_only=True):
    """The pure part of an answer: what was reached, through what, and where it stops."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    open_ends: tuple[OpenEnd, ...]
    anomalies: tuple[Anomaly, ...]


class OriginKind(StrEnum):
    """What stands at the beginning of a chain."""

    MADE = "made"  # somebody says that it began here
    UNSTATED = "unstated"  # a transformation whose inputs nobody stated
    UNKNOWN = "unknown"  # first heard of here


class Origin(Struct, frozen=True, kw_only=True):
    """Where material came from 来源: a pool or transformation with nothing before it."""

    pool: Pool
    kind: OriginKind
    certain: bool
    quantity: Decimal | None = None
    unit: str | None = None
    entries: tuple[int, ...] = ()


class Rest(StrEnum):
    """What became of material where its chain ends."""

    HELD = "held"
    IN_TRANSIT = "in_transit"
    ENDED = "ended"  # sold to a consumer, used, destroyed


class Whereabouts(Struct, frozen=True, kw_only=True):
    """Where material went 去向: who has it, who was sent it, or that it ended there.

    `quantity` None is unknown, in the unit `unit` (None counts pieces).
    """

    pool: Pool
    rest: Rest
    certain: bool
    quantity: Decimal | None = None
    unit: str | None = None
    entries: tuple[int, ...] = ()


class Responsible(Struct, frozen=True, kw_only=True):
    """Who held or made it 责任, from when to when; `until` None: nothing says that all left."""

    party: str
    site: str
    made: bool
    things: int
    since: Span
    until: Span | None
    certain: bool
    entries: tuple[int, ...] = ()


class Completeness(Struct, frozen=True, kw_only=True):
    """How far the chain is closed: open ends by kind, movements confirmed by both sides."""

    summary: Text
    movements: int
    confirmed: int
    silent: int
    open_ends: dict[OpenEndKind, int]


class BalanceKind(StrEnum):
    """What a balance is drawn over."""

    POOL = "pool"
    FLOW = "flow"
    MOVEMENT = "movement"
    SITE = "site"
    VESSEL = "vessel"


class Column(StrEnum):
    """Which column of a stock account a posting stands in."""

    CAME = "came"
    MADE = "made"
    WENT = "went"
    USED = "used"
    ENDED = "ended"
    COUNTED = "counted"  # so much was there
    EMPTIED = "emptied"  # whatever was there went


class Balance(Struct, frozen=True, kw_only=True, gc=False):
    """One line in one unit: came = went + ended + stock + unexplained, if nothing is unknown.

    POOL: what is left of a lot at a holder; `unexplained` is negative where more went than came.
    FLOW: inputs against outputs, the difference being yield or loss nobody declared. MOVEMENT:
    sent against received. `unknown` counts lines without a quantity: then `stock` and
    `unexplained` are None.
    """

    kind: BalanceKind
    pool: Pool
    unit: str | None
    came: Decimal
    went: Decimal
    ended: Decimal
    stock: Decimal | None
    unexplained: Decimal | None
    unknown: int
    entries: tuple[int, ...] = ()


class Cost(Struct, frozen=True, kw_only=True):
    """What the answer took: facts read, links drawn from them, rounds of looking up."""

    facts: int
    links: int
    rounds: int = 0


class Answer(Struct, frozen=True, kw_only=True):
    """The one structure for page, API and command line; `truncated` first: a limit was hit.

    `position` is the record position it is complete to (None: given facts, not a record);
    `assumptions` are the asker's own, in words. Of `unknown` nothing is recorded that the viewer
    may see; `limited`: by its depth, and more lies beyond.
    """

    truncated: bool
    question: Question
    position: int | None
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    origins: tuple[Origin, ...]
    whereabouts: tuple[Whereabouts, ...]
    responsibility: tuple[Responsible, ...]
    completeness: Completeness
    balance: tuple[Balance, ...]
    open_ends: tuple[OpenEnd, ...]
    anomalies: tuple[Anomaly, ...]
    cost: Cost
    assumptions: tuple[Text, ...] = ()
    unknown: tuple[Seed, ...] = ()
    limited: bool = False


class Extent(Struct, frozen=True, gc=False):
    """At least and at most so much; `most` None: no limit is known."""

    least: Decimal
    most: Decimal | None


class Assumed(Struct, frozen=True, gc=False):
    """How much of the material it would be under each assumption; all lie within the bounds."""

    first_in_first_out: Decimal
    last_in_first_out: Decimal
    evenly_mixed: Decimal


class Part(Struct, frozen=True, kw_only=True, gc=False):
    """An amount that is touched, and how much of the material is in it.

    `touched` None: not stated, or in units that do not compare. `assumed` only where the pool's
    log is exact, and it is known of every inflow whether it was of the material. `stated`: how much
    it is by the rules of vessels; None where these narrow nothing.
    """

    touched: Decimal | None
    material: Extent
    assumed: Assumed | None = None
    stated: Extent | None = None


class Unclear(StrEnum):
    """Why an amount, or a limit of one, is in doubt 数量存疑的原因."""

    UNSTATED = "unstated"  # somebody stated no amount here
    UNITS = "units"  # amounts are in units that do not compare
    UPSTREAM = "upstream"  # so much as is in what came here is not known
    CONTRADICTED = "contradicted"  # amounts cannot all be right: the balance says which


class Unused(StrEnum):
    """Why a stated rule narrows nothing 规则没有用上的原因; the nearest to being used last."""

    NOT_TOUCHED = "not_touched"  # nothing in the scope was in that vessel
    ASKED = "asked"  # all of its stock is what is asked about
    KEPT_APART = "kept_apart"  # it is a container of several lots, which do not mix in it
    NOT_EXACT = "not_exact"  # its log lacks a time or an amount, or is too long
    SUPERSEDED = "superseded"  # a container's own rule comes before its site's
    OTHER_DAYS = "other_days"  # its log goes beyond the days of the rule
    CONTRADICTED = "contradicted"  # the log cannot have been so


class UnusedRule(Struct, frozen=True):
    """A rule that was stated and of no use, and why."""

    rule: VesselRule
    why: Unused


class ScopeLine(Struct, frozen=True, kw_only=True, gc=False):
    """What one holder has or had of one thing; single pieces of a holder are one line.

    `thing` is "" for pieces; `unit` None counts them. `came`, `sent`, `ended` (sold to a consumer,
    used, destroyed) and `stock` (still there, or under way to him) are each a part. `rules` are
    those that his own vessels were drawn from by; `unclear` says why an amount or a limit is not
    given, or contradicted. A lot told in units that do not compare has a line for each.
    """

    party: str
    site: str
    thing: str
    unit: str | None
    certain: bool
    things: int
    came: Part
    sent: Part
    ended: Part
    stock: Part
    rules: tuple[VesselRule, ...] = ()
    unclear: Unclear | None = None


class Transfer(Struct, frozen=True, kw_only=True, gc=False):
    """What is touched and may have gone from one holder to another 转手, all of it together.

    `touched` None: not all of it is stated, or it is in units that do not compare; `unit` None
    counts pieces. `certain`: some of it surely went, and may contain what is asked about;
    `material`: so much of what is asked about is in it, at least and at most.
    """

    source_party: str
    source_site: str
    target_party: str
    target_site: str
    things: int
    touched: Decimal | None
    unit: str | None
    certain: bool
    material: Extent


class Scope(Struct, frozen=True, kw_only=True):
    """The scope of a recall; `truncated` first: a limit was hit, and more may be touched.

    `holders` counts those that have or had any; `position` is the record position it is complete
    to. *At least* reads "if records are complete". `assumptions` are the asker's own, in words;
    `unused` are the stated rules that narrow nothing. Of `unknown` nothing is recorded.
    """

    truncated: bool
    question: Question
    position: int | None
    holders: int
    things: int
    lines: tuple[ScopeLine, ...]
    transfers: tuple[Transfer, ...]
    completeness: Completeness
    open_ends: tuple[OpenEnd, ...]
    anomalies: tuple[Anomaly, ...]
    cost: Cost
    unused: tuple[UnusedRule, ...] = ()
    assumptions: tuple[Text, ...] = ()
    unknown: tuple[Seed, ...] = ()


_NAMED: Final = 6


class Warned(Struct, frozen=True):
    """A finding once, however many times it was made, with the things it was made on."""

    text: Text
    count: int
    things: tuple[str, ...]

    @property
    def line(self) -> Text:
        """In one line, with the first of its things."""
        shown, more = self.things[:_NAMED], len(self.things) > _NAMED
        of = joined(shown)
        zh, en = of.zh + "等" * more, of.en + ", …" * more
        return Text(
            f"{self.text.zh}（共 {self.count} 处：{zh}）", f"{self.text.en} ({self.count}: {en})"
        )


def by_code(anomalies: Iterable[Anomaly]) -> list[Warned]:
    """Each finding once, in the order of their codes, with how many times and on which things."""
    found: dict[str, list[Anomaly]] = {}
    for each in anomalies:
        found.setdefault(each.code, []).append(each)
    return [
        Warned(some[0].text, len(some), tuple(sorted({each.thing for each in some} - {""})))
        for _, some in sorted(found.items())
    ]

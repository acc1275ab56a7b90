"""Takes nothing; gives the facts that traces are computed from, one per event line.

The meaning of each field is the trace contract (docs/concepts/trace.md). A fact never
changes; what is true at a time is computed from all facts known at a position.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from suyuan.kit import Span


class FactKind(StrEnum):
    """What one event line says of one thing."""

    MADE = "made"
    JOINED = "joined"
    LEFT = "left"
    MOVED = "moved"
    BECAME = "became"
    RECODED = "recoded"
    ATTACHED = "attached"
    DETACHED = "detached"
    OBSERVED = "observed"
    ENDED = "ended"
    COUNTED = "counted"


_TRADE_ITEM = "https://id.gs1.org/01/"
_CARRIERS = tuple(f"https://id.gs1.org/{key}/" for key in ("00", "8003", "8004"))
SEEN = frozenset((FactKind.OBSERVED, FactKind.COUNTED))
"""What says that a thing was there and changes nothing."""


class ThingGrain(StrEnum):
    """GB/T 38155-2019 2.4: one product, one batch, or one class of product."""

    INSTANCE = "instance"
    LOT = "lot"
    CLASS = "class"

    @classmethod
    def of(cls, uri: str, default: "ThingGrain") -> "ThingGrain":
        """The grain a canonical GS1 name shows (qualifier 21, 10 or none); else the default."""
        if not uri.startswith(_TRADE_ITEM):
            return default
        qualifiers = uri[len(_TRADE_ITEM) :].split("/")[1::2]
        if "21" in qualifiers:
            return cls.INSTANCE
        return cls.LOT if "10" in qualifiers else cls.CLASS


def is_carrier(uri: str) -> bool:
    """Whether a canonical GS1 name is of what carries goods: SSCC, GRAI, GIAI."""
    return uri.startswith(_CARRIERS)


class Holder(Struct, frozen=True, gc=False):
    """The possessing party at a site; a missing half is unknown, not "anybody".

    Two holders with an unknown half are never the same holder, even if they look alike.
    """

    party: str | None = None
    site: str | None = None

    @property
    def known(self) -> bool:
        """Whether both halves are known: only then can two facts speak of the same holder."""
        return self.party is not None and self.site is not None


class Side(StrEnum):
    """Which end of a movement or a making this line reports."""

    SENT = "sent"
    RECEIVED = "received"
    BOTH = "both"
    INPUT = "input"
    OUTPUT = "output"


class Standing(StrEnum):
    """How far a fact counts (docs/concepts/trace.md, facts and time)."""

    GOOD = "good"  # accepted or flagged
    HELD = "held"  # counts as possible until released


class Fact(Struct, frozen=True, omit_defaults=True, gc=False):
    """One event line: thing · kind · when · holder before/after · container · quantity · event.

    * (`entry`, `line`) is the fact's identity; `position` its event's place in the record.
    * `when`: the interval in which it happened. For MOVED, side SENT: the departure (the
      arrival is unknown); RECEIVED: the arrival (the departure is unknown); BOTH: departure
      and arrival (one instant, or two dates when `arrived` is given).
    * `before`/`after`: holder before and after. MADE has only `after`, ENDED only `before`;
      JOINED, LEFT, OBSERVED, COUNTED, ATTACHED, DETACHED have `after` where the thing then is.
      BECAME has `before` as INPUT, `after` as OUTPUT.
    * `parent`: the container (JOINED, LEFT) or the carrier (ATTACHED, DETACHED). For LEFT
      with `thing` == "" the whole container was emptied. COUNTED: all of the thing that was
      there, or all that was in the container `parent`.
    * `instrument`: ATTACHED as an instrument (no material link) instead of a component.
    * `flow`: key of the transformation a BECAME line belongs to, scoped by its issuer; lines
      with one `flow` are of one making, for certain if they share a capturer, or name one
      party and site. `other`: the other name of a RECODED thing.
    * `document`: scoped document names that group sent and received lines of one movement; only
      compared, too: facts of the index have the numbers that it gave them.
    * `instrument` and `inferred` (a half of a holder completed from the registry) are marks.
    * `capturer`, `digest`: same event id and digest by two capturers are one fact, confirmed
      twice; `event_id` names the event. These are only compared: facts of the index have its
      `copy_key` as both, of which copies have the same (`suyuan.index.acts`).
    * `lot`: the lot an instance is stated to be of.
    * `held`: its verdict holds it, until the position `released_at`; `withdrawn_at`: the
      position of an error declaration that took effect.
    """

    entry: int
    line: int
    position: int
    kind: FactKind
    thing: str
    when: Span
    grain: ThingGrain = ThingGrain.INSTANCE
    side: Side | None = None
    arrived: Span | None = None
    before: Holder | None = None
    after: Holder | None = None
    parent: str | None = None
    instrument: bool = False
    quantity: Decimal | None = None
    unit: str | None = None
    flow: str | None = None
    other: str | None = None
    lot: str | None = None
    document: tuple[str, ...] = ()
    inferred: bool = False
    held: bool = False
    released_at: int | None = None
    withdrawn_at: int | None = None
    event_id: str = ""
    capturer: str = ""
    digest: bytes = b""
    recorded: datetime | None = None

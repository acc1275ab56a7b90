"""Takes nothing; gives the shape of an answer as a person may see it: verdict first, gaps said.

Every name in it has passed the disclosure rules of its family for its viewer; a page, a terminal
and a program show the same.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from suyuan.codes import Candidate
from suyuan.kit import Text


class Tone(StrEnum):
    """How a verdict is to be taken at a glance."""

    GOOD = "good"  # recorded, and nothing speaks against it
    NOTE = "note"  # recorded, with gaps or remarks
    HOLD = "hold"  # something is held until it is cleared up
    STOP = "stop"  # failed, stopped or recalled: do not use
    UNKNOWN = "unknown"  # nothing is recorded of it that this viewer may see
    PLAIN = "plain"  # a party, a place, a kind of product: nothing to pass a verdict on


class PublicVerdict(Struct, frozen=True, kw_only=True):
    """One word and one sentence, said before anything else."""

    tone: Tone
    word: Text
    sentence: Text


class Stage(Struct, frozen=True, kw_only=True):
    """One step of a thing's life as it may be shown; equal steps of a day are one, `count` says.

    `certain` is False for what is only possible. `party` acts, `counterpart` is the other side of
    a hand-over; both only where the family discloses them. `note` says what is held or flagged.
    `reporter` is who supplied the record, `position` its place in the record. `makes`: something
    new came of it here. `until` is when the last of several equal steps happened.
    """

    at: datetime
    offset: str
    step: Text
    party: Text | None = None
    place: Text | None = None
    counterpart: Text | None = None
    facts: tuple[tuple[Text, Text], ...] = ()
    certain: bool = True
    tone: Tone = Tone.GOOD
    note: Text | None = None
    reporter: Text | None = None
    position: int | None = None
    corrected: bool = False
    makes: bool = False
    count: int = 1
    until: datetime | None = None


class Stop(Struct, frozen=True, kw_only=True):
    """Somebody on the way, as a drawing shows them: who, what they did there, since when."""

    name: Text
    step: Text
    at: datetime
    offset: str
    certain: bool = True
    tone: Tone = Tone.GOOD


class Leg(Struct, frozen=True):
    """From one stop to another, by their places in `Route.stops`."""

    source: int
    target: int
    certain: bool = True


class Route(Struct, frozen=True):
    """The way from hand to hand: stops in the order that each was first at, and legs between them.

    A leg to an earlier stop tells what went back, or came from who is only heard of later.
    """

    stops: tuple[Stop, ...] = ()
    legs: tuple[Leg, ...] = ()


class Paper(Struct, frozen=True, kw_only=True):
    """A certificate, report or voucher that goes with the thing, and whether it stands.

    `issuer` and `standing` come from the registry; without an entry there, the number is only
    what the reporter wrote.
    """

    kind: Text
    number: str
    standing: Text
    issuer: Text | None = None
    tone: Tone = Tone.GOOD


class LogHead(Struct, frozen=True):
    """The signed checkpoint by which receipts prove: the log's name, its entries, their root.

    `size` counts over all shards; `prefix` stands before the paths of the newest one's files.
    """

    origin: str
    size: int
    root: str
    prefix: str = ""


class Proof(Struct, frozen=True, kw_only=True):
    """Where in the record the answer can be checked: it is complete up to `position`.

    `log` is the published checkpoint, None before the first.

    `digests` are those of the viewer's own reports: the digest of an event somebody else reported
    would let a guess at a hidden field be confirmed.
    """

    position: int
    entries: int
    digests: tuple[str, ...] = ()
    log: LogHead | None = None


class PublicAnswer(Struct, frozen=True, kw_only=True):
    """What is said about one thing, party or place to one viewer.

    `origins` (来源), `whereabouts` (去向) and `responsible` (责任) are the three questions of
    国办发〔2015〕95号; `gaps` are said honestly; `folded` says how many older
    entries are not listed; `history` tells of corrections. `about` holds
    what the registry says, for parties, places and products.
    """

    subject: Candidate
    name: Text
    verdict: PublicVerdict
    origins: tuple[Stage, ...] = ()
    whereabouts: tuple[Stage, ...] = ()
    responsible: tuple[tuple[Text, Text], ...] = ()
    papers: tuple[Paper, ...] = ()
    gaps: tuple[Text, ...] = ()
    folded: Text | None = None
    history: tuple[Text, ...] = ()
    completeness: Text | None = None
    family: Text | None = None
    about: tuple[tuple[Text, Text], ...] = ()
    route: Route = Route()
    proof: Proof | None = None

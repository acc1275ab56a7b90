"""The shapes of contacts between holders, and of what is supposed of them.

The meaning is that of the trace contract. The names of the fields of an answer are those of the
reference (EpiContactTrace), so they are in camel case.
"""

from datetime import date, timedelta

from msgspec import Struct, field

from suyuan.kit import Text
from suyuan.trace.types import Cost


class Closing(Struct, frozen=True, kw_only=True):
    """Moves supposed not to have been: from `source` to `target`, None being anybody, on some days.

    `either`: those from the one and those to the other, as of a place that is shut. `moves`: these
    alone, by their place. Both days are included; an open end is None.
    """

    source: str | None = None
    target: str | None = None
    either: bool = False
    moves: tuple[int, ...] | None = None
    first: date | None = None
    last: date | None = None


class Days(Struct, frozen=True):
    """From the first to the last day, on a clock so much ahead of UTC."""

    first: date
    last: date
    offset: timedelta


class Joined(Struct, frozen=True):
    """Holders that are asked about as one, and what that is called; there is one at least.

    Its contacts are those of any of them, by the fewest moves from any; they are none of each
    other.
    """

    name: str
    sites: tuple[str, ...]


class Passing(Struct, frozen=True, kw_only=True):
    """That every move passes something on with this probability, each by itself.

    So many `draws` are made from `seed` where the probability of being reached is not exact. With
    `by_share`, times the share that the move carried of what left its source; of `unweighed` moves
    of the days asked about that is not known by amounts.
    """

    probability: float
    draws: int = 10_000
    seed: int = 1
    by_share: bool = False
    unweighed: int = 0


class Supposed(Struct, frozen=True, kw_only=True):
    """What is supposed: nothing, by default. If there are both, moves left out pass nothing on."""

    closings: tuple[Closing, ...] = ()
    passing: Passing | None = None


class Without(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The same counts if some moves had not been; `spared`, if asked for, are no contacts then."""

    in_degree: int
    out_degree: int
    ingoing_contact_chain: int
    outgoing_contact_chain: int
    spared_ingoing: tuple[str, ...] | None = None
    spared_outgoing: tuple[str, ...] | None = None


class Chance(Struct, frozen=True, kw_only=True):
    """The probability of being reached, between bounds that hold whatever was drawn."""

    least: float
    chance: float
    most: float


class Passed(Struct, frozen=True, kw_only=True, rename="camel"):
    """One direction: each contact's chance, and how many contacts are expected to be reached.

    `draws` is how many draws the chances are shares of; 0: they are exact.
    """

    draws: int
    expected: float
    contacts: dict[str, Chance]


class Risked(Struct, frozen=True, kw_only=True, rename="camel"):
    """Chances if every move passes something on with this probability, by the draws of a seed.

    `by_share`: times the share that it carried of what left its source in the days asked about. Of
    so many `unweighed` moves amounts do not tell it, and each move of the source counts alike.
    """

    probability: float
    seed: int
    ingoing: Passed
    outgoing: Passed
    by_share: bool = False
    unweighed: int = 0


class Reading(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The contacts of a root in one reading of days that are not known to the day.

    `ingoing` and `outgoing`, if they were asked for, say which, and by how many moves at least.
    """

    in_degree: int
    out_degree: int
    ingoing_contact_chain: int
    outgoing_contact_chain: int
    ingoing: dict[str, int] | None = field(default=None, name="ingoingDistances")
    outgoing: dict[str, int] | None = field(default=None, name="outgoingDistances")


class MovesKnown(Struct, frozen=True, kw_only=True, rename="camel"):
    """How far the moves of the days asked about are known 完整性.

    `movements` may lie in these days; of them `spans` are dated by more than a day, `held` are
    reports that are held. `one_ended` are more, of which one holder alone is known: on no chain.
    """

    summary: Text
    movements: int
    spans: int
    held: int
    one_ended: int


class Contacts(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """How many holders a root is connected with: directly, and through chains of moves.

    The counts go by the first day on which each move may have been, as the reference's do. They lie
    between `certain`, whatever the days were, and `possible`, if they were as it takes.
    `ingoing` and `outgoing`, if they were asked for, say which, and by how many moves at least;
    `without` and `risk`, by those first days too, what is so if something is supposed.

    The days asked about are told, also those that nobody gave: what came in from `in_begin` to
    `in_end`, what went out from `out_begin` to `out_end`, all four included.

    Of a root that is a party the counts are those of its `sites` as one. `unknown` says that no
    move is seen of the root: then the counts, all 0, say nothing.
    """

    root: str
    in_degree: int
    out_degree: int
    ingoing_contact_chain: int
    outgoing_contact_chain: int
    ingoing: dict[str, int] | None = field(default=None, name="ingoingDistances")
    outgoing: dict[str, int] | None = field(default=None, name="outgoingDistances")
    certain: Reading | None = None
    possible: Reading | None = None
    without: Without | None = None
    risk: Risked | None = None
    in_begin: date | None = None
    in_end: date | None = None
    out_begin: date | None = None
    out_end: date | None = None
    sites: tuple[str, ...] = ()
    unknown: Text | None = None
    position: int | None = None
    completeness: MovesKnown | None = None
    cost: Cost | None = None
    assumptions: tuple[Text, ...] = ()

"""Takes nothing; gives the shapes that projections pass along: report, registry, mention."""

from collections.abc import Callable
from enum import IntEnum
from typing import Final, NamedTuple

from msgspec import Struct

from suyuan.model import Event, Fact, FactKind, Side, ThingGrain
from suyuan.registry import directory


class Report(Struct, frozen=True, kw_only=True):
    """One recorded event as projections need it: what it says, who said it, and how it stands."""

    entry: int
    position: int
    event: Event
    capturer: str
    digest: bytes
    held: bool


class Entered(NamedTuple):
    """What acts repeat of the entry that their report became, so that it need not be read.

    `capturer` is a number of the registry. `copy_key` is that of all copies of one report,
    whoever captured them (`suyuan.index.acts.copy_key`).
    """

    tenant: int
    capturer: int
    copy_key: int


class Known(Struct, frozen=True, kw_only=True):
    """What the registry knows for completing the missing half of a holder.

    `platforms` report for others: nothing is inferred from their reporting.
    """

    directory: directory.Completion
    platforms: frozenset[str] = frozenset()


class MentionRole(IntEnum):
    """In which place an event names something that is not itself traced by it."""

    READ_POINT = 1
    BIZ_LOCATION = 2
    PARTY = 3
    DOCUMENT = 4
    PARENT = 5
    DECLARED = 6  # a thing of the event that an error declaration is about


STATING = frozenset((MentionRole.PARENT, MentionRole.DECLARED))
"""The roles in which something is said of what is named; the others only say where and by whom."""


class Part(IntEnum):
    """By which part that a name has in it an act is found: `index.keys_of` hashes both together."""

    THING = 0  # it speaks of the thing, or gives it another name
    EMPTIED = 1  # the container that was emptied
    JOINED = 2  # the container that something came into
    ATTACHED = 3  # the carrier that something was fitted to
    LOT = 4  # the lot that its things are of
    FLOW = 5  # the transformation


class Derived(Struct, frozen=True, kw_only=True):
    """What one report means to the index."""

    facts: tuple[Fact, ...]
    mentions: tuple[tuple[str, MentionRole], ...]


BETWEEN: Final = "\n"
"""Stands between the tails of an act (`index.tails` takes them apart)."""

FACT_KINDS = tuple(FactKind)
"""`index.act.kind` is a place in this tuple; new kinds go to its end."""

SIDES = tuple(Side)
"""`index.act.side` likewise."""

GRAINS = tuple(ThingGrain)
"""`index.act.grain` likewise."""


VALUES: Final[dict[str, Callable[[Event], str | None]]] = {
    "eventType": lambda event: event.type.value,
    "bizStep": lambda event: event.biz_step,
    "disposition": lambda event: event.disposition,
    "bizLocation": lambda event: event.biz_location,
    "readPoint": lambda event: event.read_point,
}
"""Values that are listed; `index.value.kind` is a place here, and new ones go to the end."""

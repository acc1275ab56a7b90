"""Takes nothing; gives the shapes that projections pass along: report, completion, mention."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import IntEnum

from msgspec import Struct

from suyuan.model import Event, Fact, FactKind, Side, ThingGrain


class Report(Struct, frozen=True, kw_only=True):
    """One recorded event as projections need it: what it says, who said it, and how it stands."""

    entry: int
    position: int
    event: Event
    capturer: str
    digest: bytes
    held: bool


class Tenure(Struct, frozen=True, kw_only=True):
    """Who operated a site from when to when (both ends included; None is open)."""

    operator: str
    since: date | None = None
    until: date | None = None

    def covers(self, on: date) -> bool:
        """Whether the tenure holds on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class Completion(Struct, frozen=True, kw_only=True):
    """What the registry knows for completing the missing half of a holder."""

    tenures: Mapping[str, Sequence[Tenure]] = {}
    sites: Mapping[str, Sequence[str]] = {}
    platforms: frozenset[str] = frozenset()

    def operator(self, site: str, on: date) -> str | None:
        """The party operating a site on a day, if exactly one is registered."""
        found = {tenure.operator for tenure in self.tenures.get(site, ()) if tenure.covers(on)}
        return found.pop() if len(found) == 1 else None

    def only_site(self, party: str) -> str | None:
        """The site of a party that has exactly one."""
        sites = self.sites.get(party, ())
        return sites[0] if len(sites) == 1 else None


class MentionRole(IntEnum):
    """In which place an event names something that is not itself traced by it."""

    READ_POINT = 1
    BIZ_LOCATION = 2
    PARTY = 3
    DOCUMENT = 4
    PARENT = 5


class Derived(Struct, frozen=True, kw_only=True):
    """What one report means to the index."""

    facts: tuple[Fact, ...]
    mentions: tuple[tuple[str, MentionRole], ...]


FACT_KINDS = tuple(FactKind)
"""`index.fact.kind` is a place in this tuple; new kinds go to its end."""

SIDES = tuple(Side)
"""`index.fact.side` likewise."""

GRAINS = tuple(ThingGrain)
"""`index.fact.grain` and `index.thing.grain` likewise."""

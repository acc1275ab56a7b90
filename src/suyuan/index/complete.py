"""Takes the reports of a batch; gives what the registry knows of the places and parties in them."""

from collections.abc import Iterable

from suyuan.index.types import Known
from suyuan.record import Recorded
from suyuan.registry import directory
from suyuan.registry.types import PLATFORM
from suyuan.store import ReadConnection


def known_of(conn: ReadConnection, batch: Iterable[Recorded], tenant: int) -> Known:
    """What completes the holders of these reports: one look-up for all of them."""
    sites: set[str] = set()
    parties: set[str] = set()
    capturers: set[str] = set()
    for recorded in batch:
        event = recorded.event
        refs = (*event.sources, *event.destinations)
        sites.update(ref.value for ref in refs if ref.type == "location")
        sites.update((event.biz_location,) if event.biz_location else ())
        parties.update(ref.value for ref in refs if ref.type == "possessing_party")
        capturers.add(recorded.capturer)
    found = directory.completion(conn, tenant=tenant, sites=sites, parties=parties | capturers)
    named = directory.parties(conn, capturers, tenant=tenant)
    platforms = {uri for uri, party in named.items() if PLATFORM in party.roles}
    return Known(directory=found, platforms=frozenset(platforms))

"""Takes EPCIS queries and who asks; gives events as EPCIS documents."""

from collections.abc import Mapping, Sequence

from suyuan.exchange import EventsPage, event_document, events_page, parse_query
from suyuan.model import Viewer
from suyuan.service.platform import Platform


def events(platform: Platform, given: Mapping[str, Sequence[str]], viewer: Viewer) -> EventsPage:
    """One page of a SimpleEventQuery, given by its parameters.

    Raises:
        QueryError: a parameter that cannot be answered, by name.
    """
    query = parse_query(given, capturer=viewer.party or "-", resolvers=platform.config.resolvers)
    with platform.store.read() as conn:
        return events_page(
            conn,
            query,
            viewer,
            secret=platform.recorder.secret,
            families=platform.families,
            now=platform.clock(),
        )


def event(platform: Platform, event_id: str, viewer: Viewer) -> bytes | None:
    """An event and its error declarations; None if there is nothing the viewer may have."""
    with platform.store.read() as conn:
        return event_document(
            conn,
            event_id,
            viewer,
            secret=platform.recorder.secret,
            families=platform.families,
            now=platform.clock(),
        )

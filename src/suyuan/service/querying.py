"""Takes EPCIS queries and who asks; gives events as EPCIS documents."""

from collections.abc import Mapping, Sequence
from typing import Final

from suyuan.exchange import EventsPage, event_document, events_page, parse_query
from suyuan.model import Viewer
from suyuan.service.platform import Platform

_NO_NAMES: Final[Mapping[str, str]] = {}


def events(
    platform: Platform,
    given: Mapping[str, Sequence[str]],
    viewer: Viewer,
    *,
    names: Mapping[str, str] = _NO_NAMES,
) -> EventsPage:
    """One page of a SimpleEventQuery, given by its parameters.

    `names` are prefixes of extensions that the asker declares, with what they stand for.

    Raises:
        QueryError: a parameter that cannot be answered, by name.
    """
    query = parse_query(
        given, capturer=viewer.party or "-", resolvers=platform.config.resolvers, names=names
    )
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

"""Takes EPCIS queries and who asks; gives events as EPCIS documents, lists, and master data."""

from collections.abc import Mapping, Sequence

from suyuan.exchange import (
    EventsPage,
    QueryError,
    event_document,
    events_page,
    listing,
    master,
    parameters,
    parse_query,
    vocabulary,
)
from suyuan.kit import Text
from suyuan.model import Viewer
from suyuan.service.platform import Platform

Given = Mapping[str, Sequence[str]]
Extensions = Mapping[str, str]

_TWICE = Text(
    "地址已经说明了 {name}；请去掉这个参数。", "The address says {name} already; leave it out."
)


def events(
    platform: Platform,
    given: Given,
    viewer: Viewer,
    *,
    extensions: Extensions | None = None,
    fixed: tuple[str, str] | None = None,
) -> EventsPage:
    """One page of a SimpleEventQuery, given by its parameters; `fixed` is one that must hold.

    Raises:
        QueryError: a parameter that cannot be answered, by name.
    """
    if fixed is not None:
        name, value = fixed
        if name in given:
            raise QueryError("query.twice", _TWICE.format(name=name), name)
        given = {**given, name: [value]}
    query = parse_query(
        given,
        capturer=viewer.party or "-",
        resolvers=platform.config.resolvers,
        extensions=extensions,
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


def values(platform: Platform, kind: str, given: Given, viewer: Viewer) -> listing.Listed:
    """A page of the values of a kind that stand in events the viewer may see.

    Raises:
        QueryError: a parameter that a list does not have, or a value out of form.
    """
    per_page, token = parameters.parse_list(given)
    with platform.store.read() as conn:
        asker = _asker(platform, viewer)
        return listing.values_page(conn, kind, asker, per_page=per_page, token=token)


def vocabularies(
    platform: Platform, given: Given, viewer: Viewer, *, extensions: Extensions | None = None
) -> listing.Listed:
    """A page of master data that came in documents of the viewer's own, or to the operator all.

    Raises:
        QueryError: a parameter that cannot be answered, by name; more than were allowed (413).
    """
    query = master.parse_master(
        given,
        capturer=viewer.party or "-",
        resolvers=platform.config.resolvers,
        extensions=extensions,
    )
    with platform.store.read() as conn:
        return master.master_data(conn, query, _asker(platform, viewer))


def _asker(platform: Platform, viewer: Viewer) -> vocabulary.Asker:
    return vocabulary.Asker(
        viewer=viewer, secret=platform.recorder.secret, families=platform.families
    )

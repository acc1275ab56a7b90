"""Takes EPCIS queries and who asks; gives events as EPCIS documents, lists, and master data."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import structs

from suyuan.exchange import (
    EventQuery,
    EventsPage,
    QueryError,
    listing,
    master,
    parameters,
    things,
    tokens,
    vocabulary,
)
from suyuan.exchange import events as pages
from suyuan.kit import Text
from suyuan.model import Viewer
from suyuan.record import event_by_id, glancing
from suyuan.registry import spending
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection
from suyuan.wire.types import QueryName

EPC: Final = "epc"
"""The kind of value that events name by themselves, not by a list of the index."""

Given = Mapping[str, Sequence[str]]
Extensions = Mapping[str, str]

_NO_TOKEN = Text("没有这个 nextPageToken。", "There is no such nextPageToken.")
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
    called: QueryName | None = None,
) -> EventsPage:
    """One page of a SimpleEventQuery, given by its parameters; `fixed` is one that must hold.

    `called` is the query's name in the answer, if it has one of its own.

    Raises:
        QueryError: a parameter that cannot be answered, by name.
    """
    if fixed is not None:
        name, value = fixed
        if name in given:
            raise QueryError("query.twice", _TWICE.format(name=name), name)
        given = {**given, name: [value]}
    read = parameters.parse(
        given,
        capturer=viewer.party or "-",
        resolvers=platform.config.resolvers,
        extensions=extensions,
    )
    page = _page(platform, read.query, viewer, called)
    return structs.replace(page, notices=read.notices) if read.notices else page


def _page(
    platform: Platform, query: EventQuery, viewer: Viewer, called: QueryName | None
) -> EventsPage:
    asker, now = asker_of(platform, viewer), platform.clock()
    page = pages.glanced_page(platform.store.ask, query, asker, now=now, called=called)
    if page is not None:
        return page
    with platform.store.read() as conn:
        require_unspent(conn, query.token)
        return pages.events_page(conn, query, asker, now=now, called=called)


def event(platform: Platform, event_id: str, viewer: Viewer) -> bytes | None:
    """An event and its error declarations; None if there is nothing the viewer may have."""
    secret = platform.recorder.secret
    glance = glancing.by_ids(platform.store.ask, [event_id], viewer, secret=secret)
    if glance is not None:
        found = [each for each in glance.found if each.event.event_id == event_id]
    else:
        with platform.store.read() as conn:
            found = event_by_id(conn, event_id, viewer, secret=secret)
    return pages.event_document(found, asker_of(platform, viewer), now=platform.clock())


def values(platform: Platform, kind: str, given: Given, viewer: Viewer) -> listing.Listed:
    """A page of the values of a kind that stand in events the viewer may see.

    Raises:
        QueryError: a parameter that a list does not have, or a value out of form.
    """
    per_page, token = parameters.parse_list(given)
    with platform.store.read() as conn:
        require_unspent(conn, token)
        asker = asker_of(platform, viewer)
        now = platform.clock()
        if kind == EPC:
            return things.epcs_page(conn, asker, per_page=per_page, token=token, now=now)
        return listing.values_page(conn, kind, asker, per_page=per_page, token=token, now=now)


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
        require_unspent(conn, query.token)
        return master.master_data(conn, query, asker_of(platform, viewer), now=platform.clock())


def let_go(platform: Platform, token: str) -> None:
    """Make a page token void before its time.

    Raises:
        QueryError: this platform gave no such token (404).
    """
    if not tokens.is_ours(token, secret=platform.recorder.secret):
        raise QueryError("query.token", _NO_TOKEN, "token", status=404)
    with platform.store.write() as conn:
        spending.spend(conn, token, ends=tokens.ends_of(token), now=platform.clock())


def require_unspent(conn: ReadConnection, token: str | None) -> None:
    """See that a token was not let go.

    Raises:
        QueryError: it was.
    """
    if token is not None and spending.is_spent(conn, token):
        raise tokens.over()


def asker_of(platform: Platform, viewer: Viewer) -> vocabulary.Asker:
    """Who asks, with what decides what they are shown."""
    return vocabulary.Asker(
        viewer=viewer,
        secret=platform.recorder.secret,
        families=platform.families,
        length=platform.length,
    )

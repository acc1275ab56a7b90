"""Takes queries and their names; keeps them for who gave them, and answers them by name."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from suyuan.codes import privacy
from suyuan.exchange import EventsPage, QueryError, listing, notices, parameters, prefixes
from suyuan.kit import SuyuanError, Text
from suyuan.model import Viewer
from suyuan.registry import naming
from suyuan.service.platform import Platform
from suyuan.service.querying import Extensions, Given, asker_of, events, require_unspent
from suyuan.wire.types import QueryName

_NAME: Final = re.compile(r"[A-Za-z0-9_.~-]{1,100}")
_LIST: Final = "queries"
_CONTEXT: Final = prefixes.CONTEXT
_PAGING: Final = frozenset(("perPage", "nextPageToken"))

_FORM = Text(
    "查询名 “{name}” 不可用；请用 1 至 100 个字母、数字、- _ . ~。",
    "'{name}' cannot name a query; use 1 to 100 letters, digits, and - _ . ~",
)
_TAKEN = Text("已有名为 “{name}” 的查询。", "There is a query named '{name}' already.")
_TAKEN_CURE = Text(
    "请换一个名字；或先用 DELETE /queries/… 删除原有的，它的订阅也随之删除。",
    "Use another name; or remove that one first by DELETE /queries/…, its subscriptions with it.",
)
_PREDEFINED = Text(
    "“{name}” 是 EPCIS 标准预定义的查询，不能另建。",
    "'{name}' is a query that EPCIS has by itself, and cannot be made.",
)
_PREDEFINED_CURE = Text(
    "请换一个名字；预定义的查询直接用 {address}。",
    "Use another name; what EPCIS has by itself is asked at {address}.",
)
_OF_STANDARD: Final = {
    "SimpleEventQuery": "GET /events",
    "SimpleMasterDataQuery": "GET /vocabularies",
}
"""Queries that are predefined (EPCIS 2.0 §8.2.7), and where they are asked."""
_NONE = Text("你没有名为 “{name}” 的查询。", "You have no query named '{name}'.")
_VALUE = Text(
    "参数 “{name}” 须为文字、数字、真假，或它们的列表。",
    "'{name}' must be a text, a number, a truth, or a list of these.",
)
_PAGED = Text(
    "“{name}” 属于提问，不属于查询；请写在 /queries/…/events 的地址里。",
    "'{name}' belongs to a question, not to a query; write it behind /queries/…/events.",
)
_ONLY_PAGING = Text(
    "命名查询只接受 perPage 和 nextPageToken，没有 “{name}”。",
    "A named query takes perPage and nextPageToken only, not '{name}'.",
)


class NamingError(SuyuanError):
    """A named query that is not there, is there already, or cannot be; and its cure, if known."""

    cure: Text | None = None


def name_query(
    platform: Platform,
    name: str,
    query: Mapping[str, Any],
    viewer: Viewer,
    *,
    extensions: Extensions,
) -> naming.NamedQuery:
    """Keep a query under a name; it is read first, so what is kept can be answered.

    Raises:
        QueryError: the query cannot be answered, or the name is out of form.
        NamingError: the name is taken (409), or one of the standard's own.
    """
    _require_free(name)
    sent = {key: _checked(key, value) for key, value in query.items()}
    if extensions and _CONTEXT not in sent:
        sent[_CONTEXT] = _checked(_CONTEXT, dict(extensions))
    named = naming.NamedQuery(name=name, sent=sent)
    _parse(platform, named.asked, viewer)
    with platform.store.write() as conn:
        kept = naming.keep(
            conn, name, sent, tenant=viewer.tenant, owner=owner_of(viewer), now=platform.clock()
        )
    if not kept:
        taken = NamingError("query.taken", _TAKEN.format(name=name), "name", status=409)
        taken.cure = _TAKEN_CURE
        raise taken
    return named


def named_queries(
    platform: Platform, viewer: Viewer, *, per_page: int, token: str | None
) -> listing.Listed:
    """A page of the viewer's queries, by name.

    Raises:
        QueryError: the token was not given for this list, or is over.
    """
    asker, now = asker_of(platform, viewer), platform.clock()
    (after,) = listing.place_of(token, _LIST, ("",), asker, now)
    with platform.store.read() as conn:
        require_unspent(conn, token)
        found = naming.queries(
            conn, tenant=viewer.tenant, owner=owner_of(viewer), after=after, limit=per_page + 1
        )
    following = None
    if len(found) > per_page:
        following = listing.token_of((found[per_page - 1].name,), _LIST, asker, now)
    return listing.Listed(members=found[:per_page], token=following)


def named_query(platform: Platform, name: str, viewer: Viewer) -> naming.NamedQuery:
    """One of the viewer's queries.

    Raises:
        NamingError: there is none of that name (404).
    """
    _require_name(name)
    with platform.store.read() as conn:
        found = naming.query(conn, name, tenant=viewer.tenant, owner=owner_of(viewer))
    if found is None:
        raise _none(name)
    return found


def forget_query(platform: Platform, name: str, viewer: Viewer) -> None:
    """Remove one of the viewer's queries.

    Raises:
        NamingError: there is none of that name (404).
    """
    _require_name(name)
    with platform.store.write() as conn:
        gone = naming.forget(conn, name, tenant=viewer.tenant, owner=owner_of(viewer))
    if not gone:
        raise _none(name)


def named_events(platform: Platform, name: str, given: Given, viewer: Viewer) -> EventsPage:
    """One page of the events that a named query finds.

    Raises:
        NamingError: there is none of that name (404).
        QueryError: a parameter that does not page.
    """
    found = named_query(platform, name, viewer)
    for parameter in given:
        if parameter not in _PAGING:
            shown = privacy.quoted(parameter)
            raise QueryError("query.parameter", _ONLY_PAGING.format(name=shown), shown)
    return events(platform, {**found.asked, **given}, viewer, called=QueryName(name=name))


def notices_of(platform: Platform, name: str, viewer: Viewer) -> tuple[notices.Notice, ...]:
    """What in a named query is probably not meant so, though it is answered.

    Raises:
        NamingError: there is none of that name (404).
        QueryError: it cannot be answered as it stands.
    """
    return _read(platform, named_query(platform, name, viewer).asked, viewer).notices


def _read(platform: Platform, asked: Given, viewer: Viewer) -> parameters.Parsed:
    resolvers = platform.config.resolvers
    return parameters.parse(asked, capturer=viewer.party or "-", resolvers=resolvers)


def _parse(platform: Platform, asked: Given, viewer: Viewer) -> None:
    for name in asked:
        if name in _PAGING:
            raise QueryError("query.parameter", _PAGED.format(name=name), name)
    _read(platform, asked, viewer)


def _checked(name: str, value: Any) -> Any:
    """A parameter as it is kept: as it was sent, if it is of a form that an address could say."""
    if name == _CONTEXT:
        return [msgspec.json.encode(value).decode()]
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, str | int | float) or "\0" in str(item):
            shown = privacy.quoted(name)
            raise QueryError("query.value", _VALUE.format(name=shown), shown)
    return value


def owner_of(viewer: Viewer) -> str:
    """Whose a query is: the organisation's, else the account's."""
    return viewer.party or f"account:{viewer.account}"


def _require_free(name: str) -> None:
    """What a query may be named: in form, and not as one of the standard's own."""
    if _NAME.fullmatch(name) is None:
        raise QueryError("query.name", _FORM.format(name=privacy.quoted(name)), "name")
    if name in _OF_STANDARD:
        wrong = NamingError("query.predefined", _PREDEFINED.format(name=name), "name")
        wrong.cure = _PREDEFINED_CURE.format(address=_OF_STANDARD[name])
        raise wrong


def _require_name(name: str) -> None:
    """What cannot be a name is nobody's."""
    if _NAME.fullmatch(name) is None:
        raise _none(name)


def _none(name: str) -> NamingError:
    text = _NONE.format(name=privacy.quoted(name))
    return NamingError("query.none", text, "name", status=404)

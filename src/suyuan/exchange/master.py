"""Takes the parameters of a master data query; gives what documents of the asker said of names.

The parameters are those of SimpleMasterDataQuery (EPCIS 1.2 §8.2.7.2), which 2.0 kept for SOAP only
and people miss; here it is an extension of the REST binding. Attributes and children are given
unless they are declined, since nobody asks for bare names twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from msgspec import Struct, structs

from suyuan.codes import privacy, read_identifier
from suyuan.codes.types import RESOLVERS
from suyuan.exchange import notices, spelling
from suyuan.exchange.listing import Element, Listed, master_data_page
from suyuan.exchange.notices import Notice
from suyuan.exchange.prefixes import context_of
from suyuan.exchange.query import PER_PAGE, Described, QueryError
from suyuan.exchange.statements import SQL
from suyuan.exchange.vocabulary import ALL, Asker, described_names
from suyuan.kit import Text
from suyuan.store import ReadConnection

MOST: Final = 1_000
KNOWN: Final = (
    "vocabularyName", "EQ_name", "WD_name", "HASATTR", "EQATTR_…", "includeAttributes",
    "includeChildren", "attributeNames", "maxElementCount", "perPage", "nextPageToken",
)  # fmt: skip
_BEGINNING: Final = "EQATTR_"
_UNKNOWN = Text(
    "主数据查询没有参数 “{name}”；可用：{known}。",
    "There is no parameter '{name}' of master data queries; use one of: {known}.",
)
_TOO_LARGE = Text(
    "结果多于 maxElementCount 的 {most} 条；请缩小范围。",
    "More than the {most} elements of maxElementCount answer; narrow the query.",
)


class MasterQuery(Struct, frozen=True, kw_only=True):
    """A master data query; None means any. `notices` say what in it is probably not meant so."""

    types: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None
    within: tuple[str, ...] | None = None
    described: tuple[Described, ...] = ()
    attributes: bool = True
    children: bool = True
    only: tuple[str, ...] | None = None
    most: int | None = None
    per_page: int = PER_PAGE
    token: str | None = None
    notices: tuple[Notice, ...] = ()


def parse_master(
    given: Mapping[str, Sequence[str]],
    *,
    capturer: str = "-",
    resolvers: frozenset[str] = RESOLVERS,
    extensions: Mapping[str, str] | None = None,
) -> MasterQuery:
    """The query that parameters state.

    Raises:
        QueryError: a name that is not known, or a value out of form.
    """
    reader = partial(read_identifier, capturer=capturer, resolvers=resolvers)
    context = context_of(None, extensions or {})
    fields: dict[str, Any] = {}
    for name, values in given.items():
        if name == "vocabularyName":
            fields["types"] = spelling.names(name, values)
        elif name in {"EQ_name", "WD_name"}:
            kept = "names" if name == "EQ_name" else "within"
            fields[kept] = spelling.identifiers(name, values, reader)
            odd = (*fields.get("notices", ()), *_odd(name, values, reader))
            fields["notices"] = odd[: notices.MOST]
        elif name in {"includeAttributes", "includeChildren"}:
            fields[name.removeprefix("include").lower()] = _truth(name, values)
        elif name in {"maxElementCount", "perPage"}:
            kept = "per_page" if name == "perPage" else "most"
            fields[kept] = spelling.count(name, spelling.once(name, values), MOST)
        elif name == "nextPageToken":
            fields["token"] = spelling.once(name, values)
        elif name in {"attributeNames", "HASATTR"}:
            named = spelling.names(name, values)
            spelt = tuple(one for each in named for one in spelling.attribute(each, context))
            _keep_attributes(name, spelt, fields)
        elif name.startswith(_BEGINNING) and name != _BEGINNING:
            spelt = spelling.attribute(name.removeprefix(_BEGINNING), context)
            wanted = spelling.texts(name, values)
            _add(fields, Described(field="", attributes=spelt, values=wanted))
        else:
            shown = privacy.quoted(name)
            text = _UNKNOWN.format(name=shown, known=", ".join(KNOWN))
            raise QueryError("query.parameter", text, shown)
    return MasterQuery(**fields)


def _odd(name: str, values: Sequence[str], reader: spelling.Reader) -> Iterator[Notice]:
    for value in spelling.names(name, values):
        yield from notices.of_code(name, value, reader(value))


def _keep_attributes(name: str, spelt: tuple[str, ...], fields: dict[str, Any]) -> None:
    if name == "HASATTR":
        _add(fields, Described(field="", attributes=spelt))
    else:
        fields["only"] = spelt


def _add(fields: dict[str, Any], one: Described) -> None:
    fields["described"] = (*fields.get("described", ()), one)


def _truth(name: str, values: Sequence[str]) -> bool:
    value = spelling.once(name, values)
    if value not in {"true", "false"}:
        raise spelling.bad(name, value, spelling.WRITE.format(example="true / false"))
    return value == "true"


def master_data(conn: ReadConnection, query: MasterQuery, asker: Asker, *, now: datetime) -> Listed:
    """A page of what was said of names, as it was said last.

    Raises:
        QueryError: the token is none, or more answer than were allowed (413).
    """
    names = _names(conn, query, asker)
    found = master_data_page(
        conn, asker, types=query.types, names=names, per_page=query.most or query.per_page,
        token=query.token, now=now,
    )  # fmt: skip
    if query.most is not None and found.token is not None:
        text = _TOO_LARGE.format(most=query.most)
        raise QueryError("query.too-large", text, "maxElementCount", status=413)
    members = [_shown(each, query) for each in found.members]
    return structs.replace(found, members=members, notices=query.notices)


def _names(conn: ReadConnection, query: MasterQuery, asker: Asker) -> list[str] | None:
    """The names that every condition lets through, None if any may answer."""
    reach = asker.reach(ALL)
    sets = [described_names(conn, one, reach) for one in query.described]
    if query.names is not None:
        sets.append(frozenset(query.names))
    if query.within is not None:
        rows = conn.execute(SQL.within, {**reach, "names": list(query.within)}).fetchall()
        sets.append(frozenset(row[0] for row in rows))
    return sorted(frozenset.intersection(*sets)) if sets else None


def _shown(element: Element, query: MasterQuery) -> Element:
    only = query.only
    attributes = {
        key: value
        for key, value in element.attributes.items()
        if query.attributes and (only is None or key in only or _last(key) in only)
    }
    return structs.replace(
        element, attributes=attributes, children=element.children if query.children else []
    )


def _last(key: str) -> str:
    """The last word of an attribute's IRI."""
    return key.replace("#", "/").replace(":", "/").rpartition("/")[2]

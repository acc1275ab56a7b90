"""Takes a kind of value, or what master data are wanted, and who asks; gives a page of them."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from suyuan.exchange.query import QueryError
from suyuan.exchange.statements import SQL
from suyuan.exchange.vocabulary import ALL, Asker
from suyuan.index.types import VALUES
from suyuan.kit import Text
from suyuan.record import grants_of
from suyuan.store import ReadConnection

LISTED: Final = tuple(VALUES)
"""Of what there are lists."""

_KINDS: Final = {name: number for number, name in enumerate(VALUES)}
_TOKEN = Text(
    "nextPageToken 不是这份清单给出的；请从第一页重新查询。",
    "The nextPageToken was not given for this list; ask again from the first page.",
)


class Listed(Struct, frozen=True, kw_only=True):
    """A page of a list, and the token of the next, None at the end."""

    members: list[Any]
    token: str | None


class Element(Struct, frozen=True, kw_only=True):
    """What master data say of a name; `party` said so."""

    type: str
    id: str
    attributes: dict[str, Any]
    children: list[str]
    party: str


def values_page(
    conn: ReadConnection, kind: str, asker: Asker, *, per_page: int, token: str | None
) -> Listed:
    """The values that stand in events the viewer may see; a token names the last one given.

    Raises:
        QueryError: the token is none.
    """
    (after,) = _read(token, ("",))
    asked = grants_of(asker.viewer, secret=asker.secret).params | {
        "kind": _KINDS[kind],
        "after": after,
        "limit": per_page + 1,
    }
    found = [row[0] for row in conn.execute(SQL["values"], asked).fetchall()]
    return Listed(
        members=found[:per_page],
        token=_token((found[per_page - 1],)) if len(found) > per_page else None,
    )


def master_data_page(
    conn: ReadConnection,
    asker: Asker,
    *,
    types: Sequence[str] | None,
    names: Sequence[str] | None,
    per_page: int,
    token: str | None,
) -> Listed:
    """What documents of the viewer said of names, as it was said last.

    Raises:
        QueryError: the token is none.
    """
    kind, name, party = _read(token, ("", "", ""))
    asked = asker.reach(ALL) | {
        "after_type": kind,
        "after_name": name,
        "after_party": party,
        "types": None if types is None else list(types),
        "names": None if names is None else list(names),
        "limit": per_page + 1,
    }
    found = conn.execute(SQL.master_data, asked).fetchall()
    return Listed(
        members=[
            Element(type=row[0], id=row[1], attributes=row[2], children=row[3], party=row[4])
            for row in found[:per_page]
        ],
        token=_token((*found[per_page - 1][:2], found[per_page - 1][4]))
        if len(found) > per_page
        else None,
    )


def _token(place: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def _read(token: str | None, start: tuple[str, ...]) -> tuple[str, ...]:
    """The place that a token names; it opens nothing, so it needs no seal."""
    if token is None:
        return start
    try:
        said = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        place = msgspec.json.decode(said, type=tuple[str, ...])
    except (binascii.Error, ValueError) as error:
        raise QueryError("query.token", _TOKEN, "nextPageToken") from error
    if len(place) != len(start) or any("\0" in part for part in place):
        raise QueryError("query.token", _TOKEN, "nextPageToken")
    return place

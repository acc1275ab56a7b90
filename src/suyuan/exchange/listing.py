"""Takes a kind of value, or what master data are wanted, and who asks; gives a page of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from suyuan.exchange import tokens
from suyuan.exchange.notices import Notice
from suyuan.exchange.statements import SQL
from suyuan.exchange.vocabulary import ALL, Asker
from suyuan.index.types import VALUES
from suyuan.record import grants_of
from suyuan.store import ReadConnection

LISTED: Final = tuple(VALUES)
"""Of what there are lists."""

Place = tuple[str, ...]
"""Where a page of a list begins: behind the last that was given."""

_MASTER: Final = "vocabularies"
_KINDS: Final = {name: number for number, name in enumerate(VALUES)}


class Listed(Struct, frozen=True, kw_only=True):
    """A page of a list, and the token of the next, None at the end.

    `notices` say what in the question is probably not meant so.
    """

    members: list[Any]
    token: str | None
    notices: tuple[Notice, ...] = ()


class Element(Struct, frozen=True, kw_only=True):
    """What master data say of a name; `party` said so."""

    type: str
    id: str
    attributes: dict[str, Any]
    children: list[str]
    party: str


def values_page(
    conn: ReadConnection,
    kind: str,
    asker: Asker,
    *,
    per_page: int,
    token: str | None,
    now: datetime,
) -> Listed:
    """The values that stand in events the viewer may see; a token names the last one given.

    Raises:
        QueryError: the token was not given for this list, or is over.
    """
    (after,) = place_of(token, kind, ("",), asker, now)
    asked = grants_of(asker.viewer, secret=asker.secret).params | {
        "kind": _KINDS[kind],
        "after": after,
        "limit": per_page + 1,
    }
    found = [row[0] for row in conn.execute(SQL["values"], asked).fetchall()]
    return Listed(
        members=found[:per_page],
        token=token_of((found[per_page - 1],), kind, asker, now) if len(found) > per_page else None,
    )


def master_data_page(
    conn: ReadConnection,
    asker: Asker,
    *,
    types: Sequence[str] | None,
    names: Sequence[str] | None,
    per_page: int,
    token: str | None,
    now: datetime,
) -> Listed:
    """What documents of the viewer said of names, as it was said last.

    Raises:
        QueryError: the token was not given for this list, or is over.
    """
    kind, name, party = place_of(token, _MASTER, ("", "", ""), asker, now)
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
        token=token_of((*found[per_page - 1][:2], found[per_page - 1][4]), _MASTER, asker, now)
        if len(found) > per_page
        else None,
    )


def place_of(token: str | None, kind: str, start: Place, asker: Asker, now: datetime) -> Place:
    """The place in a list of a kind that a token names; without one, where it starts.

    Raises:
        QueryError: the token was not given for this list, or is over.
    """
    if token is None:
        return start
    said = tokens.opened(token, _bound(kind, asker), secret=asker.secret, now=now)
    return msgspec.json.decode(said, type=tuple[str, ...])


def token_of(place: Place, kind: str, asker: Asker, now: datetime) -> str:
    """The token of a place in a list."""
    said = msgspec.json.encode(place)
    return tokens.sealed(said, _bound(kind, asker), secret=asker.secret, now=now)


def _bound(kind: str, asker: Asker) -> bytes:
    return msgspec.json.encode(("list", kind, asker.viewer), order="sorted")

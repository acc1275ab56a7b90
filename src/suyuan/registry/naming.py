"""Queries kept under names: each owner has names of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from psycopg.types.json import Jsonb

from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)

Sent = Mapping[str, Any]


class NamedQuery(Struct, frozen=True, kw_only=True):
    """A query and its name; `sent` are its parameters as its owner gave them in JSON.

    Each is a text, a number, a truth or a list of these; only `@context` is its own JSON in a list.
    """

    name: str
    sent: dict[str, Any]

    @property
    def asked(self) -> dict[str, list[str]]:
        """The parameters as an address would say them."""
        return {name: _texts(value) for name, value in self.sent.items()}


def keep(
    conn: WriteConnection, name: str, sent: Sent, *, tenant: int, owner: str, now: datetime
) -> bool:
    """Keep a query under a name; False if the owner has one of that name."""
    row = {"tenant": tenant, "owner": owner, "name": name, "asked": Jsonb(dict(sent)), "at": now}
    return conn.execute(_Q.keep_query, row).rowcount == 1


def queries(
    conn: ReadConnection, *, tenant: int, owner: str, after: str = "", limit: int
) -> list[NamedQuery]:
    """The queries of an owner behind a name, in the order of their names."""
    asked = {"tenant": tenant, "owner": owner, "after": after, "only": None, "limit": limit}
    return [
        NamedQuery(name=name, sent=kept) for name, kept in conn.execute(_Q.named_queries, asked)
    ]


def query(conn: ReadConnection, name: str, *, tenant: int, owner: str) -> NamedQuery | None:
    """The query of that name, None if the owner has none."""
    asked = {"tenant": tenant, "owner": owner, "after": "", "only": name, "limit": 1}
    row = conn.execute(_Q.named_queries, asked).fetchone()
    return None if row is None else NamedQuery(name=row[0], sent=row[1])


def forget(conn: WriteConnection, name: str, *, tenant: int, owner: str) -> bool:
    """Remove a query; False if there was none."""
    row = {"tenant": tenant, "owner": owner, "name": name}
    return conn.execute(_Q.forget_query, row).rowcount == 1


def _texts(value: Any) -> list[str]:
    return [_text(each) for each in (value if isinstance(value, list) else [value])]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

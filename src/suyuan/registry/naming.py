"""Queries kept under names: each owner has names of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from psycopg.types.json import Jsonb

from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)

Asked = Mapping[str, Sequence[str]]


class NamedQuery(Struct, frozen=True, kw_only=True):
    """A query and its name; the query as its owner gave it."""

    name: str
    asked: dict[str, list[str]]


def keep(
    conn: WriteConnection, name: str, asked: Asked, *, tenant: int, owner: str, now: datetime
) -> bool:
    """Keep a query under a name; False if the owner has one of that name."""
    kept = {name: list(values) for name, values in asked.items()}
    row = {"tenant": tenant, "owner": owner, "name": name, "asked": Jsonb(kept), "at": now}
    return conn.execute(_Q.keep_query, row).rowcount == 1


def queries(
    conn: ReadConnection, *, tenant: int, owner: str, after: str = "", limit: int
) -> list[NamedQuery]:
    """The queries of an owner behind a name, in the order of their names."""
    asked = {"tenant": tenant, "owner": owner, "after": after, "only": None, "limit": limit}
    return [
        NamedQuery(name=name, asked=kept) for name, kept in conn.execute(_Q.named_queries, asked)
    ]


def query(conn: ReadConnection, name: str, *, tenant: int, owner: str) -> NamedQuery | None:
    """The query of that name, None if the owner has none."""
    asked = {"tenant": tenant, "owner": owner, "after": "", "only": name, "limit": 1}
    row = conn.execute(_Q.named_queries, asked).fetchone()
    return None if row is None else NamedQuery(name=row[0], asked=row[1])


def forget(conn: WriteConnection, name: str, *, tenant: int, owner: str) -> bool:
    """Remove a query; False if there was none."""
    row = {"tenant": tenant, "owner": owner, "name": name}
    return conn.execute(_Q.forget_query, row).rowcount == 1

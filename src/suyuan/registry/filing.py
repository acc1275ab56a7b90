"""What is on file of a party, and what was before: registrations are kept, never rewritten."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final, assert_never

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from suyuan.registry import directory
from suyuan.registry.types import Document, Entry, Licence, Party, Product, Site
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_MOST: Final = 200


class OnFile(Struct, frozen=True, kw_only=True):
    """What is registered of one party; `party` None: nothing but, perhaps, its name in events.

    `documents` are those it gave out, the latest 200; of its products the first 200.
    """

    uri: str
    party: Party | None
    sites: tuple[Site, ...] = ()
    products: tuple[Product, ...] = ()
    licences: tuple[Licence, ...] = ()
    documents: tuple[Document, ...] = ()


class Registration(Struct, frozen=True, kw_only=True):
    """How an entry was from a time on, by whose word; `account` None: at the machine itself."""

    relation: str
    entry: dict[str, Any]
    account: str | None
    at: datetime


def lock(conn: WriteConnection) -> None:
    """Let nobody else change the registry by hand until this transaction ends."""
    conn.execute(_Q.lock_registrations)


def keep(
    conn: WriteConnection,
    changed: Iterable[Entry],
    *,
    now: datetime,
    account: int | None,
    tenant: int = 1,
) -> None:
    """Keep how these entries are from now on."""
    rows = [
        {
            "tenant": tenant, "relation": type(entry).__name__.lower(), "party": concerned(entry),
            "entry": Jsonb(msgspec.to_builtins(entry)), "account": account, "at": now,
        }
        for entry in changed
    ]  # fmt: skip
    with conn.cursor() as cursor:
        cursor.executemany(_Q.add_registration, rows)


def registrations(conn: ReadConnection, party: str, *, tenant: int) -> list[Registration]:
    """What was registered of a party and when, the latest first, 200 at most."""
    asked = {"tenant": tenant, "party": party, "most": _MOST}
    return [
        Registration(relation=row[0], entry=row[1], account=row[2], at=row[3])
        for row in conn.execute(_Q.registrations, asked)
    ]


def on_file(conn: ReadConnection, uri: str, *, tenant: int) -> OnFile:
    """What is registered of a party."""
    sites = directory.completion(conn, tenant=tenant, sites=(), parties=[uri]).places
    asked = {"tenant": tenant, "issuer": uri, "most": _MOST}
    return OnFile(
        uri=uri,
        party=directory.named(conn, [uri], tenant=tenant).get(uri),
        sites=sites.get(uri, ()),
        products=tuple(directory.products_of(conn, uri, "", tenant=tenant)),
        licences=directory.licences(conn, [uri], tenant=tenant).get(uri, ()),
        documents=tuple(map(directory.document_of, conn.execute(_Q.documents_of, asked))),
    )


def listed(
    conn: ReadConnection,
    *,
    tenant: int,
    areas: Collection[str] | None = None,
    after: str = "",
) -> list[Party]:
    """Registered parties by URI behind one, of areas (beginnings of divisions) or of all; 200."""
    whose = None if areas is None else list(areas)
    asked = {"tenant": tenant, "after": after, "most": _MOST, "areas": whose}
    return [directory.party_of(row) for row in conn.execute(_Q.parties_listed, asked)]


def concerned(entry: Entry) -> str:
    """Whom an entry is about; of a document, who gave it out."""
    match entry:
        case Party():
            return entry.uri
        case Site():
            return entry.operator
        case Product():
            return entry.owner
        case Licence():
            return entry.party
        case Document():
            return entry.issuer
        case _:
            assert_never(entry)

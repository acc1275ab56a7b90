"""What is on file of a party, and what was before: registrations are kept, never rewritten."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, assert_never

import msgspec
from psycopg.types.json import Jsonb

from suyuan.registry import directory
from suyuan.registry.types import (
    Document,
    Entry,
    Licence,
    OnFile,
    Party,
    Product,
    Registration,
    Site,
)
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_MOST: Final = 200


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

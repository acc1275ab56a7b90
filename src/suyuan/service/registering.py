"""Takes entries of the registry; enters them and logs each that is new or was otherwise."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from suyuan.kit import Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.damage import Damage
from suyuan.ledger import acts
from suyuan.ledger.types import Done
from suyuan.registry import directory, filing
from suyuan.registry.types import Document, Entry, Party, Site
from suyuan.service.access import OPERATOR
from suyuan.service.platform import Platform, spelled
from suyuan.store import ReadConnection, WriteConnection

_SEALED: Final[Mapping[type, tuple[str, ...]]] = {
    Party: ("name", "contact"),
    Site: ("name",),
    Document: ("details",),
}
"""What of an entry may be about people: the log binds it and does not have it."""
_PLAIN: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
_CHECKED: Final = ("party.registered", "site.registered", "product.registered")
"""Licences and documents change with permits and entitlements too, by acts of their own."""
_CHANGED: Final = Text(
    "登记的内容不是存证时的内容，或已被删除（第 {position} 条）。",
    "The registry has not what was logged of it, as entry {position}, or nothing any more.",
)
_CURE: Final = Text(
    "查明由谁改动；重新登记正确的内容，或从备份恢复。",
    "Find out who changed it; enter what is right again, or restore a backup.",
)


def register(platform: Platform, entries: Iterable[Entry]) -> int:
    """Enter parties, sites, products, licences and documents, or replace them; how many changed."""
    with platform.store.write() as conn:
        return len(registered(platform, conn, entries))


def registered(
    platform: Platform,
    conn: WriteConnection,
    entries: Iterable[Entry],
    *,
    account: int | None = None,
    tenant: int = OPERATOR.tenant,
) -> list[Entry]:
    """Those of the entries that are new or were otherwise, now that they are entered.

    Each is an act in the log, and what it was before stays on file. What names or describes people
    is sealed in the log, so that the registry may forget it.
    """
    changed = directory.register(conn, entries, tenant=tenant)
    filing.keep(conn, changed, now=platform.clock(), account=account, tenant=tenant)
    done = [_registered(platform, each) for each in changed]
    platform.log_acts(conn, done, account=account)
    return changed


def altered(conn: ReadConnection, platform: Platform) -> Iterator[Damage]:
    """Parties, sites and products that are not as they were logged last: changed by the side."""
    logged = {}
    for kind in _CHECKED:
        for act in acts.acts(conn, kind=kind):
            said = msgspec.json.decode(act.said, type=dict[str, Any])
            said.pop("by", None)
            logged[_key(kind, said)] = act.position, said
    there = {}
    for entry in _entries(conn, {key[1] for key in logged}):
        done = _registered(platform, entry)
        said = spelled(done.said)
        there[_key(done.kind, said)] = said
    for key, (position, said) in logged.items():
        if key not in there or canonical_bytes(there[key]) != canonical_bytes(said):
            text = _CHANGED.format(position=position)
            yield Damage(
                code="registry.changed", place=key[1], text=text, cure=_CURE, position=position
            )


def _key(kind: str, said: Mapping[str, Any]) -> tuple[str, str, str]:
    """By what an entry is known: its URI, and of a site the day on which its operator began."""
    return kind, said.get("uri") or said["class-uri"], said.get("valid-from", "")


def _entries(conn: ReadConnection, uris: Collection[str]) -> Iterator[Entry]:
    tenant = OPERATOR.tenant
    yield from directory.parties(conn, uris, tenant=tenant).values()
    for rows in directory.completion(conn, tenant=tenant, sites=uris).sites.values():
        yield from rows
    yield from directory.products(conn, uris, tenant=tenant).values()


def _registered(platform: Platform, entry: Entry) -> Done:
    plain = _PLAIN(msgspec.json.encode(entry))
    said = {name: value for name, value in plain.items() if value}
    hidden = {name: said.pop(name) for name in _SEALED.get(type(entry), ()) if name in said}
    if hidden:
        said["sealed"] = platform.sealed(canonical_bytes(hidden))
    whom = None if isinstance(entry, Document) else filing.concerned(entry) or None
    return Done(f"{type(entry).__name__.lower()}.registered", whom, said)

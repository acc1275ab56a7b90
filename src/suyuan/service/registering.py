"""Takes entries of the registry; enters them and logs each that is new or was otherwise."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.digest import mac
from suyuan.ledger.types import Done
from suyuan.registry import directory, filing
from suyuan.registry.types import Document, Entry, Licence, Party, Site
from suyuan.service.access import OPERATOR
from suyuan.service.platform import Platform, spelled
from suyuan.store import WriteConnection

_SEALED: Final[Mapping[type, tuple[str, ...]]] = {
    Party: ("name", "contact"),
    Site: ("name",),
    Document: ("details",),
}
"""What of an entry may be about people: the log binds it and does not have it."""
_LIMITS: Final[Mapping[type, tuple[str, ...]]] = {Licence: ("areas", "covers")}
"""What an act says even where it is empty: one that says nothing of it leaves it as it is.

So a program of before, which knows nothing of it, changes the rest of a licence beside this one.
"""
_PLAIN: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


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


def told_of(entry: Entry, secret: bytes) -> dict[str, Any]:
    """What the log says of an entry of the registry, by the installation's secret."""
    value = _PLAIN(msgspec.json.encode(entry))
    stated = _LIMITS.get(type(entry), ())
    said = {name: each for name, each in value.items() if each or name in stated}
    hidden = {name: said.pop(name) for name in _SEALED.get(type(entry), ()) if name in said}
    if hidden:
        said["sealed"] = mac(secret, canonical_bytes(hidden)).hex()
    return spelled(said)


def _registered(platform: Platform, entry: Entry) -> Done:
    whom = None if isinstance(entry, Document) else filing.concerned(entry) or None
    said = told_of(entry, platform.recorder.secret)
    return Done(f"{type(entry).__name__.lower()}.registered", whom, said)

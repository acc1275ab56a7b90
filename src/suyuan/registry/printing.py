"""Which codes were printed, when, on what: so that a second printing of the same codes is seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from suyuan.model import Capturer
from suyuan.registry.issuing import Package
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)


class PrintRun(Struct, frozen=True, kw_only=True):
    """Codes of a package from `begin` to before `end`, printed with a design as one file.

    `digest` is the SHA-256 of that file.
    """

    id: UUID
    begin: int
    end: int
    design: str
    format: str
    digest: bytes
    at: datetime


def keep(
    conn: WriteConnection, package: Package, run: PrintRun, capturer: Capturer
) -> list[PrintRun]:
    """Keep that codes were printed; gives the earlier runs in which one of them was.

    Of two who print at the same time the second is given the first's run.
    """
    conn.execute(_Q.lock_package, {"package": package.id})
    row = {
        "id": run.id,
        "tenant": capturer.tenant,
        "party": capturer.party,
        "account": capturer.account,
        "package": package.id,
        "first": package.first + run.begin,
        "past": package.first + run.end,
        "design": run.design,
        "format": run.format,
        "digest": run.digest,
        "at": run.at,
    }
    known = _read(conn, row)
    conn.execute(_Q.add_print, row)
    return known


def runs(conn: ReadConnection, package: UUID, party: str, *, tenant: int) -> list[PrintRun]:
    """What of a party's package was printed, oldest first."""
    whole = {"first": None, "past": None}
    return _read(conn, {"package": package, "party": party, "tenant": tenant, **whole})


def _read(conn: ReadConnection, asked: Mapping[str, Any]) -> list[PrintRun]:
    return [
        PrintRun(
            id=row[0], begin=row[1], end=row[2], design=row[3], format=row[4],
            digest=bytes(row[5]), at=row[6],
        )
        for row in conn.execute(_Q.prints, asked)
    ]  # fmt: skip

"""Which package's codes are packed in which: once, until the containers are withdrawn."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from suyuan.model import Capturer
from suyuan.registry import issuing
from suyuan.registry.issuing import Package
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_TICK: Final = timedelta(microseconds=1)


class Filled(Struct, frozen=True):
    """Containers that a package's codes are packed in: `fit` to each, since `at`."""

    container: Package
    fit: int
    at: datetime


def lock(conn: WriteConnection, package: Package) -> None:
    """Wait for who packs, prints or withdraws codes of this package; ends with the transaction."""
    conn.execute(_Q.lock_package, {"package": package.id})


def moment(conn: ReadConnection, package: Package, now: datetime) -> datetime:
    """Now, or later: after all that was packed or withdrawn of the package, whatever clocks say.

    What is in a container follows from whether a code was withdrawn before. The package is locked.
    """
    row = conn.execute(_Q.last_of_package, {"package": package.id}).fetchone()
    last: datetime | None = row[0] if row else None
    return now if last is None else max(now, last + _TICK)


def levels(conn: ReadConnection, package: Package, party: str, *, tenant: int) -> list[Filled]:
    """What a package's codes are packed in, what that is packed in, and so on outwards."""
    found: list[Filled] = []
    content = package.id
    while row := conn.execute(_Q.packing_of, {"package": content}).fetchone():
        (container,) = issuing.packages(conn, party, tenant=tenant, only=row[0])
        found.append(Filled(container, row[1], row[2]))
        content = row[0]
    return found


def keep(conn: WriteConnection, content: Package, filled: Filled, capturer: Capturer) -> None:
    """Keep that a package's codes are packed in another's."""
    row = {
        "content": content.id,
        "container": filled.container.id,
        "fit": filled.fit,
        "account": capturer.account,
        "at": filled.at,
    }
    conn.execute(_Q.add_packing, row)

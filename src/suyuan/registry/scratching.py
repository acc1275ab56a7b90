"""Secrets for one-time verification: only their salted digests are kept, each use is counted."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from msgspec import Struct

from suyuan.codes import making
from suyuan.registry.issuing import Issued
from suyuan.store import Queries, WriteConnection

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 20_000


class Use(Struct, frozen=True):
    """How often the right secret was given, this time included, and when first."""

    times: int
    first_at: datetime


def keep(conn: WriteConnection, package: UUID, digests: Iterable[bytes]) -> None:
    """Keep the digests of a package's secrets, in the order of its codes.

    In pieces, each far within the time that one statement may take.
    """
    rows = enumerate(digests)
    while piece := list(islice(rows, _AT_ONCE)):
        with conn.cursor() as cursor, cursor.copy(_Q.copy_scratch) as copy:
            copy.set_types(["uuid", "int4", "bytea"])
            for place, kept in piece:
                copy.write_row((package, place, kept))


def use(conn: WriteConnection, code: Issued, secret: str, *, now: datetime) -> Use | None:
    """Count a verification; None if the secret is wrong or the code has none.

    The count is raised in one statement under the row's lock: of several who ask at the same
    time exactly one is the first.
    """
    if code.salt is None:
        return None
    kept = making.digest(code.salt, code.place, secret)
    row = {"package": code.package, "place": code.place, "digest": kept, "at": now}
    found = conn.execute(_Q.verify_scratch, row).fetchone()
    return None if found is None else Use(*found)

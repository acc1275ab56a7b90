"""Takes a platform that serves; gives bases of its networks that keep up with the record.

One of sites and one of lots for each tenant. A question reads a base and what came since; only
here is it made anew, in a thread of its own.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from threading import get_ident
from typing import TYPE_CHECKING, Final

import structlog
from msgspec import structs

from suyuan.model import Viewer
from suyuan.service import repeating
from suyuan.service.access import OPERATOR
from suyuan.service.platform import Platform
from suyuan.store import Queries, ReadConnection
from suyuan.trace import ahead, site_base

if TYPE_CHECKING:
    from suyuan.trace import lot_arrays, site_arrays

_SQL: Final = Queries("suyuan.service")
_LOG = structlog.get_logger("suyuan.network")
_GONE: Final = ".gone-"
_LOOK: Final = 30.0
_FAILED: Final = repeating.logged(_LOG, "network.failed", patience=600.0)


def base_at(platform: Platform, tenant: int) -> Path:
    """The file of a tenant's base; it can be removed at any time."""
    return platform.config.data_dir / "network" / f"{tenant}.links"


def lots_at(platform: Platform, tenant: int) -> Path:
    """The file of a tenant's base of lots; likewise."""
    return platform.config.data_dir / "network" / f"{tenant}.lots"


def lot_guesser(platform: Platform, viewer: Viewer) -> ahead.Guesser | None:
    """By what a large recall of this viewer is read at once; None without a base of lots."""
    kept, secret = lots_at(platform, viewer.tenant), platform.recorder.secret
    if not kept.is_file():
        return None

    def guess(conn: ReadConnection, things: Sequence[str]) -> ahead.Guess | None:
        from suyuan.trace import lot_arrays  # noqa: PLC0415 -- loads numpy

        lots = lot_arrays.lot_network(conn, viewer, secret=secret, kept=kept)
        return None if lots is None else lots.guess(conn, things)

    return guess


def keep_network(platform: Platform, stop: threading.Event) -> None:
    """Keep the bases until told to stop; after a failure it waits longer and tries again."""
    begun = False

    def renew() -> None:
        nonlocal begun
        if not begun:
            _clear(platform)
        for kept in renewed(platform, checked=not begun):
            _LOG.info("network.kept", place=str(kept))
        begun = True

    repeating.keep_on(renew, stop, every=_LOOK, failed=_FAILED)


def renewed(platform: Platform, *, checked: bool = True) -> Iterator[Path]:
    """Make those bases anew to which much has come, and give their files.

    With `checked` also those that are not whole, which is seen by reading them.
    """
    with platform.store.read() as conn:
        of_sites, of_lots = (
            site_base.is_worth_keeping(conn),
            site_base.are_acts_worth_keeping(conn),
        )
        if not (of_sites or of_lots):
            return
        tenants = [int(row[0]) for row in conn.execute(_SQL.tenant_numbers).fetchall()]
    from suyuan.trace import lot_arrays, site_arrays  # noqa: PLC0415 -- loads numpy

    for tenant in tenants:
        viewer = structs.replace(OPERATOR, tenant=tenant)
        if of_sites:
            yield from _put(
                platform, site_arrays.renewal, base_at(platform, tenant), viewer, checked=checked
            )
        if of_lots:
            yield from _put(
                platform, lot_arrays.renewal, lots_at(platform, tenant), viewer, checked=checked
            )


def _put(
    platform: Platform,
    renewal: Callable[..., "lot_arrays.Renewed | site_arrays.Renewed | None"],
    kept: Path,
    viewer: Viewer,
    *,
    checked: bool,
) -> Iterator[Path]:
    # The folder is there before anything is read: who destroys takes it away, and then nothing
    # that was read before can be written.
    kept.parent.mkdir(parents=True, exist_ok=True)
    with platform.store.read() as conn:
        found = renewal(conn, viewer, secret=platform.recorder.secret, kept=kept, checked=checked)
    if found is not None:  # no transaction of the database is open while it is written
        found.put(kept)
        yield kept


def forget_bases(platform: Platform) -> None:
    """Remove the bases, and let none that is being written take their place.

    For who has destroyed what may stand in them, after that is committed.
    """
    folder = base_at(platform, OPERATOR.tenant).parent
    with suppress(FileNotFoundError):
        folder.rename(folder.with_name(f"{folder.name}{_GONE}{os.getpid()}-{get_ident()}"))
    _clear(platform)


def _clear(platform: Platform) -> None:
    """Remove what is left of bases that were given up, or whose writer was killed."""
    folder = base_at(platform, OPERATOR.tenant).parent
    for gone in folder.parent.glob(f"{folder.name}{_GONE}*"):
        rmtree(gone, ignore_errors=True)
    for part in folder.glob("*.part"):
        with suppress(OSError):
            part.unlink()

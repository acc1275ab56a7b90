"""Takes a platform that serves; gives an index that keeps up with the record."""

import threading

import structlog

from suyuan import index, ledger
from suyuan.service.platform import Platform

_LOG = structlog.get_logger("suyuan.follow")
_PATIENCE = 5.0


def keep_following(platform: Platform, stop: threading.Event) -> None:
    """Follow the record until told to stop; a database that is away is waited for."""
    wait = platform.config.follow_every
    while not stop.wait(wait):
        try:
            with platform.store.write() as conn:
                ledger.sequence(conn, now=platform.clock())
            index.catch_up(platform.store)
            wait = platform.config.follow_every
        except Exception:  # noqa: BLE001 -- the follower outlives whatever befalls the database
            _LOG.exception("follow.failed")
            wait = min(wait * 2, _PATIENCE)

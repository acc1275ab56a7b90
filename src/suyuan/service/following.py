"""Takes a platform that serves; gives an index that keeps up with the record."""

import threading

import structlog

from suyuan import index, ledger
from suyuan.service import repeating
from suyuan.service.platform import Platform

_FAILED = repeating.logged(structlog.get_logger("suyuan.follow"), "follow.failed", patience=5.0)


def keep_following(platform: Platform, stop: threading.Event) -> None:
    """Follow the record until told to stop; a database that is away is waited for."""

    def follow() -> None:
        with platform.store.write() as conn:
            ledger.sequence(conn, now=platform.clock())
        index.catch_up(platform.store)

    repeating.keep_on(follow, stop, every=platform.config.follow_every, failed=_FAILED)

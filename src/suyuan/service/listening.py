"""Takes who listens to a named query; gives what is recorded since, one document after the other.

A listener lives in its connection alone: nothing of it is kept, and who comes back says from when.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from msgspec import Struct, structs

from suyuan.exchange import standing
from suyuan.kit import BusyError, Text
from suyuan.model import Viewer
from suyuan.notify import asked, coming, keep, writing
from suyuan.notify.types import Subscription
from suyuan.service.notifying import judging_of
from suyuan.service.platform import Platform
from suyuan.service.subscribing import Asking, subscribable, wanted_by
from suyuan.store import Store

MOST_LISTENERS: Final = 200
"""Connections at a time, of a process."""

_LISTENERS: Final = threading.BoundedSemaphore(MOST_LISTENERS)
_BUSY: Final = Text(
    "同时收听的连接已有 {most} 个；请稍后再来，或用 Webhook 订阅。",
    "{most} connections listen already; come again later, or subscribe by webhook.",
)


class Heard(Struct, frozen=True):
    """The listener as it goes on, a document for it if there is one, and whether more is there."""

    listener: Subscription
    document: bytes | None
    is_more: bool


@contextmanager
def listening(
    platform: Platform, query: str, asking: Asking, viewer: Viewer
) -> Iterator[Subscription]:
    """A listener to one of the viewer's queries, while the block lasts.

    Raises:
        NamingError: there is no such query (404).
        QueryError: the query has an order or an end of its own.
        SubscriptionError: what is asked for contradicts itself.
        BusyError: too many listen already (503).
    """
    owner = subscribable(platform, query, viewer)
    wanted = wanted_by(platform, query, asking)
    if not _LISTENERS.acquire(blocking=False):
        raise BusyError("listen.busy", _BUSY.format(most=MOST_LISTENERS), "listen")
    try:
        with platform.store.read() as conn:
            whole = standing.recorded(conn)
            position = whole if wanted.initial is None else keep.before(conn, wanted.initial)
        assert viewer.account is not None  # noqa: S101 -- the faces let nobody else in
        yield keep.fresh(
            wanted,
            owner,
            account=viewer.account,
            number=platform.number(),
            position=position,
            now=platform.clock(),
        )
    finally:
        _LISTENERS.release()


class _Head:
    """How far the record goes, asked once for all listeners of a moment."""

    def __init__(self, store: Store) -> None:
        self._store, self._asking = store, threading.Lock()
        self._size, self._until = 0, 0.0

    def size(self, every: float) -> int:
        with self._asking:
            if time.monotonic() >= self._until:
                with self._store.read() as conn:
                    self._size = standing.recorded(conn)
                self._until = time.monotonic() + every
            return self._size


@lru_cache(maxsize=4)
def _head_of(store: Store) -> _Head:
    return _Head(store)


def hear(platform: Platform, one: Subscription, *, looks: bool = True) -> Heard:
    """What there is for a listener now; unless it `looks`, only if the record has grown.

    Raises:
        ClosedError: its account was closed, or its query removed.
        QueryError: the query cannot be answered any more.
    """
    now = platform.clock()
    if not looks and (one.due > now or not _has_grown(platform, one)):
        return Heard(one, None, is_more=False)
    with platform.store.read() as conn:
        if one.due > now:
            asked.asked_by(conn, one, judging_of(platform))
            return Heard(one, None, is_more=False)
        found = coming.coming(conn, one, judging_of(platform), now=now)
    if found is None:
        return Heard(one, None, is_more=False)
    due = coming.next_due(one, found, now=now)
    after = structs.replace(
        one,
        position=found.upto,
        run=found.run_after,
        quiet=found.run_after is None or (one.quiet and not found.is_wanted),
        due=due or one.due,
    )
    document = None
    if found.is_wanted:
        document = writing.written(platform.store, found.document, one, at=found.at).document
    return Heard(after, document, is_more=due is None)


def _has_grown(platform: Platform, one: Subscription) -> bool:
    if one.schedule is not None:
        return True
    return _head_of(platform.store).size(platform.config.follow_every) > one.position

"""Takes a platform that serves; delivers what its subscriptions are due."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog

from suyuan import notify
from suyuan.notify import asked, egress, keep
from suyuan.service import repeating
from suyuan.service.platform import Platform

_AT_ONCE: Final = 8
_LIMIT: Final = 1_000
_PATIENCE: Final = 5.0
_LOG = structlog.get_logger("suyuan.notify")
_FAILED = repeating.logged(_LOG, "notify.failed", patience=_PATIENCE)


def judging_of(platform: Platform) -> asked.Judging:
    """What decides who sees what on a platform."""
    return asked.Judging(
        secret=platform.recorder.secret,
        families=platform.families,
        resolvers=platform.config.resolvers,
    )


def sender_of(platform: Platform) -> notify.Sender:
    """What delivering needs of a platform."""
    return notify.Sender(
        store=platform.store,
        judging=judging_of(platform),
        rules=egress.Rules(allowed=platform.config.allowed),
        clock=platform.clock,
        number=platform.number,
    )


def deliver_due(platform: Platform) -> int:
    """Give every subscription that is due its turn, one after the other; how many there were."""
    sender = sender_of(platform)
    found = notify.due(sender, limit=_LIMIT)
    for number in found:
        notify.deliver(sender, number, stopped=lambda: False)
    return len(found)


def keep_notifying(platform: Platform, stop: threading.Event) -> None:
    """Deliver until told to stop; of all processes on a database one does it at a time."""
    turn = platform.config.follow_every

    def take_turn() -> None:
        with psycopg.connect(platform.store.dsn, autocommit=True) as alone:
            if keep.is_alone(alone):
                _deliver_while_alone(platform, alone, stop)
        stop.wait(turn * 4)  # another delivers, and may go on for long

    repeating.keep_on(take_turn, stop, every=turn, failed=_FAILED)


def _deliver_while_alone(
    platform: Platform, alone: psycopg.Connection[Any], stop: threading.Event
) -> None:
    """Let a few at a time be delivered, each subscription by one thread, so that none waits."""
    sender, busy = sender_of(platform), dict[UUID, Future[None]]()
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="notify") as pool:
        while not stop.wait(platform.config.follow_every):
            keep.require_alone(alone)
            busy = {number: job for number, job in busy.items() if not job.done()}
            for number in notify.due(sender, limit=_LIMIT):
                if number not in busy:
                    busy[number] = pool.submit(_delivered, sender, number, stop)


def _delivered(sender: notify.Sender, number: UUID, stop: threading.Event) -> None:
    try:
        notify.deliver(sender, number, stopped=stop.is_set)
    except Exception:  # noqa: BLE001 -- one subscription's fault is not the others'
        _LOG.exception("notify.subscription", subscription=str(number))
        stop.wait(_PATIENCE)  # this one's place in the pool, so that it is not tried at once

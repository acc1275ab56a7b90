"""Takes what is due; sends each receiver its next message, and goes on when it was taken.

A message is written down before it is sent, so that after a crash the same one is sent again under
its number: a receiver that keeps the numbers it has seen has every event once.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from suyuan.exchange import QueryError, standing
from suyuan.kit import Clock, SuyuanError
from suyuan.notify import egress, keep, settle, signing
from suyuan.notify.asked import ClosedError, Judging
from suyuan.notify.coming import Coming, coming, next_due
from suyuan.notify.statements import SQL
from suyuan.notify.types import Answered, Message, Subscription
from suyuan.notify.writing import JSON, PROBLEM, problem, written
from suyuan.store import Store

Stopped = Callable[[], bool]

_TURN: Final = 50
"""Steps of one subscription before others have their turn."""


class Sender(Struct, frozen=True, kw_only=True):
    """What delivering needs; `number` gives the numbers of messages."""

    store: Store
    judging: Judging
    rules: egress.Rules
    clock: Clock
    number: Callable[[], UUID]


def due(sender: Sender, *, limit: int) -> list[UUID]:
    """The subscriptions that have something to do now, the longest waiting first."""
    with sender.store.read() as conn:
        asked = {"now": sender.clock(), "whole": standing.recorded(conn), "limit": limit}
        return [row[0] for row in conn.execute(SQL.due, asked)]


def deliver(sender: Sender, number: UUID, *, stopped: Stopped) -> None:
    """Send a subscription what there is for it now, a message after the other."""
    for _ in range(_TURN):
        with sender.store.read() as conn:
            one = keep.subscription(conn, number)
        if stopped() or one is None or one.stopped or one.due > sender.clock():
            return
        if not _step(sender, one, stopped=stopped):
            return


def _step(sender: Sender, one: Subscription, *, stopped: Stopped) -> bool:
    """Do the next thing for a subscription; whether it went on by that.

    Two who do it at the same time send the same message, and only one of them goes on by it: every
    change says from where it goes.
    """
    try:
        with sender.store.read() as conn:
            found = coming(conn, one, sender.judging, now=sender.clock())
    except QueryError as error:
        _tell(sender, one, error, stopped=stopped)
        return False
    except ClosedError as error:
        settle.stop(sender.store, one, error.text, now=sender.clock())
        return False
    if found is None:
        return False
    due = next_due(one, found, now=sender.clock())
    if one.message is None and not found.is_wanted:
        return settle.passed(sender.store, one, found, due=due)
    message = one.message or Message(
        id=sender.number(), upto=found.upto, horizon=found.horizon, at=found.at
    )
    if one.message is None and not settle.planned(sender.store, one, message, run=found.run):
        return False
    return _sent(sender, one, message, found, due=due, stopped=stopped)


def _sent(
    sender: Sender,
    one: Subscription,
    message: Message,
    found: Coming,
    *,
    due: datetime | None,
    stopped: Stopped,
) -> bool:
    """Send a message and settle what became of it; whether it was taken."""
    after = settle.After(run=found.run_after, due=due, count=found.count)
    if not found.is_wanted:  # what was in it, the subscriber may not see any more
        return settle.taken(sender.store, one, message, after, now=sender.clock())
    body = written(sender.store, found.document, one, at=found.at)
    try:
        answer = _posted(
            sender, one, message.id, body.document, JSON, stopped=stopped, losses=body.losses
        )
    except egress.StoppedError:
        return False
    except egress.EgressError as error:
        settle.failed(sender.store, one, message, error.text, now=sender.clock())
        return False
    return settle.answered(sender.store, one, message, after, answer, now=sender.clock())


def _posted(
    sender: Sender,
    one: Subscription,
    message: UUID,
    body: bytes,
    media: str,
    *,
    stopped: Stopped,
    losses: int = 0,
) -> Answered:
    now = sender.clock()
    headers = [
        ("Content-Type", media),
        ("GS1-EPCIS-Version", "2.0"),
        ("User-Agent", "suyuan"),
        *([("Suyuan-Losses", str(losses))] if losses else []),
        *signing.signed(body, message, one.secrets(now), now=now),
    ]
    return egress.post(one.dest, body, headers, sender.rules, stopped=stopped)


def _tell(sender: Sender, one: Subscription, error: SuyuanError, *, stopped: Stopped) -> None:
    """Tell a receiver why nothing more comes, as far as it hears; then send nothing more."""
    with suppress(egress.EgressError):
        body = problem(error)
        _posted(sender, one, sender.number(), body, PROBLEM, stopped=stopped)
    settle.stop(sender.store, one, error.text, now=sender.clock())

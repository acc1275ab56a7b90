"""Takes what became of a message; says where its subscription stands then.

Each change names the message or position that it starts from, and does nothing if something else
came between: a subscription that was wound back meanwhile, another process.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

import msgspec
from msgspec import Struct
from psycopg.types.json import Jsonb

from suyuan.kit import Text
from suyuan.notify.coming import Coming
from suyuan.notify.statements import SQL
from suyuan.notify.types import MOST_EVENTS, Answered, Message, Subscription
from suyuan.store import Store

BACK_OFF: Final = tuple(
    timedelta(seconds=each)
    for each in (5, 30, 120, 600, 1_800, 3_600, *(4 * 3_600,) * 4, *(12 * 3_600,) * 8)
)
"""How long after each failure in a row it is tried again: over five days; then it stops."""

_SPREAD: Final = 20  # per cent, so that many that failed together do not come back together
_TAKEN: Final = range(200, 300)
_MOVED: Final = range(300, 400)
_GONE, _TOO_LARGE = 410, 413

_SAID: Final = Text("接收方答复 {status}。", "The receiver answered {status}.")
_REDIRECTED: Final = Text(
    "接收方答复 {status}，要求转到别处；不跟随转址，请以最终的地址重新订阅。",
    "The receiver answered {status}, which points elsewhere; that is not followed. Subscribe with "
    "the address where it ends.",
)
_ENDED: Final = Text(
    "接收方答复 410，不再接收。", "The receiver answered 410: it wants nothing more."
)
_SMALLER: Final = Text(
    "接收方说太大（413）；改为一次至多 {most} 个事件。",
    "The receiver said it is too large (413); at most {most} events at a time now.",
)


class After(Struct, frozen=True, kw_only=True):
    """Where a message leads: the run that is left, the next time, and how many events it has."""

    run: int | None
    due: datetime | None
    count: int


def planned(store: Store, one: Subscription, message: Message, *, run: int | None) -> bool:
    """Write down a message that begins behind the position."""
    row = {
        "id": one.id,
        "position": one.position,
        "message": message.id,
        "upto": message.upto,
        "horizon": message.horizon,
        "now": message.at,
        "run": run,
    }
    return _changed(store, SQL.plan, row)


def passed(store: Store, one: Subscription, found: Coming, *, due: datetime | None) -> bool:
    """Go past a stretch of which nothing is to be sent."""
    row = {
        "id": one.id,
        "position": one.position,
        "upto": found.upto,
        "run": found.run_after,
        "due": due,
    }
    return _changed(store, SQL["pass"], row)


def taken(
    store: Store, one: Subscription, message: Message, after: After, *, now: datetime
) -> bool:
    """Go on behind a message."""
    row = {
        "id": one.id,
        "message": message.id,
        "run": after.run,
        "due": after.due,
        "most": min(MOST_EVENTS, one.most * 2),
        "now": now,
    }
    return _changed(store, SQL.settle, row)


def answered(
    store: Store,
    one: Subscription,
    message: Message,
    after: After,
    answer: Answered,
    *,
    now: datetime,
) -> bool:
    """What a receiver's answer means; whether it took the message, or is to get a smaller one."""
    status = answer.status
    if status in _TAKEN:
        return taken(store, one, message, after, now=now)
    if status == _TOO_LARGE and after.count > 1:
        return _shrunk(store, one, message, after.count // 2, now=now)
    if status == _GONE:
        return failed(store, one, message, _ENDED, now=now, is_last=True)
    text = (_REDIRECTED if status in _MOVED else _SAID).format(status=status)
    return failed(store, one, message, text, now=now, retry_after=answer.retry_after)


def failed(
    store: Store,
    one: Subscription,
    message: Message,
    why: Text,
    *,
    now: datetime,
    retry_after: int | None = None,
    is_last: bool = False,
) -> bool:
    """Try a message again later; after days of that, send nothing more. Never went on: False."""
    is_last = is_last or one.failures >= len(BACK_OFF)
    wait = timedelta() if is_last else BACK_OFF[one.failures]
    wait += wait * (one.id.int % _SPREAD) / 100
    row = {
        "id": one.id,
        "message": message.id,
        "now": now,
        "problem": Jsonb(msgspec.to_builtins(why)),
        "due": now + max(wait, timedelta(seconds=retry_after or 0)),
        "stopped": is_last,
    }
    _changed(store, SQL.fail, row)
    return False


def stop(store: Store, one: Subscription, why: Text, *, now: datetime) -> None:
    """Send nothing more until somebody sees to it; the position stays."""
    row = {"id": one.id, "now": now, "problem": Jsonb(msgspec.to_builtins(why))}
    _changed(store, SQL.stop, row)


def _shrunk(store: Store, one: Subscription, message: Message, most: int, *, now: datetime) -> bool:
    why = Jsonb(msgspec.to_builtins(_SMALLER.format(most=most)))
    row = {"id": one.id, "message": message.id, "most": most, "problem": why, "now": now}
    return _changed(store, SQL.shrink, row)


def _changed(store: Store, statement: LiteralString, row: Mapping[str, Any]) -> bool:
    with store.write() as conn:
        return conn.execute(statement, row).rowcount == 1

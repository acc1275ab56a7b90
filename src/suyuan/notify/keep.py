"""Takes what a subscriber wants; keeps it, lists it, removes it, winds it back."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
from msgspec import structs
from psycopg.types.json import Jsonb

from suyuan.kit import Text
from suyuan.notify.schedule import next_time
from suyuan.notify.statements import SQL
from suyuan.notify.types import Message, Schedule, Subscription, Wanted
from suyuan.store import ReadConnection, WriteConnection
from suyuan.wire import Spelling

_ALL: Final[dict[str, Any]] = {
    "id": None, "tenant": None, "owner": None, "query": None, "after": None, "limit": None,
}  # fmt: skip


class Owner(msgspec.Struct, frozen=True):
    """Whose queries and subscriptions they are."""

    tenant: int
    name: str


def fresh(
    wanted: Wanted, owner: Owner, *, account: int, number: UUID, position: int, now: datetime
) -> Subscription:
    """A subscription that begins behind a position."""
    return Subscription(
        **structs.asdict(wanted),
        id=number,
        tenant=owner.tenant,
        owner=owner.name,
        account=account,
        made_at=now,
        position=position,
        due=now if wanted.schedule is None else next_time(wanted.schedule, now),
    )


def add(conn: WriteConnection, one: Subscription) -> bool:
    """Enter a subscription; False if there is no such query."""
    schedule = one.schedule
    row = structs.asdict(one) | {
        "spelling": one.spelling.value,
        "schedule": None if schedule is None else Jsonb(msgspec.to_builtins(schedule)),
    }
    return conn.execute(SQL.add, row).rowcount == 1


def subscriptions(
    conn: ReadConnection,
    owner: Owner | None,
    *,
    query: str | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[Subscription]:
    """The subscriptions of an owner, or of all, by number; those of one query if it is named."""
    asked = _ALL | {"query": query, "after": after, "limit": limit}
    if owner is not None:
        asked |= {"tenant": owner.tenant, "owner": owner.name}
    return [_subscription(row) for row in conn.execute(SQL.subscriptions, asked)]


def subscription(conn: ReadConnection, number: UUID) -> Subscription | None:
    """The subscription of that number, whosever it is."""
    row = conn.execute(SQL.subscriptions, _ALL | {"id": number}).fetchone()
    return None if row is None else _subscription(row)


def remove(conn: WriteConnection, one: Subscription) -> bool:
    """Remove a subscription; False if it was gone."""
    row = {"id": one.id, "tenant": one.tenant, "owner": one.owner, "query": one.query}
    return conn.execute(SQL.remove, row).rowcount == 1


def rotate(conn: WriteConnection, one: Subscription, secret: str, *, until: datetime) -> None:
    """Sign with a new secret, and with the one before it beside it until then."""
    conn.execute(SQL.rotate, {"id": one.id, "secret": secret, "until": until})


def rewind(
    conn: WriteConnection, one: Subscription, position: int | None, *, now: datetime
) -> None:
    """Give everything behind a position again; None: only try at once what was not taken."""
    conn.execute(SQL.rewind, {"id": one.id, "position": position, "now": now})


def before(conn: ReadConnection, at: datetime) -> int:
    """The last position that was recorded before a time."""
    (row,) = conn.execute(SQL.before, {"at": at}).fetchall()
    return int(row[0])


def is_alone(conn: psycopg.Connection[Any]) -> bool:
    """Whether this connection's process is the one that delivers, until the connection ends."""
    (row,) = conn.execute(SQL.alone).fetchall()
    return bool(row[0])


def require_alone(conn: psycopg.Connection[Any]) -> None:
    """See that the connection is there, and with it the right to deliver.

    Raises:
        psycopg.Error: it is gone; another process may deliver by now.
    """
    conn.execute(SQL.here)


def _subscription(row: tuple[Any, ...]) -> Subscription:
    schedule, message, problem = row[7], row[17], row[25]
    return Subscription(
        id=row[0],
        tenant=row[1],
        owner=row[2],
        query=row[3],
        account=row[4],
        dest=row[5],
        spelling=Spelling(row[6]),
        schedule=None if schedule is None else msgspec.convert(schedule, Schedule),
        report_if_empty=row[8],
        initial=row[9],
        secret=row[10],
        former=row[11],
        former_until=row[12],
        made_at=row[13],
        position=row[14],
        run=row[15],
        quiet=row[16],
        message=message and Message(id=message, upto=row[18], horizon=row[19], at=row[20]),
        most=row[21],
        due=row[22],
        failures=row[23],
        failed_since=row[24],
        problem=None if problem is None else msgspec.convert(problem, Text),
        notified_at=row[26],
        stopped=row[27],
        reached=row[28],
    )

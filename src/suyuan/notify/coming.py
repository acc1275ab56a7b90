"""Takes a subscription and the record; gives what comes next: a stretch, and the events in it."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from suyuan.exchange import standing
from suyuan.notify.asked import Judging, asked_by
from suyuan.notify.schedule import next_time
from suyuan.notify.types import Subscription
from suyuan.store import ReadConnection
from suyuan.wire.types import QueryName

SPAN: Final = 20_000
"""Positions looked at for one message; a long record is gone through in several steps."""


class Coming(Struct, frozen=True, kw_only=True):
    """The next stretch, its events as a document, and whether that is to be sent.

    `run` is the end of the scheduled run that it is part of, None for a stream; with `is_over`
    the run ends with it.
    """

    upto: int
    horizon: int
    document: bytes
    count: int
    at: datetime
    run: int | None
    is_over: bool
    is_wanted: bool

    @property
    def run_after(self) -> int | None:
        """The end of the run that is still under way behind it."""
        return None if self.is_over else self.run


def coming(
    conn: ReadConnection, one: Subscription, judging: Judging, *, now: datetime
) -> Coming | None:
    """What comes next; None if nothing is recorded behind the position.

    Raises:
        ClosedError: the subscriber may not ask any more.
        QueryError: the query cannot be answered any more.
    """
    asked = asked_by(conn, one, judging)
    query = standing.since(asked.query, one.initial)
    whole = max(standing.end_for(conn, query), one.position)
    run = None if one.schedule is None else one.run or whole
    stretch = _stretch(one, whole if run is None else run)
    if run is None and stretch.upto <= one.position:
        return None
    at = one.message.at if one.message else now
    called = QueryName(name=one.query, subscription=str(one.id) if one.dest else None)
    found = standing.portion(conn, query, asked.asker, stretch, called=called, now=at)
    is_over = found.upto == run
    return Coming(
        upto=found.upto,
        horizon=stretch.horizon,
        document=found.document,
        count=found.count,
        at=at,
        run=run,
        is_over=is_over,
        is_wanted=found.count > 0 or (is_over and one.report_if_empty and one.quiet),
    )


def next_due(one: Subscription, found: Coming, *, now: datetime) -> datetime | None:
    """The next time of the schedule, where a run of it is over; None: at once."""
    return next_time(one.schedule, now) if one.schedule is not None and found.is_over else None


def _stretch(one: Subscription, end: int) -> standing.Stretch:
    """The stretch of the message under way, which is what it was; else the next one."""
    if one.message is not None:
        return standing.Stretch(
            after=one.position, upto=one.message.upto, horizon=one.message.horizon
        )
    upto = min(end, one.position + SPAN)
    return standing.Stretch(after=one.position, upto=upto, horizon=upto, most=one.most)

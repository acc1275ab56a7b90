"""Takes a batch of events; keeps when what stands in each block of neighbours happened.

Neighbours mostly happened about the same time, so a query of a time looks at few blocks. A period
may be wider than what stands there (an event was destroyed), never narrower.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from suyuan.index.apply import SQL
from suyuan.index.blocks import SPAN
from suyuan.record import Recorded
from suyuan.store import ReadConnection, WriteConnection


class Period(Struct, frozen=True, kw_only=True):
    """First and last times at which the events of a block happened and were recorded."""

    block: int
    earliest: datetime
    latest: datetime
    recorded_first: datetime
    recorded_last: datetime

    def holds(self, event: Recorded) -> bool:
        """Whether both times of the event lie within."""
        happened, at = event.event.event_time, event.at
        is_within = self.earliest <= happened <= self.latest
        return is_within and self.recorded_first <= at <= self.recorded_last


def uncovered(
    conn: ReadConnection, batch: Iterable[Recorded], *, first: int, last: int
) -> Iterator[Recorded]:
    """The events of a batch whose times lie outside the period of their block."""
    rows = conn.execute(SQL.periods_between, {"first": first, "last": last}).fetchall()
    names = Period.__struct_fields__
    kept = {row[0]: Period(**dict(zip(names, row, strict=True))) for row in rows}
    for event in batch:
        period = kept.get(event.position // SPAN)
        if period is None or not period.holds(event):
            yield event


def keep_periods(conn: WriteConnection, batch: Iterable[Recorded]) -> None:
    """Widen the periods of the blocks that a batch is in."""
    periods = list(periods_of(batch))
    columns = {name: [getattr(each, name) for each in periods] for name in Period.__struct_fields__}
    conn.execute(SQL.keep_periods, {"blocks": columns.pop("block"), **columns})


def periods_of(batch: Iterable[Recorded]) -> Iterator[Period]:
    """The periods of what stands in each block."""
    blocks: dict[int, list[Recorded]] = {}
    for event in batch:
        blocks.setdefault(event.position // SPAN, []).append(event)
    for block, events in blocks.items():
        happened = [each.event.event_time for each in events]
        recorded = [each.at for each in events]
        yield Period(
            block=block,
            earliest=min(happened),
            latest=max(happened),
            recorded_first=min(recorded),
            recorded_last=max(recorded),
        )

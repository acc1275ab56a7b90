"""Takes the record from where it stopped; gives an index that has followed it a batch further."""

from collections.abc import Callable, Iterable, Sequence

from suyuan.index.acts import Entries, copy_key
from suyuan.index.apply import SQL, apply
from suyuan.index.complete import known_of
from suyuan.index.derive import derive
from suyuan.index.periods import keep_periods
from suyuan.index.terms import keep_terms
from suyuan.index.types import Entered, Report
from suyuan.index.values import keep_values
from suyuan.index.vocabulary import keep_vocabulary
from suyuan.index.withdraw import withdraw
from suyuan.ledger import head
from suyuan.model import Verdict
from suyuan.record import Recorded, follow
from suyuan.store import Store, WriteConnection

FACTS = "facts"
BATCH = 2_000

Progress = Callable[[int], None]


def catch_up(store: Store, *, limit: int = BATCH, progress: Progress | None = None) -> int:
    """Follow the record to its present end; the number of entries that were new."""
    done = 0
    while new := step(store, limit=limit):
        done += new
        if progress is not None:
            progress(done)
    return done


def step(store: Store, *, limit: int = BATCH) -> int:
    """One batch in one transaction: it is in the index whole or not at all."""
    with store.write() as conn:
        conn.execute(SQL.lock)
        at, end = position(conn), head(conn).size  # the end first: later entries are not skipped
        batch = follow(conn, at, limit)
        if batch:
            project(conn, batch, after=at)
            conn.execute(SQL.advance, {"projection": FACTS, "position": batch[-1].position})
        elif at < end:  # what was destroyed, and the decisions to do so, say nothing to the index
            conn.execute(SQL.advance, {"projection": FACTS, "position": end})
        return len(batch)


def position(conn: WriteConnection) -> int:
    """The position up to which the index has followed the record; -1 before the first."""
    row = conn.execute(SQL.cursor, {"projection": FACTS}).fetchone()
    return -1 if row is None else int(row[0])


def project(conn: WriteConnection, batch: Sequence[Recorded], *, after: int) -> None:
    """Derive and write the batch after a position; the registry is asked once per tenant in it."""
    tenants = {recorded.tenant for recorded in batch}
    known = {tenant: known_of(conn, _of(batch, tenant), tenant) for tenant in tenants}
    derived = [
        (recorded.position, derive(report_of(recorded), known[recorded.tenant]))
        for recorded in batch
    ]
    apply(conn, derived, entries_of(batch), after=after)
    keep_vocabulary(conn, batch)
    keep_values(conn, batch)
    keep_terms(conn, batch, after=after)
    keep_periods(conn, batch)
    withdraw(conn, batch)


def _of(batch: Sequence[Recorded], tenant: int) -> list[Recorded]:
    return [recorded for recorded in batch if recorded.tenant == tenant]


def forget(conn: WriteConnection) -> None:
    """Forget every projection, to be made again by who follows."""
    conn.execute(SQL.lock)
    conn.execute(SQL.clear)


def report_of(recorded: Recorded) -> Report:
    """What projections need of a recorded event."""
    return Report(
        entry=recorded.entry,
        position=recorded.position,
        event=recorded.event,
        capturer=recorded.capturer,
        digest=recorded.digest,
        held=recorded.verdict is Verdict.HELD,
    )


def entries_of(batch: Iterable[Recorded]) -> Entries:
    """What acts repeat of these."""
    return {
        each.entry: Entered(
            each.tenant, each.capturer_number, copy_key(each.event_key, each.digest)
        )
        for each in batch
    }

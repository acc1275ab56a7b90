"""Positions without gaps, losses or repeats, whoever commits when."""

import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from suyuan.ledger import enqueue, head, leaves_after, sequence
from suyuan.ledger.types import AheadError, Head, Leaf, LedgerError
from suyuan.store import ReadConnection, Store
from suyuan.tlog.artefact import SKEW

NOW = datetime(2026, 3, 1, tzinfo=UTC)


LEAF = "insert into ledger.leaf (position, entry, commitment, at) values (2, 9, %s, %s)"


def commitment(entry: int) -> bytes:
    return entry.to_bytes(64)


def put(store: Store, entries: Sequence[int]) -> None:
    with store.write() as conn:
        enqueue(conn, [(entry, commitment(entry)) for entry in entries])


def number(store: Store, now: datetime = NOW) -> tuple[int, int]:
    with store.write() as conn:
        given = sequence(conn, now=now)
    return given.first, given.last


def everything(store: Store) -> list[Leaf]:
    with store.read() as conn:
        return leaves_after(conn, 0, limit=1_000_000)


def test_positions_follow_the_order_of_entries_and_begin_at_one(database: Store) -> None:
    put(database, [5, 3])
    put(database, [4])
    assert number(database) == (1, 3)
    assert [(leaf.position, leaf.entry, leaf.commitment) for leaf in everything(database)] == [
        (1, 3, commitment(3)),
        (2, 4, commitment(4)),
        (3, 5, commitment(5)),
    ]
    assert number(database) == (4, 3)  # nothing waits


def test_record_time_never_decreases_though_the_clock_does(database: Store) -> None:
    for entry, shift in enumerate([0, -SKEW, 5, 1], start=1):
        put(database, [entry])
        number(database, NOW + timedelta(seconds=shift))
    times = [leaf.at - NOW for leaf in everything(database)]
    assert times == [timedelta(seconds=s) for s in (0, 0, 5, 5)]
    with database.read() as conn:
        last = head(conn)
    assert (last.size, last.at) == (4, NOW + timedelta(seconds=5))


def test_nothing_is_put_behind_an_end_that_the_clock_is_far_from(database: Store) -> None:
    put(database, [1])
    assert number(database) == (1, 1)
    early = NOW - timedelta(seconds=SKEW, microseconds=1)
    assert number(database, early) == (2, 1)  # nothing waits
    put(database, [2])
    with pytest.raises(AheadError, match=r"ledger\.ahead"):
        number(database, early)
    assert number(database) == (2, 2)  # and nothing was lost by it


def test_a_late_commit_is_not_lost_to_a_follower(database: Store) -> None:
    with database.write() as late:
        enqueue(late, [(1, commitment(1))])  # the smaller entry, not yet committed
        put(database, [2])
        assert number(database) == (1, 1)
        assert [leaf.entry for leaf in everything(database)] == [2]
    assert number(database) == (2, 2)
    with database.read() as conn:
        assert [leaf.entry for leaf in leaves_after(conn, 1, limit=10)] == [1]


def test_a_rolled_back_entry_gets_no_position(database: Store) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as conn:  # noqa: PT012 (the block is the transaction)
        enqueue(conn, [(1, commitment(1))])
        raise ZeroDivisionError
    assert number(database) == (1, 0)


def test_a_head_moved_behind_the_sequencers_back_is_an_error(database: Store) -> None:
    put(database, [1])
    with database.write() as conn:
        conn.execute(
            "create function ledger.meddle() returns trigger language plpgsql as "
            "$$ begin return null; end $$"
        )
        conn.execute(
            "create trigger meddle before update on ledger.head "
            "for each row execute function ledger.meddle()"
        )
    with pytest.raises(LedgerError):
        number(database)
    with database.write() as conn:
        conn.execute("drop trigger meddle on ledger.head")
    assert number(database) == (1, 1)  # and nothing was lost by it


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=365)])
def test_whoever_writes_beside_the_sequencer_makes_no_position_twice_and_no_gap(
    database: Store, monkeypatch: pytest.MonkeyPatch, later: timedelta
) -> None:
    """It takes no lock, and is done between the sequencer's look at the head and its writing.

    In the same year, and where the sequencer is to open the next one.
    """
    put(database, [1])
    number(database)
    put(database, [2])

    def moved(conn: ReadConnection) -> Head:
        before = head(conn)
        monkeypatch.undo()
        with database.write() as other:
            other.execute(LEAF, [commitment(9), NOW])
            other.execute("update ledger.head set size = 2")
        return before

    monkeypatch.setattr(sys.modules[sequence.__module__], "head", moved)
    with pytest.raises(LedgerError, match=r"ledger\.head"):
        number(database, NOW + later)
    assert [(leaf.position, leaf.entry) for leaf in everything(database)] == [(1, 1), (2, 9)]
    number(database)
    assert [(leaf.position, leaf.entry) for leaf in everything(database)] == [
        (1, 1),
        (2, 9),
        (3, 2),
    ]


def test_eight_writers_and_a_follower_agree(database: Store) -> None:
    """Each writer commits batches of its own entries and numbers whatever waits.

    The latter half of them is written when the follower is under way, however slow it is.
    """
    done, under_way = threading.Event(), threading.Event()
    followed: list[Leaf] = []

    def write(writer: int) -> None:
        random = Random(writer)
        for batch in range(25):
            assert batch < 12 or under_way.wait(60)
            first = random.randrange(10**9) * 8000 + writer * 1000 + batch * 10
            put(database, range(first, first + random.randint(1, 10)))
            number(database)

    def follow() -> None:
        while not done.is_set():
            read()

    def read() -> None:
        position = followed[-1].position if followed else 0
        with database.read() as conn:
            followed.extend(leaves_after(conn, position, limit=7))
        if len(followed) > 50:
            under_way.set()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(7)]
    follower = threading.Thread(target=follow)
    for thread in [*writers, follower]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    follower.join()
    leaves = everything(database)
    for _ in range(len(leaves) // 7 + 1):
        read()
    assert [leaf.position for leaf in leaves] == list(range(1, len(leaves) + 1))
    assert len({leaf.entry for leaf in leaves}) == len(leaves)
    assert under_way.is_set()
    assert followed == leaves

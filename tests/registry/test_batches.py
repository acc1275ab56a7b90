"""What was brought in is listed from its batches; who contradicts whom, as by comparing all."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from suyuan.codes.making.structures import STATE_ISSUED
from suyuan.kit import BusyError
from suyuan.model import Capturer
from suyuan.registry import bringing
from suyuan.store import Queries, Store, StoreSettings, migrate, open_store
from suyuan.store.migrate import known_migrations
from waiting import insist

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
TAGS = STATE_ISSUED["ear-tag"]
PARTIES = [
    Capturer(tenant=1, account=at, party=f"urn:suyuan:party:{name}")
    for at, name in enumerate("abc", start=1)
]
HEAD = "1370602"
DRAW = Random(3)


class Batch(Struct, frozen=True):
    """Ranges that one party brings in together, and whether it is taken back afterwards.

    `old`: by a program of before, which keeps the codes alone.
    """

    whose: int
    ranges: tuple[tuple[int, int], ...]
    back: bool
    old: bool = False


NEAR = st.tuples(st.integers(0, 60), st.sampled_from((1, 2, 9, 10, 11)))
FAR = st.tuples(
    st.sampled_from((0, 1, 9, 99, 1_000, 99_999, 999_999, 1_000_000, 1_000_001)),
    st.sampled_from((1, 2, 10, 11, 100, 101, 1_000, 100_000, 999_999, 1_000_000)),
)
BATCHES = st.lists(
    st.builds(
        Batch, st.integers(0, 2), st.lists(NEAR | FAR, min_size=1, max_size=3).map(tuple),
        st.booleans(), st.booleans(),
    ),
    max_size=6,
)  # fmt: skip


def code(number: int) -> str:
    return f"{HEAD}{number:08}"


def bring(store: Store, whose: Capturer, ranges: tuple[tuple[int, int], ...], at: int) -> UUID:
    batch = UUID(int=DRAW.getrandbits(128))
    spans = [
        bringing.Span(code(first), code(first + count - 1), line)
        for line, (first, count) in enumerate(ranges, start=1)
    ]
    with store.write() as conn:
        now = NOW + timedelta(seconds=at)
        bringing.bring_in(conn, TAGS, spans, whose, batch=batch, now=now)
    return batch


def forget(store: Store, batch: UUID) -> None:
    """Leave of a batch what a program of before leaves."""
    with store.write() as conn:
        conn.execute("delete from registry.code_dispute where %s in (batch, other)", [batch])
        conn.execute("delete from registry.code_batch where batch = %s", [batch])


def touch(one: Batch, other: Batch) -> bool:
    return any(
        first < begin + size and begin < first + count
        for first, count in one.ranges
        for begin, size in other.ranges
    )


def emptied(store: Store) -> None:
    with store.write() as conn:
        conn.execute(
            "truncate registry.code_dispute, registry.code_batch, registry.code_withdrawal,"
            " registry.code_import"
        )


def kept(store: Store, batches: list[Batch]) -> dict[UUID, Batch]:
    """What of these was brought in and, where it is to be, taken back; a party's own never meet."""
    found = {}
    for at, each in enumerate(batches):
        with suppress(bringing.BringingError):
            batch = bring(store, PARTIES[each.whose], each.ranges, at)
            found[batch] = each
            if each.old:
                forget(store, batch)
    with store.write() as conn:
        for batch, each in found.items():
            if each.back:
                assert bringing.withdraw(conn, batch, reason="x", tenant=1, now=NOW)
    return found


def compared(found: dict[UUID, Batch]) -> set[tuple[UUID, str, int, bool]]:
    """The list, from comparing each with each."""
    live = {batch: each for batch, each in found.items() if not each.back}
    return {
        (
            batch,
            code(min(first for first, _ in each.ranges)),
            sum(count for _, count in each.ranges),
            any(touch(each, other) for other in live.values() if other.whose != each.whose),
        )
        for batch, each in live.items()
    }


def listed(store: Store) -> set[tuple[UUID, str, int, bool]]:
    with store.write() as conn:
        bringing.complete(conn, tenant=1)
    with store.read() as conn:
        assert bringing.is_complete(conn, tenant=1)
        found = bringing.imports(conn, tenant=1)
    return {(each.batch, each.first, each.count, each.disputed) for each in found}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES, asked=st.integers(0, 70) | st.sampled_from((999_999, 1_000_000, 1_999_999)))
def test_the_list_and_each_code_are_told_as_by_comparing_all(
    database: Store, batches: list[Batch], asked: int
) -> None:
    emptied(database)
    found = kept(database, batches)
    assert listed(database) == compared(found)
    with database.read() as conn:
        told = bringing.brought_by(conn, "ear-tag", code(asked), tenant=1)
    assert {each.batch for each in told} == {
        batch
        for batch, each in found.items()
        if not each.back and touch(each, Batch(0, ((asked, 1),), back=False))
    }


def test_batches_that_come_at_once_see_each_other(database: Store) -> None:
    for turn in range(5):
        ranges = [((turn * 100 + at, 20),) for at in range(3)]
        with ThreadPoolExecutor(3) as pool:
            list(
                pool.map(
                    lambda x: bring(database, x[0], x[1], 0), zip(PARTIES, ranges, strict=True)
                )
            )
    found = listed(database)
    assert len(found) == 15
    assert all(disputed for *_, disputed in found)


def test_of_two_at_once_the_second_waits_for_the_first_and_sees_it(database: Store) -> None:
    """Neither's codes are on record for the other before; without the wait nobody is told."""

    def second() -> UUID:
        return bring(database, PARTIES[1], ((10, 20),), 1)

    with ThreadPoolExecutor(1) as pool, database.read() as watching:
        with database.write() as conn:
            first = UUID(int=DRAW.getrandbits(128))
            given_tags = [bringing.Span(code(0), code(15), 1)]
            bringing.bring_in(conn, TAGS, given_tags, PARTIES[0], batch=first, now=NOW)
            waiting = pool.submit(second)
            until = time.monotonic() + 20
            while not watching.execute("select 1 from pg_locks where not granted").fetchone():
                assert not waiting.done(), "it did not wait"
                assert time.monotonic() < until
        other = waiting.result(20)
    with database.read() as conn:
        kept = conn.execute("select batch, other from registry.code_dispute").fetchall()
    assert {frozenset(each) for each in kept} == {frozenset((first, other))}
    assert {disputed for *_, disputed in listed(database)} == {True}


@pytest.fixture
def before() -> tuple[Batch, ...]:
    """Singles, ranges that reach far, batches that touch, taken back or not."""
    draw = Random(17)
    return tuple(
        Batch(
            at % 3,
            tuple(
                (draw.randrange(3_000_000), draw.choice((1, 1, 5, 300, 90_000))) for _ in range(4)
            ),
            at % 4 == 0,
        )
        for at in range(40)
    )


@pytest.fixture
def of_before(
    empty_database: str, before: tuple[Batch, ...]
) -> Iterator[tuple[Store, dict[UUID, Batch]]]:
    """A database from before batches were rows, brought up to date."""
    migrate(empty_database, migrations=tuple(x for x in known_migrations() if x.name < "0203"))
    found: dict[UUID, Batch] = {}
    rows = []
    for at, each in enumerate(before):
        batch = UUID(int=at + 1)
        own = [x for x in found.values() if x.whose == each.whose and not x.back]
        if any(touch(each, other) for other in own) or _meets_itself(each):
            continue
        found[batch] = each
        rows += [
            (batch, PARTIES[each.whose].party, code(first), code(first + count - 1))
            for first, count in each.ranges
        ]
    with psycopg.connect(empty_database) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into registry.code_import (batch, tenant, party, account, scheme, first, last,"
            " at) values (%s, 1, %s, 1, 'ear-tag', %s, %s, now())",
            rows,
        )
        cursor.executemany(
            "insert into registry.code_withdrawal values (%s, 'x', now())",
            [(batch,) for batch, each in found.items() if each.back],
        )
    migrate(empty_database)
    settings = StoreSettings(data_dir=Path(), database_url=empty_database, pool_max=4)
    with open_store(settings) as store:
        yield store, found


def _meets_itself(batch: Batch) -> bool:
    ordered = sorted(batch.ranges)
    return any(one[0] + one[1] > other[0] for one, other in pairwise(ordered))


def test_batches_of_before_are_listed_as_by_comparing_all(
    of_before: tuple[Store, dict[UUID, Batch]],
) -> None:
    store, found = of_before
    expected = compared(found)
    assert len(found) > 20
    assert {disputed for *_, disputed in expected} == {True, False}
    assert listed(store) == expected
    disputed = next(batch for batch, _, _, is_so in expected if is_so)
    with store.write() as conn:
        assert bringing.withdraw(conn, disputed, reason="x", tenant=1, now=NOW)
    found[disputed] = Batch(found[disputed].whose, found[disputed].ranges, back=True)
    assert listed(store) == compared(found)


def test_the_list_reads_no_codes(database: Store) -> None:
    bring(database, PARTIES[0], ((0, 10),), 0)
    asked = Queries("suyuan.registry").imports
    with psycopg.connect(database.dsn) as connection:
        plan = connection.execute("explain " + asked, {"tenant": 1, "most": 9}).fetchall()
    said = "\n".join(line for (line,) in plan)
    assert "code_batch" in said
    assert "code_import" not in said


def test_a_batch_that_a_program_of_before_brought_in_can_be_taken_back(database: Store) -> None:
    batch = bring(database, PARTIES[0], ((0, 10),), 0)
    forget(database, batch)
    with database.write() as conn:
        assert not bringing.is_complete(conn, tenant=1)
        assert not bringing.withdraw(conn, batch, reason="x", tenant=2, now=NOW)
        assert bringing.withdraw(conn, batch, reason="x", tenant=1, now=NOW)
        assert not bringing.withdraw(conn, batch, reason="x", tenant=1, now=NOW)
    assert listed(database) == set()


def test_what_a_program_of_before_brought_in_meets_the_others_when_it_is_listed(
    database: Store,
) -> None:
    """Who brings in does not look for it: each file would walk all the files before it."""
    forget(database, old := bring(database, PARTIES[0], ((0, 10),), 0))
    new = bring(database, PARTIES[1], ((9, 1),), 1)
    with database.write() as conn:
        assert not bringing.is_complete(conn, tenant=1)
        bringing.complete(conn, tenant=1)
    with database.read() as conn:
        assert {(each.batch, each.disputed) for each in bringing.imports(conn, tenant=1)} == {
            (old, True), (new, True),
        }  # fmt: skip


def test_a_reader_and_who_has_read_do_not_hinder_the_migration(empty_database: str) -> None:
    until = [x for x in known_migrations() if x.name < "0204"]
    migrate(empty_database, migrations=tuple(until[:-1]))
    with psycopg.connect(empty_database) as reader:
        reader.execute("select from registry.code_import")
        assert migrate(empty_database, migrations=tuple(until), lock_timeout=1) == (until[-1].name,)


def test_who_reads_during_the_migration_does_not_wait(empty_database: str) -> None:
    until = [x for x in known_migrations() if x.name < "0204"]
    migrate(empty_database, migrations=tuple(until[:-1]))
    with psycopg.connect(empty_database) as mover, psycopg.connect(empty_database) as reader:
        mover.execute(until[-1].text)
        reader.execute("set lock_timeout = '1s'")
        reader.execute("select from registry.code_import")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            reader.execute("lock table registry.code_import in row exclusive mode")


def test_who_waits_crosswise_for_another_is_told_to_try_again(database: Store) -> None:
    lock = "select pg_advisory_xact_lock(hashtextextended(%s, 41))"
    own = f"1:ear-tag:{PARTIES[0].party}"
    with psycopg.connect(database.dsn) as other, ThreadPoolExecutor(1) as pool:
        other.execute(lock, ["1:ear-tag"])
        done = pool.submit(bring, database, PARTIES[0], ((0, 10),), 0)
        until = time.monotonic() + 60
        while not other.execute("select 1 from pg_locks where not granted").fetchone():
            assert time.monotonic() < until, "it waits for no lock"
        insist(other, lock, done, [own])
        with pytest.raises(BusyError, match="being brought in"):
            done.result()


def pairs(count: int) -> str:
    """Ranges of two parties, each touching one of the other's, in a batch for every thousand."""
    return f"""
        insert into registry.code_import (batch, tenant, party, account, scheme, first, last, at)
        select lpad((n / 2000 * 2 + n % 2)::text, 32, '0')::uuid, 1, 'urn:' || n % 2, 1,
               'ear-tag', (137060200000000 + n / 2 * 20 + n % 2 * 5)::text,
               (137060200000009 + n / 2 * 20 + n % 2 * 5)::text, now()
        from generate_series(0, {count} - 1) as n"""  # noqa: S608 -- a number


def test_the_migration_takes_a_table_that_was_never_looked_at(empty_database: str) -> None:
    known = known_migrations()
    migrate(empty_database, migrations=tuple(x for x in known if x.name < "0203"))
    with psycopg.connect(empty_database) as connection:
        connection.execute("alter table registry.code_import set (autovacuum_enabled = false)")
        connection.execute(pairs(20_000).encode())
    begin = time.monotonic()
    migrate(empty_database)
    assert time.monotonic() - begin < 15  # 38 s where each meets each, 2 s by index
    with psycopg.connect(empty_database) as connection:
        found = connection.execute("select count(*) from registry.code_dispute").fetchone()
    assert found == (20,)

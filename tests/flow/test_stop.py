"""Told to stop, the server ends in order and takes its database with it before it is gone."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path

import psycopg
import pytest
from running import NO_ANSWER, Serving, eventually
from sending import documents

from suyuan.store.cluster import SUPERUSER
from suyuan.store.options import dsn


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_only_after_its_database(home: Path, order: int) -> None:
    serving = Serving(home)
    serving.start()
    sent = next(documents(2, among=range(40)))
    assert serving.capture(sent.body, request_key=sent.request_key).status == 202
    assert serving.stop(order) == 0, serving.log()
    assert not (serving.place.data / "postmaster.pid").exists()
    assert serving.place.log.read_text().rstrip().endswith("database system is shut down")


AT_LOCK = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"


@pytest.mark.timed("a wait of three seconds and a half within the five of a lock")
def test_a_document_that_takes_longer_is_recorded_before_the_end(home: Path) -> None:
    """Nothing is away: what is at work when it is told to stop ends by itself, and is answered."""
    serving = Serving(home)
    serving.start()
    first, held = islice(documents(2, among=range(40)), 2)
    assert serving.capture(first.body, request_key=first.request_key).status == 202
    address = dsn(serving.place, role=SUPERUSER, database="suyuan")
    with ThreadPoolExecutor(2) as others, psycopg.connect(address) as holding:
        holding.execute("lock table ledger.queue in access exclusive mode")
        sent = others.submit(serving.capture, held.body, request_key=held.request_key)
        assert eventually(lambda: administer(serving, AT_LOCK) > 0, seconds=30)
        ended = others.submit(serving.stop)
        time.sleep(3.5)
        holding.rollback()
        told = sent.result()
        assert told.status == 202, told
        assert ended.result() == 0, serving.log()
    serving.start()
    assert serving.capture(held.body, request_key=held.request_key).body == told.body
    assert serving.stop() == 0


WAITING = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"


def administer(serving: Serving, *statements: str) -> int:
    """Tell PostgreSQL something as its superuser; the number that the last one answers."""
    address = dsn(serving.place, role=SUPERUSER, database="postgres")
    with psycopg.connect(address, autocommit=True) as connection:
        for each in statements:
            told = connection.execute(each.encode())
        row = told.fetchone() if told.description else None
    return int(row[0]) if row else 0


@pytest.mark.timed("the end within ten seconds, also where much else runs")
def test_a_receiver_of_the_log_that_is_away_does_not_hold_up_the_end(home: Path) -> None:
    """What waits for it is not acknowledged; it is recorded once or not at all."""
    serving = Serving(home)
    serving.start()
    first, waiting = islice(documents(2, among=range(40)), 2)
    assert serving.capture(first.body, request_key=first.request_key).status == 202
    administer(
        serving,
        "alter system set synchronous_standby_names = 'nobody'",
        "select pg_reload_conf()::int",
    )
    with ThreadPoolExecutor(1) as client:
        sent = client.submit(serving.capture, waiting.body, request_key=waiting.request_key)
        assert eventually(lambda: administer(serving, WAITING) > 0, seconds=30)
        begin = time.monotonic()
        assert serving.stop() == 0, serving.log()
        assert time.monotonic() - begin < 10  # five seconds, where nothing else runs
        with suppress(*NO_ANSWER):
            assert sent.result().status != 202
    assert serving.place.log.read_text().rstrip().endswith("database system is shut down")
    settings = serving.place.data / "postgresql.auto.conf"
    settings.write_text(settings.read_text().replace("'nobody'", "''"))
    serving.start()
    told = serving.capture(waiting.body, request_key=waiting.request_key)
    assert told.status == 202
    assert {each["eventID"] for each in told.body["events"]} == set(waiting.events)
    assert serving.stop() == 0

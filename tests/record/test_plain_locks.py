"""Who changes what state rules go by waits for others in one order, and for a portion at most."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from time import monotonic, sleep
from typing import Any, Final

import psycopg
import pytest
from given import Give
from msgspec import structs
from plain_told import BOX, BY_RULES, ITEMS, OTHER, SECRET, keep, last, made, rows, seen

from suyuan import state
from suyuan.kit import Text
from suyuan.record import remembering
from suyuan.registry import installation
from suyuan.registry.types import Tenant
from suyuan.state import comparing, plain
from suyuan.state.plain import Keeping
from suyuan.store import Store, WriteConnection

_WAITING: Final = (
    "select count(*) from pg_locks where not granted"
    " and database = (select oid from pg_database where datname = current_database())"
)
_LONG: Final = 60


def _wait_for(database: Store, number: int) -> None:
    """Until so many wait for a lock."""
    with closing(psycopg.connect(database.dsn, autocommit=True)) as conn:
        end = monotonic() + _LONG
        while conn.execute(_WAITING).fetchall() != [(number,)]:
            assert monotonic() < end, "nobody waits"
            sleep(0.01)


def _circle(database: Store, first: Callable[[WriteConnection], None]) -> None:
    """A recorder and a switching begin while another has all things, and all three come to an end.

    That one changes what is kept once both wait.
    """

    def switching() -> None:
        with database.write() as conn:
            plain.begin(conn, 1)

    def recording() -> None:
        with database.write() as conn:
            plain.keeping(conn, 1)
            state.load(conn, {"x"}, tenant=1, secret=SECRET)

    with ThreadPoolExecutor(2) as pool:
        with database.write() as conn:
            first(conn)
            started = [pool.submit(recording)]
            _wait_for(database, 1)
            started.append(pool.submit(switching))
            _wait_for(database, 2)
            first(conn)
            state.reweigh(conn, 1, comparing.NOTHING, held=False)
        for each in started:
            each.result()


def test_an_override_a_recorder_and_a_switching_wait_in_no_circle(database: Store) -> None:
    def override(conn: WriteConnection) -> None:
        plain.beside(conn)
        state.lock_everything(conn)

    _circle(database, override)


def test_a_document_in_portions_waits_in_no_circle_either(
    give: Give, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads whether anything is kept before it locks all things: one order for everybody."""
    order = list[str]()
    keeping, lock = plain.keeping, state.lock_everything

    def asked(conn: WriteConnection, tenant: int) -> Keeping:
        order.append("asked")
        return keeping(conn, tenant)

    def locked(conn: WriteConnection) -> None:
        order.append("locked")
        lock(conn)

    def in_portions(conn: WriteConnection) -> None:
        plain.keeping(conn, 1)
        state.lock_everything(conn)

    _circle(database, in_portions)
    monkeypatch.setattr(plain, "keeping", asked)
    monkeypatch.setattr(state, "lock_everything", locked)
    give(made(1), made(2, ITEMS[1]), seen(3), portion=1)
    assert order[:2] == ["asked", "locked"]


def _cut_off(monkeypatch: pytest.MonkeyPatch, where: object, name: str, after: int) -> None:
    """A function fails from the call after so many on, as a server does that is killed."""
    done, inner = count(), getattr(where, name)

    def cut(*args: Any) -> Any:
        if next(done) >= after:
            raise psycopg.errors.QueryCanceled("as a statement that takes too long")
        return inner(*args)

    monkeypatch.setattr(where, name, cut)


def test_a_making_that_was_cut_off_goes_on_from_its_last_portion(
    give: Give, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "_AT_ONCE", 1)
    give(*(made(1, each) for each in ITEMS))
    with monkeypatch.context() as patch:
        _cut_off(patch, remembering, "_make_some", 2)
        with pytest.raises(psycopg.errors.QueryCanceled):
            keep(database)
    give(seen(2), made(3, BOX), by=BY_RULES)
    with database.read() as conn:
        assert plain.keeping(conn, 1) is Keeping.PARTLY
        assert len(rows(conn, 1)) == 4, "two of before, and what was recorded since"
        assert plain.standing(conn, 1)[1] > 0
    assert remembering.keep(database, 1, secret=SECRET)
    with database.read() as conn:
        assert plain.keeping(conn, 1) is Keeping.WHOLE
        assert plain.standing(conn, 1)[1] == 0, "how far it came is of no use any more"
        whole = rows(conn, 1)
    assert len(whole) == len(ITEMS) + 2
    assert last(give(seen(4, *ITEMS), by=BY_RULES)) == set()


def test_making_it_again_mends_what_differs_and_is_judged_by_meanwhile(
    give: Give, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(database)
    give(*(made(1, each) for each in ITEMS), by=BY_RULES)
    with database.write() as conn:
        right = rows(conn, 1)
        conn.execute("update state.plain_line set what = 0")
        conn.execute("insert into state.plain_event select 1 << 40, 1, at, null, identity"
                     " from state.plain_event limit 1")  # fmt: skip
        conn.execute("insert into state.plain_line values (1, 1 << 40, 1)")
    monkeypatch.setattr(remembering, "_AT_ONCE", 1)
    make = remembering._make_some

    def judged(*args: Any) -> bool:
        with database.read() as conn:
            assert plain.keeping(conn, 1) is Keeping.WHOLE
        return make(*args)

    monkeypatch.setattr(remembering, "_make_some", judged)
    assert remembering.again(database, 1, secret=SECRET)
    with database.read() as conn:
        assert rows(conn, 1) == right


def test_forgetting_goes_on_where_it_was_cut_off_and_keeps_nobody_from_recording(
    give: Give, database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as conn:
        installation.put_tenant(conn, Tenant(id=2, name=Text("乙", "two")))
    other = structs.replace(BY_RULES, tenant=2)
    keep(database)
    keep(database, 2)
    for each in ITEMS:
        give(made(1, each), by=BY_RULES)
        give(made(1, each), by=other)
    monkeypatch.setattr(plain, "_AT_ONCE", 1)
    with database.write() as conn:
        theirs = rows(conn, 2)
        plain.hold(conn)
        plain.stop(conn, 1)
    forget = plain.forget

    def beside(conn: WriteConnection, entries: list[int]) -> None:
        give(made(2, OTHER))
        forget(conn, entries)

    with monkeypatch.context() as patch:
        patch.setattr(plain, "forget", beside)
        _cut_off(patch, plain, "_forget_some", 2)
        with pytest.raises(psycopg.errors.QueryCanceled):
            plain.finish(database, 1)
    with database.read() as conn:
        assert plain.keeping(conn, 1) is Keeping.ENDING
        assert len(rows(conn, 1)) == len(ITEMS) - 2
    plain.finish(database, 1)
    with database.read() as conn:
        assert plain.keeping(conn, 1) is Keeping.NO
        assert rows(conn, 1) == []
        assert rows(conn, 2) == theirs


def test_what_is_kept_again_while_it_is_forgotten_is_whole(give: Give, database: Store) -> None:
    keep(database)
    give(*(made(1, each) for each in ITEMS), by=BY_RULES)
    with database.write() as conn:
        before = rows(conn, 1)
        plain.hold(conn)
        plain.stop(conn, 1)
    keep(database)
    plain.finish(database, 1)
    with database.read() as conn:
        assert plain.keeping(conn, 1) is Keeping.WHOLE
        assert rows(conn, 1) == before

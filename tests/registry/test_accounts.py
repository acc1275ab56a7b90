"""Who may sign in, and what of a key is kept."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random

import pytest
from msgspec import structs

from suyuan.model import Role
from suyuan.registry import accounts
from suyuan.registry.types import Account
from suyuan.store import Store, WriteConnection
from suyuan.store.types import Ask

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PARTY = "urn:suyuan:uscc:A"
RIGHT = "correct horse"


def draw(seed: int = 1) -> Callable[[int], bytes]:
    return Random(seed).randbytes


def opened(conn: WriteConnection, name: str = "farm", **given: object) -> Account:
    account = structs.replace(Account(name=name, role=Role.CAPTURER, party=PARTY), **given)
    return accounts.open_account(conn, account, draw=draw(), password=RIGHT)


def within(conn: WriteConnection) -> Ask:
    """Answers as the transaction sees it."""
    return lambda statement, given: conn.execute(statement, given, binary=True).fetchall()


def test_a_key_opens_its_account_until_it_is_revoked(database: Store) -> None:
    with database.write() as conn:
        account = opened(conn)
        key = accounts.issue_key(conn, account, label="till", draw=draw(), now=NOW)
        assert key.startswith("sy_")
        assert accounts.authenticate(within(conn), key) == account
        assert accounts.revoke_keys(conn, account, label="till", now=NOW) == 1
        assert accounts.authenticate(within(conn), key) is None


def test_the_text_of_a_key_is_nowhere_in_the_database(database: Store) -> None:
    with database.write() as conn:
        key = accounts.issue_key(conn, opened(conn), label="", draw=draw(), now=NOW)
        kept = conn.execute("select k::text from registry.api_key k").fetchall()
    assert kept
    assert key not in str(kept)


@pytest.mark.parametrize("key", ["", "sy_", "sy_" + "A" * 43, "sy_" + "é" * 43, "x" * 5000])
def test_a_wrong_key_opens_nothing(database: Store, key: str) -> None:
    with database.write() as conn:
        accounts.issue_key(conn, opened(conn), label="", draw=draw(), now=NOW)
        assert accounts.authenticate(within(conn), key) is None


def test_a_password_opens_its_account_and_no_other(database: Store) -> None:
    with database.write() as conn:
        account = opened(conn)
        keyed = Account(name="robot", role=Role.CAPTURER, party=PARTY)
        accounts.open_account(conn, keyed, draw=draw())
        assert accounts.sign_in(conn, "farm", RIGHT) == account
        assert accounts.sign_in(conn, "farm", "wrong") is None
        assert accounts.sign_in(conn, "nobody", "") is None
        assert accounts.sign_in(conn, "robot", "") is None
        accounts.close_account(conn, account.id, now=NOW)
        assert accounts.sign_in(conn, "farm", RIGHT) is None


def test_a_name_is_taken_once_per_tenant(database: Store) -> None:
    with database.write() as conn:
        opened(conn)
        with pytest.raises(accounts.AccountError) as refused:
            opened(conn)
    assert refused.value.code == "account.taken"


def test_who_opens_an_account_while_another_does_gets_the_one_of_that_name(
    database: Store,
) -> None:
    wanted = Account(name="farm", role=Role.CAPTURER, party=PARTY)

    def second() -> tuple[Account, bool]:
        with database.write() as conn:
            return accounts.find_or_open(conn, wanted, draw=draw(2))

    with ThreadPoolExecutor(1) as pool, database.read() as watching:
        with database.write() as conn:
            first, opened_now = accounts.find_or_open(conn, wanted, draw=draw())
            waiting = pool.submit(second)
            until = time.monotonic() + 20
            while not watching.execute("select 1 from pg_locks where not granted").fetchone():
                assert not waiting.done(), "it did not wait"
                assert time.monotonic() < until
        assert opened_now
        assert waiting.result(20) == (first, False)


def test_an_account_just_opened_reports_by_its_tenants_rules(database: Store) -> None:
    with database.write() as conn:
        conn.execute("update registry.tenant set strict = true, state_rules = '{made-first}'")
        first, _ = accounts.find_or_open(
            conn, Account(name="farm", role=Role.CAPTURER, party=PARTY), draw=draw()
        )
        assert first == accounts.account_named(conn, "farm")
        assert accounts.capturer_of(first).state_rules


def test_a_closed_account_is_not_opened_again(database: Store) -> None:
    wanted = Account(name="farm", role=Role.CAPTURER, party=PARTY)
    with database.write() as conn:
        account, _ = accounts.find_or_open(conn, wanted, draw=draw())
        accounts.close_account(conn, account.id, now=NOW)
        with pytest.raises(accounts.AccountError) as refused:
            accounts.find_or_open(conn, wanted, draw=draw())
    assert refused.value.code == "account.taken"


def test_an_account_reads_as_a_viewer_and_reports_as_its_party(database: Store) -> None:
    with database.write() as conn:
        farm = opened(conn)
        regulator = opened(conn, "county", role=Role.REGULATOR, areas=("3301",), families=("pork",))
    assert accounts.capturer_of(farm).party == PARTY
    viewer = accounts.viewer_of(regulator)
    assert (viewer.role, viewer.areas, viewer.families) == (Role.REGULATOR, ("3301",), ("pork",))
    with pytest.raises(accounts.AccountError) as refused:
        accounts.capturer_of(regulator)
    assert refused.value.status == 403

"""Who may write and who reads: keys, passwords, sessions."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from suyuan import registry
from suyuan.kit.ids import random_key
from suyuan.model import PUBLIC, Role
from suyuan.registry.types import Account
from suyuan.service import (
    AccessError,
    Config,
    Platform,
    capturer_of,
    fresh_key,
    on_store,
    sign_in,
    who,
    who_of_session,
)
from suyuan.store import Store

PARTY = "urn:suyuan:party:shop"
SHOP = Account(name="shop", role=Role.CAPTURER, party=PARTY)
PASSWORD = "correct horse battery staple"  # noqa: S105 -- made up here


@pytest.fixture
def key(platform: Platform) -> str:
    return fresh_key(platform, SHOP)


@pytest.fixture
def regulator(platform: Platform) -> Account:
    wanted = Account(name="county", role=Role.REGULATOR, areas=("4117",))
    with platform.store.write() as conn:
        return registry.accounts.open_account(conn, wanted, draw=random_key, password=PASSWORD)


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_nobody_in_particular_is_the_public(platform: Platform) -> None:
    asking = who(platform, None)
    assert (asking.viewer, asking.capturer) == (PUBLIC, None)
    with pytest.raises(AccessError) as caught:
        capturer_of(asking)
    assert caught.value.status == 401


def test_a_key_speaks_for_its_party(platform: Platform, key: str) -> None:
    asking = who(platform, f"Bearer {key}")
    assert capturer_of(asking).party == PARTY
    assert asking.viewer.party == PARTY


def test_a_new_key_makes_the_one_before_worthless(platform: Platform, key: str) -> None:
    fresh_key(platform, SHOP)
    with pytest.raises(AccessError):
        who(platform, f"Bearer {key}")


@pytest.mark.parametrize(
    "header", ["Bearer sy_wrong", "Bearer ", "Basic !!", "Digest x", "sy_", "Basic " + "A" * 9]
)
def test_a_wrong_credential_is_refused_and_never_taken_for_the_public(
    platform: Platform, header: str
) -> None:
    with pytest.raises(AccessError) as caught:
        who(platform, header)
    assert caught.value.status == 401


def test_a_regulator_reads_but_may_not_report(platform: Platform, regulator: Account) -> None:
    asking = who(platform, basic(regulator.name, PASSWORD))
    assert asking.viewer.areas == ("4117",)
    with pytest.raises(AccessError) as caught:
        capturer_of(asking)
    assert caught.value.status == 403


def test_a_session_lasts_its_hours_and_no_longer(database: Store, tmp_path: Path) -> None:
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    platform = on_store(database, Config(data_dir=tmp_path), clock=lambda: now[0])
    key = fresh_key(platform, SHOP)
    token = sign_in(platform, "shop", key)
    assert who_of_session(platform, token).name == "shop"
    now[0] += timedelta(hours=platform.config.session_hours)
    assert who_of_session(platform, token).name is None


@pytest.mark.parametrize("change", ["", "x", "1.2", "1.99999999999.0", "1.2.ä", "..", "1..2"])
def test_a_forged_session_is_nobody(platform: Platform, key: str, change: str) -> None:
    assert sign_in(platform, "shop", key)
    assert who_of_session(platform, change).viewer == PUBLIC


def test_a_session_of_one_account_cannot_be_bent_to_another(
    platform: Platform, key: str, regulator: Account
) -> None:
    token = sign_in(platform, "shop", key)
    _, _, rest = token.partition(".")
    assert who_of_session(platform, f"{regulator.id}.{rest}").viewer == PUBLIC


def test_a_key_opens_only_the_account_it_belongs_to(
    platform: Platform, key: str, regulator: Account
) -> None:
    with pytest.raises(AccessError):
        sign_in(platform, regulator.name, key)

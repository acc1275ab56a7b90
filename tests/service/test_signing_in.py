"""Who may write and who reads: keys, passwords, sessions."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from suyuan import registry
from suyuan.kit.ids import random_key
from suyuan.model import PUBLIC, Role
from suyuan.registry.accounts import AccountError
from suyuan.registry.types import Account
from suyuan.service import (
    AccessError,
    Config,
    Platform,
    capturer_of,
    form_seal,
    fresh_key,
    keys_of,
    on_store,
    revoke_key,
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


@pytest.mark.parametrize(
    ("areas", "families", "place"),
    [
        ((), (), "--area"),
        (("999999",), (), "--area"),
        (("4117", "41179"), (), "--area"),
        (("新乡",), (), "--area"),
        (("4117",), ("porc",), "--family"),
    ],
)
def test_a_regulator_of_nothing_that_there_is_gets_no_account(
    platform: Platform, areas: tuple[str, ...], families: tuple[str, ...], place: str
) -> None:
    wanted = Account(name="county", role=Role.REGULATOR, areas=areas, families=families)
    with pytest.raises(AccessError) as refusal:
        fresh_key(platform, wanted)
    assert refusal.value.place == place
    with pytest.raises(AccessError):
        keys_of(platform, "county")


@pytest.mark.parametrize(
    ("areas", "families"), [(("4117",), ()), (("411700", "41"), ()), ((), ("food",))]
)
def test_a_regulator_of_some_area_or_family_gets_one(
    platform: Platform, areas: tuple[str, ...], families: tuple[str, ...]
) -> None:
    wanted = Account(name="county", role=Role.REGULATOR, areas=areas, families=families)
    assert fresh_key(platform, wanted)


def test_nobody_in_particular_is_the_public(platform: Platform) -> None:
    asking = who(platform, None, address="")
    assert (asking.viewer, asking.capturer) == (PUBLIC, None)
    with pytest.raises(AccessError) as caught:
        capturer_of(asking)
    assert caught.value.status == 401


def test_the_seal_of_a_form_opens_no_session(platform: Platform, regulator: Account) -> None:
    session = sign_in(platform, regulator.name, PASSWORD, address="")
    assert who_of_session(platform, session).name == "county"
    forged = f"form.{session}.{form_seal(platform, session)}"
    assert who_of_session(platform, forged).name is None


def test_a_key_speaks_for_its_party(platform: Platform, key: str) -> None:
    asking = who(platform, f"Bearer {key}", address="")
    assert capturer_of(asking).party == PARTY
    assert asking.viewer.party == PARTY


def valid(platform: Platform, key: str) -> bool:
    try:
        return who(platform, f"Bearer {key}", address="").name == SHOP.name
    except AccessError:
        return False


def test_a_key_stays_valid_until_it_is_renewed_by_name(platform: Platform, key: str) -> None:
    with pytest.raises(AccountError, match="--renew") as caught:
        fresh_key(platform, SHOP)
    assert caught.value.status == 409
    assert valid(platform, key)
    renewed = fresh_key(platform, SHOP, renew=True)
    assert (valid(platform, key), valid(platform, renewed)) == (False, True)


def test_what_is_not_there_is_not_renewed(platform: Platform, key: str) -> None:
    """A mistyped label must not be told as if the old key were void now."""
    with pytest.raises(AccessError, match="--keys"):
        fresh_key(platform, SHOP, label="mian", renew=True)
    assert [one.label for one in keys_of(platform, SHOP.name)] == ["main"]
    assert valid(platform, key)


def test_each_label_is_a_key_of_its_own(platform: Platform, key: str) -> None:
    till = fresh_key(platform, SHOP, label="till")
    assert [one.label for one in keys_of(platform, SHOP.name)] == ["main", "till"]
    revoke_key(platform, SHOP.name)
    assert (valid(platform, key), valid(platform, till)) == (False, True)
    assert [one.label for one in keys_of(platform, SHOP.name)] == ["till"]
    with pytest.raises(AccessError, match="--keys"):
        revoke_key(platform, SHOP.name)
    assert valid(platform, fresh_key(platform, SHOP))


@pytest.mark.usefixtures("key")
def test_an_account_stays_the_party_it_was_opened_for(platform: Platform) -> None:
    with pytest.raises(AccessError, match="stands for"):
        fresh_key(platform, structs.replace(SHOP, party="urn:suyuan:party:other"), label="b")
    named = Account(name=SHOP.name, role=Role.CAPTURER)
    assert valid(platform, fresh_key(platform, named, label="c"))
    with pytest.raises(AccessError, match="--party"):
        fresh_key(platform, Account(name="new", role=Role.CAPTURER))
    with pytest.raises(AccessError, match="no account"):
        keys_of(platform, "new")


@pytest.mark.parametrize(
    "header", ["Bearer sy_wrong", "Bearer ", "Basic !!", "Digest x", "sy_", "Basic " + "A" * 9]
)
def test_a_wrong_credential_is_refused_and_never_taken_for_the_public(
    platform: Platform, header: str
) -> None:
    with pytest.raises(AccessError) as caught:
        who(platform, header, address="")
    assert caught.value.status == 401


def test_a_regulator_reads_but_may_not_report(platform: Platform, regulator: Account) -> None:
    asking = who(platform, basic(regulator.name, PASSWORD), address="")
    assert asking.viewer.areas == ("4117",)
    with pytest.raises(AccessError) as caught:
        capturer_of(asking)
    assert caught.value.status == 403


def test_a_session_lasts_its_hours_and_no_longer(database: Store, tmp_path: Path) -> None:
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    platform = on_store(database, Config(data_dir=tmp_path), clock=lambda: now[0])
    key = fresh_key(platform, SHOP)
    token = sign_in(platform, "shop", key, address="")
    assert who_of_session(platform, token).name == "shop"
    now[0] += timedelta(hours=platform.config.session_hours)
    assert who_of_session(platform, token).name is None


@pytest.mark.parametrize("change", ["", "x", "1.2", "1.99999999999.0", "1.2.ä", "..", "1..2"])
def test_a_forged_session_is_nobody(platform: Platform, key: str, change: str) -> None:
    assert sign_in(platform, "shop", key, address="")
    assert who_of_session(platform, change).viewer == PUBLIC


def test_a_session_of_one_account_cannot_be_bent_to_another(
    platform: Platform, key: str, regulator: Account
) -> None:
    token = sign_in(platform, "shop", key, address="")
    _, _, rest = token.partition(".")
    assert who_of_session(platform, f"{regulator.id}.{rest}").viewer == PUBLIC


def test_a_key_opens_only_the_account_it_belongs_to(
    platform: Platform, key: str, regulator: Account
) -> None:
    with pytest.raises(AccessError):
        sign_in(platform, regulator.name, key, address="")

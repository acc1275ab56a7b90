"""Guessing passwords gets slower and slower, and keeps nobody else out."""

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from faces import faces_of
from suyuan import registry
from suyuan.kit.ids import random_key
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import AccessError, Config, Platform, fresh_key, on_store, sign_in, who
from suyuan.service.guesses import ADDRESS, PAIR, Guesses
from suyuan.store import Store

START = datetime(2026, 3, 1, tzinfo=UTC)
RIGHT = "correct horse battery staple"
OWNER, THIEF = "203.0.113.5", "198.51.100.9"


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platform(database: Store, tmp_path: Path, clock: Clock) -> Platform:
    found = on_store(database, Config(data_dir=tmp_path), clock=clock)
    wanted = Account(name="county", role=Role.REGULATOR, areas=("4117",))
    with database.write() as conn:
        registry.accounts.open_account(conn, wanted, draw=random_key, password=RIGHT)
    return found


def status(platform: Platform, password: str, *, address: str = THIEF, name: str = "county") -> int:
    try:
        sign_in(platform, name, password, address=address)
    except AccessError as error:
        return error.status
    return 200


def used_up(platform: Platform) -> None:
    assert [status(platform, "wrong") for _ in range(PAIR.free)] == [401] * PAIR.free


def test_after_a_few_wrong_passwords_not_even_the_right_one_is_looked_at(
    platform: Platform, clock: Clock
) -> None:
    used_up(platform)
    assert status(platform, RIGHT) == 429
    clock.now += timedelta(seconds=1)
    assert status(platform, RIGHT) == 200
    used_up(platform)  # what was wrong before is forgotten


def test_each_further_guess_waits_twice_as_long_up_to_the_limit() -> None:
    guesses, now, waits = Guesses(), START, []
    for _ in range(PAIR.free + 14):
        waited = guesses.wait("county", THIEF, now)
        waits.append(waited)
        now += timedelta(seconds=waited)
        assert guesses.wait("county", THIEF, now) == 0
        guesses.wrong("county", THIEF, now)
    most = int(PAIR.longest.total_seconds())
    assert waits == [0] * PAIR.free + [min(2**n, most) for n in range(14)]


@pytest.mark.parametrize("name", ["county", "unknown"])
def test_an_account_unknown_waits_like_a_known_one(platform: Platform, name: str) -> None:
    assert [status(platform, "x", name=name) for _ in range(PAIR.free + 1)][-2:] == [401, 429]


def test_a_thief_does_not_keep_the_owner_out(platform: Platform, clock: Clock) -> None:
    for _ in range(40):
        status(platform, "wrong")
        clock.now += timedelta(milliseconds=100)
    assert status(platform, RIGHT) == 429
    assert status(platform, RIGHT, address=OWNER) == 200


def test_a_key_is_never_held_up(platform: Platform) -> None:
    key = fresh_key(platform, Account(name="shop", role=Role.CAPTURER, party="urn:suyuan:party:s"))
    for _ in range(PAIR.free + 1):
        status(platform, "wrong", name="shop")
    assert status(platform, "wrong", name="shop") == 429
    assert status(platform, key, name="shop") == 200
    assert who(platform, f"Bearer {key}", address=THIEF).name == "shop"


def test_one_address_may_not_try_a_password_on_every_account() -> None:
    guesses = Guesses()
    for number in range(ADDRESS.free):
        assert guesses.wait(f"account {number}", THIEF, START) == 0
        guesses.wrong(f"account {number}", THIEF, START)
    assert guesses.wait("one more", THIEF, START) == 1
    assert guesses.wait("one more", OWNER, START) == 0


def test_a_hundred_guesses_at_once_are_one() -> None:
    guesses = Guesses()
    for _ in range(PAIR.free):
        guesses.wrong("county", THIEF, START)
    later = START + timedelta(seconds=1)
    with ThreadPoolExecutor(8) as many:
        waits = list(many.map(lambda _: guesses.wait("county", THIEF, later), range(100)))
    assert waits.count(0) == 1


def test_a_day_later_everything_is_forgotten() -> None:
    guesses = Guesses()
    for _ in range(PAIR.free + 5):
        guesses.wrong("county", THIEF, START)
    assert guesses.wait("county", THIEF, START + timedelta(hours=24)) == 0
    guesses.wrong("county", THIEF, START + timedelta(hours=24))
    assert guesses.wait("county", THIEF, START + timedelta(hours=24)) == 0


@pytest.mark.parametrize(
    ("other", "same"),
    [("2001:db8:1:2:ffff::1", True), ("2001:db8:1:3::1", False), ("::ffff:198.51.100.9", False)],
)
def test_a_household_has_one_address_however_many_it_takes(other: str, *, same: bool) -> None:
    guesses = Guesses()
    for _ in range(PAIR.free):
        guesses.wrong("county", "2001:db8:1:2::1", START)
    assert bool(guesses.wait("county", other, START)) is same


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans(),
                          st.integers(0, 2_000)), max_size=60))  # fmt: skip
def test_nobody_waits_for_what_was_wrong_elsewhere(
    story: list[tuple[str, str, bool, int]],
) -> None:
    """Whoever never failed at an address that never failed is never asked to wait."""
    guesses, now = Guesses(), START
    for name, address, good, seconds in story:
        now += timedelta(seconds=seconds)
        if guesses.wait(name, address, now) == 0:
            (guesses.right if good else guesses.wrong)(name, address, now)
        assert guesses.wait(name, "home", now) == 0


def test_the_wait_is_told_in_both_languages_with_retry_after(platform: Platform) -> None:
    basic = base64.b64encode(b"county:wrong").decode()
    with TestClient(faces_of(platform), raise_server_exceptions=False) as client:
        header = {"Authorization": f"Basic {basic}"}
        for _ in range(PAIR.free):
            assert client.get("/events", headers=header).status_code == 401
        told = client.get("/events", headers=header)
        assert (told.status_code, told.headers["retry-after"]) == (429, "1")
        assert told.json()["rule"] == "access.too-many"
        assert "wait 1 s" in told.json()["detail_en"]
        assert "1 秒" in told.json()["detail_zh"]
        page = client.post("/sign-in?lang=en", data={"name": "county", "password": "wrong"})
        assert (page.status_code, page.headers["retry-after"]) == (429, "1")
        assert "wait 1 s" in page.text

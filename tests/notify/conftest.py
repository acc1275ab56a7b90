"""A platform that may send to this machine, a clock that is moved by hand, a receiver."""

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from telling import FARM, Hand

from receiving import Receiver, receiving
from suyuan.model import Capturer, Role, Viewer
from suyuan.registry.types import Account
from suyuan.service import Config, Platform, fresh_key, name_query, on_store, who
from suyuan.store import Store


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=tmp_path, allowed=(ip_network("127.0.0.0/8"),))


@pytest.fixture
def platform(database: Store, config: Config, clock: Hand) -> Platform:
    """A platform that may send to this machine."""
    return on_store(database, config, clock=clock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def farm(platform: Platform) -> Capturer:
    """Who reports."""
    key = fresh_key(platform, Account(name=FARM, role=Role.CAPTURER, party=FARM))
    found = who(platform, f"Bearer {key}", address="").capturer
    assert found is not None
    return found


@pytest.fixture
def reader(platform: Platform, farm: Capturer) -> Viewer:
    """The same as somebody who reads, with a query named `all` and one named `out`."""
    viewer = Viewer(account=farm.account, role=Role.CAPTURER, party=FARM)
    name_query(platform, "all", {}, viewer, extensions={})
    name_query(platform, "out", {"EQ_bizStep": ["shipping"]}, viewer, extensions={})
    return viewer

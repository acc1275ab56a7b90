"""The application on a fresh database, and the keys of three organisations."""

from collections.abc import Callable, Iterator

import pytest
from api_given import FARM, SHOP, STRANGER, Client
from litestar.testing import TestClient

from faces import faces_of
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key

Headers = dict[str, str]


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    """A client of everything that is served, pages included; a fault of ours is a response."""
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def key_of(platform: Platform) -> Callable[[str], Headers]:
    """The header of an account that reports and reads for a party."""

    def made(party: str) -> Headers:
        key = fresh_key(platform, Account(name=party, role=Role.CAPTURER, party=party))
        return {"Authorization": f"Bearer {key}"}

    return made


@pytest.fixture
def farm(key_of: Callable[[str], Headers]) -> Headers:
    return key_of(FARM)


@pytest.fixture
def shop(key_of: Callable[[str], Headers]) -> Headers:
    return key_of(SHOP)


@pytest.fixture
def stranger(key_of: Callable[[str], Headers]) -> Headers:
    return key_of(STRANGER)

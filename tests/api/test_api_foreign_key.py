"""A key of somebody else's in the header, as proxies send it: pages for everybody stay open."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key

Client = TestClient[Litestar]
PAGE = {"accept": "text/html", "accept-language": "en"}
FOREIGN = PAGE | {"Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln"}
LINK = "/01/06901234567892"
OPEN = ("/", "/search?q=06901234567892", "/codes", LINK, "/families", "/divisions", "/conformance")


@pytest.mark.parametrize("path", OPEN)
def test_a_page_for_everybody_is_the_same_with_it(client: Client, path: str) -> None:
    shown, plain = (client.get(path, headers=each) for each in (FOREIGN, PAGE))
    assert (shown.status_code, shown.text) == (plain.status_code, plain.text)
    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith("text/html")


def test_what_is_nowhere_is_told_as_that(client: Client) -> None:
    shown = client.get("/nothing/here", headers=FOREIGN)
    assert (shown.status_code, "There is no such page" in shown.text) == (404, True)


@pytest.mark.parametrize("path", ["/trace?thing=06901234567892", "/balance", "/permits"])
def test_at_an_operation_it_is_told_to_a_person_as_a_page(client: Client, path: str) -> None:
    shown = client.get(path, headers=FOREIGN)
    assert shown.status_code == 401
    assert shown.headers["content-type"].startswith("text/html")
    program = client.get(path, headers=FOREIGN | {"accept": "application/json"})
    assert (program.status_code, program.json()["status"]) == (401, 401)


def test_who_is_signed_in_stays_so_behind_such_a_proxy(client: Client, platform: Platform) -> None:
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    client.post("/sign-in", data={"name": "boss", "password": key})
    assert "boss" in client.get("/codes", headers=FOREIGN).text
    client.cookies.clear()
    assert "boss" not in client.get("/codes", headers=FOREIGN).text
    ours = {"Authorization": f"Bearer {key}"}
    assert "boss" in client.get("/codes", headers=PAGE | ours).text


@pytest.mark.parametrize("path", OPEN)
def test_caches_keep_apart_what_a_key_changes(client: Client, path: str) -> None:
    told = client.get(path, headers=PAGE).headers["vary"]
    assert {"Accept", "Authorization", "Cookie"} <= {each.strip() for each in told.split(",")}

"""Deadlines over HTTP and on their page: whose they are, as of when, in both languages."""

import re
from typing import Any

import pytest
from api_given import FARM, Client, document, event

from suyuan import index
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key

Headers = dict[str, str]
HTML = {"Accept": "text/html"}


@pytest.fixture
def mined(client: Client, platform: Platform, farm: Headers) -> None:
    """The farm mines in January, of which it enters nothing by 10 February."""
    sent = {"Content-Type": "application/ld+json", "GS1-EPCIS-Version": "2.0", **farm}
    told = event(
        1, bizStep="commissioning", action="ADD",
        **{"suyuan:step": "re_mining", "suyuan:family": "rare-earths"},
    )  # fmt: skip
    assert client.post("/capture", content=document(told), headers=sent).status_code == 202
    index.catch_up(platform.store)


def seen(client: Client, on: str, headers: Headers) -> list[tuple[Any, Any]]:
    answer = client.get("/due", params={"on": on}, headers=headers)
    assert answer.status_code == 200, answer.text
    return [(one["party"], one["state"]) for one in answer.json()["clocks"]]


@pytest.mark.usefixtures("mined")
def test_a_party_sees_its_own_on_both_sides_of_the_minute(
    client: Client, farm: Headers, shop: Headers
) -> None:
    assert seen(client, "2026-02-10", farm) == [(FARM, "due")]
    assert seen(client, "2026-02-10T23:59", farm) == [(FARM, "due")]
    assert seen(client, "2026-02-11T00:00", farm) == [(FARM, "overdue")]
    assert seen(client, "2026-01-20", farm) == []
    assert seen(client, "2026-02-11", shop) == []
    assert client.get("/due").status_code == 401


def test_what_cannot_be_asked_is_said(client: Client, farm: Headers) -> None:
    for query, status in (("on=soon", 400), ("family=toys", 404), ("before=1", 400)):
        answer = client.get(f"/due?{query}", headers=farm)
        assert answer.status_code == status, query
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("mined")
def test_the_page_says_what_is_overdue_without_any_script(
    client: Client, platform: Platform
) -> None:
    assert client.get("/due", headers=HTML).status_code == 401
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    client.post("/sign-in", data={"name": "boss", "password": key})
    page = client.get("/due?on=2026-02-11&lang=zh", headers=HTML).text
    shown = re.sub(r"<[^>]+>", "", page)
    for words in ("逾期未报", "月度流向录入", "2026-02-10 23:59", FARM, "次月10日前录入"):
        assert words in shown
    english = client.get("/due?on=2026-02-10&lang=en", headers=HTML).text
    assert "Due" in english
    assert "Overdue" not in english
    wrong = client.get("/due?on=soon", headers=HTML)
    assert wrong.status_code == 200
    assert 'class="error"' in wrong.text


def test_the_page_of_a_family_says_which_deadlines_nobody_watches(client: Client) -> None:
    page = client.get("/families/special-equipment?lang=en", headers=HTML).text
    assert "Not watched: no report tells of the application for inspection." in page
    found = client.get("/families/special-equipment").json()["deadlines"]
    assert [one["id"] for one in found if one["unwatched"]] == ["inspection-application"]


def test_the_page_of_a_family_says_by_which_law_and_of_which_reports_a_term_is(
    client: Client,
) -> None:
    page = client.get("/families/dangerous-goods?on=2026-03-01&lang=en", headers=HTML).text
    kept = page.split('id="term-explosives-copies"')[1].split("</li>")[0]
    for words in (
        "Regulation on the Safe Management of Civil Explosives",
        "Article 23",
        "Steps: sale of explosives",
    ):
        assert words in kept
    clock = page.split('id="term-precursor-1-filing"')[1].split("</li>")[0]
    assert "Started by: sale of chemicals (drug precursors)" in clock
    firework = client.get("/families/dangerous-goods?kind=firework&on=2026-03-01").json()
    terms = {one["id"] for one in (*firework["deadlines"], *firework["retention"])}
    assert {"firework-permit-back", "firework-destruction-supervised"} <= terms
    assert not {"precursor-1-filing", "explosives-destruction-supervised", "container"} & terms


@pytest.mark.parametrize("path", ["food", "rare-earths", "dangerous-goods?kind=firework"])
def test_each_part_of_a_familys_page_is_reached_from_its_top(client: Client, path: str) -> None:
    page = client.get(f"/families/{path}", headers=HTML).text
    listed = page.split('<nav aria-label="本页各部分">')[1].split("</nav>")[0]
    ways = re.findall(r'href="#(\w+)"', listed)
    assert ways == re.findall(r'<h2 id="(\w+)"', page)
    assert len(ways) >= 5


def test_the_law_watch_names_terms_with_a_way_to_them(client: Client) -> None:
    page = client.get("/families?on=2026-05-01&lang=en", headers=HTML).text
    assert "/families/dangerous-goods?on=2026-05-01#term-chemical-sale.2026" in page
    there = client.get("/families/dangerous-goods?on=2026-05-01", headers=HTML).text
    assert 'id="term-chemical-sale.2026"' in there

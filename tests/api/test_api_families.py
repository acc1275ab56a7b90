"""Families of products over HTTP: one address for programs and for people."""

import html
from decimal import Decimal

import pytest
from api_given import Client

from suyuan.families import load_families


def test_every_family_is_listed_with_the_rules_of_the_day(client: Client) -> None:
    families = load_families()
    found = client.get("/families?on=2026-11-28").json()
    assert [each["id"] for each in found] == [*families.by_id, "general"]
    assert all(0 < each["unverified"] <= each["rules"] for each in found)
    early = {each["id"]: each["rules"] for each in client.get("/families?on=1990-01-01").json()}
    assert all(early[each["id"]] < each["rules"] for each in found)


def test_a_family_is_told_whole(client: Client) -> None:
    found = client.get("/families/food?on=2026-11-28").json()
    assert len({step["id"] for step in found["steps"]}) == len(found["steps"])
    cited = {law["id"] for law in found["laws"]}
    assert {rule["law"] for rule in found["rules"]} <= cited
    assert {item["audience"] for step in found["steps"] for item in step["items"]} <= {
        "public", "partner", "regulator", "secret",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "there", "gone"),
    [
        ("2026-04-30", "toxic.issue.two", "toxic.issue.two.2026"),
        ("2026-05-01", "toxic.issue.two.2026", "toxic.issue.two"),
    ],
)
def test_a_family_is_told_by_the_law_of_the_day(
    client: Client, day: str, there: str, gone: str
) -> None:
    found = client.get(f"/families/dangerous-goods?on={day}").json()
    rules = {rule["id"]: rule for rule in found["rules"]}
    assert there in rules
    assert gone not in rules
    assert rules[there]["verified"] is (day == "2026-04-30")
    assert {there, gone} <= {rule["id"] for rule in found["changes"]}


def test_a_kind_has_its_own_steps_and_rules(client: Client) -> None:
    whole = client.get("/families/food").json()
    baijiu = client.get("/families/food?kind=baijiu").json()
    assert {"vat_filling", "vat_blending"} <= {step["id"] for step in baijiu["steps"]}
    assert "bulk_loading" not in {step["id"] for step in baijiu["steps"]}
    assert {rule["id"] for rule in baijiu["rules"]} < {rule["id"] for rule in whole["rules"]}


def test_what_is_no_family_kind_or_day_is_told_with_its_cure(client: Client) -> None:
    for address, rule in (
        ("/families/perpetual-motion", "family.unknown"),
        ("/families/food?kind=pork", "family.no-kind"),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["rule"]) == (404, rule)
    assert client.get("/families?on=soon").status_code == 400
    assert client.get("/families/food?day=2026-01-01").status_code == 400


def test_a_browser_gets_the_page_of_the_same_address(client: Client) -> None:
    for address in ("/families", "/families/food"):
        page = client.get(address, headers={"Accept": "text/html,*/*"})
        assert page.headers["content-type"].startswith("text/html")
        assert "Accept" in page.headers["vary"]
        assert client.get(address).headers["content-type"].startswith("application/json")


def test_a_page_shows_every_rule_in_force_and_says_which_are_unverified(client: Client) -> None:
    found = client.get("/families/food?on=2026-11-28").json()
    html = client.get("/families/food?on=2026-11-28", headers={"Accept": "text/html"}).text
    for rule in found["rules"]:
        assert f'id="{rule["id"]}"' in html
    unverified = sum(not rule["verified"] for rule in found["rules"])
    assert unverified
    assert html.count("未核实</span>") >= unverified


def test_every_step_has_its_schema_and_workbook_at_addresses_that_stay(client: Client) -> None:
    for step in client.get("/families/food?on=2026-11-28").json()["steps"][:3]:
        base = f"/standard/1/food/{step['id']}"
        schema = client.get(f"{base}/event.schema.json?on=2026-11-28").json()
        assert schema["$id"] == f"urn:suyuan:standard:1:food:{step['id']}:all:2026-11-28"
        book = client.get(f"{base}/template.xlsx?on=2026-11-28")
        assert (book.status_code, book.content[:2]) == (200, b"PK")


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ("perpetual-motion/make", "family.unknown"),
        ("food/fly", "template.no-step"),
        ("food/vat_filling", "template.no-kind"),
    ],
)
def test_a_standard_that_there_is_not_is_told_with_its_cure(
    client: Client, asked: str, rule: str
) -> None:
    answer = client.get(f"/standard/1/{asked}/event.schema.json?kind=wine")
    assert (answer.status_code, answer.json()["rule"]) == (404, rule)


def test_a_family_tells_its_tolerances_on_the_day_with_law_and_doubt(client: Client) -> None:
    families = load_families()
    for name, family in families.by_id.items():
        address = f"/families/{name}?on=2026-11-28"
        told = {one["id"]: one for one in client.get(address).json()["tolerances"]}
        assert set(told) == {one.id for one in family.tolerances}
        page = client.get(f"{address}&lang=en", headers={"Accept": "text/html"}).text
        for one in family.tolerances:
            law = family.laws[one.law]
            assert Decimal(told[one.id]["percent"]) == one.percent
            assert told[one.id]["verified"] is (one.verified and law.verified)
            assert f"at most {one.percent.normalize():f} % missing" in page
            assert html.escape(law.cite(one.article).en) in page
    whole = client.get("/families/food?on=2026-11-28").json()["tolerances"]
    baijiu = client.get("/families/food?kind=baijiu").json()["tolerances"]
    assert whole
    assert [one for one in whole if not one["kinds"]] == baijiu
    assert client.get("/families/food?on=1970-01-01").json()["tolerances"] == []

"""A recall of more things than an address has room for: sent as a body, answered as any other."""

from typing import Any

import pytest
from api_given import FARM, SHOP, Client, document, event

from suyuan.service import Platform, follow
from suyuan.trace.ask import MOST_SEEDS

Headers = dict[str, str]
Json = dict[str, Any]
MANY = 120


def lot(number: int) -> str:
    return f"https://id.gs1.org/01/06901234000016/10/L{number}"


def shipped(number: int) -> Json:
    return event(
        number,
        bizStep="shipping",
        epcList=[],
        quantityList=[{"epcClass": lot(number), "quantity": 5, "uom": "KGM"}],
        sourceList=[{"type": "possessing_party", "source": FARM}],
        destinationList=[{"type": "possessing_party", "destination": SHOP}],
    )


@pytest.fixture
def told(client: Client, platform: Platform, farm: Headers) -> Client:
    sent = client.post(
        "/capture",
        content=document(*(shipped(number) for number in range(MANY))),
        headers=farm | {"Content-Type": "application/ld+json"},
    )
    assert sent.status_code == 202, sent.text
    follow(platform)
    return client


def asked_of(lots: int, **others: Any) -> Json:
    return {"thing": [lot(number) for number in range(lots)], **others}


def without_cost(answer: Any) -> Json:
    found: Json = answer.json()
    assert answer.status_code == 200, found
    return {name: value for name, value in found.items() if name != "cost"}


def test_a_body_asks_the_same_as_an_address(told: Client, farm: Headers) -> None:
    asked = asked_of(3, as_of="2026-12-01", narrow=True, hold_for="2h")
    by_body = told.post("/scope", json=asked, headers=farm)
    by_address = told.get("/scope", params=asked, headers=farm)
    assert without_cost(by_body) == without_cost(by_address)
    assert by_body.json()["things"] == 3
    assert by_body.json()["assumptions"]


def test_more_are_asked_about_than_an_address_takes(told: Client, farm: Headers) -> None:
    by_address = told.get("/scope", params=asked_of(MANY), headers=farm)
    assert (by_address.status_code, by_address.json()["rule"]) == (400, "identify.many")
    found = told.post("/scope", json=asked_of(MANY), headers=farm).json()
    assert found["things"] == MANY
    assert {line["thing"] for line in found["lines"]} == {lot(number) for number in range(MANY)}


def test_a_holder_and_a_form_are_asked_for_as_by_an_address(told: Client, farm: Headers) -> None:
    half = asked_of(2, holder_party=SHOP)
    ways = (told.post("/scope", json=half, headers=farm), told.get("/scope", params=half))
    assert [way.status_code for way in ways] == [400, 400]
    assert len({way.json()["rule"] for way in ways}) == 1
    table = told.post("/scope", json=asked_of(2, format="csv"), headers=farm)
    assert table.headers["content-type"].startswith("text/csv")
    assert lot(1) in table.text


@pytest.mark.parametrize(
    ("sent", "status", "rule", "place"),
    [
        ({}, 400, "http.missing-field", "thing"),
        ({"thing": []}, 400, "scope.no-thing", "thing"),
        ({"thing": ["!"]}, 400, "code.unknown", "thing"),
        ({"thing": lot(1)}, 400, "http.value", "thing"),
        ({"thing": [lot(1)], "depth": 1}, 400, "http.unknown-field", "depth"),
        ({"thing": [lot(1)], "known_at": -1}, 400, "http.value", "known_at"),
        ({"thing": [lot(1)], "as_of": "soon"}, 400, "time.form", "as_of"),
        ({"thing": ["1"] * (MOST_SEEDS + 1)}, 400, "trace.seeds", "thing"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_place(
    client: Client, farm: Headers, sent: Json, status: int, rule: str, place: str
) -> None:
    answer = client.post("/scope", json=sent, headers=farm)
    problem = answer.json()
    assert (answer.status_code, problem["rule"], problem["place"]) == (status, rule, place)
    assert problem["detail_zh"]


def test_it_needs_an_account_and_no_page_of_another_site_orders_it(
    client: Client, farm: Headers
) -> None:
    asked = asked_of(1)
    assert client.post("/scope", json=asked).status_code == 401
    other = client.post("/scope", json=asked, headers=farm | {"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403
    plain = client.post("/scope", content="{}", headers=farm | {"Content-Type": "text/plain"})
    assert plain.status_code == 415


def test_many_texts_are_read_as_each_is_alone(told: Client, farm: Headers) -> None:
    texts = [lot(1), "06901234000016", lot(MANY), "!", lot(2), lot(1), "6901234567892"]
    together = told.get("/identify", params={"text": texts}, headers=farm).json()
    alone = [told.get("/identify", params={"text": one}, headers=farm).json() for one in texts]
    assert together == alone
    assert [bool(found and found[0]["known"]) for found in together] == [
        True, False, False, False, True, True, False,
    ]  # fmt: skip

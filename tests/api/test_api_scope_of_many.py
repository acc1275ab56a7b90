"""A recall of more things than an address has room for: sent as a body, answered as any other."""

from typing import Any

import pytest
from api_given import SHOP, Client, document, shipped

from suyuan.api import scoping
from suyuan.kit import Text
from suyuan.service import OPERATOR, Platform, follow, identify
from suyuan.service.gate import Gate
from suyuan.trace.ask import MOST_SEEDS

Headers = dict[str, str]
Json = dict[str, Any]
MANY = 120


def lot(number: int) -> str:
    return f"https://id.gs1.org/01/06901234000016/10/L{number}"


@pytest.fixture
def told(client: Client, platform: Platform, farm: Headers) -> Client:
    sent = client.post(
        "/capture",
        content=document(*(shipped(number, lot(number)) for number in range(MANY))),
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
    for way in (told.post("/scope", json=half, headers=farm), told.get("/scope", params=half)):
        problem = way.json()
        assert (way.status_code, problem["rule"]) == (400, "trace.holder")
        assert problem["place"] == "holder_site"
    table = told.post("/scope", json=asked_of(2, format="csv"), headers=farm)
    assert table.headers["content-type"].startswith("text/csv")
    assert lot(1) in table.text


@pytest.mark.parametrize(
    ("sent", "rule", "place", "cure"),
    [
        ({}, "http.missing-field", "thing", "optional: as_of"),
        ({"thing": []}, "scope.no-thing", "thing", "which codes"),
        ({"thing": ["!"]}, "code.unknown", "thing", "no code"),
        ({"thing": lot(1)}, "http.value", "thing", "a list, of which each is text"),
        ({"thing": [1]}, "http.value", "thing[0]", "text of at most 1000"),
        ({"thing": ["码" * 1001]}, "http.value", "thing[0]", "text of at most 1000"),
        ({"thing": [lot(1)], "depth": 1}, "http.unknown-field", "depth", "Needed: thing"),
        ({"thing": [lot(1)], "known_at": -1}, "http.value", "known_at", "at least 0"),
        ({"thing": [lot(1)], "narrow": "maybe"}, "http.value", "narrow", "true or false"),
        ({"thing": [lot(1)], "format": "odt"}, "http.value", "format", "graphml"),
        ({"thing": [lot(1)], "vessel": ["a\rb,fifo,S"]}, "vessels.cell", None, ""),
        ({"thing": [lot(1)], "as_of": "soon"}, "time.form", "as_of", "2026"),
        ({"thing": [str(n) for n in range(MOST_SEEDS + 1)]}, "trace.seeds", "thing", "100,000"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_place(
    client: Client, farm: Headers, sent: Json, rule: str, place: str | None, cure: str
) -> None:
    answer = client.post("/scope", json=sent, headers=farm)
    problem = answer.json()
    assert (answer.status_code, problem["rule"]) == (400, rule)
    assert place is None or problem["place"] == place
    assert cure in problem["detail_en"]
    assert problem["detail_zh"] != problem["detail_en"]


def test_all_codes_that_cannot_be_read_are_told_by_their_places(
    told: Client, farm: Headers
) -> None:
    sent = {"thing": [lot(1), lot(1), "批次", lot(2), "!!", "批次"]}
    problem = told.post("/scope", json=sent, headers=farm).json()
    assert (problem["status"], problem["rule"]) == (400, "code.unknown")
    assert problem["place"] == "thing[2]"
    assert "批次 [thing[2]], !! [thing[4]]" in problem["detail_en"]


def test_what_stands_in_the_address_is_told_to_stand_in_the_body(
    client: Client, farm: Headers
) -> None:
    answer = client.post("/scope?format=csv", json=asked_of(1), headers=farm)
    problem = answer.json()
    assert (answer.status_code, problem["rule"]) == (400, "query.parameter")
    assert "stand in the body" in problem["detail_en"]


def test_a_body_that_is_nested_too_deeply_is_refused(client: Client, farm: Headers) -> None:
    deep = '{"thing":' + "[" * 100_000 + "]" * 100_000 + "}"
    sent = farm | {"Content-Type": "application/json"}
    problem = client.post("/scope", content=deep, headers=sent).json()
    assert (problem["status"], problem["rule"]) == (400, "json.depth")


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('{"thing":["A"],"thing":["B"]}', "json.duplicate-key"),
        ('{"thing":["A"]', "json.syntax"),
        ('{"thing":["A"],"known_at":NaN}', "json.word"),
        ("", "http.object"),
    ],
)
def test_a_body_is_read_as_strictly_as_a_document(
    client: Client, farm: Headers, body: str, rule: str
) -> None:
    sent = farm | {"Content-Type": "application/json"}
    problem = client.post("/scope", content=body, headers=sent).json()
    assert (problem["status"], problem["rule"]) == (400, rule)


def test_a_code_said_twice_is_asked_about_once(told: Client, farm: Headers) -> None:
    asked = {"thing": [lot(1)] * (MOST_SEEDS + 1)}
    found = told.post("/scope", json=asked, headers=farm).json()
    assert len(found["question"]["seeds"]) == 1


def test_it_needs_an_account_and_no_page_of_another_site_orders_it(
    client: Client, farm: Headers
) -> None:
    asked = asked_of(1)
    assert client.post("/scope", json=asked).status_code == 401
    other = client.post("/scope", json=asked, headers=farm | {"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403
    plain = client.post("/scope", content="{}", headers=farm | {"Content-Type": "text/plain"})
    assert plain.status_code == 415


def test_who_would_wait_long_is_told_to_come_again(
    told: Client, farm: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate("scope", Text("忙", "busy"), at_once=1, waiting=0, patience=0)
    monkeypatch.setattr(scoping, "_GATE", gate)
    with gate.through():
        answer = told.post("/scope", json=asked_of(1), headers=farm)
    assert (answer.status_code, answer.json()["rule"]) == (503, "scope.busy")
    assert told.post("/scope", json=asked_of(1), headers=farm).status_code == 200


def test_of_thousands_each_is_looked_up(told: Client, platform: Platform) -> None:
    assert told
    texts = [lot(number) for number in range(2_500)]
    found = identify(platform, texts, OPERATOR)
    assert [bool(readings[0].known) for readings in found] == [n < MANY for n in range(2_500)]


def test_many_texts_are_read_as_each_is_alone(told: Client, farm: Headers) -> None:
    texts = [lot(1), "06901234000016", lot(MANY), "!", lot(2), lot(1), "6901234567892"]
    together = told.get("/identify", params={"text": texts}, headers=farm).json()
    alone = [told.get("/identify", params={"text": one}, headers=farm).json() for one in texts]
    assert together == alone
    assert [bool(found and found[0]["known"]) for found in together] == [
        True, False, False, False, True, True, False,
    ]  # fmt: skip

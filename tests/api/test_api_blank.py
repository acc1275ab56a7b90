"""Nothing asked for is answered clearly, in the words of every face: what to give, by example."""

import pytest
from api_given import Client

BLANK = ["", "%20", "%09%0A", "%E3%80%80"]
JSON = {"Accept": "application/json"}


@pytest.mark.parametrize("blank", BLANK)
@pytest.mark.parametrize(
    ("path", "rule", "place"),
    [
        ("/identify?text={}", "identify.empty", "text"),
        ("/identify?text={}&text={}", "identify.empty", "text"),
        ("/divisions?code={}", "division.empty", "code"),
    ],
)
def test_a_blank_question_is_told_what_to_give(
    client: Client, path: str, rule: str, place: str, blank: str
) -> None:
    answer = client.get(path.replace("{}", blank), headers=JSON)
    problem = answer.json()
    assert (answer.status_code, problem["rule"], problem["place"]) == (400, rule, place)
    assert problem["detail_zh"].startswith("没有给出")
    assert "such as" in problem["detail_en"]


def test_no_parameter_at_all_is_told_alike(client: Client) -> None:
    assert client.get("/identify", headers=JSON).json()["rule"] == "identify.empty"


def test_a_blank_text_among_others_has_no_readings_and_keeps_none_from_being_read(
    client: Client,
) -> None:
    first, second, third = client.get("/identify?text=&text=6901234567892&text=%20").json()
    assert (first, third) == ([], [])
    assert second[0]["scheme"] == "gtin"


def test_a_code_of_a_division_is_found_by_that_name_too(client: Client) -> None:
    found = client.get("/divisions?code=330104", headers=JSON)
    assert [each["code"] for each in found.json()] == ["330104"]
    page = client.get("/divisions?code=330104&lang=zh", headers={"Accept": "text/html"})
    assert "江干区" in page.text


@pytest.mark.parametrize("blank", BLANK)
def test_the_pages_say_it_too_or_lead_to_where_it_is_asked(client: Client, blank: str) -> None:
    page = client.get(f"/divisions?code={blank}&lang=en", headers={"Accept": "text/html"})
    assert "No name or code was given" in page.text
    home = client.get(f"/search?q={blank}&lang=en")
    assert home.url.path == "/"
    assert 'name="q"' in home.text
    assert "required" in home.text

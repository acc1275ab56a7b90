"""What a request is refused by names its place, what may stand there, and what was sent."""

import pytest
from api_given import Client, document, event

from suyuan.wire import DocumentError, read_document
from suyuan.wire.types import Limits

Headers = dict[str, str]
GTIN = "06901234567892"
PROGRAM = {"Accept": "application/json"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_who_is_not_known_or_may_not_is_told_which_header_says_it(
    client: Client, farm: Headers
) -> None:
    nobody = client.get("/tenant/strictness")
    wrong = client.get("/events", headers={"Authorization": "Bearer x"})
    other = client.post("/tenant/strictness", json={"strict": True}, headers=farm)
    for answer, status in ((nobody, 401), (wrong, 401), (other, 403)):
        assert (answer.status_code, answer.json()["place"]) == (status, "Authorization")


@pytest.mark.parametrize(
    ("path", "place", "told"),
    [
        ("/convert?to=pdf", "to", ["json", "xml", "xml-1.2"]),
        ("/convert?to=xml&epc=both", "epc", ["urn", "link", "as-sent"]),
        ("/source?thing=x&priors=many", "priors", ["inspections"]),
        (f"/trace?of={GTIN}&depth=0", "depth", ["1"]),
    ],
)
def test_a_choice_that_is_none_is_told_what_may_be_chosen(
    client: Client, farm: Headers, path: str, place: str, told: list[str]
) -> None:
    send = client.post if path.startswith("/convert") else client.get
    answer = send(path, headers=farm)
    problem = answer.json()
    assert (answer.status_code, problem["rule"], problem["place"]) == (400, "http.400", place)
    for language in ("detail_zh", "detail_en"):
        for name in told:
            assert name in problem[language], problem


@pytest.mark.parametrize("path", [f"/01/{GTIN}/99/1/2", "/01/06901234567891", f"/414/{GTIN[1:]}/x"])
def test_a_link_that_names_nothing_is_a_problem_for_programs_and_a_page_for_people(
    client: Client, path: str
) -> None:
    answer = client.get(path, headers=PROGRAM)
    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["place"] == "URL"
    assert answer.headers["access-control-allow-origin"] == "*"
    page = client.get(path, headers=BROWSER)
    assert page.status_code == answer.status_code
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("sent", "zh", "en"),
    [
        (b"null", "它是 null", "it is null"),
        (b"true", "它是 true", "it is true"),
        (b"-1.50", "它是 -1.50", "it is -1.50"),
        (b'"a"', '它是 "a"', 'it is "a"'),
        (b"[]", "它是 数组", "it is an array"),
        (b"{}", "它没有 type", "it has no type"),
        (b'{"type": null}', "type 为 null", "its type is null"),
        (b'{"type": "Invoice"}', "type 为 Invoice", "its type is Invoice"),
        (b"<invoice/>", "最外层的元素是 invoice", "its outermost element is invoice"),
        (b'{"a": 1, "a": 2}', "键 “a” 在同一对象中出现了两次", "The key 'a' occurs twice"),
        (b'{"typ": {"b": 1, "b": 2}}', "键 “b” 在同一对象中出现了两次", "The key 'b' occurs twice"),
    ],
)
def test_what_is_no_document_is_told_as_it_was_sent(sent: bytes, zh: str, en: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(sent)
    said = caught.value.finding.message
    assert zh in said.zh
    assert en in said.en
    assert "NoneType" not in said.en


@pytest.mark.parametrize("form", ["application/json", "application/xml"])
def test_more_events_than_a_document_may_have_are_told_beside_the_limit(
    client: Client, farm: Headers, form: str
) -> None:
    data = document(event(1), event(2), event(3))
    if form == "application/xml":
        headers = farm | {"Content-Type": "application/json"}
        data = client.post("/convert?to=xml", content=data, headers=headers).content
    with pytest.raises(DocumentError) as caught:
        read_document(data, limits=Limits(events=2))
    said = caught.value.finding.message.en
    count = "3 events" if form == "application/json" else "more than 2 events"
    assert said == f"The document holds {count}; at most 2 are taken."

"""The search box: what was typed, how it was read and where else to ask, on the page it opens."""

import gzip
import re
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote

import pytest
from api_given import Client

from suyuan.api import readers
from suyuan.codes import registry, unknown
from suyuan.codes.types import LONGEST
from suyuan.service import Platform, identify


def test_the_page_that_a_text_leads_to_says_how_it_was_read(client: Client) -> None:
    answer = client.get(f"/search?lang=en&q={quote('食品经营许可证 JY23506230105266。')}")
    assert answer.status_code == 200
    page = answer.text
    assert answer.url.path == "/thing"
    for said in (
        "You entered", "JY23506230105266。", "marks after the code were removed",
        "the label before the code was removed", "Issued by", "a licence holds five years",
        "Where else to ask", "National Enterprise Credit Information",
    ):  # fmt: skip
        assert said in page
    assert len(gzip.compress(page.encode())) < 15_000


def test_a_digital_link_is_as_it_was_and_tells_issuer_and_pages_too(client: Client) -> None:
    page = client.get("/01/06901234567892/21/A1?lang=en")
    assert page.status_code == 200
    assert "You entered" not in page.text
    assert "GS1 member organisations" in page.text
    assert "Verified by GS1" in page.text


@pytest.mark.parametrize("read", ["6922266443114", "nothing", "", "%00", "<b>x</b>", "1" * 9_000])
def test_what_is_no_reading_of_the_thing_is_not_shown_on_its_page(
    client: Client, read: str
) -> None:
    page = client.get("/01/06901234567892", params={"read": read, "lang": "en"})
    assert page.status_code == 200
    assert "You entered" not in page.text


def test_other_readings_are_one_click_away(client: Client) -> None:
    answer = client.get("/search?lang=en&q=UN1203")
    assert answer.url.path == "/thing"
    doubted = client.get(f"/search?lang=en&all=1&q={quote('UN1203')}")
    assert doubted.url.path == "/search"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("UN9999", "outside those published"),
        ("2012345012349", "restricted circulation"),
        ("SC1O633019702613", "read as the digits 0 and 1"),
        ("6901234567892 6922266443114", "The text holds several codes"),
        ("许可证编号：20230001", "say that it is something else"),
    ],
)
def test_what_is_doubted_is_asked_and_not_opened(client: Client, text: str, said: str) -> None:
    answer = client.get("/search", params={"q": text, "lang": "en"})
    assert answer.url.path == "/search"
    assert said in answer.text


def test_a_book_is_told_as_one_on_its_page(client: Client) -> None:
    page = client.get("/search", params={"q": "9787111128069", "lang": "en"})
    assert "number of a book" in page.text
    assert "International ISBN Agency" in page.text


def test_a_wrong_check_is_told_by_the_name_of_the_scheme(client: Client) -> None:
    page = client.get("/search?q=6901234567893&lang=en").text
    assert "Check fails" in page
    assert "urn:suyuan:raw" not in page
    assert ">raw<" not in page
    raw = client.get(f"/thing?lang=en&id={quote('urn:suyuan:raw:-:6901234567893')}").text
    assert "unreadable code, kept as received" in raw
    assert ">raw<" not in raw
    assert "-:6901234567893" not in raw.replace("raw:-:6901234567893", "").replace(
        "%3A", ":"
    ).replace("raw:-:6901234567893", "")


@pytest.mark.parametrize(
    "number", ["110105194912310021", "11010519491231002X", "11O1O5194912310021"]
)
def test_the_search_never_shows_a_number_in_clear_whatever_its_check(
    client: Client, number: str
) -> None:
    for path in ("/search", "/01/06901234567892", "/thing", "/verify"):
        page = client.get(path, params={"q": number, "read": number, "id": number, "code": number})
        assert number[6:14] not in page.text
        if path == "/search":
            assert number[6:14] not in str(page.url)


@pytest.mark.parametrize("text", ["110105199001010061", "SSCC 110105199001010061"])
def test_digits_of_a_person_and_of_a_logistic_unit_are_told_as_both_and_hidden(
    client: Client, text: str
) -> None:
    answer = client.get("/search", params={"q": text, "lang": "en"})
    assert answer.url.path == "/search"
    assert "resident identity number (masked)" in answer.text
    assert "logistic unit (SSCC) (masked)" in answer.text
    assert "enter (00) before them" in answer.text
    told = client.get("/identify", params={"text": text})
    assert {"sscc", "resident-id"} == {each["scheme"] for each in told.json()}
    pages = [client.get(href).text for href in re.findall('href="(/thing[^"]*)"', answer.text)]
    for said in (answer.text, str(answer.url), told.text, *pages):
        assert "1990" not in said
    assert len(pages) == 2


def test_a_program_is_told_too_what_a_text_looks_like_and_whom_to_ask(client: Client) -> None:
    texts = ["A723CDfg", "6922266443114", "hello"]
    told = client.get("/identify", params={"text": texts, "hints": "true"}).json()
    page = client.get("/search", params={"q": texts[0], "lang": "zh"}).text
    assert told[0]["hint"]["text"]["zh"] in page
    assert told[0]["hint"]["pages"][0]["url"] in page
    assert [each["hint"] for each in told[1:]] == [None, None]
    plain = client.get("/identify", params={"text": texts}).json()
    assert plain == [each["readings"] for each in told]
    assert client.get("/identify", params={"text": texts[0], "hints": "true"}).json() == told[0]
    described = client.get("/openapi.json").json()
    assert {"readings", "hint"} == described["components"]["schemas"]["Hinted"]["properties"].keys()


@pytest.mark.parametrize(
    "address",
    [
        "/trace?thing={}",
        "/scope?thing={}",
        "/answer?id={}",
        "/scope?thing=6901234567892&vessel={},fifo,6901234567892",
    ],
)
def test_whatever_asks_about_a_text_that_is_no_code_says_so_in_one_sentence(
    client: Client, farm: dict[str, str], address: str
) -> None:
    for text in ("hello", "0571-88888888"):
        wrong = client.get(address.format(text), headers=farm)
        assert wrong.status_code in {400, 404}
        assert unknown.no_code(text).zh in wrong.json()["detail"]
        assert unknown.no_code(text).en in wrong.json()["detail_en"]


def test_nothing_asked_for_leads_home_in_the_language_and_size_asked_for(client: Client) -> None:
    home = client.get("/search?lang=en&text=large&q=")
    assert home.url.path == "/"
    assert '<html lang="en" data-text="large">' in home.text
    assert client.get("/search?q=").url.query in {"", b""}


def test_a_question_of_many_things_asks_once_who_asks_and_once_what_the_codes_are(
    client: Client, farm: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password is slow to compare by design: a hundred codes must not make a hundred of it."""
    asked: list[str] = []

    def told(name: str, found: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **more: Any) -> Any:
            asked.append(name)
            return found(*given, **more)

        return counted

    for name in ("who", "meant"):
        monkeypatch.setattr(readers, name, told(name, getattr(readers, name)))
    things = [f"https://id.gs1.org/01/06901234000016/21/{number}" for number in range(30)]
    answer = client.get("/scope", params={"thing": things}, headers=farm)
    assert answer.status_code == 200, answer.text
    assert sorted(asked) == ["meant", "who"]
    wrong = client.get("/scope", params={"thing": [*things, "\u2603"]}, headers=farm)
    assert (wrong.status_code, wrong.json()["rule"]) == (400, "code.unknown")
    assert "\u2603" in wrong.json()["detail_en"]


def test_a_reading_whose_check_fails_is_shown_and_counts_as_no_way(client: Client) -> None:
    page = client.get("/search?q=6901234567892&lang=en").text
    assert "can be read in 2 ways" in page
    assert page.count("Does not hold") == 1  # as an operator's number, of no division
    assert page.count("Check passed") == 2
    assert client.get("/search?q=6901234567893&lang=en").text.count("Check fails") == 2
    assert "The text holds several" not in page


def test_kinds_of_codes_are_folded_by_family_and_open_without_script(client: Client) -> None:
    page = client.get("/codes?lang=en").text
    families = page.split("<details><summary><h2>")[1:]
    assert len(families) == len(registry.grouped_schemes())
    for said, (family, title, schemes) in zip(families, registry.grouped_schemes(), strict=True):
        assert said.startswith(f'{escape(title.en)}</h2> <span class="dim">{len(schemes)}</span>')
        assert f'<ul id="{family}">' in said  # within the fold: a link to it opens the fold
        assert re.findall(r'href="/codes/([^"]+)"', said) == [each.id for each in schemes]
        assert said.count("<li><details><summary>") == said.count("<svg") == len(schemes)
        assert said.count("Unverified") == sum(not each.verified for each in schemes)


LONG_LISTS = [" ".join(["6901234567892"] * 150), "、".join(["SC10633019702613"] * 110)]


@pytest.mark.parametrize("text", LONG_LISTS)
def test_a_long_list_of_codes_is_read_alike_at_every_face(
    client: Client, platform: Platform, text: str
) -> None:
    asked = quote(text)
    found = client.get(f"/identify?text={asked}").json()
    (read,) = identify(platform, [text])
    assert [each["canonical"] for each in found] == [each.canonical for each in read]
    assert any(said["code"] == "code.more-pieces" for each in found for said in each["notes"])
    page = client.get(f"/search?lang=en&all=1&q={asked}")
    assert page.url.path == "/search"
    assert "more than is read at a time" in page.text


@pytest.mark.parametrize("size", [LONGEST + 1, LONGEST + 3_000])
def test_a_text_too_long_to_be_read_is_refused_alike_with_the_reason_and_the_cure(
    client: Client, size: int
) -> None:
    text = ("6901234567892" * 1_100)[:size]
    for asked, place in ((f"text={text}", "text"), (f"text=6901234567892&text={text}", "text[1]")):
        problem = client.get(f"/identify?{asked}", headers={"Accept": "application/json"})
        said = problem.json()
        assert (problem.status_code, said["rule"], said["place"]) == (413, "identify.long", place)
        assert f"{size}" in said["detail_zh"]
        assert "Part it" in said["detail_en"]
    page = client.get(f"/search?lang=en&q={text}")
    assert (page.status_code, page.url.path) == (413, "/search")
    assert f"here are {size}" in page.text


def test_a_text_as_long_as_can_be_read_is_answered(client: Client) -> None:
    text = f"6901234567892 {'x' * LONGEST}"[:LONGEST]
    assert client.get(f"/identify?text={text}").json()[0]["scheme"] == "gtin"
    page = client.get(f"/search?lang=en&q={text}")
    assert page.status_code == 200

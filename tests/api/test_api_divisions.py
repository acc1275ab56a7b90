"""Divisions over HTTP: one address for programs and for people."""

import json
import re

import pytest
from api_given import Client
from click.testing import CliRunner

from suyuan.cli import Launcher, cli


def test_a_name_is_answered_with_its_divisions_those_in_force_first(client: Client) -> None:
    found = client.get("/divisions", params={"name": "yuhang"}).json()
    assert [each["code"] for each in found] == ["330110", "330125", "330184", "339021"]
    assert len(client.get("/divisions").json()) == 34


def test_a_code_is_answered_as_of_a_day(client: Client) -> None:
    answer = client.get("/divisions/110103?on=2010-08-01").json()
    assert answer["asked"]["full"]["zh"] == "北京市崇文区"
    assert answer["certain"] is False
    assert [each["code"] for each in answer["now"]] == ["110101"]


def test_a_code_after_its_end_is_answered_alike_to_programs_and_on_the_page(client: Client) -> None:
    answer = client.get("/divisions/110103?on=2015-01-01").json()
    assert [each["code"] for each in answer["then"]] == ["110101"]
    assert "ended in 2010" in answer["outside"]["en"]
    browser = {"Accept": "text/html,*/*"}
    page = client.get("/divisions/110103?on=2015-01-01&lang=en", headers=browser)
    assert page.status_code == 200
    assert answer["outside"]["en"] in page.text
    assert 'href="/divisions/110101?on=2015-01-01"' in page.text


def test_what_is_no_code_or_before_the_table_is_a_404_that_names_the_cure(client: Client) -> None:
    for address in ("/divisions/990000", "/divisions/110103?on=1970-01-01", "/divisions/x"):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert answer.json()["rule"] == "division.unknown"
    assert client.get("/divisions/110103?on=soon").status_code == 400
    assert client.get("/divisions/110103?day=2000-01-01").status_code == 400


def test_a_browser_gets_the_page_of_the_same_address(client: Client) -> None:
    for address in ("/divisions", "/divisions/330106"):
        page = client.get(address, headers={"Accept": "text/html,*/*"})
        assert page.headers["content-type"].startswith("text/html")
        assert "Accept" in page.headers["vary"]
        program = client.get(address)
        assert program.headers["content-type"].startswith("application/json")
        assert "Accept" in program.headers["vary"]


def test_the_page_of_a_name_that_was_none_that_day_says_when_it_was(client: Client) -> None:
    asked = {"name": "崇文", "on": "2015-06-01"}
    page = client.get("/divisions", params=asked, headers={"Accept": "text/html"}).text
    assert "2015-06-01 没有，别的时候有" in page
    assert "110103" in page
    assert re.search(r"其后归属：<a href=\"/divisions/110101\">北京市东城区</a>", page)
    (found,) = client.get("/divisions", params={"name": "崇文"}).json()
    assert [each["code"] for each in found["successors"]] == ["110101"]


@pytest.mark.parametrize(
    ("name", "on", "code", "said"),
    [
        ("崇文", "2015-06-01", "110103", "在 2010 年停用，2015-06-01 已经没有"),
        ("110103", "2015-06-01", "110103", "在 2010 年停用，2015-06-01 已经没有"),
        ("钱塘区", "2015-01-01", "330114", "在 2021 年启用，2015-01-01 还没有"),
    ],
)
def test_a_name_that_was_none_that_day_is_told_alike_to_programs_people_and_on_the_command_line(
    client: Client, name: str, on: str, code: str, said: str
) -> None:
    asked = {"name": name, "on": on}
    (found,) = client.get("/divisions", params=asked).json()
    assert found["code"] == code
    assert said in found["outside"]["zh"]
    assert found["outside"] == client.get(f"/divisions/{code}?on={on}").json()["outside"]
    page = client.get("/divisions", params=asked, headers={"Accept": "text/html"}).text
    assert found["outside"]["zh"] in page
    words = ["division", found["name"]["zh"], "--on", on, "--json"]
    told = CliRunner().invoke(
        cli, words, obj=Launcher(serve=lambda _: None, witness=lambda *_: None)
    )
    assert (told.exit_code, json.loads(told.output)) == (1, [found])


def test_what_is_in_force_on_the_day_is_told_without_more(client: Client) -> None:
    for asked in ("name=崇文&on=2009-06-01", "name=朝阳&on=2019-05-01", "code=330106", "name=杭州"):
        found = client.get(f"/divisions?{asked}").json()
        assert found
        assert all(each["outside"] is None for each in found)


def test_a_name_on_a_day_of_before_the_table_is_told_so(client: Client) -> None:
    answer = client.get("/divisions?name=崇文&on=1970-01-01")
    assert (answer.status_code, answer.json()["rule"]) == (404, "division.unknown")
    page = client.get("/divisions?name=崇文&on=1970-01-01", headers={"Accept": "text/html"})
    assert answer.json()["detail_zh"] in page.text
    assert client.get("/divisions?name=无此地&on=1970-01-01").json() == []


def test_a_name_typed_into_the_box_leads_to_the_division_or_to_the_choice(client: Client) -> None:
    browser = {"Accept": "text/html"}
    one = client.get("/search?lang=en", params={"q": "北京市", "lang": "en"}, headers=browser)
    assert (one.url.path, one.url.params["lang"]) == ("/divisions/110000", "en")
    ended = client.get("/search", params={"q": "崇文区"}, headers=browser)
    assert ended.url.path == "/divisions/110103"
    several = client.get("/search", params={"q": "朝阳"}, headers=browser)
    assert several.url.path == "/search"
    assert all(f"/divisions/{code}" in several.text for code in ("110105", "220104", "211300"))


def test_twelve_digits_of_statistics_are_answered_as_the_division_they_begin_with(
    client: Client,
) -> None:
    assert client.get("/divisions/330104000000").json()["asked"]["code"] == "330104"
    assert client.get("/divisions?code=330104000000").json()[0]["code"] == "330104"
    assert client.get("/divisions/330104001002").status_code == 404

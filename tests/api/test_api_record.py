"""One thing that happened, reported with a form: checked, asked again, recorded once."""

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from api_given import FARM, Client

from suyuan.kit import Text
from suyuan.model import Role
from suyuan.registry import Party, Site, directory
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key

INTAKE = "/record/food/food_intake"
SHELF, OTHER = "https://id.gs1.org/414/6901234000016", "6922266443114"
PERSON = "11010519491231002X"
GOOD = {
    "eventTime": "2026-01-05T09:30",
    "epcList": "(01)06901234001013(21)X1\r\n(01)06901234001013(21)X2\r\n",
    "readPoint.id": SHELF,
    "suyuan:productionDate": "2025-12-01",
    "suyuan:productName": "牛奶",
    "suyuan:specification": "250 mL",
    "suyuan:shelfLife": "6 个月",
    "suyuan:purchaseDate": "2026-01-05",
    "suyuan:supplierName": "惠民乳业",
    "suyuan:supplierAddress": "郑州市",
    "suyuan:supplierContact": "0371-1234567",
}


@pytest.fixture
def browser(client: Client, platform: Platform) -> Client:
    """The farm signed in; it is registered as a shop that has one shelf."""
    with platform.store.write() as conn:
        directory.register(conn, [
            Party(uri=FARM, name=Text("惠民超市", "Huimin"), roles=("supermarket",)),
            Site(uri=SHELF, operator=FARM, name=Text("一号货架", "Shelf one"),
                 valid_from=date(2025, 1, 1)),
        ])  # fmt: skip
    key = fresh_key(platform, Account(name="hand", role=Role.CAPTURER, party=FARM))
    client.post("/sign-in", data={"name": "hand", "password": key})
    return client


@pytest.fixture
def recorded(platform: Platform) -> Callable[[], int]:
    def count() -> int:
        with platform.store.read() as conn:
            (found,) = conn.execute("select count(*) from record.entry").fetchone() or (0,)
        return int(found)

    return count


def send(browser: Client, fields: dict[str, Any], do: str = "record", page: str = INTAKE) -> str:
    shown = browser.get(f"{page}?lang=en").text
    (seal,) = set(re.findall(r'name="seal" value="([^"]*)"', shown))
    answer = browser.post(page, data={**fields, "seal": seal, "do": do})
    assert answer.status_code == 200, answer.text
    return answer.text


def values(page: str) -> dict[str, list[str]]:
    """What stands in the inputs and long fields of a page."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = (re.search(rf' {what}="([^"]*)"', tag) for what in ("name", "value"))
        if name:
            found.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>([^<]*)', page):
        found.setdefault(name, []).append(html.unescape(text))
    return found


def test_steps_of_ones_roles_come_first_and_lead_to_their_forms(browser: Client) -> None:
    shown = browser.get("/record?lang=en&thing=(01)06901234001013(21)X1").text
    assert shown.index(INTAKE) < shown.index("/record/drugs/")
    link = re.search(rf'href="({INTAKE}[^"]*)"', shown)
    assert link is not None
    form = browser.get(html.unescape(link[1])).text
    assert values(form)["epcList"] == ["https://id.gs1.org/01/06901234001013/21/X1"]
    assert f'value="{SHELF}" selected' in form


def test_a_persons_number_goes_on_into_no_link_or_field(browser: Client) -> None:
    for page in ("/record", INTAKE, "/record/{}/x", "/record/food/{}"):
        said = browser.get(page.format(PERSON), params={"thing": PERSON}).text
        assert PERSON[6:14] not in said, page


def test_what_has_no_fault_is_recorded_at_once_and_once(
    browser: Client, recorded: Callable[[], int]
) -> None:
    shown = send(browser, GOOD)
    assert "Recorded</span>" in shown
    assert recorded() == 1
    assert "recorded before" in send(browser, GOOD)
    assert recorded() == 1


def test_what_the_law_asks_for_is_asked_again_and_recorded_as_it_is_if_it_stands(
    browser: Client, recorded: Callable[[], int]
) -> None:
    lacking = {key: value for key, value in GOOD.items() if key != "suyuan:supplierName"}
    shown = send(browser, lacking)
    assert "Please look again" in shown
    assert "Go to the field" in shown
    assert recorded() == 0
    kept = values(shown)
    assert kept["epcList"] == [GOOD["epcList"]]
    assert kept["suyuan:supplierAddress"] == [GOOD["suyuan:supplierAddress"]]
    assert "Recorded</span>" in send(browser, lacking, do="stands")
    assert recorded() == 1


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ({"epcList": ""}, "does not say what it is about"),
        ({"epcList": "(01)06901234001014(21)X1"}, "check character should be 3"),
        ({"epcList": "06901234001013"}, "What is wanted here is the code of one thing"),
        ({"eventTime": "yesterday"}, "no time"),
        ({"readPoint.id": [SHELF, OTHER]}, "another is written"),
        ({"readPoint.id": "somewhere"}, "somewhere"),
    ],
)
def test_what_cannot_be_recorded_is_told_and_never_recorded(
    browser: Client, recorded: Callable[[], int], spoilt: dict[str, Any], said: str
) -> None:
    for do in ("record", "stands"):
        shown = html.unescape(send(browser, GOOD | spoilt, do=do))
        assert said in shown
        assert "Nothing is recorded" in shown
        assert "epcList /" not in shown
    assert recorded() == 0


def test_rows_are_added_and_keep_what_was_written(browser: Client) -> None:
    fields = {"quantityList.epcClass": ["(01)06901234001013(10)L1", ""],
              "quantityList.quantity": ["3", ""], "quantityList.uom": ["KGM", ""]}  # fmt: skip
    shown = send(browser, fields, do="more")
    assert values(shown)["quantityList.quantity"] == ["3", "", "", "", ""]
    assert shown.count('value="KGM" selected') == 1


def test_several_lots_are_one_event(browser: Client, recorded: Callable[[], int]) -> None:
    lots = {"quantityList.epcClass": ["(01)06901234001013(10)L1", "", "(01)06901234001013(10)L2"],
            "quantityList.quantity": ["3", "", "4.5"],
            "quantityList.uom": ["KGM", "", "KGM"]}  # fmt: skip
    shown = send(browser, {**GOOD, "epcList": "", **lots}, do="stands")
    assert "Recorded</span>" in shown
    assert recorded() == 1


def test_the_number_of_a_person_is_not_shown_again(browser: Client) -> None:
    number = "11010519491231002X"
    spoilt = {"epcList": "", "suyuan:supplierName": number, "suyuan:supplierContact": number}
    assert number not in send(browser, GOOD | spoilt)


def test_a_form_of_another_session_and_who_may_not_report_record_nothing(
    browser: Client, platform: Platform, recorded: Callable[[], int]
) -> None:
    assert browser.post(INTAKE, data={**GOOD, "seal": "x"}).status_code == 403
    assert browser.post("/record/food/none", data={**GOOD, "seal": "x"}).status_code == 404
    assert browser.get("/record/nothing/none").status_code == 404
    browser.cookies.clear()
    assert browser.get(INTAKE).status_code == 401
    assert browser.post(INTAKE, data=GOOD).status_code == 401
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    browser.post("/sign-in", data={"name": "boss", "password": key})
    assert browser.get(INTAKE).status_code == 403
    assert recorded() == 0

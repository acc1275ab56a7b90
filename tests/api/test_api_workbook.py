"""A workbook handed in on its page: checked, then recorded as it was checked, or not at all."""

import base64
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from api_given import FARM, Client
from openpyxl import load_workbook

from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key, templates
from suyuan.templates import write_workbook

Book = Callable[..., bytes]
DAY = date(2026, 3, 1)
FIRST = 6
PAGE = "/workbook?lang=en"


@pytest.fixture
def browser(client: Client, platform: Platform) -> Client:
    """The farm signed in, as in a browser."""
    key = fresh_key(platform, Account(name="farmhand", role=Role.CAPTURER, party=FARM))
    client.post("/sign-in", data={"name": "farmhand", "password": key})
    return client


@pytest.fixture
def book(platform: Platform) -> Book:
    """A filled workbook of so many records; `spoilt` puts values into cells, by row and column."""
    (made,) = templates(platform.families, "food", DAY, step="food_intake")

    def filled(records: int = 1, *, spoilt: dict[tuple[int, str], object] | None = None) -> bytes:
        ids = [f"urn:uuid:6f1b7c1e-2f5a-4c5b-9d53-{at:012d}" for at in range(records)]
        events = [dict(made.example) | {"eventID": one} for one in ids]
        data = write_workbook([made], {"food_intake": events})
        kept = io.BytesIO()
        opened = load_workbook(io.BytesIO(data))
        sheet = opened[opened.sheetnames[-1]]
        rows = range(FIRST, sheet.max_row + 1)
        begin = next(row for row in rows if sheet.cell(row, 1).value == "1")
        keys = {sheet.cell(2, at).value: at for at in range(1, sheet.max_column + 1)}
        for (row, key), value in (spoilt or {}).items():
            sheet.cell(begin + row, keys[key]).value = value
        opened.save(kept)
        return kept.getvalue()

    return filled


def hidden(page: str, form: int = 0) -> dict[str, str]:
    """What the form of that number on a page's main part sends beside what people choose."""
    part = page.split("<main")[1].split("<form")[form + 1].split("</form", maxsplit=1)[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part))


def uploaded(browser: Client, data: bytes, page: str = PAGE, **more: str) -> Any:
    seal = hidden(browser.get(page).text) | more
    return browser.post(page, data=seal, files={"file": ("a.xlsx", data)})


def confirmed(browser: Client, **fields: str) -> Any:
    """The second button pressed; nothing is chosen there."""
    return browser.post(PAGE, files={name: (None, value) for name, value in fields.items()})


def entries(platform: Platform) -> int:
    with platform.store.read() as conn:
        (found,) = conn.execute("select count(*) from record.entry").fetchone() or (0,)
    return int(found)


def test_a_workbook_is_checked_and_then_recorded_as_it_was_checked_once(
    browser: Client, platform: Platform, book: Book
) -> None:
    checked = uploaded(browser, book(3)).text
    assert "nothing is recorded yet" in checked
    assert entries(platform) == 0
    done = confirmed(browser, **hidden(checked))
    assert "<h1>Recorded</h1>" in done.text
    assert entries(platform) == 3
    again = confirmed(browser, **hidden(checked))
    assert "recorded before <b>3</b>" in again.text
    assert entries(platform) == 3


@pytest.mark.parametrize(
    ("page", "place"),
    [(PAGE, r"Sheet .{0,60}, row %d, column %s"), ("/workbook?lang=zh", "第 %d 行，%s 列")],
)
def test_a_cell_that_cannot_be_read_is_told_by_sheet_row_and_column_and_nothing_is_offered(
    browser: Client, platform: Platform, book: Book, page: str, place: str
) -> None:
    data = book(3, spoilt={(1, "eventTime"): "the day before yesterday"})
    sheet = load_workbook(io.BytesIO(data)).worksheets[-1]
    at = next(cell for row in sheet for cell in row if cell.value == "the day before yesterday")
    shown = uploaded(browser, data, page).text
    assert re.search(place % (at.row, at.column_letter), shown), shown
    assert sheet.title in shown
    assert 'role="alert"' in shown
    assert "checked" not in hidden(shown)
    assert entries(platform) == 0


@pytest.mark.parametrize("when", ["no time at all", "2099-01-01 09:00"])
def test_of_a_workbook_with_one_record_that_is_refused_none_is_recorded_even_by_a_forged_form(
    browser: Client, platform: Platform, book: Book, when: str
) -> None:
    data = book(3, spoilt={(1, "eventTime"): when})
    shown = uploaded(browser, data).text
    assert "checked" not in hidden(shown)
    forged = confirmed(browser, checked=base64.b64encode(data).decode(), **hidden(shown))
    assert "<h1>Recorded</h1>" not in forged.text
    assert 'role="alert"' in forged.text
    assert entries(platform) == 0


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"", 400), (b"PK", 400), (b"{}", 400), (b"\0" * (4 << 20), 400), (b"x" * (5 << 20), 413)],
    ids=["nothing", "broken", "json", "zeros", "large"],
)
def test_what_is_no_workbook_is_refused_with_the_reason(
    browser: Client, platform: Platform, data: bytes, status: int
) -> None:
    answer = uploaded(browser, data)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert entries(platform) == 0


@pytest.mark.parametrize("checked", ["", "%", "AAA", "QUJD", "\u00e9"])
def test_a_checked_file_that_comes_back_broken_records_nothing(
    browser: Client, platform: Platform, checked: str
) -> None:
    answer = confirmed(browser, checked=checked, **hidden(browser.get(PAGE).text))
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert entries(platform) == 0


def test_a_form_of_another_session_and_who_may_not_report_record_nothing(
    client: Client, platform: Platform, book: Book
) -> None:
    packed = base64.b64encode(book()).decode()
    assert client.get(PAGE).status_code == 401
    assert confirmed(client, checked=packed, seal="x").status_code == 401
    for account in (
        Account(name="hand", role=Role.CAPTURER, party=FARM),
        Account(name="above", role=Role.ADMIN),
    ):  # fmt: skip
        key = fresh_key(platform, account)
        client.post("/sign-in", data={"name": account.name, "password": key})
        assert confirmed(client, checked=packed, seal="x").status_code == 403
        assert confirmed(client, checked=packed).status_code == 403
    assert entries(platform) == 0


def test_an_identity_number_in_a_cell_is_not_shown_again(browser: Client, book: Book) -> None:
    number = "11010519491231002X"
    shown = uploaded(browser, book(2, spoilt={(0, "eventTime"): number})).text
    assert "column" in shown
    assert number not in shown

"""No page shows a resident number that somebody typed into its forms or put in a workbook."""

import io
import random
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from api_given import FARM, Client
from openpyxl import Workbook, load_workbook

from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, fresh_key, templates
from suyuan.templates import write_workbook

PERSON = "11010519491231002X"
"""A number of the form of GB 11643 whose check character holds; it is the standard's example."""

TEXTS = (PERSON, f"{'a' * 75} {PERSON} b", f"1101051949{'%20'}1231002X".replace("%20", " "))
PAGES = (
    "/", "/search?q=x", "/codes", "/codes/sgtin", "/divisions", "/verify", "/read", "/sign-in",
    "/packages", "/registry", "/record", "/record/food/food_intake", "/workbook", "/scope",
    "/trace", "/balance", "/dispersion", "/source", "/contacts", "/inspections", "/coverage",
    "/permits", "/subscriptions", "/state-rules", "/strictness", "/families", "/credit",
    "/families/food",
)  # fmt: skip
DAY = date(2026, 3, 1)
FIRST = 6
DRAWN = 3


class Forms(HTMLParser):
    """The forms of a page: how and where each is sent, and its fields with what stands in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(
                {"method": "get", "action": "", "typed": [], "kept": {}, "files": []} | given
            )
        elif self.found and tag in {"input", "select", "textarea"} and given.get("name"):
            self._field(tag, given)
        elif self.found and tag == "option" and self.within:
            self.found[-1]["kept"].setdefault(self.within, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self.within = "" if tag == "select" else self.within

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, kind = self.found[-1], given.get("type", "text")
        self.within = given["name"] if tag == "select" else ""
        if kind == "file":
            form["files"].append(given["name"])
        elif kind in {"hidden", "radio", "checkbox"}:
            form["kept"].setdefault(given["name"], given.get("value", ""))
        elif tag != "select":
            form["typed"].append(given["name"])


def sent(browser: Client, page: str, form: dict[str, Any], typed: dict[str, str]) -> Any:
    where, fields = form["action"] or page, form["kept"] | typed
    if form["method"] == "get":
        return browser.get(where, params=fields)
    if form["files"]:
        data = next(iter(typed.values()), PERSON).encode()
        files = dict.fromkeys(form["files"], (f"{PERSON}.xlsx", data))
        return browser.post(where, data=fields, files=files)
    return browser.post(where, data=fields)


def in_clear(answer: Any) -> bool:
    """Whether more of the number is told than the division, in the answer or on the way to it."""
    said = [f"{each.text}{dict(each.headers)}" for each in (*answer.history, answer)]
    plain = "".join(said).replace(" ", "").replace("+", "").replace("%20", "")
    return PERSON[:10] in plain


@pytest.fixture
def browser(client: Client, platform: Platform) -> Client:
    """The farm signed in, as in a browser."""
    key = fresh_key(platform, Account(name="farmhand", role=Role.CAPTURER, party=FARM))
    client.post("/sign-in", data={"name": "farmhand", "password": key})
    client.headers["accept"] = "text/html"
    return client


def ways(form: dict[str, Any], text: str) -> Iterator[dict[str, str]]:
    """The text in every field at once, and in each alone: where one is refused none is read on."""
    typed = form["typed"]
    yield dict.fromkeys(typed, text)
    for name in (*typed, *form["kept"]):
        yield dict.fromkeys(typed, "") | {name: text}


@pytest.mark.parametrize(
    "share", [DRAWN, pytest.param(None, marks=pytest.mark.deep)], ids=["drawn", "all"]
)
@pytest.mark.parametrize("page", PAGES)
def test_no_form_shows_again_a_resident_number_that_was_typed_into_it(
    browser: Client, page: str, share: int | None
) -> None:
    """Of each form some ways, others with each seed of the order; all of them when deep."""
    forms = Forms(browser.get(page).text).found
    assert forms
    leaks = [
        (form["action"], typed)
        for form in forms
        if form["action"] != "/sign-out"
        for typed in drawn([each for text in TEXTS for each in ways(form, text)], share)
        if in_clear(sent(browser, page, form, typed))
    ]
    assert leaks == []


def drawn(given: list[dict[str, str]], share: int | None) -> list[dict[str, str]]:
    return given if share is None else random.sample(given, min(share, len(given)))


@pytest.fixture
def spoilt(platform: Platform) -> Callable[..., bytes]:
    """A workbook of a step with the text in a cell of every column, or in one column alone."""
    (made,) = templates(platform.families, "food", DAY, step="food_intake")
    data = write_workbook([made], {"food_intake": [dict(made.example)]})

    def written(text: str, column: int | None = None, *, title: str | None = None) -> bytes:
        opened = load_workbook(io.BytesIO(data))
        sheet = opened[opened.sheetnames[-1]]
        row = next(at for at in range(FIRST, 99) if sheet.cell(at, 1).value == "1")
        for at in range(1, sheet.max_column + 1) if column is None else (column,):
            sheet.cell(row, at).value = text
        sheet.title = title or sheet.title
        return saved(opened)

    return written


def saved(book: Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def uploaded(browser: Client, page: str, data: bytes, name: str = f"{PERSON}.xlsx") -> Any:
    """The answer to a workbook handed in by the last form of a page that takes a file."""
    forms = Forms(browser.get(page).text).found
    form = next(each for each in reversed(forms) if each["files"])
    files = dict.fromkeys(form["files"], (name, data))
    return browser.post(form["action"] or page, data=form["kept"], files=files)


@pytest.mark.parametrize("text", TEXTS)
def test_a_workbook_of_events_is_told_about_without_the_numbers_in_its_cells(
    browser: Client, spoilt: Callable[..., bytes], text: str
) -> None:
    books = [spoilt(text, at) for at in (None, *range(1, 30))]
    books.append(spoilt("", 1, title=PERSON))
    answers = [uploaded(browser, "/workbook", each) for each in books]
    assert [at for at, each in enumerate(answers) if in_clear(each)] == []
    assert any(PERSON[:6] in each.text for each in answers), "something of it is told"


@pytest.mark.parametrize("text", TEXTS)
def test_a_workbook_of_the_registry_is_told_about_without_the_numbers_in_its_cells(
    browser: Client, text: str
) -> None:
    template = browser.get("/registry/template.xlsx").content
    leaks = []
    for name in load_workbook(io.BytesIO(template)).sheetnames:
        book = load_workbook(io.BytesIO(template))
        sheet = book[name]
        for at in range(1, sheet.max_column + 1):
            for row in (1, 2, 3, sheet.max_row + 1):
                sheet.cell(row, at).value = text
            if in_clear(uploaded(browser, "/registry", saved(book))):
                leaks.append((name, at))
    assert leaks == []

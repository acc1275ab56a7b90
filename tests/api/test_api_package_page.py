"""The page of a package: which symbols it offers and prints, and how it takes numbers."""

import io
from pathlib import Path

import pytest
import zxingcpp
from api_given import FARM, Client, chosen, form
from PIL import Image

from suyuan.codes import resolvers
from suyuan.model import Role
from suyuan.registry.types import Account, Licence
from suyuan.service import Config, Platform, entitle, fresh_key, on_store
from suyuan.store import Store

GTIN = "06901234567892"
OWN = "https://t.example.com"


@pytest.fixture
def platform(database: Store, tmp_path: Path, papers: dict[str, str]) -> Platform:
    """One that knows its own address, where the farm may make codes of every kind."""
    config = Config(data_dir=tmp_path, resolvers=resolvers.hosts([OWN]), public=OWN)
    made = on_store(database, config)
    for kind, number in papers.items():
        entitle(made, Licence(party=FARM, kind=kind, number=number))
    return made


@pytest.fixture
def browser(client: Client, platform: Platform) -> Client:
    """The farm signed in, as in a browser."""
    key = fresh_key(platform, Account(name="farmhand", role=Role.CAPTURER, party=FARM))
    client.post("/sign-in", data={"name": "farmhand", "password": key})
    return client


SYMBOLOGIES = {"qr": "]Q", "datamatrix": "]d", "gs1-128": "]C1"}
"""What a scanner says that it read (ISO/IEC 15424)."""


@pytest.mark.parametrize(
    ("own", "offered"),
    [
        (
            f"sgtin:{GTIN}",
            ["qr", "datamatrix", "gs1-128", "gs1-128+qr", "gs1-128+datamatrix"],
        ),
        (
            "sscc:06901234",
            ["gs1-128", "gs1-128+qr", "gs1-128+datamatrix", "qr", "datamatrix"],
        ),
        ("mv-trace:3706000040001", ["qr", "datamatrix"]),
    ],
)
def test_the_page_offers_the_symbols_that_a_code_may_have_and_prints_each(
    browser: Client, own: str, offered: list[str]
) -> None:
    page = browser.get("/packages").text
    scheme, _, stem = own.partition(":")
    shown = browser.post("/packages", data=form(page, scheme=scheme, stem=stem, count="1"))
    assert chosen(shown.text, "symbols") == offered
    path = f"{shown.url.path}/labels"
    for symbols in ["", *offered]:
        wanted = form(shown.text, design="a5", format="png", symbols=symbols)
        drawn = browser.post(path, data=wanted)
        assert drawn.status_code == 200, drawn.text
        with Image.open(io.BytesIO(drawn.content)) as image:
            read = sorted(code.symbology_identifier for code in zxingcpp.read_barcodes(image))
        expected = sorted(SYMBOLOGIES[each] for each in (symbols or offered[0]).split("+"))
        assert [found.startswith(each) for found, each in zip(read, expected, strict=True)] == [
            True
        ] * len(expected)
    refused = browser.post(path, data=wanted | {"seal": "0"})
    assert f'<option value="{offered[-1]}" selected' in refused.text  # what was chosen is kept


def test_bars_that_only_gs1_keys_may_have_are_refused_for_others(browser: Client) -> None:
    page = browser.get("/packages").text
    order = form(page, scheme="mv-trace", stem="3706000040001", count="1")
    shown = browser.post("/packages", data=order)
    wanted = form(shown.text, design="a6", symbols="gs1-128")
    answer = browser.post(f"{shown.url.path}/labels", data=wanted)
    assert answer.status_code == 400
    assert "GS1-128" in answer.text.partition('role="alert"')[2][:300]


@pytest.mark.parametrize(
    ("field", "given", "limit"),
    [
        ("count", "9" * 9, "10,000,000"),
        ("count", "9" * 12, "10,000,000"),
        ("count", "9" * 5000, "10,000,000"),
        ("count", "0", "10,000,000"),
        ("expected", "9" * 12, "10,000,000,000"),
        ("checks", "9" * 12, "4"),
    ],
)
def test_a_number_that_is_too_large_is_told_its_limit(
    browser: Client, field: str, given: str, limit: str
) -> None:
    page = browser.get("/packages").text
    order = form(page, scheme="sgtin", stem=GTIN, count="1") | {field: given}
    for lang in ("zh", "en"):
        answer = browser.post(f"/packages?lang={lang}", data=order)
        assert answer.status_code == 400
        told = answer.text.partition('role="alert"')[2][:400]
        assert limit in told
        assert "不是整数" not in told
        assert "no whole number" not in told

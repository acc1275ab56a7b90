"""The registry over HTTP and on its page: who may enter what, and what is on file."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from api_given import FARM, SHOP, Client, Json, document, event
from openpyxl import load_workbook

from suyuan.capture import OnRefusal, Options
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Platform, capture, fresh_key, local_capturer

Headers = dict[str, str]
MINE: Json = {
    "parties": [{"name_zh": "红星农场", "name_en": "Red Star Farm", "contact": "0371-1234"}],
    "sites": [{"uri": "urn:suyuan:site:barn", "name_zh": "一号圈", "division": "金水区"}],
    "products": [{"class_uri": "06901234567892", "name_zh": "番茄"}],
}


@pytest.fixture
def admin(platform: Platform) -> Headers:
    key = fresh_key(platform, Account(name="admin", role=Role.ADMIN))
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def browser(client: Client, platform: Platform) -> Callable[..., Client]:
    """Somebody signed in, as in a browser."""

    def signed_in(name: str, **who: Any) -> Client:
        key = fresh_key(platform, Account(name=name, **who))
        client.post("/sign-in", data={"name": name, "password": key})
        return client

    return signed_in


def test_an_organisation_enters_itself_its_sites_and_products_and_reads_them_back(
    client: Client, farm: Headers, shop: Headers
) -> None:
    tried = client.post("/registrations?dryRun=true", json=MINE, headers=farm)
    assert (tried.status_code, tried.json()["entered"]) == (200, False)
    done = client.post("/registrations", json=MINE, headers=farm).json()
    assert [each["state"] for each in done["filings"]] == ["new"] * 3
    again = client.post("/registrations", json=MINE, headers=farm).json()
    assert [each["state"] for each in again["filings"]] == ["same"] * 3
    asked = f"/registrations?party={FARM}&history=true"
    found = client.get(asked, headers=farm).json()
    assert found["on_file"]["party"]["contact"] == "0371-1234"
    assert found["on_file"]["sites"][0]["division"] == "410105"
    assert len(found["history"]) == 3
    assert client.get(asked, headers=shop).status_code == 404
    assert client.get("/registrations", headers=shop).json()["parties"] == []


def test_what_is_left_out_stays_and_an_empty_text_clears(client: Client, farm: Headers) -> None:
    client.post("/registrations", json=MINE, headers=farm)
    client.post("/registrations", json={"parties": [{"contact": ""}]}, headers=farm)
    party = client.get(f"/registrations?party={FARM}", headers=farm).json()["on_file"]["party"]
    assert (party["contact"], party["name"]["en"]) == ("", "Red Star Farm")


def test_areas_and_goods_of_a_licence_are_entered_given_back_and_shown(
    client: Client, farm: Headers, admin: Headers, browser: Callable[..., Client]
) -> None:
    client.post("/registrations", json=MINE, headers=farm)
    paper: Json = {
        "party": FARM,
        "kind": "seed_licence",
        "number": "D(湘益安)农种许字(2017)第001号",
    }
    limits: Json = {"areas": ["益阳市", "410105"], "covers": ["水稻", "玉米<b>"]}
    done = client.post("/registrations", json={"licences": [paper | limits]}, headers=admin).json()
    assert (done["entered"], done["findings"]) == (True, [])
    asked = f"/registrations?party={FARM}"
    (found,) = client.get(asked, headers=farm).json()["on_file"]["licences"]
    assert (found["areas"], found["covers"]) == (["430900", "410105"], limits["covers"])
    page = browser("office", role=Role.ADMIN).get(f"/registry?party={FARM}").text
    assert "湖南省益阳市" in page
    assert "水稻；玉米&lt;b&gt;" in page
    cleared = paper | {"areas": [], "covers": []}
    client.post("/registrations", json={"licences": [cleared]}, headers=admin)
    (found,) = client.get(asked, headers=farm).json()["on_file"]["licences"]
    assert (found["areas"], found["covers"]) == ([], [])


def test_one_entry_refused_refuses_all_and_says_where(client: Client, farm: Headers) -> None:
    wrong = MINE | {"licences": [{"kind": "food_trade_licence", "number": "1"}]}
    done = client.post("/registrations", json=wrong, headers=farm)
    assert (done.status_code, done.json()["entered"]) == (200, False)
    (refused,) = (each for each in done.json()["findings"] if each["severity"] == "refuse")
    assert (refused["sheet"], refused["row"], refused["code"]) == ("licences", 1, "registry.papers")
    assert client.get("/registrations", headers=farm).json()["parties"] == []


def test_nobody_enters_or_reads_without_an_account(client: Client) -> None:
    assert client.post("/registrations", json=MINE).status_code == 401
    assert client.get("/registrations").status_code == 401
    assert client.get("/registry").status_code == 401
    assert client.post("/registry", data={"entry": "parties"}).status_code == 401


def test_cures_of_what_the_registry_lacks_say_where_it_is_entered(platform: Platform) -> None:
    made = event(
        1,
        **{
            "suyuan:family": "food",
            "suyuan:step": "food_production",
            "suyuan:productKind": "dairy",
        },
    )
    options = Options(strict=False, on_refusal=OnRefusal.PROCEED)
    capturer = local_capturer(platform, FARM)
    (told,) = capture(platform, document(made), capturer, options).events
    lacking = [each for each in told.findings if "许可证" in each.cure.zh]
    assert lacking
    for each in lacking:
        assert "/registry" in each.cure.zh
        assert "/registry" in each.cure.en


def hidden(page: str, entry: str) -> dict[str, str]:
    """The hidden fields of the form for one kind of entry."""
    (form,) = (
        each for each in page.split("<form")[1:] if f'value="{entry}"' in each.split(">\n")[1]
    )
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_a_stallholder_fills_in_the_forms_without_script(browser: Callable[..., Client]) -> None:
    client = browser("farmhand", role=Role.CAPTURER, party=FARM)
    page = client.get("/registry").text
    assert "还没有登记" in page
    assert 'name="roles"' not in page
    said = {"name_zh": "红星农场", "contact": "0371-1234", "division": "410105", "name_en": ""}
    done = client.post("/registry", data=hidden(page, "parties") | said).text
    assert "已登记：新增 1" in done
    assert "0371-1234" in done
    stall = {"uri": "urn:suyuan:site:barn", "name_zh": "一号圈", "division": "金水曲"}
    wrong = client.post("/registry", data=hidden(page, "sites") | stall).text
    assert "不是行政区划" in wrong
    assert 'value="一号圈"' in wrong
    right = client.post("/registry", data=hidden(page, "sites") | stall | {"division": "金水区"})
    assert "一号圈" in right.text
    english = client.get("/registry?lang=en").text
    assert "Enter or change name and contact" in english


def test_a_form_of_another_page_enters_nothing(browser: Callable[..., Client]) -> None:
    client = browser("farmhand", role=Role.CAPTURER, party=FARM)
    said = {"entry": "parties", "name_zh": "红星农场", "seal": "0"}
    assert client.post("/registry", data=said).status_code == 403
    seal = hidden(client.get("/registry").text, "parties")
    assert client.post("/registry", data=seal | {"entry": "nothing"}).status_code == 400


def test_a_workbook_is_checked_and_entered_on_the_page(browser: Callable[..., Client]) -> None:
    client = browser("office", role=Role.ADMIN)
    book = load_workbook(io.BytesIO(client.get("/registry/template.xlsx").content))
    book["主体"].append([SHOP, "张记", None, None, "食品经营者", "410105", "0371"])
    book["证照"].append([SHOP, "食品经营许可证", "JY14101050000018"])
    kept = io.BytesIO()
    book.save(kept)
    seal = hidden(client.get("/registry").text, "parties")["seal"]

    def sent(check: str) -> str:
        data = {"seal": seal, "party": SHOP, "check": check}
        return client.post(
            "/registry/workbook", data=data, files={"workbook": ("a.xlsx", kept.getvalue())}
        ).text

    assert "只检查，没有登记：将新增 2" in sent("1")
    assert "已登记：新增 2" in sent("")
    page = client.get(f"/registry?party={SHOP}").text
    assert "JY14101050000018" in page
    assert "张记" in client.get("/registry").text


@pytest.mark.parametrize("size", [(8 << 20) + 1, 9 << 20])
def test_a_workbook_that_is_too_large_is_refused_on_its_page_with_the_form_again(
    browser: Callable[..., Client], size: int
) -> None:
    """Just above the limit, and so far above it that the form is not read to its end."""
    client = browser("farmhand", role=Role.CAPTURER, party=FARM)
    seal = hidden(client.get("/registry").text, "parties")["seal"]
    for lang, said in (
        ("zh", "文件超过 8 MB；请分成几份"),
        ("en", "The file is above 8 MB; split it"),
    ):
        wrong = client.post(
            f"/registry/workbook?lang={lang}",
            data={"seal": seal, "party": FARM},
            files={"workbook": ("a.xlsx", b"x" * size)},
        )
        assert wrong.status_code == 413
        assert said in wrong.text
        assert 'id="wrong"' in wrong.text
        assert 'action="/registry/workbook"' in wrong.text
        assert hidden(wrong.text, "parties")["seal"] == seal


def test_a_party_without_a_name_is_told_as_that_not_by_its_uri(
    client: Client, farm: Headers
) -> None:
    headers = farm | {"Content-Type": "application/ld+json"}
    told = document(event(1, sourceList=[{"type": "possessing_party", "source": FARM}]))
    assert client.post("/capture", content=told, headers=headers).status_code in {200, 201, 202}
    page = client.get("/417/x").text + client.get("/thing?id=" + FARM).text
    assert "没有登记它是谁" in page
    client.post("/registrations", json=MINE, headers=farm)
    assert "红星农场" in client.get("/thing?id=" + FARM).text

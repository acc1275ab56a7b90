"""Codes after they were issued: told as issued, opened by their address, withdrawn, on a page."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import zxingcpp
from api_given import FARM, SHOP, Client, chosen, form
from PIL import Image

from suyuan.codes import making, recognise, resolvers
from suyuan.kit import Text
from suyuan.labels import DESIGNS
from suyuan.model import Role
from suyuan.registry.types import Account, Licence, Party, Product
from suyuan.service import Config, Content, Platform, entitle, fresh_key, on_store, register
from suyuan.store import Store

Headers = dict[str, str]
GTIN = "06901234567892"
OWN = "https://t.example.com"
PESTICIDE = "10929272001"
EXCEL = {"for": "excel"}
PERSON = "11010519491231002X"


@pytest.fixture
def platform(database: Store, tmp_path: Path, papers: dict[str, str]) -> Platform:
    """One that knows its own address, where the farm may make codes of every kind."""
    config = Config(data_dir=tmp_path, resolvers=resolvers.hosts([OWN]), public=OWN)
    made = on_store(database, config)
    for kind, number in papers.items():
        entitle(made, Licence(party=FARM, kind=kind, number=number))
    register(made, [Party(uri=FARM, name=Text("红星农场", "Red Star Farm"))])
    return made


@pytest.fixture
def made(client: Client, farm: Headers) -> Callable[..., tuple[str, list[list[str]]]]:
    """A package of the farm's, and its codes: place, code, name."""

    def order(scheme: str, stem: str, count: int = 2) -> tuple[str, list[list[str]]]:
        body = {"scheme": scheme, "stem": stem, "count": count}
        number = client.post("/codes/packages", json=body, headers=farm).json()["package"]["id"]
        text = client.get(f"/codes/packages/{number}/codes", headers=farm).text
        return number, [line.split(",") for line in text.splitlines()[1:]]

    return order


Made = Callable[..., tuple[str, list[list[str]]]]


@pytest.mark.parametrize(
    ("scheme", "stem", "told"),
    [
        ("sgtin", GTIN, True),
        ("lgtin", GTIN, True),
        ("pesticide-unit", PESTICIDE, True),
        ("mv-trace", "3706000040001", False),
        ("sscc", "06901234", False),
    ],
)
def test_that_a_code_was_issued_is_told_to_whom_a_guess_would_not_tell_it(
    client: Client, farm: Headers, shop: Headers, made: Made, scheme: str, stem: str, *, told: bool
) -> None:
    number, rows = made(scheme, stem)
    code = rows[0][1]
    own = client.get("/answer", params={"id": rows[0][2]}, headers=farm).json()
    assert "Red Star Farm" in str(own["about"])
    for headers in ({}, shop):
        page = client.get("/answer", params={"id": rows[0][2]}, headers=headers).json()
        assert ("Red Star Farm" in str(page["about"])) is told
        assert number not in client.get("/identify", params={"text": code}, headers=headers).text
    assert number in client.get("/identify", params={"text": code}, headers=farm).text


def test_a_code_never_issued_is_told_as_before(client: Client, made: Made) -> None:
    _, rows = made("sgtin", GTIN)
    other = rows[0][2][:-1] + ("2" if rows[0][2][-1] != "2" else "3")
    page = client.get("/answer", params={"id": other}).json()
    assert page["verdict"]["word"]["en"] == "No public record"
    assert "Red Star" not in str(page)


def test_a_withdrawn_code_says_so_wherever_it_is_asked(
    client: Client, farm: Headers, shop: Headers, made: Made
) -> None:
    number, rows = made("sgtin", GTIN, 5)
    path = f"/codes/packages/{number}/withdrawals"
    gone = {"begin": 2, "end": 3, "reason": "spoiled on the press"}
    assert client.post(path, json=gone, headers=shop).status_code == 404
    assert client.post(path, json=gone | {"reason": " \0"}, headers=farm).status_code == 400
    assert client.post(path, json=gone | {"end": 9}, headers=farm).status_code == 400
    (told,) = client.post(path, json=gone, headers=farm).json()
    assert (told["begin"], told["end"]) == (2, 3)
    assert client.post(path, json=gone | {"begin": 3, "end": 4}, headers=farm).status_code == 409
    kept = client.get(path, headers=farm).json()
    assert [(each["begin"], each["end"], each["reason"]) for each in kept] == [
        (2, 3, "spoiled on the press")
    ]
    for place, _, name in rows:
        is_gone = place in {"2", "3"}
        said = client.post("/codes/verify", json={"code": name, "secret": "x"}).json()
        assert said["outcome"] == ("withdrawn" if is_gone else "issued")
        page = client.get(name.removeprefix("https://id.gs1.org") + "?lang=en").text
        assert ("Code withdrawn" in page) is is_gone
        assert "spoiled" not in page
        listed = client.get("/search", params={"q": name, "all": "1", "lang": "en"}).text
        assert ("Red Star Farm" in listed, "Code withdrawn on" in listed) == (True, is_gone)
    table = client.get(f"/codes/packages/{number}/codes", headers=farm)
    assert [line.split(",") for line in table.text.splitlines()[1:]] == [rows[0], *rows[3:]]
    assert table.headers["x-codes-withdrawn"] == "2"
    labels = f"/codes/packages/{number}/labels"
    assert client.post(labels, json={"begin": 3, "end": 3}, headers=farm).status_code == 409
    assert client.post(labels, json={"begin": 4, "end": 5}, headers=farm).status_code == 200


@pytest.mark.parametrize(
    ("scheme", "stem"),
    [("pesticide-unit", PESTICIDE), ("mv-trace", "3706000040001"), ("seed-unit", "A701")],
)
def test_the_address_on_a_label_opens_the_page_of_its_thing(
    client: Client, made: Made, scheme: str, stem: str
) -> None:
    _, rows = made(scheme, stem)
    page = client.get(f"/{rows[0][1]}", follow_redirects=False)
    assert page.status_code == 200
    assert rows[0][1] in page.text


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/A70199999999", "/%2F%2Fevil.example", "/1234567890", "/https:evil.example"],
)
def test_no_other_address_opens_or_leads_anywhere(client: Client, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_labels_are_printed_on_the_platforms_own_address_and_say_which(
    client: Client, farm: Headers, made: Made
) -> None:
    for scheme, stem in (("sgtin", GTIN), ("pesticide-unit", PESTICIDE)):
        number, rows = made(scheme, stem)
        drawn = client.post(f"/codes/packages/{number}/labels", json={}, headers=farm)
        assert drawn.headers["x-label-address"] == OWN
        read = client.post("/pictures", content=drawn.content).json()
        path = rows[0][2].removeprefix("https://id.gs1.org/") if scheme == "sgtin" else rows[0][1]
        assert read[0]["found"]["text"] == f"{OWN}/{path}"


def test_papers_are_entered_in_form_listed_and_withdrawn_by_the_operator_alone(
    client: Client, platform: Platform, farm: Headers, made: Made
) -> None:
    key = fresh_key(platform, Account(name="office", role=Role.ADMIN, party="urn:suyuan:party:o"))
    office = {"Authorization": f"Bearer {key}"}
    path, paper = "/codes/entitlements", {"party": SHOP, "kind": "gs1_company_prefix"}
    for number in ("69012", "690123456789", "12a", "", "123"):
        answer = client.post(path, json=paper | {"number": number}, headers=office)
        assert (answer.status_code, answer.json()["rule"]) == (400, "making.proof")
    right = paper | {"number": "6909876"}
    assert client.post(path, json=right, headers=farm).status_code == 403
    assert client.post(path, json=right, headers=office).status_code == 201
    assert "6909876" not in client.get(path, headers=farm).text
    assert "6909876" in client.get(path, headers=office, params={"party": SHOP}).text
    _, rows = made("sgtin", GTIN)
    void = {"party": FARM, "kind": "gs1_company_prefix", "number": "6901234", "reason": "mo\0ved"}
    assert client.post(f"{path}/withdrawals", json=void, headers=farm).status_code == 403
    assert client.post(f"{path}/withdrawals", json=void, headers=office).status_code == 204
    assert client.post(f"{path}/withdrawals", json=void, headers=office).status_code == 404
    order = {"scheme": "sgtin", "stem": GTIN, "count": 1}
    assert client.post("/codes/packages", json=order, headers=farm).status_code == 403
    assert client.post("/codes/verify", json={"code": rows[0][1]}).json()["outcome"] == "issued"
    (kept,) = [each for each in client.get(path, headers=farm).json() if each["withdrawn"]]
    assert kept["reason"] == "moved"
    again = void | {}
    again.pop("reason")
    assert client.post(path, json=again, headers=office).status_code == 201
    assert client.post("/codes/packages", json=order, headers=farm).status_code == 201


def test_a_table_for_excel_keeps_every_digit_and_one_for_programs_is_bare(
    client: Client, farm: Headers, made: Made
) -> None:
    number, rows = made("pesticide-unit", PESTICIDE)
    table = client.get(f"/codes/packages/{number}/codes", headers=farm, params=EXCEL).content
    assert table.startswith(b"\xef\xbb\xbf")
    head, first, *_ = table.decode("utf-8-sig").split("\r\n")
    assert head == "序号 place,编码 code,规范名 name"
    assert f'"=""{rows[0][1]}"""' in first
    assert len(rows[0][1]) == 32


@pytest.fixture
def browser(client: Client, platform: Platform) -> Client:
    """The farm signed in, as in a browser."""
    key = fresh_key(platform, Account(name="farmhand", role=Role.CAPTURER, party=FARM))
    client.post("/sign-in", data={"name": "farmhand", "password": key})
    return client


def test_a_package_is_ordered_and_taken_away_on_pages_without_script(browser: Client) -> None:
    page = browser.get("/packages?lang=en").text
    order = form(page, scheme="sgtin", stem=GTIN, count="30", note="June run")
    shown = browser.post("/packages", data=order)
    assert shown.status_code == 200
    assert "June run" in shown.text
    number = UUID(str(shown.url).rsplit("/", 1)[1])
    assert browser.post("/packages", data=order).url == shown.url  # sent twice is one order
    table = browser.get(f"/packages/{number}/codes.csv")
    assert "attachment" in table.headers["content-disposition"]
    assert len(table.text.splitlines()) == 31
    wanted = form(shown.text, design="a4-24", begin="1", end="24", heading="番茄")
    drawn = browser.post(f"/packages/{number}/labels", data=wanted)
    assert drawn.content.startswith(b"%PDF")
    gone = form(shown.text, begin="3", end="4", reason="smeared")
    assert "smeared" in browser.post(f"/packages/{number}/withdraw", data=gone).text
    kept = browser.get(f"/packages/{number}/codes.csv").text.splitlines()
    assert kept == [line for line in table.text.splitlines() if line[:2] not in {"3,", "4,"}]
    again = browser.post(f"/packages/{number}/labels", data=wanted)
    assert again.status_code == 409
    assert 'role="alert"' in again.text


def test_an_enterprise_chooses_among_stems_of_its_own_and_no_others(
    browser: Client, platform: Platform
) -> None:
    register(
        platform,
        [
            Product(class_uri=f"https://id.gs1.org/01/{GTIN}", name=Text("挂面", ""), owner=FARM),
            Product(
                class_uri="https://id.gs1.org/01/06909999999994", name=Text("别家", ""), owner=FARM
            ),
        ],
    )
    page = browser.get("/packages").text
    assert chosen(page, "own") == [
        f"sgtin:{GTIN}",
        f"lgtin:{GTIN}",
        "sscc:06901234",
        "mv-trace:3706000040001",
    ]
    assert "挂面" in page
    order = form(page, own=f"lgtin:{GTIN}", scheme="sgtin", stem="", count="2", checks="2")
    shown = browser.post("/packages", data=order | {"expected": "50000000"})
    assert shown.status_code == 200
    assert f"(01){GTIN}(10)" in shown.text
    (serial,) = re.findall(rf"\(01\){GTIN}\(10\)([0-9A-Z]+)", shown.text)
    length = making.length_for(50_000_000, making.structure("lgtin").alphabet)
    assert len(serial) == length + 2  # and two check characters


def test_a_package_is_packed_on_its_page_as_by_command(browser: Client) -> None:
    page = browser.get("/packages").text
    shown = browser.post("/packages", data=form(page, scheme="sgtin", stem=GTIN, count="25"))
    path = shown.url.path
    wrong = browser.post(f"{path}/packing", data=form(shown.text, fit2="5", in2="sscc:06901234"))
    assert wrong.status_code == 400
    assert "从里往外" in wrong.text
    assert browser.get(f"{path}/packing.zip").status_code == 409
    levels = {"fit1": "10", "in1": "sscc:06901234", "fit2": "3", "in2": "sscc:06901234"}
    packed = browser.post(f"{path}/packing", data=form(shown.text, **levels))
    assert packed.status_code == 200
    answer = browser.get(f"{path}/packing.zip")
    assert answer.content == browser.get(f"{path}/packing.zip").content
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["relation.csv", "events-1.json"]
        rows = archive.read("relation.csv").decode().splitlines()[1:]
        events = json.loads(archive.read("events-1.json"))["epcisBody"]["eventList"]
    assert [row.partition(",")[0] for row in rows].count("1") == 25
    assert [row.partition(",")[0] for row in rows].count("2") == 3
    assert [len(each["childEPCs"]) for each in events] == [10, 10, 5, 3]


@pytest.mark.parametrize("content", Content)
def test_labels_of_each_content_and_file_are_taken_from_the_page(
    browser: Client, content: Content
) -> None:
    page = browser.get("/packages").text
    shown = browser.post("/packages", data=form(page, scheme="sgtin", stem=GTIN, count="1"))
    wanted = form(shown.text, design="50x30", content=content.value, base="", format="png")
    drawn = browser.post(f"{shown.url.path}/labels", data=wanted)
    with Image.open(io.BytesIO(drawn.content)) as image:
        (symbol,) = zxingcpp.read_barcodes(image)
    assert recognise(symbol.text)[0].canonical.startswith(f"https://id.gs1.org/01/{GTIN}/21/")
    assert symbol.text.startswith("(01)") == (content is Content.ELEMENTS)
    refused = browser.post(f"{shown.url.path}/labels", data=wanted | {"begin": "2", "seal": "0"})
    assert f'<option value="{content.value}" selected' in refused.text  # what was chosen is kept


def test_each_design_is_shown_small_with_its_size_and_purpose(browser: Client) -> None:
    page = browser.get("/packages").text
    shown = browser.post("/packages", data=form(page, scheme="sgtin", stem=GTIN, count="1")).text
    pictures = re.findall(r'<span class="pic"><svg viewBox="[^"]*" width="[^"]*"', shown)
    assert shown.count('type="radio" name="design"') == len(set(pictures)) == len(DESIGNS)
    for each in DESIGNS.values():
        assert each.purpose.zh in shown
        assert f"{each.width:g} × {each.height:g} 毫米" in shown


@pytest.mark.parametrize(
    "more", [{"format": "gif"}, {"content": "poem"}, {"symbols": "ean"}, {"design": "a1"}]
)
def test_a_choice_that_was_not_offered_is_refused(browser: Client, more: dict[str, str]) -> None:
    page = browser.get("/packages").text
    shown = browser.post("/packages", data=form(page, scheme="sgtin", stem=GTIN, count="1"))
    answer = browser.post(f"{shown.url.path}/labels", data=form(shown.text, design="a6") | more)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_a_persons_number_that_is_refused_stands_in_no_form_again(browser: Client) -> None:
    page = browser.get("/packages").text
    order = form(page, scheme="sgtin", stem=GTIN, count="1")
    refused = browser.post("/packages", data=order | {"note": f"张三 {PERSON}", "stem": PERSON})
    shown = browser.post("/packages", data=order)
    wanted = form(shown.text, design="a6", heading=PERSON, lines=f"电话 {PERSON}", begin=PERSON)
    labels = browser.post(f"{shown.url.path}/labels", data=wanted)
    packing = form(shown.text, fit1=PERSON)
    packed = browser.post(f"{shown.url.path}/packing", data=packing)
    for answer in (refused, labels, packed):
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert PERSON[6:14] not in answer.text


@pytest.mark.parametrize(
    "more",
    [{"stem": "123"}, {"count": "x"}, {"count": "0"}, {"stem": "06909999999994"}, {"seal": "0"}],
)
def test_a_form_that_is_wrong_comes_back_with_what_was_typed(
    browser: Client, more: dict[str, str]
) -> None:
    page = browser.get("/packages?lang=en").text
    order = form(page, scheme="sgtin", stem=GTIN, count="3", note="<b>kept</b>") | more
    answer = browser.post("/packages?lang=en", data=order)
    assert answer.status_code == (403 if "seal" in more else 400)
    assert 'role="alert"' in answer.text
    assert "&lt;b&gt;kept" in answer.text
    assert "No packages yet" in browser.get("/packages?lang=en").text


def test_without_a_session_there_is_only_the_way_to_sign_in(client: Client, made: Made) -> None:
    number, rows = made("sgtin", GTIN)
    for path in ("/packages", f"/packages/{number}", f"/packages/{number}/codes.csv"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert rows[0][1] not in answer.text
    for path in ("/packages", f"/packages/{number}/labels", f"/packages/{number}/withdraw"):
        assert client.post(path, data={"count": "1"}).status_code == 401


def test_who_is_not_signed_in_is_shown_calmly_where_to_and_comes_back(
    client: Client, farm: Headers, made: Made
) -> None:
    number, _ = made("sgtin", GTIN)
    key = farm["Authorization"].removeprefix("Bearer ")
    for path in ("/packages", f"/packages/{number}", "/scope"):
        page = client.get(f"{path}?lang=en", headers={"Accept": "text/html"})
        assert (page.status_code, "<title>Sign in" in page.text) == (401, True)
        assert 'role="alert"' not in page.text
        assert f'name="back" value="{path}"' in page.text
        form = {"name": FARM, "password": key, "back": path}
        wrong = client.post("/sign-in", data=form | {"password": "no"})
        assert 'role="alert"' in wrong.text
        assert f'value="{path}"' in wrong.text
        done = client.post("/sign-in", data=form, follow_redirects=False)
        assert (done.status_code, done.headers["location"]) == (303, path)
        client.cookies.clear()


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a//b", "/a\r\nX: y",
     "/%2f", "/8004/11010519491231002X", "/../x", "/packages?x=1", ""],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(client: Client, farm: Headers, back: str) -> None:
    key = farm["Authorization"].removeprefix("Bearer ")
    form = {"name": FARM, "password": key, "back": back}
    done = client.post("/sign-in", data=form, follow_redirects=False)
    assert done.headers["location"] == "/"


def test_a_package_withdrawn_whole_has_a_page_and_an_empty_table(
    browser: Client, farm: Headers, made: Made
) -> None:
    number, _ = made("sgtin", GTIN)
    path = f"/codes/packages/{number}/withdrawals"
    refused = browser.post(path, json={"reason": "lost"}, headers=farm)
    assert (refused.status_code, refused.json()["rule"]) == (409, "issuing.whole")
    shown = browser.get(f"/packages/{number}?lang=en").text
    unsaid = browser.post(f"/packages/{number}/withdraw", data=form(shown, reason="lost"))
    assert unsaid.status_code == 409
    assert browser.get(path, headers=farm).json() == []
    first = {"reason": "smeared", "begin": 1, "end": 1}
    assert browser.post(path, json=first, headers=farm).status_code == 201
    gone = browser.post(path, json={"reason": "lost", "whole": True}, headers=farm)
    assert [(each["begin"], each["end"]) for each in gone.json()] == [(2, 2)]
    page = browser.get(f"/packages/{number}?lang=en")
    assert page.status_code == 200
    assert "Withdrawn and not in it: 2." in page.text
    assert len(browser.get(f"/packages/{number}/codes.csv").text.splitlines()) == 1


def test_a_page_says_of_one_withdrawn_code_that_it_is_one(
    browser: Client, farm: Headers, made: Made
) -> None:
    number, _ = made("sgtin", GTIN)
    gone = {"reason": "lost", "begin": 1, "end": 1}
    path = f"/codes/packages/{number}/withdrawals"
    assert browser.post(path, json=gone, headers=farm).status_code == 201
    assert "Withdrawn and not in it: 1." in browser.get(f"/packages/{number}?lang=en").text


def test_a_count_in_full_width_digits_is_that_count(browser: Client) -> None:
    page = browser.get("/packages?lang=en").text
    shown = browser.post("/packages", data=form(page, scheme="sgtin", stem=GTIN, count="３０"))
    assert shown.status_code == 200
    assert len(browser.get(f"{shown.url.path}/codes.csv").text.splitlines()) == 31


def test_the_registered_products_of_ones_own_are_offered(
    browser: Client, platform: Platform
) -> None:
    assert f':{GTIN}"' not in browser.get("/packages").text
    register(
        platform,
        [
            Product(class_uri=f"https://id.gs1.org/01/{GTIN}", name=Text('"番茄"', ""), owner=FARM),
            Product(class_uri="urn:suyuan:class:x", name=Text("别的", "other"), owner=FARM),
            Product(class_uri="https://id.gs1.org/01/06909999999994", name=Text("他", "theirs")),
        ],
    )
    page = browser.get("/packages?lang=en").text
    offered = re.findall(r'<option value="(\w+):(\d{14})"[^>]*>([^<]*)<', page)
    assert [(scheme, stem) for scheme, stem, _ in offered] == [("sgtin", GTIN), ("lgtin", GTIN)]
    assert all("番茄" in shown for _, _, shown in offered)


def test_a_package_beyond_those_listed_has_its_page(
    browser: Client, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = made("sgtin", GTIN, 3)
    made("sgtin", GTIN, 4)
    monkeypatch.setattr("suyuan.registry.issuing._MOST_LISTED", 1)
    assert first not in browser.get("/packages").text
    assert f"/packages/{first}/codes.csv" in browser.get(f"/packages/{first}").text


def test_a_form_hints_at_every_kind_and_one_sent_back_at_its_own(browser: Client) -> None:
    page = browser.get("/packages?lang=en").text
    hints = page.partition('id="stem-hint"')[2].partition("</ul>")[0]
    assert hints.count("<li>") == len(chosen(page, "scheme")) == 6
    sent = form(page, scheme="seed-unit", stem="?", count="1")
    back = browser.post("/packages?lang=en", data=sent).text
    assert back.partition('id="stem-hint"')[2].partition("</ul>")[0].count("<li>") == 1


def test_the_way_to_sign_in_says_that_a_key_serves_as_the_password(client: Client) -> None:
    for lang, said in (("en", "enter the key"), ("zh", "口令一栏填密钥")):
        for path in ("/sign-in", "/packages"):
            assert said in client.get(path, params={"lang": lang}).text


def test_anothers_package_is_no_page(browser: Client) -> None:
    assert browser.get(f"/packages/{uuid4()}").status_code == 404


def test_the_page_of_verifying_names_the_code_that_is_meant_and_answers_for_no_two(
    client: Client, made: Made
) -> None:
    _, ((_, genuine, _), _) = made("sgtin", GTIN)
    fake = f"(01){GTIN}(21)FAKE"
    page = client.post("/verify?lang=en", data={"code": f"请核对：{genuine}。"}).text
    assert f'<dd class="code">{genuine}</dd>' in page
    for text in (f"{fake} {genuine}", f"{genuine} {fake}"):
        page = client.post("/verify?lang=en", data={"code": text}).text
        assert "More than one code" in page
        assert "Issued by" not in page
        assert client.post("/codes/verify", json={"code": text}).json()["outcome"] == "several"

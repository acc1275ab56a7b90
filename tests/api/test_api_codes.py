"""Codes over HTTP: ordered, fetched, printed, verified; nobody sees what is another's."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pypdfium2
import pytest
import zxingcpp
from api_given import FARM, SHOP, Client
from litestar.testing import TestClient
from PIL import Image

from suyuan.codes import making, resolvers
from suyuan.kit import Text
from suyuan.main import asgi
from suyuan.model import Role
from suyuan.registry.accounts import open_account
from suyuan.registry.types import Account, Licence, Party
from suyuan.service import (
    Config,
    Order,
    Platform,
    entitle,
    fresh_key,
    issue,
    on_store,
    printing,
    reading,
    register,
    who,
)
from suyuan.service.gate import Gate
from suyuan.service.guesses import PAIR
from suyuan.store import Store

Headers = dict[str, str]
GTIN = "06901234567892"
ORDER = {"scheme": "sgtin", "stem": GTIN, "count": 20}


@pytest.fixture
def platform(database: Store, tmp_path: Path) -> Platform:
    """One whose own address is on its labels."""
    hosts = resolvers.hosts(["https://t.example.com"])
    return on_store(database, Config(data_dir=tmp_path, resolvers=hosts))


@pytest.fixture(autouse=True)
def proved(platform: Platform) -> None:
    entitle(platform, Licence(party=FARM, kind="gs1_company_prefix", number="6901234"))
    entitle(platform, Licence(party=FARM, kind="mv_operator", number="3706000040001"))
    register(platform, [Party(uri=FARM, name=Text("红星农场", "Red Star Farm"))])


def ordered(client: Client, headers: Headers, **more: object) -> dict[str, object]:
    answer = client.post("/codes/packages", json=ORDER | more, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


def codes_of(client: Client, headers: Headers, package: object) -> list[list[str]]:
    answer = client.get(f"/codes/packages/{package}/codes", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return [line.split(",") for line in answer.text.splitlines()[1:]]


def test_a_package_is_ordered_fetched_printed_read_and_verified(
    client: Client, farm: Headers
) -> None:
    made = ordered(client, farm, scratch=True)
    package, secrets = made["package"], made["secrets"]
    assert isinstance(package, dict)
    assert isinstance(secrets, list)
    assert package["odds"] <= 1e-9
    rows = codes_of(client, farm, package["id"])
    assert [int(place) for place, _, _ in rows] == list(range(1, 21))
    printed = client.post(
        f"/codes/packages/{package['id']}/labels",
        json={"heading": "番茄", "base": "https://t.example.com", "begin": 3, "end": 5},
        headers=farm,
    )
    assert printed.status_code == 200, printed.text
    assert printed.headers["x-printed-before"] == "0"
    document = pypdfium2.PdfDocument(printed.content)
    texts = [
        code.text
        for page in document
        for code in zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())
    ]
    document.close()
    assert texts == [f"https://t.example.com{name.removeprefix('https://id.gs1.org')}"
                     for _, _, name in rows[2:5]]  # fmt: skip
    read = client.post("/pictures", content=printed.content).json()
    assert [each["readings"][0]["canonical"] for each in read] == [name for *_, name in rows[2:5]]
    asked = {"code": texts[0], "secret": secrets[2]}
    outcomes = [client.post("/codes/verify", json=asked).json()["outcome"] for _ in range(3)]
    assert outcomes == ["first", "again", "again"]
    other = client.post("/codes/verify", json=asked | {"secret": secrets[3]}).json()
    assert other["outcome"] == "wrong"
    assert other["times"] is None
    plain = client.post("/codes/verify", json={"code": rows[0][1]}).json()
    assert (plain["outcome"], plain["secret_expected"]) == ("issued", True)
    assert plain["issuer"] == {"zh": "红星农场", "en": "Red Star Farm"}
    assert plain["times"] is None
    (run,) = client.get(f"/codes/packages/{package['id']}/prints", headers=farm).json()
    assert (run["begin"], run["end"], run["format"]) == (3, 5, "pdf")


def test_without_a_key_nothing_is_issued_and_with_anothers_nothing_of_mine(
    client: Client, farm: Headers, shop: Headers
) -> None:
    package = ordered(client, farm)["package"]
    assert isinstance(package, dict)
    paths = [("get", f"/codes/packages/{{}}/{end}", None) for end in ("codes", "prints")] + [
        ("post", "/codes/packages/{}/labels", {})
    ]
    for method, path, body in paths:
        sent = {} if body is None else {"json": body}
        missing = path.format(uuid4())
        mine = path.format(package["id"])
        assert getattr(client, method)(mine, **sent).status_code == 401
        theirs = getattr(client, method)(mine, **sent, headers=shop)
        none = getattr(client, method)(missing, **sent, headers=shop)
        assert theirs.status_code == none.status_code == 404
        hide = {"request"}
        said, other = ({k: v for k, v in a.json().items() if k not in hide} for a in (theirs, none))
        assert said == other
    assert client.post("/codes/packages", json=ORDER).status_code == 401
    assert client.get("/codes/packages").status_code == 401
    assert client.get("/codes/packages", headers=shop).json() == []
    refused = client.post("/codes/packages", json=ORDER, headers=shop)
    assert (refused.status_code, refused.json()["rule"]) == (403, "issuing.not-yours")
    wanted = making.stem_wanted(making.structure("sgtin"))
    assert (wanted.zh in refused.text, wanted.en in refused.text) == (True, True)


def test_two_worlds_with_and_without_a_neighbours_packages_answer_alike(
    client: Client, farm: Headers, shop: Headers, platform: Platform
) -> None:
    """What a stranger and another party are told does not depend on what I have ordered."""

    def told() -> list[object]:
        entitle(platform, Licence(party=SHOP, kind="gs1_company_prefix", number="6901234"))
        answers = [
            client.post("/codes/verify", json={"code": "37060000400010000003"}),
            client.post("/codes/verify", json={"code": "(01)06901234567892(21)CCCCCCCCCCC"}),
            client.post(
                "/codes/verify", json={"code": "(01)06901234567892(21)CCCCCCCCCCC", "secret": "x"}
            ),
            client.get("/codes/packages", headers=shop),
        ]
        return [answer.json() for answer in answers]

    before = told()
    ordered(client, farm, scratch=True)
    ordered(client, farm, scheme="mv-trace", stem="3706000040001")
    assert told() == before


@pytest.mark.parametrize("code", ["", "\0", "\0" * 20, "😀" * 300, "%", "a" * 60_000, "1" * 32])
def test_no_text_makes_verifying_fail(client: Client, farm: Headers, code: str) -> None:
    for headers in ({}, farm):
        for secret in (None, "", "\0", "x" * 1000):
            answer = client.post(
                "/codes/verify", json={"code": code, "secret": secret}, headers=headers
            )
            assert answer.status_code == 200, answer.text
            assert answer.json()["outcome"] == "unknown"


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("hello", "不是我们认得的编码", "no code that we know"),
        ("(01)06901234567893(21)A1", "多半是抄错", "mistyped"),
        ("(01)06901234567892(21)NOBODYS", "本平台没有发过这个码", "has not issued this code"),
        ("83857930000879766660", "码上放心追溯平台", "not on this platform"),
        ("202601150012312345678901", "不能判断真假", "not on this platform"),
        ("137060200001234", "县级畜牧兽医部门", "not on this platform"),
        ("37060000400010000003", "按顺序编号", "one after another"),
        ("6901234567892", "不是单独一件商品的码", "one single package"),
        ("SC10633019702613", "食品生产许可证", "one single package"),
        ("(00)340123453111111115", "按顺序编号", "one after another"),
        ("(402)40123452223334442", "装运标识代码", "one single package"),
        ("(414)6922266443114", "全球位置码", "one single package"),
        ("(00)340123453111111116", "多半是抄错", "mistyped"),
        (
            "11010519491231002X",
            "一个人的身份证号，已遮盖",
            "a person's identity card; it was masked",
        ),
        ("110105 19491231 002x", "不是商品的追溯码", "no code of goods"),
    ],
)
def test_of_a_code_that_cannot_be_verified_no_more_is_said_than_is_known(
    client: Client, code: str, zh: str, en: str
) -> None:
    said = client.post("/codes/verify", json={"code": code}).json()
    assert said["outcome"] == "unknown"
    assert zh in said["message"]["zh"]
    assert en in said["message"]["en"]
    assert not any(word in str(said) for word in ("fake", "假冒", "仿冒", "genuine code"))
    assert "stop" not in client.post("/verify", data={"code": code}).text.split("verdict ")[1][:5]


def test_codes_of_state_bodies_are_refused_and_can_be_brought_in(
    client: Client, farm: Headers, shop: Headers
) -> None:
    for scheme in ("veterinary-trace", "drug-trace", "ear-tag"):
        answer = client.post("/codes/packages", json=ORDER | {"scheme": scheme}, headers=farm)
        assert (answer.status_code, answer.json()["rule"]) == (403, "making.state-issued")
    given = {
        "scheme": "veterinary-trace",
        "codes": ["202601150012312345678901", "202601150012312345678902"],
    }
    assert client.post("/codes/imports", json=given, headers=farm).json()["count"] == 2
    assert client.post("/codes/imports", json=given, headers=farm).status_code == 409
    asked = {"code": given["codes"][0]}
    assert client.post("/codes/verify", json=asked, headers=farm).json()["outcome"] == "brought-in"
    assert client.post("/codes/verify", json=asked, headers=shop).json()["outcome"] == "unknown"
    assert client.post("/codes/verify", json=asked).json()["outcome"] == "unknown"


def test_a_code_that_was_brought_in_says_by_whom_to_them_and_to_the_operator(
    client: Client, farm: Headers, shop: Headers, platform: Platform
) -> None:
    given = {"scheme": "ear-tag", "codes": ["137060200001000-137060200001999"]}
    batch = client.post("/codes/imports", json=given, headers=farm).json()["batch"]
    boss = {"Authorization": f"Bearer {fresh_key(platform, Account(name='b', role=Role.ADMIN))}"}
    for headers, told in ((farm, [batch]), (boss, [batch]), (shop, []), ({}, [])):
        asked = {"text": "1-370602-00001500"}
        (found,) = client.get("/identify", params=asked, headers=headers).json()
        assert [each["batch"] for each in found["brought_in"]] == told
    asked = {"q": "1-370602-00001500 1-370602-00001501", "lang": "en"}
    assert "Brought in here" not in client.get("/search", params=asked).text
    client.post("/sign-in", data={"name": "b", "password": boss["Authorization"][7:]})
    assert client.get("/search", params=asked).text.count("Brought in here: ") == 2
    assert (
        client.get("/identify", params={"text": "1-370602-00002000"}, headers=farm).json()[0][
            "brought_in"
        ]
        == []
    )


def test_a_code_without_a_layer_is_not_blamed_for_a_secret_that_it_has_not(
    client: Client, farm: Headers
) -> None:
    package = ordered(client, farm)["package"]
    assert isinstance(package, dict)
    row = codes_of(client, farm, package["id"])[0]
    said = client.post("/codes/verify", json={"code": row[1], "secret": "ABCD"}).json()
    assert (said["outcome"], said["secret_expected"]) == ("issued", False)
    assert "没有涂层" in said["message"]["zh"]
    assert "no secret" in said["message"]["en"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 0}, {"count": 10**9}, {"count": "x"}, {"scheme": "x"}, {"stem": ""},
        {"checks": 9}, {"checks": -1}, {"expected": -1}, {"stem": "\0" * 13},
        {"scratch": True, "count": 200_000},
        {"scheme": "mv-trace", "stem": "3706000040001", "checks": 2},
    ],
)  # fmt: skip
def test_an_order_out_of_bounds_is_refused_in_both_languages(
    client: Client, farm: Headers, wrong: dict[str, object]
) -> None:
    answer = client.post("/codes/packages", json=ORDER | wrong, headers=farm)
    assert answer.status_code in {400, 413}, answer.text
    problem = answer.json()
    assert problem["detail_zh"]
    assert problem["detail_en"]
    assert client.get("/codes/packages", headers=farm).json() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"begin": 0}, {"end": 21}, {"begin": 5, "end": 4}, {"design": "10x10"}, {"dpi": 96},
        {"base": "javascript:alert(1)"}, {"format": "exe"}, {"lines": ["长" * 2000]},
        {"symbols": ["qr", "datamatrix"]}, {"format": "zpl", "design": "a4-24"},
    ],
)  # fmt: skip
def test_a_print_that_cannot_be_is_refused_and_not_kept(
    client: Client, farm: Headers, wrong: dict[str, object]
) -> None:
    package = ordered(client, farm)["package"]
    assert isinstance(package, dict)
    path = f"/codes/packages/{package['id']}"
    answer = client.post(f"{path}/labels", json=wrong, headers=farm)
    assert answer.status_code == 400, answer.text
    assert client.get(f"{path}/prints", headers=farm).json() == []


def test_several_pictures_come_as_one_file_and_a_second_printing_is_said(
    client: Client, farm: Headers
) -> None:
    package = ordered(client, farm)["package"]
    assert isinstance(package, dict)
    path = f"/codes/packages/{package['id']}/labels"
    first = client.post(path, json={"format": "png", "end": 3}, headers=farm)
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        assert len(archive.namelist()) == 3
        for name in archive.namelist():
            assert len(zxingcpp.read_barcodes(Image.open(archive.open(name)))) == 1
    again = client.post(path, json={"format": "svg", "begin": 3, "end": 3}, headers=farm)
    assert again.headers["content-type"].startswith("image/svg+xml")
    assert again.headers["x-printed-before"] == "1"
    assert UUID(again.headers["x-print-run"])
    apart = client.post(path, json={"begin": 10, "end": 11}, headers=farm)
    assert apart.headers["x-printed-before"] == "0"


def test_what_is_no_picture_is_a_problem_and_a_large_one_is_not_read(client: Client) -> None:
    for content, status in ((b"", 400), (b"no picture", 415), (b"\x89PNG" + bytes(17 << 20), 413)):
        answer = client.post("/pictures", content=content)
        assert answer.status_code == status, answer.text
        assert answer.json()["detail_zh"] != answer.json()["detail_en"]


def test_pages_for_photo_and_verification_work_without_script(
    client: Client, farm: Headers
) -> None:
    made = ordered(client, farm, scratch=True, count=2)
    package, secrets = made["package"], made["secrets"]
    assert isinstance(package, dict)
    assert isinstance(secrets, list)
    labels = client.post(f"/codes/packages/{package['id']}/labels", json={}, headers=farm)
    page = client.post("/read", files={"picture": ("p.pdf", labels.content, "application/pdf")})
    assert page.status_code == 200
    rows = codes_of(client, farm, package["id"])
    for _, _, name in rows:
        assert name.removeprefix("https://id.gs1.org") in page.text
    blank = io.BytesIO()
    Image.new("L", (200, 200), 255).save(blank, "PNG")
    nothing = client.post("/read?lang=en", files={"picture": ("p.png", blank.getvalue())})
    assert "No code was read" in nothing.text
    for bad, status in (
        ({"picture": ("x.txt", b"text")}, 415),
        ({"picture": ("x.png", b"")}, 400),
        ({"other": ("x", b"y")}, 400),
    ):
        answer = client.post("/read?lang=en", files=bad)
        assert answer.status_code == status
        assert 'role="alert"' in answer.text
    form = {"code": rows[0][1], "secret": secrets[0]}
    assert "First verification" in client.post("/verify?lang=en", data=form).text
    assert "Verified before" in client.post("/verify?lang=en", data=form).text
    assert (
        "Cannot be verified here" in client.post("/verify?lang=en", data={"code": "<b>x</b>"}).text
    )
    asking = client.get(f"/verify?code={rows[1][1]}")
    assert rows[1][1] in asking.text
    again = client.post("/codes/verify", json={"code": rows[1][1], "secret": secrets[1]}).json()
    assert again["outcome"] == "first"  # the page that asks has verified nothing


POSTS = {
    "/codes/packages": (ORDER, 201),
    f"/codes/packages/{UUID(int=1)}/labels": ({}, 404),
    "/codes/imports": ({"scheme": "ear-tag", "codes": ["137060200001000"]}, 201),
    "/codes/verify": ({"code": "x"}, 200),
}
"""What is sent, and how it is answered from a page of ours."""


@pytest.mark.parametrize("path", POSTS)
def test_no_form_and_no_page_of_another_site_orders_anything(
    client: Client, farm: Headers, path: str
) -> None:
    said, status = POSTS[path]
    body = json.dumps(said)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        sent = client.post(path, content=body, headers=farm | {"Content-Type": kind})
        assert (sent.status_code, sent.json()["rule"]) == (415, "http.content-type")
    foreign = {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"}
    sent = client.post(path, content=body, headers=farm | foreign)
    assert (sent.status_code, sent.json()["rule"]) == (403, "http.cross-site")
    own = foreign | {"Sec-Fetch-Site": "same-origin"}
    assert client.post(path, content=body, headers=farm | own).status_code == status
    if path != "/codes/packages":
        assert client.get("/codes/packages", headers=farm).json() == []


def test_a_field_that_nobody_knows_is_refused_by_name(client: Client, farm: Headers) -> None:
    sent = client.post("/codes/packages", json=ORDER | {"scrach": True}, headers=farm)
    assert (sent.status_code, sent.json()["rule"]) == (400, "http.unknown-field")
    assert sent.json()["place"] == "scrach"
    assert "scrach" in sent.json()["detail_en"]
    assert "scrach" in sent.json()["detail_zh"]
    assert client.get("/codes/packages", headers=farm).json() == []
    package = ordered(client, farm)["package"]
    assert isinstance(package, dict)
    path = f"/codes/packages/{package['id']}"
    sent = client.post(f"{path}/labels", json={"ende": 3}, headers=farm)
    assert (sent.status_code, sent.json()["place"]) == (400, "ende")
    assert client.get(f"{path}/prints", headers=farm).json() == []


def test_guessing_at_the_codes_slows_the_thief_and_not_the_owner(platform: Platform) -> None:
    mill = Account(name="mill", role=Role.CAPTURER, party="urn:suyuan:party:mill")
    right = "correct horse battery staple"
    with platform.store.write() as conn:
        open_account(conn, mill, draw=platform.draw, password=right)
    app = asgi(platform)

    def asked(address: str, password: str) -> int:
        async def from_there(scope: Any, receive: Any, send: Any) -> None:
            await app(scope | {"client": (address, 1)}, receive, send)

        with TestClient(from_there) as client:
            return client.get("/codes/packages", auth=("mill", password)).status_code

    thief = [asked("198.51.100.9", "wrong") for _ in range(PAIR.free + 1)]
    assert thief == [401] * PAIR.free + [429]
    assert asked("203.0.113.5", right) == 200


def test_two_parties_imports_do_not_tell_of_each_other(
    client: Client, farm: Headers, shop: Headers
) -> None:
    given = {"scheme": "ear-tag", "codes": ["137060200001000-137060200001999"]}

    assert client.post("/codes/imports", json=given, headers=shop).status_code == 201
    taken = client.post("/codes/imports", json=given, headers=farm)
    assert (taken.status_code, taken.json()["count"]) == (201, 1000)
    said = client.post("/codes/verify", json={"code": "137060200001500"}, headers=farm).json()
    assert said["message"]["en"] == "You brought this code in."
    assert SHOP not in taken.text + str(said)


def test_the_description_names_every_status_that_an_order_can_get(client: Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("/codes/packages", "/codes/imports", "/codes/packages/{number}/labels"):
        assert {"413", "415", "429", "503"} <= paths[path]["post"]["responses"].keys()


def test_an_order_sent_again_with_its_key_gets_the_package_that_it_got(
    client: Client, farm: Headers, platform: Platform
) -> None:
    keyed = farm | {"Idempotency-Key": "order-7"}
    first = client.post("/codes/packages", json=ORDER | {"scratch": True}, headers=keyed)
    again = client.post("/codes/packages", json=ORDER | {"scratch": True}, headers=keyed)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"secrets": [], "repeated": True}
    other = client.post("/codes/packages", json=ORDER, headers=keyed)
    assert (other.status_code, other.json()["rule"]) == (409, "issuing.key-used")
    assert len(client.get("/codes/packages", headers=farm).json()) == 1
    wrong = client.post("/codes/packages", json=ORDER, headers=farm | {"Idempotency-Key": " "})
    assert (wrong.status_code, wrong.json()["rule"]) == (400, "http.idempotency-key")
    entitle(platform, Licence(party=SHOP, kind="gs1_company_prefix", number="6901234"))
    key = fresh_key(platform, Account(name="shop", role=Role.CAPTURER, party=SHOP))
    theirs = {"Authorization": f"Bearer {key}", "Idempotency-Key": "order-7"}
    assert client.post("/codes/packages", json=ORDER, headers=theirs).status_code == 201


def test_an_order_sent_many_times_at_once_is_taken_once(
    client: Client, farm: Headers, platform: Platform
) -> None:
    capturer = who(platform, farm["Authorization"], address="").capturer
    assert capturer is not None
    order = Order(scheme="sgtin", stem=GTIN, count=5, scratch=True)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: issue(platform, order, capturer, "k"), range(12)))
    assert len({each.package.id for each in made}) == 1
    assert sorted(len(each.secrets) for each in made) == [0] * 11 + [5]
    assert len(client.get("/codes/packages", headers=farm).json()) == 1


def test_while_others_are_served_one_more_is_told_when_to_come_and_pages_are_answered(
    client: Client, farm: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ordered(client, farm)
    package = made["package"]
    assert isinstance(package, dict)
    busy = Text("正忙，请稍后再试。", "Busy; try again in a while.")
    gates = {kind: Gate(kind, busy, at_once=1, waiting=0) for kind in ("picture", "label")}
    monkeypatch.setattr(reading, "_QUICK", gates["picture"])
    monkeypatch.setattr(printing, "_GATE", gates["label"])
    labels = f"/codes/packages/{package['id']}/labels"
    with gates["picture"].through(), gates["label"].through():
        answers = {
            "picture": client.post("/pictures", content=b"x"),
            "label": client.post(labels, json={"end": 1}, headers=farm),
        }
        page = client.post("/read?lang=en", files={"picture": ("p.png", b"x")})
        assert client.get("/verify").status_code == 200
    for kind, answer in answers.items():
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        problem = answer.json()
        assert problem["rule"] == f"{kind}.busy"
        assert (problem["detail_zh"], problem["detail_en"]) == (busy.zh, busy.en)
    assert (page.status_code, page.headers["retry-after"]) == (503, "10")
    assert busy.en in page.text
    assert client.post(labels, json={"end": 1}, headers=farm).status_code == 200
    described = client.get("/openapi.json").json()["paths"]
    for path in ("/pictures", "/codes/packages/{number}/labels"):
        assert {"413", "503"} <= set(described[path]["post"]["responses"])

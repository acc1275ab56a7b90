"""Credit decisions over HTTP and on their page: who decides, who sees what, without script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from api_given import FARM, SHOP, Client, Json

from suyuan.kit import Text
from suyuan.model import Role
from suyuan.registry.types import Account, Licence, Party
from suyuan.service import Platform, fresh_key, register

Headers = dict[str, str]
HTML = {"Accept": "text/html"}
PERSON = "11010519491231002X"
GRADE: Json = {
    "party": FARM, "kind": "risk_grade", "grade": "b", "ground": "年度评定 <b>",
    "document": "杭市监〔2026〕3号", "authority": "市场监管局", "decided_on": "2026-01-10",
}  # fmt: skip
FOUND = GRADE | {"kind": "violation", "grade": ""}
LISTED = GRADE | {"kind": "serious_list", "grade": "", "valid_to": "2026-02-01"}
INNER = GRADE | {"kind": "credit_class", "grade": "D"}


@pytest.fixture(autouse=True)
def _registered(platform: Platform) -> None:
    farm = Party(uri=FARM, name=Text("红星农场", "Red Star"), division="330106")
    shop = Party(uri=SHOP, name=Text("小店", "Shop"), division="110105")
    register(platform, [farm, shop, Licence(party=FARM, kind="seed_licence", number="X-1")])


@pytest.fixture
def key(platform: Platform) -> Callable[..., Headers]:
    def made(name: str, **who: Any) -> Headers:
        return {"Authorization": f"Bearer {fresh_key(platform, Account(name=name, **who))}"}

    return made


@pytest.fixture
def office(key: Callable[..., Headers]) -> Headers:
    return key("office", role=Role.REGULATOR, areas=("330100",))


@pytest.fixture
def admin(key: Callable[..., Headers]) -> Headers:
    return key("admin", role=Role.ADMIN)


def enter(client: Client, headers: Headers, body: Json = GRADE) -> int:
    made = client.post("/credit/decisions", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return int(made.json()["number"])


def numbers(client: Client, headers: Headers, **asked: str) -> list[int]:
    found = client.get("/credit", params={"party": FARM} | asked, headers=headers)
    assert found.status_code == 200, found.text
    return [each["number"] for each in found.json()["decisions"]]


def test_everybody_sees_what_is_published_and_holds_and_the_party_all(
    client: Client, office: Headers, admin: Headers, farm: Headers, shop: Headers
) -> None:
    entered = (enter(client, office, body) for body in (FOUND, GRADE, INNER, LISTED))
    found, grade, inner, listed = entered
    for who in ({}, shop):
        assert numbers(client, who) == [found]
        assert numbers(client, who, on="2026-01-20") == [found]
        assert numbers(client, who, on="2026-01-09") == []
    for who in (farm, office, admin):
        assert numbers(client, who) == [listed, inner, grade, found]
    file = client.get("/credit", params={"party": FARM}, headers=farm).json()
    assert [each["state"] for each in file["decisions"]] == ["expired", *["holds"] * 3]
    assert [each["verified"] for each in file["decisions"]] == [False, False, True, True]
    assert file["licences"][0]["licence"]["number"] == "X-1"
    public = client.get("/credit", params={"party": FARM}).json()
    assert (public["whole"], public["licences"], public["inspections"]) == (False, [], [])


def test_a_list_is_for_accounts_each_its_own(
    client: Client, office: Headers, admin: Headers, farm: Headers, shop: Headers
) -> None:
    mine, other = enter(client, office), enter(client, admin, GRADE | {"party": SHOP})

    def listed(who: Headers, **asked: str) -> list[int]:
        found = client.get("/credit/decisions", params=asked, headers=who)
        return [each["number"] for each in found.json()["decisions"]]

    assert listed(admin) == [other, mine]
    assert listed(admin, before=str(other)) == [mine]
    assert (listed(office), listed(farm), listed(shop)) == ([mine], [mine], [other])
    assert listed(farm, party=SHOP) == []
    assert listed(admin, party=FARM, on="2026-01-09") == []
    assert client.get("/credit/decisions").status_code == 401


def test_a_decision_is_withdrawn_once_and_stays_on_file(
    client: Client, office: Headers, farm: Headers, key: Callable[..., Headers]
) -> None:
    number = enter(client, office, FOUND)
    assert numbers(client, {}) == [number]
    body = {"number": number, "ground": "已整改", "way": "repaired"}
    peking = key("peking", role=Role.REGULATOR, areas=("11",))
    tried = [client.post("/credit/withdrawals", json=body, headers=who).status_code
             for who in ({}, farm, peking, office, office)]  # fmt: skip
    assert tried == [401, 403, 404, 201, 409]
    assert numbers(client, {}) == []
    (gone,) = client.get("/credit", params={"party": FARM}, headers=farm).json()["decisions"]
    assert (gone["state"], gone["withdrawal"]["ground"]) == ("withdrawn", "已整改")
    assert gone["way_name"]["en"] == "repaired"


@pytest.mark.parametrize(
    ("members", "status", "rule"),
    [
        ({"kind": "score"}, 400, "credit.kind"),
        ({"grade": ""}, 400, "credit.grade"),
        ({"ground": ""}, 400, "credit.text"),
        ({"ground": PERSON}, 400, "person.number"),
        ({"valid_to": "2026-01-09"}, 400, "credit.days"),
        ({"decided_on": "2999-01-01"}, 400, "credit.future"),
        ({"family": "toys"}, 404, "family.unknown"),
        ({"party": "nobody"}, 400, "credit.party"),
        ({"party": SHOP}, 404, "credit.party"),
        ({"party": "urn:suyuan:party:none"}, 404, "credit.party"),
    ],
)
def test_what_is_out_of_form_is_said_with_its_rule(
    client: Client, office: Headers, members: Json, status: int, rule: str
) -> None:
    answer = client.post("/credit/decisions", json=GRADE | members, headers=office)
    assert (answer.status_code, answer.json()["rule"]) == (status, rule)
    assert PERSON not in answer.text
    assert numbers(client, office) == []


def test_what_cannot_be_asked_is_said(client: Client, farm: Headers) -> None:
    for query, status in (
        ("", 400), ("party=urn:suyuan:party:none", 404), (f"party={FARM}&on=soon", 400),
        (f"party={FARM}&as_of=2026-01-01", 400), (f"party={FARM}&before=x", 400),
        ("party=%00", 400),
    ):  # fmt: skip
        assert client.get(f"/credit?{query}").status_code == status, query
    assert client.post("/credit/decisions", json=GRADE).status_code == 401
    assert client.post("/credit/decisions", json=GRADE, headers=farm).status_code == 403
    assert client.get("/credit?party=x", headers={"Authorization": "Bearer no"}).status_code == 401


def signed_in(client: Client, platform: Platform, name: str, **who: Any) -> None:
    key = fresh_key(platform, Account(name=name, **who))
    client.post("/sign-in", data={"name": name, "password": key})


def seal(page: str) -> str:
    return re.findall(r'name="seal" value="([^"]*)"', page)[0]


def test_the_page_enters_and_withdraws_without_script(client: Client, platform: Platform) -> None:
    signed_in(client, platform, "boss", role=Role.ADMIN)
    asked = {"party": FARM, "lang": "zh"}
    page = client.get("/credit", params=asked, headers=HTML).text
    assert "没有可以显示的信用决定" in page
    typed = GRADE | {"seal": seal(page), "grade": "B", "valid_from": "", "valid_to": ""}
    done = client.post("/credit/decide", data=typed, headers=HTML, follow_redirects=False)
    assert (done.status_code, done.headers["location"][:8]) == (303, "/credit?")
    page = client.get("/credit", params=asked, headers=HTML).text
    shown = re.sub(r"<[^>]+>", "", page)
    for words in ("红星农场", "食品生产经营风险等级", "年度评定 &lt;b&gt;", "市场监管局", "X-1"):
        assert words in shown
    number = re.findall(r'name="number" value="(\d+)"', page)[0]
    gone = {"seal": seal(page), "party": FARM, "number": number, "way": "revoked"}
    refused = client.post("/credit/withdraw", data=gone | {"ground": " "}, headers=HTML)
    assert refused.status_code == 400
    assert 'class="error"' in refused.text
    client.post("/credit/withdraw", data=gone | {"ground": "复议撤销"}, headers=HTML)
    page = client.get("/credit", params=asked | {"lang": "en"}, headers=HTML).text
    assert "Withdrawn" in page
    assert "复议撤销" in page
    assert 'name="number"' not in page
    listed = client.get("/credit?lang=zh", headers=HTML).text
    assert "红星农场" in listed


def test_who_may_not_withdraw_a_decision_is_not_asked_to(
    client: Client, platform: Platform, admin: Headers
) -> None:
    """An authority of one family sees the others' published decisions, and forms for its own."""
    theirs = enter(client, admin, FOUND)
    own = enter(client, admin, FOUND | {"family": "drugs"})
    signed_in(client, platform, "drugs", role=Role.REGULATOR, families=("drugs",))
    page = client.get("/credit", params={"party": FARM, "lang": "en"}, headers=HTML).text
    assert f'id="d{theirs}"' in page
    assert re.findall(r'name="number" value="(\d+)"', page) == [str(own)]
    asked = re.findall(r'<select id="family".*?</select>', page, re.DOTALL)[0]
    assert re.findall(r'<option value="([^"]*)"', asked) == ["drugs"]


def test_a_form_from_elsewhere_or_of_nobody_orders_nothing(
    client: Client, platform: Platform
) -> None:
    assert client.post("/credit/decide", data=GRADE, headers=HTML).status_code == 401
    signed_in(client, platform, "boss", role=Role.ADMIN)
    stale = client.post("/credit/decide", data=GRADE | {"seal": "x"}, headers=HTML)
    assert stale.status_code == 403
    page = client.get("/credit", params={"party": FARM}, headers=HTML).text
    wrong = GRADE | {"seal": seal(page), "ground": PERSON, "decided_on": ""}
    for day, status in (("", 400), ("soon", 400), ("2026-01-10", 400)):
        answer = client.post("/credit/decide", data=wrong | {"decided_on": day}, headers=HTML)
        assert answer.status_code == status
        assert PERSON not in answer.text
        assert GRADE["document"] in answer.text
    none = {"seal": seal(page), "party": FARM, "number": "x", "ground": "g", "way": "revoked"}
    assert client.post("/credit/withdraw", data=none, headers=HTML).status_code == 400
    assert client.get("/credit", params={"party": FARM}).json()["decisions"] == []


def test_everybody_finds_the_file_from_the_page_of_the_party(
    client: Client, platform: Platform, admin: Headers
) -> None:
    enter(client, admin, FOUND)
    enter(client, admin, GRADE)
    enter(client, admin, LISTED)
    answer = client.get("/thing", params={"id": FARM, "lang": "zh"}, headers=HTML).text
    (way,) = re.findall(r'href="(/credit\?party=[^"]+)"', answer)
    page = client.get(way, headers=HTML).text
    assert "违法行为查处" in page
    assert "食品生产经营风险等级" not in page
    assert "列入严重违法失信名单" not in page
    assert "只显示公布的、现行有效的决定" in page
    assert "登记一项信用决定" not in page
    unknown = client.get("/credit?party=urn:suyuan:party:none", headers=HTML)
    assert unknown.status_code == 404
    assert 'class="error"' in unknown.text
    signed_in(client, platform, "farmer", role=Role.CAPTURER, party=FARM)
    registry = client.get("/registry", headers=HTML).text
    assert 'href="/credit?party=' in registry
    own = client.get(way, headers=HTML).text
    assert "列入严重违法失信名单" in own
    assert "未核实" in own
    assert "登记一项信用决定" not in own

"""Contacts in a browser: by number, code or name, as far as its reader may see; days by default."""

import html
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from faces import faces_of
from suyuan.kit import Text
from suyuan.model import Role
from suyuan.registry.types import Account, Party, Site
from suyuan.service import (
    OPERATOR,
    Platform,
    contacting,
    contacts,
    follow,
    fresh_key,
    import_movements,
    local_capturer,
    register,
    today,
)
from suyuan.service.contact_ways import contacts_told
from suyuan.wire.movements import MovementMap, MovementReading, MovementsAs, holding_uri

Client = TestClient[Litestar]
PERSON = "11010519491231002X"
COLUMNS = MovementMap(
    source="source", destination="destination", date="t", thing="id", quantity="n", kind="category"
)
HTML = {"Accept": "text/html", "Accept-Language": "en"}


def moved(platform: Platform, folder: Path, rows: list[tuple[str, str, date]]) -> None:
    file = folder / "moves.csv"
    lines = [f"{source},{target},a,{day},1,Cattle" for source, target, day in rows]
    file.write_text("\n".join(["source,destination,id,t,n,category", *lines, ""]), "utf-8")
    how = MovementReading(columns=COLUMNS, reading=MovementsAs.STOCK, issuer="register")
    import_movements(platform, file, how, local_capturer(platform, None))


@pytest.fixture
def client(platform: Platform, tmp_path: Path) -> Iterator[Client]:
    """Ten farms sell to a market, which sold to a person, and he on to a butcher."""
    now = today(platform.clock)
    rows = [(f"farm{n}", "market", now - timedelta(9)) for n in range(10)]
    rows += [
        ("hatchery", "farm1", now - timedelta(12)),
        ("market", PERSON, now - timedelta(8)),
        (PERSON, "butcher", now - timedelta(2)),
        ("market", "before", now - timedelta(30)),
    ]
    moved(platform, tmp_path, rows)
    named = holding_uri("register", "market")
    register(platform, [Site(uri=named, operator="urn:suyuan:party:m", name=Text("牛市", "Fair"),
                             division="411702")])  # fmt: skip
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        yield found


def signed_in(client: Client, platform: Platform) -> None:
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    client.post("/sign-in", data={"name": "boss", "password": key})


def page(client: Client, holding: str, more: str = "", lang: str = "en", status: int = 200) -> str:
    sent = HTML | {"Accept-Language": lang}
    answer = client.get(f"/contacts?root={quote(holding)}{more}", headers=sent)
    assert answer.status_code == status, answer.text
    return answer.text


def test_who_has_no_account_is_led_to_sign_in(client: Client) -> None:
    answer = client.get("/contacts", headers=HTML)
    assert answer.status_code == 401
    assert 'action="/sign-in"' in answer.text


def test_a_page_counts_both_ways_and_says_how_far_and_when(
    client: Client, platform: Platform
) -> None:
    signed_in(client, platform)
    now = today(platform.clock)
    for called in ("market", "Fair", "fair", holding_uri("register", "market")):
        text = page(client, called)
        assert "Upstream 11, downstream 2" in text, called
    assert "straight from 10, straight to 1" in text
    assert "13 reports of moves in these days looked at" in text
    assert "Fair (asked about)" in text
    assert "9 holders (direct" in text
    assert f'datetime="{now - timedelta(20)}">' in text
    assert "hatchery" in text
    assert "before" not in text
    assert "13 reports of moves in these days." in text
    assert "Some days are not known" not in text
    assert "2 moves away" in text
    assert "上游 11 家，下游 2 家" in page(client, "market", lang="zh")


def test_a_picture_unfolds_by_a_link_and_the_other_stays_as_it_is(
    client: Client, platform: Platform
) -> None:
    signed_in(client, platform)
    text = page(client, "market", "&without=hatchery")
    links = {html.unescape(each) for each in re.findall(r'href="([^"]*open_came=[^"]*)"', text)}
    (folded,) = (each for each in links if "open_went" not in each)
    assert "open_went" not in text
    assert folded.endswith("#picture_came")
    assert "without=hatchery" in folded
    assert 'id="picture_came"' in text
    part = client.get(folded, headers=HTML).text
    assert "9 holders unfolded above" in part
    assert "2 holders, the nearest first" in part, "those downstream are all listed"
    assert "Fold again" in part
    assert "If so: 1 fewer upstream" in part
    (drawn, *_) = re.findall(r"<figure.*?</figure>", part, re.DOTALL)
    assert {f"farm{n}" for n in range(10) if n != 1} <= set(re.findall(r"farm\d", drawn))


def test_a_page_says_who_is_spared_if_a_place_were_shut_and_how_probable_each_is(
    client: Client, platform: Platform
) -> None:
    signed_in(client, platform)
    text = page(client, "butcher", "&without=hatchery&risk=50%25")
    assert "If so: 1 fewer upstream, 0 fewer downstream" in text
    assert "Upstream spared: hatchery" in text
    assert "25.0 % (25.0–25.0 %)" in text
    assert "expected to be reached (exact)" in text
    assert PERSON not in text
    spared = page(client, "market", f"&without={quote(PERSON[:6])}", lang="zh", status=400)
    assert 'role="alert"' in spared
    assert "What if" in page(client, "market")
    assert "If so" not in page(client, "market")


def test_what_if_and_assumed_stays_stand_together_on_a_page_and_chances_are_refused_under_them(
    client: Client, platform: Platform
) -> None:
    signed_in(client, platform)
    asked = "&without=hatchery&hold_for=2d&ties=forbidden"
    text = page(client, "market", asked)
    assert "If so: 1 fewer upstream, 0 fewer downstream" in text
    assert "stays 2 days at least" in text
    assert ">hatchery</textarea>" in text
    assert 'value="2d"' in text
    long = page(client, "market", "&without=hatchery&hold_for=5d")
    assert "If so: 0 fewer upstream" in long, "hatchery is no contact under that stay"
    refused = page(client, "market", f"{asked}&risk=50%25", status=400)
    assert "cannot be told under an assumed stay" in refused
    assert all(f'value="{typed}"' in refused for typed in ("50%", "2d"))
    key = fresh_key(platform, Account(name="clerk", role=Role.ADMIN))
    given = {"root": "market", "risk": "0.5", "hold_for": "2d"}
    answer = client.get("/contacts", params=given, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 400
    assert "cannot be told under an assumed stay" in answer.text


def test_of_a_party_its_sites_that_moved_are_asked_and_offered(
    client: Client, platform: Platform
) -> None:
    register(platform, [Party(uri="urn:suyuan:party:m", name=Text("牛市公司", "Fair Ltd"))])
    signed_in(client, platform)
    for called in ("牛市公司", "fair ltd", "urn:suyuan:party:m"):
        text = page(client, called)
        assert "Upstream 11, downstream 2" in text, called
        assert f'<a href="/contacts?root={quote(holding_uri("register", "market"))}">' in text
    assert "counted as one" not in page(client, "market")


def test_a_persons_number_is_hidden_wherever_it_stands(client: Client, platform: Platform) -> None:
    signed_in(client, platform)
    text = page(client, "market")
    assert PERSON not in text
    assert "110105************" in text
    asked = client.get(f"/contacts?root={PERSON}", headers=HTML, follow_redirects=False)
    assert asked.status_code in {302, 303, 307}
    assert PERSON not in asked.headers["location"]


def test_days_that_are_given_are_asked_of(client: Client, platform: Platform) -> None:
    signed_in(client, platform)
    now = today(platform.clock)
    long_ago = now - timedelta(40)
    assert "before" in page(client, "market", f"&out_begin={long_ago}")
    assert "No contact in these days" in page(client, "market", f"&in_begin={now}&out_begin={now}")


def test_of_whom_nothing_is_seen_that_is_said_and_is_no_error(
    client: Client, platform: Platform
) -> None:
    key = fresh_key(platform, Account(name="it", role=Role.CAPTURER, party="urn:suyuan:party:x"))
    client.post("/sign-in", data={"name": "it", "password": key})
    for holding in ("market", "Fair", "nowhere"):
        text = page(client, holding)
        assert "no move on record" in text
        assert "farm1" not in text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("&in_begin=never", "never"),
        ("&in_begin=2026-03-02&in_end=2026-03-01", "before it begins"),
        ("&out_end=0001-01-01&out_begin=2026-01-01", "before it begins"),
    ],
)
def test_what_is_wrong_stands_over_the_form(
    client: Client, platform: Platform, more: str, said: str
) -> None:
    signed_in(client, platform)
    answer = client.get(f"/contacts?root=market{more}", headers=HTML)
    assert answer.status_code == 400
    assert said in answer.text
    assert 'value="market"' in answer.text


def test_several_of_one_name_are_told_apart_by_code(client: Client, platform: Platform) -> None:
    uris = [holding_uri("register", name) for name in ("farm1", "farm2")]
    register(platform, [Site(uri=uri, operator=f"{uri}-o", name=Text("同名", "Twin"),
                             division="411702") for uri in uris])  # fmt: skip
    signed_in(client, platform)
    answer = client.get("/contacts?root=Twin", headers=HTML)
    assert answer.status_code == 400
    assert "Several are called" in answer.text


def test_without_days_a_program_is_told_of_the_same_three_weeks(
    client: Client, platform: Platform
) -> None:
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    bearer = {"Authorization": f"Bearer {key}"}
    answer = client.get("/contacts", params={"root": "market", "distances": True}, headers=bearer)
    (found,) = answer.json()
    assert (found["inDegree"], found["ingoingContactChain"]) == (10, 11)
    assert "Accept" in answer.headers["vary"].split(",")
    told = contacts_told(platform, "market", contacting.windows(today(platform.clock)), OPERATOR)
    assert len(told.came.contacts) == found["ingoingContactChain"]
    assert {each.moves for each in told.went.contacts} == set(found["outgoingDistances"].values())


def test_three_weeks_begin_before_the_last_day_given() -> None:
    last = date(2026, 3, 21)
    days = contacting.windows(date(2026, 5, 1), in_end=last)
    assert (days.in_begin, days.in_end) == (date(2026, 3, 1), last)
    assert (days.out_begin, days.out_end) == (date(2026, 4, 11), date(2026, 5, 1))
    assert contacting.windows(date.min).in_begin == date.min


FARM, SHOP = "https://id.gs1.org/414/6901234000016", "https://id.gs1.org/414/6901234000023"
WRITTEN = ("urn:epc:id:sgln:6901234.00001.0", "(414)6901234000016", "6901234000016", FARM,
           f"{FARM}/254/0")  # fmt: skip


def sold_by_code(client: Client, platform: Platform) -> None:
    """One site sells to another and to a holding of the register, all named by their codes."""
    party = "urn:suyuan:party:x"
    key = fresh_key(platform, Account(name="it", role=Role.CAPTURER, party=party))
    ends = ("urn:epc:id:sgln:6901234.00002.0", holding_uri("register", "butcher"))
    said = {
        "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping",
        "eventTime": f"{today(platform.clock)}T00:00:00+08:00", "eventTimeZoneOffset": "+08:00",
        "suyuan:movement": "complete", "epcList": ["urn:epc:id:sgtin:6901234.056789.1"],
        "sourceList": [{"type": "possessing_party", "source": party},
                       {"type": "location", "source": WRITTEN[0]}],
    }  # fmt: skip
    events = [
        said | {"destinationList": [{"type": "possessing_party", "destination": f"{party}{n}"},
                                    {"type": "location", "destination": end}]}
        for n, end in enumerate(ends)
    ]  # fmt: skip
    context = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
               {"suyuan": "urn:suyuan:ns:1:"}]  # fmt: skip
    document = {
        "@context": context,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-01T00:00:00Z",
        "epcisBody": {"eventList": events},
    }
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    sent = client.post("/capture", content=json.dumps(document), headers=headers)
    assert sent.json()["counts"] == {"accepted": 2}
    follow(platform)


def test_a_root_is_meant_by_its_code_however_that_is_written_and_all_are_named_alike(
    client: Client, platform: Platform
) -> None:
    sold_by_code(client, platform)
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    bearer = {"Authorization": f"Bearer {key}"}
    asked = {"root": [*WRITTEN, SHOP, holding_uri("register", "butcher")], "distances": True}
    *same, shop, butcher = client.get("/contacts", params=asked, headers=bearer).json()
    for written, found in zip(WRITTEN, same, strict=True):
        assert found["root"] == FARM, written
        assert found["outgoingDistances"] == {SHOP: 1, "butcher": 1}, written
    assert (shop["root"], shop["ingoingDistances"]) == (SHOP, {FARM: 1})
    assert butcher["root"] == "butcher"
    assert butcher["ingoingDistances"].items() > {FARM: 1, "market": 2}.items()


def test_of_all_holders_each_is_called_as_where_it_is_a_contact(
    client: Client, platform: Platform
) -> None:
    sold_by_code(client, platform)
    days = contacting.windows(today(platform.clock))
    every = contacts(
        platform, None, days, OPERATOR, issuer="register", minutes=480, distances=True
    )  # fmt: skip
    named = {each.root: each for each in every}
    for name, each in named.items():
        for other, moves in (each.outgoing or {}).items():
            assert (named[other].ingoing or {})[name] == moves


def test_a_page_tells_the_certain_from_the_possible_and_who_else_may_be_one(
    client: Client, platform: Platform
) -> None:
    """Of this year's goods one left the shop some day of it, after or before others came."""
    sold_by_code(client, platform)
    year = today(platform.clock).year
    key = fresh_key(platform, Account(name="it2", role=Role.CAPTURER, party="urn:suyuan:party:x0"))
    said = {
        "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping",
        "eventTime": f"{year}-01-01T01:00:00+08:00", "eventTimeZoneOffset": "+08:00",
        "suyuan:movement": "complete", "suyuan:timePrecision": "year",
        "epcList": ["urn:epc:id:sgtin:6901234.056789.2"],
        "sourceList": [{"type": "possessing_party", "source": "urn:suyuan:party:x0"},
                       {"type": "location", "source": SHOP}],
        "destinationList": [{"type": "possessing_party", "destination": "urn:suyuan:party:y"},
                            {"type": "location", "destination": holding_uri("register", "kiosk")}],
    }  # fmt: skip
    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
                     {"suyuan": "urn:suyuan:ns:1:"}],
        "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {"eventList": [said]},
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    sent = client.post("/capture", content=json.dumps(document), headers=headers)
    assert sent.json()["counts"] == {"accepted": 1}, sent.text
    follow(platform)
    signed_in(client, platform)
    days = f"&out_begin={year}-01-01&out_end={year}-12-31"
    text = page(client, FARM, days)
    assert "downstream 2 certain and 3 possible" in text
    assert "Days are not known; these may be contacts too: " in text
    assert "kiosk" in text
    assert "of more than one day: 1" in text
    zh = page(client, FARM, days, lang="zh")
    assert "下游确定 2 家、可能 3 家" in zh
    assert "日期不确定，还可能有：" in zh
    assert "kiosk" in page(client, SHOP, days)
    assert '<span class="tag">possible</span>' in page(client, SHOP, f"&out_begin={year}-01-01")


def test_by_share_the_larger_move_more_probably_carries_it(
    client: Client, platform: Platform, tmp_path: Path
) -> None:
    """Of four animals three went one way, and a way of which nobody can compare is told."""
    now = today(platform.clock)
    file = tmp_path / "amounts.csv"
    lines = [f"barn,{target},b,{now},{n},Cattle" for target, n in (("near", 3), ("far", 1))]
    file.write_text("\n".join(["source,destination,id,t,n,category", *lines, ""]), "utf-8")
    how = MovementReading(columns=COLUMNS, reading=MovementsAs.STOCK, issuer="register")
    import_movements(platform, file, how, local_capturer(platform, None))
    follow(platform)
    key = fresh_key(platform, Account(name="asker", role=Role.ADMIN))
    asked = {"root": "barn", "risk": 0.8, "by_share": "true"}
    headers = {"Authorization": f"Bearer {key}"}
    (told,) = client.get("/contacts", params=asked, headers=headers).json()
    chances = {name: each["chance"] for name, each in told["risk"]["outgoing"]["contacts"].items()}
    assert chances == pytest.approx({"near": 0.6, "far": 0.2})
    assert (told["risk"]["byShare"], told["risk"]["unweighed"]) == (True, 0)
    (alike,) = client.get("/contacts", params=asked | {"by_share": "false"}, headers=headers).json()
    assert {each["chance"] for each in alike["risk"]["outgoing"]["contacts"].values()} == {0.8}
    bare = client.get("/contacts", params={"root": "barn", "by_share": "true"}, headers=headers)
    assert (bare.status_code, "Shares weigh" in bare.text) == (400, True)
    signed_in(client, platform)
    text = page(client, "barn", "&risk=80%25&by_share=true")
    assert "60.0 % (60.0–60.0 %)" in text
    assert "By share of amounts" in text

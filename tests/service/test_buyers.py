"""A stall that names its buyers, sells more than came, and names no place: what a recall tells."""

import csv
import io
import json
from typing import Any

import pypdfium2
import pytest
from litestar.testing import TestClient

from faces import faces_of
from suyuan.capture import Options
from suyuan.interchange import Form
from suyuan.kit import Text
from suyuan.model import Role, Viewer
from suyuan.registry import Party, Site
from suyuan.registry.types import Account
from suyuan.service import (
    OPERATOR,
    BalanceAsked,
    Platform,
    balance,
    capture,
    export,
    follow,
    fresh_key,
    local_capturer,
    recall,
    register,
)
from suyuan.trace import Direction, Question, Seed

LOT = "urn:suyuan:lot:zhao-stall:LT1128"
STALL, NURSERY = "urn:suyuan:party:zhao-stall", "urn:suyuan:party:yucai"
BUYERS = (("刘家饭馆", 20, "41010500100070000001"), ("育才幼儿园食堂", 60, ""), ("老孙面馆", 5, ""))
ASKED = Question(seeds=(Seed(thing=LOT),), direction=Direction.FORWARD)


def event(number: int, step: str, biz_step: str, kilos: float, **more: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        "action": "OBSERVE",
        "eventTime": f"2026-03-02T0{number}:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": biz_step,
        "quantityList": [{"epcClass": LOT, "quantity": kilos, "uom": "KGM"}],
        "suyuan:family": "edible-agricultural-products",
        "suyuan:step": step,
        "suyuan:productKind": "vegetable",
    } | more


def sale(number: int, name: str, kilos: float, voucher: str) -> dict[str, Any]:
    more: dict[str, Any] = {
        "sourceList": [{"type": "possessing_party", "source": STALL}],
        "suyuan:buyerName": name,
    }
    if name == "育才幼儿园食堂":
        more["destinationList"] = [{"type": "owning_party", "destination": NURSERY}]
    if voucher:
        more["suyuan:voucher"] = voucher
    return event(number, "trade", "shipping", kilos, **more)


@pytest.fixture
def sold(platform: Platform) -> Platform:
    return report(platform)


def report(platform: Platform) -> Platform:
    """A lot that came in, and its sales, as the stall reports them: no place is named."""
    entry = event(1, "wholesale_entry", "receiving", 62.5)
    entry["destinationList"] = [{"type": "possessing_party", "destination": STALL}]
    sales = [sale(number, *buyer) for number, buyer in enumerate(BUYERS, 2)]
    document = {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"suyuan": "urn:suyuan:ns:1:"},
        ],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-02T10:00:00+08:00",
        "epcisBody": {"eventList": [entry, *sales]},
    }
    capturer = local_capturer(platform, STALL)
    capture(platform, json.dumps(document).encode(), capturer, Options())
    follow(platform)
    return platform


def test_a_recall_lists_each_buyer_whom_the_seller_named(sold: Platform) -> None:
    for viewer in (OPERATOR, Viewer(role=Role.CAPTURER, party=STALL)):
        found = recall(sold, ASKED, viewer).buyers
        assert [(each.name, each.quantity, each.voucher) for each in found] == list(BUYERS)
        assert [each.party for each in found] == ["", NURSERY, ""]
        assert {each.seller for each in found} == {STALL}


def test_who_may_not_read_a_sale_is_told_no_buyer(sold: Platform) -> None:
    for party in ("urn:suyuan:party:stranger", None):
        assert not recall(sold, ASKED, Viewer(role=Role.CAPTURER, party=party)).buyers


def test_the_table_names_buyers_and_its_headings_are_in_both_languages(sold: Platform) -> None:
    table = export(sold, ASKED, OPERATOR, Form.CSV, recall=True).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert all(
        any(letter >= "一" for letter in head) and any("a" <= letter <= "z" for letter in head)
        for head in rows[0]
    )
    named = [row for row in rows if row["仅卖方所报，卖方 by the word of"]]
    told = [(row["名称 name"], row["收到涉及 came touched"]) for row in named]
    assert told == [(name, str(kilos)) for name, kilos, _ in BUYERS]
    assert [row["确定 certain"] for row in named] == ["false"] * 3


def test_the_report_names_buyers(sold: Platform) -> None:
    made = export(sold, ASKED, OPERATOR, Form.PDF, recall=True).content
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made))
    assert all(name in text for name, *_ in BUYERS)


def test_selling_more_than_came_contradicts_itself_though_no_place_is_named(
    sold: Platform,
) -> None:
    for viewer in (OPERATOR, Viewer(role=Role.CAPTURER, party=STALL)):
        (account,) = balance(sold, BalanceAsked(things=(LOT,)), viewer).statements
        assert account.contradiction is not None
        assert str(account.missing) == "22.5"
        assert account.pool.party == STALL


def test_who_sold_more_than_came_is_not_said_to_have_any_left(sold: Platform) -> None:
    (line,) = [each for each in recall(sold, ASKED, OPERATOR).lines if each.party == STALL]
    assert (line.came.touched, line.sent.touched, line.stock.touched) == (62.5, 85, 0)


def test_who_sees_little_is_told_that_this_is_not_all(sold: Platform) -> None:
    office = Viewer(role=Role.CAPTURER, party="urn:suyuan:party:chengxi-market")
    regional = Viewer(role=Role.REGULATOR, areas=("410000",))
    for viewer in (office, regional, Viewer(role=Role.CAPTURER, party=STALL)):
        said = recall(sold, ASKED, viewer).completeness.summary
        assert said.zh.startswith("您能看到的记录里")
        assert "，没有断点" not in said.zh
        assert "that you may see" in said.en.partition(".")[0]
    assert "您能看到" not in recall(sold, ASKED, OPERATOR).completeness.summary.zh


def stall_in(division: str, *, sites: int = 1, roles: tuple[str, ...] = ()) -> list[Party | Site]:
    name = Text("赵记", "Zhao's")
    party = Party(uri=STALL, name=name, roles=roles)
    places = (f"urn:suyuan:site:zhao-{n}" for n in range(sites))
    return [
        party,
        *(Site(uri=uri, operator=STALL, name=name, division=division) for uri in places),
    ]


def seen_from(platform: Platform, area: str) -> int:
    return recall(platform, ASKED, Viewer(role=Role.REGULATOR, areas=(area,))).cost.facts


def test_a_regulator_sees_reports_of_its_area_that_name_no_place(platform: Platform) -> None:
    register(platform, stall_in("410105"))
    report(platform)
    assert seen_from(platform, "410000") == seen_from(platform, "410100") == 4
    assert seen_from(platform, "330000") == 0


@pytest.mark.parametrize(("sites", "roles"), [(2, ()), (0, ()), (1, ("platform",))])
def test_no_place_is_guessed_for_who_has_several_or_reports_for_others(
    platform: Platform, sites: int, roles: tuple[str, ...]
) -> None:
    register(platform, stall_in("410105", sites=sites, roles=roles))
    report(platform)
    assert seen_from(platform, "410000") == 0


def test_the_page_names_each_buyer_unconfirmed_and_repeats_no_warning(sold: Platform) -> None:
    key = fresh_key(sold, Account(name="stall", role=Role.CAPTURER, party=STALL))
    with TestClient(faces_of(sold), raise_server_exceptions=False) as client:
        client.post("/sign-in", data={"name": "stall", "password": key})
        page = client.get(
            "/scope", params={"thing": LOT, "lang": "zh"}, headers={"Accept": "text/html"}
        ).text
    for name, kilos, voucher in BUYERS:
        assert name in page
        assert f"{kilos} 千克" in page
        assert voucher in page
    assert page.count("未经买方确认</span>") == len(BUYERS)
    assert "不知道是谁" not in page
    assert "没有断点" not in page

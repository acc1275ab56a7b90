"""Permits over HTTP and on the command line: who may enter them, who sees what is left."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from api_given import FARM, SHOP, Client, Json, document, event

from suyuan.kit import Text
from suyuan.model import Role
from suyuan.registry import Party, directory
from suyuan.registry.types import Account
from suyuan.service import (
    NewPermit,
    Platform,
    enter_permit,
    fresh_key,
    logged_acts,
    permit_uses,
    permits,
    publish,
    withdraw_permit,
)

Headers = dict[str, str]
KIND = "re_mining_quota"
QUOTA: Json = {
    "kind": KIND, "number": "2026-1", "holder": FARM, "amount": 100, "unit": "TNE",
    "valid_from": "2026-01-01", "valid_to": "2026-12-31",
}  # fmt: skip


@pytest.fixture
def admin(platform: Platform) -> Headers:
    key = fresh_key(platform, Account(name="admin", role=Role.ADMIN))
    return {"Authorization": f"Bearer {key}"}


def mined(number: int, mass: int) -> Json:
    """So many kilograms of oxide are mined on the quota."""
    return event(
        number, action="ADD", bizStep="commissioning", epcList=[],
        quantityList=[{"epcClass": f"urn:epc:class:lgtin:6901234.056789.{number}", "quantity": 1}],
        ilmd={"suyuan:quotaNumber": "2026-1", "suyuan:reoMass": mass},
        **{"suyuan:step": "re_mining", "suyuan:family": "rare-earths"},
    )  # fmt: skip


def left(client: Client, headers: Headers) -> list[tuple[Any, Any, Any]]:
    found = client.get("/permits", headers=headers).json()
    return [(one["used"], one["left"], one["over"]) for one in found]


def test_what_is_recorded_is_taken_and_the_holder_sees_what_is_left(
    client: Client, admin: Headers, farm: Headers
) -> None:
    made = client.post("/permits", json=QUOTA, headers=admin)
    assert made.status_code == 201, made.text
    assert (made.json()["left"], made.json()["name"]["en"]) == (100, "mining quota")
    sent = {"Content-Type": "application/ld+json", "GS1-EPCIS-Version": "2.0", **farm}
    for body in (document(mined(1, 60_000)), document(mined(2, 50_000))):
        assert client.post("/capture", content=body, headers=sent).status_code == 202
    assert left(client, farm) == [(60, 40, 50)]
    uses = client.get(f"/permits/uses?kind={KIND}&number=2026-1", headers=farm).json()
    assert [(one["amount"], one["is_covered"]) for one in uses] == [(50, False), (60, True)]


def test_others_see_nothing_of_it_and_enter_nothing(
    client: Client, admin: Headers, farm: Headers, shop: Headers
) -> None:
    assert client.post("/permits", json=QUOTA, headers=farm).status_code == 403
    assert client.post("/permits", json=QUOTA).status_code == 401
    client.post("/permits", json=QUOTA, headers=admin)
    assert left(client, shop) == []
    assert client.get("/permits", params={"party": FARM}, headers=shop).json() == []
    asked = f"/permits/uses?kind={KIND}&number=2026-1"
    assert client.get(asked, headers=shop).status_code == 404
    assert client.get("/permits").status_code == 401
    assert client.get("/permits?holder=x", headers=admin).status_code == 400
    gone = {"kind": KIND, "number": "2026-1", "reason": "r"}
    assert client.post("/permits/withdrawals", json=gone, headers=farm).status_code == 403


def test_an_authority_without_papers_of_its_own_is_told_whose_key_lists_them(
    client: Client, platform: Platform
) -> None:
    wanted = Account(name="office", role=Role.REGULATOR, families=("food",))
    office = {"Authorization": f"Bearer {fresh_key(platform, wanted)}"}
    refused = client.get("/codes/entitlements", headers=office)
    assert (refused.status_code, refused.json()["rule"]) == (403, "access.no-party")
    for path in ("/permits", f"/permits/uses?kind={KIND}&number=2026-1", "/codes/entitlements"):
        assert client.get(path).json()["rule"] == "access.sign-in"


def test_of_a_number_that_two_hold_each_sees_what_was_taken_from_its_own(
    client: Client, admin: Headers, farm: Headers, shop: Headers
) -> None:
    """Another office may have given out the same number, to somebody else."""
    client.post("/permits", json=QUOTA, headers=admin)
    other = QUOTA | {"issuer": "another office", "holder": SHOP}
    assert client.post("/permits", json=other, headers=admin).status_code == 201
    sent = {"Content-Type": "application/ld+json", "GS1-EPCIS-Version": "2.0", **farm}
    assert client.post("/capture", content=document(mined(1, 60_000)), headers=sent).is_success
    asked = f"/permits/uses?kind={KIND}&number=2026-1"
    taken = {name: client.get(asked, headers=who).json()
             for name, who in (("admin", admin), ("farm", farm), ("shop", shop))}  # fmt: skip
    assert [one["amount"] for one in taken["farm"]] == [60]
    assert taken["admin"] == taken["farm"]
    assert taken["shop"] == []


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"kind": "licence to print"}, "permit.kind"),
        ({"number": " "}, "permit.name"),
        ({"number": "1\u00002"}, "permit.name"),
        ({"number": "n" * 201}, "permit.name"),
        ({"holder": "the farm"}, "permit.holder"),
        ({"holder": "urn:a\u0000"}, "permit.name"),
        ({"holder": "urn:" + "h" * 197}, "permit.name"),
        ({"issuer": "i\u0000"}, "permit.name"),
        ({"issuer": "i" * 201}, "permit.name"),
        ({"amount": 0}, "permit.amount"),
        ({"amount": -1}, "permit.amount"),
        ({"amount": 1e40}, "permit.amount"),
        ({"unit": "bag"}, "permit.unit"),
        ({"valid_to": "2025-01-01"}, "permit.days"),
    ],
)
def test_what_is_out_of_form_is_said_with_its_rule(
    client: Client, admin: Headers, members: Json, rule: str
) -> None:
    answer = client.post("/permits", json=QUOTA | members, headers=admin)
    assert (answer.status_code, answer.json()["rule"]) == (400, rule)
    assert left(client, admin) == []


def test_no_permit_has_a_name_that_no_database_can_hold(
    client: Client, admin: Headers, farm: Headers
) -> None:
    client.post("/permits", json=QUOTA, headers=admin)
    for asked in ({"number": "2026-1\0"}, {"kind": f"{KIND}\0"}, {"party": "\0"}):
        assert client.get("/permits", params=asked, headers=admin).json() == []
        if "party" not in asked:
            assert client.get("/permits", params=asked, headers=farm).json() == []
            named = {"kind": KIND, "number": "2026-1"} | asked
            uses = client.get("/permits/uses", params=named, headers=farm)
            gone = client.post("/permits/withdrawals", json=named | {"reason": "r"}, headers=admin)
            assert (uses.status_code, gone.status_code) == (404, 404)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-0", "0." + "9" * 31, "1" * 31])
def test_no_amount_that_is_none_is_entered(platform: Platform, amount: str) -> None:
    new = NewPermit(kind=KIND, number="1", holder=FARM, amount=Decimal(amount))
    with pytest.raises(Exception, match=r"above zero|大于零"):
        enter_permit(platform, new)


def test_a_withdrawn_permit_stays_on_file_and_is_withdrawn_once(
    client: Client, admin: Headers, farm: Headers
) -> None:
    client.post("/permits", json=QUOTA, headers=admin)
    gone = {"kind": KIND, "number": "2026-1", "reason": "surrendered"}
    assert client.post("/permits/withdrawals", json=gone, headers=admin).status_code == 204
    assert client.post("/permits/withdrawals", json=gone, headers=admin).status_code == 404
    (found,) = client.get("/permits", headers=farm).json()
    assert (found["withdrawn"], found["reason"]) == (True, "surrendered")


OFFICE = "urn:suyuan:party:office"
GONE: Json = {"kind": KIND, "number": "2026-1", "reason": "revoked"}


def test_the_page_shows_what_is_left_to_those_who_may_see_it_exceeded_first(
    client: Client, platform: Platform, admin: Headers, farm: Headers
) -> None:
    client.post("/permits", json=QUOTA | {"number": "2026-2"}, headers=admin)
    client.post("/permits", json=QUOTA, headers=admin)
    with platform.store.write() as conn:
        directory.register(conn, [Party(uri=FARM, name=Text("好矿", "Good Mine"))])
    sent = {"Content-Type": "application/ld+json", **farm}
    assert client.post("/capture", content=document(mined(1, 130_000)), headers=sent).is_success
    shown = {}
    for name, role, party in (
        ("boss", Role.ADMIN, None), ("farm2", Role.CAPTURER, FARM), ("shop2", Role.CAPTURER, SHOP),
    ):  # fmt: skip
        key = fresh_key(platform, Account(name=name, role=role, party=party))
        client.post("/sign-in", data={"name": name, "password": key})
        answer = client.get("/permits", headers={"Accept": "text/html"})
        assert answer.status_code == 200
        shown[name] = answer.text
    for page in (shown["boss"], shown["farm2"]):
        assert page.index("2026-1<") < page.index("2026-2<")
        assert "好矿" in page
        assert "超出：130 吨" in page
    assert "2026-1" not in shown["shop2"]
    assert "没有您能看到的许可证或配额" in shown["shop2"]


def test_only_its_issuer_withdraws_a_permit_and_that_it_did_is_logged(
    client: Client, platform: Platform, admin: Headers, key_of: Callable[[str], Headers]
) -> None:
    """Of two offices that gave out one number, each withdraws its own."""
    client.post("/permits", json=QUOTA | {"issuer": OFFICE}, headers=admin)
    client.post("/permits", json=QUOTA | {"issuer": "another office"}, headers=admin)
    office, gone = key_of(OFFICE), GONE | {"issuer": OFFICE}
    for who in (admin, key_of(FARM), key_of(SHOP)):
        refused = client.post("/permits/withdrawals", json=gone, headers=who)
        assert (refused.status_code, refused.json()["rule"]) == (403, "permit.not-issuer")
    for other in ("another office", ""):
        sent = {"json": GONE | {"issuer": other}, "headers": office}
        assert client.post("/permits/withdrawals", **sent).status_code == 403
    assert not any(one.withdrawn for one in permits(platform))
    assert client.post("/permits/withdrawals", json=gone, headers=office).status_code == 204
    assert {one.issuer: one.withdrawn for one in permits(platform)} == {
        OFFICE: True, "another office": False,
    }  # fmt: skip
    publish(platform)
    (act,) = logged_acts(platform, "permit.withdrawn")
    said = json.loads(act.said)
    assert (said["issuer"], said["reason"]) == (OFFICE, "revoked")
    named = GONE | {"issuer": "another office"}
    assert client.post("/permits/withdrawals", json=named, headers=admin).status_code == 204


def test_holder_issuer_and_the_authorities_of_area_and_family_see_a_balance_and_nobody_else(
    client: Client, platform: Platform, admin: Headers, key_of: Callable[[str], Headers]
) -> None:
    with platform.store.write() as conn:
        farm = Party(uri=FARM, name=Text("场", "farm"), division="411702")
        directory.register(conn, [farm])
    client.post("/permits", json=QUOTA | {"issuer": OFFICE}, headers=admin)

    def office(**scope: tuple[str, ...]) -> Headers:
        name = json.dumps(scope)
        key = fresh_key(platform, Account(name=name, role=Role.REGULATOR, **scope))
        return {"Authorization": f"Bearer {key}"}

    rare, oil = ("rare-earths",), ("food",)
    seeing = [
        admin, key_of(FARM), key_of(OFFICE), office(areas=("4117",)), office(areas=("410000",)),
        office(families=rare), office(areas=("41",), families=rare),
    ]  # fmt: skip
    blind = [
        key_of(SHOP), office(areas=("42",)), office(families=oil),
        office(areas=("42",), families=rare), office(areas=("41",), families=oil),
    ]  # fmt: skip
    assert [left(client, who) for who in seeing] == [[(0, 100, 0)]] * len(seeing)
    assert [left(client, who) for who in blind] == [[]] * len(blind)
    asked = f"/permits/uses?kind={KIND}&number=2026-1"
    assert {client.get(asked, headers=who).status_code for who in seeing} == {200}
    assert {client.get(asked, headers=who).status_code for who in blind} == {404}
    sent = {"json": GONE | {"issuer": OFFICE}, "headers": office(areas=("41",))}
    assert client.post("/permits/withdrawals", **sent).status_code == 403


def test_a_permit_is_known_to_the_rules_that_ask_for_documents(
    platform: Platform, key_of: Callable[[str], Headers], client: Client
) -> None:
    new = NewPermit(
        kind="explosives_purchase_permit", number="GM-1", holder=SHOP, amount=Decimal(5)
    )
    enter_permit(platform, new)
    withdraw_permit(platform, new.kind, new.number, "r")
    sale = event(1, **{"suyuan:permitNumber": "GM-1", "suyuan:step": "explosives_sale",
                       "suyuan:family": "dangerous-goods"})  # fmt: skip
    sent = {"Content-Type": "application/ld+json", **key_of(FARM)}
    answer = client.post("/capture", content=document(sale), headers=sent)
    job = client.get(answer.headers["location"], headers=sent)
    assert "explosives.trade.permit-kind" in json.dumps(job.json())
    assert permits(platform)[0].withdrawn
    assert permit_uses(platform, new.kind, new.number) == []

"""The log over HTTP as an outsider reads it, and receipts as their holders get them."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pypdfium2 as pdfium
import pytest
from api_given import AT, FARM, SHOP, Client, document, event
from msgspec.structs import replace

from suyuan import ledger
from suyuan.kit import Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.model import Role
from suyuan.registry.types import Account, Document, Licence, Party, Product, Site
from suyuan.service import (
    Decision,
    NewPermit,
    Platform,
    audit,
    crediting,
    disentitle,
    doers,
    enter_permit,
    entitle,
    erase,
    examine,
    fresh_key,
    log_keys,
    log_of,
    logged_acts,
    publish,
    read,
    register,
    rotate_key,
    withdraw_permit,
)
from suyuan.tlog import standalone
from suyuan.tlog.artefact import Proven, Trust, verify_file, verify_mirror
from suyuan.tlog.note import parse_vkey
from suyuan.tlog.policy import trusting
from suyuan.tlog.retained import RETAINED

Headers = dict[str, str]
SALE = event(
    0,
    bizStep="shipping",
    sourceList=[{"type": "possessing_party", "source": FARM}],
    destinationList=[{"type": "possessing_party", "destination": SHOP}],
    readPoint={"id": "urn:suyuan:site:gate", "suyuan:door": "7"},
    **{"suyuan:price": "12.50"},
)


def send(client: Client, headers: Headers, *events: dict[str, Any]) -> None:
    done = client.post(
        "/capture",
        content=document(*events),
        headers=headers | {"Content-Type": "application/json"},
    )
    assert done.status_code in {200, 201, 202}, done.text


def entries(platform: Platform) -> int:
    """What the log has so far: accounts and their keys are entries too."""
    publish(platform)
    with platform.store.read() as conn:
        return ledger.head(conn).size


def proven(client: Client, receipt: bytes) -> Proven:
    keys = client.get("/log/keys").text.splitlines()
    trust = Trust(policy=trusting([parse_vkey(key) for key in keys]))
    found = verify_file(receipt, trust)
    assert f"entry {found.index} of {found.size}" in standalone.receipt(receipt, keys[:1], 2**33)
    return found


def test_an_outsider_fetches_and_verifies_the_whole_log(
    client: Client, platform: Platform, farm: Headers
) -> None:
    assert client.get("/log/checkpoint").status_code == 404
    before = entries(platform)
    send(client, farm, *(event(number) for number in range(300)))
    publish(platform)

    def read(path: str) -> bytes | None:
        found = client.get(f"/log/{path}")
        return found.content if found.status_code == 200 else None

    log = log_of(platform)
    whole = verify_mirror(read, Trust(policy=trusting(log.vkeys)))
    assert (whole.size, whole.damages) == (before + 300, ())
    tile = client.get("/log/tile/0/000")
    assert tile.headers["content-type"] == "application/octet-stream"
    assert "immutable" in tile.headers["cache-control"]
    assert client.get("/log/checkpoint").headers["content-type"].startswith("text/plain")
    assert "immutable" not in client.get("/log/checkpoint").headers["cache-control"]


def test_an_outsider_verifies_a_log_that_withholds_entries_by_what_it_signed(
    client: Client, platform: Platform, farm: Headers
) -> None:
    send(client, farm, *(event(number) for number in range(260)))
    entries(platform)
    assert client.get("/log/retention.tlog-proof").status_code == 404
    with platform.store.write() as conn:
        platform.log_act(conn, RETAINED, days=30, first=256)
    assert client.get("/log/tile/entries/000").status_code == 200, "no checkpoint has it yet"
    size = entries(platform)
    assert client.get("/log/tile/entries/000").status_code == 404
    shown = proven(client, client.get("/log/retention.tlog-proof").content)
    assert b'"first":256' in shown.fields["said"]
    asked = list[str]()

    def read(path: str) -> bytes | None:
        asked.append(path)
        found = client.get(f"/log/{path}")
        return found.content if found.status_code == 200 else None

    trust = Trust(policy=trusting([parse_vkey(key) for key in log_keys(platform)]))
    whole = verify_mirror(read, trust)
    assert (whole.damages, whole.first, whole.size) == ((), 256, size)
    unproven = verify_mirror(lambda path: None if "proof" in path else read(path), trust)
    assert {(each.path, each.code) for each in unproven.damages} == {
        ("retention", "mirror.retention-unsigned"), ("tile/entries/000", "mirror.missing")
    }  # fmt: skip
    assert asked[0] == "retention.tlog-proof", "what it says must be in each checkpoint read later"


def test_text_names_its_charset_once(client: Client, platform: Platform, farm: Headers) -> None:
    send(client, farm, SALE)
    at = entries(platform)
    for path in ("/log/checkpoint", "/log/keys", f"/entries/{at}", f"/receipts/{SALE['eventID']}"):
        found = client.get(path, headers=farm)
        assert found.status_code == 200, path
        assert found.headers["content-type"] == "text/plain; charset=utf-8", path


def test_files_that_the_published_tree_has_not_are_not_there(
    client: Client, platform: Platform, farm: Headers
) -> None:
    send(client, farm, event(1), event(2))
    size = entries(platform)
    send(client, farm, event(3))
    assert client.get(f"/log/tile/entries/000.p/{size}").status_code == 200
    more = (f"entries/000.p/{size + 1}", f"0/000.p/{size + 1}")
    for path in (*more, "entries/000", "0/001.p/1", "1/000.p/1"):
        assert client.get(f"/log/tile/{path}").status_code == 404, path
    for path in ("0/0", "64/000", "0/000.p/0", "0/000.p/256", "entries/../000", "-1/000", "0"):
        assert client.get(f"/log/tile/{path}").status_code in {400, 404}, path
    assert client.post("/log/checkpoint").status_code == 405


def test_tiles_and_bundles_tell_nothing_of_events(
    client: Client, platform: Platform, farm: Headers
) -> None:
    """Two reports that differ in one word alone have entries without anything in common."""
    send(client, farm, event(1), event(1, eventID="urn:uuid:00000000-0000-4000-8000-00000000abcd"))
    publish(platform)
    bundle = client.get("/log/tile/entries/000.p/2").content
    assert len(bundle) == 2 * 67
    one, other = bundle[3:67], bundle[70:]
    assert not {one[:32], one[32:]} & {other[:32], other[32:]}


def test_a_receipt_shows_each_holder_what_it_may_see_and_proves_it_offline(
    client: Client, platform: Platform, farm: Headers, shop: Headers, stranger: Headers
) -> None:
    send(client, farm, SALE)
    early = client.get(f"/receipts/{SALE['eventID']}", headers=farm)
    assert (early.status_code, "retry-after" in early.headers) == (503, True)
    publish(platform)
    asked = f"/receipts/{SALE['eventID']}"
    own, theirs = (client.get(asked, headers=each) for each in (farm, shop))
    assert own.status_code == theirs.status_code == 200
    whole, part = proven(client, own.content), proven(client, theirs.content)
    assert (whole.index, whole.entry, whole.time) == (part.index, part.entry, part.time)
    assert set(part.fields) == {"event", "judgement", "parties", "place", "things"}
    assert set(whole.fields) - set(part.fields) == {
        "extensions urn:suyuan:ns:1:price",
        "findings",
        "readPointExtensions",
        "report",
    }
    said = json.loads(whole.fields["event"])
    assert (said["eventId"], said["bizStep"]) == (SALE["eventID"], "shipping")
    assert said["eventTime"] == f"{AT:%Y-%m-%dT%H:%M:%SZ}"
    assert json.loads(whole.fields["report"])["capturer"] == FARM
    assert json.loads(whole.fields["extensions urn:suyuan:ns:1:price"]) == "12.50"
    assert b"12.50" not in theirs.content
    for nobody in (stranger, {}):
        assert client.get(asked, headers=nobody).status_code == 404
    assert client.get("/receipts/urn:uuid:no", headers=farm).status_code == 404


def test_a_receipt_is_reduced_to_fields_that_its_holder_may_see(
    client: Client, platform: Platform, farm: Headers, shop: Headers
) -> None:
    send(client, farm, SALE)
    here = f"/entries/{entries(platform)}"
    for asked in (f"/receipts/{SALE['eventID']}", here):
        for query, names in [
            ("?fields=event,report", {"event", "report"}),
            ("?fields=event&fields=place", {"event", "place"}),
        ]:
            found = client.get(asked + query, headers=farm)
            assert found.status_code == 200, found.text
            assert set(proven(client, found.content).fields) == names
        for query, who in (
            ("?fields=event,report", shop), ("?fields=x", farm), ("?fields=", farm),
        ):  # fmt: skip
            refused = client.get(asked + query, headers=who)
            assert refused.status_code == 400
            assert "receipt.field" in refused.text
            assert "judgement" in refused.text


def test_a_receipt_of_an_event_changed_since_is_not_given(
    client: Client, platform: Platform, farm: Headers
) -> None:
    send(client, farm, SALE)
    publish(platform)
    with platform.store.write() as conn:
        conn.execute("update record.entry set verdict = 3 - verdict")
    refused = client.get(f"/receipts/{SALE['eventID']}", headers=farm)
    assert refused.status_code == 500
    assert "suyuan verify --database" in refused.text


def test_an_entry_is_proven_by_its_position_to_each_what_it_may_see(
    client: Client, platform: Platform, farm: Headers, stranger: Headers
) -> None:
    here = f"/entries/{entries(platform) + 1}"
    send(client, farm, SALE)
    publish(platform)
    own = client.get(here, headers=farm)
    assert own.content == client.get(f"/receipts/{SALE['eventID']}", headers=farm).content
    proven(client, own.content)
    for nobody in (stranger, {}):
        assert client.get(here, headers=nobody).status_code == 404
    hidden, absent = (client.get(at).json() for at in (here, "/entries/999"))
    own_words = {"instance", "request"}
    assert hidden.keys() == absent.keys()
    assert all(hidden[name] == absent[name] for name in hidden.keys() - own_words)
    for none in (0, -1, 1 << 80):
        assert client.get(f"/entries/{none}", headers=farm).status_code == 400


def test_the_page_of_a_receipt_is_shown_to_whom_its_file_is_given(
    client: Client, platform: Platform, farm: Headers, stranger: Headers
) -> None:
    page = {"accept": "text/html"}
    here = (f"/entries/{entries(platform) + 1}", f"/receipts/{SALE['eventID']}")
    send(client, farm, SALE)
    publish(platform)
    for address in here:
        shown = client.get(address, headers=farm | page)
        assert shown.status_code == 200
        assert shown.headers["content-type"].startswith("text/html")
        assert "no-store" in shown.headers["cache-control"]
        assert client.get(address, headers=stranger | page).status_code == 404
        assert client.get(address, headers=page).status_code == 404
        wrong = client.get(address, headers=page | {"Authorization": "Bearer nonsense"})
        assert wrong.status_code == 401


def test_of_a_destroyed_event_it_is_told_when_by_whom_and_what_remains(
    client: Client, platform: Platform, farm: Headers
) -> None:
    send(client, farm, SALE)
    at = entries(platform)
    decision = Decision(by="市监局", ground="个人信息保护法第四十七条")
    erase(platform, SALE["eventID"], decision)
    for headers in ({}, farm):
        found = client.get(f"/entries/{at}", headers=headers | {"accept": "application/json"})
        assert (found.status_code, found.json()["rule"]) == (410, "receipt.destroyed")
        assert all(each in found.text for each in (decision.by, decision.ground))
        assert "no-store" in found.headers.get("cache-control", "no-store")
    page = client.get(f"/entries/{at}", headers={"accept": "text/html"})
    assert page.status_code == 410
    assert all(each in page.text for each in (decision.by, decision.ground))


def test_a_receipt_on_paper_carries_itself_and_leads_to_its_entry(
    client: Client, platform: Platform, farm: Headers
) -> None:
    here = f"/entries/{entries(platform) + 1}"
    send(client, farm, SALE)
    publish(platform)
    paper = client.get(here, headers=farm | {"Accept": "application/pdf"})
    assert paper.headers["content-type"] == "application/pdf"
    with pdfium.PdfDocument(paper.content) as found:
        (file,) = (found.get_attachment(at) for at in range(found.count_attachments()))
        assert bytes(file.get_data()) == client.get(here, headers=farm).content
    (code,) = read(platform, paper.content)
    assert code.found.content.endswith(here)


@pytest.mark.usefixtures("farm")
def test_what_is_done_beside_events_is_proven_to_whom_it_concerns(
    client: Client, platform: Platform, shop: Headers
) -> None:
    """Each kind of act that there is, by a receipt, which the verifier of one file verifies."""
    new = NewPermit(kind="explosives_purchase_permit", number="GM-1", holder=FARM,
                    amount=Decimal("12.5"), valid_to=date(2027, 1, 1))  # fmt: skip
    enter_permit(platform, new)
    withdraw_permit(platform, new.kind, new.number, "作废 void")
    proof = Licence(party=FARM, kind="gs1_company_prefix", number="6901234")
    entitle(platform, proof)
    disentitle(platform, proof, "误登 wrong")
    register(platform, [Party(uri=FARM, name=Text("农场", "Farm"))])
    bad = crediting.NewDecision(party=FARM, kind="violation", ground="标签", document="D-1",
                                authority="局 Office", decided_on=date(2026, 1, 1))  # fmt: skip
    number = crediting.decide(platform, bad).number
    crediting.withdraw(platform, crediting.NewWithdrawal(number=number, ground="撤销 annulled"))
    rotate_key(platform)
    fresh_key(platform, Account(name=FARM, role=Role.CAPTURER, party=FARM), renew=True)
    publish(platform)
    done = list(logged_acts(platform))
    assert {each.kind for each in done} >= {
        "account.opened", "account.key-issued", "account.key-revoked", "permit.entered",
        "permit.withdrawn", "entitlement.entered", "entitlement.withdrawn", "log.keys",
        "credit.decided", "credit.withdrawn",
    }  # fmt: skip
    admin = fresh_key(platform, Account(name="admin", role=Role.ADMIN))
    for act in done:
        found = proven(client, receipt(client, act.position, {"Authorization": f"Bearer {admin}"}))
        assert json.loads(found.fields["act"])["kind"] == act.kind
        assert json.loads(found.fields["said"])["said"] == json.loads(act.said)
        public = client.get(f"/entries/{act.position}").status_code
        assert public == (200 if act.kind == "log.keys" else 404)
        theirs = client.get(f"/entries/{act.position}", headers=shop).status_code
        assert theirs == (200 if act.kind == "log.keys" or act.party == SHOP else 403)
    in_order = [each.kind for each in done if each.kind.startswith("permit.")]
    assert in_order == ["permit.entered", "permit.withdrawn"]
    own = next(each for each in done if each.kind == "permit.entered")
    assert json.loads(own.said)["amount"] == "12.5"
    assert own.party == FARM
    assert audit(platform) == []
    with platform.store.write() as conn:
        conn.execute("update ledger.act set"
                     " said = convert_to(replace(convert_from(said, 'UTF8'), '12.5', '99'), 'UTF8')"
                     " where kind = 'permit.entered'")  # fmt: skip
    assert [(each.code, each.position) for each in audit(platform)] == [
        ("ledger.act", own.position)
    ]
    with platform.store.write() as conn:
        conn.execute("delete from ledger.act where kind = 'permit.entered'")
    assert [(each.code, each.position) for each in audit(platform)] == [
        ("ledger.act-deleted", own.position),
        ("state.unlogged", None),
        ("registry.unlogged", None),
    ]


def test_what_is_registered_is_logged_once_each_time_it_changes_without_names_of_people(
    platform: Platform,
) -> None:
    name, contact = Text("张三肉铺", "Zhang San"), "13800000000"
    stall = Party(uri=SHOP, name=name, kind="person", roles=("shop",), division="330106",
                  contact=contact)  # fmt: skip
    site = Site(uri="urn:suyuan:site:s", operator=SHOP, name=name, valid_from=date(2026, 1, 1))
    pork = Product(class_uri="https://id.gs1.org/01/06901234567892", name=Text("肉", "Pork"))
    paper = Document(kind="quarantine", number="Q1", details={"owner": "Zhang San", "kg": 1.5})
    entered = [stall, site, pork, paper]
    moved = replace(stall, division="330108")
    renamed = replace(moved, name=Text("李四肉铺", "Li Si"))
    told = [register(platform, each) for each in (entered, entered, [moved], [renamed])]
    assert told == [4, 0, 1, 1]
    publish(platform)
    done = [each for each in logged_acts(platform) if each.kind.endswith(".registered")]
    assert [(each.kind.partition(".")[0], each.party) for each in done] == [
        ("party", SHOP), ("site", SHOP), ("product", None), ("document", None),
        ("party", SHOP), ("party", SHOP),
    ]  # fmt: skip
    said = [json.loads(each.said) for each in done]
    for word in ("Zhang", "张三", contact, "Li Si"):
        assert all(word.encode() not in each.said for each in done)
    assert said[0]["roles"] == ["shop"]
    assert (said[0]["division"], said[4]["division"]) == ("330106", "330108")
    assert said[1]["valid-from"] == "2026-01-01"
    assert said[2]["name"] == {"zh": "肉", "en": "Pork"}
    assert said[0]["sealed"] == said[4]["sealed"] != said[5]["sealed"]
    hidden = canonical_bytes({"contact": contact, "name": {"zh": name.zh, "en": name.en}})
    assert said[0]["sealed"] == platform.sealed(hidden)
    assert examine(platform).damages == ()
    for statement, place, code in (
        ("update registry.party set division = '110105' where uri = %s", SHOP, "changed"),
        ("update registry.site set name_en = 'x' where uri = %s", site.uri, "changed"),
        ("delete from registry.product where class_uri = %s", pork.class_uri, "missing"),
    ):
        with platform.store.write() as conn:
            conn.execute(statement.encode(), [place])
        found = examine(platform).damages
        assert [(each.code, each.place) for each in found] == [(f"registry.{code}", place)]
        assert register(platform, [renamed, site, pork]) == 1
        assert examine(platform).damages == ()


def test_who_did_an_act_is_told_to_the_operator_and_to_nobody_by_name(
    client: Client, platform: Platform
) -> None:
    key = fresh_key(platform, Account(name="Wang Wu", role=Role.ADMIN))
    body = {"kind": "explosives_purchase_permit", "number": "GM-1", "holder": FARM, "amount": 1}
    done = client.post("/permits", json=body, headers={"Authorization": f"Bearer {key}"})
    assert done.status_code == 201, done.text
    withdraw_permit(platform, body["kind"], body["number"], "作废 void")
    publish(platform)
    acts = {each.kind: json.loads(each.said)["by"] for each in logged_acts(platform)}
    known = doers(platform)
    assert known[acts["permit.entered"]] == "Wang Wu"
    assert known[acts["permit.withdrawn"]] == known[acts["account.opened"]]
    assert known[acts["permit.withdrawn"]] == platform.config.operator
    assert acts["permit.entered"] != acts["permit.withdrawn"]
    entered = next(each for each in logged_acts(platform) if each.kind == "permit.entered")
    assert b"Wang" not in entered.said


def receipt(client: Client, position: int, headers: Headers) -> bytes:
    found = client.get(f"/entries/{position}", headers=headers)
    assert found.status_code == 200, found.text
    return found.content

"""What acts govern follows from the log: a row that they did not make so is found and named."""

# ruff: noqa: E501, S608 -- an attack is a line of SQL, made of names of the catalogue

import json
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from logged import BODY

from suyuan import ledger
from suyuan.capture import Options
from suyuan.kit import Text
from suyuan.model import Role, Verdict
from suyuan.registry.types import Account, Document, Licence, Party, Product, Site, Target
from suyuan.service import (
    OPERATOR,
    Level,
    NewPermit,
    Order,
    Platform,
    PrintOrder,
    audit,
    bring_in,
    capture,
    crediting,
    disentitle,
    enter_permit,
    entitle,
    examine,
    fresh_key,
    governing,
    imports,
    issue,
    local_capturer,
    overriding,
    pack,
    print_labels,
    publish,
    register,
    revoke_key,
    strictness,
    switch_state_rules,
    who,
    withdraw,
    withdraw_codes,
    withdraw_permit,
)
from suyuan.service.replaying import REGISTERED
from suyuan.service.resolving import entered, withdraw_link
from suyuan.store import WriteConnection

MINE = "urn:suyuan:party:mine"
SHOP = "urn:suyuan:party:shop"
PERMIT = "explosives_purchase_permit"
TAGS = ("133010600000001", "133010600000005")
FREE = "133010600000007"
PREFIX = "6901234"
PRODUCT = "https://id.gs1.org/01/06901234567892"
SPRAYING = BODY | {
    "@context": [BODY["@context"], {"suyuan": "urn:suyuan:ns:1:"}],
    "epcisBody": {
        "eventList": [
            {
                "type": "ObjectEvent",
                "eventID": "urn:uuid:00000000-0000-4000-8000-0000000000a1",
                "action": "OBSERVE",
                "eventTime": "2026-03-01T07:30:00+08:00",
                "eventTimeZoneOffset": "+08:00",
                "bizStep": "other",
                "epcList": ["urn:epc:id:sgtin:6901234.056789.77"],
                "suyuan:family": "agricultural-inputs",
                "suyuan:step": "input_application",
                "suyuan:productKind": "pesticide",
                "suyuan:parcel": "3706020010010001",
                "suyuan:useDate": "2026-02-28",
                "suyuan:intervalDays": 7,
            }
        ]
    },
}
"""What leaves a day known of a parcel."""


def link(platform: Platform, title: str, number: int) -> UUID:
    """A default link of the product, which ends the one before."""
    target = Target(
        id=UUID(int=number), party=MINE, key=PRODUCT, link_type="gs1:pip",
        href="https://a.example/p", title=title, is_default=True, made_at=platform.clock(),
    )  # fmt: skip
    return entered(platform, target, local_capturer(platform, MINE)).id


def accounts(platform: Platform) -> None:
    """Three accounts; of one the first key was renewed, of another the key was revoked."""
    fresh_key(platform, Account(name="mine", role=Role.CAPTURER, party=MINE))
    fresh_key(platform, Account(name="mine", role=Role.CAPTURER, party=MINE), renew=True)
    fresh_key(platform, Account(name="office", role=Role.REGULATOR, areas=("3301",)))
    fresh_key(platform, Account(name="gone", role=Role.ADMIN))
    revoke_key(platform, "gone")


def registry(platform: Platform) -> None:
    """One entry of each relation, a party of them twice."""
    mine = Party(uri=MINE, name=Text("矿", "Mine"), division="330106", contact="138")
    site = Site(uri="urn:suyuan:site:s", operator=MINE, name=Text("库", "Store"))
    moved = Site(
        uri=site.uri, operator=SHOP, name=site.name, valid_from=date(2026, 1, 1),
        valid_to=date(2026, 6, 30),
    )  # fmt: skip
    product = Product(class_uri=PRODUCT, name=Text("管", "Detonator"), owner=MINE)
    licence = Licence(
        party=MINE, kind="blasting", number="B-1", areas=("330100",), covers=("炸药",)
    )
    paper = Document(kind="quarantine", number="Q1", details={"owner": "Zhang San", "kg": 1.5})
    register(platform, [mine, site, moved, product, licence, paper])
    register(platform, [Party(uri=MINE, name=Text("矿", "Mine"), division="330108")])


def permits(platform: Platform) -> None:
    """One in force, whose amount was changed, and one of two lines that was withdrawn."""
    for number, goods, amount in (
        ("GM-1", "", "12.50"), ("GM-1", "", "700"), ("GM-2", "a", "1"), ("GM-2", "b", "2"),
    ):  # fmt: skip
        enter_permit(
            platform,
            NewPermit(
                kind=PERMIT, number=number, holder=MINE, goods=goods, amount=Decimal(amount),
                valid_to=date(2027, 1, 1) if goods != "b" else None,
            ),
        )  # fmt: skip
    withdraw_permit(platform, PERMIT, "GM-2", "作废 void")


def codes(platform: Platform) -> None:
    """Proofs, one withdrawn; a package with codes withdrawn; batches, one taken back; links."""
    paper = Licence(party=MINE, kind="gs1_company_prefix", number=PREFIX)
    other = Licence(party=SHOP, kind="gs1_company_prefix", number="6905678", issuer="GS1")
    entitle(platform, paper)
    entitle(platform, other)
    disentitle(platform, other, "passed on")
    capturer = local_capturer(platform, MINE)
    package = issue(platform, Order(scheme="sgtin", stem="6901234567892", count=10), capturer)
    print_labels(platform, package.package.id, PrintOrder(end=2), capturer)
    pack(platform, package.package.id, [Level(fit=5, stem=f"3{PREFIX}")], capturer)
    withdraw_codes(platform, package.package.id, "印坏 smeared", capturer, begin=3, end=4)
    bring_in(platform, "ear-tag", [TAGS[0]], capturer)
    withdraw(platform, bring_in(platform, "ear-tag", [TAGS[1]], capturer).batch, "wrong file")
    for lines in ([TAGS[0]], [TAGS[1]], [FREE]):
        bring_in(platform, "ear-tag", lines, local_capturer(platform, SHOP))
    link(platform, "first", 1)
    withdraw_link(platform, link(platform, "second", 2), None)
    link(platform, "third", 3)
    switch_state_rules(platform, OPERATOR, on=["packed-once", "made-first"])
    switch_state_rules(platform, OPERATOR, off=["packed-once"])
    strictness.switch_strictness(platform, OPERATOR, strict=True)


def credit(platform: Platform) -> None:
    """Two decisions about a party, of which one was taken back."""
    for ground in ("first", "second"):
        decision = crediting.decide(
            platform,
            crediting.NewDecision(
                party=MINE, kind="risk_grade", grade="A", ground=ground, document="D-1",
                authority="局 Office", authority_code="91110000600037341L", family="food",
                decided_on=date(2026, 1, 1), valid_to=date(2099, 1, 1),
            ),
        )  # fmt: skip
    crediting.withdraw(
        platform,
        crediting.NewWithdrawal(
            number=decision.number, ground="annulled", way="repaired", document="D-2",
            withdrawn_on=date(2026, 2, 1),
        ),
    )  # fmt: skip


def overrides(platform: Platform) -> None:
    """A decision by an account, of which the event had left something known."""
    capture(platform, json.dumps(SPRAYING).encode(), local_capturer(platform, SHOP), Options())
    key = fresh_key(platform, Account(name="inspector", role=Role.ADMIN))
    (event,) = SPRAYING["epcisBody"]["eventList"]
    viewer = who(platform, f"Bearer {key}", address="").viewer
    (judged,) = overriding.verdicts(platform, event["eventID"], viewer)
    other = Verdict.HELD if judged.counts is not Verdict.HELD else Verdict.ACCEPTED
    wish = overriding.Wish(to=other, ground="g", documents=("urn:a:1",), expect=judged.counts)
    overriding.override(platform, event["eventID"], wish, viewer)


@pytest.fixture
def full(platform: Platform) -> Platform:
    """An installation in which every governed table has rows."""
    accounts(platform)
    registry(platform)
    permits(platform)
    codes(platform)
    credit(platform)
    overrides(platform)
    publish(platform)
    return platform


ATTACKS = {
    "a role raised": ("registry.changed", "update registry.account set role = 'admin' where name = 'mine'"),
    "areas widened": ("registry.changed", "update registry.account set areas = '{}' where name = 'office'"),
    "families given": ("registry.changed", "update registry.account set families = '{food}' where name = 'office'"),
    "another's account": ("registry.changed", "update registry.account set party = 'urn:suyuan:party:shop' where name = 'mine'"),
    "a password set": ("registry.changed", "update registry.account set password_hash = 'x' where name = 'mine'"),
    "an account closed": ("registry.changed", "update registry.account set closed_at = now() where name = 'mine'"),
    "an account added": ("registry.unlogged", "insert into registry.account (tenant, name, role) values (1, 'x', 'admin')"),
    "an account added as the machine's own": ("registry.unlogged", "insert into registry.account (tenant, name, party, role) values (1, 'local: urn:a', 'urn:b', 'capturer')"),
    "the machine's own account raised": ("registry.unlogged", "update registry.account set role = 'admin' where name like 'local: %'"),
    "an account deleted": ("registry.missing", "delete from registry.api_key; delete from registry.account where name = 'gone'"),
    "a key added": ("registry.unlogged", "insert into registry.api_key (account, digest, label, created_at) select id, '\\x00', 'x', now() from registry.account where name = 'gone'"),
    "a key added under a label that is free": ("registry.unlogged", "insert into registry.api_key (account, digest, label, created_at) select id, '\\x00', 'main', now() from registry.account where name = 'gone'"),
    "a key un-revoked": ("registry.changed", "update registry.api_key set revoked_at = null where account = (select id from registry.account where name = 'gone')"),
    "a key revoked": ("registry.changed", "update registry.api_key set revoked_at = now() where revoked_at is null"),
    "a key replaced": ("registry.changed", "update registry.api_key set digest = '\\x00' where account = (select id from registry.account where name = 'office')"),
    "a key handed to another account": ("registry.missing", "update registry.api_key set account = (select id from registry.account where name = 'gone') where account = (select id from registry.account where name = 'office')"),
    "a key deleted": ("registry.missing", "delete from registry.api_key where account = (select id from registry.account where name = 'office')"),
    "a state rule switched off": ("registry.changed", "update registry.tenant set state_rules = '{}'"),
    "a tenant made lenient": ("registry.changed", "update registry.tenant set strict = false"),
    "a tenant added": ("registry.unlogged", "insert into registry.tenant (id, name_zh, name_en, strict) values (2, '二', 'two', true)"),
    "a quota raised": ("state.changed", "update state.permit set amount = 9999 where number = 'GM-1'"),
    "a permit's days changed": ("state.changed", "update state.permit set valid_to = null where number = 'GM-1'"),
    "a permit given to another": ("state.changed", "update state.permit set holder = 'urn:suyuan:party:shop' where number = 'GM-1'"),
    "a permit in another unit": ("state.changed", "update state.permit set unit = 'KGM' where number = 'GM-1'"),
    "a permit un-withdrawn": ("state.changed", "update state.permit set void_at = null where number = 'GM-2' and goods = 'a'"),
    "a permit withdrawn": ("state.changed", "update state.permit set void_at = now() where number = 'GM-1'"),
    "a permit added": ("state.unlogged", "insert into state.permit (tenant, kind, number, issuer, holder, goods, unit, amount, entered_at) select tenant, kind, 'GM-9', issuer, holder, goods, unit, amount, entered_at from state.permit where number = 'GM-1'"),
    "a permit deleted": ("state.missing", "delete from state.permit where number = 'GM-1'"),
    "a balance lowered": ("state.balance", "update state.permit set used = 5 where number = 'GM-1'"),
    "a debit of nothing": ("state.debit", "insert into state.debit select id, 77, '\\x00', 1, false, null from state.permit where number = 'GM-1'"),
    "a party moved": ("registry.changed", "update registry.party set division = '110105' where uri = 'urn:suyuan:party:mine'"),
    "a party renamed": ("registry.changed", "update registry.party set name_zh = '别' where uri = 'urn:suyuan:party:mine'"),
    "a party added": ("registry.unlogged", "insert into registry.party (tenant, uri, name_zh) values (1, 'urn:suyuan:party:x', '假')"),
    "a party deleted": ("registry.missing", "delete from registry.party where uri = 'urn:suyuan:party:mine'"),
    "a site handed over": ("registry.changed", "update registry.site set operator = 'urn:x' where valid_from is null"),
    "a site's end moved": ("registry.changed", "update registry.site set valid_to = null where valid_from is not null"),
    "a site added": ("registry.unlogged", "insert into registry.site (tenant, uri, operator, name_zh) values (1, 'urn:suyuan:site:x', 'urn:x', '假')"),
    "a site deleted": ("registry.missing", "delete from registry.site where valid_from is null"),
    "a product changed": ("registry.changed", "update registry.product set family = 'food'"),
    "a product added": ("registry.unlogged", "insert into registry.product (tenant, class_uri, name_zh) values (1, 'urn:x', '假')"),
    "a product deleted": ("registry.missing", "delete from registry.product"),
    "a licence prolonged": ("registry.changed", "update registry.licence set valid_to = '2099-01-01' where number = 'B-1'"),
    "a licence for everywhere": ("registry.changed", "update registry.licence set areas = '{}' where number = 'B-1'"),
    "a licence for more goods": ("registry.changed", "update registry.licence set covers = '{炸药,雷管}' where number = 'B-1'"),
    "a licence added": ("registry.unlogged", "insert into registry.licence (tenant, party, kind, number) values (1, 'urn:x', 'blasting', 'B-2')"),
    "a licence deleted": ("registry.missing", "delete from registry.licence where number = 'B-1'"),
    "a certificate made valid": ("registry.changed", "update registry.document set status = 'valid' where number = 'GM-2'"),
    "a certificate's content changed": ("registry.changed", "update registry.document set details = '{}' where number = 'Q1'"),
    "a certificate added": ("registry.unlogged", "insert into registry.document (tenant, kind, number) values (1, 'quarantine', 'Q2')"),
    "a certificate deleted": ("registry.missing", "delete from registry.document where number = 'Q1'"),
    "history rewritten": ("registry.unlogged", "update registry.registration set entry = jsonb_set(entry, '{division}', '\"110105\"') where id = 1"),
    "history deleted": ("registry.missing", "delete from registry.registration where relation = 'product'"),
    "a proof un-withdrawn": ("registry.missing", "delete from registry.entitlement_act where withdrawn"),
    "a proof changed": ("registry.changed", "update registry.entitlement_act set withdrawn = false where withdrawn"),
    "a proof added": ("registry.unlogged", "insert into registry.entitlement_act (tenant, party, kind, number, withdrawn, at) values (1, 'urn:x', 'gs1_company_prefix', '6909999', false, now())"),
    "codes un-withdrawn": ("registry.missing", "delete from registry.code_withdrawn"),
    "other codes withdrawn": ("registry.unlogged", "update registry.code_withdrawn set past = past + 1"),
    "codes withdrawn for another reason": ("registry.changed", "update registry.code_withdrawn set reason = 'x'"),
    "a package given to another": ("registry.changed", "update registry.code_package set party = 'urn:x' where party = 'urn:suyuan:party:mine'"),
    "a package made larger": ("registry.changed", "update registry.code_package set past = past + 1"),
    "a package of an earlier part": ("registry.changed", "update registry.code_package set first = first - 1"),
    "a package of another product": ("registry.changed", "update registry.code_series set stem = '06905678000000' where scheme = 'sgtin'"),
    "a package back-dated": ("registry.changed", "update registry.code_package set made_at = made_at - interval '1 day'"),
    "a package with a layer to scratch": ("registry.changed", "update registry.code_package set salt = '\\x00'"),
    "a package by another rule": ("registry.changed", "update registry.code_package set rule = 3 - rule"),
    "a package by another key": ("registry.changed", "update registry.code_package set key = 7"),
    "a package added": ("registry.unlogged", "insert into registry.code_package (id, tenant, party, account, series, first, past, made_at) select gen_random_uuid(), tenant, 'urn:x', account, series, past + 100, past + 200, made_at from registry.code_package limit 1"),
    "a packing deleted": ("registry.missing", "delete from registry.code_packing"),
    "a packing of more in each": ("registry.changed", "update registry.code_packing set fit = fit + 1"),
    "a print run deleted": ("registry.missing", "delete from registry.code_print"),
    "a print run of fewer": ("registry.changed", "update registry.code_print set past = past - 1"),
    "another file printed": ("registry.changed", "update registry.code_print set digest = '\\x00'"),
    "a print run added": ("registry.unlogged", "insert into registry.code_print select gen_random_uuid(), tenant, party, account, package, first, past, design, format, digest, at from registry.code_print"),
    "a batch given to another": ("registry.changed", "update registry.code_import set party = 'urn:x'"),
    "a batch with other codes": ("registry.changed", "update registry.code_import set first = '133010600000009', last = '133010600000009' where first = '133010600000001'"),
    "a batch listed as another's": ("registry.changed", "update registry.code_batch set party = 'urn:x'"),
    "a batch listed with fewer": ("registry.changed", "update registry.code_batch set count = count - 1"),
    "a batch listed from another code": ("registry.first", "update registry.code_batch set first = '133010600000000'"),
    "a conflict hidden": ("registry.dispute", "delete from registry.code_dispute"),
    "a conflict hidden from one side": ("registry.dispute", "delete from registry.code_dispute where batch < other"),
    "a conflict made up": ("registry.dispute", "insert into registry.code_dispute select o.batch, b.batch from registry.code_batch b, registry.code_batch o where o.first = '133010600000001' and b.first = '133010600000007'"),
    "a batch added": ("registry.unlogged", "insert into registry.code_import (batch, tenant, party, account, scheme, first, last, at) select gen_random_uuid(), tenant, party, account, scheme, '133010600000007', '133010600000007', at from registry.code_import limit 1"),
    "a batch deleted": ("registry.missing", "delete from registry.code_import where first = '133010600000001'"),
    "a batch brought back": ("registry.missing", "delete from registry.code_withdrawal"),
    "a code that is no number": ("registry.stranger", "update registry.code_import set first = '13301060000000A', last = '13301060000000A' where first = '133010600000001'"),
    "a batch taken back": ("registry.unlogged", "insert into registry.code_withdrawal select batch, 'x', now() from registry.code_import where first = '133010600000001'"),
    "a batch taken back for another reason": ("registry.changed", "update registry.code_withdrawal set reason = 'x'"),
    "a grade bettered": ("registry.changed", "update registry.credit_decision set grade = 'B'"),
    "a decision put down to another party": ("registry.changed", "update registry.credit_decision set party = 'urn:x' where ground = 'first'"),
    "a decision that ended early": ("registry.changed", "update registry.credit_decision set valid_to = '2026-01-02' where ground = 'first'"),
    "a decision of another kind": ("registry.changed", "update registry.credit_decision set kind = 'credit_class' where ground = 'first'"),
    "a decision for another reason": ("registry.changed", "update registry.credit_decision set ground = 'x' where ground = 'first'"),
    "a decision by another office": ("registry.changed", "update registry.credit_decision set authority = 'x' where ground = 'first'"),
    "a decision by another account": ("registry.changed", "update registry.credit_decision set account = (select id from registry.account where name = 'office') where ground = 'first'"),
    "a decision added": ("registry.unlogged", "insert into registry.credit_decision select number + 1000, tenant, party, 'serious_list', '', ground, document, authority, authority_code, family, decided_on, valid_from, valid_to, account, at from registry.credit_decision where ground = 'first'"),
    "a decision deleted": ("registry.missing", "delete from registry.credit_decision where ground = 'first'"),
    "a decision brought back": ("registry.missing", "delete from registry.credit_withdrawal"),
    "a decision taken back": ("registry.unlogged", "insert into registry.credit_withdrawal select number, 'revoked', 'x', '', '2026-02-01', null, at from registry.credit_decision where ground = 'first'"),
    "a decision taken back for another reason": ("registry.changed", "update registry.credit_withdrawal set ground = 'x'"),
    "a decision taken back another day": ("registry.changed", "update registry.credit_withdrawal set withdrawn_on = '2099-01-01'"),
    "a link led elsewhere": ("registry.changed", "update registry.target set href = 'https://evil.example/' where title = 'third'"),
    "a link brought back": ("registry.changed", "update registry.target set withdrawn_at = null, is_default = false where title = 'first'"),
    "a link added": ("registry.unlogged", "insert into registry.target select gen_random_uuid(), tenant, party, key, link_type, href, title, languages, media, context, false, made_at, null from registry.target limit 1"),
    "a link deleted": ("registry.missing", "delete from registry.target where title = 'third'"),
}  # fmt: skip


def test_what_acts_alone_made_is_as_they_say(full: Platform) -> None:
    assert audit(full) == []
    assert examine(full).damages == ()


@pytest.mark.parametrize("party", [None, MINE])
def test_a_person_at_the_machine_itself_needs_no_act_either(
    platform: Platform, party: str | None
) -> None:
    """Who confirms at the machine what another reported there; else no backup of it is restored."""
    local_capturer(platform, party, person="keeper 02")
    assert audit(platform) == []
    with platform.store.write() as conn:
        conn.execute(b"update registry.account set party = 'urn:b' where name like '%keeper%'")
    assert [each.code for each in audit(platform)] == ["registry.unlogged"]


def test_a_batch_of_an_older_program_is_listed_and_nothing_is_told_of_it(full: Platform) -> None:
    found = {each.batch: each for each in imports(full)}
    assert sorted(each.disputed for each in found.values()) == [False, False, True, True]
    with full.store.write() as conn:
        conn.execute("delete from registry.code_dispute")
        conn.execute("delete from registry.code_batch")
    assert audit(full) == []
    assert {each.batch: each for each in imports(full)} == found
    assert audit(full) == []


@pytest.mark.parametrize("said", ["{}", '{"x": 1}', "[]", "none", '{"by": [1]}', "all wrong"])
def test_acts_that_were_made_unreadable_are_told_and_blind_nobody(
    full: Platform, said: str
) -> None:
    """Each kind of act at once, and with every member of another type."""
    with full.store.write() as conn:
        for entry, old in conn.execute("select entry, said from ledger.act").fetchall():
            other = json.dumps({name: [1] for name in json.loads(old)})
            wrong = other if said == "all wrong" else said
            asked = (wrong.encode(), entry)
            conn.execute("update ledger.act set said = %s where entry = %s", asked)
    found = {each.position for each in audit(full)}
    with full.store.read() as conn:
        acts = conn.execute("select position from ledger.leaf where entry < 0").fetchall()
    assert found >= {position for (position,) in acts}


def test_acts_that_wait_for_their_position_count(platform: Platform) -> None:
    accounts(platform)
    with platform.store.read() as conn:
        assert ledger.head(conn).size == 0
    assert audit(platform) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_row_that_no_act_made_so_is_found_and_named(full: Platform, attack: str) -> None:
    code, statement = ATTACKS[attack]
    with full.store.write() as conn:
        conn.execute("alter table registry.api_key drop constraint api_key_digest_key")
        conn.execute("alter table registry.registration drop constraint registration_account_fkey")
        conn.execute(statement.encode())
    found = audit(full)
    assert code in {each.code for each in found}, found
    assert all(each.place and each.cure for each in found)
    assert {(each.code, each.place) for each in examine(full).damages} >= {
        (each.code, each.place) for each in found
    }


OTHERWISE = {
    "text": "'1' || {c}", "boolean": "not {c}", "uuid": "gen_random_uuid()", "bytea": "{c} || '\\x00'",
    "timestamp with time zone": "{c} + interval '2 h'", "jsonb": "'{{\"x\": 1}}'", "ARRAY": "'{{x}}'",
} | dict.fromkeys(("integer", "bigint", "smallint", "numeric", "date"), "{c} + 1")  # fmt: skip
FOR_EMPTY = {
    "text": "'x'",
    "bytea": "'\\x00'",
    "uuid": "gen_random_uuid()",
    "boolean": "true",
    "timestamp with time zone": "now()",
    "date": "current_date",
}
UNHELD = {
    "registry.tenant.name_zh", "registry.tenant.name_en",  # its names alone
    "registry.code_package.note",  # shown in a list
    "record.override.judged",  # held by the leaf of its event
}  # fmt: skip
"""Columns of governed tables that no act gives, as docs/concepts/governed.md says; and row numbers."""


def columns(conn: WriteConnection, table: str) -> list[tuple[str, str]]:
    """Its columns with their types, but for the number of a row that no other names."""
    asked = (
        "select column_name, data_type from information_schema.columns where table_schema || '.' ||"
        " table_name = %s and (column_name <> 'id' or data_type = 'uuid') order by 1"
    )
    return [(name, kind) for name, kind in conn.execute(asked, [table]).fetchall()]


def changed(conn: WriteConnection, table: str, column: str, kind: str) -> None:
    """Some row's column made otherwise."""
    filled = conn.execute(f"select count({column}) from {table}".encode()).fetchone()
    value = OTHERWISE[kind] if filled and filled[0] else FOR_EMPTY.get(kind, "1")
    which = f"select ctid from {table} order by {column} is null limit 1"
    change = f"update {table} set {column} = {value.format(c=column)} where ctid = ({which})"
    assert conn.execute(change.encode()).rowcount == 1


def test_every_column_of_a_governed_table_is_held_or_told_as_free(full: Platform) -> None:
    unheld = set()
    tables = [
        *governing.TABLES,
        *(f"registry.{each}" for each in REGISTERED),
        "registry.registration",
    ]
    with full.store.write() as conn:
        bound = "select conrelid::regclass, conname from pg_constraint where contype in ('f', 'c', 'u', 'p') and (conrelid::regclass::text = any(%s) or confrelid::regclass::text = any(%s))"
        for table, name in conn.execute(bound, [tables, tables]).fetchall():
            conn.execute(f"alter table {table} drop constraint if exists {name} cascade".encode())
        for table in tables:
            for column, kind in columns(conn, table):
                conn.execute("savepoint before")
                changed(conn, table, column, kind)
                if not list(governing.astray(conn, secret=full.recorder.secret)):
                    unheld.add(f"{table}.{column}")
                conn.execute("rollback to before")
    assert unheld == UNHELD


SOLD = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:6f1b7c1e-2f5a-4c5b-9d53-1c2b3a4d5e6f",
    "action": "OBSERVE",
    "eventTime": "2026-03-01T07:30:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "bizStep": "receiving",
    "epcList": [f"https://id.gs1.org/01/06901234567892/21/A{number}" for number in (1, 2, 3)],
    "suyuan:family": "edible-agricultural-products",
    "suyuan:step": "retail_entry",
    "suyuan:productKind": "pork",
    "suyuan:voucher": "41010500100070000001",
    "sourceList": [{"type": "possessing_party", "source": "https://id.gs1.org/417/6901234000313"}],
}
WRONG = SOLD | {
    "errorDeclaration": {
        "declarationTime": "2026-03-02T07:30:00+08:00",
        "reason": "incorrect_data",
    },
}
REMEMBERED = {
    "forgotten": "delete from state.event",
    "back-dated": "update state.event set at = at - interval '1 day'",
    "of another event": "update state.event set identity = '\\x00'",
    "by another step": "update state.scene set step = 'other'",
    "with another holder": "update state.scene set party = 'urn:x'",
    "at another place": "update state.scene set site = 'urn:x'",
    "without its scene": "delete from state.scene",
    "as an end": "update state.event set what = what | 2",
    "in a container": "update state.event set container = 'urn:x'",
    "of other things": "update state.bundle set thing = thing + 1",
    "of one thing fewer": "delete from state.bundle where thing = (select min(thing) from state.bundle)",
    "not withdrawn": "delete from state.withdrawn",
    "another withdrawn": "update state.withdrawn set identity = '\\x00'",
}


@pytest.mark.parametrize("attack", REMEMBERED)
def test_what_later_judging_goes_by_is_held_against_the_events(
    platform: Platform, attack: str
) -> None:
    context = [BODY["@context"], {"suyuan": "urn:suyuan:ns:1:"}]
    for each in (SOLD, WRONG):
        data = BODY | {"@context": context, "epcisBody": {"eventList": [each]}}
        done = capture(
            platform, json.dumps(data).encode(), local_capturer(platform, None), Options()
        )
        assert sum(done.counts.values()) == 1, done
    publish(platform)
    assert audit(platform) == []
    with platform.store.write() as conn:
        assert conn.execute(REMEMBERED[attack].encode()).rowcount
    assert {(each.code, each.event) for each in audit(platform)} == {
        ("state.differs", SOLD["eventID"])
    }


QUOTA = "re_mining_quota"


def mined(number: int, mass: int) -> dict[str, object]:
    """So many kilograms of oxide are mined on the quota."""
    return {
        "type": "ObjectEvent",
        "eventID": UUID(int=number).urn,
        "action": "ADD",
        "eventTime": "2026-01-09T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": "commissioning",
        "quantityList": [{"epcClass": f"{PRODUCT}/10/B{number}", "quantity": 1}],
        "ilmd": {"suyuan:quotaNumber": "2026-1", "suyuan:reoMass": mass},
        "suyuan:family": "rare-earths",
        "suyuan:step": "re_mining",
    }


TAKEN = {
    "less taken, with the balance": (
        "record.changed",
        "update state.debit set amount = 1 where amount = 60; update state.permit set used = 1",
    ),
    "nothing taken, with the balance": (
        "record.changed",
        "delete from state.debit where amount = 60; update state.permit set used = 0",
    ),
    "taken beyond the quota, and not told": (
        "record.changed",
        "delete from state.debit where not is_covered",
    ),
    "given back without a correction": (
        "state.debit",
        "update state.debit set returned_by = (select max(id) from record.entry) where is_covered; update state.permit set used = 0",
    ),
    "more taken than was": (
        "record.debits",
        "insert into state.debit select permit, (select max(id) from record.entry), identity, 7, true, null from state.debit where is_covered; update state.permit set used = 67",
    ),
}


@pytest.mark.parametrize("attack", TAKEN)
def test_what_an_event_took_from_a_quota_is_logged_with_it(platform: Platform, attack: str) -> None:
    enter_permit(
        platform,
        NewPermit(
            kind=QUOTA, number="2026-1", holder=MINE, amount=Decimal(100), unit="TNE",
            valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31),
        ),
    )  # fmt: skip
    context = [BODY["@context"], {"suyuan": "urn:suyuan:ns:1:"}]
    for each in (mined(1, 60_000), mined(2, 50_000), SOLD):
        data = BODY | {"@context": context, "epcisBody": {"eventList": [each]}}
        capture(platform, json.dumps(data).encode(), local_capturer(platform, MINE), Options())
    publish(platform)
    with platform.store.read() as conn:
        taken = conn.execute("select amount, is_covered from state.debit order by entry").fetchall()
    assert taken == [(Decimal(60), True), (Decimal(50), False)]
    assert audit(platform) == []
    code, statements = TAKEN[attack]
    with platform.store.write() as conn:
        for statement in statements.split("; "):
            assert conn.execute(statement.encode()).rowcount
    found = [each for each in audit(platform) if each.code == code]
    if code == "state.debit":
        assert [each.place for each in found] == [f"{QUOTA} 2026-1"]
        return
    assert [each.event for each in found] == [
        {"record.debits": SOLD["eventID"]}.get(code, UUID(int=2 if "beyond" in attack else 1).urn)
    ]


def test_what_a_correction_gave_back_is_in_order(platform: Platform) -> None:
    enter_permit(
        platform,
        NewPermit(kind=QUOTA, number="2026-1", holder=MINE, amount=Decimal(100), unit="TNE"),
    )
    context = [BODY["@context"], {"suyuan": "urn:suyuan:ns:1:"}]
    wrong = mined(1, 60_000) | {"errorDeclaration": WRONG["errorDeclaration"]}
    for each in (mined(1, 60_000), wrong, mined(2, 80_000)):
        data = BODY | {"@context": context, "epcisBody": {"eventList": [each]}}
        capture(platform, json.dumps(data).encode(), local_capturer(platform, MINE), Options())
    publish(platform)
    with platform.store.read() as conn:
        taken = conn.execute("select amount, returned_by is null from state.debit order by entry")
        assert taken.fetchall() == [(Decimal(60), False), (Decimal(80), True)]
    assert audit(platform) == []

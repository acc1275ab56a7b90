"""Whoever has every right in the database is named what he did, by three commands, with no receipt."""

# ruff: noqa: E501, S608 -- an attack is a line of SQL

import json
from datetime import timedelta

import psycopg
import pytest
import zstandard
from logged import BODY, broken, event, report, said

from suyuan import index
from suyuan.capture import OnRefusal, Options
from suyuan.ledger.types import AheadError
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import (
    OPERATOR,
    Platform,
    audit,
    capture,
    doctor,
    examine,
    fresh_key,
    local_capturer,
    log_of,
    on_store,
    publish,
    rebuild,
    receipt,
)
from suyuan.store import StoreError, migrate
from suyuan.store.migrate import known_migrations
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.policy import trusting

FINDING = {
    "rule": "x", "severity": "note", "path": "$", "message": {"zh": "x", "en": "x"},
    "cure": {"zh": "x", "en": "x"},
}  # fmt: skip


def named(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012}"


@pytest.fixture
def five(platform: Platform) -> Platform:
    """Five events, two that were refused, an account opened; signed and indexed."""
    report(platform, range(1, 6))
    unread = event(98) | {"eventTime": "never"}
    data = json.dumps(BODY | {"epcisBody": {"eventList": [event(99), unread]}}).encode()
    options = Options(on_refusal=OnRefusal.ROLLBACK)
    assert capture(platform, data, local_capturer(platform, None), options).counts == {"refused": 2}
    fresh_key(platform, Account(name="office", role=Role.ADMIN))
    publish(platform)
    index.catch_up(platform.store)
    assert audit(platform) == []
    assert examine(platform).damages == ()
    assert all(each.good for each in doctor(platform))
    return platform


HIS = "(select entry from ledger.leaf where position = 3)"
LOOSE = "alter table record.entry drop constraint entry_pkey cascade; drop index record.entry_identity; "
SWAP = (
    "update ledger.leaf set position = -position where position in ({a}, {b}); "
    "update ledger.leaf set position = {a} + {b} + position where position < 0; "
)
TWICE = "alter table capture.job drop constraint job_pkey; drop index capture.job_request_key; "
CUT = "delete from ledger.leaf where position >= 5; update ledger.head set size = 4, at = (select max(at) from ledger.leaf); "
HERS = "where event_id is not null"

ATTACKS = {
    "stored twice": ("record.doubled", {3}, LOOSE + f"insert into record.entry select * from record.entry where id = {HIS}"),
    "stored twice under a new number": ("record.unlogged", {3}, LOOSE + "insert into record.entry (id, tenant, kind, capturer, type, verdict, event_time, event_key, identity, digest, job, ordinal, head, tags, raw_length, normal_length, body, secret) "
        f"select id + 1000, tenant, kind, capturer, type, verdict, event_time, event_key, identity, digest, job, ordinal, head, tags, raw_length, normal_length, body, secret from record.entry where id = {HIS}"),
    "its job stored twice": ("record.doubled", {3}, TWICE + f"insert into capture.job select * from capture.job where id = (select job from record.entry where id = {HIS})"),
    "neighbours swapped": ("ledger.moved", {3, 4}, SWAP.format(a=3, b=4)),
    "others swapped": ("ledger.moved", {2, 5}, SWAP.format(a=2, b=5)),
    "swapped, the index too": ("ledger.moved", {3, 4}, SWAP.format(a=3, b=4) + "update index.act set position = 7 - position where position in (3, 4)"),
    "deleted": ("record.deleted", {3}, f"delete from record.entry where id = {HIS}"),
    "unreadable": ("record.changed", {3}, f"update record.entry set body = '\\x00' where id = {HIS}"),
    "secret gone": ("record.unproven", {3}, f"update record.entry set secret = null where id = {HIS}"),
    "leaves cut off": ("record.unlogged", {5}, CUT),
    "leaves and rows cut off": ("record.lost", {5}, CUT + "delete from record.entry where id not in (select entry from ledger.leaf)"),
    "a refusal deleted": ("capture.refused", {98, 99}, f"delete from capture.refused {HERS}"),
    "a refusal of another id": ("capture.refused", {98, 99}, f"update capture.refused set event_id = 'x' {HERS}"),
    "a refusal for nothing": ("capture.refused", {98, 99}, f"update capture.refused set findings = '[]' {HERS}"),
    "a refusal twice": ("capture.refused", {98, 99}, "insert into capture.refused (job, ordinal, tenant, party, event_id, body, findings, received_at) select job, ordinal, tenant, party, event_id, body, findings, received_at from capture.refused " + HERS),
    "a refusal of another document": ("capture.refused", {98, 99}, f"update capture.refused set job = gen_random_uuid() {HERS}"),
    "recorded in the future": ("ledger.ahead", {5}, "update ledger.leaf set at = at + interval '1 year' where position = 5"),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_named_without_a_receipt(five: Platform, attack: str) -> None:
    code, numbers, statement = ATTACKS[attack]
    broken(five, statement)
    wanted = {named(number) for number in numbers}
    for found in (audit(five), examine(five).damages):
        told = [
            each for each in found if each.code == code and "act number" not in each.text.en.lower()
        ]
        assert {each.event for each in told} == wanted, found
        assert all(
            str(each.event) in each.text.zh and str(each.event) in each.text.en for each in told
        )


def test_the_answer_to_a_document_is_held_against_the_record(five: Platform) -> None:
    with five.store.read() as conn:
        ((job, packed),) = conn.execute(
            "select id, results from capture.job where id = (select job from record.entry "
            f"where id = {HIS})"
        ).fetchall()
    results = json.loads(zstandard.decompress(packed))
    for told in ({"verdict": "flagged"}, {"event_id": "x"}, {"entry": 2}, {"findings": [FINDING]}):
        other = zstandard.compress(json.dumps([results[0] | told]).encode())
        with psycopg.connect(five.store.dsn) as conn:
            conn.execute("update capture.job set results = %s where id = %s", [other, job])
        codes = {each.code for each in audit(five)}
        assert "capture.answer" in codes, told
        assert all(str(job) in each.text.en for each in audit(five))
        assert codes <= {each.code for each in examine(five).damages}


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("capture.counts", """update capture.job set counts = '{"accepted": 7}'"""),
        ("capture.answer", "update capture.job set results = '\\x00'"),
        ("capture.answer", "update capture.job set results = null"),
    ],
)
def test_an_answer_that_contradicts_itself_is_named_by_its_job(
    five: Platform, code: str, statement: str
) -> None:
    with five.store.read() as conn:
        jobs = {str(row[0]) for row in conn.execute("select id from capture.job").fetchall()}
    broken(five, statement)
    for found in (audit(five), examine(five).damages):
        told = [each.text.en for each in found if each.code == code]
        assert all(any(job in text for text in told) for job in jobs)


def test_an_act_that_is_gone_is_called_an_act_and_told_by_what_it_did(five: Platform) -> None:
    with five.store.read() as conn:
        ((position, number),) = conn.execute(
            "select l.position, -l.entry from ledger.leaf as l join ledger.act as a "
            "on a.entry = l.entry where a.kind = 'account.opened'"
        ).fetchall()
    trust = Trust(policy=trusting(log_of(five).vkeys))
    held = verify_file(receipt(five, position, OPERATOR) or b"", trust)
    broken(five, "delete from ledger.act where kind = 'account.opened'")
    for found in (audit(five), examine(five).damages):
        (gone,) = [each for each in found if each.code == "ledger.act-deleted"]
        assert gone.position == position
        assert f"act number {number}, recorded" in gone.text.en
        assert "office" in gone.text.en
        assert "vent" not in gone.text.en
    (named_by_receipt,) = [
        each for each in audit(five, receipts=[held]) if each.code == "ledger.act-deleted"
    ]
    assert "account.opened" in named_by_receipt.text.en


def test_an_act_without_its_leaf_is_called_by_its_kind(five: Platform) -> None:
    broken(five, CUT)
    told = [each.text.en for each in audit(five) if "Act number" in each.text.en]
    assert any("(account.opened)" in each for each in told)


def test_an_act_that_is_stored_twice_is_told(five: Platform) -> None:
    broken(five, "alter table ledger.act drop constraint act_pkey; "
           "insert into ledger.act select * from ledger.act where kind = 'account.opened'")  # fmt: skip
    assert any("account.opened" in each.text.en and each.code == "ledger.act"
               for each in audit(five))  # fmt: skip


def test_nothing_is_put_behind_an_end_that_is_ahead_of_the_clock(five: Platform) -> None:
    broken(five, "update ledger.head set at = now() + interval '1 year'")
    with pytest.raises(AheadError, match=r"ledger\.ahead") as refusal:
        report(five, [6])
    assert "suyuan ledger rebuild" in refusal.value.text.en
    with pytest.raises(AheadError):
        publish(five)
    good, more = said(five, "Ledger")
    assert not good
    assert "suyuan ledger rebuild" in more
    for found in (audit(five), examine(five).damages):
        assert {each.code for each in found} == {"ledger.end"}
        assert all(each.cure is not None and "rebuild" in each.cure.en for each in found)
    on_store(five.store, five.config)  # opens all the same: else nobody could mend it
    rebuild(five)
    publish(five)
    assert said(five, "Ledger")[0]
    assert audit(five) == []
    with five.store.read() as conn:
        ((at, now),) = conn.execute("select max(at), now() from ledger.leaf").fetchall()
    assert at <= now + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        (
            "capture.job",
            "create trigger odd before insert on capture.job for each row execute function public.odd()",
        ),
        (
            "ledger.leaf",
            "create trigger odd after update on ledger.leaf for each row execute function public.odd()",
        ),
        ("ledger.act", "create rule odd as on delete to ledger.act do instead nothing"),
        ("state.permit", "create rule odd as on insert to state.permit do also select 1"),
        ("registry.account", "alter table registry.account enable row level security"),
        ("record.head", "create policy odd on record.head using (true)"),
        ("record.entry", "create table public.odd () inherits (record.entry)"),
        ("registry.account", "alter table registry.account alter role set default 'odd'"),
        ("registry.party", "alter table registry.party alter kind set default 'odd'"),
        (
            "ledger.act",
            "alter table ledger.act add column odd text generated always as (kind) stored",
        ),
        ("ledger.leaf", "alter table ledger.leaf add constraint odd check (position > 0)"),
        (
            "capture.job",
            (
                "create table public.odd (id uuid primary key); alter table capture.job add "
                "constraint odd foreign key (id) references public.odd on delete cascade not valid"
            ),
        ),
        (
            "store.migration",
            "create trigger odd before insert on store.migration for each row execute function public.odd()",
        ),
        (
            "state.event",
            (
                "alter table state.event rename to odd; alter table state.odd set schema public; "
                "create view state.event as select * from public.odd"
            ),
        ),
        ("record.entry", "alter table record.entry rename constraint entry_pkey to odd"),
        ("index.act", "create unique index odd on index.act (entry) where entry < 0"),
    ],
)
def test_what_acts_on_a_table_and_is_not_ours_is_named(
    platform: Platform, table: str, statement: str
) -> None:
    assert said(platform, "Tables")[0]
    broken(
        platform,
        "create function public.odd() returns trigger language plpgsql as 'begin return new; end'",
    )
    broken(platform, statement)
    good, more = said(platform, "Tables")
    assert not good
    assert table in more
    named = [each for each in examine(platform).damages if each.code == "store.intruder"]
    assert {each.place for each in named} == {table}
    assert any("odd" in each.text.en for each in named) or table in (
        "registry.account",
        "state.event",
    )


def test_a_key_and_a_function_that_are_gone_or_altered_are_named(platform: Platform) -> None:
    broken(platform, "alter table record.entry drop constraint entry_pkey cascade")
    broken(
        platform,
        "create or replace function index.keys_of(act index.act) returns bigint[] immutable parallel safe "
        "language sql as 'select null::bigint[]'",
    )
    good, more = said(platform, "Tables")
    assert not good
    assert "missing key entry_pkey" in more
    assert "missing index" in more
    assert "index.keys_of" in more
    assert {"record.entry", "index.keys_of"} <= {each.place for each in audit(platform)}


def test_a_deleted_row_of_the_migrations_is_told_and_not_applied_again(
    platform: Platform,
) -> None:
    name = known_migrations()[3].name
    assert said(platform, "Migrations")[0]
    broken(platform, f"delete from store.migration where name = '{name}'")
    good, more = said(platform, "Migrations")
    assert not good
    assert name in more
    with pytest.raises(StoreError, match=name) as refusal:
        migrate(platform.store.dsn)
    _, _, rest = str(refusal.value).partition("insert into")
    broken(platform, "insert into" + rest.partition(";")[0])
    assert migrate(platform.store.dsn) == ()
    assert said(platform, "Migrations")[0]

"""What is destroyed by a decision is gone everywhere; the tree stays, and the gap says why."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import zstandard
from logged import BODY, event, report, report_all
from msgspec.structs import replace

from suyuan import index, state
from suyuan.capture import OnRefusal, Options
from suyuan.kit import BusyError, SuyuanError
from suyuan.kit.clock import in_china
from suyuan.ledger.types import LedgerError
from suyuan.model import PUBLIC
from suyuan.record import erasing as decisions
from suyuan.record import intake
from suyuan.service import (
    OPERATOR,
    Decision,
    Platform,
    audit,
    backup,
    capture,
    destroyed,
    doctor,
    erase,
    erased,
    erasing,
    examine,
    local_capturer,
    log_keys,
    publish,
    receipt,
    reindex,
    restore,
)
from suyuan.service import event as event_by_id
from suyuan.store import ReadConnection, Store, WriteConnection, snapshot
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.encoding import encode
from suyuan.tlog.note import parse_vkey
from suyuan.tlog.policy import trusting
from suyuan.tlog.tree import leaf_hash

DECISION = Decision(by="杭州市市场监督管理局", ground="个人信息保护法第四十七条")
THIRD = "urn:uuid:00000000-0000-4000-8000-000000000003"
MARKED = "Zhang San, 13800000000"
CONSUMER = "urn:suyuan:party:zhang-san"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]


def everything(store: Store) -> bytes:
    """Every row of every table, as text, and what became of the documents, unpacked."""
    with store.read() as conn:
        rows = [
            piece
            for table in snapshot.tables(ReadConnection(conn))
            for piece in snapshot.copy_out(conn, table)
        ]
        packed = conn.execute("select results from capture.job").fetchall()
    return b"".join([*rows, *(zstandard.decompress(row[0]) for row in packed)])


def third_document() -> bytes:
    """The third event, of which every name is its own."""
    third = event(3) | {
        "readPoint": {"id": "urn:epc:id:sgln:6901234.00077.0"},
        "epcList": ["urn:epc:id:sgtin:6901234.056789.777333"],
        "https://example.org/consumer": MARKED,
        "destinationList": [{"type": "possessing_party", "destination": CONSUMER}],
        "suyuan:family": "food",
        "suyuan:step": "food_storage",
    }
    body = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T10:00:00+08:00",
        "https://example.org/about": MARKED,
        "of777333": "what is noted of a document quotes it",
        "epcisBody": {"eventList": [third]},
    }
    return json.dumps(body).encode()


@pytest.fixture
def five(platform: Platform) -> Platform:
    """Five events, of which the third was sent twice."""
    report(platform, [1, 2])
    options = Options(on_refusal=OnRefusal.PROCEED)
    for _ in range(2):
        capture(platform, third_document(), local_capturer(platform, None), options)
    report(platform, [4, 5])
    publish(platform)
    index.catch_up(platform.store)
    return platform


def test_what_is_erased_is_nowhere_and_everything_else_is_as_it_was(five: Platform) -> None:
    trust = Trust(policy=trusting([parse_vkey(each, "") for each in log_keys(five)]))
    since = verify_file(publish(five).note, trust)
    held = [verify_file(receipt(five, str(event(n)["eventID"]), OPERATOR) or b"", trust)
            for n in (1, 3, 5)]  # fmt: skip
    told = everything(five.store)
    names = (
        b"777333", b"690123400077", THIRD.encode(), MARKED.encode().hex().encode(),
        CONSUMER.encode(), sha256(third_document()).hexdigest().encode(),
    )  # fmt: skip
    assert all(name in told for name in names)

    done = erase(five, THIRD, DECISION, early=True)
    assert (done.positions, done.position, done.proven) == ((3,), 6, True)
    assert erased(five) == [done]
    left = everything(five.store)
    assert [name for name in names if name in left] == []
    assert event_by_id(five, THIRD, OPERATOR) is None
    assert receipt(five, THIRD, OPERATOR) is None
    for viewer in (OPERATOR, PUBLIC):
        with pytest.raises(LedgerError, match=r"receipt\.destroyed") as said:
            receipt(five, 3, viewer)
        told = said.value.text.en
        leaf = encode(leaf_hash(held[1].entry or b""))
        for each in (leaf, DECISION.by, DECISION.ground, "entry 6", in_china(done.at)):
            assert each in told
        assert said.value.status == 410

    assert publish(five).size == 6
    assert audit(five, since=since, receipts=held) == []
    (gone,) = destroyed(five, held)
    assert (gone.event, gone.position, gone.decision) == (THIRD, 3, done)
    assert destroyed(five, held[:1]) == []
    assert receipt(five, 7, OPERATOR) is None
    found = examine(five)
    assert (found.entries, found.erased, found.damages) == (6, 1, ())
    assert all(check.good for check in doctor(five))
    report(five, [6])
    index.catch_up(five.store)
    assert examine(five).damages == ()


def test_an_erasure_tells_of_itself_though_another_came_between(
    five: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:

        def followed(platform: Platform) -> int:
            patched.undo()
            assert erase(platform, str(event(4)["eventID"]), DECISION).positions == (4,)
            return 0

        patched.setattr(erasing, "follow", followed)
        assert erase(five, THIRD, DECISION, early=True).positions == (3,)
    assert [each.positions for each in erased(five)] == [(3,), (4,)]


def test_what_has_no_position_yet_is_erased_too(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was recorded, and the process was killed before the sequencer came."""
    with monkeypatch.context() as patched:
        patched.setattr(intake, "number", lambda _store, _recorder, result: result)
        report(platform, [1])
    assert erase(platform, str(event(1)["eventID"]), DECISION).positions == (1,)
    assert examine(platform).damages == ()


def test_what_is_captured_while_an_event_of_the_same_things_is_erased_stays_known(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written and not to be seen yet when what it shares with the other is forgotten."""
    things = [f"urn:epc:id:sgtin:6901234.056789.{n}" for n in (1, 2)]
    told(platform, 1, things)
    written, go_on = Event(), Event()
    settle = state.permits.settle

    def settled(conn: WriteConnection, *said: Any) -> None:
        settle(conn, *said)
        written.set()
        assert go_on.wait(60)

    monkeypatch.setattr(state.permits, "settle", settled)
    with ThreadPoolExecutor(2) as clients:
        second = clients.submit(told, platform, 2, things)
        assert written.wait(60)
        erasing = clients.submit(erase, platform, str(event(1)["eventID"]), DECISION, early=True)
        while not erasing.done() and not waits(platform):
            time.sleep(0.01)
        go_on.set()
        second.result()
        assert erasing.result().positions == (1,)
    names = [f"https://id.gs1.org/01/06901234567892/21/{n}" for n in (1, 2)]
    secret = platform.recorder.secret
    with platform.store.read() as conn:
        known = state.look(conn, names, tenant=1, secret=secret)
    at = datetime(2027, 1, 1, tzinfo=UTC)
    found = known.states([(name, 0) for name in names], at)
    assert [[past.step for past in found[name].steps] for name in names] == [["food_storage"]] * 2
    assert examine(platform).damages == ()


def test_an_index_that_a_backup_reads_is_not_made_again_and_this_is_said(
    five: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    with five.store.read() as reading:
        reading.execute("select from index.act")
        forget = index.forget

        def hasty(conn: WriteConnection) -> None:
            conn.execute("set local lock_timeout = '50ms'")
            forget(conn)

        with monkeypatch.context() as patched:
            patched.setattr(index, "forget", hasty)
            with pytest.raises(BusyError) as caught:
                reindex(five)
    assert (caught.value.code, caught.value.status) == ("reindex.busy", 503)
    assert examine(five).damages == ()
    assert reindex(five) == 5


def test_an_erasure_that_may_not_wait_for_who_reads_destroys_nothing_and_says_so(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(platform, [1])
    hasty = "set local lock_timeout = '50ms'"
    monkeypatch.setattr(snapshot, "unlimited", lambda conn: conn.execute(hasty))
    with platform.store.read() as reading:
        reading.execute("select from index.act")
        with pytest.raises(BusyError) as caught:
            erase(platform, str(event(1)["eventID"]), DECISION)
    assert (caught.value.code, caught.value.status) == ("erase.busy", 503)
    assert erased(platform) == []
    assert examine(platform).damages == ()


def told(platform: Platform, number: int, things: list[str]) -> None:
    """That these things are in store, recorded."""
    said = {"epcList": things, "suyuan:family": "food", "suyuan:step": "food_storage"}
    body = BODY | {"@context": CONTEXT, "epcisBody": {"eventList": [event(number) | said]}}
    options = Options(on_refusal=OnRefusal.PROCEED)
    capture(platform, json.dumps(body).encode(), local_capturer(platform, None), options)


def waits(platform: Platform) -> bool:
    """Whether a transaction waits for another one's lock."""
    with platform.store.read() as conn:
        return bool(conn.execute("select from pg_locks where not granted limit 1").fetchall())


def test_the_newest_event_can_be_erased_too(five: Platform) -> None:
    erase(five, str(event(5)["eventID"]), DECISION)
    assert all(check.good for check in doctor(five))
    assert examine(five).damages == ()


def test_an_event_is_erased_with_the_declarations_about_it(platform: Platform) -> None:
    report_all(platform, [1, 2])
    declared = event(1) | {
        "errorDeclaration": {
            "declarationTime": "2026-03-02T10:00:00Z",
            "reason": "urn:epcglobal:cbv:er:incorrect_data",
        }
    }
    body = {
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T10:00:00+08:00",
        "epcisBody": {"eventList": [declared]},
    }
    options = Options(on_refusal=OnRefusal.PROCEED)
    capture(platform, json.dumps(body).encode(), local_capturer(platform, None), options)
    assert erase(platform, str(event(1)["eventID"]), DECISION).positions == (1, 3)
    assert examine(platform).damages == ()


def test_a_gap_is_explained_by_its_own_decision_as_by_all_of_them(five: Platform) -> None:
    for number in (1, 3, 4):
        erase(five, THIRD[:-1] + str(number), DECISION, early=True)
    with five.store.read() as conn:
        every = decisions.erasures(conn)
        assert len(every) == 3
        for position in range(12):
            (said,) = [each for each in every if position in each.positions] or [None]
            assert decisions.erasure_of(conn, position) == said


ALSO_FOURTH = (
    "update record.erasure set said = convert_to(replace(convert_from(said, 'UTF8'), "
    "'[3]', '[3,4]'), 'UTF8'), entries = entries || (select entry from ledger.leaf "
    "where position = 4)"
)
ENTRIES = (
    "update record.erasure set entries = entries || (select entry from ledger.leaf "
    "where position = 4)"
)
OTHER_GROUND = (
    "update record.erasure set said = "
    "convert_to(replace(convert_from(said, 'UTF8'), '第四十七条', '第一条'), 'UTF8')"
)
GONE = "delete from record.entry where id = (select entry from ledger.leaf where position = 4)"


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (ALSO_FOURTH, ("3, 4", "3")),
        (ENTRIES, ("entries", "3, 4")),
        ("update record.erasure set number = number + 99", ("number", "105")),
        ("update ledger.leaf set entry = entry + 99 where position = 6", ("number",)),
        ("update record.erasure set entries = '{}'", ("entries", "3")),
        ("update record.erasure set secret = '\\x00'", ("secret",)),
        ("update record.erasure set secret = sha256('')", ("secret",)),
        ("update record.erasure set said = '\\xff'", ("what it says",)),
        (OTHER_GROUND, ("what it says",)),
    ],
)
def test_an_altered_decision_is_told_as_that_and_covers_no_deletion(
    five: Platform, statement: str, says: tuple[str, ...]
) -> None:
    """It is at position 6, and destroyed what was at position 3."""
    erase(five, THIRD, DECISION, early=True)
    with five.store.write() as conn:
        conn.execute(statement.encode())
        conn.execute(b"select setval(pg_get_serial_sequence('record.entry', 'id'), 1000)")
    for found in (audit(five), examine(five).damages):
        (told,) = [each for each in found if each.code == "record.decision"]
        assert told.position == 6
        assert all(each in told.text.en for each in ("position 6", *says))
        gaps = [each for each in found if each.code == "record.deleted"]
        assert {each.position for each in gaps} <= {3}
        assert all("decision at position 6" in each.text.en for each in gaps)
        assert not {"record.unlogged"} & {each.code for each in found}
    with five.store.write() as conn:
        conn.execute(GONE.encode())
    assert ("record.deleted", 4) in {(each.code, each.position) for each in audit(five)}


def test_of_an_altered_decision_its_receipt_shows_what_it_said(five: Platform) -> None:
    erase(five, THIRD, DECISION, early=True)
    publish(five)
    trust = Trust(policy=trusting([parse_vkey(each, "") for each in log_keys(five)]))
    held = [verify_file(receipt(five, 6, PUBLIC) or b"", trust)]
    with five.store.write() as conn:
        conn.execute(OTHER_GROUND.encode())
    (told,) = [each for each in audit(five, receipts=held) if each.code == "record.decision"]
    changed = DECISION.ground.replace("第四十七条", "第一条")
    assert f"ground is '{changed}' now and was logged as '{DECISION.ground}'" in told.text.en


def test_a_gap_without_a_logged_decision_is_a_deletion_still(five: Platform) -> None:
    erase(five, THIRD, DECISION, early=True)
    with five.store.write() as conn:
        conn.execute(b"delete from record.erasure")
    found = [each.position for each in audit(five) if each.code == "record.deleted"]
    assert found == [3, 6]


def test_deleting_another_event_is_not_covered_by_a_decision(five: Platform) -> None:
    erase(five, THIRD, DECISION, early=True)
    with five.store.write() as conn:
        conn.execute(
            b"delete from record.entry where id = "
            b"(select entry from ledger.leaf where position = 4)"
        )
    found = [each for each in examine(five).damages if each.code == "record.deleted"]
    assert [each.position for each in found] == [4]


@pytest.mark.parametrize(
    ("event_id", "decision", "code"),
    [
        ("urn:uuid:none", DECISION, "erase.none"),
        (THIRD, Decision(by=" ", ground="x"), "erase.reason"),
        (THIRD, Decision(by="x", ground=""), "erase.reason"),
        (THIRD, Decision(by="x", ground="申请人 11010519491231002X"), "erase.person"),
    ],
)
def test_what_cannot_be_erased_is_told_and_left(
    five: Platform, event_id: str, decision: Decision, code: str
) -> None:
    with pytest.raises(SuyuanError) as caught:
        erase(five, event_id, decision)
    assert caught.value.code == code
    assert erased(five) == []
    assert examine(five).damages == ()


def test_a_restored_backup_knows_what_was_erased(
    five: Platform, empty_database: str, tmp_path: Path
) -> None:
    erase(five, THIRD, DECISION, early=True)
    backup(five, tmp_path / "file")
    config = five.config.inside(tmp_path / "other")
    done = restore(replace(config, database_url=empty_database), tmp_path / "file")
    assert (done.entries, done.faults) == (6, ())

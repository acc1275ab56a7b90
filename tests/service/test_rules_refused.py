"""Rules of retention that whoever has the database logs, or alters: none of them withholds."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from logged import report_all
from test_retention import BUNDLES, age, verified

from suyuan import ledger
from suyuan.ledger.types import LedgerError, TamperedError
from suyuan.service import (
    Platform,
    audit,
    log_file,
    log_of,
    logged_acts,
    mirror_to,
    prune,
    publish,
    retain,
    retention_file,
)
from suyuan.service.examining import examine
from suyuan.store import Queries
from suyuan.tlog.commitment import commit
from suyuan.tlog.retained import RETAINED, RETENTION
from suyuan.tlog.shards import act_fields

FIRST, SECOND, _ = BUNDLES
ALTER = "update ledger.act set said = %s where entry = (select min(entry) from ledger.act)"


def logged(platform: Platform, days: int, first: int) -> None:
    """A rule that is logged past the program, as whoever has the database can."""
    at, secret, said = platform.clock(), secrets.token_bytes(16), b'{"days":%d,"first":%d}'
    row = {"kind": RETAINED, "at": at, "party": None, "said": said % (days, first)}
    with platform.store.write() as conn:
        ((entry,),) = conn.execute(
            Queries("suyuan.ledger").keep_act, row | {"secret": secret}
        ).fetchall()
        fields = act_fields(RETAINED, at, None, row["said"])
        ledger.enqueue(conn, [(entry, commit(fields, secret))])


def altered(platform: Platform, said: bytes) -> bytes:
    """What the newest act says is exchanged; what it said."""
    with platform.store.write() as conn:
        ((before,),) = conn.execute(
            "select said from ledger.act where entry = (select min(entry) from ledger.act)"
        ).fetchall()
        conn.execute(ALTER, [said])
    return bytes(before)


@pytest.fixture
def aged(platform: Platform) -> Platform:
    """520 entries, of which the first 300 are a hundred days old, in a published log."""
    report_all(platform, range(520))
    with platform.store.write() as conn:
        ledger.sequence(conn, now=platform.clock())
    age(platform, 300, timedelta(days=100))
    publish(platform)
    return platform


@pytest.fixture
def pruned(aged: Platform) -> Platform:
    """The same, of which the first bundle is withheld."""
    retain(aged, 99)
    assert prune(aged).first == 256
    publish(aged)
    return aged


@pytest.mark.parametrize("when", ["published", "waiting"])
@pytest.mark.parametrize("act", [prune, lambda platform: retain(platform, 98)])
def test_no_rule_is_made_from_one_that_was_altered(
    aged: Platform, when: str, act: Callable[[Platform], object]
) -> None:
    retain(aged, 99)
    if when == "published":
        publish(aged)
    true = altered(aged, b'{"days":99,"first":512}')
    with pytest.raises(TamperedError, match=r"ledger\.rule") as told:
        act(aged)
    assert told.value.status == 409
    assert log_of(aged), "and nothing is half done"
    with aged.store.write() as conn:
        conn.execute(ALTER, [true])
    publish(aged)
    act(aged)
    publish(aged)
    assert b"first 512" not in retention_file(aged)
    assert audit(aged) == []


def test_an_altered_rule_is_no_base_though_the_operator_goes_on_from_it(pruned: Platform) -> None:
    """Many junk acts behind the altered one hide it from none."""
    altered(pruned, b'{"days":99,"first":512}')
    for _ in range(17):
        logged(pruned, 0, 0)
    publish(pruned)
    with pytest.raises(TamperedError, match=r"ledger\.rule"):
        prune(pruned)
    assert log_file(pruned, SECOND)


def test_seventeen_acts_that_say_no_rule_do_not_end_the_one_before(pruned: Platform) -> None:
    for _ in range(17):
        logged(pruned, 0, 0)
    publish(pruned)
    assert retention_file(pruned) == b"days 99\nfirst 256\n"
    with pytest.raises(LedgerError, match=r"log\.withheld"):
        log_file(pruned, FIRST)
    assert retain(pruned, 50).first == 256


def test_a_rule_that_goes_back_counts_for_nobody_and_is_told(
    pruned: Platform, tmp_path: Path
) -> None:
    for _ in range(17):
        logged(pruned, 99, 0)
    publish(pruned)
    assert retention_file(pruned) == b"days 99\nfirst 256\n"
    assert retain(pruned, 50).first == 256
    publish(pruned)
    assert retention_file(pruned) == b"days 50\nfirst 256\n"
    mirror_to(pruned, tmp_path / "mirror")
    assert verified(pruned, tmp_path / "mirror").damages == ()
    found = audit(pruned)
    assert {each.code for each in found} == {"ledger.retention-astray"}
    assert [each.position for each in found] == list(range(523, 540))


@pytest.mark.parametrize("first", [1, 255, 520, 768, 2**62])
def test_a_rule_of_what_came_after_it_or_of_parts_of_bundles_counts_for_nobody(
    pruned: Platform, tmp_path: Path, first: int
) -> None:
    logged(pruned, 1, first)
    publish(pruned)
    report_all(pruned, range(1000, 1300))
    publish(pruned)
    assert retention_file(pruned) == b"days 99\nfirst 256\n"
    mirror_to(pruned, tmp_path / "mirror")
    assert verified(pruned, tmp_path / "mirror").damages == ()
    assert [(each.code, each.position) for each in audit(pruned)] == [
        ("ledger.retention-astray", 523)
    ]
    assert {each.code for each in examine(pruned, mirror=tmp_path / "mirror").damages} == {
        "ledger.retention-astray"
    }


def test_a_rule_that_withholds_what_is_not_old_is_told(aged: Platform) -> None:
    """By the leaf times: the first bundle is a hundred days old, and the second is of today."""
    for days, first in ((99, 256), (101, 256), (1, 512)):
        logged(aged, days, first)
    publish(aged)
    (found,) = audit(aged)
    assert (found.code, found.position) == ("ledger.retention-astray", 523)
    assert "1 day " in found.text.en


def test_a_rule_that_withholds_what_is_younger_than_it_says_is_told(aged: Platform) -> None:
    logged(aged, 101, 256)
    publish(aged)
    assert [each.position for each in audit(aged)] == [521]


def test_writer_and_reader_agree_on_the_last_bundle_of_a_shard_that_grows(
    aged: Platform, tmp_path: Path
) -> None:
    """Whatever rule was logged, our own mirror is whole, and has what still grows."""
    for first in (256, 512, 516, 520):
        logged(aged, 1, first)
        publish(aged)
        folder = tmp_path / str(first)
        mirror_to(aged, folder)
        assert verified(aged, folder).damages == ()
        assert list((folder / "tile/entries/002.p").iterdir())


def test_a_file_of_before_whose_days_were_raised_is_logged_as_both_rules_that_it_was(
    aged: Platform,
) -> None:
    """What it withholds is younger than it says, so fewer days were said when that was done."""
    path = log_of(aged).folder / RETENTION
    path.write_bytes(b"days 36500\nfirst 256\n")
    publish(aged)
    assert [each.said for each in logged_acts(aged, RETAINED)] == [
        b'{"days":100,"first":256}',
        b'{"days":36500,"first":256}',
    ]
    assert audit(aged) == []


@pytest.mark.parametrize("said", [b"days 9\nfirst 512\n", b"days 9\nfirst 1\n"])
def test_a_file_of_before_that_no_log_can_have_kept_is_refused(aged: Platform, said: bytes) -> None:
    path = log_of(aged).folder / RETENTION
    path.write_bytes(said)
    with pytest.raises(LedgerError, match=r"ledger\.rule-file"):
        publish(aged)
    assert path.read_bytes() == said
    path.unlink()
    publish(aged)
    assert audit(aged) == []

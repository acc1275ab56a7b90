"""An entry put in or taken out moves all behind it: that is one finding, and not one of each."""

# ruff: noqa: S608 -- an attack is SQL

import random

import pytest
from logged import report_all

from suyuan import index
from suyuan.service import OPERATOR, Platform, audit, examine, log_of, publish, receipt
from suyuan.service.auditing import Wrong
from suyuan.tlog.artefact import Proven, Trust, verify_file
from suyuan.tlog.policy import trusting

EVENTS = 600
FORGED = "sha256('a') || sha256('b')"
PUT_IN = (
    "alter table ledger.leaf drop constraint leaf_entry_key; "
    "update ledger.leaf set position = position + 100000 where position >= {at}; "
    "update ledger.leaf set position = position - 99999 where position > 100000; "
    "insert into ledger.leaf (position, entry, commitment, at) "
    f"select {{at}}, -900, {FORGED}, at from ledger.leaf where position = {{at}} - 1; "
    "update ledger.head set size = size + 1"
)
TAKEN_OUT = (
    "delete from record.entry where id = (select entry from ledger.leaf where position = {at}); "
    "delete from ledger.leaf where position = {at}; "
    "update ledger.leaf set position = position + 100000 where position > {at}; "
    "update ledger.leaf set position = position - 100001 where position > 100000; "
    "update ledger.head set size = size - 1"
)
BY = {PUT_IN: 1, TAKEN_OUT: -1}


@pytest.fixture
def many(platform: Platform) -> Platform:
    """More events than two full tiles have, published and indexed."""
    report_all(platform, range(1, EVENTS + 1))
    publish(platform)
    index.catch_up(platform.store)
    return platform


def event_at(position: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{position:012}"


def attack(platform: Platform, statement: str) -> None:
    with platform.store.write() as conn:
        conn.execute(statement.encode())


def held(platform: Platform, *positions: int) -> list[Proven]:
    trust = Trust(policy=trusting(log_of(platform).vkeys))
    return [verify_file(receipt(platform, at, OPERATOR) or b"", trust) for at in positions]


def of(code: str, found: list[Wrong]) -> list[Wrong]:
    return [each for each in found if each.code == code]


@pytest.mark.parametrize("statement", [PUT_IN, TAKEN_OUT], ids=["put in", "taken out"])
def test_all_that_moved_together_is_one_finding_and_others_are_told_beside_it(
    many: Platform, statement: str
) -> None:
    at = random.Random(7).randrange(20, 200)
    receipts = held(many, 5, 300, 400, 500, 599)
    attack(many, statement.format(at=at))
    other = f"id = (select entry from ledger.leaf where position = {at + 50})"
    attack(many, f"update record.entry set verdict = 3 - verdict where {other}")
    found = audit(many, receipts=receipts)
    (moved,) = of("ledger.moved", found)
    first = at + 1 if statement == PUT_IN else at
    last = EVENTS + BY[statement]
    assert (moved.position, moved.event) == (first, event_at(at + (statement == TAKEN_OUT)))
    assert f"positions {first} to {last}" in moved.text.en
    (proven,) = of("ledger.receipt", found)
    assert (proven.position, proven.event) == (300, event_at(300))
    way = ("1 further", "后移了 1 位") if statement == PUT_IN else ("1 nearer", "前移了 1 位")
    for said in ("4 receipts", "300 to 599", way[0]):
        assert said in proven.text.en
    assert way[1] in proven.text.zh
    (changed,) = of("record.changed", found)
    assert changed.position == at + 50
    assert len(found) < 12, [each.text.en for each in found]
    deep = examine(many).damages
    assert len(deep) < 12, [each.place for each in deep]
    (behind,) = [each for each in deep if each.place.startswith("index")]
    assert "restore" in behind.cure.en  # making it again would destroy what it is evidence of
    assert not any("reindex" in each.cure.en for each in deep)


@pytest.mark.parametrize("statement", [PUT_IN, TAKEN_OUT], ids=["put in", "taken out"])
def test_what_is_damaged_in_the_index_is_told_where_the_ledger_moved_too(
    many: Platform, statement: str
) -> None:
    attack(many, "delete from index.act where position in (50, 300)")
    attack(many, "update index.term set terms = '{}' where block = 5")
    attack(many, statement.format(at=100))
    deep = [each for each in examine(many).damages if each.place.startswith("index")]
    acts = {each.place for each in deep if each.place.startswith("index.act")}
    assert acts == {"index.act position 50", "index.act position 300"}
    terms = {each.position for each in deep if each.place.startswith("index.term")}
    assert terms == set(range(5 * 64, 6 * 64))
    assert {each.event for each in deep if each.position == 300} == {event_at(300)}
    assert all("restore" in each.cure.en for each in deep)


@pytest.mark.parametrize(("at", "spans"), [((400, 100), 2), ((100,), 1)])
def test_the_index_is_told_of_once_for_all_that_moved_together(
    many: Platform, at: tuple[int, ...], spans: int
) -> None:
    for each in at:
        attack(many, TAKEN_OUT.format(at=each))
    deep = [each for each in examine(many).damages if each.place.startswith("index")]
    assert len({each.place for each in deep}) == len(deep) == spans
    assert all("not judged" in each.text.en and "restore" in each.cure.en for each in deep)


def test_an_index_ahead_of_a_ledger_that_lost_nothing_is_read_on(many: Platform) -> None:
    attack(many, "update index.cursor set position = position + 1")
    attack(many, "delete from index.act where position = 50")
    deep = examine(many).damages
    assert {each.code for each in deep} == {"index.beyond", "index.differs"}
    assert "index.act position 50" in {each.place for each in deep}
    assert {each.cure.en for each in deep} == {"suyuan reindex"}


def test_two_places_are_two_findings(many: Platform) -> None:
    attack(many, TAKEN_OUT.format(at=400))
    attack(many, TAKEN_OUT.format(at=100))
    found = of("ledger.moved", audit(many))
    assert [each.span for each in found] == [(100, 399), (399, EVENTS)]
    assert [each.event for each in found] == [event_at(101), event_at(401)]


def test_one_that_was_moved_far_is_named_beside_those_that_made_room(many: Platform) -> None:
    attack(many, "alter table ledger.leaf drop constraint leaf_entry_key")
    attack(
        many,
        "update ledger.leaf set position = 100000 where position = 50; "
        "update ledger.leaf set position = position + 200000 where position between 51 and 500; "
        "update ledger.leaf set position = position - 200001 where position > 200000; "
        "update ledger.leaf set position = 500 where position = 100000",
    )
    found = of("ledger.moved", audit(many))
    assert [each.event for each in found] == [event_at(51), event_at(50)]
    assert [each.position for each in found] == [50, 500]


def test_receipts_that_moved_alone_are_each_told_with_where_their_entry_is(many: Platform) -> None:
    receipts = held(many, 10, 20)
    attack(many, PUT_IN.format(at=15))
    (told,) = of("ledger.receipt", audit(many, receipts=receipts))
    assert (told.position, told.event) == (20, event_at(20))
    assert "position 21 now" in told.text.en

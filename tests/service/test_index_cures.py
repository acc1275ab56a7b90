"""Each kind of damage is told with what mends it: what follows from the record is made again."""

# ruff: noqa: S608 -- a damage is SQL

import pytest
from logged import broken, report_all

from suyuan import index
from suyuan.service import Platform, examine, publish, rebuild, reindex

THIRD = "(select entry from ledger.leaf where position = 3)"
INDEX = {
    "a row": "delete from index.act where position = 3",
    "a row that makes no sense": "update index.act set documents = '{null}' where position = 3",
    "another that makes none": "update index.act set documents = '{{1},{2}}' where position = 3",
    "a name": "update index.name set uri = uri || 'x'",
    "a term": "update index.term set terms = '{}'",
    "a period": "update index.period set latest = earliest where block = 0",
    "beyond the end": "update index.cursor set position = position + 1",
}
KEPT = {
    "a hash": "update ledger.node set hash = sha256(hash)",
    "the time of the end": "update ledger.head set at = at + interval '1 second'",
}
RECORD = {
    "a body": f"update record.entry set verdict = (verdict + 1) % 3 where id = {THIRD}",
    "an entry": f"delete from record.entry where id = {THIRD}",
    "a leaf": "update ledger.leaf set commitment = sha256('a') || sha256('b') where position = 3",
    "an answer": "update capture.job set counts = '{\"accepted\": 7}'",
    "what judging remembers": "insert into state.withdrawn (identity, entry) values ('\\x00', -1)",
}


@pytest.fixture
def whole(platform: Platform) -> Platform:
    """A full tile and a part of one, published and indexed."""
    report_all(platform, range(1, 301))
    publish(platform)
    index.catch_up(platform.store)
    return platform


def cures(platform: Platform) -> set[str]:
    return {each.cure.en for each in examine(platform).damages}


@pytest.mark.parametrize("what", INDEX)
def test_a_damaged_projection_is_made_again(whole: Platform, what: str) -> None:
    broken(whole, INDEX[what])
    assert cures(whole) == {"suyuan reindex"}
    reindex(whole)
    assert examine(whole).damages == ()


@pytest.mark.parametrize("what", KEPT)
def test_what_the_leaves_give_is_rebuilt(whole: Platform, what: str) -> None:
    broken(whole, KEPT[what])
    assert cures(whole) == {"suyuan ledger rebuild"}
    rebuild(whole)
    assert examine(whole).damages == ()


@pytest.mark.parametrize("what", RECORD)
def test_what_nothing_else_gives_comes_back_from_a_backup(whole: Platform, what: str) -> None:
    broken(whole, RECORD[what])
    found = examine(whole).damages
    own = [each for each in found if each.code not in {"index.differs", "ledger.node"}]
    assert own
    assert all("suyuan restore FILE" in each.cure.en for each in own), found

"""Findings recorded before there were English citations keep their bytes, leaves their fields."""

import hashlib
from datetime import UTC, datetime
from typing import Final

import msgspec
import pytest

from suyuan.kit import Text
from suyuan.model import Finding, Severity, Verdict
from suyuan.record.leaves import FINDINGS, Kept, around, fields_of

OLD: Final = (
    '[{"rule":"food.intake.goods","severity":"flag","path":"/suyuan:productName",'
    '"message":{"zh":"缺名称","en":"No name"},"cure":{"zh":"补填","en":"State it"},'
    '"law":"《食品安全法》 第五十条","params":{"item":"product_name","found":"未填"}},'
    '{"rule":"cold.beijing.code","severity":"flag","path":"",'
    '"message":{"zh":"没有码","en":"No code"},"cure":{"zh":"写明","en":"State it"},'
    '"law":"京冷链 不上码不入库","verified":false},'
    '{"rule":"chain.not-made","severity":"note","path":"/epcList/0",'
    '"message":{"zh":"没有来历","en":"Not made"},"cure":{"zh":"补报","en":"Report it"}}]'
).encode()
"""Three findings as they were recorded: of a law, of one that was not read, of this system."""
OLD_DIGEST: Final = "e07b9346dda8da7d416a91fe729bafae5d5db83b106f81c9c42cc8ddbbdb7d5f"


def findings_field(found: tuple[Finding, ...]) -> bytes:
    """The field of a leaf that commits to an event's findings."""
    kept = Kept(
        raw=b"{}", normal=b"{}", findings=found, verdict=Verdict.FLAGGED, family="food",
        step="food_intake", ordinal=0, tags=b"",
    )  # fmt: skip
    received = datetime(2026, 3, 1, tzinfo=UTC)
    about = around(tenant=1, capturer="a", head=b"", job="b", received=received)
    return fields_of(kept, about)[FINDINGS]


def test_a_finding_without_an_english_citation_keeps_its_bytes_and_its_leaf() -> None:
    read = msgspec.json.decode(OLD, type=tuple[Finding, ...])
    assert msgspec.json.encode(read) == OLD
    assert findings_field(read) == OLD
    assert hashlib.sha256(findings_field(read)).hexdigest() == OLD_DIGEST
    assert [one.law_en for one in read] == [None, None, None]


def test_what_it_cites_is_shown_as_it_was_recorded() -> None:
    law, unread, own = msgspec.json.decode(OLD, type=tuple[Finding, ...])
    assert law.cited == Text("《食品安全法》 第五十条", "《食品安全法》 第五十条")
    assert unread.cited == Text("京冷链 不上码不入库（未核实）", "京冷链 不上码不入库 (unverified)")
    assert own.cited is None


@pytest.mark.parametrize("english", [None, "Food Safety Law, Article 50"])
def test_an_english_citation_stands_beside_the_other_and_is_committed_to(
    english: str | None,
) -> None:
    made = Finding(
        rule="a", severity=Severity.HOLD, path="/x", message=Text("甲", "a"), cure=Text("乙", "b"),
        law="《食品安全法》 第五十条", law_en=english,
    )  # fmt: skip
    said = findings_field((made,))
    assert (b'"law_en":"Food Safety Law, Article 50"' in said) == (english is not None)
    assert msgspec.json.decode(said, type=tuple[Finding, ...]) == (made,)

"""Packing never runs into a dead end: what was withdrawn frees, what is further out is let be."""

from uuid import UUID

import pytest

from suyuan.kit import SuyuanError
from suyuan.model import Capturer
from suyuan.registry.types import Licence
from suyuan.service import (
    Level,
    Order,
    Platform,
    documents,
    entitle,
    issue,
    local_capturer,
    pack,
    packages,
    packed_before,
    withdraw_codes,
)

MILL = "urn:suyuan:party:mill"
CASES, PALLETS = "06901234", "16901234"


@pytest.fixture
def mill(platform: Platform) -> Capturer:
    entitle(platform, Licence(party=MILL, kind="gs1_company_prefix", number="6901234"))
    return local_capturer(platform, MILL)


@pytest.fixture
def items(platform: Platform, mill: Capturer) -> UUID:
    order = Order(scheme="sgtin", stem="06901234567892", count=4)
    return issue(platform, order, mill).package.id


def test_containers_that_were_withdrawn_one_by_one_free_what_they_held(
    platform: Platform, mill: Capturer, items: UUID
) -> None:
    made = pack(platform, items, [Level(fit=2, stem=CASES)], mill).containers[0].id
    otherwise = [Level(fit=3, stem=CASES)]
    for place in (1, 2):
        with pytest.raises(SuyuanError, match=r"packing\.packed"):
            pack(platform, items, otherwise, mill)
        withdraw_codes(platform, made, "crushed", mill, begin=place, end=place)
    again = pack(platform, items, otherwise, mill)
    assert not again.repeated
    assert [len(each.contents) for each in again.relation] == [3, 1]
    assert again.containers[0].id != made


def test_nothing_is_said_to_be_in_a_container_that_was_withdrawn(
    platform: Platform, mill: Capturer, items: UUID
) -> None:
    levels = [Level(fit=2, stem=CASES)]
    first = pack(platform, items, levels, mill)
    void, kept = first.relation
    withdraw_codes(platform, first.containers[0].id, "crushed", mill, begin=1, end=1)
    written = b"".join(documents(pack(platform, items, levels, mill), at=platform.clock()))
    assert void.container.encode() not in written
    assert kept.container.encode() in written


def test_what_is_packed_is_told_again_after_its_containers_went_onto_pallets(
    platform: Platform, mill: Capturer, items: UUID
) -> None:
    cases, pallets = Level(fit=2, stem=CASES), Level(fit=2, stem=PALLETS)
    first = pack(platform, items, [cases], mill)
    outer = pack(platform, first.containers[0].id, [pallets], mill)
    again = pack(platform, items, [cases], mill)
    assert (again.repeated, again.containers, again.relation) == (
        True, first.containers, first.relation,
    )  # fmt: skip
    inner = packed_before(platform, items, [(2, first.containers[0].id)], mill)
    assert inner == again
    with pytest.raises(SuyuanError, match=r"packing\.packed"):
        packed_before(platform, items, [], mill)
    both = pack(platform, items, [cases, pallets], mill)
    assert both.containers == (*first.containers, *outer.containers)
    for unlike in ([pallets], [cases, cases], [cases, pallets, pallets]):
        with pytest.raises(SuyuanError, match=r"packing\.packed"):
            pack(platform, items, unlike, mill)


UNIT, CASE = "06901234567892", "16901234567899"


@pytest.mark.parametrize(
    ("levels", "wrong"),
    [
        ([UNIT], 1), (["6901234567892"], 1),
        ([CASE, UNIT], 2), ([CASE, CASE], 2), ([CASE, "", CASE], 3), (["", UNIT], 2),
        ([CASE, "", ""], 0), (["", CASE], 0),
    ],
)  # fmt: skip
def test_no_grouping_of_trade_items_has_the_gtin_of_what_is_in_it(
    platform: Platform, mill: Capturer, items: UUID, levels: list[str], wrong: int
) -> None:
    """GS1 General Specifications: each level of packaging that is a trade item has its own."""
    asked = [
        Level(fit=2, scheme="sgtin", stem=gtin) if gtin else Level(fit=2, stem=CASES)
        for gtin in levels
    ]
    before = packages(platform, mill)
    if not wrong:
        assert len(pack(platform, items, asked, mill).containers) == len(levels)
        return
    with pytest.raises(SuyuanError, match=r"packing\.gtin") as caught:
        pack(platform, items, asked, mill)
    assert f"第 {wrong} 层" in caught.value.text.zh
    for part in ("GS1 General Specifications", "of its own", "sscc:"):
        assert part in caught.value.text.en
    assert packages(platform, mill) == before

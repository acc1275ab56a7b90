"""Packing never runs into a dead end: what was withdrawn frees, what is further out is let be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from suyuan.kit import SuyuanError
from suyuan.model import Capturer
from suyuan.registry import packing
from suyuan.registry.issuing import Package
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
from suyuan.store import WriteConnection

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


@pytest.mark.parametrize("hours", [0, -24, 24])
def test_a_code_withdrawn_after_packing_stays_where_it_was_whatever_the_clock_says(
    platform: Platform, mill: Capturer, items: UUID, hours: int
) -> None:
    """And one that was withdrawn before is in no container, also by a clock that was set back."""
    levels = [Level(fit=2, stem=CASES)]
    withdraw_codes(platform, items, "torn", mill, begin=4, end=4)
    clock = platform.clock
    other = msgspec.structs.replace(platform, clock=lambda: clock() + timedelta(hours=hours))
    made = pack(other, items, levels, mill)
    assert [len(each.contents) for each in made.relation] == [2, 1]
    withdraw_codes(platform, items, "torn", mill, begin=1, end=1)
    assert pack(platform, items, levels, mill).relation == made.relation


def test_who_withdraws_while_a_package_is_packed_comes_behind_it(
    platform: Platform, mill: Capturer, items: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock orders them, and the time that is kept says so: five codes, a container at once."""
    levels, asked, go = [Level(fit=2, stem=CASES)], threading.Event(), threading.Event()
    lock = packing.lock

    def late(conn: WriteConnection, package: Package) -> None:
        if threading.current_thread() is not threading.main_thread():
            asked.set()
            go.wait(60)
        lock(conn, package)

    monkeypatch.setattr(packing, "lock", late)
    with ThreadPoolExecutor(1) as pool:
        torn = pool.submit(withdraw_codes, platform, items, "torn", mill, begin=1, end=1)
        assert asked.wait(60)
        made = pack(platform, items, levels, mill)
        go.set()
        torn.result(60)
    assert pack(platform, items, levels, mill).relation == made.relation


def test_of_two_who_pack_one_package_at_once_one_packs_and_both_are_told_the_same(
    platform: Platform, mill: Capturer, items: UUID
) -> None:
    levels = [Level(fit=2, stem=CASES)]
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: pack(platform, items, levels, mill), range(4)))
    assert sorted(each.repeated for each in told) == [False, True, True, True]
    assert all(each.relation == told[0].relation for each in told)


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


def test_a_list_says_of_containers_whose_codes_are_in_them(
    platform: Platform, mill: Capturer, items: UUID
) -> None:
    cases, pallets = Level(fit=2, stem=CASES), Level(fit=2, stem=PALLETS)
    inner, outer = pack(platform, items, [cases, pallets], mill).containers
    assert (inner.holds, outer.holds) == (items, inner.id)
    listed = {each.id: each.holds for each in packages(platform, mill)}
    assert listed == {items: None, inner.id: items, outer.id: inner.id}

"""However a package is withdrawn, in parts and whole, in any order: each code once, and told."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suyuan.kit import SuyuanError
from suyuan.model import Capturer
from suyuan.registry.types import Licence, Withdrawn
from suyuan.service import (
    Order,
    Platform,
    codes,
    entitle,
    examine,
    issue,
    local_capturer,
    withdraw_codes,
    withdrawn,
)

MILL = "urn:suyuan:party:mill"
COUNT = 9
PLACES = st.integers(1, COUNT)
Ask = tuple[int, int, bool]
ASKS = st.lists(
    st.tuples(PLACES, PLACES, st.booleans()).map(lambda each: (*sorted(each[:2]), each[2])),
    max_size=5,
)


@pytest.fixture
def mill(platform: Platform) -> Capturer:
    entitle(platform, Licence(party=MILL, kind="gs1_company_prefix", number="6901234"))
    return local_capturer(platform, MILL)


def package(platform: Platform, mill: Capturer) -> UUID:
    order = Order(scheme="sgtin", stem="06901234567892", count=COUNT)
    return issue(platform, order, mill).package.id


def places(ranges: list[Withdrawn]) -> list[int]:
    return [place for each in ranges for place in range(each.begin + 1, each.end + 1)]


def take(
    platform: Platform, number: UUID, mill: Capturer, begin: int, end: int | None, *, whole: bool
) -> list[int]:
    """Which places were taken by the answer; none if it was refused."""
    try:
        gone = withdraw_codes(platform, number, "x", mill, begin=begin, end=end, whole=whole)
    except SuyuanError as error:
        if (error.code, error.status) != ("issuing.withdrawn-before", 409):
            raise
        return []
    return places(gone)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asks=ASKS)
def test_parts_and_the_rest_in_any_order_take_each_code_once(
    platform: Platform, mill: Capturer, asks: list[Ask]
) -> None:
    number, gone = package(platform, mill), set[int]()
    for begin, end, whole in asks:
        asked = set(range(begin, end + 1))
        expected = asked - gone if whole or not asked & gone else set()
        assert take(platform, number, mill, begin, end, whole=whole) == sorted(expected)
        gone |= expected
        assert [each.place for each in codes(platform, number, mill)] == sorted(
            set(range(1, COUNT + 1)) - gone
        )
    rest = take(platform, number, mill, 1, None, whole=True)
    assert rest == sorted(set(range(1, COUNT + 1)) - gone)
    assert sorted(places(withdrawn(platform, number, mill))) == list(range(1, COUNT + 1))
    assert take(platform, number, mill, 1, None, whole=True) == []


def test_parts_and_the_rest_at_once_take_each_code_once(platform: Platform, mill: Capturer) -> None:
    for _ in range(5):
        number = package(platform, mill)
        asks = [(2, 3, False), (1, None, True), (3, 5, False), (1, None, True), (8, 8, False)]
        with ThreadPoolExecutor(5) as pool:
            taken = list(
                pool.map(
                    lambda ask, of=number: take(platform, of, mill, ask[0], ask[1], whole=ask[2]),
                    asks,
                )
            )
        assert sorted(place for each in taken for place in each) == list(range(1, COUNT + 1))
        assert sorted(places(withdrawn(platform, number, mill))) == list(range(1, COUNT + 1))


def test_each_range_that_was_left_is_an_act(platform: Platform, mill: Capturer) -> None:
    number = package(platform, mill)
    take(platform, number, mill, 4, 5, whole=False)
    take(platform, number, mill, 1, None, whole=True)
    ranges = [(each.begin, each.end) for each in withdrawn(platform, number, mill)]
    assert ranges == [(3, 5), (0, 3), (5, 9)]
    assert examine(platform).damages == ()

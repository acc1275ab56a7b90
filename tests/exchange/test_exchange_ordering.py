"""Events ordered by an extension, against sorting them by hand; pages neither skip nor repeat."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from exchange_given import FARM, SHOP, all_pages, capturer, names, page, reader, take

from suyuan.exchange import QueryError, ordering
from suyuan.model import Role, Viewer
from suyuan.service import Platform

VALUES: tuple[Any, ...] = (
    3, "10", 2.5, "007", "2026-03-01T08:00:00+08:00", "2026-03-01T01:00:00Z", "b", "a", "B", None,
    None, 3, "-1", "溯源", [5, 1], "2026-01-01",
)  # fmt: skip


def event(number: int, value: Any) -> dict[str, Any]:
    told = {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "action": "OBSERVE",
        "eventTime": "2026-02-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"urn:epc:id:sgtin:6901234.000001.{number}"],
    }
    return told if value is None else told | {"ex:grade": value}


def meant(value: Any) -> tuple[int, Any]:
    """Numbers before times before texts, as a person would sort them; written apart on purpose."""
    first = value[0] if isinstance(value, list) else value
    try:
        return 0, Decimal(str(first))
    except ArithmeticError:
        pass
    return (1, datetime.fromisoformat(first)) if "T" in str(first) else (2, first)


@pytest.fixture
def stocked(platform: Platform) -> Platform:
    by = capturer(platform)
    for number, value in enumerate(VALUES):
        take(platform, [event(number, value)], by)
    return platform


ASKED = {"orderBy": "ex:grade", "@context": '{"ex": "https://example.com/ns/"}'}


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("size", ["1", "3", "100"])
def test_the_order_is_that_of_the_values_with_none_last_in_pages_of_any_size(
    stocked: Platform, direction: str, size: str
) -> None:
    having = [(number, value) for number, value in enumerate(VALUES) if value is not None]
    having.sort(key=lambda each: meant(each[1]), reverse=direction == "DESC")
    without = [number for number, value in enumerate(VALUES) if value is None]
    expected = [event(number, None)["eventID"] for number in [n for n, _ in having] + without]
    asked = ASKED | {"orderDirection": direction, "perPage": size}
    assert names(all_pages(stocked, asked, reader())) == expected
    limited = ASKED | {"orderDirection": direction, "perPage": size, "eventCountLimit": "4"}
    assert names(all_pages(stocked, limited, reader())) == expected[:4]


def test_who_is_not_shown_the_member_is_not_told_by_the_order(platform: Platform) -> None:
    """A partner gets standard members alone; to them all events are alike."""
    part = {"destinationList": [{"type": "owning_party", "destination": SHOP}]}
    by = capturer(platform, FARM)
    for number, value in enumerate((9, 1, 5)):
        take(platform, [event(number, value) | part], by)
    told = [event(number, None)["eventID"] for number in range(3)]
    asked = ASKED | {"orderDirection": "ASC"}
    assert names(page(platform, asked, reader(SHOP))[0]) == told
    own = names(page(platform, asked, reader(FARM))[0])
    assert own == [told[1], told[2], told[0]]


def test_too_many_to_be_ordered_are_refused_whole(
    stocked: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "MOST_ORDERED", len(VALUES) - 1)
    with pytest.raises(QueryError) as caught:
        page(stocked, ASKED, Viewer(role=Role.ADMIN))
    assert (caught.value.status, caught.value.code) == (413, "query.too-complex")


@pytest.mark.parametrize("field", ["grade", "ex:", ":grade", "nowhere:grade", "eventtime"])
def test_what_names_no_field_is_refused(platform: Platform, field: str) -> None:
    with pytest.raises(QueryError):
        page(platform, ASKED | {"orderBy": field}, reader())

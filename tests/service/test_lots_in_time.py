"""Lots of one code from two makers: a case had only what had come before it was sent on."""

from typing import Any

import pytest
from oil import BOTTLER, HALL, LOT, PRESS, SHOP, SITES, STALL, amounts, event, moved, sold, told

from suyuan.service import OPERATOR, Platform, SourceAsked, cases_typed, locate_on_record

LATE = "urn:suyuan:party:late"


@pytest.fixture(autouse=True)
def one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SITES, LATE, LATE.replace("party", "site"))


def made_by(party: str, number: int) -> dict[str, Any]:
    step = "creating_class_instance"
    return event(number, 1, step, party, action="ADD", quantityList=amounts((LOT, 100)))


def by_lot(platform: Platform, cases: str) -> dict[str, float]:
    wanted = SourceAsked(things=(LOT,))
    found = locate_on_record(platform, cases_typed(cases), wanted, OPERATOR, lang="en")
    assert found.by_lot is not None, found.no_lots
    return dict(found.by_lot.sources)


@pytest.mark.parametrize("days", ["2026-03-06", "2026-03-06,4"])
def test_who_delivered_to_the_hub_after_the_shop_was_served_has_no_case(
    platform: Platform, days: str
) -> None:
    """Both make lot A1. The late one's came to the hub on the 8th, what the shop had left it on
    the 5th: so too if a case may have bought on the 10th, for nothing more came to the shop."""
    first, on = moved(10, 2, PRESS, BOTTLER, much=100), moved(20, 5, BOTTLER, SHOP, much=50)
    late = moved(30, 7, LATE, BOTTLER, much=100)
    hub = (BOTTLER, [first[1], on[0], late[1]])
    makers = [(PRESS, [made_by(PRESS, 1), first[0]]), (LATE, [made_by(LATE, 2), late[0]])]
    told(platform, [*makers, hub, (SHOP, [on[1], sold(50, 6, 50)])])
    found = by_lot(platform, f"{STALL},3,{days}")
    assert found == {"Press": pytest.approx(1), "late": 0}


def test_what_a_hub_got_after_the_case_bought_there_has_no_case(platform: Platform) -> None:
    """What lies there is on sale on each day since it came, of the late one's since the 8th."""
    first, late = moved(10, 2, PRESS, BOTTLER, much=100), moved(30, 7, LATE, BOTTLER, much=100)
    makers = [(PRESS, [made_by(PRESS, 1), first[0]]), (LATE, [made_by(LATE, 2), late[0]])]
    told(platform, [*makers, (BOTTLER, [first[1], late[1]])])
    for case in (f"{HALL},3,2026-03-07", f"{HALL},2,2026-03-04\n{HALL},1,2026-03-09"):
        assert by_lot(platform, case) == {"Press": pytest.approx(1), "late": 0}
    assert by_lot(platform, f"{HALL},1,2026-03-09")["late"] == pytest.approx(1 / 2)

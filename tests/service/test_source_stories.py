"""Small stories in which a source is weighed by hand: what was where on the day of purchase."""

from typing import Any

import pytest
from oil import (
    BOTTLER,
    HALL,
    LOT,
    OIL,
    OTHER,
    PRESS,
    SHOP,
    SITES,
    STALL,
    YARD,
    moved,
    pressed,
    told,
)

from suyuan.kit import SuyuanError
from suyuan.service import OPERATOR, Platform, SourceAsked, cases_typed, locate_on_record

W, Q = "urn:suyuan:party:w", "urn:suyuan:party:q"


@pytest.fixture(autouse=True)
def two_more(monkeypatch: pytest.MonkeyPatch) -> None:
    for party in (W, Q):
        monkeypatch.setitem(SITES, party, party.replace("party", "site"))


def likely(platform: Platform, cases: str, **asked: Any) -> dict[str, float]:
    wanted = SourceAsked(**asked)
    found = locate_on_record(platform, cases_typed(cases), wanted, OPERATOR, lang="en")
    return {one.name: one.posterior for one in found.located.suspects}


def test_what_left_a_place_after_the_last_purchase_was_there_till_then(platform: Platform) -> None:
    """On that day the bottler had 99 of the press's 100, and the shop 1 of them and 50 others."""
    first, on = moved(10, 2, PRESS, BOTTLER, much=100), moved(20, 4, BOTTLER, SHOP, much=1)
    later, other = moved(30, 20, BOTTLER, W, much=99), moved(40, 3, Q, SHOP, much=50, lot=OTHER)
    told(platform, [(PRESS, [pressed(1, 1, LOT, 100), first[0]]), (Q, [other[0]]), (W, [later[1]]),
                    (BOTTLER, [first[1], on[0], later[0]]), (SHOP, [on[1], other[1]])])  # fmt: skip
    found = likely(platform, f"{STALL},1,2026-03-05")
    assert found["Press"] < 0.05
    assert likely(platform, f"{HALL},1,2026-03-05")["Press"] == pytest.approx(1)


def test_what_was_made_after_the_last_purchase_weighs_nothing(platform: Platform) -> None:
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, BOTTLER, SHOP, much=4, lot=OTHER)
    more = pressed(2, 20, f"{OIL}/10/LATER", 1000)
    told(platform, [(PRESS, [one[0], more]), (BOTTLER, [other[0]]), (SHOP, [one[1], other[1]])])
    assert likely(platform, f"{STALL},3,2026-03-06")["Press"] == pytest.approx(2 / 3)


def test_crates_that_stand_about_take_nothing_off_what_is_weighed(platform: Platform) -> None:
    first, on = moved(10, 2, PRESS, BOTTLER, much=100), moved(20, 4, BOTTLER, SHOP, much=50)
    crates = [f"urn:epc:id:grai:6901234.01234.{number}" for number in range(4)]
    brought = moved(30, 2, W, BOTTLER, much=1)
    for each in brought:
        del each["quantityList"]
        each["epcList"] = crates
    told(platform, [(PRESS, [pressed(1, 1, LOT, 100), first[0]]), (W, [brought[0]]),
                    (BOTTLER, [first[1], brought[1], on[0]]), (SHOP, [on[1]])])  # fmt: skip
    found = likely(platform, f"{STALL},3", noise=0.1)
    assert max(found, key=lambda name: found[name]) == "Press"
    assert "Shop" not in found


def test_what_is_sent_back_changed_is_no_return_and_the_cure_is_named(platform: Platform) -> None:
    """Feed for milk: nobody is a candidate, and nobody is named for want of one."""
    there = moved(10, 2, PRESS, BOTTLER, much=100, lot=OTHER)
    back, on = moved(20, 5, BOTTLER, PRESS, much=40), moved(30, 7, PRESS, SHOP, much=40)
    told(platform, [(PRESS, [there[0], back[1], on[0]]), (BOTTLER, [there[1], back[0]]),
                    (SHOP, [on[1]])])  # fmt: skip
    with pytest.raises(SuyuanError) as caught:
        likely(platform, f"{STALL},3")
    assert caught.value.code == "locate.no-candidate"


def test_to_whom_something_comes_that_does_not_compare_is_no_candidate(platform: Platform) -> None:
    kilos = [moved(10 * n, n, PRESS, BOTTLER, much=4) for n in (2, 3)]
    litres = moved(40, 3, PRESS, SHOP, much=5, lot=OTHER)
    for each in litres:
        each["quantityList"] = [{"epcClass": OTHER, "quantity": 5, "uom": "LTR"}]
    kept = [one for pair in kilos for one in pair]
    told(platform, [(PRESS, [*kept[::2], litres[0]]), (BOTTLER, kept[1::2]), (SHOP, [litres[1]])])
    assert "Shop" not in likely(platform, f"{STALL},3", noise=0.1)


def test_pieces_that_never_left_where_they_were_made_were_there(platform: Platform) -> None:
    pieces = [f"{OIL}/21/P{number}" for number in range(3)]
    born, gone = pressed(1, 2, LOT, 1), moved(10, 3, PRESS, SHOP, much=1)
    for each, some in ((born, pieces), (gone[0], pieces[:1]), (gone[1], pieces[:1])):
        del each["quantityList"]
        each["epcList"] = some
    told(platform, [(PRESS, [born, gone[0]]), (SHOP, [gone[1]])])
    assert likely(platform, YARD) == {"Press": pytest.approx(1)}

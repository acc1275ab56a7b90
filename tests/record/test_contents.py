"""Who sells a container sells what lies in it: what stops a content stops the container."""

import json
from itertools import pairwise, permutations
from typing import Any

import pytest
from given import TRADER, Give, event
from test_past import LOT, PIECE, PIG, declared, failed, sold, step, stops

from suyuan.kit import Text
from suyuan.registry import directory
from suyuan.registry.types import Party
from suyuan.state import Memory
from suyuan.store import Store

CRATE, PALLET = (f"https://id.gs1.org/8003/06901234567892{serial}" for serial in ("A1", "P1"))

Json = dict[str, Any]


def packed(number: int, container: str, *things: str, hour: int = 6, **members: Any) -> Json:
    return aggregated(number, "ADD", "packing", container, things, hour) | members


def taken_out(number: int, container: str, *things: str, hour: int = 12, **members: Any) -> Json:
    return aggregated(number, "DELETE", "unpacking", container, things, hour) | members


def aggregated(
    number: int, action: str, biz_step: str, container: str, things: tuple[str, ...], hour: int
) -> Json:
    plain = event(number)
    del plain["epcList"]
    return plain | {
        "type": "AggregationEvent",
        "action": action,
        "bizStep": biz_step,
        "parentID": container,
        "childEPCs": list(things),
        "eventTime": f"2026-03-01T{hour:02d}:00:00Z",
        "suyuan:family": "edible-agricultural-products",
    }


TEST = failed(1, epcList=[PIG])
IN_CRATE = packed(2, CRATE, PIG)
ON_PALLET = packed(3, PALLET, CRATE, hour=7)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("parted", [(), (1, 2, 3)], ids=["one document", "four documents"])
def test_a_pallet_is_stopped_by_what_lies_in_a_crate_on_it(
    give: Give, order: tuple[int, ...], parted: tuple[int, ...]
) -> None:
    events = [*((TEST, IN_CRATE, ON_PALLET)[at] for at in order), sold(9, PALLET)]
    for first, last in pairwise([0, *parted, len(events)]):
        result = give(*events[first:last])
    assert stops(result)


@pytest.mark.parametrize(
    "ending",
    [
        taken_out(4, CRATE, PIG),
        taken_out(4, CRATE),  # names no child: everything is taken out
        taken_out(4, PALLET, CRATE),
        packed(4, CRATE.replace("A1", "B7"), PIG, hour=12),
        step(4, "market_test", epcList=[PIG], action="DELETE", eventTime="2026-03-01T12:00:00Z"),
        declared(IN_CRATE),
        declared(TEST),
    ],
    ids=["taken out", "emptied", "crate off", "in another", "destroyed", "not packed", "no test"],
)
def test_what_lies_there_no_longer_stops_nothing(give: Give, ending: Json) -> None:
    give(TEST, IN_CRATE, ON_PALLET)
    assert stops(give(sold(9, PALLET)))
    give(ending)
    assert not stops(give(sold(10, PALLET)))


def test_what_was_taken_out_only_after_the_sale_lay_there_when_it_was_sold(give: Give) -> None:
    give(TEST, IN_CRATE)
    late = taken_out(4, CRATE, PIG) | {"eventTime": "2026-03-02T00:00:01Z"}
    give(late)
    assert stops(give(sold(9, CRATE)))


@pytest.mark.parametrize("content", ["amount", "piece"])
def test_a_failed_lot_stops_the_crate_it_lies_in(give: Give, content: str) -> None:
    kilos = [{"epcClass": LOT, "quantity": 5, "uom": "KGM"}]
    things = {"childQuantityList": kilos} if content == "amount" else {"childEPCs": [PIECE]}
    other = PIECE.replace("B1", "B2")
    give(failed(1, epcList=[], quantityList=kilos))
    give(packed(2, CRATE, **things), packed(3, CRATE, other))
    assert stops(give(sold(9, CRATE)))
    give(taken_out(4, CRATE, **things))
    assert not stops(give(sold(10, CRATE)))


def test_a_finding_says_that_something_is_wrong_inside_and_never_what(give: Give) -> None:
    give(TEST, IN_CRATE, ON_PALLET)
    found = give(sold(9, PALLET), by=TRADER).events[-1].findings
    told = json.dumps(
        [[one.path, one.message, one.cure, one.params]
         for one in found],
        default=str, ensure_ascii=False,
    )  # fmt: skip
    assert "something in" in told
    assert PALLET in told
    assert PIG not in told
    assert CRATE not in told


def test_no_number_of_later_reports_hides_what_lies_inside(give: Give) -> None:
    give(TEST, IN_CRATE)
    scans = [step(n, "rearing", epcList=[PIG, CRATE]) for n in range(100, 1_105)]
    assert not give(*scans).counts.get("refused")
    assert stops(give(sold(9, CRATE)))


def test_a_report_that_is_itself_in_doubt_takes_nothing_out(give: Give) -> None:
    give(TEST, IN_CRATE, event(4))
    (told,) = give(taken_out(4, CRATE, PIG)).events  # under the id of another report
    assert told.verdict == "held"
    assert stops(give(sold(9, CRATE)))


IN_OTHER = packed(4, CRATE.replace("A1", "B7"), PIG, hour=12)
DESTROYED = step(4, "market_test", epcList=[PIG], action="DELETE", eventTime="2026-03-01T12:00:00Z")


@pytest.mark.parametrize("ending", [IN_OTHER, DESTROYED], ids=["in another", "destroyed"])
def test_a_report_in_doubt_of_an_end_or_another_container_ends_no_stay(
    give: Give, ending: Json
) -> None:
    give(TEST, IN_CRATE, event(4))
    (told,) = give(ending).events  # under the id of another report
    assert told.verdict == "held"
    assert stops(give(sold(9, CRATE)))


@pytest.mark.parametrize(
    "ending",
    [taken_out(4, CRATE, PIG), taken_out(4, CRATE), IN_OTHER, DESTROYED],
    ids=["taken out", "emptied", "in another", "destroyed"],
)
def test_a_stranger_ends_no_stay_and_whoever_was_given_the_thing_does(
    give: Give, ending: Json
) -> None:
    give(TEST, IN_CRATE)
    give(ending, by=TRADER)
    assert stops(give(sold(9, CRATE)))
    to = [{"type": "possessing_party", "destination": TRADER.party}]
    handed = step(5, "rearing", epcList=[PIG, CRATE], destinationList=to,
                  eventTime="2026-03-01T10:00:00Z")  # fmt: skip
    give(handed | {"eventID": event(6)["eventID"]}, by=TRADER)  # nobody gives it to himself
    assert stops(give(sold(10, CRATE)))
    give(handed)
    assert not stops(give(sold(11, CRATE)))


def test_whoever_is_registered_for_the_step_ends_a_stay(give: Give, database: Store) -> None:
    with database.write() as conn:
        directory.register(
            conn,
            [Party(uri=TRADER.party, name=Text("市场", "Market"), roles=("laboratory",))],
            tenant=1,
        )
    give(TEST, IN_CRATE)
    give(DESTROYED, by=TRADER)
    assert not stops(give(sold(9, CRATE)))


def test_what_was_sold_once_and_came_back_lies_where_it_was_packed_then(give: Give) -> None:
    before = step(4, "trade", epcList=[PIG], bizStep="retail_selling",
                  eventTime="2026-02-20T00:00:00Z")  # fmt: skip
    give(before, TEST, IN_CRATE)
    assert stops(give(sold(9, CRATE)))


def test_a_packing_is_judged_without_looking_inside_anything(
    give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Memory, "inside", never)
    result = give(TEST, IN_CRATE, ON_PALLET)
    assert all(one.entry is not None for one in result.events)


def test_a_thousand_crates_in_one_another_are_held_for_what_cannot_be_seen(give: Give) -> None:
    crates = [f"https://id.gs1.org/8003/06901234567892N{number}" for number in range(1_100)]
    packings = [
        packed(100 + at, box, thing) | {"eventTime": f"2026-03-01T06:{at // 60:02d}:{at % 60:02d}Z"}
        for at, (thing, box) in enumerate(pairwise((PIG, *crates)))
    ]
    give(TEST, *packings)
    moved = step(9, "rearing", epcList=crates[-1:], bizStep="shipping",
                 eventTime="2026-03-02T00:00:00Z")  # fmt: skip
    (told,) = give(moved).events
    assert told.verdict == "held"
    assert "chain.unseen-inside" in {one.rule for one in told.findings}
    assert stops(give(sold(10, crates[-1])))

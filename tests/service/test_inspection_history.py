"""Priors from inspections on record: which count, whose they are, and what each weighs."""

import json
from typing import Any
from uuid import UUID

import pytest
from oil import (
    BOTTLER,
    CONTEXT,
    HALL,
    LOT,
    OTHER,
    PRESS,
    SHOP,
    STALL,
    YARD,
    amounts,
    event,
    moved,
    pressed,
    sold,
    told,
)  # fmt: skip

from suyuan.capture import OnRefusal, Options
from suyuan.kit import SuyuanError, Text
from suyuan.kit.span import parse_instant
from suyuan.model import Verdict
from suyuan.registry.types import Party, Site
from suyuan.service import (
    OPERATOR,
    Platform,
    SourceAsked,
    Sourced,
    capture,
    cases_typed,
    follow,
    local_capturer,
    locate_on_record,
    overriding,
    register,
)

OFFICE = "urn:suyuan:party:office"
CASES = cases_typed(f"{STALL},3")
AS_OF = parse_instant("2026-04-01", offset_minutes=480)[0].lo


def inspected(number: int, day: int, site: str, result: str | None, **more: Any) -> dict[str, Any]:
    said = {} if result is None else {"suyuan:testResult": result}
    return event(number, day, "inspecting", PRESS, quantityList=amounts((LOT, 1))) | {
        "readPoint": {"id": site}, "bizLocation": {"id": site}, "suyuan:step": "food_test",
        "suyuan:testedOn": f"2026-03-{day:02}", **said, **more,
    }  # fmt: skip


def reported(platform: Platform, party: str, *events: dict[str, Any]) -> list[int]:
    whole = {
        "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-04-01T08:00:00Z", "epcisBody": {"eventList": list(events)},
    }  # fmt: skip
    options = Options(on_refusal=OnRefusal.PROCEED)
    result = capture(
        platform, json.dumps(whole).encode(), local_capturer(platform, party), options
    )  # fmt: skip
    assert all(each.entry is not None for each in result.events), result
    follow(platform)
    return [each.entry or 0 for each in result.events]


@pytest.fixture
def trade(platform: Platform) -> Platform:
    """Press and bottler each sent the shop 8 kg of a lot of their own."""
    one, other = moved(10, 3, PRESS, SHOP, much=8), moved(20, 3, BOTTLER, SHOP, much=8, lot=OTHER)
    made = event(2, 1, "creating_class_instance", BOTTLER, action="ADD")
    made |= {"quantityList": amounts((OTHER, 8))}
    story = [
        (PRESS, [pressed(1, 1, LOT, 8), one[0]]), (BOTTLER, [made, other[0]]),
        (SHOP, [one[1], other[1], sold(50, 6, 5), sold(51, 6, 5, OTHER)]),
    ]  # fmt: skip
    told(platform, story)
    register(platform, [Party(uri=OFFICE, name=Text("监管所", "Office"), roles=("laboratory",))])
    return platform


def asked(platform: Platform, **more: Any) -> Sourced:
    wanted = SourceAsked(noise=0.02, inspections=True, as_of=AS_OF, **more)
    return locate_on_record(platform, CASES, wanted, OPERATOR, lang="en")


def rates(found: Sourced) -> dict[str, tuple[int, int]]:
    assert found.histories is not None
    return {n: (e.inspections, e.failures) for n, e in found.histories.places.items()}


def posteriors(found: Sourced) -> dict[str, float]:
    return {one.name: one.posterior for one in found.located.suspects}


def test_without_inspections_the_answer_is_the_plain_one(trade: Platform) -> None:
    found = asked(trade)
    plain = locate_on_record(trade, CASES, SourceAsked(noise=0.02), OPERATOR, lang="en")
    assert plain.histories is None
    assert posteriors(found) == pytest.approx(posteriors(plain))
    assert rates(found) == {"Press": (0, 0), "Bottler": (0, 0)}
    assert found.histories is not None
    assert {e.rate for e in found.histories.places.values()} == {found.histories.mean}


def test_failures_at_its_site_speak_against_it(trade: Platform) -> None:
    reported(
        trade, OFFICE,
        inspected(60, 4, YARD, "unqualified"), inspected(61, 5, YARD, "qualified"),
        inspected(62, 5, HALL, "suyuan:qualified"),
    )  # fmt: skip
    found = asked(trade)
    assert rates(found) == {"Press": (2, 1), "Bottler": (1, 0)}
    assert found.histories is not None
    assert (found.histories.inspections, found.histories.left_out) == (3, 0)
    past = found.histories.places
    first = {one.name: one.prior for one in found.located.suspects}
    assert first["Press"] / first["Bottler"] == pytest.approx(
        past["Press"].odds / past["Bottler"].odds
    )
    assert posteriors(found)["Press"] > 0.8
    # 28 days before the first of April, half of what it was at a half-life of as many
    halved = asked(trade, half_life=28.0 - 10 / 24).histories
    assert halved is not None
    assert halved.places["Press"].failed == pytest.approx(0.5)
    missed = asked(trade, detection=0.5, half_life=1e9).histories
    assert missed is not None
    assert missed.places["Bottler"].passed == pytest.approx(0.5)


def test_what_is_no_outcome_of_another_is_left_out(trade: Platform) -> None:
    reported(trade, OFFICE, inspected(60, 4, YARD, None), inspected(61, 4, STALL, "unqualified"))
    reported(trade, PRESS, inspected(62, 4, YARD, "qualified"))
    reported(trade, OFFICE, inspected(63, 4, YARD, "unqualified"))
    wrong = inspected(63, 4, YARD, "unqualified")
    reported(
        trade, OFFICE, wrong | {"errorDeclaration": {"declarationTime": "2026-03-05T10:00:00Z"}}
    )
    found = asked(trade)
    assert rates(found) == {"Press": (0, 0), "Bottler": (0, 0)}
    assert found.histories is not None
    # that at the shop teaches the mean of all; two state nothing that counts
    assert (found.histories.inspections, found.histories.left_out) == (1, 2)
    weight = 0.5 ** ((27 + 14 / 24) / 365)
    assert found.histories.mean == pytest.approx((1 + weight) / (20 + weight))


def test_what_is_held_counts_when_it_is_released(trade: Platform) -> None:
    reported(trade, OFFICE, inspected(60, 4, YARD, "unqualified"))
    name = UUID(int=60).urn
    (judged,) = overriding.verdicts(trade, name, OPERATOR)
    wish = overriding.Wish(to=Verdict.HELD, ground="查证", expect=judged.verdict)
    overriding.override(trade, name, wish, OPERATOR, authority="市监局")
    assert rates(asked(trade))["Press"] == (0, 0)
    wish = overriding.Wish(to=Verdict.FLAGGED, ground="核实", expect=Verdict.HELD)
    overriding.override(trade, name, wish, OPERATOR, authority="市监局")
    assert rates(asked(trade))["Press"] == (1, 1)


def test_it_bears_on_who_had_the_site_and_on_what_was_before(trade: Platform) -> None:
    reported(trade, OFFICE, inspected(60, 10, YARD, "unqualified"))
    assert rates(asked(trade))["Press"] == (1, 1)
    before = parse_instant("2026-03-09", offset_minutes=480)[0].lo
    wanted = SourceAsked(noise=0.02, inspections=True, as_of=before)
    found = locate_on_record(trade, CASES, wanted, OPERATOR, lang="en")
    assert rates(found)["Press"] == (0, 0)
    register(trade, [Site(uri=YARD, operator=BOTTLER, name=Text("院", "Yard"), division="330104")])
    found = asked(trade)
    assert sum(count for count, _ in rates(found).values()) == 0


def test_inspections_of_other_families_say_nothing(trade: Platform) -> None:
    other = inspected(60, 4, YARD, None) | {
        "suyuan:family": "special-equipment", "suyuan:step": "lift_inspection",
        "suyuan:productKind": "lift", "suyuan:inspectionResult": "unqualified",
    }  # fmt: skip
    reported(trade, OFFICE, other)
    assert rates(asked(trade))["Press"] == (0, 0)


@pytest.mark.parametrize("way", [{"half_life": 0.0}, {"detection": 0.0}, {"detection": 2.0}])
def test_what_is_no_way_to_count_is_named(trade: Platform, way: dict[str, float]) -> None:
    with pytest.raises(SuyuanError) as caught:
        asked(trade, **way)
    assert caught.value.code == "locate.history"

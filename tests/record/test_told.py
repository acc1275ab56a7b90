"""What one report leaves known reaches into the next: of another family, another party, later."""

from typing import Any

import pytest
from given import FARM, NOW, TRADER, Give, event

from suyuan.kit import Text
from suyuan.model import Capturer
from suyuan.registry import Licence, Party, directory
from suyuan.store import Store

PARCEL = "3706020010010001"
LEEKS = "urn:suyuan:item:A:leeks"
CYLINDER = "https://id.gs1.org/8003/06901234567892LPG001"
STRANGER = Capturer(tenant=1, account=3, party="urn:suyuan:party:stranger")


@pytest.fixture(autouse=True)
def _registered(database: Store) -> None:
    roles = {FARM.party: ("filling_station", "inspection_body"), TRADER.party: ("farm",)}
    parties = [Party(uri=uri, name=Text("名", "name"), roles=each) for uri, each in roles.items()]
    licence = Licence(party=FARM.party, kind="filling_licence", number="1")
    with database.write() as conn:
        directory.register(conn, [*parties, licence])


def sprayed(number: int, day: str, interval: object, **members: Any) -> dict[str, Any]:
    said = {
        "eventTime": f"{day}T10:00:00+08:00",
        "suyuan:family": "agricultural-inputs",
        "suyuan:step": "input_application",
        "suyuan:productKind": "pesticide",
        "suyuan:parcel": PARCEL,
        "suyuan:useDate": day,
        "suyuan:intervalDays": interval,
    }
    return event(number, bizStep="other", **(said | members))


def harvested(number: int, day: str, parcel: str = PARCEL) -> dict[str, Any]:
    return event(
        number,
        eventTime=f"{day}T16:00:00+08:00",
        action="ADD",
        bizStep="commissioning",
        epcList=[f"{LEEKS}{number}"],
        ilmd={"suyuan:parcel": parcel, "suyuan:harvestDate": day},
        **{
            "suyuan:family": "edible-agricultural-products",
            "suyuan:step": "harvest",
            "suyuan:productKind": "vegetable",
        },
    )


def is_early(told: Any) -> bool:
    return "crop.harvest.interval-on-record" in [one.rule for one in told.events[0].findings]


@pytest.mark.parametrize(("day", "early"), [("2026-03-06", True), ("2026-03-07", False)])
def test_a_spraying_reported_under_inputs_reaches_into_the_harvest(
    give: Give, day: str, *, early: bool
) -> None:
    """By whoever reports it: that something may be wrong, anybody may say."""
    give(sprayed(1, "2026-02-28", 7), by=STRANGER)
    assert is_early(give(harvested(2, day), by=TRADER)) is early
    assert not is_early(give(harvested(3, day, "other"), by=TRADER))


def test_the_longest_of_several_intervals_counts_and_a_correction_lifts_it(give: Give) -> None:
    give(sprayed(1, "2026-02-20", 15), sprayed(2, "2026-02-25", 3), by=TRADER)
    assert is_early(give(harvested(3, "2026-03-06"), by=TRADER))
    wrong = {"declarationTime": NOW.isoformat(), "reason": "incorrect_data"}
    give(sprayed(1, "2026-02-20", 15) | {"errorDeclaration": wrong}, by=TRADER)
    assert not is_early(give(harvested(4, "2026-03-06"), by=TRADER))


def test_a_spraying_after_the_harvest_is_nothing_to_it(give: Give) -> None:
    give(sprayed(1, "2026-03-07", 30), by=TRADER)
    assert not is_early(give(harvested(2, "2026-03-06"), by=TRADER))


@pytest.mark.parametrize("interval", [-1, "many", "NaN", 1e30, None, True])
def test_no_interval_that_is_none_is_remembered(give: Give, interval: object) -> None:
    give(sprayed(1, "2026-02-28", interval), by=TRADER)
    assert not is_early(give(harvested(2, "2026-03-01"), by=TRADER))


def registration(number: int, medium: str) -> dict[str, Any]:
    return cylinder(number, "cylinder_registration", "2026-02-01", medium=medium)


def cylinder(number: int, step: str, day: str, **items: str) -> dict[str, Any]:
    names = {
        "medium": "medium", "due": "nextInspectionDate", "precheck": "precheckResult",
        "result": "inspectionResult",
    }  # fmt: skip
    return event(
        number,
        eventTime=f"{day}T10:00:00+08:00",
        bizStep="other",
        epcList=[CYLINDER],
        **{
            "suyuan:family": "special-equipment",
            "suyuan:step": step,
            "suyuan:productKind": "gas_cylinder",
        }
        | {f"suyuan:{names[name]}": value for name, value in items.items()},
    )


def rules(told: Any) -> set[str]:
    return {one.rule for one in told.events[0].findings}


def test_a_filling_is_held_against_what_the_cylinder_is_registered_for(give: Give) -> None:
    give(registration(1, "oxygen"), by=FARM)
    assert "cylinder.filling.medium" in rules(
        give(cylinder(2, "cylinder_filling", "2026-03-01", medium="lpg"), by=FARM)
    )
    assert "cylinder.filling.medium" not in rules(
        give(cylinder(3, "cylinder_filling", "2026-03-02", medium="oxygen"), by=FARM)
    )


def test_only_the_word_of_who_is_registered_for_it_is_the_last_word(give: Give) -> None:
    """A stranger extends no inspection, and puts none out of date either."""
    inspected = cylinder(
        1, "cylinder_inspection", "2026-02-01", due="2026-02-20", result="qualified"
    )
    give(inspected, by=FARM)
    give(cylinder(2, "cylinder_inspection", "2026-02-15", due="2030-01-01"), by=STRANGER)
    filled = cylinder(3, "cylinder_filling", "2026-03-01")
    assert "cylinder.inspection-on-record" in rules(give(filled, by=FARM))
    give(
        cylinder(4, "cylinder_inspection", "2026-02-16", due="2030-01-01", result="qualified"),
        by=FARM,
    )
    filled = cylinder(5, "cylinder_filling", "2026-03-01")
    assert "cylinder.inspection-on-record" not in rules(give(filled, by=FARM))


HERB = "https://id.gs1.org/01/06901234567892/10/HERB26"


def herb(number: int, day: str, family: str, step: str, **said: str) -> dict[str, Any]:
    kind = "medicinal" if family == "edible-agricultural-products" else "herbal_piece"
    named = {"family": family, "step": step, "productKind": kind} | said
    return event(
        number,
        eventTime=f"{day}T10:00:00+08:00",
        bizStep="other",
        quantityList=[{"epcClass": HERB, "quantity": 500, "uom": "KGM"}],
        **{f"suyuan:{name}": value for name, value in named.items()},
    )


def packed(number: int, day: str) -> dict[str, Any]:
    said = {"productName": "黄芪", "origin": "甘肃省陇西县", "packedOn": day, "qualityMark": "合格"}
    return herb(number, day, "edible-agricultural-products", "herb_packing", **said)


def bought(number: int, on_package: str) -> dict[str, Any]:
    said = {"genericName": "黄芪", "herbOrigin": "甘肃省陇西县", "packedOn": on_package}
    return herb(number, "2026-02-20", "drugs", "herb_purchase", **said)


@pytest.mark.parametrize(("on_package", "other"), [("2026-02-10", False), ("2026-02-12", True)])
def test_a_makers_purchase_of_herbs_is_held_against_their_packing_at_origin(
    give: Give, on_package: str, *, other: bool
) -> None:
    give(packed(1, "2026-02-10"), by=TRADER)
    found = rules(give(bought(2, on_package), by=FARM))
    assert ("drug.herb.packed-on-record" in found) is other
    assert "drug.herb.origin-on-record" not in found


@pytest.mark.parametrize(("verdict", "bad"), [("qualified", False), ("unqualified", True)])
def test_herbs_that_failed_a_test_at_origin_are_held_when_bought(
    give: Give, verdict: str, *, bad: bool
) -> None:
    tested = {"testItem": "农药残留量", "testResult": verdict, "reportNumber": "JC1"}
    give(herb(1, "2026-02-11", "edible-agricultural-products", "test", **tested), by=TRADER)
    assert ("drug.herb.state" in rules(give(bought(2, "2026-02-10"), by=FARM))) is bad

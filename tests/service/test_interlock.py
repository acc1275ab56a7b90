"""May this be done, here and now? Yes or no with every reason, and nothing is recorded."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from suyuan.capture import OnRefusal, Options
from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer, Role, Severity, Viewer
from suyuan.registry import Licence, Party, directory
from suyuan.service import (
    Act,
    Interlock,
    NewPermit,
    Platform,
    capture,
    enter_permit,
    interlock,
    permits,
)

STATION, MAKER, CLINIC, HOLDER, OPERATES = (
    f"urn:suyuan:party:{name}" for name in ("station", "maker", "clinic", "holder", "operates")
)
CYLINDER = "https://id.gs1.org/8003/06901234567892LPG001"
LIFT = "https://id.gs1.org/8004/6901234LIFT01"
DOSE = "urn:suyuan:drug-trace:83900010000000000017"
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
ROLES = {
    STATION: ("filling_station", "inspection_body", "equipment_maker"),
    MAKER: ("explosives_maker", "drug_maker"),
    CLINIC: ("vaccination_unit",),
    OPERATES: ("equipment_user", "maintenance_unit", "inspection_body", "registrar"),
}
LICENCES = [
    (STATION, "filling_licence"), (MAKER, "explosives_sale_licence"),
    (OPERATES, "equipment_production_licence"),
]  # fmt: skip

Report = Callable[..., None]


@pytest.fixture(autouse=True)
def _registered(platform: Platform) -> None:
    parties = [Party(uri=uri, name=Text("名", "n"), roles=each) for uri, each in ROLES.items()]
    licences = [Licence(party=party, kind=kind, number="1") for party, kind in LICENCES]
    with platform.store.write() as conn:
        directory.register(conn, [*parties, *licences])


@pytest.fixture
def report(platform: Platform) -> Report:
    """Report a step of a thing by a party, on a day, with items by their extension's name."""
    numbers = iter(range(1, 1000))

    def reported(by: str, family: str, step: str, thing: str, day: str, **items: Any) -> None:
        event = {
            "type": "ObjectEvent", "eventID": UUID(int=next(numbers)).urn, "action": "OBSERVE",
            "eventTime": f"{day}T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
            "epcList": [thing], "bizStep": "other", "suyuan:family": family, "suyuan:step": step,
            **{f"suyuan:{name}": value for name, value in items.items()},
        }  # fmt: skip
        whole = {
            "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
            "creationDate": "2026-03-02T08:00:00Z", "epcisBody": {"eventList": [event]},
        }  # fmt: skip
        capturer = Capturer(tenant=1, account=1, party=by)
        options = Options(on_refusal=OnRefusal.PROCEED)
        result = capture(platform, json.dumps(whole).encode(), capturer, options)
        assert result.events[0].entry is not None, result

    return reported


@pytest.fixture
def cylinder(report: Report) -> Report:
    """Report a step of the cylinder by its station."""

    def reported(step: str, day: str, **items: Any) -> None:
        report(STATION, "special-equipment", f"cylinder_{step}", CYLINDER, day, **items)

    return reported


@pytest.fixture
def ready(cylinder: Report) -> None:
    """A cylinder for LPG that may be filled."""
    cylinder("manufacture", "2025-06-01", medium="lpg", designLifeUntil="2033-05-31")
    cylinder(
        "registration", "2025-07-01", medium="lpg", stationMark="A", nextInspectionDate="2029-06-01"
    )
    cylinder("precheck", "2026-02-28", precheckResult="qualified")


def may(platform: Platform, step: str, *things: str, by: str, **said: Any) -> Interlock:
    values = said.pop("values", {})
    said.setdefault("at", NOON)
    return interlock(platform, Act(step=step, things=list(things), party=by, values=values, **said))


def fill(platform: Platform, **values: Any) -> Interlock:
    given = {"medium": "lpg", "station_mark": "A", "fill_mass": 10, "cylinder_model": "ysp35_5"}
    return may(platform, "cylinder_filling", CYLINDER, by=STATION, values=given | values)


def rules(found: Interlock) -> set[str]:
    return {one.rule for one in found.reasons}


def contents(platform: Platform) -> list[int]:
    with platform.store.read() as conn:
        (row,) = conn.execute("""
            select (select count(*) from record.entry), (select count(*) from capture.job),
                   (select count(*) from state.event), (select count(*) from state.debit),
                   (select count(*) from ledger.queue)""").fetchall()
    return list(row)


@pytest.mark.usefixtures("ready")
def test_a_cylinder_in_order_may_be_filled_and_nothing_is_recorded(platform: Platform) -> None:
    before = contents(platform)
    found = fill(platform)
    assert (found.allowed, found.reasons) == (True, ())
    assert contents(platform) == before


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("step", "items", "rule"),
    [
        ("scrap", {"scrapReason": "x"}, "cylinder.filling.state"),
        ("suspend", {}, "cylinder.filling.state"),
        ("inspection", {"inspectionResult": "unqualified"}, "cylinder.filling.state"),
        ("precheck", {"precheckResult": "unqualified"}, "cylinder.filling.state"),
        ("registration", {"nextInspectionDate": "2026-02-28"}, "cylinder.filling.inspection"),
        ("manufacture", {"designLifeUntil": "2026-02-28"}, "cylinder.filling.design-life"),
        ("registration", {"medium": "oxygen"}, "cylinder.filling.medium"),
        ("filling", {"medium": "lpg"}, "cylinder.precheck.verdict"),
    ],
)
def test_what_was_last_reported_of_it_may_forbid_a_filling(
    platform: Platform, cylinder: Report, step: str, items: dict[str, Any], rule: str
) -> None:
    """Scrapped, suspended, failed, out of date, for another gas, not checked since filled."""
    cylinder(step, "2026-03-01", **items)
    found = fill(platform)
    assert not found.allowed
    assert rule in rules(found)


@pytest.mark.usefixtures("ready")
def test_each_reason_names_rule_law_what_was_found_and_what_is_needed(platform: Platform) -> None:
    (reason,) = fill(platform, next_inspection_date="2026-02-01").reasons
    assert (reason.rule, reason.law, reason.law_en) == (
        "cylinder.filling.inspection",
        "《特种设备安全法》 第四十九条",
        "Special Equipment Safety Law, Article 49",
    )
    for text in (reason.message.zh, reason.message.en):
        assert "2026-02-01" in text
    assert "不得晚于" in reason.message.zh
    assert "not later than" in reason.message.en
    assert reason.cure.zh
    assert reason.cure.en


def test_of_a_cylinder_that_nobody_ever_reported_the_answer_is_no(platform: Platform) -> None:
    found = fill(platform)
    assert not found.allowed
    assert "interlock.thing-unknown" in rules(found)
    assert "cylinder.filling.inspection" in rules(found)


@pytest.mark.usefixtures("ready")
def test_before_the_act_a_reason_refuses_and_what_would_be_flagged_warns(
    platform: Platform,
) -> None:
    """The same rules hold a report: what has happened is never refused for breaking a law."""
    found = fill(platform, next_inspection_date="2026-02-01", fill_mass="much")
    assert {one.severity for one in found.reasons} == {Severity.REFUSE}
    assert {one.severity for one in found.warnings} == {Severity.FLAG}


@pytest.mark.usefixtures("ready")
def test_who_is_not_registered_may_do_nothing_that_needs_a_licence(platform: Platform) -> None:
    found = may(platform, "cylinder_filling", CYLINDER, by="urn:suyuan:party:nobody")
    assert "cylinder.filling.licence" in rules(found)


@pytest.mark.usefixtures("ready")
def test_the_answer_is_for_its_instant(platform: Platform) -> None:
    later = may(
        platform, "cylinder_filling", CYLINDER, by=STATION, at=datetime(2029, 7, 1, tzinfo=UTC)
    )
    assert "cylinder.filling.inspection" in rules(later)
    assert "general.time.future" not in rules(later)
    earlier = may(
        platform, "cylinder_filling", CYLINDER, by=STATION, at=datetime(2025, 5, 1, tzinfo=UTC)
    )
    assert "interlock.thing-unknown" in rules(earlier)


def test_a_lift_runs_while_it_is_inspected_registered_and_sound(
    platform: Platform, report: Report
) -> None:
    def lift(step: str, day: str, **items: Any) -> None:
        report(OPERATES, "special-equipment", f"lift_{step}", LIFT, day, **items)

    def run() -> Interlock:
        return may(platform, "lift_operation", LIFT, by=OPERATES)

    assert "interlock.thing-unknown" in rules(run())
    lift("supervision", "2025-11-01", inspectionResult="qualified", nextInspectionDate="2026-11-01")
    lift("registration", "2025-11-10", nextInspectionDate="2026-11-01")
    assert rules(run()) == {"lift.use.design-life"}
    running = may(
        platform, "lift_operation", LIFT, by=OPERATES, values={"design_life_until": "2040-01-01"}
    )
    assert running.allowed
    lift("fault", "2026-02-20", faultDescription="x")
    assert "lift.use.fault" in rules(run())


def test_a_dose_that_was_too_warm_used_or_expired_is_not_given(
    platform: Platform, report: Report
) -> None:
    def give(**values: Any) -> Interlock:
        stated = {"generic_name": "x", "holder_name": "y", "vaccinator": "a", "recipient": "b"}
        return may(platform, "vaccination", DOSE, by=CLINIC, kind="vaccine", values=stated | values)

    report(MAKER, "drugs", "code_activation", DOSE, "2026-01-05", expiryDate="2028-06-30",
           productKind="vaccine")  # fmt: skip
    assert give().allowed, give().reasons
    assert "drug.out.not-expired" in rules(give(expiry_date="2026-02-28"))
    found = may(platform, "vaccination", DOSE, by=CLINIC, kind="vaccine",
                at=datetime(2028, 7, 1, tzinfo=UTC))  # fmt: skip
    assert "drug.out.expiry-on-record" in rules(found)
    report(MAKER, "drugs", "drug_transport", DOSE, "2026-02-01", productKind="vaccine",
           temperatureResult="out_of_range")  # fmt: skip
    assert "vaccine.vaccination.state" in rules(give())


def test_more_than_is_left_on_a_permit_is_refused_before_the_act_and_takes_nothing(
    platform: Platform,
) -> None:
    new = NewPermit(
        kind="explosives_purchase_permit", number="GM-1", holder=HOLDER, amount=Decimal(5)
    )
    enter_permit(platform, new)

    def sell(quantity: int) -> Interlock:
        stated = {
            "permit_number": "GM-1", "buyer_party": HOLDER, "trade_quantity": quantity,
            "permit_valid_until": "2026-12-31",
        }  # fmt: skip
        thing = "urn:suyuan:detonator:4460301300050"
        return may(platform, "explosives_sale", thing, by=MAKER, values=stated)

    assert "explosives.permit.ledger" not in rules(sell(5))
    over = sell(6)
    assert "explosives.permit.ledger" in rules(over)
    (reason,) = [one for one in over.reasons if one.rule == "explosives.permit.ledger"]
    assert "6 now, more than is left" in reason.message.en
    assert permits(platform)[0].used == 0


@pytest.mark.parametrize("holder", [HOLDER, [HOLDER, "urn:suyuan:party:stranger"]])
def test_a_stranger_does_not_learn_how_much_is_left_by_asking_for_more_and_more(
    platform: Platform, holder: str | list[str]
) -> None:
    kind = "explosives_purchase_permit"
    enter_permit(platform, NewPermit(kind=kind, number="GM-1", holder=HOLDER, amount=Decimal(5)))

    def sell(quantity: int, by: str) -> Interlock:
        stated = {
            "permit_number": "GM-1", "buyer_party": holder, "trade_quantity": quantity,
            "permit_valid_until": "2026-12-31",
        }  # fmt: skip
        thing = "urn:suyuan:detonator:4460301300050"
        return may(platform, "explosives_sale", thing, by=by, values=stated)

    for somebody in ("urn:suyuan:party:stranger", STATION):
        little, much = (sell(each, somebody) for each in (5, 6))
        assert little == much
        assert "explosives.permit.ledger" in rules(little)
    assert rules(sell(5, MAKER)) != rules(sell(6, MAKER))


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"step": "cylinder_eating"}, "interlock.step"),
        ({"family": "toys"}, "family.unknown"),
        ({"things": []}, "interlock.things"),
        ({"things": [CYLINDER] * 101}, "interlock.things"),
        ({"values": {"no_such_item": 1}}, "interlock.item"),
        ({"values": {"known_medium": "lpg"}}, "interlock.item"),
        ({"values": {"medium": {"a": 1}}}, "interlock.value"),
        ({"values": {"medium": True}}, "interlock.value"),
        ({"values": {"medium": [None]}}, "interlock.value"),
        ({"at": datetime(2026, 3, 1)}, "interlock.at"),  # noqa: DTZ001 -- that is what is wrong
        ({"at": datetime.max.replace(tzinfo=UTC)}, "interlock.at"),
        ({"at": datetime.min.replace(tzinfo=timezone(timedelta(hours=8)))}, "interlock.at"),
        ({"party": None}, "interlock.party"),
        ({"party": f"{STATION}\0"}, "interlock.party"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    platform: Platform, said: dict[str, Any], rule: str
) -> None:
    plain = {"step": "cylinder_filling", "things": [CYLINDER], "party": STATION, "at": NOON}
    with pytest.raises(SuyuanError) as error:
        interlock(platform, Act(**(plain | said)))
    assert error.value.code == rule
    assert error.value.text.zh
    assert error.value.text.en


@pytest.mark.parametrize(
    ("step", "near"),
    [("cylinder_fillin", "cylinder_filling"), ("气瓶充装", "cylinder_filling"), ("☃", "animal")],
)
def test_a_step_that_is_none_is_answered_with_a_few_that_are(
    platform: Platform, step: str, near: str
) -> None:
    with pytest.raises(SuyuanError) as error:
        interlock(platform, Act(step=step, things=[CYLINDER], party=STATION, at=NOON))
    assert near in error.value.text.en
    assert len(error.value.text.zh) < 300


def test_one_asks_for_oneself_only(platform: Platform) -> None:
    station = Viewer(tenant=1, account=1, role=Role.CAPTURER, party=STATION)
    asking = Act(step="cylinder_filling", things=[CYLINDER], at=NOON)
    assert interlock(platform, asking, station).party == STATION
    other = Act(step="cylinder_filling", things=[CYLINDER], party=CLINIC, at=NOON)
    with pytest.raises(SuyuanError) as error:
        interlock(platform, other, station)
    assert error.value.status == 403


@pytest.mark.usefixtures("ready")
def test_another_tenant_knows_nothing_of_it(platform: Platform) -> None:
    elsewhere = Viewer(tenant=2, account=1, role=Role.CAPTURER, party=STATION)
    asking = Act(step="cylinder_filling", things=[CYLINDER], at=NOON)
    assert "interlock.thing-unknown" in rules(interlock(platform, asking, elsewhere))

"""Inspections in a credit file: at the party's sites, of two years, that stand, to who may see."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from credited import DAIRY, KITCHEN, SHOP, standing, viewers
from msgspec import structs

from suyuan import index
from suyuan.capture import OnRefusal, Options
from suyuan.kit import Text
from suyuan.model import Capturer, Verdict, Viewer
from suyuan.registry.types import Party, Site
from suyuan.service import (
    OPERATOR,
    Platform,
    capture,
    crediting,
    inspected,
    overriding,
    register,
)

OFFICE = "urn:suyuan:party:office"
LIFT = "urn:suyuan:site:elsewhere"
ON = date(2026, 3, 14)
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
Report = Callable[..., str]


@pytest.fixture
def still(platform: Platform) -> Platform:
    found = standing(platform)
    office = Party(uri=OFFICE, name=Text("监管所", "Office"), roles=("authority",))
    register(found, [office])
    return found


@pytest.fixture
def report(still: Platform) -> Report:
    """Report an inspection at a site on a day; with `wrong`, that this report was wrong."""
    numbers = iter(range(1, 100))

    def reported(
        day: str, *, step: str = "food_inspection", at: str = KITCHEN, field: str = "readPoint",
        family: str = "food", grade: str = "grade_b", wrong: str = "",
    ) -> str:  # fmt: skip
        event = {
            "type": "ObjectEvent", "eventID": wrong or UUID(int=next(numbers)).urn,
            "action": "OBSERVE", "bizStep": "inspecting", field: {"id": at},
            "eventTime": f"{day}T09:00:00+08:00", "eventTimeZoneOffset": "+08:00",
            "quantityList": [{"epcClass": "urn:epc:class:lgtin:6901234.056789.L1"}],
            "suyuan:family": family, "suyuan:step": step, "suyuan:riskGrade": grade,
            "suyuan:inspectedOn": day, "suyuan:inspectors": ["甲", "乙"],
        }  # fmt: skip
        if wrong:
            event["errorDeclaration"] = {"declarationTime": f"{day}T10:00:00+08:00"}
        whole = {
            "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
            "creationDate": "2026-03-15T00:00:00Z", "epcisBody": {"eventList": [event]},
        }  # fmt: skip
        capturer = Capturer(tenant=1, account=1, party=OFFICE)
        options = Options(on_refusal=OnRefusal.PROCEED)
        result = capture(still, json.dumps(whole).encode(), capturer, options)
        assert result.events[0].entry is not None, result
        index.catch_up(still.store)
        return str(event["eventID"])

    return reported


def days(platform: Platform, viewer: Viewer, on: date = ON, party: str = SHOP) -> list[str]:
    file = crediting.credit_file(platform, party, viewer, on=on)
    return [each.at.date().isoformat() for each in file.inspections]


def test_inspections_at_its_sites_are_shown_the_latest_first(
    still: Platform, report: Report
) -> None:
    report("2026-01-05")
    report("2026-03-02", field="bizLocation", grade="grade_c")
    report("2026-02-01", at=LIFT)
    report("2026-02-02", step="food_retail")
    report("2024-01-01")
    report("2026-03-15")
    boss = viewers(still)["boss"]
    assert days(still, boss) == ["2026-03-02", "2026-01-05"]
    assert days(still, boss, date(2026, 3, 1)) == ["2026-01-05"]
    assert days(still, boss, date(2025, 1, 1)) == ["2024-01-01"]
    (latest, _) = crediting.credit_file(still, SHOP, boss, on=ON).inspections
    assert (latest.step.zh, latest.reporter.en, latest.offset) == ("监督检查", "Office", "+08:00")
    assert "C" in json.dumps([[name.en, value.en] for name, value in latest.facts])


def test_what_was_declared_wrong_is_not_there(still: Platform, report: Report) -> None:
    report("2026-01-05", wrong=report("2026-01-05"))
    report("2026-01-06")
    assert days(still, viewers(still)["boss"]) == ["2026-01-06"]


def test_an_inspection_is_held_as_its_verdict_counts_now(still: Platform, report: Report) -> None:
    name, boss = report("2026-01-05"), viewers(still)["boss"]
    still = structs.replace(still, clock=lambda: datetime.now(UTC))  # as the report's entry has it
    (judged,) = overriding.verdicts(still, name, OPERATOR)
    now = judged.verdict
    for to in (Verdict.HELD, Verdict.ACCEPTED, Verdict.HELD):
        if to is not now:
            wish = overriding.Wish(to=to, ground="查证", expect=now)
            overriding.override(still, name, wish, OPERATOR, authority="市监局")
        now = to
        (shown,) = crediting.credit_file(still, SHOP, boss, on=ON).inspections
        assert shown.held is (to is Verdict.HELD)


def test_who_may_not_see_the_report_sees_no_inspection(still: Platform, report: Report) -> None:
    report("2026-01-05")
    known = viewers(still)
    seen = {name: bool(days(still, viewer)) for name, viewer in known.items()}
    assert seen == {
        "boss": True, "machine": True, "shop": True, "hangzhou": True, "hangzhou food": True,
        "food": True, "dairy": False, "public": False,
        "peking": False,  # where its seat is: the event is of the site's area alone
    }  # fmt: skip


def test_an_inspection_is_of_who_had_the_site_on_its_day(still: Platform, report: Report) -> None:
    """Whose it was before, or is now, does not bear what another was found to have done."""
    kitchen = Text("厨房", "Kitchen")
    register(still, [
        Site(uri=KITCHEN, operator=SHOP, name=kitchen, division="330104",
             valid_to=date(2026, 1, 31)),
        Site(uri=KITCHEN, operator=DAIRY, name=kitchen, division="330104",
             valid_from=date(2026, 2, 1)),
    ])  # fmt: skip
    for day in ("2026-01-30", "2026-01-31", "2026-02-01"):
        report(day)
    boss = viewers(still)["boss"]
    assert days(still, boss) == ["2026-01-31", "2026-01-30"]
    assert days(still, boss, party=DAIRY) == ["2026-02-01"]


def test_a_file_is_shown_on_whatever_day_there_is(still: Platform, report: Report) -> None:
    report("2026-03-01")
    boss = viewers(still)["boss"]
    for on in (date.min, date(2, 1, 1), date(1999, 1, 1), date(9999, 12, 30), date.max):
        assert days(still, boss, on) == []


def test_no_more_than_the_latest_are_shown(still: Platform, report: Report) -> None:
    for day in range(1, inspected.MOST + 6):
        report(f"2026-02-{day:02}")
    found = days(still, viewers(still)["boss"])
    assert found == [f"2026-02-{day:02}" for day in range(inspected.MOST + 5, 5, -1)]


def test_steps_of_inspection_are_those_of_authorities_and_inspection_bodies(
    still: Platform,
) -> None:
    found = inspected.steps_of_inspection(still.families)
    assert {name: steps for name, steps in found.items() if steps} == {
        "food": {"food_inspection"},
        "special-equipment": {"lift_supervision", "lift_inspection", "cylinder_inspection"},
    }

"""The rules of a place reach what is captured there: the place counts, else its reporter."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from suyuan.capture import OnRefusal, Options
from suyuan.demo.chapter import CONTEXT
from suyuan.kit import SuyuanError, Text
from suyuan.model import PUBLIC, Verdict
from suyuan.publish import disclose
from suyuan.record import read
from suyuan.registry import Party, Site
from suyuan.service import (
    Config,
    Platform,
    capture,
    check_document,
    family_on,
    local_capturer,
    on_store,
    register,
)
from suyuan.store import Store

STATION, SITE = "https://id.gs1.org/417/6901234000016", "https://id.gs1.org/414/6901234000023"
NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
LOCAL = "cylinder.shanghai.public"


@pytest.fixture
def platform(database: Store, tmp_path: Path) -> Platform:
    return on_store(database, Config(data_dir=tmp_path), clock=lambda: NOW)


def document(number: int, *, place: str | None) -> bytes:
    filled = {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:6f1b7c1e-2f5a-4c5b-9d53-1c2b3a4d5e{number:02d}",
        "eventTime": "2026-03-01T09:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "other",
        "epcList": [f"https://id.gs1.org/8003/06901234567892LPG{number:03d}"],
        "suyuan:family": "special-equipment",
        "suyuan:step": "cylinder_filling",
        "suyuan:productKind": "gas_cylinder",
        "suyuan:fillMass": 14.5,
    }
    if place is not None:
        filled["readPoint"] = {"id": place}
    said = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T09:00:00.000+08:00",
        "epcisBody": {"eventList": [filled]},
    }
    return msgspec.json.encode(said)


@pytest.mark.parametrize(
    ("party", "site", "place", "is_local"),
    [
        ("310113", "310113", SITE, True),
        ("310113", "320505", SITE, False),
        ("320505", "310000", SITE, True),
        ("310113", "", SITE, True),
        ("310113", "320505", None, True),
        ("320505", "310113", None, False),
        ("", "", SITE, False),
    ],
)
def test_what_is_captured_is_judged_by_the_rules_of_its_place(
    platform: Platform, party: str, site: str, place: str | None, *, is_local: bool
) -> None:
    name = Text("气站", "station")
    register(
        platform,
        [
            Party(uri=STATION, name=name, roles=("filling_station",), division=party),
            Site(uri=SITE, operator=STATION, name=name, division=site),
        ],
    )
    result = capture(
        platform,
        document(1, place=place),
        local_capturer(platform, STATION),
        Options(on_refusal=OnRefusal.PROCEED),
    )
    (event,) = result.events
    assert (LOCAL in {one.rule for one in event.findings}) is is_local


def test_a_remark_by_a_rule_of_a_place_tells_everybody_that_rule_and_its_law(
    platform: Platform,
) -> None:
    name = Text("气站", "station")
    register(platform, [Party(uri=STATION, name=name, division="310113")])
    capture(platform, document(1, place=None), local_capturer(platform, STATION), Options())
    with platform.store.read() as conn:
        (recorded,) = read.follow(conn, 0, 1)
    (local,) = (one for one in recorded.findings if one.rule == LOCAL)
    said = disclose.remark(
        structs.replace(recorded, findings=(local,), verdict=Verdict.FLAGGED),
        platform.families,
        PUBLIC,
        frozenset(),
    )
    assert said is not None
    assert said.en.startswith("Remark: In Shanghai "), said.en
    assert said.en.endswith(" mass, next inspection (unverified))")
    assert said.zh.endswith("质量、下次检验（未核实））")


@pytest.mark.parametrize(
    ("division", "is_local"), [("310113", True), ("320505", False), ("", False)]
)
def test_a_document_is_checked_as_if_it_happened_in_a_division(
    platform: Platform, division: str, *, is_local: bool
) -> None:
    found = check_document(platform.families, document(2, place=None), now=NOW, division=division)
    (event,) = found.events
    assert (LOCAL in {one.rule for one in event.findings}) is is_local


def test_a_division_that_never_was_is_an_error_and_one_that_was_shows_its_own_rules(
    platform: Platform,
) -> None:
    for asked in ("999999", "Shanghai"):
        with pytest.raises(SuyuanError) as error:
            family_on(platform.families, "food", NOW.date(), division=asked)
        assert error.value.status == 404
    beijing = family_on(platform.families, "food", NOW.date(), division="110105")
    rules = {one.id: one for one in beijing.rules}
    assert "cold.code" not in rules
    assert rules["cold.beijing.code"].instead == "cold.code"
    assert "food.shanghai.upload" not in rules
    everywhere = {one.id for one in family_on(platform.families, "food", NOW.date()).rules}
    assert {"cold.code", "cold.beijing.code", "food.shanghai.upload"} <= everywhere

"""`suyuan due`: what is overdue as of a day, in words and as JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from suyuan.service import clocks

CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]


@pytest.fixture
def entered(suyuan: Callable[..., Result], tmp_path: Path) -> None:
    """A recall of the first level whose risk was known on 6 March and that did not begin."""
    enter(suyuan, tmp_path, 1)


def enter(suyuan: Callable[..., Result], tmp_path: Path, number: int) -> None:
    event = {
        "type": "ObjectEvent", "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "action": "OBSERVE", "bizStep": "holding", "eventTime": "2026-03-06T20:30:00+08:00",
        "eventTimeZoneOffset": "+08:00", "epcList": ["urn:epc:id:sgtin:6901234.056789.1"],
        "suyuan:family": "food", "suyuan:step": "food_recall", "suyuan:recallLevel": "level_1",
        "suyuan:knownAt": "2026-03-06T20:30:00+08:00",
    }  # fmt: skip
    whole = {
        "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-03-07T00:00:00Z", "epcisBody": {"eventList": [event]},
    }  # fmt: skip
    file = tmp_path / "recall.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    done = suyuan("capture", str(file))
    assert done.exit_code == 0, done.output


@pytest.mark.usefixtures("entered")
def test_the_clock_is_told_on_both_sides_of_its_minute(suyuan: Callable[..., Result]) -> None:
    for on, state in (
        ("2026-03-07T20:30:00", "due"), ("2026-03-07T20:31", "overdue"), ("2026-03-06", "due"),
    ):  # fmt: skip
        done = suyuan("due", "--on", on, "--json")
        found = {one["term"]["id"]: one for one in json.loads(done.output)["clocks"]}
        assert found["recall-1"]["state"] == state, on
    assert suyuan("due", "--on", "2026-03-05", "--json").output.count("recall-1") == 0


@pytest.mark.usefixtures("entered")
def test_the_table_names_deadline_law_and_thing(suyuan: Callable[..., Result]) -> None:
    shown = suyuan("--lang", "en", "due", "--on", "2026-03-08", "--family", "food").output
    assert "Overdue" in shown
    assert "2026-03-07" in shown
    refused = suyuan("due", "--family", "toys")
    assert refused.exit_code == 2
    assert "toys" in refused.output


@pytest.mark.usefixtures("entered")
def test_if_not_all_reports_are_counted_it_says_since_when(
    suyuan: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(suyuan, tmp_path, 2)
    said = "not all are counted"
    assert said not in suyuan("--lang", "en", "due").output
    assert json.loads(suyuan("due", "--json").output)["since"] is None
    monkeypatch.setattr(clocks, "MOST", 1)
    assert said in " ".join(suyuan("--lang", "en", "due").output.split())
    found = json.loads(suyuan("due", "--json").output)
    assert found["since"] is not None
    assert {one["started_by"][-1] for one in found["clocks"]} == {"2"}

"""`suyuan override`: shown, decided, refused, in words and as JSON."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

EVENT = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:6f1b7c1e-2f5a-4c5b-9d53-1c2b3a4d5e6f",
    "action": "OBSERVE",
    "eventTime": "2026-03-01T07:30:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "bizStep": "other",
    "epcList": ["urn:epc:id:sgtin:6901234.056789.7"],
    "suyuan:family": "edible-agricultural-products",
    "suyuan:step": "release",
    "suyuan:productKind": "pork",
}
DOCUMENT = {
    "@context": [
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        {"suyuan": "urn:suyuan:ns:1:"},
    ],
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-03-01T08:00:00+08:00",
    "epcisBody": {"eventList": [EVENT]},
}
NAME = EVENT["eventID"]
BY = ("--by", "市监局")

Run = Callable[..., Result]


@pytest.fixture
def held(suyuan: Run, tmp_path: Path) -> Run:
    """The command, where a release is on record that is held: nobody is registered to release."""
    file = tmp_path / "event.json"
    file.write_text(json.dumps(DOCUMENT))
    suyuan("capture", str(file))
    return suyuan


def shown(run: Run, *words: str) -> dict[str, Any]:
    done = run("override", NAME, "--json", *words)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_shows_decides_and_shows_what_was_decided(held: Run) -> None:
    assert shown(held)["counts"] == "held"
    words = (
        "--to",
        "accepted",
        "--ground",
        "补报了 reported",
        "--by",
        "市监局",
        "--document",
        "urn:a:1",
    )
    done = held("--lang", "en", "override", NAME, *words)
    assert done.exit_code == 0, done.output
    assert "held → accepted" in done.output
    found = shown(held)
    assert (found["verdict"], found["counts"]) == ("held", "accepted")
    (one,) = found["overrides"]
    assert (one["authority"], one["documents"]) == ("市监局", ["urn:a:1"])
    listed = held("--lang", "en", "override", str(found["position"])).output
    for word in (
        "judged held",
        "now it is accepted",
        "市监局",
        "补报了 reported",
        "check.not-theirs-to-lift",
    ):
        assert word in listed
    acts = held("ledger", "acts", "--json").stdout
    assert "verdict.overridden" in acts


def test_findings_that_a_decision_leaves_open_are_said(held: Run) -> None:
    one, *others = shown(held)["findings"]
    assert others
    words = ("--to", "accepted", "--ground", "x", "--finding", one, *BY)
    done = held("--lang", "en", "override", NAME, *words)
    (line,) = [each for each in done.output.splitlines() if "nobody has decided" in each]
    assert all(rule in line for rule in others)
    found = shown(held)
    assert sorted(found["undecided"]) == sorted(others)
    assert "还没有人决定" in held("override", NAME).output


def test_back_to_what_was_judged_needs_the_verdict_that_was_seen(held: Run) -> None:
    shown(held, "--to", "flagged", "--ground", "x", *BY)
    back = ("--to", "held", "--ground", "y", *BY)
    late = held("--lang", "en", "override", NAME, *back)
    assert late.exit_code == 2
    assert "override.changed" in late.output
    assert shown(held, *back, "--expect", "flagged")["counts"] == "held"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--ground", "x"), "override.to"),
        (("--to", "accepted", *BY), "override.ground"),
        (("--to", "accepted", "--ground", "x", "--finding", "y", *BY), "override.finding"),
        (("--to", "held", "--ground", "x", *BY), "override.same"),
        (("--to", "accepted", "--ground", "x"), "override.authority"),
        (("--to", "accepted", "--ground", "x", "--by", "张三 11010519491231002X"), "person.number"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_done(
    held: Run, words: tuple[str, ...], code: str
) -> None:
    done = held("override", NAME, *words)
    assert done.exit_code == 2
    assert code in done.output
    assert shown(held)["overrides"] == []

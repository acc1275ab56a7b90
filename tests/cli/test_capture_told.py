"""What `suyuan capture` says of many events that are wrong alike: once, with how many."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]


def document(folder: Path, *lots: str) -> Path:
    events = [
        {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
            "eventTime": "2026-03-01T08:00:00+08:00",
            "eventTimeZoneOffset": "+08:00",
            "bizStep": "shipping",
            "quantityList": [{"epcClass": f"https://id.gs1.org/01/{lot}", "quantity": 1}],
        }
        for number, lot in enumerate(lots)
    ]
    file = folder / "events.json"
    said: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T08:00:00+08:00",
        "epcisBody": {"eventList": events},
    }
    file.write_text(json.dumps(said), "utf-8")
    return file


CHINESE = "06901234560022/10/奶A"
WRONG = "06901234560023/10/A"
TOLD = {
    "en": (" (2 other places alike, the last eventList/3/quantityList/0/epcClass)", "'奶'"),
    "zh": ("（另有 2 处相同，最后一处 eventList/3/quantityList/0/epcClass）", "“奶”"),
}


@pytest.mark.parametrize("lang", TOLD)
def test_equal_findings_are_told_once_with_how_many_and_the_character(
    suyuan: Run, tmp_path: Path, lang: str
) -> None:
    file = document(tmp_path, CHINESE, WRONG, CHINESE, CHINESE)
    done = suyuan("--lang", lang, "capture", str(file))
    told = [line for line in done.output.splitlines() if line.startswith(str(file))]
    assert len(told) == 2
    alike, character = TOLD[lang]
    assert f"eventList/0/quantityList/0/epcClass{alike}" in told[0]
    assert character in told[0]
    assert "eventList/1/quantityList/0/epcClass" in told[1]
    assert alike not in told[1]
    for line in told:
        assert line.lower().count("compare with the label") <= 1
        assert line.count("核对") <= 1


def test_json_has_every_event_s_own_finding(suyuan: Run, tmp_path: Path) -> None:
    file = document(tmp_path, *[CHINESE] * 5)
    (line,) = suyuan("capture", str(file), "--json").output.splitlines()
    found = [each for each in json.loads(line)["findings"] if each["rule"] == "code.alphabet"]
    assert [each["event"] for each in found] == [*range(5)]

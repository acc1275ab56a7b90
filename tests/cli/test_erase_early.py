"""`suyuan erase` and lawful terms: refused before, with --early not; what has passed is listed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import Result

EVENT = "urn:uuid:00000000-0000-4000-8000-000000000001"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
BY = ("--by", "office", "--ground", "PIPL 47", "--yes")


def stored(suyuan: Callable[..., Result], folder: Path, day: str) -> None:
    event = {
        "type": "ObjectEvent", "eventID": EVENT, "action": "OBSERVE", "bizStep": "storing",
        "eventTime": f"{day}T20:30:00+08:00", "eventTimeZoneOffset": "+08:00",
        "epcList": ["urn:epc:id:sgtin:6901234.056789.1"], "suyuan:step": "food_storage",
    }  # fmt: skip
    whole = {
        "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-03-07T00:00:00Z", "epcisBody": {"eventList": [event]},
    }  # fmt: skip
    file = folder / "stored.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    assert suyuan("capture", str(file)).exit_code == 0


def test_it_is_refused_before_its_term_and_done_where_the_ground_allows_it(
    suyuan: Callable[..., Result], tmp_path: Path
) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()  # by the real clock
    stored(suyuan, tmp_path, yesterday.isoformat())
    assert suyuan("erase", "--past-term", "--json").stdout == ""
    refused = suyuan("erase", EVENT, *BY)
    assert refused.exit_code != 0
    assert "--early" in refused.output
    done = suyuan("erase", EVENT, *BY, "--early")
    assert done.exit_code == 0, done.output


def test_a_record_past_its_term_is_listed_and_destroyed_without_more(
    suyuan: Callable[..., Result], tmp_path: Path
) -> None:
    stored(suyuan, tmp_path, "2020-03-06")
    (line,) = suyuan("erase", "--past-term", "--json").stdout.splitlines()
    assert (json.loads(line)["event"], json.loads(line)["until"]) == (EVENT, "2022-03-06")
    assert "2022-03-06" in suyuan("erase", "--past-term").output
    assert suyuan("erase", EVENT, *BY).exit_code == 0
    assert suyuan("erase", "--past-term", "--json").stdout == ""

"""What `suyuan trace` prints of an amount: in the unit in which `suyuan scope` has it."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]
LOT = "https://id.gs1.org/01/06901234567892/10/A1"


def test_trace_and_scope_print_one_amount_in_one_unit(suyuan: Run, tmp_path: Path) -> None:
    event = {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "eventTime": "2026-03-01T10:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "ADD",
        "bizStep": "commissioning",
        "bizLocation": {"id": "urn:suyuan:site:farm"},
        "quantityList": [{"epcClass": LOT, "quantity": 400_000, "uom": "GRM"}],
        "sourceList": [
            {"type": "possessing_party", "source": "urn:suyuan:party:farm"},
            {"type": "location", "source": "urn:suyuan:site:farm"},
        ],
    }
    file = tmp_path / "event.json"
    said = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T10:00:00+08:00",
        "epcisBody": {"eventList": [event]},
    }
    file.write_text(json.dumps(said), "utf-8")
    assert suyuan("capture", str(file)).exit_code == 0
    printed = suyuan("trace", LOT, "--direction", "forward").output
    assert "400 KGM" in printed
    assert "400000" not in printed
    assert "400 KGM" in suyuan("scope", LOT).output
    answer = json.loads(suyuan("trace", LOT, "--direction", "forward", "--json").output)
    (held,) = answer["whereabouts"]
    assert (held["quantity"], held["unit"]) == (400_000, "GRM")

"""`suyuan scope` adds up lots that are alike; `--json` has each."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

LOT = "https://id.gs1.org/01/06901234567892/10/A1"
FLOUR = "https://id.gs1.org/01/16901234567899"
MILL, SITE = "urn:suyuan:party:mill", "urn:suyuan:site:mill"
Run = Callable[..., Result]


def kilos(lot: str, much: int) -> list[dict[str, object]]:
    return [{"epcClass": lot, "quantity": much, "uom": "KGM"}]


def event(number: int, kind: str, **members: object) -> dict[str, object]:
    return {
        "type": kind,
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "eventTime": f"2026-03-0{min(number, 2)}T10:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": "commissioning",
        "bizLocation": {"id": SITE},
        "sourceList": [
            {"type": "possessing_party", "source": MILL},
            {"type": "location", "source": SITE},
        ],
        "destinationList": [
            {"type": "possessing_party", "destination": MILL},
            {"type": "location", "destination": SITE},
        ],
        **members,
    }


def document() -> str:
    milled = [
        event(
            number, "TransformationEvent", inputQuantityList=kilos(LOT, 2),
            outputQuantityList=kilos(f"{FLOUR}/10/C{number}", 10),
        )
        for number in range(2, 8)
    ]  # fmt: skip
    made = event(1, "ObjectEvent", action="ADD", quantityList=kilos(LOT, 20))
    return json.dumps(
        {
            "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-03-09T10:00:00+08:00",
            "epcisBody": {"eventList": [made, *milled]},
        }
    )


def test_the_table_adds_up_what_json_has_lot_by_lot(suyuan: Run, tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text(document())
    captured = suyuan("capture", str(tmp_path / "events.json"))
    assert captured.exit_code == 0, captured.output
    shown = suyuan("scope", LOT)
    said = "".join(letter for letter in shown.output if letter not in " │\n")
    assert "60KGM(12–60)" in said
    assert "说法相同的批次合为一行" in said or "Lotsofoneproduct" in said
    lines = json.loads(suyuan("scope", LOT, "--json").stdout)["lines"]
    assert {each["thing"] for each in lines} == {
        LOT, *(f"{FLOUR}/10/C{number}" for number in range(2, 8))
    }  # fmt: skip

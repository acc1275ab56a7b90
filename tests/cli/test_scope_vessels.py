"""`suyuan scope --vessels`: a table of vessels is taken as assumptions, or named wrong."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from click.testing import Result

PRESS, HALL, SHOP = (f"urn:suyuan:party:{name}" for name in ("press", "hall", "shop"))
LOT = "https://id.gs1.org/01/06901234567892/10/A1"
Run = Callable[..., Result]


def site(party: str) -> str:
    return party.replace("party", "site")


def events() -> Iterator[dict[str, object]]:
    """The press's 3 kg came to the hall first, then the shop's 6; then 6 went to the shop."""
    for number, (party, much) in enumerate(((PRESS, 3), (SHOP, 6)), 1):
        yield event(number, 1, "commissioning", party, much) | {"action": "ADD"}
    moves = ((2, PRESS, HALL, 3), (3, SHOP, HALL, 6), (4, HALL, SHOP, 6))
    for number, (day, giver, taker, much) in enumerate(moves, 3):
        yield event(number, day, "shipping", giver, much) | {
            "suyuan:movement": "complete",
            "destinationList": [
                {"type": "possessing_party", "destination": taker},
                {"type": "location", "destination": site(taker)},
            ],
        }


def event(number: int, day: int, step: str, party: str, much: int) -> dict[str, object]:
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-00000000000{number}",
        "eventTime": f"2026-03-0{day}T10:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": step,
        "bizLocation": {"id": site(party)},
        "quantityList": [{"epcClass": LOT, "quantity": much, "uom": "KGM"}],
        "sourceList": [
            {"type": "possessing_party", "source": party},
            {"type": "location", "source": site(party)},
        ],
    }


def document() -> str:
    return json.dumps(
        {
            "@context": [
                "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
                {"suyuan": "urn:suyuan:ns:1:"},
            ],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-03-09T10:00:00+08:00",
            "epcisBody": {"eventList": list(events())},
        }
    )


def test_a_scope_under_a_table_of_vessels_says_what_is_assumed_and_where_it_is_stated(
    suyuan: Run, tmp_path: Path
) -> None:
    (tmp_path / "events.json").write_text(document())
    (tmp_path / "parties.csv").write_text(
        "主体编码,名称\n" + "".join(f"{party},{party}\n" for party in (PRESS, HALL, SHOP))
    )
    rows = "".join(f"{site(party)},{party},{party},330104\n" for party in (PRESS, HALL, SHOP))
    (tmp_path / "sites.csv").write_text(f"场所编码,经营单位,名称,行政区划\n{rows}")
    for name in ("parties.csv", "sites.csv"):
        entered = suyuan("register", str(tmp_path / name))
        assert entered.exit_code == 0, entered.output
    captured = suyuan("capture", str(tmp_path / "events.json"))
    assert captured.exit_code == 0, captured.output
    vessels = tmp_path / "vessels.csv"
    vessels.write_text(
        f"容器罐,轮换,依据\n{site(HALL)},先进先出,SOP-12\nurn:suyuan:site:other,mix,SOP-13\n"
    )
    asked = (
        "scope",
        LOT,
        "--holder-party",
        PRESS,
        "--holder-site",
        site(PRESS),
        "--vessels",
        str(vessels),
    )
    shown = suyuan(*asked)
    assert shown.exit_code == 0, shown.output
    assert "6 KGM (0–3) [3–3]" in shown.output
    assert f"假设：{site(HALL)} 先进先出，依据 SOP-12。" in shown.output
    assert "没有用上：urn:suyuan:site:other（范围内没有东西在里面）。" in shown.output
    assert "[" not in suyuan(*asked[:-2]).output
    narrowed = suyuan(*asked[:-2], "--narrow").output
    assert (
        f"若 {site(HALL)} 先进先出：各处存货与售出各自的上限，加起来可从 6 千克 减少 3 千克；"
        "合起来至多 3 千克，" in narrowed
    )
    assert "要召回的不变" in narrowed
    assert "没有哪个容器罐" in suyuan(*asked, "--narrow").output
    told = json.loads(suyuan(*asked[:-2], "--narrow", "--json").stdout)["narrowed"]
    assert (told["tried"], told["best"][0]["takes_off"]) == (2, 3)
    found = json.loads(suyuan(*asked, "--json").stdout)
    assert found["narrowed"] is None
    (line,) = (each for each in found["lines"] if each["site"] == site(HALL))
    assert line["rules"][0]["source"] == "SOP-12"
    assert [each["why"] for each in found["unused"]] == ["not_touched"]

    there = ("trace", "--direction", "forward", "--json", *asked[1:-2])
    traced = suyuan(*there)
    assert traced.exit_code == 0, traced.output
    (seed,) = json.loads(traced.stdout)["question"]["seeds"]
    assert seed["holder"] == {"party": PRESS, "site": site(PRESS)}
    elsewhere = suyuan(*(each.replace("press", "shop") for each in there))
    assert len(json.loads(elsewhere.stdout)["nodes"]) < len(json.loads(traced.stdout)["nodes"])

    paper = suyuan(*asked, "--out", str(tmp_path / "recall.pdf"))
    assert paper.exit_code == 0, paper.output
    assert (tmp_path / "recall.pdf").read_bytes().startswith(b"%PDF")

    vessels.write_text(f"容器罐,轮换,依据\n{site(HALL)},oldest,SOP-12\n")
    wrong = suyuan("--lang", "en", *asked)
    assert wrong.exit_code != 0
    assert "row 2, rotation" in wrong.output

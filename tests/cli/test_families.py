"""`suyuan families` and `suyuan check`: the law as data, and a document judged by it."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from suyuan.cli import Launcher, cli
from suyuan.families import asks_elsewhere, load_families
from suyuan.families.predicates.not_expired import NotExpired


def run(*words: str) -> Result:
    return CliRunner().invoke(
        cli,
        list(words),
        obj=Launcher(serve=lambda _: None, witness=lambda *_: None),
        env={"COLUMNS": "200"},
    )


def document(**members: Any) -> dict[str, Any]:
    event = {
        "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "picking",
        "eventTime": "2026-04-30T09:00:00+08:00", "eventTimeZoneOffset": "+08:00",
        "quantityList": [
            {"epcClass": "urn:epc:class:lgtin:6901234.056789.CH1", "quantity": 1, "uom": "KGM"}
        ],
        "suyuan:step": "chemical_issue", "suyuan:productKind": "toxic_chemical",
        "suyuan:issuedBy": "丁", "suyuan:receivedBy": "丁",
    }  # fmt: skip
    context = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
    return {
        "@context": [context, {"suyuan": "urn:suyuan:ns:1:"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-06-10T00:00:00Z",
        "epcisBody": {"eventList": [event | members]},
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "issue.json"
    path.write_text(json.dumps(document()), encoding="utf-8")
    return path


def checked(file: Path, *words: str) -> dict[str, Any]:
    done = run("check", str(file), "--json", *words)
    found: dict[str, Any] = json.loads(done.output)["checked"]
    assert done.exit_code == (1 if found["verdict"] in ("held", "refused") else 0), done.output
    return found


def rules(found: dict[str, Any]) -> set[str]:
    return {each["rule"] for event in found["events"] for each in event["findings"]}


def test_a_document_is_judged_by_the_law_of_its_day_or_of_the_day_asked_for(file: Path) -> None:
    own = checked(file, "--family", "dangerous-goods")
    assert (own["verdict"], rules(own)) == ("held", {"toxic.issue.two"})
    later = checked(file, "--family", "dangerous-goods", "--on", "2026-05-01")
    assert (later["verdict"], rules(later)) == ("flagged", {"toxic.issue.two.2026"})
    before = checked(file, "--family", "dangerous-goods", "--on", "2000-01-01")
    assert (before["verdict"], rules(before)) == ("accepted", set())


def test_a_family_named_in_the_event_stands_before_the_one_asked_for(file: Path) -> None:
    file.write_text(json.dumps(document(**{"suyuan:family": "dangerous-goods"})), encoding="utf-8")
    assert rules(checked(file, "--family", "food")) == {"toxic.issue.two"}


def test_a_finding_says_place_sentence_cure_and_law(file: Path) -> None:
    done = run("check", str(file), "--family", "dangerous-goods")
    for word in (
        "待查",
        "/suyuan:receivedBy",
        "双人收发",
        "由两人办理",
        "第二十四条",
        "没有查登记",
    ):
        assert word in done.output
    english = run(
        "--lang", "en", "check", str(file), "--family", "dangerous-goods", "--on", "2026-05-01"
    )
    assert "unverified" in english.output


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"type": "EPCISDocument"}'])
def test_what_is_no_document_is_refused_with_a_reason(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    found = checked(path)
    assert found["verdict"] == "refused"
    assert found["notes"][0]["cure"]["zh"]


@pytest.mark.parametrize(
    "words", [("--family", "nothing"), ("--family", "general"), ("--on", "soon")]
)
def test_a_wrong_word_is_said_and_nothing_is_judged(file: Path, words: tuple[str, str]) -> None:
    done = run("check", str(file), *words)
    assert done.exit_code == 2
    assert "[" in done.output or "(" in done.output


def test_the_families_are_listed_and_one_is_told(file: Path) -> None:  # noqa: ARG001 -- no database
    listed = json.loads(run("families", "--on", "2026-11-28", "--json").output)
    assert {each["id"] for each in listed} == {*load_families().by_id, "general"}
    told = json.loads(run("families", "food", "--on", "2026-05-31", "--json").output)
    ids = {rule["id"] for rule in told["rules"]}
    assert "import.overseas-maker.2022" in ids
    assert "import.overseas-maker" not in ids
    table = run("families", "food", "--kind", "baijiu", "--on", "2026-11-28")
    assert table.exit_code == 0
    assert "入坛贮存" in table.output
    assert run("families", "nothing").exit_code == 2


def test_a_link_of_an_own_address_is_the_code_that_it_is_when_captured(tmp_path: Path) -> None:
    """What is judged before it is sent is read by the same resolvers as when it is sent."""
    link = "https://trace.example.com/01/06901234000016/21/1"
    own = {"suyuan:family": "drugs", "suyuan:step": "code_activation"}
    sent = document(epcList=[link], quantityList=[], action="ADD", **own)
    path = tmp_path / "own.json"
    path.write_text(json.dumps(sent), encoding="utf-8")

    def found_by(*words: str) -> set[str]:
        done = run(*words, "check", str(path), "--json")
        found: dict[str, Any] = json.loads(done.output)["checked"]
        return rules(found)

    assert "drug.activation.code" in found_by()
    assert "drug.activation.code" not in found_by("--resolvers", "trace.example.com")


def test_a_day_that_the_report_states_itself_is_not_counted_as_unasked() -> None:
    families = load_families()
    family = families.by_id["food"]
    stated = [
        rule
        for rule in family.rules
        if isinstance(rule.require, NotExpired) and rule.require.document is None
    ]
    assert stated
    assert not any(asks_elsewhere(rule.require) for rule in stated)
    assert any(asks_elsewhere(rule.require) for rule in family.rules)


def test_the_law_watch_list_has_both_sides_of_a_change() -> None:
    changes = json.loads(run("families", "--watch", "2026-05-01", "--json").stdout)
    found = {(each["id"], each["changes"], each["begins"]) for each in changes}
    for one in ("toxic.issue.two", "chemical-sale", "chemical-filing"):  # rule, keeping, deadline
        assert (one, "2026-04-30", False) in found
        assert (f"{one}.2026", "2026-05-01", True) in found
    assert all((each["rule"] is None) != (each["term"] is None) for each in changes)
    new = {each["id"]: each["verified"] for each in changes if each["changes"] == "2026-05-01"}
    assert (new["toxic.issue.two.2026"], new["chemical-sale.2026"]) == (False, False)
    days = [date.fromisoformat(each["changes"]) for each in changes]
    assert days == sorted(days)
    assert all(abs(day - date(2026, 5, 1)).days <= 365 for day in days)


def test_a_filled_workbook_is_judged_by_the_law_of_either_side_of_a_day(tmp_path: Path) -> None:
    """Order 4 of 2025 is law from 1 February 2026; what it misses is told by its cell."""
    file, step = tmp_path / "certificate.xlsx", ("--step", "certificate_issue")
    made = run("template", "edible-agricultural-products", *step, "--out", str(file))
    assert made.exit_code == 0
    book = load_workbook(file)
    sheet = book.worksheets[2]
    for cell in sheet[6]:
        sheet.cell(7, cell.column, cell.value)
    sheet.cell(7, 1, "1")
    basis = next(cell.column for cell in sheet[2] if str(cell.value).endswith(":basis"))
    sheet.cell(7, basis).value = None
    book.save(file)

    def found(on: str) -> dict[str, str]:
        (line,) = run("check", str(file), "--on", on, "--json").stdout.splitlines()
        (event,) = json.loads(line)["checked"]["events"]
        return {one["rule"]: one["path"] for one in event["findings"]}

    asked = {rule: path for rule, path in found("2026-02-01").items() if "basis" in rule}
    assert set(asked.values()) == {f"{sheet.title}!{get_column_letter(basis)}7"}
    assert not asked.keys() & found("2026-01-31").keys()


def test_what_is_an_archive_and_no_workbook_is_told_as_that(tmp_path: Path) -> None:
    file = tmp_path / "some.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "a")
    done = run("check", str(file))
    assert done.exit_code == 2
    assert "This is no xlsx workbook." in done.output


def test_a_template_is_written_filled_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "intake.xlsx"
    assert run("template", "food", "--step", "food_intake", "--out", str(file)).exit_code == 0
    unfilled = run("check", str(file), "--family", "food")
    assert (unfilled.exit_code, "workbook.unfilled" in unfilled.stdout) == (0, True)
    assert "通过" not in unfilled.stdout
    assert "什么也没有填" in unfilled.stdout
    book = load_workbook(file)
    sheet = book.worksheets[2]
    for cell in sheet[6]:
        sheet.cell(7, cell.column, cell.value)
    sheet.cell(7, 1, "1")
    late = next(cell.column for cell in sheet[2] if cell.value == "eventTime")
    book.save(file)
    good = run("import", "workbook", str(file), "--dry-run", "--json")
    assert (good.exit_code, json.loads(good.stdout)["counts"]) == (0, {"accepted": 1})
    sheet.cell(7, late, "昨天")
    book.save(file)
    bad = run("import", "workbook", str(file), "--dry-run")
    assert bad.exit_code == 1
    assert "!B7" in bad.stdout
    judged = run("check", str(file), "--family", "food").stdout
    assert "workbook.unfilled" not in judged
    assert "发生时间" in judged
    assert "eventTime" not in judged, "who sees a sheet knows its columns"

"""`suyuan convert`: documents in another form, whole or not at all, and what that loses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from suyuan.cli import Launcher, cli

EVENT = {
    "type": "ObjectEvent",
    "eventTime": "2026-03-01T10:00:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "ADD",
    "epcList": ["https://id.gs1.org/01/06901234000016/21/1"],
}
HEAD = {"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-03-01T10:00:00Z"}


def run(*words: str) -> Result:
    return CliRunner().invoke(
        cli, ["convert", *words], obj=Launcher(serve=lambda _: None, witness=lambda *_: None)
    )


def document(*events: dict[str, object]) -> str:
    return json.dumps({**HEAD, "epcisBody": {"eventList": events}})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/one.json").write_text(document(EVENT, EVENT), encoding="utf-8")
    (tmp_path / "in/two.json").write_text(document(EVENT | {"action": "X"}, EVENT))
    return tmp_path


def test_one_document_goes_to_the_standard_output(folder: Path) -> None:
    done = run(str(folder / "in/one.json"), "--to", "xml")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("<?xml")
    assert done.stdout.count("<ObjectEvent>") == 2
    urns = run(str(folder / "in/one.json"), "--to", "json", "--epc", "urn")
    assert urns.exit_code == 0
    assert "--company-prefix" in urns.stderr
    given = run(
        str(folder / "in/one.json"), "--to", "json", "--epc", "urn", "--company-prefix", "6901234"
    )
    assert "urn:epc:id:sgtin:6901234.000001.1" in given.stdout
    assert "--company-prefix" not in given.stderr
    wrong = run(str(folder / "in/one.json"), "--to", "xml", "--company-prefix", "69O1234")
    assert wrong.exit_code == 2
    assert not wrong.stdout
    assert "[--company-prefix] (convert.company-prefix)" in wrong.stderr
    assert "6 至 12 位" in wrong.stderr
    assert "6 to 12 digits" in wrong.stderr


def test_a_folder_goes_to_a_folder_and_a_bad_event_keeps_its_document_out(folder: Path) -> None:
    out = folder / "out"
    done = run(str(folder / "in"), "--to", "xml-1.2", "--out", str(out), "--json")
    assert done.exit_code == 1
    one, two = map(json.loads, done.stdout.splitlines())
    assert one["written"] == str(out / "one.xml")
    assert (two["written"], two["refused"][0]["event"]) == (None, 0)
    assert two["refused"][0]["cure"]["zh"]
    assert [file.name for file in out.iterdir()] == ["one.xml"]
    again = run(str(folder / "in"), "--to", "xml", "--out", str(out), "--proceed")
    assert again.exit_code == 1
    assert (out / "two.xml").read_text().count("<ObjectEvent>") == 1


def test_a_folder_keeps_its_shape(folder: Path) -> None:
    deep = folder / "in/a/b"
    deep.mkdir(parents=True)
    (deep / "one.json").write_text((folder / "in/one.json").read_text())
    done = run(str(folder / "in"), "--to", "xml", "--out", str(folder / "out"), "--proceed")
    assert done.exit_code == 1
    written = {str(file.relative_to(folder / "out")) for file in (folder / "out").rglob("*.xml")}
    assert written == {"one.xml", "two.xml", "a/b/one.xml"}


def test_nothing_is_overwritten_by_its_own_conversion(folder: Path) -> None:
    inside = folder / "in"
    before = (inside / "one.json").read_text()
    (inside / "one.jsonld").write_text(before)
    done = run(str(inside / "one.jsonld"), "--to", "json", "--out", str(inside))
    assert done.exit_code == 2
    assert (inside / "one.jsonld").read_text() == before
    both = run(str(inside / "one.json"), str(inside / "one.jsonld"), "--to", "xml", "--out", "x")
    assert both.exit_code == 2
    many = run(str(inside), "--to", "xml")
    assert many.exit_code == 2
    assert "--out" in many.stderr


def test_what_is_no_document_is_told(folder: Path) -> None:
    (folder / "bad.xml").write_text("<!DOCTYPE a []><a/>")
    done = run(str(folder / "bad.xml"), "--to", "json")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "DOCTYPE" in done.stderr

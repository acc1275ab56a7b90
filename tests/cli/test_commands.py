"""The command line on a real database: what it prints, and how it leaves."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from cli_calls import Run, here, process

from suyuan import service
from suyuan.cli.commands import reindex as commands_reindex
from suyuan.service import Platform
from suyuan.store import StoreSettings
from suyuan.store.embedded import embedded

EVENT = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:00000000-0000-4000-8000-000000000001",
    "eventTime": "2026-03-01T10:00:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "ADD",
    "bizStep": "commissioning",
    "epcList": ["urn:epc:id:sgtin:6901234.056789.1"],
}


def document(*events: dict[str, object]) -> str:
    return json.dumps(
        {
            "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-03-01T10:00:00+08:00",
            "epcisBody": {"eventList": events},
        }
    )


@pytest.fixture
def suyuan(migrated_database: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The command on a database of the test's own: no test meets what another recorded."""
    data = tmp_path_factory.mktemp("data")
    return here(SUYUAN_DATABASE_URL=migrated_database, SUYUAN_DATA_DIR=str(data))


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_help_names_every_command_in_both_languages_without_loading_one() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom suyuan.cli import Launcher, cli\n"
        "launcher = Launcher(serve=lambda p: None, witness=lambda *_: None)\n"
        "done = CliRunner().invoke(cli, ['--help'], obj=launcher)\n"
        "print(done.output)\n"
        "slow = {'litestar', 'psycopg', 'rich', 'jinja2', 'numpy'}\n"
        "assert not slow & set(sys.modules), sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in (
        "serve",
        "demo",
        "capture",
        "trace",
        "identify",
        "import",
        "contacts",
        "source",
        "doctor",
        "division",
    ):
        assert name in done.stdout
    assert "识别任意编码" in done.stdout


def test_capture_trace_identify_and_doctor_work_together(suyuan: Run, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonld"
    file.write_text(document(EVENT), encoding="utf-8")
    captured = suyuan("capture", str(tmp_path), "--json")
    assert captured.returncode == 0, captured.stderr
    (outcome,) = lines(captured)
    counts = {name: outcome[name] for name in ("accepted", "flagged", "held", "refused")}
    assert counts == {"accepted": 1, "flagged": 0, "held": 0, "refused": 0}
    assert outcome["document"] == str(file)

    (again,) = lines(suyuan("capture", str(file), "--json"))
    assert (again["duplicate"], again["accepted"]) == (1, 0)

    traced = suyuan("trace", "urn:epc:id:sgtin:6901234.056789.1", "--json")
    assert traced.returncode == 0, traced.stderr
    (answer,) = lines(traced)
    assert answer["position"] == 1
    assert answer["origins"]

    scoped = suyuan("scope", "urn:epc:id:sgtin:6901234.056789.1", "--json")
    assert scoped.returncode == 0, scoped.stderr
    (reach,) = lines(scoped)
    assert (reach["holders"], reach["things"]) == (1, 1)
    assert "召回范围" in suyuan("scope", "urn:epc:id:sgtin:6901234.056789.1").stdout

    (readings,) = lines(suyuan("identify", "(01)06901234567892(21)1", "--json"))
    best = readings[0]  # type: ignore[index]
    assert {"scheme", "canonical", "valid", "grain", "parts"} <= set(best)

    healthy = suyuan("doctor", "--json")
    assert healthy.returncode == 0, healthy.stdout


def test_xml_is_captured_by_its_extension_and_told_by_line(suyuan: Run, tmp_path: Path) -> None:
    text = """<EPCISDocument schemaVersion="1.2" creationDate="2026-03-01T10:00:00Z"><EPCISBody>
<EventList><ObjectEvent><eventTime>2026-03-01T10:00:00+08:00</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<epcList><epc>urn:epc:id:sgtin:6901234.056789.1</epc></epcList><action>ADD</action>
<bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep></ObjectEvent></EventList>
</EPCISBody></EPCISDocument>"""
    (tmp_path / "one.xml").write_text(text, encoding="utf-8")
    (tmp_path / "two.XML").write_text(text.replace("ADD", "SELL"), encoding="utf-8")
    done = suyuan("capture", str(tmp_path), "--json")
    good, bad = sorted(lines(done), key=lambda line: str(line["document"]))
    assert (good["accepted"], bad["refused"]) == (1, 1)
    assert bad["findings"][0]["path"] == "/action (line 4)"  # type: ignore[index]


def test_what_is_odd_about_a_document_is_told_before_its_events_and_refused_when_strict(
    suyuan: Run, tmp_path: Path
) -> None:
    file = tmp_path / "old.json"
    file.write_text(document(EVENT).replace('"2.0"', '"1.2"'), encoding="utf-8")
    (strict,) = lines(suyuan("capture", str(file), "--json", "--strict"))
    (lenient,) = lines(suyuan("capture", str(file), "--json"))
    assert (strict["refused"], lenient["accepted"]) == (1, 1)
    for outcome in (strict, lenient):
        finding = outcome["findings"][0]  # type: ignore[index]
        assert (finding["rule"], finding["path"]) == ("wire.document.edition", "/schemaVersion")
        assert "event" not in finding
    assert suyuan("check", str(file)).returncode == 0
    assert suyuan("check", str(file), "--strict").returncode == 1


def test_a_file_without_event_ids_captured_twice_is_a_repeat(suyuan: Run, tmp_path: Path) -> None:
    nameless = {name: value for name, value in EVENT.items() if name != "eventID"}
    file = tmp_path / "one.json"
    file.write_text(document(nameless, nameless), encoding="utf-8")
    (first,) = lines(suyuan("capture", str(file), "--json"))
    (again,) = lines(suyuan("capture", str(file), "--json"))
    assert (first["accepted"], first["duplicate"]) == (2, 0)
    assert (again["accepted"], again["duplicate"]) == (0, 2)
    shown = suyuan("--lang", "en", "capture", str(file)).stdout
    assert "duplicate" in shown


def test_commands_on_one_data_folder_share_the_server_that_runs_there(
    hasty: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "one.json"
    file.write_text(document(EVENT), encoding="utf-8")
    folder = Path(tempfile.mkdtemp(prefix="suyuan-test-"))
    folder.chmod(0o755)  # so that root's server user can enter
    run = process(SUYUAN_DATA_DIR=str(folder))
    with embedded(StoreSettings(data_dir=folder / "pg", options=hasty)):
        (outcome,) = lines(run("capture", str(file), "--json"))
        (again,) = lines(run("capture", str(file), "--json"))
    shutil.rmtree(folder)
    assert (outcome["accepted"], again["duplicate"]) == (1, 1)


def test_each_text_is_one_line_of_ranked_readings(suyuan: Run) -> None:
    done = suyuan("identify", "6922266443114", "SC10633019702614", "hello", "--json")
    product, licence, nothing = lines(done)
    assert [each["scheme"] for each in product if each["valid"]] == ["gtin", "gln"]  # type: ignore[index, union-attr]
    assert not licence[0]["valid"]  # type: ignore[index]
    assert licence[0]["notes"][0]["severity"] == "warning"  # type: ignore[index]
    assert licence[0]["pages"][0]["verified"] is False  # type: ignore[index]
    assert nothing == []
    assert done.returncode == 1


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_dash_stands_for_the_lines_of_standard_input(
    suyuan: Run, ends: str, encoding: str
) -> None:
    """A line of the answer for each of them, also for a blank one, in whatever it was saved."""
    typed = ends.join(("追溯码：81234567890123456789", "", "  ", "农药PDN2 -88", "")).encode(
        encoding
    )
    done = suyuan("identify", "-", "6922266443114", "--json", given=typed)
    drug, empty, blank, pesticide, product = lines(done)
    assert drug[0]["scheme"] == "drug-trace"  # type: ignore[index]
    assert (empty, blank) == ([], [])
    assert pesticide[0]["canonical"].endswith(":PDN2-88")  # type: ignore[index]
    assert product[0]["scheme"] == "gtin"  # type: ignore[index]
    assert done.returncode == 0


def test_a_line_that_is_too_long_is_told_by_its_number_and_the_others_are_answered(
    suyuan: Run,
) -> None:
    typed = b"6922266443114\n" + b"69" * 3_000_000 + b"\nhello"
    done = suyuan("--lang", "en", "identify", "-", "--json", given=typed)
    product, long, word = lines(done)
    assert product[0]["scheme"] == "gtin"  # type: ignore[index]
    assert (long, word, done.returncode) == ([], [], 2)
    (told,) = (json.loads(line) for line in done.stderr.splitlines())
    assert (told["error"], told["place"]) == ("identify.long", "line 2")
    plain = suyuan("identify", "-", given=typed)
    assert "[line 2]" in plain.stderr
    assert "blank" not in plain.stdout


def test_standard_input_that_is_empty_or_no_text_is_told_and_not_a_crash(suyuan: Run) -> None:
    done = suyuan("--lang", "en", "identify", "-", given=b"\n \n")
    assert done.returncode != 0
    assert "No code was given" in done.stdout + done.stderr
    assert suyuan("identify", "-", "--json", given=b"\xff\xfe6901234567892\n").returncode in {0, 1}


def test_what_nothing_reads_is_told_what_it_looks_like_and_whom_to_ask(suyuan: Run) -> None:
    done = suyuan("--lang", "en", "identify", "A723CDfg")
    assert "'A723CDfg' is no code that we know." in done.stdout + done.stderr
    assert "a number that its maker gave" in done.stdout + done.stderr
    assert "seedchina.com.cn/ (address not confirmed)" in done.stdout + done.stderr


def test_the_same_is_in_the_json_if_asked_for_and_no_array_changes(suyuan: Run) -> None:
    texts = ("A723CDfg", "hello", "6922266443114", "0571-88888888")
    own, word, product, telephone = lines(suyuan("identify", *texts, "--json", "--hints"))
    assert own["readings"] == []
    assert "a number that its maker gave" in own["hint"]["text"]["en"]  # type: ignore[index]
    assert own["hint"]["pages"][0]["url"].endswith("seedchina.com.cn/")  # type: ignore[index]
    assert (word["readings"], word["hint"], product["hint"]) == ([], None, None)
    assert "telephone" in telephone["hint"]["text"]["en"]  # type: ignore[index]
    plain = lines(suyuan("identify", *texts, "--json"))
    assert plain == [each["readings"] for each in (own, word, product, telephone)]


def test_a_text_too_long_to_be_read_is_refused_with_the_reason(suyuan: Run) -> None:
    done = suyuan("--lang", "en", "identify", "6901234567892", "69" * 6_000)
    assert done.returncode != 0
    assert "here are 12000" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("shape", [("--json",), ()])
def test_an_identity_number_is_never_printed(suyuan: Run, shape: tuple[str, ...]) -> None:
    done = suyuan(
        "identify", "身份证：11010519491231002X", "１１０１０５１９４９１２３１００２ｘ", *shape
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0
    assert "resident-id" in said
    assert "19491231" not in said
    assert "１９４９" not in said


def test_a_refused_event_is_told_with_place_rule_and_cure_and_leaves_with_one(
    suyuan: Run, tmp_path: Path
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(document({**EVENT, "action": "CREATE"}), encoding="utf-8")
    done = suyuan("capture", str(file), "--json")
    assert done.returncode == 1
    (outcome,) = lines(done)
    assert outcome["refused"] == 1
    (finding,) = outcome["findings"]  # type: ignore[misc]
    assert finding["path"] == "/action"
    assert finding["message"]["zh"]
    assert finding["message"]["en"]
    assert finding["cure"]["zh"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"type": "Other"}', "\x00\x01"])
def test_a_file_that_is_no_document_is_refused_in_words(
    suyuan: Run, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "odd.json"
    file.write_text(content, encoding="utf-8")
    done = suyuan("capture", str(file), "--json")
    assert done.returncode == 1, done.stderr
    (outcome,) = lines(done)
    assert outcome["refused"] == 1
    assert outcome["findings"]


def test_a_thing_of_which_nothing_is_recorded_leaves_with_one(suyuan: Run) -> None:
    done = suyuan("trace", "6901234567892")
    assert done.returncode == 1
    assert done.stdout.strip() == (
        "(01)06901234567892 是产品，不是批次；没有只写到产品的记录。"
        "也没有看到 (01)06901234567892 的批次或单件的记录"
    )


def test_an_answer_is_written_to_a_file_of_the_form_that_its_name_says(
    suyuan: Run, tmp_path: Path
) -> None:
    thing = "https://id.gs1.org/01/06901234567892/21/HANDED"
    sent = tmp_path / "sent.json"
    sent.write_text(document({"eventID": "urn:uuid:7b1b7c1e-2f5a-4c5b-9d53-1c2b3a4d5e6f",
                              "type": "ObjectEvent", "action": "ADD", "epcList": [thing],
                              "eventTime": "2026-03-01T07:30:00+08:00",
                              "eventTimeZoneOffset": "+08:00"}), "utf-8")  # fmt: skip
    assert suyuan("capture", str(sent)).returncode == 0
    for name, mark in (("a.jsonld", b"EPCISDocument"), ("a.csv", b"complete to entry"),
                       ("a.graphml", b"<graphml"), ("a.json", b"deliveryRelations")):  # fmt: skip
        done = suyuan("trace", thing, "--out", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
        assert mark in (tmp_path / name).read_bytes()
    done = suyuan("trace", thing, "--out", str(tmp_path / "a.odt"))
    assert done.returncode == 2
    assert "--format" in done.stderr
    assert list(tmp_path.glob("*.part")) == []


def test_a_scope_of_nothing_leaves_with_one_and_half_a_holder_is_an_error(suyuan: Run) -> None:
    nothing = suyuan("--lang", "en", "scope", "(01)06901234567892(10)L7")
    assert (nothing.returncode, nothing.stdout.strip()) == (
        1,
        "Nothing is recorded of (01)06901234567892(10)L7",
    )
    for command in ("scope", "trace"):
        half = suyuan(
            "--lang", "en", command, "6901234567892", "--holder-party", "urn:suyuan:party:shop"
        )
        assert half.returncode == 2
        assert "both --holder-party and --holder-site" in half.stderr


def test_a_text_that_is_no_code_is_an_error_with_a_cure(suyuan: Run) -> None:
    done = suyuan("--lang", "en", "trace", "???")
    assert done.returncode == 2
    assert "is no code that we know" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_account_keeps_its_key_until_somebody_says_renew(suyuan: Run) -> None:
    (first,) = lines(suyuan("account", "shop", "--party", "urn:suyuan:party:shop", "--json"))
    again = suyuan("--lang", "en", "account", "shop")
    assert again.returncode == 2
    assert "--renew" in again.stderr
    (second,) = lines(suyuan("account", "shop", "--renew", "--json"))
    assert first["key"] != second["key"]
    assert suyuan("account", "shop", "--label", "till").returncode == 0
    told = suyuan("--lang", "en", "account", "shop", "--keys").stdout
    assert "main" in told
    assert "till" in told
    assert suyuan("account", "shop", "--label", "till", "--revoke").returncode == 0
    assert [each["label"] for each in lines(suyuan("account", "shop", "--keys", "--json"))] == [
        "main"
    ]


def test_a_trace_shows_one_piece_for_all_alike_and_its_json_names_each(
    suyuan: Run, tmp_path: Path
) -> None:
    lot = "https://id.gs1.org/01/06901234567892/10/L7"
    pieces = [f"https://id.gs1.org/01/06901234567892/21/A{number}" for number in range(3)]
    site = {"bizLocation": {"id": "https://id.gs1.org/414/6901234000009"}}
    made = {name: part for name, part in EVENT.items() if name not in {"action", "epcList"}}
    made |= {"type": "TransformationEvent", "outputEPCList": pieces, **site}
    made["inputQuantityList"] = [{"epcClass": lot, "quantity": 3, "uom": "KGM"}]
    file = tmp_path / "made.json"
    file.write_text(document(made), encoding="utf-8")
    assert suyuan("capture", str(file)).returncode == 0
    shown = suyuan("--lang", "en", "trace", lot, "--direction", "forward").stdout
    assert f"{pieces[0]} and 2 alike" in " ".join(shown.split())
    assert pieces[1] not in shown
    (answer,) = lines(suyuan("trace", lot, "--direction", "forward", "--json"))
    assert isinstance(answer["whereabouts"], list)
    named = {each["pool"]["thing"] for each in answer["whereabouts"]}
    assert named >= set(pieces)


@pytest.mark.parametrize(
    ("more", "shown"),
    [((), "2026-03-01 10:00+08:00"), (("--offset", "-05:30"), "2026-02-28 20:30-05:30")],
)
def test_times_are_told_on_the_clock_that_is_asked_for_and_in_json_in_utc(
    suyuan: Run, tmp_path: Path, more: tuple[str, ...], shown: str
) -> None:
    file = tmp_path / "one.json"
    site = {"bizLocation": {"id": "https://id.gs1.org/414/6901234000009"}}
    file.write_text(document({**EVENT, **site}), encoding="utf-8")
    suyuan("capture", str(file))
    assert shown in suyuan("trace", "urn:epc:id:sgtin:6901234.056789.1", *more).stdout
    told = suyuan("trace", "urn:epc:id:sgtin:6901234.056789.1", "--json", *more).stdout
    assert "2026-03-01T02:00:00Z" in told
    days = [part for name in ("in-begin", "in-end", "out-begin", "out-end")
            for part in (f"--{name}", "2026-03-01")]  # fmt: skip
    for asked in (("trace", "6901234567892"), ("scope", "6901234567892"), ("contacts", "1", *days)):
        wrong = suyuan(*asked, "--offset", "8")
        assert wrong.returncode == 2
        assert "时区请写成 +08:00" in wrong.stderr
        assert "--offset" in wrong.stderr


def test_the_index_can_be_made_again(suyuan: Run, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(document(EVENT), "utf-8")
    assert suyuan("capture", str(tmp_path / "one.json")).returncode == 0
    done = suyuan("reindex", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["entries"] >= 1


def test_it_is_of_the_whole_record_whoever_follows_it(
    suyuan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that runs beside follows it too, and leaves nothing to the command."""

    def follows(platform: Platform, **_: object) -> int:
        service.reindex(platform)
        return 0

    (tmp_path / "one.json").write_text(document(EVENT), "utf-8")
    assert suyuan("capture", str(tmp_path / "one.json")).returncode == 0
    whole = json.loads(suyuan("reindex", "--json").stdout)
    monkeypatch.setattr(commands_reindex, "reindex", follows)
    assert json.loads(suyuan("reindex", "--json").stdout) == whole
    assert whole["entries"] >= 1


def test_a_day_that_is_none_is_told_how_days_are_written(suyuan: Run) -> None:
    days = [part for name in ("in-begin", "in-end", "out-begin", "out-end")
            for part in (f"--{name}", "2026-13-31")]  # fmt: skip
    told = suyuan("contacts", "P1", *days)
    assert told.returncode == 2
    assert "YYYY-MM-DD" in told.stderr
    assert "年-月-日" in told.stderr
    assert "%" not in told.stderr


def test_a_database_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    run = process(SUYUAN_DATA_DIR=str(tmp_path))
    done = run("--database-url", "postgresql://nobody@127.0.0.1:1/none", "doctor")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "--database-url" in done.stderr


def test_the_event_that_readme_shows_is_accepted(suyuan: Run, tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("```json\n")[2].partition("```")[0]
    file = tmp_path / "one.json"
    file.write_text(shown, encoding="utf-8")
    (outcome,) = lines(suyuan("capture", str(file), "--json"))
    assert (outcome["accepted"], outcome["held"], outcome["refused"]) == (1, 0, 0)


def test_the_table_of_capture_says_what_decided_where_and_the_cure(
    suyuan: Run, tmp_path: Path
) -> None:
    """A doubt about a check digit must not hide that the event is refused for its date."""
    odd = {**EVENT, "epcList": ["https://id.gs1.org/01/06901234567893/21/1"]}
    file = tmp_path / "late.json"
    file.write_text(document({**odd, "eventTime": "2200-01-01T00:00:00Z"}), encoding="utf-8")
    done = suyuan("--lang", "en", "capture", str(file))
    assert done.returncode == 1
    told = done.stdout.splitlines()[-1]
    assert "eventList/0/eventTime" in told
    assert "check" not in told


def test_contacts_of_all_holders_come_out_of_an_imported_table(suyuan: Run, tmp_path: Path) -> None:
    table = tmp_path / "moves.csv"
    table.write_text("source,destination,date,quantity\n1,2,2005-09-02,3\n2,3,2005-09-02,1\n")
    brought = suyuan("import", "movements", str(table), "--json")
    assert brought.returncode == 0, brought.stderr
    begin, end = "2005-09-01", "2005-09-30"
    days = ("--in-begin", begin, "--in-end", end, "--out-begin", begin, "--out-end", end)
    (one,) = lines(suyuan("contacts", "1", *days, "--json"))
    beside = {"certain", "possible", "position", "completeness", "cost"}
    assert one.keys() > beside
    assert (one["position"], one["completeness"]["movements"]) == (2, 2)
    assert {name: each for name, each in one.items() if name not in beside} == {
        "inBegin": begin,
        "inEnd": end,
        "outBegin": begin,
        "outEnd": end,
        "root": "1",
        "inDegree": 0,
        "outDegree": 1,
        "ingoingContactChain": 0,
        "outgoingContactChain": 2,
        "ingoingDistances": {},
        "outgoingDistances": {"2": 1, "3": 2},
    }
    every = lines(suyuan("contacts", "--all", *days, "--json"))
    assert [(row["root"], row["ingoingContactChain"]) for row in every] == [
        ("1", 0),
        ("2", 1),
        ("3", 2),
    ]
    assert "ingoingDistances" not in every[0]
    (less,) = lines(suyuan("contacts", "1", *days, "--json", "--without", "2>3"))
    assert less["without"]["sparedOutgoing"] == ["3"]  # type: ignore[index, call-overload]
    shown = suyuan("--lang", "en", "contacts", "1", *days, "--without", "2", "--risk", "0.5")
    assert "If so, 1 has 0 fewer upstream and 2 fewer downstream." in shown.stdout
    assert "0.00 expected to be reached (exact)." in shown.stdout
    weighed = suyuan("--lang", "en", "contacts", "1", *days, "--risk", "0.5", "--by-share").stdout
    assert "0.75 expected to be reached (exact)." in weighed  # all of it went on each time
    assert "By share of amounts; of 0 moves" in weighed
    assert suyuan("contacts", "1", *days, "--by-share").returncode == 2
    assert suyuan("contacts", "1", *days, "--without", "nowhere").returncode == 2
    nobody = suyuan("--lang", "en", "contacts", "1", "nowhere", *days)
    assert nobody.returncode == 0
    assert "1 root unknown: nowhere. In the records that you may see" in nobody.stdout
    (row,) = [row for row in nobody.stdout.splitlines() if "nowhere" in row and "root" not in row]
    assert row.count("?") == 4
    (apart,) = lines(suyuan("contacts", "1", *days, "--ties", "forbidden", "--json"))
    assert apart["outgoingDistances"] == {"2": 1}
    assert "同一时刻" in apart["assumptions"][0]["zh"]
    shown = suyuan("contacts", "1", *days, "--hold-for", "1d").stdout
    assert "按您的假设：收到后至少停留 1 天" in shown
    assert "完整到第 2 条记录" in shown
    (both,) = lines(
        suyuan("contacts", "1", *days, "--hold-for", "1d", "--without", "2>3", "--json")
    )
    assert both["without"]["outgoingContactChain"] == 1  # type: ignore[index, call-overload]
    assert both["position"] == 2
    assert both["assumptions"]
    chances = suyuan("contacts", "1", *days, "--hold-for", "1d", "--risk", "0.5")
    assert chances.returncode == 2
    assert "不能同时假设停留时间" in chances.stderr
    hours = suyuan("contacts", "1", *days, "--hold-for", "5h")
    assert hours.returncode == 2
    assert "整天" in hours.stderr
    neither = suyuan("contacts", *days)
    assert neither.returncode == 2
    assert "--all" in neither.stderr


def test_a_receipt_is_kept_and_the_database_held_against_it(suyuan: Run, tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text(document(EVENT))
    assert suyuan("capture", str(tmp_path / "events.json")).returncode == 0
    file = str(tmp_path / "event.tlog-proof")
    given = suyuan("receipt", str(EVENT["eventID"]), "--output", file)
    assert given.returncode == 0, given.stderr
    key = suyuan("ledger", "keys").stdout.split()[0]
    (tmp_path / "old").write_text(
        json.loads(suyuan("ledger", "publish", "--json").stdout)["checkpoint"]
    )
    by_position = suyuan("receipt", "1")
    assert by_position.stdout.startswith("c2sp.org/tlog-proof@v1\n")
    paper = ("receipt", "1", "--pdf", str(tmp_path / "paper.pdf"))
    assert "SUYUAN_PUBLIC_URL" in suyuan(*paper).stderr
    assert suyuan(*paper, "--base", "https://trace.example").returncode == 0
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")
    folder = str(tmp_path / "mirror")
    assert suyuan("ledger", "mirror", folder).returncode == 0
    held = ("--key", key, "--since", str(tmp_path / "old"), "--database")
    done = suyuan("verify", file, str(tmp_path / "paper.pdf"), folder, *held)
    assert done.returncode == 0, done.stdout + done.stderr
    assert suyuan("verify", "--key", key).returncode != 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("6901234567890", "should be 2, not 0"),
        ("https://id.gs1.org/417/6901234567890", "should be 2, not 0"),
        ("urn:suyuan:uscc:91330100MA27XF0H3X", "places 9 to 17"),
        ("https://id.gs1.org/01/06901234567892", "a class of products"),
        ("nonsense", "no code of a party"),
        ("", "no code of a party"),
    ],
)
@pytest.mark.parametrize(
    "command",
    [("account", "odd", "--party"), ("codes", "list", "--party"), ("capture", "sent.json", "--as")],
)
def test_no_account_is_opened_for_what_is_no_party(
    suyuan: Run, tmp_path: Path, command: tuple[str, ...], given: str, said: str
) -> None:
    sent = tmp_path / "sent.json"
    sent.write_text("{}")
    words = [str(sent) if each == sent.name else each for each in command]
    done = suyuan("--lang", "en", *words, given)
    assert done.returncode == 2
    for part in ("account.party", command[-1], said, "urn:suyuan:party:"):
        assert part in done.stderr
    assert suyuan("account", "odd", "--keys").returncode == 2, "it was not opened"


def test_an_account_stands_for_its_party_by_whichever_of_its_codes_it_is_named(
    suyuan: Run,
) -> None:
    codes = (
        "6901234567892",
        "urn:epc:id:pgln:6901234.56789",
        "https://id.gs1.org/417/6901234567892",
    )
    for label, code in enumerate(codes):
        done = suyuan("account", "gate", "--party", code, "--label", str(label))
        assert done.returncode == 0, done.stderr
    other = suyuan("--lang", "en", "account", "gate", "--party", "urn:suyuan:party:other")
    assert other.returncode == 2
    assert codes[-1] in other.stderr

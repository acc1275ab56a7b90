"""`suyuan codes` and `suyuan read`, from the licence to the label in the hand."""

import csv
import json
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from cli_calls import Done, Run, here, process

from suyuan.cli.commands import codes_pack
from suyuan.service import Packing, documents
from suyuan.store import StoreSettings
from suyuan.store.embedded import embedded

PARTY = ("--party", "urn:suyuan:party:mill")
GTIN = "6901234567892"


@pytest.fixture(scope="module")
def suyuan(hasty: dict[str, str]) -> Iterator[Run]:
    """The command, in English, on data of its own, where the mill has its company prefix."""
    folder = Path(tempfile.mkdtemp(prefix="suyuan-test-"))
    folder.chmod(0o755)  # so that root's server user can enter
    given = {"SUYUAN_DATA_DIR": str(folder), "SUYUAN_LANG": "en"}
    by_itself, run_here = process(**given), here(**given)

    def run(*words: object, full: bool = False) -> Done:
        """With `full` no file can grow beyond 512 bytes, as on a full disk."""
        return by_itself(*words, full=True) if full else run_here(*words)

    with embedded(StoreSettings(data_dir=folder / "pg", options=hasty)):
        refused = run("codes", "issue", "sgtin", GTIN, 5, *PARTY)
        assert refused.returncode == 2
        assert "codes entitle" in refused.stderr
        done = run("codes", "entitle", PARTY[1], "gs1_company_prefix", "6901234")
        assert done.returncode == 0, done.stderr
        assert "also have" not in done.stdout
        again = run("codes", "entitle", f"{PARTY[1]}-before", "gs1_company_prefix", "6901234")
        assert f"{PARTY[1]} also have" in again.stdout
        yield run
    shutil.rmtree(folder)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def package(suyuan: Run, out: Path, count: int, *more: str) -> str:
    done = suyuan(
        "codes",
        "issue",
        "sgtin",
        GTIN,
        count,
        *PARTY,
        "--out",
        out,
        "--json",
        "--for",
        "program",
        *more,
    )
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["id"])


def test_codes_are_issued_exported_packed_printed_read_and_verified(
    suyuan: Run, tmp_path: Path
) -> None:
    number = package(suyuan, tmp_path / "codes.csv", 25, "--scratch")
    issued = rows(tmp_path / "codes.csv")
    assert len({row["code"] for row in issued}) == len({row["secret"] for row in issued}) == 25
    assert stat.S_IMODE((tmp_path / "codes.csv").stat().st_mode) == 0o600
    export = (
        "codes",
        "export",
        number,
        *PARTY,
        "--begin",
        5,
        "--out",
        tmp_path / "again.csv",
        "--for",
        "program",
    )
    assert suyuan(*export).returncode == 0
    assert rows(tmp_path / "again.csv") == [
        {name: row[name] for name in ("place", "code", "name")} for row in issued[4:]
    ]
    levels = ("--level", "10:sscc:06901234", "--level", "2:sscc:16901234")
    done = suyuan("codes", "pack", number, *PARTY, *levels, "--out", tmp_path / "packing")
    assert done.returncode == 0, done.stderr
    relation = rows(tmp_path / "packing" / "relation.csv")
    assert [row["content"] for row in relation[:25]] == [row["name"] for row in issued]
    captured = suyuan("capture", "--json", tmp_path / "packing" / "events-1.json")
    assert json.loads(captured.stdout)["accepted"] == 5, captured.stdout
    labels = ("--heading", "番茄", "--format", "png", "--end", 2, "--out", tmp_path / "labels")
    done = suyuan("codes", "print", number, *PARTY, *labels)
    assert done.returncode == 0, done.stderr
    read = suyuan("read", "--json", *sorted((tmp_path / "labels").iterdir()))
    assert [
        code["readings"][0]["canonical"] for line in read.stdout.splitlines()
        for code in json.loads(line)
    ] == [row["name"] for row in issued[:2]]  # fmt: skip
    known = json.loads(read.stdout.splitlines()[0])[0]["readings"][0]["known"]
    assert known["events"] == 1
    again = suyuan(
        "codes", "print", number, *PARTY, "--end", 1, "--out", tmp_path / "l.zpl", "--format", "zpl"
    )
    assert re.search(r"in 1 run, the last time at 20\d\d-[-0-9]+ \d\d:\d\d \+08:00", again.stderr)
    first = ("codes", "verify", issued[0]["code"], issued[0]["secret"])
    verified = suyuan(*first)
    assert verified.returncode == 0
    assert f"Code: {issued[0]['code']}" in verified.stdout
    assert suyuan("codes", "verify", f"{issued[0]['code']} {issued[1]['code']}").returncode == 1
    assert "--checks" in suyuan("codes", "check-key", *PARTY).stderr
    second = suyuan(*first)
    assert second.returncode == 1
    assert re.search(r"first was at 20\d\d-[-0-9]+ \d\d:\d\d \+08:00", second.stdout)
    assert suyuan("codes", "verify", issued[1]["name"]).returncode == 0
    assert suyuan("codes", "verify", "(01)06901234567892(21)CCCCCCCCCCC").returncode == 1
    listed = suyuan("codes", "list", *PARTY, "--json").stdout.splitlines()
    assert number in {json.loads(line)["id"] for line in listed}
    assert suyuan("codes", "list", "--party", "urn:suyuan:party:other", "--json").stdout == ""


def test_nothing_is_handed_out_when_the_file_cannot_be_written(suyuan: Run, tmp_path: Path) -> None:
    taken = tmp_path / "taken.csv"
    taken.write_text("mine")
    before = suyuan("codes", "list", *PARTY, "--json").stdout
    for out in ((), ("--out", taken), ("--out", tmp_path / "no" / "folder.csv")):
        done = suyuan("codes", "issue", "sgtin", GTIN, 5, *PARTY, "--scratch", *out)
        assert done.returncode != 0
    assert taken.read_text() == "mine"
    assert suyuan("codes", "list", *PARTY, "--json").stdout == before
    refused = suyuan(
        "codes", "issue", "sgtin", "6901234567893", 5, *PARTY, "--out", tmp_path / "x.csv"
    )
    assert refused.returncode == 2
    assert not (tmp_path / "x.csv").exists()


def test_import_takes_the_schemes_that_a_state_body_gives_out_and_lists_no_other(
    suyuan: Run, tmp_path: Path
) -> None:
    told = "".join(suyuan("codes", "import", "--help").stdout.split())
    assert all(scheme in told for scheme in ("veterinary-trace", "drug-trace", "ear-tag"))
    file = tmp_path / "codes.txt"
    file.write_text("x\n")
    for scheme in ("sgtin", "lgtin", "sscc", "pesticide-unit", "seed-unit", "mv-trace"):
        assert scheme not in told
        assert suyuan("codes", "import", scheme, file, *PARTY).returncode == 2


def test_an_import_is_whole_or_nothing_and_names_the_line(suyuan: Run, tmp_path: Path) -> None:
    file = tmp_path / "tags.txt"
    file.write_text("137060200001000-137060200001009\n\n437060200001000\n")
    wrong = suyuan("codes", "import", "ear-tag", file, *PARTY)
    assert wrong.returncode == 2
    assert "[line 3]" in wrong.stderr
    file.write_text(
        "\ufeff137060200001000-137060200001009\r\n137060200001010\r\n", encoding="utf-8"
    )
    assert "codes: 11." in suyuan("codes", "import", "ear-tag", file, *PARTY).stdout
    assert suyuan("codes", "import", "ear-tag", file, *PARTY).returncode == 2
    other = ("--party", "urn:suyuan:party:other")
    assert suyuan("codes", "import", "ear-tag", file, *other).returncode == 0
    listed = [json.loads(line) for line in suyuan("codes", "imports", "--json").stdout.splitlines()]
    listed = [each for each in listed if each["first"] == "137060200001000"]
    assert [(each["count"], each["disputed"]) for each in listed] == [(11, True)] * 2
    wrong = next(each["batch"] for each in listed if each["party"] == other[1])
    assert suyuan("codes", "withdraw", wrong, "--reason", "typed wrongly").returncode == 0
    assert suyuan("codes", "withdraw", wrong, "--reason", "again").returncode == 2
    assert PARTY[1] in suyuan("codes", "imports").stdout
    assert other[1] not in suyuan("codes", "imports").stdout


def test_a_packing_whose_files_were_not_written_is_written_the_same_later(
    suyuan: Run, tmp_path: Path
) -> None:
    number = package(suyuan, tmp_path / "codes.csv", 25)
    out = tmp_path / "packing"
    ask = ("codes", "pack", number, *PARTY, "--level", "10:sscc:06901234")
    failed = suyuan(*ask, "--out", out, full=True)
    assert failed.returncode == 2
    assert list(tmp_path.iterdir()) == [tmp_path / "codes.csv"]
    again = failed.stderr.rpartition("with: suyuan ")[2].split(" --out")[0].split()
    for name in ("one", "two"):
        assert suyuan(*again, "--out", tmp_path / name).returncode == 0
    for file in ("relation.csv", "events-1.json"):
        texts = {(tmp_path / name / file).read_bytes() for name in ("one", "two")}
        assert len(texts) == 1
    events = [tmp_path / name / "events-1.json" for name in ("one", "two")]
    captured = suyuan("capture", "--json", *events).stdout.splitlines()
    assert [json.loads(line)["accepted"] for line in captured] == [3, 0]
    out.mkdir()
    (out / "events-1.json").write_text("mine")
    made = suyuan("codes", "list", *PARTY, "--json").stdout
    assert "not empty" in suyuan(*ask, "--out", out).stderr
    assert suyuan(*ask, "--out", tmp_path / "codes.csv" / "x").returncode == 2
    assert (out / "events-1.json").read_text() == "mine"
    assert suyuan("codes", "list", *PARTY, "--json").stdout == made


@pytest.mark.parametrize("spoilt", ["filled", "taken", "gone", "stopped"])
def test_a_packing_that_cannot_take_its_place_leaves_nothing_and_is_written_the_same_later(
    suyuan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    """Whatever comes between its beginning and the stroke that puts it in its place."""
    number = package(suyuan, tmp_path / "codes.csv", 25)
    shelf = tmp_path / "shelf"
    out = shelf / "packing"
    ask = ("codes", "pack", number, *PARTY, "--level", "10:sscc:06901234")

    def meanwhile(packing: Packing, *, at: datetime) -> Iterator[bytes]:
        yield from documents(packing, at=at)
        match spoilt:
            case "filled":
                out.mkdir()
                (out / "mine").write_text("mine")
            case "taken":
                out.write_text("mine")
            case "gone":
                shutil.rmtree(shelf)
            case _:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(codes_pack, "documents", meanwhile)
        failed = suyuan(*ask, "--out", out)
    assert failed.returncode != 0
    left = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*")}
    mine = {"filled": {"shelf", "shelf/packing", "shelf/packing/mine"},
            "taken": {"shelf", "shelf/packing"}}  # fmt: skip
    assert left == {"codes.csv"} | mine.get(spoilt, set())
    if spoilt == "stopped":
        again = [*ask]
    else:
        assert "not one of them" in failed.stderr
        again = failed.stderr.rpartition("with: suyuan ")[2].split(" --out")[0].split()
    assert suyuan(*again, "--out", tmp_path / "one").returncode == 0
    assert suyuan(*ask, "--out", tmp_path / "two").returncode == 0
    for file in ("relation.csv", "events-1.json"):
        assert len({(tmp_path / name / file).read_bytes() for name in ("one", "two")}) == 1


def test_a_packing_takes_the_place_of_an_empty_folder_but_not_of_the_one_that_somebody_is_in(
    suyuan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = package(suyuan, tmp_path / "codes.csv", 25)
    ask = ("codes", "pack", number, *PARTY, "--level", "10:sscc:06901234")
    made = suyuan("codes", "list", *PARTY, "--json").stdout
    stand, empty, pointing = tmp_path / "stand", tmp_path / "empty", tmp_path / "pointing"
    stand.mkdir()
    monkeypatch.chdir(stand)
    for here_now in (".", stand):
        refused = suyuan(*ask, "--out", here_now)
        assert refused.returncode == 2
        assert str(Path(here_now) / "packing") in refused.stderr
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "is_mount", lambda self: self == mounted)
        refused = suyuan(*ask, "--out", mounted)
    assert (refused.returncode, str(mounted / "packing") in refused.stderr) == (2, True)
    assert suyuan(*ask[:2], "nothing-of-that-name", *ask[3:], "--out", "new/one").returncode == 2
    assert list(stand.iterdir()) == []
    assert suyuan("codes", "list", *PARTY, "--json").stdout == made
    empty.mkdir()
    pointing.symlink_to(empty)
    assert suyuan(*ask, "--out", pointing).returncode == 0
    assert suyuan(*ask, "--out", "packing").returncode == 0
    for folder in (empty, stand / "packing"):
        assert {each.name for each in folder.iterdir()} == {"relation.csv", "events-1.json"}


def test_a_file_that_is_no_picture_is_named(suyuan: Run, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no picture")
    for path in (file, tmp_path / "missing.png", tmp_path):
        done = suyuan("read", path)
        assert done.returncode == 2
        assert str(path) in done.stderr
        assert "Traceback" not in done.stderr
    number = package(suyuan, tmp_path / "codes.csv", 1)
    suyuan("codes", "print", number, *PARTY, "--format", "png", "--out", tmp_path / "good.png")
    done = suyuan("read", "--json", tmp_path / "missing.png", tmp_path / "good.png")
    assert done.returncode == 2
    assert [len(json.loads(line)) for line in done.stdout.splitlines()] == [0, 1]


def test_labels_are_printed_on_registered_addresses_alone(suyuan: Run, tmp_path: Path) -> None:
    number = package(suyuan, tmp_path / "codes.csv", 1)
    base = ("--base", "https://t.example.com")
    words = ("codes", "print", number, *PARTY, *base, "--out", tmp_path / "label.pdf")
    refused = suyuan(*words)
    assert (refused.returncode, (tmp_path / "label.pdf").exists()) == (2, False)
    assert "SUYUAN_RESOLVERS" in refused.stderr
    done = suyuan("--resolvers", "x.cn, https://t.example.com:443/", *words)
    assert done.returncode == 0, done.stderr
    wrong = suyuan("--resolvers", "https://?", "identify", GTIN)
    assert (wrong.returncode, "'https://?' is no address" in wrong.stderr) == (2, True)


def test_secrets_are_in_a_whole_file_or_the_package_is_not_issued(
    suyuan: Run, tmp_path: Path
) -> None:
    before = suyuan("codes", "list", *PARTY, "--json").stdout
    ask = ("codes", "issue", "sgtin", GTIN, 500, *PARTY, "--scratch", "--out", tmp_path / "s.csv")
    failed = suyuan(*ask, full=True)
    assert failed.returncode == 2, failed.stderr
    assert "could not be written" in failed.stderr
    assert list(tmp_path.iterdir()) == []
    assert suyuan("codes", "list", *PARTY, "--json").stdout == before


def test_a_package_is_packed_once_and_asked_again_alike_answered_alike(
    suyuan: Run, tmp_path: Path
) -> None:
    note = f"May run {tmp_path.name}"  # its own, should this be run again on the same data
    number = package(suyuan, tmp_path / "codes.csv", 25, "--note", note)
    first = ("codes", "pack", note, *PARTY, "--level", "10:sscc:06901234")
    assert suyuan(*first, "--out", tmp_path / "one").returncode == 0
    made = suyuan("codes", "list", *PARTY, "--json").stdout
    again = suyuan(*first, "--out", tmp_path / "two")
    assert (again.returncode, "packed so before" in again.stdout) == (0, True)
    texts = {(tmp_path / name / "events-1.json").read_bytes() for name in ("one", "two")}
    assert len(texts) == 1
    assert f"containers of package {number[:8]}" in suyuan("codes", "list", *PARTY).stdout
    other = ("codes", "pack", number[:8], *PARTY, "--level", "5:sscc:06901234")
    refused = suyuan(*other, "--out", tmp_path / "three")
    assert refused.returncode == 2
    for part in ("packed once", "--level 10:", "withdraw", "[package]"):
        assert part in refused.stderr
    assert suyuan("codes", "list", *PARTY, "--json").stdout == made
    containers = json.loads(made.splitlines()[0])["id"]
    gone = suyuan("codes", "withdraw", containers, *PARTY, "--reason", "wrong cases", "--all")
    assert f"Withdrew all codes of package {containers} (3);" in gone.stdout, gone.stderr
    assert suyuan(*other, "--out", tmp_path / "three").returncode == 0


def test_one_code_is_withdrawn_by_itself_and_left_out_of_cases(suyuan: Run, tmp_path: Path) -> None:
    number = package(suyuan, tmp_path / "codes.csv", 5)
    spoiled = rows(tmp_path / "codes.csv")[1]
    ask = ("codes", "withdraw", spoiled["code"], *PARTY, "--reason", "smeared")
    told = suyuan(*ask)
    assert (told.returncode, told.stdout.count(f"Withdrew code {spoiled['code']}, number 2")) == (
        0,
        1,
    )
    assert number in told.stdout
    assert "withdrawn on" in suyuan(*ask).stderr
    assert "withdrew this code" in suyuan("codes", "verify", spoiled["code"]).stdout
    told = suyuan("identify", spoiled["code"]).stdout
    assert ("issued this code here" in told, "It was withdrawn on" in told) == (True, True)
    told = suyuan("--lang", "zh", "identify", spoiled["code"]).stdout
    assert ("在本平台发出" in told, "已于" in told and "撤回" in told) == (True, True)
    whole = suyuan("identify", rows(tmp_path / "codes.csv")[0]["code"]).stdout
    assert ("issued this code here" in whole, "withdrawn" in whole) == (True, False)
    assert "issued this code" not in suyuan("identify", GTIN).stdout
    export = ("codes", "export", number, *PARTY, "--for", "program", "--out")
    assert "were withdrawn: 1." in suyuan(*export, tmp_path / "again.csv").stdout
    issued = rows(tmp_path / "codes.csv")
    assert rows(tmp_path / "again.csv") == [row for row in issued if row != spoiled]
    pack = ("codes", "pack", number, *PARTY, "--level", "5:sscc:06901234")
    assert suyuan(*pack, "--out", tmp_path / "packing").returncode == 0
    relation = (tmp_path / "packing" / "relation.csv").read_text()
    assert relation.count("\n") == 5
    assert spoiled["name"] not in relation


def test_what_is_withdrawn_and_what_is_printed_again_is_named(suyuan: Run, tmp_path: Path) -> None:
    number = package(suyuan, tmp_path / "codes.csv", 9)
    made = [row["code"] for row in rows(tmp_path / "codes.csv")]
    ask = ("codes", "print", number, *PARTY, "--format", "svg", "--out")
    assert "before" not in suyuan(*ask, tmp_path / "one", "--begin", 3, "--end", 4).stderr
    for lang, words in (("en", "codes 3–4"), ("zh", "第 2–4 个码")):
        told = suyuan("--lang", lang, *ask, tmp_path / lang, "--begin", 2, "--end", 4, "--json")
        assert words in told.stderr
        assert f"… {made[3]}" in told.stderr
        assert len(told.stdout.splitlines()) == 1
    some = suyuan("codes", "withdraw", number, *PARTY, "--reason", "x", "--begin", 8, "--end", 9)
    assert f"Withdrew codes 8–9 of package {number} (2 in all)" in some.stdout
    suyuan("codes", "withdraw", number, *PARTY, "--reason", "x", "--begin", 4, "--end", 4)
    rest = suyuan("codes", "withdraw", number, *PARTY, "--reason", "x", "--all")
    assert f"Withdrew codes 1–3, 5–7 of package {number} (6 in all)" in rest.stdout
    none = suyuan("codes", "withdraw", number, *PARTY, "--reason", "x", "--all")
    assert (none.returncode, "All of them (9 codes) are withdrawn" in none.stderr) == (2, True)
    other = package(suyuan, tmp_path / "other.csv", 3)
    ask = ("codes", "withdraw", other[:8], *PARTY, "--reason", "x")
    refused = suyuan(*ask)
    assert refused.returncode == 2
    for part in ("all codes (3)", other, f"sgtin 0{GTIN}", "--all", "cannot be undone"):
        assert part in refused.stderr
    assert len(rows(tmp_path / "other.csv")) == 3
    whole = suyuan(*ask, "--all")
    assert f"Withdrew all codes of package {other} (3)" in whole.stdout


def test_a_beginning_that_several_packages_share_is_refused_with_their_number(
    suyuan: Run, tmp_path: Path
) -> None:
    note = f"shared {tmp_path.name}"
    for name in ("a.csv", "b.csv", "c.csv"):
        package(suyuan, tmp_path / name, 2, "--note", note)
    for words in (
        ("withdraw", note, "--reason", "x", "--all"),
        ("export", note, "--out", tmp_path / "d.csv"),
        ("print", note, "--out", tmp_path / "d.pdf"),
        ("pack", note, "--level", "2:sscc:06901234", "--out", tmp_path / "d"),
    ):
        refused = suyuan("codes", *words, *PARTY)
        assert refused.returncode == 2
        assert f"whose number begins with '{note}' or whose note it is: 3;" in refused.stderr
    for name in ("a.csv", "b.csv", "c.csv"):
        code = rows(tmp_path / name)[0]["code"]
        assert "withdrew" not in suyuan("codes", "verify", code).stdout


def test_a_table_of_tags_is_brought_in_whatever_else_is_in_it(suyuan: Run, tmp_path: Path) -> None:
    files = {
        "excel.csv": '\ufeff序号,耳标号,领取日期\r\n1,"=""137060200003000""",2026-11-01\r\n',
        "ranges.tsv": "起始\t截止\t备注\n137060200004000\t137060200004009\t一箱\n",
        "gbk.csv": "耳标号;品种\n137060200005000;猪\n",
        "list.txt": "耳标号\n137060200006000-137060200006001\n",
    }
    for name, text in files.items():
        code = "gb18030" if name == "gbk.csv" else "utf-8"
        (tmp_path / name).write_text(text, encoding=code, newline="")
        done = suyuan("codes", "import", "ear-tag", tmp_path / name, *PARTY)
        assert done.returncode == 0, (name, done.stderr)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\nx,137060200007000\ny,13706020000700\n")
    assert "[line 3]" in suyuan("codes", "import", "ear-tag", wrong, *PARTY).stderr
    wrong.write_text("13706020000800\n137060200008000\n")
    assert "[line 1]" in suyuan("codes", "import", "ear-tag", wrong, *PARTY).stderr
    wrong.write_text("耳标号,旧号\n137060200007000,137060200007001\n", encoding="utf-8")
    ask = ("codes", "import", "ear-tag", wrong, *PARTY, "--column")
    assert "耳标号" in suyuan(*ask, "没有").stderr
    assert "codes: 1." in suyuan(*ask, "旧号").stdout


def test_every_line_that_was_brought_in_before_is_told_at_once(suyuan: Run, tmp_path: Path) -> None:
    file = tmp_path / "again.txt"
    ask = ("codes", "import", "ear-tag", file, *PARTY)
    file.write_text("137060200029001\n137060200029003\n")
    assert suyuan(*ask).returncode == 0
    file.write_text("137060200029000\n137060200029001\n137060200029002-137060200029009\n")
    told = suyuan(*ask)
    assert told.returncode == 2
    for part in ("2 lines are wrong", "Line 2: You brought", "Line 3: You brought"):
        assert part in told.stderr
    file.write_text("137060200029000\n")
    assert suyuan(*ask).returncode == 0  # it was not taken with those


@pytest.mark.parametrize("text", ["name\nAnna\nBob\n", "a,b\nc,d\n", "tags\n"])
def test_a_list_without_any_number_is_said_to_be_that_and_no_line_is_blamed(
    suyuan: Run, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "names.txt"
    file.write_text(text)
    told = suyuan("codes", "import", "ear-tag", file, *PARTY)
    assert told.returncode == 2
    assert "No line of the file is like a code" in told.stderr
    assert "[line" not in told.stderr


def test_who_has_no_proof_is_told_whose_it_must_be_and_who_gives_it(suyuan: Run) -> None:
    other = ("--party", "urn:suyuan:party:other")
    told = suyuan("codes", "issue", "sgtin", "6901234567892", "1", *other, "--out", "x.csv").stderr
    proof = "codes entitle urn:suyuan:party:other gs1_company_prefix NUMBER"
    for part in ("is none of urn:suyuan:party:other", "GS1 China", proof):
        assert part in told
    told = suyuan("codes", "issue", "sgtin", "6901234567893", "1", *other, "--out", "x.csv").stderr
    assert "should be 2, not 3" in told


def test_every_wrong_line_is_told_and_what_a_spreadsheet_shortened_is_said(
    suyuan: Run, tmp_path: Path
) -> None:
    file = tmp_path / "spoiled.csv"
    ask = ("codes", "import", "ear-tag", file, *PARTY)
    for text, more in (
        ("耳标号\n1.3706E+14\n", ()),
        ("序号,耳标号\n1,1.3706E+14\n", ()),
        ("序号,耳标号,旧号\n1,1.3706E+14,x\n", ("--column", "耳标号")),
    ):
        file.write_text(text, encoding="utf-8")
        told = suyuan(*ask, *more)
        assert told.returncode == 2
        for part in ("Excel shortened this number to '1.3706E+14'", "'Text'", "[line 2]"):
            assert part in told.stderr, (text, told.stderr)
    lines = ["序号,耳标号", "1,137060200019000", "2,1.3706E+14", "3,", "4", "5,13706020001900x"]
    file.write_text("\n".join(lines), encoding="utf-8")
    told = suyuan(*ask).stderr
    assert "4 lines are wrong. Line 3: Excel shortened" in told
    for part in ("Line 4: There is no", "Line 5: There is no", "Line 6: '13706020001900x' is no"):
        assert part in told
    assert told.count("Set the column's cells") == 1
    file.write_text("137060200019000\n" + "137060200019000\n" * 30, encoding="utf-8")
    told = suyuan(*ask).stderr
    assert ("30 lines are wrong. Line 2:" in told, "And 10 more." in told) == (True, True)
    assert "Line 21: " in told
    assert "Line 22: " not in told
    file.write_text("耳标号\n137060200019000\n", encoding="utf-8")
    assert " codes: 1." in suyuan(*ask).stdout  # nothing of the refused files was taken


WRONG_LISTS = {
    "nothing": (b"", ["There is no code in the file", "[file]"]),
    "gaps": (b"\n \n", ["There is no code in the file", "[file]"]),
    "workbook": (b"PK\x03\x04" + bytes(range(256)), ["save it as 'CSV UTF-8'", "[FILE]"]),
    "old workbook": (b"\xd0\xcf\x11\xe0\0\0", ["save it as 'CSV UTF-8'", "[FILE]"]),
    "web page": (b"\xef\xbb\xbf <table><td>137060200031000", ["a web page", "[FILE]"]),
    "pdf": (b"%PDF-1.4\n137060200031000\n", ["a PDF", "[FILE]"]),
    "shortened": (b"tag\n1.37060E+14\n", ["Excel shortened", "Set the column's cells", "[line 2]"]),
    "downwards": (
        b"137060200031009-137060200031000\n",
        ["does not go upwards; write the lower one first", "[line 1]"],
    ),
    "short": (b"137060200031000\n13706020003100\n", ["here are 14", "Correct this", "[line 2]"]),
    "twice": (
        b"137060200031000\n137060200031001\n137060200031000\n",
        ["is in line 1 already", "Leave repeated lines out", "[line 3]"],
    ),
    "of others": (
        b"83857930000879766660\n",
        ["drug trace code", "suyuan codes import drug-trace", "[line 1]"],
    ),
    "nowhere": (b"199999900031000\n", ["99, are no province", "[line 1]"]),
    "horses": (b"537060200031000\n", ["1, 2 or 3", "[line 1]"]),
    "over the border": (
        b"137060299999999-137060300000001\n",
        ["give one range for each", "[line 1]"],
    ),
    "too long": (
        b"137060200000000-137060299999999\n",
        ["more than 1000000 codes", "in the ranges that you were given", "[line 1]"],
    ),
    "letter": (b"13706O200031000\n", ["Place 6", "is 'O'", "[line 1]"]),
    "open end": (
        b"n,first,last\n1,137060200031000,137060200031009\n2,,137060200031019\n",
        ["There is no livestock ear tag", "leave the line out", "[line 3]"],
    ),
}


@pytest.mark.parametrize("kind", WRONG_LISTS)
def test_each_kind_of_wrong_list_is_told_its_place_the_rule_and_the_cure(
    suyuan: Run, tmp_path: Path, kind: str
) -> None:
    content, parts = WRONG_LISTS[kind]
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    told = suyuan("codes", "import", "ear-tag", file, *PARTY)
    assert told.returncode == 2
    for part in parts:
        assert part in told.stderr
    assert "137060200031" not in suyuan("codes", "imports").stdout


def test_a_list_in_any_encoding_that_spreadsheets_save_is_read(suyuan: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    for at, encoding in enumerate(("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be")):
        mark = "\ufeff" if encoding == "utf-16-be" else ""
        file.write_text(f"{mark}耳标号\t备注\r\n13706020003200{at}\t猪\r\n", encoding=encoding)
        done = suyuan("codes", "import", "ear-tag", file, *PARTY)
        assert "codes: 1." in done.stdout, done.stderr


def test_ear_tags_are_taken_as_they_are_printed_with_dashes(suyuan: Run, tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    ask = ("codes", "import", "ear-tag", file, *PARTY)
    lists = {
        "1-370602-00009000\n": 1,
        "1-370602-00009001-1-370602-00009003\n1-370602-00009004 - 137060200009005\n": 5,
        "起始,截止\n1-370602-00009010,1-370602-00009019\n": 10,
    }
    for text, count in lists.items():
        file.write_text(text, encoding="utf-8")
        done = suyuan(*ask)
        assert f" codes: {count}." in done.stdout, done.stderr
    for wrong in ("1-370602-0000123", "1-370602-00009030-1-370602-0000903x"):
        file.write_text(f"{wrong}\n")
        assert f"'{wrong}' is no" in suyuan(*ask).stderr
    file.write_text("1-370602-00009039-1-370602-00009030\n")
    assert "does not go upwards" in suyuan(*ask).stderr


def test_a_certificate_is_in_chinese_whoever_prints_it_and_all_that_it_lacks_is_named(
    suyuan: Run, tmp_path: Path
) -> None:
    number = package(suyuan, tmp_path / "codes.csv", 1)
    ask = ("codes", "print", number, *PARTY, "--design", "a5", "--out")
    given = {
        "product": "番茄", "quantity": "25kg", "origin": "寿光", "subject": "合作社",
        "contact": "0536-1234567", "day": "2026-11-27", "basis": "own-test",
    }  # fmt: skip
    pairs = [word for name, said in given.items() for word in ("--certificate", f"{name}={said}")]
    assert suyuan(*ask, tmp_path / "zh.pdf", *pairs).returncode == 0
    english = suyuan(*ask, tmp_path / "en.pdf", *pairs, "--certificate-lang", "en")
    assert english.returncode == 0, english.stderr
    for name, said in (("zh", "承诺达标合格证"), ("en", "Produce certificate")):
        document = pypdfium2.PdfDocument(tmp_path / f"{name}.pdf")
        assert said in document[0].get_textpage().get_text_range()
        document.close()
    for lacking, names in ((pairs[4:], "product quantity"), (pairs[:10], "day basis")):
        told = suyuan(*ask, tmp_path / "x.pdf", *lacking).stderr
        assert {name for name in given if f"({name})" in told} == set(names.split())
    wrong = suyuan(*ask, tmp_path / "x.pdf", *pairs, "--certificate", "day=27.11.2026")
    assert "'27.11.2026' is no YYYY-MM-DD" in wrong.stderr
    assert not (tmp_path / "x.pdf").exists()


def test_several_pictures_are_named_by_their_places(suyuan: Run, tmp_path: Path) -> None:
    number = package(suyuan, tmp_path / "codes.csv", 4)
    ask = ("codes", "print", number, *PARTY, "--format", "png", "--begin", 3)
    done = suyuan(*ask, "--out", tmp_path / "tomato.png")
    first, last = (tmp_path / f"tomato-000000{at}.png" for at in (3, 4))
    assert f"Printed 2 labels to {first} … {last} (2 files); the run is kept as" in done.stdout
    assert "id.gs1.org and not this platform" in done.stdout
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [
        "tomato-0000003.png", "tomato-0000004.png",
    ]  # fmt: skip
    own = ("--public-url", "https://t.example.com/")
    done = suyuan(*own, *ask, "--end", 3, "--out", tmp_path / "own.png")
    assert "A scan opens https://t.example.com." in done.stdout
    assert f"Printed 1 label to {tmp_path / 'own.png'}; the run" in done.stdout
    repeated = "was printed before, in 2 runs, the last time at"
    refused = suyuan(*ask, "--end", 3, "--line", "\N{LINEAR A SIGN AB001}", "--out", tmp_path / "x")
    assert (refused.returncode, "before" in refused.stderr) == (2, False)
    assert repeated in suyuan(*ask, "--end", 3, "--out", tmp_path / "y").stderr


def test_codes_of_others_are_printed_on_our_address_and_one_way_to_give_it_is_said(
    suyuan: Run, tmp_path: Path
) -> None:
    suyuan("codes", "entitle", PARTY[1], "pesticide_registration", "PD20092927")
    issued = suyuan("codes", "issue", "pesticide-unit", "10929272001", 1, *PARTY, "--json")
    ask = ("codes", "print", json.loads(issued.stdout)["id"], *PARTY, "--out", tmp_path / "x.pdf")
    own = ("--public-url", "https://t.example.com")
    for more in ((), ("--base", own[1])):
        refused = suyuan(*ask, *more)
        assert refused.returncode == 2
        assert "--public-url https://t" in refused.stderr.replace("trace", "t")
        assert "--resolvers" not in refused.stderr
    done = suyuan(*own, *ask)
    assert (done.returncode, (tmp_path / "x.pdf").is_file()) == (0, True), done.stderr


def test_what_was_not_written_was_not_printed_and_a_missing_folder_is_made(
    suyuan: Run, tmp_path: Path
) -> None:
    number = package(suyuan, tmp_path / "codes.csv", 2)
    ask = ("codes", "print", number, *PARTY, "--format")
    file = tmp_path / "file"
    file.write_text("mine")
    for form in ("pdf", "svg"):
        for out, full in ((file / f"x.{form}", False), (tmp_path / form / f"x.{form}", True)):
            refused = suyuan(*ask, form, "--out", out, full=full)
            assert refused.returncode == 2
            assert f"{out} could not be written" in refused.stderr
            assert "[--out]" in refused.stderr
        assert list((tmp_path / form).iterdir()) == []
    assert file.read_text() == "mine"
    for form, names in (
        ("pdf", ["labels-1-2.pdf"]), ("svg", ["labels-0000001.svg", "labels-0000002.svg"]),
    ):  # fmt: skip
        done = suyuan(*ask, form, "--out", tmp_path / form / "new" / "folder")
        assert done.returncode == 0, done.stderr
        assert ("before" in done.stderr) == (form == "svg")
        folder = tmp_path / form / "new" / "folder"
        assert sorted(path.name for path in folder.iterdir()) == names
        made = suyuan(*ask, form, "--out", tmp_path / form / "named" / f"x.{form}", "--end", 1)
        assert made.returncode == 0, made.stderr
        assert (tmp_path / form / "named" / f"x.{form}").is_file()


def test_links_are_entered_listed_and_withdrawn(suyuan: Run) -> None:
    paper = ("urn:suyuan:party:linker", "gs1_company_prefix", "6907777")
    party = ("--party", paper[0])
    key, where = "https://id.gs1.org/01/06907777000018/10/L7", "https://l.cn/p"
    add = ("links", "add", key, "gs1:pip", where, *party, "--title", "说明")
    assert "suyuan codes entitle" in suyuan(*add).stderr
    suyuan("codes", "entitle", *paper)
    made = json.loads(suyuan(*add, "--lang", "zh", "--default", "--json").stdout)
    assert (made["key"], made["link_type"]) == (key, "https://ref.gs1.org/voc/pip")
    assert suyuan("links", "add", key, "pip?", where, *party, "--title", "x").returncode == 2
    assert made["id"] in suyuan("links", "list", *party, "--json").stdout
    assert [suyuan("links", "withdraw", made["id"]).returncode for _ in range(2)] == [0, 2]
    assert suyuan("links", "list", *party, "--json").stdout == ""


@pytest.mark.deep
def test_more_labels_than_a_run_has_are_several_runs_in_one_folder(
    suyuan: Run, tmp_path: Path
) -> None:
    number = package(suyuan, tmp_path / "codes.csv", 10_001)
    ask = ("codes", "print", number, *PARTY, "--begin", 2, "--out", tmp_path / "all", "--json")
    runs = [json.loads(line) for line in suyuan(*ask).stdout.splitlines()]
    assert [(run["begin"], run["end"]) for run in runs] == [(1, 5_001), (5_001, 10_001)]
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == [
        "labels-0000002-0005001.pdf", "labels-0005002-0010001.pdf",
    ]  # fmt: skip
    (tmp_path / "some-0005002-0010001.pdf").write_text("mine")
    refused = suyuan(*ask[:-3], "--out", tmp_path / "some.pdf", "--json")
    assert refused.returncode == 2
    assert [json.loads(line)["begin"] for line in refused.stdout.splitlines()] == [1]
    assert (tmp_path / "some-0000002-0005001.pdf").is_file()
    assert (tmp_path / "some-0005002-0010001.pdf").read_text() == "mine"


def test_papers_are_listed_and_made_void_and_stay_on_file(suyuan: Run) -> None:
    paper = ("urn:suyuan:party:other", "gs1_company_prefix", "6955555")
    assert suyuan("codes", "entitle", *paper[:2], "695").returncode == 2
    assert suyuan("codes", "entitle", *paper).returncode == 0
    gone = ("codes", "disentitle", *paper, "--reason", "entered by mistake")
    assert [suyuan(*gone).returncode for _ in range(2)] == [0, 2]
    listed = suyuan("codes", "entitlements", "--party", paper[0], "--json").stdout
    assert [json.loads(line)["withdrawn"] for line in listed.splitlines()] == [True]
    assert "entered by mistake" in suyuan("codes", "entitlements").stdout

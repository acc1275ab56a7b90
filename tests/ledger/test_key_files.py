"""The files of a log's and a witness's folder: damaged, cut off, or read by another locale."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from suyuan.ledger import keys, witnessing
from suyuan.ledger.types import LedgerError
from suyuan.tlog.errors import FormatError

CHINESE = "溯源.cn/日志"


def folder_of(tmp_path: Path) -> Path:
    """One with a former key, and one of a handover."""
    log = keys.open_log(tmp_path / "log", origin="log.example", draw=os.urandom)
    keys.rotate(log, draw=os.urandom)
    return log.folder


@pytest.mark.parametrize("name", ["log.key", "rotated", "handover"])
@pytest.mark.parametrize(
    "damage", [b"\xff\xfe", b"PRIVATE+KEY+x+1+tell", b"\0" * 40, "天机".encode()]
)
def test_a_damaged_file_is_named_with_its_cure_and_without_its_text(
    tmp_path: Path, name: str, damage: bytes
) -> None:
    folder = folder_of(tmp_path)
    (folder / name).write_bytes(damage)
    with pytest.raises(FormatError) as refused:
        keys.read_log(folder)
    assert refused.value.place == str(folder / name)
    for said in (refused.value.text.zh, refused.value.text.en):
        assert str(folder / name) in said
        assert name == "rotated" or not re.search("tell|天机", said)  # those are public
    assert "backup" in refused.value.text.en


def test_an_empty_key_is_a_damaged_one(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "log.key").write_bytes(b"")
    with pytest.raises(FormatError, match=r"log\.key"):
        keys.read_log(folder)


@pytest.mark.parametrize("damage", [b"\xff\xfe", b""])
def test_a_witness_with_a_damaged_key_says_so(tmp_path: Path, damage: bytes) -> None:
    witnessing.begin_witness(tmp_path, name="witness.example", draw=os.urandom)
    (tmp_path / "witness.key").write_bytes(damage)
    with pytest.raises(FormatError, match=r"witness\.key"):
        witnessing.open_witness(tmp_path)


@pytest.mark.parametrize("written", range(1, len(keys.FILES)))
def test_no_key_is_made_among_those_of_a_restore_that_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """Whatever is there by then: the log is begun anew by nobody, and a second restore ends it."""
    files = keys.packed(keys.read_log(folder_of(tmp_path)))
    folder, whole, left = tmp_path / "back", keys.write_whole, iter(range(written))

    def cut_off(path: Path, data: bytes) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        whole(path, data)

    monkeypatch.setattr(keys, "write_whole", cut_off)
    try:
        keys.unpack(folder, files, at="2026-03-01", faults=0)
    except KeyboardInterrupt:
        with pytest.raises(LedgerError, match=r"ledger\.unfinished"):
            keys.open_log(folder, origin=None, draw=os.urandom)
    monkeypatch.undo()
    keys.unpack(folder, files, at="2026-03-01", faults=0)
    assert keys.open_log(folder, origin=None, draw=os.urandom).origin == "log.example"


SCRIPT = """
import os, sys
from pathlib import Path
from suyuan.ledger import keys, witnessing
folder = Path(sys.argv[1])
keys.keep_name(folder / "log", {name})
assert keys.kept_name(folder / "log") == {name}
log = keys.open_log(folder / "log", origin=keys.kept_name(folder / "log"), draw=os.urandom)
keys.rotate(log, draw=os.urandom)
assert keys.read_log(folder / "log").origin == {name}
witness = witnessing.begin_witness(folder / "witness", name={name}, draw=os.urandom)
witnessing.know_log(witness, log.vkeys[0])
assert list(witnessing.known_logs(witnessing.open_witness(folder / "witness"))) == [{name}]
"""


@pytest.mark.parametrize("locale", ["C", "zh_CN.GBK", "C.UTF-8"])
def test_names_in_chinese_live_in_every_locale(tmp_path: Path, locale: str) -> None:
    """A machine that lacks the locale falls back to ASCII, which is as good a trial."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", SCRIPT.format(name=ascii(CHINESE)), str(tmp_path)],
        env=os.environ | {"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")

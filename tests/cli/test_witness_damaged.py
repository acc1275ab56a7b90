"""Every command of a witness says what in its folder cannot be read, where, and what mends it."""

from pathlib import Path

import pytest
from cli_calls import Run, here


@pytest.fixture
def suyuan(tmp_path: Path) -> Run:
    run = here(SUYUAN_DATA_DIR=str(tmp_path))
    assert run("witness", "keys", "--name", "w.example/1").returncode == 0
    return run


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"log.example":[0,"x"]}', None])
def test_what_was_learned_and_cannot_be_read_is_told_in_both_languages(
    suyuan: Run, tmp_path: Path, damage: str | None
) -> None:
    path = tmp_path / "witness" / "learned.json"
    path.mkdir() if damage is None else path.write_text(damage)
    for words in (("keys",), ("serve", "--port", "8133")):
        done = suyuan("witness", *words)
        assert done.returncode == 2, done
        zh, en = done.stderr.splitlines()[-2:]
        assert zh.startswith("错误：")
        assert en.startswith("Error: ")
        assert all(str(path) in each for each in (zh, en))
        assert "Traceback" not in done.stderr
    if damage is not None:
        assert path.read_text() == damage

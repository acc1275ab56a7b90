"""`suyuan strictness`, and that `suyuan capture` goes by it where it is not told otherwise."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_documents import document
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def odd(tmp_path: Path) -> Callable[[int], str]:
    """A file with an old beginning of a word, which the published schema does not take."""

    def made(number: int) -> str:
        told = json.loads(document(number))
        told["epcisBody"]["eventList"][0]["bizStep"] = "urn:epcglobal:cbv:bizstep:inspecting"
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(told), encoding="utf-8")
        return str(path)

    return made


def test_it_is_shown_switched_and_kept(suyuan: Run) -> None:
    def strict(*words: str) -> bool:
        done = suyuan("strictness", *words, "--json")
        assert done.exit_code == 0, done.output
        return bool(json.loads(done.stdout)["strict"])

    assert strict() is False
    assert strict("--strict") is True
    assert strict() is True
    assert suyuan("strictness").stdout.startswith("严格")
    assert suyuan("--lang", "en", "strictness").stdout.startswith("strict: ")
    assert strict("--lenient") is False
    assert suyuan("--lang", "en", "strictness").stdout.startswith("lenient: ")


def test_capture_goes_by_it_unless_it_is_told(suyuan: Run, odd: Callable[[int], str]) -> None:
    assert suyuan("capture", odd(1)).exit_code == 0
    assert suyuan("capture", "--strict", odd(2)).exit_code == 1
    assert suyuan("strictness", "--strict").exit_code == 0
    assert suyuan("capture", odd(3)).exit_code == 1
    assert suyuan("capture", "--lenient", odd(4)).exit_code == 0

"""Many things at once: codes of a file, a line each, beside those that are typed."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from suyuan.cli.questions import codes_given
from suyuan.kit import SuyuanError
from suyuan.trace.ask import MOST_SEEDS

Run = Callable[..., Result]

_TEXT = st.text(st.characters(codec="gb18030", exclude_categories=("C", "Z")), min_size=1)


@given(st.lists(_TEXT), st.lists(_TEXT, min_size=1), st.sampled_from(["\n", "\r\n", "\n \n"]))
def test_each_line_is_a_code(
    tmp_path_factory: pytest.TempPathFactory, typed: list[str], codes: list[str], end: str
) -> None:
    file = tmp_path_factory.mktemp("codes") / "codes.txt"
    file.write_bytes(end.join(codes).encode("utf-8-sig"))
    assert list(codes_given(typed, file)) == list(dict.fromkeys([*typed, *codes]))
    assert list(codes_given(codes, None)) == list(dict.fromkeys(codes))


def test_each_unreadable_line_is_told_by_its_number(suyuan: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("6901234567892\n批次\n\n6901234567892\n!!\n")
    done = suyuan("--lang", "en", "scope", "--things-file", str(file))
    assert done.exit_code == 2
    assert "2 codes cannot be read" in done.output
    for said in ("批次 [list.txt, line 2]", "!! [list.txt, line 5]"):
        assert said in done.output


def test_more_than_may_be_asked_about_is_refused_before_any_is_read(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("\n".join(map(str, range(MOST_SEEDS + 1))))
    with pytest.raises(SuyuanError) as caught:
        codes_given((), file)
    assert caught.value.code == "trace.seeds"


def test_no_code_and_no_encoding_are_told(tmp_path: Path) -> None:
    file = tmp_path / "codes.txt"
    file.write_bytes(b"\n \n")
    with pytest.raises(click.UsageError, match="--things-file"):
        codes_given((), file)
    file.write_bytes(b"\xff\xff\xff")
    with pytest.raises(SuyuanError) as caught:
        codes_given((), file)
    assert caught.value.code == "things.encoding"

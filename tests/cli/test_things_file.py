"""Many things at once: codes of a file, a line each, beside those that are typed."""

from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.cli.questions import codes_given
from suyuan.kit import SuyuanError

_TEXT = st.text(st.characters(codec="gb18030", exclude_categories=("C", "Z")), min_size=1)


@given(st.lists(_TEXT), st.lists(_TEXT, min_size=1), st.sampled_from(["\n", "\r\n", "\n \n"]))
def test_each_line_is_a_code(
    tmp_path_factory: pytest.TempPathFactory, typed: list[str], codes: list[str], end: str
) -> None:
    file = tmp_path_factory.mktemp("codes") / "codes.txt"
    file.write_bytes(end.join(codes).encode("utf-8-sig"))
    assert codes_given(typed, file) == [*typed, *codes]
    assert codes_given(codes, None) == codes


def test_no_code_and_no_encoding_are_told(tmp_path: Path) -> None:
    file = tmp_path / "codes.txt"
    file.write_bytes(b"\n \n")
    with pytest.raises(click.UsageError, match="--things-file"):
        codes_given((), file)
    file.write_bytes(b"\xff\xff\xff")
    with pytest.raises(SuyuanError) as caught:
        codes_given((), file)
    assert caught.value.code == "things.encoding"

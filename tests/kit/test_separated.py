"""A table shows in its heading which sign parts its cells, or is taken for one of commas."""

import pytest

from suyuan.kit.separated import parting


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a,b\n1;2;3;4,5", ","), ("a;b\n1,5;2", ";"), ("\ufeffa\tb\r\n1,5\t2", "\t"),
        ("a;b,c\n", ","), ("a;b\tc\n", ","), ("place\n1;2\n", ","), ("", ","),
    ],
)  # fmt: skip
def test_only_a_heading_of_one_sign_parts_by_it(text: str, sign: str) -> None:
    assert parting(text) == sign

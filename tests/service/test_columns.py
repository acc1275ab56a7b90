"""Codes in a list are forgiven what people and scanners add to them."""

from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import making
from suyuan.kit import Text
from suyuan.service import columns

NAME = Text("药品追溯码", "drug trace code")


@given(
    code=st.from_regex("8100[0-9]{16}", fullmatch=True),
    gap=st.sampled_from(["", " ", "\u3000", "  "]),
    wide=st.booleans(),
)
def test_full_width_digits_and_spaces_within_a_code_are_forgiven(
    code: str, gap: str, *, wide: bool
) -> None:
    typed = gap.join((code[:5], code[5:11], code[11:]))
    if wide:
        typed = typed.translate({ord("0") + i: 0xFF10 + i for i in range(10)})
    (found,) = columns.spans([typed], lambda text: making.is_sound("drug-trace", text), name=NAME)
    assert (found.first, found.last) == (code, code)

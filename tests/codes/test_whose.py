"""Numbers whose words say who gave them out, or what they are: none is told as another's."""

from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import recognise
from suyuan.codes.schemes.inputs import PROVINCES
from suyuan.codes.types import Candidate


def best(text: str) -> Candidate:
    return recognise(text)[0]


@given(st.sampled_from(PROVINCES), st.integers(2000, 2026), st.integers(0, 99_999))
def test_a_fertiliser_that_a_province_registered_is_never_told_as_the_ministrys(
    province: str, year: int, number: int
) -> None:
    text = f"{province}农肥（{year}）准字{number:04}号"
    for each in (text, f"肥料登记证号：{text}", f"有机肥 {text} 净含量 40 kg"):
        found = [one for one in recognise(each) if one.valid]
        assert [one.scheme for one in found] == ["fertiliser-registration-of-province"]
        assert found[0].issued_by is not None
        assert "省" in found[0].issued_by.zh


def test_a_fertiliser_that_the_ministry_registered_stays_its() -> None:
    for text in ("农肥(2019)准字0123号", "登记证号为农肥(2019)准字0123号"):
        issuer = best(text).issued_by
        assert issuer is not None
        assert issuer.zh == "农业农村部"

"""What is no EPC URN of a GS1 key is told how one is written."""

import pytest

from suyuan.codes import recognise, to_digital_link
from suyuan.codes.translate import CodeError


@pytest.mark.parametrize("text", ["6901234567892", "urn:epc:id:usdod:CAGEY.1", "urn:uuid:1", ""])
def test_a_refusal_shows_a_form_that_is_taken(text: str) -> None:
    with pytest.raises(CodeError) as told:
        to_digital_link(text)
    for said in (told.value.text.zh, told.value.text.en):
        shown = next(each for each in said.split() if each.startswith("urn:epc:")).strip(",;:")
        (best, *_) = recognise(shown)
        assert best.valid
        assert best.canonical == to_digital_link(shown)
        assert "https://id.gs1.org/01/" in said

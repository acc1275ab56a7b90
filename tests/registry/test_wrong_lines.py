"""Very many wrong lines are counted, and only the first are told why; nobody waits for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import making
from suyuan.registry import bringing

TAG = "137060200001000"
CODES = st.sampled_from(
    (TAG, "137060200001009", "137060299999999", "437060200001000", "83857930000879766660", "", "甲",
     "1.3706E+14", "137060200000000", "137060300000001")
)  # fmt: skip


@pytest.mark.parametrize("scheme", list(making.STATE_ISSUED))
@given(first=CODES, last=CODES)
def test_what_is_counted_as_wrong_is_what_would_be_told(scheme: str, first: str, last: str) -> None:
    of, span = making.STATE_ISSUED[scheme], bringing.Span(first, last, 1)
    assert bringing._is_wrong(of, span) == (bringing._wrong(of, span) is not None)


@given(wrong=st.integers(1, 60), sound=st.integers(0, 5))
def test_the_first_are_told_why_and_all_are_counted(wrong: int, sound: int) -> None:
    found = [
        bringing.Span(f"13706020000{each:04}", f"13706020000{each:04}", 0) for each in range(sound)
    ]
    found += [bringing.Span(f"甲{each}", f"甲{each}", each) for each in range(wrong)]
    asked, fault_of = [], making.fault_of

    def counting(scheme: str, code: str) -> object:
        asked.append(code)
        return fault_of(scheme, code)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "fault_of", counting)
        with pytest.raises(bringing.BringingError) as caught:
            bringing.require_sound(making.STATE_ISSUED["ear-tag"], found)
    assert len(asked) == min(wrong, 20)
    told = caught.value.text.zh
    assert wrong == 1 or f"有 {wrong} 行不对" in told
    assert (f"另有 {wrong - 20} 行" in told) == (wrong > 20)

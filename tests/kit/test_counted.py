"""What is counted agrees with its number in English; what is long is not quoted in pieces."""

from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit import Text
from suyuan.kit.text import brief, counted


@given(st.integers(0, 10**9))
def test_one_is_told_as_one_and_every_other_number_as_many(count: int) -> None:
    expected = "event" if count == 1 else "events"
    assert counted(count, "条", "event", "events") == Text(f"{count} 条", f"{count} {expected}")


@given(st.text(), st.integers(1, 60))
def test_a_long_text_is_quoted_whole_or_not_at_all(text: str, most: int) -> None:
    said = brief(text, most)
    assert said in {text, "…"}
    assert len(said) <= most

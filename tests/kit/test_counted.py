"""What is counted agrees with its number in English; long quotes; names joined and doubted."""

from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit import Text
from suyuan.kit.text import brief, counted, joined, vouched


@given(st.integers(0, 10**9))
def test_one_is_told_as_one_and_every_other_number_as_many(count: int) -> None:
    expected = "event" if count == 1 else "events"
    assert counted(count, "条", "event", "events") == Text(f"{count} 条", f"{count} {expected}")


@given(st.text(), st.integers(1, 60))
def test_a_long_text_is_quoted_whole_or_not_at_all(text: str, most: int) -> None:
    said = brief(text, most)
    assert said in {text, "…"}
    assert len(said) <= most


@given(st.integers(0, 10**9), st.text("a|{}:", max_size=5))
def test_within_a_sentence_the_word_agrees_and_what_else_is_filled_in_stays_as_it_is(
    count: int, name: str
) -> None:
    lots = Text("{name}：{count} 批", "{name}: {count:lot is|lots are} held")
    expected = "lot is" if count == 1 else "lots are"
    assert lots.format(count=count, name=name) == Text(
        f"{name}：{count} 批", f"{name}: {count} {expected} held"
    )


def test_names_are_joined_as_each_language_does() -> None:
    assert joined([Text("番茄", "tomato"), "A1", Text("猪", "pig")]) == Text(
        "番茄、A1、猪", "tomato, A1, pig"
    )
    assert joined(["A1"]) == Text("A1", "A1")
    assert joined(iter(())) == Text("", "")


def test_what_could_not_be_checked_is_marked() -> None:
    law = Text("食品安全法 第五十条", "Food Safety Law, Article 50")
    assert vouched(law, verified=True) == law
    assert vouched(law, verified=False) == Text(
        "食品安全法 第五十条（未核实）", "Food Safety Law, Article 50 (unverified)"
    )

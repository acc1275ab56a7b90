"""A sign of per cent before a resident identity number, or within it, bares nothing of it."""

from urllib.parse import unquote

from hypothesis import assume, example, given
from hypothesis import strategies as st
from test_privacy import numbers

from suyuan.codes import recognise
from suyuan.codes.privacy import masked, names_person

BEFORE = st.sampled_from(
    [
        "%", "％", "%%", "%25", "%2525", "100%", "原料100%", "含量5％", "%e4%b8%ad%", "a%3D100%",
        "%zz%", "&", "&#", "&#x", "&amp;%", "https://a.cn/q?id=100%", "<b>%", "%\u200b",
        "％％", "%2d%",
    ]
)  # fmt: skip
WITHIN = st.sampled_from(["", "%", "％", "%20", "%2d", "%2D", "-", " ", "%2520"])


def bared(number: str, text: str) -> bool:
    """Whether the number stands in a text however often that is unescaped, whatever parts it."""
    for _ in range(4):
        kept = "".join(each for each in text if each.isalnum())
        if number in kept or number[2:] in kept:
            return True
        text = unquote(text)
    return False


@given(numbers(), BEFORE, WITHIN, st.integers(1, 17))
@example("110105198512210052", "原料100%", "", 6)
@example("110105198512210052", "％", "%20", 6)
def test_a_number_behind_or_around_a_sign_of_per_cent_is_masked(
    number: str, before: str, gap: str, at: int
) -> None:
    assume("25" not in before or gap not in {"%", "％"})  # each sign an escaped one, or none
    text = f"{before}{number[:at]}{gap}{number[at:]}"
    assert not bared(number, masked(text))
    for each in recognise(text):
        said = "".join(said.text.zh + said.text.en for said in each.notes)
        assert not bared(number, each.canonical)
        assert not bared(number, said + (each.piece or ""))


@given(numbers(), BEFORE, st.sets(st.integers(2, 17)))
def test_a_number_behind_a_sign_and_escaped_in_parts_is_masked(
    number: str, before: str, escaped: set[int]
) -> None:
    written = "".join(
        f"%{ord(each):02X}" if at in escaped else each for at, each in enumerate(number)
    )
    assert not bared(number, masked(before + written))


@given(numbers(), st.sampled_from(["%4", "％4", "%e", "&#x", "&#1"]))
def test_a_number_whose_first_digit_ends_an_escape_is_masked(number: str, before: str) -> None:
    assert number not in masked(before + number)


@given(numbers(), st.sampled_from(["%", "100%", "100%25", "％"]))
def test_a_name_with_a_number_behind_a_sign_names_a_person(number: str, before: str) -> None:
    assert names_person(f"https://a.cn/21/{before}{number}")
    assert names_person(before + number)


@given(st.text("%2831906Aa、（ ", max_size=60))
def test_masking_a_text_of_signs_twice_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)

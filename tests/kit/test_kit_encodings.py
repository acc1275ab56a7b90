"""Which encoding bytes are in that are not UTF-8, whatever pieces they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit.encodings import AS_UTF8, GB, guess, is_cut, text_of

HANZI = st.text(
    st.sampled_from("蔬菜生猪检疫合格证明批次追溯平台，。：、（）"), min_size=2, max_size=60
)
ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60)


@given(said=HANZI, around=ASCII, size=st.integers(1, 9))
def test_a_chinese_text_in_gbk_is_known_in_pieces_of_any_size(
    said: str, around: str, size: int
) -> None:
    data = f"{around}{said}{around}".encode("gbk")
    assert guess(data[at : at + size] for at in range(0, len(data), size)) == GB


@given(said=HANZI)
def test_a_table_is_read_in_either_encoding(said: str) -> None:
    assert text_of(said.encode()) == said
    assert text_of(said.encode("utf-8-sig")) == said
    assert text_of(f"检疫证明：{said}".encode("gb18030")) == f"检疫证明：{said}"
    assert text_of(b"\xff\xff") is None


@pytest.mark.parametrize(
    "data",
    [
        "Café Hélène, Müller & Søn".encode("latin-1"),
        "Hélène".encode("latin-1"),  # letters that make a character of GBK by chance
        "Crème brûlée".encode("cp1252"),
        b"\xff\xfe\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"plain",
        b"",
    ],
)
def test_what_is_no_chinese_is_not_called_so(data: bytes) -> None:
    assert guess([data]) == ""


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_text_that_ends_within_a_character_is_cut(text: str) -> None:
    data = text.encode()
    for end in range(len(data) + 1):
        left = data[:end].decode("utf-8", "ignore").encode()
        assert is_cut(data[len(left) : end]) is (len(left) < end)


def test_a_broken_character_is_not_cut() -> None:
    assert not is_cut(b"\xff")
    assert not is_cut(b"\xe4a")


def test_the_cure_names_the_programs_that_people_have() -> None:
    for word in ("Excel", "WPS", "UTF-8"):
        assert word in AS_UTF8.zh
        assert word in AS_UTF8.en

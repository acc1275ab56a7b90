import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_gs1_dictionary import data

from suyuan.codes import read_identifier, recognise
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.gs1_ais import AIS
from suyuan.codes.gs1_compressed import compress, decompress
from suyuan.codes.gs1_link import read_link

SET_82 = "!\"%&'()*+,-./:;<=>?_0123456789ABCXYZabcxyz"
GTINS = st.integers(0, 10**13 - 1).map(lambda n: f"{n:013}" + gs1_check_digit(f"{n:013}"))


def values(ai: str) -> st.SearchStrategy[str]:
    if ai == "01":
        return GTINS
    return data(AIS[ai])


EXTRA = ("10", "21", "22", "17", "11", "3103", "3922", "7003", "91", "30", "240", "7230", "423")


@st.composite
def contents(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    ais = draw(st.lists(st.sampled_from(EXTRA), unique=True, max_size=4))
    return tuple((ai, draw(values(ai))) for ai in ["01", *ais])


@given(pairs=contents(), sequences=st.booleans())
@example(pairs=(("01", "05412345000013"),), sequences=True)
def test_what_is_packed_is_unpacked(
    pairs: tuple[tuple[str, str], ...],
    sequences: bool,  # noqa: FBT001 -- drawn
) -> None:
    segment = compress(pairs, sequences=sequences)
    assert sorted(decompress(segment) or ()) == sorted(pairs)


@given(st.sampled_from(sorted(AIS)).flatmap(lambda ai: st.tuples(st.just(ai), values(ai))))
def test_every_identifier_can_be_packed(pair: tuple[str, str]) -> None:
    assert decompress(compress((pair,))) == (pair,)


@given(contents())
def test_a_compressed_link_names_what_the_plain_one_names(
    pairs: tuple[tuple[str, str], ...],
) -> None:
    known = dict(pairs)
    path = "".join(f"/{ai}/{'A'}" for ai in ("22", "10", "21") if ai in known)
    plain = tuple((ai, "A" if ai in {"22", "10", "21"} else value) for ai, value in pairs)
    whole = f"https://id.gs1.org/{compress(plain)}"
    partly = f"https://id.gs1.org/01/{known['01']}" + (
        f"/{compress(plain[1:])}" if plain[1:] else ""
    )
    uri = f"https://id.gs1.org/01/{known['01']}{path}"
    expected = read_identifier(uri, capturer="x").uri
    assert read_identifier(whole, capturer="x").uri == expected
    if len(partly) > len(uri) - len(path) + 4:
        assert recognise(partly)[0].canonical == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/products/organic-rice-2026",
        "https://example.com/AQnYUc1gmh",  # one bit off: another number, whose check fails
        "https://example.com/a/b/c/terms-of-service",
        "https://mp.weixin.qq.com/s/ZkV2aUxk9fY3mJ0pQ7sT1w",
    ],
)
def test_ordinary_addresses_are_not_taken_for_compressed_links(url: str) -> None:
    assert read_link(url, anywhere=True) is None


def test_one_address_in_ten_thousand_at_most_is_mistaken() -> None:
    """Random words of the alphabet, as video and article numbers are: seeded, so it holds."""
    draw = random.Random(17)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    words = ("".join(draw.choices(letters, k=draw.randint(8, 24))) for _ in range(20_000))
    assert (
        sum(read_link(f"https://example.com/{word}", anywhere=True) is not None for word in words)
        <= 2
    )


@given(st.text(SET_82, max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin1")))
def test_any_segment_has_an_answer(segment: str) -> None:
    found = decompress(segment)
    assert found is None or all(AIS[ai].pattern.fullmatch(value) for ai, value in found)

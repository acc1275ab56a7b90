"""Rubbish in: every parser answers, for any text up to 10 kB, in time linear in its length."""

import re
import string
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linear import assert_linear

from suyuan.codes import all_schemes, read_identifier, recognise
from suyuan.codes.clean import clean
from suyuan.codes.gs1_compressed import decompress
from suyuan.codes.gs1_elements import read_elements, split_elements
from suyuan.codes.gs1_keys import UnreadableError
from suyuan.codes.gs1_link import read_link
from suyuan.codes.gs1_product_url import read_product_url
from suyuan.codes.gs1_urn import read_urn
from suyuan.codes.privacy import masked

Parser = Callable[[str], object]


def quiet(parser: Parser) -> Parser:
    """Refusing is an answer; any other error is not."""

    def run(text: str) -> object:
        try:
            return parser(text)
        except UnreadableError as error:
            return error.note

    return run


PARSERS: dict[str, Parser] = {
    "clean": clean,
    "masked": masked,
    "recognise": recognise,
    "read_identifier": lambda text: read_identifier(text, capturer="x"),
    "read_elements": quiet(read_elements),
    "split_elements": quiet(split_elements),
    "read_link": quiet(lambda text: read_link(text, anywhere=True)),
    "read_urn": quiet(read_urn),
    "read_product_url": quiet(read_product_url),
    "decompress": decompress,
    **{
        f"scheme {scheme.id}": (lambda text, scheme=scheme: scheme.recognise(clean(text)))
        for scheme in all_schemes()
    },
}
SAMPLES = [text for scheme in all_schemes() for text in scheme.good + scheme.bad]
ALPHABET = (
    string.printable + "\x1d\u3000【】（）：国药准字农生许饲添种合格证检疫号第省浙湘*％０１Ｘ"
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A sample with pieces cut out, doubled, swapped for rubbish, and put behind another."""
    text = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        end = draw(st.integers(at, min(len(text), at + 8)))
        inserted = draw(
            st.text(ALPHABET, max_size=4)
            | st.just(text[at:end] * 2)
            | st.sampled_from(SAMPLES)
            | st.characters()
        )
        text = text[:at] + inserted + text[end:]
    return text


ANYTHING = mutated() | st.text(ALPHABET, max_size=200) | st.text(max_size=60)


@pytest.mark.parametrize("name", PARSERS)
@given(text=ANYTHING)
@settings(max_examples=15)
def test_every_parser_answers(name: str, text: str) -> None:
    PARSERS[name](text)


@pytest.mark.deep
@pytest.mark.parametrize("name", PARSERS)
@given(text=ANYTHING | st.text(ALPHABET, max_size=10_000))
@settings(max_examples=1_000, suppress_health_check=list(HealthCheck))
def test_every_parser_answers_for_long(name: str, text: str) -> None:
    PARSERS[name](text)


# Pieces that, repeated, are the worst that somebody could think of for each parser.
REPEATED = [
    "1", "a", "(01)", "(", "[01]", "\x1d10A", "1-", "1 ", "*", "/01/1", "&01=1", "%41", ".",
    "urn:epc:id:sgtin:1.", ":", "种", "种1", "单元识别代码", "品种名称:1", "合格证", "(湘)",
    "检疫证明:", "身份证1", "９", "A_-", "=", "?gtin=1", "\u200b", "]C1", "CAS ", "<GS>",
    "11010519491231002", "_1",
]  # fmt: skip
BEFORE = [
    "",
    "110105",
    "https://a.cn/",
    "urn:suyuan:",
    "urn:epc:id:sgtin:",
    "(01)",
    "品种名称:",
    "^",
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("piece", REPEATED)
def test_the_worst_repetitions_are_answered(before: str, piece: str) -> None:
    found = recognise(repeated(before, piece)(10_000))
    assert all(candidate.canonical for candidate in found)


@pytest.mark.parametrize("name", PARSERS)
def test_every_parser_is_linear_on_the_worst_repetitions(name: str) -> None:
    """One that is quadratic takes a hundred times as long for ten times the text."""
    for before in BEFORE:
        for piece in REPEATED:
            assert_linear(PARSERS[name], repeated(before, piece), 10_000)


NUMBERED = [
    "41{:04}85{:02}{:02}{:03}", "41{:04}1985{:02}{:02}{:04}", "批号 41{:04}85{:02}{:02}{:03}",
    "动物A 1{:08}{:02}{:02}{:02}", "69{:05}{:02}{:02}{:02}", "(01)069{:04}{:02}{:02}{:03}",
    "{:04}.{:02}{:02}", "{:04}-{:02}-{:02}", "国药准字H20{:02}{:04}", "8{:08}{:02}{:02}{:07}",
    "https://a.cn/{:05}{:02}{:02}{:03}", "urn:epc:id:sgtin:6901234.0{:05}.{}{}",
    "SC1{:09}{:02}{:02}",
]  # fmt: skip


@pytest.mark.parametrize("form", NUMBERED)
@pytest.mark.parametrize("name", ["recognise", "masked"])
def test_many_different_numbers_take_no_longer_each(name: str, form: str) -> None:
    """Equal pieces are one code or person told once; these are each looked at by themselves."""
    drawn = Random(1)

    def listed(size: int) -> str:
        found: list[str] = []
        while sum(map(len, found)) + len(found) < size:
            month, day = drawn.randrange(1, 13), drawn.randrange(1, 29)
            found.append(form.format(drawn.randrange(10_000), month, day, drawn.randrange(1_000)))
        return " ".join(found)[:size]

    assert_linear(PARSERS[name], listed, 10_000)


def repeated(before: str, piece: str) -> Callable[[int], str]:
    return lambda size: before + piece * (size // len(piece))


def test_work_that_is_quadratic_is_found_out() -> None:
    """The measure itself: runs that begin anew at each place, as a careless expression makes."""
    with pytest.raises(AssertionError):
        assert_linear(re.compile("a*b").search, "a".__mul__, 50_000)

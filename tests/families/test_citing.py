"""Every citation in the product has its English: law, article, paragraph, item, clause."""

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes import all_schemes
from suyuan.families import Family, load_families
from suyuan.families.citing import UnknownCitationError, citation, in_english
from suyuan.kit import Text
from suyuan.registry.credit_kinds import kinds
from suyuan.wire.losses import LOSSES
from suyuan.wire.rules import RULES

_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
_CITED = re.compile("第([零一二三四五六七八九十百千]+)条")
_DIGITS = "零一二三四五六七八九"


def every_family() -> list[Family]:
    found = load_families()
    return [found.general, *found.by_id.values()]


def cited() -> Iterator[Text]:
    """Law and article of all that a family states by law."""
    for family in every_family():
        terms = (*family.deadlines, *family.retention)
        for one in (*family.rules, *family.overlays, *terms, *family.recalls, *family.tolerances):
            yield family.cite(one)


def sources() -> set[str]:
    """What data items and codes name as their sources."""
    items = {item.source for family in every_family() for item in family.items.values()}
    codes = {code.source for family in every_family() for code in family.codes}
    return items | codes | {scheme.source for scheme in all_schemes()}


def in_chinese(number: int) -> str:
    """A number below ten thousand as laws write it: 二十, 一百零三, 十二, 一千零三十四."""
    said, gap = "", False
    for unit, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // value % 10
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + unit
        gap = not digit
    return said.removeprefix("一") if number in range(10, 20) else said


def test_every_article_of_the_product_is_cited_in_english() -> None:
    found = list(cited())
    assert len({one.zh for one in found}) > 300
    assert [one.en for one in found if _CHINESE.search(one.en)] == []
    for one in found:
        numbers = [_of(number) for number in _CITED.findall(one.zh)]
        said = re.findall(r"\d+", "".join(re.findall(r"Articles? [\d, a-z]+", one.en)))
        assert [int(number) for number in said[: len(numbers)]] == numbers, one


def _of(number: str) -> int:
    return next(one for one in range(1, 10_000) if in_chinese(one) == number)


def test_every_source_of_items_and_codes_has_its_english() -> None:
    found = sources()
    assert len(found) > 200
    for one in found:
        english = in_english(one)
        assert bool(english) == bool(one), one
        assert not _CHINESE.search(english), english


def test_no_source_has_english_words_on_chinese_pages() -> None:
    names = {"docs/concepts/identity.md", "医保信息平台接口（商品销售） drugtracinfo"}
    words = re.compile(r"\b[a-z]{2,}\b|\bOrder\b")
    assert [one for one in sources() - names if words.search(one)] == []


def test_every_phrase_with_an_english_is_one_that_is_cited() -> None:
    text = (files("suyuan.families") / "citations.txt").read_text(encoding="utf-8")
    phrases = [line.split(" = ")[0] for line in text.splitlines() if line and line[0] != "#"]
    said = "\n".join((*sources(), *(one.zh for one in cited())))
    assert len(phrases) == len(set(phrases)) > 200
    assert [phrase for phrase in phrases if phrase not in said] == []


def test_every_law_standard_and_clause_that_is_named_has_an_english_name() -> None:
    laws = [law.en for family in every_family() for law in family.laws.values()]
    wire = [rule.law for rule in RULES.values() if rule.law != "—"]
    wire += [law for law, _, _ in LOSSES.values()]
    credit = [kind.law.en for kind in kinds().values()]
    assert min(len(laws), len(wire), len(credit)) > 0
    assert [one for one in (*laws, *wire, *credit) if _CHINESE.search(one) or not one] == []


def test_a_law_has_one_english_name_wherever_it_is_named() -> None:
    for family in every_family():
        for law in family.laws.values():
            for title in re.findall("^《[^》]+》", law.zh):
                if title in sources():
                    assert law.en.startswith(in_english(title)), law.id
            if law.zh in sources() and not law.zh.startswith("《"):
                assert law.en == in_english(law.zh), law.id


@pytest.mark.parametrize(
    ("number", "said"),
    [(10, "十"), (19, "十九"), (20, "二十"), (101, "一百零一"), (110, "一百一十"),
     (999, "九百九十九"), (1003, "一千零三"), (1034, "一千零三十四"), (1202, "一千二百零二"),
     (1260, "一千二百六十")],
)  # fmt: skip
def test_numbers_are_written_here_as_laws_write_them(number: int, said: str) -> None:
    assert in_chinese(number) == said


@given(st.integers(1, 9999), st.integers(1, 99), st.integers(1, 30))
def test_numbers_of_articles_paragraphs_and_items_are_read(
    article: int, paragraph: int, item: int
) -> None:
    said = f"第{in_chinese(article)}条"
    assert in_english(said) == in_english(f"第{article}条") == f"Article {article}"
    said += f"第{in_chinese(paragraph)}款"
    assert in_english(said) == f"Article {article}, paragraph {paragraph}"
    said += f"第（{in_chinese(item)}）项"
    assert in_english(said) == f"Article {article}, paragraph {paragraph}, item ({item})"


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("", ""),
        ("第十四条、第十六条、第一百零八条", "Articles 14, 16 and 108"),
        ("第二十四条至第二十九条", "Articles 24 to 29"),
        ("第一条第（三）项", "Article 1, item (3)"),
        ("第三条、第四条至第六条", "Articles 3 and 4 to 6"),
        ("第三条第一款、第四条", "Article 3, paragraph 1, and Article 4"),
        ("第一条、第二条第（二）项、第五条", "Article 1, Article 2, item (2), and Article 5"),
        ("第三条第一款至第五条", "Article 3, paragraph 1 to Article 5"),
        ("第1条", "Article 1"),
        ("附件2", "annex 2"),
        ("附件第三条", "annex, Article 3"),
        ("《食品安全法》第五十条", "Food Safety Law, Article 50"),
        ("第五十条（先后由本系统推断）", "Article 50 (the order is inferred by this system)"),
        ("附录B 流向信息标签", "Annex B, flow information label"),
        (
            "动物防疫法（2021年）第四十九条至第五十二条",
            "Animal Epidemic Prevention Law (2021), Articles 49 to 52",
        ),
        ("GB 12904-2008; GB/T 16986", "GB 12904-2008; GB/T 16986"),
        ("§7.4.1", "§7.4.1"),
    ],
)
def test_a_citation_reads_as_lawyers_write_it(said: str, english: str) -> None:
    assert in_english(said) == english


def test_law_and_article_are_named_together_in_both_languages() -> None:
    law = Text("《食品安全法》", "Food Safety Law")
    assert citation(law, "第五十条") == Text(
        "《食品安全法》 第五十条", "Food Safety Law, Article 50"
    )
    assert citation(law, "") == law


@pytest.mark.parametrize(
    "said",
    [
        "第五十条之一", "某某条例第五条", "第五条（某某）", "包装标志", "前款", "附件二",
        "第五条第六条", "第三条第一款第（二）项和第五条", "第三条第一款、第二款", "第三条第(二)项",
        "第三章", "第二〇条", "第一二条", "第十百条", "第百条", "第一百五条", "第一百零十条",
        "第零条", "第0条", "第05条", "第1十条", "第二十条第零款",
    ],
)  # fmt: skip
def test_what_has_no_english_is_an_error_and_never_half_translated(said: str) -> None:
    with pytest.raises(UnknownCitationError, match=re.escape(repr(said))):
        in_english(said)

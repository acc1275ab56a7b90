"""Takes a citation as the law's own language has it; gives it in English.

Numbers of articles, paragraphs and items are read; what else citations say stands, with its
English, in `citations.txt`. What neither knows is an error: no citation is English in part.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from suyuan.kit import Text

_ONE: Final = re.compile("[一二三四五六七八九]").pattern
_TENS: Final = re.compile(f"{_ONE}十{_ONE}?").pattern
_HUNDREDS: Final = re.compile(f"{_ONE}百(?:{_TENS}|零{_ONE})?").pattern
_THOUSANDS: Final = re.compile(f"{_ONE}千(?:{_HUNDREDS}|零(?:{_TENS}|{_ONE}))?").pattern
_NUMBER: Final = re.compile(
    f"(?:{_THOUSANDS}|{_HUNDREDS}|{_TENS}|十{_ONE}?|{_ONE}|[1-9][0-9]*)"
).pattern
"""A number as laws write it: what is none, such as 一二, is not guessed at."""
_ARTICLE: Final = re.compile(f"第{_NUMBER}条(?:第{_NUMBER}款)?(?:第（{_NUMBER}）项)?").pattern
_ARTICLES: Final = re.compile(f"{_ARTICLE}(?:[、至]{_ARTICLE})*")
_EACH: Final = re.compile(f"([、至]?)({_ARTICLE})")
_PARTS: Final = re.compile(f"第（?({_NUMBER})）?([条款项])")
_UNITS: Final = {"条": "{}", "款": ", paragraph {}", "项": ", item ({})"}
_YEAR: Final = re.compile("([0-9]{4})年")
_PLAIN: Final = re.compile(r"[!-~§ ]+")
_MARKS: Final = {
    "（": " (", "）": ") ", "、": ", ", "，": ", ", "；": "; ", "：": ": ",
}  # fmt: skip
_TEN: Final = 10
_SPACES: Final = re.compile(r" +(?=[ ,;:)])|(?<=\() +")


class UnknownCitationError(ValueError):
    """Something in a citation has no English: the citation, and what of it, to its end."""

    def __init__(self, citation: str, unknown: str) -> None:
        super().__init__(f"no English for {unknown!r} in {citation!r}")
        self.citation, self.unknown = citation, unknown


def citation(law: Text, article: str) -> Text:
    """A legal source and where in it: 《食品安全法》 第五十条, Food Safety Law, Article 50.

    Raises:
        UnknownCitationError: the article, or what stands for one, has no English.
    """
    if not article:
        return law
    return Text(f"{law.zh} {article}", f"{law.en}, {in_english(article)}")


@cache
def in_english(said: str) -> str:
    """What a citation says, in English: 第十四条第二款 is Article 14, paragraph 2.

    Raises:
        UnknownCitationError: something in it is neither a number of an article nor a known phrase.
    """
    spoken, before = "", ""
    for kind, text in _pieces(said):
        if kind == before != "mark":
            raise UnknownCitationError(said, text)
        comma = "," if kind == "articles" and (before == "phrase" or spoken.endswith(") ")) else ""
        spoken += f"{comma}{'' if kind == 'mark' else ' '}{text}"
        before = kind
    return _SPACES.sub("", spoken).strip()


def _pieces(said: str) -> Iterator[tuple[str, str]]:
    """What a citation is made of, piece by piece: of which kind it is, and its English."""
    at = 0
    while at < len(said):
        if phrase := _phrase_at(said, at):
            yield "phrase", _phrases()[phrase]
            at += len(phrase)
        elif found := _ARTICLES.match(said, at):
            yield "articles", _articles(found[0])
            at = found.end()
        elif found := _YEAR.match(said, at):
            yield "plain", found[1]
            at = found.end()
        elif found := _PLAIN.match(said, at):
            yield "plain", found[0]
            at = found.end()
        elif said[at] in _MARKS:
            yield "mark", _MARKS[said[at]]
            at += 1
        else:
            raise UnknownCitationError(said, said[at:])


def _phrase_at(said: str, at: int) -> str:
    """The longest phrase known that begins there; empty if none does."""
    ends = range(len(said), at, -1)
    return next((said[at:end] for end in ends if said[at:end] in _phrases()), "")


def _articles(said: str) -> str:
    """Articles 3, 13 and 20; Articles 24 to 29; Article 1, paragraph 2, item (3).

    Among several, one with a paragraph or an item has each named by itself: of "Articles 3,
    paragraph 1 and 4" nobody knows whether 4 is a paragraph.
    """
    marks, each = zip(*_EACH.findall(said), strict=True)
    numbers = ["".join(_part(*part) for part in _PARTS.findall(one)) for one in each]
    is_whole = not any("," in number for number in numbers)
    named = numbers if is_whole else [f"Article {number}" for number in numbers]
    last = max((at for at, mark in enumerate(marks) if mark == "、"), default=0)
    joined = "".join(
        _joint(mark, is_last=at == last, is_whole=is_whole) + number
        for at, (mark, number) in enumerate(zip(marks, named, strict=True))
    )
    if not is_whole:
        return joined
    return f"{'Article' if len(numbers) == 1 else 'Articles'} {joined}"


def _part(number: str, unit: str) -> str:
    return _UNITS[unit].format(_number(number))


def _joint(mark: str, *, is_last: bool, is_whole: bool) -> str:
    """What stands before an article: nothing before the first, `and` before the last listed."""
    if mark == "、":
        return ", " if not is_last else " and " if is_whole else ", and "
    return " to " if mark else ""


def _number(said: str) -> int:
    """A number below ten thousand, in Chinese or Arabic digits."""
    if said.isdecimal():
        return int(said)
    total, digit = 0, 0
    for value in map(int, map(unicodedata.numeric, said)):
        if value < _TEN:
            digit = value
        else:
            total += (digit or 1) * value
            digit = 0
    return total + digit


@cache
def _phrases() -> dict[str, str]:
    """The phrases known, each with its English."""
    text = (files("suyuan.families") / "citations.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.split(" = ", 1) for line in lines)

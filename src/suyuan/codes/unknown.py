"""Takes a text that nothing reads; gives what it looks like and whom to ask."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct

from suyuan.codes import pages
from suyuan.codes.called import TELEPHONE
from suyuan.codes.clean import clean
from suyuan.codes.everyday import day_written, is_hotline
from suyuan.codes.gs1_keys import GTIN_LENGTHS
from suyuan.codes.notes import note
from suyuan.codes.plain import TOLD
from suyuan.codes.privacy import cut, masked, quoted
from suyuan.codes.schemes.equipment_danger import CYLINDER_TYPE
from suyuan.codes.schemes.standards import YEARLESS
from suyuan.codes.shortened import SHORTENED, is_shortened
from suyuan.codes.types import Candidate, Cleaned, Page
from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import joined

_LONGEST: Final = 200
_FOUR: Final = re.compile("[0-9]{4}")
_PAPER: Final = re.compile("[证许准批审字登备]")
_OWN: Final = re.compile(r"(?=[!-~]*[0-9])[0-9A-Za-z][0-9A-Za-z./_\-]{1,39}")
_SHORTEST: Final = 10
_LONGEST_OWN: Final = 20
"""Characters of the longest seed unit code (rule of 2016)."""

_MISTYPED: Final = GTIN_LENGTHS | {14, 18}
"""How long article numbers are, and social credit codes and logistic units."""

_ARTICLES: Final = frozenset(("gtin", "gln"))
_OF_CHINA: Final = "/069"
# Words of papers, and who answers questions about such; the narrower first.
_ANSWERED: Final = (
    ("兽药", pages.VETERINARY),
    ("农药", pages.PESTICIDES),
    ("种", pages.SEEDS),
    ("[饲肥]", pages.FEED),
    ("食", pages.FOOD_LICENCES),
    ("药", pages.DRUGS),
    ("[锅容管瓶梯]", pages.EQUIPMENT),
)


class Likeness(Struct, frozen=True):
    """What a text looks like that is of no scheme we know, and who may be asked."""

    text: Text
    pages: tuple[Page, ...] = ()


_COMPARE: Final = Text(
    "请照包装、单据再核对一遍，看看有没有漏字或多字。",
    "Compare it with the package or paper, and look for missing or extra characters.",
)
_NONE: Final = Text("“{text}”不是我们认得的编码。", "'{text}' is no code that we know.")
_SEVERAL: Final = Text(
    "{count} 个编码读不出：{codes}。请照包装、单据改正，或把它们去掉再问；没有读任何记录。",
    "{count:code|codes} cannot be read: {codes}. Mend them by the package or paper, or leave them "
    "out and ask again; nothing was looked up.",
)
_MOST_NAMED: Final = 20
THIS_IS_NONE: Final = Text(
    f"这不是我们认得的编码。{_COMPARE.zh}", f"This is no code that we know. {_COMPARE.en}"
)

_FULL: Final = Text(
    "请从原始清单或标签输入完整的码；在表格里先把那一列的单元格格式设为“文本”。",
    "Enter the whole code from the original list or the label; in a table, format the column as "
    "'text' first.",
)
_TELEPHONE_SAID: Final = Likeness(
    Text("像电话号码，不是编码。", "It looks like a telephone number and no code.")
)
_DAY_SAID: Final = Text(
    "像日期（{day}），不是编码；请输入旁边的条码或追溯码。",
    "It looks like a day ({day}) and no code; enter the bar code or trace code beside it.",
)
_NO_DAY_SAID: Final = Text(
    "像日期，但日历上没有 {day} 这一天；它不是编码，请和标签核对。",
    "It looks like a day that does not exist ({day}) and is no code; compare it with the label.",
)
_PAPER_SAID: Final = Text(
    "像证书、批件的编号，但不是我们认识的写法；请和证书核对，或问发证单位。",
    "It looks like the number of a licence or approval, in no form that we know; compare it with "
    "the paper, or ask who issued it.",
)
_OWN_SAID: Final = Likeness(
    Text(
        "像企业自编的号（批号、序列号、种子单元识别代码等）：只有编它的企业说得清。"
        "请连同前面的文字一起输入，如“批号：…”“单元识别代码：…”，或输入旁边的条码。",
        "It looks like a number that its maker gave (lot, serial, seed unit code), which the maker "
        "alone can explain. Enter the words before it too ('LOT: …', '单元识别代码：…'), or the "
        "bar code beside it.",
    ),
    (pages.SEEDS,),
)


def no_code(text: str) -> Text:
    """The sentence on a text that nothing reads: what to do, and what it looks like if anything."""
    said = _NONE.format(text=quoted(text))
    like = likeness(text)
    told = (said, _COMPARE, *([like.text] if like else []))
    return Text("".join(each.zh for each in told), " ".join(each.en for each in told))


def require_read(unread: Mapping[str, str]) -> None:
    """That there are no texts that nothing reads; `unread` says by text where each stands.

    Raises:
        SuyuanError: `code.unknown`, of all of them; of very many the first are named.
    """
    if not unread:
        return
    text, place = next(iter(unread.items()))
    if len(unread) == 1:
        raise SuyuanError("code.unknown", no_code(text), place)
    named = [f"{quoted(each)} [{at}]" for each, at in islice(unread.items(), _MOST_NAMED)]
    more = ["…"] if len(unread) > _MOST_NAMED else []
    said = _SEVERAL.format(count=len(unread), codes=joined([*named, *more]))
    raise SuyuanError("code.unknown", said, place)


def likeness(text: str, found: Sequence[Candidate] = ()) -> Likeness | None:
    """What a text looks like of which `recognise` found nothing, or nothing that speaks for itself.

    None if nothing can be said.
    """
    cleaned = clean(masked(cut(text, _LONGEST)))
    return _beside(cleaned, found) if found else _alone(cleaned)


def _beside(cleaned: Cleaned, found: Sequence[Candidate]) -> Likeness | None:
    is_own = _OWN.fullmatch(cleaned.text) and not cleaned.label and cleaned.bare
    return _OWN_SAID if is_own and _is_by_chance(cleaned.bare, found) else None


def _alone(cleaned: Cleaned) -> Likeness | None:
    everyday = _everyday(cleaned.text)
    if everyday is not None:
        return everyday
    if _FOUR.fullmatch(cleaned.text):
        return Likeness(note("maybe-un", "info").text, (pages.UN_LIST, pages.CUSTOMS))
    if CYLINDER_TYPE.fullmatch(cleaned.bare) or YEARLESS.fullmatch(cleaned.text):
        return _no_thing(cleaned)
    if re.search("[0-9]", cleaned.written) and _PAPER.search(cleaned.written):
        return Likeness(_PAPER_SAID, _who_answers(cleaned))
    if _OWN.fullmatch(cleaned.text):
        return _OWN_SAID
    return None


def _no_thing(cleaned: Cleaned) -> Likeness:
    """A type of cylinders or a standard, which many things bear."""
    if YEARLESS.fullmatch(cleaned.text):
        return Likeness(note("standard", "info").text, (pages.STANDARDS,))
    return Likeness(note("model", "info", found=cleaned.text).text, (pages.EQUIPMENT,))


def _is_by_chance(code: str, found: Sequence[Candidate]) -> bool:
    """Whether all that was found fails, or holds but without a letter, as one in ten does.

    Not where the code is sooner a known one mistyped: by its length, a place more or fewer, its
    beginning, or as China's articles begin.
    """
    if len(code) in _MISTYPED or not _SHORTEST <= len(code) <= _LONGEST_OWN:
        return False
    return all(_is_no_article(each) if each.valid else _is_doubtful(each) for each in found)


def _is_no_article(each: Candidate) -> bool:
    is_stray = any(said.code == "code.stray" for said in each.notes)
    return is_stray and each.scheme in _ARTICLES and _OF_CHINA not in each.canonical


def _is_doubtful(each: Candidate) -> bool:
    return each.score < TOLD and all(said.code != "code.size" for said in each.notes)


def _everyday(text: str) -> Likeness | None:
    if is_shortened(text):
        said = SHORTENED.format(code=text)
        return Likeness(Text(said.zh + _FULL.zh, f"{said.en} {_FULL.en}"))
    if TELEPHONE.fullmatch(text) or is_hotline(text):
        return _TELEPHONE_SAID
    day = day_written(text)
    if day is None:
        return None
    return Likeness((_DAY_SAID if day[1] else _NO_DAY_SAID).format(day=day[0]))


def _who_answers(cleaned: Cleaned) -> tuple[Page, ...]:
    found = (page for word, page in _ANSWERED if re.search(word, cleaned.written))
    return tuple(found)[:1]

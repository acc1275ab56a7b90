"""Takes a text that nothing reads; gives what it looks like and whom to ask."""

import re
from typing import Final

from msgspec import Struct

from suyuan.codes import pages
from suyuan.codes.called import TELEPHONE
from suyuan.codes.clean import clean
from suyuan.codes.everyday import day_written, is_hotline
from suyuan.codes.notes import note
from suyuan.codes.privacy import cut, masked
from suyuan.codes.schemes.equipment_danger import CYLINDER_TYPE
from suyuan.codes.types import Cleaned, Page
from suyuan.kit import Text

_LONGEST: Final = 200
_FOUR: Final = re.compile("[0-9]{4}")
_PAPER: Final = re.compile("[证许准批审字登备]")
_OWN: Final = re.compile(r"(?=[!-~]*[0-9])[0-9A-Za-z][0-9A-Za-z./_\-]{1,39}")
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


def likeness(text: str) -> Likeness | None:
    """What a text that `recognise` does not read looks like; None if nothing can be said."""
    cleaned = clean(masked(cut(text, _LONGEST)))
    everyday = _everyday(cleaned.text)
    if everyday is not None:
        return everyday
    if _FOUR.fullmatch(cleaned.text):
        return Likeness(note("maybe-un", "info").text, (pages.UN_LIST, pages.CUSTOMS))
    if CYLINDER_TYPE.fullmatch(cleaned.bare):
        return Likeness(note("model", "info", found=cleaned.text).text, (pages.EQUIPMENT,))
    if re.search("[0-9]", cleaned.written) and _PAPER.search(cleaned.written):
        return Likeness(_PAPER_SAID, _who_answers(cleaned))
    if _OWN.fullmatch(cleaned.text):
        return _OWN_SAID
    return None


def _everyday(text: str) -> Likeness | None:
    if TELEPHONE.fullmatch(text) or is_hotline(text):
        return _TELEPHONE_SAID
    day = day_written(text)
    if day is None:
        return None
    return Likeness((_DAY_SAID if day[1] else _NO_DAY_SAID).format(day=day[0]))


def _who_answers(cleaned: Cleaned) -> tuple[Page, ...]:
    found = (page for word, page in _ANSWERED if re.search(word, cleaned.written))
    return tuple(found)[:1]

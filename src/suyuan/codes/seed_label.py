"""The four lines of a seed label's symbol (rule of 2016), with their labels or without.

With their labels they may stand on one line, behind the crop's, and lack the last.
"""

import re
from typing import Final

from msgspec import Struct

from suyuan.codes.own_names import issued
from suyuan.codes.types import WIDE, Candidate, Cleaned, Grain, Part
from suyuan.kit import Text


class SeedLabel(Struct, frozen=True):
    """What the lines say, names as they are written; the code keeps its case.

    The address is empty where none is said.
    """

    variety: str
    maker: str
    code: str
    address: str


_CODE: Final = r"\s*([0-9A-Za-z０-９Ａ-Ｚａ-ｚ]{1,20})"
_ENDS: Final = r"[\s;；]{1,4}"
_NAME: Final = r"\s{0,2}([^\r\n;；]{1,200}?)"
_FORMS: Final = (
    re.compile(
        rf"(?:作物种类[:：][^\r\n;；]{{1,40}}?{_ENDS})?品种名称[:：]{_NAME}{_ENDS}"
        rf"(?:生产经营者名称|进口商名称)[:：]{_NAME}{_ENDS}"
        rf"单元识别代码[:：]{_CODE}(?:\s*{_ENDS}追溯网址[:：]\s*(\S{{1,300}}))?"
    ),
    re.compile(
        rf"([^\r\n]{{1,200}})[\r\n]{{1,4}}([^\r\n]{{1,200}})[\r\n]{{1,4}}"
        rf"{_CODE}\s*[\r\n]{{1,4}}((?:https?://|www\.)\S{{1,300}})"
    ),
)


def read_seed_label(text: str) -> SeedLabel | None:
    """The lines in a text; None if it is no seed label."""
    matches = (form.fullmatch(text.strip()) for form in _FORMS)
    found = next((match for match in matches if match), None)
    if found is None:
        return None
    variety, maker, code, address = (each.strip() for each in found.groups(""))
    return SeedLabel(variety, maker, code.translate(WIDE), address)


def labelled_seed(cleaned: Cleaned) -> Candidate | None:
    """The code on a whole label, which names its issuer."""
    label = read_seed_label(cleaned.received)
    if label is None:
        return None
    parts = (
        Part("variety", "品种名称", "variety", label.variety),
        Part("issuer", "生产经营者名称", "producer or trader", label.maker),
        Part("unit", "单元识别代码", "unit code", label.code),
        Part("address", "追溯网址", "address to ask", label.address),
    )
    return Candidate(
        scheme="seed-unit",
        name=Text("种子单元识别代码", "seed unit code"),
        canonical=issued("seed-unit", label.maker, label.code),
        valid=True,
        grain=Grain.INSTANCE,
        parts=tuple(each for each in parts if each.value),
        issuer=label.maker,
        score=95,
    )

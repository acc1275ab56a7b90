"""The four lines of a seed label's symbol (rule of 2016), with their labels or without."""

import re
from typing import Final

from msgspec import Struct

from suyuan.codes.own_names import issued
from suyuan.codes.types import WIDE, Candidate, Cleaned, Grain, Part
from suyuan.kit import Text


class SeedLabel(Struct, frozen=True):
    """What the lines say, names as they are written; the code keeps its case."""

    variety: str
    maker: str
    code: str
    address: str


_FORMS: Final = tuple(
    re.compile(
        rf"{variety}([^{ends}]{{1,200}})[{ends}]{{1,4}}{maker}([^{ends}]{{1,200}})[{ends}]{{1,4}}"
        rf"{code}\s*([0-9A-Za-z０-９Ａ-Ｚａ-ｚ]{{1,20}})\s*[{ends}]{{1,4}}{address}"
    )
    for variety, maker, code, address, ends in (
        (
            "品种名称[:：]",
            "(?:生产经营者名称|进口商名称)[:：]",
            "单元识别代码[:：]",
            r"追溯网址[:：]\s*(\S{1,300})",
            r"\r\n;；",
        ),
        ("", "", "", r"((?:https?://|www\.)\S{1,300})", r"\r\n"),
    )
)  # fmt: skip


def read_seed_label(text: str) -> SeedLabel | None:
    """The lines in a text; None if it is no seed label."""
    matches = (form.fullmatch(text.strip()) for form in _FORMS)
    found = next((match for match in matches if match), None)
    if found is None:
        return None
    variety, maker, code, address = (each.strip() for each in found.groups())
    return SeedLabel(variety, maker, code.translate(WIDE), address)


def labelled_seed(cleaned: Cleaned) -> Candidate | None:
    """The code on a whole label, which names its issuer."""
    label = read_seed_label(cleaned.received)
    if label is None:
        return None
    return Candidate(
        scheme="seed-unit",
        name=Text("种子单元识别代码", "seed unit code"),
        canonical=issued("seed-unit", label.maker, label.code),
        valid=True,
        grain=Grain.INSTANCE,
        parts=(
            Part("variety", "品种名称", "variety", label.variety),
            Part("issuer", "生产经营者名称", "producer or trader", label.maker),
            Part("unit", "单元识别代码", "unit code", label.code),
            Part("address", "追溯网址", "address to ask", label.address),
        ),
        issuer=label.maker,
        score=95,
    )

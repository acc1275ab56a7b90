"""The four lines of a seed label's symbol (rule of 2016), with their labels or without."""

import re
from typing import Final

from msgspec import Struct

from suyuan.codes.types import WIDE


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

"""The sizes of labels: those that produce certificates and cases have, and a sheet of stickers."""

from typing import Final

from suyuan.codes import privacy
from suyuan.kit import Text
from suyuan.labels.types import Design, LabelError

_BARS: Final = 32.0
"""Logistic labels have bars of 31.75 mm at least (GS1 General Specifications §5.12, table 5)."""

DESIGNS: Final[dict[str, Design]] = {
    each.name: each
    for each in (
        Design(
            name="50x30",
            purpose=Text(
                "小件、单件的标签，也是合格证最小的一种",
                "one item; the smallest produce certificate",
            ),
            width=50, height=30, pad=(1, 1.5), side=25, size=8, least=4,
        ),
        Design(
            name="100x70",
            purpose=Text(
                "箱子的标签，也可印合格证",
                "a case; produce certificates too",
            ),
            width=100, height=70, pad=(2, 2), side=33, most=2, size=11, least=6,
            bars=_BARS,
        ),
        Design(
            name="a6",
            purpose=Text(
                "物流单元（托盘、整箱）的标签",
                "a logistic unit: pallet or case",
            ),
            width=105, height=148, pad=(4, 4), side=45, most=2, size=18, least=8,
            bars=_BARS,
        ),
        Design(
            name="a5",
            purpose=Text(
                "挂牌、大张的合格证",
                "a placard; large produce certificates",
            ),
            width=210, height=148, pad=(6, 6), side=67, most=2, size=20, least=9,
            bars=_BARS,
        ),
        Design(
            name="a4-24",
            purpose=Text(
                "办公打印机用的不干胶纸，一张 24 枚",
                "stickers for an office printer, 24 on a sheet",
            ),
            width=70, height=37, pad=(5, 4.5), side=28, size=8.5, least=5,
            across=3, down=8, page=(210, 297), margin=(0, 0.5),
        ),
    )
}  # fmt: skip
"""50 x 30, 100 x 70 and A5 are the sizes in which platforms print 承诺达标合格证; A6 is the compact
logistic label of GS1's guideline; a4-24 is the usual sheet of 24 stickers of 70 x 37 mm, whose
outermost 5 mm no office printer reaches."""

_NONE = Text(
    "没有标签样式 “{name}”；可用：{known}。",
    "There is no label design '{name}'; use one of: {known}.",
)


def design(name: str) -> Design:
    """The design of that name.

    Raises:
        LabelError: there is none.
    """
    found = DESIGNS.get(name.strip().lower())
    if found is None:
        text = _NONE.format(name=privacy.quoted(name, 40), known=", ".join(DESIGNS))
        raise LabelError("label.design", text, "design")
    return found

"""Food production (SC) and food business (JY) licence numbers."""

import re
from typing import Final

from suyuan.codes.checks import mod_11_10
from suyuan.codes.divisions import division_notes, division_remark
from suyuan.codes.notes import note
from suyuan.codes.own_names import named
from suyuan.codes.types import Candidate, Cleaned, Grain, Note, Part, Recognise, Scheme
from suyuan.kit import Text

Layout = tuple[tuple[str, str, str, int, int], ...]

_PRODUCTION = Text("食品生产许可证编号", "food production licence number")
_BUSINESS = Text("食品经营许可证编号", "food business licence number")
_PRODUCTION_LAYOUT: Layout = (
    ("kind", "食品（1）或食品添加剂（2）", "food (1) or additive (2)", 2, 3),
    ("category", "主类别", "main category", 3, 5),
    ("division", "行政区划", "division", 5, 11),
    ("serial", "顺序码", "serial", 11, 15),
    ("check", "校验码", "check digit", 15, 16),
)
_BUSINESS_LAYOUT: Layout = (
    ("kind", "主体业态", "form of business", 2, 3),
    ("division", "行政区划", "division", 3, 9),
    ("serial", "顺序码", "serial", 9, 15),
    ("check", "校验码", "check digit", 15, 16),
)


def _recogniser(scheme: str, name: Text, form: str, layout: Layout) -> Recognise:
    pattern = re.compile(form)

    def recognise(cleaned: Cleaned) -> Candidate | None:
        code = cleaned.bare
        if not pattern.fullmatch(code):
            return None
        parts = tuple(Part(key, zh, en, code[lo:hi]) for key, zh, en, lo, hi in layout)
        division = next(part.value for part in parts if part.name == "division")
        problems = _problems(code)
        return Candidate(
            scheme=scheme,
            name=name,
            canonical=named(scheme, code),
            valid=not problems,
            grain=Grain.DOCUMENT,
            parts=parts,
            notes=(
                *cleaned.notes,
                *cleaned.bare_notes,
                *problems,
                *division_notes(division),
                *division_remark(division),
            ),
            score=60 if problems else 90,
        )

    return recognise


def _problems(code: str) -> tuple[Note, ...]:
    """A warning only: real numbers on real labels are often mistyped or misissued."""
    expected = mod_11_10(code[2:15])
    if expected == code[15]:
        return ()
    return (note("check", "warning", expected=expected, found=code[15]),)


SCHEMES: Final = (
    Scheme(
        id="sc-licence",
        name=_PRODUCTION,
        grain=Grain.DOCUMENT,
        issuer=Text("市场监督管理部门", "market regulation authorities"),
        source="食品生产许可管理办法 (SAMR Order 24 of 2020) art. 29; GB/T 17710 MOD 11,10",
        structure=Text(
            "SC + 14 位：类别 3 + 区划 6 + 顺序 4 + 校验 1",
            "SC and 14 digits: category 3, division 6, serial 4, check 1",
        ),
        good=("SC10633019702613", "sc115 520382 2009 9"),
        bad=("SC10633019702614", "SC1063301970261", "SC30633019702613"),
        recognise=_recogniser("sc-licence", _PRODUCTION, "SC[12][0-9]{13}", _PRODUCTION_LAYOUT),
        urn=True,
    ),
    Scheme(
        id="jy-licence",
        name=_BUSINESS,
        grain=Grain.DOCUMENT,
        issuer=Text("市场监督管理部门", "market regulation authorities"),
        source="食品经营许可和备案管理办法 (SAMR Order 78 of 2023); GB/T 17710 MOD 11,10",
        structure=Text(
            "JY + 14 位：业态 1 + 区划 6 + 顺序 6 + 校验 1",
            "JY and 14 digits: form of business 1, division 6, serial 6, check 1",
        ),
        good=("JY23506230105266",),
        bad=("JY23506230105267", "JY2350623010526"),
        recognise=_recogniser("jy-licence", _BUSINESS, "JY[0-9]{14}", _BUSINESS_LAYOUT),
        urn=True,
    ),
)

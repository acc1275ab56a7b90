"""The unified social credit code of legal persons and other organisations."""

import re
from typing import Final

from suyuan.codes.checks import organisation_check, uscc_check
from suyuan.codes.divisions import division_notes, division_remark
from suyuan.codes.notes import note
from suyuan.codes.own_names import named
from suyuan.codes.types import Candidate, Cleaned, Grain, Note, Part, Scheme
from suyuan.kit import Text

_FORM = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
_NAME = Text("统一社会信用代码", "unified social credit code")


def _recognise(cleaned: Cleaned) -> Candidate | None:
    code = cleaned.bare
    if not _FORM.fullmatch(code):
        return None
    problems = _problems(code)
    doubts = division_notes(code[2:8])
    return Candidate(
        scheme="uscc",
        name=_NAME,
        canonical=named("uscc", code),
        valid=not problems,
        grain=Grain.PARTY,
        parts=(
            Part("department", "登记管理部门", "registration department", code[0]),
            Part("category", "机构类别", "category", code[1]),
            Part("division", "登记机关行政区划", "division of registration", code[2:8]),
            Part("organisation", "组织机构代码", "organisation code", code[8:17]),
            Part("check", "校验码", "check character", code[17]),
        ),
        notes=cleaned.notes + cleaned.bare_notes + problems + doubts + division_remark(code[2:8]),
        score=_score(code, is_valid=not problems, is_doubted=bool(doubts)),
    )


def _problems(code: str) -> tuple[Note, ...]:
    """Both check characters: the code's own and that of the organisation code inside it."""
    expected = uscc_check(code[:17])
    inner = organisation_check(code[8:16])
    found = []
    if expected != code[17]:
        found.append(note("check", "error", expected=expected, found=code[17]))
    if inner != code[16]:
        found.append(note("check", "error", expected=inner, found=code[16]))
    return tuple(found)


def _score(code: str, *, is_valid: bool, is_doubted: bool) -> int:
    if is_valid:
        return 60 if is_doubted else 88
    return 10 if code.isdigit() or is_doubted else 40


SCHEMES: Final = (
    Scheme(
        id="uscc",
        name=_NAME,
        grain=Grain.PARTY,
        issuer=Text("登记管理部门（市场监管、民政、编制等）", "registration departments"),
        source="GB 32100-2015 §4-5; GB 11714",
        structure=Text(
            "18 位：登记部门 1 + 类别 1 + 区划 6 + 组织机构代码 9 + 校验 1",
            "18 characters: department 1, category 1, division 6, organisation code 9, check 1",
        ),
        good=("91110000600037341L", "91440300708461136T", "9133 0100 7996 5505 8b"),
        bad=("914403007109310121", "91110000600037341M", "91110000600037341"),
        recognise=_recognise,
        urn=True,
    ),
)

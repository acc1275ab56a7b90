"""Numbers of standards, which stand beside codes on labels and name no thing."""

import re
from typing import Final

from suyuan.codes import pages
from suyuan.codes.notes import note
from suyuan.codes.own_names import named
from suyuan.codes.types import Candidate, Cleaned, Field, Grain, Part, Scheme
from suyuan.kit import Text

_BODIES: Final = (
    "AQ|BB|CJ|DL|DZ|FZ|GA|GB|GH|HG|HJ|JB|JG|JT|LS|LY|MH|NY|QB|QC|RB|SB|SC|SH|SJ|SL|SN|SY|TB|WH|WM|WS"
    "|XF|YB|YC|YD|YY"
)
_WITHOUT_YEAR: Final = (
    rf"((?:{_BODIES})(?:/[TZ])?|DB[0-9]{{2,6}}(?:/T)?|T/[A-Z]{{2,10}}|Q/[0-9A-Z]{{1,12}})[ ._]?"
    r"([0-9]{1,6}(?:\.[0-9]{1,3})?S?)"
)
_FORM: Final = re.compile(rf"{_WITHOUT_YEAR}[ ]?-[ ]?((?:19|20)[0-9]{{2}})", re.IGNORECASE)
YEARLESS: Final = re.compile(
    r"GB(?:/[TZ])? ?[0-9]{1,6}(?:\.[0-9]{1,3})?|" + _WITHOUT_YEAR.replace("(?:/[TZ])?", "/[TZ]", 1),
    re.IGNORECASE,
)
"""The same without its year; of two letters alone only GB says that it is one."""

_NAME: Final = Text("标准编号（不是编码）", "number of a standard (no code)")


def recognise(cleaned: Cleaned) -> Candidate | None:
    """Whose standard it is, its number and year."""
    found = _FORM.fullmatch(cleaned.text)
    if found is None:
        return None
    body, number, year = (each.upper() for each in found.groups())
    return Candidate(
        scheme="standard",
        name=_NAME,
        canonical=named("standard", f"{body} {number}-{year}"),
        valid=True,
        grain=Grain.DOCUMENT,
        parts=(
            Part("body", "标准代号", "whose standard", body),
            Part("number", "顺序号", "number", number),
            Part("year", "年份", "year", year),
        ),
        notes=(*cleaned.notes, note("standard", "warning")),
        score=87,
    )


TITLE: Final = Text("不是编码的编号", "Numbers that are no codes")
SCHEMES: Final = (
    Scheme(
        id="standard",
        name=_NAME,
        grain=Grain.DOCUMENT,
        issuer=Text(
            "标准化主管部门、团体或企业", "standards authorities, associations, enterprises"
        ),
        source="国家标准管理办法; GB/T 1.1；编号见于标签",
        layout=(
            Field("body", "标准代号（如 GB/T）", "whose standard", 14, "[0-9A-Z/]", 2),
            Field(text=" "),
            Field("number", "顺序号", "number", 11, "[0-9.S]", 1),
            Field(text="-"),
            Field("year", "年份", "year", 4),
        ),
        good=("GB/T 1234-2020", "执行标准：gb 7718—2011", "Q/ABC0001S-2023", "DB33/T 1234.5-2020"),
        bad=("GB/T 1234", "GB/T-2020", "XX/T 1234-2020"),
        recognise=recognise,
        verified=False,
        urn=True,
        pages=(pages.STANDARDS,),
        keys=("yeared",),
    ),
)  # fmt: skip

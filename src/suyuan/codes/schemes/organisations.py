"""Codes of legal persons and divisions, and the classes of goods at customs."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from msgspec.structs import replace

from suyuan.codes import pages
from suyuan.codes.checks import mod_11_10, organisation_check, uscc_check
from suyuan.codes.divisions import (
    STATISTICAL,
    Division,
    division_remark,
    full_name,
    history,
    may_be_word,
    of_statistics,
    was_ever,
)
from suyuan.codes.divisions import named as divisions_named
from suyuan.codes.gs1_rules import is_day
from suyuan.codes.notes import note
from suyuan.codes.plain import (
    Check,
    Plain,
    Values,
    check_character,
    digits,
    division,
    in_division,
    plain,
)
from suyuan.codes.types import Candidate, Cleaned, Field, Grain, Note, Part, Scheme
from suyuan.kit import Text

_SET_31: Final = "[0-9A-HJ-NP-RTUWXY]"
_NO_CHAPTER: Final = frozenset(("00", "77"))
_LAST_CHAPTER: Final = 97
# The last heading of each chapter, 0 where there is no such chapter: Harmonized System 2022.
_LAST_HEADINGS: Final = (
    0, 6, 10, 9, 10, 11, 4, 14, 14, 10, 8, 9, 14, 2, 4, 22, 5, 4, 6, 5, 9, 6, 9, 9, 4, 30, 21, 16,
    53, 42, 6, 5, 15, 7, 7, 7, 6, 7, 27, 26, 17, 15, 6, 4, 21, 4, 2, 7, 23, 11, 7, 13, 12, 11, 8,
    16, 9, 5, 11, 11, 6, 17, 17, 10, 6, 7, 3, 4, 15, 14, 20, 18, 29, 26, 19, 8, 16, 0, 6, 7, 7, 13,
    15, 11, 87, 49, 9, 16, 7, 8, 33, 14, 9, 7, 6, 8, 20, 6,
)  # fmt: skip
_DAY: Final = 8
_WITH_ADDITIONAL: Final = 10


_MOST_OF_NAME: Final = 16
_NAMED_NOW, _NAMED_ENDED = 80, 60
_NAMED_PERHAPS: Final = 24
_STATISTICAL: Final = 64


def _both_checks(values: Values) -> tuple[Note, ...]:
    """The code and the organisation code within it have each a check character.

    One letter mistyped in the inner fails both, so that the failure is told once, with where it is.
    """
    inner, found = values["organisation"], values["check"]
    expected = uscc_check("".join(value for name, value in values.items() if name != "check"))
    of_inner = organisation_check(inner[:8])
    if of_inner == inner[8] and expected == found:
        return ()
    said = (
        note("credit-inner", "error", expected=of_inner, found=inner[8])
        if expected == found
        else note("credit-both", "error", found=found)
        if of_inner != inner[8]
        else note("credit-whole", "error", expected=expected or "?", found=found)
    )
    return (replace(said, code="code.check"),)


def _chapter(values: Values) -> tuple[Note, ...]:
    """Chapters run from 01 to 97; 77 is kept free."""
    found = values["chapter"]
    if found in _NO_CHAPTER or int(found) > _LAST_CHAPTER:
        return (note("chapter", "error", found=found),)
    return ()


def _heading(values: Values) -> tuple[Note, ...]:
    """The headings of a chapter are numbered from 01 without many gaps; the last is known."""
    chapter, found = int(values["chapter"]), values["heading"]
    last = _LAST_HEADINGS[chapter] if chapter < len(_LAST_HEADINGS) else 0
    if not last or 0 < int(found) <= last:
        return ()
    said = {"chapter": values["chapter"], "found": f"{values['chapter']}{found}"}
    return (note("heading", "warning", **said),)


def _nothing_else(values: Values) -> tuple[Note, ...]:
    """As many digits may as well be a day, which stands on every label, or a telephone number."""
    code = "".join(values.values())
    if len(code) == _WITH_ADDITIONAL:
        return (note("telephone", "warning"),) if code[:3] in {"400", "800"} else ()
    if len(code) != _DAY or code[:2] not in {"19", "20"}:
        return ()
    if not is_day(int(code[:4]), int(code[4:6]), int(code[6:])):
        return ()
    return (note("dated", "warning", found=f"{code[:4]}-{code[4:6]}-{code[6:]}"),)


def _in_table(values: Values) -> tuple[Note, ...]:
    """Alone, six digits are a division only if the table has them in some year."""
    code = values["division"]
    if not was_ever(code):
        return (note("division_unknown", "warning", found=code),)
    return division_remark(code)


_ROWS: Final = (
    Plain(
        id="uscc",
        name=Text("统一社会信用代码", "unified social credit code"),
        grain=Grain.PARTY,
        issuer=Text("登记管理部门（市场监管、民政、编制等）", "registration departments"),
        source="GB 32100-2015 §4-5; GB 11714",
        layout=(
            Field("department", "登记管理部门", "registration department", 1, _SET_31),
            Field("category", "机构类别", "category", 1, _SET_31),
            division("登记机关行政区划", "division of registration"),
            Field("organisation", "组织机构代码", "organisation code", 9, _SET_31),
            Field("check", "校验码", "check character", 1, _SET_31),
        ),
        good=("91110000600037341L", "91440300708461136T", "9133 0100 7996 5505 8b"),
        bad=("914403007109310121", "91110000600037341M", "91110000600037341", "91110000600037340M"),
        likely=88,
        checks=(
            Check(
                _both_checks,
                Text(
                    "GB 32100 模 31 校验；组织机构代码自身的校验",
                    "modulo 31, GB 32100; the organisation code's own",
                ),
                proves=True,
            ),
            in_division(spoils=False),
        ),
        pages=(pages.CREDIT, pages.ORGANISATIONS),
    ),
    Plain(
        id="organisation-code",
        name=Text("组织机构代码（旧）", "organisation code (old)"),
        grain=Grain.PARTY,
        issuer=Text("原全国组织机构代码管理中心", "the former national organisation code centre"),
        source="GB 11714",
        layout=(
            Field("body", "本体代码", "body", 8, "[0-9A-Z]"),
            Field("check", "校验码", "check character", 1, "[0-9X]"),
        ),
        good=("60003734-1", "D2143569-X"),
        bad=("60003734-2", "D2143569-1", "6000373-1"),
        likely=58,
        checks=(
            check_character(
                "check", organisation_check, Text("GB 11714 模 11 校验", "modulo 11, GB 11714")
            ),
        ),
        validity=Text(
            "已并入统一社会信用代码第 9 至 17 位",
            "now characters 9 to 17 of the unified social credit code",
        ),
        pages=(pages.ORGANISATIONS,),
    ),
    Plain(
        id="registration-number-old",
        name=Text("工商注册号（旧，15 位）", "business registration number (old, 15 digits)"),
        grain=Grain.PARTY,
        issuer=Text("原工商行政管理部门", "the former administrations for industry and commerce"),
        source="GS 15-2006 工商行政管理市场主体注册号编制规则; GB/T 17710",
        layout=(
            division("首次登记机关行政区划", "division of first registration"),
            digits("serial", "顺序码", "serial", 8),
            digits("check", "校验码", "check digit", 1),
        ),
        good=("440300100001236", "注册号：110108008765434"),
        bad=("440300100001237", "990300100001237", "44030010000123"),
        likely=62,
        checks=(
            check_character("check", mod_11_10, Text("模 11,10 校验", "modulo 11,10")),
            in_division(spoils=True),
        ),
        verified=False,
        validity=Text("已由统一社会信用代码代替", "replaced by the unified social credit code"),
        pages=(pages.CREDIT,),
    ),
    Plain(
        id="division",
        name=Text("行政区划代码", "administrative division code"),
        grain=Grain.PLACE,
        issuer=Text("民政部", "Ministry of Civil Affairs"),
        source="GB/T 2260",
        layout=(digits("division", "省 2 + 地 2 + 县 2", "province 2, prefecture 2, county 2", 6),),
        good=("330106",),
        bad=("990106", "33010"),
        likely=48,
        checks=(Check(_in_table, Text("须在区划代码表里", "must be in the table"), doubted=8),),
        validity=Text(
            "按年份有效：撤并前签发的编码仍按当年的区划读",
            "valid by years: a code issued before a change is read by the divisions of its day",
        ),
        pages=(pages.DIVISIONS,),
    ),
    Plain(
        id="hs-code",
        name=Text("海关商品编号（HS）", "customs commodity code (HS)"),
        grain=Grain.CLASS,
        issuer=Text("海关总署", "General Administration of Customs"),
        source="协调制度；海关进出口税则",
        layout=(
            digits("chapter", "章", "chapter", 2),
            digits("heading", "品目", "heading", 2),
            digits("subheading", "子目", "subheading", 2),
            Field("national", "本国子目", "national subheading", 2, "(?:[0-9]{2})?", 0),
            Field("additional", "附加编号", "additional number", 2, "(?:[0-9]{2})?", 0),
        ),
        good=("0203.1200.90", "02031200", "HS 0203.12"),
        bad=("7703120090", "9903120090", "020312009"),
        likely=34,
        checks=(
            Check(_chapter, Text("章在 01 至 97 之间，77 空缺", "chapters 01 to 97 without 77")),
            Check(
                _heading,
                Text("品目不超过该章最后一个", "no heading beyond the last of its chapter"),
                spoils=False,
                less=3,
            ),
            Check(
                _nothing_else,
                Text("像日期、电话的存疑", "doubted if it may be a day or telephone number"),
                spoils=False,
            ),
        ),
        verified=False,
        scope=Text("前 6 位全球通用，其后为中国", "six digits world-wide, the rest China's"),
        validity=Text(
            "税则每年调整，请按申报当年核对",
            "the tariff changes yearly; take that of the year of declaration",
        ),
        pages=(pages.CUSTOMS,),
    ),
)

TITLE: Final = Text("主体、区划和海关", "Parties, divisions and customs")


def divisions_of(name: str) -> Iterator[Candidate]:
    """The divisions that have or had a name, what is in force first; no more than are of one."""
    rows: dict[str, Division] = {}
    for each in divisions_named(name):
        rows.setdefault(each.code, each)
    division = next(each for each in SCHEMES if each.id == "division")
    doubt = (note("division-word", "warning"),) if may_be_word(name) else ()
    for at, row in enumerate(islice(rows.values(), _MOST_OF_NAME)):
        found = division.recognise(Cleaned(row.code, row.code, row.code))
        likely = _NAMED_PERHAPS if doubt else _NAMED_ENDED if row.until else _NAMED_NOW
        if found is not None:
            yield replace(
                found,
                parts=(*found.parts[:1], _name(row)),
                notes=(*found.notes, note("division-name", "info", found=row.code), *doubt),
                score=max(likely - at, 1),
            )


def _name(row: Division) -> Part:
    return Part("name", "名称", "name", full_name(row).zh)


def _dated(scheme: Scheme) -> Scheme:
    """A division code is told with its names and the years in which it held."""
    if scheme.id != "division":
        return scheme
    undated = scheme.recognise

    def recognise(cleaned: Cleaned) -> Candidate | None:
        code = of_statistics(cleaned.bare)
        candidate = undated(replace(cleaned, bare=code))
        periods = history(code) if candidate is not None and candidate.valid else ()
        if candidate is None or not periods:
            return candidate if code == cleaned.bare else None
        names = [full_name(each) for each in periods]
        years = [f"{each.since}–{each.until}" for each in periods]
        said = list(zip(names, years, strict=True))
        whole = (note("statistical", "info"),) if code != cleaned.bare else ()
        return replace(
            candidate,
            parts=(*candidate.parts, _name(periods[-1])),
            notes=candidate.notes + whole,
            score=_STATISTICAL if whole else candidate.score,
            validity=Text(
                "；".join(f"{name.zh} {when}" for name, when in said),
                "; ".join(f"{name.en} {when}" for name, when in said),
            ),
        )

    return replace(scheme, recognise=recognise, keys=(*scheme.keys, f"n{STATISTICAL}"))


SCHEMES: Final = tuple(_dated(plain(row)) for row in _ROWS)

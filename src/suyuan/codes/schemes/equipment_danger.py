"""Codes of special equipment, explosives, fireworks and chemicals."""

import re
from typing import Final

from suyuan.codes import pages
from suyuan.codes.checks import cas_check, ec_check
from suyuan.codes.notes import note
from suyuan.codes.plain import (
    Check,
    Plain,
    Values,
    check_character,
    digits,
    division,
    fixed,
    in_division,
    plain,
)
from suyuan.codes.schemes.inputs import PROVINCES
from suyuan.codes.types import Field, Grain, Note
from suyuan.kit import Text

_REGISTRARS: Final = Text("特种设备登记机关（市场监管部门）", "registrars of special equipment")
_CENTURY_YEAR: Final = Field("year", "年份", "year", 4, "(?:19|20)[0-9]{2}")
_MONTH: Final = Field("month", "月", "month", 2, "(?:0[1-9]|1[0-2])")


def _detonator_day(values: Values) -> tuple[Note, ...]:
    """The 31st of a short month is no day; the year's last digit does not tell leap years."""
    longest = {"02": 29, "04": 30, "06": 30, "09": 30, "11": 30}
    if int(values["day"]) > longest.get(values["month"], 31):
        return (note("day", "error", found=values["month"] + values["day"]),)
    return ()


CYLINDER_TYPE: Final = re.compile("YSP-?[0-9]{1,4}(?:-?I{1,3})?")
_LICENCE: Final = re.compile("TS[0-9A-Z]{7}-20[0-9]{2}")


def _no_model(values: Values) -> tuple[Note, ...]:
    """YSP and the litres are the type of a cylinder for liquefied petroleum gas (GB 5842).

    And TS with a year is its maker's licence: both stand on many cylinders.
    """
    found = values["serial"]
    if _LICENCE.fullmatch(found):
        return (note("makers-licence", "error", found=found),)
    return (note("model", "error", found=found),) if CYLINDER_TYPE.fullmatch(found) else ()


_UN_RANGES: Final = (("0004", "0514"), ("1001", "3560"))
"""First and last numbers of the list: explosives, and all others; not confirmed on its text."""


def _in_un_list(values: Values) -> tuple[Note, ...]:
    """We hold no list of names, so a number within the ranges may still be a free one."""
    number = values["number"]
    if any(first <= number <= last for first, last in _UN_RANGES):
        return (note("un-list", "info"),)
    return (note("un-unknown", "error", found=number),)


_ECODE_BODIES: Final = {
    "1": re.compile("[0-9]{1,20}"),
    "2": re.compile("[0-9A-Z]{1,28}"),
    "3": re.compile("[0-9A-Z]{1,39}"),
    "4": re.compile("[0-9A-Z]{1,39}"),
}
"""The master data of each version. V4 may have any character and length, of which we read these."""


def _ecode_body(values: Values) -> tuple[Note, ...]:
    if _ECODE_BODIES[values["version"]].fullmatch(values["body"]):
        return ()
    return (note("form", "error", what=f"Ecode V{values['version']}"),)


_ROWS: Final = (
    Plain(
        id="special-equipment",
        name=Text("特种设备代码", "special equipment code"),
        grain=Grain.INSTANCE,
        issuer=Text("特种设备制造单位", "makers of special equipment"),
        source="特种设备代码编号方法 (TSG 08, TSG T7001)",
        layout=(
            digits("catalogue", "设备目录代码", "catalogue number", 4),
            digits("maker", "制造单位（地区 2 + 许可序号 3）", "maker (region 2, licence 3)", 5),
            _CENTURY_YEAR,
            Field(
                "serial",
                "顺序号（超过 99999 时首位为字母）",
                "serial (first a letter beyond 99999)",
                5,
                "[0-9A-Z][0-9]{4}",
            ),
        ),
        good=("311010234201700123", "3110 10234 2017 A0123"),
        bad=("31101023420170012", "311010234181700123"),
        likely=50,
        pages=(pages.EQUIPMENT,),
    ),
    Plain(
        id="special-equipment-old",
        name=Text("特种设备代码（旧电梯，17 位）", "special equipment code (old lifts, 17 digits)"),
        grain=Grain.INSTANCE,
        issuer=Text("特种设备制造单位", "makers of special equipment"),
        source="特种设备代码编号方法 (TSG 08, TSG T7001)",
        layout=(
            Field("catalogue", "设备目录代码（电梯）", "catalogue number (lifts)", 4, "3[0-9]{3}"),
            digits("maker", "制造单位（地区 2 + 许可序号 3）", "maker (region 2, licence 3)", 5),
            _CENTURY_YEAR,
            digits("serial", "顺序号", "serial", 4),
        ),
        good=("31101023420050012", "电梯注册代码：31101023420050012"),
        bad=("3110102342005001", "21101023420050012", "31101023418050012"),
        likely=54,
        verified=False,
        validity=Text("旧编码，在用设备仍可见", "an old code, still seen on equipment in use"),
        pages=(pages.EQUIPMENT,),
    ),
    Plain(
        id="special-equipment-registration",
        name=Text("特种设备注册代码（旧）", "special equipment registration code (old)"),
        grain=Grain.INSTANCE,
        issuer=_REGISTRARS,
        source="特种设备注册登记与使用管理规则（2001年）",
        layout=(
            digits("class", "设备种类代码", "class", 4),
            division(),
            _CENTURY_YEAR,
            _MONTH,
            digits("serial", "顺序号", "serial", 4),
        ),
        good=("21603101012006010101",),
        bad=("21603101012006130101", "21609901012006010101", "21603101011806010101"),
        likely=70,
        checks=(in_division(spoils=True),),
        validity=Text("旧编码，在用设备仍可见", "an old code, still seen on equipment in use"),
        pages=(pages.EQUIPMENT,),
    ),
    Plain(
        id="equipment-use-registration",
        name=Text("特种设备使用登记证编号", "special equipment use registration number"),
        grain=Grain.DOCUMENT,
        issuer=_REGISTRARS,
        source="TSG 08-2017 特种设备使用管理规则",
        layout=(
            Field("kind", "设备种类", "kind of equipment", 1, "[锅容管瓶梯起索游车]"),
            digits("class", "类别和品种", "class and kind", 2),
            Field("province", "省简称", "province", 1, r"[\u4e00-\u9fff]"),
            Field("office", "登记机关", "registrar", 1, "[A-Z0-9]"),
            digits("serial", "顺序号", "serial", 5),
            fixed("("),
            digits("year", "年份后两位", "last two digits of the year", 2),
            fixed(")"),
        ),
        good=("梯11浙A00001(16)", "瓶20浙A00001（24）"),
        bad=("梯11浙A0001(16)", "舟11浙A00001(16)"),
        likely=92,
        where="written",
        verified=False,
        pages=(pages.EQUIPMENT,),
    ),
    Plain(
        id="special-equipment-licence",
        name=Text("特种设备生产许可证编号（TS）", "special equipment licence number (TS)"),
        grain=Grain.DOCUMENT,
        issuer=_REGISTRARS,
        source="特种设备安全法第十八条; TSG 07；编号见于证书",
        layout=(
            fixed("TS"),
            Field("number", "许可类别和序号", "kind of licence and serial", 7, "[0-9A-Z]"),
            Field("year", "有效期到哪一年", "valid until the end of", 4, "20[0-9]{2}"),
        ),
        good=("TS2210123-2026", "特种设备生产许可证编号：ts3110a12-2027"),
        bad=("TS221012-2026", "TS2210123-1926"),
        likely=88,
        verified=False,
        validity=Text("一般 4 年，末 4 位是到期年份", "four years as a rule; it ends in that year"),
        pages=(pages.EQUIPMENT,),
    ),
    Plain(
        id="cylinder",
        name=Text("气瓶钢印编号", "gas cylinder mark"),
        grain=Grain.INSTANCE,
        issuer=Text("气瓶制造单位", "cylinder makers"),
        source="TSG 23-2021 气瓶安全技术规程; GB 5842-2023",
        layout=(
            Field(
                "serial",
                "制造编号（钢印）",
                "maker's serial (stamp)",
                20,
                f"[{PROVINCES}]?[0-9A-Z-]{{3,20}}",
                3,
            ),
        ),
        good=(
            "urn:suyuan:cylinder:TS2210123-2026:20-0456",
            "气瓶编号：20-0456",
            "气瓶编号：苏A12345",
        ),
        bad=("气瓶编号：1", "瓶号TS2212345-2025", "urn:suyuan:cylinder:TS2210123-2026:1"),
        label="(?:气瓶|钢瓶|瓶号)",
        likely=70,
        checks=(
            Check(_no_model, Text("型号、许可证号不是编号", "a type or licence is no number")),
        ),
        where="written",
        verified=False,
        scope=Text("在制造单位内唯一", "unique at its maker"),
        scoped=Text("制造单位（许可证号）", "the maker, by its licence"),
        pages=(pages.EQUIPMENT,),
    ),
    Plain(
        id="detonator",
        name=Text("工业雷管编码", "detonator shell code"),
        grain=Grain.INSTANCE,
        issuer=Text("雷管生产企业", "detonator makers"),
        source="GA 441-2003 工业雷管编码通则",
        layout=(
            Field("maker", "生产企业代号", "maker", 2, "(?:0[1-9]|[1-9][0-9])"),
            digits("year", "年份末位", "last digit of the year", 1),
            _MONTH,
            Field("day", "日", "day", 2, "(?:0[1-9]|[12][0-9]|3[01])"),
            Field("feature", "特征号", "feature", 1, "[0-9A-Zabd-np-rty]"),
            digits("serial", "顺序号", "serial", 5),
        ),
        good=("4490610300050", "449 0610A 00050"),
        bad=("4491310300050", "4490631300050", "449061030005", "0090610300050"),
        likely=44,
        where="cased",
        checks=(Check(_detonator_day, Text("日期须存在", "the date must exist")),),
        scope=Text("全国唯一，10 年内不重复", "unique in China, not repeated within ten years"),
    ),
    Plain(
        id="fireworks-licence",
        name=Text("烟花爆竹经营许可证编号", "fireworks trade licence number"),
        grain=Grain.DOCUMENT,
        issuer=Text("应急管理部门", "emergency management authorities"),
        source="烟花爆竹安全管理条例第十九条; 应急厅〔2020〕31号",
        layout=(
            fixed("("),
            Field("place", "省市县简称", "place", 8, r"[\u4e00-\u9fff]", 1),
            fixed(")"),
            Field(
                "kind", "批发（PF）或零售（LS）", "wholesale (PF) or retail (LS)", 2, "(?:PF|LS)"
            ),
            fixed("("),
            digits("year", "年份", "year", 4),
            fixed(")"),
            digits("serial", "顺序号", "serial", 8, 1),
        ),
        good=("(湘)PF〔2021〕001", "（湘长）LS[2021]12345"),
        bad=("(湘)PF〔2021〕", "(湘)PX〔2021〕001"),
        likely=94,
        where="written",
    ),
    Plain(
        id="cas",
        name=Text("化学文摘社登记号（CAS）", "CAS number"),
        grain=Grain.CLASS,
        issuer=Text("美国化学文摘社", "Chemical Abstracts Service"),
        source="CAS 登记号，校验码",
        layout=(
            digits("first", "第一段", "first part", 7, 2),
            fixed("-"),
            digits("second", "第二段", "second part", 2),
            fixed("-"),
            digits("check", "校验码", "check digit", 1),
        ),
        good=("7697-37-2", "CAS：151-50-8"),
        bad=("7697-37-3", "1-37-2"),
        likely=90,
        where="text",
        checks=(
            check_character(
                "check", cas_check, Text("从右按位次加权模 10", "places from the right, modulo 10")
            ),
        ),
        scope=Text("全球唯一", "unique in the world"),
        pages=(pages.CHEMICALS,),
    ),
    Plain(
        id="ec-number",
        name=Text("欧盟化学物质编号（EC、EINECS）", "EC number of a substance (EINECS, ELINCS)"),
        grain=Grain.CLASS,
        issuer=Text("欧洲化学品管理局", "European Chemicals Agency"),
        source="欧盟化学物质目录，结构和校验码",
        layout=(
            Field("first", "第一段", "first part", 3, "[2-9][0-9]{2}"),
            fixed("-"),
            digits("second", "第二段", "second part", 3),
            fixed("-"),
            digits("check", "校验码", "check digit", 1),
        ),
        good=("200-001-8", "EC No. 231-791-2", "EINECS：231-791-2"),
        bad=("200-001-9", "100-001-8", "EC 2000019"),
        likely=85,
        where="text",
        checks=(
            check_character(
                "check", ec_check, Text("从左按位次加权模 11", "places from the left, modulo 11")
            ),
        ),
        verified=False,
        scope=Text("全球唯一", "unique in the world"),
        pages=(pages.EC_INVENTORY,),
    ),
    Plain(
        id="un-number",
        name=Text("联合国编号（危险货物）", "UN number of dangerous goods"),
        grain=Grain.CLASS,
        issuer=Text(
            "联合国危险货物运输专家委员会", "UN experts on the transport of dangerous goods"
        ),
        source="联合国《规章范本》第23修订版（2023年）第3.2章; GB 12268",
        layout=(fixed("UN"), digits("number", "编号", "number", 4)),
        good=("UN1203", "un 0336", "UN编号 1203", "联合国编号：1203", "UN No. 1203"),
        bad=("UN120", "UN12034", "UN9999", "UN0600", "UN0000"),
        likely=88,
        verified=False,
        checks=(Check(_in_un_list, Text("须在已公布的编号范围内", "within the published ranges")),),
        scope=Text("全球唯一", "unique in the world"),
        pages=(pages.UN_LIST,),
    ),
    Plain(
        id="ecode",
        name=Text("物联网统一标识 Ecode", "Ecode"),
        grain=Grain.INSTANCE,
        issuer=Text("国家物联网标识管理与公共服务平台", "the national IoT identification platform"),
        source="GB/T 31866-2023（2023-12-01以前：GB/T 31866-2015）",
        layout=(
            fixed("ECODE"),
            Field("version", "版本 V", "version V", 1, "[1-4]"),
            Field(
                "system",
                "编码体系标识 NSI（V1、V2 4 位，V3、V4 5 位）",
                "number system NSI (of V1 and V2 four digits, of V3 and V4 five)",
                5,
                "(?:(?<=[12])[0-9]{4}|(?<=[34])[0-9]{5})",
                4,
            ),
            Field("body", "主码 MD", "master data MD", 39, "[0-9A-Z]", 1),
        ),
        good=(
            "Ecode:1 0036 93008912340",
            f"Ecode:10036{'9' * 20}",
            f"Ecode:20036{'9' * 28}",
            "Ecode:3 00036 12345",
            f"Ecode:300036{'A' * 39}",
            "Ecode:4 00036 A1",
        ),
        bad=(
            "Ecode:9003693008912340",
            "Ecode:1003",
            "Ecode:10036A1",
            f"Ecode:10036{'9' * 21}",
            f"Ecode:20036{'9' * 29}",
            "Ecode:300036",
            f"Ecode:300036{'9' * 40}",
        ),
        likely=70,
        verified=False,
        checks=(
            Check(
                _ecode_body,
                Text(
                    "主码 V1 至多 20 位数字，V2 至多 28 位，V3 至多 39 位",
                    "master data: of V1 at most 20 digits, of V2 28 characters, of V3 39",
                ),
            ),
        ),
    ),
)

TITLE: Final = Text("特种设备和危险品", "Special equipment and dangerous goods")
SCHEMES: Final = tuple(map(plain, _ROWS))

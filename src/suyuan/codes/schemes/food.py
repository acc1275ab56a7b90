"""Food production and business licences, old and new, and the organic mark."""

from typing import Final

from suyuan.codes import pages
from suyuan.codes.checks import mod_11_10
from suyuan.codes.plain import (
    Check,
    Plain,
    check_character,
    digits,
    division,
    fixed,
    in_division,
    plain,
)
from suyuan.codes.types import Field, Grain
from suyuan.kit import Text

_SAMR: Final = Text("市场监督管理部门", "market regulation authorities")
# A failed check is a doubt: real numbers on real labels are often mistyped or misissued.
_CHECKED: Final[Check] = check_character(
    "check", mod_11_10, Text("GB/T 17710 模 11,10 校验", "modulo 11,10, GB/T 17710"), "warning"
)
_CHECKS: Final = (_CHECKED, in_division(spoils=False))

_FIVE_YEARS: Final = Text("有效期 5 年", "holds five years")
_XK: Final = (
    digits("industry", "行业编号", "industry", 2),
    digits("product", "产品编号", "product", 3),
    digits("serial", "企业序号", "maker's serial", 5),
)

_ROWS: Final = (
    Plain(
        id="sc-licence",
        name=Text("食品生产许可证编号", "food production licence number"),
        grain=Grain.DOCUMENT,
        issuer=_SAMR,
        source="食品生产许可管理办法（市场监管总局令第24号）第二十九条; GB/T 17710 MOD 11,10",
        layout=(
            fixed("SC"),
            Field("kind", "食品（1）或食品添加剂（2）", "food (1) or additive (2)", 1, "[12]"),
            digits("category", "主类别", "main category", 2),
            division(),
            digits("serial", "顺序码", "serial", 4),
            digits("check", "校验码", "check digit", 1),
        ),
        good=("SC10633019702613", "sc115 520382 2009 9"),
        bad=("SC10633019702614", "SC1063301970261", "SC30633019702613"),
        likely=90,
        checks=_CHECKS,
        severity="warning",
        validity=Text(
            "许可证有效期 5 年，编号不变", "a licence holds five years, its number stays"
        ),
        pages=(pages.FOOD_LICENCES,),
    ),
    Plain(
        id="jy-licence",
        name=Text("食品经营许可证编号", "food business licence number"),
        grain=Grain.DOCUMENT,
        issuer=_SAMR,
        source="食品经营许可和备案管理办法（市场监管总局令第78号）; GB/T 17710 MOD 11,10",
        layout=(
            fixed("JY"),
            digits("kind", "主体业态", "form of business", 1),
            division(),
            digits("serial", "顺序码", "serial", 6),
            digits("check", "校验码", "check digit", 1),
        ),
        good=("JY23506230105266",),
        bad=("JY23506230105267", "JY2350623010526"),
        likely=90,
        checks=_CHECKS,
        severity="warning",
        validity=Text("许可证有效期 5 年", "a licence holds five years"),
        pages=(pages.CREDIT,),
    ),
    Plain(
        id="qs-licence",
        name=Text("全国工业产品生产许可证编号（旧 QS）", "industrial product licence (old QS)"),
        grain=Grain.DOCUMENT,
        issuer=_SAMR,
        source="工业产品生产许可证管理条例（2005年）",
        layout=(
            fixed("QS"),
            digits("number", "受理机关、产品和序号", "office, product and serial", 12),
        ),
        good=("QS330006010123",),
        bad=("QS33000601012", "QSA30006010123"),
        likely=80,
        validity=Text(
            "食品上的 QS 编号自 2018 年 10 月起不再使用", "not used on food since October 2018"
        ),
        verified=False,
    ),
    Plain(
        id="production-licence",
        name=Text("全国工业产品生产许可证编号（XK）", "industrial product licence (XK)"),
        grain=Grain.DOCUMENT,
        issuer=_SAMR,
        source="工业产品生产许可证管理条例（2005年）；编号见于证书",
        layout=(fixed("XK"), *_XK),
        good=("XK13-006-00012", "生产许可证编号：XK1300600012"),
        bad=("XK13-006-0012", "XK13-06-00012"),
        likely=84,
        verified=False,
        validity=_FIVE_YEARS,
    ),
    Plain(
        id="production-licence-of-province",
        name=Text(
            "工业产品生产许可证编号（省级 XK）", "industrial product licence of a province (XK)"
        ),
        grain=Grain.DOCUMENT,
        issuer=_SAMR,
        source="工业产品生产许可证管理条例（2005年）；编号见于证书",
        layout=(
            fixed("("),
            Field("province", "省简称", "province", 1, r"[\u4e00-\u9fff]"),
            fixed(")XK"),
            _XK[0],
            fixed("-"),
            _XK[1],
            fixed("-"),
            _XK[2],
        ),
        good=("(苏)XK13-006-00012", "生产许可证编号：（浙）XK08-001-00123"),
        bad=("(苏)XK13-006-0012", "(江苏)XK13-006-00012"),
        likely=94,
        where="written",
        verified=False,
        validity=_FIVE_YEARS,
    ),
    Plain(
        id="organic-mark",
        name=Text("有机码", "organic mark code"),
        grain=Grain.INSTANCE,
        issuer=Text("有机产品认证机构", "organic certification bodies"),
        source="有机产品认证管理办法；认监委有机码规则",
        layout=(
            digits("certifier", "认证机构代码", "certifier", 3),
            digits("year", "年份后两位", "last two digits of the year", 2),
            digits("random", "随机码", "random", 12),
        ),
        good=("14721123456789012",),
        bad=("1472112345678901", "1472112345678901A"),
        likely=52,
        caution=True,
        pages=(pages.ORGANIC,),
    ),
)

TITLE: Final = Text("食品", "Food")
SCHEMES: Final = tuple(map(plain, _ROWS))

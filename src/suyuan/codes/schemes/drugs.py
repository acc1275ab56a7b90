"""Codes and numbers of human drugs."""

from typing import Final

from suyuan.codes import pages
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.divisions import was_ever
from suyuan.codes.notes import note
from suyuan.codes.plain import TOLD, Check, Plain, Values, check_character, digits, fixed, plain
from suyuan.codes.types import Field, Grain, Note
from suyuan.kit import Text

_NMPA: Final = Text("国家药品监督管理局", "National Medical Products Administration")
_FIVE_YEARS: Final = Text("药品注册证书有效期 5 年", "a registration holds five years")
_FILED_SINCE: Final = 2016
_IMPORTED: Final = "00"
_OF_PERSONS: Final = frozenset({"83"})
"""Residents of Taiwan have it in their numbers; with no other authority is anything filed."""
_BEFORE_GTIN: Final = 20
"""The score of a drug's code with a digit wrong: few articles have the number 869… in 14 digits."""


def _known(values: Values) -> tuple[Note, ...]:
    """All codes that were seen begin with 8; no text of a standard says so."""
    return () if values["product"].startswith("8") else (note("no-trace", "warning"),)


def _filed(values: Values) -> tuple[Note, ...]:
    """Filed with a province if made in China, with the State if imported (Measures of 2016)."""
    found = values["province"]
    is_home = found not in {_IMPORTED, *_OF_PERSONS} and was_ever(f"{found}0000")
    is_right = is_home if values["origin"] == "G" else found == _IMPORTED
    return () if is_right else (note("filing-province", "error", found=found),)


def _since_filings(values: Values) -> tuple[Note, ...]:
    found = values["year"]
    if int(found) >= _FILED_SINCE:
        return ()
    return (note("before", "error", found=found, first=_FILED_SINCE),)


_ROWS: Final = (
    Plain(
        id="drug-trace",
        name=Text("药品追溯码", "drug trace code"),
        grain=Grain.INSTANCE,
        issuer=Text("药品追溯码发码机构", "drug trace code issuers"),
        source="NMPAB/T 1002-2019 药品追溯码编码要求",
        layout=(
            digits("product", "药品标识码", "product and pack level", 7),
            digits("serial", "生产标识码", "serial", 9),
            digits("check", "校验（算法不公开）", "check, by a secret algorithm", 4),
        ),
        good=("83857930000879766660",),
        bad=("8385793000087976666", "83857930000879766660A"),
        likely=80,
        checks=(Check(_known, Text("已知的都以 8 开头", "all known begin with 8"), spoils=False,
                      less=54),),
        verified=False,
        scope=Text("全国唯一，不重复使用", "unique in China, never used again"),
        secret=Text("末 4 位的校验算法不公开", "its last four digits, by a secret algorithm"),
        caution=True,
        pages=(pages.DRUG_TRACE,),
    ),
    Plain(
        id="drug-standard-code",
        name=Text("国家药品编码本位码", "national drug code (standard code)"),
        grain=Grain.CLASS,
        issuer=_NMPA,
        source="国家药品编码管理规范（2009年）；GS1 模10",
        layout=(
            fixed("86"),
            fixed("9"),
            digits("company", "企业标识", "company", 5),
            digits("product", "产品标识", "product", 5),
            digits("check", "校验码", "check digit", 1),
        ),
        good=("86901110000020", "86904879000126"),
        bad=("86901110000021", "8690111000002", "86801110000023"),
        likely=86,
        checks=(check_character("check", lambda before: gs1_check_digit(f"869{before}"),
                                Text("模 10 校验", "modulo 10"), doubted=_BEFORE_GTIN),),
        pages=(pages.DRUGS,),
    ),
    Plain(
        id="drug-approval",
        name=Text("药品批准文号", "drug approval number"),
        grain=Grain.DOCUMENT,
        issuer=_NMPA,
        source="药品注册管理办法（市场监管总局令第27号）",
        layout=(
            fixed("国药准字"),
            Field("kind", "类别（H 化学药 Z 中药 S 生物制品 J 进口分包装）",
                  "kind (H chemical, Z Chinese, S biological, J imported)", 1, "[HZSJ]"),
            digits("year", "年份（旧号为地区）", "year (region in old numbers)", 4),
            digits("serial", "顺序号", "serial", 4),
        ),
        good=("国药准字Z45021428", "批准文号：国药准字 h20123456"),
        bad=("国药准字Z4502142", "国药准字X45021428"),
        likely=95,
        where="written",
        validity=_FIVE_YEARS,
        pages=(pages.DRUGS,),
    ),
    Plain(
        id="drug-approval-abroad",
        name=Text("药品批准文号（境外和港澳台生产）", "drug approval number (made abroad)"),
        grain=Grain.DOCUMENT,
        issuer=_NMPA,
        source="药品注册管理办法（市场监管总局令第27号）第一百二十三条",
        layout=(
            fixed("国药准字"),
            Field("kind", "类别（H 化学药 Z 中药 S 生物制品）",
                  "kind (H chemical, Z Chinese, S biological)", 1, "[HZS]"),
            Field("origin", "产地（J 境外 C 港澳台）",
                  "made (J abroad, C in Hong Kong, Macao or Taiwan)", 1, "[JC]"),
            digits("year", "年份", "year", 4),
            digits("serial", "顺序号", "serial", 4),
        ),
        good=("国药准字HJ20160001", "批准文号：国药准字 SC20210012"),
        bad=("国药准字HJ2016001", "国药准字JH20160001"),
        likely=94,
        where="written",
        verified=False,
        validity=_FIVE_YEARS,
        pages=(pages.DRUGS,),
    ),
    Plain(
        id="drug-approval-old",
        name=Text("药品批准文号（旧类别）", "drug approval number (old kinds)"),
        grain=Grain.DOCUMENT,
        issuer=_NMPA,
        source="药品注册管理办法（2007年）; 编号见于包装",
        layout=(
            fixed("国药准字"),
            Field("kind", "类别（B 保健药品 T 体外诊断试剂 F 药用辅料）",
                  "kind (B health drugs, T diagnostics, F excipients)", 1, "[BTF]"),
            digits("year", "年份", "year", 4),
            digits("serial", "顺序号", "serial", 4),
        ),
        good=("国药准字B20020001", "批准文号：国药准字 F20060012"),
        bad=("国药准字B2002001", "国药准字X20020001"),
        likely=94,
        where="written",
        verified=False,
        pages=(pages.DRUGS,),
    ),
    Plain(
        id="health-food",
        name=Text("保健食品注册号", "health food registration number"),
        grain=Grain.DOCUMENT,
        issuer=Text("市场监管部门（旧号：药监、卫生部门）",
                    "market supervision; once authorities of drugs or health"),
        source="保健食品注册与备案管理办法；编号见于包装",
        layout=(
            Field("kind", "类别", "kind", 4, "(?:国食健注|国食健字|卫食健字)"),
            Field("origin", "产地（G 国产 J 进口，旧号无）",
                  "made (G in China, J abroad; old: none)", 1, "[GJ]?", 0),
            Field("year", "年份", "year", 6, r"\(?(?:19|20)[0-9]{2}\)?", 4),
            Field("serial", "顺序号", "serial", 6, "第?[0-9]{4}号?", 4),
        ),
        good=("国食健字G20040001", "国食健注 J20190012", "卫食健字(1997)第0001号"),
        bad=("国食健字G2004001", "国食健字X20040001"),
        likely=93,
        where="written",
        verified=False,
        pages=(pages.FOOD_LICENCES,),
    ),
    Plain(
        id="health-food-filing",
        name=Text("保健食品备案号", "health food filing number"),
        grain=Grain.DOCUMENT,
        issuer=Text("市场监管部门（进口：国家市场监督管理总局）",
                    "market supervision (imports: the State Administration)"),
        source="保健食品注册与备案管理办法（2016年）第五十一条",
        layout=(
            fixed("食健备"),
            Field("origin", "产地（G 国产 J 进口）", "made (G in China, J abroad)", 1, "[GJ]"),
            digits("year", "年份", "year", 4),
            digits("province", "省份（进口为 00）", "province (00 if imported)", 2),
            digits("serial", "顺序号", "serial", 6),
        ),
        good=("食健备G202033001234", "食健备J201900000012"),
        bad=("食健备G20203301234", "食健备X202033001234", "食健备G202099001234",
             "食健备G202000001234", "食健备J201933000012", "食健备G201033001234"),
        likely=94,
        checks=(
            Check(_filed, Text("国产（G）为省级代码，进口（J）为 00",
                               "a province if made in China (G), 00 if imported (J)"),
                  doubted=TOLD),
            Check(_since_filings, Text("2016 年起才有", "none before 2016"), doubted=TOLD),
        ),
        where="written",
        verified=False,
        pages=(pages.FOOD_LICENCES,),
    ),
)  # fmt: skip

TITLE: Final = Text("药品", "Drugs")
SCHEMES: Final = tuple(map(plain, _ROWS))

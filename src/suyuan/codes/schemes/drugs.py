"""Codes and numbers of human drugs."""

from typing import Final

from suyuan.codes import pages
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.plain import Plain, check_character, digits, fixed, plain
from suyuan.codes.types import Field, Grain
from suyuan.kit import Text

_NMPA: Final = Text("国家药品监督管理局", "National Medical Products Administration")
_FIVE_YEARS: Final = Text("药品注册证书有效期 5 年", "a registration holds five years")

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
        usual="8",
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
        source="国家药品编码管理规范 (2009); GS1 modulo 10",
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
                                Text("模 10 校验", "modulo 10")),),
        pages=(pages.DRUGS,),
    ),
    Plain(
        id="drug-approval",
        name=Text("药品批准文号", "drug approval number"),
        grain=Grain.DOCUMENT,
        issuer=_NMPA,
        source="药品注册管理办法 (SAMR Order 27 of 2020)",
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
        source="药品注册管理办法 (SAMR Order 27 of 2020) art. 123",
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
)  # fmt: skip

TITLE: Final = Text("药品", "Drugs")
SCHEMES: Final = tuple(map(plain, _ROWS))

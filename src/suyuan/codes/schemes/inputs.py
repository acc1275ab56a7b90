"""Codes and licences of pesticides, veterinary drugs, seeds, feed and fertiliser."""

import re
from typing import Final

from msgspec.structs import replace

from suyuan.codes import pages
from suyuan.codes.own_names import raw_name
from suyuan.codes.plain import Plain, digits, division, fixed, in_division, on_day, plain, since
from suyuan.codes.seed_label import labelled_seed
from suyuan.codes.types import Candidate, Cleaned, Field, Grain, Page, Scheme
from suyuan.kit import Text

_MARA: Final = Text("农业农村部", "Ministry of Agriculture and Rural Affairs")
_PROVINCES: Final = Text("省级农业农村主管部门", "provincial agriculture authorities")
PROVINCES: Final = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇藏陕秦甘陇青宁新"
"""The characters by which provinces are called for short."""

_PROVINCE: Final = Field(
    "province",
    "省简称",
    "province",
    3,
    f"(?:内蒙古|[{PROVINCES}兵])",
    1,
)
_PLACE: Final = Field("place", "省市县简称", "place", 8, r"[\u4e00-\u9fff]", 1)
_FIVE_YEARS: Final = Text("有效期 5 年", "holds five years")
_YEAR: Final = digits("year", "年份", "year", 4)


def _feed(kind: str, zh: str, en: str, good: str, *, verified: bool) -> Plain:
    return Plain(
        id=f"feed-{en.split(maxsplit=1)[0]}",
        name=Text(f"{zh}生产许可证（文）号", f"feed {en} licence number"),
        grain=Grain.DOCUMENT,
        issuer=_PROVINCES,
        source="饲料和饲料添加剂管理条例第十四条、第十五条",
        layout=(
            _PROVINCE,
            fixed(f"饲{kind}"),
            fixed("("),
            _YEAR,
            fixed(")"),
            digits("serial", "地市和顺序号", "city and serial", 5),
        ),
        good=(good,),
        bad=(good[:-1], good.replace(kind, "肥"), good.replace("鲁", "某")),
        likely=94,
        where="written",
        verified=verified,
        validity=_FIVE_YEARS,
        pages=(pages.FEED,),
    )


def _imported(scheme: str, kind: str, name: Text, page: Page) -> Plain:
    return Plain(
        id=scheme,
        name=name,
        grain=Grain.DOCUMENT,
        issuer=_MARA,
        source="进口饲料和饲料添加剂登记管理办法、兽药进口管理办法；编号见于标签",
        layout=(
            fixed("("),
            _YEAR,
            fixed(f")外{kind}字"),
            Field("serial", "顺序号", "serial", 4, "第?[0-9]{1,4}", 1),
            fixed("号"),
        ),
        good=(f"(2020)外{kind}字123号", f"（2021）外{kind}字 22 号"),
        bad=(f"(20)外{kind}字123号", f"(2020)外{kind}字号"),
        likely=94,
        where="written",
        verified=False,
        validity=_FIVE_YEARS,
        pages=(page,),
    )


def _fertiliser(
    scheme: str,
    name: Text,
    issuer: Text,
    *head: Field,
    good: tuple[str, ...],
    bad: tuple[str, ...],
) -> Plain:
    """Of the ministry, or of a province before which its short name stands."""
    serial = digits("serial", "顺序号", "serial", 5, 3)
    return Plain(
        id=scheme,
        name=name,
        grain=Grain.DOCUMENT,
        issuer=issuer,
        source="肥料登记管理办法",
        layout=(*head, fixed("("), _YEAR, fixed(")准字"), serial, fixed("号")),
        good=good,
        bad=bad,
        likely=94,
        where="written",
        verified=False,
        validity=_FIVE_YEARS,
        pages=(pages.FEED,),
    )


_ROWS: Final = (
    Plain(
        id="pesticide-unit",
        name=Text("农药可追溯单元识别代码", "pesticide unit code"),
        grain=Grain.INSTANCE,
        issuer=Text("农药登记证持有人", "pesticide registration holders"),
        source="农业部公告第 2579 号 (2017); 农业农村部公告第 1049 号 (2026-11-01)",
        layout=(
            Field(
                "category",
                "登记类别（1 PD 2 WP 3 临时）",
                "registration (1 PD, 2 WP, 3 temporary)",
                1,
                "[123]",
            ),
            digits("registration", "登记证号后六位", "last six digits of the registration", 6),
            Field(
                "production",
                "生产类型（1 自产 2 委托加工 3 委托分装）",
                "production (1 own, 2 contract, 3 repacking)",
                1,
                "[123]",
            ),
            digits("specification", "规格代码", "specification", 3),
            digits("random", "随机码", "random", 21),
        ),
        good=(
            "1092927 2 001 123456789012345678901",
            "10929272001123456789012345678901",
            "https://label.example.cn/q?c=10929272001123456789012345678901",
        ),
        bad=(
            "40929272001123456789012345678901",
            "1092927200112345678901234567890",
            "10929274001123456789012345678901",
        ),
        likely=92,
        verified=False,
        scope=Text("全国唯一，不重复使用", "unique in China, never used again"),
        caution=True,
        pages=(pages.PESTICIDES,),
    ),
    Plain(
        id="pesticide-registration",
        name=Text("农药登记证号", "pesticide registration number"),
        grain=Grain.DOCUMENT,
        issuer=_MARA,
        source="农药管理条例第十一条至第十三条; 农药登记管理办法",
        layout=(
            Field(
                "kind",
                "类别（PD 大田 WP 卫生 LS、WL 临时 EX 出口）",
                "kind (PD field, WP public health, LS and WL temporary, EX export)",
                2,
                "(?:PD|WP|LS|WL|EX)",
            ),
            _YEAR,
            digits("serial", "顺序号", "serial", 4),
        ),
        good=("PD20092927", "ls2007 1573"),
        bad=("PX20092927", "PD2009292"),
        likely=90,
        validity=_FIVE_YEARS,
        pages=(pages.PESTICIDES,),
    ),
    Plain(
        id="pesticide-registration-old",
        name=Text("农药登记证号（旧）", "pesticide registration number (old)"),
        grain=Grain.DOCUMENT,
        issuer=_MARA,
        source="农药登记管理办法",
        layout=(
            Field("kind", "类别", "kind", 3, "(?:PDN|WPN)"),
            digits("serial", "顺序号", "serial", 4, 1),
            fixed("-"),
            digits("year", "年份后两位", "last two digits of the year", 2),
        ),
        good=("PDN2-88",),
        bad=("PDN-88", "PDX2-88"),
        likely=88,
        where="text",
        pages=(pages.PESTICIDES,),
    ),
    Plain(
        id="pesticide-registration-suffixed",
        name=Text("农药登记证号（带后缀）", "pesticide registration number with a suffix"),
        grain=Grain.DOCUMENT,
        issuer=_MARA,
        source="农药登记管理办法；后缀见于标签",
        layout=(
            Field("kind", "类别", "kind", 2, "(?:PD|WP|LS|WL|EX)"),
            _YEAR,
            digits("serial", "顺序号", "serial", 4),
            Field("suffix", "后缀（F 为分装）", "suffix (F: repacked)", 9, "F[0-9]{0,8}", 1),
        ),
        good=("PD20101234F170012", "PD20092927F01", "WP20150001F"),
        bad=("PD2009292F01", "PD20092927X01"),
        likely=88,
        verified=False,
        pages=(pages.PESTICIDES,),
    ),
    Plain(
        id="pesticide-registration-early",
        name=Text("农药登记证号（早期）", "pesticide registration number (early)"),
        grain=Grain.DOCUMENT,
        issuer=_MARA,
        source="农药登记管理办法；编号见于标签",
        layout=(
            Field("kind", "类别", "kind", 2, "(?:PD|WP|LS)"),
            Field("year", "年份后两位", "last two digits of the year", 2, "[89][0-9]"),
            digits("serial", "顺序号", "serial", 3),
            Field("company", "企业序号", "maker's number", 3, "(?:-[0-9]{1,2})?", 0),
        ),
        good=("PD85105-2", "PD86148-12", "PD85105"),
        bad=("PD8510-2", "PD85105-"),
        likely=86,
        where="text",
        verified=False,
        pages=(pages.PESTICIDES,),
    ),
    Plain(
        id="pesticide-licence",
        name=Text("农药生产许可证号", "pesticide production licence number"),
        grain=Grain.DOCUMENT,
        issuer=_PROVINCES,
        source="农药管理条例第十七条、第十八条; 农药生产许可管理办法",
        layout=(fixed("农药生许("), _PROVINCE, fixed(")"), digits("serial", "顺序号", "serial", 4)),
        good=("农药生许(鲁)0060", "农药生产许可证：农药生许（鲁）0060"),
        bad=("农药生许(鲁)006", "农药生许(鲁0060"),
        likely=95,
        where="written",
        validity=_FIVE_YEARS,
        pages=(pages.PESTICIDES,),
    ),
    Plain(
        id="veterinary-trace",
        name=Text("兽药产品追溯码", "veterinary drug trace code"),
        grain=Grain.INSTANCE,
        issuer=Text("国家兽药产品追溯系统", "the national veterinary drug traceability system"),
        source="农业部公告第 2210 号 (2015); 兽药产品追溯二维码要求",
        layout=(
            digits("date", "申请日期", "date of application", 8),
            digits("enterprise", "企业识别码", "enterprise", 5),
            digits("random", "随机码", "random", 11),
        ),
        good=("202001150012312345678901",),
        bad=("202013150012312345678901", "20200115001231234567890"),
        likely=88,
        checks=(on_day("date"), since("date", 2015)),
        scope=Text("全国唯一，不重复使用", "unique in China, never used again"),
        caution=True,
        pages=(pages.VETERINARY,),
    ),
    Plain(
        id="seed-unit",
        name=Text("种子单元识别代码", "seed unit code"),
        grain=Grain.INSTANCE,
        issuer=Text("种子生产经营者", "seed producers and traders"),
        source="农作物种子标签二维码编码规则 (农办种, 2016-09-18)",
        layout=(
            Field(
                "unit",
                "单元识别代码（企业自编）",
                "unit code, the enterprise's own",
                20,
                "[0-9A-Za-z]",
                1,
            ),
        ),
        good=(
            "urn:suyuan:seed-unit:%E6%9F%90%E7%A7%8D%E4%B8%9A:0125727100017593",
            "单元识别代码：0125727100017593",
            (
                "品种名称：郑单958\n生产经营者名称：某种业\n单元识别代码：0125727100017593\n"
                "追溯网址：http://example.cn/s"
            ),
            "郑单958\n某种业\nA723CDfg\nhttps://t.example.cn/A723CDfg",
            "NK 718\r\nABC Seeds\r\nA723CD\r\nhttps://t.example.cn/A723CD",
        ),
        bad=(
            "单元识别代码：",
            "单元识别代码：012572710001759301234",
            "郑单958\n某种业\nA723-CD\nhttps://t.example.cn/A723CD",
            "6901234567892\n6901234567892\n6901234567892\n6901234567892",
        ),
        label="(?:单元识别代码|种子追溯码|种子溯源码|种子识别码)",
        likely=80,
        where="written",
        scope=Text("在生产经营者内唯一", "unique at the producer or trader"),
        scoped=Text("生产经营者", "the producer or trader"),
        pages=(pages.SEEDS,),
    ),
    Plain(
        id="seed-licence",
        name=Text("农作物种子生产经营许可证号", "crop seed licence number"),
        grain=Grain.DOCUMENT,
        issuer=Text("农业农村主管部门", "agriculture authorities"),
        source="种子法第三十一条至第三十三条; 农作物种子生产经营许可管理办法",
        layout=(
            Field("kind", "类别", "kinds", 4, "[A-Z]", least=1),
            fixed("("),
            _PLACE,
            fixed(")农种许字("),
            _YEAR,
            fixed(")第"),
            digits("serial", "顺序号", "serial", 4, 3),
            fixed("号"),
        ),
        good=(
            "D(湘益安)农种许字(2017)第001号",
            "A（京）农种许字（2020）第0001号",
            "BCD（鲁）农种许字（2018）第0001号",
        ),
        bad=("D(湘益安)农种许字(2017)第01号", "(湘益安)农种许字(2017)第001号"),
        likely=95,
        where="written",
        validity=_FIVE_YEARS,
        pages=(pages.SEEDS,),
    ),
    Plain(
        id="forest-seed-licence",
        name=Text("林木种子生产经营许可证号", "forest seed licence number"),
        grain=Grain.DOCUMENT,
        issuer=Text("林业主管部门", "forestry authorities"),
        source="种子法第三十一条至第三十三条; 林木种子生产经营许可证管理办法",
        layout=(
            division(),
            Field("year", "年份", "year", 4, "20[0-9]{2}"),
            digits("serial", "顺序号", "serial", 4),
        ),
        good=("51112320160001",),
        bad=("99112320160001", "51112319160001"),
        likely=46,
        checks=(in_division(spoils=True),),
        validity=_FIVE_YEARS,
    ),
    _feed("添", "饲料添加剂", "additive", "鲁饲添(2014)01234", verified=True),
    _feed("预", "添加剂预混合饲料", "premix", "鲁饲预(2014)01234", verified=True),
    _feed("证", "饲料", "compound", "鲁饲证(2014)01234", verified=False),
    replace(
        _feed("审", "饲料", "inspected", "鲁饲审(2014)01234", verified=False),
        name=Text("饲料生产企业审查合格证号（旧）", "feed maker's certificate number (old)"),
        validity=None,
    ),
    _imported(
        "feed-import",
        "饲准",
        Text("进口饲料和饲料添加剂登记证号", "imported feed registration number"),
        pages.FEED,
    ),
    _imported(
        "veterinary-import",
        "兽药证",
        Text("进口兽药注册证书号", "imported veterinary drug number"),
        pages.VETERINARY,
    ),
    Plain(
        id="feed-additive-approval",
        name=Text("饲料添加剂产品批准文号", "feed additive approval number"),
        grain=Grain.DOCUMENT,
        issuer=_PROVINCES,
        source="饲料和饲料添加剂管理条例；编号见于标签",
        layout=(
            _PROVINCE,
            Field("kind", "类别（添、预）", "kind (additive, premix)", 3, "饲[添预]字?", 2),
            fixed("("),
            _YEAR,
            fixed(")"),
            Field("number", "编号", "number", 6, "(?:[A-Z][0-9]{5}|[0-9]{6})"),
        ),
        good=("鲁饲添字(2014)012345", "鲁饲添（2014）T01234", "苏饲预字（2013）123456"),
        bad=("鲁饲添字(2014)0123", "鲁饲肥字(2014)012345"),
        likely=93,
        where="written",
        verified=False,
        pages=(pages.FEED,),
    ),
    Plain(
        id="veterinary-approval",
        name=Text("兽药产品批准文号", "veterinary drug approval number"),
        grain=Grain.DOCUMENT,
        issuer=_MARA,
        source="兽药产品批准文号管理办法",
        layout=(
            Field("class", "类别", "class", 5, "兽药[生添临]?字", 3),
            Field("year", "年份（旧）", "year (older)", 6, r"(?:\([0-9]{4}\))?", 0),
            digits("province", "省", "province", 2),
            digits("enterprise", "企业", "enterprise", 3),
            digits("product", "产品", "product", 4),
        ),
        good=("兽药生字150010001", "兽药字(2014)150010001"),
        bad=("兽药生字15001000", "兽药水字150010001"),
        likely=94,
        where="written",
        verified=False,
        validity=_FIVE_YEARS,
        pages=(pages.VETERINARY,),
    ),
    Plain(
        id="veterinary-licence",
        name=Text("兽药生产许可证号", "veterinary drug production licence number"),
        grain=Grain.DOCUMENT,
        issuer=_PROVINCES,
        source="兽药管理条例第十一条；编号见于证书",
        layout=(
            fixed("("),
            _YEAR,
            fixed(")兽药生产证字"),
            digits("number", "编号", "number", 5),
            fixed("号"),
        ),
        good=("(2019)兽药生产证字15001号",),
        bad=("(2019)兽药生产证字150号", "(19)兽药生产证字15001号"),
        likely=94,
        where="written",
        verified=False,
        validity=_FIVE_YEARS,
        pages=(pages.VETERINARY,),
    ),
    _fertiliser(
        "fertiliser-registration",
        Text("肥料登记证号", "fertiliser registration number"),
        _MARA,
        Field(
            "kind", "类别（农肥、微生物肥）", "kind (fertiliser, microbial)", 4, "(?:农肥|微生物肥)"
        ),
        good=("农肥(2005)准字0123号", "微生物肥(2012)准字0901号"),
        bad=("农肥(2005)准字01号", "农肥2005准字0123号", "苏农肥(2019)准字0123号"),
    ),
    _fertiliser(
        "fertiliser-registration-of-province",
        Text("肥料登记证号（省级）", "fertiliser registration number of a province"),
        _PROVINCES,
        _PROVINCE,
        fixed("农肥"),
        good=("苏农肥（2019）准字0123号", "京农肥(2010)准字01234号"),
        bad=("某农肥(2019)准字0123号", "农肥(2019)准字0123号", "苏农肥(2019)准字01号"),
    ),
)

_SPACE: Final = re.compile(r"\s+")


def _in_its_case(found: Candidate, cleaned: Cleaned) -> Candidate:
    """A code behind its label as it is written: nobody says that case tells no codes apart."""
    if found.issuer is not None:
        return found
    part = found.parts[0]
    code = _SPACE.sub("", cleaned.text)[-len(part.value) :]
    return replace(
        found,
        canonical=raw_name("-", code),
        parts=(replace(part, value=code),),
        notes=tuple(said for said in found.notes if said.code != "cleaned.case"),
    )


def _with_label(scheme: Scheme) -> Scheme:
    """The seed unit code, read from its whole label too."""
    if scheme.id != "seed-unit":
        return scheme
    alone = scheme.recognise

    def recognise(cleaned: Cleaned) -> Candidate | None:
        whole = labelled_seed(cleaned)
        found = None if whole else alone(cleaned)
        return _in_its_case(found, cleaned) if found else whole

    return replace(scheme, recognise=recognise, keys=(*scheme.keys, "lines"))


TITLE: Final = Text("农业投入品", "Agricultural inputs")
SCHEMES: Final = tuple(_with_label(plain(row)) for row in _ROWS)

"""Codes of livestock, and of the circulation of meat and vegetables: digits without a check."""

from typing import Final

from suyuan.codes import pages
from suyuan.codes.plain import Plain, digits, division, in_division, plain
from suyuan.codes.types import Field, Grain
from suyuan.kit import Text

_NODE: Final = (division(), digits("node", "节点顺序码", "node serial", 3))
_OPERATOR: Final = (*_NODE, digits("operator", "经营者顺序码", "operator serial", 4))
_MOFCOM: Final = "SB/T 10680-2012; 全国肉类蔬菜流通追溯体系建设规范（试行）2010"
_CITIES: Final = Text("流通节点与城市追溯平台", "market nodes and city platforms")
_NODE_SCOPE: Final = Text("由流通节点所在城市编号", "numbered by the city of the node")
_EXISTS: Final = (in_division(spoils=True),)


def _circulation(
    id: str,  # noqa: A002 -- the column's name
    name: Text,
    grain: Grain,
    layout: tuple[Field, ...],
    samples: tuple[str, str],
    likely: int,
) -> Plain:
    operator = ("mv-operator", 13) if len(layout) > len(_OPERATOR) else None
    return Plain(
        id=id,
        name=name,
        grain=grain,
        issuer=_CITIES,
        source=_MOFCOM,
        layout=layout,
        good=samples[:1],
        bad=samples[1:],
        likely=likely,
        checks=_EXISTS,
        verified=False,
        scope=_NODE_SCOPE,
        owner=operator,
    )


_ROWS: Final = (
    Plain(
        id="ear-tag",
        name=Text("畜禽标识（耳标）", "livestock ear tag"),
        grain=Grain.INSTANCE,
        issuer=Text("县级畜牧兽医部门", "county veterinary authorities"),
        source="畜禽标识和养殖档案管理办法（2006年）第八条",
        layout=(
            Field(
                "species",
                "种类（1 猪 2 牛 3 羊）",
                "species (1 pig, 2 cattle, 3 sheep or goat)",
                1,
                "[123]",
            ),
            division(),
            digits("serial", "标识顺序号", "serial", 8),
        ),
        good=("1-370602-00001234",),
        bad=("4-370602-00001234", "1-990602-00001234"),
        likely=70,
        checks=_EXISTS,
        verified=False,
    ),
    _circulation(
        "mv-node",
        Text("肉菜流通节点主体码", "meat and vegetable market node"),
        Grain.PLACE,
        _NODE,
        ("450103309", "990103309"),
        45,
    ),
    _circulation(
        "mv-operator",
        Text("肉菜流通经营者主体码", "meat and vegetable operator"),
        Grain.PARTY,
        _OPERATOR,
        ("3706000040001", "9906000040001"),
        55,
    ),
    _circulation(
        "mv-batch",
        Text("肉菜流通批次码", "meat and vegetable batch"),
        Grain.LOT,
        (*_OPERATOR, digits("batch", "批次流水号", "batch serial", 3)),
        ("3706000040001001", "9906000040001001"),
        40,
    ),
    _circulation(
        "mv-trace",
        Text("肉菜流通追溯码", "meat and vegetable trace code"),
        Grain.LOT,
        (*_OPERATOR, digits("serial", "交易流水号", "transaction serial", 7)),
        ("37060000400010000003", "99060000400010000003"),
        65,
    ),
    Plain(
        id="produce-certificate",
        name=Text("承诺达标合格证编号", "produce certificate number"),
        grain=Grain.DOCUMENT,
        issuer=Text("开具的生产者、收购者，由所用平台编号", "the issuer, numbered by its platform"),
        source="农产品质量安全承诺达标合格证管理办法（农业农村部令2025年第4号）",
        layout=(Field("number", "编号", "number", 32, "[0-9A-Z-]", 6),),
        good=(
            "urn:suyuan:produce-certificate:zj:330106202601010001",
            "承诺达标合格证编号：330106202601010001",
        ),
        bad=("承诺达标合格证 12", "urn:suyuan:produce-certificate:zj:12"),
        label="合格证(?!明)",
        likely=60,
        where="written",
        verified=False,
        scope=Text("在编号平台内唯一", "unique at the numbering platform"),
        scoped=Text("编号的平台", "the platform that numbers it"),
        pages=(pages.PRODUCE,),
    ),
)

_CERTIFICATES: Final = (
    Plain(
        id="quarantine-certificate",
        name=Text("动物检疫证明编号", "animal quarantine certificate number"),
        grain=Grain.DOCUMENT,
        issuer=Text("动物卫生监督机构（官方兽医）", "animal health supervision bodies"),
        source="动物防疫法（2021年）第四十九条至第五十二条; 动物检疫管理办法（2022年）",
        layout=(
            Field("number", "编号（各省不同）", "number, each province's own", 24, "[0-9A-Z]", 8),
        ),
        good=(
            "urn:suyuan:quarantine-certificate:33-product-b:3301234567",
            "动物检疫合格证明（产品B）：3301234567",
            "动物检疫合格证明(动物A) 3301234567",
            "产品B 3301234567",
        ),
        bad=("检疫证明 12", "urn:suyuan:quarantine-certificate:33-product-b:12"),
        label="(?:检疫|动检|动物A|动物B|产品A|产品B)",
        likely=45,
        where="written",
        verified=False,
        scope=Text("在省和证明格式内唯一", "unique within province and form"),
        scoped=Text(
            "省份和证明格式（动物A、动物B、产品A、产品B）",
            "province and form (animal A or B, product A or B)",
        ),
    ),
)

TITLE: Final = Text("畜禽和肉菜流通", "Livestock, meat and vegetables")
SCHEMES: Final = tuple(map(plain, _ROWS + _CERTIFICATES))

"""Application identifiers: how long their data are and what they are called.

GS1 General Specifications §3 / GB/T 16986. Formats: `N6` six digits, `N..8` up to eight,
`X..20` up to twenty of the 82 characters, `N13+X..17` one after the other.
"""

import re
from typing import Final

from msgspec import Struct

from suyuan.kit import Text


class Ai(Struct, frozen=True):
    """One application identifier."""

    name: Text
    pattern: re.Pattern[str]
    is_date: bool = False
    checked: int = 0  # so many first digits end in a check digit


_PIECE = re.compile(r"([NXYD])(\.\.)?([0-9]+)(!?)")
_CHARACTERS = {"N": "[0-9]", "D": "[0-9]", "X": r"[!-\"%-/0-9:-?A-Z_a-z]", "Y": r"[#\-/0-9A-Z]"}

# `D` is a date YYMMDD, `!` marks data that end in a GS1 check digit.
_TABLE = """
00|N18!|系列货运包装箱代码|SSCC
01|N14!|全球贸易项目代码|GTIN
02|N14!|内含项目的 GTIN|GTIN of contents
10|X..20|批号|batch or lot
11|D6|生产日期|production date
12|D6|付款截止日期|due date
13|D6|包装日期|packaging date
15|D6|保质期（最佳食用期）|best before
16|D6|停止销售日期|sell by
17|D6|有效期|expiry
20|N2|产品变体（内部）|internal variant
21|X..20|序列号|serial number
22|X..20|消费产品变体|consumer product variant
235|X..28|第三方序列扩展|third-party serial extension
240|X..30|附加产品标识|additional product id
241|X..30|客户方代码|customer part number
242|N..6|定制产品代码|made-to-order variation
243|X..20|包装组件代码|packaging component
250|X..30|二级序列号|secondary serial number
251|X..30|源实体参考代码|reference to source entity
253|N13!+X..17|文件类型代码|GDTI
254|X..20|位置扩展|GLN extension
255|N13!+N..12|全球优惠券代码|GCN
30|N..8|变量贸易项目中的数量|variable count
37|N..8|内含项目数量|count of contents
400|X..30|客户订单号|customer order
401|X..30|托运标识|GINC
402|N17!|装运标识|GSIN
403|X..30|路径代码|routing code
410|N13!|交货地|ship to
411|N13!|受票方|bill to
412|N13!|供货方|purchased from
413|N13!|最终收货地|ship for
414|N13!|物理位置|physical location (GLN)
415|N13!|开票方|invoicing party
416|N13!|生产或服务地|production or service location
417|N13!|参与方|party (GLN)
420|X..20|交货地邮政编码|postal code
421|N3+X..9|带国家代码的邮政编码|postal code with country
422|N3|原产国|country of origin
423|N..15|初加工国|country of initial processing
424|N3|加工国|country of processing
425|N..15|拆分国|country of disassembly
426|N3|全程加工国|country of full process
427|X..3|原产国区划|origin subdivision
7003|N10|有效日期和时间|expiry date and time
7004|N..4|有效效价|active potency
7005|X..12|捕捞区|catch area
7006|D6|首次冷冻日期|first freeze date
7007|N..12|收获日期|harvest date
7008|X..3|水产物种|species
7009|X..10|渔具类型|fishing gear
7010|X..2|生产方式|production method
8003|N14!+X..16|可回收资产代码|GRAI
8004|X..30|单个资产代码|GIAI
8005|N6|单价|price per unit
8006|N14!+N4|贸易项目组件代码|ITIP
8008|N8+N..4|生产日期与时间|production date and time
8010|Y..30|组件或部件代码|CPID
8011|N..12|组件序列号|CPID serial
8012|X..20|软件版本|software version
8017|N18!|服务提供方关系代码|GSRN provider
8018|N18!|服务接受方关系代码|GSRN recipient
8019|N..10|服务关系实例|service relation instance
8020|X..25|付款单参考号|payment slip
8200|X..70|扩展包装 URL|packaging URL
90|X..30|双方约定信息|mutually agreed
"""
# Trade measures: the fourth digit is the number of decimal places.
_MEASURES = {
    "310": ("净重（千克）", "net weight, kg"),
    "311": ("长度（米）", "length, m"),
    "312": ("宽度（米）", "width, m"),
    "313": ("高度（米）", "height, m"),
    "314": ("面积（平方米）", "area, m²"),
    "315": ("净容积（升）", "net volume, l"),
    "316": ("净体积（立方米）", "net volume, m³"),
    "320": ("净重（磅）", "net weight, lb"),
    "330": ("物流毛重（千克）", "logistic weight, kg"),
    "331": ("物流长度（米）", "logistic length, m"),
    "332": ("物流宽度（米）", "logistic width, m"),
    "333": ("物流高度（米）", "logistic height, m"),
    "335": ("物流容积（升）", "logistic volume, l"),
    "336": ("物流体积（立方米）", "logistic volume, m³"),
    "340": ("物流毛重（磅）", "logistic weight, lb"),
    "356": ("净重（金衡盎司）", "net weight, troy oz"),
    "357": ("净重（盎司）", "net weight, oz"),
}
_AMOUNTS = {
    "390": ("N..15", "应付金额", "amount payable"),
    "391": ("N3+N..15", "应付金额（带币种）", "amount payable with currency"),
    "392": ("N..15", "单品金额", "amount of one item"),
    "393": ("N3+N..15", "单品金额（带币种）", "amount of one item with currency"),
}


def _ai(layout: str, zh: str, en: str) -> Ai:
    pieces = [_PIECE.fullmatch(piece) for piece in layout.split("+")]
    known = [piece for piece in pieces if piece is not None]
    pattern = "".join(
        f"{_CHARACTERS[kind]}{{{'0,' if dots and place else '1,' if dots else ''}{length}}}"
        for place, (kind, dots, length, _) in enumerate(piece.groups() for piece in known)
    )
    return Ai(
        name=Text(zh, en),
        pattern=re.compile(pattern),
        is_date=layout.startswith("D"),
        checked=int(known[0][3]) if known[0][4] else 0,
    )


def _all() -> dict[str, Ai]:
    rows = [line.split("|") for line in _TABLE.strip().splitlines()]
    table = {ai: _ai(layout, zh, en) for ai, layout, zh, en in rows}
    for stem, (zh, en) in _MEASURES.items():
        table |= {f"{stem}{places}": _ai("N6", zh, en) for places in range(6)}
    for stem, (layout, zh, en) in _AMOUNTS.items():
        table |= {f"{stem}{places}": _ai(layout, zh, en) for places in range(10)}
    internal = _ai("X..90", "企业内部信息", "company internal")
    return table | {str(ai): internal for ai in range(91, 100)}


AIS: Final[dict[str, Ai]] = _all()

# Data after these first two digits have a length that everybody knows, so no separator
# follows them (General Specifications figure 7.8.5-2); the number counts the AI too.
FIXED: Final[dict[str, int]] = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "11": 8, "12": 8, "13": 8, "14": 8,
    "15": 8, "16": 8, "17": 8, "18": 8, "19": 8, "20": 4, "31": 10, "32": 10, "33": 10,
    "34": 10, "35": 10, "36": 10, "41": 16,
}  # fmt: skip

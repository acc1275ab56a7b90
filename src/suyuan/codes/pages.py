"""Official pages that answer questions about codes, as data.

The handbook of the field confirms that these services exist and not their addresses. Those that
independent public programs and documents name alike are marked verified, with the day; the pages
themselves were not opened for it. Whoever confirms another sets it so, with source and day.
"""

from typing import Final

from suyuan.codes.types import Page
from suyuan.kit import Text

_NAMED: Final = Text(
    "公开的程序和文档里互不相干的几处写的都是这个网址，2026-11-28 查",
    "named alike in several independent public programs and documents, looked up 2026-11-28",
)

CREDIT: Final = Page(
    Text("国家企业信用信息公示系统", "National Enterprise Credit Information Publicity System"),
    "https://www.gsxt.gov.cn/",
    verified=True,
    confirmed=_NAMED,
)
ORGANISATIONS: Final = Page(
    Text("全国组织机构统一社会信用代码数据服务中心", "National centre of organisation codes"),
    "https://www.cods.org.cn/",
)
GOODS: Final = Page(
    Text("中国商品信息服务平台", "GS1 China's goods information service"), "https://www.gds.org.cn/"
)
VERIFIED_BY_GS1: Final = Page(
    Text("GS1 全球验证服务", "Verified by GS1"),
    "https://www.gs1.org/services/verified-by-gs1",
    verified=True,
    confirmed=_NAMED,
)
FOOD_LICENCES: Final = Page(
    Text("食品生产许可信息查询", "food production licence query"), "https://spscxkcx.gsxt.gov.cn/"
)
DRUGS: Final = Page(
    Text("国家药监局数据查询", "NMPA data query"),
    "https://www.nmpa.gov.cn/datasearch/",
    verified=True,
    confirmed=_NAMED,
)
DRUG_TRACE: Final = Page(
    Text("码上放心追溯平台", "Mashangfangxin drug traceability platform"),
    "https://www.mashangfangxin.com/",
)
PESTICIDES: Final = Page(
    Text("中国农药信息网", "China Pesticide Information Network"),
    "http://www.chinapesticide.org.cn/",
)
VETERINARY: Final = Page(
    Text("国家兽药产品追溯系统（中国兽药信息网）", "National veterinary drug traceability system"),
    "http://www.ivdc.org.cn/",
)
SEEDS: Final = Page(
    Text("中国种业大数据平台", "China seed industry data platform"), "http://www.seedchina.com.cn/"
)
FEED: Final = Page(Text("农业农村部政务服务平台", "MARA services"), "https://zwfw.moa.gov.cn/")
PRODUCE: Final = Page(
    Text("国家农产品质量安全追溯管理信息平台", "National produce traceability platform"),
    "http://www.qsst.moa.gov.cn/",
)
ORGANIC: Final = Page(
    Text("中国食品农产品认证信息系统", "CNCA food and produce certification system"),
    "http://food.cnca.cn/",
)
EQUIPMENT: Final = Page(
    Text("全国特种设备公示信息查询平台", "National special equipment query"),
    "https://cnse.e-cqs.cn/",
)
CUSTOMS: Final = Page(
    Text("海关商品税则查询", "Customs tariff query"), "http://online.customs.gov.cn/"
)
DIVISIONS: Final = Page(
    Text("民政部全国行政区划信息查询平台", "Ministry of Civil Affairs, divisions"),
    "http://xzqh.mca.gov.cn/",
    verified=True,
    confirmed=_NAMED,
)
CHEMICALS: Final = Page(
    Text("CAS 通用化学品查询", "CAS Common Chemistry"),
    "https://commonchemistry.cas.org/",
    verified=True,
    confirmed=_NAMED,
)
EC_INVENTORY: Final = Page(
    Text("欧洲化学品管理局化学品数据库", "ECHA chemicals database"), "https://chem.echa.europa.eu/"
)
UN_LIST: Final = Page(
    Text("联合国《关于危险货物运输的建议书》", "UN Model Regulations"),
    "https://unece.org/transport/dangerous-goods",
    verified=True,
    confirmed=_NAMED,
)
STANDARDS: Final = Page(
    Text("全国标准信息公共服务平台", "National public service platform for standards"),
    "https://std.samr.gov.cn/",
)

_UNKNOWN: Final = Text(
    "我们不知道有公开的官方查询页；请问签发它的机关。",
    "We know of no official page that answers the public; ask the authority that issued it.",
)
_CLOSED: Final = Text(
    "没有公开的查询页：这类编码只由主管部门查。",
    "There is no page for the public: the authorities alone look these up.",
)
_OWN: Final = Text(
    "没有官方查询页：由企业自己编，请问编它的企业。",
    "There is no official page: an enterprise numbers these itself; ask the one that did.",
)
_CITIES: Final = Text(
    "没有全国的查询页：请问流通节点所在城市的追溯平台。",
    "There is no national page: ask the traceability platform of the market's city.",
)
_NOBODY: Final = Text(
    "没有官方查询页：没有登记处，谁都可以生成。",
    "There is no official page: anybody makes these, and nobody registers them.",
)
UNASKED: Final[dict[str, Text]] = {
    **dict.fromkeys(
        ("fireworks-licence", "ecode", "qs-licence", "production-licence", "handle", "idcode",
         "production-licence-of-province", "forest-seed-licence", "ear-tag", "epc",
         "quarantine-certificate"),
        _UNKNOWN,
    ),
    **dict.fromkeys(("detonator", "resident-id"), _CLOSED),
    **dict.fromkeys(("lot", "item", "class", "holding", "document", "site", "party"), _OWN),
    **dict.fromkeys(("mv-node", "mv-operator", "mv-batch", "mv-trace"), _CITIES),
    **dict.fromkeys(("uuid", "uri"), _NOBODY),
}  # fmt: skip
"""What is said of schemes without such a page, by scheme: that there is none, or none we know."""

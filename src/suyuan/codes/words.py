"""The words by which labels call the codes of each scheme."""

import re
from typing import Final

_BOOKS: Final = "IS[BSM]N|书号|(?<!统一)刊号"
# China's own number of a periodical, 国内统一刊号 CN11-2222, is no part of GS1.
_WORDS: Final = {
    "gtin": f"GTIN|EAN|UPC|UDI|条码|店内码|条形码|商品码|商品编码|69码|\\bDI|{_BOOKS}",
    "sgtin": "UDI",
    "gln": "GLN|位置码",
    "sscc": "SSCC|物流单元|箱码|托盘",
    "ginc": "GINC|托运|运单|单据",
    "gsin": "GSIN|装运|发运|发货",
    "gdti": "GDTI|单据|文件|票据",
    "grai": "GRAI|可回收|周转|循环|托盘",
    "giai": "GIAI|资产|设备",
    "cpi": "CPI(?:D)?(?![A-Z])|部件|零件|组件|配件",
    "itip": "ITIP|组件",
    "gmn": "GMN|型号",
    "gcn": "GCN|优惠券",
    "gsrn": "GSRN|服务关系",
    "gsrnp": "GSRN|服务关系",
    "uscc": "USCC|信用代码|税号|纳税人|营业执照",
    "organisation-code": "组织机构代码",
    "registration-number-old": "注册号|工商|营业执照",
    "division": "区划",
    "hs-code": "HS|海关|税则|税号|商品编号|商品编码",
    "un-number": "UN|联合国|危",
    "cas": "CAS|化学文摘",
    "ec-number": "(?<![A-Z])EC(?![A-Z])|EINECS|ELINCS|欧盟|欧洲",
    "ear-tag": "耳标|畜禽标识|标识码",
    "drug-trace": "药|电子监管码|追溯码",
    "drug-standard-code": "本位码|国家药品编码",
    "veterinary-trace": "兽药|追溯码",
    "mv-trace": "肉|菜|流通|追溯码",
    "mv-batch": "肉|菜|流通|批次",
    "mv-operator": "肉|菜|流通|经营者|商户|主体",
    "mv-node": "肉|菜|流通|节点|市场|主体",
    "organic-mark": "有机",
    "pesticide-unit": "农药|单元识别",
    "detonator": "雷管|管码|壳码",
    "special-equipment": "设备",
    "special-equipment-old": "注册代码|设备|电梯",
    "special-equipment-registration": "注册代码|设备",
    "forest-seed-licence": "林木|林草|种苗",
    "produce-certificate": "合格证",
    "quarantine-certificate": "检疫|动检",
    "cylinder": "瓶",
    "lot": "批号|批次|LOT|BATCH",
    "item": "序列|出厂|(?<![A-Z])SN|S/N|SERIAL",
}
# Words that name one scheme and no other.
_MEANT: Final = {
    "gtin": f"GTIN|EAN(?:-?(?:8|13))?|UPC|UDI|DI|条形?码|店内码|69码|{_BOOKS}",
    "sscc": "SSCC",
    "gln": "GLN|全球位置码",
    "uscc": "USCC|信用代码",
    "organisation-code": "组织机构代码",
    "registration-number-old": "工商注册号|营业执照.{0,2}注册号",
    "hs-code": "HS|海关商品编[号码]|税则号",
    "cas": "CAS",
    "ec-number": "EC|EINECS|ELINCS",
    "ear-tag": "耳标|畜禽标识",
    "drug-trace": "药品追溯码|药品电子监管码",
    "drug-standard-code": "本位码",
    "drug-approval": "国药准字|药品批准文号",
    "sc-licence": "食品(?:添加剂)?生产许可",
    "jy-licence": "食品经营许可",
    "organic-mark": "有机码",
    "pesticide-unit": "农药.{0,4}单元识别",
    "pesticide-registration": "农药登记证",
    "veterinary-trace": "兽药.{0,4}追溯码",
    "mv-trace": "肉菜.{0,4}追溯码",
    "special-equipment": "特种设备代码|^设备代码",
    "special-equipment-registration": "注册代码",
    "detonator": "雷管",
}
# Words in the middle of a code, which say whose it is also where its beginning is missing.
_SPOKEN: Final = {
    "seed-licence": "农种许字",
    "pesticide-licence": "农药生许",
    "drug-approval": "国药准字",
    "equipment-use-registration": r"\A[锅容管瓶梯起索游车][0-9]{2}[\u4e00-\u9fff][A-Z0-9]",
}
BOOKS: Final = re.compile(_BOOKS, re.IGNORECASE)
SPEAKING: Final = {scheme: re.compile(spoken) for scheme, spoken in _SPOKEN.items()}
SAID_SO: Final = {
    scheme: re.compile(rf"(?<![A-Za-z])(?:{words})(?![A-Za-z])", re.IGNORECASE)
    for scheme, words in _MEANT.items()
}
CALLED: Final = {scheme: re.compile(words, re.IGNORECASE) for scheme, words in _WORDS.items()}

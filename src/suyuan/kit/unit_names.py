"""What units are called, and which codes there are (UN/CEFACT Recommendations 20 and 21)."""

import re
from typing import Final

from suyuan.kit.text import Text

UNIT_NAMES: Final = {
    "KGM": Text("千克", "kg"), "GRM": Text("克", "g"), "MGM": Text("毫克", "mg"),
    "MC": Text("微克", "µg"), "TNE": Text("吨", "t"), "DTN": Text("公担（100 千克）", "100 kg"),
    "HGM": Text("百克", "100 g"), "CGM": Text("厘克", "cg"), "LBR": Text("磅", "lb"),
    "ONZ": Text("盎司", "oz"), "APZ": Text("金衡盎司", "troy oz"), "STN": Text("短吨", "short ton"),
    "LTN": Text("长吨", "long ton"),
    "LTR": Text("升", "L"), "MLT": Text("毫升", "mL"), "CLT": Text("厘升", "cL"),
    "DLT": Text("分升", "dL"), "HLT": Text("百升", "hL"), "MTQ": Text("立方米", "m³"),
    "DMQ": Text("立方分米", "dm³"), "CMQ": Text("立方厘米", "cm³"), "MMQ": Text("立方毫米", "mm³"),
    "GLL": Text("美制加仑", "US gal"), "GLI": Text("英制加仑", "UK gal"),
    "BLL": Text("桶（石油）", "bbl"), "FTQ": Text("立方英尺", "ft³"),
    "MTR": Text("米", "m"), "DMT": Text("分米", "dm"), "CMT": Text("厘米", "cm"),
    "MMT": Text("毫米", "mm"), "KMT": Text("千米", "km"), "INH": Text("英寸", "in"),
    "FOT": Text("英尺", "ft"), "YRD": Text("码", "yd"), "SMI": Text("英里", "mi"),
    "NMI": Text("海里", "nmi"),
    "MTK": Text("平方米", "m²"), "CMK": Text("平方厘米", "cm²"), "DMK": Text("平方分米", "dm²"),
    "KMK": Text("平方千米", "km²"), "HAR": Text("公顷", "ha"),
    "C62": Text("件", "pcs"), "EA": Text("个", "each"), "H87": Text("只", "pieces"),
    "PR": Text("对", "pairs"), "DZN": Text("打", "dozens"), "CEN": Text("百件", "hundreds"),
    "MIL": Text("千件", "thousands"),
    "SEC": Text("秒", "s"), "MIN": Text("分钟", "min"), "HUR": Text("小时", "h"),
    "DAY": Text("天", "days"),
    "PAL": Text("帕", "Pa"), "KPA": Text("千帕", "kPa"), "MPA": Text("兆帕", "MPa"),
    "BAR": Text("巴", "bar"), "MBR": Text("毫巴", "mbar"),
    "KEL": Text("开", "K"), "CEL": Text("℃", "°C"), "FAH": Text("华氏度", "°F"),
    "P1": Text("%", "%"),
}  # fmt: skip

_WORDS: Final = {
    "kilo": "KGM", "kilos": "KGM", "kilogram": "KGM", "kilograms": "KGM", "公斤": "KGM",
    "gram": "GRM", "grams": "GRM", "tonne": "TNE", "tonnes": "TNE", "公吨": "TNE",
    "litre": "LTR", "litres": "LTR", "liter": "LTR", "liters": "LTR", "公升": "LTR",
    "metre": "MTR", "metres": "MTR", "meter": "MTR", "meters": "MTR", "公尺": "MTR",
    "celsius": "CEL", "摄氏度": "CEL", "percent": "P1", "piece": "H87", "个": "EA",
}  # fmt: skip
"""Words for units. None has the form of a code, which it would take from whom it is given to."""
_FORM: Final = re.compile("[A-Z0-9]{2,3}")
_LIKE_SYMBOLS: Final = frozenset(("CG", "HA"))
"""Codes (a card, a hank) that look like symbols of units which have another."""


def unit_name(code: str) -> Text:
    """What a unit is called; one that is not known, its code."""
    return UNIT_NAMES.get(code, Text(code, code))


def meant_unit(text: str) -> str | None:
    """The code meant by a unit's symbol (`KG`: KGM) or name, or by the code in small letters."""
    folded = text.casefold()
    if folded in _WORDS:
        return _WORDS[folded]
    found = (code for code, name in UNIT_NAMES.items() if folded in _called(code, name))
    return next(found, None)


def _called(code: str, name: Text) -> tuple[str, str, str]:
    return code.casefold(), name.en.casefold(), name.zh


def is_unit_code(code: str) -> bool:
    """Whether it may be a code of UN/CEFACT Recommendation 20 or 21, of whatever revision.

    What is the symbol of a unit and none of the codes is meant as that (KG: no code, but KGM).
    """
    has_form = _FORM.fullmatch(code) is not None
    return has_form and (code in UNIT_NAMES or code in _LIKE_SYMBOLS or meant_unit(code) is None)

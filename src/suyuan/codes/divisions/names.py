"""Takes the name of a division; gives its short name, its pinyin and an English name."""

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final
from unicodedata import combining, normalize

SUFFIXES: Final = {
    "特别行政区": "Special Administrative Region",
    "行政委员会": "Administrative Committee",
    "自治区": "Autonomous Region",
    "自治州": "Autonomous Prefecture",
    "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner",
    "联合旗": "Joint Banner",
    "地区": "Prefecture",
    "林区": "Forestry District",
    "矿区": "Mining District",
    "特区": "Special District",
    "新区": "New District",
    "省": "Province",
    "市": "City",
    "盟": "League",
    "区": "District",
    "县": "County",
    "旗": "Banner",
}
"""What kinds of division are called, the longer endings before those they end in."""

_PEOPLES_NAMES: Final = {
    "蒙古": "Mongol", "回": "Hui", "藏": "Tibetan", "维吾尔": "Uygur", "苗": "Miao", "彝": "Yi",
    "壮": "Zhuang", "布依": "Buyei", "朝鲜": "Korean", "满": "Manchu", "侗": "Dong", "瑶": "Yao",
    "白": "Bai", "土家": "Tujia", "哈尼": "Hani", "哈萨克": "Kazak", "傣": "Dai", "黎": "Li",
    "傈僳": "Lisu", "佤": "Va", "畲": "She", "拉祜": "Lahu", "水": "Sui", "东乡": "Dongxiang",
    "纳西": "Naxi", "景颇": "Jingpo", "柯尔克孜": "Kirgiz", "土": "Tu", "达斡尔": "Daur",
    "仫佬": "Mulao", "羌": "Qiang", "布朗": "Blang", "撒拉": "Salar", "毛南": "Maonan",
    "仡佬": "Gelao", "锡伯": "Xibe", "普米": "Pumi", "塔吉克": "Tajik", "怒": "Nu",
    "鄂温克": "Ewenki", "保安": "Bonan", "裕固": "Yugur", "独龙": "Derung", "各": "Multi-ethnic",
}  # fmt: skip
"""Peoples in names of autonomous divisions, in English (after GB/T 3304-1991)."""

_BARE: Final = "维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯|蒙古"
PEOPLES: Final = re.compile(f"({'|'.join(_PEOPLES_NAMES)})族|(?<=..)({_BARE})$")
"""Peoples in a name without its kind: 大理白族, and without 族 博尔塔拉蒙古, but not 内蒙古."""

_AUTONOMOUS: Final = ("自治州", "自治县", "自治旗")
"""Kinds that are called by their last letter alone; 西藏区 is said by nobody."""

_LETTERS: Final = (
    "11京 12津 13冀 14晋 15蒙 21辽 22吉 23黑 31沪 32苏 33浙 34皖 35闽 36赣 37鲁 "
    "41豫 42鄂 43湘 44粤 45桂 46琼 50渝 51川 51蜀 52贵 52黔 53云 53滇 54藏 "
    "61陕 61秦 62甘 62陇 63青 64宁 65新 71台 81港 82澳"
)
ABBREVIATIONS: Final = {each[2]: each[:2] for each in _LETTERS.split()}
"""One-letter names of the provinces, to the first two digits of their codes."""

_MUNICIPALITY: Final = "Municipality"
_KINDS: Final = re.compile(
    rf"\S\s+(?:{'|'.join((*SUFFIXES.values(), _MUNICIPALITY))})", re.IGNORECASE
)
_COLLECTIVE: Final = {"市辖区": "Districts", "县": "Counties", "市": "Cities"}
_FIRST_WIDE: Final = "\u2e80"
"""Where Chinese letters begin."""

_DIRECT: Final = "Counties governed directly"


def is_collective(name: str) -> bool:
    """Whether a name only groups what is below it, as «districts» or «directly governed»."""
    return name in {*_COLLECTIVE, "直辖县"} or "直辖" in name


def short_name(name: str) -> str:
    """The name without kind and peoples: 杭州市 → 杭州, 广西壮族自治区 → 广西; 郫县 stays 郫县."""
    core = core_name(name)
    return name if core == name else PEOPLES.sub("", core) or core


def called(name: str) -> set[str]:
    """The name, its short name and, of an autonomous division below a province, daily names.

    凉山彝族自治州 → 凉山, 凉山州, 凉山自治州; 长阳土家族自治县 → 长阳, 长阳县, 长阳自治县.
    """
    short = short_name(name)
    kind = next((each for each in _AUTONOMOUS if name.endswith(each)), "")
    daily = {f"{short}{kind}", f"{short}{kind[-1]}"} if kind else set()
    return {name, short, *daily}


def pinyin(name: str) -> str:
    """The name's syllables in one word (GB/T 16159, GB/T 28039): Lu'an, Dong'e, Hangzhou."""
    syllables = _syllables(name)
    head = syllables[0] if syllables else ""
    return (head + "".join(_after(each) for each in syllables[1:])).capitalize()


def latin(name: str) -> str:
    """A name without its kind in Latin letters: as its own language writes it, else pinyin."""
    known = _customary().get(name)
    return known[0] if known else pinyin(name)


def english(name: str, *, of_province: bool = False) -> str:
    """An English name: Latin letters, as custom has them, and the kind of division."""
    if of_province and name.endswith("市"):
        return f"{latin(core_name(name))} {_MUNICIPALITY}"
    if is_collective(name):
        return _COLLECTIVE.get(name, _DIRECT)
    core = core_name(name)
    people = PEOPLES.search(core)
    cut = people.start() if people and people.start() else len(core)
    named = (each[1] or each[2] for each in PEOPLES.finditer(core))
    peoples = " and ".join(_PEOPLES_NAMES[each] for each in named) if cut < len(core) else ""
    kind = next((said for ending, said in SUFFIXES.items() if name.endswith(ending)), "")
    own = latin(name) if name in _customary() else latin(core[:cut])
    return " ".join(each for each in (own, peoples, kind) if each)


def spellings(name: str) -> set[str]:
    """How the name may be typed in Latin letters: with its kind and without, in one word."""
    said = english(name)
    kind = next((each for each in SUFFIXES.values() if said.endswith(f" {each}")), "")
    plain = ("".join(_syllables(each)) for each in (core_name(name), *called(name)))
    own = _customary().get(name) or _customary().get(short_name(name), ())
    typed = (*own, *(f"{each} {kind}" for each in own), said, said.removesuffix(kind))
    if kind == SUFFIXES["市"]:
        typed = (*typed, f"{said.removesuffix(kind)}{_MUNICIPALITY}")
    bare = (without_marks(each) for each in typed)
    return {spelling(each) for each in (*plain, *typed, *bare)}


def is_latin(text: str) -> bool:
    """Whether no Chinese letter stands in it."""
    return all(letter < _FIRST_WIDE for letter in text)


def may_be_word(name: str) -> bool:
    """Whether it is of Latin letters and says no kind of division: Anda, but not Anda City."""
    ends = (found.end() for found in _KINDS.finditer(name))
    return is_latin(name) and len(name) not in ends


def spelling(text: str) -> str:
    """Latin letters as they are compared: lower case, no spaces or apostrophes, ü as v."""
    return re.sub(r"[\s'’-]", "", text.lower()).replace("ü", "v")


def without_marks(text: str) -> str:
    """As it is typed without the marks over its letters: Ürümqi as Urumqi."""
    return "".join(each for each in normalize("NFD", text) if not combining(each))


def core_name(name: str) -> str:
    """The name without its kind alone: 延边朝鲜族自治州 → 延边朝鲜族."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def _after(syllable: str) -> str:
    return f"'{syllable}" if syllable[:1] in "aeo" else syllable


def _syllables(name: str) -> list[str]:
    readings = _readings()
    core = core_name(name)
    if core in readings and core != name:
        return [*readings[core].split(), *_syllables(name.removeprefix(core))]
    if name in readings:
        return readings[name].split()
    return [readings[letter] for letter in name if letter in readings]


@lru_cache(maxsize=1)
def _readings() -> dict[str, str]:
    return {row[0]: row[1] for row in _rows("pinyin.tsv")}


@lru_cache(maxsize=1)
def _customary() -> dict[str, tuple[str, ...]]:
    """Names that are not read as Chinese ones, as shown and as typed otherwise."""
    return {
        row[0]: (row[1], *(each.strip() for other in row[2:] for each in other.split(",")))
        for row in _rows("customary.tsv")
    }


def _rows(name: str) -> list[list[str]]:
    text = files("suyuan.codes.divisions").joinpath("data", name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]

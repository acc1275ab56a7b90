"""Freeing a code from what keyboards, pages and scanners add, and saying so."""

import re
from typing import Final

from suyuan.codes.gs1_ais import AIS
from suyuan.codes.gs1_keys import KEYS
from suyuan.codes.types import LONGEST, WIDE, Cleaned, Note
from suyuan.codes.unescaped import plain_digits, without_markup
from suyuan.kit import Text

_GROUP_SEPARATOR = "\x1d"
_CHINESE_BRACKETS = "【】〔〕「」《》〈〉"
UNSEEN: Final = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_LONG_DASHES = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_PARTING = r"\s\-_./:,;()\[\]·*'\""
FORGIVEN: Final = f"{_PARTING}{_CHINESE_BRACKETS}{UNSEEN}{_LONG_DASHES}"
"""What may part the characters of a code and is read over, as a regular expression's class."""

_BRACKETS = str.maketrans(_CHINESE_BRACKETS, "()" * 5)
_CORNERED = re.compile(f"[{_CHINESE_BRACKETS}]")
_WIDE = re.compile("[\uff01-\uff5e\u3000]")
_INVISIBLE = re.compile(f"[{UNSEEN}]")
_DASHES = re.compile(f"[{_LONG_DASHES}]")
_SEPARATOR_SPELLED = re.compile(
    r"\s{0,3}(?:<GS>|\{GS\}|\[GS\]|\(GS\)|[<{\[(^]FNC-?1[>}\])]?|<F1>|<0?x1D>|\\x1d|\\u001d|&#29;|&#x1d;|\u241d)\s{0,3}",
    re.IGNORECASE,
)
_MAY_SPELL = re.compile(r"[<{\[(^\\&\u241d](?:(?<=\u241d)|GS|F|0?x|u0|#)", re.IGNORECASE)
"""What each of those begins with, behind the spaces before it; most texts have none."""

# Without anything around it only where the text begins so: it may stand in a lot number.
_SPELLED_BARE = re.compile(r"\s{0,3}FNC-?1\s{0,3}(?=[0-9]{2}|[(\[][0-9]{2,4}[)\]])", re.IGNORECASE)
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]\s{0,3}")
_HAN: Final = r"[\u3400-\u9fff]"
_LATIN: Final = (
    r"(?:№|(?:GTIN|EAN|UPC|SSCC|S?GLN|UDI|DI|PI|CAS|EC(?!-[0-9])|EINECS|ELINCS|USCC|HS|EPC|IS[BSM]N|QR|ID|SN|S/N|LOT|BATCH|SERIAL|TRACE|"
    r"CODE|BARCODE|QRCODE|DATA\s?MATRIX|GS1|CODE[-\s]?128|UUID|NUMBER|NO|NR|UN(?=\s?(?:NO|NUMBER|CODE|编号|号|代码)))(?:-?(?:8|12|13|14|128|A|E|DI|PI))?"
    r"(?![A-Za-z0-9]))"
)
# A colon ends the words, unless another label stands behind it: 编号：LOT B7.
_COLON: Final = rf"\s?[:=]\s?(?={_LATIN}[\s:=]|{_HAN}{{1,30}}+\s?[:=])"
# Words before a code; Latin ones only if labels use them, and if something parts them from it.
_LABEL = re.compile(
    rf"(?=(?P<words>(?:(?:{_HAN}{{1,30}}+|{_LATIN}|\((?:{_HAN}{{1,30}}|{_LATIN})\))(?:{_COLON}|[\s./·_\-]{{0,3}}+)){{1,6}}))(?P=words)"
    rf"[\s:=#“‘「『«‹\"']{{0,4}}+"
    rf"(?:(?<=[\s:=#)“‘「『«‹\"'№\u3400-\u9fff])(?=[0-9A-Za-z])|(?<=[.\-])(?=[0-9])|(?=[(\[{{\]\x1d]))"
    r"|(?:GTIN|EAN|UPC|SSCC|S?GLN)(?=[0-9]{8})|USCC(?=[0-9A-Z]{18})|CAS(?=[0-9]{2,7}-[0-9]{2}-[0-9])",
    re.IGNORECASE,
)
# A word that stands twice before a code, of which the second may be the code's own: Ecode:Ecode:1
_DOUBLED = re.compile(r"([A-Za-z]{2,12})\s?:\s?(?=\1\s?:)", re.IGNORECASE)
_SPACES: Final = " \t\r\n\v\f\u00a0\u0085\u2028\u2029"
_BREAKS: Final = f"。．，、；：！？…{_SPACES}"
_TAIL: Final = f"～”’」』»›》〉{_BREAKS}"
_NUMBER_SIGN = re.compile(r"(?<=[0-9A-Za-z])号\Z")
_QUOTES: Final = {
    "“": "”", "‘": "’", "「": "」", "『": "』", "«": "»", "‹": "›", "《": "》", "〈": "〉",
    "【": "】", "（": "）", "`": "`", "<": ">", "(": ")", "[": "]", "{": "}", "”": "”",
    '"': '"', "'": "'",
}  # fmt: skip
_FNC1_FIRST = frozenset(("]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1", "]h1"))
_ADDRESS = re.compile(r"\(|https?:|urn:", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ROUND = str.maketrans("[]{}", "()()")
_AI = re.compile(r"[(\[]\s?([0-9]{2,4})\s?[)\]]")
# Application identifiers as people bracket them; none of `[]{}` or a space can be data of GS1.
_AI_BRACKETS = re.compile(
    r"(?<!\\)(?:\(\s*([0-9]{2,4})\s*\)|\[\s*([0-9]{2,4})\s*\]|\{\s*([0-9]{2,4})\s*\}"
    r"|<\s*([0-9]{2,4})\s*>)"
)
_LINES = re.compile(r" {0,3}[\r\n\t]\s{0,8}(?=\([0-9]{2,4}\))")
_AI_UNOPENED = re.compile(r"([0-9]{2,4})\s{0,3}[)\]}]")
_SPACE = re.compile(r"\s+")
_NOT_BARE = re.compile(r"[^0-9A-Za-z]+")
_MASK: Final = "*" * 9
# Behind Chinese words the year of a paper, whose number is no code by itself.
# What spreadsheets make of a code: a formula that keeps it text, a sign that does, a number.
_TABLE: Final = re.compile(r"=\"([^\"]*)\"|'(?=[0-9A-Za-z(])([^']*)|([0-9]{8,20})\.0{1,2}")
_YEAR = re.compile(r"[(\[]\s?(?:19|20)[0-9]{2}\s?[)\]]")
_BARE_FORGIVEN = re.compile(f"[{_PARTING}]*")

_NOTES = {
    "wide": Text("全角字符已转为半角", "full-width characters were read as half-width"),
    "brackets": Text("中文括号已转为普通括号", "Chinese brackets were read as plain ones"),
    "invisible": Text("已去掉不可见字符", "invisible characters were removed"),
    "dashes": Text("特殊连字符已转为“-”", "typographic dashes were read as '-'"),
    "ai-brackets": Text(
        "应用标识符的括号已改成 (01) 的写法",
        "the brackets around application identifiers were read as (01)",
    ),
    "markup": Text("已去掉网页的标记", "marks of a web page were removed"),
    "digits": Text("带圈等写法的数字已转为 0–9", "digits of other forms were read as 0 to 9"),
    "space": Text("已去掉首尾空白", "surrounding white space was removed"),
    "lines": Text(
        "各行的应用标识符已连成一行读",
        "application identifiers on lines of their own were read together",
    ),
    "symbology": Text("已去掉扫描器前缀", "the scanner's symbology prefix was removed"),
    "separator": Text("已识别写成文字的分隔符", "a spelled-out group separator was read"),
    "quotes": Text("已去掉两边的引号或括号", "quotation marks or brackets around it were removed"),
    "table": Text(
        '已去掉电子表格加上的 ="…"、\' 或 .0',
        'what a spreadsheet had added was removed (="…", \' or .0)',
    ),
    "lead": Text("已去掉前面的标点", "marks before the code were removed"),
    "tail": Text("已去掉末尾的标点", "marks after the code were removed"),
    "number-sign": Text("已去掉末尾的“号”字", "the word for number after the code was removed"),
    "label": Text("已去掉前面的文字说明", "the label before the code was removed"),
    "case": Text("小写字母已转为大写", "lower-case letters were read as upper-case"),
    "parted": Text("已去掉空格和连字符", "spaces and dashes were removed"),
}


def clean(received: str) -> Cleaned:
    """The text as it is read; never fails, linear in its length, 10 kB at most are read."""
    text = received[:LONGEST]
    marks: list[str] = []

    def step(mark: str, after: str) -> str:
        if after != text:
            marks.append(mark)
        return after

    text = step("space", text.strip(_SPACES))
    if not text.isascii():
        text = step("invisible", _INVISIBLE.sub("", text))
        text = step("lead", text.lstrip(_BREAKS))
        text = step("tail", text.rstrip(_BREAKS))
    text = step("quotes", _unwrapped(text))
    text = step("table", _untabled(text))
    if not text.isascii():
        text = step("tail", text.rstrip(_TAIL))
        text = step("wide", text.translate(WIDE) if _WIDE.search(text) else text)
        text = step("brackets", text.translate(_BRACKETS) if _CORNERED.search(text) else text)
        text = step("dashes", _DASHES.sub("-", text))
    text = step("label", _once(text) if ":" in text else text)
    text = step("separator", _separated(text))
    text = step("markup", without_markup(text) if "&" in text or "<" in text else text)
    text = step("digits", text if text.isascii() else plain_digits(text))
    text = step("space", text.strip(_SPACES))
    symbology = _symbology(text)
    text = step("symbology", _without_symbology(text) if symbology else text)
    written = _written(text) if _CHINESE.search(text) else ""
    written_marks = [*marks, "case"] if written and text.upper() != text else marks
    written_notes = _notes(written_marks) if written else ()
    found = _LABEL.match(text)
    label = found[0] if found else ""
    text = step("label", text[len(label) :])
    if label:
        text = step("separator", _separated(text))
        symbology = symbology or _symbology(text)
        text = step("symbology", _without_symbology(text) if text[:1] == "]" else text)
    text = step("ai-brackets", _ai_bracketed(text))
    text = step("lines", _on_one_line(text) if text[:1] == "(" else text)
    text = step("number-sign", _NUMBER_SIGN.sub("", text))
    cased = "" if label and _YEAR.match(text) else _cased(text)
    bare = cased.upper()
    bare_marks = (["case"] if bare != cased else []) + (["parted"] if cased != text else [])
    said = _notes(bare_marks) if bare else ()
    return Cleaned(
        received, text, bare, cased, written, _notes(marks), said, written_notes, label, symbology
    )


def _once(text: str) -> str:
    """Without the first of two words that are the same."""
    twice = _DOUBLED.match(text)
    return text[twice.end() :] if twice else text


def _unwrapped(text: str) -> str:
    """What stands between one pair of quotation marks or brackets, or two."""
    for _ in range(2):
        opened, inner = text[:1], text[1:-1]
        closing = _QUOTES.get(opened)
        if closing is None or text[-1:] != closing or opened in inner or closing in inner:
            break
        text = inner.strip(_SPACES)
    return text


def _untabled(text: str) -> str:
    """A cell's content without what a spreadsheet puts around it, or behind a number."""
    found = _TABLE.fullmatch(text)
    return found[found.lastindex or 0] if found else text


def _separated(text: str) -> str:
    if _MAY_SPELL.search(text):
        text = _SEPARATOR_SPELLED.sub(_GROUP_SEPARATOR, text)
    if _SPELLED_BARE.match(text):
        text = _SPELLED_BARE.sub(_GROUP_SEPARATOR, text)
    return text[1:] if text[:1] == _GROUP_SEPARATOR and text[1:2] in {"(", "["} else text


def _ai_bracketed(text: str) -> str:
    """An element string with round brackets, and no spaces in them; any other text as it is."""
    unopened = _AI_UNOPENED.match(text)
    if unopened and unopened[1] in KEYS:  # of others it may number a list
        text = f"({unopened[1]}){text[unopened.end() :]}"
    begun = _AI_BRACKETS.match(text)
    if begun is None or begun[begun.lastindex or 0] not in AIS:
        return text
    return _AI_BRACKETS.sub(lambda found: f"({found[found.lastindex or 0]})", text)


def _on_one_line(text: str) -> str:
    """An element string whose identifiers stand on lines of their own; of several things as is.

    A key names a thing, so a line that begins with one goes on with none before it that has one.
    """
    begun = _LINES.split(text) if _LINES.search(text) else [text]
    if len(begun) == 1:
        return text
    ais = [found[1] for found in _AI.finditer(text)]
    if len(set(ais)) < len(ais):
        return text
    lines = [begun[0]]
    for gap, line in zip(_LINES.findall(text), begun[1:], strict=True):
        is_other = _holds_key(line) and _holds_key("".join(lines))
        lines.append(gap + line if is_other else line)
    return "".join(lines)


def _holds_key(text: str) -> bool:
    return any(found[1] in KEYS for found in _AI.finditer(text))


def _written(text: str) -> str:
    """A code with Chinese in it: no spaces, upper case, round brackets."""
    return _SPACE.sub("", text).upper().translate(_ROUND)


def _symbology(text: str) -> str:
    found = _SYMBOLOGY.match(text) if text[:1] == "]" else None
    return found[0].rstrip() if found else ""


def _without_symbology(text: str) -> str:
    """Where the prefix says that FNC1 came first, a separator stands for it (ISO/IEC 15424)."""
    rest = _SYMBOLOGY.sub("", text, count=1)
    is_marked = rest and text[:3] in _FNC1_FIRST and not _ADDRESS.match(rest)
    return _GROUP_SEPARATOR + rest if is_marked else rest


def _cased(text: str) -> str:
    """Letters and digits only, if nothing else than separators had to go; else nothing.

    Nothing of an element string: its brackets or separators say that no other scheme is meant.
    Nor where a number has its mask on: what is left of it is no code.
    """
    if _MASK in text:
        return ""
    begun = _AI.match(text)
    if _GROUP_SEPARATOR in text or (begun and begun[1] in AIS):
        return ""
    cased = _NOT_BARE.sub("", text)
    if len(cased) != len(text) and any(
        not _BARE_FORGIVEN.fullmatch(gap) for gap in _NOT_BARE.findall(text)
    ):
        return ""
    return cased


def _notes(marks: list[str]) -> tuple[Note, ...]:
    return tuple(Note(f"cleaned.{mark}", "info", _NOTES[mark]) for mark in dict.fromkeys(marks))

"""Takes a code or a division as people write it; gives it as the registry keeps it, or why not."""

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from itertools import chain
from typing import Final

from msgspec import Struct

from suyuan.codes import Candidate, divisions, making, privacy, read_identifier, recognise
from suyuan.codes.types import Grain
from suyuan.kit import SuyuanError, Text
from suyuan.model import Severity
from suyuan.registry import entitling
from suyuan.templates.types import Remark

_RAW: Final = "urn:suyuan:raw:"
_GLN, _PGLN = "https://id.gs1.org/414/", "https://id.gs1.org/417/"
_NAMES: Final = ("urn:", "http://", "https://")
_SHORT: Final = 40
_MOST_NAMED: Final = 5
_DIGITS: Final = 6
_WANTED: Final[Mapping[str, tuple[Grain, Text]]] = {
    "party": (Grain.PARTY, Text("主体", "a party")),
    "place": (Grain.PLACE, Text("场所", "a site")),
    "class": (Grain.CLASS, Text("产品", "a product")),
}
_NO_CODE: Final = Text("“{given}” 不是{what}的编码。{why}", "'{given}' is no code of {what}. {why}")
_CODES: Final[Mapping[str, Text]] = {
    "party": Text(
        "写统一社会信用代码、全球位置码（GLN）或 urn:suyuan:party:自取的名。",
        "Write a unified social credit code, a GLN, or urn:suyuan:party: and a name of your own.",
    ),
    "place": Text(
        "写全球位置码（GLN）或 urn:suyuan:site:自取的名。",
        "Write a GLN, or urn:suyuan:site: and a name of your own.",
    ),
    "class": Text(
        "写商品条码（GTIN）或 urn:suyuan:product:自取的名；不写批号和序列号。",
        "Write a GTIN, or urn:suyuan:product: and a name of your own; no lot, no serial number.",
    ),
}
_NO_DIVISION: Final = Text(
    "“{given}” 不是行政区划的代码或名称。", "'{given}' is no code or name of a division."
)
_NEAREST: Final = Text("最接近的：{names}。", "Nearest: {names}.")
_SIX: Final = Text("写六位代码，如 330106。", "Write its six digits, as 330106.")
_SEVERAL: Final = Text("“{given}” 不止一个。", "There are several called '{given}'.")
_WHICH: Final = Text("写代码，其一：{names}。", "Write the code, one of: {names}.")
_ENDED: Final = Text("{given} 已不是现行区划。", "{given} is in force no more.")
_TODAY: Final = Text("今属：{names}。", "The area is now in: {names}.")
_NUMBER: Final = Text(
    "“{given}” 像是{scheme}，但校验不对：{why}", "'{given}' looks like {scheme}, and fails: {why}"
)
_COMPARE: Final = Text("请与证照原件核对。", "Compare it with the paper.")


class Read(Struct, frozen=True):
    """A value as it is kept, with what is said of it; a refusal leaves the value empty."""

    value: str
    remark: Remark | None = None


def code(text: str, of: str, resolvers: frozenset[str]) -> Read:
    """The canonical URI of a party, place or class of product."""
    return _named(text, of, resolvers) if text.startswith(_NAMES) else _printed(text, of)


def division(text: str, on: date) -> Read:
    """The code of an administrative division given by its code or its name (GB/T 2260)."""
    if text.isascii() and text.isdigit():
        return _by_code(text, on)
    rows = divisions.named(text, on)
    if len({row.code for row in rows}) == 1:
        return Read(rows[0].code)
    given = privacy.quoted(text, _SHORT)
    if rows:
        cure = _WHICH.format(names=_listed([row.code for row in rows]))
        return _refused("registry.division", _SEVERAL.format(given=given), cure)
    near = _near(text, {row.name: row.code for row in _in_force()})
    return _refused("registry.division", _NO_DIVISION.format(given=given), near)


def number(text: str, kind: str) -> Read:
    """The number of a licence or document in its one spelling; a failed check is flagged."""
    if kind in entitling.KINDS:
        try:
            return Read(making.proof_number(kind, text))
        except SuyuanError as error:
            return _refused(error.code, error.text, _COMPARE)
    readings = [each for each in recognise(text) if each.grain is Grain.DOCUMENT]
    wrong = next((each for each in readings if each.check == "failed"), None)
    if wrong is None or any(each.valid for each in readings):
        return Read(text)
    said = _NUMBER.format(given=privacy.quoted(text, _SHORT), scheme=wrong.name, why=_why(wrong))
    return Read(text, Remark("registry.number", Severity.FLAG, said, _COMPARE))


def _named(text: str, of: str, resolvers: frozenset[str]) -> Read:
    grain, _ = _WANTED[of]
    known = read_identifier(text, capturer="", expect=grain, resolvers=resolvers)
    doubt = known.note if known.note is not None and known.note.severity != "info" else None
    is_fitting = known.grain is grain or (of == "party" and known.uri.startswith(_GLN))
    if known.uri.startswith(_RAW) or doubt is not None or not is_fitting:
        return _no_code(text, of, doubt.text if doubt is not None else Text("", ""))
    return Read(known.uri)


def _printed(text: str, of: str) -> Read:
    grain, _ = _WANTED[of]
    readings = recognise(text)
    fitting = [each for each in readings if each.grain is grain]
    sound = next((each.canonical for each in fitting if each.valid), None)
    if sound is not None:
        return Read(sound)
    places = [each for each in readings if of == "party" and each.scheme == "gln"]
    proven = next((each.canonical for each in places if each.valid), None)
    if proven is not None:
        return Read(proven.replace(_GLN, _PGLN))
    meant = [*places, *fitting]  # the number of a party that has thirteen digits is a GLN
    return _no_code(text, of, _why(meant[0]) if meant else Text("", ""))


def _why(reading: Candidate) -> Text:
    return next((each.text for each in reading.notes if each.severity != "info"), Text("", ""))


def _no_code(text: str, of: str, why: Text) -> Read:
    given = privacy.quoted(text, _SHORT)
    said = _NO_CODE.format(given=given, what=_WANTED[of][1], why=why)
    return _refused("registry.code", Text(said.zh.strip(), said.en.strip()), _CODES[of])


def _by_code(text: str, on: date) -> Read:
    row = divisions.division(text)
    given = privacy.quoted(text, _SHORT)
    if row is None:
        every = {each.code: each.code for each in _in_force()}
        near = _near(text[:_DIGITS], every)
        return _refused("registry.division", _NO_DIVISION.format(given=given), near)
    if divisions.division(text, on) is None:
        now = [each.code for each in divisions.today(text)]
        cure = _TODAY.format(names=_listed(now)) if now else _SIX
        return Read(
            text, Remark("registry.division", Severity.FLAG, _ENDED.format(given=given), cure)
        )
    return Read(text)


def _in_force() -> Iterator[divisions.Division]:
    rows = chain.from_iterable(divisions.all_divisions().values())
    return (each for each in rows if not each.until)


def _near(text: str, names: Mapping[str, str]) -> Text:
    """The divisions whose code or name is nearest to what was written."""
    near = get_close_matches(text, names, n=_MOST_NAMED, cutoff=0.5)
    return _NEAREST.format(names=_listed([names[each] for each in near])) if near else _SIX


def _listed(codes: list[str]) -> Text:
    rows = [row for each in codes[:_MOST_NAMED] if (row := divisions.division(each)) is not None]
    full = [(row.code, divisions.full_name(row)) for row in rows]
    return Text(
        "、".join(f"{each} {name.zh}" for each, name in full),
        "; ".join(f"{each} {name.en}" for each, name in full),
    )


def _refused(rule: str, message: Text, cure: Text) -> Read:
    return Read("", Remark(rule, Severity.REFUSE, message, cure))

"""Takes a code as people write it into a cell or field; gives the name that the record keeps.

Only what can be read in one way is read: of two readings that fit the column, neither is chosen.
"""

from typing import Final

from suyuan.codes import Candidate, Grain, privacy, recognise
from suyuan.codes.types import GRAIN_NAMES
from suyuan.kit import Text
from suyuan.kit.text import joined
from suyuan.model import Severity
from suyuan.templates.keys import AMOUNTS, IDS, PLACES
from suyuan.templates.types import Column, Meant, Remark

_PARTIES: Final = ("sourceList", "destinationList")
_READ: Final = Text("编码读作“{scheme}”。", "The code was read as: {scheme}.")
_FINE: Final = Text("可以照样填写。", "It may be written like this.")
_SEVERAL: Final = Text(
    "这个编码有几种读法：{ways}。", "The code can be read in several ways: {ways}."
)
_WHOLE: Final = Text("请填写其中一个：{names}。", "Write one of these: {names}.")
_OTHER: Final = Text("这是{grain}的编码（{scheme}）。", "The code is that of {grain} ({scheme}).")
_WANTED: Final = Text("此处填{grain}的编码。", "What is wanted here is the code of {grain}.")
_COMPARE: Final = Text("请和包装上的编码核对。", "Compare it with the code on the package.")


def name_of(text: str, column: Column) -> Meant:
    """The canonical URI of the code in a column that names something; any other text as it is."""
    grains = _grains(column)
    if not grains or "://" in text or text.startswith("urn:") or privacy.names_person(text):
        return Meant(text)
    found = recognise(text)
    fitting = [one for one in found if one.valid and one.grain in grains]
    if len(fitting) == 1:
        return Meant(fitting[0].canonical, (_remark("read", Severity.NOTE, fitting),))
    if fitting:
        return Meant(None, (_remark("ambiguous", Severity.REFUSE, fitting),))
    return _strange(found, grains) if found and found[0].valid else _wrong(text, found)


def _grains(column: Column) -> tuple[Grain, ...]:
    """What a column may name; empty for one that names nothing."""
    head, _, part = column.key.partition(".")
    if column.key in IDS or column.key == "parentID":
        return (Grain.INSTANCE,)
    if head in AMOUNTS and part == "epcClass":
        return (Grain.LOT, Grain.CLASS)
    if head in PLACES or (head in _PARTIES and part == "location"):
        return (Grain.PLACE,)
    return (Grain.PARTY,) if head in _PARTIES else ()


def _remark(what: str, severity: Severity, found: list[Candidate]) -> Remark:
    message, cure = (_READ, _FINE) if what == "read" else (_SEVERAL, _WHOLE)
    names = "；".join(one.canonical for one in found)
    scheme = found[0].name
    ways = joined(one.name for one in found)
    return Remark(
        f"workbook.code-{what}",
        severity,
        message.format(scheme=scheme, ways=ways),
        cure.format(names=names),
    )


def _strange(found: tuple[Candidate, ...], grains: tuple[Grain, ...]) -> Meant:
    wanted = GRAIN_NAMES[grains[0]]
    message = _OTHER.format(scheme=found[0].name, grain=GRAIN_NAMES[found[0].grain])
    remark = Remark("workbook.code-other", Severity.REFUSE, message, _WANTED.format(grain=wanted))
    return Meant(None, (remark,))


def _wrong(text: str, found: tuple[Candidate, ...]) -> Meant:
    """A code with a fault that its scheme can name is refused with it; other texts are kept."""
    faults = (note for one in found[:1] if not one.valid for note in one.notes)
    fault = next((note for note in faults if note.severity == "error"), None)
    if fault is None:
        return Meant(text)
    return Meant(None, (Remark(fault.code, Severity.REFUSE, fault.text, _COMPARE),))

"""Takes a partner's file of whatever kind; gives the document of events that it states."""

from typing import Any, Final

from suyuan.interchange import events, fcl_json, fcl_sheets, utx
from suyuan.interchange.events import Words
from suyuan.interchange.notes import Notes
from suyuan.interchange.types import Chain, InterchangeError
from suyuan.kit import Text
from suyuan.kit.strictjson import parse
from suyuan.templates import sheets
from suyuan.templates.types import CellFinding, Filled

_ZIP: Final = b"PK\x03\x04"
_MARK: Final = b"\xef\xbb\xbf"
_UNKNOWN: Final = Text(
    "认不出这个文件：可读 FoodChain-Lab 的 JSON 和工作簿、UTX 的 JSON。",
    "No form of this file is known: FoodChain-Lab JSON and workbooks and UTX JSON are read.",
)


def read(data: bytes, words: Words) -> tuple[Filled, ...]:
    """The events that a file of FoodChain-Lab or UTX states, where each stands, and findings.

    Raises:
        SuyuanError: it is of no known form, broken, or too large.
    """
    notes = Notes()
    if data.startswith(_ZIP):
        return events.document(fcl_sheets.read(sheets(data), notes), words, notes)
    value = parse(data.removeprefix(_MARK))
    if utx.is_utx(value):
        return utx.read(value, words, notes)
    return events.document(_of_fcl(value, notes), words, notes)


def chain(data: bytes) -> tuple[Chain, tuple[CellFinding, ...]]:
    """What a file of FoodChain-Lab states by itself, and what was found wrong in it.

    Raises:
        SuyuanError: it is none, broken, or too large.
    """
    notes = Notes()
    if data.startswith(_ZIP):
        found = fcl_sheets.read(sheets(data), notes)
    else:
        found = _of_fcl(parse(data.removeprefix(_MARK)), notes)
    events.check(found, notes)
    return found, tuple(notes.found)


def _of_fcl(value: Any, notes: Notes) -> Chain:
    if fcl_json.is_fcl(value):
        return fcl_json.read(value, notes)
    raise InterchangeError("interchange.unknown", _UNKNOWN)

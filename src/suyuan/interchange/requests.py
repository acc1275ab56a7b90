"""Takes the answer of a trace; gives the workbooks that ask firms for what comes before, or after.

They are FoodChain-Lab's forms. Ours also carry, on sheets of their own, who was asked about which
deliveries, so that a filled one joins what is known and the next round goes on from there.
"""

import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from suyuan.interchange.cells import cell_text
from suyuan.interchange.chains import local_day
from suyuan.interchange.fcl_json import PARTY, SITE, THING
from suyuan.interchange.fcl_sheets import BACK, FOCUS, FORWARD, STATION_ID, STATIONS, USED_FOR
from suyuan.interchange.types import Chain, Delivery, Station
from suyuan.kit.canonical import plain_decimal
from suyuan.trace.types import Direction

_ASKED: Final = "Inquired Company:"
_HELP: Final = {
    BACK: (
        "请逐批写出您收到的、用于下列产品的货物；N 列写它用于哪批交货（见 Products in Focus），"
        "不写则算全部。 Please list every lot that you received for the products in focus; column "
        "N says for which delivery, all of them if it is empty."
    ),
    FORWARD: (
        "请逐批写出您用下列货物做成或转发的产品发给了谁；N 列写它来自哪批交货，不写则算全部。 "
        "Please list to whom you delivered what was made of, or is, the products in focus; column "
        "N says of which delivery, all of them if it is empty."
    ),
}
_GROUPS: Final = {1: "", 5: "Product", 7: "Lot Information", 9: "Delivery", 13: "Comments"}
_HEAD: Final = (
    "Name", "Address\n(e.g. Street, ZIP, City)", "Country", "Type of Business", "Name", "EAN",
    "Lot Number", "Best Before Date or\nUse-by Date", "Delivery Date", "", "",
    "Amount\n(e.g. 45 kg)", "", USED_FOR,
)  # fmt: skip
_PARTS: Final = ("", "", "", "", "", "", "", "", "Day", "Month", "Year")
_FOCUS_HEAD: Final = (
    "DeliveryID", "Station", "Product Name", "Lot Number", "Delivery Date Departure", "", "",
    "Delivery Date Arrival", "", "", "Unit weigt/vol./pck.", "", "Recipient", THING,
)  # fmt: skip
_FOCUS_PARTS: Final = ("", "", "", "", "Day", "Month", "Year", "Day", "Month", "Year", "Quantity",
                       "Type / Unit")  # fmt: skip
_STATION_HEAD: Final = ("Company_ID", "Name", PARTY, SITE)
_FIRST_HEAD: Final = {BACK: 9, FORWARD: 8}


def write(
    chain: Chain, direction: Direction, unsaid: Iterable[tuple[bool, Delivery]] = ()
) -> dict[str, bytes]:
    """A workbook for each station at which the chain stops, by the name that its file may have.

    Of each delivery `unsaid` by one of its ends (the giver, where True) that end is asked too: the
    giver what it received for it, the taker what became of it.
    """
    stations = {each.id: each for each in chain.stations}
    found: dict[str, bytes] = {}
    asked = _asked(chain, unsaid, back=direction is Direction.BACKWARD)
    for (back, station), focus in asked.items():
        kind, number = "back" if back else "forward", len(found) + 1
        name = f"{kind}-{number}-{_plain(stations[station].name)}.xlsx"
        ends = {end for each in focus for end in (each.source, each.target)}
        known = [stations[end] for end in sorted({station, *ends})]
        found[name] = _workbook(BACK if back else FORWARD, stations[station], focus, known)
    return found


def _asked(
    chain: Chain, unsaid: Iterable[tuple[bool, Delivery]], *, back: bool
) -> dict[tuple[bool, str], Collection[Delivery]]:
    """By whether back, and of whom: about which deliveries, each once."""
    found = {
        (back, station): {each.id: each for each in focus}
        for station, focus in _open(chain, back=back)
    }
    for by_giver, each in unsaid:
        station = each.source if by_giver else each.target
        found.setdefault((by_giver, station), {})[each.id] = each
    return {asked: focus.values() for asked, focus in found.items()}


def _open(chain: Chain, *, back: bool) -> Iterator[tuple[str, list[Delivery]]]:
    """Stations with deliveries of which nobody says what they came from, or became."""
    joined = {each.target if back else each.source for each in chain.relations}
    by_station: dict[str, list[Delivery]] = {}
    for each in chain.deliveries:
        if each.id not in joined:
            by_station.setdefault(each.source if back else each.target, []).append(each)
    yield from sorted(by_station.items())


def _plain(name: str) -> str:
    """A name as a file may have it."""
    return re.sub(r"[^\w-]+", "_", name)[:40].strip("_") or "station"


def _workbook(
    title: str, station: Station, focus: Collection[Delivery], known: Sequence[Station]
) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    _form(sheet, title, station, focus)
    listed = book.create_sheet(FOCUS)
    _rows(listed, [_FOCUS_HEAD, _FOCUS_PARTS, *(_focus(each) for each in focus)], bold=2)
    names = book.create_sheet(STATIONS)
    rows = [[each.id, each.name, each.party, each.site] for each in known]
    _rows(names, [_STATION_HEAD, *rows], bold=1)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _form(sheet: Any, title: str, station: Station, focus: Collection[Delivery]) -> None:
    first = _FIRST_HEAD[title]
    address = str(station.fields.get("Address", ""))
    country, kind = (str(station.fields.get(key, "")) for key in ("Country", "type of business"))
    top = {1: _ASKED, 3: station.name, 6: address, 11: country, 13: kind, 15: STATION_ID,
           16: station.id}  # fmt: skip
    products = "; ".join(dict.fromkeys(f"{each.product} {each.lot}".strip() for each in focus))
    partner = "Supplier" if title == BACK else "Recipient"
    lines = [
        (1, top),
        (3, {1: "Products in Focus:", 2: products}),
        (6, {1: "Information to complete the sheet:"}),
        (7, {1: _HELP[title]}),
        (first, _GROUPS | {1: partner}),
        (first + 1, dict(enumerate(_HEAD, 1))),
        (first + 2, dict(enumerate(_PARTS, 1))),
    ]
    for row, cells in lines:
        for column, text in cells.items():
            if text:
                _put(sheet, row, column, text, bold=row != 7)  # noqa: PLR2004 -- the explanation
    for column in range(1, len(_HEAD) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 18
    sheet.freeze_panes = f"A{first + 3}"


def _focus(each: Delivery) -> list[str]:
    much = "" if each.quantity is None else plain_decimal(each.quantity)
    unit = "" if each.quantity is None else each.unit or "pieces"
    days = (*_parted(each.departed), *_parted(each.arrived))
    return [
        each.id,
        each.source,
        each.product,
        each.lot,
        *days,
        much,
        unit,
        each.target,
        each.thing,
    ]


def _parted(written: str | None) -> tuple[str, str, str]:
    """Day, month and year, as far as they are known."""
    year, month, day, *_ = (*local_day(written).split("-"), "", "")
    return day, month, year


def _rows(sheet: Any, rows: Iterable[Sequence[str]], *, bold: int) -> None:
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            if text:
                _put(sheet, number, column, text, bold=number <= bold)


def _put(sheet: Any, row: int, column: int, text: str, *, bold: bool) -> None:
    """Text in a cell, also where it begins with = : a code is no formula."""
    cell = sheet.cell(row, column, cell_text(text))
    cell.data_type = "s"
    cell.font = Font(bold=bold)

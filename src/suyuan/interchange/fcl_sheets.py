"""Takes FoodChain-Lab's workbooks; gives stations, deliveries, relations.

Three kinds: *all-in-one* (three sheets), and the forms for tracing back and forward that an
authority sends to a firm, which lists in it what it received or delivered. Ours also carry what
they ask about, so that the answer joins what was known (`requests.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct
from msgspec.structs import replace

from suyuan.interchange import reading
from suyuan.interchange.fcl_json import PARTY, SITE, THING
from suyuan.interchange.notes import NO_DELIVERY, Notes, remark
from suyuan.interchange.types import Chain, Delivery, InterchangeError, Relation, Spot, Station
from suyuan.kit import Text
from suyuan.model import Severity

Rows = Sequence[Sequence[Any]]

STATIONS, DELIVERIES, JOINS = "Stations", "Deliveries", "Deliveries2Deliveries"
BACK, FORWARD = "Backtracing", "Fwdtracing"
FOCUS, USED_FOR, STATION_ID = "Products in Focus", "For delivery", "Station ID:"
_ADDRESS: Final = ("Street", "Street Number", "Postal Code", "City", "District", "State", "Country")
_COMPANY: Final = "[Company]"
_FORM_COLUMNS: Final = (
    "Name", "Address", "Country", "type of business", "Product", "EAN", "Lot Number",
    "Best before", "Day", "Month", "Year", "Amount", "Comments", USED_FOR,
)  # fmt: skip
_NONE: Final = Text(
    "没有认得的工作表：Stations、Deliveries（全表），或 Backtracing、Fwdtracing（追溯表）。",
    "No sheet is known: Stations and Deliveries (all in one), Backtracing or Fwdtracing.",
)
_NO_COLUMN: Final = Text(
    "工作表 {sheet} 没有列“{column}”。", "The sheet {sheet} has no column '{column}'."
)
_EMPTY: Final = remark(
    "not-filled",
    Severity.REFUSE,
    Text("没有填被问的单位。", "The company that was asked is not filled in."),
    Text("在 C1 写单位名称，F1 写地址。", "Write its name in C1 and its address in F1."),
)
_NO_NAME: Final = remark(
    "no-name",
    Severity.REFUSE,
    Text("这一行没有对方名称或产品。", "The row names no partner or no product."),
    Text("填写 A 列和 E 列。", "Fill in columns A and E."),
)
_NO_ROW: Final = remark(
    "no-row",
    Severity.REFUSE,
    Text(
        "表里一行也没有填，没有可记录的内容。", "No row is filled in: there is nothing to record."
    ),
    Text(
        "从第 {row} 行起，每批货写一行；确实没有，就不用导入。",
        "Write a row for each lot, from row {row} on; if there was none, import nothing.",
    ),
)
_JOINED: Final = remark(
    "all-in-focus",
    Severity.NOTE,
    Text("没写为哪批交货，按所问的全部读取。", "It names no delivery; taken for all asked about."),
    Text("在 N 列写交货编号。", "Write the delivery's ID in column N."),
)


def read(sheets: Mapping[str, Rows], notes: Notes) -> Chain:
    """What the workbook says; columns that are not known are kept with their rows.

    Raises:
        InterchangeError: no sheet is one of FoodChain-Lab's, or lacks a column that it must have.
    """
    if STATIONS in sheets and DELIVERIES in sheets:
        return _all_in_one(sheets, notes)
    for title, rows in sheets.items():
        if title in {BACK, FORWARD}:
            return _form(sheets, title, rows, notes)
    raise InterchangeError("interchange.sheets", _NONE)


def _all_in_one(sheets: Mapping[str, Rows], notes: Notes) -> Chain:
    stations = tuple(_station(*row) for row in _table(sheets[STATIONS], STATIONS, 1))
    return Chain(
        stations=stations,
        deliveries=tuple(
            _delivery(row, spot, notes) for row, spot in _table(sheets[DELIVERIES], DELIVERIES, 2)
        ),
        relations=tuple(
            Relation(
                source=reading.text(row.get("From DeliveryID")),
                target=reading.text(row.get("Into DeliveryID")),
                spot=spot,
            )
            for row, spot in _table(sheets.get(JOINS, ()), JOINS, 1)
        ),
    )


def _table(rows: Rows, sheet: str, heads: int) -> Iterator[tuple[dict[str, Any], Spot]]:
    """Rows by their headings; under a heading over several columns, each has the one below it."""
    names = _names(rows[:heads])
    for number, row in enumerate(rows[heads:], heads + 1):
        cells = {
            name: value
            for name, value in zip(names, row, strict=False)
            if name and reading.text(value)
        }
        if cells:
            yield cells, Spot(sheet, number)


def _names(heads: Rows) -> list[str]:
    names: list[str] = []
    above = ""
    for column in zip(*heads, strict=False):
        first, *below = (reading.text(cell) for cell in column)
        above = first or above
        under = " ".join(filter(None, below))
        names.append(f"{above} {under}".strip() if under else first)
    return names


def _station(row: Mapping[str, Any], spot: Spot) -> Station:
    known = {"Company_ID", "Name", PARTY, SITE}
    street, number, code, city, *_ = (reading.text(row.get(name)) for name in _ADDRESS)
    place = ", ".join(filter(None, (f"{street} {number}".strip(), f"{code} {city}".strip())))
    rest = {name: reading.text(value) for name, value in row.items() if name not in known}
    return Station(
        id=reading.text(row.get("Company_ID")),
        name=reading.text(row.get("Name")),
        party=reading.text(row.get(PARTY)),
        site=reading.text(row.get(SITE)),
        fields={"Address": place, **rest} if place else rest,
        spot=spot,
    )


def _delivery(row: Mapping[str, Any], spot: Spot, notes: Notes) -> Delivery:
    def at(kind: str) -> str | None:
        name = f"Delivery Date {kind}"
        parts = (row.get(f"{name} Day"), row.get(f"{name} Month"), row.get(f"{name} Year"))
        return reading.parted_day(parts, notes, Spot(spot.sheet, spot.row, name))

    pack = next((name for name in row if name.startswith("Unit weig")), "").rpartition(" Q")[0]
    head = pack or "Unit weigt/vol./pck."
    number, unit = row.get(f"{head} Quantity"), row.get(f"{head} Type / Unit")
    much, code = reading.amount(number, unit, notes, Spot(spot.sheet, spot.row, head))
    used = {"DeliveryID", "Station", "Recipient", "Product Name", "Lot Number"}
    return Delivery(
        id=reading.text(row.get("DeliveryID")),
        source=reading.text(row.get("Station")),
        target=reading.text(row.get("Recipient")),
        product=reading.text(row.get("Product Name")),
        lot=reading.text(row.get("Lot Number")),
        departed=at("Departure"),
        arrived=at("Arrival"),
        quantity=much,
        unit=code,
        fields={name: reading.text(value) for name, value in row.items() if name not in used},
        spot=spot,
    )


class _Asked(Struct, frozen=True):
    """Who was asked, about which deliveries, and which stations have an ID already."""

    station: Station
    focus: Mapping[str, Delivery]
    known: Mapping[tuple[str, str], Station]
    back: bool


def _form(sheets: Mapping[str, Rows], title: str, rows: Rows, notes: Notes) -> Chain:
    top = [reading.text(cell) for cell in rows[0]] if rows else []
    asked = _asked(sheets, title, top)
    if asked.station.name in {"", _COMPANY}:
        notes.say(_EMPTY, Spot(title, 1, "C"))
    stations = {asked.station.id: asked.station}
    stations.update((each.id, each) for each in asked.known.values())
    deliveries, relations = dict(asked.focus), []
    filled = list(_filled(title, rows))
    if not filled and not notes.refused:
        notes.say(_NO_ROW, Spot(title, _first(title, rows), "A"), row=_first(title, rows))
    for cells, spot in filled:
        if not cells["Name"] or not cells["Product"]:
            notes.say(_NO_NAME, spot)
            continue
        partner = _partner(cells, spot, asked)
        stations.setdefault(partner.id, partner)
        found = _reported(cells, spot, partner, asked, notes)
        deliveries[found.id] = found
        relations += _used(cells, spot, found, asked, notes)
    return Chain(
        stations=tuple(stations.values()),
        deliveries=tuple(deliveries.values()),
        relations=tuple(relations),
    )


def _asked(sheets: Mapping[str, Rows], title: str, top: Sequence[str]) -> _Asked:
    """The first row names the company; ours also has its ID, and sheets of what was known."""
    cells = dict(enumerate(top))
    fields = {"Address": cells.get(5, ""), "Country": cells.get(10, ""),
              "type of business": cells.get(12, "")}  # fmt: skip
    marked = next((at for at, cell in cells.items() if cell == STATION_ID), None)
    own = cells.get(marked + 1, "") if marked is not None else ""
    name = cells.get(2, "")
    before = [_station(*row) for row in _table(sheets.get(STATIONS, ()), STATIONS, 1)]
    known = {_key(each.name, reading.text(each.fields.get("Address"))): each for each in before}
    station = next((each for each in before if own and each.id == own), None)
    focus = {}
    if FOCUS in sheets:
        quiet = Notes()  # said when it was known
        rows = _table(sheets[FOCUS], FOCUS, 2)
        told = ((row, _delivery(row, spot, quiet)) for row, spot in rows)
        focus = {
            each.id: replace(each, thing=reading.text(row.get(THING)), known=True)
            for row, each in told
        }
    return _Asked(
        station=station
        or Station(
            id=own or _made_id(name, fields["Address"]),
            name=name,
            fields={key: value for key, value in fields.items() if value},
            spot=Spot(title, 1, "C"),
        ),
        focus=focus,
        known=known,
        back=title == BACK,
    )


def _filled(title: str, rows: Rows) -> Iterator[tuple[dict[str, str], Spot]]:
    """The rows under the heading's last line, which says Day, Month, Year."""
    first = _first(title, rows)
    for number, row in enumerate(rows[first - 1 :], first):
        cells = [reading.text(cell) for cell in row]
        if any(cells):
            padded = cells + [""] * (len(_FORM_COLUMNS) - len(cells))
            yield dict(zip(_FORM_COLUMNS, padded, strict=False)), Spot(title, number, "A")


def _first(title: str, rows: Rows) -> int:
    """The number of the first row to be filled in."""
    for number, row in enumerate(rows, 1):
        if [*map(reading.text, row[8:10])] == ["Day", "Month"]:
            return number + 1
    text = _NO_COLUMN.format(sheet=title, column="Day, Month, Year")
    raise InterchangeError("interchange.column", text, title)


def _partner(cells: Mapping[str, str], spot: Spot, asked: _Asked) -> Station:
    name, place = cells["Name"], cells["Address"]
    known = asked.known.get(_key(name, place)) or asked.known.get(_key(name, ""))
    fields = {key: cells[key] for key in ("Address", "Country", "type of business") if cells[key]}
    return known or Station(id=_made_id(name, place), name=name, fields=fields, spot=spot)


def _reported(
    cells: Mapping[str, str], spot: Spot, partner: Station, asked: _Asked, notes: Notes
) -> Delivery:
    """A row as a delivery; the same one told by both sides gets the same ID."""
    ends = (partner.id, asked.station.id)
    source, target = ends if asked.back else ends[::-1]
    parts = (cells["Day"], cells["Month"], cells["Year"])
    on = reading.parted_day(parts, notes, Spot(spot.sheet, spot.row, "I"))
    much, unit = reading.amount(cells["Amount"], "", notes, Spot(spot.sheet, spot.row, "L"))
    said = (source, target, cells["Product"], cells["Lot Number"], on or "", cells["Amount"])
    kept = {key: cells[key] for key in ("EAN", "Best before", "Amount", "Comments") if cells[key]}
    return Delivery(
        id=_made_id(*said),
        source=source,
        target=target,
        product=cells["Product"],
        lot=cells["Lot Number"],
        arrived=on,
        quantity=much,
        unit=unit,
        fields=kept,
        spot=spot,
    )


def _used(
    cells: Mapping[str, str], spot: Spot, found: Delivery, asked: _Asked, notes: Notes
) -> list[Relation]:
    """Which of the deliveries asked about it went into, or came of."""
    here = Spot(spot.sheet, spot.row, "N")
    named = [each.strip() for each in cells[USED_FOR].replace(";", ",").split(",") if each.strip()]
    for each in named:
        if each not in asked.focus:
            notes.say(NO_DELIVERY, here, value=each)
    if asked.focus and not named:
        notes.say(_JOINED, here)
    others = [each for each in named if each in asked.focus] or list(asked.focus)
    pairs = [(found.id, each) if asked.back else (each, found.id) for each in others]
    return [Relation(source=source, target=target, spot=here) for source, target in pairs]


def _key(name: str, place: str) -> tuple[str, str]:
    return " ".join(name.casefold().split()), " ".join(place.casefold().split())


def _made_id(*said: str) -> str:
    """An ID out of what identifies it: two firms that say the same speak of the same."""
    return str(uuid5(NAMESPACE_URL, "\0".join(" ".join(each.casefold().split()) for each in said)))

"""Takes FoodChain-Lab's JSON (v0 plain, v1 tables); gives stations, deliveries and relations.

What its program does with a file is not copied; the shape is that of its published schema
(FCL-JSON-Exchange-Format 1.0.0) and of its sample files.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from suyuan.interchange import reading
from suyuan.interchange.chains import local_day
from suyuan.interchange.notes import Notes
from suyuan.interchange.types import (
    Chain,
    Delivery,
    InterchangeError,
    Relation,
    Spot,
    Start,
    Station,
)
from suyuan.kit import Text
from suyuan.kit.canonical import plain_decimal
from suyuan.trace.types import Confirmed

PARTY, SITE, THING = "suyuan:party", "suyuan:site", "suyuan:thing"
DEPARTED, ARRIVED, CERTAIN = "suyuan:departed", "suyuan:arrived", "suyuan:certain"
QUANTITY, UNIT = "suyuan:quantity", "suyuan:unit"
RECEIVED, RECEIVED_UNIT = "suyuan:received", "suyuan:receivedUnit"
CONFIRMED = "suyuan:confirmed"
BEGUN, BEGUN_QUANTITY, BEGUN_UNIT = "suyuan:begun", "suyuan:begunQuantity", "suyuan:begunUnit"
_TABLES: Final = ("stations", "deliveries", "deliveryRelations")
_SHAPE: Final = Text(
    "这不是 FoodChain-Lab 的 JSON：须有 stations、deliveries 和两者的关系表。",
    "This is no JSON of FoodChain-Lab: it has stations, deliveries and their relations.",
)
_STATION: Final = ("ID", "Name", PARTY, SITE)
_DELIVERY: Final = ("ID", "from", "to", "Name", "Lot Number", THING, QUANTITY, UNIT, RECEIVED,
                    RECEIVED_UNIT, CONFIRMED, BEGUN, BEGUN_QUANTITY, BEGUN_UNIT, CERTAIN, DEPARTED,
                    ARRIVED, "Date Delivery", "Date Delivery Arrival")  # fmt: skip
_OLD_STATION: Final = {"id": "ID", "name": "Name"}
_OLD_DELIVERY: Final = {
    "id": "ID", "source": "from", "target": "to", "name": "Name", "lot": "Lot Number",
    "datedelivery": "Date Delivery Arrival", "date": "Date Delivery Arrival",
    "originalSource": "from", "originalTarget": "to",
}  # fmt: skip
_AMOUNT: Final = "_Lieferungen.Delivery_Amount"
_AMOUNT_UNIT: Final = "_Lieferungen.Delivery_Unit"
_UNKNOWN: Final = "unknown"
_CONFIRMED: Final = {each.value: each for each in Confirmed}
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")

Row = tuple[Mapping[str, Any], Spot]


def is_fcl(value: Any) -> bool:
    """Whether a JSON value looks like either version."""
    return isinstance(value, dict) and ("data" in value or bool({*_old(value)} & {*value}))


def read(value: Mapping[str, Any], notes: Notes) -> Chain:
    """What the file says; unknown columns are kept with their rows.

    Raises:
        InterchangeError: it is of neither version.
    """
    data = value.get("data")
    if isinstance(data, dict):
        tables = [list(_table(data, name)) for name in _TABLES]
        rest = {name: inner for name, inner in value.items() if name != "data"}
    else:
        tables, rest = _of_old(value)
    stations, deliveries, relations = tables
    return Chain(
        stations=tuple(_station(*row) for row in stations),
        deliveries=tuple(_delivery(*row, notes) for row in deliveries),
        relations=tuple(_relation(*row) for row in relations),
        about=rest,
    )


def _old(value: Mapping[str, Any]) -> tuple[str, ...]:
    return ("elements",) if "elements" in value else ("stations", "deliveries")


def _of_old(value: Mapping[str, Any]) -> tuple[list[list[Row]], dict[str, Any]]:
    """Plain objects: by themselves, or in `elements` of a file that keeps how they were shown."""
    inner = value.get("elements", value)
    if not isinstance(inner, dict) or not {"stations", "deliveries"} <= inner.keys():
        raise InterchangeError("interchange.fcl", _SHAPE)
    stations = list(_objects(inner, "stations", _OLD_STATION))
    relations = list(_objects(inner, "deliveriesRelations", {"source": "from", "target": "to"}))
    for station, _ in stations:
        joined = station.get("connections")
        rows = joined if isinstance(joined, list) else []
        relations += [
            ({"from": each.get("source"), "to": each.get("target")}, Spot("connections", number))
            for number, each in enumerate(rows, 1)
            if isinstance(each, dict)
        ]
    known = {"elements", "stations", "deliveries", "deliveriesRelations"}
    rest = {name: each for name, each in value.items() if name not in known}
    singles = [row for row in stations if not row[0].get("contains")]
    deliveries = list(_objects(inner, "deliveries", _OLD_DELIVERY))
    return [singles, deliveries, relations], rest


def _objects(value: Mapping[str, Any], name: str, names: Mapping[str, str]) -> Iterator[Row]:
    rows = value.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InterchangeError("interchange.fcl", _SHAPE, name)
    for number, row in enumerate(rows, 1):
        spelled = {names.get(key, key): each for key, each in row.items() if each is not None}
        yield spelled, Spot(name, number)


def _table(data: Mapping[str, Any], name: str) -> Iterator[Row]:
    table = data.get(name)
    rows = table.get("data") if isinstance(table, dict) else None
    if not isinstance(rows, list):
        raise InterchangeError("interchange.fcl", _SHAPE, f"data.{name}")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or not all(_is_cell(cell) for cell in row):
            raise InterchangeError("interchange.fcl", _SHAPE, f"data.{name}.data[{number - 1}]")
        cells = {cell["id"]: cell["value"] for cell in row if cell["value"] is not None}
        yield cells, Spot(name, number)


def _is_cell(cell: Any) -> bool:
    return isinstance(cell, dict) and isinstance(cell.get("id"), str) and "value" in cell


def _station(row: Mapping[str, Any], spot: Spot) -> Station:
    return Station(
        id=reading.text(row.get("ID")),
        name=reading.text(row.get("Name")),
        party=reading.text(row.get(PARTY)),
        site=reading.text(row.get(SITE)),
        fields=_rest(row, _STATION),
        spot=spot,
    )


def _delivery(row: Mapping[str, Any], spot: Spot, notes: Notes) -> Delivery:
    much, unit = _amount(row, spot, notes)
    came, came_unit = _own_amount(row, RECEIVED, RECEIVED_UNIT, spot, notes)

    def at(exact: str, plain: str) -> str | None:
        column = exact if row.get(exact) is not None else plain
        return reading.day(row.get(column), notes, _at(spot, column))

    return Delivery(
        id=reading.text(row.get("ID")),
        source=reading.text(row.get("from")),
        target=reading.text(row.get("to")),
        product=reading.text(row.get("Name")),
        lot=reading.text(row.get("Lot Number") or row.get("Lot ID")),
        thing=reading.text(row.get(THING)),
        departed=at(DEPARTED, "Date Delivery"),
        arrived=at(ARRIVED, "Date Delivery Arrival"),
        quantity=much,
        unit=unit,
        received=came,
        received_unit=came_unit,
        confirmed=_CONFIRMED.get(reading.text(row.get(CONFIRMED)), Confirmed.BOTH),
        start=_start(row, spot, notes),
        certain=row.get(CERTAIN) is not False,
        fields=_rest(row, _DELIVERY),
        spot=spot,
    )


def _start(row: Mapping[str, Any], spot: Spot, notes: Notes) -> Start | None:
    """That the thing began where it left, if our own columns say so."""
    at = reading.text(row.get(BEGUN))
    if not at:
        return None
    much, unit = _own_amount(row, BEGUN_QUANTITY, BEGUN_UNIT, spot, notes)
    known = None if at == _UNKNOWN else reading.day(at, notes, _at(spot, BEGUN))
    return Start(at=known, quantity=much, unit=unit)


def _amount(row: Mapping[str, Any], spot: Spot, notes: Notes) -> tuple[Any, str | None]:
    """The amount where it is exact: our own, FoodChain-Lab's two columns, else its words."""
    if row.get(QUANTITY) is not None or row.get(RECEIVED) is not None:
        return _own_amount(row, QUANTITY, UNIT, spot, notes)
    if row.get(_AMOUNT) is not None:
        return reading.amount(row[_AMOUNT], row.get(_AMOUNT_UNIT), notes, _at(spot, _AMOUNT))
    return reading.amount(row.get("Amount"), "", notes, _at(spot, "Amount"))


def _own_amount(
    row: Mapping[str, Any], much: str, unit: str, spot: Spot, notes: Notes
) -> tuple[Decimal | None, str | None]:
    """An amount of our own columns; without a unit it counts pieces."""
    value, word = _exact(row.get(much)), row.get(unit) or "C62"
    number, code = reading.amount(value, word, notes, _at(spot, much))
    return number, None if code == "C62" else code


def _exact(value: Any) -> Any:
    """Our own number, as programs write it, whatever its point looks like to people."""
    try:
        return Decimal(reading.text(value))
    except InvalidOperation:
        return value


def _at(spot: Spot, column: str) -> Spot:
    return Spot(spot.sheet, spot.row, column)


def _relation(row: Mapping[str, Any], spot: Spot) -> Relation:
    """Newer files say from and to; older ones ID and Next."""
    source, target = row.get("from", row.get("ID")), row.get("to", row.get("Next"))
    return Relation(source=reading.text(source), target=reading.text(target), spot=spot)


def _rest(row: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in set(known)}


def write(chain: Chain, about: Mapping[str, Any]) -> bytes:
    """The chain as FoodChain-Lab 1.0.0 reads it; `about` is said of the whole beside the tables."""
    tables = {
        "version": "1.0.0",
        "stations": _written([_station_row(each) for each in chain.stations]),
        "deliveries": _written([_delivery_row(each) for each in chain.deliveries]),
        "deliveryRelations": _written(
            [{"from": each.source, "to": each.target} for each in chain.relations],
            always=("from", "to"),
        ),
    }
    return _ENCODER.encode({"version": "1.0.0", "data": tables, "suyuan": about})


def _station_row(each: Station) -> dict[str, Any]:
    return {"ID": each.id, "Name": each.name, PARTY: each.party, SITE: each.site, **each.fields}


def _delivery_row(each: Delivery) -> dict[str, Any]:
    much, came = _plain(each.quantity), _plain(each.received)
    shown, unit = (much, each.unit) if much is not None else (came, each.received_unit)
    return {
        "ID": each.id,
        "from": each.source,
        "to": each.target,
        "Name": each.product or each.thing,
        "Lot Number": each.lot,
        "Date Delivery": local_day(each.departed),
        "Date Delivery Arrival": local_day(each.arrived),
        "Amount": "" if shown is None else f"{shown} {unit or ''}".strip(),
        THING: each.thing,
        DEPARTED: each.departed,
        ARRIVED: each.arrived,
        QUANTITY: much,
        UNIT: each.unit,
        RECEIVED: came,
        RECEIVED_UNIT: each.received_unit,
        CONFIRMED: each.confirmed.value,
        **_begun(each.start),
        CERTAIN: each.certain,
        **each.fields,
    }


def _begun(start: Start | None) -> dict[str, str | None]:
    if start is None:
        return {}
    much = _plain(start.quantity)
    return {BEGUN: start.at or _UNKNOWN, BEGUN_QUANTITY: much, BEGUN_UNIT: start.unit}


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else plain_decimal(number)


def _written(rows: Sequence[Mapping[str, Any]], always: Sequence[str] = ("ID",)) -> dict[str, Any]:
    """A table: its columns by name and type, and of each row the cells that hold something."""
    columns = {name: _type(value) for row in rows for name, value in row.items() if _holds(value)}
    columns = dict.fromkeys(always, "string") | columns
    return {
        "columnProperties": [{"id": name, "type": kind} for name, kind in columns.items()],
        "data": [
            [{"id": name, "value": value} for name, value in row.items() if _holds(value)]
            for row in rows
        ],
    }


def _holds(value: Any) -> bool:
    return value is not None and value != ""


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "double" if isinstance(value, int | float) else "string"

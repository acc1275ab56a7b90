"""Takes a table of movements (CSV); gives EPCIS documents that say the same, row by row.

For registers that write one line per movement: what moved, from which holding to which, on which
day. A row becomes one ObjectEvent in which the register answers for both ends. The same row of
the same table always gets the same event id, so a table may be brought in twice.
"""

import csv
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

import msgspec
from msgspec import Struct

from suyuan.codes import recognise
from suyuan.kit import SuyuanError, Text
from suyuan.kit.numerals import plainly, readings
from suyuan.kit.separated import parting

CONTEXT: list[Any] = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
_SURPLUS = "…surplus"
_ROWS = uuid.UUID("5b0f43bb-8f5c-5d6b-9d0c-0d6c1f2a7f11")

_NO_COLUMN = Text(
    "表格没有列 “{column}”（用作 {field}）；现有列：{columns}。请用 --map {field}=列名 指定。",
    "The table has no column '{column}' (for {field}); it has: {columns}. Say --map {field}=NAME.",
)
_BAD_ROW = Text(
    "第 {row} 行：{field} “{value}” 不可用；{cure}",
    "Row {row}: {field} '{value}' cannot be used; {cure_en}",
)
_BAD_ROWS = Text(
    "表格有读不出的单元格，什么都没有记录。{told}{more}",
    "The table has cells that cannot be read; nothing of it was recorded. {told}{more}",
)
_WRITE_DAY = Text(
    "请写成 2026-03-01；只知道月份或年份，就写 2026-03 或 2026。",
    "write 2026-03-01, or 2026-03 or 2026 if no more is known.",
)
_TWO_NUMBERS = Text(
    "可以是两个数，请写 {one} 或 {other}。", "it can be two: write {one} or {other}."
)
_MORE = Text("（先列前 {most} 处。）", " (These are the first {most}.)")
_NO_MORE = Text("", "")
_MOST_TOLD: Final = 20
_KNOWN_DAY: Final = re.compile(r"\d{4}(?:-\d\d)?", re.ASCII)
_PRECISIONS: Final = {4: "year", 7: "month", 10: "day"}
_FIRST_DAY: Final = "0000-01-01"


class MovementsAs(StrEnum):
    """How rows are read: as amounts of one stock at holders, or as single animals or items."""

    STOCK = "stock"
    INSTANCES = "instances"


class MovementMap(Struct, frozen=True, kw_only=True):
    """Which column holds what; a column that is not needed may be absent under its own name."""

    source: str = "source"
    destination: str = "destination"
    date: str = "date"
    thing: str = "thing"
    quantity: str = "quantity"
    kind: str = "kind"


class MovementReading(Struct, frozen=True, kw_only=True):
    """How to read a table: `issuer` scopes its holding and thing numbers, `offset` its days.

    `typed`: its cells are parted by semicolons or tabs, so its numbers are as people write them.
    """

    columns: MovementMap
    reading: MovementsAs
    issuer: str
    offset: str = "+08:00"
    unit: str = ""
    typed: bool = False


class MovementsError(SuyuanError):
    """A table of movements that cannot be read as the map says; nothing of it was brought in."""


def holding_uri(issuer: str, code: str) -> str:
    """The name of a holding that a register numbers for itself."""
    return f"urn:suyuan:holding:{quote(issuer, safe='')}:{quote(code, safe='')}"


def read_movements(
    lines: Sequence[str], reading: MovementReading, *, size: int = 2_000
) -> Iterator[bytes]:
    """EPCIS documents of at most `size` events, in the order of the table.

    All rows are looked at before the first document is made.

    Raises:
        MovementsError: a column that is not there, or rows without holding, date or amount: the
            first of them are told together.
    """
    reading = _present(_rows(lines).fieldnames or (), reading)
    reading = msgspec.structs.replace(reading, typed=parting("".join(lines[:1])) != ",")
    _require_readable(lines, reading)
    batch: list[dict[str, Any]] = []
    for number, row in enumerate(_rows(lines), start=2):
        batch.append(_event(row, number, reading))
        if len(batch) == size:
            yield _document(batch)
            batch = []
    if batch:
        yield _document(batch)


def _rows(lines: Sequence[str]) -> "csv.DictReader[str]":
    return csv.DictReader(lines, restkey=_SURPLUS, delimiter=parting("".join(lines[:1])))


def _require_readable(lines: Sequence[str], reading: MovementReading) -> None:
    read = _readers(reading)
    wrong = (
        fault
        for number, row in enumerate(_rows(lines), start=2)
        for fault in _faults(row, number, reading, read)
    )
    found = list(islice(wrong, _MOST_TOLD + 1))
    if len(found) == 1:
        raise found[0]
    if found:
        told = [each.text for each in found[:_MOST_TOLD]]
        text = _BAD_ROWS.format(
            told=Text("".join(each.zh for each in told), " ".join(each.en for each in told)),
            more=_MORE.format(most=_MOST_TOLD) if len(found) > _MOST_TOLD else _NO_MORE,
        )
        raise MovementsError("movements.row", text, place=found[0].place)


_Reader = Callable[[Mapping[str, str | None], int, MovementReading], object]


def _readers(reading: MovementReading) -> list[_Reader]:
    """What reads each cell that an event is made of."""

    def cell(field: str) -> _Reader:
        return lambda row, number, of: _cell(row, field, number, of)

    found: list[_Reader] = [cell("source"), cell("destination"), _day]
    if reading.reading is MovementsAs.INSTANCES:
        return [*found, cell("thing")]
    if reading.columns.kind:
        found.append(cell("kind"))
    if reading.columns.quantity:
        found.append(_amount)
    return found


def _faults(
    row: Mapping[str, str | None], number: int, reading: MovementReading, read: Sequence[_Reader]
) -> Iterator[MovementsError]:
    """Every cell of a row that cannot be used; of one that is too long no cell is believed."""
    if _SURPLUS in row:
        yield _bad(number, "columns", "…", "多出了单元格。", "it has more cells than the head.")
        return
    for each in read:
        try:
            each(row, number, reading)
        except MovementsError as error:
            yield error


def _present(present: Sequence[str], reading: MovementReading) -> MovementReading:
    """The reading with the optional columns that are not there left out.

    A column that is needed, or named otherwise than by default, must be there.
    """
    wanted: dict[str, str] = msgspec.structs.asdict(reading.columns)
    needed = {"source", "destination", "date"}
    if reading.reading is MovementsAs.INSTANCES:
        needed.add("thing")
    for field, column in wanted.items():
        if column in present:
            continue
        if field in needed or column != field:
            text = _NO_COLUMN.format(column=column, field=field, columns=", ".join(present))
            raise MovementsError("movements.column", text, place=field)
        wanted[field] = ""
    return msgspec.structs.replace(reading, columns=MovementMap(**wanted))


def _event(row: Mapping[str, str | None], number: int, reading: MovementReading) -> dict[str, Any]:
    source = holding_uri(reading.issuer, _cell(row, "source", number, reading))
    destination = holding_uri(reading.issuer, _cell(row, "destination", number, reading))
    known = _day(row, number, reading)
    event = {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:{_row_id(row, number, reading)}",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "eventTime": f"{known}{_FIRST_DAY[len(known) :]}T00:00:00.000{reading.offset}",
        "eventTimeZoneOffset": reading.offset,
        "sourceList": _ends("source", source),
        "destinationList": _ends("destination", destination),
        "suyuan:movement": "complete",
        "suyuan:timePrecision": _PRECISIONS[len(known)],
    }
    return event | _what(row, number, reading)


def _what(row: Mapping[str, str | None], number: int, reading: MovementReading) -> dict[str, Any]:
    issuer = quote(reading.issuer, safe="")
    if reading.reading is MovementsAs.INSTANCES:
        code = _cell(row, "thing", number, reading)
        item = f"urn:suyuan:item:{issuer}:{quote(code, safe='')}"
        return {"epcList": [_ear_tag(code) or item]}
    kind = _cell(row, "kind", number, reading) if reading.columns.kind else "stock"
    element: dict[str, Any] = {"epcClass": f"urn:suyuan:class:{issuer}:{quote(kind, safe='')}"}
    if reading.columns.quantity:
        element["quantity"] = _amount(row, number, reading)
    if reading.unit:
        element["uom"] = reading.unit
    return {"quantityList": [element]}


def _ear_tag(code: str) -> str | None:
    """The name of an animal that bears such a tag; None for what only looks like one.

    A tag is unique in China, so everybody gives the animal this name; the division in it must be
    one that exists, which the 15 digits of other countries' tags do not show.
    """
    found = (one for one in recognise(code) if one.scheme == "ear-tag" and one.valid)
    return next((one.canonical for one in found), None)


def _ends(word: str, holding: str) -> list[dict[str, str]]:
    """The holding is party and place at once: the register knows no other."""
    return [
        {"type": "possessing_party", word: holding},
        {"type": "location", word: holding},
    ]


def _cell(row: Mapping[str, str | None], field: str, number: int, reading: MovementReading) -> str:
    value = (row.get(getattr(reading.columns, field)) or "").strip()
    if not value:
        raise _bad(number, field, value, "请填写。", "fill it in.")
    return value


def _day(row: Mapping[str, str | None], number: int, reading: MovementReading) -> str:
    """The day, or the month or year where no more is known."""
    text = _cell(row, "date", number, reading)
    try:
        if _KNOWN_DAY.fullmatch(text):
            date.fromisoformat(text + _FIRST_DAY[len(text) :])
            return text
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _bad(number, "date", text, _WRITE_DAY.zh, _WRITE_DAY.en) from None


def _amount(row: Mapping[str, str | None], number: int, reading: MovementReading) -> Decimal:
    text = _cell(row, "quantity", number, reading)
    found = readings(text)
    if len(found) > 1 and (reading.typed or "," in text):
        one, other = map(plainly, found)
        cure = _TWO_NUMBERS.format(one=one, other=other)
        raise _bad(number, "quantity", text, cure.zh, cure.en)
    if not found or found[-1] < 0:
        raise _bad(number, "quantity", text, "须为不小于零的数。", "it must be a number ≥ 0.")
    return found[-1]


def _bad(number: int, field: str, value: str, cure: str, cure_en: str) -> MovementsError:
    text = _BAD_ROW.format(row=number, field=field, value=value, cure=cure, cure_en=cure_en)
    return MovementsError("movements.row", text, place=f"row {number}, {field}")


def _row_id(row: Mapping[str, str | None], number: int, reading: MovementReading) -> uuid.UUID:
    said = msgspec.json.encode([reading.issuer, reading.reading, number, dict(row)], order="sorted")
    return uuid.uuid5(_ROWS, said.decode())


def _document(events: list[dict[str, Any]]) -> bytes:
    return msgspec.json.Encoder(decimal_format="number").encode(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": events[-1]["eventTime"],
            "epcisBody": {"eventList": events},
        }
    )

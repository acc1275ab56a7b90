"""Takes an answer; gives the electronic sortable spreadsheet of FSMA 204 (21 CFR 1.1455(c)).

A row is one critical tracking event with its key data elements (21 CFR 1.1325 to 1.1350): shipping
§1.1340, receiving §1.1345, transformation §1.1350. What the record does not say stays empty, and a
column counts what of a row's elements is missing. Quantities are numbers, to add up and sort, where
a spreadsheet keeps every digit; their unit has its own column.
"""

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from suyuan.interchange.cells import cell_text, listed
from suyuan.interchange.chains import deliveries_of, written
from suyuan.interchange.types import About, Names, is_piece
from suyuan.kit import Span
from suyuan.kit.canonical import plain_decimal
from suyuan.trace.types import Answer, Confirmed, Link, LinkKind, Pool

HEAD: Final = (
    "Critical tracking event",
    "Traceability lot code",
    "Quantity",
    "Unit of measure",
    "Product description",
    "Date of event",
    "Ship-from location description",
    "Ship-to (received at) location description",
    "Location description (transformed at)",
    "Traceability lot code source location description",
    "Reference document type",
    "Reference document number",
    "New traceability lot code (made of this input)",
    "Certain",
    "Entries of the record",
    "Missing elements",
)
_SHIPPING, _RECEIVING = "Shipping", "Receiving"
_INPUT, _OUTPUT = "Transformation: food used", "Transformation: new food"
_NEEDED: Final = {
    _SHIPPING: (1, 2, 3, 4, 5, 6, 7, 9, 10, 11),
    _RECEIVING: (1, 2, 3, 4, 5, 6, 7, 9, 10, 11),
    _INPUT: (1, 2, 3, 4),
    _OUTPUT: (1, 2, 3, 4, 5, 8, 10, 11),
}
_DIGITS: Final = 15
_MEANT_OTHERWISE: Final = frozenset("=#")
"""How text begins that would be taken for a formula, or for an error."""
_LARGEST: Final = 300
"""So many digits, and powers of ten, a spreadsheet's numbers keep."""


def rows(answer: Answer, names: Names, made: Sequence[Pool] = ()) -> Iterator[list[Any]]:
    """Events in the order of the answer's links; a lot's source is where it was `made`."""
    made_at = {pool.thing: names.holder(pool) for pool in made}
    for link in deliveries_of(answer):
        if link.confirmed is not Confirmed.RECEIVED:
            yield _row(_SHIPPING, link, names, made_at)
        if link.confirmed is not Confirmed.SENT:
            yield _row(_RECEIVING, link, names, made_at)
    into = _made_of(answer)
    for link in answer.links:
        if link.kind is LinkKind.INPUT:
            row = _row(_INPUT, link, names, made_at)
            row[12] = listed(into.get(link.target.container, ()))
            yield row
        elif link.kind is LinkKind.OUTPUT:
            yield _row(_OUTPUT, link, names, made_at)


def _made_of(answer: Answer) -> dict[str, list[str]]:
    """The lot codes that each making gives."""
    found: dict[str, dict[str, None]] = {}
    for link in answer.links:
        if link.kind is LinkKind.OUTPUT:
            found.setdefault(link.source.container, {})[link.target.thing] = None
    return {making: list(things) for making, things in found.items()}


def _row(event: str, link: Link, names: Names, made_at: dict[str, str]) -> list[Any]:
    moved, came = event in {_SHIPPING, _RECEIVING}, event in {_RECEIVING, _OUTPUT}
    place = link.target if event == _OUTPUT else link.source
    documents = [each for entry in link.entries for each in names.documents.get(entry, ())]
    kinds, numbers = ([pair[at] for pair in dict.fromkeys(documents)] for at in (0, 1))
    thing = place.thing
    row = [
        event,
        thing,
        *_amount(event, link, thing),
        "" if names.product(thing) == thing else names.product(thing),
        _when(link.arrival if came else link.departure),
        names.holder(link.source) if moved else "",
        names.holder(link.target) if moved else "",
        "" if moved else names.holder(place),
        made_at.get(thing, ""),
        listed(kinds),
        listed(numbers),
        "",
        "yes" if link.certain else "possible",
        " ".join(map(str, link.entries)),
    ]
    missing = [HEAD[at] for at in _NEEDED[event] if row[at] in {"", "?"}]
    return [*row, "; ".join(missing)]


def _when(span: Span) -> str:
    """A time as exactly as it is known, on China's clock, so that days are its days."""
    return written(span) or ""


def _amount(event: str, link: Link, thing: str) -> tuple[Decimal | str, str]:
    """How much, and in which unit; a single thing is one piece."""
    much, unit = link.came if event == _RECEIVING else (link.quantity, link.unit)
    if much is None and is_piece(thing):
        return Decimal(1), "piece"
    if much is None:
        return "", unit or ""
    kept = len(much.normalize().as_tuple().digits) <= _DIGITS and abs(much.adjusted()) < _LARGEST
    return much if kept else plain_decimal(much), unit or "piece"


def write(answer: Answer, names: Names, about: About, made: Sequence[Pool] = ()) -> bytes:
    """The workbook: one sheet to sort and filter, one that says for whom and how complete it is."""
    book = Workbook()
    sheet = book.active
    sheet.title = "FSMA 204"
    _fill(sheet, HEAD, list(rows(answer, names, made)))
    note = book.create_sheet("About 说明")
    _fill(note, ("", ""), [[f"{a.zh} {a.en}", _told(b.zh, b.en)] for a, b in about.lines()])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _told(zh: str, en: str) -> str:
    return zh if zh == en else f"{zh} {en}"


def _cell(sheet: Any, value: Any) -> Cell | Decimal | str | None:
    """A number or text, never a formula; what is empty is no cell."""
    if isinstance(value, Decimal):
        return value
    text = cell_text(str(value))
    if not text:
        return None
    if text[0] not in _MEANT_OTHERWISE:
        return text
    cell = Cell(sheet, value=text)
    cell.data_type = "s"
    return cell


def _fill(sheet: Any, head: Sequence[str], found: list[list[Any]]) -> None:
    sheet.append(list(head))
    for row in found:
        sheet.append([_cell(sheet, each) for each in row])
    for at in range(1, len(head) + 1):
        sheet.cell(1, at).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(at)].width = 26
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{len(found) + 1}"

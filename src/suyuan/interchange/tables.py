"""Takes an answer; gives its links, or a scope's holders, as rows of plain values with a head.

Every row also says for whom and to which entry it is complete: a table is cut and pasted.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from suyuan.interchange.chains import is_making
from suyuan.interchange.types import About, Names
from suyuan.kit.canonical import plain_decimal
from suyuan.trace.types import Answer, Part, Pool, Scope

Rows = Iterator[list[Any]]

LINKS: Final = (
    "kind", "certain", "confirmed", "thing", "product", "lot", "to thing", "from party",
    "from site", "from name", "to party", "to site", "to name", "container", "departed from",
    "departed until", "arrived from", "arrived until", "quantity", "received", "unit", "entries",
)  # fmt: skip
SCOPE: Final = (
    "party", "site", "name", "contact", "thing", "product", "certain", "things", "unit",
    *(f"{part} {each}" for part in ("came", "sent", "ended", "stock")
      for each in ("touched", "material least", "material most")),
)  # fmt: skip
_ABOUT: Final = ("viewer", "made", "complete to entry", "truncated")
_FORMULA: Final = frozenset("=+-@\t\r")


def links(answer: Answer, names: Names) -> Rows:
    """One row for each link."""
    for link in answer.links:
        source, target = link.source, link.target
        thing = source.thing or target.thing
        yield [
            *(link.kind.value, link.certain, link.confirmed.value, thing, names.product(thing)),
            *(names.lot(thing), target.thing if target.thing != thing else ""),
            *(source.party, source.site, _holder(source, names)),
            *(target.party, target.site, _holder(target, names)),
            target.container or source.container,
            *(_at(each) for span in (link.departure, link.arrival) for each in (span.lo, span.hi)),
            *(_number(link.quantity), _number(link.received), link.unit or ""),
            " ".join(map(str, link.entries)),
        ]


def _holder(pool: Pool, names: Names) -> str:
    return "" if is_making(pool) and not (pool.party or pool.site) else names.holder(pool)


def holders(scope: Scope, names: Names, contacts: dict[str, str]) -> Rows:
    """One row for each holder and thing that a recall touches."""
    for line in scope.lines:
        pool = Pool(line.thing, line.party, line.site)
        yield [
            *(line.party, line.site, names.holder(pool), contacts.get(line.party, "")),
            *(line.thing, names.product(line.thing), line.certain, line.things, line.unit or ""),
            *(
                cell
                for part in (line.came, line.sent, line.ended, line.stock)
                for cell in _part(part)
            ),
        ]


def _part(part: Part) -> tuple[str, str, str]:
    material = part.material
    return _number(part.touched), _number(material.least), _number(material.most)


def written_csv(head: Sequence[str], rows: Iterable[Sequence[Any]], about: About) -> bytes:
    """UTF-8 with a mark, as spreadsheets take it; what a cell would compute is text."""
    said = [about.viewer, about.made.isoformat(), about.position, str(about.truncated).lower()]
    kept = io.StringIO()
    write = csv.writer(kept, lineterminator="\r\n").writerow
    write((*head, *_ABOUT))
    for row in rows:
        write([_cell(each) for each in (*row, *said)])
    return "\ufeff".encode() + kept.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value[:1] in _FORMULA and value[:1]:
        return f"'{value}"
    return value


def _number(value: Decimal | None) -> str:
    return "" if value is None else plain_decimal(value)


def _at(at: Any) -> str:
    return "" if at is None else at.isoformat()

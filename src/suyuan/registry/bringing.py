"""Codes that a state body gave out, brought in by whom they were given to; never made here."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.codes.making.types import StateIssued
from suyuan.kit import SuyuanError, Text
from suyuan.model import Capturer
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 20_000
_FORM = Text("“{code}” 不是{name}。", "'{code}' is no {name}.")
_RANGE = Text(
    "{name}不连号，只能一个一个地导入；“{first}-{last}” 是一段。",
    "A {name} is not given in ranges: bring the codes in one by one; '{first}-{last}' is a range.",
)
_ORDER = Text("“{first}-{last}” 的起止颠倒或长度不同。", "'{first}-{last}' does not go upwards.")
_TWICE = Text("“{first}” 在这份文件里出现了两次。", "'{first}' stands in this file twice.")
_TAKEN = Text(
    "“{first}” 已经导入过；请核对领码记录。",
    "'{first}' was brought in before; compare it with what you were given.",
)


class BringingError(SuyuanError):
    """Codes that cannot be brought in; nothing of the file was."""


class Span(Struct, frozen=True):
    """Codes from first to last, both included; `line` is where they stand in the file."""

    first: str
    last: str
    line: int


def bring_in(
    conn: WriteConnection,
    of: StateIssued,
    spans: Sequence[Span],
    capturer: Capturer,
    *,
    batch: UUID,
    now: datetime,
) -> int:
    """Keep codes that were given to a party; all of them or, with an error, none.

    Gives how many codes there are.

    Raises:
        BringingError: a code out of form, a range where there are none, or codes already there.
    """
    for span in spans:
        _require_form(of, span)
    _require_distinct(spans)
    conn.execute(_Q.lock_imports, {"key": f"{capturer.tenant}:{of.scheme}"})
    _require_new(conn, of, spans, tenant=capturer.tenant)
    whose = (batch, capturer.tenant, capturer.party, capturer.account, of.scheme)
    for begin in range(0, len(spans), _AT_ONCE):
        with conn.cursor() as cursor, cursor.copy(_Q.copy_import) as copy:
            for span in spans[begin : begin + _AT_ONCE]:
                copy.write_row((*whose, span.first, span.last, now))
    return sum(int(span.last) - int(span.first) + 1 for span in spans)


def brought_by(conn: ReadConnection, scheme: str, code: str, *, tenant: int) -> str | None:
    """The party that brought a code in."""
    asked = {"tenant": tenant, "scheme": scheme, "code": code}
    row = conn.execute(_Q.imported, asked).fetchone()
    return None if row is None else str(row[0])


def _require_form(of: StateIssued, span: Span) -> None:
    for code in (span.first, span.last):
        if not of.form.fullmatch(code):
            text = _FORM.format(code=privacy.quoted(code, 40), name=of.name)
            raise BringingError("bringing.form", text, f"line {span.line}")
    if span.first != span.last and not of.consecutive:
        text = _RANGE.format(name=of.name, first=span.first, last=span.last)
        raise BringingError("bringing.range", text, f"line {span.line}")
    if span.first > span.last:
        text = _ORDER.format(first=span.first, last=span.last)
        raise BringingError("bringing.order", text, f"line {span.line}")


def _require_distinct(spans: Sequence[Span]) -> None:
    ordered = sorted(spans, key=lambda span: span.first)
    for one, other in pairwise(ordered):
        if other.first <= one.last:
            text = _TWICE.format(first=other.first)
            raise BringingError("bringing.twice", text, f"line {other.line}", status=409)


def _require_new(
    conn: ReadConnection, of: StateIssued, spans: Sequence[Span], *, tenant: int
) -> None:
    """Whose they are already is not said: that is not the asker's to know."""
    asked = {
        "tenant": tenant,
        "scheme": of.scheme,
        "firsts": [span.first for span in spans],
        "lasts": [span.last for span in spans],
    }
    met = conn.execute(_Q.imports_overlapping, asked).fetchone()
    if met is not None:
        line = next(span.line for span in spans if span.first == met[0])
        text = _TAKEN.format(first=met[0])
        raise BringingError("bringing.taken", text, f"line {line}", status=409)

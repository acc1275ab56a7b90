"""Codes that a state body gave out, brought in by whom they were given to; never made here.

That they were given to a party is that party's word: no paper is asked for, since a small holder
has none. So nobody's word keeps another's out; where two contradict each other the operator sees.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from msgspec import Struct
from psycopg.errors import LockNotAvailable

from suyuan.codes import making, privacy
from suyuan.codes.making.types import StateIssued
from suyuan.kit import BusyError, SuyuanError, Text
from suyuan.model import Capturer
from suyuan.registry.types import Import
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 20_000
_MOST_OF_SPAN: Final = 1_000_000
_MOST_LISTED: Final = 1_000
_FORM = Text("“{code}” 不是{name}。", "'{code}' is no {name}.")
_RANGE = Text(
    "{name}不连号，只能一个一个地导入；“{first}-{last}” 是一段。",
    "A {name} is not given in ranges: bring the codes in one by one; '{first}-{last}' is a range.",
)
_ORDER = Text("“{first}-{last}” 的起止颠倒或长度不同。", "'{first}-{last}' does not go upwards.")
_LONG = Text(
    "“{first}-{last}” 超过 {most} 个；请按领码记录分段导入。",
    "'{first}-{last}' is more than {most} codes; bring them in in the ranges that you were given.",
)
_ACROSS = Text(
    "“{first}-{last}” 跨了种类或地区；请按顺序号分段。",
    "'{first}-{last}' runs over kinds or divisions; give one range for each.",
)
_BUSY = Text(
    "你方另一份文件正在导入；请稍后再试。",
    "Another file of yours is being brought in; try again in a while.",
)
_TWICE = Text("“{first}” 在这份文件里出现了两次。", "'{first}' stands in this file twice.")
_TAKEN = Text(
    "“{first}” 你方已经导入过；请核对领码记录。",
    "You brought '{first}' in before; compare it with what you were given.",
)


class BringingError(SuyuanError):
    """Codes that cannot be brought in; nothing of the file was."""


class Span(Struct, frozen=True):
    """Codes from first to last, both included; `line` is where they stand in the file."""

    first: str
    last: str
    line: int

    @property
    def count(self) -> int:
        """How many codes are in it."""
        return int(self.last) - int(self.first) + 1


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
        BringingError: a code out of form, a range that cannot be, or codes the party has already.
        BusyError: another file of the party is being brought in.
    """
    for span in spans:
        _require_form(of, span)
    _require_distinct(spans)
    _alone(conn, f"{capturer.tenant}:{of.scheme}:{capturer.party}")
    _require_new(conn, of, spans, capturer)
    whose = (batch, capturer.tenant, capturer.party, capturer.account, of.scheme)
    for begin in range(0, len(spans), _AT_ONCE):
        with conn.cursor() as cursor, cursor.copy(_Q.copy_import) as copy:
            for span in spans[begin : begin + _AT_ONCE]:
                copy.write_row((*whose, span.first, span.last, now))
    return sum(span.count for span in spans)


def _alone(conn: WriteConnection, key: str) -> None:
    try:
        conn.execute(_Q.lock_imports, {"key": key})
    except LockNotAvailable as error:
        raise BusyError("bringing.busy", _BUSY, "codes") from error


def brought_by(conn: ReadConnection, scheme: str, code: str, *, tenant: int) -> list[str]:
    """The parties that brought a code in; of several at most one is right."""
    lowest = str(max(int(code) - _MOST_OF_SPAN, 0)).zfill(len(code))
    asked = {"tenant": tenant, "scheme": scheme, "code": code, "lowest": lowest}
    return [party for (party,) in conn.execute(_Q.importers, asked)]


def imports(conn: ReadConnection, *, tenant: int) -> list[Import]:
    """What was brought in and not withdrawn, newest first, a thousand batches at most."""
    return [
        Import(
            batch=row[0], party=row[1], scheme=row[2], first=row[3], count=row[4],
            disputed=row[5], at=row[6],
        )
        for row in conn.execute(_Q.imports, {"tenant": tenant, "most": _MOST_LISTED})
    ]  # fmt: skip


def withdraw(
    conn: WriteConnection, batch: UUID, *, reason: str, tenant: int, now: datetime
) -> bool:
    """Take a batch back; whether there was one to take back."""
    row = {"batch": batch, "reason": reason, "tenant": tenant, "at": now}
    return conn.execute(_Q.withdraw_import, row).fetchone() is not None


def _require_form(of: StateIssued, span: Span) -> None:
    for code in dict.fromkeys((span.first, span.last)):
        if not making.is_sound(of.scheme, code):
            text = _FORM.format(code=privacy.quoted(code, 40), name=of.name)
            raise BringingError("bringing.form", text, f"line {span.line}")
    if span.first != span.last and not of.consecutive:
        text = _RANGE.format(name=of.name, first=span.first, last=span.last)
        raise BringingError("bringing.range", text, f"line {span.line}")
    if not making.in_one_series(of.scheme, span.first, span.last):
        text = _ACROSS.format(first=span.first, last=span.last)
        raise BringingError("bringing.across", text, f"line {span.line}")
    if span.first > span.last:
        text = _ORDER.format(first=span.first, last=span.last)
        raise BringingError("bringing.order", text, f"line {span.line}")
    if span.count > _MOST_OF_SPAN:
        text = _LONG.format(first=span.first, last=span.last, most=_MOST_OF_SPAN)
        raise BringingError("bringing.span", text, f"line {span.line}", status=413)


def _require_distinct(spans: Sequence[Span]) -> None:
    ordered = sorted(spans, key=lambda span: span.first)
    for one, other in pairwise(ordered):
        if other.first <= one.last:
            text = _TWICE.format(first=other.first)
            raise BringingError("bringing.twice", text, f"line {other.line}", status=409)


def _require_new(
    conn: ReadConnection, of: StateIssued, spans: Sequence[Span], capturer: Capturer
) -> None:
    asked = {
        "tenant": capturer.tenant,
        "party": capturer.party,
        "scheme": of.scheme,
        "firsts": [span.first for span in spans],
        "lasts": [span.last for span in spans],
    }
    met = conn.execute(_Q.imports_overlapping, asked).fetchone()
    if met is not None:
        line = next(span.line for span in spans if span.first == met[0])
        text = _TAKEN.format(first=met[0])
        raise BringingError("bringing.taken", text, f"line {line}", status=409)

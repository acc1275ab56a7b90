"""Codes that a state body gave out, brought in by whom they were given to; never made here.

That they were given to a party is that party's word: no paper is asked for, since a small holder
has none. So nobody's word keeps another's out; where two contradict each other the operator sees.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from psycopg.errors import DeadlockDetected, LockNotAvailable

from suyuan.codes import making, privacy, shortened
from suyuan.codes.making.types import StateIssued
from suyuan.kit import BusyError, SuyuanError, Text
from suyuan.kit.text import joined
from suyuan.model import Capturer
from suyuan.registry.types import Brought, Import
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 20_000
_MOST_OF_SPAN: Final = 1_000_000
_LEAST_RUN: Final = 3
_DIGITS: Final = list(range(1, len(str(_MOST_OF_SPAN))))
"""How many digits the difference of a range's last and first code has."""
_MOST_LISTED: Final = 1_000
_FORM = Text("“{code}” 不是{name}。", "'{code}' is no {name}.")
_RANGE = Text(
    "{name}不连号，只能一个一个地导入；“{first}-{last}” 是一段。",
    "A {name} is not given in ranges: bring the codes in one by one; '{first}-{last}' is a range.",
)
_OTHER = Text(
    "“{code}” 是{other}，不是{name}；请用 suyuan codes import {scheme} 导入。",
    "'{code}' is a code of another kind: {other}. Bring it in with suyuan codes import {scheme}.",
)
_ORDER = Text(
    "“{first}-{last}” 起止颠倒；小的写在前面。",
    "'{first}-{last}' does not go upwards; write the lower one first.",
)
_LONG = Text(
    "“{first}-{last}” 超过 {most} 个；请按领码记录分段导入。",
    "'{first}-{last}' is more than {most} codes; bring them in in the ranges that you were given.",
)
_ACROSS = Text(
    "“{first}-{last}” 跨了种类或地区；请按顺序号分段。",
    "'{first}-{last}' runs over kinds or divisions; give one range for each.",
)
_BUSY = Text(
    "另一份文件正在导入；请稍后再试。",
    "Another file is being brought in; try again in a while.",
)
_TWICE = Text("“{first}” 与第 {line} 行的 “{other}” 重复。",
              "'{first}' is in line {line} already: '{other}'.")  # fmt: skip
_TAKEN = Text(
    "你方导入过 “{known}”（批号 {batch}）。", "You brought '{known}' in before, as {batch}."
)
_EMPTY = Text("这一行没有{name}。", "There is no {name} in this line.")
_SEVERAL = Text(
    "这一行有 {count} 个码或号段：{found}。",
    "This line has {count:code or range|codes or ranges}: {found}.",
)
_MOST_SHOWN: Final = 6
_WHOLE = Text(
    "请先把那一列的单元格格式设为“文本”，再从原始清单填入完整的码，另存后导入。",
    "Set the column's cells to 'Text' first, fill the whole codes in again from the list that you "
    "were given, save, and import that.",
)
_CURES: Final = {
    "bringing.shortened": _WHOLE,
    "bringing.rounded": _WHOLE,
    "bringing.form": Text("请照领码清单改正。", "Correct this from the list that you were given."),
    "bringing.several": Text(
        "请每个码或每段各写一行，一段的首末之间写“-”；表格里另有别的码的，"
        "用 --column 写出编码那一列的标题。",
        "Give each a line of its own, with '-' between first and last of a range; of a table with "
        "other codes in it name the heading of the codes' column with --column.",
    ),
    "bringing.cell": Text("请补上，或删去空行。", "Fill it in, or leave the line out."),
    "bringing.twice": Text(
        "请删去重复的行；一段里已有的码不用再写。",
        "Leave repeated lines out; what is in a range need not be written again.",
    ),
    "bringing.taken": Text(
        "请核对领码记录，删去已导入的行；如果先前那一批导错了，请管理员用 suyuan codes withdraw "
        "批号 --reason 原因 撤回。",
        "Compare it with what you were given, and leave out what was brought in. If that batch was "
        "wrong, have the operator take it back: suyuan codes withdraw BATCH --reason WHY.",
    ),
}
"""What mends lines of a kind, said once behind all of them."""
_LINES = Text("有 {count} 行不对。{lines}", "{count:line is|lines are} wrong. {lines}")
_LINE = Text("第 {line} 行：{text}", "Line {line}: {text}")
_MORE = Text("另有 {count} 行。", "And {count} more.")
_MOST_TOLD: Final = 20
_STATUS: Final = {"bringing.span": 413}


class BringingError(SuyuanError):
    """Codes that cannot be brought in; nothing of the file was."""


class Span(Struct, frozen=True):
    """Codes from first to last, both included; `line` is where they stand in the file."""

    first: str
    last: str
    line: int

    @property
    def count(self) -> int:
        """How many codes are in it; one by itself need be no number, if another hand wrote it."""
        return 1 if self.first == self.last else int(self.last) - int(self.first) + 1


def require_sound(of: StateIssued, spans: Sequence[Span]) -> None:
    """See that codes and ranges can be what they are brought in as, by themselves.

    It asks no database, so that a long list of wrong lines keeps nobody from writing. Of very many
    the first are told why and the others only counted: to say why takes fifty times as long.

    Raises:
        BringingError: a code out of form, a range that cannot be, or two that overlap.
    """
    lines = iter(spans)
    wrong = ((span.line, error) for span in lines if (error := _wrong(of, span)))
    told = list(islice(wrong, _MOST_TOLD))
    _raise(told, sum(_is_wrong(of, span) for span in lines))
    _require_none(_rounded(spans))
    _require_none(_repeated(spans))


def counting_up(of: StateIssued, spans: Iterable[Span]) -> Span | None:
    """The longest run of codes of which each is one more than the one before, three at least.

    None of a scheme whose codes are given out so. Others have characters that nobody can foresee,
    so that such a run was most likely made up; `line` is that of its first.
    """
    longest = run = None
    for each in () if of.consecutive else sorted(spans, key=lambda span: span.first):
        goes_on = run is not None and int(each.first) == int(run.last) + 1
        run = Span(run.first, each.last, run.line) if run and goes_on else each
        longest = run if longest is None or run.count > longest.count else longest
    return longest if longest and longest.count >= _LEAST_RUN else None


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

    Gives how many codes there are. `require_sound` has let them through.

    Raises:
        BringingError: codes that the party has already.
        BusyError: another file of the party or the scheme is being brought in.
    """
    _alone(conn, f"{capturer.tenant}:{of.scheme}:{capturer.party}")
    _require_new(conn, of, spans, capturer)
    count = _list(conn, of.scheme, spans, capturer, batch, now)
    whose = (batch, capturer.tenant, capturer.party, capturer.account, of.scheme)
    for begin in range(0, len(spans), _AT_ONCE):
        with conn.cursor() as cursor, cursor.copy(_Q.copy_import) as copy:
            for span in spans[begin : begin + _AT_ONCE]:
                copy.write_row((*whose, span.first, span.last, now))
    _dispute(conn, of.scheme, spans, capturer, batch)
    return count


def is_complete(conn: ReadConnection, *, tenant: int) -> bool:
    """Whether every batch is listed; what an older program brings in is not by itself."""
    asked = {"tenant": tenant, "scheme": None}
    return conn.execute(_Q.batches_unlisted, asked).fetchone() is None


def complete(conn: WriteConnection, *, tenant: int, scheme: str | None = None) -> None:
    """List every batch, of one scheme or of all, and keep with whose it is in conflict.

    Raises:
        BusyError: a file of such a scheme is being brought in.
    """
    asked = {"tenant": tenant, "scheme": scheme}
    for batch, party, account, of, at in conn.execute(_Q.batches_unlisted, asked).fetchall():
        rows = conn.execute(_Q.spans_of, {"batch": batch})
        spans = [Span(first, last, 0) for first, last in rows]
        whose = Capturer(tenant=tenant, account=account, party=party)
        _alone(conn, f"{tenant}:{of}")  # before the row is: who has this lock may wait for that
        _list(conn, of, spans, whose, batch, at)
        _dispute(conn, of, spans, whose, batch)


def _list(
    conn: WriteConnection,
    scheme: str,
    spans: Sequence[Span],
    capturer: Capturer,
    batch: UUID,
    at: datetime,
) -> int:
    """Keep a batch as a row; gives how many codes it has."""
    count = sum(span.count for span in spans)
    about = {"batch": batch, "count": count, "at": at, "first": min(each.first for each in spans)}
    conn.execute(_Q.add_batch, _asked(scheme, (), capturer) | about)
    return count


def _dispute(
    conn: WriteConnection, scheme: str, spans: Sequence[Span], capturer: Capturer, batch: UUID
) -> None:
    """Keep with whose batches this one is in conflict.

    One after the other: of two that come at once, the second must see the first.
    """
    _alone(conn, f"{capturer.tenant}:{scheme}")
    more = {"batch": batch, "digits": _DIGITS}
    conn.execute(_Q.add_disputes, _asked(scheme, spans, capturer) | more)


def _alone(conn: WriteConnection, key: str) -> None:
    try:
        conn.execute(_Q.lock_imports, {"key": key})
    except (DeadlockDetected, LockNotAvailable) as error:
        raise BusyError("bringing.busy", _BUSY, "codes") from error


def brought_by(conn: ReadConnection, scheme: str, code: str, *, tenant: int) -> list[Brought]:
    """Who brought a code in, and in which batch; of several parties at most one is right."""
    lowest = [str(max(int(code) - 10**each, 0)).zfill(len(code)) for each in _DIGITS]
    asked = {"tenant": tenant, "scheme": scheme, "code": code, "lowest": lowest}
    asked |= {"digits": _DIGITS}
    found = conn.execute(_Q.importers, asked)
    return [Brought(party=party, batch=batch, at=at) for party, batch, at in found]


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


def _wrong(of: StateIssued, span: Span) -> BringingError | None:
    found = _form(of, span)
    return found and BringingError(*found, f"line {span.line}", status=_STATUS.get(found[0], 400))


def _is_wrong(of: StateIssued, span: Span) -> bool:
    """Whether `_wrong` has something to say."""
    ends = {span.first, span.last}
    if any(shortened.is_shortened(each) or not making.is_sound(of.scheme, each) for each in ends):
        return True
    return _no_range(of, span) is not None


def _form(of: StateIssued, span: Span) -> tuple[str, Text] | None:
    """What is wrong with the form of a range, as code and words; None if nothing is."""
    return _no_code(of, span.first) or _no_code(of, span.last) or _no_range(of, span)


def _no_code(of: StateIssued, code: str) -> tuple[str, Text] | None:
    if not code:
        return "bringing.cell", _EMPTY.format(name=of.name)
    if shortened.is_shortened(code):
        return "bringing.shortened", shortened.SHORTENED.format(code=code)
    if not making.is_sound(of.scheme, code):
        if several := _several(of, code):
            return "bringing.several", several
        for other in making.STATE_ISSUED.values():
            if making.is_sound(other.scheme, code):
                told = {"name": of.name, "other": other.name, "scheme": other.scheme}
                return "bringing.other", _OTHER.format(code=privacy.quoted(code, 40), **told)
        text = _FORM.format(code=privacy.quoted(code, 40), name=of.name)
        why = making.fault_of(of.scheme, code) or Text("", "")
        return "bringing.form", Text(text.zh + why.zh, f"{text.en} {why.en}")
    return None


def _several(of: StateIssued, text: str) -> Text | None:
    """Which codes and ranges stand in a text that has more than one, and nothing else."""
    found = text.split()
    ends = (end for each in found for end in each.split("-"))
    if len(found) == 1 or not all(making.is_sound(of.scheme, end) for end in ends):
        return None
    shown = found if len(found) <= _MOST_SHOWN else [*found[:_MOST_SHOWN], "…"]
    return _SEVERAL.format(count=len(found), found=joined(shown))


def _no_range(of: StateIssued, span: Span) -> tuple[str, Text] | None:
    ends = {"first": span.first, "last": span.last}
    if span.first != span.last and not of.consecutive:
        return "bringing.range", _RANGE.format(name=of.name, **ends)
    if not making.in_one_series(of.scheme, span.first, span.last):
        return "bringing.across", _ACROSS.format(**ends)
    if span.first > span.last:
        return "bringing.order", _ORDER.format(**ends)
    if span.count > _MOST_OF_SPAN:
        return "bringing.span", _LONG.format(**ends, most=_MOST_OF_SPAN)
    return None


def _rounded(spans: Sequence[Span]) -> Iterator[tuple[int, BringingError]]:
    """All of them, if a spreadsheet rounded all: of one alone, or some, nobody can tell."""
    if len(spans) > 1 and all(shortened.is_rounded(each.first) for each in spans):
        for each in spans:
            text = shortened.ROUNDED.format(code=each.first)
            yield each.line, BringingError("bringing.rounded", text, f"line {each.line}")


def _repeated(spans: Sequence[Span]) -> Iterator[tuple[int, BringingError]]:
    """Each that begins within one before it, of which the one that reaches furthest tells."""
    furthest: Span | None = None
    for each in sorted(spans, key=lambda span: span.first):
        if furthest and each.first <= furthest.last:
            text = _TWICE.format(first=each.first, line=furthest.line, other=_shown(furthest))
            place = f"line {each.line}"
            yield each.line, BringingError("bringing.twice", text, place, status=409)
        if not furthest or each.last > furthest.last:
            furthest = each


def _shown(span: Span) -> str:
    return span.first if span.first == span.last else f"{span.first}-{span.last}"


def _require_none(wrong: Iterable[tuple[int, BringingError]]) -> None:
    """Tell every line that is wrong, of very many the first and how many there are."""
    lines = iter(wrong)
    told = list(islice(lines, _MOST_TOLD))
    _raise(told, sum(1 for _ in lines))


def _raise(told: Sequence[tuple[int, BringingError]], more: int) -> None:
    """Tell lines that are wrong, if there are any, and how many others there are."""
    if not told:
        return
    first = told[0][1]
    said = first.text if len(told) == 1 else _together(told, more)
    for cure in dict.fromkeys(_CURES.get(error.code) for _, error in told):
        said = Text(said.zh + cure.zh, f"{said.en} {cure.en}") if cure else said
    raise BringingError(first.code, said, first.place, status=first.status)


def _together(told: Sequence[tuple[int, BringingError]], more: int) -> Text:
    lines = [_LINE.format(line=line, text=error.text) for line, error in told]
    said = _LINES.format(
        count=len(told) + more,
        lines=Text("".join(each.zh for each in lines), " ".join(each.en for each in lines)),
    )
    if not more:
        return said
    rest = _MORE.format(count=more)
    return Text(said.zh + rest.zh, f"{said.en} {rest.en}")


def _require_new(
    conn: ReadConnection, of: StateIssued, spans: Sequence[Span], capturer: Capturer
) -> None:
    asked = _asked(of.scheme, spans, capturer)
    found = conn.execute(_Q.imports_overlapping, asked)
    taken = {first: (Span(low, high, 0), batch) for first, batch, low, high in found}
    _require_none(
        (span.line, _taken(span, *taken[span.first])) for span in spans if span.first in taken
    )


def _asked(scheme: str, spans: Sequence[Span], capturer: Capturer) -> dict[str, Any]:
    return {
        "tenant": capturer.tenant,
        "party": capturer.party,
        "scheme": scheme,
        "firsts": [span.first for span in spans],
        "lasts": [span.last for span in spans],
    }


def _taken(span: Span, known: Span, batch: UUID) -> BringingError:
    text = _TAKEN.format(known=_shown(known), batch=batch)
    return BringingError("bringing.taken", text, f"line {span.line}", status=409)

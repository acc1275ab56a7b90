"""Takes an enterprise's table of how its vessels are drawn from; gives the rules, or what is wrong.

They are assumptions of a recall's amounts, each with its source (docs/concepts/trace.md). The table
is a file, or lines as people type them.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Final

from suyuan.codes import privacy, unknown
from suyuan.interchange import assuming
from suyuan.kit import SuyuanError, Text, oserrors
from suyuan.kit.encodings import text_of
from suyuan.kit.separated import parting
from suyuan.model import Viewer
from suyuan.service.asking import subjects
from suyuan.service.platform import Platform
from suyuan.service.tables import from_text
from suyuan.trace.types import Rotation, VesselRule

_MOST: Final = 10_000
_HEADS: Final[Mapping[str, tuple[str, str]]] = {
    "vessel": ("容器罐", "vessel"), "rotation": ("轮换", "rotation"),
    "apart": ("分开存放", "apart"), "since": ("起始日", "since"), "until": ("截止日", "until"),
    "source": ("依据", "source"), "emptied": ("清空日", "emptied"),
}  # fmt: skip
_TYPED: Final = ("vessel", "rotation", "source", "since", "until", "emptied", "apart")
"""The order of columns where nobody writes a head."""
_TYPED_AS: Final = "vessels"
"""Stands for the name of a file; a form says no place, so its errors name their row."""
_IN_ROW: Final = Text("容器罐第 {row} 行：{said}", "Vessels, row {row}: {said}")
_APART_DAYS: Final = re.compile(r"[\s;；、]+")
_YES: Final = frozenset(("是", "yes", "y", "true", "1"))
_NO: Final = frozenset(("否", "no", "n", "false", "0", ""))

_UNREADABLE: Final = Text(
    "无法读取容器罐规则表：{why}。请给出 CSV（UTF-8 或 GB 18030），首行为列名。",
    "The table of vessels cannot be read: {why}. Give a CSV (UTF-8 or GB 18030) with a head.",
)
_NO_TEXT: Final = Text("不是文字文件", "it is no text")
_NO_HEAD: Final = Text("没有“{name}”一列", "it has no column '{name}'")
_UNKNOWN_HEAD: Final = Text("没有名为“{name}”的列", "there is no column named '{name}'")
_TWICE_HEAD: Final = Text("“{name}”一列有两个", "it has two columns '{name}'")
_LONG_ROW: Final = Text("这一行的格数多于列名。", "This row has more cells than the head.")
_MANY: Final = Text("超过 {most} 行", "it has more than {most} rows")
_ROTATION: Final = Text(
    "没有“{given}”这一项；可选：先进先出 fifo、后进先出 lifo、均匀混合 mix、不明 unknown。",
    "There is no '{given}' to choose: one of fifo, lifo, mix, unknown.",
)
_APART: Final = Text("请写“是”或“否”，这里是“{given}”。", "Write yes or no; here is '{given}'.")
_DAY: Final = Text(
    "“{given}”不是某一天；请写成 2026-03-01。", "'{given}' is no day; write 2026-03-01."
)
_DAYS: Final = Text(
    "截止日早于起始日；请对调或改正。",
    "The last day is before the first; exchange them, or mend the wrong one.",
)
_SOURCE: Final = Text(
    "请写明依据，例如作业规程编号：没有依据的假设不采用。",
    "Say where it is stated, such as the number of a procedure: no assumption without a source.",
)
_TWO: Final = Text(
    "与第 {row} 行说的是同一容器罐的同一天。请只留一条，或分开起止日。",
    "Row {row} is of the same vessel on the same days. Keep one, or part their days.",
)


class VesselError(SuyuanError):
    """A table of vessels that cannot be read, or a cell of it that says nothing we know."""


def vessel_rules(platform: Platform, file: Path, viewer: Viewer) -> tuple[VesselRule, ...]:
    """The rules of a table: `vessel`, `rotation`, `apart`, `emptied`, `since`, `until`, `source`.

    `vessel` is any code of a container or site; days may be empty. All rows are taken, or none.

    Raises:
        VesselError: with the row and column that are wrong.
    """
    try:
        text = text_of(file.read_bytes())
    except OSError as error:
        raise _unreadable(str(file), oserrors.why(error)) from error
    if text is None or "\0" in text:
        raise _unreadable(str(file), _NO_TEXT)
    return _rules(platform, list(_rows(text, file.name)), viewer, file.name)


def vessel_rules_typed(platform: Platform, text: str, viewer: Viewer) -> tuple[VesselRule, ...]:
    """The same of typed lines: vessel, rotation, source, since, until, emptied, apart.

    A first line may be a head, as a file has it; commas may be Chinese.

    Raises:
        VesselError: with the row and column that are wrong.
    """
    lines = text.replace("，", ",").replace("\0", "").strip()
    if not lines:
        return ()
    first = lines.splitlines()[0].split(",")
    if not any(each.strip(' "').lower() in _HEADS["vessel"] for each in first):
        lines = f"{','.join(_TYPED)}\n{lines}"
        return _rules(platform, list(_rows(lines, _TYPED_AS, before=1)), viewer, _TYPED_AS)
    return _rules(platform, list(_rows(lines, _TYPED_AS)), viewer, _TYPED_AS)


def _rules(
    platform: Platform, rows: list[tuple[int, "_Row"]], viewer: Viewer, file: str
) -> tuple[VesselRule, ...]:
    codes = [_needed(row, "vessel", file) for _, row in rows]
    named = subjects(platform, codes, viewer) if codes else []
    found: list[tuple[int, VesselRule]] = []
    for (number, row), code, read in zip(rows, codes, named, strict=True):
        if read is None:
            raise _wrong(file, number, "vessel", unknown.no_code(code))
        found.append((number, _rule(row, number, read.canonical, file)))
    _require_one_each(found, file)
    return tuple(rule for _, rule in found)


_Row = Mapping[str, str]


def _rows(text: str, file: str, *, before: int = 0) -> Iterator[tuple[int, _Row]]:
    """Rows that say something, with the line that each stands on, but for so many before them."""
    try:
        table = csv.reader(StringIO(text, newline=""), delimiter=parting(text), strict=True)
        keys = _keys(next(table, []), file)
        for number, cells in enumerate(table, 1):
            if number > _MOST:
                raise _unreadable(file, _MANY.format(most=_MOST))
            if len(cells) > len(keys):
                raise _wrong(file, table.line_num - before, "", _LONG_ROW)
            row = {key: from_text(cell) for key, cell in zip(keys, cells, strict=False)}
            if any(row.values()):
                at = table.line_num - before
                yield at, row | {"": str(at)}
    except csv.Error as error:
        raise _unreadable(file, Text(str(error), str(error))) from error


def _keys(heads: Iterable[str], file: str) -> list[str]:
    keys: list[str] = []
    for head in heads:
        given = head.strip()
        key = next((key for key, names in _HEADS.items() if given.lower() in names), None)
        if key is None or key in keys:
            said = _UNKNOWN_HEAD if key is None else _TWICE_HEAD
            raise _unreadable(file, said.format(name=privacy.quoted(given, 40)))
        keys.append(key)
    for key in ("vessel", "source"):
        if key not in keys:
            raise _unreadable(file, _NO_HEAD.format(name=Text(*_HEADS[key])))
    return keys


def _rule(row: _Row, number: int, vessel: str, file: str) -> VesselRule:
    since, until = (_day(row, key, number, file) for key in ("since", "until"))
    if since is not None and until is not None and until < since:
        raise _wrong(file, number, "until", _DAYS)
    return VesselRule(
        vessel=vessel,
        rotation=_rotation(row, number, file),
        apart=_is_apart(row, number, file),
        emptied=_emptied(row, number, file),
        since=since,
        until=until,
        source=_needed(row, "source", file),
    )


def _needed(row: _Row, key: str, file: str) -> str:
    text = row.get(key, "")
    if not text:
        said = _SOURCE if key == "source" else unknown.no_code("")
        raise _wrong(file, int(row[""]), key, said)
    return privacy.masked(text)


def _rotation(row: _Row, number: int, file: str) -> Rotation:
    given = row.get("rotation", "").lower() or Rotation.UNKNOWN.value
    for each, names in assuming.ROTATIONS.items():
        if given in {each.value, names.zh, names.en}:
            return each
    raise _wrong(file, number, "rotation", _ROTATION.format(given=privacy.quoted(given, 40)))


def _is_apart(row: _Row, number: int, file: str) -> bool:
    given = row.get("apart", "").lower()
    if given not in _YES | _NO:
        raise _wrong(file, number, "apart", _APART.format(given=privacy.quoted(given, 40)))
    return given in _YES


def _emptied(row: _Row, number: int, file: str) -> tuple[date, ...]:
    """Days behind spaces or semicolons, each once."""
    written = filter(None, _APART_DAYS.split(row.get("emptied", "")))
    days = [_day({"emptied": each}, "emptied", number, file) for each in written]
    return tuple(sorted({each for each in days if each is not None}))


def _day(row: _Row, key: str, number: int, file: str) -> date | None:
    given = row.get(key, "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        said = _DAY.format(given=privacy.quoted(given, 40))
        raise _wrong(file, number, key, said) from error


def _require_one_each(found: Iterable[tuple[int, VesselRule]], file: str) -> None:
    """On no day has a vessel two rules: which of them was meant nobody could say."""
    by_vessel: dict[str, list[tuple[int, VesselRule]]] = {}
    for number, rule in found:
        by_vessel.setdefault(rule.vessel, []).append((number, rule))
    for rules in by_vessel.values():
        rules.sort(key=lambda each: each[1].since or date.min)
        for (row, one), (number, other) in pairwise(rules):
            if one.until is None or (other.since or date.min) <= one.until:
                raise _wrong(file, number, "since", _TWO.format(row=row))


def _wrong(file: str, number: int, key: str, text: Text) -> VesselError:
    place = f"{file}, row {number}" + (f", {key}" if key else "")
    said = _IN_ROW.format(row=number, said=text) if file == _TYPED_AS else text
    return VesselError("vessels.cell", said, place)


def _unreadable(file: str, why: Text) -> VesselError:
    return VesselError("vessels.unreadable", _UNREADABLE.format(why=why), file)

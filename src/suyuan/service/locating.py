"""Takes tables of flows and cases; gives where the cases most probably come from."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from io import StringIO
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text, encodings
from suyuan.kit.numerals import readings
from suyuan.kit.separated import parting

if TYPE_CHECKING:
    from suyuan.network.locating import Flow, Located


class TableError(SuyuanError):
    """A table that is not there, lacks a column, or has a cell that is no number."""


def locate_source(
    flows: Path,
    cases: Path,
    *,
    priors: Path | None = None,
    reporting: Path | None = None,
    noise: float = 0.0,
) -> "Located":
    """Posterior of every candidate, coverage, explaining sets, and the most telling samples.

    Tables are CSV with a head, or JSON (a list of objects). `flows`: source, target (empty:
    sold to consumers at the source), amount. `cases`: place, and count if not one. `priors`
    and `reporting`: name, value.

    Raises:
        TableError: a table that cannot be read, with its row and column.
        LocatingError: flows and cases from which nothing can be located.
    """
    from suyuan.network.locating import Doubts, locate  # noqa: PLC0415 -- loads numpy

    found, prior, rates = flows_of(flows), values_of(priors), values_of(reporting, most=1)
    names = {name for flow in found for name in (flow.source, flow.target)}
    _require_on_flows(prior, names, priors)
    _require_on_flows(rates, names, reporting)
    counts: dict[str, int] = {}
    for row in rows_of(cases, ("place",)):
        place = text_of(row, "place")
        counts[place] = counts.get(place, 0) + whole_of(row, "count", default=1)
    doubts = Doubts(noise=noise, prior=prior, reporting=rates)
    return locate(found, {place: count for place, count in counts.items() if count}, doubts)


def flows_of(file: Path) -> "list[Flow]":
    """A table of flows: source, target (empty: sold at the source), amount.

    Raises:
        TableError: it cannot be read, with its row and column.
    """
    from suyuan.network.locating import Flow  # noqa: PLC0415 -- loads numpy

    return [
        Flow(text_of(row, "source"), str(row.get("target") or "").strip(), _positive(row, "amount"))
        for row in rows_of(file, ("source", "target", "amount"))
    ]


def locate_lots(
    exposures: Path, cases: Path, *, priors: Path | None = None, noise: float = 0.0
) -> "LocatedLots":
    """Posterior of every source, and of every window of its making, where lots are recorded.

    `exposures`: source, window, place, day (YYYY-MM-DD), amount: what a source made in a window
    and was on sale at a place on a day. `cases`: place, day, count if not one, and give: give or
    take so many days.

    Raises:
        TableError: a table that cannot be read, with its row and column.
        LocatingError: no source explains the cases.
    """
    from suyuan.network.lots import (  # noqa: PLC0415 -- loads numpy
        Exposure,
        Sighting,
        by_source,
        lot_posterior,
    )

    made = [
        Exposure(
            text_of(row, "source"),
            text_of(row, "window"),
            text_of(row, "place"),
            day_of(row),
            _amount(row),
        )
        for row in rows_of(exposures, ("source", "window", "place", "day", "amount"))
    ]
    seen = Counter[Sighting]()
    for row in rows_of(cases, ("place", "day")):
        sighting = Sighting(text_of(row, "place"), day_of(row), give_of(row))
        seen[sighting] += whole_of(row, "count", default=1)
    if not seen.total():
        raise TableError("source.no-case", _NO_CASE, cases.name)
    prior = values_of(priors)
    _require_on_flows(prior, {each.source for each in made}, priors)
    found = lot_posterior(made, seen, noise=noise, prior=prior or None)
    return LocatedLots(
        cases=seen.total(),
        sources=tuple(by_source(found).items()),
        windows=tuple((source, window, each) for (source, window), each in found.items()),
    )


class LocatedLots(Struct, frozen=True, kw_only=True):
    """Posteriors, the most probable first: by source, and by source and window of making."""

    cases: int
    sources: tuple[tuple[str, float], ...]
    windows: tuple[tuple[str, str, float], ...]


SAMPLED: Final = Text(
    "假设来源的货全部有问题，混到一处就均匀；实际不合格率越低，一次抽样说明的越少。",
    "Assumed: all goods of the source are bad, and mix evenly with others'; the fewer are bad, the "
    "less one test tells.",
)
"""On what the bits that a sample tells rest."""

Holder = tuple[str, str]
"""Party and site."""


class Bought(Struct, frozen=True, kw_only=True):
    """So many cases who bought at a holder's on a day (`date.toordinal`), give or take so many."""

    holder: Holder
    count: int
    day: int
    give: int


class Window(Struct, frozen=True, kw_only=True):
    """A source and lots that it made within a week 产出时段, from the first day to the last."""

    source: str
    since: date
    until: date
    posterior: float
    lots: tuple[str, ...]


class ByLot(Struct, frozen=True, kw_only=True):
    """Posteriors by lot records: sources, and the likeliest windows with their lots, best first.

    `undated` counts lots at their beginning of which no day is known; `without` are sources that
    have no other, so that they are not weighed. `left_out` counts steps without an amount that
    compares and sales without a day.
    """

    sources: tuple[tuple[str, float], ...]
    windows: tuple[Window, ...]
    lots: int
    undated: int
    left_out: int
    without: tuple[str, ...] = ()

    @property
    def untold(self) -> Text | None:
        """Who is not among the sources, in a sentence."""
        if not self.without:
            return None
        more = _listed(
            [*self.without[:_MOST_SHOWN], *("…" for _ in self.without[_MOST_SHOWN:][:1])]
        )
        return _WITHOUT.format(names=more)


_WITHOUT: Final = Text(
    "这些来源的批次都没有产出日期，不在比较之内：{names}。",
    "Of these sources no lot has a day of making, so they are not among those compared: {names}.",
)
_Row = Mapping[str, Any]


def _amount(row: _Row) -> float:
    amount = _number(row, "amount")
    if not 0 <= amount < inf:
        raise _bad(row, "amount", _NO_AMOUNT)
    return amount


def _positive(row: _Row, column: str) -> float:
    amount = _number(row, column)
    if not 0 < amount < inf:
        raise _bad(row, column, _NOT_POSITIVE)
    return amount


_MOST_GIVE: Final = 3_660


def give_of(row: _Row) -> int:
    """Give or take so many days; none if it is not said.

    Raises:
        TableError: it is no whole number, or more than ten years.
    """
    give = whole_of(row, "give", default=0)
    if give > _MOST_GIVE:
        raise _bad(row, "give", _LONG_GIVE.format(most=_MOST_GIVE))
    return give


def day_of(row: _Row) -> int:
    """The day of a row, YYYY-MM-DD, as its number (`date.toordinal`).

    Raises:
        TableError: it is none.
    """
    try:
        return date.fromisoformat(text_of(row, "day")).toordinal()
    except ValueError as error:
        raise _bad(row, "day", _NO_DAY) from error


def values_of(file: Path | None, *, most: float = inf) -> dict[str, float]:
    """A table of name and value, from 0 to `most`; nothing without a file.

    Raises:
        TableError: it cannot be read, with its row and column.
    """
    return {} if file is None else _values(rows_of(file, ("name", "value")), most)


def values_typed(lines: str, where: str, *, most: float = inf) -> dict[str, float]:
    """The same as they are typed, a line each: NAME,VALUE; `where` is the field.

    Raises:
        TableError: a line that is none.
    """
    rows = []
    for number, line in enumerate(lines.replace("，", ",").splitlines(), 1):
        name, _, value = line.rpartition(",")
        rows.append({"": f"{where}, row {number}", "name": name, "value": value})
    return _values([row for row in rows if row["name"] or row["value"].strip()], most)


def _values(rows: Iterable[_Row], most: float) -> dict[str, float]:
    found = dict[str, float]()
    for row in rows:
        value = _number(row, "value")
        if not 0 <= value <= most or value == inf:
            raise _bad(row, "value", _NO_AMOUNT if most == inf else _NO_SHARE)
        if (name := text_of(row, "name")) in found:
            raise _bad(row, "name", _TWICE)
        found[name] = value
    return found


def _require_on_flows(named: Mapping[str, float], known: set[str], file: Path | None) -> None:
    """Hold names of a table against those of the flows: a name that is spelt otherwise is nobody.

    Raises:
        TableError: one is on none of them; its place is the table.
    """
    strange = [name for name in named if name not in known]
    if strange:
        shown = [privacy.quoted(name) for name in sorted(known - {""})[:_MOST_SHOWN]]
        text = _STRANGE.format(
            names=_listed([privacy.quoted(name) for name in strange[:_MOST_SHOWN]]),
            known=_listed(shown),
        )
        raise TableError("locate.strange", text, "" if file is None else file.name)


def _listed(names: Sequence[str]) -> Text:
    return Text("、".join(names), ", ".join(names))


def rows_of(file: Path, columns: tuple[str, ...]) -> list[_Row]:
    """The rows, each with where it stands under an empty name; those without anything are none.

    Raises:
        TableError: the table cannot be read, or lacks one of these columns.
    """
    try:
        text = _text(file)
        is_json = text.lstrip()[:1] in {"[", "{"}
        table = enumerate(json.loads(text), 1) if is_json else _csv(text)
        rows: list[_Row] = [
            dict(row) | {"": f"{file.name}, row {at}"}
            for at, row in table
            if any(not _is_empty(cell) for cell in dict(row).values())
        ]
    except (OSError, ValueError, TypeError, csv.Error, RecursionError) as error:
        raise TableError(
            "locate.unreadable",
            Text(
                "无法读取该表：需为 UTF-8 或 GBK 的 CSV（首行为列名）或 JSON 对象列表。",
                "The table cannot be read: it must be a CSV with a head, in UTF-8 or GBK, or a "
                "JSON list of objects.",
            ),
            str(file),
        ) from error
    for row in rows:
        if missing := [name for name in columns if name not in row]:
            raise _no_column(row, missing[0], columns)
    return rows


def _is_empty(cell: Any) -> bool:
    if isinstance(cell, list):  # of a row, what stands beyond the last heading
        return all(map(_is_empty, cell))
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _text(file: Path) -> str:
    """The text of a table.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is in no encoding that tables are read in.
    """
    text = encodings.text_of(file.read_bytes())
    if text is None:
        raise ValueError(file.name)
    return text


def _csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows, each with the line that it ends on."""
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=parting(text))
    for row in reader:
        yield reader.line_num, {str(name).strip(): cell for name, cell in row.items()}


def text_of(row: _Row, column: str) -> str:
    """A cell that must not be empty.

    Raises:
        TableError: it is.
    """
    value = row[column]
    if not isinstance(value, str | int) or not str(value).strip():
        raise _bad(row, column, _NO_NAME)
    return str(value).strip()


def whole_of(row: _Row, column: str, *, default: int) -> int:
    """A cell as a count, zero or more.

    Raises:
        TableError: it is none, or like 1.000 can be two.
    """
    count, value = _number(row, column, float(default)), row.get(column)
    doubtful = isinstance(value, str) and len(readings(value)) > 1
    if doubtful or not count.is_integer() or count < 0:
        raise _bad(row, column, _NO_COUNT)
    return int(count)


def _number(row: _Row, column: str, default: float | None = None) -> float:
    value = row.get(column)
    if _is_empty(value) and default is not None:
        return default
    written = str(value).strip().replace("\u2212", "-")
    if "," in written and len(found := readings(written)) == 1:
        return float(found[0])
    try:
        return float(written)
    except ValueError as error:
        raise _bad(row, column, _NO_NUMBER) from error


def _bad(row: _Row, column: str, why: Text) -> TableError:
    given = privacy.quoted(str(row.get(column) or ""))
    return TableError("locate.bad-cell", why.format(given=given), f"{row['']}, {column}")


def _no_column(row: _Row, column: str, columns: Sequence[str]) -> TableError:
    present = [privacy.quoted(str(name)) for name in row if name][:_MOST_SHOWN]
    text = _NO_COLUMN.format(
        column=column, needed=_listed(columns), present=_listed(present or ["–"])
    )
    return TableError("locate.no-column", text, f"{row['']}, {column}")


_MOST_SHOWN: Final = 20
_NO_COLUMN: Final = Text(
    "没有“{column}”列；需要：{needed}；现有：{present}。请改第一行的列名。",
    "There is no column '{column}'. Needed: {needed}; there are: {present}. Correct the headings.",
)
_TWICE: Final = Text("这个名称前面已经写过。", "This name stands in a row before.")
_NO_CASE: Final = Text(
    "没有病例；请给出至少一行，count 大于 0。", "There is no case; give a row, with count above 0."
)
_NO_NAME: Final = Text("这里要写名称或编码。", "A name or code must stand here.")
_NO_NUMBER: Final = Text("“{given}”不是数字。", "'{given}' is no number.")
_NO_COUNT: Final = Text("“{given}”不是不小于零的整数。", "'{given}' is no whole number ≥ 0.")
_NO_AMOUNT: Final = Text("“{given}”不是不小于零的数。", "'{given}' is no number ≥ 0.")
_NOT_POSITIVE: Final = Text("“{given}”不是大于零的数。", "'{given}' is no number above 0.")
_NO_SHARE: Final = Text("“{given}”不是 0 到 1 的数。", "'{given}' is no number from 0 to 1.")
_NO_DAY: Final = Text(
    "“{given}”不是日期；请写成 2026-03-01。", "'{given}' is no day; write 2026-03-01."
)
_LONG_GIVE: Final = Text("前后最多 {most} 天。", "Give or take at most {most} days.")
_STRANGE: Final = Text(
    "流向里没有：{names}。请按流向里的写法写；流向里有：{known}。",
    "On none of the flows: {names}. Write names as the flows have them: {known}.",
)

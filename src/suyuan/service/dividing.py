"""Takes a division's code or name and a day; gives what it was, is and became, for every face."""

from datetime import date
from unicodedata import normalize

from msgspec import Struct, structs

from suyuan.codes import divisions, privacy
from suyuan.kit import SuyuanError, Text

_NO_CODE = Text(
    "“{code}” 不是行政区划代码。代码是 6 位数字，如 330106；也可以按名称查。",
    "'{code}' is no code of a division. A code has six digits, as 330106; or look up the name.",
)
_OVER = Text(
    "{name}（{code}）在 {when}停用，{on} 已经没有。这个代码的有效时段：{periods}。",
    "{name} ({code}) ended in {when} and was there no more on {on}. The code was valid: {periods}.",
)
_NOT_YET = Text(
    "{name}（{code}）在 {when}启用，{on} 还没有。这个代码的有效时段：{periods}。",
    "{name} ({code}) came in {when} and was not yet there on {on}. The code was valid: {periods}.",
)
_LAY_IN = Text("它的地方那天属于：{then}。", " On that day its area lay in: {then}.")
_LAY_UNKNOWN = Text(
    "它的地方那天属于哪里，没有查到。", " Where its area lay on that day is not known."
)
_EARLY = Text(
    "{on} 太早：代码表从 {year} 年开始，更早的不收录。",
    "{on} is too early: the table begins in {year} and has nothing of before.",
)
_BEGUN = Text(
    "{name}在 {when}启用，哪一天不清楚：{on} 可能已启用，也可能还没有。",
    "{name} came in {when}, the day is not known: on {on} it may have been there, or not yet.",
)
_ENDED = Text(
    "{name}在 {when}停用，哪一天不清楚：{on} 可能还在用，也可能已停用。",
    "{name} ended in {when}, the day is not known: on {on} it may have been there, or no more.",
)
_OLDER = Text(
    "代码表从 {when}年底的名录开始：{on} 有没有{name}，不能确定。",
    "The table begins with the list of the end of {when}: whether there was {name} on {on} is not "
    "certain.",
)
_LATE = Text(
    "最近的名录是 {when} 的：{on} 有没有变更，不能确定。",
    "The latest list is of {when}: whether it changed before {on} is not certain.",
)
_DAY = Text(
    "“{text}” 不是日期；请写成 2010-07-01。", "'{text}' is no date; write it as 2010-07-01."
)
_NOTHING_GIVEN = Text(
    "没有给出名称或代码；请给出一个，如 杭州 或 330100。",
    "No name or code was given; give one, such as Hangzhou or 330100.",
)
_LONGEST = 60


class Successor(Struct, frozen=True):
    """A division to which the area of an ended one went, as that was called then."""

    code: str
    full: Text


class NamedDivision(Struct, frozen=True, kw_only=True):
    """A division as it is listed: its name alone and in full, and the time of that name.

    `since` and `until` are a day, or the month or year whose list shows the change. `successors`
    are where its area went when it ended, empty if that is not known. `outside` says of one that
    was not in force on the day asked when it ended or came, and where its area lay on that day.
    """

    code: str
    name: Text
    full: Text
    level: int
    since: str
    until: str | None
    verified: bool
    collective: bool
    successors: tuple[Successor, ...] = ()
    outside: Text | None = None


class Divided(Struct, frozen=True, kw_only=True):
    """All that is known of a code: what it means on the day asked, and before, after, around it.

    `certain` is False within a year or month of change whose day is not known, and after the latest
    list; `doubt` then says which. Within a year or month in which the code came or ended, both
    readings hold: it is given as if in force.
    `became` is what its area went to when it ended, `now` where the area lies today; `exact` is
    False where a step is not known and `now` is the wider division. `lists` are the days of the
    first and the latest list behind the table. `outside` says of a code that was not in force on
    the day when it ended or came, and `then` where its area lay on that day, so far as is known.
    """

    asked: NamedDivision
    on: date | None
    certain: bool
    doubt: Text | None
    outside: Text | None
    then: tuple[NamedDivision, ...]
    history: tuple[NamedDivision, ...]
    above: tuple[NamedDivision, ...]
    below: tuple[NamedDivision, ...]
    became: tuple[NamedDivision, ...]
    now: tuple[NamedDivision, ...]
    exact: bool
    lists: tuple[date, date] = (divisions.FIRST_LIST, divisions.LATEST_LIST)


def divided(code: str, on: date | None = None) -> Divided:
    """What a code means, on a day or now; on another day than its own, the period next to that.

    Raises:
        SuyuanError: it never was a code, or the day is before the table (404).
    """
    code = divisions.of_statistics(normalize("NFKC", code).strip())
    there = divisions.division(code, on) or _perhaps(code, on)
    row = there or _beside(code, on)
    outside = on if there is None else None
    then = divisions.lay_in(row, outside) if outside else ()
    around = None if outside else on
    return Divided(
        asked=_named(row),
        on=on,
        certain=on is None or row.certain(on),
        doubt=None if on is None or row.certain(on) else _doubt(row, on),
        outside=_outside(row, outside, then) if outside else None,
        then=_all(then),
        history=_all(divisions.history(code)),
        above=_all(divisions.ancestors(row, around)),
        below=_all(divisions.children(row, around)),
        became=_all(divisions.successors(row)),
        now=_all(divisions.today(code, row.valid_from)),
        exact=not row.until or _is_known(row),
    )


def divisions_named(text: str, on: date | None = None) -> list[NamedDivision]:
    """Divisions of a name or code, what is in force first.

    If there was none on the day, those of another time, each with what is to be said of that.

    Raises:
        SuyuanError: the day is before the table (404).
    """
    words = divisions.of_statistics(normalize("NFKC", text).strip()[:_LONGEST])
    if divisions.was_ever(words):
        rows: tuple[divisions.Division, ...] = (
            divisions.division(words, on) or _perhaps(words, on) or _beside(words, on),
        )
    else:
        rows = divisions.named(words)
    if on is None or not rows:
        return [_named(each) for each in rows]
    _require_table(on)
    there = [_named(each) for each in rows if _may_be(each, on)]
    return there or [_named_at_another_time(each, on) for each in rows]


def require_name(text: str, place: str) -> None:
    """See that a name or code is given.

    Raises:
        SuyuanError: it is blank.
    """
    if not text.strip():
        raise SuyuanError("division.empty", _NOTHING_GIVEN, place)


def provinces() -> list[NamedDivision]:
    """The provinces in force."""
    found = (divisions.division(f"{number}0000") for number in range(11, 83))
    return [_named(each) for each in found if each is not None and not each.until]


def day_of(text: str | None, place: str) -> date | None:
    """The day that is written.

    Raises:
        SuyuanError: no date.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise SuyuanError(
            "division.day", _DAY.format(text=privacy.quoted(text, _LONGEST)), place
        ) from error


def _beside(code: str, on: date | None) -> divisions.Division:
    """The last period of a code before a day on which it was none, else the first after it."""
    periods = divisions.history(code)
    if on is None or not periods:
        text = _NO_CODE.format(code=privacy.quoted(code, _LONGEST))
        raise SuyuanError("division.unknown", text, "code", status=404)
    _require_table(on)
    return next((each for each in reversed(periods) if each.valid_from <= on), periods[0])


def _require_table(on: date) -> None:
    """Refuse a day of before the table."""
    if on.year < divisions.FIRST_LIST.year:
        early = _EARLY.format(on=on, year=divisions.FIRST_LIST.year)
        raise SuyuanError("division.unknown", early, "on", status=404)


def _outside(row: divisions.Division, on: date, then: tuple[divisions.Division, ...]) -> Text:
    """When a division that was not there on a day ended or came, and where its area lay then."""
    is_over = row.valid_from <= on
    periods = divisions.history(row.code)
    spans = Text(
        "、".join(f"{each.since} 至 {each.until or '今'}" for each in periods),
        ", ".join(f"{each.since} to {each.until or 'now'}" for each in periods),
    )
    said = (_OVER if is_over else _NOT_YET).format(
        name=Text(row.name, row.english), code=row.code, on=on, periods=spans,
        when=_when(row.until if is_over else row.since),
    )  # fmt: skip
    full = [divisions.full_name(each) for each in then]
    lay = _LAY_IN.format(
        then=Text("、".join(each.zh for each in full), "; ".join(each.en for each in full))
    )
    after = lay if full else _LAY_UNKNOWN
    return Text(said.zh + after.zh, said.en + after.en)


def _when(edge: str) -> Text:
    return Text(f"{edge} 年" if edge.isdecimal() else f"{edge} ", edge)


def _may_be(row: divisions.Division, on: date | None) -> bool:
    return on is None or row.in_force(on) or bool(row.edge(on))


def _perhaps(code: str, on: date | None) -> divisions.Division | None:
    """What a code may have meant on a day within the year or month in which it changed."""
    if on is None:
        return None
    return next((row for row in divisions.history(code) if row.edge(on)), None)


def _doubt(row: divisions.Division, on: date) -> Text:
    """Why it is not certain that a division was there on a day."""
    edge = row.edge(on)
    if not edge:
        return _LATE.format(when=divisions.LATEST_LIST, on=on)
    is_first = edge == str(divisions.FIRST_LIST.year) and edge == row.since
    said = _OLDER if is_first else _BEGUN if edge == row.since else _ENDED
    when = Text(f"{edge} ", edge) if is_first else _when(edge)
    return said.format(name=Text(row.name, row.english), when=when, on=on)


def _is_known(row: divisions.Division) -> bool:
    """Whether every step from an ended row to what is in force is known."""
    followed = divisions.successors(row)
    return bool(followed) and all(not each.until or _is_known(each) for each in followed)


def _all(rows: tuple[divisions.Division, ...]) -> tuple[NamedDivision, ...]:
    return tuple(_named(each) for each in rows)


def _named_at_another_time(row: divisions.Division, on: date) -> NamedDivision:
    return structs.replace(_named(row), outside=_outside(row, on, divisions.lay_in(row, on)))


def _named(row: divisions.Division) -> NamedDivision:
    return NamedDivision(
        code=row.code,
        name=Text(row.name, row.english),
        full=divisions.full_name(row),
        level=row.level,
        since=row.since,
        until=row.until or None,
        verified=row.verified,
        collective=row.collective,
        successors=tuple(
            Successor(each.code, divisions.full_name(each)) for each in divisions.successors(row)
        ),
    )

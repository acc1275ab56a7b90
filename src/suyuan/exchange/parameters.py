"""Takes the parameters of an event query; gives the query, or says which one cannot be answered.

The names are those of EPCIS 2.0 §8.2.7.1 (SimpleEventQuery). A name that is not here is refused
by name, never ignored: an ignored condition would answer another question.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

from suyuan.codes import read_identifier
from suyuan.kit import SuyuanError, Text
from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.model import Action, EventType

Order = Literal["eventTime", "recordTime"]

PER_PAGE: Final = 30
MOST_PER_PAGE: Final = 1_000

_UNKNOWN = Text(
    "不支持查询参数 “{name}”；可用：{known}。",
    "The query parameter '{name}' is not supported; use one of: {known}.",
)
_VALUE = Text(
    "参数 “{name}” 的值 “{value}” 不可用；{cure}",
    "'{value}' cannot be the value of '{name}'; {cure_en}",
)
_ONCE = Text("参数 “{name}” 只能给一次。", "Give '{name}' once only.")
_NEEDS_ORDER = Text("eventCountLimit 需要 orderBy。", "eventCountLimit needs orderBy.")
_NOT_BOTH = Text(
    "eventCountLimit 与 maxEventCount 不能同时使用。",
    "eventCountLimit and maxEventCount exclude each other.",
)


class QueryError(SuyuanError):
    """A query that cannot be answered as it stands."""

    epcis = "epcisException:QueryParameterException"


class EventQuery(Struct, frozen=True, kw_only=True):
    """A SimpleEventQuery; empty means any. Identifiers are canonical, times UTC instants.

    `things` maps the places in an event (`epc`, `anyEPC`, `epcClass`, …) to identifiers of
    which one must stand there; `transactions` maps types to names, None to names of any type.
    """

    event_type: tuple[EventType, ...] = ()
    ge_event_time: datetime | None = None
    lt_event_time: datetime | None = None
    ge_record_time: datetime | None = None
    lt_record_time: datetime | None = None
    event_id: tuple[str, ...] = ()
    action: tuple[Action, ...] = ()
    words: dict[str, tuple[str, ...]] = {}
    things: dict[str, tuple[str, ...]] = {}
    transactions: dict[str, tuple[str, ...]] = {}
    order: Order | None = None
    descending: bool = True
    event_count_limit: int | None = None
    max_event_count: int | None = None
    per_page: int = PER_PAGE
    token: str | None = None


_WORDS: Final = {
    "EQ_bizStep": "biz_step",
    "EQ_disposition": "disposition",
}
_PLACES: Final = {"EQ_readPoint": "read_point", "EQ_bizLocation": "biz_location"}
_THINGS: Final = (
    "MATCH_epc",
    "MATCH_parentID",
    "MATCH_inputEPC",
    "MATCH_outputEPC",
    "MATCH_anyEPC",
    "MATCH_epcClass",
    "MATCH_inputEPCClass",
    "MATCH_outputEPCClass",
    "MATCH_anyEPCClass",
)
_TIMES: Final = {
    "GE_eventTime": "ge_event_time",
    "LT_eventTime": "lt_event_time",
    "GE_recordTime": "ge_record_time",
    "LT_recordTime": "lt_record_time",
}
_NUMBERS: Final = {
    "eventCountLimit": ("event_count_limit", 100_000),
    "maxEventCount": ("max_event_count", 100_000),
    "perPage": ("per_page", MOST_PER_PAGE),
}
_TRANSACTION: Final = "EQ_bizTransaction"
KNOWN: Final = (
    "eventType",
    *_TIMES,
    "EQ_eventID",
    "EQ_action",
    *_WORDS,
    *_PLACES,
    *_THINGS,
    f"{_TRANSACTION}_…",
    "orderBy",
    "orderDirection",
    *_NUMBERS,
    "nextPageToken",
)


def parse_query(given: Mapping[str, Sequence[str]]) -> EventQuery:
    """The query that parameters state; a value may list several, parted by commas or bars.

    Raises:
        QueryError: a name that is not supported, a value out of form, two that exclude.
    """
    fields: dict[str, Any] = {"words": {}, "things": {}, "transactions": {}}
    for name, values in given.items():
        _read(name, values, fields)
    query = EventQuery(**fields)
    if query.event_count_limit is not None and query.max_event_count is not None:
        raise QueryError("query.exclusive", _NOT_BOTH, "maxEventCount")
    if query.event_count_limit is not None and query.order is None:
        raise QueryError("query.order", _NEEDS_ORDER, "eventCountLimit")
    return query


def _read(name: str, values: Sequence[str], fields: dict[str, Any]) -> None:
    if name in _TIMES:
        fields[_TIMES[name]] = _time(name, _once(name, values))
    elif name in _WORDS:
        fields["words"][_WORDS[name]] = (
            _identifiers(values) if "P" in name or "L" in name else (_listed(values))
        )
    elif name in _THINGS:
        fields["things"][name.removeprefix("MATCH_")] = _identifiers(values)
    elif name in _NUMBERS:
        field, most = _NUMBERS[name]
        fields[field] = _number(name, _once(name, values), most)
    elif name.startswith(f"{_TRANSACTION}_"):
        fields["transactions"][name.removeprefix(f"{_TRANSACTION}_")] = _listed(values)
    elif name in _OTHERS:
        field, read = _OTHERS[name]
        fields[field] = read(name, values)
    else:
        text = _UNKNOWN.format(name=name[:80], known=", ".join(KNOWN))
        raise QueryError("query.parameter", text, name[:80])


def _once(name: str, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise QueryError("query.once", _ONCE.format(name=name), name)
    return values[0]


def _event_types(name: str, values: Sequence[str]) -> tuple[EventType, ...]:
    return tuple(_one_of(name, value, EventType) for value in _listed(values))


def _actions(name: str, values: Sequence[str]) -> tuple[Action, ...]:
    return tuple(_one_of(name, value, Action) for value in _listed(values))


def _event_ids(_name: str, values: Sequence[str]) -> tuple[str, ...]:
    return _listed(values)


def _order(name: str, values: Sequence[str]) -> Order:
    value = _once(name, values)
    if value == "eventTime":
        return "eventTime"
    if value == "recordTime":
        return "recordTime"
    raise _bad(name, value, "用 eventTime 或 recordTime。", "use eventTime or recordTime.")


def _descending(name: str, values: Sequence[str]) -> bool:
    value = _once(name, values)
    if value not in {"ASC", "DESC"}:
        raise _bad(name, value, "用 ASC 或 DESC。", "use ASC or DESC.")
    return value == "DESC"


_OTHERS: Final[dict[str, tuple[str, Callable[[str, Sequence[str]], Any]]]] = {
    "eventType": ("event_type", _event_types),
    "EQ_action": ("action", _actions),
    "EQ_eventID": ("event_id", _event_ids),
    "orderBy": ("order", _order),
    "orderDirection": ("descending", _descending),
    "nextPageToken": ("token", _once),
}


def _listed(values: Sequence[str]) -> tuple[str, ...]:
    parts = (part.strip() for value in values for part in value.replace("|", ",").split(","))
    return tuple(part for part in parts if part)


def _identifiers(values: Sequence[str]) -> tuple[str, ...]:
    """Both spellings of a GS1 key, EPC URN and Digital Link, name the same canonical thing."""
    return tuple(read_identifier(value, capturer="-").uri for value in _listed(values))


def _one_of(name: str, value: str, kind: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(kind)
        raise _bad(name, value, f"可用：{known}。", f"use one of {known}.") from None


def _time(name: str, value: str) -> datetime:
    try:
        span, offset = parse_instant(value.replace(" ", "+"))
    except BadTimeError:
        span, offset = None, None
    if span is None or offset is None or span.lo is None:
        example = "2026-03-01T08:00:00+08:00"
        raise _bad(name, value, f"请写成 {example}。", f"write {example}.")
    return span.lo


def _number(name: str, value: str, most: int) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= most:
        raise _bad(name, value, f"须为 1 至 {most}。", f"it must be 1 to {most}.")
    return int(value)


def _bad(name: str, value: str, cure: str, cure_en: str) -> QueryError:
    text = _VALUE.format(name=name, value=value[:80], cure=cure, cure_en=cure_en)
    return QueryError("query.value", text, name)

"""Takes the parameters of an event query; gives the query, or says which one cannot be answered.

The names are those of EPCIS 2.0 §8.2.7.1 (SimpleEventQuery). A name that is not here is refused
by name, never ignored: an ignored condition would answer another question.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from suyuan.codes import privacy, read_identifier
from suyuan.codes.types import RESOLVERS, Identifier
from suyuan.exchange.query import (
    COMPARISONS,
    REFS,
    THINGS,
    VALUES,
    Amount,
    EventQuery,
    Order,
    QueryError,
)
from suyuan.kit import Text
from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.model import Action, EventType
from suyuan.wire.cbv import (
    BIZ_STEP,
    BIZ_TRANSACTION,
    DISPOSITION,
    ERROR_REASON,
    SOURCE_DESTINATION,
    Vocabulary,
)

MOST_PER_PAGE: Final = 1_000
_MOST_TOGETHER: Final = 10_000

_UNKNOWN = Text(
    "不支持查询参数 “{name}”；可用：{known}。",
    "The query parameter '{name}' is not supported; use one of: {known}.",
)
_VALUE = Text(
    "参数 “{name}” 的值 “{value}” 不可用；{cure}",
    "'{value}' cannot be the value of '{name}'; {cure}",
)
_ONCE = Text("参数 “{name}” 只能给一次。", "Give '{name}' once only.")
_NEEDS_ORDER = Text("eventCountLimit 需要 orderBy。", "eventCountLimit needs orderBy.")
_NOT_BOTH = Text(
    "eventCountLimit 与 maxEventCount 不能同时使用。",
    "eventCountLimit and maxEventCount exclude each other.",
)
_USE = Text("可用：{known}。", "use one of {known}.")
_WRITE = Text("请写成 {example}。", "write {example}.")
_RANGE = Text("须为 1 至 {most}。", "it must be 1 to {most}.")
_SOMETHING = Text("请给出至少一个值。", "give at least one value.")
_TYPED = Text("请写成 {name}_类型。", "write {name}_ and the type.")
_IN_FULL = Text(
    "不支持通配；请写全编码，品类用 MATCH_anyEPCClass=urn:epc:idpat:sgtin:厂商.品项.*。",
    "patterns are not supported; write the code in full, and a class of products as "
    "MATCH_anyEPCClass=urn:epc:idpat:sgtin:Company.Item.*.",
)
_PATTERN: Final = "urn:epc:idpat:"
_GS1: Final = "https://id.gs1.org/"
_PARTED: Final = re.compile(r"[|,]")
_PARTED_URIS: Final = re.compile(r"\||,(?=\s*[A-Za-z][A-Za-z0-9+.-]*:)")
_INSTANT: Final = "2026-03-01T08:00:00+08:00"

_WORDS: Final[dict[str, Vocabulary]] = {
    "EQ_bizStep": BIZ_STEP,
    "EQ_disposition": DISPOSITION,
    "EQ_persistentDisposition_set": DISPOSITION,
    "EQ_persistentDisposition_unset": DISPOSITION,
    "EQ_errorReason": ERROR_REASON,
}
_TYPES: Final = {
    "EQ_bizTransaction": BIZ_TRANSACTION,
    "EQ_source": SOURCE_DESTINATION,
    "EQ_destination": SOURCE_DESTINATION,
}
_IDENTIFIERS: Final = frozenset(("EQ_readPoint", "EQ_bizLocation", "EQ_transformationID"))
_NAMES: Final = frozenset(("EQ_eventID", "EQ_correctiveEventID"))
_TIMES: Final = {
    "GE_eventTime": "ge_event_time",
    "LT_eventTime": "lt_event_time",
    "GE_recordTime": "ge_record_time",
    "LT_recordTime": "lt_record_time",
    "GE_errorDeclarationTime": "ge_declared",
    "LT_errorDeclarationTime": "lt_declared",
    # The query schema of the standard spells them so, its OpenAPI document as above.
    "GE_errorDeclaration_Time": "ge_declared",
    "LT_errorDeclaration_Time": "lt_declared",
}
_NUMBERS: Final = {
    "eventCountLimit": ("event_count_limit", _MOST_TOGETHER),
    "maxEventCount": ("max_event_count", _MOST_TOGETHER),
    "perPage": ("per_page", MOST_PER_PAGE),
}
_AMOUNTS: Final = tuple(f"{comparison}_quantity" for comparison in COMPARISONS)

KNOWN: Final = (
    "eventType",
    *_TIMES,
    *VALUES,
    *(f"{name}_…" for name in REFS),
    *THINGS,
    *_AMOUNTS,
    *(f"{name}_…" for name in _AMOUNTS),
    "EXISTS_errorDeclaration",
    "orderBy",
    "orderDirection",
    *_NUMBERS,
    "nextPageToken",
)
"""Every parameter that is answered; `…` stands for a type or a unit."""

Given = Mapping[str, Sequence[str]]
_Reader = Callable[[str], Identifier]


def parse_query(
    given: Given, *, capturer: str = "-", resolvers: frozenset[str] = RESOLVERS
) -> EventQuery:
    """The query that parameters state; a value may list several, parted by commas or bars.

    `capturer` is the party that asks: codes that nobody else could read are named by it. Links
    on `resolvers` are identifiers, as in events.

    Raises:
        QueryError: a name that is not supported, a value out of form, two that exclude.
    """
    reader = partial(read_identifier, capturer=capturer, resolvers=resolvers)
    fields: dict[str, Any] = {"values": {}, "refs": {}, "things": {}, "amounts": []}
    for name, values in given.items():
        _read(name, values, fields, reader)
    query = EventQuery(**{**fields, "amounts": tuple(fields["amounts"])})
    if query.event_count_limit is not None and query.max_event_count is not None:
        raise QueryError("query.exclusive", _NOT_BOTH, "maxEventCount")
    if query.event_count_limit is not None and query.order is None:
        raise QueryError("query.order", _NEEDS_ORDER, "eventCountLimit")
    return query


def _read(name: str, values: Sequence[str], fields: dict[str, Any], reader: _Reader) -> None:
    if name in _TIMES:
        fields[_TIMES[name]] = _time(name, _once(name, values))
    elif name in VALUES:
        fields["values"][name] = _values(name, values, reader)
    elif name in THINGS:
        fields["things"][name] = _identifiers(name, values, reader)
    elif name in _NUMBERS:
        field, most = _NUMBERS[name]
        fields[field] = _number(name, _once(name, values), most)
    elif name in _OTHERS:
        field, read = _OTHERS[name]
        fields[field] = read(name, values)
    elif (family := _family(name, _AMOUNTS)) is not None:
        fields["amounts"].append(_amount(name, family, _once(name, values)))
    elif (family := _family(name, REFS)) is not None:
        fields["refs"][name] = _typed(name, family, _identifiers(name, values, reader))
    else:
        shown = privacy.quoted(name)
        text = _UNKNOWN.format(name=shown, known=", ".join(KNOWN))
        raise QueryError("query.parameter", text, shown)


def _family(name: str, families: Sequence[str] | Mapping[str, Any]) -> str | None:
    """The family that a name of the form `family_member` (or the family itself) belongs to."""
    return next((one for one in families if name == one or name.startswith(f"{one}_")), None)


def _values(name: str, values: Sequence[str], reader: _Reader) -> tuple[str, ...]:
    if name in _IDENTIFIERS:
        return _identifiers(name, values, reader)
    listed = _names(name, values) if name in _NAMES else _listed(name, values)
    if name == "EQ_action":
        return tuple(_one_of(name, value, Action) for value in listed)
    if name in _WORDS:
        return tuple(_bare(value, _WORDS[name]) for value in listed)
    return listed


def _bare(value: str, vocabulary: Vocabulary) -> str:
    """A word of the CBV in any of its spellings, as events have it."""
    for beginning in (*vocabulary.full, *vocabulary.withdrawn):
        bare = value.removeprefix(beginning)
        if bare != value and bare in vocabulary.words:
            return bare
    return value


def _typed(name: str, family: str, wanted: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
    kind = name.removeprefix(family).removeprefix("_")
    if not kind:
        raise _bad(name, "", _TYPED.format(name=family))
    return family, _bare(kind, _TYPES[family]), wanted


def _amount(name: str, family: str, value: str) -> Amount:
    try:
        wanted = Decimal(value)
    except ArithmeticError:
        wanted = None
    if wanted is None or not wanted.is_finite():
        raise _bad(name, value, _WRITE.format(example="12.5"))
    unit = name.removeprefix(family).removeprefix("_") or None
    return Amount(comparison=family.partition("_")[0], value=wanted, uom=unit)


def _once(name: str, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise QueryError("query.once", _ONCE.format(name=name), name)
    return values[0]


def _event_types(name: str, values: Sequence[str]) -> tuple[EventType, ...]:
    bare = (value.removeprefix("epcis:") for value in _listed(name, values))
    return tuple(_one_of(name, value, EventType) for value in bare)


def _order(name: str, values: Sequence[str]) -> Order:
    value = _once(name, values)
    if value == "eventTime":
        return "eventTime"
    if value == "recordTime":
        return "recordTime"
    raise _bad(name, value, _USE.format(known="eventTime, recordTime"))


def _descending(name: str, values: Sequence[str]) -> bool:
    value = _once(name, values)
    if value not in {"ASC", "DESC"}:
        raise _bad(name, value, _USE.format(known="ASC, DESC"))
    return value == "DESC"


def _exists(name: str, values: Sequence[str]) -> bool:
    """EXISTS_ asks only whether the member is there; the standard gives it no other value."""
    value = _once(name, values)
    if value not in {"", "true"}:
        raise _bad(name, value, _WRITE.format(example="true"))
    return True


_OTHERS: Final[dict[str, tuple[str, Callable[[str, Sequence[str]], Any]]]] = {
    "eventType": ("event_type", _event_types),
    "EXISTS_errorDeclaration": ("declared", _exists),
    "orderBy": ("order", _order),
    "orderDirection": ("descending", _descending),
    "nextPageToken": ("token", _once),
}


def _listed(name: str, values: Sequence[str]) -> tuple[str, ...]:
    parts = (part.strip() for value in values for part in _PARTED.split(value))
    found = tuple(part for part in parts if part)
    if not found:
        raise _bad(name, "", _SOMETHING)
    return found


def _names(name: str, values: Sequence[str]) -> tuple[str, ...]:
    """URIs may hold commas: one parts them only where another URI begins behind it."""
    parts = (part.strip(" ,") for value in values for part in _PARTED_URIS.split(value))
    found = tuple(part for part in parts if part)
    if not found:
        raise _bad(name, "", _SOMETHING)
    return found


def _identifiers(name: str, values: Sequence[str], reader: _Reader) -> tuple[str, ...]:
    """Both spellings of a GS1 key, EPC URN and Digital Link, name the same canonical thing."""
    return tuple(_identifier(name, value, reader) for value in _names(name, values))


def _identifier(name: str, value: str, reader: _Reader) -> str:
    known = reader(value).uri
    if not value.lower().startswith(_PATTERN):
        return known
    # `urn:epc:idpat:sgtin:Company.Item.*` is the name of a class; other patterns name nothing.
    if not name.endswith("Class") or not known.startswith(_GS1):
        raise _bad(name, value, _IN_FULL)
    return known


def _one_of(name: str, value: str, kind: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise _bad(name, value, _USE.format(known=", ".join(kind))) from None


def _time(name: str, value: str) -> datetime:
    try:
        span, offset = parse_instant(value.replace(" ", "+"))
    except BadTimeError:
        span, offset = None, None
    if span is None or offset is None or span.lo is None:
        raise _bad(name, value, _WRITE.format(example=_INSTANT))
    return span.lo


def _number(name: str, value: str, most: int) -> int:
    digits = value.lstrip("0")
    if not value.isascii() or not digits.isdigit() or len(digits) > len(str(most)):
        raise _bad(name, value, _RANGE.format(most=most))
    if int(digits) > most:
        raise _bad(name, value, _RANGE.format(most=most))
    return int(digits)


def _bad(name: str, value: str, cure: Text) -> QueryError:
    return QueryError(
        "query.value", _VALUE.format(name=name, value=privacy.quoted(value), cure=cure), name
    )

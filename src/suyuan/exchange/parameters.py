"""Takes the parameters of an event query; gives the query, or says which one cannot be answered.

The names are those of EPCIS 2.0 §8.2.7.1 (SimpleEventQuery). A name that is not here is refused
by name, never ignored: an ignored condition would answer another question.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from itertools import islice
from typing import Any, Final

from msgspec import Struct, field

from suyuan.codes import privacy, read_identifier
from suyuan.codes.types import RESOLVERS, Identifier
from suyuan.exchange import asked, notices, prefixes, spelling
from suyuan.exchange.notices import Notice
from suyuan.exchange.patterns import PATTERN
from suyuan.exchange.query import (
    OF_ITS_OWN,
    REFS,
    THINGS,
    VALUES,
    Amount,
    EventQuery,
    QueryError,
)
from suyuan.exchange.spelling import Reader, Values
from suyuan.exchange.standard import ALSO, FAMILIES, NAMED, NAMED_SENSED, End, Family, family_of
from suyuan.kit import Text
from suyuan.model import Action, EventType
from suyuan.wire import Context
from suyuan.wire.cbv import (
    BIZ_STEP,
    BIZ_TRANSACTION,
    DISPOSITION,
    ERROR_REASON,
    MEASUREMENT,
    PERSISTENT_DISPOSITION,
    SOURCE_DESTINATION,
    Vocabulary,
)

MOST_PER_PAGE: Final = 1_000
_MOST_TOGETHER: Final = 10_000

_UNKNOWN = Text(
    "没有查询参数 “{name}”；相近的有：{near}。"
    "扩展字段写成 EQ_前缀:名称；全部参数见 /openapi.json。",
    "There is no query parameter '{name}'; like it are: {near}. Extensions are written "
    "EQ_prefix:name; all parameters are in /openapi.json.",
)
_NEEDS_ORDER = Text("eventCountLimit 需要 orderBy。", "eventCountLimit needs orderBy.")
_NOT_BOTH = Text(
    "eventCountLimit 与 maxEventCount 不能同时使用。",
    "eventCountLimit and maxEventCount exclude each other.",
)
_TYPED = Text("请写成 {name}_类型。", "write {name}_ and the type.")
_USE = Text(
    "可用：eventTime、recordTime，或扩展字段，写成 前缀:名称。",
    "use eventTime, recordTime, or an extension as prefix:name.",
)
_WAYS = Text("可用：ASC、DESC。", "use ASC or DESC.")

_WORDS: Final[dict[str, Vocabulary]] = {
    "EQ_bizStep": BIZ_STEP,
    "EQ_disposition": DISPOSITION,
    "EQ_persistentDisposition_set": PERSISTENT_DISPOSITION,
    "EQ_persistentDisposition_unset": PERSISTENT_DISPOSITION,
    "EQ_errorReason": ERROR_REASON,
}
_MEASURED: Final = "EQ_type"
_TYPES: Final = {
    "EQ_bizTransaction": BIZ_TRANSACTION,
    "EQ_source": SOURCE_DESTINATION,
    "EQ_destination": SOURCE_DESTINATION,
}
_IDENTIFIERS: Final = frozenset(
    ("EQ_readPoint", "WD_readPoint", "EQ_bizLocation", "WD_bizLocation", "EQ_transformationID")
)
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
_PAGING: Final = frozenset(("perPage", "nextPageToken"))
_AMOUNTS: Final = tuple(name for name in NAMED if name.endswith("_quantity"))
_SENSORS: Final = frozenset(("EXISTS_sensorElementList", "EXISTS_sensorElement"))

KNOWN: Final = (
    *(name for name in NAMED if name != prefixes.CONTEXT),
    *ALSO,
    *(f"{family.beginning}…" for family in FAMILIES),
    "perPage",
    "nextPageToken",
    prefixes.CONTEXT,
)
"""Every parameter that is answered; `…` stands for a field, a type or a unit."""

Given = Mapping[str, Sequence[str]]


class Parsed(Struct, frozen=True, kw_only=True):
    """A query, and what in it is odd though it is answered: the first of it (`notices.MOST`)."""

    query: EventQuery
    notices: tuple[Notice, ...]


class _Reading(Struct, kw_only=True):
    """What is read so far, and how names are to be read; `name` is the parameter at hand."""

    read: Reader
    context: Context
    name: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)

    def reader(self, value: str) -> Identifier:
        """The identifier that a value of the parameter at hand is."""
        known = self.read(value)
        if not value.lower().startswith(PATTERN):
            self._note(notices.of_code(self.name, value, known))
        return known

    def look(self, values: Sequence[str], known: Vocabulary) -> None:
        """See that words can be of their vocabulary."""
        self._note(notices.of_words(self.name, values, known, self.context))

    def _note(self, odd: Iterator[Notice]) -> None:
        self.notices += islice(odd, notices.MOST - len(self.notices))

    def keep(self, kind: str, name: str, value: Any) -> None:
        self.fields.setdefault(kind, {})[name] = value

    def add(self, kind: str, value: Any) -> None:
        self.fields[kind] = (*self.fields.get(kind, ()), value)


def parse_query(
    given: Given,
    *,
    capturer: str = "-",
    resolvers: frozenset[str] = RESOLVERS,
    extensions: Mapping[str, str] | None = None,
) -> EventQuery:
    """`parse` without what is odd about the query.

    Raises:
        QueryError: as there.
    """
    read = parse(given, capturer=capturer, resolvers=resolvers, extensions=extensions)
    return read.query


def parse(
    given: Given,
    *,
    capturer: str = "-",
    resolvers: frozenset[str] = RESOLVERS,
    extensions: Mapping[str, str] | None = None,
) -> Parsed:
    """The query that parameters state; a value may list several, parted by commas or bars.

    `capturer` is the party that asks: codes that nobody else could read are named by it. Links
    on `resolvers` are identifiers, as in events. `extensions` are prefixes and their namespaces.

    Raises:
        QueryError: a name that is not supported, a value out of form, two that exclude, a bare
            word that no event can hold.
    """
    said = given.get(prefixes.CONTEXT)
    context = None if said is None else spelling.once(prefixes.CONTEXT, said)
    meaning = prefixes.context_of(context, extensions or {})
    known = partial(read_identifier, capturer=capturer, resolvers=resolvers)
    reading = _Reading(read=lambda text: known(spelling.in_full(text, meaning)), context=meaning)
    for name, values in given.items():
        if name != prefixes.CONTEXT:
            reading.name = name
            _read(name, values, reading)
    query = EventQuery(**reading.fields)
    if query.event_count_limit is not None and query.max_event_count is not None:
        raise QueryError("query.exclusive", _NOT_BOTH, "maxEventCount")
    if query.event_count_limit is not None and query.order is None:
        raise QueryError("query.order", _NEEDS_ORDER, "eventCountLimit")
    return Parsed(query=query, notices=tuple(reading.notices))


def parse_list(given: Given) -> tuple[int, str | None]:
    """How a list is paged: the size of its pages, and where to go on.

    Raises:
        QueryError: a parameter that lists do not have, or a value out of form.
    """
    query = parse_query({name: values for name, values in given.items() if name in _PAGING})
    for name in given:
        if name not in _PAGING:
            raise _unknown(name)
    return query.per_page, query.token


def _read(name: str, values: Values, reading: _Reading) -> None:
    fields = reading.fields
    if name in _TIMES:
        fields[_TIMES[name]] = spelling.time(name, spelling.once(name, values))
    elif name in VALUES:
        reading.keep("values", name, _values(name, values, reading))
    elif name in THINGS:
        _things(name, values, reading)
    elif name in _NUMBERS:
        kept, most = _NUMBERS[name]
        fields[kept] = spelling.count(name, spelling.once(name, values), most)
    elif name == "orderBy":
        fields["order"] = _order(name, values, reading.context)
    elif name in _OTHERS:
        kept, read = _OTHERS[name]
        fields[kept] = read(name, values)
    elif name in NAMED_SENSED:
        condition = asked.sensed(
            name, NAMED_SENSED[name], values, reader=reading.reader, context=reading.context
        )
        if name == _MEASURED:
            reading.look(condition.texts, MEASUREMENT)
        reading.add("conditions", condition)
    elif name in _AMOUNTS:
        reading.add("amounts", _amount(name, name.partition("_")[0], None, values))
    else:
        _read_family(name, values, reading)


def _read_family(name: str, values: Values, reading: _Reading) -> None:
    family = family_of(name)
    if name in REFS:
        raise spelling.bad(name, "", _TYPED.format(name=name))
    if family is None:
        raise _unknown(name)
    rest = name.removeprefix(family.beginning)
    if family.end is End.TYPE:
        listed = spelling.identifiers(name, values, reading.reader)
        kind = spelling.in_full(rest, reading.context)
        reference = _typed(name, family, kind, listed)
        reading.look(reference[1:2], _TYPES[reference[0]])
        reading.keep("refs", name, reference)
    elif family.member == "quantity":
        unit = asked.unit_of(name, rest)
        reading.add("amounts", _amount(name, family.comparison, unit, values))
    elif family.end is End.UNIT:
        reading.add("conditions", asked.measured(name, family, values))
    elif family.comparison in {"HASATTR", "EQ_ATTR"}:
        reading.add("described", asked.described(name, family, values, reading.context))
    elif ":" not in rest:
        raise _unknown(name)
    else:
        reading.add("conditions", asked.extension(name, family, values, reading.context))


def _unknown(name: str) -> QueryError:
    shown = privacy.quoted(name)
    near = get_close_matches(name[:80], KNOWN, 3, 0.3) or KNOWN[1:4]
    text = _UNKNOWN.format(name=shown, near=", ".join(near))
    return QueryError("query.parameter", text, shown)


def _things(name: str, values: Values, reading: _Reading) -> None:
    found = tuple(spelling.things(name, values, reading.reader))
    for kind, wanted in (("things", False), ("patterns", True)):
        names = tuple(thing for thing, is_pattern in found if is_pattern is wanted)
        if names:
            reading.keep(kind, name, names)


def _values(name: str, values: Values, reading: _Reading) -> tuple[str, ...]:
    if name in _IDENTIFIERS:
        return spelling.identifiers(name, values, reading.reader)
    if name == "EQ_action":
        return tuple(spelling.one_of(name, each, Action) for each in spelling.listed(name, values))
    if name in _NAMES:
        return tuple(_full(spelling.names(name, values), reading))
    known = _WORDS[name]
    listed = _full(spelling.words(name, values, known), reading)
    found = tuple(spelling.bare(value, known) for value in listed)
    reading.look(found, known)
    return found


def _full(values: Values, reading: _Reading) -> Iterator[str]:
    return (spelling.in_full(value, reading.context) for value in values)


def _typed(
    name: str, family: Family, kind: str, wanted: tuple[str, ...]
) -> tuple[str, str, tuple[str, ...]]:
    beginning = family.beginning.rstrip("_")
    if not kind:
        raise spelling.bad(name, "", _TYPED.format(name=beginning))
    return beginning, spelling.bare(kind, _TYPES[beginning]), wanted


def _amount(name: str, comparison: str, unit: str | None, values: Values) -> Amount:
    value = spelling.decimal(name, spelling.once(name, values))
    return Amount(comparison=comparison, value=value, uom=unit)


def _event_types(name: str, values: Values) -> tuple[EventType, ...]:
    spelt = map(spelling.event_type, spelling.listed(name, values))
    return tuple(spelling.one_of(name, value, EventType) for value in spelt)


def _order(name: str, values: Values, context: Context) -> str:
    """The field that orders: one of the standard's, or an extension by its full name."""
    value = spelling.once(name, values)
    if value in OF_ITS_OWN:
        return value
    if ":" not in value.strip(":"):
        raise spelling.bad(name, value, _USE)
    return asked.iri_of(name, value, context)


def _descending(name: str, values: Values) -> bool:
    value = spelling.once(name, values)
    if value not in {"ASC", "DESC"}:
        raise spelling.bad(name, value, _WAYS)
    return value == "DESC"


_OTHERS: Final[dict[str, tuple[str, Callable[[str, Values], Any]]]] = {
    "eventType": ("event_type", _event_types),
    "EXISTS_errorDeclaration": ("declared", spelling.exists),
    **dict.fromkeys(_SENSORS, ("sensed", spelling.exists)),
    "orderDirection": ("descending", _descending),
    "nextPageToken": ("token", spelling.once),
}

"""Takes a query and who asks; gives the SQL that finds what may answer it, by indexes.

Only conditions that are stated stand in the SQL, so that each plan is made for what is asked. It
decides times, types and event ids; it narrows by a list of things or documents, by terms (words,
places, sources and destinations, members and their values, beginnings of names that patterns fit:
`suyuan.index.terms`), and what is found is compared with the whole query afterwards. Sizes are
decided there alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from suyuan.exchange.matching import Names
from suyuan.exchange.members import Condition, spellings
from suyuan.exchange.patterns import stem_of
from suyuan.exchange.query import FIELDS, EventQuery
from suyuan.exchange.standard import Part
from suyuan.exchange.statements import SQL
from suyuan.exchange.stating import ORDERS, Form, Period, term
from suyuan.exchange.vocabulary import Asker
from suyuan.exchange.walking import Narrowed
from suyuan.index import stems, terms
from suyuan.record import grants_of, read
from suyuan.record.types import EVENT_TYPES

_BOUNDS: Final = {
    "ge_event": ("ge_event_time", "happened_from"),
    "lt_event": ("lt_event_time", "happened_before"),
    "ge_record": ("ge_record_time", "recorded_from"),
    "lt_record": ("lt_record_time", "recorded_before"),
}
_SPANS: Final = (
    ("happens_between", (("ge_event", "happens_from"), ("lt_event", "happens_before"))),
    ("records_between", (("ge_record", "records_from"), ("lt_record", "records_before"))),
)
"""The conditions on a block, by both bounds of a time and by each."""
_NEAREST: Final = {"ge_event": "p.latest", "lt_event": "p.earliest desc"}
"""By a bound: in which order of an index the blocks come that are next to it."""
_MOST_TERMS: Final = 32
"""By so many conditions it narrows at most: statements are kept, and each makes one longer."""
_NEVER: Final = Period(span="false", times=("false",))

_NAMING: Final = frozenset(("readPoint", "bizLocation", "transformationID", "correctiveEventID"))
"""Fields of names, each of which stands in fewer events than a word does."""


def narrowed(query: EventQuery, names: Names, asker: Asker) -> Narrowed:
    """The SQL of a query, of which master data describe these names."""
    params: dict[str, Any] = dict(grants_of(asker.viewer, secret=asker.secret).params)
    conditions: list[str] = []
    for param, (field, section) in _BOUNDS.items():
        params[param] = getattr(query, field)
        if params[param] is not None:
            conditions.append(SQL[section])
    if query.event_type:
        params["types"] = [EVENT_TYPES.index(kind) for kind in query.event_type]
        conditions.append(SQL.of_types)
    ids = query.values.get("EQ_eventID")
    if ids is not None:
        params["keys"] = [read.event_key(name, secret=asker.secret) for name in ids]
        conditions.append(SQL.of_ids)
    listed = _listed(query)
    if listed is not None:
        params["names"] = list(listed)
    wanted = list(islice(wanted_terms(query, names), _MOST_TERMS))
    params |= {term(number): [terms.MANY, *some] for number, some in enumerate(wanted)}
    by = "time" if query.order == "eventTime" else "record"
    form = Form(
        order=ORDERS[by, query.order is not None and query.descending],
        conditions=tuple(conditions),
        periods=tuple(_periods(params)),
        is_named=listed is not None,
        is_shared=listed is not None and not things_of(query),
        terms=len(wanted),
    )
    return Narrowed(form=form, is_of_few=_is_of_few(query), params=params)


def _periods(params: Mapping[str, Any]) -> Iterator[Period]:
    """Conditions on blocks; of a span that ends before it begins there is no block."""
    for span, bounds in _SPANS:
        given = [name for name, _ in bounds if params[name] is not None]
        times = tuple(SQL[time] for name, time in bounds if name in given)
        if len(given) == len(bounds) and params[given[0]] >= params[given[1]]:
            yield _NEVER
        elif given:
            nearest = _NEAREST.get(given[0]) if len(given) == 1 else None
            yield Period(span=SQL[span], times=times, nearest=nearest)


def _listed(query: EventQuery) -> tuple[str, ...] | None:
    """The names of things, else of documents, of which any answer holds one."""
    return things_of(query) or documents_of(query)


def things_of(query: EventQuery) -> tuple[str, ...] | None:
    """The names of things of which any answer holds one."""
    found = (wanted for name, wanted in query.things.items() if name not in query.patterns)
    return next(found, None)


def documents_of(query: EventQuery) -> tuple[str, ...] | None:
    """The names of documents of which any answer holds one."""
    lists = query.refs.values()
    return next((wanted for of, _, wanted in lists if of == "EQ_bizTransaction"), None)


def _is_of_few(query: EventQuery) -> bool:
    """Whether a place, a party or an event is named among what has terms."""
    fields = {name.partition("_")[2] for name in query.values}
    roles = {of.removeprefix("EQ_") for of, _, _ in query.refs.values()}
    return not (_NAMING.isdisjoint(fields) and terms.ROLES.keys().isdisjoint(roles))


def wanted_terms(query: EventQuery, names: Names) -> Iterator[Collection[int]]:
    """Terms of which every answer has one, for each condition that terms tell of."""
    for name, wanted in query.values.items():
        field = name.partition("_")[2]
        if field in terms.FIELDS:
            yield {terms.said(field, value) for value in wanted}
    for of, kind, wanted in query.refs.values():
        role = of.removeprefix("EQ_")
        if role in terms.ROLES:
            yield {terms.played(role, kind, name) for name in wanted}
    for what, is_asked in (
        ("errorDeclaration", query.declared or query.ge_declared or query.lt_declared),
        ("sensorElementList", query.sensed),
        ("quantityElement", query.amounts),
    ):
        if is_asked:
            yield {terms.has(what)}
    yield from _of_patterns(query)
    yield from (_of_condition(condition) for condition in query.conditions)
    for one in query.described:
        if one.field in terms.FIELDS:
            yield {terms.said(one.field, value) for value in names[one]}
        elif one.field not in FIELDS:
            texts = tuple(names[one])
            yield _of_values((Part.EVENT,), one.field, texts, inner=False)


def _of_patterns(query: EventQuery) -> Iterator[Collection[int]]:
    """How things begin, where patterns stand; names beside them begin somehow too, if by a key."""
    for name, patterns in query.patterns.items():
        beside = [tuple(stems.stems(thing)) for thing in query.things.get(name, ())]
        if all(beside):
            begun = {*map(stem_of, patterns), *(each[-1] for each in beside)}
            yield set(map(terms.under, begun))


def _of_condition(one: Condition) -> Collection[int]:
    if one.texts and terms.comes_by_value(one.key):
        return _of_values(one.parts, one.key, one.texts, inner=one.inner)
    return {
        terms.stands(part, key, inner=one.inner) for part in one.parts for key in spellings(one.key)
    }


def _of_values(
    parts: Sequence[Part], key: str, texts: Sequence[str], *, inner: bool
) -> Collection[int]:
    return {
        term
        for part in parts
        for spelt in spellings(key)
        for text in texts
        for term in terms.valued(part, spelt, text, inner=inner)
    }

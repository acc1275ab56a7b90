"""Takes a query and who asks; gives the SQL that finds what may answer it, by indexes.

Only conditions that are stated stand in the SQL, so that each plan is made for what is asked. It
decides times, types and event ids; it narrows by a list of things, documents or parties, by terms
(words, places, members and their values: `suyuan.index.terms`), and what is found is compared with
the whole query afterwards. Sizes, and patterns of things, are decided there alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, structs
from psycopg import sql

from suyuan.exchange.matching import Names
from suyuan.exchange.members import Condition
from suyuan.exchange.query import FIELDS, EventQuery
from suyuan.exchange.standard import Part
from suyuan.exchange.statements import SQL
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker
from suyuan.index import blocks, terms
from suyuan.record import grants_of, read
from suyuan.record.types import EVENT_TYPES
from suyuan.store import ReadConnection

_BOUNDS: Final = {
    "ge_event": ("happened_from", "ge_event_time"),
    "lt_event": ("happened_before", "lt_event_time"),
    "ge_record": ("recorded_from", "ge_record_time"),
    "lt_record": ("recorded_before", "lt_record_time"),
}
_WALKED: Final = (10 * blocks.SPAN, 70 * blocks.SPAN)
"""Positions that are looked through, first few, to see whether what is asked for is common."""
_FEW: Final = 20
"""Fewer on the way are rare, and the index leads to all the others."""

_AND: Final = sql.SQL(" and ")
_HAS: Final = sql.SQL("t.terms && {}::int[]")
_AT: Final = sql.SQL("l.position = any (array({}))")

Statement = tuple[sql.Composed, dict[str, Any]]
Row = tuple[int, int, datetime]
"""An entry, its position, and when it happened."""


class _Order(Struct, frozen=True):
    """How candidates are ordered; which are behind a place, up to an edge, and beyond it."""

    by: sql.SQL
    behind: sql.SQL
    within: sql.SQL | None = None
    beyond: sql.SQL | None = None


_ORDERS: Final = {
    ("record", False): _Order(
        sql.SQL("order by 2 limit %(limit)s"),
        sql.SQL("l.position > %(after)s"),
        sql.SQL("l.position <= %(edge)s"),
        sql.SQL("l.position > %(edge)s"),
    ),
    ("record", True): _Order(
        sql.SQL("order by 2 desc limit %(limit)s"),
        sql.SQL("l.position < %(after)s"),
        sql.SQL("l.position >= %(edge)s"),
        sql.SQL("l.position < %(edge)s"),
    ),
    ("time", False): _Order(
        sql.SQL("order by 3, 2 limit %(limit)s"),
        sql.SQL("(e.event_time, l.position) > (%(after_time)s, %(after)s)"),
    ),
    ("time", True): _Order(
        sql.SQL("order by 3 desc, 2 desc limit %(limit)s"),
        sql.SQL("(e.event_time, l.position) < (%(after_time)s, %(after)s)"),
    ),
}


class Narrowed(Struct, frozen=True, kw_only=True):
    """A query as SQL: what is decided by it, names of which one must stand, terms likewise."""

    order: _Order
    conditions: tuple[sql.Composable, ...]
    names: sql.Composable | None
    terms: tuple[sql.Composable, ...]
    params: Mapping[str, Any]

    def portion(
        self, conn: ReadConnection, place: Place, *, indexed: int, limit: int
    ) -> tuple[list[Row], Place | None]:
        """What comes next behind a place, and from where it goes on; None: there is no more.

        By terms alone the record is gone through for a stretch. Where they are rare there, the
        index leads to all that is left; where they are common, it would lead to most of the record.
        """
        found: list[Row] = []
        edge: int | None = None
        for length in _WALKED if self._is_walked else ():
            edge = self._edge(place, length)
            walked = self.walk(place, edge, indexed=indexed, limit=limit - len(found))
            found += _asked(conn, walked)
            is_over = edge >= place.upto or edge < 0
            place = structs.replace(place, after=edge, at=None)
            if is_over or len(found) >= min(_FEW, limit):
                on = None if is_over else place
                return found, _behind(place, found) if len(found) == limit else on
        room = limit - len(found)
        rest = _asked(conn, self.leap(place, edge, indexed=indexed, limit=room))
        return found + rest, _behind(place, rest) if len(rest) == room else None

    @property
    def _is_walked(self) -> bool:
        """Whether it is worth going along the record: in its order, by terms alone."""
        return self.order.within is not None and self.names is None and bool(self.terms)

    def _edge(self, place: Place, length: int) -> int:
        if self._is_back:
            return (place.after if place.after >= 0 else place.upto + 1) - length
        return max(place.after, 0) + length

    def walk(self, place: Place, edge: int, *, indexed: int, limit: int) -> Statement:
        """What comes next up to the edge, told by the terms of all blocks there."""
        start = place.after if place.after >= 0 or not self._is_back else place.upto
        return self._indexed(
            [*self._stated(place), *filter(None, (self.order.within,))],
            self._given(place, limit, edge, sorted((start, edge))),
            indexed,
        )

    def leap(self, place: Place, edge: int | None, *, indexed: int, limit: int) -> Statement:
        """What comes next beyond the edge, by the index as far as it has followed the record."""
        conditions, span = self._stated(place), [0, place.upto]
        if edge is not None:
            conditions.extend(filter(None, (self.order.beyond,)))
            span[self._is_back] = edge
        return self._indexed(conditions, self._given(place, limit, edge, span), indexed)

    @property
    def _is_back(self) -> bool:
        return self.order is _ORDERS["record", True]

    def _indexed(
        self, conditions: list[sql.Composable], given: dict[str, Any], indexed: int
    ) -> Statement:
        given |= {"indexed": indexed}
        led = self._led()
        if led is None:
            return self._ordered(conditions), given
        if indexed >= given["upto"]:
            return self._ordered([*conditions, led]), given
        # What the index has not followed yet may answer too; it may follow meanwhile.
        found = self._ordered([*conditions, led, sql.SQL(SQL.followed)])
        rest = self._ordered([*conditions, sql.SQL(SQL.not_followed)])
        return sql.SQL("({}) union all ({}) {}").format(found, rest, self.order.by), given

    def _led(self) -> sql.Composable | None:
        """The condition by which an index finds them; names are told more exactly than terms."""
        if self.names is not None or not self.terms:
            return self.names
        places = [sql.SQL(SQL.places_of_terms).format(wanted=term) for term in self.terms]
        return _AT.format(
            sql.SQL(SQL.positions_by_terms).format(
                places=sql.SQL(" & ").join(places), terms=_AND.join(map(_HAS.format, self.terms))
            )
        )

    def _stated(self, place: Place) -> list[sql.Composable]:
        return [*self.conditions, *([self.order.behind] if place.after >= 0 else [])]

    def _given(
        self, place: Place, limit: int, edge: int | None, span: Sequence[int]
    ) -> dict[str, Any]:
        where = {"upto": place.upto, "after": place.after, "after_time": place.at, "edge": edge}
        first, last = (max(position, 0) // blocks.SPAN for position in span)
        return {**self.params, **where, "limit": limit, "first": first, "last": last}

    def _ordered(self, conditions: list[sql.Composable]) -> sql.Composed:
        where = _AND.join((sql.SQL(SQL.entries), *conditions))
        return sql.SQL("{} {}").format(where, self.order.by)


def _asked(conn: ReadConnection, statement: Statement) -> list[Row]:
    """The rows; planned anew each time, since how many have a name decides the way and differs."""
    return conn.execute(*statement, prepare=False).fetchall()


def _behind(place: Place, found: Sequence[Row]) -> Place:
    _, position, at = found[-1]
    return structs.replace(place, after=position, at=at)


def narrowed(query: EventQuery, names: Names, asker: Asker) -> Narrowed:
    """The SQL of a query, of which master data describe these names."""
    params: dict[str, Any] = dict(grants_of(asker.viewer, secret=asker.secret).params)
    conditions: list[sql.Composable] = []
    for param, (section, field) in _BOUNDS.items():
        value = getattr(query, field)
        if value is not None:
            params[param] = value
            conditions.append(sql.SQL(SQL[section]))
    if query.event_type:
        params["types"] = [EVENT_TYPES.index(kind) for kind in query.event_type]
        conditions.append(sql.SQL(SQL.of_types))
    ids = query.values.get("EQ_eventID")
    if ids is not None:
        params["keys"] = [read.event_key(name, secret=asker.secret) for name in ids]
        conditions.append(sql.SQL(SQL.of_ids))
    listed = _listed(query)
    if listed is not None:
        params["names"] = list(listed)
    wanted = dict(enumerate(wanted_terms(query, names)))
    params |= {f"terms_{number}": [terms.MANY, *some] for number, some in wanted.items()}
    by = "time" if query.order == "eventTime" else "record"
    return Narrowed(
        order=_ORDERS[by, query.order is not None and query.descending],
        conditions=tuple(conditions),
        names=None if listed is None else sql.SQL(SQL.naming),
        terms=tuple(sql.Placeholder(f"terms_{number}") for number in wanted),
        params=params,
    )


def _listed(query: EventQuery) -> tuple[str, ...] | None:
    """The names of things, else of documents or parties, of which any answer holds one."""
    for name, wanted in query.things.items():
        if name not in query.patterns:
            return wanted
    return next((wanted for _, _, wanted in query.refs.values()), None)


def wanted_terms(query: EventQuery, names: Names) -> Iterator[Collection[int]]:
    """Terms of which every answer has one, for each condition that terms tell of."""
    for name, wanted in query.values.items():
        field = name.partition("_")[2]
        if field in terms.FIELDS:
            yield {terms.said(field, value) for value in wanted}
    for what, is_asked in (
        ("errorDeclaration", query.declared or query.ge_declared or query.lt_declared),
        ("sensorElementList", query.sensed),
        ("quantityElement", query.amounts),
    ):
        if is_asked:
            yield {terms.has(what)}
    yield from (_of_condition(condition) for condition in query.conditions)
    for one in query.described:
        if one.field in terms.FIELDS:
            yield {terms.said(one.field, value) for value in names[one]}
        elif one.field not in FIELDS:
            texts = tuple(names[one])
            yield _of_values((Part.EVENT,), one.field, texts, inner=False)


def _of_condition(one: Condition) -> Collection[int]:
    if one.texts and terms.comes_by_value(one.key):
        return _of_values(one.parts, one.key, one.texts, inner=one.inner)
    return {terms.stands(part, one.key, inner=one.inner) for part in one.parts}


def _of_values(
    parts: Sequence[Part], key: str, texts: Sequence[str], *, inner: bool
) -> Collection[int]:
    return {
        term
        for part in parts
        for text in texts
        for term in terms.valued(part, key, text, inner=inner)
    }

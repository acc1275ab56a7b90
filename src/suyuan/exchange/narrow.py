"""Takes a query and who asks; gives the SQL that finds what may answer it, by indexes.

Only conditions that are stated stand in the SQL, so that each plan is made for what is asked. It
decides times, types and event ids; it narrows by a list of things, documents or parties, by terms
(words, places, members and their values, beginnings of names that patterns fit:
`suyuan.index.terms`), and what is found is compared with the whole query afterwards. Sizes are
decided there alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final

from msgspec import Struct, structs
from psycopg import sql

from suyuan.exchange.matching import Names
from suyuan.exchange.members import Condition, spellings
from suyuan.exchange.patterns import stem_of
from suyuan.exchange.query import FIELDS, EventQuery
from suyuan.exchange.standard import Part
from suyuan.exchange.statements import SQL
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker
from suyuan.index import blocks, stems, terms
from suyuan.record import grants_of, read
from suyuan.record.types import EVENT_TYPES
from suyuan.store import ReadConnection

_BOUNDS: Final = {
    "ge_event": ("ge_event_time", "happened_from"),
    "lt_event": ("lt_event_time", "happened_before"),
    "ge_record": ("ge_record_time", "recorded_from"),
    "lt_record": ("lt_record_time", "recorded_before"),
}
_SPANS: Final = (
    ("ge_event", "lt_event", "happens_between"),
    ("ge_record", "lt_record", "records_between"),
)
"""By the bounds of a time: the condition on a block."""

_FIRST: Final = 10
_WIDER: Final = 8
"""Blocks that are looked through first, and by how much more after that."""
_FEW: Final = 20
"""Fewer on the way are not worth another round."""

_AND: Final = sql.SQL(" and ")
_TRUE: Final = sql.SQL("true")
_HAS: Final = sql.SQL("t.terms && {}::int[]")
_AT: Final = sql.SQL("l.position = any (array({}))")

_BY_ID: Final = None
"""The driver keeps the plan of what is asked often: few have an id, whichever it is."""

Statement = tuple[sql.Composed, dict[str, Any]]
Row = tuple[int, int, datetime]
"""An entry, its position, and when it happened."""


class _Order(Struct, frozen=True):
    """How candidates are ordered, and the blocks that they stand in.

    `behind` is the condition to come after a place, `beyond` that a block has something there;
    `key` orders blocks, `bound` is where one may begin, and `within` is to come before that.
    """

    by: sql.SQL
    behind: sql.SQL
    beyond: sql.SQL
    key: sql.SQL
    bound: sql.SQL
    within: sql.SQL


_ORDERS: Final = {
    ("record", False): _Order(
        by=sql.SQL("order by 2 limit %(limit)s"),
        behind=sql.SQL("l.position > %(after)s"),
        beyond=sql.SQL("p.block >= %(after)s / 64"),
        key=sql.SQL("p.block"),
        bound=sql.SQL("p.block * 64"),
        within=sql.SQL("l.position < %(bound)s"),
    ),
    ("record", True): _Order(
        by=sql.SQL("order by 2 desc limit %(limit)s"),
        behind=sql.SQL("l.position < %(after)s"),
        beyond=sql.SQL("p.block <= %(after)s / 64"),
        key=sql.SQL("p.block desc"),
        bound=sql.SQL("p.block * 64 + 63"),
        within=sql.SQL("l.position > %(bound)s"),
    ),
    ("time", False): _Order(
        by=sql.SQL("order by 3, 2 limit %(limit)s"),
        behind=sql.SQL("(e.event_time, l.position) > (%(after_time)s, %(after)s)"),
        beyond=sql.SQL("p.latest >= %(after_time)s"),
        key=sql.SQL("p.earliest, p.block"),
        bound=sql.SQL("p.earliest"),
        within=sql.SQL("e.event_time < %(bound)s"),
    ),
    ("time", True): _Order(
        by=sql.SQL("order by 3 desc, 2 desc limit %(limit)s"),
        behind=sql.SQL("(e.event_time, l.position) < (%(after_time)s, %(after)s)"),
        beyond=sql.SQL("p.earliest <= %(after_time)s"),
        key=sql.SQL("p.latest desc, p.block"),
        bound=sql.SQL("p.latest"),
        within=sql.SQL("e.event_time > %(bound)s"),
    ),
}


class Narrowed(Struct, frozen=True, kw_only=True):
    """A query as SQL: what is decided by it, names of which one must stand, terms likewise.

    `periods` are conditions on blocks, which follow from those on times. Names that are `shared`,
    of parties and documents, may stand in most of the record.
    """

    order: _Order
    conditions: tuple[sql.Composable, ...]
    periods: tuple[sql.Composable, ...]
    names: sql.Composable | None
    shared: bool
    terms: tuple[sql.Composable, ...]
    params: Mapping[str, Any]

    def portion(
        self, conn: ReadConnection, place: Place, *, indexed: int, limit: int
    ) -> tuple[list[Row], Place | None]:
        """What comes next behind a place, and from where it goes on; None: there is no more.

        The next blocks are looked through, more and more of them, as far as nothing of later ones
        can come before. Where fewer blocks than the round after would take have the terms or names
        at all, the index leads to them; where they are common, it would lead to most of the record.
        """
        given = self._given(place, limit, indexed)
        for many in self._tries():
            if many > _FIRST and (led := self._rare(conn, given | {"blocks": many * _WIDER})):
                break
            within, bound = self._next_blocks(conn, place, given | {"blocks": many + 1})
            found = _asked(conn, self._through(place, given, within, bound))
            if bound is None:
                return found, _behind(place, found) if len(found) == limit else None
            if len(found) >= min(_FEW, limit):
                return found, _behind(place, found)
        else:
            led = self._surest()
        statement = self._followed(self._stated(place), led, given)
        found = _asked(conn, statement, prepare=_BY_ID if "keys" in self.params else False)
        return found, _behind(place, found) if len(found) == limit else None

    def _tries(self) -> Iterator[int]:
        """How many blocks to look through, by and by; none if there is a surer way."""
        is_timed = self.order.by in _BY_TIME or self.periods
        may_be_common = self.names is None or self.shared
        is_led = self.terms or self.shared
        if may_be_common and "keys" not in self.params and (is_led or is_timed):
            yield from (_FIRST * _WIDER**number for number in count())

    def _next_blocks(
        self, conn: ReadConnection, place: Place, given: dict[str, Any]
    ) -> tuple[list[int], Any]:
        """The next blocks but one, and where that begins; None if there are no more."""
        beyond = [self.order.beyond] if place.after >= 0 else []
        asked = sql.SQL(SQL.blocks).format(
            bound=self.order.bound,
            beyond=_AND.join([_TRUE, *beyond, *self.periods]),
            key=self.order.key,
        )
        rows = conn.execute(asked, given, prepare=False).fetchall()
        is_more = len(rows) == given["blocks"]
        blocks = [row[0] for row in rows[: len(rows) - is_more]]
        return blocks, rows[-1][1] if is_more else None

    def _through(
        self, place: Place, given: dict[str, Any], within: list[int], bound: Any
    ) -> Statement:
        """What comes next in blocks, before their bound if there is one."""
        led: sql.Composable = sql.SQL(SQL.positions_of_blocks)
        if self.shared:
            led = self._by_names(sql.SQL(SQL.of_blocks))
        elif self.terms:
            led = self._by_terms(self._having(sql.SQL(SQL.in_blocks)))
        conditions = self._stated(place)
        if bound is not None:
            conditions.append(self.order.within)
        return self._followed(
            conditions, _AT.format(led), given | {"within": within, "bound": bound}
        )

    def _surest(self) -> sql.Composable | None:
        """The condition that leads to all, where none has to be looked through."""
        if self.names is None and self.terms:
            return _AT.format(self._by_terms(self._everywhere()))
        return self.names

    def _rare(self, conn: ReadConnection, given: dict[str, Any]) -> sql.Composable | None:
        """The condition by which the index leads to all, if it has them in few `blocks`."""
        if self.terms:
            where = self._everywhere()
            few = sql.SQL(SQL.blocks_by_terms).format(which=where)
            if _one(conn, few, given) < given["blocks"]:
                led = sql.SQL(SQL.of_blocks_with_terms).format(which=where)
                return _AT.format(self._by_names(led) if self.shared else self._by_terms(where))
        if self.shared:
            numbers = _one(conn, sql.SQL(SQL.numbers_of_names), given)
            counted = _one(conn, sql.SQL(SQL.blocks_by_numbers), given | {"numbers": numbers})
            if counted < given["blocks"]:
                return _AT.format(self._by_names(sql.SQL(SQL.of_names)))
        return None

    def _everywhere(self) -> sql.Composed:
        """The condition on a block that all terms stand there, wherever an answer may be."""
        periods = _AND.join(self.periods)
        within = [sql.SQL(SQL.in_periods).format(periods=periods)] if self.periods else []
        return self._having(sql.SQL(SQL.in_range), *within)

    def _having(self, *which: sql.Composable) -> sql.Composed:
        return _AND.join([*which, *map(_HAS.format, self.terms)])

    def _by_names(self, which: sql.Composable) -> sql.Composed:
        places: sql.Composable = sql.SQL("named.places")
        if self.terms:
            places = sql.SQL(SQL.with_terms).format(places=self._places())
        return sql.SQL(SQL.positions_by_name).format(which=which, places=places)

    def _by_terms(self, which: sql.Composable) -> sql.Composed:
        return sql.SQL(SQL.positions_by_terms).format(places=self._places(), which=which)

    def _places(self) -> sql.Composed:
        """The bits of a block at which all terms stand."""
        each = [sql.SQL(SQL.places_of_terms).format(wanted=term) for term in self.terms]
        return sql.SQL(" & ").join(each)

    def _followed(
        self,
        conditions: list[sql.Composable],
        led: sql.Composable | None,
        given: dict[str, Any],
    ) -> Statement:
        if led is None:
            return self._ordered(conditions), given
        if given["indexed"] >= given["upto"]:
            return self._ordered([*conditions, led]), given
        # What the index has not followed yet may answer too; it may follow meanwhile.
        found = self._ordered([*conditions, led, sql.SQL(SQL.followed)])
        rest = self._ordered([*conditions, sql.SQL(SQL.not_followed)])
        return sql.SQL("({}) union all ({}) {}").format(found, rest, self.order.by), given

    def _stated(self, place: Place) -> list[sql.Composable]:
        return [*self.conditions, *([self.order.behind] if place.after >= 0 else [])]

    def _given(self, place: Place, limit: int, indexed: int) -> dict[str, Any]:
        where = {"upto": place.upto, "after": place.after, "after_time": place.at}
        span = [0, place.upto]
        if place.after >= 0 and self.order.by not in _BY_TIME:
            span[self.order is _ORDERS["record", True]] = place.after
        first, last = (position // blocks.SPAN for position in span)
        bounds = {"first": first, "last": last, "limit": limit, "indexed": indexed}
        return {**self.params, **where, **bounds}

    def _ordered(self, conditions: list[sql.Composable]) -> sql.Composed:
        where = _AND.join((sql.SQL(SQL.entries), *conditions))
        return sql.SQL("{} {}").format(where, self.order.by)


_BY_TIME: Final = tuple(one.by for (by, _), one in _ORDERS.items() if by == "time")


def _asked(
    conn: ReadConnection, statement: Statement, *, prepare: bool | None = False
) -> list[Row]:
    """The rows; planned anew each time, since how many have a name decides the way and differs."""
    return conn.execute(*statement, prepare=prepare).fetchall()


def _one(conn: ReadConnection, asked: sql.SQL | sql.Composed, given: dict[str, Any]) -> Any:
    """The one value of a statement, which is planned for what is given too."""
    ((value,),) = conn.execute(asked, given, prepare=False).fetchall()
    return value


def _behind(place: Place, found: Sequence[Row]) -> Place:
    _, position, at = found[-1]
    return structs.replace(place, after=position, at=at)


def narrowed(query: EventQuery, names: Names, asker: Asker) -> Narrowed:
    """The SQL of a query, of which master data describe these names."""
    params: dict[str, Any] = dict(grants_of(asker.viewer, secret=asker.secret).params)
    conditions: list[sql.Composable] = []
    for param, (field, section) in _BOUNDS.items():
        params[param] = getattr(query, field)
        if params[param] is not None:
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
        periods=tuple(_periods(params)),
        names=None if listed is None else sql.SQL(SQL.naming),
        shared=listed is not None and not things_of(query),
        terms=tuple(sql.Placeholder(f"terms_{number}") for number in wanted),
        params=params,
    )


def _periods(params: Mapping[str, Any]) -> Iterator[sql.Composable]:
    """Conditions on blocks; of a span that ends before it begins there is no block."""
    for begin, end, section in _SPANS:
        first, last = params[begin], params[end]
        if first is None and last is None:
            continue
        is_span = first is None or last is None or first < last
        yield sql.SQL(SQL[section]) if is_span else sql.SQL("false")


def _listed(query: EventQuery) -> tuple[str, ...] | None:
    """The names of things, else of documents or parties, of which any answer holds one."""
    return things_of(query) or next((wanted for _, _, wanted in query.refs.values()), None)


def things_of(query: EventQuery) -> tuple[str, ...] | None:
    """The names of things of which any answer holds one."""
    found = (wanted for name, wanted in query.things.items() if name not in query.patterns)
    return next(found, None)


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

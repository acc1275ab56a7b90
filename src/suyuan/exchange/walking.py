"""Takes conditions, an order and a place; gives the candidates that come next, a few at a time.

Values that thousands of events have are asked for in an order and by the page, so what is wanted
stands in few of the blocks. The next blocks of the order are looked through where most have it;
else the inverted indexes list the blocks that have it, and those are looked through in the order.
So it begins with names of places and parties, which are of few as a rule.
No way reads all that has a value in order to sort it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, structs
from psycopg import sql

from suyuan.exchange.statements import SQL
from suyuan.exchange.tokens import Place
from suyuan.index import blocks
from suyuan.store import ReadConnection

_FIRST: Final = 10
_WIDER: Final = 8
"""Blocks that are looked through first, and by how much more after that."""
_EACH: Final = 2
_WIDER_LISTED: Final = 4
"""The same of blocks that are listed: first so many for each event, as most have one that fits."""
_MOST_LISTED: Final = 5_000
"""What stands in more blocks is common: it is not listed, wherever one looks there is some."""
_SOME: Final = 3
"""Of what is found so often in the first blocks, enough is in not many more."""
_FEW: Final = 20
"""Fewer on the way are not worth another round."""

_AND: Final = sql.SQL(" and ")
_TRUE: Final = sql.SQL("true")
_BLOCKS: Final = sql.SQL("(select s.blocks from stretch as s)")
_BOUND: Final = sql.SQL("(select s.bound from stretch as s)")
"""Of what `through_blocks` looks through: which blocks, and where the next may begin."""
_AT: Final = sql.SQL("l.position = any (array({}))")

_BY_ID: Final = None
"""The driver keeps the plan of what is asked often: few have an id, whichever it is."""

Statement = tuple[sql.Composed, dict[str, Any]]
Row = tuple[int, int, datetime]
"""An entry, its position, and when it happened."""


class Order(Struct, frozen=True):
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


ORDERS: Final = {
    ("record", False): Order(
        by=sql.SQL("order by 2 limit %(limit)s"),
        behind=sql.SQL("l.position > %(after)s"),
        beyond=sql.SQL("p.block >= %(after)s / 64"),
        key=sql.SQL("p.block"),
        bound=sql.SQL("p.block * 64"),
        within=sql.SQL("l.position < {bound}"),
    ),
    ("record", True): Order(
        by=sql.SQL("order by 2 desc limit %(limit)s"),
        behind=sql.SQL("l.position < %(after)s"),
        beyond=sql.SQL("p.block <= %(after)s / 64"),
        key=sql.SQL("p.block desc"),
        bound=sql.SQL("p.block * 64 + 63"),
        within=sql.SQL("l.position > {bound}"),
    ),
    ("time", False): Order(
        by=sql.SQL("order by 3, 2 limit %(limit)s"),
        behind=sql.SQL("(e.event_time, l.position) > (%(after_time)s, %(after)s)"),
        beyond=sql.SQL("p.latest >= %(after_time)s"),
        key=sql.SQL("p.earliest, p.block"),
        bound=sql.SQL("p.earliest"),
        within=sql.SQL("e.event_time < {bound}"),
    ),
    ("time", True): Order(
        by=sql.SQL("order by 3 desc, 2 desc limit %(limit)s"),
        behind=sql.SQL("(e.event_time, l.position) < (%(after_time)s, %(after)s)"),
        beyond=sql.SQL("p.earliest <= %(after_time)s"),
        key=sql.SQL("p.latest desc, p.block"),
        bound=sql.SQL("p.latest"),
        within=sql.SQL("e.event_time > {bound}"),
    ),
}


class _Way:
    """How one looks on: at how many blocks next, and whether at those that are listed.

    `may_list`: something is asked for by which blocks can be listed. `is_listed`: one begins so.
    """

    def __init__(self, *, may_list: bool, is_listed: bool) -> None:
        self.is_listed = is_listed
        self._many = _FIRST
        self._may_list = may_list

    def blocks(self, limit: int) -> int:
        """How many are looked through next for so many events."""
        return max(self._many, _EACH * limit) if self.is_listed else self._many

    def widen(self, found: int, limit: int) -> None:
        """So much was found, and is not enough: look at more, or at what is listed."""
        if self.is_listed:
            self._many = self.blocks(limit) * _WIDER_LISTED
        elif self._may_list and not (found >= _SOME and self._many == _FIRST):
            self.is_listed = True
        else:
            self._many *= _WIDER

    def is_common(self) -> None:
        """Too many blocks have it to be listed."""
        self.is_listed, self._may_list = False, False
        self._many = _FIRST * _WIDER


class Narrowed(Struct, frozen=True, kw_only=True):
    """A query as SQL: what is decided by it, names of which one must stand, terms likewise.

    `periods` are conditions on blocks, which follow from those on times. Names that are `shared`,
    those of documents, may stand in most of the record. `is_of_few`: one of the terms is of what
    as a rule stands in few blocks, so that the first look at any blocks is mostly in vain.
    """

    order: Order
    conditions: tuple[sql.Composable, ...]
    periods: tuple[sql.Composable, ...]
    names: sql.Composable | None
    shared: bool
    terms: tuple[sql.Composable, ...]
    is_of_few: bool
    params: Mapping[str, Any]

    def portions(
        self, conn: ReadConnection, place: Place, *, indexed: int, limits: Iterable[int]
    ) -> Iterator[list[Row]]:
        """What comes behind a place, in order and to its end; by and by so many at most."""
        way = self._way() if self._is_walked() else None
        for limit in limits:
            given = self._given(place, limit, indexed)
            if way is None:
                found, is_more = self._surest(conn, place, given), False
            else:
                found, is_more = self._walked(conn, place, given, way)
            yield found
            if not is_more and len(found) < limit:
                return
            _, after, at = found[-1]
            place = structs.replace(place, after=after, at=at)

    def _way(self) -> _Way:
        return _Way(may_list=bool(self.terms or self.shared), is_listed=self.is_of_few)

    def _is_walked(self) -> bool:
        """Whether blocks are looked through; else there is a surer way."""
        is_timed = self.order.by in _BY_TIME or self.periods
        may_be_common = self.names is None or self.shared
        is_led = self.terms or self.shared
        return bool(may_be_common and "keys" not in self.params and (is_led or is_timed))

    def _surest(self, conn: ReadConnection, place: Place, given: dict[str, Any]) -> list[Row]:
        """The next of all, led to at once where something leads there."""
        led = self.names
        if led is None and self.terms:
            led = _AT.format(self._by_terms(self._everywhere()))
        statement = self._followed(self._stated(place), led, given)
        return _asked(conn, statement, prepare=_BY_ID if "keys" in self.params else False)

    def _walked(
        self, conn: ReadConnection, place: Place, given: dict[str, Any], way: _Way
    ) -> tuple[list[Row], bool]:
        """The next, as far as nothing of later blocks can come before; whether there are more."""
        limit = given["limit"]
        while True:
            rows = _asked(conn, self._through(place, given, way))
            if rows[0][3]:
                way.is_common()
                continue
            found, is_more = [row[:3] for row in rows if row[0] is not None], rows[0][4]
            if not is_more or len(found) >= min(_FEW, limit):
                return found, is_more
            way.widen(len(found), limit)

    def _through(self, place: Place, given: dict[str, Any], way: _Way) -> Statement:
        """What comes next in the blocks that are looked through, before where others begin."""
        led: sql.Composable = sql.SQL(SQL.positions_of_blocks).format(blocks=_BLOCKS)
        if self.shared:
            led = self._by_names(sql.SQL(SQL.of_blocks).format(blocks=_BLOCKS))
        elif self.terms:
            led = self._by_terms(sql.SQL(SQL.in_blocks).format(blocks=_BLOCKS))
        within = sql.SQL("coalesce({}, true)").format(self.order.within.format(bound=_BOUND))
        asked, _ = self._followed([*self._stated(place), within], _AT.format(led), given)
        through = sql.SQL(SQL.through_blocks).format(next=self._next(place, way), asked=asked)
        lists = {"has_terms": bool(self.terms), "has_names": self.shared, "listed": _MOST_LISTED}
        more = {"blocks": way.blocks(given["limit"])}
        return sql.SQL("{} {}").format(through, self.order.by), given | lists | more

    def _next(self, place: Place, way: _Way) -> sql.Composed:
        """Which blocks are looked through next."""
        parts: dict[str, sql.Composable] = {
            "bound": self.order.bound,
            "beyond": _AND.join(
                [_TRUE, *([self.order.beyond] if place.after >= 0 else []), *self.periods]
            ),
            "key": self.order.key,
        }
        if not way.is_listed:
            return sql.SQL(SQL.next_blocks).format(**parts)
        none = sql.SQL(SQL.no_blocks)
        termed = sql.SQL(SQL.termed_blocks).format(which=self._having())
        parts["termed"] = termed if self.terms else none
        parts["named"] = sql.SQL(SQL.numbered_blocks) if self.shared else none
        return sql.SQL(SQL.listed_blocks).format(**parts)

    def _everywhere(self) -> sql.Composed:
        """The condition on a block that all terms stand there, wherever an answer may be."""
        periods = _AND.join(self.periods)
        within = [sql.SQL(SQL.in_periods).format(periods=periods)] if self.periods else []
        return _AND.join([sql.SQL(SQL.in_range), *within, self._having()])

    def _having(self) -> sql.Composed:
        has = sql.SQL(SQL.having_term)
        return _AND.join(has.format(wanted=term) for term in self.terms)

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
            span[self.order is ORDERS["record", True]] = place.after
        first, last = (position // blocks.SPAN for position in span)
        bounds = {"first": first, "last": last, "limit": limit, "indexed": indexed}
        return {**self.params, **where, **bounds}

    def _ordered(self, conditions: list[sql.Composable]) -> sql.Composed:
        where = _AND.join((sql.SQL(SQL.entries), *conditions))
        return sql.SQL("{} {}").format(where, self.order.by)


_BY_TIME: Final = tuple(one.by for (by, _), one in ORDERS.items() if by == "time")


def _asked(
    conn: ReadConnection, statement: Statement, *, prepare: bool | None = False
) -> list[Any]:
    """The rows; planned anew each time, since how many have a name decides the way and differs."""
    return conn.execute(*statement, prepare=prepare).fetchall()

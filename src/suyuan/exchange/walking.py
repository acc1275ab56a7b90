"""Takes conditions, an order and a place; gives the candidates that come next, a few at a time.

Values that thousands of events have are asked for in an order and by the page, so what is wanted
stands in few of the blocks. The next blocks of the order are looked through where most have it;
else the inverted indexes list the blocks that have it, and those are looked through in the order.
So it begins with names of places and parties, which are of few as a rule.
No way reads all that has a value in order to sort it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from math import ceil
from typing import Any, Final

from msgspec import Struct, structs

from suyuan.exchange import stating
from suyuan.exchange.stating import ORDERS, Form, Where
from suyuan.exchange.tokens import Place
from suyuan.exchange.vocabulary import Asker
from suyuan.index import blocks
from suyuan.record import glancing
from suyuan.record.types import Walked
from suyuan.store import ReadConnection
from suyuan.store.types import Ask

_FIRST: Final = 10
_WIDER: Final = 8
"""Blocks that are looked through first, and by how much more after that."""
_EACH: Final = 2
_EACH_OF_SEVERAL: Final = 2.5
_WIDER_LISTED: Final = 4
"""The same of blocks that are listed: first so many for each event, as most have one that fits;
more where several values are asked for, which may stand in a block apart."""
_MOST_LISTED: Final = 5_000
"""What stands in more blocks is common: it is not listed, wherever one looks there is some."""
_SOME: Final = 3
"""Of what is found so often in the first blocks, enough is in not many more."""
_FEW: Final = 20
"""Fewer on the way are not worth another round."""
_LONG: Final = 65_536
"""Positions of a record for which plans are kept: of one so long none reads tables as a whole."""

Row = tuple[int, int, datetime]
"""An entry, its position, and when it happened."""


class _Way:
    """How one looks on: at how many blocks next, and whether at those that are listed.

    `may_list`: something is asked for by which blocks can be listed. `is_listed`: one begins so.
    `each`: how many listed ones are looked through first for an event.
    """

    def __init__(self, *, may_list: bool, is_listed: bool, each: float) -> None:
        self.is_listed = is_listed
        self._many = _FIRST
        self._may_list = may_list
        self._each = each

    @property
    def listed(self) -> int | None:
        """How many blocks are too many to be listed; None: any are looked at."""
        return _MOST_LISTED if self.is_listed else None

    def blocks(self, limit: int) -> int:
        """How many are looked through next for so many events."""
        return max(self._many, ceil(self._each * limit)) if self.is_listed else self._many

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
        self._many *= _WIDER


class Narrowed(Struct, frozen=True, kw_only=True):
    """A query as SQL: its form, and the values beside it.

    `is_of_few`: one of the terms is of what as a rule stands in few blocks, so that the first look
    at any blocks is mostly in vain.
    """

    form: Form
    is_of_few: bool
    params: Mapping[str, Any]

    def portions(
        self, conn: ReadConnection, place: Place, *, indexed: int, limits: Iterable[int]
    ) -> Iterator[list[Row]]:
        """What comes behind a place, in order and to its end; by and by so many at most."""
        way = self._way() if self.is_walked else None
        for limit in limits:
            given = self._given(place, limit, indexed)
            if way is None:
                found, is_more = self._surest(conn, given), False
            else:
                found, is_more = self._walked(conn, given, way)
            yield found
            if not is_more and len(found) < limit:
                return
            _, after, at = found[-1]
            place = structs.replace(place, after=after, at=at)

    def first(self, ask: Ask, asker: Asker, *, wanted: int) -> Walked | None:
        """What comes first of all, by one statement as a rule: so many as are wanted, or all.

        None: it is not found by walking, or not told at a glance.
        """
        if not self.is_walked:
            return None
        way, given = self._way(), self.given_first(wanted)
        while True:
            statement = glancing.walk_of(stating.first_through(self.form, listed=way.listed))
            asked = given | {"blocks": way.blocks(wanted)}
            found = glancing.walked(
                ask, statement, asked, asker.viewer, secret=asker.secret,
                is_kept=asker.length.seen >= _LONG and stating.is_alike(self.form, stating.FIRST),
            )  # fmt: skip
            if found is None:
                return None
            asker.length.see(found.size)
            if found.is_common:
                way.is_common()
            elif len(found.found) >= wanted or not found.is_more:
                return found
            else:
                way.widen(len(found.found), wanted)

    def _way(self) -> _Way:
        values = self.form.terms + self.form.is_shared
        return _Way(
            may_list=values > 0,
            is_listed=self.is_of_few,
            each=_EACH if values == 1 else _EACH_OF_SEVERAL,
        )

    @property
    def is_walked(self) -> bool:
        """Whether blocks are looked through; else there is a surer way."""
        form = self.form
        is_timed = form.order.is_timed or form.periods
        may_be_common = not form.is_named or form.is_shared
        is_led = form.terms or form.is_shared
        return bool(may_be_common and "keys" not in self.params and (is_led or is_timed))

    def _surest(self, conn: ReadConnection, given: dict[str, Any]) -> list[Row]:
        """The next of all, led to at once where something leads there.

        Few have an id, whichever it is. How many have a name decides the way, and differs.
        """
        statement = stating.surest(self.form, _where(given))
        prepare = None if "keys" in self.params else False
        return conn.execute(statement, given, prepare=prepare).fetchall()

    def _walked(
        self, conn: ReadConnection, given: dict[str, Any], way: _Way
    ) -> tuple[list[Row], bool]:
        """The next, as far as nothing of later blocks can come before; whether there are more."""
        limit, where = given["limit"], _where(given)
        is_long = given["indexed"] >= _LONG and where.is_followed
        is_kept = is_long and stating.is_alike(self.form, where)
        prepare = None if is_kept else False
        while True:
            statement = stating.through(self.form, where, listed=way.listed)
            asked = given | {"blocks": way.blocks(limit)}
            rows = conn.execute(statement, asked, prepare=prepare).fetchall()
            if rows[0][3]:
                way.is_common()
                continue
            found, is_more = [row[:3] for row in rows if row[0] is not None], rows[0][4]
            if not is_more or len(found) >= min(_FEW, limit):
                return found, is_more
            way.widen(len(found), limit)

    def given_first(self, limit: int) -> dict[str, Any]:
        """The values beside a statement that finds by itself how far the record goes."""
        return self._given(Place(upto=0), limit, 0)

    def _given(self, place: Place, limit: int, indexed: int) -> dict[str, Any]:
        where = {"upto": place.upto, "after": place.after, "after_time": place.at}
        span = [0, place.upto]
        if place.after >= 0 and not self.form.order.is_timed:
            span[self.form.order is ORDERS["record", True]] = place.after
        first, last = (position // blocks.SPAN for position in span)
        bounds = {"first": first, "last": last, "limit": limit, "indexed": indexed}
        return {**self.params, **where, **bounds}


def _where(given: Mapping[str, Any]) -> Where:
    return Where(is_behind=given["after"] >= 0, is_followed=given["indexed"] >= given["upto"])

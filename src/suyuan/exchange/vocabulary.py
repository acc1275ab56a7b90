"""Takes what a query asks of master data; gives the names that they describe so, for who asks.

Master data are of those who reported them (`suyuan.index.vocabulary`): a viewer's own say what lies
within a place and what has which attribute, and nobody can find out anything by another's.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct, field, structs

from suyuan.exchange.query import Described, EventQuery
from suyuan.exchange.spelling import bare
from suyuan.exchange.statements import SQL
from suyuan.families import Families
from suyuan.model import Viewer
from suyuan.record import grants_of
from suyuan.store import ReadConnection
from suyuan.wire.cbv import BIZ_STEP, DISPOSITION, Vocabulary

ALL: Final = (1 << 62) - 1
"""A position behind every one that there is."""

_WITHIN: Final = ("WD_readPoint", "WD_bizLocation")
_WORDS: Final[Mapping[str, Vocabulary]] = {"bizStep": BIZ_STEP, "disposition": DISPOSITION}


class Length:
    """How long a record was seen to be while this process lives: it becomes no shorter."""

    def __init__(self) -> None:
        self.seen = 0

    def see(self, size: int) -> None:
        """So many positions it has."""
        self.seen = max(self.seen, size)


class Asker(Struct, frozen=True, kw_only=True):
    """Who asks, and what decides what they are shown; `length` is that of the record asked."""

    viewer: Viewer
    secret: bytes
    families: Families
    length: Length = field(default_factory=Length)

    def reach(self, upto: int) -> dict[str, Any]:
        """The parameters of the statement `vocabulary`."""
        grants = grants_of(self.viewer, secret=self.secret)
        return {
            "tenant": grants.tenant,
            "everything": grants.everything,
            "party": self.viewer.party,
            "upto": upto,
        }


def uses_vocabulary(query: EventQuery) -> bool:
    """Whether master data have a part in what answers."""
    return bool(query.described) or any(name in query.values for name in _WITHIN)


def resolved(
    conn: ReadConnection, query: EventQuery, asker: Asker, *, upto: int
) -> tuple[EventQuery, dict[Described, frozenset[str]]]:
    """The query with what lies within its places, and the names that are described as asked."""
    if not uses_vocabulary(query):
        return query, {}
    reach = asker.reach(upto)
    values = dict(query.values)
    for name in _WITHIN:
        if name in values:
            rows = conn.execute(SQL.within, {**reach, "names": list(values[name])}).fetchall()
            values[name] = tuple(row[0] for row in rows)
    names = {one: described_names(conn, one, reach) for one in query.described}
    return structs.replace(query, values=values), names


def described_names(conn: ReadConnection, one: Described, reach: dict[str, Any]) -> frozenset[str]:
    """The names that master data describe so."""
    asked = {
        **reach,
        "attributes": _storable(one.attributes),
        "values": None if one.values is None else _storable(one.values),
    }
    found = {row[0] for row in conn.execute(SQL.described, asked).fetchall()}
    words = _WORDS.get(one.field)
    return frozenset(found if words is None else {bare(name, words) for name in found})


def _storable(texts: Iterable[str]) -> list[str]:
    """Those that a database can hold: no other stands in it."""
    return [text for text in texts if "\0" not in text]

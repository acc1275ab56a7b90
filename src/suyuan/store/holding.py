"""Reads what Python cannot hold as something else that it can.

PostgreSQL has an infinity and years before Christ and beyond 9999, and JSON of any depth with
numbers of any length. This program writes none of them: they are there only where somebody else
wrote them. Read as an error they would keep an audit from naming the row; read as the first or last
time there is, or as plain text, they differ from what was logged, and the row is named.
"""

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

import psycopg
from psycopg import pq
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.types.json import set_json_loads

from suyuan.store.encoded import AnyConnection

_MARGIN: Final = timedelta(days=2)
"""So that every place's clock can still show it."""
FIRST: Final = datetime.min.replace(tzinfo=UTC) + _MARGIN
LAST: Final = datetime.max.replace(tzinfo=UTC) - _MARGIN
_BOUNDS: Final[dict[str, tuple[date, date]]] = {
    "timestamptz": (FIRST, LAST),
    "date": (FIRST.date(), LAST.date()),
}


def holds_all(connection: AnyConnection) -> AnyConnection:
    """The same connection, whose answers have nothing that cannot be read."""
    for name in _BOUNDS:
        for form in (pq.Format.TEXT, pq.Format.BINARY):
            connection.adapters.register_loader(name, _bounded(name, form))
    set_json_loads(_json, connection)
    return connection


def _json(data: str | bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data if isinstance(data, str) else data.decode(errors="backslashreplace")


@cache
def _bounded(name: str, form: pq.Format) -> type[Loader]:
    oid, (first, last) = psycopg.adapters.types[name].oid, _BOUNDS[name]
    whole = psycopg.adapters.get_loader(oid, form)
    assert whole is not None  # noqa: S101 -- the driver has one for each of its types
    make = whole

    class Bounded(Loader):
        """The driver's own loader, where it can."""

        format = form

        def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
            super().__init__(oid, context)
            self._load = make(oid, context).load

        def load(self, data: Buffer) -> Any:
            try:
                return self._load(data)
            except psycopg.DataError:
                return first if _is_before(bytes(data), form) else last

    return Bounded


def _is_before(data: bytes, form: pq.Format) -> bool:
    """Whether a time that Python cannot hold comes before all that it can."""
    if form is pq.Format.BINARY:
        return int.from_bytes(data, signed=True) < 0  # counted from the year 2000
    return data.startswith(b"-") or data.endswith(b"BC")

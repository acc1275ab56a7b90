"""Takes a query and who asks; gives what the database can narrow it by, from its indexes.

Times, types, event ids, and one list of names: of things, else of documents and parties, else of
places. Whatever has no index is decided on the event itself.
"""

from typing import Any

from suyuan.exchange.query import EventQuery
from suyuan.exchange.vocabulary import Asker
from suyuan.record import grants_of, read
from suyuan.record.types import EVENT_TYPES

_PLACES = ("EQ_readPoint", "EQ_bizLocation", "WD_readPoint", "WD_bizLocation")


def narrowed(query: EventQuery, asker: Asker) -> dict[str, Any]:
    """The parameters of the statement `candidates`."""
    types = [EVENT_TYPES.index(kind) for kind in query.event_type]
    ids = query.values.get("EQ_eventID")
    names = _names(query)
    return {
        **grants_of(asker.viewer, secret=asker.secret).params,
        "types": types or None,
        "keys": None
        if ids is None
        else [read.event_key(name, secret=asker.secret) for name in ids],
        "ge_event": query.ge_event_time,
        "lt_event": query.lt_event_time,
        "ge_record": query.ge_record_time,
        "lt_record": query.lt_record_time,
        "things": None if names is None else list(names),
    }


def _names(query: EventQuery) -> tuple[str, ...] | None:
    """The names of which any answer holds one, as the index has them."""
    for name, wanted in query.things.items():
        if name not in query.patterns:
            return wanted
    for _, _, wanted in query.refs.values():
        return wanted
    return next((query.values[name] for name in _PLACES if name in query.values), None)

"""Takes what a viewer asks for; gives the events of the record, where one statement tells all.

Such a statement needs no transaction around it. What needs another is left to the other ways of
reading: many events, one that an authority decided on since, or one that an older program pressed.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, LiteralString

from suyuan.model import Viewer
from suyuan.record.access import grants_of
from suyuan.record.bodies import OtherDictionaryError, Unpress
from suyuan.record.read import Row, asked_by_ids, recorded_of
from suyuan.record.types import Glance
from suyuan.store import Queries
from suyuan.store.types import Ask

_Q: Final = Queries(__package__)
_MOST: Final = 51
"""So many are too many."""
_IS_OVERRIDDEN, _SIZE = 20, 21
"""Columns of a row behind those of the event."""


def by_ids(ask: Ask, event_ids: Collection[str], viewer: Viewer, *, secret: bytes) -> Glance | None:
    """What bears the hash of one of some event ids; each id is still to be compared."""
    rows = ask(_Q.by_event_keys, asked_by_ids(event_ids, viewer, secret=secret, most=_MOST))
    return _glance(rows, rows[0][_SIZE] if rows else 0) if len(rows) < _MOST else None


def positions_of(which: LiteralString) -> LiteralString:
    """The statement of what stands at positions: another finds them, the first `most` that come."""
    return _Q.at_positions.replace("{which}", which)


def by_positions(
    ask: Ask,
    statement: LiteralString,
    given: Mapping[str, Any],
    viewer: Viewer,
    *,
    secret: bytes,
) -> Glance | None:
    """What stands at the positions that a statement of `positions_of` finds."""
    asked = {**given, "most": _MOST} | grants_of(viewer, secret=secret).params
    rows = ask(statement, asked)
    *_, size, count = rows[0]
    return _glance([row for row in rows if row[0] is not None], size) if count < _MOST else None


def _glance(rows: Sequence[Row], size: int) -> Glance | None:
    if any(row[_IS_OVERRIDDEN] for row in rows):
        return None
    try:
        found = recorded_of(rows, Unpress(None))
    except OtherDictionaryError:
        return None
    return Glance(found=sorted(found, key=lambda each: each.position), size=size)

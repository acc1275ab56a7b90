"""Takes what a viewer asks for; gives the events of the record, where one statement tells all.

Such a statement needs no transaction around it. What needs another is left to the other ways of
reading: many events, one that an authority decided on since, or one that an older program pressed.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, LiteralString

from suyuan.model import Viewer
from suyuan.record.access import grants_of
from suyuan.record.bodies import OtherDictionaryError, Unpress
from suyuan.record.read import Row, asked_by_ids, recorded_of
from suyuan.record.types import Glance, Recorded, Walked
from suyuan.store import Queries
from suyuan.store.types import Ask

_Q: Final = Queries(__package__)
_MOST: Final = 51
"""So many are too many."""
_STATEMENTS: Final = 1_000
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


@lru_cache(maxsize=_STATEMENTS)
def walk_of(which: LiteralString) -> LiteralString:
    """The statement of what a walk finds, which another makes.

    It gives how far the record goes, or null where it cannot tell, an array of positions, and
    whether it did not look (all is common) or not everywhere (there is more).
    """
    return _Q.at_walked.replace("{which}", which)


def walked(
    ask: Ask,
    statement: LiteralString,
    given: Mapping[str, Any],
    viewer: Viewer,
    *,
    secret: bytes,
    is_kept: bool,
) -> Walked | None:
    """What stands where a statement of `walk_of` finds something; `is_kept`: its plan may be."""
    asked = {**given, **grants_of(viewer, secret=secret).params}
    rows = ask(statement, asked, is_kept=is_kept)
    *_, size, is_common, is_more = rows[0]
    found = _told([row for row in rows if row[0] is not None])
    if found is None or size is None:
        return None
    return Walked(found=found, size=size, is_common=is_common, is_more=is_more)


def _glance(rows: Sequence[Row], size: int) -> Glance | None:
    found = _told(rows)
    return None if found is None else Glance(found=found, size=size)


def _told(rows: Sequence[Row]) -> list[Recorded] | None:
    """The events of rows by position, where nothing else must be asked for them."""
    if any(row[_IS_OVERRIDDEN] for row in rows):
        return None
    try:
        found = recorded_of(rows, Unpress(None))
    except OtherDictionaryError:
        return None
    return sorted(found, key=lambda each: each.position)

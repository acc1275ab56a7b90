"""Takes a recorded event and who asks; gives its bytes with the members that may be shown.

The reporter, the authority of the jurisdiction and the administrator get it whole. A party to
the event gets the standard's own members and what the family discloses to partners; the public
gets no raw events at all: what it may know is in the public answer.
"""

from typing import Any, Final

import msgspec

from suyuan.families import Families, Family
from suyuan.model import Role, Viewer
from suyuan.record import Recorded
from suyuan.wire.contexts import expand
from suyuan.wire.types import Outgoing

_REACH: Final = frozenset({"public", "partner"})
_ILMD: Final = "ilmd"
_ENCODE: Final = msgspec.json.Encoder(decimal_format="number").encode


def outgoing(recorded: Recorded, viewer: Viewer, families: Families) -> Outgoing | None:
    """The event as this viewer may have it, or None."""
    if viewer.party is None and viewer.role is None:
        return None
    raw = recorded.raw if _whole(recorded, viewer) else _for_partner(recorded, families)
    return Outgoing(
        raw=raw,
        context=recorded.context,
        event_id=recorded.event.event_id,
        record_time=recorded.at,
    )


def _whole(recorded: Recorded, viewer: Viewer) -> bool:
    return viewer.role in {Role.ADMIN, Role.REGULATOR} or viewer.party == recorded.capturer


def _for_partner(recorded: Recorded, families: Families) -> bytes:
    family = families.family(recorded.family) if recorded.family else None
    shown = _shown_names(family)
    members: dict[str, Any] = msgspec.json.decode(recorded.raw)
    kept = _kept(members, shown, recorded)
    if isinstance(members.get(_ILMD), dict):
        kept[_ILMD] = _kept(members[_ILMD], shown, recorded)
    return _ENCODE(kept)


def _kept(members: dict[str, Any], shown: frozenset[str], recorded: Recorded) -> dict[str, Any]:
    """Members of the standard, and extensions that the family shows; the rest stays here."""
    return {
        name: value
        for name, value in members.items()
        if ":" not in name or expand(name, recorded.context) in shown
    }


def _shown_names(family: Family | None) -> frozenset[str]:
    if family is None:
        return frozenset()
    items = [name for name, reach in family.disclosure.items() if reach.value in _REACH]
    return frozenset(
        place.partition(".")[2].replace("suyuan:", "urn:suyuan:ns:1:", 1)
        for item in items
        for place in family.places(item)
    )

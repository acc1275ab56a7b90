"""Takes what was reached forward; gives where more of it is on record with no record of its coming.

Lots made of what is asked about are followed by movements alone. A holder who acted with such a lot
and has it from nowhere may have it from those reached: he is in no answer, so that is said.
"""

from collections.abc import Sequence
from typing import Final

from suyuan.codes import shown
from suyuan.kit import Text
from suyuan.kit.text import joined
from suyuan.trace.closure import Examined
from suyuan.trace.types import LinkKind, Pool

_ELSEWHERE: Final = Text(
    "{things} 在 {places} 也有记录，但没有记录说明怎样到了那里：可能来自这里，而没有计入；"
    "请向该处查问从谁得来，或直接查询该物",
    "{things} is on record at {places} too, and no record says how it came there: it may be from "
    "here and is not counted. Ask there whom it came from, or ask about the thing itself",
)
_NAMED: Final = 6


def elsewhere(found: Examined) -> list[Pool]:
    """Where things reached acted or were seen, and neither were made nor came, in order.

    Not of what was asked about: of that all places are asked, or those of a holder alone.
    """
    reached = {node.pool for node in found.closure.nodes}
    asked = {place.thing for place in found.starts}
    things = sorted({place.thing for place in reached} - asked - {""})
    if not things:
        return []
    entered, acted = {link.target for link in found.net.links}, _acted(found)
    known = reached | entered | found.net.places.made.keys()
    ends = found.net.ends
    of_them = (ends.pools[number] for thing in things for number in ends.of_thing(thing))
    return [place for place in of_them if place in acted and place not in known]


def _acted(found: Examined) -> set[Pool]:
    """The places, all known, from which something left or where it was seen or ended."""
    presumes = {LinkKind.BELONGS, LinkKind.PRESUMED}
    left = (link.source for link in found.net.links if link.kind not in presumes)
    return {place for place in (*left, *found.net.places.seen) if not place.unknown}


def elsewhere_said(found: Examined) -> list[Text]:
    """In words, with the cure; nothing where there are none."""
    places = elsewhere(found)
    if not places:
        return []
    alike = found.alike
    names = {name for place in places for name in alike.get(place.thing, (place.thing,))}
    where = {place.site or place.party for place in places}
    return [_ELSEWHERE.format(things=_named(sorted(names)), places=_named(sorted(where)))]


def _named(codes: Sequence[str]) -> Text:
    more = [Text("…", "…")] if len(codes) > _NAMED else []
    return joined([*(shown.code_text(code) for code in codes[:_NAMED]), *more])

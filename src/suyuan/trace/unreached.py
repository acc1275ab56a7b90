"""Takes what was reached forward; gives where more of it is on record with no record of its coming.

Lots made of what is asked about are followed by movements alone. A holder who acted with such a lot
and has it from nowhere may have it from those reached: he is in no answer, so that is said.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from suyuan.codes import shown
from suyuan.kit import Text
from suyuan.kit.text import joined
from suyuan.trace.closure import Examined
from suyuan.trace.types import LinkKind, Pool

_UNREACHED: Final = Text(
    "{things} 在 {places} 也有记录，但没有记录说明怎样到了那里：可能来自这里，而没有计入；"
    "请向该处查问从谁得来，或直接查询该物",
    "{things} is on record at {places} too, and no record says how it came there: it may be from "
    "here and is not counted. Ask there whom it came from, or ask about the thing itself",
)
_NAMED: Final = 6
_PRESUMES: Final = {LinkKind.BELONGS, LinkKind.PRESUMED}


def unreached(found: Examined) -> list[Pool]:
    """Where things reached acted or were seen, and neither were made nor came, in order.

    Not of what was asked about: of that all places are asked, or those of a holder alone.
    """
    nowhere_from = {place for place in _acted(found) if place not in found.net.places.made}
    if not nowhere_from:
        return []
    reached = {node.pool for node in found.closure.nodes}
    things = {place.thing for place in reached} - {place.thing for place in found.starts}
    return sorted(place for place in nowhere_from - reached if place.thing in things)


def _acted(found: Examined) -> Iterator[Pool]:
    """The places, all known, where things acted or were seen and came to by no link.

    By numbers: of a long answer there are hardly any.
    """
    net, ends = found.net, found.net.ends
    entered = set(ends.targets)
    left = {
        n for n, link in zip(ends.sources, net.links, strict=True) if link.kind not in _PRESUMES
    }
    for number in left - entered:
        place = ends.pools[number]
        if place.thing and not place.unknown:
            yield place
    for place in net.places.seen:
        if not place.unknown and ends.of(place) not in entered:
            yield place


def unreached_said(found: Examined) -> list[Text]:
    """In words, with the cure; nothing where there are none."""
    places = unreached(found)
    if not places:
        return []
    alike = found.alike
    names = {name for place in places for name in alike.get(place.thing, (place.thing,))}
    where = {place.site or place.party for place in places}
    return [_UNREACHED.format(things=_named(sorted(names)), places=_named(sorted(where)))]


def _named(codes: Sequence[str]) -> Text:
    more = [Text("…", "…")] if len(codes) > _NAMED else []
    return joined([*(shown.code_text(code) for code in codes[:_NAMED]), *more])

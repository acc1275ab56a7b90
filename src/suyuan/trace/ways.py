"""Both ways of one thing at once, where it came from and where it went, without an answer's tables.

Facts and links are the same for both directions, so they are read and laid out once.
"""

from collections.abc import Mapping

from msgspec import Struct

from suyuan.kit import Text
from suyuan.model import Viewer
from suyuan.store import ReadConnection
from suyuan.trace.answer import completeness
from suyuan.trace.closure import Examined, drawn_from, lay_out
from suyuan.trace.gather import Gathered, gather
from suyuan.trace.types import Direction, Link, LinkKind, Node, OpenEnd, Question, Seed


class Way(Struct, frozen=True, kw_only=True):
    """What is reached in one direction, as in an `Answer`; `made` are things somebody made.

    `numbers` are by place in the record the numbers that its tables know entries by.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    open_ends: tuple[OpenEnd, ...]
    made: frozenset[str]
    numbers: Mapping[int, int]
    completeness: Text
    position: int
    truncated: bool


def ways(conn: ReadConnection, thing: str, viewer: Viewer, *, secret: bytes) -> tuple[Way, Way]:
    """Backward and forward, from what the viewer may see. `secret` keys the access tags."""
    asked = [Question(seeds=(Seed(thing=thing),), direction=each) for each in Direction]
    found = gather(conn, asked[0], viewer, secret=secret, both=True)
    laid = lay_out(found.facts, asked[0])
    back, ahead = (_way(drawn_from(laid, each), found, viewer) for each in asked)
    return back, ahead


def _way(found: Examined, gathered: Gathered, viewer: Viewer) -> Way:
    truncated, partial = gathered.truncated, not viewer.sees_all
    made = {place.thing for place in found.net.places.made}
    made.update(link.target.thing for link in found.net.links if link.kind is LinkKind.OUTPUT)
    return Way(
        nodes=found.closure.nodes,
        links=found.closure.links,
        open_ends=found.closure.open_ends,
        made=frozenset(made),
        numbers={fact.position: fact.entry for fact in gathered.facts},
        completeness=completeness(found, truncated=truncated, partial=partial).summary,
        position=gathered.position,
        truncated=truncated,
    )

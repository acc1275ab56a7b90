"""From facts to what is reached: the pure core of every trace."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from suyuan.kit import Span
from suyuan.model import Fact
from suyuan.trace.alike import NONE_ALIKE, Alike
from suyuan.trace.ends import open_ends
from suyuan.trace.known import Rename, known
from suyuan.trace.links import Network, network
from suyuan.trace.reach import Reach, Steps, along, reach, steps
from suyuan.trace.seeds import ground, seeds
from suyuan.trace.times import Micros, Told
from suyuan.trace.types import Closure, Direction, Link, Node, Pool, Question

_Label = tuple[int, int, int, bool]
"""Hops; which link arrives at the earliest from when on, and which by when; certain."""
_UNREACHED: Final[_Label] = (0, -1, -1, False)


class LaidOut(Struct, frozen=True, eq=False):
    """The facts that count and the links they state: the same for both directions."""

    told: list[Told]
    net: Network
    rename: Rename
    ground: set[int]
    walk: Steps


class Examined(Struct, frozen=True, eq=False):
    """A closure with what it was drawn from: the facts that counted, and all links they state.

    `walk` are these links as steps forward, whichever way the closure was drawn. Of pieces that are
    `alike` one stands for all.
    """

    told: list[Told]
    net: Network
    walk: Steps
    closure: Closure
    starts: dict[Pool, bool]
    alike: Alike = NONE_ALIKE


def closure(facts: Iterable[Fact], question: Question) -> Closure:
    """What the facts say is reached from the question's seeds (docs/concepts/trace.md).

    A pure function of the set of facts: their order and repetition change nothing. Takes time
    near to linear in the number of facts and of the links they state.
    """
    return examine(facts, question).closure


def examine(facts: Iterable[Fact], question: Question, alike: Alike = NONE_ALIKE) -> Examined:
    """The closure together with what it was drawn from; of pieces `alike` the facts have one."""
    return drawn_from(lay_out(facts, question), question, alike)


def lay_out(facts: Iterable[Fact], question: Question) -> LaidOut:
    """What is known at the question's position and as of its time, whatever it starts from."""
    told, rename = known(facts, question)
    net = network(told, every=question.stay_at_most is not None)
    return LaidOut(told, net, rename, ground(net), steps(net.links, net.ends, told))


def drawn_from(laid: LaidOut, question: Question, alike: Alike = NONE_ALIKE) -> Examined:
    """The closure in the question's direction."""
    net = laid.net
    starts = seeds(net, laid.ground, question, laid.rename)
    walk = along(laid.walk, question.direction)
    found = reach(walk, starts, question)
    nodes = _nodes(walk, net.ends.pools, found, starts, question)
    links = [net.links[i] for i in sorted(found.hops)]
    drawn = Closure(
        nodes=nodes,
        links=tuple(links),
        open_ends=open_ends(net, links, (n.pool for n in nodes), question.direction),
        anomalies=net.anomalies,
    )
    begun = {net.ends.pools[place]: sure for place, sure in starts.items()}
    return Examined(laid.told, net, laid.walk, drawn, begun, alike)


def _nodes(
    walk: Steps, pools: list[Pool], found: Reach, starts: dict[int, bool], question: Question
) -> tuple[Node, ...]:
    """The pools reached, in their order; of those asked about, that they were from the start on."""
    labels: dict[int, _Label] = {}
    for index, hops in found.hops.items():
        place, sure = walk.far[index], index in found.certain
        old = labels.get(place)
        label = (hops, index, index, sure)
        labels[place] = label if old is None else _both(old, label, walk.into)
    forward = question.direction is Direction.FORWARD
    at = question.start if forward else question.end
    begun = Span(at, at)
    nodes: list[Node] = []
    for place in sorted(labels.keys() | starts.keys()):
        hops, first, last, sure = labels.get(place, _UNREACHED)
        if place in starts:
            sure, hops, span = sure or starts[place], 0, begun
        else:
            span = _span(walk.links[first], walk.links[last], forward=forward)
        nodes.append(Node(pool=pools[place], certain=sure, reached=span, hops=hops))
    return tuple(nodes)


def _both(one: _Label, two: _Label, into: list[tuple[Micros, Micros]]) -> _Label:
    first = one[1] if into[one[1]][0] <= into[two[1]][0] else two[1]
    last = one[2] if into[one[2]][1] <= into[two[2]][1] else two[2]
    return min(one[0], two[0]), first, last, one[3] or two[3]


def _span(first: Link, last: Link, *, forward: bool) -> Span:
    """From when on and by when the earliest of some links arrived; backward, departed."""
    if forward:
        return first.arrival if first is last else Span(first.arrival.lo, last.arrival.hi)
    # Times were mirrored for the way back: first is what departed last.
    return first.departure if first is last else Span(last.departure.lo, first.departure.hi)

"""From facts to what is reached: the pure core of every trace."""

from collections.abc import Iterable
from math import inf
from operator import attrgetter

from msgspec import Struct

from suyuan.kit import Span
from suyuan.model import Fact
from suyuan.trace.alike import NONE_ALIKE, Alike
from suyuan.trace.ends import open_ends
from suyuan.trace.known import Rename, known
from suyuan.trace.links import Network, network
from suyuan.trace.reach import Reach, Steps, along, reach, steps
from suyuan.trace.seeds import Ground, ground, seeds
from suyuan.trace.times import Micros, Told, moment
from suyuan.trace.types import Closure, Direction, Node, Pool, Question

_Label = tuple[int, Micros, Micros, bool]  # hops, earliest from, earliest to, certain


class LaidOut(Struct, frozen=True, eq=False):
    """The facts that count and the links they state: the same for both directions."""

    told: list[Told]
    net: Network
    rename: Rename
    ground: Ground
    walk: Steps


class Examined(Struct, frozen=True, eq=False):
    """A closure with what it was drawn from: the facts that counted, and all links they state.

    Of pieces that are `alike` one stands for all.
    """

    told: list[Told]
    net: Network
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
    net = network(told)
    return LaidOut(told, net, rename, ground(net), steps(net.links))


def drawn_from(laid: LaidOut, question: Question, alike: Alike = NONE_ALIKE) -> Examined:
    """The closure in the question's direction."""
    net = laid.net
    starts = seeds(net, laid.ground, question, laid.rename)
    walk = along(laid.walk, question.direction)
    found = reach(walk, starts, question)
    nodes = _nodes(walk, found, starts, question)
    links = [net.links[i] for i in sorted(found.hops)]
    drawn = Closure(
        nodes=nodes,
        links=tuple(links),
        open_ends=open_ends(net, links, (n.pool for n in nodes), question.direction),
        anomalies=net.anomalies,
    )
    return Examined(laid.told, net, drawn, starts, alike)


def _nodes(
    walk: Steps, found: Reach, starts: dict[Pool, bool], question: Question
) -> tuple[Node, ...]:
    labels: dict[Pool, _Label] = {}
    for index, hops in found.hops.items():
        place, (lo, hi), sure = walk.far[index], walk.into[index], index in found.certain
        old = labels.get(place)
        if old is None:
            labels[place] = hops, lo, hi, sure
        else:
            labels[place] = min(old[0], hops), min(old[1], lo), min(old[2], hi), old[3] or sure
    at = question.start if question.direction is Direction.FORWARD else question.end
    begun, unreached = Span(at, at), (0, inf, inf, False)
    nodes = [
        Node(pool=p, certain=sure or labels.get(p, unreached)[3], reached=begun, hops=0)
        for p, sure in starts.items()
    ]
    for place, (hops, lo, hi, sure) in labels.items():
        if place not in starts:
            span = _span(lo, hi, question.direction)
            nodes.append(Node(pool=place, certain=sure, reached=span, hops=hops))
    return tuple(sorted(nodes, key=attrgetter("pool")))


def _span(lo: Micros, hi: Micros, direction: Direction) -> Span:
    """Times were mirrored for the way back."""
    if direction is Direction.FORWARD:
        return Span(moment(lo), moment(hi))
    return Span(moment(-hi), moment(-lo))

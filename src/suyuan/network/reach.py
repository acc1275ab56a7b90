"""Takes a network, seeds and rules of time; gives every node reached, when and in how many links.

A link may follow another at a node if it leaves `hold` or more after the other came and, where
a longest `stay` is given, not later than that. `docs/concepts/trace.md` says what a window is:
a link is in it that departs at or after its start and arrives at or before its end.
"""

from enum import StrEnum

from msgspec import Struct

from suyuan.kit import Text
from suyuan.network.arrays import EVER, LONGEST, NEVER, Ints, Nodes, Sides
from suyuan.network.graph import Network, NetworkError, known_nodes, merged
from suyuan.network.kernels import PARTS, Found, chosen
from suyuan.network.ties import Ties


class Way(StrEnum):
    """Along the links, or against them."""

    FORWARD = "forward"
    BACKWARD = "backward"


class Rules(Struct, frozen=True, kw_only=True):
    """The window and what lies between coming and leaving, in ticks; by default no bounds."""

    start: int = EVER
    end: int = NEVER
    hold: int = 0
    stay: int | None = None
    ties: Ties = Ties.ALLOWED


class Reach(Struct, frozen=True, eq=False):
    """The nodes reached, seeds too, each once and by the least number of links from a seed.

    Forward, `time` is when a node is come to at the earliest; backward, when it is left at the
    latest; a seed's is where the window begins.
    """

    nodes: Nodes
    hops: Nodes
    time: Ints


def closure(
    net: Network, seeds: object, way: Way = Way.FORWARD, *, kernels: str | None = None
) -> Found:
    """The nodes that links of any time lead to from the seeds, seeds too, and their hops."""
    asked = known_nodes(net, seeds)
    return chosen(len(net), kernels).closure(net.nodes, _sides(net, way), asked)


def reach(
    net: Network,
    seeds: object,
    way: Way = Way.FORWARD,
    rules: Rules | None = None,
    *,
    kernels: str | None = None,
) -> Reach:
    """What may be reached from the seeds in the order of time."""
    rules = _checked(rules or Rules())
    asked = known_nodes(net, seeds)
    forward = way is Way.FORWARD
    window = (rules.start, rules.end) if forward else (-rules.end, -rules.start)
    hold = max(rules.hold, 1) if rules.ties is Ties.FORBIDDEN else rules.hold
    loops, sides = chosen(len(net), kernels), _sides(net, way)
    if rules.stay is None:
        nodes, hops, ready = loops.earliest(net.nodes, sides, asked, window, hold)
        time = ready - hold
    else:
        rest = hold, rules.stay
        nodes, hops, time = loops.residing(net.nodes, sides, asked, window, rest)
    time[hops == 0] = window[0]
    return Reach(nodes, hops, time if forward else -time)


def _sides(net: Network, way: Way) -> Sides:
    if len(net.ahead) > PARTS:
        net = merged(net)
    return net.ahead if way is Way.FORWARD else net.back


def _checked(rules: Rules) -> Rules:
    spans = (rules.hold, rules.hold if rules.stay is None else rules.stay)
    if all(0 <= span <= LONGEST for span in spans) and EVER <= rules.start <= rules.end <= NEVER:
        return rules
    raise NetworkError(
        "network.bad-rules",
        Text(
            "时间窗起点不得晚于终点；停留时间须为 0 至 2^60。",
            "A window must begin before it ends; spans of time must be from 0 to 2^60.",
        ),
    )

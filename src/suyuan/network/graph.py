"""A network as it is asked: a large base and what came since, each link seen from both its ends."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from suyuan.kit import SuyuanError, Text
from suyuan.network.arrays import EVER, NEVER, Ints, Links, Side, Sides, joined, side


class NetworkError(SuyuanError):
    """Links that are no links, or nodes that are none of the network's."""


class Network(Struct, frozen=True, eq=False, kw_only=True):
    """Nodes 0 to `nodes - 1`; links along (`ahead`) and against (`back`) their direction.

    `position` is that of the record up to which it is complete.
    """

    nodes: int
    ahead: Sides
    back: Sides
    position: int

    def __len__(self) -> int:
        return sum(map(len, self.ahead))


def network(links: Links, *, nodes: int = 0, position: int = -1) -> Network:
    """A network of these links; nodes are as many as are named, at least `nodes`."""
    check(links)
    count = max(nodes, _named(links))
    return Network(
        nodes=count,
        ahead=(side(links, count),),
        back=(side(links, count, mirrored=True),),
        position=position,
    )


def extended(base: Network, since: Links, gone: Ints, *, position: int, nodes: int = 0) -> Network:
    """The network with links that came since and without those of withdrawn entries.

    Costs time in what came, not in the base, unless something was withdrawn.
    """
    came = network(_kept(since, gone), nodes=max(base.nodes, nodes))
    nodes = came.nodes
    return Network(
        nodes=nodes,
        ahead=tuple(_widened(_without(one, gone), nodes) for one in base.ahead) + came.ahead,
        back=tuple(_widened(_without(one, gone), nodes) for one in base.back) + came.back,
        position=position,
    )


def merged(net: Network) -> Network:
    """The same network with one base and nothing beside it."""
    if len(net.ahead) == 1:
        return net
    return network(links_of(net), nodes=net.nodes, position=net.position)


def links_of(net: Network) -> Links:
    """All links, by part and source."""
    return joined(tuple(_links(one) for one in net.ahead))


def _links(one: Side) -> Links:
    near = np.repeat(np.arange(len(one.offsets) - 1, dtype=np.int32), np.diff(one.offsets))
    return Links(near, one.far, one.leaves, one.comes, one.entry)


def known_nodes(net: Network, nodes: object) -> Ints:
    """Node numbers as given, each once and in order; those outside the network are an error."""
    asked = np.unique(np.asarray(nodes, np.int64))
    if asked.size and (asked[0] < 0 or asked[-1] >= net.nodes):
        raise NetworkError(
            "network.unknown-node",
            Text(
                "网络有 {nodes} 个节点，编号从 0 起；所问编号超出范围。",
                "The network has {nodes:node|nodes}, numbered from 0; one asked is not among them.",
            ).format(nodes=net.nodes),
        )
    return asked


def _named(links: Links) -> int:
    return int(max(links.source.max(initial=-1), links.target.max(initial=-1))) + 1


def check(links: Links) -> None:
    """Refuse columns of unequal length, negative nodes, and times beyond what a clock has."""
    lengths = {len(links.source), len(links.target), len(links.departure), len(links.arrival)}
    fits = lengths == {len(links.entry)}
    ends = (links.source, links.target)
    if not fits or any(int(end.min(initial=0)) < 0 for end in ends) or not _timely(links):
        raise NetworkError(
            "network.bad-links",
            Text(
                "链接各列长度须相等，节点编号不得为负，时间须在 2^61 以内。",
                "Columns of links must be of one length, nodes from 0, times within 2^61.",
            ),
        )


def _timely(links: Links) -> bool:
    def within(times: NDArray[np.int64]) -> bool:
        return bool(times.min(initial=0) > EVER and times.max(initial=0) < NEVER)

    return within(links.departure) and within(links.arrival)


def _kept(links: Links, gone: Ints) -> Links:
    keep = ~np.isin(links.entry, gone)
    return Links(
        links.source[keep],
        links.target[keep],
        links.departure[keep],
        links.arrival[keep],
        links.entry[keep],
    )


def _without(one: Side, gone: Ints) -> Side:
    if not gone.size:
        return one
    keep = ~np.isin(one.entry, gone)
    if keep.all():
        return one
    before = np.zeros(len(one) + 1, np.int64)
    np.cumsum(keep, out=before[1:])
    return Side(
        before[one.offsets], one.far[keep], one.leaves[keep], one.comes[keep], one.entry[keep]
    )


def _widened(one: Side, nodes: int) -> Side:
    """With rows for nodes that came later; they have no links here."""
    more = nodes + 1 - len(one.offsets)
    if not more:
        return one
    offsets = np.concatenate((one.offsets, np.full(more, len(one), np.int64)))
    return Side(offsets, one.far, one.leaves, one.comes, one.entry)

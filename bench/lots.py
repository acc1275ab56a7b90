"""The network of lots: which acts a recall of some 30,000 lots may need, told at once.

Ten layers of lots, each made of two of the layer before. Nodes and links are those that the index
states of such makings (`lot_steps` of the trace): a lot with each reason why it is looked at, and
its transformation. As there, nodes are numbered in the order in which the record names them, one
making after the other; what each is made of is drawn from the whole layer before. Beside the loops
of `growth`: those know no reasons, and their nodes lie in layers.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
from msgspec import Struct

from bench.figures import Figure, Goal, figure, processed
from bench.plan import Ground, Measure
from suyuan.network.arrays import Ints, Nodes, columns
from suyuan.network.graph import network
from suyuan.network.kernels import available
from suyuan.network.numbering import none, numbered
from suyuan.network.reach import closure
from suyuan.trace.lot_arrays import LotNetwork

LOTS, SEEDS, LAYERS = 1_000_000, 32, 10
_QUICK = 5.0
_LOOKED_AT, _INSIDE, _CARRIES, _TRACED, _OF_LOT, _ASKED = range(6)
_REASONS = 6
_ALWAYS = (
    (_ASKED, _CARRIES),
    (_CARRIES, _TRACED),
    (_TRACED, _LOOKED_AT),
    (_INSIDE, _LOOKED_AT),
    (_OF_LOT, _LOOKED_AT),
)
"""Which reason to look at a lot brings which, whatever it was made of."""


def measure(place: Ground) -> Iterator[Figure]:
    """One network, asked with each kind of loops."""
    world = drawn(place.plan.of(LOTS, least=LAYERS * SEEDS))
    yield figure("links between names and reasons", "", [float(len(world.lots.net))])
    for name in available():
        lots = world.lots_of(world.met(name))
        times = [processed(partial(world.met, name)) * 1e3 for _ in range(place.plan.repeat)]
        goal = Goal(_QUICK, at_most=True) if name == available()[0] else None
        note = f"{lots:,} lots"
        yield figure(f"recall, closure, {name}", "ms of CPU", times, goal=goal, note=note)


MEASURE = Measure(name="lots", about="what a recall of 30,000 lots needs, in arrays", run=measure)


class World(Struct, frozen=True, eq=False):
    """The network, the keys of those that are asked about, and of which lot each node is.

    `lot` is -1 for a transformation, and for a lot with any reason but that it is traced.
    """

    lots: LotNetwork
    asked: Ints
    lot: Ints

    def met(self, kernels: str) -> Nodes:
        """All that a recall may need to look at, with these loops."""
        return closure(self.lots.net, self.lots.numbers(self.asked), kernels=kernels)[0]

    def lots_of(self, met: Nodes) -> int:
        """How many lots are among these nodes."""
        return int(np.count_nonzero(self.lot[met] >= 0))


def drawn(lots: int) -> World:
    """So many lots, of which the first few are asked about."""
    draw = np.random.default_rng(7)
    nodes = lots * (_REASONS + 1)
    keys = np.unique(draw.integers(-(2**63), 2**63 - 1, nodes + nodes // 100))[:nodes]
    keys = keys[draw.permutation(nodes)]
    source, target = _links(draw, lots)
    names, ends = numbered(none(), keys[np.stack((source, target), axis=1).ravel()])
    never = np.zeros(len(source), np.int64)
    links = columns(ends[::2], ends[1::2], never, never, np.arange(len(source)))
    every = np.arange(lots) * _REASONS
    lot = np.full(len(names), -1)
    lot[names.numbers_of(keys[every + _TRACED])] = np.arange(lots)
    return World(LotNetwork(names, none(), network(links)), keys[every[:SEEDS] + _ASKED], lot)


def _links(draw: np.random.Generator, lots: int) -> tuple[Ints, Ints]:
    """The ends of all links, lot after lot; the first layer is made of nothing."""
    every = np.arange(lots) * _REASONS
    ends = [(every + why, every + because) for why, because in _ALWAYS]
    made = np.arange(lots // LAYERS, lots)
    making = lots * _REASONS + made
    ends.append((making, every[made] + _TRACED))
    for _ in range(2):
        one = (made // (lots // LAYERS) - 1) * (lots // LAYERS)
        of = np.minimum(one + draw.integers(0, lots // LAYERS, len(made)), made - 1)
        ends.append((every[of] + _LOOKED_AT, making))
    lot = np.concatenate([np.arange(lots)] * len(_ALWAYS) + [made] * 3)
    order = np.argsort(lot, kind="stable")
    source, target = (np.concatenate(some)[order] for some in zip(*ends, strict=True))
    return source, target

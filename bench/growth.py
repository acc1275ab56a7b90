"""How the network engine grows from a million links to a hundred million: time, rows, memory.

In process time, for the closure of a layered network from a tenth of its first layer. The slope
is that of the logarithms: 1 is twice the time for twice the links.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import log
from resource import RUSAGE_SELF, getrusage
from statistics import linear_regression
from sys import platform

import numpy as np

from bench.drawing import Curve, slopes
from bench.figures import Figure, Goal, at_most, figure, processed
from bench.plan import Ground, Measure
from suyuan.network import snapshot
from suyuan.network.arrays import Links, columns
from suyuan.network.graph import Network, network
from suyuan.network.kernels import available
from suyuan.network.reach import closure

SIZES = (1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000)
_GOALS = {10_000_000: 250.0, 100_000_000: 3_000.0}
_FEW, _QUICK, _OF = 100, 5.0, 10_000_000
"""Seeds that lead to some 30,000 lots, in how many ms at most, among how many links."""
_MEMORY = 24.0
_CLOSURE, _LINKS = "closure", " links: "


def measure(place: Ground) -> Iterator[Figure]:
    """Each size once, and what the times of all say of the next."""
    taken: dict[str, list[tuple[int, float]]] = {}
    for size in map(place.plan.of, SIZES):
        for one in _grown(place, size):
            if one.unit == "ms of CPU":
                taken.setdefault(one.name.partition(_LINKS)[2], []).append((size, one.median))
            yield one
    for name, points in taken.items():
        logs = [(log(size), log(time)) for size, time in points]
        slope = linear_regression(*zip(*logs, strict=True)).slope
        yield figure(f"slope of {name}", "", [slope], note="1: twice the time for twice the links")
    yield figure("memory at most", "GB", [_peak()], goal=at_most(_MEMORY))


def drawn(figures: Sequence[Figure]) -> str:
    """Time by number of links, both as logarithms, a line for each kind of loops."""
    curves: dict[str, list[tuple[float, float]]] = {}
    for one in figures:
        size, _, name = one.name.partition(_LINKS)
        if one.unit == "ms of CPU":
            curves.setdefault(name, []).append((float(size.replace(",", "")), one.median))
    goals = [(float(size), bar) for size, bar in _GOALS.items()]
    return slopes(
        [Curve(name, points) for name, points in curves.items()], goals, ("links", "ms of CPU")
    )


MEASURE = Measure(
    name="growth", about="closures of 1 to 100 million links (10 GB)", run=measure, draw=drawn
)


def _grown(place: Ground, size: int) -> Iterator[Figure]:
    links = layered(size)
    built = processed(partial(network, links))
    yield figure(f"{size:,} links: rows made", "µs of CPU a link", [built * 1e6 / size])
    file = place.folder / "links"
    snapshot.write(file, network(links))
    del links
    yield figure(f"{size:,} links: kept", "bytes a link", [file.stat().st_size / size])
    mapped, _ = snapshot.read(file, checked=False)
    seeds = np.arange(size // 200)
    work: dict[str, Callable[[], object]] = {
        name: partial(closure, mapped, seeds, kernels=name) for name in available()
    }
    for name, one in work.items():
        one()
        times = [processed(one) * 1e3 for _ in range(place.plan.repeat)]
        note, goal = f"{len(closure(mapped, seeds)[0]):,} reached", None
        if name == available()[0] and size in _GOALS:
            goal = Goal(_GOALS[size], at_most=True)
        yield figure(
            f"{size:,}{_LINKS}{_CLOSURE}, {name}", "ms of CPU", times, goal=goal, note=note
        )
    if size == place.plan.of(_OF):
        yield _few(mapped, place.plan.repeat)
    file.unlink()


def _few(net: Network, repeat: int) -> Figure:
    """What a few seeds lead to in a large network, which a recall asks every day."""
    kernels, seeds = available()[0], np.arange(_FEW)
    note = f"{len(closure(net, seeds, kernels=kernels)[0]):,} reached"
    work = partial(closure, net, seeds, kernels=kernels)
    times = [processed(work) * 1e3 for _ in range(repeat)]
    goal = at_most(_QUICK)
    return figure(f"from {_FEW} of them, {kernels}", "ms", times, goal=goal, note=note)


def layered(size: int) -> Links:
    """Each node is made of two of the layer before, a tenth of the nodes wide."""
    draw = np.random.default_rng(3)
    nodes = size // 2
    target = np.arange(nodes // 10, nodes).repeat(2)
    source = target - nodes // 10 - draw.integers(0, nodes // 10, len(target))
    day = target * 10 // nodes
    return columns(np.abs(source), target, day, day, np.arange(len(target)))


def _peak() -> float:
    """The most memory that this process has held, in GB."""
    return getrusage(RUSAGE_SELF).ru_maxrss * (1 if platform == "darwin" else 1024) / 1e9

"""Which inner loops run: compiled ones where numba is installed, else numpy's. The same answers."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from suyuan.network.arrays import Bits, Ints, Nodes, Sides

Found = tuple[Nodes, Nodes]
"""Nodes, each once, by their hops; and the hops: least numbers of links from a seed."""
Timed = tuple[Nodes, Nodes, Ints]
"""Beside them, for each node, its time."""
PLAIN, COMPILED = "numpy", "numba"
PARTS = 2
"""As many parts of a network the loops take at a time: a base, and what came since."""
WORTH_IT = 200_000
"""Below so many links, loading the compiled loops costs more than it saves."""


class Kernels(Protocol):
    """The inner loops; `plain` says what each gives."""

    def closure(self, nodes: int, sides: Sides, seeds: Ints) -> Found:
        """Least number of links from a seed."""

    def earliest(
        self, nodes: int, sides: Sides, seeds: Ints, window: tuple[int, int], hold: int
    ) -> Timed:
        """Earliest times to pass on, and least numbers of links."""

    def residing(
        self,
        nodes: int,
        sides: Sides,
        seeds: Ints,
        window: tuple[int, int],
        rest: tuple[int, int],
    ) -> Timed:
        """The same where what comes leaves again in time or never."""

    def spread(
        self, bits: Bits, near: Nodes, far: Nodes, blocks: Ints, gates: Bits | None = None
    ) -> None:
        """Bits handed on along the links, as far as their gates let them."""


@cache
def named(name: str) -> Kernels:
    """The loops of that name."""
    module = {PLAIN: "plain", COMPILED: "compiled"}[name]
    return cast("Kernels", import_module(f"suyuan.network.{module}"))


@cache
def available() -> tuple[str, ...]:
    """The names of the loops that can run here, the fastest first.

    numba refuses to load where it has no folder to keep what it compiled in.
    """
    if find_spec("numba") is None:
        return (PLAIN,)
    try:
        named(COMPILED)
    except (ImportError, RuntimeError):
        return (PLAIN,)
    return COMPILED, PLAIN


def chosen(links: int, name: str | None = None) -> Kernels:
    """The loops of that name, else the best for so many links."""
    if name is None:
        name = available()[0] if links >= WORTH_IT else PLAIN
    return named(name)

"""How far one bad input would spread, and from how many inputs one product is made.

Downward dispersion of an input: in how many end products it is. Upward dispersion of a product:
how many inputs it is made of. Their sums are equal; the worst and the mean amount that one
input would make to be recalled stand beside them (Dupuy et al. 2005; Dabbene and Gay 2011).
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from suyuan.network.arrays import Ints, Nodes
from suyuan.network.chains import Moves, reached


class Dispersion(Struct, frozen=True, eq=False):
    """Inputs and products by number, in order; how many of the others each has.

    `recall` is what the products with each input amount to.
    """

    inputs: Ints
    products: Ints
    downward: Ints
    upward: Ints
    recall: NDArray[np.float64]

    @property
    def worst(self) -> float:
        """The largest amount that one input would make to be recalled; 0 without inputs."""
        return float(self.recall.max(initial=0.0))

    @property
    def mean(self) -> float:
        """The mean over the inputs; 0 without inputs."""
        return float(self.recall.mean()) if len(self.recall) else 0.0


def dispersion(
    nodes: int,
    source: Nodes,
    target: Nodes,
    *,
    inputs: Ints | None = None,
    products: Ints | None = None,
    amount: NDArray[np.float64] | None = None,
    kernels: str | None = None,
) -> Dispersion:
    """Dispersion in the genealogy whose links lead from `source` to `target`, whenever.

    `inputs` and `products` are nodes in order, each once; by default those that nothing leads to,
    and those from which nothing leads. A node without any link is neither; of a cycle that nothing
    leads into, none is an input. `amount` is each node's, 1 by default.
    """
    apart = source != target
    source, target = source[apart], target[apart]
    gives, takes = (np.bincount(end, minlength=nodes) > 0 for end in (source, target))
    inputs = np.flatnonzero(gives & ~takes) if inputs is None else inputs
    products = np.flatnonzero(takes & ~gives) if products is None else products
    at_once = Moves(source, target, np.zeros(len(source), np.int64))
    worth = np.ones(nodes) if amount is None else amount

    def found(
        moves: Moves, roots: Ints, among: Ints, each: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        only = np.zeros(nodes)
        only[among] = each[among]
        return reached(nodes, moves, roots, worth=only, kernels=kernels)

    return Dispersion(
        inputs=inputs,
        products=products,
        downward=found(at_once, inputs, products, np.ones(nodes)).astype(np.int64),
        upward=found(at_once.against(), products, inputs, np.ones(nodes)).astype(np.int64),
        recall=found(at_once, inputs, products, worth),
    )

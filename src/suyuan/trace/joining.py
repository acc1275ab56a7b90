"""Takes several holders, as the sites of a party; gives names and moves in which they are one."""

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from suyuan.network.chains import Moves
from suyuan.trace.contact_types import Joined


def joined(names: Sequence[str], moves: Moves, one: Joined) -> tuple[list[str], Moves]:
    """The same moves, in their order, between `names` of which one stands for all that are joined.

    What moved among these leads from it to itself.
    """
    place = {name: number for number, name in enumerate(names)}
    own = [place[name] for name in one.sites]
    node = place.get(one.name, own[0])
    called = [*names]
    called[node] = one.name
    stands = np.arange(len(names), dtype=moves.source.dtype)
    stands[own] = node
    return called, replace(moves, source=stands[moves.source], target=stands[moves.target])

"""Where codes lie in a picture: corners in pixels, clockwise from a code's own top left."""

import math
from itertools import chain, pairwise
from typing import Any, Final

Point = tuple[int, int]
Corners = tuple[Point, Point, Point, Point]
_INNER: Final = 0.8
"""Of its sides: what is nearer to its edge may be the reader's roundness."""


def corners_of(position: Any) -> Corners:
    """The corners of a code where the reader found it."""
    at = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    first, second, third, fourth = ((each.x, each.y) for each in at)
    return first, second, third, fourth


def is_at(corners: Corners, there: Corners, *, within: float) -> bool:
    """Whether a code stands where another does: so near to its middle, in lengths of it."""
    return math.dist(_middle(corners), _middle(there)) < within * math.dist(there[0], there[2])


def crosses(corners: Corners, there: Corners) -> bool:
    """Whether two codes lie over each other, as no two that are printed do.

    They do not if a line parts them: one along a side of either, if there is one at all.
    """
    one, other = _inner(corners), _inner(there)
    sides = chain(pairwise((*one, one[0])), pairwise((*other, other[0])))
    return not any(_parts(side, one, other) for side in sides)


def _parts(
    side: tuple[tuple[float, float], tuple[float, float]],
    one: list[tuple[float, float]],
    other: list[tuple[float, float]],
) -> bool:
    (x, y), (to_x, to_y) = side
    across = (y - to_y, to_x - x)
    if not any(across):
        return False
    first = [each[0] * across[0] + each[1] * across[1] for each in one]
    second = [each[0] * across[0] + each[1] * across[1] for each in other]
    return max(first) < min(second) or max(second) < min(first)


def _inner(corners: Corners) -> list[tuple[float, float]]:
    x, y = _middle(corners)
    return [(x + (each[0] - x) * _INNER, y + (each[1] - y) * _INNER) for each in corners]


def _middle(corners: Corners) -> tuple[float, float]:
    return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4

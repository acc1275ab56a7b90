"""The flows of one pool, laid out once for all that bounds ask of it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Final

from msgspec import Struct

from suyuan.trace.flows import Flow
from suyuan.trace.times import Micros

_NONE: Final = Decimal(0)
_LONG: Final = 200
"""Exact bounds take the square of a pool's entries; beyond so many, sums bound it."""


class Shelf(Struct, frozen=True, eq=False, gc=False):
    """The flows of one pool: by number, those coming in by their earliest time and by entry.

    `is_lone`: its log is exact, only one thing came in, and what left did so later, out of that.
    """

    into: tuple[int, ...]
    out: tuple[int, ...]
    begins: list[Micros]
    stated: Mapping[int, Sequence[int]]
    short: list[tuple[Micros, Decimal]]
    one_unit: bool
    is_exact: bool
    is_lone: bool


def shelf_of(flows: Sequence[Flow], into: list[int], out: list[int]) -> Shelf:
    """What came into a pool and left it, given the numbers of these flows."""
    ordered = sorted(into, key=lambda n: flows[n].came) if len(into) > 1 else into
    came, gone = [flows[n] for n in into], [flows[n] for n in out]
    units = {flow.unit for some in (came, gone) for flow in some if flow.sent is not None}
    is_exact = (
        len(units) <= 1
        and len(into) + len(out) <= _LONG
        and all(_is_exact(flow, flow.came) for flow in came)
        and all(_is_exact(flow, flow.left) for flow in gone)
    )
    # A pool with an exact log is not bounded by sums.
    return Shelf(
        into=tuple(ordered),
        out=tuple(out),
        begins=[flows[n].came[0] for n in ordered],
        stated={} if is_exact else _by_entry(flows, into),
        short=[] if is_exact else _shortfalls(came, gone),
        one_unit=len(units) <= 1,
        is_exact=is_exact,
        is_lone=is_exact and len(into) == 1 and _is_out_of(came[0], gone),
    )


def _is_exact(flow: Flow, when: tuple[Micros, Micros]) -> bool:
    """Whether a flow surely happened, at one time, and by how much."""
    is_known = flow.sent is not None and flow.got is not None
    return is_known and flow.certain and when[0] == when[1]


def _is_out_of(came: Flow, gone: Sequence[Flow]) -> bool:
    """Whether all that left can be of the one thing that came, and left after it."""
    much = sum((flow.sent or _NONE for flow in gone), _NONE)
    return much <= (came.got or _NONE) and all(flow.left[0] >= came.came[0] for flow in gone)


def _by_entry(flows: Sequence[Flow], numbers: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for number in numbers:
        for entry in flows[number].entries:
            found[entry].append(number)
    return found


def _shortfalls(into: list[Flow], out: list[Flow]) -> list[tuple[Micros, Decimal]]:
    """By the time that outflows are over, how much must have been there that nobody reported.

    That is what may have gone by then, less what surely had come before the last of it went.
    """
    came = sorted((flow.came[1], flow.got or _NONE) for flow in into if flow.certain)
    gone = sorted((flow.left[0], flow.sent or _NONE) for flow in out)
    ends, begins = [at for at, _ in came], [at for at, _ in gone]
    brought = list(accumulate((much for _, much in came), initial=_NONE))
    taken = list(accumulate((much for _, much in gone), initial=_NONE))
    found, least = list[tuple[Micros, Decimal]](), _NONE
    for lo, hi in sorted((flow.left for flow in out), key=lambda span: span[::-1]):
        short = taken[bisect_right(begins, hi)] - brought[bisect_right(ends, lo)]
        least = max(least, short)
        found.append((hi, least))
    return found


def short_by(shelf: Shelf, latest: Micros) -> Decimal:
    """How much that nobody reported must have been there by a time."""
    count = bisect_right(shelf.short, latest, key=lambda one: one[0])
    return shelf.short[count - 1][1] if count else _NONE

"""Contact tracing between holders, each with one fungible stock.

A contact chain follows moves in the order of their days, equal days allowed (Nöremark and
Widgren 2014: ingoing and outgoing contact chain, in-degree, out-degree). All roots are traced
at once: every holder carries the set of roots it is connected with, as the bits of an integer.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from suyuan.trace.types import Contacts

Move = tuple[str, str, date]
"""From one holder to another, on a day."""


def contacts(
    movements: Iterable[Move],
    roots: Sequence[str],
    *,
    in_begin: date,
    in_end: date,
    out_begin: date,
    out_end: date,
) -> list[Contacts]:
    """The contacts of every root, in the order given; a root is no contact of itself.

    What came in is asked of the days from `in_begin` to `in_end`, what went out of those from
    `out_begin` to `out_end`, all four included. Takes time near to linear in moves × roots / 64,
    since roots share one pass each way.
    """
    moves = sorted(set(movements), key=lambda move: (move[2], move))
    back = [(to, start, on) for start, to, on in reversed(moves) if in_begin <= on <= in_end]
    ahead = [move for move in moves if out_begin <= move[2] <= out_end]
    chains_in, chains_out = _chains(back, roots), _chains(ahead, roots)
    direct_in, direct_out = _partners(back), _partners(ahead)
    return [
        Contacts(
            root=root,
            in_degree=len(direct_in.get(root, ())),
            out_degree=len(direct_out.get(root, ())),
            ingoing_contact_chain=chains_in[root],
            outgoing_contact_chain=chains_out[root],
        )
        for root in roots
    ]


def _partners(moves: Iterable[Move]) -> dict[str, set[str]]:
    partners: dict[str, set[str]] = defaultdict(set)
    for start, to, _ in moves:
        if start != to:
            partners[start].add(to)
    return partners


def _chains(moves: Iterable[Move], roots: Sequence[str]) -> dict[str, int]:
    """For each root how many other holders it reaches by moves in the order given."""
    held: dict[str, int] = defaultdict(int)
    for bit, root in enumerate(dict.fromkeys(roots)):
        held[root] |= 1 << bit
    for _, day in groupby(moves, key=lambda move: move[2]):
        _spread(list(day), held)
    return _counted(held, roots)


def _spread(day: list[Move], held: dict[str, int]) -> None:
    """Hands the roots on along the moves of one day, in any order, until nothing changes."""
    onward: dict[str, list[str]] = defaultdict(list)
    for start, to, _ in day:
        onward[start].append(to)
    waiting = list(onward)
    while waiting:
        here = waiting.pop()
        for there in onward.get(here, ()):
            if held[here] | held[there] != held[there]:
                held[there] |= held[here]
                waiting.append(there)


def _counted(held: dict[str, int], roots: Sequence[str]) -> dict[str, int]:
    """Holders per root, itself left out."""
    names = list(dict.fromkeys(roots))
    counts = [0] * len(names)
    for carried in held.values():
        rest = carried
        while rest:
            lowest = rest & -rest
            counts[lowest.bit_length() - 1] += 1
            rest ^= lowest
    return {name: counts[bit] - 1 for bit, name in enumerate(names)}

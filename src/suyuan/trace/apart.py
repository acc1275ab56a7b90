"""Whether receipts can have been kept apart: each draught wholly of one of them.

That is how to pack draughts into receipts that came no later, searched for depth first.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate
from typing import Final

from suyuan.trace.times import Micros
from suyuan.trace.types import Rotation

_Amounts = tuple[tuple[Micros, Decimal], ...]
"""Amounts with their times, in order: of equal ones it does not matter which is which."""

_MOST_STATES: Final = 2_000


@lru_cache(maxsize=128)  # what is stated of a vessel is looked at again with each rule tried
def can_be_apart(rotation: Rotation, came: _Amounts, gone: _Amounts) -> bool:
    """Whether each draught can be of one receipt alone, and of the one whose turn it is.

    By rotation that is one of the oldest or of the newest there; what is evenly mixed is of one
    receipt only while there is no other. What is simultaneous has no order. After `_MOST_STATES`
    states without an answer it can be: the rule is its asker's assumption, and nothing was found
    to contradict it; but for each draught there is a receipt that had so much when it was new.
    """
    if not _fit_one_by_one(sorted(came), gone):
        return False
    draughts = sorted(gone, key=lambda each: (each[0], -each[1]))
    ways = [iter([(tuple(draughts), tuple(sorted(came)))])]
    seen = set[tuple[_Amounts, _Amounts]]()
    while ways and len(seen) < _MOST_STATES:
        state = next(ways[-1], None)
        if state is None:
            ways.pop()
        elif not state[0]:
            return True
        elif state not in seen:
            seen.add(state)
            ways.append(_after(rotation, *state) if _has_room(*state) else iter(()))
    return bool(ways)


def _fit_one_by_one(came: Sequence[tuple[Micros, Decimal]], gone: _Amounts) -> bool:
    """Whether each draught, as if it were the only one, can be of a receipt that came by then."""
    times = [since for since, _ in came]
    largest = list(accumulate((amount for _, amount in came), max))
    by_then = ((bisect_right(times, at), amount) for at, amount in gone)
    return all(count and amount <= largest[count - 1] for count, amount in by_then)


def _has_room(draughts: _Amounts, lots: _Amounts) -> bool:
    """Whether lots can hold so much, and so many of the smallest draught."""
    least = min(amount for _, amount in draughts)
    usable = [free for _, free in lots if free >= least]
    much = sum(amount for _, amount in draughts)
    return much <= sum(usable) and len(draughts) <= sum(free // least for free in usable)


def _after(
    rotation: Rotation, draughts: _Amounts, lots: _Amounts
) -> Iterator[tuple[_Amounts, _Amounts]]:
    """What is still to be drawn, and of what, once one more draught was.

    Draughts are in order of time, so what could not be is found before what came later is tried.
    Of those of the first instant any may be next where a rotation says whose turn it is; else
    their order does not matter.
    """
    for n, (at, amount) in enumerate(draughts):
        if n and (rotation is Rotation.UNKNOWN or at != draughts[0][0]):
            return
        rest = draughts[:n] + draughts[n + 1 :]
        for k in _turns(rotation, at, lots):
            since, free = lots[k]
            others = lots[:k] + lots[k + 1 :]
            if free > amount:
                yield rest, tuple(sorted((*others, (since, free - amount))))
            elif free == amount:
                yield rest, others


def _turns(rotation: Rotation, at: Micros, lots: _Amounts) -> Sequence[int]:
    """Of which of the lots there at a time it may be drawn."""
    there = [k for k, (since, _) in enumerate(lots) if since <= at]
    if rotation is Rotation.UNKNOWN or not there:
        return there
    if rotation is Rotation.MIX:
        return there if len(there) == 1 else ()
    turn = lots[there[-1 if rotation is Rotation.LIFO else 0]][0]
    return [k for k in there if lots[k][0] == turn]

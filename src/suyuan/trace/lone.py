"""What a holder has of a lot that came to him once: told at once, without adding up anything.

Most lots of a recall are so: one thing came, surely and of a known amount, and what left did so
later and out of that. What `scope` would add up of them is said here as it is.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from suyuan.trace.flows import Amount, less, smaller
from suyuan.trace.material import Bounds, is_all_or_none
from suyuan.trace.shelves import Shelf
from suyuan.trace.types import Assumed, Extent, Part

Parts = tuple[Part, Part, Part, Part]
"""Came, sent, ended, stock."""
_ZERO: Final = Decimal(0)
_NOTHING: Final = Extent(_ZERO, _ZERO)
NO_PART: Final = Part(touched=_ZERO, material=_NOTHING)
"""Nothing is touched."""
_KNOWN_NO_PART: Final = Part(touched=_ZERO, material=_NOTHING, assumed=Assumed(_ZERO, _ZERO, _ZERO))


def lone_lot(shelf: Shelf, drawn: Bounds) -> Parts | None:
    """What is told of a lot that came once to its only pool at a holder.

    None where the pool is of another kind, or what is in its flows was not settled.
    """
    net, asked = drawn.net, drawn.asked
    if not shelf.is_plain or not drawn.settled or shelf in net.rules:
        return None
    (inflow,) = shelf.into
    flow, asked_in = net.flows[inflow], asked.carried(inflow)
    if not flow.takes or net.sources[inflow] is shelf or flow.got is None or asked_in is None:
        return None
    sent, ended, left = list[int](), list[int](), flow.got
    for number in shelf.out:
        out, target = net.flows[number], net.targets[number]
        if not out.takes or out.covered or not out.reached or target is shelf or out.sent is None:
            return None
        left -= out.sent
        if asked.most[number] != _ZERO:
            (ended if target is None else sent).append(number)
    other_in = drawn.other.carried(inflow)
    is_known = is_all_or_none(flow.got, asked_in, other_in)
    stock = part_of(left, _extent(left, asked_in, other_in)) if left else NO_PART
    return (
        part_of(flow.got, _extent(flow.got, asked_in, other_in)) if asked_in else NO_PART,
        _left(sent, drawn, shelf, is_known=is_known),
        _left(ended, drawn, shelf, is_known=is_known),
        _with_known(stock, left if asked_in else _ZERO) if is_known else stock,
    )


def _with_known(part: Part, much: Decimal) -> Part:
    """With how much of it is of the material whatever was drawn first: all of it is, or nothing."""
    each = _ZERO + much
    return Part(touched=part.touched, material=part.material, assumed=Assumed(each, each, each))


def _extent(much: Decimal, asked: Decimal, other: Amount) -> Extent:
    """How much of an amount is of the material, if so much of it and of all else may be in it."""
    return Extent(less(much, smaller(much, other)) or _ZERO, min(much, asked))


def _left(numbers: Sequence[int], drawn: Bounds, shelf: Shelf, *, is_known: bool) -> Part:
    """What these flows carried away; where nothing is of the material, there are none."""
    if not numbers:
        return _KNOWN_NO_PART if is_known else NO_PART
    if len(numbers) == 1:
        total, bound = drawn.flow(numbers[0]).sent or _ZERO, drawn.of_one(numbers[0])
    else:
        total = sum((drawn.flow(number).sent or _ZERO for number in numbers), _ZERO)
        bound = drawn.of(shelf, numbers)
    part = part_of(total, bound)
    return _with_known(part, total) if is_known else part


def part_of(touched: Amount, bound: Extent, limit: Amount = None) -> Part:
    """An amount within its limit; whatever its bounds are, no more material is there than that."""
    top = smaller(touched, limit)
    if top is None:
        return Part(touched=None, material=bound)
    least, most = bound.least, bound.most
    if most is not None and least <= top and most <= top:
        return Part(touched=top, material=bound)
    return Part(touched=top, material=Extent(min(least, top), smaller(most, top)))

"""How much there is in all of what is asked about, where nothing can be added on the way."""

from collections.abc import Iterable
from math import inf

from suyuan.kit import Quantity
from suyuan.trace.flows import Amount, Flow, less, summed
from suyuan.trace.material import Bounds
from suyuan.trace.shelves import Network, Shelf, short_by


def whole(drawn: Bounds) -> Quantity | None:
    """What left the pools asked about, and what they keep: at most so much is anywhere in all.

    None where that is not known: an amount is missing, units differ (what comes out of a making in
    another one, or in pieces, is all or none), or more left a pool than had come, or came than was
    sent.
    """
    net, total = drawn.net, told_of_seeds(drawn)
    units = {flow.unit for flow in net.flows if flow.reached and flow.takes}
    if total is None or len(units) != 1 or not all(map(_adds_up, net.flows)):
        return None
    others = (shelf for shelf in net.shelves.values() if shelf.start is None)
    return None if any(_has_more(drawn, each) for each in others) else Quantity(total, units.pop())


def told_of_seeds(drawn: Bounds) -> Amount:
    """The same as far as the pools asked about say it, in whatever units they do."""
    net, parts = drawn.net, list[Amount]()
    for shelf in net.shelves.values():
        if shelf.start is not None:
            parts += [net.kept(shelf).most, *_leaving(net, shelf)]
    return summed(parts)


def _adds_up(flow: Flow) -> bool:
    """Whether no more came than was sent, of what may be of the material."""
    if not flow.reached or not flow.takes:
        return True
    return flow.sent is not None and flow.got is not None and flow.got <= flow.sent


def _leaving(net: Network, shelf: Shelf) -> Iterable[Amount]:
    """What leaves one of the pools asked about and comes into none of them, lost or elsewhere."""
    for number in shelf.out:
        target, flow = net.targets[number], net.flows[number]
        if flow.takes:
            stays = target is not None and target.start is not None
            yield less(flow.sent, flow.got) if stays else flow.sent


def _has_more(drawn: Bounds, shelf: Shelf) -> bool:
    """Whether some was in a stock, or came out of a making, that nobody may have reported.

    At any time: what came later, or was held, or came back, makes up for nothing. Pieces before and
    after a making do not compare.
    """
    net = drawn.net
    out = [flow for n in shelf.out if (flow := net.flows[n]).takes]
    if not any(flow.reached for flow in out):
        return False
    if not shelf.place.thing:
        are_pieces = not shelf.is_way and out[0].unit is None
        return are_pieces or shelf.gain is None or shelf.gain > 0
    if not shelf.one_unit or any(net.flows[n].got is None for n in shelf.into):
        return True
    if shelf.is_exact:
        return not drawn.asked.log(shelf).lacks_nothing
    return short_by(shelf, inf) > 0

"""How much there is in all of what is asked about, where nothing can be added on the way."""

from collections.abc import Iterable

from suyuan.kit import Quantity
from suyuan.trace.flows import Amount, Flow, less, summed
from suyuan.trace.material import Bounds
from suyuan.trace.shelves import Network, Shelf


def whole(drawn: Bounds) -> Quantity | None:
    """What left the pools asked about, and what they keep: at most so much is anywhere in all.

    None where that is not known: an amount is missing, units differ (what comes out of a making in
    another one is all or none), or more left a pool, or came, than came or was sent.
    """
    net, total = drawn.net, told_of_seeds(drawn)
    units = {flow.unit for flow in net.flows if flow.reached and flow.takes}
    if total is None or len(units) != 1 or not all(map(_adds_up, net.flows)):
        return None
    others = (shelf for shelf in net.shelves.values() if shelf.start is None)
    return None if any(_has_more(net, each) for each in others) else Quantity(total, units.pop())


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


def _has_more(net: Network, shelf: Shelf) -> bool:
    """Whether more left a stock or a making than came, so that there was some nobody reported."""
    out = [flow for n in shelf.out if (flow := net.flows[n]).takes]
    if not any(flow.reached for flow in out):
        return False
    if not shelf.place.thing:
        return shelf.gain is None or shelf.gain > 0
    came = summed(flow.got for n in shelf.into if (flow := net.flows[n]).takes)
    gone = summed(flow.sent for flow in out)
    return came is None or gone is None or gone > came

"""What it would narrow to know which input of a making went into which of its outputs.

No record says it, so one affected input makes every output touched. If it were known, those outputs
would be left out that had none of it. How many that can be at most follows from amounts: what is
left out was made of the other inputs. It may be none, and it recalls nothing less.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct

from suyuan.trace.closure import Examined
from suyuan.trace.flows import Amount, Flow, summed
from suyuan.trace.reach import reach, steps
from suyuan.trace.shelves import Network
from suyuan.trace.types import Pool, Question

_ZERO: Final = Decimal(0)
_MOST_WORK: Final = 300_000


class Unmapped(Struct, frozen=True, kw_only=True):
    """A making at a holder, with `outputs` that are touched for its sake alone; one is `output`.

    If it were known what went into which, at most `fewer` of them would not be recalled, at most
    `less` of the `amount` that they are, and at most `things` in all, with what comes of them.
    Amounts are in `unit` (None: pieces), and None where they are not stated or do not compare.
    """

    party: str
    site: str
    output: str
    outputs: int
    fewer: int
    amount: Decimal | None
    less: Decimal | None
    unit: str | None
    things: int


class Makings(Struct, frozen=True):
    """Makings of which to know the mapping can help, the most things first; some are `untried`."""

    best: tuple[Unmapped, ...]
    untried: int


def unmapped(found: Examined, net: Network, question: Question) -> Makings:
    """What the mapping of each making in a recall would leave out at most."""
    places = sorted(_candidates(net), key=lambda place: (-len(net.shelves[place].out), place))
    room = max(_MOST_WORK // max(1, len(found.net.links)), 1)
    told = (_told(found, net, question, place) for place in places[:room])
    best = sorted(
        (each for each in told if each is not None),
        key=lambda each: (-each.things, each.party, each.site, each.output),
    )
    return Makings(tuple(best), max(len(places) - room, 0))


def _candidates(net: Network) -> Iterable[Pool]:
    """Makings of several outputs with an input that is touched, and one that is not."""
    for place, shelf in net.shelves.items():
        touched = {net.flows[n].reached for n in shelf.into}
        is_making = not place.thing and not shelf.is_way
        if is_making and len(shelf.out) > 1 and touched == {True, False}:
            yield place


class _Without(Struct, frozen=True):
    """What is reached if nothing comes out of a making: links by number, and pools."""

    links: set[int]
    pools: set[Pool]


def _without(found: Examined, question: Question, place: Pool) -> _Without:
    kept = [n for n, link in enumerate(found.net.links) if link.source != place]
    ends = found.net.ends
    walk = steps([found.net.links[n] for n in kept], ends.only(kept))
    met = reach(walk, {ends.of(pool): sure for pool, sure in found.starts.items()}, question)
    pools = {ends.pools[walk.far[at]] for at in met.hops}
    return _Without({kept[at] for at in met.hops}, pools | set(found.starts))


def _told(found: Examined, net: Network, question: Question, place: Pool) -> Unmapped | None:
    shelf, without = net.shelves[place], _without(found, question, place)
    out = [net.flows[n] for n in shelf.out]
    own = _by_pool(flow for flow in out if flow.reached and flow.target not in without.pools)
    # The flows of links are first, in their order.
    came = [net.flows[n] for n in shelf.into if n in without.links and net.flows[n].certain]
    others = [net.flows[n] for n in shelf.into if net.flows[n] not in came]
    is_whole = any(flow.reached and flow.target in without.pools for flow in out)
    keeps = bool(came) and not is_whole
    room = _room([net.flows[n] for n in shelf.into], others, out)
    fewer = _fewest_kept(list(own.values()), room, keeps=keeps)
    if not own or not fewer:
        return None
    amount, less = _amounts(list(own.values()), room, keeps=keeps)
    first = min(own)
    return Unmapped(
        party=first.party,
        site=first.site,
        output=first.thing,
        outputs=len(own),
        fewer=fewer,
        amount=amount,
        less=less,
        unit=out[0].unit if amount is not None else None,
        things=_things(found, without, own, fewer),
    )


def _by_pool(flows: Iterable[Flow]) -> dict[Pool, Amount]:
    """How much came out into each pool; None: somebody does not say, or units do not compare."""
    amounts: dict[Pool, list[Flow]] = defaultdict(list)
    for flow in flows:
        if flow.target is not None:
            amounts[flow.target].append(flow)
    return {place: _sum(some) for place, some in amounts.items()}


def _sum(flows: Sequence[Flow]) -> Amount:
    is_one_unit = len({flow.unit for flow in flows}) <= 1
    return summed(flow.sent for flow in flows) if is_one_unit else None


def _room(into: Sequence[Flow], others: Sequence[Flow], out: Sequence[Flow]) -> Amount:
    """How much of the outputs can have been made without what is affected; None: no limit known.

    Of the other inputs, and of what came out more than went in.
    """
    if _sum([*into, *out]) is None:
        return None
    gain = (_sum(out) or _ZERO) - (_sum(into) or _ZERO)
    return (_sum(others) or _ZERO) + max(_ZERO, gain)


def _fewest_kept(amounts: Sequence[Amount], room: Amount, *, keeps: bool) -> int:
    """How many outputs can be left out; what surely went in went somewhere if it `keeps` one."""
    most = max(len(amounts) - keeps, 0)
    if room is None:
        return most
    count, total = 0, _ZERO
    for much in sorted(each or _ZERO for each in amounts):
        total += much
        if total > room:
            break
        count += 1
    return min(count, most)


def _amounts(amounts: Sequence[Amount], room: Amount, *, keeps: bool) -> tuple[Amount, Amount]:
    """How much the outputs are in all, and how much of it can be left out."""
    known = [each for each in amounts if each is not None]
    if len(known) < len(amounts):
        return None, None
    total = sum(known, _ZERO)
    less = total - (min(known) if keeps else _ZERO)
    return total, less if room is None else min(less, room)


def _things(found: Examined, without: _Without, own: Mapping[Pool, Amount], fewer: int) -> int:
    """How many things are touched for the sake of a making, but for the outputs that stay so."""
    still = {place.thing for place in without.pools}
    freed = {node.pool.thing for node in found.closure.nodes} - still - {""}
    outputs = {place.thing for place in own} & freed
    return len(freed) - max(len(outputs) - fewer, 0)

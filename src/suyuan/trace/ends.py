"""Where the chain stops without its end being known."""

from collections.abc import Iterable, Iterator

from suyuan.trace.links import Network
from suyuan.trace.types import (
    Confirmed,
    Direction,
    Link,
    LinkKind,
    OpenEnd,
    OpenEndKind,
    Pool,
)


def open_ends(
    net: Network, reached: list[Link], pools: Iterable[Pool], direction: Direction
) -> tuple[OpenEnd, ...]:
    """Open ends among the links and pools reached, each once, in a fixed order.

    Backward also what was never made where it is first heard of; forward also holders that
    were sent something and never said anything of it.
    """
    found = set(_one_sided(reached))
    if direction is Direction.BACKWARD:
        found.update(_never_made(net, pools))
    else:
        found.update(_silent(net, reached))
    return tuple(sorted(found, key=lambda end: (end.kind, end.pool, end.entries)))


def _one_sided(reached: list[Link]) -> Iterator[OpenEnd]:
    for link in reached:
        if link.kind is not LinkKind.MOVED:
            continue
        if link.confirmed is Confirmed.SENT:
            kind = OpenEndKind.SENT_NEVER_RECEIVED
            yield OpenEnd(kind=kind, pool=link.target, entries=link.entries)
        elif link.confirmed is Confirmed.RECEIVED:
            kind = OpenEndKind.RECEIVED_NEVER_SENT
            yield OpenEnd(kind=kind, pool=link.source, entries=link.entries)


def _never_made(net: Network, pools: Iterable[Pool]) -> Iterator[OpenEnd]:
    unmade = {place for place in pools if place.thing and place not in net.places.made}
    unmade.difference_update([link.target for link in net.links] if unmade else ())
    consumed = {link.source for link in net.links if link.kind is LinkKind.INPUT}
    for place in unmade:
        without = OpenEndKind.INPUT_WITHOUT_ORIGIN
        kind = without if place in consumed else OpenEndKind.NEVER_MADE
        yield OpenEnd(kind=kind, pool=place)


def _silent(net: Network, reached: list[Link]) -> Iterator[OpenEnd]:
    quiet = {
        link.target
        for link in reached
        if link.kind is LinkKind.MOVED
        and link.confirmed is Confirmed.SENT
        and not link.target.unknown
        and link.target not in net.places.seen
    }
    quiet.difference_update([link.source for link in net.links] if quiet else ())
    for place in quiet:
        yield OpenEnd(kind=OpenEndKind.HOLDER_SILENT, pool=place)

"""Going into containers and out of them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from msgspec.structs import replace

from suyuan.kit import Span
from suyuan.model import FactKind
from suyuan.trace.contents import amount_in
from suyuan.trace.findings import anomaly
from suyuan.trace.movements import Line, Movements, sources_of
from suyuan.trace.places import Stated, pool, source, step, target
from suyuan.trace.spells import Exit, Spell, Spells, spells_at, surely_emptied
from suyuan.trace.times import Told, moment
from suyuan.trace.types import Anomaly, Link, LinkKind, Pool


def packed(told: Iterable[Told]) -> Iterator[Link]:
    """Into containers."""
    for item in told:
        if item.fact.kind is FactKind.JOINED and item.fact.parent:
            loose = target(item)
            inside = replace(loose, container=item.fact.parent)
            amount = item.fact.quantity, item.fact.unit
            yield step(LinkKind.PACKED, loose, inside, item, sure=True, amount=amount)


def unpacked(told: Iterable[Told], stays: Spells) -> tuple[list[Link], list[Anomaly]]:
    """Out of containers, by being taken out or by emptying."""
    links: list[Link] = []
    anomalies: list[Anomaly] = []
    for item in told:
        if item.fact.kind is not FactKind.LEFT:
            continue
        if not item.fact.thing:
            links.extend(_emptied(item, stays))
            continue
        met = _stays(item, stays)
        first = next(met, None)
        if first is not None:
            sure = any(spell.firmly_meets(item.lo, item.hi) for spell in chain((first,), met))
            amount = item.fact.quantity, item.fact.unit
            links.append(_out(item, item.fact.thing, amount, sure=sure))
        else:
            anomalies.append(anomaly("left_without_join", item))
    return links, anomalies


def _stays(item: Told, stays: Spells) -> Iterator[Spell]:
    """The stays in the container that may last to when the thing was taken out."""
    spells = stays.around.get((item.fact.thing, item.fact.parent or ""))
    return iter(()) if spells is None else spells.meeting(item.lo, item.hi)


def _emptied(item: Told, stays: Spells) -> Iterator[Link]:
    container = item.fact.parent or ""
    for thing, met in spells_at(stays, container, item.lo, item.hi).items():
        sure = [surely_emptied(stays, spell, item) for spell in met]
        amount = amount_in(stays, met, sure, (item.lo, item.hi))
        yield _out(item, thing, amount, sure=any(sure))


def _out(item: Told, thing: str, amount: Stated, *, sure: bool) -> Link:
    loose = pool(thing, item.fact.after, item, "a")
    inside = replace(loose, container=item.fact.parent or "")
    return step(LinkKind.UNPACKED, inside, loose, item, sure=sure, amount=amount)


def implied_exits(
    stays: Spells, own: list[Link], moves: Movements
) -> tuple[list[Link], list[Anomaly]]:
    """From every pool in the container to where the own fact departs from."""
    if not stays.exits:
        return [], []
    pools: dict[tuple[str, str], dict[Pool, None]] = {}
    for link in own:
        for place in (link.source, link.target):
            if place.container and place.thing:
                pools.setdefault((place.thing, place.container), {})[place] = None
    sources = sources_of(moves)
    links = [
        _escape(out, place, goal)
        for out in stays.exits
        for place in pools.get((out.thing, out.container), ())
        for goal in _goals(out, place, sources)
    ]
    proven = {(id(out.fact), out.container): out for out in stays.exits if out.proven}
    return links, [anomaly("implied_exit", out.fact) for out in proven.values()]


def _goals(out: Exit, place: Pool, sources: Mapping[Line, Iterable[Pool]]) -> Iterable[Pool]:
    """Where the thing then was, loose: where its own fact begins, or where the container was."""
    fact = out.fact.fact
    if fact.thing != out.thing:
        return (replace(place, container=""),)
    if fact.kind is FactKind.MOVED:
        return sources.get((fact.entry, fact.line), ())
    starts_after = fact.kind in {FactKind.JOINED, FactKind.MADE}
    return (target(out.fact) if starts_after else source(out.fact),)


def _escape(out: Exit, place: Pool, goal: Pool) -> Link:
    when = Span(moment(out.after), out.fact.fact.when.hi)
    return Link(
        kind=LinkKind.UNPACKED,
        source=place,
        target=goal,
        departure=when,
        arrival=when,
        certain=False,
        entries=out.fact.entries,
    )

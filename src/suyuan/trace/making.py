"""Transformations and assemblies: where material of one thing goes into another."""

from collections.abc import Iterable, Iterator

from suyuan.model import FactKind, Side
from suyuan.trace.accord import Nodes
from suyuan.trace.places import consumes, pool, source, step, target
from suyuan.trace.times import Told
from suyuan.trace.types import Link, LinkKind


def made(told: Iterable[Told], nodes: Nodes) -> Iterator[Link]:
    """Every input to its transformation, and the transformation to every output.

    A stated quantity of zero is no input. Mixing is certain: what may be excluded is said by
    bounds on quantities, never by dropping a link.
    """
    for item in told:
        fact, amount = item.fact, (item.fact.quantity, item.fact.unit)
        for node, sure in nodes.get((fact.entry, fact.line), ()):
            if fact.side is Side.OUTPUT:
                yield step(LinkKind.OUTPUT, node, target(item), item, sure=sure, amount=amount)
            elif consumes(fact) and fact.quantity != 0:
                yield step(LinkKind.INPUT, source(item), node, item, sure=sure, amount=amount)


def attached(told: Iterable[Told]) -> Iterator[Link]:
    """A component may be part of its assembly; an instrument never is."""
    for item in told:
        fact = item.fact
        if fact.kind is FactKind.ATTACHED and fact.parent and not fact.instrument:
            assembly = pool(fact.parent, fact.after, item, "a")
            yield step(LinkKind.COMPONENT, target(item), assembly, item, sure=False)

"""Where things began or were made, when and with how much, among what a question reaches."""

from decimal import Decimal

from msgspec import Struct

from suyuan.kit import Span
from suyuan.model import FactKind
from suyuan.trace.closure import Examined
from suyuan.trace.places import target
from suyuan.trace.types import LinkKind, Pool


class Began(Struct, frozen=True, kw_only=True):
    """Somebody's word that so much of a thing began at a holder, at some time."""

    pool: Pool
    when: Span
    quantity: Decimal | None = None
    unit: str | None = None


def begun(found: Examined) -> tuple[Began, ...]:
    """What was reached and is said to have begun, whichever way was asked; not by held reports."""
    reached = {node.pool for node in found.closure.nodes}
    made = [each for each in found.told if each.fact.kind is FactKind.MADE and not each.held]
    return tuple(
        Began(pool=pool, when=each.fact.when, quantity=each.fact.quantity, unit=each.fact.unit)
        for each in made
        if (pool := target(each)) in reached
    )


def made_at(found: Examined) -> tuple[Pool, ...]:
    """Where what was reached began, or came out of a making, whichever way was asked."""
    reached = {node.pool for node in found.closure.nodes}
    told = [each.pool for each in begun(found)]
    out = [link.target for link in found.net.links if link.kind is LinkKind.OUTPUT]
    return tuple(dict.fromkeys(pool for pool in (*told, *out) if pool in reached))

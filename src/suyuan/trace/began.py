"""Where, when and with how much things began, among what a question reaches."""

from decimal import Decimal

from msgspec import Struct

from suyuan.kit import Span
from suyuan.model import FactKind
from suyuan.trace.closure import Examined
from suyuan.trace.places import target
from suyuan.trace.types import Pool


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

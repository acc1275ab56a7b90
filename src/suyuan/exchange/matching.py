"""Takes a query and an event; gives whether the event answers it, by what is in the event alone.

The database narrows by time, type and thing; what it does not index is decided here, on the
event as recorded. Both halves read the same query, so neither can answer another question.
"""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from suyuan.exchange.query import REFS, THINGS, VALUES, Amount, EventQuery, quantities
from suyuan.model import Event, QuantityElement

_COMPARE: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "EQ": operator.eq,
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
}


def matches(event: Event, query: EventQuery) -> bool:
    """Whether every stated condition holds."""
    return (
        _declared(event, query)
        and all(VALUES[name](event) & set(wanted) for name, wanted in query.values.items())
        and all(THINGS[name](event) & set(wanted) for name, wanted in query.things.items())
        and all(_refers(event, *wanted) for wanted in query.refs.values())
        and all(_measures(event, amount) for amount in query.amounts)
    )


def _declared(event: Event, query: EventQuery) -> bool:
    """A condition on error declarations holds of declarations only."""
    first, end = query.ge_declared, query.lt_declared
    if event.error is None:
        return not query.declared and first is None and end is None
    at = event.error.declaration_time
    return (first is None or at >= first) and (end is None or at < end)


def _refers(event: Event, family: str, kind: str, wanted: tuple[str, ...]) -> bool:
    return any(ref.type == kind and ref.value in wanted for ref in REFS[family](event))


def _measures(event: Event, amount: Amount) -> bool:
    return any(_fits(element, amount) for element in quantities(event))


def _fits(element: QuantityElement, amount: Amount) -> bool:
    return (
        element.quantity is not None
        and (amount.uom is None or element.uom == amount.uom)
        and _COMPARE[amount.comparison](element.quantity, amount.value)
    )

"""Takes a query and an event; gives whether the event answers it, by what is in the event alone.

The database narrows by time, type and thing; what it does not index is decided here, on the
event as recorded. Both halves read the same query, so neither can answer another question.
"""

import re
from collections.abc import Collection, Mapping

from suyuan.exchange.members import compare, holds, texts_of
from suyuan.exchange.query import (
    FIELDS,
    REFS,
    THINGS,
    VALUES,
    Amount,
    Described,
    EventQuery,
    quantities,
)
from suyuan.kit.quantity import Quantity
from suyuan.model import Event, QuantityElement

Names = Mapping[Described, Collection[str]]
"""What master data describe so."""


def matches(event: Event, query: EventQuery, names: Names) -> bool:
    """Whether every stated condition holds."""
    return (
        _declared(event, query)
        and all(VALUES[name](event) & set(wanted) for name, wanted in query.values.items())
        and all(_names(event, name, query) for name in query.things.keys() | query.patterns.keys())
        and all(_refers(event, *wanted) for wanted in query.refs.values())
        and all(_measures(event, amount) for amount in query.amounts)
        and (bool(event.sensors) or not query.sensed)
        and all(holds(event, condition) for condition in query.conditions)
        and all(_describes(event, one, names[one]) for one in query.described)
    )


def _names(event: Event, name: str, query: EventQuery) -> bool:
    standing = THINGS[name](event)
    patterns = query.patterns.get(name, ())
    return not standing.isdisjoint(query.things.get(name, ())) or any(
        re.fullmatch(pattern, thing) for thing in standing for pattern in patterns
    )


def _describes(event: Event, one: Described, names: Collection[str]) -> bool:
    read = FIELDS.get(one.field)
    standing = texts_of(event, one.field) if read is None else read(event)
    return any(name in names for name in standing)


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
    if element.quantity is None:
        return False
    unit = element.uom if amount.uom is None else amount.uom
    found = Quantity(element.quantity, element.uom)
    return compare(amount.comparison, found, Quantity(amount.value, unit))

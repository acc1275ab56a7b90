"""Takes a query and an event; gives whether the event answers it, by what is in the event alone.

The database narrows by time, type and thing; what it does not index is decided here, on the
event as recorded. Both halves read the same query, so neither can answer another question.
"""

from suyuan.exchange.fields import amount_holds, field_holds, reading_holds, time_holds
from suyuan.exchange.query import REFS, THINGS, VALUES, Amount, EventQuery, quantities
from suyuan.model import Event, QuantityElement


def matches(event: Event, query: EventQuery) -> bool:
    """Whether every stated condition holds."""
    return (
        _declared(event, query)
        and all(VALUES[name](event) & set(wanted) for name, wanted in query.values.items())
        and all(THINGS[name](event) & set(wanted) for name, wanted in query.things.items())
        and all(_refers(event, *wanted) for wanted in query.refs.values())
        and all(_measures(event, amount) for amount in query.amounts)
        and (not query.sensed or bool(event.sensors))
        and all(field_holds(event, test) for test in query.fields)
        and all(reading_holds(event, test) for test in query.readings)
        and all(time_holds(event, test) for test in query.sensor_times)
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
    if element.quantity is None:
        return False
    unit = element.uom if amount.uom is not None else None
    wanted = (amount.value, amount.uom or None)
    return amount_holds((element.quantity, unit), wanted, comparison=amount.comparison)

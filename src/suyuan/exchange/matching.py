"""Takes a query and an event; gives whether the event answers it, by what is in the event alone.

The database narrows by time, type and thing; what it does not index is decided here, on the
event as recorded. Both halves read the same query, so neither can answer another question.
"""

from collections.abc import Callable, Mapping
from typing import Final

from suyuan.exchange.parameters import EventQuery
from suyuan.model import Event

Names = frozenset[str]


def matches(event: Event, query: EventQuery) -> bool:
    """Whether every stated condition holds."""
    return (
        (not query.action or event.action in query.action)
        and (not query.event_id or event.event_id in query.event_id)
        and all(getattr(event, field) in wanted for field, wanted in query.words.items())
        and all(_PLACES[place](event) & set(wanted) for place, wanted in query.things.items())
        and all(_names(event, kind, wanted) for kind, wanted in query.transactions.items())
    )


def _names(event: Event, kind: str, wanted: tuple[str, ...]) -> bool:
    return any(ref.type == kind and ref.value in wanted for ref in event.biz_transactions)


def _epcs(event: Event) -> Names:
    return frozenset(event.epcs)


def _inputs(event: Event) -> Names:
    return frozenset(event.input_epcs)


def _outputs(event: Event) -> Names:
    return frozenset(event.output_epcs)


def _parent(event: Event) -> Names:
    return frozenset((event.parent,) if event.parent else ())


def _any(event: Event) -> Names:
    return _epcs(event) | _inputs(event) | _outputs(event) | _parent(event)


def _classes(event: Event) -> Names:
    return frozenset(element.epc_class for element in event.quantities)


def _input_classes(event: Event) -> Names:
    return frozenset(element.epc_class for element in event.input_quantities)


def _output_classes(event: Event) -> Names:
    return frozenset(element.epc_class for element in event.output_quantities)


def _any_class(event: Event) -> Names:
    return _classes(event) | _input_classes(event) | _output_classes(event)


_PLACES: Final[Mapping[str, Callable[[Event], Names]]] = {
    "epc": _epcs,
    "parentID": _parent,
    "inputEPC": _inputs,
    "outputEPC": _outputs,
    "anyEPC": _any,
    "epcClass": _classes,
    "inputEPCClass": _input_classes,
    "outputEPCClass": _output_classes,
    "anyEPCClass": _any_class,
}

"""Takes an event and the family's data items; gives the values that a rule speaks of.

An item names its places in the event once (`at`), each compiled to a reader when the data
is loaded; judging then only calls readers.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from suyuan.families.terms import iri, short
from suyuan.model import Event, QuantityElement, TypedRef

Values = tuple[Any, ...]
Reader = Callable[[Event], Values]
_NOTHING: Final[Values] = ()


class View(Struct, frozen=True):
    """One event as rules see it: `values("buyer")` are the stated buyers, none is ()."""

    event: Event
    readers: Mapping[str, Reader]

    def values(self, item: str) -> Values:
        """The values stated for an item, blank texts left out."""
        return self.readers[item](self.event)


class UnknownPlaceError(ValueError):
    """A path in data that is no place in an event."""


def reader(places: tuple[str, ...]) -> Reader:
    """The values at the first of the places that holds any.

    A place is a field (`biz_location`), `ilmd.<name>`, `extensions.<name>`,
    `sources.<type>`, `destinations.<type>`, `transactions.<type>`, or one of the groups
    `things`, `instances`, `inputs`, `outputs` (identifiers), `amounts`, `output_amounts`.

    Raises:
        UnknownPlaceError: a path of another form.
    """
    single = tuple(_single(place) for place in places)
    if len(single) == 1:
        return single[0]

    def first(event: Event) -> Values:
        for read in single:
            if found := read(event):
                return found
        return _NOTHING

    return first


def constant(value: Any) -> Reader:
    """The same value whatever the event: a limit that several rules name."""
    values = (value,)
    return lambda _event: values


def shown(place: str) -> str:
    """The place as a JSON pointer from the event, for people and forms."""
    head, _, name = place.partition(".")
    steps = (_SHOWN.get(head, _camel(head)), short(iri(name)))
    return "".join("/" + step for step in steps if step)


def _single(place: str) -> Reader:
    head, _, name = place.partition(".")
    if head in _MAPS and name:
        return _MAPS[head](iri(name))
    if not name and place in _GROUPS:
        return _GROUPS[place]
    if not name and place in Event.__struct_fields__:
        return _field(place)
    raise UnknownPlaceError(place)


def _field(name: str) -> Reader:
    def read(event: Event) -> Values:
        value = getattr(event, name)
        return value if isinstance(value, tuple) else _as_values(value)

    return read


def _ilmd(name: str) -> Reader:
    return lambda event: _as_values(event.ilmd.get(name))


def _extension(name: str) -> Reader:
    return lambda event: _as_values(event.extensions.get(name))


def _refs(field: Callable[[Event], tuple[TypedRef, ...]]) -> Callable[[str], Reader]:
    def of_type(kind: str) -> Reader:
        return lambda event: tuple(ref.value for ref in field(event) if ref.type == kind)

    return of_type


def _as_values(value: Any) -> Values:
    if value is None:
        return _NOTHING
    stated = value if isinstance(value, list) else [value]
    return tuple(plain for one in stated if (plain := _plain(one)) not in (None, ""))


def _plain(value: Any) -> Any:
    """A JSON-LD value object (`{"@value": …}`, `{"@id": …}`) as the value it wraps."""
    if isinstance(value, dict):
        return value.get("@value", value.get("@id", value))
    return value.strip() if isinstance(value, str) else value


def _classes(elements: tuple[QuantityElement, ...]) -> tuple[str, ...]:
    return tuple(element.epc_class for element in elements)


def things(event: Event) -> tuple[str, ...]:
    """Every traceable unit that the event names, container and transformation ends too."""
    own = event.epcs + _classes(event.quantities)
    if event.parent is not None:
        own = (event.parent, *own)
    return own + inputs(event) + outputs(event)


def inputs(event: Event) -> tuple[str, ...]:
    """What a transformation used."""
    return event.input_epcs + _classes(event.input_quantities)


def outputs(event: Event) -> tuple[str, ...]:
    """What a transformation made."""
    return event.output_epcs + _classes(event.output_quantities)


def amounts(event: Event) -> tuple[QuantityElement, ...]:
    """Every quantity element of the event, inputs and outputs too."""
    return event.quantities + event.input_quantities + event.output_quantities


_MAPS: Final[dict[str, Callable[[str], Reader]]] = {
    "ilmd": _ilmd,
    "extensions": _extension,
    "sources": _refs(lambda event: event.sources),
    "destinations": _refs(lambda event: event.destinations),
    "transactions": _refs(lambda event: event.biz_transactions),
}
_GROUPS: Final[dict[str, Reader]] = {
    "things": things,
    "inputs": inputs,
    "outputs": outputs,
    "amounts": amounts,
    "output_amounts": lambda event: event.output_quantities or event.quantities,
    "instances": lambda event: event.epcs + event.input_epcs + event.output_epcs,
}
_SHOWN: Final = {
    "extensions": "",
    "sources": "sourceList",
    "destinations": "destinationList",
    "transactions": "bizTransactionList",
    "things": "epcList",
    "instances": "epcList",
    "epcs": "epcList",
    "quantities": "quantityList",
    "amounts": "quantityList",
    "inputs": "inputEPCList",
    "outputs": "outputEPCList",
    "input_epcs": "inputEPCList",
    "output_epcs": "outputEPCList",
    "output_amounts": "outputQuantityList",
    "event_id": "eventID",
}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)

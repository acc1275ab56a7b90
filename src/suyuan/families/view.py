"""Takes an event and the family's data items; gives the values that a rule speaks of.

An item names its places in the event once (`at`), each compiled to a reader when the data
is loaded; judging then only calls readers.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from msgspec import Struct, field

from suyuan.families.terms import CONFIRMS, iri, short
from suyuan.model import Event, QuantityElement, TypedRef

Values = tuple[Any, ...]
Reader = Callable[[Event], Values]
_NOTHING: Final[Values] = ()
_NUMBERS: Final = ("value", "minValue", "maxValue", "meanValue")


class View(Struct, frozen=True, gc=False):
    """One event as rules see it: `values("buyer")` are the stated buyers, none is ().

    `roles` are those that its step is for; `spans` the items that were read as dates already
    (`predicates.times`).
    """

    event: Event
    readers: Mapping[str, Reader]
    roles: tuple[str, ...] = ()
    read: dict[str, Values] = field(default_factory=dict)
    spans: dict[str, Any] = field(default_factory=dict)

    def values(self, item: str) -> Values:
        """The values stated for an item, blank texts left out; rules ask for the same ones."""
        read = self.read
        if item not in read:
            read[item] = self.readers[item](self.event)
        return read[item]


class UnknownPlaceError(ValueError):
    """A path in data that is no place in an event."""


def reader(places: tuple[str, ...]) -> Reader:
    """The values at the first of the places that holds any.

    A place is a field (`biz_location`), `ilmd.<name>`, `extensions.<name>`,
    `sources.<type>`, `destinations.<type>`, `transactions.<type>`, `sensors.<type>` (the numbers
    that devices measured: value, lowest, highest, mean), or one of the groups
    `things`, `instances`, `inputs`, `outputs` (identifiers), `amounts`, `input_amounts`,
    `output_amounts`.

    Raises:
        UnknownPlaceError: a path of another form.
    """
    groups = [(head, tuple(group)) for head, group in groupby(places, _head)]
    parts = tuple(_part(head, group) for head, group in groups)
    if len(parts) == 1:
        return parts[0]
    if [(head, len(group)) for head, group in groups] == [("ilmd", 1), ("extensions", 1)]:
        return _term(*(iri(group[0].partition(".")[2]) for _, group in groups))

    def first(event: Event) -> Values:
        for read in parts:
            if found := read(event):
                return found
        return _NOTHING

    return first


def _term(in_ilmd: str, in_extensions: str) -> Reader:
    """What most items are: a term in ILMD, else among the extensions, read without a detour."""

    def read(event: Event) -> Values:
        value = event.ilmd.get(in_ilmd)
        if value is None or not (found := _values(value)):
            value = event.extensions.get(in_extensions)
            found = _NOTHING if value is None else _values(value)
        return found

    return read


def constant(value: Any) -> Reader:
    """The same value whatever the event: a limit that several rules name."""
    values = (value,)
    return lambda _event: values


def shown(place: str) -> str:
    """The place as a JSON pointer from the event, for people and forms."""
    head, _, name = place.partition(".")
    steps = (_SHOWN.get(head, _camel(head)), short(iri(name)))
    return "".join("/" + step for step in steps if step)


def _head(place: str) -> str:
    return place.partition(".")[0]


def _part(head: str, places: tuple[str, ...]) -> Reader:
    """The reader of places that follow each other in one member: most items have two parts."""
    names = tuple(iri(place.partition(".")[2]) for place in places)
    if head in _MAPS and all(names):
        return _MAPS[head](names)
    if not any(names) and head in _GROUPS:
        return _GROUPS[head]
    if not any(names) and head in Event.__struct_fields__:
        return _field(head)
    raise UnknownPlaceError(places[0])


def _field(name: str) -> Reader:
    def read(event: Event) -> Values:
        value = getattr(event, name)
        if isinstance(value, tuple):
            return value
        return _NOTHING if value is None else (value,)

    return read


def _ilmd(names: tuple[str, ...]) -> Reader:
    return lambda event: _from(event.ilmd, names) if event.ilmd else _NOTHING


def _extensions(names: tuple[str, ...]) -> Reader:
    return lambda event: _from(event.extensions, names) if event.extensions else _NOTHING


def _from(members: dict[str, Any], names: tuple[str, ...]) -> Values:
    """What the first of the names holds."""
    for name in names:
        value = members.get(name)
        if value is not None and (found := _values(value)):
            return found
    return _NOTHING


def _values(value: Any) -> Values:
    """What a member states; a plain text, the common case, takes the short way."""
    if type(value) is str:
        text = value.strip()
        return (text,) if text else _NOTHING
    return _as_values(value)


def _refs(field: Callable[[Event], tuple[TypedRef, ...]]) -> Callable[[tuple[str, ...]], Reader]:
    def of_types(kinds: tuple[str, ...]) -> Reader:
        def read(event: Event) -> Values:
            refs = field(event)
            return tuple(ref.value for ref in refs if ref.type in kinds) if refs else _NOTHING

        return read

    return of_types


def _sensors(kinds: tuple[str, ...]) -> Reader:
    def read(event: Event) -> Values:
        return tuple(_measured(event.sensors, kinds)) if event.sensors else _NOTHING

    return read


def _measured(elements: tuple[Any, ...], kinds: tuple[str, ...]) -> Iterator[Any]:
    """The numbers of the reports of some types of measurement (CBV 2.0 §7.7)."""
    for element in elements:
        for report in element.get("sensorReport", ()):
            if report.get("type") in kinds:
                yield from (report[name] for name in _NUMBERS if name in report)


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


def confirmed(event: Event) -> tuple[str, ...]:
    """The ids of the reports whose acts an event says it confirms, each once."""
    stated = _from(event.extensions, (CONFIRMS,))
    return tuple(dict.fromkeys(one for one in stated if isinstance(one, str)))


def _classes(elements: tuple[QuantityElement, ...]) -> tuple[str, ...]:
    return tuple([element.epc_class for element in elements]) if elements else ()


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


_MAPS: Final[dict[str, Callable[[tuple[str, ...]], Reader]]] = {
    "ilmd": _ilmd,
    "extensions": _extensions,
    "sources": _refs(lambda event: event.sources),
    "destinations": _refs(lambda event: event.destinations),
    "transactions": _refs(lambda event: event.biz_transactions),
    "sensors": _sensors,
}
_GROUPS: Final[dict[str, Reader]] = {
    "things": things,
    "inputs": inputs,
    "outputs": outputs,
    "amounts": amounts,
    "input_amounts": lambda event: event.input_quantities,
    "output_amounts": lambda event: event.output_quantities or event.quantities,
    "instances": lambda event: event.epcs + event.input_epcs + event.output_epcs,
}
_SHOWN: Final = {
    "extensions": "",
    "sources": "sourceList",
    "destinations": "destinationList",
    "transactions": "bizTransactionList",
    "sensors": "sensorElementList",
    "things": "epcList",
    "instances": "epcList",
    "epcs": "epcList",
    "quantities": "quantityList",
    "amounts": "quantityList",
    "inputs": "inputEPCList",
    "outputs": "outputEPCList",
    "input_epcs": "inputEPCList",
    "output_epcs": "outputEPCList",
    "input_amounts": "inputQuantityList",
    "output_amounts": "outputQuantityList",
    "event_id": "eventID",
}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)

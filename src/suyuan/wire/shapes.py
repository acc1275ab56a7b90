"""Which members each event type has, what they become, and what it cannot do without."""

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from suyuan.codes import Grain
from suyuan.model import Action, EventType
from suyuan.wire import fields
from suyuan.wire.cbv import BIZ_STEP, DISPOSITION
from suyuan.wire.fields import identifier, identifiers
from suyuan.wire.reading import OBJECT, Reader, Reading, expected, time, word
from suyuan.wire.sensors import SENSORS

Values = dict[str, Any]
Needs = Callable[[Reading, Values], None]


class Shape(Struct, frozen=True, kw_only=True):
    """An event type: member → (field of `Event`, reader), and what must be there together."""

    members: dict[str, tuple[str, Reader]]
    has_action: bool
    needs: Needs


def _ilmd(reading: Reading, value: Any, path: str) -> dict[str, Any] | None:
    if type(value) is not dict:
        expected(reading, OBJECT, value, path)
        return None
    return fields.extensions(reading, value, path)


def _needless(reading: Reading, value: Any, path: str) -> Action | None:
    reading.found("wire.action.needless", path)
    return fields.action(reading, value, path)


_THINGS_ONCE: Final = identifiers(Grain.INSTANCE, unique=True)
_THINGS: Final = identifiers(Grain.INSTANCE, unique=False)
_PARENT: Final = identifier(Grain.INSTANCE)

# Read before the rest, or with the document: their names are members of every event.
READ_APART: Final = frozenset(("@context", "type", "eventTime", "eventTimeZoneOffset"))
_COMMON: Final[dict[str, tuple[str, Reader]]] = {
    "recordTime": ("record_time", time),
    "eventID": ("event_id", fields.event_id),
    "certificationInfo": ("certifications", fields.certifications),
    "errorDeclaration": ("error", fields.error),
    "bizStep": ("biz_step", word(BIZ_STEP)),
    "disposition": ("disposition", word(DISPOSITION)),
    "persistentDisposition": ("persistent", fields.persistent),
    "readPoint": ("read_point", fields.place),
    "bizLocation": ("biz_location", fields.place),
    "bizTransactionList": ("biz_transactions", fields.BIZ_TRANSACTIONS),
    "sourceList": ("sources", fields.sides("source")),
    "destinationList": ("destinations", fields.sides("destination")),
    "sensorElementList": ("sensors", SENSORS),
}
_ACTED: Final = _COMMON | {"action": ("action", fields.action)}
_OBJECTS: Final = {
    "epcList": ("epcs", _THINGS_ONCE),
    "quantityList": ("quantities", fields.QUANTITIES),
}
_CHILDREN: Final = {
    "parentID": ("parent", _PARENT),
    "childEPCs": ("epcs", _THINGS),
    "childQuantityList": ("quantities", fields.QUANTITIES),
}


def _object(reading: Reading, values: Values) -> None:
    sensed = values.get("sensors") and values.get("read_point")
    if "epcs" not in values and not values.get("quantities") and not sensed:
        _lacks(reading, EventType.OBJECT, "epcList / quantityList / sensorElementList + readPoint")
    _says_nothing(reading, values)
    if "ilmd" in values and values.get("action") not in {Action.ADD, None}:
        reading.found("wire.ilmd", "/ilmd")


def _aggregation(reading: Reading, values: Values) -> None:
    _children(reading, values, EventType.AGGREGATION)
    if values.get("action") in {Action.ADD, Action.DELETE} and values.get("parent") is None:
        reading.found("wire.parent", "/", action=values["action"].value)


def _association(reading: Reading, values: Values) -> None:
    _children(reading, values, EventType.ASSOCIATION)
    if values.get("parent") is None:
        action = values.get("action")
        reading.found("wire.parent", "/", action=action.value if action else "AssociationEvent")


def _children(reading: Reading, values: Values, type_: EventType) -> None:
    some = values.get("epcs") or values.get("quantities")
    if not some and values.get("action") is not Action.DELETE:
        _lacks(reading, type_, "childEPCs / childQuantityList")


def _transaction(reading: Reading, values: Values) -> None:
    if not values.get("biz_transactions"):
        _lacks(reading, EventType.TRANSACTION, "bizTransactionList")
    some = "epcs" in values or values.get("quantities")
    if not some and values.get("action") is not Action.DELETE:
        _lacks(reading, EventType.TRANSACTION, "epcList / quantityList")
    _says_nothing(reading, values)


def _transformation(reading: Reading, values: Values) -> None:
    inputs = values.get("input_epcs") or values.get("input_quantities")
    outputs = values.get("output_epcs") or values.get("output_quantities")
    joined = values.get("transformation_id") is not None
    if (inputs and outputs) or (joined and (inputs or outputs)):
        return
    key = "inputEPCList / inputQuantityList" if not inputs else "outputEPCList / outputQuantityList"
    _lacks(reading, EventType.TRANSFORMATION, key)


def _says_nothing(reading: Reading, values: Values) -> None:
    """Note that a list which may be empty is all that the event has."""
    others = ("quantities", "sensors", "parent")
    if values.get("epcs") == () and not any(values.get(name) for name in others):
        reading.found("wire.what.nothing", "/epcList", key="epcList")


def _lacks(reading: Reading, type_: EventType, key: str) -> None:
    reading.found("wire.what", "/", type=type_.value, key=key)


SHAPES: Final[dict[str, Shape]] = {
    EventType.OBJECT.value: Shape(
        members=_ACTED | _OBJECTS | {"ilmd": ("ilmd", _ilmd)}, has_action=True, needs=_object
    ),
    EventType.AGGREGATION.value: Shape(
        members=_ACTED | _CHILDREN, has_action=True, needs=_aggregation
    ),
    EventType.TRANSACTION.value: Shape(
        members=_ACTED
        | {"parentID": ("parent", _PARENT)}
        | {"epcList": ("epcs", _THINGS), "quantityList": ("quantities", fields.QUANTITIES)},
        has_action=True,
        needs=_transaction,
    ),
    EventType.TRANSFORMATION.value: Shape(
        members=_COMMON
        | {
            "inputEPCList": ("input_epcs", _THINGS_ONCE),
            "inputQuantityList": ("input_quantities", fields.QUANTITIES),
            "outputEPCList": ("output_epcs", _THINGS_ONCE),
            "outputQuantityList": ("output_quantities", fields.QUANTITIES),
            "transformationID": ("transformation_id", identifier(Grain.DOCUMENT)),
            "ilmd": ("ilmd", _ilmd),
            "action": ("action", _needless),
        },
        has_action=False,
        needs=_transformation,
    ),
    EventType.ASSOCIATION.value: Shape(
        members=_ACTED | _CHILDREN, has_action=True, needs=_association
    ),
}
EVERY_MEMBER: Final = frozenset(name for shape in SHAPES.values() for name in shape.members)
_READERS: Final = [item for shape in SHAPES.values() for item in shape.members.items()]
EPC_LISTS: Final = frozenset(
    name for name, (_, reader) in _READERS if reader in {_THINGS, _THINGS_ONCE}
)
QUANTITY_LISTS: Final = frozenset(
    name for name, (_, reader) in _READERS if reader is fields.QUANTITIES
)
"""Members that list things by name, and by class and quantity."""

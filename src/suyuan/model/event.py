"""Takes nothing; gives the EPCIS 2.0 event as one frozen shape, read and normalised.

Identifiers are canonical (`suyuan.codes`), vocabulary is the CBV bare word or a full
URI, extension names are expanded to IRIs, quantities are decimals. The bytes an event
came in are kept beside it by the record; this is what they mean.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct


class EventType(StrEnum):
    """The five event types of EPCIS 2.0 §7.4."""

    OBJECT = "ObjectEvent"
    AGGREGATION = "AggregationEvent"
    TRANSACTION = "TransactionEvent"
    TRANSFORMATION = "TransformationEvent"
    ASSOCIATION = "AssociationEvent"


class Action(StrEnum):
    """What an event does to its subject (EPCIS 2.0 §7.3.2)."""

    ADD = "ADD"
    OBSERVE = "OBSERVE"
    DELETE = "DELETE"


class QuantityElement(
    Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, gc=False
):
    """An amount of a class or lot (EPCIS 2.0 §7.3.3.3); without `quantity` it is unknown.

    `uom` is the UN/CEFACT code; None counts instances.
    """

    epc_class: str
    quantity: Decimal | None = None
    uom: str | None = None


class TypedRef(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A business transaction, source or destination: its CBV type (or None) and its name."""

    type: str | None = None
    value: str


class Belonging(Struct, frozen=True, kw_only=True, gc=False):
    """An instance stated to be of a lot by the identifier it was sent with."""

    instance: str
    lot: str


class ErrorDeclaration(
    Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, gc=False
):
    """Says that an earlier event with the same id is wrong (EPCIS 2.0 §7.4.1.3).

    `declaration_time` is the instant in UTC, `declaration_time_text` the words it came in.
    """

    declaration_time: datetime
    declaration_time_text: str = ""
    reason: str | None = None
    corrective_event_ids: tuple[str, ...] = ()
    extensions: dict[str, Any] = {}


class Event(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, gc=False):
    """One EPCIS event, any of the five types; fields a type does not have stay empty.

    `epcs`/`quantities` are epcList/quantityList, or childEPCs/childQuantityList for
    aggregation and association. `event_time` is the instant in UTC, `event_time_text`
    the words it came in, `offset` the local clock at the place ("+08:00").
    `sensors` holds sensorElementList with expanded names; `extensions` and `ilmd` map
    IRIs to values. Unknown members are in `extensions`, never dropped.
    """

    type: EventType
    event_time: datetime
    event_time_text: str
    offset: str
    event_id: str | None = None
    action: Action | None = None
    biz_step: str | None = None
    disposition: str | None = None
    persistent_set: tuple[str, ...] = ()
    persistent_unset: tuple[str, ...] = ()
    read_point: str | None = None
    biz_location: str | None = None
    read_point_extensions: dict[str, Any] = {}
    biz_location_extensions: dict[str, Any] = {}
    parent: str | None = None
    epcs: tuple[str, ...] = ()
    quantities: tuple[QuantityElement, ...] = ()
    input_epcs: tuple[str, ...] = ()
    input_quantities: tuple[QuantityElement, ...] = ()
    output_epcs: tuple[str, ...] = ()
    output_quantities: tuple[QuantityElement, ...] = ()
    transformation_id: str | None = None
    biz_transactions: tuple[TypedRef, ...] = ()
    sources: tuple[TypedRef, ...] = ()
    destinations: tuple[TypedRef, ...] = ()
    certifications: tuple[Any, ...] = ()
    sensors: tuple[Any, ...] = ()
    ilmd: dict[str, Any] = {}
    error: ErrorDeclaration | None = None
    belongings: tuple[Belonging, ...] = ()
    extensions: dict[str, Any] = {}

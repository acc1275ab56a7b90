"""Takes nothing; gives what an event query is, and where in an event each condition looks.

One table from parameter to place, so that what is parsed and what is matched cannot part ways.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct

from suyuan.exchange.members import Condition
from suyuan.index import terms
from suyuan.kit import SuyuanError
from suyuan.model import Event, EventType, QuantityElement, TypedRef

OF_ITS_OWN: Final = ("eventTime", "recordTime")
"""What events have an order by of their own; any other is an extension by its full name."""

PER_PAGE: Final = 30


class QueryError(SuyuanError):
    """A query that cannot be answered as it stands."""

    epcis = "epcisException:QueryParameterException"


class Amount(Struct, frozen=True, kw_only=True):
    """A quantity element of the event compares so with `value`; `uom` None: whatever its unit."""

    comparison: str
    value: Decimal
    uom: str | None = None


class Described(Struct, frozen=True, kw_only=True):
    """A field names something that master data describe with one of these attributes.

    With `values`, one of them must be the attribute's (EQ_ATTR), else any (HASATTR).
    """

    field: str
    attributes: tuple[str, ...]
    values: tuple[str, ...] | None = None


class EventQuery(Struct, frozen=True, kw_only=True):
    """A SimpleEventQuery; empty means any. Identifiers are canonical, times UTC instants.

    Under its parameter's name stands what is wanted: `values` and `things` map it to names of
    which one must stand in its place, `refs` to (list, type, names). `patterns` are regular
    expressions beside `things`, either of which may fit. All conditions must hold.
    """

    event_type: tuple[EventType, ...] = ()
    ge_event_time: datetime | None = None
    lt_event_time: datetime | None = None
    ge_record_time: datetime | None = None
    lt_record_time: datetime | None = None
    ge_declared: datetime | None = None
    lt_declared: datetime | None = None
    declared: bool = False
    values: dict[str, tuple[str, ...]] = {}
    things: dict[str, tuple[str, ...]] = {}
    refs: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    patterns: dict[str, tuple[str, ...]] = {}
    amounts: tuple[Amount, ...] = ()
    sensed: bool = False
    conditions: tuple[Condition, ...] = ()
    described: tuple[Described, ...] = ()
    order: str | None = None
    descending: bool = True
    event_count_limit: int | None = None
    max_event_count: int | None = None
    per_page: int = PER_PAGE
    token: str | None = None


def _classes(elements: tuple[QuantityElement, ...]) -> terms.Names:
    return frozenset(element.epc_class for element in elements)


def quantities(event: Event) -> tuple[QuantityElement, ...]:
    """Every quantity element of an event, wherever its type keeps them."""
    return (*event.quantities, *event.input_quantities, *event.output_quantities)


def _any_epc(event: Event) -> terms.Names:
    return frozenset((*event.epcs, *event.input_epcs, *event.output_epcs)) | terms.one(event.parent)


VALUES: Final[Mapping[str, Callable[[Event], terms.Names]]] = {
    "EQ_eventID": lambda event: terms.one(event.event_id),
    **{f"EQ_{field}": read for field, read in terms.FIELDS.items()},
    "WD_readPoint": terms.FIELDS["readPoint"],
    "WD_bizLocation": terms.FIELDS["bizLocation"],
}
THINGS: Final[Mapping[str, Callable[[Event], terms.Names]]] = {
    "MATCH_epc": lambda event: frozenset(event.epcs),
    "MATCH_parentID": lambda event: terms.one(event.parent),
    "MATCH_inputEPC": lambda event: frozenset(event.input_epcs),
    "MATCH_outputEPC": lambda event: frozenset(event.output_epcs),
    "MATCH_anyEPC": _any_epc,
    "MATCH_epcClass": lambda event: _classes(event.quantities),
    "MATCH_inputEPCClass": lambda event: _classes(event.input_quantities),
    "MATCH_outputEPCClass": lambda event: _classes(event.output_quantities),
    "MATCH_anyEPCClass": lambda event: _classes(quantities(event)),
}
REFS: Final[Mapping[str, Callable[[Event], tuple[TypedRef, ...]]]] = {
    "EQ_bizTransaction": lambda event: event.biz_transactions,
    **{f"EQ_{role}": read for role, read in terms.ROLES.items()},
}

FIELDS: Final[Mapping[str, Callable[[Event], terms.Names]]] = {
    "bizStep": VALUES["EQ_bizStep"],
    "disposition": VALUES["EQ_disposition"],
    "readPoint": VALUES["EQ_readPoint"],
    "bizLocation": VALUES["EQ_bizLocation"],
    "epcClass": THINGS["MATCH_anyEPCClass"],
    "bizTransaction": lambda event: frozenset(ref.value for ref in event.biz_transactions),
    "source": lambda event: frozenset(ref.value for ref in event.sources),
    "destination": lambda event: frozenset(ref.value for ref in event.destinations),
}
"""Fields of an event whose values master data may describe."""

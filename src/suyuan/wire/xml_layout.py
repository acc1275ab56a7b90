"""Where each member of an event stands in the XML schemas of EPCIS 2.0 and 1.2."""

from typing import Any, Final

Layout = tuple[Any, ...]
"""Names in their order; a pair is a wrapper with what stands in it."""

_WHY: Final = ("bizStep", "disposition", "readPoint", "bizLocation")
_SIDES: Final = ("sourceList", "destinationList")
_NEW: Final = ("sensorElementList", "persistentDisposition")
_WHEN: Final = ("eventTime", "recordTime", "eventTimeZoneOffset")
_HEAD: Final = (*_WHEN, "eventID", "errorDeclaration", "certificationInfo")
_OLD_HEAD: Final = (
    *_WHEN,
    ("baseExtension", ("eventID", "errorDeclaration", ("extension", ("certificationInfo",)))),
)
_MADE: Final = (
    "inputEPCList",
    "inputQuantityList",
    "outputEPCList",
    "outputQuantityList",
    "transformationID",
    *_WHY,
    "bizTransactionList",
    *_SIDES,
)
_ASSOCIATION: Final = (
    *_HEAD, "parentID", "childEPCs", "childQuantityList", "action", *_WHY, "bizTransactionList",
    *_SIDES, *_NEW,
)  # fmt: skip


def _after(*extension: Any) -> Layout:
    """What 1.2 wraps at the end of an event: its own additions, and inside them those of 2.0."""
    return (("extension", (*extension, ("extension", _NEW))),)


LAYOUTS: Final[dict[str, dict[str, Layout]]] = {
    "2.0": {
        "ObjectEvent": (
            *_HEAD, "epcList", "action", *_WHY, "bizTransactionList", "quantityList", *_SIDES,
            *_NEW, "ilmd",
        ),
        "AggregationEvent": (
            *_HEAD, "parentID", "childEPCs", "action", *_WHY, "bizTransactionList",
            "childQuantityList", *_SIDES, *_NEW,
        ),
        "TransactionEvent": (
            *_HEAD, "bizTransactionList", "parentID", "epcList", "action", *_WHY, "quantityList",
            *_SIDES, *_NEW,
        ),
        "TransformationEvent": (*_HEAD, *_MADE, *_NEW, "ilmd"),
        "AssociationEvent": _ASSOCIATION,
    },
    "1.2": {
        "ObjectEvent": (
            *_OLD_HEAD, "epcList", "action", *_WHY, "bizTransactionList",
            *_after("quantityList", *_SIDES, "ilmd"),
        ),
        "AggregationEvent": (
            *_OLD_HEAD, "parentID", "childEPCs", "action", *_WHY, "bizTransactionList",
            *_after("childQuantityList", *_SIDES),
        ),
        "TransactionEvent": (
            *_OLD_HEAD, "bizTransactionList", "parentID", "epcList", "action", *_WHY,
            *_after("quantityList", *_SIDES),
        ),
        "TransformationEvent": (*_OLD_HEAD, *_MADE, "ilmd", ("extension", _NEW)),
        "AssociationEvent": _ASSOCIATION,
    },
}  # fmt: skip
"""Edition → event type → layout."""

WRAPPERS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "2.0": {},
    "1.2": {
        "TransformationEvent": ("extension",),
        "AssociationEvent": ("extension", "extension"),
    },
}
"""What stands around an event in the event list."""

REQUIRED: Final[dict[str, frozenset[str]]] = {
    "2.0": frozenset(),
    "1.2": frozenset(("epcList", "childEPCs")),
}
"""Elements that the schema wants though they are empty."""

UNKNOWN_TO_1_2: Final = frozenset((*_NEW, "certificationInfo", "AssociationEvent"))
"""What came with 2.0."""

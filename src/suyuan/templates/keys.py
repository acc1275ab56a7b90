"""Takes the places of data items; gives the keys of columns, which are places in EPCIS JSON."""

from typing import Any, Final

REFS: Final = {
    "sources": "sourceList",
    "destinations": "destinationList",
    "transactions": "bizTransactionList",
}
REF_VALUE: Final = {
    "sourceList": "source",
    "destinationList": "destination",
    "bizTransactionList": "bizTransaction",
}
IDS: Final = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
AMOUNTS: Final = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
PARTS: Final = ("epcClass", "quantity", "uom")
PLACES: Final = ("readPoint", "bizLocation")
OF_TYPE: Final = {
    "ObjectEvent": ("epcList", "quantityList"),
    "AggregationEvent": ("parentID", "childEPCs", "childQuantityList"),
    "TransformationEvent": (
        "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList",
    ),
    "AssociationEvent": ("parentID", "childEPCs", "childQuantityList"),
    "TransactionEvent": ("parentID", "epcList", "quantityList"),
}  # fmt: skip
ILMD: Final = "ilmd."


def key_of(place: str, event: dict[str, Any]) -> str | None:
    """The key of a place in events like this one; None for a group of several columns."""
    head, _, name = place.partition(".")
    if head in REFS:
        return f"{REFS[head]}.{name}"
    if head == "ilmd":
        return place if may_have_ilmd(event) else None
    if head == "extensions":
        return name
    return {"biz_location": "bizLocation.id", "read_point": "readPoint.id"}.get(head)


def may_have_ilmd(event: dict[str, Any]) -> bool:
    """Only what makes something has ILMD (EPCIS 2.0 §7.4.1)."""
    added = event["type"] == "ObjectEvent" and event.get("action") == "ADD"
    return added or event["type"] == "TransformationEvent"


def spread(key: str) -> tuple[str, ...]:
    """The columns of a list: a list of amounts has three."""
    return tuple(f"{key}.{part}" for part in PARTS) if key in AMOUNTS else (key,)

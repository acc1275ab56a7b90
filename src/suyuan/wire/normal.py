"""One byte string for what an event means, and its digest (docs/concepts/digest.md)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from suyuan.kit.canonical import canonical_bytes, canonical_object, plain_decimal
from suyuan.kit.digest import sha256
from suyuan.kit.strictjson import parse
from suyuan.model import Belonging, ErrorDeclaration, Event, QuantityElement, TypedRef

VERSION: Final = b"suyuan-event-1\n"

_FRACTION: Final = re.compile(r"\.(\d+)")
_WHOLE: Final = len("2026-01-05T08:00:00")
_DEPTH: Final = 200


def normal_bytes(event: Event) -> bytes:
    """The canonical JSON of an event's meaning: one for all ways of writing it.

    Lists that EPCIS treats as sets are sorted, times are UTC, defaults are left out;
    `event_time_text` has no part in it. Equal for two events exactly if they mean the same.
    """
    said = {
        name: value if normal is None else normal(value)
        for (name, normal), value in zip(_MEMBERS, msgspec.structs.astuple(event), strict=True)
        if value or type(value) is str
    }
    del said["eventTimeText"]
    said["eventTime"] = _utc(event.event_time, event.event_time_text)
    return canonical_object(said)


def digest(event: Event | bytes) -> bytes:
    """SHA-256 (32 bytes) over the version and the normal bytes, which may be given instead."""
    return sha256(VERSION + (event if isinstance(event, bytes) else normal_bytes(event)))


def event_from_normal(data: bytes) -> Event:
    """The event that normal bytes say; its time texts are the normal ones.

    Raises:
        ValueError: the bytes are not those of an event.
    """
    plain = parse(data, max_depth=_DEPTH)
    plain["eventTimeText"] = plain["eventTime"]
    if "error" in plain:
        plain["error"]["declarationTimeText"] = plain["error"]["declarationTime"]
    return msgspec.convert(plain, Event)


def _utc(at: datetime, text: str) -> str:
    """The instant in UTC with every digit of its text and no zero at the end."""
    whole = (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()[:_WHOLE]
    match = _FRACTION.match(text, _WHOLE)
    fraction = (match[1] if match else f"{at.microsecond:06}").rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def _names(names: tuple[str, ...]) -> list[str]:
    """A set: without repetitions, in the order of their bytes."""
    return sorted(set(names))


# The members of these two stand in the order of their names, and none of them is a number.
_IN_ORDER: Final = msgspec.json.Encoder().encode


def _refs(refs: tuple[TypedRef | Belonging, ...]) -> list[TypedRef | Belonging]:
    return list(refs) if len(refs) == 1 else sorted(refs, key=_IN_ORDER)


def _amounts(elements: tuple[QuantityElement, ...]) -> list[msgspec.Raw]:
    return _raw(sorted(map(_amount, elements)))


def _amount(element: QuantityElement) -> bytes:
    said: dict[str, Any] = {"epcClass": element.epc_class}
    if element.quantity is not None:
        said["quantity"] = msgspec.Raw(plain_decimal(element.quantity).encode())
    if element.uom is not None:
        said["uom"] = element.uom
    return canonical_object(said)


def _raw(items: list[bytes]) -> list[msgspec.Raw]:
    return [msgspec.Raw(item) for item in items]


def _open(value: Any) -> msgspec.Raw:
    """What senders define, which may hold anything."""
    return msgspec.Raw(canonical_bytes(list(value) if type(value) is tuple else value))


def _certifications(items: tuple[Any, ...]) -> list[msgspec.Raw]:
    return _raw(sorted(map(canonical_bytes, items)))


def _error(error: ErrorDeclaration) -> dict[str, Any]:
    said: dict[str, Any] = {
        "declarationTime": _utc(error.declaration_time, error.declaration_time_text)
    }
    if error.reason is not None:
        said["reason"] = error.reason
    if error.corrective_event_ids:
        said["correctiveEventIds"] = _names(error.corrective_event_ids)
    if error.extensions:
        said["extensions"] = _open(error.extensions)
    return said


_NORMAL: Final[dict[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("epcs", "input_epcs", "output_epcs"), _names),
    **dict.fromkeys(("persistent_set", "persistent_unset"), _names),
    **dict.fromkeys(("quantities", "input_quantities", "output_quantities"), _amounts),
    **dict.fromkeys(("biz_transactions", "sources", "destinations", "belongings"), _refs),
    **dict.fromkeys(("ilmd", "extensions", "sensors"), _open),
    **dict.fromkeys(("read_point_extensions", "biz_location_extensions"), _open),
    "certifications": _certifications,
    "error": _error,
}
# How each field is called there and what becomes of its value, in the order of the fields.
_MEMBERS: Final = tuple(
    (field.encode_name, _NORMAL.get(field.name)) for field in msgspec.structs.fields(Event)
)

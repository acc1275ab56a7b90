"""One byte string for what an event means, and its digest (docs/concepts/digest.md)."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.digest import sha256
from suyuan.kit.strictjson import parse
from suyuan.model import Event

VERSION: Final = b"suyuan-event-1\n"

_FRACTION: Final = re.compile(r"\.(\d+)")
_NAMES: Final = (
    "epcs", "inputEpcs", "outputEpcs", "persistentSet", "persistentUnset",
)  # fmt: skip
_GROUPS: Final = (
    "quantities", "inputQuantities", "outputQuantities", "bizTransactions", "sources",
    "destinations", "certifications", "belongings",
)  # fmt: skip
_DEPTH: Final = 200


def normal_bytes(event: Event) -> bytes:
    """The canonical JSON of an event's meaning: one for all ways of writing it.

    Lists that EPCIS treats as sets are sorted, times are UTC, defaults are left out;
    `event_time_text` has no part in it. Equal for two events exactly if they mean the same.
    """
    plain = msgspec.to_builtins(event, builtin_types=(Decimal, datetime))
    del plain["eventTimeText"]
    plain["eventTime"] = _utc(event.event_time, event.event_time_text)
    for key in _NAMES:
        if key in plain:
            plain[key] = sorted(set(plain[key]))
    for key in _GROUPS:
        if key in plain:
            plain[key] = _sorted(plain[key])
    if "sensors" in plain:
        plain["sensors"] = list(plain["sensors"])
    if event.error is not None:
        _order_error(
            plain["error"], event.error.declaration_time, event.error.declaration_time_text
        )
    return canonical_bytes(plain)


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


def _order_error(plain: dict[str, Any], at: datetime, text: str) -> None:
    plain.pop("declarationTimeText", None)
    plain["declarationTime"] = _utc(at, text)
    if "correctiveEventIds" in plain:
        plain["correctiveEventIds"] = sorted(set(plain["correctiveEventIds"]))


def _utc(at: datetime, text: str) -> str:
    """The instant in UTC with every digit of its text and no zero at the end."""
    whole = at.astimezone(UTC).isoformat()[:19]
    match = _FRACTION.search(text)
    fraction = (match[1] if match else f"{at.microsecond:06}").rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def _sorted(items: Any) -> list[Any]:
    if len(items) == 1:
        return list(items)
    return sorted(items, key=canonical_bytes)

"""Identifiers of an event from one GS1 spelling into the other: EPC URN and Digital Link."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final

from suyuan.codes import Grain, read_identifier, to_digital_link, to_epc_urn
from suyuan.kit import SuyuanError, Text
from suyuan.model import Finding
from suyuan.wire.losses import loss
from suyuan.wire.reading import shown
from suyuan.wire.shapes import EPC_LISTS, QUANTITY_LISTS


class Spelling(StrEnum):
    """How identifiers are written; EPC URNs mark off the company prefix, links do not."""

    AS_SENT = "as-sent"
    URN = "urn"
    LINK = "link"


_URN: Final = re.compile(r"urn:epc:(?:id|class|idpat):[a-z]+:(\d{6,12})\.")
_URNS: Final = re.compile(rb"urn:epc:(?:id|class|idpat):[a-z]+:(\d{6,12})\.")
_PREFIX: Final = re.compile("[0-9]{6,12}")
_NO_PREFIX = Text(
    "“{given}” 不是厂商识别代码；请写 6 至 12 位数字，不带校验位，如 6901234。",
    "'{given}' is no company prefix; write 6 to 12 digits without a check digit, such as 6901234.",
)
_CANONICAL: Final = "https://id.gs1.org/"

# The members that hold identifiers; those below a list or an object by the name inside.
_NAMES: Final = EPC_LISTS | {"parentID", "transformationID"}
_SENSED: Final = ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules")
_INSIDE: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(QUANTITY_LISTS, ("epcClass",)),
    **dict.fromkeys(("readPoint", "bizLocation"), ("id",)),
    "bizTransactionList": ("bizTransaction",),
    "sourceList": ("source",),
    "destinationList": ("destination",),
    "sensorMetadata": _SENSED,
    "sensorReport": _SENSED,
}
_AROUND: Final = frozenset(("sensorElementList",))

Change = Callable[[str, str], str]
"""Gives a value in the other spelling, and notes at its path what that loses."""


def company_prefixes(given: Iterable[str], place: str) -> frozenset[str]:
    """Company prefixes as somebody gave them at that place; in EPC URNs they have 6 to 12 digits.

    Raises:
        SuyuanError: one has not, and would fit no code.
    """
    found = frozenset(given)
    for each in sorted(found):
        if not _PREFIX.fullmatch(each):
            raise SuyuanError("convert.company-prefix", _NO_PREFIX.format(given=shown(each)), place)
    return found


def prefixes_in(data: bytes) -> frozenset[str]:
    """The company prefixes that the EPC URNs of a document mark off."""
    return frozenset(found.decode() for found in set(_URNS.findall(data)))


def respell(
    event: dict[str, Any], spelling: Spelling, prefixes: frozenset[str]
) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The event with its identifiers spelled so, and what stays as it was or says less.

    `prefixes` are the company prefixes that are known: a link does not say where its own ends.
    """
    if spelling is Spelling.AS_SENT:
        return event, ()
    losses: list[Finding] = []
    change = _to_link(losses) if spelling is Spelling.LINK else _to_urn(losses, prefixes)
    return _changed(event, change, ""), tuple(losses)


def _changed(members: dict[str, Any], change: Change, path: str) -> dict[str, Any]:
    out = {}
    for key, value in members.items():
        place = f"{path}/{key}"
        if key in _NAMES:
            out[key] = _values(value, change, place)
        elif key in _INSIDE:
            out[key] = _objects(value, _INSIDE[key], change, place)
        elif key in _AROUND and isinstance(value, list):
            out[key] = [
                _changed(item, change, f"{place}/{at}") if isinstance(item, dict) else item
                for at, item in enumerate(value)
            ]
        else:
            out[key] = value
    return out


def _values(value: Any, change: Change, path: str) -> Any:
    if isinstance(value, list):
        return [_values(item, change, f"{path}/{at}") for at, item in enumerate(value)]
    return change(value, path) if isinstance(value, str) else value


def _objects(value: Any, names: Iterable[str], change: Change, path: str) -> Any:
    if isinstance(value, list):
        return [_objects(item, names, change, f"{path}/{at}") for at, item in enumerate(value)]
    if not isinstance(value, dict):
        return _values(value, change, path)
    return {
        key: _values(item, change, f"{path}/{key}") if key in names else item
        for key, item in value.items()
    }


def _to_link(losses: list[Finding]) -> Change:
    def change(value: str, path: str) -> str:
        if not value.lower().startswith("urn:epc:"):
            return value
        link = _link(value)
        if link is None:
            losses.append(loss("convert.code", path, found=shown(value)))
        return link or value

    return change


def _to_urn(losses: list[Finding], prefixes: frozenset[str]) -> Change:
    lengths = sorted({len(prefix) for prefix in prefixes})

    def change(value: str, path: str) -> str:
        if not value.lower().startswith(("http://", "https://")) or _link(value) is None:
            return value
        found = {urn for length in lengths if (urn := _urn(value, length, prefixes))}
        if len(found) != 1:
            losses.append(loss("convert.prefix", path, found=shown(value)))
            return value
        if _says_more(value):
            losses.append(loss("convert.more", path, found=shown(value)))
        return found.pop()

    return change


def _link(value: str) -> str | None:
    try:
        return to_digital_link(value)
    except SuyuanError:
        return None


def _urn(value: str, length: int, prefixes: frozenset[str]) -> str | None:
    urn = to_epc_urn(value, length)
    match = _URN.match(urn or "")
    return urn if match is not None and match[1] in prefixes else None


def _says_more(value: str) -> bool:
    """Whether a link has a lot beside its serial number, attributes, or a host of its own."""
    known = read_identifier(value, capturer="")
    with_lot = known.lot is not None and known.grain is Grain.INSTANCE
    return with_lot or "?" in value or not value.startswith(_CANONICAL)

"""The CBV 2.0 event hash id (CBV 2.0 §8.9.2), for exchange with those who use it.

It is the SHA-256 of a text that the reference implementation of the standard's authors defines
by its published examples; what is not in these is decided in docs/concepts/digest.md. It folds
numbers through binary fractions, so different events can share an id: nothing of ours rests on it.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

from suyuan.codes import to_digital_link
from suyuan.kit import SuyuanError
from suyuan.kit.digest import sha256
from suyuan.wire.cbv import (
    BIZ_STEP,
    BIZ_TRANSACTION,
    COMPONENT,
    DISPOSITION,
    MEASUREMENT,
    SENSOR_ALERT,
    SOURCE_DESTINATION,
    Vocabulary,
)
from suyuan.wire.types import Context
from suyuan.wire.xml_names import POINT, spelled_names

ALGORITHM: Final = "CBV2.0"
"""The edition whose layout is hashed; it stands in every id."""

Names = dict[str, str]
"""What the prefixes of a document stand for, in the very words of the document."""

Reader = Callable[[str, Any, Names], str]
"""Gives what a member adds to the text: its name and its value, or nothing if it is empty."""

_NEVER: Final = frozenset(
    ("type", "recordTime", "eventID", "errorDeclaration", "@context", "rdfs:comment", "comment")
)
_COMMENTS: Final = frozenset(("rdfs:comment", "comment"))
_VALUE_PREFIXES: Final = (
    ("gs1:", "https://gs1.org/voc/"),
    ("cbv:", "https://ref.gs1.org/cbv/"),
    ("urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-"),
    ("urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-"),
    ("urn:epcglobal:cbv:btt:", "https://ref.gs1.org/cbv/BTT-"),
    ("urn:epcglobal:cbv:sdt:", "https://ref.gs1.org/cbv/SDT-"),
    ("urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-"),
)
_BEGINNINGS: Final = tuple(beginning for beginning, _ in _VALUE_PREFIXES)
_BEFORE: Final[dict[str, str]] = {
    BIZ_STEP.name: "https://ref.gs1.org/cbv/BizStep-",
    DISPOSITION.name: "https://ref.gs1.org/cbv/Disp-",
    BIZ_TRANSACTION.name: "https://ref.gs1.org/cbv/BTT-",
    SOURCE_DESTINATION.name: "https://ref.gs1.org/cbv/SDT-",
    COMPONENT.name: "https://ref.gs1.org/cbv/Comp-",
    MEASUREMENT.name: "https://gs1.org/voc/",
    SENSOR_ALERT.name: "https://gs1.org/voc/",
}
_ROUNDED: Final = timedelta(milliseconds=1)
_URI: Final = re.compile(r"https?://|urn:epc:", re.IGNORECASE)
_ESCAPES: Final = re.compile("%27|%3B|%3D")  # what the reference leaves unescaped
_OF_NUMBERS: Final = frozenset("iInN")
"""Letters with which a number may begin: inf, nan."""
_VARIANT: Final = "/22/"
_SETTLED: Final = re.compile(
    r"https://id\.gs1\.org/(?:01/[0-9]{14}(?:/(?:10|21)/[A-Za-z0-9._-]+)?|00/[0-9]{18}"
    r"|41[47]/[0-9]{13}(?:/254/[A-Za-z0-9._-]+)?)"
)
"""Links that have the form of the reference already, right or wrong: they are not read again."""


def event_hash(
    event: dict[str, Any], context: Context, *, ignored: frozenset[str] = frozenset()
) -> str:
    """The hash id of an event as it was sent: `ni:///sha-256;<hex>?ver=CBV2.0` (RFC 6920).

    `event` are the members of its JSON, numbers as int or Decimal; `context` the document's.
    `ignored` are names (`{namespace}local`) that the document leaves out of its hashes.
    """
    return hash_id(pre_hash(event, context, ignored=ignored))


def hash_id(text: str) -> str:
    """The id that names the SHA-256 of a pre-hash text."""
    return f"ni:///sha-256;{sha256(text.encode()).hex()}?ver={ALGORITHM}"


def pre_hash(
    event: dict[str, Any], context: Context, *, ignored: frozenset[str] = frozenset()
) -> str:
    """The text that is hashed: standard members in their order, then all others sorted."""
    names = spelled_names(event, context)
    kind = event.get("type", "")
    rest = {key: value for key, value in event.items() if key not in _NEVER}
    if ignored:
        rest = {key: value for key, value in rest.items() if _name(key, names) not in ignored}
    ordered = _in_order(rest, _EVENT, names)
    return f"eventType={kind}{ordered}{_others(rest, names)}"


def _in_order(rest: dict[str, Any], order: dict[str, Reader], names: Names) -> str:
    """What the members named in `order` say; they are taken out of `rest`."""
    return "".join(read(key, rest.pop(key), names) for key, read in order.items() if key in rest)


def _others(rest: dict[str, Any], names: Names) -> str:
    """All further members: every item of a list under the name of the list, sorted as text."""
    found = (
        _further(key, item, names)
        for key, value in rest.items()
        if key not in _COMMENTS
        for item in (_flat(value) if isinstance(value, list) and key not in _BESIDE else [value])
    )
    return "".join(sorted(found))


def _flat(items: list[Any]) -> Iterable[Any]:
    for item in items:
        yield from _flat(item) if isinstance(item, list) else [item]


def _further(key: str, value: Any, names: Names) -> str:
    reader = _BESIDE.get(key)
    if reader is not None:
        return reader(key, value, names)
    name = _name(key, names)
    if isinstance(value, dict):
        own = _value(value["#text"]) if "#text" in value else ""
        inner = {key: item for key, item in value.items() if key != "#text"}
        return name + (f"={own}" if own else "") + _others(inner, names)
    said = _value(value)
    return f"{name}={said}" if said else name


def _name(key: str, names: Names) -> str:
    """A name of somebody's own as XML has it: the namespace in braces, then the local part."""
    if key.startswith(POINT):
        return key[len(POINT) :]
    prefix, colon, local = key.partition(":")
    return f"{{{names[prefix]}}}{local}" if colon and prefix in names else key


def _value(value: Any) -> str:
    """One spelling for what is said: of vocabulary, of numbers, of identifiers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    text = (format(value, "f") if isinstance(value, Decimal) else str(value)).strip()
    if text.startswith("http"):  # neither a short word nor a number: most of what events say
        return text if _SETTLED.fullmatch(text) else _identifier(text)
    return _identifier(_number(_word(text)))


def _word(text: str) -> str:
    if not text.startswith(_BEGINNINGS):
        return text
    for beginning, full in _VALUE_PREFIXES:
        if text.startswith(beginning):
            return full + text[len(beginning) :]
    return text


def _number(text: str) -> str:
    """Whatever reads as a number, in the one spelling of a binary fraction.

    That the reference reads texts so, "007" and codes of twenty digits too, is why this hash
    is no evidence. What it cannot write (infinity) stays as it is here; there the event is lost.
    """
    if text[:1].isalpha() and text[0] not in _OF_NUMBERS:
        return text
    try:
        number = float(text)
        return str(int(number)) if int(number) == number else repr(number)
    except (ValueError, OverflowError):
        return text


@lru_cache(maxsize=1 << 14)
def _identifier(text: str) -> str:
    """The Digital Link of a GS1 key in any spelling, of the finest level, without attributes."""
    if _URI.match(text) is None:
        return text
    try:
        link = to_digital_link(text)
    except SuyuanError:
        return text  # some other address, or a key whose check digit is wrong
    return _ESCAPES.sub(lambda match: unquote(match[0]), link.partition(_VARIANT)[0])


def _plain(name: str, value: Any, _names: Names) -> str:
    said = _value(value)
    return f"{name}={said}" if said else ""


def _instant(name: str, value: Any, _names: Names) -> str:
    """A time in UTC to the millisecond."""
    said = str(value).strip()
    try:
        at = datetime.fromisoformat(said.upper())
        if at.tzinfo is None:
            return f"{name}={said}"
        at = at.replace(microsecond=0) + _ROUNDED * round(at.microsecond / 1000)
        said = at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    except (ValueError, OverflowError):
        pass
    return f"{name}={said}" if said else ""


def _worded(vocabulary: Vocabulary) -> Reader:
    """A word of the vocabulary, written out in full."""
    before = _BEFORE[vocabulary.name]

    def read(name: str, value: Any, names: Names) -> str:
        full = isinstance(value, str) and _is_bare(vocabulary, value)
        return _plain(name, before + value if full else value, names)

    return read


def _is_bare(vocabulary: Vocabulary, value: str) -> bool:
    grown = vocabulary.tolerant and value != "" and ":" not in value
    return value in vocabulary.words or grown


def _listed(inner: str, read: Reader) -> Reader:
    """A list: its name, then its items sorted, each under the name it has in XML."""

    def read_list(name: str, value: Any, names: Names) -> str:
        listed = value if isinstance(value, list) else [value]
        said = "".join(sorted(read(inner, item, names) for item in listed))
        return name + said if said else ""

    return read_list


def _repeated(read: Reader) -> Reader:
    """A member that XML repeats, without an element around it."""

    def read_all(name: str, value: Any, names: Names) -> str:
        listed = value if isinstance(value, list) else [value]
        return "".join(sorted(read(name, item, names) for item in listed))

    return read_all


def _formed(order: dict[str, Reader], *, named: bool = True) -> Reader:
    """An object: its members in their order, then what else it has."""

    def read(name: str, value: Any, names: Names) -> str:
        if not isinstance(value, dict):
            return _plain(name, value, names)
        rest = dict(value)
        said = _in_order(rest, order, names) + _others(rest, names)
        return (name if named else "") + said if said else ""

    return read


def _typed(name: str, vocabulary: Vocabulary) -> Reader:
    """Business transactions, sources, destinations: the type, then what is of it."""
    return _listed(name, _formed({"type": _worded(vocabulary), name: _plain}, named=False))


_EPCS: Final = _listed("epc", _plain)
_QUANTITIES: Final = _listed(
    "quantityElement", _formed(dict.fromkeys(("epcClass", "quantity", "uom"), _plain))
)
_PLACE: Final = _formed({"id": _plain})
_STATE: Final = _repeated(_worded(DISPOSITION))
_METADATA: Final[dict[str, Reader]] = {
    **dict.fromkeys(("time", "startTime", "endTime"), _instant),
    **dict.fromkeys(
        ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"), _plain
    ),
}
_REPORT: Final[dict[str, Reader]] = {
    "type": _worded(MEASUREMENT),
    "exception": _worded(SENSOR_ALERT),
    **dict.fromkeys(("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod"), _plain),
    "time": _instant,
    **dict.fromkeys(("microorganism", "chemicalSubstance", "value"), _plain),
    "component": _worded(COMPONENT),
    **dict.fromkeys(
        ("stringValue", "booleanValue", "hexBinaryValue", "uriValue", "minValue", "maxValue",
         "meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem"),
        _plain,
    ),
}  # fmt: skip
_EVENT: Final[dict[str, Reader]] = {
    "eventTime": _instant,
    "eventTimeZoneOffset": _plain,
    "certificationInfo": _repeated(_formed({})),
    "parentID": _plain,
    "epcList": _EPCS,
    "inputEPCList": _EPCS,
    "childEPCs": _EPCS,
    **dict.fromkeys(("quantityList", "childQuantityList", "inputQuantityList"), _QUANTITIES),
    "outputEPCList": _EPCS,
    "outputQuantityList": _QUANTITIES,
    "action": _plain,
    "transformationID": _plain,
    "bizStep": _worded(BIZ_STEP),
    "disposition": _worded(DISPOSITION),
    "persistentDisposition": _formed({"set": _STATE, "unset": _STATE}),
    "readPoint": _PLACE,
    "bizLocation": _PLACE,
    "sensorElementList": _listed(
        "sensorElement",
        _formed(
            {"sensorMetadata": _formed(_METADATA), "sensorReport": _repeated(_formed(_REPORT))}
        ),
    ),
}
# These stand among the extensions, in the order of the whole text.
_BESIDE: Final[dict[str, Reader]] = {
    "bizTransactionList": _typed("bizTransaction", BIZ_TRANSACTION),
    "sourceList": _typed("source", SOURCE_DESTINATION),
    "destinationList": _typed("destination", SOURCE_DESTINATION),
}

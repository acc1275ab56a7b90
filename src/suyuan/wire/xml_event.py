"""One event of XML as the members that it has in JSON-LD (EPCIS 2.0 §9.5, 1.2 §9.6).

The same model is read from both: what XML wraps is unwrapped, words of the vocabulary are bare,
numbers are numbers. `extension` and `baseExtension`, in which editions before 2.0 put what was
new, mean nothing of their own.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

import msgspec

from suyuan.wire.cbv import (
    BIZ_STEP,
    BIZ_TRANSACTION,
    COMPONENT,
    DISPOSITION,
    ERROR_REASON,
    MEASUREMENT,
    SENSOR_ALERT,
    SOURCE_DESTINATION,
    Vocabulary,
)
from suyuan.wire.sensors import NUMERIC, WORDED
from suyuan.wire.shapes import EPC_LISTS, QUANTITY_LISTS
from suyuan.wire.xml_names import EPCIS, POINT, STANDARD, Names
from suyuan.wire.xml_tree import XML_NAMESPACE, XSI, Element, tree

_DEPTH: Final = 64
_ENCODE: Final = msgspec.json.Encoder(decimal_format="number").encode
WRAPPED: Final = frozenset(("extension", "baseExtension"))
# As many digits as the largest exponent written out has.
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,401}(?:\.\d{0,401})?|\.\d{1,401})(?:[eE][+-]?\d{1,3})?")
_LARGEST: Final = 400  # of an exponent, as in JSON
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}
_NUMERIC_TYPES: Final = frozenset(
    [
        "integer",
        "int",
        "long",
        "short",
        "byte",
        "decimal",
        "double",
        "float",
        "nonNegativeInteger",
        "positiveInteger",
        "nonPositiveInteger",
        "negativeInteger",
        "unsignedInt",
        "unsignedLong",
        "unsignedShort",
        "unsignedByte",
    ]
)


Places = dict[str, Element]
"""Where each member of an event stands: JSON pointer → element."""


class _Converting:
    """What is gathered on the way through one event."""

    __slots__ = ("names", "places")

    def __init__(self, declared: dict[str, str]) -> None:
        self.names = Names(declared)
        self.places: Places = {}


Convert = Callable[[_Converting, Element, str], Any]
"""Gives the JSON of an element; the pointer is where it will stand."""


def from_xml(
    raw: bytes, *, max_depth: int = _DEPTH, first_line: int = 1
) -> tuple[dict[str, Any], Places]:
    """The members of an event whose bytes are one element with all namespaces that it needs.

    Raises:
        XmlError: the bytes are no XML that is read here.
    """
    root, declared = tree(raw, max_depth=max_depth, first_line=first_line)
    going = _Converting(declared)
    going.places[""] = root
    if root.name == "QuantityEvent" and root.namespace in STANDARD:
        members = _quantity_event(going, root)
    else:
        kind = root.name if root.namespace in STANDARD else _own_name(going, root)
        members = {"type": kind, **_members(going, root, "", _EVENT)}
    context = going.names.context()
    return {"@context": context, **members} if context else members, going.places


def as_json(raw: bytes) -> bytes:
    """The bytes of an event as JSON-LD, whichever way it came; what is JSON stays as it is.

    Raises:
        XmlError: as `from_xml`.
    """
    return _ENCODE(from_xml(raw)[0]) if is_xml(raw) else raw


def is_xml(raw: bytes) -> bool:
    """Whether an event came as XML: that begins with a bracket that JSON does not know."""
    return raw[:1] == b"<"


def _own_name(going: _Converting, element: Element) -> str:
    return going.names.compact(element.namespace, element.prefix, element.name)


def _members(
    going: _Converting, element: Element, path: str, known: dict[str, Convert]
) -> dict[str, Any]:
    """The members of an object of the standard; what it does not know is an extension."""
    out = _Members()
    for child, wrapped in _unwrapped(element):
        standard = child.namespace in STANDARD
        convert = known.get(child.name) if standard else None
        key = child.name if convert else _key(going, child)
        if standard and wrapped and convert is None:
            key = POINT + child.name
        place = f"{path}/{key}"
        going.places.setdefault(place, child)
        out.add(key, (convert or _open)(going, child, place))
    for namespace, prefix, name, value in element.attributes:
        if namespace and namespace not in {XSI, XML_NAMESPACE}:
            out.add(going.names.compact(namespace, prefix, name), value)
    return out.found


def _unwrapped(element: Element, *, inside: bool = False) -> Iterator[tuple[Element, bool]]:
    """The children, those inside wrappers in the place of these; and whether one was wrapped."""
    for child in element.children:
        if child.namespace in STANDARD and child.name in WRAPPED:
            yield from _unwrapped(child, inside=True)
        else:
            yield child, inside


class _Members:
    """Members as they are found; one that comes again makes a list of all."""

    __slots__ = ("_several", "found")

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self._several: set[str] = set()

    def add(self, key: str, value: Any) -> None:
        if key not in self.found:
            self.found[key] = value
        elif key in self._several:
            self.found[key].append(value)
        else:
            self.found[key] = [self.found[key], value]
            self._several.add(key)


def _key(going: _Converting, element: Element) -> str:
    bare = element.namespace in EPCIS
    return element.name if bare else _own_name(going, element)


def _text(going: _Converting, element: Element, _path: str) -> str:
    return going.names.mention(element.said())


def _exact(text: str) -> Decimal | str:
    """A number of XML schema, exact; what is none stays text, for its reader to refuse."""
    if _NUMBER.fullmatch(text) is None:
        return text
    number = Decimal(text)
    return number if abs(number.adjusted()) <= _LARGEST else text


def _number(_going: _Converting, element: Element, _path: str) -> Decimal | str | None:
    if element.get("nil", XSI) in {"true", "1"}:
        return None
    return _exact(element.said())


def bare_word(vocabulary: Vocabulary, text: str) -> str:
    """A word without what XML writes before it: the URN, the address, a prefix."""
    word = text
    for beginning in (*vocabulary.withdrawn, *vocabulary.full, *_PREFIXED[vocabulary.name]):
        if text.startswith(beginning):
            word = text[len(beginning) :]
            break
    return word if word in vocabulary.words or vocabulary.tolerant else text


_PREFIXED: Final[dict[str, tuple[str, ...]]] = {
    BIZ_STEP.name: ("cbv:BizStep-",),
    DISPOSITION.name: ("cbv:Disp-",),
    BIZ_TRANSACTION.name: ("cbv:BTT-",),
    SOURCE_DESTINATION.name: ("cbv:SDT-",),
    ERROR_REASON.name: ("cbv:ER-",),
    COMPONENT.name: ("cbv:Comp-",),
    MEASUREMENT.name: ("gs1:",),
    SENSOR_ALERT.name: ("gs1:",),
}


def _word(vocabulary: Vocabulary) -> Convert:
    def convert(going: _Converting, element: Element, _path: str) -> str:
        return going.names.mention(bare_word(vocabulary, element.said()))

    return convert


def _each(name: str, convert: Convert) -> Convert:
    """A list element: its items, the elements of that name."""

    def convert_all(going: _Converting, element: Element, path: str) -> list[Any]:
        out: list[Any] = []
        for child in element.children:
            place = f"{path}/{len(out)}"
            going.places[place] = child
            known = child.name == name and child.namespace in STANDARD
            out.append((convert if known else _stray)(going, child, place))
        return out

    return convert_all


def _stray(going: _Converting, element: Element, path: str) -> dict[str, Any]:
    """An element where the list has none such: an object that its reader refuses by name."""
    return {_own_name(going, element): _open(going, element, path)}


def _object(known: dict[str, Convert]) -> Convert:
    def convert(going: _Converting, element: Element, path: str) -> dict[str, Any]:
        return _members(going, element, path, known)

    return convert


def _typed(name: str, vocabulary: Vocabulary) -> Convert:
    """A business transaction, source or destination: the text names it, an attribute its type."""

    def convert(going: _Converting, element: Element, path: str) -> dict[str, Any]:
        kind = element.get("type")
        typed = {} if kind is None else {"type": going.names.mention(bare_word(vocabulary, kind))}
        others = _members(going, element, path, {})
        return {**typed, name: element.said(), **others}

    return convert


def _dispositions(going: _Converting, element: Element, path: str) -> dict[str, Any]:
    found = _members(going, element, path, {"set": _STATE, "unset": _STATE})
    return {key: value if isinstance(value, list) else [value] for key, value in found.items()}


_STATE: Final = _word(DISPOSITION)


def _sensor_attributes(going: _Converting, element: Element, path: str) -> dict[str, Any]:
    """SensorMetadata and sensorReport say everything in attributes."""
    own = {
        name: _sensor_value(going, name, value)
        for namespace, _, name, value in element.attributes
        if not namespace
    }
    return {**own, **_members(going, element, path, {})}


def _sensor_value(going: _Converting, name: str, value: str) -> Any:
    if name in NUMERIC:
        return _exact(value.strip())
    if name == "booleanValue":
        return _TRUTH.get(value.strip(), value)
    if name in WORDED:
        return going.names.mention(bare_word(WORDED[name], value))
    return value


def _sensor(going: _Converting, element: Element, path: str) -> dict[str, Any]:
    out = _members(going, element, path, _SENSOR)
    reports = out.get("sensorReport")
    if reports is not None and not isinstance(reports, list):
        out["sensorReport"] = [reports]
    return out


def _ilmd(going: _Converting, element: Element, path: str) -> dict[str, Any]:
    return _members(going, element, path, {})


def _open(going: _Converting, element: Element, path: str) -> Any:
    """A value of somebody's own: text by its xsi:type, or an object of what is inside.

    An attribute is a member like a child; text beside members is `#text`.
    """
    out = _Members()
    for namespace, prefix, name, value in element.attributes:
        if namespace == XSI or (namespace == XML_NAMESPACE and name == "space"):
            continue
        out.add(going.names.compact(namespace, prefix, name), value)
    for child in element.children:
        out.add(_key(going, child), _open(going, child, path))
    said = _scalar(element)
    if not out.found:
        return said
    return {**out.found, "#text": said} if said != "" else out.found


def _scalar(element: Element) -> Any:
    text = element.said()
    kind = (element.get("type", XSI) or "").rpartition(":")[2]
    if kind in _NUMERIC_TYPES:
        return _exact(text.strip())
    return _TRUTH.get(text.strip(), text) if kind == "boolean" else text


def _quantity_event(going: _Converting, root: Element) -> dict[str, Any]:
    """A QuantityEvent (withdrawn in 2.0) as EPCIS 1.1 §7.4.4 says it: an observation of a class."""
    members = _members(going, root, "", {**_EVENT, "epcClass": _text, "quantity": _number})
    element = {key: members.pop(key) for key in ("epcClass", "quantity") if key in members}
    return {"type": "ObjectEvent", "action": "OBSERVE", "quantityList": [element], **members}


_EPCS: Final = _each("epc", _text)
_QUANTITIES: Final = _each(
    "quantityElement", _object({"epcClass": _text, "quantity": _number, "uom": _text})
)
_PLACE: Final = _object({"id": _text})
_SENSOR: Final[dict[str, Convert]] = {
    "sensorMetadata": _sensor_attributes,
    "sensorReport": _sensor_attributes,
}
_ERROR: Final[dict[str, Convert]] = {
    "declarationTime": _text,
    "reason": _word(ERROR_REASON),
    "correctiveEventIDs": _each("correctiveEventID", _text),
}
_EVENT: Final[dict[str, Convert]] = {
    **dict.fromkeys(
        ("eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "certificationInfo",
         "action", "parentID", "transformationID"),
        _text,
    ),
    "errorDeclaration": _object(_ERROR),
    **dict.fromkeys(EPC_LISTS, _EPCS),
    **dict.fromkeys(QUANTITY_LISTS, _QUANTITIES),
    "bizStep": _word(BIZ_STEP),
    "disposition": _word(DISPOSITION),
    "persistentDisposition": _dispositions,
    "readPoint": _PLACE,
    "bizLocation": _PLACE,
    "bizTransactionList": _each("bizTransaction", _typed("bizTransaction", BIZ_TRANSACTION)),
    "sourceList": _each("source", _typed("source", SOURCE_DESTINATION)),
    "destinationList": _each("destination", _typed("destination", SOURCE_DESTINATION)),
    "sensorElementList": _each("sensorElement", _sensor),
    "ilmd": _ilmd,
}  # fmt: skip

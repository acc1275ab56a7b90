"""One event as XML of edition 2.0 or 1.2, from the members that it has in JSON-LD.

Elements stand in the order of the schemas. 1.2 is given what came after it at the extension
points of its schema, and each such place is told.
"""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from suyuan.model import Finding
from suyuan.wire.cbv import (
    BIZ_STEP,
    BIZ_TRANSACTION,
    DISPOSITION,
    ERROR_REASON,
    MEASUREMENT,
    SENSOR_ALERT,
    SOURCE_DESTINATION,
    Vocabulary,
)
from suyuan.wire.fields import pointer
from suyuan.wire.sensors import METADATA, REPORT, WORDED
from suyuan.wire.shapes import EPC_LISTS, QUANTITY_LISTS
from suyuan.wire.types import Context
from suyuan.wire.xml_event import WRAPPED, bare_word
from suyuan.wire.xml_layout import LAYOUTS, REQUIRED, UNKNOWN_TO_1_2, WRAPPERS, Layout
from suyuan.wire.xml_text import Writing, number
from suyuan.wire.xml_tree import XSI


class Edition(StrEnum):
    """Editions of EPCIS that XML is written in."""

    V2_0 = "2.0"
    V1_2 = "1.2"


class XmlEvent(Struct, frozen=True):
    """An event as one element with its namespaces, and what XML could not say of it."""

    xml: str
    losses: tuple[Finding, ...]


Write = Callable[[Writing, str, Any, str], str]
"""Gives the XML of a member by that name; the path is its place in the JSON."""


def write_event(
    event: dict[str, Any],
    context: Context,
    *,
    edition: Edition = Edition.V2_0,
    web: bool = False,
    alone: bool = False,
) -> XmlEvent:
    """The element of an event that can be read; `web` writes CBV words as web addresses.

    `event` are its members as JSON has them, `context` those of its document. One that is not
    `alone` has around it what its edition wraps it in inside an event list.
    """
    writing = Writing(event, context, edition=edition.value, web=web)
    kind = str(event.get("type", "")).rpartition(":")[2].rpartition("/")[2]
    layout = LAYOUTS[edition.value][kind]
    rest = {key: item for key, item in event.items() if key not in {"type", "@context"}}
    _tell_edition(writing, kind, rest)
    inside = _laid_out(writing, rest, layout) + _extensions(writing, rest, "")
    body = f"<{kind}{writing.declarations()}>{inside}</{kind}>"
    for wrapper in () if alone else WRAPPERS[edition.value].get(kind, ()):
        body = f"<{wrapper}>{body}</{wrapper}>"
    return XmlEvent(body, tuple(writing.losses))


def _tell_edition(writing: Writing, kind: str, event: dict[str, Any]) -> None:
    if writing.edition != Edition.V1_2:
        return
    if kind in UNKNOWN_TO_1_2:
        writing.lose("convert.edition", "/type", key=kind)
    for key in sorted(UNKNOWN_TO_1_2 & event.keys()):
        writing.lose("convert.edition", f"/{key}", key=key)


def _laid_out(writing: Writing, rest: dict[str, Any], layout: Layout) -> str:
    """The standard members in their order; they are taken out of `rest`."""
    out = []
    for part in layout:
        if isinstance(part, tuple):
            wrapper, inner = part
            said = _laid_out(writing, rest, inner)
            out.append(f"<{wrapper}>{said}</{wrapper}>" if said else "")
        elif rest.get(part) is not None:
            out.append(_MEMBERS[part](writing, part, rest.pop(part), f"/{part}"))
        elif part in REQUIRED[writing.edition]:
            out.append(f"<{part}/>")
    return "".join(out)


def _extensions(writing: Writing, members: dict[str, Any], path: str) -> str:
    return "".join(
        _open(writing, writing.name(key, pointer(path, key)), value, pointer(path, key))
        for key, value in members.items()
    )


def _open(writing: Writing, tag: str | None, value: Any, path: str) -> str:
    """A member of somebody's own: every item of a list is an element of its own."""
    if tag is None or tag in WRAPPED:
        writing.lose("convert.name", path, key=path.rpartition("/")[2])
        return ""
    if not isinstance(value, list):
        return _one(writing, tag, value, path)
    if len(value) < _TWO:
        writing.lose("convert.single" if value else "convert.empty", path)
    out = []
    for at, item in enumerate(value):
        place = f"{path}/{at}"
        if isinstance(item, list):
            writing.lose("convert.nested", place)
            out.append(_open(writing, tag, item, place))
        else:
            out.append(_one(writing, tag, item, place))
    return "".join(out)


_TWO: Final = 2


def _one(writing: Writing, tag: str, value: Any, path: str) -> str:
    if value is None:
        writing.lose("convert.null", path)
        return ""
    if not isinstance(value, dict):
        return writing.leaf(tag, value, path)
    text = value.get("#text", "")
    if not value.keys() - {"#text"}:
        writing.lose("convert.empty", path)
        return writing.leaf(tag, text, path)
    inner = [
        _open(writing, writing.inner_name(key, pointer(path, key)), item, pointer(path, key))
        for key, item in value.items()
        if key != "#text"
    ]
    return _with_text(writing, tag, text, "".join(inner), path)


def _with_text(writing: Writing, tag: str, text: Any, inner: str, path: str) -> str:
    """Text beside elements: what `leaf` makes of the text, with the elements put behind it."""
    leaf = writing.leaf(tag, text, path)
    end = f"</{tag}>"
    return f"{leaf.removesuffix(end)}{inner}{end}"


def _text(writing: Writing, name: str, value: Any, path: str) -> str:
    if isinstance(value, dict | list):
        return _open(writing, name, value, path)
    said = number(value) if isinstance(value, Decimal) else str(value)
    return f"<{name}>{writing.text(writing.mention(said), path)}</{name}>"


def _event_id(writing: Writing, name: str, value: Any, path: str) -> str:
    """The number of an event; XML asks for a URI, which one of a document of JSON is not."""
    if str(value).startswith("_:"):
        writing.lose("convert.local", path, found=value)
    return _text(writing, name, value, path)


def _each(inner: str, write: Write, *, filled: bool = False) -> Write:
    """A list; one that has to be `filled` is left out where it is empty, which says the same."""

    def write_all(writing: Writing, name: str, value: Any, path: str) -> str:
        listed = value if isinstance(value, list) else [value]
        if filled and not listed:
            return ""
        items = (write(writing, inner, item, f"{path}/{at}") for at, item in enumerate(listed))
        return f"<{name}>{''.join(items)}</{name}>"

    return write_all


def _repeated(write: Write) -> Write:
    def write_all(writing: Writing, name: str, value: Any, path: str) -> str:
        if not isinstance(value, list):
            return write(writing, name, value, path)
        if not value:
            writing.lose("convert.empty", path)
        items = (write(writing, name, item, f"{path}/{at}") for at, item in enumerate(value))
        return "".join(items)

    return write_all


def spelled_word(writing: Writing, vocabulary: Vocabulary, value: str) -> str:
    """A word as XML has it: a URN or a web address, measurements by the prefix gs1."""
    bare = bare_word(vocabulary, value)
    if bare not in vocabulary.words and (not vocabulary.tolerant or ":" in bare):
        return writing.mention(value)
    if vocabulary in {MEASUREMENT, SENSOR_ALERT}:
        writing.standard("gs1", "https://gs1.org/voc/")
        return f"gs1:{bare}"
    return (vocabulary.full if writing.web else vocabulary.withdrawn)[0] + bare


def _word(vocabulary: Vocabulary) -> Write:
    def write(writing: Writing, name: str, value: Any, path: str) -> str:
        return _text(writing, name, spelled_word(writing, vocabulary, str(value)), path)

    return write


def _object(order: dict[str, Write]) -> Write:
    """Members in their order, then extensions; a bare text is the first of them."""

    def write(writing: Writing, name: str, value: Any, path: str) -> str:
        members = dict(value) if isinstance(value, dict) else {next(iter(order)): value}
        known = [
            one(writing, key, members.pop(key), f"{path}/{key}")
            for key, one in order.items()
            if members.get(key) is not None
        ]
        inside = "".join(known) + _extensions(writing, members, path)
        return f"<{name}>{inside}</{name}>"

    return write


def _quantity(writing: Writing, name: str, value: dict[str, Any], path: str) -> str:
    """epcClass, quantity, uom; a unit without a quantity needs one that is nil."""
    said = [_text(writing, "epcClass", value["epcClass"], f"{path}/epcClass")]
    amount, unit = value.get("quantity"), value.get("uom")
    if amount is not None:
        said.append(_text(writing, "quantity", amount, f"{path}/quantity"))
    elif unit is not None:
        xsi = writing.use("xsi", XSI)
        said.append(f'<quantity {xsi}:nil="true"/>')
    if unit is not None:
        said.append(_text(writing, "uom", unit, f"{path}/uom"))
    return f"<{name}>{''.join(said)}</{name}>"


def _typed(vocabulary: Vocabulary) -> Write:
    def write(writing: Writing, name: str, value: dict[str, Any], path: str) -> str:
        kind = value.get("type")
        said = "" if kind is None else spelled_word(writing, vocabulary, str(kind))
        typed = writing.attribute("type", said, f"{path}/type") if said else ""
        return f"<{name}{typed}>{writing.text(str(value[name]), path)}</{name}>"

    return write


def _sensed(known: frozenset[str]) -> Write:
    """What a sensor says (metadata, report) is attributes; what has structure is put inside."""

    def write(writing: Writing, name: str, value: dict[str, Any], path: str) -> str:
        attributes, inside = "", ""
        for key, item in value.items():
            place = pointer(path, key)
            own = key if key in known else writing.name(key, place)
            if key in known and item is not None:
                attributes += writing.attribute(key, _sensor_text(writing, key, item), place)
            elif own is None or item is None or isinstance(item, dict | list):
                if own is not None and item is not None:
                    writing.lose("convert.structure", place, key=key)
                inside += _open(writing, own, item, place)
            else:
                if not isinstance(item, str):
                    writing.lose("convert.attribute", place, key=key)
                attributes += writing.attribute(own, _plain(item), place)
        return f"<{name}{attributes}>{inside}</{name}>" if inside else f"<{name}{attributes}/>"

    return write


def _sensor_text(writing: Writing, key: str, item: Any) -> str:
    if key in WORDED:
        return spelled_word(writing, WORDED[key], str(item))
    return _plain(item)


def _plain(item: Any) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    return number(item) if isinstance(item, int | Decimal) else str(item)


def _sensor(writing: Writing, name: str, value: dict[str, Any], path: str) -> str:
    """A sensorElement; the member `type`, which it needs not, has no element."""
    if "type" in value:
        writing.lose("convert.member", f"{path}/type", key="type")
    return _SENSOR(writing, name, {k: v for k, v in value.items() if k != "type"}, path)


def _certified(writing: Writing, name: str, value: Any, path: str) -> str:
    """Certificates: the schema of 2.0 has room for one, the extension point of 1.2 for any."""
    if isinstance(value, list) and len(value) >= _TWO and writing.edition == Edition.V2_0:
        writing.lose("convert.structure", path, key=name)
    return _CERTIFICATES(writing, name, value, path)


_CERTIFICATES: Final = _repeated(_text)
_METADATA: Final = _sensed(frozenset(METADATA))
_REPORT: Final = _sensed(frozenset(REPORT))
_SENSOR: Final = _object({"sensorMetadata": _METADATA, "sensorReport": _repeated(_REPORT)})
_EPCS: Final = _each("epc", _text)
_QUANTITIES: Final = _each("quantityElement", _quantity)
_STATE: Final = _repeated(_word(DISPOSITION))
_PLACE: Final = _object({"id": _text})
_MEMBERS: Final[dict[str, Write]] = {
    **dict.fromkeys(
        ("eventTime", "recordTime", "eventTimeZoneOffset", "action", "parentID",
         "transformationID"),
        _text,
    ),
    "eventID": _event_id,
    "certificationInfo": _certified,
    "errorDeclaration": _object(
        {
            "declarationTime": _text,
            "reason": _word(ERROR_REASON),
            "correctiveEventIDs": _each("correctiveEventID", _text),
        }
    ),
    **dict.fromkeys(EPC_LISTS, _EPCS),
    **dict.fromkeys(QUANTITY_LISTS, _QUANTITIES),
    "bizStep": _word(BIZ_STEP),
    "disposition": _word(DISPOSITION),
    "persistentDisposition": _object({"unset": _STATE, "set": _STATE}),
    "readPoint": _PLACE,
    "bizLocation": _PLACE,
    "bizTransactionList": _each("bizTransaction", _typed(BIZ_TRANSACTION), filled=True),
    "sourceList": _each("source", _typed(SOURCE_DESTINATION), filled=True),
    "destinationList": _each("destination", _typed(SOURCE_DESTINATION), filled=True),
    "sensorElementList": _each("sensorElement", _sensor, filled=True),
    "ilmd": lambda writing, name, value, path: (
        f"<{name}>{_extensions(writing, value, path)}</{name}>"
    ),
}  # fmt: skip

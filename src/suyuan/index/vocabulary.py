"""Takes the documents that events came in; gives the master data that stand in their headers.

Who reports a document describes its own places, parties and goods in it (EPCIS 2.0 §9.3, §9.5.2).
What was said of a name last holds for that reporter, and for nobody else.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Struct

from suyuan.codes import read_identifier
from suyuan.codes.types import LONGEST_NAME
from suyuan.index.apply import SQL
from suyuan.record import Recorded
from suyuan.store import WriteConnection
from suyuan.wire import Context, DocumentError, read_document
from suyuan.wire.contexts import expand

_HINTS: Final = (b"epcisMasterData", b"EPCISMasterData")
_CBV: Final = "urn:epcglobal:cbv:mda"
_WHOLE: Final = ("http", "urn:")
_MOST_PLACES: Final = 100
_ENCODE: Final = msgspec.json.Encoder(decimal_format="number").encode


class Element(Struct, frozen=True, kw_only=True):
    """What a document says of one name; `attributes` by their IRIs, `children` by their names."""

    type: str
    name: str
    attributes: dict[str, Any]
    children: tuple[str, ...]


def keep_vocabulary(conn: WriteConnection, batch: Iterable[Recorded]) -> None:
    """Write the master data of documents, each by the first of its events in the batch."""
    rows = list(vocabulary_rows(batch))
    if rows:
        with conn.cursor() as cursor:
            cursor.executemany(SQL.keep_vocabulary, rows)


def vocabulary_rows(batch: Iterable[Recorded]) -> Iterator[dict[str, Any]]:
    """What the documents of reports leave among the master data."""
    seen: set[tuple[int, str, bytes]] = set()
    for recorded in batch:
        key = (recorded.tenant, recorded.capturer, recorded.head)
        if key in seen or not any(hint in recorded.head for hint in _HINTS):
            continue
        seen.add(key)
        for element in elements(recorded.head, recorded.capturer):
            yield _row(recorded, element)


def elements(head: bytes, capturer: str) -> tuple[Element, ...]:
    """The master data in the head of a document; of a name that stands twice, the last."""
    try:
        document = read_document(head)
    except DocumentError:  # a later, stricter reader: the events are recorded all the same
        return ()
    found = _elements(document.fields, document.context, capturer)
    return tuple({(each.type, each.name): each for each in found}.values())


def _elements(fields: dict[str, Any], context: Context, capturer: str) -> Iterator[Element]:
    master = _object(_object(fields.get("epcisHeader")).get("epcisMasterData"))
    for vocabulary in _objects(master.get("vocabularyList")):
        kind = str(vocabulary.get("type", ""))
        for sent in _objects(vocabulary.get("vocabularyElementList")):
            name = _name(sent.get("id"), capturer, context)
            if name is not None and len(kind.encode()) <= LONGEST_NAME:
                yield Element(
                    type=kind,
                    name=name,
                    attributes=dict(_attributes(sent, context)),
                    children=_children(sent, capturer, context),
                )


def _attributes(sent: dict[str, Any], context: Context) -> Iterator[tuple[str, Any]]:
    for attribute in _objects(sent.get("attributes")):
        key = attribute.get("id")
        if isinstance(key, str) and attribute.get("attribute") is not None:
            yield attribute_iri(key, context), _plain(attribute["attribute"])


def _plain(value: Any) -> Any:
    """A value as a database can hold it: numbers of a sane size as numbers."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        exponent = Decimal(value).as_tuple().exponent
        sane = isinstance(exponent, int) and exponent > -_MOST_PLACES
        return value if sane and Decimal(value).adjusted() < _MOST_PLACES else str(value)
    return value


def attribute_iri(key: str, context: Context) -> str:
    """One spelling of an attribute: `cbvmda:city` is `urn:epcglobal:cbv:mda#city`."""
    iri = (expand(key, context) or key) if ":" in key else key
    return f"{_CBV}#{iri[len(_CBV) + 1 :]}" if iri.startswith(f"{_CBV}:") else iri


def _children(sent: dict[str, Any], capturer: str, context: Context) -> tuple[str, ...]:
    listed = sent.get("children")
    children = listed if isinstance(listed, list) else ()
    names = (_name(child, capturer, context) for child in children)
    return tuple(name for name in names if name is not None)


def _name(sent: Any, capturer: str, context: Context) -> str | None:
    if not isinstance(sent, str) or not sent:
        return None
    # As events have it: of a name with a prefix, what that stands for.
    full = expand(sent, context) if ":" in sent and not sent.startswith(_WHOLE) else None
    name = read_identifier(full or sent, capturer=capturer).uri
    return name if len(name.encode()) <= LONGEST_NAME else None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))


def _row(recorded: Recorded, element: Element) -> dict[str, Any]:
    return {
        "tenant": recorded.tenant,
        "party": recorded.capturer,
        "type": element.type,
        "name": element.name,
        "position": recorded.position,
        "attributes": _ENCODE(element.attributes).decode(),
        "children": list(element.children),
    }

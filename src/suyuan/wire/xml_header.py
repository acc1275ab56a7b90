"""The head of an XML document as the members that it has in JSON-LD: who, when, master data."""

from collections.abc import Iterator
from typing import Any, Final

from suyuan.wire.types import Kind, Limits
from suyuan.wire.xml_tree import Element, tree

IGNORED: Final = "ignoreFields"
"""What a document of the hash's authors leaves out of its hashes: names as `{namespace}local`."""

_WRAPPER: Final = "extension"


def header_fields(root: Element, kind: Kind) -> dict[str, Any]:
    """type, schemaVersion, creationDate, sender, receiver, instanceIdentifier, epcisHeader …."""
    fields: dict[str, Any] = {"type": kind.value}
    for name in ("schemaVersion", "creationDate", "id"):
        value = root.get(name)
        if value is not None:
            fields[name] = value
    header = root.find("EPCISHeader")
    if header is not None:
        fields |= _business_header(header.find("StandardBusinessDocumentHeader"))
        fields |= _master_data(header)
    ignored = [
        f"{{{each.namespace}}}{each.name}"
        for child in root.children
        if child.name == IGNORED
        for each in child.children
    ]
    if ignored:
        fields[IGNORED] = ignored
    if kind is Kind.QUERY:
        fields |= _query(root)
    return fields


_READ: Final = frozenset(("Identifier", "InstanceIdentifier"))
_MADE: Final = {
    "HeaderVersion": "1.0",
    "Standard": "EPCglobal",
    "TypeVersion": "1.0",
    "Type": "Events",
}
"""What is made anew whenever a head is written, in these words."""

_CREATED: Final = "CreationDateAndTime"


def unread_in(head: bytes) -> list[str]:
    """The ways to elements and attributes of a head that no member of `header_fields` holds."""
    root, _ = tree(head, max_depth=Limits().depth)
    found = [
        child.path()
        for child in root.children
        if child.name not in {"EPCISHeader", "EPCISBody", IGNORED}
    ]
    header = root.find("EPCISHeader")
    for child in [] if header is None else header.children:
        if child.name == "StandardBusinessDocumentHeader":
            found += _unread_of_message(child, root.get("creationDate"))
        elif child.name not in {_WRAPPER, "EPCISMasterData"}:
            found.append(child.path())
    return found


def _unread_of_message(header: Element, created: str | None) -> Iterator[str]:
    """Those of the message's own header: what is written anew in other words is lost too."""
    made = {**_MADE, _CREATED: created}
    for leaf in _leaves(header):
        if leaf.name not in _READ and leaf.said() != made.get(leaf.name):
            yield leaf.path()
        for _, _, name, _ in leaf.attributes:
            yield f"{leaf.path()}/@{name}"


def _leaves(element: Element) -> Iterator[Element]:
    for child in element.children:
        yield from _leaves(child)
    if not element.children:
        yield element


def _query(root: Element) -> dict[str, Any]:
    body = root.find("EPCISBody")
    results = body and body.find("QueryResults")
    found = ("queryName", "subscriptionID")
    said = {name: results.find(name) for name in found} if results else {}
    return {name: element.said() for name, element in said.items() if element is not None}


def _business_header(header: Element | None) -> dict[str, Any]:
    """Sender, receiver and number of the message (UN/CEFACT SBDH), as JSON has them at the top."""
    if header is None:
        return {}
    identification = header.find("DocumentIdentification")
    found = {
        "sender": _inner(header.find("Sender"), "Identifier"),
        "receiver": _inner(header.find("Receiver"), "Identifier"),
        "instanceIdentifier": _inner(identification, "InstanceIdentifier"),
    }
    return {key: value for key, value in found.items() if value}


def _inner(element: Element | None, name: str) -> str | None:
    found = None if element is None else element.find(name)
    return None if found is None else found.said()


def _master_data(header: Element) -> dict[str, Any]:
    master = header.find("EPCISMasterData")
    wrapper: Element | None = header
    while master is None and wrapper is not None:
        wrapper = wrapper.find(_WRAPPER)
        master = None if wrapper is None else wrapper.find("EPCISMasterData")
    listed = None if master is None else master.find("VocabularyList")
    if listed is None:
        return {}
    found = [_vocabulary(each) for each in listed.children if each.name == "Vocabulary"]
    return {"epcisHeader": {"epcisMasterData": {"vocabularyList": found}}}


def _vocabulary(vocabulary: Element) -> dict[str, Any]:
    listed = vocabulary.find("VocabularyElementList")
    elements = [] if listed is None else listed.children
    return {
        "type": vocabulary.get("type") or "",
        "vocabularyElementList": [
            _entry(each) for each in elements if each.name == "VocabularyElement"
        ],
    }


def _entry(element: Element) -> dict[str, Any]:
    attributes = [_attribute(each) for each in element.children if each.name == "attribute"]
    children = element.find("children")
    entry: dict[str, Any] = {"id": element.get("id") or ""}
    if attributes:
        entry["attributes"] = attributes
    if children is not None:
        entry["children"] = [each.said() for each in children.children if each.name == "id"]
    return entry


def _attribute(element: Element) -> dict[str, Any]:
    """One attribute of master data; a structured one is the object of what is inside."""
    value: Any = _structure(element) if element.children else element.said()
    return {"id": element.get("id") or "", "attribute": value}


def _structure(element: Element) -> Any:
    if not element.children:
        return element.said()
    out: dict[str, Any] = {}
    for child in element.children:
        name = f"{child.prefix}:{child.name}" if child.prefix else child.name
        value = _structure(child)
        if name in out:
            earlier = out[name]
            out[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            out[name] = value
    return out

"""XML into elements with their lines, by expat alone, and nothing that a document may not need.

A document type that declares or names anything is refused where it begins, so no entity is ever
declared, expanded or fetched (docs/decisions/0011-xml-by-expat.md). Size, depth and number of
elements are bounded.
"""

import re
from collections.abc import Iterator
from typing import Final, NoReturn
from xml.parsers import expat

from suyuan.kit import Text
from suyuan.kit.encodings import guess
from suyuan.wire.source import Source
from suyuan.wire.unread import is_cut_off
from suyuan.wire.xml_errors import (
    DEPTH,
    DOCTYPE,
    ENCODING,
    GUESSED,
    MANY,
    UTF8,
    XmlError,
    ill_formed,
    place_at,
)

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"

_SPACE: Final = " \t\r\n"
_SEPARATOR: Final = "\x1f"  # no character of XML
_ENCODINGS: Final = frozenset(("utf-8", "utf8", "us-ascii", "ascii"))
_BOM: Final = b"\xef\xbb\xbf"
_BOMS: Final = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"<\0": "UTF-16", b"\0<": "UTF-16"}
_MOST_ELEMENTS: Final = 250_000
_XML: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|\xff\xfe<\0|\xfe\xff\0<|<\0|\0<")


class Element:
    """One element: its namespace ("" for none), prefix, name, attributes, children, text, line.

    Attributes are (namespace, prefix, name, value). `text` is all character data directly in it.
    """

    __slots__ = (
        "attributes", "children", "counts", "line", "name", "namespace", "nth", "parent",
        "prefix", "text",
    )  # fmt: skip

    def __init__(self, names: tuple[str, str, str], line: int, parent: "Element | None") -> None:
        self.namespace, self.prefix, self.name = names
        self.line = line
        self.parent = parent
        self.attributes: list[tuple[str, str, str, str]] = []
        self.children: list[Element] = []
        self.text = ""
        self.counts: dict[str, int] = {}
        self.nth = 1
        if parent is not None:
            parent.children.append(self)
            self.nth = parent.counts.get(self.name, 0) + 1
            parent.counts[self.name] = self.nth

    def get(self, name: str, namespace: str = "") -> str | None:
        """The value of an attribute, or None."""
        for found, _, local, value in self.attributes:
            if local == name and found == namespace:
                return value
        return None

    def said(self) -> str:
        """Its text without the white space around it, unless xml:space says that it counts."""
        if self.get("space", XML_NAMESPACE) == "preserve":
            return self.text
        return self.text.strip(_SPACE)

    def path(self) -> str:
        """The way to it from the outermost element, which is left out: `/epcList/epc[2]`."""
        steps: list[str] = []
        at = self
        while at.parent is not None:
            name = f"{at.prefix}:{at.name}" if at.prefix else at.name
            alone = at.parent.counts[at.name] == 1
            steps.append(name if alone else f"{name}[{at.nth}]")
            at = at.parent
        return "".join(f"/{step}" for step in reversed(steps)) or "/"

    def find(self, name: str) -> "Element | None":
        """The first child of that local name."""
        return next((child for child in self.children if child.name == name), None)


def looks_like_xml(source: Source) -> bool:
    """Whether these bytes begin as XML does, in whatever encoding, and JSON never."""
    end = source.chunk
    while end < source.size and not source.read(0, end).removeprefix(_BOM).strip():
        end *= 2
    return _XML.match(source.read(0, end)) is not None


def names_of(full: str) -> tuple[str, str, str]:
    """Namespace, prefix and local name from the form in which expat gives a name."""
    parts = full.split(_SEPARATOR)
    if len(parts) == 1:
        return "", "", parts[0]
    return parts[0], parts[2] if len(parts) > 2 else "", parts[1]  # noqa: PLR2004 -- uri, name, prefix


class Handlers:
    """What is told of a document, from its first byte to its last; `depth` begins with 1."""

    def begin(self, name: str, attributes: list[str], parser: expat.XMLParserType) -> None:
        """An element begins; the parser knows the byte and the line."""

    def end(self, name: str, parser: expat.XMLParserType) -> None:
        """It ends."""

    def declare(self, prefix: str, uri: str) -> None:
        """A prefix ("" for none) means this namespace in the element that begins next."""

    def text(self, data: str) -> None:
        """Characters."""

    def doctype(self, place: str) -> None:
        """A document type that declares nothing."""


def run(source: Source, handlers: Handlers, *, max_depth: int) -> None:
    """Tell the handlers of a document from beginning to end.

    Raises:
        XmlError: not well-formed, not UTF-8, with a document type that declares something, too
            deep.
    """
    _require_utf8(source)
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=_SEPARATOR)
    parser.namespace_prefixes = True
    parser.ordered_attributes = True
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > max_depth:
            refuse(parser, "xml.depth", DEPTH.format(limit=max_depth))
        handlers.begin(name, attributes, parser)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handlers.end(name, parser)

    def doctype(_name: str, system: str | None, public: str | None, subset: int) -> None:
        if system is not None or public is not None or subset:
            refuse(parser, "xml.doctype", DOCTYPE)
        handlers.doctype(_place(parser))

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            refuse(parser, "xml.encoding", ENCODING.format(found=encoding[:40]))

    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartNamespaceDeclHandler = lambda prefix, uri: handlers.declare(prefix or "", uri or "")
    parser.CharacterDataHandler = handlers.text
    try:
        for chunk in source.chunks():
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code) or ""
        raise ill_formed(said, error.lineno, error.offset + 1) from error


def refuse(parser: expat.XMLParserType, code: str, text: Text) -> NoReturn:
    """End the reading where the parser stands.

    Raises:
        XmlError: always.
    """
    raise XmlError(code, text, _place(parser))


def _place(parser: expat.XMLParserType) -> str:
    return place_at(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)


def _require_utf8(source: Source) -> None:
    beginning = source.read(0, 2)
    if beginning in _BOMS:
        raise XmlError("xml.encoding", ENCODING.format(found=_BOMS[beginning]), place_at(1, 1))
    at = source.broken_at()
    if at is not None:
        found = guess(source.chunks())
        said = GUESSED.format(found=found) if found else UTF8
        code = "xml.cut" if is_cut_off(source, at) else "xml.encoding"
        raise XmlError(code, said, f"{place_at(*source.line_of(at))}, byte {at}")


class Builder(Handlers):
    """Makes the tree; `declared` are all prefixes with the first namespace that each had."""

    def __init__(self, first_line: int = 1) -> None:
        self.root: Element | None = None
        self.declared: dict[str, str] = {}
        self._open: list[Element] = []
        self._said: list[list[str]] = []
        self._shift = first_line - 1
        self._left = _MOST_ELEMENTS

    def begin(self, name: str, attributes: list[str], parser: expat.XMLParserType) -> None:
        """Add an element."""
        self._left -= 1
        if self._left < 0:
            line = parser.CurrentLineNumber + self._shift
            place = place_at(line, parser.CurrentColumnNumber + 1)
            raise XmlError("xml.size", MANY.format(limit=_MOST_ELEMENTS), place)
        parent = self._open[-1] if self._open else None
        element = Element(names_of(name), parser.CurrentLineNumber + self._shift, parent)
        element.attributes = [(*names_of(each), value) for each, value in _pairs(attributes)]
        if parent is None:
            self.root = element
        self._open.append(element)
        self._said.append([])

    def end(self, name: str, parser: expat.XMLParserType) -> None:  # noqa: ARG002 -- as told
        """Close it."""
        self._open.pop().text = "".join(self._said.pop())

    def declare(self, prefix: str, uri: str) -> None:
        """Keep what a prefix means."""
        self.declared.setdefault(prefix, uri)

    def text(self, data: str) -> None:
        """Add characters to the innermost element."""
        if self._said:
            self._said[-1].append(data)


def _pairs(attributes: list[str]) -> Iterator[tuple[str, str]]:
    return zip(attributes[::2], attributes[1::2], strict=True)


def tree(data: bytes, *, max_depth: int, first_line: int = 1) -> tuple[Element, dict[str, str]]:
    """The outermost element, and every prefix with its namespace.

    Raises:
        XmlError: as `run`.
    """
    builder = Builder(first_line)
    run(Source(data), builder, max_depth=max_depth)
    assert builder.root is not None  # noqa: S101 -- expat refuses a document without one
    return builder.root, builder.declared

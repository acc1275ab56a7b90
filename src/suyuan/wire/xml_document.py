"""An XML document taken apart: its head, and each event's own bytes.

One pass finds where events begin and end; what they say is read later, one by one. An event's
bytes are those that were sent, with the namespaces that the document declared around it added
to its first tag, so that it can be read without its document.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from msgspec import Struct

from suyuan.model import EventType
from suyuan.wire.source import Source
from suyuan.wire.types import Events, Kind, Limits, RawEvent
from suyuan.wire.xml_errors import PREFIXES, TWO_LISTS
from suyuan.wire.xml_event import Places, from_xml
from suyuan.wire.xml_header import header_fields
from suyuan.wire.xml_names import STANDARD
from suyuan.wire.xml_tree import Handlers, names_of, refuse, run, tree

_EVENT_NAMES: Final = frozenset(member.value for member in EventType) | {"QuantityEvent"}
_LISTS: Final[dict[tuple[str, ...], Kind]] = {
    ("EPCISDocument", "EPCISBody", "EventList"): Kind.CAPTURE,
    ("EPCISQueryDocument", "EPCISBody", "QueryResults", "resultsBody", "EventList"): Kind.QUERY,
}
_ROOTS: Final = {way[0]: kind for way, kind in _LISTS.items()}
_WRAPPER: Final = "extension"
_TAG_NAME: Final = re.compile(rb"<[^\s/>]+")
_TAG: Final = re.compile(rb"""<[^"'>]*+(?:(?:"[^"]*+"|'[^']*+')[^"'>]*+)*>""")
# Each is looked for in every event.
_MOST_PREFIXES: Final = 200
_EMPTY: Final = b"<EventList/>"
_TAG_SIZE: Final = 4096


def _no_event(place: int) -> RawEvent:
    raise IndexError(place)


_NONE: Final = Events(0, _no_event)


class XmlParts(Struct, frozen=True, kw_only=True):
    """A document: `root` is its outermost name, `kind` None where that is none of EPCIS.

    `namespace` is that of the outermost element, "" for none, `head` are its bytes with an empty
    event list, `listed` says whether it had a list at all, `many` that it has more events than the
    limit, which are then not all here; `doctype` is the place of a document type that declares
    nothing, or nothing.
    """

    kind: Kind | None
    root: str
    namespace: str = ""
    head: bytes = b""
    events: Events = _NONE
    fields: dict[str, Any] = {}
    listed: bool = True
    many: bool = False
    doctype: str = ""


def take_apart(source: Source, limits: Limits) -> XmlParts:
    """The head and the events of a document, or a single event.

    Raises:
        XmlError: the bytes are no XML that is read here.
    """
    finding = _Finding(source, limits.events)
    run(source, finding, max_depth=limits.depth)
    if finding.root in _EVENT_NAMES or finding.root.endswith("Event"):
        alone = Events(1, lambda place: RawEvent(place, source.all().strip()))
        return XmlParts(kind=Kind.EVENT, root=finding.root, events=alone, doctype=finding.typed_at)
    kind = _ROOTS.get(finding.root)
    if kind is None:
        return XmlParts(kind=None, root=finding.root, namespace=finding.namespace)
    head = finding.head()
    return XmlParts(
        kind=kind,
        root=finding.root,
        namespace=finding.namespace,
        head=head,
        events=_events(source, finding.events),
        fields=header_fields(tree(head, max_depth=limits.depth)[0], kind),
        listed=finding.list_begin >= 0,
        many=finding.many,
        doctype=finding.typed_at,
    )


class _Finding(Handlers):
    """Notes where the event list and the events in it begin and end."""

    def __init__(self, source: Source, most: int) -> None:
        self.source = source
        self.most = most
        self.many = False
        self.root = self.namespace = ""
        self.typed_at = ""
        self.events: list[_Place] = []
        self.list_begin = self.list_end = -1
        self._way: list[str] = []
        self._inside: int | None = None
        self._begin = (0, 0)
        self._next: dict[str, str] = {}
        self._declarations = 0
        self._declared: list[dict[str, str]] = []
        self._around: dict[str, str] = {}

    def doctype(self, place: str) -> None:
        """Keep where it stands."""
        self.typed_at = place

    def declare(self, prefix: str, uri: str) -> None:
        """Keep it for the element that begins next."""
        if self._inside is None:
            self._next[prefix] = uri

    def begin(self, name: str, attributes: list[str], parser: expat.XMLParserType) -> None:  # noqa: ARG002 -- as told
        """See whether an event begins here."""
        depth = len(self._way)
        if self._inside is not None:
            self._way.append("")
            return
        namespace, _, local = names_of(name)
        known = local if namespace in STANDARD or not depth else f"{{{namespace}}}{local}"
        if not depth:
            self.root, self.namespace = local, namespace
        if self.list_begin >= 0 and self.list_end < 0 and known != _WRAPPER:
            self._inside = depth
            self._begin = (parser.CurrentByteIndex, parser.CurrentLineNumber)
        elif (*self._way, known) in _LISTS:
            if self.list_begin >= 0:  # its events would be passed over
                refuse(parser, "xml.lists", TWO_LISTS)
            self.list_begin = parser.CurrentByteIndex
        self._way.append(known)
        if self._inside is None:
            self._declared.append(self._next)
            self._declarations += len(self._next)
            self._next = {}
            if self._declarations > _MOST_PREFIXES:
                refuse(parser, "xml.size", PREFIXES.format(limit=_MOST_PREFIXES))

    def end(self, name: str, parser: expat.XMLParserType) -> None:  # noqa: ARG002 -- as told
        """See whether an event, or the list, ends here."""
        self._way.pop()
        depth = len(self._way)
        if self._inside is not None:
            if depth == self._inside:
                self._take(self._end_of(self._begin[0], parser.CurrentByteIndex))
                self._inside = None
                self._next = {}
            return
        self._declarations -= len(self._declared.pop())
        if self.list_begin >= 0 and self.list_end < 0 and (*self._way, "EventList") in _LISTS:
            self.list_end = self._end_of(self.list_begin, parser.CurrentByteIndex)

    def head(self) -> bytes:
        """The document with an empty event list."""
        if self.list_begin < 0:
            return self.source.all()
        before = self.source.read(0, self.list_begin)
        return before + _EMPTY + self.source.read(self.list_end, self.source.size)

    def _end_of(self, begin: int, at: int) -> int:
        """The byte behind an element: its end tag begins at `at`, unless it is empty."""
        first = self._tag(begin)
        return begin + len(first) if first.endswith(b"/>") else at + len(self._tag(at))

    def _tag(self, begin: int) -> bytes:
        """The tag that begins at a byte."""
        size = _TAG_SIZE
        while (match := _TAG.match(self.source.read(begin, begin + size))) is None:
            size *= 2  # expat has read it whole, so it ends
        return match[0]

    def _take(self, end: int) -> None:
        if len(self.events) >= self.most:
            self.many = True
            return
        begin, line = self._begin
        around: dict[str, str] = {}
        for declared in self._declared:
            around |= declared
        if around != self._around:  # one for all events that share it
            self._around = around
        self.events.append(_Place(begin, end, line, self._around))


class _Place(NamedTuple):
    """Where an event begins and ends, its line, and what is declared around it."""

    begin: int
    end: int
    line: int
    around: dict[str, str]


def _events(source: Source, places: Sequence[_Place]) -> Events:
    def read(index: int) -> RawEvent:
        begin, end, line, around = places[index]
        return RawEvent(index, _alone(source.read(begin, end), around), line)

    return Events(len(places), read)


def _alone(raw: bytes, around: dict[str, str]) -> bytes:
    """An event with the declarations that it needs from around it."""
    match = _TAG_NAME.match(raw)
    tag = _TAG.match(raw)
    assert match is not None  # noqa: S101 -- expat has read this tag
    assert tag is not None  # noqa: S101 -- the same
    own = tag[0]
    added = b"".join(
        b" xmlns" + (b":" + prefix.encode() if prefix else b"") + b"=" + quoteattr(uri).encode()
        for prefix, uri in around.items()
        if _needs(raw, own, prefix)
    )
    return raw[: match.end()] + added + raw[match.end() :]


def _needs(raw: bytes, tag: bytes, prefix: str) -> bool:
    """Whether an event speaks of a prefix that its own first tag does not declare."""
    if not prefix:
        return re.search(rb"\sxmlns\s*=", tag) is None
    name = prefix.encode()
    declares = re.search(rb"\sxmlns:" + re.escape(name) + rb"\s*=", tag)
    return name + b":" in raw and declares is None


def read_parts(raw: RawEvent, limits: Limits) -> tuple[dict[str, Any], Places]:
    """The members of an event of a document, with places that count the document's lines."""
    return from_xml(raw.raw, max_depth=limits.depth, first_line=raw.line)


def place_in(places: Places, pointer: str) -> str:
    """Where in the XML a member stands, or what is nearest around it, with its line."""
    at = pointer.rstrip("/")
    while at not in places:
        at = at.rpartition("/")[0]
    element = places[at]
    rest = pointer[len(at) :].rstrip("/")
    way = element.path()
    inside = f"{way.rstrip('/')}/@{rest[1:]}" if rest and "/" not in rest[1:] else way
    return f"{inside} (line {element.line})"

"""Where in a JSON document its event lists are and each event in them, found in one pass.

Held at a time are the event at hand and two numbers for each; what is outside the lists is looked
at by whoever asked. Events are seen to be well-formed here, and read later.
"""

import re
from array import array
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from suyuan.kit.strictjson import JsonError, parse
from suyuan.wire.source import Source
from suyuan.wire.types import Events, RawEvent

Way = tuple[str, ...]

_SPACE: Final = re.compile(rb"[ \t\n\r]*+")
_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*"'
_KEY: Final = re.compile(_STRING, re.DOTALL)
_SCALAR: Final = re.compile(rb"[^ \t\n\r,\[\]{}\":]*+")
# Everything up to the next bracket that is in no text.
_FLAT: Final = re.compile(rb'[^"{}\[\]]*+(?:%b[^"{}\[\]]*+)*' % _STRING, re.DOTALL)
_UP_TO_COMMA: Final = re.compile(rb'[^"{}\[\],]*+(?:%b[^"{}\[\],]*+)*' % _STRING, re.DOTALL)
_OPEN, _CLOSE = b"{[", b"}]"
_VALID: Final = msgspec.json.Decoder(msgspec.Raw).decode
_TEXT: Final = msgspec.json.Decoder(str).decode
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_BEHIND: Final = 64
_FIRST, _LATER = b"[", b"[0,"


class Span(Struct, frozen=True, gc=False):
    """From one byte to another."""

    begin: int
    end: int


class Listed(Struct, frozen=True, gc=False):
    """A list with its brackets, and where each of its items begins and ends."""

    whole: Span
    begins: "array[int]"
    ends: "array[int]"


def events_at(source: Source, begins: "array[int]", ends: "array[int]") -> Events:
    """The events between these bytes."""
    return Events(
        len(begins), lambda place: RawEvent(place, source.read(begins[place], ends[place]))
    )


class Scanned(Struct, frozen=True):
    """A document's outline: members of its root, its lists, and other values at their places."""

    root: dict[str, Span]
    lists: dict[Way, Listed]
    values: dict[Way, Span]


class MalformedError(ValueError):
    """Outside the lists this is no JSON, at `at` at the latest; `lists` were found before it."""

    def __init__(self, at: int, lists: dict[Way, Listed]) -> None:
        super().__init__(at)
        self.at = at
        self.lists = lists


def scan(source: Source, ways: frozenset[Way], beside: frozenset[Way], *, depth: int) -> Scanned:
    """The outline of a document; lists are looked for at `ways`, other values at `beside` too.

    What no reader takes for its `depth` is told as such.

    Raises:
        JsonError: an item of a list is no JSON.
        MalformedError: what is around them is not.
    """
    return _Scan(source, ways, beside, depth).scanned()


class _Scan:
    """One pass over a document: a window on it, and what was found."""

    def __init__(
        self, source: Source, ways: frozenset[Way], beside: frozenset[Way], depth: int
    ) -> None:
        self.source = source
        self.depth = depth
        self.ways = ways
        self.kept = ways | beside
        self.inner = {way[:length] for way in self.kept for length in range(1, len(way))}
        self.found = Scanned({}, {}, {})
        self.window = source.held()
        self.base = 0
        self.at = 0  # within the window

    def scanned(self) -> Scanned:
        mark = self._next()
        if mark == b"[":
            self.found.lists[()] = self._list(())
        elif mark == b"{":
            self._members(())
        else:
            raise self._malformed()
        if self._next():
            raise self._malformed()
        return self.found

    def _members(self, way: Way) -> None:
        """Go through an object, whose bracket is next."""
        self.at += 1
        if self._next() == b"}":
            self.at += 1
            return
        while True:
            key = self._key()
            begin = self.place
            self._value((*way, key))
            if not way:
                self.found.root[key] = Span(begin, self.place)
            mark = self._next()
            self.at += 1
            if mark == b"}":
                return
            if mark != b",":
                raise self._malformed()

    def _value(self, way: Way) -> None:
        begin, mark = self.place, self._next()
        if mark == b"{" and way in self.inner:
            self._members(way)
        elif mark == b"[" and way in self.ways:
            self.found.lists[way] = self._list(way)
        else:
            self._skip()
        if way in self.kept:
            self.found.values[way] = Span(begin, self.place)

    def _list(self, way: Way) -> Listed:
        """Find the items of a list, whose bracket is next, and see that each is JSON."""
        first = self.place
        # A list that stands there again is looked at closely: all would be decoded for each.
        if way not in self.found.lists and len(self.window) == self.source.size:
            items = _all_at_once(self.window, self.at, way)
            if items is not None:
                return self._measured(items)
        begins, ends = array("q"), array("q")
        self.at += 1
        if self._next() == b"]":
            self.at += 1
            return Listed(Span(first, self.place), begins, ends)
        while True:
            self._next()
            begin = self.place
            mark = self._item()
            item = self.window[begin - self.base : self.at].rstrip(b" \t\n\r")
            try:
                _VALID(item)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                raise self._wrong(way, len(begins), begin) from None
            begins.append(begin)
            ends.append(begin + len(item))
            self.at += 1
            if mark == b"]":
                return Listed(Span(first, self.place), begins, ends)
            if mark != b",":
                raise self._wrong(way, len(begins) - 1, begin)

    def _measured(self, items: Sequence[msgspec.Raw]) -> Listed:
        """Where the items of a list are that is known to be JSON, whose bracket is next."""
        window, first = self.window, self.at
        begins, ends = array("q"), array("q")
        at = first + 1
        for item in items:
            at = _end_of(_SPACE, window, at)
            begins.append(at)
            at += len(memoryview(item))
            ends.append(at)
            at = _end_of(_SPACE, window, at) + 1  # behind a comma, or the bracket
        self.at = at if items else _end_of(_SPACE, window, at) + 1
        return Listed(Span(first, self.at), begins, ends)

    def _item(self) -> bytes:
        """Go to what ends an item of a list; the window keeps the item whole."""
        kept, depth = self.place, 0
        while True:
            flat = _FLAT if depth else _UP_TO_COMMA
            matched = flat.match(self.window, self.at)
            self.at = matched.end() if matched else self.at
            mark = self.window[self.at : self.at + 1]
            if not mark or mark == b'"':
                if not self._more(kept):
                    return b""
            elif not depth and mark in b",]}":
                return mark
            else:
                depth += 1 if mark in _OPEN else -1
                self.at += 1

    def _skip(self) -> None:
        """Go over a value of which nothing is to be known."""
        mark = self._next()
        if mark == b'"':
            self._text(self.place)
            return
        if mark not in _OPEN:
            while (end := _end_of(_SCALAR, self.window, self.at)) == len(self.window):
                if not self._more(self.place):
                    break
            self.at = end
            return
        depth = 0
        while True:
            self.at = _end_of(_FLAT, self.window, self.at)
            mark = self.window[self.at : self.at + 1]
            if not mark or mark == b'"':
                if not self._more(self.place):
                    raise self._malformed()
                continue
            depth += 1 if mark in _OPEN else -1
            self.at += 1
            if not depth:
                return

    def _key(self) -> str:
        if self._next() != b'"':
            raise self._malformed()
        written = self._text(self.place)
        if self._next() != b":":
            raise self._malformed()
        self.at += 1
        self._next()
        try:
            return _TEXT(written)
        except (msgspec.MsgspecError, ValueError):
            raise self._malformed() from None

    def _text(self, kept: int) -> bytes:
        while (matched := _KEY.match(self.window, self.at)) is None:
            if not self._more(kept):
                raise self._malformed()
        self.at = matched.end()
        return matched[0]

    @property
    def place(self) -> int:
        """The byte of the document that is next."""
        return self.base + self.at

    def _next(self) -> bytes:
        """The next byte that is no white space, or nothing at the end."""
        while True:
            self.at = _end_of(_SPACE, self.window, self.at)
            if self.at < len(self.window) or not self._more(self.place):
                return self.window[self.at : self.at + 1]

    def _more(self, kept: int) -> bool:
        """Widen the window, keeping what begins at a byte; whether there was more.

        It at least doubles, so that a long text is gone through few times.
        """
        place, end = self.place, self.base + len(self.window)
        held = self.window[kept - self.base :]
        more = self.source.read(end, end + max(self.source.chunk, len(held)))
        self.window, self.base = held + more, kept
        self.at = place - kept
        return bool(more)

    def _malformed(self) -> MalformedError:
        return MalformedError(self.place, self.found.lists)

    def _wrong(self, way: Way, index: int, begin: int) -> Exception:
        """What is wrong with an item, by its place in the document."""
        before = _LATER if index else _FIRST
        item = self.source.read(begin, max(self.place, begin) + _BEHIND)
        try:
            text = before + item.decode("utf-8", "ignore").encode()
            parse(text, max_depth=self.depth - len(way))
        except JsonError as error:
            steps = error.path.split("/", 2)
            rest = f"/{steps[2]}" if len(steps) > 2 else ""  # noqa: PLR2004 -- its own index is the second
            at = begin + error.byte - len(before)
            list_path = "".join(f"/{step}" for step in way)
            return moved(error, self.source, at, f"{list_path}/{index}{rest}")
        return self._malformed()


def _all_at_once(data: bytes, at: int, way: Way) -> Sequence[msgspec.Raw] | None:
    """The items of the list that begins at a byte of a document; None: look closer.

    A tenth of the work, where all is in memory and sound. If a key is repeated on the way, it may
    be the list of another place that is found here; then these bytes do not begin with it.
    """
    try:
        found = msgspec.Raw(data)
        for step in way:
            found = _MEMBERS(found)[step]
        return _ITEMS(found) if data.startswith(found, at) else None
    except (msgspec.MsgspecError, ValueError, RecursionError, KeyError):
        return None


def _end_of(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    matched = pattern.match(data, at)
    return matched.end() if matched else at


def moved(error: JsonError, source: Source, at: int, path: str) -> JsonError:
    """The same of a byte of the document, told by its line there."""
    line, column = source.line_of(at)
    return JsonError(error.code, error.text, path=path, line=line, column=column, byte=at)

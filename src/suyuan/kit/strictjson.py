"""JSON read strictly and exactly (RFC 8259 with unique keys, RFC 7493 §2.3).

Why two readers. Measured on EPCIS events of 1 kB: msgspec 3 µs, the standard library with
a pairs hook and decimals 12 µs. msgspec refuses NaN, broken UTF-8, lone surrogates and
trailing data, keeps integers and decimals exact, but says nothing of repeated keys, of
depth, or of line and column. So it reads first, two sound screens (one for plain texts that
visits no value, one that visits all) ask whether a key may have been repeated, and whatever
is refused or doubtful goes to the exact reader below, which uses no recursion and knows its
place.
"""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from suyuan.kit.encodings import guess
from suyuan.kit.errors import SuyuanError
from suyuan.kit.text import Text, brief

_NUL_ESCAPE = b"\\u0000"
_COLONS = (b'":', b" :", b"\n:", b"\t:", b"\r:")
_LARGEST_EXPONENT = 400
_LARGEST_INT: int = 10**_LARGEST_EXPONENT
_ENCODE = msgspec.json.Encoder(decimal_format="number").encode
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_TOO_LONG = b"0" * (_LARGEST_EXPONENT + 1)
_STEP = 50
_TOO_LONG_IN_STEPS = b"0" * (_LARGEST_EXPONENT // _STEP)

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[+-]?[A-Za-z]+")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = {
    b"\xef\xbb\xbf": "UTF-8 BOM",
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}

_ENCODING = Text(
    "文件编码是 {found}；请另存为不带 BOM 的 UTF-8。",
    "The document is encoded as {found}; save it as UTF-8 without a byte order mark.",
)
_PROBABLY = Text(
    "有字节不是 UTF-8，文件很可能是以 {found} 保存的；请另存为 UTF-8。",
    "Some bytes are not UTF-8; the document was probably saved as {found}. Save it as UTF-8.",
)
_NOT_UTF8 = Text(
    "有字节不是 UTF-8；请另存为不带 BOM 的 UTF-8。",
    "Some bytes are not UTF-8; save the document as UTF-8 without a byte order mark.",
)
_BEHIND = Text("{said} （在“{near}”之后。）", "{said} (It is behind '{near}'.)")
_NEAR = 40
_DEEPEST = 100
_DUPLICATE = Text(
    "键 “{key}” 在同一对象中出现了两次；请只保留一个。",
    "The key '{key}' occurs twice in one object; keep one of them.",
)
_NOT_A_NUMBER = Text(
    "“{word}” 不是 JSON 的值；数字必须有限，文字必须加引号。",
    "'{word}' is not a JSON value; numbers must be finite and text must be quoted.",
)
_DEPTH = Text(
    "嵌套超过 {limit} 层。", "The document is nested more than {limit} levels deep; flatten it."
)
_SIZE = Text(
    "数字超出 1E±400 的范围或位数过多。",
    "The number lies beyond 1E±400 or has too many digits.",
)
_LONE = Text(
    "文字中含有不成对的 UTF-16 代理项转义。",
    "The text contains an escaped UTF-16 surrogate without its partner.",
)
_NUL = Text(
    "文字中含有空字符 U+0000，无法保存；请删去。",
    "The text contains the character U+0000, which cannot be stored; remove it.",
)
_EXPECTED = Text("此处应为 {what}，却遇到 {found}。", "Expected {what} here but found {found}.")
_TRAILING = Text(
    "文档在此处已经结束，后面还有多余内容。",
    "The document is complete here, but more text follows.",
)
_END = Text("文档结尾", "the end of the document")


class JsonError(SuyuanError, ValueError):
    """The bytes are not one strict JSON value; `place` gives path, line, column and byte.

    `path` is an RFC 6901 pointer, empty of bytes before which no text is known: then `place` is the
    byte alone.
    """

    def __init__(
        self, code: str, text: Text, *, byte: int, path: str = "", line: int = 1, column: int = 1
    ) -> None:
        whole = f"{path} (line {line}, column {column}, byte {byte})"
        super().__init__(code, text, whole if path else f"byte {byte}")
        self.path = path
        self.byte = byte


def parse(data: bytes, *, max_depth: int = 100) -> Any:
    """The value of a JSON document: dict, list, str, int, Decimal, bool or None.

    Numbers without fraction and exponent are ints of any size up to 400 digits, all others
    exact Decimals. `max_depth` counts nested arrays and objects.

    Raises:
        JsonError: anything but one well-formed value in UTF-8: repeated keys, NaN, trailing
            data, numbers beyond 1E±400, deeper nesting, byte order marks, other encodings. Also
            an escaped U+0000: RFC 8259 allows it, and no text of a database can hold it.
    """
    if b"\\" in data and _NUL_ESCAPE in data:  # or a backslash and "u0000": the exact reader knows
        return _Reader(_decoded(data), max_depth).document()
    try:
        value = _DECODE(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _Reader(_decoded(data), max_depth).document()
    if _is_plain(data, value, max_depth) or _is_surely_strict(data, value, max_depth):
        return value
    return _Reader(_decoded(data), max_depth).document()


def _exact(written: str) -> Decimal:
    """The decimal of a number with a fraction or an exponent.

    Raises:
        ValueError: it is beyond 1E±400.
    """
    number = Decimal(written)
    if ("e" in written or "E" in written or len(written) > _LARGEST_EXPONENT) and (
        not _is_of_sane_size(number)
    ):
        raise ValueError(written)
    return number


_DECODE = msgspec.json.Decoder(float_hook=_exact).decode


def _is_plain(data: bytes, value: Any, max_depth: int) -> bool:
    """Whether the bytes alone show that no key can have been lost, no limit passed.

    What is written again just as it was has lost nothing. Else, without a backslash every text is,
    so what was read has as many colons, of keys and inside texts, only if nothing was lost to a
    repeated key. Few brackets cannot nest deeply, and a long integer has a long run of digits.
    """
    if b"\\" in data:
        return False
    written = _ENCODE(value)
    return (
        (written == data or written.count(b":") == data.count(b":"))
        and _count(data, b"{") + _count(data, b"[") <= max_depth
        and not _has_long_run(data)
    )


def _count(data: bytes, byte: bytes) -> int:
    """How often one byte occurs; `bytes.count` takes four times as long."""
    return len(data) - len(data.replace(byte, b""))


def _has_long_run(data: bytes) -> bool:
    """Whether there are more digits in a row than a number may have.

    They would show in every fiftieth byte, which is looked at first.
    """
    some = data[::_STEP].translate(_DIGITS_TO_ZERO)
    return _TOO_LONG_IN_STEPS in some and _TOO_LONG in data.translate(_DIGITS_TO_ZERO)


def _is_surely_strict(data: bytes, value: Any, max_depth: int) -> bool:
    """Whether no key can have been lost, no limit passed.

    The colon after a key follows a quote or white space, so counting these pairs of bytes
    gives at least the number of keys written; were one repeated, fewer would be left.
    """
    keys, depth, deepest = 0, 0, 0
    level = [value]
    while level:
        depth += 1
        below: list[Any] = []
        for node in level:
            kind = type(node)
            if kind is dict:
                keys += len(node)
                deepest = depth
                below.extend(node.values())
            elif kind is list:
                deepest = depth
                below.extend(node)
            elif kind is int and not _is_of_sane_size(node):
                return False
        level = below
    if deepest > max_depth:
        return False
    return keys == sum(map(data.count, _COLONS)) or keys == _keys_written(data)


def _keys_written(data: bytes) -> int:
    """How many keys there are, repeated ones included; for texts that confuse the screen."""
    written = 0

    def count(pairs: list[tuple[str, Any]]) -> None:
        nonlocal written
        written += len(pairs)

    json.loads(data, object_pairs_hook=count)
    return written


def _is_of_sane_size(number: Decimal | int) -> bool:
    if isinstance(number, int):
        return abs(number) < _LARGEST_INT
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or len(digits) > _LARGEST_EXPONENT:
        return False
    return abs(exponent) <= _LARGEST_EXPONENT and abs(number.adjusted()) <= _LARGEST_EXPONENT


def refuse_mark(data: bytes) -> None:
    """See that bytes begin with no mark of an encoding, and not as UTF-16 without one does.

    Raises:
        JsonError: they do.
    """
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            raise JsonError("json.encoding", _ENCODING.format(found=name), byte=0)
    if b"\x00" in data[:2]:
        raise JsonError("json.encoding", _ENCODING.format(found="UTF-16 / UTF-32"), byte=0)


def _decoded(data: bytes) -> str:
    refuse_mark(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        raise not_utf8(guess([data]), error.start, before) from error


def not_utf8(found: str, at: int, before: str = "") -> JsonError:
    """The refusal of bytes that are no UTF-8 from one on, but of `found`, "" if that is unknown.

    With the text that stands `before`, the value is named in which they are.
    """
    said = _PROBABLY.format(found=found) if found else _NOT_UTF8
    if not before:
        return JsonError("json.encoding", said, byte=at)
    last = brief(before[before.rfind('"') + 1 :][-_NEAR:], _NEAR)
    return JsonError(
        "json.encoding",
        _BEHIND.format(said=said, near=last) if last else said,
        byte=at,
        path=_pointer(before),
        line=before.count("\n") + 1,
        column=len(before) - before.rfind("\n"),
    )


def _pointer(before: str) -> str:
    """The value in which a text breaks off, as far as the text before it is JSON."""
    try:
        _Reader(before, _DEEPEST).document()
    except JsonError as error:
        return error.path
    return "/"


class _Reader:
    """The exact reader: one pass, an explicit stack, a place for every complaint."""

    def __init__(self, text: str, max_depth: int) -> None:
        self.text = text
        self.at = 0
        self.max_depth = max_depth
        self.open: list[tuple[Any, list[Any]]] = []  # container, path of keys to its item

    def document(self) -> Any:
        root = value = self.value()
        while True:
            if isinstance(value, dict | list):
                self.enter(value)
                more = not self.closes(value)
            else:
                more = False
            while self.open and not more:
                more = self.follows()
            if not self.open:
                self.finish()
                return root
            value = self.item()

    def enter(self, container: Any) -> None:
        if len(self.open) == self.max_depth:
            self.fail("json.depth", _DEPTH.format(limit=self.max_depth))
        self.at += 1
        self.open.append((container, [0 if isinstance(container, list) else None]))

    def closes(self, container: Any) -> bool:
        """Step over the closing bracket if it is next; a first key is read by `item`."""
        if self.peek() != ("]" if isinstance(container, list) else "}"):
            return False
        self.at += 1
        self.open.pop()
        return True

    def follows(self) -> bool:
        """After an item: True at a comma, False once the container has been closed."""
        container, place = self.open[-1]
        if self.closes(container):
            return False
        if self.peek() != ",":
            self.expected("',' / ']'" if isinstance(container, list) else "',' / '}'")
        self.at += 1
        if isinstance(container, list):
            place[0] += 1
        return True

    def item(self) -> Any:
        """Read one value (with its key) into the innermost container; containers stay open."""
        container, place = self.open[-1]
        if isinstance(container, list):
            value = self.value()
            container.append(value)
            return value
        place[0] = key = self.key(container)
        value = self.value()
        container[key] = value
        return value

    def key(self, container: dict[str, Any]) -> str:
        if self.peek() != '"':
            self.expected("'\"'")
        start = self.at
        key = self.string()
        if key in container:
            self.at = start
            self.fail("json.duplicate-key", _DUPLICATE.format(key=brief(key, 60)))
        if self.peek() != ":":
            self.expected("':'")
        self.at += 1
        return key

    def value(self) -> Any:
        """A scalar, or an empty container whose bracket is still to be stepped over."""
        head = self.peek()
        if head == "{":
            return {}
        if head == "[":
            return []
        if head == '"':
            return self.string()
        return self.number() if head.isdecimal() or head == "-" else self.word()

    def string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if match is None:
            self.fail("json.string", _EXPECTED.format(what='"…"', found=self.glimpse()))
        value: str = json.loads(match[0])
        if _SURROGATE.search(value):
            self.fail("json.surrogate", _LONE)
        if "\0" in value:
            self.fail("json.nul", _NUL)
        self.at = match.end()
        return value

    def number(self) -> int | Decimal:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            self.word()
            self.expected("0-9")
        whole = match[1] is None and match[2] is None
        if len(match[0]) > 2 * _LARGEST_EXPONENT or len(match[2] or "") > len("e+9999"):
            self.fail("json.number-size", _SIZE)
        number = int(match[0]) if whole else Decimal(match[0])
        if not _is_of_sane_size(number):
            self.fail("json.number-size", _SIZE)
        self.at = match.end()
        return number

    def word(self) -> bool | None:
        match = _WORD.match(self.text, self.at)
        if match is None:
            self.expected(Text("一个值", "a value"))
        if match[0] not in _WORDS:
            self.fail("json.word", _NOT_A_NUMBER.format(word=brief(match[0], 20)))
        self.at = match.end()
        return _WORDS[match[0]]

    def finish(self) -> None:
        if self.peek():
            self.fail("json.trailing", _TRAILING)

    def peek(self) -> str:
        """The next character that is not white space, or nothing at the end."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def glimpse(self) -> Text:
        seen = self.text[self.at : self.at + 12].replace("\0", "\ufffd")
        return Text(f"“{seen}”", f"'{seen}'") if seen else _END

    def expected(self, what: str | Text) -> NoReturn:
        self.fail("json.syntax", _EXPECTED.format(what=what, found=self.glimpse()))

    def fail(self, code: str, text: Text) -> NoReturn:
        before = self.text[: self.at]
        line, column = before.count("\n") + 1, self.at - before.rfind("\n")
        byte = len(before.encode())
        raise JsonError(code, text, path=self.path(), line=line, column=column, byte=byte)

    def path(self) -> str:
        """RFC 6901 pointer to the item being read."""
        steps = [str(place[0]) for _, place in self.open if place[0] is not None]
        return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps) or "/"

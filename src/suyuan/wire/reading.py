"""Readers of single values: each takes a value and its place, gives what it means or None.

A reader that gives None has said why; reading goes on, so that one pass finds everything.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from suyuan.codes import privacy
from suyuan.codes.types import LONGEST_NAME, RESOLVERS
from suyuan.kit import Text
from suyuan.kit.unit_names import is_unit_code, meant_unit
from suyuan.model import Finding, Severity
from suyuan.wire.cbv import Vocabulary, local_part, nearest
from suyuan.wire.contexts import expand
from suyuan.wire.rules import finding
from suyuan.wire.types import Context, Mode


class Reading:
    """One event being read: what is known about it, and what has been found so far."""

    __slots__ = (
        *("at", "belongings", "capturer", "context", "findings", "mode", "offset", "resolvers"),
    )

    def __init__(
        self,
        context: Context,
        capturer: str,
        mode: Mode,
        resolvers: frozenset[str] = RESOLVERS,
    ) -> None:
        self.context = context
        self.capturer = capturer
        self.mode = mode
        self.resolvers = resolvers
        self.findings: list[Finding] = []
        self.belongings: dict[str, str] = {}
        self.offset: str | None = None
        self.at: datetime | None = None

    def found(self, rule: str, path: str, **params: Any) -> None:
        """Note what a rule says of a place."""
        self.findings.append(finding(rule, path, self.mode, **params))


Reader = Callable[[Reading, Any, str], Any]
"""Gives the meaning of a value at a path (RFC 6901), or None after saying what is wrong."""

Plain = Callable[[Reading, Any], Any]
"""The same of a value of which there is nothing to say; None: a reader has to look closer."""

TEXT: Final = Text("文字", "text")
NUMBER: Final = Text("数字", "a number")
OBJECT: Final = Text("对象", "an object")
ARRAY: Final = Text("数组", "an array")
BOOLEAN: Final = Text("true 或 false", "true or false")
NULL: Final = Text("null", "null")

# RFC 3986 with the characters of RFC 3987; what is never allowed in either stays out.
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")
_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
_OFFSET: Final = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)", re.ASCII)
_LOOSE_OFFSET: Final = re.compile(r"([+-])(\d{1,2}):?(\d\d)", re.ASCII)
_UNIT: Final = re.compile(r"[A-Z0-9]{2,3}", re.ASCII)
_LONGEST_UNIT: Final = 3
_CODES: Final = Text(
    "请用两到三位的代码，如 KGM、LTR。", "Use the code of two or three, as KGM or LTR."
)
_HEX: Final = re.compile(r"[A-Fa-f0-9]+", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = "1900", "2262"


def kind_of(value: Any) -> Text:
    """What a JSON value is, in words."""
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, str):
        return TEXT
    if isinstance(value, dict):
        return OBJECT
    if isinstance(value, list):
        return ARRAY
    return NULL if value is None else NUMBER


def expected(reading: Reading, what: Text, value: Any, path: str) -> None:
    """Say that another type of value belongs here."""
    reading.found("wire.type", path, expected=what, found=kind_of(value))


def text(reading: Reading, value: Any, path: str) -> str | None:
    """Any text."""
    if type(value) is str:
        return value
    expected(reading, TEXT, value, path)
    return None


def boolean(reading: Reading, value: Any, path: str) -> bool | None:
    """True or false."""
    if type(value) is bool:
        return value
    expected(reading, BOOLEAN, value, path)
    return None


def number(reading: Reading, value: Any, path: str) -> Decimal | None:
    """A number, exact; in lenient mode also one written as text."""
    kind = type(value)
    if kind is int:
        return Decimal(value)
    if kind is Decimal:
        exact: Decimal = value
        return exact
    if kind is str and _NUMBER.fullmatch(value):
        reading.found("wire.number.text", path)
        return _decimal(value)
    expected(reading, NUMBER, value, path)
    return None


def _decimal(written: str) -> Decimal | None:
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def amount(reading: Reading, value: Any, path: str) -> Decimal | None:
    """A quantity: a number that is not negative."""
    read = number(reading, value, path)
    if read is not None and read < 0:
        reading.found("wire.quantity.negative", path, found=read)
        return None
    return read


@lru_cache(maxsize=1 << 10)
def _is_listed(code: str) -> bool:
    return is_unit_code(code)


def is_unit(value: Any) -> bool:
    """Whether it may be a unit code, of which there is nothing to say."""
    return type(value) is str and len(value) <= _LONGEST_UNIT and _is_listed(value)


def unit(reading: Reading, value: Any, path: str) -> str | None:
    """A unit code of UN/CEFACT Recommendation 20, or what has the form of one."""
    if is_unit(value):
        return str(value)
    has_form = type(value) is str and _UNIT.fullmatch(value) is not None
    rule = "wire.unit.unlisted" if has_form else "wire.unit"
    reading.found(rule, path, found=shown(value), near=_unit_for(value))
    return str(value) if has_form else None


def sensed_unit(reading: Reading, value: Any, path: str) -> str | None:
    """The unit of a measurement: the schema takes any text."""
    read = text(reading, value, path)
    if read is not None and not is_unit(read):
        reading.found("wire.unit.unlisted", path, found=shown(read), near=_unit_for(read))
    return read


def _unit_for(value: Any) -> Text:
    """What to write for a unit: the code that is meant, else what codes are like."""
    code = meant_unit(value.strip()) if type(value) is str else None
    return _CODES if code is None else Text(f"请写 {code}。", f"Write {code}.")


def hexadecimal(reading: Reading, value: Any, path: str) -> str | None:
    """Bytes in hexadecimal digits."""
    if type(value) is str and _HEX.fullmatch(value):
        return value
    expected(reading, Text("十六进制数字", "hexadecimal digits"), value, path)
    return None


def shown(value: Any) -> str:
    """A value as a sentence may quote it, masked; what no sentence can hold is replaced.

    All but texts that are seen as such are written as in JSON.
    """
    is_seen = isinstance(value, str) and value.strip()
    text = value if is_seen else json.dumps(value, ensure_ascii=False, default=str)
    return privacy.quoted(text).replace("\0", "\ufffd")


def is_plain_uri(value: str) -> bool:
    """Whether a text is an absolute URI of which `uri` has nothing to say."""
    return value.startswith(("http", "urn:")) and value.isascii() and bool(_URI.fullmatch(value))


def uri(reading: Reading, value: Any, path: str) -> str | None:
    """A URI; a compact one whose prefix the document declares is written out."""
    if type(value) is not str:
        expected(reading, TEXT, value, path)
        return None
    if _URI.fullmatch(value) is None:
        reading.found("wire.uri", path, found=shown(value))
        return None
    if not value.isascii():
        reading.found("wire.uri.ascii", path)
    if value.startswith(("http", "urn:")):
        return value
    return expand(value, reading.context) or value


def of_sane_length(reading: Reading, name: str, path: str) -> str | None:
    """A name that can be found again: an index cannot hold one of any length."""
    size = len(name.encode())
    if size <= LONGEST_NAME:
        return name
    reading.found("wire.uri.length", path, found=size, limit=LONGEST_NAME)
    return None


def named(reading: Reading, value: Any, path: str) -> str | None:
    """A URI by the schema, where other texts do no harm and are kept in lenient mode."""
    if type(value) is str and _URI.fullmatch(value) is None:
        reading.found("wire.uri.name", path, found=shown(value))
        return value if reading.mode is Mode.LENIENT else None
    return uri(reading, value, path)


def word(vocabulary: Vocabulary) -> Reader:
    """The reader of a vocabulary: its bare word, or somebody's own URI."""
    words = vocabulary.words

    def read(reading: Reading, value: Any, path: str) -> str | None:
        if type(value) is str and value in words:
            return value
        other = _other_word(reading, value, path, vocabulary)
        return None if other is None else of_sane_length(reading, other, path)

    return read


def _other_word(reading: Reading, value: Any, path: str, vocabulary: Vocabulary) -> str | None:
    if type(value) is not str:
        expected(reading, TEXT, value, path)
        return None
    if ":" not in value:
        rule = "wire.word.kept" if vocabulary.tolerant else "wire.word"
        near = _nearest(value, vocabulary)
        reading.found(rule, path, found=shown(value), vocabulary=vocabulary.name, near=near)
        return value
    for beginning in vocabulary.withdrawn:
        if value.startswith(beginning):
            return _older_form(reading, value, path, (vocabulary, beginning))
    full = expand(value, reading.context)
    if full is None:
        reading.found("wire.name.prefix", path, key=shown(value))
    read = uri(reading, full or value, path)
    for beginning in (*vocabulary.full, *vocabulary.withdrawn):
        if read is not None and read.startswith(beginning):
            bare = read[len(beginning) :]
            if bare in vocabulary.words:
                return bare
    if read is not None and (local := local_part(read, vocabulary)) is not None:
        _unlisted(reading, "wire.word.unlisted", path, (value, local), vocabulary)
    return read


def _unlisted(
    reading: Reading, rule: str, path: str, word: tuple[str, str], vocabulary: Vocabulary
) -> None:
    """Say of a value, and of the word it holds, that the vocabulary has none such."""
    value, local = word
    near = _nearest(local, vocabulary)
    reading.found(rule, path, found=shown(value), vocabulary=vocabulary.name, near=near)


def _nearest(value: str, vocabulary: Vocabulary) -> Text:
    """The words that may have been meant, to stand behind a sentence; nothing if none is near."""
    near = nearest(value, vocabulary)
    if not near:
        return Text("", "")
    return Text(f"最接近的是 {'、'.join(near)}。", f" Nearest: {', '.join(near)}.")


def _older_form(reading: Reading, value: str, path: str, form: tuple[Vocabulary, str]) -> str:
    vocabulary, beginning = form
    bare = value[len(beginning) :]
    if bare not in vocabulary.words:
        _unlisted(reading, "wire.word.withdrawn-unlisted", path, (value, bare), vocabulary)
        return value
    reading.found(
        "wire.word.withdrawn", path, found=shown(value), word=bare, vocabulary=vocabulary.name
    )
    return bare


def offset_of(reading: Reading, value: Any, path: str) -> str | None:
    """A time zone offset, "+08:00"."""
    if type(value) is not str:
        expected(reading, TEXT, value, path)
        return None
    if _OFFSET.fullmatch(value):
        return value
    match = _LOOSE_OFFSET.fullmatch(value)
    read = "+00:00" if value in {"Z", "z"} else match and f"{match[1]}{match[2]:0>2}:{match[3]}"
    if not read or _OFFSET.fullmatch(read) is None:
        reading.found("wire.offset", path, found=shown(value))
        return None
    reading.found("wire.offset.form", path, found=value, offset=read)
    return read


def time(reading: Reading, value: Any, path: str) -> datetime | None:
    """An instant in UTC, to the microsecond; without a zone read at the event's offset."""
    if type(value) is not str:
        expected(reading, TEXT, value, path)
        return None
    match = _TIME.fullmatch(value)
    if match is None:
        reading.found("wire.time", path, found=shown(value))
        return None
    if not _FIRST_YEAR <= value[:4] <= _LAST_YEAR:
        reading.found("wire.time.year", path, found=value)
        return None
    try:
        read = datetime.fromisoformat(value.upper())
    except ValueError:
        reading.found("wire.time", path, found=value)
        return None
    if match[1] is None:
        return _local(reading, read, path)
    return read.astimezone(UTC)


def _local(reading: Reading, read: datetime, path: str) -> datetime | None:
    if reading.offset is None:
        reading.found("wire.time.local", path)
        return None
    reading.found("wire.time.zone", path, offset=reading.offset)
    return read.replace(tzinfo=_zone(reading.offset)).astimezone(UTC)


def _zone(offset: str) -> timezone:
    size = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return timezone(-size if offset[0] == "-" else size)


def time_text(reading: Reading, value: Any, path: str) -> str | None:
    """A time that is kept in the words it came in."""
    return value if time(reading, value, path) is not None else None


def past_text(reading: Reading, value: Any, path: str) -> str | None:
    """A time, in its words, at which something was sensed: the event tells of it afterwards."""
    at = time(reading, value, path)
    if at is None:
        return None
    if reading.at is not None and at > reading.at:
        reading.found("wire.sensor.later", path, found=value)
    return str(value)


def refuses(findings: list[Finding]) -> bool:
    """Whether something found keeps the event out."""
    return any(found.severity is Severity.REFUSE for found in findings)

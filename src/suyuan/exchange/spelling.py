"""Takes the texts of a parameter; gives the value they spell, or says what it must look like."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from suyuan.codes import privacy
from suyuan.codes.types import Identifier
from suyuan.exchange.members import spellings
from suyuan.exchange.patterns import KNOWN, PATTERN, pattern_of
from suyuan.exchange.query import QueryError
from suyuan.index import anatomy, vocabulary
from suyuan.kit import Text
from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.wire import Context
from suyuan.wire.cbv import Vocabulary
from suyuan.wire.contexts import STANDARD, STANDARD_NAMES, expand

Values = Sequence[str]
Reader = Callable[[str], Identifier]

_VALUE = Text(
    "参数 “{name}” 的值 “{value}” 不可用；{cure}",
    "'{value}' cannot be the value of '{name}'; {cure}",
)
_ONCE = Text("参数 “{name}” 只能给一次。", "Give '{name}' once only.")
_USE = Text("可用：{known}。", "use one of {known}.")
WRITE: Final = Text("请写成 {example}。", "write {example}.")
_RANGE = Text("须为 1 至 {most}。", "it must be 1 to {most}.")
_SOMETHING = Text("请给出至少一个值。", "give at least one value.")
_IN_FULL = Text(
    "这种通配不支持；可用 {known}，星号之后只能是星号，如 urn:epc:idpat:sgtin:6901234.000001.*。",
    "this pattern is not supported; use {known}, with nothing but * behind the first *, as in "
    "urn:epc:idpat:sgtin:6901234.000001.*.",
).format(known=", ".join(KNOWN))
_ONE: Final = "urn:epc:id:"
_GS1: Final = "https://id.gs1.org/"
_EPCIS: Final = STANDARD_NAMES["epcis"]
_PARTED: Final = re.compile(r"[|,]")
_URI: Final = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:")
_PARTED_URIS: Final = re.compile(rf"\||,(?={_URI.pattern})")
_PARTED_TEXTS: Final = re.compile(r"\|")
_INSTANT: Final = "2026-03-01T08:00:00+08:00"


def once(name: str, values: Values) -> str:
    """The only value of a parameter that may have but one."""
    if len(values) != 1:
        shown = privacy.quoted(name)
        raise QueryError("query.once", _ONCE.format(name=shown), shown)
    return values[0]


def in_full(value: str, context: Context) -> str:
    """A name with its prefix written out, as events have it; any other as it is."""
    if ":" not in value or value.startswith(("http", "urn:")):
        return value
    return expand(value, context) or value


def attribute(name: str, context: Context) -> tuple[str, ...]:
    """What an attribute of master data may be called that is named so.

    Documents of EPCIS 1.2 call it `namespace#name`; a bare word is the last of any name.
    """
    iri = vocabulary.attribute_iri(name, context)
    if ":" not in iri:
        return (iri,)
    prefix, _, local = name.partition(":")
    namespace = context.names.get(prefix)
    if namespace is None:
        at = max(map(iri.rfind, "#:/")) + 1
        namespace, local = iri[:at], iri[at:]
    return *spellings(iri), f"{namespace}#{local}"


def bare(value: str, words: Vocabulary) -> str:
    """A word of the CBV in any of its spellings, as events have it."""
    for beginning in (*words.full, *words.withdrawn):
        word = value.removeprefix(beginning)
        if word != value and word in words.words:
            return word
    return value


def event_type(value: str) -> str:
    """A type of event in any of its spellings, as events have it."""
    return (expand(value, STANDARD) or value).removeprefix(_EPCIS) if ":" in value else value


def listed(name: str, values: Values) -> tuple[str, ...]:
    """Words parted by commas or bars."""
    return _split(name, values, _PARTED, " ")


def words(name: str, values: Values, known: Vocabulary) -> tuple[str, ...]:
    """Words parted by commas or bars, each a known one or a URI of somebody's own.

    Such a URI may hold commas: one parts it only from another URI or a known word.
    """
    parts = (part for value in values for part in value.split("|"))
    return _found(name, (word.strip(" ,") for part in parts for word in _words(part, known)))


def _words(text: str, known: Vocabulary) -> list[str]:
    found: list[str] = []
    for piece in text.split(","):
        is_within = found and _URI.match(found[-1]) and bare(found[-1], known) == found[-1]
        if is_within and not _URI.match(piece) and piece.strip() not in known.words:
            found[-1] += f",{piece}"
        else:
            found.append(piece.strip())
    return found


def texts(name: str, values: Values) -> tuple[str, ...]:
    """Texts parted by bars; commas are theirs."""
    return _split(name, values, _PARTED_TEXTS, " ")


def names(name: str, values: Values) -> tuple[str, ...]:
    """URIs may hold commas: one parts them only where another URI begins behind it."""
    return _split(name, values, _PARTED_URIS, " ,")


def _split(name: str, values: Values, parted: re.Pattern[str], around: str) -> tuple[str, ...]:
    return _found(name, (part.strip(around) for value in values for part in parted.split(value)))


def _found(name: str, parts: Iterable[str]) -> tuple[str, ...]:
    found = tuple(part for part in parts if part)
    if not found:
        raise bad(name, "", _SOMETHING)
    return found


def identifiers(name: str, values: Values, reader: Reader) -> tuple[str, ...]:
    """Both spellings of a GS1 key, EPC URN and Digital Link, name the same canonical thing."""
    return tuple(reader(value).uri for value in names(name, values))


def things(name: str, values: Values, reader: Reader) -> Iterator[tuple[str, bool]]:
    """Names of things, and of each whether it is a pattern of many.

    `urn:epc:idpat:sgtin:Company.Item.*` is the name of a class where classes are asked for. Without
    `*` it is of the one thing that it names (EPC Tag Data Standard 2.0 §8).
    """
    classes = name.endswith("Class")
    for value in names(name, values):
        if not classes and "*" not in value and value.lower().startswith(PATTERN):
            yield reader(f"{_ONE}{value[len(PATTERN) :]}").uri, False
            continue
        if not value.lower().startswith(PATTERN):
            yield reader(value).uri, False
            continue
        known = reader(value).uri
        if classes and known.startswith(_GS1):
            yield known, False
            continue
        pattern = pattern_of(value, classes=classes)
        if pattern is None:
            raise bad(name, value, _IN_FULL)
        yield pattern, True


def one_of(name: str, value: str, kind: Any) -> Any:
    """The member of a closed set."""
    try:
        return kind(value)
    except ValueError:
        raise bad(name, value, _USE.format(known=", ".join(kind))) from None


def time(name: str, value: str) -> datetime:
    """An instant with its offset; `+` may have become a blank on its way through an address."""
    try:
        span, offset = parse_instant(value.replace(" ", "+"))
    except BadTimeError:
        span, offset = None, None
    if span is None or offset is None or span.lo is None:
        raise bad(name, value, WRITE.format(example=_INSTANT))
    return span.lo


def decimal(name: str, value: str) -> Decimal:
    """A number, written plainly."""
    number = anatomy.number_of(value.strip())
    if number is None:
        raise bad(name, value, WRITE.format(example="12.5"))
    return number


def count(name: str, value: str, most: int) -> int:
    """A whole number from 1 on."""
    digits = value.lstrip("0")
    if not value.isascii() or not digits.isdigit() or len(digits) > len(str(most)):
        raise bad(name, value, _RANGE.format(most=most))
    if int(digits) > most:
        raise bad(name, value, _RANGE.format(most=most))
    return int(digits)


def exists(name: str, values: Values) -> bool:
    """EXISTS_ asks only whether the member is there; the standard gives it no other value."""
    value = once(name, values)
    if value not in {"", "true"}:
        raise bad(name, value, WRITE.format(example="true"))
    return True


def bad(name: str, value: str, cure: Text) -> QueryError:
    """The error that this value cannot be the parameter's, with its cure."""
    shown = privacy.quoted(name)
    text = _VALUE.format(name=shown, value=privacy.quoted(value), cure=cure)
    return QueryError("query.value", text, shown)

"""GS1 keys as one table, and the one canonical URI of each thing they name.

GS1 General Specifications §3 (application identifiers), EPC Tag Data Standard 2.0 §6-7,
GS1 Digital Link 1.2 §4; only keys whose structure is certain are here.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from msgspec import Struct, structs

from suyuan.codes.checks import gmn_check, gs1_check_digit
from suyuan.codes.gs1_ais import AIS, RULED, foreign
from suyuan.codes.notes import note
from suyuan.codes.types import Grain, Note

CANONICAL_ROOT: Final = "https://id.gs1.org/"
Pairs = tuple[tuple[str, str], ...]

# The 82 characters of AI values (General Specifications figure 7.11-1); component parts
# have their own 39 (figure 7.11-2). The plain ones need no percent-encoding in a URI.
_SET_82 = r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"
_PLAIN = re.compile(r"[A-Za-z0-9._-]*", re.ASCII)


class Key(Struct, frozen=True):
    """A GS1 key: `head` digits of which the first `checked` end in a check digit, then a tail.

    `bare` and `serial` are scheme and grain without and with a serial number, whether that
    stands in the tail or in a qualifier; `qualifiers` lists the path's AIs in their order.
    """

    ai: str
    bare: tuple[str, Grain]
    serial: tuple[str, Grain]
    head: int
    checked: int
    value: re.Pattern[str]
    qualifiers: tuple[str, ...] = ()
    serial_ai: str = ""


class Reading(Struct, frozen=True, gc=False):
    """A GS1 text as read: the identifying pairs, what they name, and what else was said."""

    uri: str
    scheme: str
    grain: Grain
    pairs: Pairs
    extra: Pairs = ()
    lot: str | None = None
    class_uri: str | None = None
    notes: tuple[Note, ...] = ()


class UnreadableError(Exception):
    """The text has the shape of a GS1 code, but the code is wrong; `note` says how.

    `pairs` are its data as far as whoever reads it can tell them apart.
    """

    def __init__(self, scheme: str, code: str, **params: object) -> None:
        super().__init__(code)
        self.scheme = scheme
        self.note = note(code, "error", **params)
        self.pairs: Pairs = ()


def _key(  # one row of the table below
    ai: str,
    bare: tuple[str, Grain],
    serial: tuple[str, Grain],
    shape: tuple[int, int, str],
    qualifiers: str = "",
) -> Key:
    head, checked, tail = shape
    path = tuple(qualifiers.split())
    pattern = re.compile(rf"[0-9]{{{head}}}{tail}" if head else tail)
    return Key(ai, bare, serial, head, checked, pattern, path, path[-1] if path else "")


_INSTANCE, _LOT, _CLASS = Grain.INSTANCE, Grain.LOT, Grain.CLASS
_PARTY, _PLACE, _DOCUMENT = Grain.PARTY, Grain.PLACE, Grain.DOCUMENT
_CPI_SET = r"[#\-/0-9A-Z]"

KEYS: Final[dict[str, Key]] = {
    key.ai: key
    for key in (
        _key("00", ("sscc", _INSTANCE), ("sscc", _INSTANCE), (18, 18, "")),
        _key("01", ("gtin", _CLASS), ("sgtin", _INSTANCE), (14, 14, ""), "22 10 21"),
        _key("253", ("gdti", _DOCUMENT), ("gdti", _DOCUMENT), (13, 13, _SET_82 + "{0,17}")),
        _key("255", ("gcn", _CLASS), ("gcn", _INSTANCE), (13, 13, "[0-9]{0,12}")),
        _key("401", ("ginc", _DOCUMENT), ("ginc", _DOCUMENT), (0, 0, _SET_82 + "{1,30}")),
        _key("402", ("gsin", _DOCUMENT), ("gsin", _DOCUMENT), (17, 17, "")),
        _key("414", ("gln", _PLACE), ("sgln", _PLACE), (13, 13, ""), "254"),
        _key("415", ("payee", _PARTY), ("payment", _DOCUMENT), (13, 13, ""), "8020"),
        _key("417", ("pgln", _PARTY), ("pgln", _PARTY), (13, 13, "")),
        _key("8003", ("grai", _CLASS), ("grai", _INSTANCE), (14, 14, _SET_82 + "{0,16}")),
        _key("8004", ("giai", _INSTANCE), ("giai", _INSTANCE), (0, 0, _SET_82 + "{1,30}")),
        _key("8006", ("itip", _CLASS), ("itip", _INSTANCE), (18, 14, ""), "22 10 21"),
        _key("8010", ("cpi", _CLASS), ("cpi", _INSTANCE), (0, 0, _CPI_SET + "{1,30}"), "8011"),
        _key("8013", ("gmn", _CLASS), ("gmn", _CLASS), (0, 0, _SET_82 + "{3,25}")),
        _key("8017", ("gsrnp", _PARTY), ("gsrnp", _PARTY), (18, 18, ""), "8019"),
        _key("8018", ("gsrn", _PARTY), ("gsrn", _PARTY), (18, 18, ""), "8019"),
    )
}
# Qualifiers that exclude all others: a GTIN's third-party serial (UPUI), and the identifier
# that a national authority adds to the operator, site or machine a key names (AI 7040).
VARIANTS: Final[dict[tuple[str, str], Key]] = {
    (ai, qualifier): structs.replace(
        KEYS[ai], serial=serial, qualifiers=(qualifier,), serial_ai=qualifier
    )
    for ai, qualifier, serial in (
        ("01", "235", ("upui", _INSTANCE)),
        ("414", "7040", ("gln", _PLACE)),
        ("417", "7040", ("pgln", _PARTY)),
        ("8004", "7040", ("giai", _INSTANCE)),
    )
}
# Identifies a service relation, not the party that the key names.
_NOT_IDENTIFYING: Final = frozenset(("8019",))
_TRADE_ITEMS = frozenset(("01", "8006"))
GTIN_LENGTHS: Final = frozenset((8, 12, 13))
"""Digits of a GTIN by itself, where it has no 14."""

GTIN_DIGITS: Final = 14
_CHECKS: Final[dict[str, tuple[Callable[[str], str | None], int]]] = {
    "csum": (gs1_check_digit, 1),
    "csumalpha": (gmn_check, 2),
}
"""The rules of check characters: which, and how many at the end."""


def whole_gtin(digits: str) -> Reading:
    """What the digits of a GTIN name by themselves: 8, 12 and 13 of them are as whole as 14.

    Raises:
        UnreadableError: as `compose`.
    """
    reading = compose("01", digits.zfill(GTIN_DIGITS), {})
    is_padded = len(digits) < GTIN_DIGITS
    said = (note("padded", "info", size=len(digits)),) if is_padded else ()
    return structs.replace(reading, notes=said)


def compose(ai: str, value: str, qualifiers: dict[str, str], extra: Pairs = ()) -> Reading:
    """What a key value with its qualifiers names, checked.

    Behind an application identifier a GTIN has 14 digits (General Specifications §3.3.2); of one
    that is suppressed to 8, 12 or 13 the zeros are put back, and a warning says so.

    Raises:
        UnreadableError: wrong length, alphabet or check digit, or another rule of the AI broken.
    """
    key = KEYS[ai]
    if "235" in qualifiers or "7040" in qualifiers:
        key = variant(ai, qualifiers)
    notes: tuple[Note, ...] = ()
    if ai == "01" and len(value) in GTIN_LENGTHS:
        value = value.zfill(GTIN_DIGITS)
        notes = (note("suppressed", "warning"),)
    uri = _key_uri(ai, value)
    for qualifier, text in qualifiers.items():
        if not AIS[qualifier].pattern.fullmatch(text):
            raise _misformed(key.bare[0], qualifier, text)
        if qualifier in RULED:
            _hold_to_rules(key.bare[0], qualifier, text)
    if ai in _TRADE_ITEMS:
        return _trade_item(key, uri, value, qualifiers, extra, notes)
    return _other(key, uri, value, qualifiers, extra)


def qualified(pairs: Pairs, ai: str, extra: Pairs = ()) -> Reading:
    """What the key of these pairs names, with those of the pairs that qualify it.

    Raises:
        UnreadableError: as `compose`.
    """
    values = dict(pairs)
    names = variant(ai, values).qualifiers
    qualifiers = {name: values[name] for name in names if name in values}
    rest = tuple(pair for pair in pairs if pair[0] != ai and pair[0] not in qualifiers)
    return compose(ai, values[ai], qualifiers, rest + extra)


def variant(ai: str, qualifiers: Iterable[str]) -> Key:
    """The key as the one qualifier that excludes the others makes it."""
    return next((VARIANTS[ai, each] for each in qualifiers if (ai, each) in VARIANTS), KEYS[ai])


@lru_cache(maxsize=1 << 12)
def _key_uri(ai: str, value: str) -> str:
    """The checked key alone; kept, because thousands of serials share one item."""
    _check_value(KEYS[ai], value)
    return f"{CANONICAL_ROOT}{ai}/{encoded(value)}"


def _check_value(key: Key, value: str) -> None:
    """Refuse a key value of wrong form or check digit, or that breaks another rule of its AI."""
    if not key.value.fullmatch(value):
        raise _misformed(key.bare[0], key.ai, value)
    _hold_to_rules(key.bare[0], key.ai, value)


def _misformed(scheme: str, ai: str, value: str) -> UnreadableError:
    """What is wrong with data of another form: characters that it never has, else its length."""
    if found := foreign(ai, value):
        return UnreadableError(scheme, "alphabet", what=f"({ai})", found=found)
    return UnreadableError(scheme, "length", what=f"({ai})", found=len(value))


def _hold_to_rules(scheme: str, ai: str, value: str) -> None:
    """Refuse data of the right form that break a rule of their AI."""
    broken = AIS[ai].broken(value)
    if broken is None:
        return
    rule, part = broken
    if rule in _CHECKS:
        checked, size = _CHECKS[rule]
        expected = checked(part[:-size]) or "?"
        raise UnreadableError(scheme, "check", expected=expected, found=part[-size:])
    raise UnreadableError(scheme, "element", ai=ai, found=value[:30], form=AIS[ai].form)


def _trade_item(
    key: Key,
    class_uri: str,
    value: str,
    qualifiers: dict[str, str],
    extra: Pairs,
    notes: tuple[Note, ...],
) -> Reading:
    """The serial wins; the lot becomes what the item belongs to; a variant is a class."""
    lot_value, serial = qualifiers.get("10"), qualifiers.get(key.serial_ai)
    lot = None if lot_value is None else f"{class_uri}/10/{encoded(lot_value)}"
    if serial is not None:
        own, (scheme, grain) = (key.serial_ai, serial), key.serial
    elif lot_value is not None:
        own, scheme, grain = ("10", lot_value), "lgtin" if key.ai == "01" else "itip", _LOT
    elif "22" in qualifiers:
        own, (scheme, grain) = ("22", qualifiers["22"]), key.bare
    else:
        scheme, grain = key.bare
        return Reading(class_uri, scheme, grain, ((key.ai, value),), extra, notes=notes)
    if len(qualifiers) > 1:
        extra = tuple(pair for pair in qualifiers.items() if pair != own) + extra
    uri = f"{class_uri}/{own[0]}/{encoded(own[1])}"
    lot = lot if serial is not None else None
    return Reading(uri, scheme, grain, ((key.ai, value), own), extra, lot, class_uri, notes)


def _other(key: Key, uri: str, value: str, qualifiers: dict[str, str], extra: Pairs) -> Reading:
    own = key.serial_ai
    if own not in qualifiers or own in _NOT_IDENTIFYING or (own, qualifiers[own]) == ("254", "0"):
        tailed = 0 < key.head < len(value)
        scheme, grain = key.serial if tailed else key.bare
        class_uri = f"{CANONICAL_ROOT}{key.ai}/{value[: key.head]}" if tailed else None
        rest = tuple(pair for pair in qualifiers.items() if own in _NOT_IDENTIFYING)
        return Reading(uri, scheme, grain, ((key.ai, value),), rest + extra, class_uri=class_uri)
    serial = qualifiers[own]
    scheme, grain = key.serial
    pairs = ((key.ai, value), (own, serial))
    class_uri = uri if key.bare[1] is _CLASS else None
    return Reading(
        f"{uri}/{own}/{encoded(serial)}", scheme, grain, pairs, extra, class_uri=class_uri
    )


def encoded(value: str) -> str:
    """The one percent-encoding: all but RFC 3986's unreserved characters, upper-case hex."""
    return value if _PLAIN.fullmatch(value) else quote(value, safe="")

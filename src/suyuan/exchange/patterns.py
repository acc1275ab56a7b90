"""Takes an EPC pattern URN; gives the canonical names that it fits, as a regular expression.

`urn:epc:idpat:sgtin:6901234.000001.*` (EPC Tag Data Standard 2.0 §8): a field is given or `*`, and
behind the first `*` all are. How long the prefix is says how long the reference behind it must be.
"""

import re
from typing import Final

from msgspec import Struct

from suyuan.index import stems

PATTERN: Final = "urn:epc:idpat:"

_GS1: Final = "https://id\\.gs1\\.org/"
_ALL: Final = "*"
_PREFIX: Final = re.compile("[0-9]{6,12}")
_ANY: Final = "[^/]+"
_NUMBER: Final = "[0-9]+"
_CHECK: Final = "[0-9]"
_PIECE: Final = re.compile("[0-9]{2}")
_BEGINNING: Final = re.compile(rf"{re.escape(_GS1)}([0-9]+)/((?:[0-9A-Z]|\[0-9\](?!{{))*)")
"""How every expression begins: with a key, and what is given of its number, digit by digit."""


class _Key(Struct, frozen=True):
    """How a key is made of its fields.

    `digits` counts prefix and reference, which a check digit closes; with `leads` the reference
    begins the key; 0: the reference is any text. `pieces` are fields of two digits behind. `serial`
    is what holds the last field, None if there is none, and `serials` what can stand in it; `bare`
    is the last field that the key alone stands for.
    """

    ai: str
    digits: int = 0
    leads: bool = False
    pieces: int = 0
    serial: str | None = None
    serials: str = _ANY
    bare: str = ""

    @property
    def fields(self) -> int:
        return 2 + self.pieces + (self.serial is not None)


_KEYS: Final = {
    "sgtin": _Key("01/", 13, leads=True, serial="/21/"),
    "upui": _Key("01/", 13, leads=True, serial="/235/"),
    "itip": _Key("8006/", 13, leads=True, pieces=2, serial="/21/"),
    "sscc": _Key("00/", 17, leads=True),
    "sgln": _Key("414/", 12, serial="/254/", bare="0"),
    "pgln": _Key("417/", 12),
    "grai": _Key("8003/0", 12, serial=""),
    "gdti": _Key("253/", 12, serial=""),
    "sgcn": _Key("255/", 12, serial="", serials=_NUMBER),
    "gsrn": _Key("8018/", 17),
    "gsrnp": _Key("8017/", 17),
    "gsin": _Key("402/", 16),
    "giai": _Key("8004/"),
    "ginc": _Key("401/"),
    "cpi": _Key("8010/", serial="/8011/", serials=_NUMBER),
}
KNOWN: Final = tuple(_KEYS)
"""The schemes whose patterns are told from canonical names."""


def pattern_of(uri: str, *, classes: bool) -> str | None:
    """The expression of a pattern, None if it is none that can be told from canonical names.

    `classes`: of the products that instances would be of, not of these instances.
    """
    scheme, _, body = uri[len(PATTERN) :].partition(":")
    key = _KEYS.get(scheme.lower())
    if key is None or (classes and scheme.lower() != "sgtin"):
        return None
    fields = body.split(".", key.fields - 1)
    if len(fields) != key.fields or not _in_order(fields):
        return None
    number = _number(key, fields[0], fields[1]) if key.digits else _text(*fields[:2])
    pieces = _pieces(fields[2 : 2 + key.pieces])
    if number is None or pieces is None:
        return None
    return _GS1 + key.ai + number + ("" if classes else pieces + _tail(key, fields[-1]))


def stem_of(expression: str) -> str:
    """How the index has the beginning of all names that a pattern's expression fits."""
    begun = _BEGINNING.match(expression)
    if begun is None:
        raise ValueError(expression)
    key, number = begun.groups()
    return stems.stem_of(key, number.replace(_CHECK, stems.UNKNOWN))


def _in_order(fields: list[str]) -> bool:
    """Whether `*` stands at the end, and only there."""
    opened = fields.index(_ALL) if _ALL in fields else len(fields)
    return opened < len(fields) and all(field == _ALL for field in fields[opened:])


def _number(key: _Key, prefix: str, reference: str) -> str | None:
    if prefix == _ALL:
        return f"[0-9]{{{key.digits}}}{_CHECK}"
    rest = key.digits - len(prefix)
    if _PREFIX.fullmatch(prefix) is None or (rest < 1 and key.leads):
        return None
    if reference == _ALL:
        lead = "[0-9]" if key.leads else ""
        return f"{lead}{prefix}[0-9]{{{rest - key.leads}}}{_CHECK}"
    if len(reference) != rest or re.fullmatch("[0-9]*", reference) is None:
        return None
    if key.leads:
        return reference[0] + prefix + reference[1:] + _CHECK
    return prefix + reference + _CHECK


def _text(prefix: str, reference: str) -> str | None:
    """A reference that is any text has no check digit, and says not where it begins."""
    if prefix == _ALL:
        return "[0-9]{6}" + _ANY
    if _PREFIX.fullmatch(prefix) is None or not reference:
        return None
    return prefix + (_ANY if reference == _ALL else re.escape(reference))


def _pieces(fields: list[str]) -> str | None:
    if not all(field == _ALL or _PIECE.fullmatch(field) for field in fields):
        return None
    return "".join("[0-9]{2}" if field == _ALL else field for field in fields)


def _tail(key: _Key, last: str) -> str:
    if key.serial is None:
        return ""
    whole = re.escape(key.serial) + key.serials
    return f"(?:{whole})?" if key.bare and last == _ALL else whole

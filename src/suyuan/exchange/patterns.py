"""Takes an EPC pattern URN; gives the canonical names that it fits, as a regular expression.

`urn:epc:idpat:sgtin:6901234.000001.*` (EPC Tag Data Standard 2.0 §8): a field is given or `*`, and
behind the first `*` all are. How long the prefix is says how long the reference behind it must be.
"""

import re
from typing import Final

from msgspec import Struct

PATTERN: Final = "urn:epc:idpat:"

_GS1: Final = "https://id\\.gs1\\.org/"
_ALL: Final = "*"
_PREFIX: Final = re.compile("[0-9]{6,12}")
_SERIAL: Final = "[^/]+"
_CHECK: Final = "[0-9]"


class _Key(Struct, frozen=True):
    """`digits` counts prefix and reference; with `leads` the reference begins the key.

    `tail` is what holds the last field; `bare` is the last field that the key alone stands for.
    """

    ai: str
    digits: int
    leads: bool = False
    tail: str = ""
    bare: str = ""


_KEYS: Final = {
    "sgtin": _Key("01", 13, leads=True, tail="/21/"),
    "sscc": _Key("00", 17, leads=True),
    "sgln": _Key("414", 12, tail="/254/", bare="0"),
    "gsrn": _Key("8018", 17),
    "pgln": _Key("417", 12),
}


def pattern_of(uri: str, *, classes: bool) -> str | None:
    """The expression of a pattern, None if it is none that can be told from canonical names.

    `classes`: of the products that instances would be of, not of these instances.
    """
    scheme, _, body = uri[len(PATTERN) :].partition(":")
    key = _KEYS.get(scheme.lower())
    if key is None or (classes and scheme.lower() != "sgtin"):
        return None
    fields = body.split(".", 2 if key.tail else 1)
    wanted = 3 if key.tail else 2
    if len(fields) != wanted or not _in_order(fields):
        return None
    number = _number(key, fields[0], fields[1])
    if number is None:
        return None
    return _GS1 + key.ai + "/" + number + ("" if classes else _tail(key, fields[2:]))


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


def _tail(key: _Key, last: list[str]) -> str:
    if not key.tail:
        return ""
    whole = re.escape(key.tail) + _SERIAL
    return f"(?:{whole})?" if key.bare and last == [_ALL] else whole

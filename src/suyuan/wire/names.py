"""Identifiers read the short way: what was found of a name holds for the next one like it.

Ten of them stand in an event, and reading each anew costs more than all else. Both ways agree
(tests/wire/test_wire_identifiers.py); whatever is not plain takes the long one.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, cast

from suyuan.codes import Grain, is_gs1_checked, privacy, read_identifier
from suyuan.wire.reading import Reading, is_plain_uri

_LONGEST_CACHED: Final = 200
_KEPT: Final = 1 << 14

# What comes before the last part of names that differ in it alone, however it is chosen: serial
# numbers, lots, and whatever numbers an issuer gives. Nothing in them is checked with the tail, and
# none is on a host that somebody registers; the tail alone may be a person's identity number, which
# takes the long way.
_HEAD: Final = re.compile(
    r"https://id\.gs1\.org/(?:01/\d{14}/(?:10|(?:10/[A-Za-z0-9_-]{1,20}/)?21)|8004)/"
    r"|urn:suyuan:(?:lot|item|class|holding|document):[A-Za-z0-9_-]{1,40}:"
    r"|urn:epc:(?:id:sgtin|class:lgtin):\d+\.\d+\.",
    re.ASCII,
)
# Characters that are written alike in every spelling of a name.
_TAIL: Final = re.compile(r"[A-Za-z0-9_-]{1,20}", re.ASCII)
_LONGEST_TAIL: Final = 20
_APART: Final = "|"  # no number is read across it
_MANY: Final = 3
_PROBE: Final = "Probe-1"
_SSCC: Final = "https://id.gs1.org/00/"
_SSCC_DIGITS: Final = re.compile(r"\d{18}", re.ASCII)


def plain_name(reading: Reading, value: Any, expect: Grain) -> str | None:
    """The canonical URI of a name of which there is nothing to say; None: look closer."""
    if type(value) is not str:
        return None
    cut = value.rfind("/") + 1 or max(value.rfind(":"), value.rfind(".")) + 1
    head, tail = value[:cut], value[cut:]
    if head == _SSCC and expect is Grain.INSTANCE:
        return value if _SSCC_DIGITS.fullmatch(tail) and is_gs1_checked(tail) else None
    series = _series(head, expect) if _TAIL.fullmatch(tail) else None
    if series is None or (len(tail) >= privacy.SHORTEST and privacy.names_person(tail)):
        return usual_name(value, expect, reading.resolvers)
    canonical, lot = series
    name = canonical + tail
    if lot is not None:
        reading.belongings[name] = lot
    return name


def plain_names(reading: Reading, values: Any, expect: Grain) -> tuple[str, ...] | None:
    """The same for a list of names, all of them plain and none twice; None: look closer."""
    if type(values) is not list:
        return None
    names = _alike(reading, values, expect) if len(values) >= _MANY else None
    if names is None:
        names = [plain_name(reading, value, expect) for value in values]
    distinct = set(names)
    if None in distinct or len(distinct) < len(names):
        return None
    return cast("tuple[str, ...]", tuple(names))


def _alike(reading: Reading, values: list[Any], expect: Grain) -> Sequence[str | None] | None:
    """Names that all differ in their tail alone, as what is packed or slaughtered together does."""
    first = values[0]
    if type(first) is not str:
        return None
    cut = first.rfind("/") + 1 or max(first.rfind(":"), first.rfind(".")) + 1
    head = first[:cut]
    series = _series(head, expect)
    if series is None:
        return None
    tails = [value[cut:] for value in values if type(value) is str and value.startswith(head)]
    joined, sizes = "".join(tails), set(map(len, tails))
    if len(tails) < len(values) or not (joined.isascii() and joined.isalnum()):
        return None
    if min(sizes) < 1 or max(sizes) > _LONGEST_TAIL:
        return None
    if max(sizes) >= privacy.SHORTEST and privacy.names_person(_APART.join(tails)):
        return None
    canonical, lot = series
    names = values if canonical == head else [canonical + tail for tail in tails]
    if lot is not None:
        reading.belongings.update(dict.fromkeys(names, lot))
    return names


def usual_name(value: str, expect: Grain, resolvers: frozenset[str]) -> str | None:
    """The same for a name that returns: a place, a party, a class."""
    return _usual(value, expect, resolvers) if len(value) <= _LONGEST_CACHED else None


@lru_cache(maxsize=_KEPT)
def _series(head: str, expect: Grain) -> tuple[str, str | None] | None:
    """The canonical beginning of all names with this head, and the lot that it names."""
    if _HEAD.fullmatch(head) is None:
        return None
    known = read_identifier(head + _PROBE, capturer="", expect=expect)
    if known.note is not None or not known.uri.endswith(_PROBE):
        return None
    lot = known.lot if known.grain is Grain.INSTANCE else None
    return known.uri.removesuffix(_PROBE), lot


@lru_cache(maxsize=_KEPT)
def _usual(value: str, expect: Grain, resolvers: frozenset[str]) -> str | None:
    if not is_plain_uri(value):
        return None
    known = read_identifier(value, capturer="", expect=expect, resolvers=resolvers)
    belongs = known.lot is not None and known.grain is Grain.INSTANCE
    return None if known.note is not None or belongs else known.uri

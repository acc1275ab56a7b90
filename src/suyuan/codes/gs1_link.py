"""GS1 Digital Link URIs (GS1 Digital Link: URI syntax 1.2 and later), compressed ones too."""

import re
from itertools import combinations
from typing import Final

from suyuan.codes.gs1_compressed import SEGMENT, decompress
from suyuan.codes.gs1_keys import (
    CANONICAL_ROOT,
    KEYS,
    VARIANTS,
    Pairs,
    Reading,
    UnreadableError,
    compose,
    encoded,
    qualified,
)
from suyuan.codes.notes import note
from suyuan.codes.privacy import quoted
from suyuan.codes.resolvers import host_of
from suyuan.codes.types import GS1_RESOLVER, RESOLVERS, Note

_LINK = re.compile(r"(https?)://([^/?#\\]*)/([^\\]*)", re.IGNORECASE | re.DOTALL)
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_LONGEST_PATH = 8  # a key and three qualifiers; what stands before is the stem
_LONGEST_RIGHT: Final = 300
_SHORTEST_WHOLE = 8  # characters of a compressed key
_ATTRIBUTE = re.compile(r"(?:^|[&;])([0-9]{2,4})=([^&;]*)")
# The letter names of Digital Link 1.0 and 1.1, withdrawn in 1.2, and GB/T 33993's for a lot.
_ALIASES: Final = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417",
    "gsrnp": "8017", "gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253",
    "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004", "cpv": "22", "lot": "10",
    "bat": "10",
    "ser": "21", "tpx": "235", "cpsn": "8011", "glnx": "254", "srin": "8019",
    "payTo": "415", "refno": "8020", "gmn": "8013",
}  # fmt: skip

# A key followed by its own qualifiers, each at most once and in their order.
_KEY_PATHS: Final = frozenset(
    (key.ai, *qualifiers)
    for key in (*KEYS.values(), *VARIANTS.values())
    for size in range(len(key.qualifiers) + 1)
    for qualifiers in combinations(key.qualifiers, size)
)


def read_link(
    uri: str, hosts: frozenset[str] = RESOLVERS, *, anywhere: bool = False
) -> Reading | None:
    """What a Digital Link names; None if the text is none, or not on one of the hosts.

    `anywhere` accepts every host, and notes those that are not registered.

    Raises:
        UnreadableError: it is a Digital Link, and its key, a qualifier or their order is wrong
            (GS1 Digital Link 1.2 §4.10: consumer product variant 22, lot 10, serial 21).
    """
    if uri.startswith(CANONICAL_ROOT):
        host, rest = GS1_RESOLVER, uri[len(CANONICAL_ROOT) :]
    else:
        match = _LINK.fullmatch(uri)
        if match is None:
            return None
        host, rest = host_of(match[1], match[2]), match[3]
    known = host in hosts
    if not known and not anywhere:
        return None
    path, query = _without_fragment(rest) if "#" in rest or "?" in rest else (rest, "")
    pairs, notes = _pairs(path)
    if not pairs:
        _require_order(path)
    if not known:
        notes += (note("host", "info", host=host),)
    extra = _attributes(query) if query else ()
    if not pairs:
        return _compressed(path, extra, notes)
    reading = compose(pairs[0][0], pairs[0][1], dict(pairs[1:]), extra)
    return reading if not notes else _with_notes(reading, notes)


def link_pairs(uri: str) -> Pairs:
    """The key and qualifiers in the path of a link, whether they are right or wrong."""
    match = _LINK.fullmatch(uri)
    if match is None:
        return ()
    path = _without_fragment(match[3])[0]
    return _pairs(path)[0] or _swapped(path)


def _require_order(path: str) -> None:
    """Refuse qualifiers in another order than theirs, unless something else is wrong besides."""
    pairs = _swapped(path)
    if pairs:
        meant = compose(pairs[0][0], pairs[0][1], dict(pairs[1:]))
        right = "".join(f"/{ai}/{encoded(value)}" for ai, value in pairs)
        raise UnreadableError(meant.scheme, "order", right=quoted(right, _LONGEST_RIGHT))


def _swapped(path: str) -> Pairs:
    """Key and qualifiers in the order that they should have, of a path that has them in another."""
    steps = [_unescape(step) for step in path.removesuffix("/").split("/")]
    for start in range(max(len(steps) % 2, len(steps) - _LONGEST_PATH), len(steps), 2):
        key, *pairs = _paired(steps[start:], [_ALIASES.get(each, each) for each in steps[start::2]])
        order = KEYS[key[0]].qualifiers if key[0] in KEYS else ()
        if len(pairs) > 1 and all(ai in order for ai, _ in pairs):
            ordered = sorted(pairs, key=lambda pair: order.index(pair[0]))
            if (key[0], *(ai for ai, _ in ordered)) in _KEY_PATHS:
                return (key, *ordered)
    return ()


def _compressed(path: str, extra: Pairs, said: tuple[Note, ...]) -> Reading | None:
    """What the last segment holds as bits, after a key in clear or for all of the link.

    An ordinary word may come out as bits that mean something, so wrong check digits and a
    second key are no error here: then it is no compressed link. On a host that `said` does not
    know, the key must have a check digit.
    """
    *before, segment = path.removesuffix("/").split("/")
    if not SEGMENT.fullmatch(segment):
        return None
    name = _ALIASES.get(before[-2], before[-2]) if len(before) > 1 else ""
    pairs = decompress(segment) if name in KEYS or len(segment) >= _SHORTEST_WHOLE else None
    if pairs is None:
        return None
    if name in KEYS:
        pairs = ((name, _unescape(before[-1])), *pairs)
    ais = [ai for ai, _ in pairs if ai in KEYS]
    if len(ais) != 1 or (said and not (name in KEYS or KEYS[ais[0]].checked)):
        return None
    try:
        reading = qualified(pairs, ais[0], extra)
    except UnreadableError:
        return None
    return _with_notes(reading, (note("compressed", "info"), *said))


def _without_fragment(rest: str) -> tuple[str, str]:
    if "#" in rest:
        rest = rest[: rest.index("#")]
    path, _, query = rest.partition("?")
    return path, query


def _pairs(path: str) -> tuple[Pairs, tuple[Note, ...]]:
    """Key and qualifiers of the path, after any stem; nothing if it is no Digital Link."""
    steps = path.split("/")
    if "%" in path:
        steps = [_unescape(step) for step in steps]
    if tuple(steps[::2]) in _KEY_PATHS and not len(steps) % 2:
        return _paired(steps, steps[::2]), ()
    notes: tuple[Note, ...] = ()
    if steps[-1] == "" and len(steps) % 2:
        steps.pop()
        notes = (note("slash", "info"),)
    first = max(len(steps) % 2, len(steps) - _LONGEST_PATH)
    for start in range(first, len(steps), 2):
        names = [_ALIASES.get(name, name) for name in steps[start::2]]
        if tuple(names) in _KEY_PATHS:
            aliased = names != steps[start::2]
            pairs = _paired(steps[start:], names)
            return pairs, (*notes, note("alias", "info")) if aliased else notes
    return (), ()


def _paired(steps: list[str], names: list[str]) -> Pairs:
    return tuple(zip(names, steps[1::2], strict=True))


def _attributes(query: str) -> Pairs:
    return tuple((match[1], _unescape(match[2])) for match in _ATTRIBUTE.finditer(query))


def _with_notes(reading: Reading, notes: tuple[Note, ...]) -> Reading:
    return Reading(
        reading.uri,
        reading.scheme,
        reading.grain,
        reading.pairs,
        reading.extra,
        reading.lot,
        reading.class_uri,
        notes + reading.notes,
    )


def _unescape(text: str) -> str:
    """Percent-decoded; bytes beyond ASCII become characters that no AI allows."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "%" in text else text

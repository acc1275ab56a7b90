"""Takes a Digital Link; gives the names that it has links at, from the finest up to its key.

GS1-Conformant Resolver Standard: what is said at any level up to the primary key holds below.
"""

from suyuan.codes.gs1_keys import Reading, UnreadableError, compose
from suyuan.codes.gs1_link import read_link
from suyuan.codes.types import RESOLVERS
from suyuan.kit import SuyuanError

_LEVELS = ("10", "22")
"""What a serial number is of: its lot, and the variant of the product."""


def levels(uri: str, hosts: frozenset[str] = RESOLVERS) -> tuple[str, ...]:
    """Canonical names, the finest first; nothing if the text is no Digital Link of these hosts.

    Raises:
        SuyuanError: it is one, and its key or a qualifier is wrong (400).
    """
    try:
        reading = read_link(uri, hosts)
        return () if reading is None else _up(reading)
    except UnreadableError as error:
        raise SuyuanError(error.note.code, error.note.text, "URL", status=400) from error


def is_compressed(uri: str) -> bool:
    """Whether a Digital Link, right or wrong, holds its key or qualifiers as bits."""
    try:
        reading = read_link(uri, anywhere=True)
    except UnreadableError:
        return False
    return reading is not None and any(each.code == "code.compressed" for each in reading.notes)


def _up(reading: Reading) -> tuple[str, ...]:
    ai, value = reading.pairs[0]
    said = dict(reading.pairs[1:] + reading.extra)
    between = [compose(ai, value, {name: said[name]}) for name in _LEVELS if name in said]
    found = (reading, *(between if ai == "01" else ()), compose(ai, value, {}))
    return tuple(dict.fromkeys(each.uri for each in found))

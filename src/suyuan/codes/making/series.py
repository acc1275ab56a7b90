"""Serials that nobody can guess, made from an index and a secret, and the way back.

**How long.** Of N = a^k texts of k characters over an alphabet of a, at most C are ever issued, so
one guess hits with probability ≤ C / a^k. The length is the smallest k with a^k ≥ C · 10⁹.

**How.** N is cut into C columns of T = ⌊N / C⌋ ≥ 10⁹ cells. Index i has the cell
tag = F(i) mod T of the column (i + G(tag)) mod C, where F and G are keyed hashes (BLAKE2b,
RFC 7693): a synthetic-IV cipher over the indexes. From a serial the tag gives G(tag), so the index,
and F of it must be the tag again. So serials never repeat; they show neither order nor volume;
no list of them is kept; and all but one in T inventions are refused by arithmetic alone, before
any database is asked.
"""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Final

from suyuan.codes.making.alphabets import number_of, speller
from suyuan.codes.making.checks import checker
from suyuan.codes.making.types import ODDS, Series

_SIZE: Final = 16
"""Bytes of a keyed hash: so many more than T and C have that the remainders are even."""

_INDEX: Final = 8

Hash = Callable[[int], int]


def length_for(capacity: int, alphabet: str) -> int:
    """Characters that a guarded serial needs so that a guess hits with probability ≤ 10⁻⁹."""
    room, length = len(alphabet), 1
    while room < capacity * ODDS:
        room, length = room * len(alphabet), length + 1
    return length


def odds(series: Series) -> float:
    """The probability that one guess of a serial hits one of the whole series."""
    return float(series.capacity / _room(series))


def serials(series: Series, begin: int, end: int) -> Iterator[str]:
    """The serials of the indexes from `begin` to before `end`, in their order.

    Raises:
        ValueError: an index outside of the series' capacity.
    """
    if not 0 <= begin <= end <= series.capacity:
        raise ValueError(f"indexes {begin}:{end} are outside of 0:{series.capacity}")
    bodies = _guarded(series, begin, end) if series.guarded else _counted(series, begin, end)
    if series.checking is None:
        return bodies
    check = checker(series.checking, series.alphabet, series.checks)
    return (body + check(body) for body in bodies)


def index_of(series: Series, serial: str) -> int | None:
    """The index that a serial was made from; None if this series cannot have made it."""
    body, given = serial[: series.length], serial[series.length :]
    by = series.checking
    if len(given) != (series.checks if by else 0) or len(body) != series.length:
        return None
    if by and checker(by, series.alphabet, series.checks)(body) != given:
        return None
    value = number_of(body, series.alphabet)
    if value is None:
        return None
    return _index(series, value) if series.guarded else _within(series, value)


def _counted(series: Series, begin: int, end: int) -> Iterator[str]:
    return map(speller(series.alphabet, series.length), range(begin, end))


def _guarded(series: Series, begin: int, end: int) -> Iterator[str]:
    """Written out in one loop: it runs a million times for one order."""
    spell = speller(series.alphabet, series.length)
    capacity, cells = series.capacity, _cells(series)
    tags, columns = _hash(series.secret, b"tag"), _hash(series.secret, b"column")
    for index in range(begin, end):
        tag = tags(index) % cells
        yield spell((index + columns(tag)) % capacity * cells + tag)


def _index(series: Series, value: int) -> int | None:
    cells = _cells(series)
    column, tag = divmod(value, cells)
    if column >= series.capacity:
        return None
    index = (column - _hash(series.secret, b"column")(tag)) % series.capacity
    return index if _hash(series.secret, b"tag")(index) % cells == tag else None


def _within(series: Series, value: int) -> int | None:
    return value if value < series.capacity else None


def _cells(series: Series) -> int:
    return _room(series) // series.capacity


def _room(series: Series) -> int:
    return int(len(series.alphabet) ** series.length)


def _hash(secret: bytes, purpose: bytes) -> Hash:
    keyed = blake2b(digest_size=_SIZE, key=secret, person=purpose)

    def hashed(number: int) -> int:
        state = keyed.copy()
        state.update(number.to_bytes(_INDEX * (1 + number.bit_length() // 64), "big"))
        return int.from_bytes(state.digest(), "big")

    return hashed

"""Which characters serials are written in, and numbers written in them."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

DIGITS: Final = "0123456789"

SAFE: Final = "23456789CDFGHJKMNPQRTVWXY"
"""25 of GS1's 82 characters that people do not mistake for one another, however badly printed:
without 0 O, 1 I L, 2's twin Z, 5's twin S, 8's twin B and U beside V; without A and E, so that no
serial spells a word. All are alphanumeric in a QR code, which makes the symbol small."""


def spelled(number: int, alphabet: str, length: int) -> str:
    """A number in so many characters, the most significant first."""
    return speller(alphabet, length)(number)


def number_of(text: str, alphabet: str) -> int | None:
    """The number that a text spells; None if a character is not of the alphabet."""
    values = _values(alphabet)
    number = 0
    for character in text:
        value = values.get(character)
        if value is None:
            return None
        number = number * len(alphabet) + value
    return number


@lru_cache(maxsize=64)
def speller(alphabet: str, length: int) -> Callable[[int], str]:
    """`spelled` for one alphabet and length, two characters at a step: a million take a second."""
    pairs = [first + second for first in alphabet for second in alphabet]
    base, steps = len(pairs), range((length + 1) // 2)
    surplus = length % 2

    def spell(number: int) -> str:
        found = []
        for _ in steps:
            number, digit = divmod(number, base)
            found.append(pairs[digit])
        found.reverse()
        return "".join(found)[surplus:]

    return spell


@lru_cache(maxsize=8)
def _values(alphabet: str) -> dict[str, int]:
    return {character: value for value, character in enumerate(alphabet)}

"""Secrets under a scratch layer: drawn, shown once, kept as salted digests only.

Twelve characters of 25 are 55 bits: guessing one at the counter is hopeless, and who steals the
database must compute 6 · 10¹⁶ digests for each code, since each has its own salt. A slow hash would
make a million secrets take weeks.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final

from suyuan.codes.making.alphabets import SAFE, speller

LENGTH: Final = 12
_DRAWN: Final = 16
_AT: Final = 8
_AT_ONCE: Final = 10_000


def secrets(count: int, draw: Callable[[int], bytes]) -> Iterator[str]:
    """So many secrets from given randomness, in groups as they are printed: XXXX-XXXX-XXXX."""
    spell, room = speller(SAFE, LENGTH), len(SAFE) ** LENGTH
    for begin in range(0, count, _AT_ONCE):
        drawn = draw(_DRAWN * min(_AT_ONCE, count - begin))
        for at in range(0, len(drawn), _DRAWN):
            text = spell(int.from_bytes(drawn[at : at + _DRAWN], "big") % room)
            yield f"{text[:4]}-{text[4:8]}-{text[8:]}"


def digest(salt: bytes, at: int, secret: str) -> bytes:
    """What is kept of the secret of the code at that place; the place makes each salt its own."""
    return sha256(salt + at.to_bytes(_AT, "big") + normal(secret).encode()).digest()


def normal(secret: str) -> str:
    """A secret as typed, freed of what fingers add: case, dashes, spaces, full-width letters."""
    plain = "".join(chr(ord(each) - 0xFEE0) if "！" <= each <= "～" else each for each in secret)
    return "".join(filter(str.isalnum, plain.upper()))

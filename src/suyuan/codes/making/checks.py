"""Check characters that only who knows a secret can add: HMAC (RFC 2104, here keyed BLAKE2b), cut.

An ordinary check digit finds a slip of the pen; anybody can compute it. With these a scanner that
holds the enterprise's secret refuses all but one in a^c inventions without asking anybody.
"""

from collections.abc import Callable
from hashlib import blake2b

from suyuan.codes.making.alphabets import speller

_SIZE = 16


def checker(secret: bytes, alphabet: str, count: int) -> Callable[[str], str]:
    """Gives the `count` check characters of a text."""
    keyed = blake2b(digest_size=_SIZE, key=secret, person=b"check")
    spell, room = speller(alphabet, count), len(alphabet) ** count

    def check(text: str) -> str:
        state = keyed.copy()
        state.update(text.encode())
        return spell(int.from_bytes(state.digest(), "big") % room)

    return check


def derived(secret: bytes, purpose: str) -> bytes:
    """A secret for one purpose, from which nobody can find the one it was made from."""
    return blake2b(purpose.encode(), key=secret, digest_size=32).digest()

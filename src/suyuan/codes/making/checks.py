"""Check characters that only who knows a key can add: a MAC, written in the serial's alphabet.

An ordinary check digit finds a slip of the pen; anybody can compute it. With these a scanner that
holds the enterprise's keys refuses nearly all inventions without asking anybody: of c characters
over an alphabet of a, n keys let n in a^c pass.

**Rule 2** is HMAC-SHA-256 (RFC 2104, FIPS 180-4) over what the code says: a word with the rule's
version, the scheme, the stem, the serial's body, and c, each after its length in four bytes. So no
code's characters tell anything of those of another product, another scheme or another c. The MAC's
bytes become characters one by one; a byte that would favour some is passed over.

**Rule 1**, keyed BLAKE2b over the body alone, makes nothing new: packages of before are read by it.
"""

import hmac
from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import count as counted
from itertools import islice
from typing import Final, assert_never

from suyuan.codes.making.alphabets import speller
from suyuan.codes.making.types import Checking, CheckRule

_WORD: Final = "suyuan check characters 2"
_SIZE: Final = 16
_BYTES: Final = 256


def checker(by: Checking, alphabet: str, count: int) -> Callable[[str], str]:
    """Gives the `count` check characters of a serial's body."""
    match by.rule:
        case CheckRule.CODE:
            return _of_code(by, alphabet, count)
        case CheckRule.SERIAL:
            return _of_serial(by.key, alphabet, count)
    assert_never(by.rule)


def derived(secret: bytes, purpose: str) -> bytes:
    """A secret for one purpose, from which nobody can find the one it was made from."""
    return blake2b(purpose.encode(), key=secret, digest_size=32).digest()


def _of_code(by: Checking, alphabet: str, count: int) -> Callable[[str], str]:
    head = _field(_WORD) + _field(by.scheme) + _field(by.stem)
    tail = _field(str(count))

    def check(body: str) -> str:
        message = head + _field(body) + tail
        return "".join(islice(_characters(by.key, message, alphabet), count))

    return check


def _field(text: str) -> bytes:
    """A text after its length, so that no two rows of texts are one row of bytes."""
    said = text.encode()
    return len(said).to_bytes(4, "big") + said


def _characters(key: bytes, message: bytes, alphabet: str) -> Iterator[str]:
    """Characters, each as likely as any other, without end: where a MAC is used up, the next."""
    size = len(alphabet)
    even = _BYTES - _BYTES % size
    for block in counted():
        for byte in hmac.digest(key, message + block.to_bytes(4, "big"), "sha256"):
            if byte < even:
                yield alphabet[byte % size]


def _of_serial(key: bytes, alphabet: str, count: int) -> Callable[[str], str]:
    keyed = blake2b(digest_size=_SIZE, key=key, person=b"check")
    spell, room = speller(alphabet, count), len(alphabet) ** count

    def check(body: str) -> str:
        state = keyed.copy()
        state.update(body.encode())
        return spell(int.from_bytes(state.digest(), "big") % room)

    return check

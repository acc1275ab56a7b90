"""Digests: one that the world agrees on, one that only we can compute."""

import hashlib
from collections.abc import Callable

Key64 = Callable[[str], int]
"""A keyed hash of a text as a signed 64-bit integer (PostgreSQL `bigint`)."""


def sha256(data: bytes) -> bytes:
    """The 32 bytes of SHA-256 (FIPS 180-4)."""
    return hashlib.sha256(data).digest()


def mac(secret: bytes, data: bytes) -> bytes:
    """32 bytes that bind the data and tell nothing of it without the secret (BLAKE2b, RFC 7693)."""
    return hashlib.blake2b(data, digest_size=32, key=sha256(secret)).digest()


def key64(secret: bytes) -> Key64:
    """A 64-bit hash that nobody without the secret can aim at (BLAKE2b, RFC 7693).

    An access path, never an identity: two texts may share a value, so compare the texts too.
    """
    keyed = hashlib.blake2b(digest_size=8, key=hashlib.blake2b(secret, digest_size=32).digest())

    def hash64(text: str) -> int:
        state = keyed.copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        return int.from_bytes(state.digest(), "big", signed=True)

    return hash64

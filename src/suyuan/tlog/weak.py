"""Takes a public key of Ed25519; tells whether anybody can sign for it.

RFC 8032 lets a verifier take the eight points of small order, for which the same signature holds
under any text, and a coordinate that is not reduced. No key that was drawn is one of these.
"""

from typing import Final

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P


def is_weak(key: bytes) -> bool:
    """Whether a key of 32 bytes is of order 1, 2, 4 or 8, or not in its one spelling.

    A point of order 1 or 2 has x = 0, so y = 1 or -1; one of order 4 has y = 0; and twice one of
    order 8 has y = 0, which on this curve is where d y^4 + 2 y^2 = 1.
    """
    y = int.from_bytes(key, "little") & ((1 << 255) - 1)
    square = y * y % _P
    is_small = y in {0, 1, _P - 1} or (_D * square * square + 2 * square - 1) % _P == 0
    return y >= _P or is_small

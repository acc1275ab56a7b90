"""Takes a public key; tells whether it is one that was drawn, or one made to deceive.

RFC 8032 lets a verifier take points of small order, for which the same signature holds under any
text, points with a part of small order, on whose signatures verifiers disagree, and a coordinate
that is not reduced. Every key that was drawn is a multiple of the base point, in its one spelling.

Of SM2 every point of the curve but the origin is of prime order, and one has three spellings of two
coordinates (SEC 1 section 2.3.3: 04, and the hybrid 06 and 07), of which one is taken here.
"""

from functools import lru_cache
from typing import Final

_P: Final = 2**255 - 19
_L: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, _P) % _P
_ROOT: Final = pow(2, (_P - 1) // 4, _P)
_FIELD: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
"""Prime and constant of y² = x³ - 3x + b (GB/T 32918.5)."""
_UNCOMPRESSED: Final = 4
_SM2_BYTES: Final = 65
_Point = tuple[int, int, int, int]
"""X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z."""


@lru_cache(maxsize=1_000)
def is_weak(key: bytes) -> bool:
    """Whether 32 bytes are not the one spelling of a point of the base point's order L.

    Of prime order is what L times is the origin, and is not the origin itself.
    """
    y, odd = int.from_bytes(key, "little") % 2**255, key[31] >> 7
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P  # -1/d is no square, so never 1/0
    x = pow(square, (_P + 3) // 8, _P)
    x = x if x * x % _P == square else x * _ROOT % _P
    if y >= _P or x == 0 or x * x % _P != square:
        return True
    x = x if x & 1 == odd else _P - x
    top, up, z, _ = _times(_L, (x, y, 1, x * y % _P))
    return top != 0 or up != z


@lru_cache(maxsize=1_000)
def is_sm2_point(key: bytes) -> bool:
    """Whether these bytes are a point of SM2's curve in its one spelling, 0x04 ‖ x ‖ y."""
    if len(key) != _SM2_BYTES or key[0] != _UNCOMPRESSED:
        return False
    x, y = int.from_bytes(key[1:33]), int.from_bytes(key[33:])
    return max(x, y) < _FIELD and (y * y - x * x * x + 3 * x - _B) % _FIELD == 0


def _times(n: int, p: _Point) -> _Point:
    q: _Point = (0, 1, 1, 0)
    while n:
        q, p, n = _sum(q, p) if n & 1 else q, _sum(p, p), n >> 1
    return q


def _sum(p: _Point, q: _Point) -> _Point:
    """The sum of two points (RFC 8032 section 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P

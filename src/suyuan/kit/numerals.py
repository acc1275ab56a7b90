"""Takes a number as people write it; gives the numbers that it can mean.

Half of the world parts thousands with the sign that parts decimals in the other half: `1.000` and
`1,000` are a thousand or one, and nobody can tell which without asking.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from suyuan.kit.canonical import plain_decimal

_ONCE: Final = re.compile(r"(-?)(\d+)[.,](\d+)")
_GROUPED: Final = re.compile(r"-?[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*")
_BOTH: Final = re.compile(r"(-?[1-9]\d{0,2}(?:\.\d{3})+),(\d+)|(-?[1-9]\d{0,2}(?:,\d{3})+)\.(\d+)")


def readings(written: str) -> tuple[Decimal, ...]:
    """Every number that it can mean: none, one, or a thousand times as much and it with decimals.

    A sign that stands once before three digits can be of either kind, unless a zero or more than
    three digits stand before it; two kinds of signs, or one kind several times, are plain.
    """
    if both := _BOTH.fullmatch(written):
        whole, rest = both[1] or both[3], both[2] or both[4]
        return (Decimal(f"{_joined(whole)}.{rest}"),)
    grouped = (Decimal(_joined(written)),) if _GROUPED.fullmatch(written) else ()
    if once := _ONCE.fullmatch(written):
        return (*grouped, Decimal(f"{once[1]}{once[2]}.{once[3]}"))
    return grouped or _exact(written)


def plainly(number: Decimal) -> str:
    """A number written so that it can mean no other."""
    written = plain_decimal(number)
    return written if len(readings(written)) == 1 else f"{written}0"


def _joined(written: str) -> str:
    return written.replace(".", "").replace(",", "")


def _exact(written: str) -> tuple[Decimal, ...]:
    """A number without such signs, or as programs write it."""
    try:
        number = Decimal(written)
    except InvalidOperation:
        return ()
    return (number,) if number.is_finite() else ()

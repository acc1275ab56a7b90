"""Takes nothing; gives who writes and who reads: capturer of a report, viewer of an answer."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

_PROVINCE: Final = 2
"""Digits of the shortest division code."""


class Role(StrEnum):
    """What an account may do beyond reading what everybody may read."""

    CAPTURER = "capturer"
    REGULATOR = "regulator"
    ADMIN = "admin"


class StateRule(StrEnum):
    """Where a tenant wants what the record contradicts held, not only flagged."""

    MADE_FIRST = "made-first"
    ENDED_IS_OVER = "ended-is-over"
    PACKED_ONCE = "packed-once"
    UNPACKED_FROM_INSIDE = "unpacked-from-inside"
    NOT_INSIDE_ITSELF = "not-inside-itself"


class Capturer(Struct, frozen=True, kw_only=True):
    """The organisation answering for a report, through one of its accounts.

    `party` is its canonical URI; `strict` is the tenant's validation mode, and `state_rules` are
    those that the tenant has switched on.
    """

    tenant: int
    account: int
    party: str
    strict: bool = False
    state_rules: frozenset[StateRule] = frozenset()


class Viewer(Struct, frozen=True, kw_only=True):
    """Who asks. The public is the anonymous viewer: no account, no party.

    `areas` are division codes or beginnings of them (`oversees`) and `families` the families a
    regulator may see; both empty with role REGULATOR means none. `parts_only` leaves out what a
    viewer sees only because everybody does: for answers that name holders, which no family opens
    to everybody.
    """

    tenant: int = 1
    account: int | None = None
    role: Role | None = None
    party: str | None = None
    areas: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    parts_only: bool = False

    @property
    def sees_all(self) -> bool:
        """Whether no record is hidden: only then can an answer say that there is nothing more."""
        return self.role is Role.ADMIN

    @property
    def stems(self) -> tuple[str, ...]:
        """Its areas without the zeros that fill them up: 330100 is all that begins with 3301."""
        return tuple(map(_stem, self.areas))

    def oversees(self, division: str) -> bool:
        """Whether one of its areas holds a division; where it has no areas, they do not bound."""
        return not self.areas or division.startswith(self.stems)


def _stem(area: str) -> str:
    while len(area) > _PROVINCE and area.endswith("00"):
        area = area[:-2]
    return area


PUBLIC = Viewer()

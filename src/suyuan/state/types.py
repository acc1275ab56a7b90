"""What state is told of corrections, and what it tells of permits."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from suyuan.families import Debit, Permit


class Withdrawal(Struct, frozen=True, gc=False):
    """An error declaration (`entry`) by the capturer of the event with that identity."""

    identity: bytes
    entry: int


class Held(Struct, frozen=True):
    """Permits by number, locked; and what events took before they were erased, by identity.

    Of each permit so much; nothing where more was asked for than was left.
    """

    permits: dict[str, tuple[Permit, ...]] = {}
    took: dict[bytes, dict[int, Decimal]] = {}


class Line(Struct, frozen=True, kw_only=True):
    """A line of a permit as it is kept; `reason` and `void_at` where it was withdrawn.

    `over` is what reports took beyond it: recorded, never covered.
    """

    permit: Permit
    over: Decimal = Decimal(0)
    void_at: datetime | None = None
    reason: str = ""


class Use(Struct, frozen=True, kw_only=True):
    """What one recorded event took, in the line's unit; `returned` when it was declared wrong."""

    entry: int
    amount: Decimal
    is_covered: bool
    is_returned: bool
    goods: str = ""


class Charge(Struct, frozen=True, gc=False):
    """The debits of one recorded event; `identity` is what a declaration would take back."""

    entry: int
    identity: bytes
    debits: tuple[Debit, ...]

"""Takes nothing; gives the shape of balances over a period, and of what contradicts them.

The meaning of every word is docs/concepts/balance.md.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from suyuan.kit import Span, Text
from suyuan.trace.types import Anomaly, BalanceKind, Column, Cost, Extent, Pool


class Reason(StrEnum):
    """Why the records of an account cannot all be right."""

    MORE_WENT = "more_went"  # more went than can have been there
    LESS_COUNTED = "less_counted"  # a count found less than must have been there
    MORE_COUNTED = "more_counted"  # a count found more than can have been there
    MORE_MADE = "more_made"  # more came out of a transformation than went in
    DIFFERS = "differs"  # received is not what was sent
    NOTHING_CAME = "nothing_came"  # more went, and by then nobody says that any came


class Doubt(StrEnum):
    """What may be wrong with a record."""

    TOO_MUCH = "too_much"  # it did not happen, was told twice, or was less
    TOO_LATE = "too_late"  # it was earlier than is stated
    AMOUNT = "amount"  # the amount stated is wrong, up or down


class Suspect(Struct, frozen=True, kw_only=True):
    """A record to question, and what of it would have to be otherwise.

    `at_most`: if all other records are right it can state no more than this. `twins` are entries
    that state the same of the same day: it may have been told twice.
    """

    doubt: Doubt
    column: Column
    amount: Decimal | None
    when: Span
    entries: tuple[int, ...]
    other: Pool | None = None
    at_most: Decimal | None = None
    twins: tuple[int, ...] = ()


class Contradiction(Struct, frozen=True, kw_only=True):
    """The first day on which the records of an account cannot all be right.

    `by`: how much is beyond what can be, in the account's unit. `question`: a smallest set of
    records whose correction alone would do; `others`: how many single records would do as well as
    that one; `instead`: records of which one alone may explain it another way.
    """

    reason: Reason
    day: date
    at: datetime
    by: Decimal
    question: tuple[Suspect, ...]
    others: int = 0
    instead: tuple[Suspect, ...] = ()


class Allowed(Struct, frozen=True, kw_only=True):
    """A tolerance in percent of what was there and came, and where it comes from.

    `family` None: the asker's own. `verified` False: its source was not read, or it has none.
    """

    percent: Decimal
    family: str | None = None
    law: Text | None = None
    article: str = ""
    article_en: str = ""
    since: date | None = None
    verified: bool = False


Holders = frozenset[tuple[str, str]]
"""Parties and sites."""


class Books(Struct, frozen=True, kw_only=True):
    """What is asked, and what is known beside the facts.

    `start` and `end` are the first and last instant of the period; `minutes` east of UTC is the
    clock whose days are told. `wanted` says, by kind, pool, things and holders, which accounts;
    `class_of` gives a thing's class, "" where it names none; `allowed` the tolerance of a kind of
    account of things on a day. So many statements are shown as `most` says.
    """

    start: datetime | None = None
    end: datetime | None = None
    known_at: int | None = None
    minutes: int = 480
    wanted: Callable[[BalanceKind, Pool, Sequence[str], Holders], bool] = lambda *_: True
    class_of: Callable[[str], str] = lambda _thing: ""
    allowed: Callable[[BalanceKind, Sequence[str], date], Allowed | None] = lambda *_: None
    most: int = 200


class Level(Struct, frozen=True):
    """The stock at the end of a day."""

    day: date
    least: Decimal
    most: Decimal | None


class Statement(Struct, frozen=True, kw_only=True):
    """One account over the period, in one unit.

    opening + came + made = went + used + ended + closing.

    Every amount is at least and at most so much, so the two sides meet within their bounds; where
    all is exact they are equal once `missing` (must have come unrecorded) is added on the left and
    `lost` (must have gone unrecorded) on the right.

    POOL: a lot at a holder. SITE: all lots and pieces of a class at a holder. VESSEL: what is in a
    container. FLOW: inputs came, outputs went, `closing` was turned into nothing recorded.
    MOVEMENT: what was sent came, what was received went. `things`: some of those it speaks of.
    `unknown` counts records without a usable amount. `allowed` None: no tolerance is stated, and
    of a transformation nothing is judged.
    """

    kind: BalanceKind
    pool: Pool
    things: tuple[str, ...]
    unit: str | None
    opening: Extent
    came: Extent
    made: Extent
    went: Extent
    used: Extent
    ended: Extent
    closing: Extent
    missing: Decimal
    lost: Decimal
    records: int
    unknown: int
    allowed: Allowed | None = None
    contradiction: Contradiction | None = None
    levels: tuple[Level, ...] = ()


class Audit(Struct, frozen=True, kw_only=True):
    """The accounts asked for; `truncated` first: a limit was hit, and there is more.

    `statements` are those shown, contradictions first; `accounts` and `contradictions` count all.
    `position` is the record position it is complete to.
    """

    truncated: bool
    position: int | None
    accounts: int
    contradictions: dict[Reason, int]
    statements: tuple[Statement, ...]
    anomalies: tuple[Anomaly, ...]
    cost: Cost

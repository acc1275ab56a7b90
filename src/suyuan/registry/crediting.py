"""Credit decisions about parties: entered once, withdrawn once, never changed and never deleted."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final

from msgspec import Struct, structs

from suyuan.registry.types import CreditDecision, CreditWithdrawal
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)


class Reach(Struct, frozen=True, kw_only=True):
    """Whose decisions are asked for; what is None does not bound.

    `party` alone; `areas` are beginnings of divisions in which a party is or has a site;
    `families` those that a decision is about, `kinds` its kind; on all `days` it holds.
    """

    party: str | None = None
    areas: Collection[str] | None = None
    families: Collection[str] | None = None
    kinds: Collection[str] | None = None
    days: Collection[date] = ()


def enter(
    conn: WriteConnection,
    decision: CreditDecision,
    *,
    tenant: int,
    account: int | None,
    now: datetime,
) -> int:
    """Keep a decision; gives its number. `account` None is whoever works at the machine itself."""
    row = structs.asdict(decision) | {"tenant": tenant, "account": account, "at": now}
    ((number,),) = conn.execute(_Q.add_credit_decision, row).fetchall()
    return int(number)


def withdraw(
    conn: WriteConnection, withdrawal: CreditWithdrawal, *, account: int | None, now: datetime
) -> bool:
    """Keep that a decision was taken back; whether it was not before, also by who came first."""
    row = structs.asdict(withdrawal) | {"account": account, "at": now}
    return conn.execute(_Q.add_credit_withdrawal, row).fetchone() is not None


def find(conn: ReadConnection, number: int, *, tenant: int) -> CreditDecision | None:
    """The decision of that number, withdrawn or not."""
    row = conn.execute(_Q.credit_decision, {"number": number, "tenant": tenant}).fetchone()
    return None if row is None else _read(row)


def listed(
    conn: ReadConnection, reach: Reach, *, tenant: int, before: int | None, most: int
) -> list[CreditDecision]:
    """The latest decisions, of numbers below `before` where that is given, withdrawn ones too."""
    asked = {
        "tenant": tenant, "before": before, "most": most, "party": reach.party,
        "areas": None if reach.areas is None else list(reach.areas),
        "families": None if reach.families is None else list(reach.families),
        "kinds": None if reach.kinds is None else list(reach.kinds),
        "days": list(reach.days),
    }  # fmt: skip
    return [_read(row) for row in conn.execute(_Q.credit_decisions, asked)]


def _read(row: tuple[Any, ...]) -> CreditDecision:
    number, *said, way, ground, document, withdrawn_on = row
    withdrawal = None
    if way is not None:
        withdrawal = CreditWithdrawal(
            decision=number, way=way, ground=ground, document=document, withdrawn_on=withdrawn_on
        )
    names = (
        "party", "kind", "grade", "ground", "document", "authority", "authority_code", "family",
        "decided_on", "valid_from", "valid_to",
    )  # fmt: skip
    stated = dict(zip(names, said, strict=True))
    return CreditDecision(**stated, number=number, withdrawal=withdrawal)

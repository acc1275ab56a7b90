"""Credit decisions about parties: entered once, withdrawn once, never changed and never deleted."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final

from msgspec import Struct, structs

from suyuan.registry.types import CreditDecision, CreditWithdrawal
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)


class Reach(Struct, frozen=True, kw_only=True):
    """Whose decisions are asked for: a party's, else those of parties in `areas`, else all.

    `areas` are beginnings of divisions in which a party is or has a site. `families` are those that
    a decision is about, `kinds` (of a party's) its kind, None: any; on all `days` it holds.
    """

    party: str | None = None
    areas: Collection[str] | None = None
    families: Collection[str] | None = None
    kinds: Collection[str] | None = None
    days: Collection[date] = ()


def same(conn: WriteConnection, decision: CreditDecision, *, tenant: int) -> int | None:
    """The number of one that says the same and was not withdrawn.

    Whoever enters one about the party too waits until this transaction ends.
    """
    conn.execute(_Q.lock_credit, {"key": f"{tenant} {decision.party}"})
    row = conn.execute(
        _Q.same_credit_decision, structs.asdict(decision) | {"tenant": tenant}
    ).fetchone()
    return None if row is None else int(row[0])


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
    conn: ReadConnection, reach: Reach, *, tenant: int, before: int, most: int
) -> list[CreditDecision]:
    """The latest decisions of numbers below `before`, withdrawn ones too."""
    asked = {name: _as_list(value) for name, value in structs.asdict(reach).items()}
    asked |= {"tenant": tenant, "before": before, "most": most}
    statement = _Q.credit_decisions if reach.party is None else _Q.credit_decisions_of
    return [_read(row) for row in conn.execute(statement, asked)]


def _as_list(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else list(value)


def _read(row: tuple[Any, ...]) -> CreditDecision:
    number, *said, way, ground, document, withdrawn_on, _tenant = row
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

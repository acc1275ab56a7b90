"""The ledger of permits and quotas: entered, debited by records, given back to by corrections.

Lines are locked in ascending order before a document is judged, so that two that draw on one
permit are judged one after the other; what they take is written by one statement in the record's
transaction, and the table itself refuses to hold more used than was granted.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from msgspec import structs

from suyuan.codes import nobody
from suyuan.families import EXACT, Debit, Permit
from suyuan.kit import SuyuanError, Text
from suyuan.state.types import Charge, Held, Line, Use, Withdrawal
from suyuan.store import Queries, ReadConnection, WriteConnection, encoded

_Q: Final = Queries(__package__)
_MOST_LISTED: Final = 1000
_NONE: Final = Decimal(0)

_OTHER_HOLDER = Text(
    "{kind} {number} 已登记给别的单位或用别的计量单位；请先撤回原登记。",
    "{kind} {number} is on file for another holder or in another unit; withdraw that first.",
)
_USED = Text(
    "{kind} {number} 已用去 {used}，总量不能少于它。",
    "{used} of {kind} {number} is used; the amount cannot be less.",
)


def enter(conn: WriteConnection, permit: Permit, *, tenant: int, now: datetime) -> Line:
    """Enter a line of a permit, or change the amount and days of one on file.

    Raises:
        SuyuanError: it is on file for another holder or in another unit, or more is used (409),
            or a name or number in it holds that of a person.
    """
    nobody.require_nobody(
        holder=permit.holder, issuer=permit.issuer, number=permit.number, goods=permit.goods
    )
    row = {name: value for name, value in structs.asdict(permit).items() if name != "void"}
    row |= {"tenant": tenant, "now": now}
    if conn.execute(_Q.enter_permit, row).fetchone() is None:
        named = {"kind": permit.kind, "number": permit.number}
        (used,) = conn.execute(_Q.permit_clash, row).fetchone() or (None,)
        if used is None:
            raise SuyuanError("permit.other", _OTHER_HOLDER.format(**named), "holder", status=409)
        text = _USED.format(used=f"{used:f}", **named)
        raise SuyuanError("permit.used", text, "amount", status=409)
    found = lines(conn, tenant=tenant, kind=permit.kind, number=permit.number, issuer=permit.issuer)
    return next(one for one in found if one.permit.goods == permit.goods)


def void(
    conn: WriteConnection, lines: Sequence[Line], *, reason: str, tenant: int, now: datetime
) -> int:
    """Withdraw lines from now on; how many were not yet. What was taken stays taken."""
    ids = [one.permit.id for one in lines]
    asked = {"tenant": tenant, "ids": ids, "reason": reason, "now": now}
    return conn.execute(_Q.void_permit, asked).rowcount


def lines(
    conn: ReadConnection,
    *,
    tenant: int,
    holder: str | None = None,
    kind: str | None = None,
    number: str | None = None,
    issuer: str | None = None,
    party: str | None = None,
) -> list[Line]:
    """Lines with what is left, by kind and number; of one holder, kind and so on where asked.

    `party` is whose they are, as holder or as issuer.
    """
    asked = {
        "tenant": tenant, "holder": holder, "kind": kind, "number": number, "issuer": issuer,
        "party": party, "most": _MOST_LISTED,
    }  # fmt: skip
    return [_line(row) for row in conn.execute(_Q.permits, asked)]


def uses(conn: ReadConnection, lines: Sequence[Line]) -> list[Use]:
    """What was taken from these lines, the latest first."""
    asked = {"ids": [one.permit.id for one in lines], "most": _MOST_LISTED}
    return [
        Use(entry=row[0], amount=row[1], is_covered=row[2], is_returned=row[3], goods=row[4])
        for row in conn.execute(_Q.permit_uses, asked)
    ]


def known(
    conn: ReadConnection, numbers: Collection[str], *, tenant: int
) -> dict[str, tuple[Permit, ...]]:
    """Permits by number, as they are now; nothing is locked."""
    asked = {"tenant": tenant, "numbers": encoded.text_array(tuple(numbers))}
    return _by_number(conn.execute(_Q.known_permits, asked).fetchall() if numbers else ())


def hold(
    conn: WriteConnection,
    numbers: Collection[str],
    *,
    without: Collection[bytes] = (),
    anew: Collection[bytes] = (),
    tenant: int,
) -> Held:
    """The same, locked until the transaction ends, less what those events took (`without`).

    `without` are the identities of events that this document declares wrong, `anew` of those that
    it reports, and that are not on record: the permits of both are locked too. What the first took
    is left again; what the second took before they were erased is told.
    """
    if not numbers and not without and not anew:
        return Held()
    asked = {
        "tenant": tenant,
        "numbers": encoded.text_array(tuple(numbers)),
        "identities": encoded.bytea_array((*without, *anew)),
    }
    rows = conn.execute(_Q.hold_permits, asked).fetchall()
    permits, took = _by_number(rows), dict[bytes, dict[int, Decimal]]()
    for permit, identity, amount in conn.execute(_Q.to_return, asked).fetchall() if rows else ():
        of = took.setdefault(identity, {})
        of[permit] = EXACT.add(of.get(permit, _NONE), amount)
    for identity in took.keys() & set(without):
        permits = less(permits, took.pop(identity))
    return Held(permits, took)


def less(
    permits: dict[str, tuple[Permit, ...]], returned: Mapping[int, Decimal]
) -> dict[str, tuple[Permit, ...]]:
    """The permits once so much of each is given back."""
    return {
        number: tuple(
            structs.replace(one, used=EXACT.subtract(one.used, returned.get(one.id, _NONE)))
            for one in every
        )
        for number, every in permits.items()
    }


def after(
    permits: dict[str, tuple[Permit, ...]], debits: Sequence[Debit]
) -> dict[str, tuple[Permit, ...]]:
    """The permits once these debits are taken, for the next event of a document."""
    taken = {one.permit: one.amount for one in debits if one.is_covered}
    return {
        number: tuple(
            structs.replace(one, used=EXACT.add(one.used, taken.get(one.id, _NONE)))
            for one in every
        )
        for number, every in permits.items()
    }


def settle(
    conn: WriteConnection, charges: Sequence[Charge], withdrawals: Sequence[Withdrawal]
) -> None:
    """Give back what events withdrawn or replaced took, then write what the recorded ones take.

    Raises:
        RuntimeError: a line was judged without being held; nothing is recorded.
    """
    if withdrawals:
        asked = {
            "identities": [one.identity for one in withdrawals],
            "entries": [one.entry for one in withdrawals],
        }
        conn.execute(_Q.give_back, asked)
    said = [(charge, debit) for charge in charges for debit in charge.debits]
    if said:
        written = conn.execute(_Q.debit, _columns(said)).rowcount
        if written != len(said):
            raise RuntimeError(f"{len(said) - written} debits of permits that were not held")


def taken(conn: ReadConnection, entries: Sequence[int]) -> dict[int, tuple[Debit, ...]]:
    """What recorded events took from lines of permits, by entry."""
    found: dict[int, tuple[Debit, ...]] = {}
    for entry, *row in conn.execute(_Q.taken, {"entries": list(entries)}):
        found[entry] = (*found.get(entry, ()), Debit(*row))
    return found


def _columns(said: Sequence[tuple[Charge, Debit]]) -> dict[str, Any]:
    return {
        "permits": [debit.permit for _, debit in said],
        "entries": [charge.entry for charge, _ in said],
        "identities": [charge.identity for charge, _ in said],
        "amounts": [debit.amount for _, debit in said],
        "covered": [debit.is_covered for _, debit in said],
    }


def _by_number(rows: Sequence[tuple[Any, ...]]) -> dict[str, tuple[Permit, ...]]:
    found: dict[str, tuple[Permit, ...]] = {}
    for row in rows:
        one = _permit(row)
        found[one.number] = (*found.get(one.number, ()), one)
    return found


def _permit(row: tuple[Any, ...]) -> Permit:
    return Permit(
        id=row[0], kind=row[1], number=row[2], holder=row[3], goods=row[4], unit=row[5] or None,
        amount=row[6], used=row[7], valid_from=row[8], valid_to=row[9], void=row[10],
        issuer=row[11],
    )  # fmt: skip


def _line(row: tuple[Any, ...]) -> Line:
    return Line(permit=_permit(row), over=row[12], void_at=row[13], reason=row[14])

"""What proves stems to be a party's own: entered and withdrawn by the operator, never deleted.

A licence of that party in the registry, valid on the day, of the kind that the structure names
(`gs1_company_prefix`, `pesticide_registration`, `seed_licence`, `mv_operator`), with a number that
the stem begins with or contains (`making.structures.proves`), and not withdrawn as a proof. What
judging makes of the licence is not touched: the facts of a day keep the law of that day.
"""

from datetime import date, datetime
from typing import Final

from msgspec import structs

from suyuan.codes import making
from suyuan.codes.making.types import Structure
from suyuan.kit import SuyuanError, Text
from suyuan.registry import directory
from suyuan.registry.types import Entitlement, Licence
from suyuan.registry.waiting import wait
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)

KINDS: Final = tuple(sorted({each.proof for each in making.STRUCTURES.values()}))

_NOT_YOURS = Text(
    "“{stem}” 不能证明属于 {party}：登记中没有该单位当日有效、号码对得上的{proof}。{wanted}"
    "已有证书的，请管理员用 suyuan codes entitle {party} {kind} 号码 登记。",
    "'{stem}' is not proved to belong to {party}: on file is none of {party} that is valid "
    "today and whose number fits: {proof}. {wanted} If {party} has one, have the administrator "
    "enter it with suyuan codes entitle {party} {kind} NUMBER.",
)

_NO_EXTENSION = Text(
    "“{stem}” 少了扩展位：SSCC 的前段是扩展位 1 位（0 至 9，自定）加厂商识别代码，如 0{stem}。",
    "'{stem}' lacks the extension digit: an SSCC begins with one of your choice, 0 to 9, and then "
    "the company prefix, as in 0{stem}.",
)


class IssuingError(SuyuanError):
    """Codes that cannot be handed out, and why."""


def enter(conn: WriteConnection, licence: Licence, *, tenant: int, now: datetime) -> None:
    """Enter a proof, or enter it again after it was withdrawn."""
    directory.register(conn, [_with_limits(conn, licence, tenant=tenant)], tenant=tenant)
    _keep(conn, licence, tenant=tenant, now=now)


def _with_limits(conn: ReadConnection, licence: Licence, *, tenant: int) -> Licence:
    """The same for the areas and goods that are on file of it: a proof of codes says none."""
    for each in directory.licences(conn, [licence.party], tenant=tenant).get(licence.party, ()):
        if (each.kind, each.number) == (licence.kind, licence.number):
            return structs.replace(licence, areas=each.areas, covers=each.covers)
    return licence


def withdraw(
    conn: WriteConnection,
    licence: Licence,
    *,
    reason: str,
    tenant: int,
    now: datetime,
) -> bool:
    """Make a proof void from now on, behind what is being issued by it; whether it was one.

    Raises:
        BusyError: what is being issued takes too long (503).
    """
    wait(conn, _Q.lock_proofs, f"{tenant}:{licence.party}")
    held = entitlements(conn, tenant=tenant, party=licence.party)
    wanted = (licence.kind, licence.number)
    if not any((each.kind, each.number) == wanted and not each.withdrawn for each in held):
        return False
    _keep(conn, licence, tenant=tenant, now=now, reason=reason)
    return True


def entitlements(
    conn: ReadConnection, *, tenant: int, party: str | None = None
) -> list[Entitlement]:
    """What was entered, of one party or of all; withdrawn ones too."""
    asked = {"tenant": tenant, "party": party, "kinds": list(KINDS)}
    return [
        Entitlement(
            party=row[0], kind=row[1], number=row[2], valid_from=row[3], valid_to=row[4],
            withdrawn=row[5], reason=row[6], at=row[7],
        )
        for row in conn.execute(_Q.entitlements, asked)
    ]  # fmt: skip


def others_holding(
    conn: ReadConnection, licence: Licence, *, tenant: int, on: date
) -> tuple[str, ...]:
    """The other parties with a proof, not withdrawn and not over by that day, of the same codes."""
    held = entitlements(conn, tenant=tenant)
    return tuple(sorted({
        each.party
        for each in held
        if (each.kind, each.withdrawn) == (licence.kind, False)
        and each.party != licence.party
        and (each.valid_to is None or each.valid_to >= on)
        and making.meet(licence.kind, each.number, licence.number)
    }))  # fmt: skip


def require_proof(
    conn: ReadConnection, party: str, of: Structure, stem: str, *, tenant: int, on: date
) -> None:
    """See that a stem is a party's own on that day.

    Raises:
        IssuingError: nothing registered proves it (403).
    """
    held = entitlements(conn, tenant=tenant, party=party)
    held = [each for each in held if holds(each, on)]
    if not any(_proves(each, of, stem) for each in held):
        text = _NOT_YOURS.format(
            stem=stem, party=party, kind=of.proof, proof=making.PROOFS[of.proof],
            wanted=making.stem_wanted(of),
        )  # fmt: skip
        if of.scheme == "sscc" and any(_proves(each, of, f"0{stem}") for each in held):
            text = _NO_EXTENSION.format(stem=stem)
        raise IssuingError("issuing.not-yours", text, "stem", status=403)


def holds(each: Entitlement, on: date) -> bool:
    """Whether it is valid on a day and not withdrawn."""
    begun = each.valid_from is None or each.valid_from <= on
    over = each.valid_to is not None and each.valid_to < on
    return begun and not over and not each.withdrawn


def _proves(each: Entitlement, of: Structure, stem: str) -> bool:
    return each.kind == of.proof and making.proves(of, stem, each.number)


def _keep(
    conn: WriteConnection,
    licence: Licence,
    *,
    tenant: int,
    now: datetime,
    reason: str | None = None,
) -> None:
    row = structs.asdict(licence) | {"tenant": tenant, "at": now}
    row |= {"withdrawn": reason is not None, "reason": reason or ""}
    conn.execute(_Q.add_entitlement_act, row)

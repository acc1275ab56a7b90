"""Where links of codes lead: entered and withdrawn by who holds the code, never deleted."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from msgspec import structs

from suyuan.kit import SuyuanError, Text
from suyuan.registry.entitling import entitlements, holds
from suyuan.registry.types import Entitlement, Target
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)

_PREFIX: Final = "gs1_company_prefix"
_LED: Final = frozenset(("00", "01", "8003", "8006"))
"""Keys that have a digit of their own before the company prefix."""

_MOST: Final = 200
_MANY = Text(
    "一个编码最多登记 {most} 个指向；请先撤回不用的。",
    "A code has {most} links at most; withdraw those that are not used.",
)
_NOT_YOURS = Text(
    "{key} 不能证明属于 {party}：登记中没有当日有效、号码对得上的 gs1_company_prefix。"
    "请管理员用 suyuan codes entitle 登记。",
    "{key} is not proved to belong to {party}: no gs1_company_prefix valid today has a number "
    "that fits. Have the administrator enter it with suyuan codes entitle.",
)


def require_own(conn: ReadConnection, key: str, party: str, *, tenant: int, on: date) -> None:
    """See that a GS1 key is a party's own on that day.

    Raises:
        SuyuanError: nothing registered proves it (403).
    """
    if not is_own(key, entitlements(conn, tenant=tenant, party=party), on):
        text = _NOT_YOURS.format(key=key, party=party)
        raise SuyuanError("links.not-yours", text, "key", status=403)


def issued(key: str) -> str:
    """What a GS1 key has from its company prefix on; of a prefix alone, the prefix."""
    if key.isdecimal():
        return key
    _, ai, value, *_ = key.removeprefix("https://").split("/")
    return value[1:] if ai in _LED else value


def is_own(key: str, held: Iterable[Entitlement], on: date) -> bool:
    """Whether one of these papers proves a GS1 key, or a company prefix, on that day."""
    number = issued(key)
    return any(
        each.kind == _PREFIX and holds(each, on) and number.startswith(each.number) for each in held
    )


def enter(conn: WriteConnection, target: Target, *, tenant: int) -> None:
    """Keep a target; a new default takes the place of the one before.

    Raises:
        SuyuanError: the code has as many as it may have (409).
    """
    row = structs.asdict(target) | {"tenant": tenant}
    row |= {"languages": list(target.languages), "context": list(target.context)}
    conn.execute(_Q.lock_key, row)
    if len(targets(conn, [target.key], tenant=tenant)) >= _MOST:
        raise SuyuanError("links.many", _MANY.format(most=_MOST), "key", status=409)
    if target.is_default:
        conn.execute(_Q.end_default, row)
    conn.execute(_Q.add_target, row)


def withdraw(
    conn: WriteConnection, number: UUID, *, party: str | None, tenant: int, at: datetime
) -> bool:
    """End a target; whether there was one, of the party if one is given."""
    asked = {"id": number, "party": party, "tenant": tenant, "at": at}
    return conn.execute(_Q.withdraw_target, asked).rowcount > 0


def targets(conn: ReadConnection, keys: Collection[str], *, tenant: int) -> list[Target]:
    """What is said of some codes now."""
    rows = conn.execute(_Q.targets, {"tenant": tenant, "keys": list(keys)})
    return [_target(row) for row in rows]


def targets_of(conn: ReadConnection, party: str | None, *, tenant: int) -> list[Target]:
    """What a party says now; None: what anybody says."""
    rows = conn.execute(_Q.party_targets, {"tenant": tenant, "party": party})
    return [_target(row) for row in rows]


def _target(row: tuple[Any, ...]) -> Target:
    return Target(
        id=row[0], party=row[1], key=row[2], link_type=row[3], href=row[4], title=row[5],
        languages=tuple(row[6]), media=row[7], context=tuple(row[8]), is_default=row[9],
        made_at=row[10],
    )  # fmt: skip

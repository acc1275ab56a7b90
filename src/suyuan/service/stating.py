"""Takes which state rules a tenant wants; keeps them and what they go by, says what each holds.

What the record contradicts is flagged, and no law says more. Whoever knows that everything of
theirs is reported, and in order, may have it held. What came before stays as it was judged.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

import psycopg
from msgspec import Struct
from psycopg.errors import DeadlockDetected, LockNotAvailable

from suyuan.codes import privacy
from suyuan.kit import BusyError, SuyuanError, Text
from suyuan.model import PUBLIC, StateRule, Viewer
from suyuan.record import remembering
from suyuan.registry import installation
from suyuan.service.access import require_operator
from suyuan.service.platform import Platform
from suyuan.state import plain
from suyuan.store import ReadConnection, StoreError, WriteConnection

SAID: Final[Mapping[StateRule, Text]] = {
    StateRule.MADE_FIRST: Text(
        "先赋码或产出，后使用：没有产生记录的单品，待查",
        "commissioned or made before use: an instance with no record of its making is held",
    ),
    StateRule.ENDED_IS_OVER: Text(
        "注销、售出、用完或销毁之后不再出现：再出现的，待查",
        "nothing after decommissioning, sale, use or destruction: what comes up again is held",
    ),
    StateRule.PACKED_ONCE: Text(
        "不重复装入：仍在另一个容器中的，待查",
        "packed once: what is in another container still is held",
    ),
    StateRule.UNPACKED_FROM_INSIDE: Text(
        "只从所在的容器拆出：不在该容器中的，待查",
        "unpacked only from what it is in: what is not in that container is held",
    ),
    StateRule.NOT_INSIDE_ITSELF: Text(
        "不在自身之内：装入自身，或装入正在它里面的容器的，待查",
        "not inside itself: what is packed into itself, or into what lies in it, is held",
    ),
}
_UNKNOWN: Final = Text(
    "没有状态规则 “{name}”；可用：{known}。",
    "There is no state rule '{name}'; use one of: {known}.",
)
_BUSY: Final = Text(
    "一次备份、一份很大的报文或另一次切换正在进行；没有切换任何规则，请稍后再试。",
    "A backup, a large document or another switching is under way; nothing was switched. Try again "
    "later.",
)
_AGAIN: Final = 10  # seconds
_BOTH: Final = Text(
    "“{name}” 不能同时启用和停用。", "'{name}' cannot be switched on and off at once."
)


class StateRuleInfo(Struct, frozen=True, kw_only=True):
    """A state rule, what it holds, and whether it is on."""

    rule: StateRule
    said: Text
    on: bool


def state_rules(platform: Platform, viewer: Viewer) -> frozenset[StateRule]:
    """Those that the viewer's tenant has on."""
    with platform.store.read() as conn:
        tenant = installation.tenant(conn, viewer.tenant)
    return frozenset() if tenant is None else tenant.state_rules


def described(on: Collection[StateRule]) -> list[StateRuleInfo]:
    """Every state rule, and whether it is among these."""
    return [StateRuleInfo(rule=rule, said=said, on=rule in on) for rule, said in SAID.items()]


def switch_state_rules(
    platform: Platform, viewer: Viewer, *, on: Collection[str] = (), off: Collection[str] = ()
) -> list[StateRuleInfo]:
    """Switch state rules of the operator's tenant on and off, from the next document on.

    With the first rule, what plain EPCIS says of things is read from the record and kept from then
    on; with the last it is forgotten. Events are recorded meanwhile, and judged by no rule that is
    still being switched. Where it fails, and no rule is on, nothing is kept either.

    Raises:
        SuyuanError: a rule that there is not (400), or no administrator's account (403).
        BusyError: `state-rules.busy`, others read or record for long; nothing was switched.
    """
    require_operator(viewer)
    wanted, unwanted = [_rule(name) for name in on], [_rule(name) for name in off]
    for rule in wanted:
        if rule in unwanted:
            raise SuyuanError("state-rules.both", _BOTH.format(name=rule), "off")
    try:
        if wanted:
            _begin(platform, viewer.tenant)
            remembering.keep(platform.store, viewer.tenant, secret=platform.recorder.secret)
        with platform.store.read() as conn:
            keeping = plain.keeping(conn, viewer.tenant)
        with platform.store.write() as conn:
            found = _switched(platform, conn, viewer, keeping, on=wanted, off=unwanted)
    except (LockNotAvailable, DeadlockDetected) as error:
        raise BusyError("state-rules.busy", _BUSY, retry_after=_AGAIN) from error
    finally:
        _tidy(platform, viewer.tenant)
    return described(found)


def _switched(
    platform: Platform,
    conn: WriteConnection,
    viewer: Viewer,
    keeping: plain.Keeping,
    *,
    on: Collection[StateRule],
    off: Collection[StateRule],
) -> frozenset[StateRule]:
    """Switch rules, in one transaction with whether what they go by is kept.

    Where nothing is kept nobody has to wait for it.
    """
    tenant = viewer.tenant
    if on or keeping is not plain.Keeping.NO:
        plain.hold(conn)
    if on and plain.keeping(conn, tenant) is not plain.Keeping.WHOLE:
        raise BusyError("state-rules.busy", _BUSY, retry_after=_AGAIN)  # switched off meanwhile
    found = installation.switch_state_rules(conn, tenant, on=on, off=off)
    if not found and keeping is not plain.Keeping.NO:
        plain.stop(conn, tenant)
    platform.log_act(
        conn, "state-rules.switched", account=viewer.account,
        on=sorted(rule.value for rule in found), **tenant_said(viewer),
    )  # fmt: skip
    return found


def _begin(platform: Platform, tenant: int) -> None:
    """Have plain EPCIS kept from now on, before what came earlier is read."""
    with platform.store.read() as conn:
        keeping = plain.keeping(conn, tenant)
    if not keeping.is_kept:
        with platform.store.write() as conn:
            plain.begin(conn, tenant)


def _tidy(platform: Platform, tenant: int) -> None:
    """Keep nothing of a tenant that has no rule on, and forget what was kept.

    What a failure leaves here too is named by `suyuan doctor --deep`; the next switching ends it.
    """
    with suppress(psycopg.Error, StoreError):
        with platform.store.read() as conn:
            if plain.keeping(conn, tenant) is plain.Keeping.NO or _has_rules(conn, tenant):
                return
        with platform.store.write() as conn:
            plain.hold(conn)
            if _has_rules(conn, tenant):
                return
            plain.stop(conn, tenant)
        plain.finish(platform.store, tenant)


def _has_rules(conn: ReadConnection, tenant: int) -> bool:
    return tenant in installation.tenants_with_state_rules(conn)


def remember_again(platform: Platform) -> None:
    """Make what state rules go by again from the record, for every tenant that has one on.

    Of those that have none it is forgotten.

    Raises:
        BusyError: `state-rules.busy`, others read or record for long; what was made again before
            that is right, and the rest as it was.
    """
    with platform.store.read() as conn:
        tenants = installation.tenants_with_state_rules(conn)
        others = set(plain.tenants(conn)).difference(tenants)
    for tenant in sorted(others):
        _tidy(platform, tenant)
    try:
        for tenant in tenants:
            _begin(platform, tenant)
            remembering.again(platform.store, tenant, secret=platform.recorder.secret)
    except (LockNotAvailable, DeadlockDetected) as error:
        raise BusyError("state-rules.busy", _BUSY, retry_after=_AGAIN) from error


def tenant_said(viewer: Viewer) -> dict[str, Any]:
    """What an act about a tenant says of which: of the first, whose nearly all are, nothing."""
    return {} if viewer.tenant == PUBLIC.tenant else {"tenant": viewer.tenant}


def _rule(name: str) -> StateRule:
    try:
        return StateRule(name)
    except ValueError:
        text = _UNKNOWN.format(name=privacy.quoted(name, 40), known=", ".join(StateRule))
        raise SuyuanError("state-rules.none", text, "rule") from None

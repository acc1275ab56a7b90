"""Takes which state rules a tenant wants; keeps them, and says what each of them holds.

What the record contradicts is flagged, and no law says more. Whoever knows that everything of
theirs is reported, and in order, may have it held. What came before stays as it was judged.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.model import PUBLIC, StateRule, Viewer
from suyuan.registry import installation
from suyuan.service.access import require_operator
from suyuan.service.platform import Platform

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
}
_UNKNOWN: Final = Text(
    "没有状态规则 “{name}”；可用：{known}。",
    "There is no state rule '{name}'; use one of: {known}.",
)
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

    Raises:
        SuyuanError: a rule that there is not (400), or no administrator's account (403).
    """
    require_operator(viewer)
    wanted, unwanted = [_rule(name) for name in on], [_rule(name) for name in off]
    for rule in wanted:
        if rule in unwanted:
            raise SuyuanError("state-rules.both", _BOTH.format(name=rule), "off")
    with platform.store.write() as conn:
        found = installation.switch_state_rules(conn, viewer.tenant, on=wanted, off=unwanted)
        platform.log_act(
            conn, "state-rules.switched", account=viewer.account,
            on=sorted(rule.value for rule in found), **tenant_said(viewer),
        )  # fmt: skip
    return described(found)


def tenant_said(viewer: Viewer) -> dict[str, Any]:
    """What an act about a tenant says of which: of the first, whose nearly all are, nothing."""
    return {} if viewer.tenant == PUBLIC.tenant else {"tenant": viewer.tenant}


def _rule(name: str) -> StateRule:
    try:
        return StateRule(name)
    except ValueError:
        text = _UNKNOWN.format(name=privacy.quoted(name, 40), known=", ".join(StateRule))
        raise SuyuanError("state-rules.none", text, "rule") from None

"""Takes an event that would lift a mark from things; gives a finding if it is not theirs to lift.

Whoever knows a lot's number may report on it, also that it failed a test: doubt may come from
anybody. That the doubt is over, only those may say whom the family's life cycle names for the
step, and only if they are registered as such.
"""

from typing import Final

from suyuan.families import Family, Knowledge
from suyuan.kit import Text
from suyuan.model import Finding, Severity

_MESSAGE: Final = Text(
    "报告单位未登记为下列角色之一：{roles}；原有的停售或不合格状态不变。",
    "The reporter is not registered as one of: {roles}; what stopped the goods still stands.",
)
_CURE: Final = Text(
    "由上述单位报送；登记有误的，请主管部门或管理员在“登记”页 /registry 更正。",
    "Let one of them report it; if the "
    "registration is wrong, have the authority or administrator mend it on the page /registry.",
)


def is_theirs(family: Family, step: str, knowledge: Knowledge) -> bool:
    """Whether the reporter is registered in one of the roles that a step is for."""
    return knowledge.is_actor(family.steps[step].roles)


def not_theirs(family: Family, step: str, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Why the reporter may not lift marks at this step; nothing where it may."""
    if is_theirs(family, step, knowledge):
        return ()
    names = [family.words.words[role] for role in family.steps[step].roles]
    listed = Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
    return (
        Finding(
            rule="check.not-theirs-to-lift",
            severity=Severity.HOLD,
            path="/suyuan:step",
            message=_MESSAGE.format(roles=listed),
            cure=_CURE,
        ),
    )

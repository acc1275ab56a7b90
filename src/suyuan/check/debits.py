"""Takes an event and the permits on file; gives what it takes, if its reporter may.

Whoever knows a permit's number may report a sale against it, and so use it up. Only those count
whose permit it is, and those whom the family's life cycle names for the step and the registry knows
as such.
"""

from typing import Final

from suyuan.families import Debit, Families, Knowledge, Placement
from suyuan.kit import Text
from suyuan.model import Event, Finding, Severity

_MESSAGE: Final = Text(
    "报告单位未登记为本环节的角色，也不是许可证的持有人：没有从许可证扣减。",
    "Nothing was debited: the reporter is neither the holder nor registered for this step.",
)
_CURE: Final = Text(
    "由登记的单位报送；登记有误的，请主管部门或管理员在“登记”页 /registry 更正。",
    "Let one who is registered report it; if the "
    "registration is wrong, have the authority or administrator mend it on the page /registry.",
)
_NOT_THEIRS: Final = Finding(
    rule="check.not-theirs-to-debit",
    severity=Severity.FLAG,
    path="/suyuan:step",
    message=_MESSAGE,
    cure=_CURE,
)


def debited(
    event: Event,
    knowledge: Knowledge,
    families: Families,
    placement: Placement,
    *,
    entitled: bool,
) -> tuple[tuple[Debit, ...], tuple[Finding, ...]]:
    """What the event takes from permits, and why nothing where its reporter may not."""
    debits = families.debits(event, knowledge, placement)
    lines = (line for every in (knowledge.permits or {}).values() for line in every)
    own = {line.id for line in lines if line.holder == knowledge.actor}
    if not debits or entitled or all(one.permit in own for one in debits):
        return debits, ()
    return (), (_NOT_THEIRS,)

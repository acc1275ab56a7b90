"""Takes an act that is asked about before it is done; gives what its rules would find.

A report says what happened, and is silent where it does not know. A question is answered only by
what is known: so a thing that nobody ever recorded, a party that is not registered, and a date or
state that a holding rule turns on and nobody says are found here.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from suyuan.families.findings import applies, finding
from suyuan.families.knowledge import Knowledge
from suyuan.families.plan import Ready
from suyuan.families.predicates import Licence, NotExpired, OneOf, PartyRole, Permit
from suyuan.families.predicates.base import ACTOR, NOTHING_STATED, Miss, parties
from suyuan.families.types import Family, Step
from suyuan.families.view import View
from suyuan.kit import Text
from suyuan.model import Finding, Severity

_NOT_KNOWN: Final = Text("没有提供，也没有记录", "neither stated nor on record")
_NOT_REGISTERED: Final = Text("{party}（没有登记）", "{party} (not registered)")
_NOT_TOLD: Final = Text(
    "{party}（不是持有人、发证机关或主管部门，也没有登记为本环节的单位，余额不告知）",
    "{party} (not the holder, the issuer or an authority, nor registered for this step: what is "
    "left is not told)",
)
_THING: Final = Text(
    "没有任何关于 {thing} 的记录：不知道它是什么。",
    "Nothing is on record of {thing}: it is unknown.",
)
_THING_CURE: Final = Text(
    "核对编码；确有其物的，先补报它的来历。",
    "Check the code; if it is right, report its past first.",
)
_HOLDS: Final = (Severity.HOLD, Severity.REFUSE)


def foresee(
    family: Family,
    step: Step,
    ready: Sequence[Ready],
    view: View,
    knowledge: Knowledge,
    *,
    kind: str | None,
) -> tuple[Finding, ...]:
    """What is found against an act of a step, by its rules and for want of knowledge."""
    recalled = _recall(family, view, knowledge)
    hidden = family.not_for_all((*recalled, *(item.name for item in family.recorded)))
    found = [
        finding(one, miss, family, view.event, hidden)
        for one in ready
        if applies(one, view, kind)
        if (miss := one.check(view, knowledge) or _unknown(one, family, view, knowledge))
    ]
    unknown = () if step.begins else _unknown_things(view, knowledge)
    return (*unknown, *found)


def _recall(family: Family, view: View, knowledge: Knowledge) -> list[str]:
    """Read what is not stated but on record of the things as if it were stated; which items."""
    known: dict[str, dict[str, None]] = {}
    for thing in view.values("things"):
        state = (knowledge.things or {}).get(thing)
        for name, values in (state.told if state else {}).items():
            known.setdefault(name, {}).update(dict.fromkeys(values))
    recalled = [name for name in known if name in family.items and not view.values(name)]
    for name in recalled:
        view.read[name] = tuple(known[name])
    return recalled


def _unknown(ready: Ready, family: Family, view: View, knowledge: Knowledge) -> Miss | None:
    """What a rule that holds turns on and nobody says."""
    require = ready.rule.require
    if ready.rule.severity not in _HOLDS:
        return None
    if isinstance(require, Licence | PartyRole):
        asked = knowledge.licences if isinstance(require, Licence) else knowledge.roles
        named = parties(require.of, view, knowledge)
        strange = [one for one in named if one not in (asked or {})]
        if strange or not named:
            said = Text(*strange[:1] * 2) if strange else NOTHING_STATED
            return Miss(require.of, _NOT_REGISTERED.format(party=said) if strange else said)
    if isinstance(require, Permit) and not require.tells(view, knowledge):
        return Miss(ACTOR, _NOT_TOLD.format(party=knowledge.actor or ""))
    if isinstance(require, NotExpired | OneOf) and not view.values(require.of):
        is_read = family.items[require.of].recorded is not None
        return None if is_read else Miss(require.of, _NOT_KNOWN)
    return None


def _unknown_things(view: View, knowledge: Knowledge) -> Iterator[Finding]:
    for thing in view.values("things"):
        state = (knowledge.things or {}).get(thing)
        if state is None or not (state.steps or state.made):
            yield Finding(
                rule="interlock.thing-unknown",
                severity=Severity.HOLD,
                path="/things",
                message=_THING.format(thing=thing),
                cure=_THING_CURE,
                params={"thing": thing},
            )

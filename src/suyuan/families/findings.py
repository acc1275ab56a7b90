"""Takes a rule and what it missed in an event; gives the finding that people are shown."""

from typing import Final

from suyuan.families.plan import Ready
from suyuan.families.predicates.base import Miss, listed
from suyuan.families.predicates.document import Document
from suyuan.families.predicates.licence import Licence
from suyuan.families.predicates.party_role import PartyRole
from suyuan.families.types import Family, Rule
from suyuan.families.view import View, reader, shown
from suyuan.kit import Text
from suyuan.model import Action, Event, EventType, Finding

_WITH_FOUND: Final = Text(
    "{rule}（现为：{found}；要求：{need}）", "{rule} (found: {found}; needed: {need})"
)
_UNREAD: Final = Text(
    "“{item}”{found}不是日期，无从核对；要求：{need}",
    '"{item}" {found} is not a date, so this cannot be checked; needed: {need}',
)
_WRITE_DATE: Final = Text(
    "请写成 2026-03-01 或 2026-03-01T09:30:00+08:00。",
    "Write it as 2026-03-01 or 2026-03-01T09:30:00+08:00.",
)
_ON_RECORD: Final = Text("与记录对照", "held against the record")
_ILMD: Final = "ilmd."
_ON_FILE: Final = (Document, Licence, PartyRole)
REGISTER: Final = Text(
    "登记有缺、有误的，请主管部门或管理员在“登记”页 /registry 补录。",
    "What is missing or wrong on file is entered by the authority or the administrator on the "
    "page Registry, /registry.",
)
"""Where one enters what rules look up in the registry."""


def applies(ready: Ready, view: View, kind: str | None) -> bool:
    """Whether the rule speaks of the event, its step aside."""
    for guard in ready.guards:  # noqa: SIM110 -- a plain loop: this runs for every rule of every event
        if not guard(view, kind):
            return False
    return True


def finding(
    ready: Ready,
    miss: Miss,
    family: Family,
    event: Event,
    hidden: frozenset[str] = frozenset(),
) -> Finding:
    """What is told of a rule that is not met: place, law, what was found, what is needed.

    `hidden` are items whose values are on record and not for everybody: whoever knows a code may
    report or ask, so of a rule that speaks of one it is not said what was found.
    """
    rule = ready.rule
    spoken = {name for kind, name in rule.require.refs() if kind == "item"}
    found = _found(miss, family) if hidden.isdisjoint(spoken) else _ON_RECORD
    said, item = Text(rule.zh, rule.en), family.words.items[miss.item]
    message = _UNREAD if miss.unread else _WITH_FOUND
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        path=_path(family, miss.item, event),
        message=message.format(rule=said, item=item, found=found, need=ready.need),
        cure=_WRITE_DATE if miss.unread else _cure(rule),
        law=ready.law.zh,
        law_en=None if ready.law.en == ready.law.zh else ready.law.en,
        verified=rule.verified and family.laws[rule.law].verified,
        params={"item": miss.item, "found": found.zh, "need": ready.need.zh},
    )


def _cure(rule: Rule) -> Text:
    """What to do; where the registry was asked, also where one enters what is missing there."""
    cure = Text(rule.cure.zh, rule.cure.en)
    if isinstance(rule.require, _ON_FILE):
        return Text(f"{cure.zh}{REGISTER.zh}", f"{cure.en} {REGISTER.en}")
    return cure


def _found(miss: Miss, family: Family) -> Text:
    """What was found, coded values by their names; of several items those that are not stated."""
    if miss.lacking:
        named = listed(family.words.items[one] for one in miss.lacking)
        return Text("{found}：{named}", "{found}: {named}").format(found=miss.found, named=named)
    named = family.words.named(miss.words)
    if not named.zh:
        return miss.found
    return Text("{found}：{named}", "{found}: {named}").format(found=miss.found, named=named)


def _path(family: Family, item: str, event: Event) -> str:
    """Where the item stands in this event, or should; what is on record stands at its things."""
    said = family.items[item]
    named = (item,) if said.recorded is None else said.of
    every = tuple(place for one in named for place in family.places(one))
    holding = (one for one in every if reader((one,))(event))
    allowed = (one for one in every if _has_ilmd(event) or not one.startswith(_ILMD))
    place_found = next(holding, next(allowed, every[0] if every else ""))
    return shown(place_found) if place_found else ""


def _has_ilmd(event: Event) -> bool:
    """Whether an event may have ILMD at all: only what makes something has (EPCIS 2.0)."""
    made = event.type is EventType.OBJECT and event.action is Action.ADD
    return made or event.type is EventType.TRANSFORMATION

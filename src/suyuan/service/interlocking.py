"""May this be filled, used, sold or sent, by this party, here and now? Answered before the act.

A report of what has happened is never refused for breaking a law; an act that is asked about can
be. The answer is no where a rule would hold the report, and where what it turns on is unknown.
"""

from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from difflib import get_close_matches
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from suyuan.codes import Grain, privacy, read_identifier, unknown
from suyuan.families import Family
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import CHINA, there
from suyuan.model import Event, Finding, Role, Severity, Viewer
from suyuan.record import Asker, foresee
from suyuan.service.access import OPERATOR
from suyuan.service.asking import subjects
from suyuan.service.platform import Platform
from suyuan.service.ruling import named_family
from suyuan.service.stating import state_rules
from suyuan.wire import Mode, read_event
from suyuan.wire.contexts import STANDARD
from suyuan.wire.types import RawEvent

_MOST: Final = 100
_NEAR: Final = 5  # how many names are offered for one that is unknown
_LIKE: Final = 0.4  # and how much alike they are at least
_LONGEST: Final = 80  # characters compared: names are shorter, and comparing is quadratic
_HOLDS: Final = frozenset((Severity.HOLD, Severity.REFUSE))
_EXTENSION: Final = "suyuan:"

_NO_STEP = Text(
    "没有名为“{step}”的环节；相近的有：{near}。全部环节见 suyuan families 门类，或网页 /families。",
    "There is no step '{step}'; near to it: {near}. suyuan families FAMILY, or the page /families, "
    "has them all.",
)
_WHICH_FAMILY = Text(
    "有几个门类都有环节“{step}”：{known}；请写明 family。",
    "Several families have a step '{step}': {known}; state the family.",
)
_THINGS = Text("请写明 1 至 {most} 个追溯单元。", "State 1 to {most} things.")
_ITEM = Text(
    "{step}没有数据项“{item}”；相近的有：{near}。",
    "{step} has no item '{item}'; near to it: {near}.",
)
_VALUE = Text(
    "“{item}” 须是文字、数字或它们的列表。", "'{item}' must be text, a number, or a list of these."
)
_PARTY = Text("请写明由谁来做（party）。", "State who is to do it (party).")
_NOT_YOURS = Text(
    "只有管理员账户能替别的单位询问。",
    "Only an administrator's account may ask for another party.",
)
_TIME = Text("“{given}” 没有时区偏移。", "'{given}' has no offset from UTC.")
_NEVER = Text(
    "“{given}” 早于或晚于任何历法日。", "'{given}' is before or after all days there are."
)


class Act(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act that is asked about: which step, of which family, done to which things.

    `things` are any codes; `party` who is to do it, else the account's own; `place` where; `at`
    when, else now; `values` what else is known of it, by the names of the family's data items.
    """

    step: str
    things: list[str]
    family: str | None = None
    kind: str | None = None
    party: str | None = None
    place: str | None = None
    at: datetime | None = None
    values: dict[str, Any] = {}


class Interlock(Struct, frozen=True, kw_only=True):
    """Yes or no, with every reason; `warnings` would be flagged or noted in the report of it.

    `at` is the instant the answer is for: it is good for no other.
    """

    allowed: bool
    family: str
    step: str
    step_name: Text
    kind: str | None
    things: tuple[str, ...]
    party: str
    at: datetime
    reasons: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def interlock(platform: Platform, asking: Act, viewer: Viewer = OPERATOR) -> Interlock:
    """Whether an act may be done, by what is on record and the law of its day; records nothing.

    What would hold the report of the act refuses the act itself.

    Raises:
        SuyuanError: no such step or item, no code, or a party that is not the asker's (403).
    """
    family = _family(platform, asking)
    party = _party(asking, viewer)
    things = _things(platform, asking.things, viewer)
    now = platform.clock()
    at = _instant(asking.at) or now
    event = _event(platform, asking, family, things=things, party=party, at=at)
    asker = Asker(
        families=platform.families,
        secret=platform.recorder.secret,
        tenant=viewer.tenant,
        party=party,
        now=max(now, at),
        account=viewer.account,
        state_rules=state_rules(platform, viewer),
    )
    given = {name: _listed(value) for name, value in asking.values.items()}
    with platform.store.read() as conn:
        found = foresee(conn, event, given, asker)
    reasons = tuple(
        structs.replace(one, severity=Severity.REFUSE)
        for one in found.findings
        if one.severity in _HOLDS
    )
    return Interlock(
        allowed=not reasons,
        family=family.id,
        step=asking.step,
        step_name=family.words.steps[asking.step],
        kind=found.placement.kind,
        things=tuple(things),
        party=party,
        at=at,
        reasons=reasons,
        warnings=tuple(one for one in found.findings if one.severity not in _HOLDS),
    )


def _family(platform: Platform, asking: Act) -> Family:
    """The family whose step is asked about, its items checked."""
    families = platform.families.by_id
    named = (
        [named_family(platform.families, asking.family)]
        if asking.family is not None
        else list(families.values())
    )
    having = [family for family in named if asking.step in family.steps]
    step = privacy.quoted(asking.step, 60)
    if not having:
        names = {name: family.words.steps[name] for family in named for name in family.steps}
        near = _near(asking.step, names)
        raise SuyuanError("interlock.step", _NO_STEP.format(step=step, near=near), "step")
    if len(having) > 1:
        known = ", ".join(sorted(family.id for family in having))
        raise SuyuanError(
            "interlock.family", _WHICH_FAMILY.format(step=step, known=known), "family"
        )
    for name, value in asking.values.items():
        _check_item(having[0], asking.step, name, value)
    return having[0]


def _check_item(family: Family, step: str, name: str, value: Any) -> None:
    """See that a family has an item, that reports state it, and that the value is a plain one."""
    item, place = family.items.get(name), f"values.{privacy.quoted(name, 60)}"
    if item is None or item.recorded is not None or item.constant is not None:
        names = {
            name: family.words.items[name]
            for name, one in family.items.items()
            if one.recorded is None
        }
        near = _near(name, names)
        said = {"step": family.words.steps[step], "item": privacy.quoted(name, 60), "near": near}
        raise SuyuanError("interlock.item", _ITEM.format(**said), place)
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str | int | float) or isinstance(one, bool):
            raise SuyuanError("interlock.value", _VALUE.format(item=name), place)


def _near(name: str, names: Mapping[str, Text]) -> Text:
    """The names most like one, in either language, with what they mean."""
    spelled = {
        said.casefold(): one for one, words in names.items() for said in (one, words.en, words.zh)
    }
    found = get_close_matches(name[:_LONGEST].casefold(), spelled, _NEAR, _LIKE)
    near = dict.fromkeys(spelled[each] for each in found) or dict.fromkeys(sorted(names)[:_NEAR])
    return Text(
        "、".join(f"{one}（{names[one].zh}）" for one in near),
        ", ".join(f"{one} ({names[one].en})" for one in near),
    )


def _party(asking: Act, viewer: Viewer) -> str:
    party = asking.party or viewer.party
    if party is None or "\0" in party:
        raise SuyuanError("interlock.party", _PARTY, "party")
    if viewer.role is not Role.ADMIN and party != viewer.party:
        raise SuyuanError("interlock.party", _NOT_YOURS, "party", status=403)
    return party


def _things(platform: Platform, texts: list[str], viewer: Viewer) -> list[str]:
    if not 1 <= len(texts) <= _MOST:
        raise SuyuanError("interlock.things", _THINGS.format(most=_MOST), "things")
    found = subjects(platform, texts, viewer)
    for text, one in zip(texts, found, strict=True):
        if one is None:
            raise SuyuanError("code.unknown", unknown.no_code(text), "things")
    return list(dict.fromkeys(one.canonical for one in found if one is not None))


def _instant(at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise SuyuanError("interlock.at", _TIME.format(given=at.isoformat()), "at")
    if at is not None and at.year in {MINYEAR, MAXYEAR}:
        raise SuyuanError("interlock.at", _NEVER.format(given=at.isoformat()), "at")
    return at


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _event(
    platform: Platform,
    asking: Act,
    family: Family,
    *,
    things: list[str],
    party: str,
    at: datetime,
) -> Event:
    """The event that would report the act, read as such a report is."""
    said: dict[str, Any] = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": family.steps[asking.step].biz_step,
        "eventTime": there(at, CHINA).isoformat(),
        "eventTimeZoneOffset": CHINA,
        **_listing(things, party),
        **{_EXTENSION + name: value for name, value in _extensions(family, asking).items()},
    }
    if asking.place:
        said["bizLocation"] = said["readPoint"] = {"id": asking.place}
    raw = RawEvent(0, msgspec.json.encode(said))
    resolvers = platform.config.resolvers
    read = read_event(raw, STANDARD, capturer=party, mode=Mode.LENIENT, resolvers=resolvers)
    if read.event is None:
        first = read.findings[0]
        raise SuyuanError(first.rule, first.message, first.path)
    return read.event


def _listing(things: list[str], party: str) -> dict[str, Any]:
    """Single things by their codes, lots and classes as quantity elements."""
    grains = {thing: read_identifier(thing, capturer=party).grain for thing in things}
    single = [thing for thing in things if grains[thing] not in (Grain.LOT, Grain.CLASS)]
    others = [{"epcClass": thing} for thing in things if thing not in single]
    return {"epcList": single} | ({"quantityList": others} if others else {})


def _extensions(family: Family, asking: Act) -> dict[str, Any]:
    """Family, step, kind and values: registry and permits are asked for what these name."""
    kind = {} if asking.kind is None else {"productKind": asking.kind}
    values = {_camel(name): value for name, value in asking.values.items()}
    return {"family": family.id, "step": asking.step, **kind, **values}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)

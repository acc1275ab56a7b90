"""Takes a family, a step, a kind and a day; gives the columns of the workbook, from the rules."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from suyuan.codes import divisions, privacy
from suyuan.families import Count, Family, Required, citing, rules_in, words_of
from suyuan.families.types import Item, Rule, Step, When
from suyuan.kit import SuyuanError, Text
from suyuan.kit.quantity import UNITS
from suyuan.kit.text import vouched
from suyuan.kit.unit_names import unit_name
from suyuan.templates.examples import example_of
from suyuan.templates.keys import AMOUNTS, IDS, ILMD, OF_TYPE, key_of, spread
from suyuan.templates.rows import RECORD, rows_of
from suyuan.templates.types import Choice, Column, Template

_NAMES: Final = {
    RECORD: Text("记录号", "record"),
    "eventID": Text("事件编号", "event id"),
    "eventTime": Text("发生时间", "event time"),
    "eventTimeZoneOffset": Text("时区", "time zone"),
    "action": Text("动作", "action"),
    "parentID": Text("容器", "container"),
    "epcList": Text("单件编码", "unit code"),
    "childEPCs": Text("装入的单件编码", "unit inside"),
    "inputEPCList": Text("投入的单件编码", "unit used"),
    "outputEPCList": Text("产出的单件编码", "unit made"),
    "quantityList": Text("批次", "lot"),
    "childQuantityList": Text("装入的批次", "lot inside"),
    "inputQuantityList": Text("投入的批次", "lot used"),
    "outputQuantityList": Text("产出的批次", "lot made"),
    "readPoint.id": Text("地点", "place"),
    "bizLocation.id": Text("其后所在地点", "place afterwards"),
    "suyuan:productKind": Text("产品种类", "product kind"),
    "sourceList.possessing_party": Text("交出方（持有）", "from (holder)"),
    "sourceList.owning_party": Text("交出方（所有）", "from (owner)"),
    "destinationList.possessing_party": Text("接收方（持有）", "to (holder)"),
    "destinationList.owning_party": Text("接收方（所有）", "to (owner)"),
}
_COLUMNS: Final = {key.removesuffix(".id"): name for key, name in _NAMES.items() if key != RECORD}
_LONGEST_FIRST: Final = sorted(_COLUMNS, key=len, reverse=True)
_MEMBERS: Final = re.compile(
    rf"(?<![\w./:])(?:{'|'.join(map(re.escape, _LONGEST_FIRST))})(?![\w/:]|\.\w)"
)
_PARTS: Final = {
    "epcClass": Text("{list}编码", "{list} code"),
    "quantity": Text("{list}数量", "{list} quantity"),
    "uom": Text("{list}单位", "{list} unit"),
}
_TYPES: Final = {"eventTime": "time", "quantity": "number", "uom": "choice", "action": "choice"}
_ACTIONS: Final = (
    Choice("ADD", Text("新增", "add")),
    Choice("OBSERVE", Text("经过", "observe")),
    Choice("DELETE", Text("终止", "delete")),
)
_HEAD: Final = (RECORD, "eventTime", "suyuan:productKind")
_TAIL: Final = ("eventTimeZoneOffset", "eventID")
_FIXED: Final = ("suyuan:family", "suyuan:step", "type", "action", "bizStep")
_OWN: Final = ("suyuan:", ILMD)
_NOTHING: Final = Text("", "")
_EPCIS: Final = Text("EPCIS 2.0", "EPCIS 2.0")
_LOCAL: Final = Text("（{name}，{since} 起）", " ({name}, since {since})")
_NO_STEP: Final = Text(
    "没有名为“{name}”的环节；可用：{known}。", "There is no step '{name}'; use one of: {known}."
)


def template_of(
    family: Family, step_id: str, on: date, *, kind: str | None = None, division: str = ""
) -> Template:
    """The template of one step by the rules in force on a day, with those of a division if given.

    Raises:
        SuyuanError: the family has no such step (404).
    """
    step = family.steps.get(step_id)
    if step is None:
        text = _NO_STEP.format(name=privacy.quoted(step_id, 60), known=", ".join(family.steps))
        raise SuyuanError("template.no-step", text, status=404)
    example = example_of(family, step, kind)
    rules = tuple(rules_at(family, step, on, kind=kind, division=division))
    columns = _columns(family, step, rules, example)
    return Template(
        family=family.id,
        family_name=family.name,
        step=step.id,
        name=Text(step.zh, step.en),
        kind=kind,
        division=division,
        on=on,
        fixed={key: example[key] for key in _FIXED if key in example},
        columns=tuple(columns),
        example=example,
    )


def by_columns(text: Text) -> Text:
    """A sentence in which members of the document are called as their columns are."""
    return Text(
        _MEMBERS.sub(lambda found: _COLUMNS[found[0]].zh, text.zh),
        _MEMBERS.sub(lambda found: _COLUMNS[found[0]].en, text.en),
    )


def rules_at(
    family: Family, step: Step, on: date, *, kind: str | None, division: str
) -> Iterable[Rule]:
    """The family's rules in force on the day that speak of the step and, if given, the kind."""
    for rule in rules_in(family, division, on) if division else family.rules:
        of_step = not rule.when.step or step.id in rule.when.step
        of_way = not rule.when.direction or step.direction in rule.when.direction
        of_kind = kind is None or not rule.when.kind or kind in rule.when.kind
        in_force = rule.since <= on and (rule.until is None or on <= rule.until)
        if of_step and of_way and of_kind and in_force:
            yield rule


def is_certain(when: When, kind: str | None) -> bool:
    """Whether a rule speaks of every event of its step (and kind)."""
    of_kind = not when.kind or (kind is not None and kind in when.kind)
    narrowed = (when.type, when.action, when.grain, when.present, when.absent, when.where)
    return of_kind and not any(narrowed)


def _columns(
    family: Family, step: Step, rules: tuple[Rule, ...], example: dict[str, Any]
) -> Iterable[Column]:
    shown = [key for row in rows_of(example) for key in row if key not in (*_FIXED, *_TAIL)]
    things = [part for key in OF_TYPE[example["type"]] for part in spread(key)]
    about = _spoken(family, rules, example)
    keys = dict.fromkeys([*_HEAD, *things, "readPoint.id", *shown, *about, "action", *_TAIL])
    if example["type"] == "TransformationEvent":
        del keys["action"]
    for key in keys:
        item = about.get(key) or _standing_at(family, key)
        yield _column(family, step, rules, key, item)


def _spoken(family: Family, rules: tuple[Rule, ...], example: dict[str, Any]) -> dict[str, Item]:
    """The items that the rules speak of, by the key of the place where they are stated."""
    stated = {key for row in rows_of(example) for key in row}
    found: dict[str, Item] = {}
    for rule in rules:
        named = [name for kind, name in rule.require.refs() if kind == "item"]
        for name in (*named, *rule.when.present, *rule.when.where):
            item = family.items[name]
            keys = [key for place in family.places(name) if (key := key_of(place, example))]
            if keys and item.constant is None and name != "actor":
                found.setdefault(next((key for key in keys if key in stated), keys[0]), item)
    return found


def _standing_at(family: Family, key: str) -> Item | None:
    """The item of a column that no rule of the day speaks of."""
    place = key if key.startswith("ilmd.") else f"extensions.{key}"
    return next((item for item in family.items.values() if place in family.places(item.name)), None)


def _column(
    family: Family, step: Step, rules: tuple[Rule, ...], key: str, item: Item | None
) -> Column:
    asking = [
        rule
        for rule in rules
        if item is not None and isinstance(rule.require, Required) and item.name in rule.require.of
    ]
    must = key == "eventTime" or any(
        is_certain(rule.when, None) and (len(rule.require.of) == 1 or not rule.require.any)
        for rule in asking
        if isinstance(rule.require, Required)
    )
    return Column(
        key=key,
        name=_name(key, item),
        type=_type(key, item),
        need="required" if must else "conditional" if asking else "",
        laws=tuple(dict.fromkeys(cited(family, rule) for rule in asking)),
        choices=_choices(family, step, rules, key, item),
        unit=item.unit if item else None,
        source=Text(item.source, citing.in_english(item.source)) if item else _EPCIS,
        several=item is not None and key.startswith(_OWN) and _is_counted(item, rules),
    )


def _is_counted(item: Item, rules: tuple[Rule, ...]) -> bool:
    """Whether a rule counts the item's values and wants, or may want, more than one."""
    counts = [rule.require for rule in rules if isinstance(rule.require, Count)]
    return any(one.of == item.name and (one.equals or (one.min or 0) > 1) for one in counts)


def cited(family: Family, rule: Rule) -> Text:
    """The law and article of a rule; of a place's own rule also where and since when it holds."""
    law, where = family.laws[rule.law], _NOTHING
    if rule.division:
        name = divisions.full_name(divisions.history(rule.division)[-1])
        where = _LOCAL.format(name=name, since=rule.since)
    said = family.cite(rule)
    said = Text(said.zh + where.zh, said.en + where.en)
    return vouched(said, verified=rule.verified and law.verified)


def _name(key: str, item: Item | None) -> Text:
    if key in _NAMES:
        return _NAMES[key]
    head, _, part = key.partition(".")
    if head in AMOUNTS:
        return _PARTS[part].format(list=_NAMES[head])
    return Text(item.zh, item.en) if item else Text(key, key)


def _type(key: str, item: Item | None) -> str:
    head, _, part = key.partition(".")
    known = _TYPES.get(part if head in AMOUNTS else key)
    if known or item is None or head in AMOUNTS or key in IDS:
        return known or "code"
    return item.type


def _choices(
    family: Family, step: Step, rules: tuple[Rule, ...], key: str, item: Item | None
) -> tuple[Choice, ...]:
    words = family.words.words
    if key == "action":
        return _ACTIONS
    if key == "suyuan:productKind":
        return tuple(Choice(one, family.kinds[one]) for one in step.kinds or family.kinds)
    if key.partition(".")[0] in AMOUNTS and key.endswith(".uom"):
        return tuple(Choice(one, words.get(one) or unit_name(one)) for one in UNITS if one)
    allowed = dict.fromkeys(value for rule in rules for value in _values(rule, item))
    return tuple(Choice(one, words.get(one, Text(one, one))) for one in allowed)


def _values(rule: Rule, item: Item | None) -> tuple[str, ...]:
    if item is None:
        return ()
    return words_of(rule.require, item.name) or rule.when.where.get(item.name, ())

"""Takes a family's step on a day; gives the JSON Schema (2020-12) of its events.

It states what a report must have by the rules that a schema can say: required, one_of, pattern
and unit, under their conditions. The other rules are listed by name, to be asked of the judge.
"""

from datetime import date
from itertools import groupby
from typing import Any, Final

from suyuan.families import Family, OneOf, Pattern, Predicate, Required, Unit
from suyuan.families.types import Rule, When
from suyuan.kit import Text
from suyuan.kit.quantity import UNITS, same_dimension
from suyuan.templates.columns import cited, rules_at, template_of
from suyuan.templates.keys import AMOUNTS, IDS, REF_VALUE, REFS
from suyuan.templates.types import VERSION, both

Schema = dict[str, Any]
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCALAR: Final[Schema] = {
    "anyOf": [{"type": "string", "pattern": r"\S"}, {"type": ["number", "boolean", "object"]}]
}
_STATED: Final[Schema] = {"anyOf": [*_SCALAR["anyOf"], {"type": "array", "contains": _SCALAR}]}
_FEW: Final[Schema] = {"type": "array", "minItems": 1}
_ID: Final[Schema] = {"properties": {"id": _SCALAR}, "required": ["id"]}
_LISTS: Final = {
    "things": ("parentID", *IDS, *AMOUNTS),
    "instances": ("epcList", "childEPCs", "inputEPCList", "outputEPCList"),
    "inputs": ("inputEPCList", "inputQuantityList"),
    "outputs": ("outputEPCList", "outputQuantityList"),
    "amounts": AMOUNTS,
    "input_amounts": ("inputQuantityList",),
    "output_amounts": ("outputQuantityList", "quantityList", "childQuantityList"),
}
_FIELDS: Final = {
    "event_time": "eventTime",
    "biz_step": "bizStep",
    "disposition": "disposition",
    "action": "action",
    "parent": "parentID",
    "event_id": "eventID",
}
_PREFIX: Final = "suyuan:"


def schema_of(
    family: Family, step_id: str, on: date, *, kind: str | None = None, division: str = ""
) -> Schema:
    """The schema of one event of the step, by the rules in force on the day (and in a division).

    Raises:
        SuyuanError: the family has no such step (404).
    """
    template = template_of(family, step_id, on, kind=kind, division=division)
    rules = list(rules_at(family, family.steps[step_id], on, kind=kind, division=division))
    said = [(rule, found) for rule in rules if (found := _rule(family, rule)) is not None]
    named = {rule.id for rule, _ in said}
    kinds: Schema = {"const": kind} if kind else {"enum": list(family.kinds)}
    own = (kind or "all", *([division] if division else ()), on.isoformat())
    return {
        "$schema": _DIALECT,
        "$id": f"urn:suyuan:standard:{VERSION}:{family.id}:{step_id}:{':'.join(own)}",
        "title": f"{template.name.zh} {template.name.en}",
        "description": f"{family.name.zh} {family.name.en}, {on.isoformat()}",
        "type": "object",
        "properties": {
            "suyuan:family": {"const": family.id},
            "suyuan:step": {"enum": [step_id, _PREFIX + step_id]},
            "suyuan:productKind": kinds,
            **{
                column.key: _described(column.name, column.source)
                for column in template.columns
                if column.key.startswith(_PREFIX) and column.key != "suyuan:productKind"
            },
        },
        "required": ["type", "eventTime", "eventTimeZoneOffset", "suyuan:family", "suyuan:step"],
        "allOf": [found for _, found in said] or [{}],
        "x-suyuan-other-rules": [rule.id for rule in rules if rule.id not in named],
    }


def _described(name: Text, source: Text) -> Schema:
    return {"title": f"{name.zh} {name.en}", "description": both(source)}


def _rule(family: Family, rule: Rule) -> Schema | None:
    """What the rule requires where it applies; None for what a schema cannot say."""
    needed = _needed(family, rule.require)
    if needed is None:
        return None
    conditions = _conditions(family, rule.when)
    said: Schema = {"if": {"allOf": conditions}, "then": needed} if conditions else dict(needed)
    law = cited(family, rule)
    return said | {"$comment": f"{rule.id}: {both(law)}: {rule.zh} {rule.en}"}


def _needed(family: Family, require: Predicate) -> Schema | None:
    if isinstance(require, Required):
        stated = [_stated(family, item) for item in require.of]
        return {"anyOf" if require.any else "allOf": stated}
    if isinstance(require, Pattern):
        form = {"type": "string", "pattern": f"^\\s*(?:{require.regex})\\s*$"}
        return _values(family, require.of, form)
    if isinstance(require, OneOf):
        return _values(family, require.of, _words(require.values))
    if isinstance(require, Unit):
        return _unit(family, require)
    return None


def _conditions(family: Family, when: When) -> list[Schema]:
    found: list[Schema] = [_stated(family, item) for item in when.present]
    found += [{"not": _stated(family, item)} for item in when.absent]
    found += [_has(family, item, values) for item, values in when.where.items()]
    if when.kind:
        found.append(_member("suyuan:productKind", _words(when.kind)))
    if when.type:
        found.append(_member("type", {"enum": list(when.type)}))
    if when.action:
        found.append(_member("action", {"enum": list(when.action)}))
    if when.grain:
        groups = {"instance": "instances", "lot": "amounts"}
        found.append({"anyOf": [_place(groups[one]) for one in when.grain]})
    return found


def _words(values: tuple[str, ...]) -> Schema:
    spelled = [f"{prefix}{one}" for one in values for prefix in ("", _PREFIX, "urn:suyuan:ns:1:")]
    return {"enum": spelled}


def _member(name: str, value: Schema) -> Schema:
    return {"properties": {name: value}, "required": [name]}


def _stated(family: Family, item: str) -> Schema:
    """The item has a value at one of its places; a constant always has."""
    if family.items[item].constant is not None:
        return {}
    return {"anyOf": [_place(place) for place in family.places(item)]}


def _place(place: str) -> Schema:
    return _at(place, _STATED)


def _at(place: str, value: Schema) -> Schema:
    """A value of that form at the place."""
    head, _, name = place.partition(".")
    if head in ("ilmd", "extensions"):
        inner = _member(name, value)
        return inner if head == "extensions" else _member("ilmd", inner)
    if head in REFS:
        inner = _member("type", {"const": name}) | {"required": ["type"]}
        inner["properties"][REF_VALUE[REFS[head]]] = value
        return _member(REFS[head], {"contains": inner})
    if head in _LISTS:
        return {
            "anyOf": [_member(one, _FEW if one != "parentID" else _SCALAR) for one in _LISTS[head]]
        }
    return _member(_FIELDS[head], value) if head in _FIELDS else _member(_camel(head), _ID)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _values(family: Family, item: str, form: Schema) -> Schema | None:
    """Every value at the first place that holds any has the form; None for groups of things."""
    heads = [
        (head, list(every))
        for head, every in groupby(family.places(item), key=lambda place: place.partition(".")[0])
    ]
    if any(head in _LISTS or head in REFS for head, _ in heads):
        return None
    blank = {"type": "string", "pattern": r"^\s*$"}
    one = {"anyOf": [form, blank, {"type": "null"}]}
    every = {"anyOf": [one, {"type": "array", "items": one}]}
    chain: Schema = {}
    for place in reversed(family.places(item)):
        chain = {"if": _place(place), "then": _at(place, every), "else": chain}
    return chain


def _has(family: Family, item: str, values: tuple[str, ...]) -> Schema:
    """One of the values is stated."""
    words = _words(values)
    either = {"anyOf": [words, {"type": "array", "contains": words}]}
    return {"anyOf": [_at(place, either) for place in family.places(item)]}


def _unit(family: Family, require: Unit) -> Schema | None:
    if len(family.places(require.of)) != 1:
        return None
    like = [unit for unit in (*UNITS, require.like) if same_dimension(unit, require.like)]
    measured: Schema = {"properties": {"uom": {"enum": like}}}
    if None not in like:
        measured["required"] = ["uom"]
    element = {"if": {"required": ["quantity"]}, "then": measured}
    lists = _LISTS.get(family.places(require.of)[0], ())
    return {"properties": {one: {"items": element} for one in lists}}

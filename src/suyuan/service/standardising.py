"""Takes families, codes and a day; gives the machine-readable standard as data, and its index.

国办发〔2015〕95号 clause 十一 asks for common data items, formats, interfaces and coding rules. All
of it is made from what the program itself judges, reads and writes by, so it cannot say otherwise.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from msgspec import Struct

from suyuan.codes import all_schemes, privacy
from suyuan.codes.types import Scheme
from suyuan.families import Families, Family, citing, rules_in
from suyuan.families.types import Rule
from suyuan.kit import SuyuanError, Text
from suyuan.service.dated import Named, is_law
from suyuan.service.ruling import (
    ItemOn,
    division_name,
    is_verified,
    item_on,
    named_family,
)

VERSION: Final = "1"
ROOT: Final = f"/standard/{VERSION}"
_CLAUSE: Final = Text(
    "国办发〔2015〕95号第十一条：统一数据采集指标、传输格式、接口规范和编码规则。",
    "State Council General Office document 95 of 2015, clause eleven: common data items, formats, "
    "interfaces and coding rules.",
)
_NO_SCHEME: Final = Text(
    "没有名为“{name}”的编码规则；全部列在 {root}/codes.json。",
    "There is no coding rule '{name}'; {root}/codes.json lists them all.",
)
_LONGEST: Final = 60


class StepAt(Struct, frozen=True, kw_only=True):
    """A step, and where its data items are published: as JSON Schema and as workbook."""

    id: str
    name: Text
    schema: str
    template: str


class FamilyAt(Struct, frozen=True, kw_only=True):
    """A family, and where its items, rules and steps are published.

    `divisions` are those with rules of their own: `?division=CODE` at the addresses adds them.
    """

    id: str
    name: Text
    divisions: tuple[Named, ...]
    items: str
    rules: str
    steps: tuple[StepAt, ...]


class Index(Struct, frozen=True, kw_only=True):
    """What the standard has, and where: every address stays as long as its version."""

    version: str
    basis: Text
    on: date
    families: tuple[FamilyAt, ...]
    codes: str
    interfaces: str
    coding_rules: tuple[Named, ...]


class Piece(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of a code: `least` to `most` characters of `shape`, or a fixed `text`."""

    id: str = ""
    name: Text | None = None
    least: int | None = None
    most: int | None = None
    shape: str = ""
    text: str = ""


class Used(Struct, frozen=True, kw_only=True):
    """A family that uses a code: for what, at which grain; `kinds` by how codes of each begin."""

    family: str
    name: Text
    grain: str
    kinds: dict[str, str]
    source: str
    source_en: str


class CodingRule(Struct, frozen=True, kw_only=True):
    """How a code is built, checked and named; `verified` False: its text was not read."""

    id: str
    name: Text
    grain: str
    issuer: Text
    source: str
    source_en: str
    verified: bool
    layout: tuple[Piece, ...]
    check: Text
    failed_check: str
    scope: Text
    validity: Text | None
    uri: str | None
    good: tuple[str, ...]
    bad: tuple[str, ...]
    used_by: tuple[Used, ...]


class LocalRule(Struct, frozen=True, kw_only=True):
    """A rule of a province or city that speaks of an item; `verified` False: it was not read."""

    id: str
    division: Named
    since: date
    until: date | None
    verified: bool


class DataItem(ItemOn, frozen=True, kw_only=True):
    """A data item of a family, and the steps of which rules in force speak of it.

    `local` are the rules of provinces and cities among them; `required_since` is by the others.
    """

    steps: tuple[str, ...]
    local: tuple[LocalRule, ...]


def standard_index(families: Families, on: date) -> Index:
    """The index of the standard as of a day."""
    return Index(
        version=VERSION,
        basis=_CLAUSE,
        on=on,
        families=tuple(map(_family_at, families.by_id.values())),
        codes=f"{ROOT}/codes.json",
        interfaces=f"{ROOT}/interfaces.json",
        coding_rules=tuple(Named(one.id, one.name) for one in all_schemes()),
    )


def _family_at(family: Family) -> FamilyAt:
    at = f"{ROOT}/{family.id}"
    return FamilyAt(
        id=family.id,
        name=family.name,
        divisions=tuple(
            division_name(code) for code in sorted({one.division for one in family.overlays})
        ),
        items=f"{at}/items.json",
        rules=f"/families/{family.id}",
        steps=tuple(
            StepAt(
                id=step.id,
                name=Text(step.zh, step.en),
                schema=f"{at}/{step.id}/event.schema.json",
                template=f"{at}/{step.id}/template.xlsx",
            )
            for step in family.steps.values()
        ),
    )


def data_items(families: Families, name: str, on: date, *, division: str = "") -> list[DataItem]:
    """The data items that the rules of a family in force on a day speak of.

    With a `division` by those of that place; without, every place's own are among them.

    Raises:
        SuyuanError: there is no such family or division (404).
    """
    family = named_family(families, name)
    place = division_name(division).id if division else ""
    every = rules_in(family, place, on) if place else (*family.rules, *family.overlays)
    spoken: dict[str, list[Rule]] = {}
    for rule in every:
        if is_law(rule, on):
            for item in dict.fromkeys(name for kind, name in rule.require.refs() if kind == "item"):
                spoken.setdefault(item, []).append(rule)
    return [_item(family, item, rules) for item, rules in spoken.items()]


def _item(family: Family, name: str, rules: list[Rule]) -> DataItem:
    steps = tuple(
        dict.fromkeys(step for one in rules for step in one.when.step or tuple(family.steps))
    )
    at = [item_on(family, family.items[name], family.steps[step], rules) for step in steps]
    first = min((one.required_since for one in at if one.required_since), default=None)
    said = {field: getattr(at[0], field) for field in ItemOn.__struct_fields__}
    local = tuple(_local(family, one) for one in rules if one.division)
    return DataItem(**said | {"required_since": first}, steps=steps, local=local)


def _local(family: Family, rule: Rule) -> LocalRule:
    return LocalRule(
        id=rule.id,
        division=division_name(rule.division),
        since=rule.since,
        until=rule.until,
        verified=is_verified(family, rule),
    )


def coding_rules(families: Families) -> list[CodingRule]:
    """Every code that the program tells apart, checks and names."""
    return [_rule(scheme, families) for scheme in all_schemes()]


def coding_rule(families: Families, name: str) -> CodingRule:
    """One coding rule by the id of its scheme.

    Raises:
        SuyuanError: there is none of that name (404).
    """
    scheme = next((one for one in all_schemes() if one.id == name), None)
    if scheme is None:
        text = _NO_SCHEME.format(name=privacy.quoted(name, _LONGEST), root=ROOT)
        raise SuyuanError("standard.no-code", text, "scheme", status=404)
    return _rule(scheme, families)


def _rule(scheme: Scheme, families: Families) -> CodingRule:
    scoped = "<issuer>:" if scheme.scoped else ""
    return CodingRule(
        id=scheme.id,
        name=scheme.name,
        grain=scheme.grain.value,
        issuer=scheme.issuer,
        source=scheme.source,
        source_en=citing.in_english(scheme.source),
        verified=scheme.verified,
        layout=tuple(_pieces(scheme)),
        check=scheme.check,
        failed_check=scheme.severity,
        scope=scheme.scope,
        validity=scheme.validity,
        uri=f"urn:suyuan:{scheme.id}:{scoped}<code>" if scheme.urn else None,
        good=scheme.good,
        bad=scheme.bad,
        used_by=tuple(_uses(scheme, families)),
    )


def _pieces(scheme: Scheme) -> Iterable[Piece]:
    for field in scheme.layout:
        if not field.name:
            yield Piece(text=field.text)
            continue
        least = field.most if field.least is None else field.least
        yield Piece(
            id=field.name,
            name=Text(field.zh, field.en),
            least=least,
            most=field.most,
            shape=field.shape,
        )


def _uses(scheme: Scheme, families: Families) -> Iterable[Used]:
    for family in families.by_id.values():
        for use in family.codes:
            if use.scheme == scheme.id:
                yield Used(
                    family=family.id,
                    name=Text(use.zh, use.en),
                    grain=use.grain,
                    kinds=use.kinds,
                    source=use.source,
                    source_en=citing.in_english(use.source),
                )

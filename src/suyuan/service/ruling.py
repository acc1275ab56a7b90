"""Takes a product family's name and a day; gives its steps, items and rules, for every face."""

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

from suyuan.codes import divisions, privacy
from suyuan.families import Families, Family, Required, citing, rules_in
from suyuan.families.types import (
    CodeUse,
    Cure,
    Deadline,
    Item,
    Quality,
    RecallLevel,
    Retention,
    Rule,
    Start,
    Step,
    Term,
)
from suyuan.kit import Clock, SuyuanError, Text
from suyuan.kit.clock import CHINA, there
from suyuan.model import Severity
from suyuan.service.dated import Named, ToleranceOn, for_kind, is_law, named, tolerances_on

_UNKNOWN = Text(
    "没有名为“{name}”的产品门类；可用：{known}。",
    "There is no product family '{name}'; use one of: {known}.",
)
_NO_KIND = Text(
    "“{name}”不是这个门类的产品种类；可用：{known}。",
    "'{name}' is no kind of this family; use one of: {known}.",
)
_NO_DIVISION = Text(
    "没有代码为“{code}”的行政区划；代码是 6 位数字，如 310000。用 suyuan division 地名 可查。",
    "No division has the code '{code}'; a code has six digits, as 310000. "
    "suyuan division NAME finds it.",
)
_LONGEST = 60
WATCHED = timedelta(days=365)
"""How far before and after a day a change of law is worth watching."""


class FamilyLine(Struct, frozen=True, kw_only=True):
    """A family as it is listed; `rules` are those in force on the day, `unverified` among them."""

    id: str
    name: Text
    authority: Text
    scope: Text
    kinds: tuple[Named, ...]
    steps: int
    rules: int
    unverified: int


class LawOn(Struct, frozen=True, kw_only=True):
    """A legal source; `verified` False: its text was not read. `dated`: its first day was."""

    id: str
    name: Text
    in_force: date
    until: date | None
    verified: bool
    dated: bool
    note: Text | None


class ItemOn(Struct, frozen=True, kw_only=True):
    """A data item at a step; `required_since` where a rule in force asks for it there."""

    id: str
    name: Text
    type: str
    unit: str | None
    source: str
    source_en: str
    audience: str
    places: tuple[str, ...]
    required_since: date | None


class StepOn(Struct, frozen=True, kw_only=True):
    """A step of the life cycle, with the items that rules in force speak of there."""

    id: str
    name: Text
    biz_step: str
    direction: str
    begins: bool
    kinds: tuple[Named, ...]
    roles: tuple[Named, ...]
    licences: tuple[Named, ...]
    documents: tuple[Named, ...]
    next: tuple[Named, ...]
    confirms: tuple[Named, ...]
    items: tuple[ItemOn, ...]


class RuleOn(Struct, frozen=True, kw_only=True):
    """A rule with its law; `verified` False: rule or law was not read on its source.

    `division`: it holds there alone, and stands there `instead` of another rule.
    """

    id: str
    since: date
    until: date | None
    law: str
    article: str
    article_en: str
    severity: Severity
    verified: bool
    steps: tuple[Named, ...]
    kinds: tuple[Named, ...]
    text: Text
    need: Text
    cure: Text
    division: Named | None = None
    instead: str = ""


class TermOn(Struct, frozen=True, kw_only=True):
    """How long records are kept, or within which time something is done.

    `steps` and `kinds` are those of the reports that are kept, or that start the clock; no kinds:
    all of them. `unwatched` says of a deadline why no clock of it is watched; None: it is, or it is
    no deadline.
    """

    id: str
    name: Text
    law: str
    law_name: Text
    article: str
    article_en: str
    since: date
    until: date | None
    steps: tuple[Named, ...]
    kinds: tuple[Named, ...]
    months: int | None
    days: int | None
    hours: int | None
    workdays: int | None
    verified: bool
    unwatched: Text | None = None


class RecallOn(Struct, frozen=True, kw_only=True):
    """A level of recall; `begin` None: at once, `finish` None: the law read names no end."""

    id: str
    name: Text
    law: str
    law_name: Text
    article: str
    article_en: str
    since: date
    until: date | None
    kinds: tuple[Named, ...]
    begin: TermOn | None
    finish: TermOn | None
    verified: bool


class CodeOn(Struct, frozen=True, kw_only=True):
    """A code scheme that the family uses, and at which grain."""

    scheme: str
    name: Text
    grain: str
    source: str
    source_en: str


class QualityOn(Struct, frozen=True, kw_only=True):
    """What the family should have: done, or missing for a reason."""

    id: str
    name: Text
    done: bool
    reason: Text | None


class FamilyOn(Struct, frozen=True, kw_only=True):
    """A family as of a day, whole or for one product kind.

    `changes` are rules that begin or end within a year of the day. With a `division`, the rules are
    those of that place; without, rules of provinces and cities are among them, each with its own.
    """

    id: str
    name: Text
    authority: Text
    scope: Text
    clause: Text
    on: date
    kind: str | None
    division: Named | None
    kinds: tuple[Named, ...]
    laws: tuple[LawOn, ...]
    codes: tuple[CodeOn, ...]
    steps: tuple[StepOn, ...]
    rules: tuple[RuleOn, ...]
    changes: tuple[RuleOn, ...]
    retention: tuple[TermOn, ...]
    deadlines: tuple[TermOn, ...]
    recalls: tuple[RecallOn, ...]
    tolerances: tuple[ToleranceOn, ...]
    quality: tuple[QualityOn, ...]


def today(clock: Clock) -> date:
    """The day in China, by which its law is counted."""
    return there(clock(), CHINA).date()


def families_on(families: Families, on: date) -> list[FamilyLine]:
    """Every family, the general rules last."""
    return [_line(family, on) for family in (*families.by_id.values(), families.general)]


def division_name(code: str) -> Named:
    """A division with its name of today, or its last.

    Raises:
        SuyuanError: there never was such a division (404).
    """
    if not divisions.was_ever(code):
        text = _NO_DIVISION.format(code=privacy.quoted(code, _LONGEST))
        raise SuyuanError("family.no-division", text, "division", status=404)
    return Named(code, divisions.full_name(divisions.history(code)[-1]))


def family_on(
    families: Families, name: str, on: date, *, kind: str | None = None, division: str = ""
) -> FamilyOn:
    """One family as of a day, for all its kinds or one, everywhere or in one division.

    Raises:
        SuyuanError: there is no such family or division, or it has no such kind (404).
    """
    general = families.general
    family = general if name == general.id else named_family(families, name)
    if kind is not None and kind not in family.kinds:
        raise _missing("family.no-kind", _NO_KIND, kind, family.kinds)
    place = division_name(division) if division else None
    every = rules_in(family, division, on) if division else (*family.rules, *family.overlays)
    rules = [rule for rule in every if for_kind(rule.when.kind, kind)]
    steps = [step for step in family.steps.values() if for_kind(step.kinds, kind)]
    rules = [rule for rule in rules if _meets(rule, steps)]
    in_force = [rule for rule in rules if is_law(rule, on)]
    return FamilyOn(
        id=family.id,
        name=family.name,
        authority=family.authority,
        scope=family.scope,
        clause=family.clause,
        on=on,
        kind=kind,
        division=place,
        kinds=named(family.kinds, family.kinds),
        laws=_laws(family, rules),
        codes=tuple(
            CodeOn(
                scheme=one.scheme,
                name=_text(one),
                grain=one.grain,
                source=one.source,
                source_en=citing.in_english(one.source),
            )
            for one in family.codes
        ),
        steps=tuple(_step(family, step, in_force, steps) for step in steps),
        rules=tuple(rule_on(family, rule) for rule in in_force),
        changes=tuple(rule_on(family, rule) for rule in rules if _changes(rule, on)),
        retention=_terms(family, family.retention, on, kind),
        deadlines=_terms(family, family.deadlines, on, kind),
        recalls=tuple(
            _recall(family, level)
            for level in family.recalls
            if is_law(level, on) and for_kind(level.kind, kind)
        ),
        tolerances=tolerances_on(family, on, kind),
        quality=tuple(
            QualityOn(id=one.id, name=_text(one), done=one.done, reason=one.reason)
            for one in family.quality
        ),
    )


def named_family(families: Families, name: str) -> Family:
    """The family of that name; the general rules are none.

    Raises:
        SuyuanError: there is no such family (404).
    """
    family = families.family(name)
    if family is None:
        raise _missing("family.unknown", _UNKNOWN, name, families.by_id)
    return family


def _missing(code: str, text: Text, name: str, known: Iterable[str]) -> SuyuanError:
    said = text.format(name=privacy.quoted(name, _LONGEST), known=", ".join(known))
    return SuyuanError(code, said, "", status=404)


def _line(family: Family, on: date) -> FamilyLine:
    rules = [rule for rule in family.rules if is_law(rule, on)]
    return FamilyLine(
        id=family.id,
        name=family.name,
        authority=family.authority,
        scope=family.scope,
        kinds=named(family.kinds, family.kinds),
        steps=len(family.steps),
        rules=len(rules),
        unverified=sum(not is_verified(family, rule) for rule in rules),
    )


def _changes(rule: Rule, on: date) -> bool:
    """Whether the rule begins or ends within a year of the day, before or after."""
    ends = rule.until is not None and abs(rule.until - on) <= WATCHED
    return ends or abs(rule.since - on) <= WATCHED


def _meets(rule: Rule, steps: list[Step]) -> bool:
    """Whether the rule speaks of one of the steps, or of no step in particular."""
    return not rule.when.step or any(step.id in rule.when.step for step in steps)


def is_verified(family: Family, rule: Rule) -> bool:
    """Whether rule and law were read on their source."""
    return rule.verified and family.laws[rule.law].verified


def _laws(family: Family, rules: list[Rule]) -> tuple[LawOn, ...]:
    """The sources that the rules cite, in the order of the data."""
    cited = {rule.law for rule in rules}
    return tuple(
        LawOn(
            id=law.id,
            name=Text(law.zh, law.en),
            in_force=law.in_force,
            until=law.until,
            verified=law.verified,
            dated=law.in_force_checked,
            note=law.note,
        )
        for law in family.laws.values()
        if law.id in cited
    )


def _step(family: Family, step: Step, rules: list[Rule], shown: list[Step]) -> StepOn:
    here = [rule for rule in rules if step.id in rule.when.step]
    spoken = {name: None for rule in here for kind, name in rule.require.refs() if kind == "item"}
    seen = {one.id for one in shown}
    words = family.words.words
    return StepOn(
        id=step.id,
        name=_text(step),
        biz_step=step.biz_step,
        direction=step.direction,
        begins=step.begins,
        kinds=named(step.kinds, family.kinds),
        roles=named(step.roles, words),
        licences=named(step.licences, words),
        documents=named(step.documents, words),
        next=named((name for name in step.next if name in seen), family.words.steps),
        confirms=named((name for name in step.confirms if name in seen), family.words.steps),
        items=tuple(item_on(family, family.items[name], step, here) for name in spoken),
    )


def item_on(family: Family, item: Item, step: Step, rules: Iterable[Rule]) -> ItemOn:
    """A data item as it is at a step by the rules in force; a place's own are not for all."""
    asking = (rule for rule in rules if step.id in rule.when.step and not rule.division)
    return ItemOn(
        id=item.name,
        name=_text(item),
        type=item.type,
        unit=item.unit,
        source=item.source,
        source_en=citing.in_english(item.source),
        audience=family.disclosure[item.name],
        places=family.places(item.name),
        required_since=min(
            (
                rule.since
                for rule in asking
                if isinstance(rule.require, Required) and item.name in rule.require.of
            ),
            default=None,
        ),
    )


def rule_on(family: Family, rule: Rule) -> RuleOn:
    """A rule of a family in words."""
    return RuleOn(
        id=rule.id,
        since=rule.since,
        until=rule.until,
        law=rule.law,
        article=rule.article,
        article_en=citing.in_english(rule.article),
        severity=rule.severity,
        verified=is_verified(family, rule),
        steps=named(rule.when.step, family.words.steps),
        kinds=named(rule.when.kind, family.kinds),
        text=_text(rule),
        need=family.explain(rule),
        cure=_text(rule.cure),
        division=division_name(rule.division) if rule.division else None,
        instead=rule.instead,
    )


def term_on(family: Family, term: Term) -> TermOn:
    """A term of a family in words."""
    unwatched = term.unwatched if isinstance(term, Deadline) else None
    of = _spoken_of(term)
    return TermOn(
        id=term.id,
        name=_text(term),
        law=term.law,
        law_name=Text(family.laws[term.law].zh, family.laws[term.law].en),
        article=term.article,
        article_en=citing.in_english(term.article),
        since=term.since,
        until=term.until,
        steps=() if of is None else named(of.step, family.words.steps),
        kinds=() if of is None else named(of.kind, family.kinds),
        months=term.months,
        days=term.days,
        hours=term.hours,
        workdays=term.workdays,
        verified=term.verified and family.laws[term.law].verified,
        unwatched=None if unwatched is None else _text(unwatched),
    )


def _terms(family: Family, terms: Iterable[Term], on: date, kind: str | None) -> tuple[TermOn, ...]:
    found = (one for one in terms if is_law(one, on) and _of_kind(one, kind))
    return tuple(term_on(family, one) for one in found)


def _spoken_of(term: Term) -> Retention | Start | None:
    """What says of which reports a term speaks."""
    if isinstance(term, Deadline):
        return term.start
    return term if isinstance(term, Retention) else None


def _of_kind(term: Term, kind: str | None) -> bool:
    of = _spoken_of(term)
    return of is None or for_kind(of.kind, kind)


def _recall(family: Family, level: RecallLevel) -> RecallOn:
    terms = {term.id: term_on(family, term) for term in family.deadlines}
    law = family.laws[level.law]
    return RecallOn(
        id=level.id,
        name=_text(level),
        law=level.law,
        law_name=Text(law.zh, law.en),
        article=level.article,
        article_en=citing.in_english(level.article),
        since=level.since,
        until=level.until,
        kinds=named(level.kind, family.kinds),
        begin=terms.get(level.begin),
        finish=terms.get(level.finish),
        verified=level.verified and law.verified,
    )


def _text(of: CodeUse | Cure | Item | Quality | RecallLevel | Rule | Step | Term) -> Text:
    return Text(of.zh, of.en)

"""Takes a day; gives the rules and terms of every family that begin or end within a year of it."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from suyuan.families import Families, Family
from suyuan.families.types import Rule, Term
from suyuan.kit import Text
from suyuan.service.ruling import WATCHED, RuleOn, TermOn, rule_on, term_on


class Watched(Struct, frozen=True, kw_only=True):
    """A rule or term whose first day, or (`begins` False) last day in force is near a day.

    `id`, `text`, `article` (in English `article_en`) and `verified` are those of the `rule`, or of
    the `term`: a deadline, or how long records are kept.
    """

    family: str
    family_name: Text
    law: Text
    id: str
    text: Text
    article: str
    article_en: str
    verified: bool
    changes: date
    begins: bool
    rule: RuleOn | None = None
    term: TermOn | None = None


def watched(families: Families, on: date) -> list[Watched]:
    """All that begins or ends within a year of the day, before or after, soonest first."""
    found = [
        one for family in (*families.by_id.values(), families.general) for one in _of(family, on)
    ]
    return sorted(found, key=lambda each: (each.changes, each.family, each.rule is None, each.id))


def _of(family: Family, on: date) -> Iterator[Watched]:
    for rule in (*family.rules, *family.overlays):
        for day in _near(rule, on):
            said = rule_on(family, rule)
            yield _watched(family, said, said.text, begins=day == rule.since, day=day)
    for term in (*family.deadlines, *family.retention):
        for day in _near(term, on):
            kept = term_on(family, term)
            yield _watched(family, kept, kept.name, begins=day == term.since, day=day)


def _near(dated: Rule | Term, on: date) -> Iterator[date]:
    for day in dict.fromkeys((dated.since, dated.until)):
        if day is not None and abs(day - on) <= WATCHED:
            yield day


def _watched(
    family: Family, said: RuleOn | TermOn, text: Text, *, begins: bool, day: date
) -> Watched:
    law = family.laws[said.law]
    return Watched(
        family=family.id,
        family_name=family.name,
        law=Text(law.zh, law.en),
        id=said.id,
        text=text,
        article=said.article,
        article_en=said.article_en,
        verified=said.verified,
        changes=day,
        begins=begins,
        rule=said if isinstance(said, RuleOn) else None,
        term=said if isinstance(said, TermOn) else None,
    )

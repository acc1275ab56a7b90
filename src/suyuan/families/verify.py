"""Takes a family put together; gives an error for the first thing in it that does not fit."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from suyuan.codes import all_schemes, divisions
from suyuan.families.citing import UnknownCitationError, in_english
from suyuan.families.predicates.pattern import Pattern, compiled
from suyuan.families.predicates.previous_step import PreviousStep
from suyuan.families.read import fault
from suyuan.families.types import (
    Deadline,
    Family,
    Law,
    RecallLevel,
    Remember,
    Rule,
    Term,
    Tolerance,
)
from suyuan.families.view import UnknownPlaceError, reader
from suyuan.kit import Text
from suyuan.model import Severity

_SCHEMES = frozenset(scheme.id for scheme in all_schemes())
MOST_FOR_UNVERIFIED = (Severity.FLAG, Severity.NOTE)
_ALL = 100
_NO_ENGLISH = Text(
    "引文“{citation}”中的“{unknown}”没有英文；请在 src/suyuan/families/citations.txt 中加一行"
    "“中文 = English”，或把条款号写规范",
    "no English for '{unknown}' in '{citation}': add a line '中文 = English' to "
    "src/suyuan/families/citations.txt, or write the number as laws do",
)
REFUSABLE = "general"
"""Only the general rules may refuse a report: a breach of law must keep its chain."""


def verify(family: Family) -> Family:
    """The same family, when every name it uses is defined and every date fits its law.

    Raises:
        FamilyDataError: names the file and key of the first fault.
    """
    _unique(family)
    for step in family.steps.values():
        _known(family, "lifecycle.toml", f"step {step.id}", step.next, family.steps)
        _known(family, "lifecycle.toml", f"step {step.id}", step.kinds, family.kinds)
        _known(family, "lifecycle.toml", f"step {step.id}", step.confirms, family.steps)
        words = (*step.roles, *step.licences, *step.documents)
        _known(family, "lifecycle.toml", f"step {step.id}", words, family.words.words)
    for match in family.matches:
        _known(family, "lifecycle.toml", "match", (match.step,), family.steps)
        _known(family, "lifecycle.toml", "match", match.scheme, _SCHEMES)
    _known(family, "codes.toml", "code", (code.scheme for code in family.codes), _SCHEMES)
    coded = (kind for code in family.codes for kind in code.kinds.values())
    _known(family, "codes.toml", "kinds", coded, family.kinds)
    for mark in family.marks:
        _known(family, "lifecycle.toml", "mark", mark.step, family.steps)
        _known(family, "lifecycle.toml", "mark", (*mark.set, *mark.clear), family.words.words)
        _known(family, "lifecycle.toml", "mark", mark.where, family.items)
    for rule in (*family.rules, *family.overlays):
        _rule(family, rule)
    for one in family.remembers:
        _known(family, "lifecycle.toml", "remember", one.step, family.steps)
        days = () if one.plus_days is None else (one.plus_days,)
        _known(family, "lifecycle.toml", "remember", (one.item, *one.of, *days), family.items)
        _known(family, "lifecycle.toml", "remember", one.where, family.items)
        _shared(family, one)
    for item in family.items.values():
        _cited(family, "data.toml", f"item {item.name}", item.source)
    for code in family.codes:
        _cited(family, "codes.toml", f"code {code.scheme}", code.source)
    for item in family.recorded:
        _known(family, "data.toml", f"item {item.name}", item.of, family.items)
    _terms(family)
    _known(family, "disclosure.toml", "fields", family.disclosure, family.items)
    _known(family, "disclosure.toml", "fields (missing)", family.items, family.disclosure)
    return family


def _shared(family: Family, one: Remember) -> None:
    """An event's words are all of the same things: those of an act that is confirmed, of all."""
    confirming = {step.id for step in family.steps.values() if step.confirms}
    both = (family.confirmable | confirming).intersection(one.step)
    if both and one.of != ("things",):
        found = f"{one.item} is not of all things, as is the confirmation of {min(both)}"
        raise fault(family.id, "lifecycle.toml", "remember", found)


def _terms(family: Family) -> None:
    """What family.toml says of times, recalls and tolerances."""
    for term in (*family.retention, *family.deadlines):
        _in_force(family, "family.toml", term)
    for kept in family.retention:
        key = f"retention {kept.id}"
        _known(family, "family.toml", key, kept.step, family.steps)
        _known(family, "family.toml", key, kept.kind, family.kinds)
        items = filter(None, (kept.after, *kept.where, *kept.absent))
        _known(family, "family.toml", key, items, family.items)
        if not kept.months or not kept.step:
            raise fault(family.id, "family.toml", key, "state months and steps")
    for deadline in family.deadlines:
        _watched(family, deadline)
    terms = {term.id for term in family.deadlines}
    for level in family.recalls:
        key = f"recall {level.id}"
        _in_force(family, "family.toml", level)
        _known(family, "family.toml", key, level.kind, family.kinds)
        _known(family, "family.toml", key, filter(None, (level.begin, level.finish)), terms)
    for tolerance in family.tolerances:
        _in_force(family, "family.toml", tolerance)
        _known(family, "family.toml", f"tolerance {tolerance.id}", tolerance.kind, family.kinds)
        if not 0 <= tolerance.percent < _ALL:
            raise fault(family.id, "family.toml", tolerance.id, "no percentage below 100")


def _watched(family: Family, one: Deadline) -> None:
    """A deadline names what starts and what answers its clock, or says why nobody watches it."""
    key = f"deadline {one.id}"
    if (one.start is None, one.answer is None) != ((one.unwatched is not None,) * 2):
        raise fault(family.id, "family.toml", key, "state start and answer, or unwatched alone")
    if one.start is None or one.answer is None:
        return
    start, answer = one.start, one.answer
    steps = (*start.step, *answer.step, *answer.moot)
    items = (start.item, answer.item, answer.period, *start.where)
    _known(family, "family.toml", key, steps, family.steps)
    _known(family, "family.toml", key, start.kind, family.kinds)
    _known(family, "family.toml", key, filter(None, items), family.items)
    if bool(start.end_of) != bool(answer.period) or not (answer.step or answer.item):
        raise fault(family.id, "family.toml", key, "end_of and period together; an item or step")
    if answer.confirms and not _can_confirm(family, answer.step, start.step):
        raise fault(family.id, "family.toml", key, "is answered by a step that confirms no start")


def _can_confirm(family: Family, words: tuple[str, ...], acts: tuple[str, ...]) -> bool:
    """Whether each of these steps is a second account's word for acts of all of those."""
    return bool(words) and all(set(acts) <= set(family.steps[one].confirms) for one in words)


def verify_places(family_folder: str, places: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    """Every item's places exist in an event; told before readers are made.

    Raises:
        FamilyDataError: a path that is no place.
    """
    for item, paths in places:
        try:
            reader(paths)
        except UnknownPlaceError as error:
            raise fault(family_folder, "data.toml", f"item {item}", f"no place {error}") from error


def _unique(family: Family) -> None:
    counts = Counter(rule.id for rule in (*family.rules, *family.overlays))
    for rule_id, count in counts.items():
        if count > 1:
            raise fault(family.id, "rules.toml", f"rule {rule_id}", "stated twice")


def _rule(family: Family, rule: Rule) -> None:
    file, key = _file(rule), f"rule {rule.id}"
    _in_force(family, file, rule)
    _known(family, file, key, rule.when.step, family.steps)
    _known(family, file, key, rule.when.kind, family.kinds)
    items = (*rule.when.present, *rule.when.absent, *rule.when.where)
    _known(family, file, key, items, family.items)
    tables = {
        "item": family.items,
        "step": family.steps,
        "word": family.words.words,
    }
    for kind, name in rule.require.refs():
        _known(family, file, key, (name,), tables[kind])
    if rule.division or rule.instead:
        _overlay(family, rule)
    if isinstance(rule.require, Pattern):
        _readable(family, rule, rule.require)
    if isinstance(rule.require, PreviousStep):
        _confirming(family, rule, rule.require)
    _bounded(family, rule)


def _file(rule: Rule) -> str:
    """Where a rule is stated: those of a place in the file of that place."""
    return f"overlays/{rule.division}.toml" if rule.division else "rules.toml"


def _overlay(family: Family, rule: Rule) -> None:
    key = f"rule {rule.id}"
    if not divisions.was_ever(rule.division):
        raise fault(family.id, _file(rule), key, f"{rule.division} is no division")
    if rule.instead:
        _known(family, _file(rule), key, (rule.instead,), (one.id for one in family.rules))


def _bounded(family: Family, rule: Rule) -> None:
    key = f"rule {rule.id}"
    verified = rule.verified and family.laws[rule.law].verified
    if not verified and rule.severity not in MOST_FOR_UNVERIFIED:
        raise fault(family.id, _file(rule), key, "an unverified rule at most flags")
    if rule.severity is Severity.REFUSE and family.id != REFUSABLE:
        raise fault(family.id, _file(rule), key, "a report of a breach is not refused")


def _readable(family: Family, rule: Rule, pattern: Pattern) -> None:
    try:
        compiled(pattern.regex)
    except re.error as error:
        raise fault(family.id, _file(rule), f"rule {rule.id}", f"regex: {error}") from error


def _confirming(family: Family, rule: Rule, previous: PreviousStep) -> None:
    """Of a step whose acts nobody confirms no id is kept: a rule on it would find nothing."""
    asked = set(previous.after)
    if previous.confirms and not (asked and asked <= family.confirmable):
        found = "asks for confirmation of a step that none confirms"
        raise fault(family.id, _file(rule), f"rule {rule.id}", found)


def _in_force(family: Family, file: str, dated: RecallLevel | Rule | Term | Tolerance) -> None:
    _cited(family, file, dated.id, dated.article)
    law = family.laws.get(dated.law)
    if law is None:
        raise fault(family.id, file, dated.id, f"unknown law {dated.law}")
    if dated.since < law.in_force or _ends_after(dated.until, law):
        raise fault(family.id, file, dated.id, f"outside the days of {law.id}")
    if dated.until is not None and dated.until < dated.since:
        raise fault(family.id, file, dated.id, "ends before it begins")


def _cited(family: Family, file: str, key: str, said: str) -> None:
    try:
        in_english(said)
    except UnknownCitationError as error:
        text = _NO_ENGLISH.format(unknown=error.unknown, citation=error.citation)
        raise fault(family.id, file, key, text) from error


def _ends_after(until: date | None, law: Law) -> bool:
    return law.until is not None and (until is None or until > law.until)


def _known(family: Family, file: str, key: str, names: Iterable[str], table: Iterable[str]) -> None:
    defined = set(table)
    for name in names:
        if name not in defined:
            raise fault(family.id, file, key, f"{name} is not defined")

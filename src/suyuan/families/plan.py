"""Takes dated rules; gives, per family, step and day, the few that can apply, made ready to run."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates import needed
from suyuan.families.predicates.base import Miss
from suyuan.families.terms import word
from suyuan.families.types import Family, Rule, Step, When
from suyuan.families.view import View
from suyuan.kit import Text

Guard = Callable[[View, str | None], bool]
_DAY = timedelta(days=1)


class Ready(Struct, frozen=True):
    """One rule made ready: what is left of its `when` to ask of each event, and its check.

    `needs` are items without any of which nothing can be found: they are looked at first, since
    most rules of a step speak of something that most of its events do not state.
    """

    rule: Rule
    law: Text
    need: Text
    needs: tuple[str, ...]
    guards: tuple[Guard, ...]
    check: Callable[[View, Knowledge], Miss | None]


class Plan(Struct, frozen=True):
    """The rules of one step over time: from `days[i]` on, `rules[i + 1]` are in force."""

    days: tuple[date, ...]
    rules: tuple[tuple[Ready, ...], ...]

    def on(self, day: date) -> tuple[Ready, ...]:
        """The rules in force on a day."""
        return self.rules[bisect_right(self.days, day)]


def plan(rules: Iterable[Ready], step: Step | None) -> Plan:
    """The rules that can apply at a step (None: an event whose step is not known)."""
    ready = [one for one in rules if _at(one.rule.when, step)]
    starts = {one.rule.since for one in ready}
    ends = {one.rule.until + _DAY for one in ready if one.rule.until is not None}
    days = tuple(sorted(starts | ends))
    spans = (date.min, *days)
    return Plan(
        days, tuple(tuple(one for one in ready if in_force(one.rule, day)) for day in spans)
    )


def in_force(rule: Rule, day: date) -> bool:
    """Whether a rule is law on a day."""
    return rule.since <= day and (rule.until is None or day <= rule.until)


def _at(when: When, step: Step | None) -> bool:
    if step is None:
        return not when.step and not when.direction
    in_step = not when.step or step.id in when.step
    return in_step and (not when.direction or step.direction in when.direction)


def made_ready(family: Family, rule: Rule) -> Ready:
    """A rule in its family's words; once, though it may speak of many steps."""
    need, when = family.explain(rule), rule.when
    needs = tuple(dict.fromkeys((*when.present, *when.where, *needed(rule.require))))
    return Ready(
        rule, family.cite(rule), need, needs, tuple(_guards(rule.when)), rule.require.check
    )


def _guards(when: When) -> Iterable[Guard]:
    if when.kind:
        yield lambda _view, kind: kind in when.kind
    if when.type:
        yield lambda view, _kind: view.event.type in when.type
    if when.action:
        yield lambda view, _kind: view.event.action in when.action
    if when.grain:
        yield lambda view, _kind: any(view.values(_GRAINS[grain]) for grain in when.grain)
    if when.present:
        yield lambda view, _kind: all(view.values(item) for item in when.present)
    if when.absent:
        yield lambda view, _kind: not any(view.values(item) for item in when.absent)
    for item, values in when.where.items():
        yield _where(item, values)


def _where(item: str, values: tuple[str, ...]) -> Guard:
    return lambda view, _kind: any(word(value) in values for value in view.values(item))


_GRAINS = {"instance": "instances", "lot": "amounts"}

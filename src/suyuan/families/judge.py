"""Takes an event, what is known and its placement; gives the findings of the law of its day."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from msgspec import Struct, structs

from suyuan.families.days import local_day
from suyuan.families.findings import applies, finding
from suyuan.families.foresee import foresee
from suyuan.families.knowledge import Debit, Knowledge
from suyuan.families.overlays import NONE, with_local
from suyuan.families.place import STRANGE_KIND, Placement, kinds_of, place
from suyuan.families.plan import Plan, Ready
from suyuan.families.predicates import Permit
from suyuan.families.predicates.base import Miss
from suyuan.families.recorded import NOTHING, Told, named, recorded, told
from suyuan.families.terms import FAMILY, word
from suyuan.families.types import Family, Mark
from suyuan.families.view import Values, View
from suyuan.kit import Text
from suyuan.model import Event, Finding, Severity

_NO_KIND: Final = Text(
    "未写明本门类的产品种类，只适用于某一种类的规则没有套用。",
    "No product kind of the family is stated; rules for one kind were not applied.",
)
_CURE_NO_KIND: Final = Text(
    "请写明 suyuan:productKind，可用：{kinds}。", "State suyuan:productKind, one of: {kinds}."
)


class MarkChange(Struct, frozen=True, gc=False):
    """Marks that an event, once recorded and not held, sets on and clears from its things."""

    set: frozenset[str] = frozenset()
    clear: frozenset[str] = frozenset()


class Families(Struct, frozen=True, kw_only=True):
    """All families with their plans, made once; `general` holds the rules of every event.

    `overlays` are the plans of the rules of provinces and cities, of those steps that have any.
    """

    general: Family
    by_id: Mapping[str, Family]
    plans: Mapping[tuple[str | None, str | None], Plan]
    overlays: Mapping[tuple[str | None, str | None], Plan] = {}

    def family(self, family_id: str) -> Family | None:
        """A family by its id; None if there is none of that name."""
        return self.by_id.get(family_id)

    def naming(self, event: Event, family_id: str | None) -> Event:
        """The event as if it named that family; one that names its own stays as it is."""
        if family_id is None or FAMILY in event.extensions:
            return event
        return structs.replace(event, extensions={FAMILY: family_id, **event.extensions})

    def step_of(self, event: Event, knowledge: Knowledge) -> Placement:
        """Family, step and kind of an event, with findings where they are not to be had."""
        return place(event, knowledge, self.by_id)

    def judge(
        self, event: Event, knowledge: Knowledge, placement: Placement, *, on: date | None = None
    ) -> tuple[Finding, ...]:
        """What the rules in force on the event's local day (or `on`) find.

        The general rules always apply; the family's by step and kind of the placement.
        """
        family = self.by_id.get(placement.family) if placement.family else None
        owner = family or self.general
        view = _view(owner, event, placement)
        known = recorded(owner, view, knowledge)
        view.read.update(known)
        ready = self.in_force(event, knowledge, placement, on or local_day(event))
        missed = _missed(ready, view, knowledge, placement.kind)
        found = [finding(one, miss, owner, event, owner.not_for_all(known)) for one, miss in missed]
        told = any(one.rule == STRANGE_KIND for one in placement.findings)
        if placement.kind is None and not told and any(one.rule.when.kind for one in ready):
            found.append(_no_kind(owner))
        return tuple(found)

    def in_force(
        self, event: Event, knowledge: Knowledge, placement: Placement, day: date
    ) -> tuple[Ready, ...]:
        """The rules of a step on a day, where the event happened."""
        at = placement.family, placement.step
        ready = self.plans[at].on(day)
        local = self.overlays.get(at, NONE).on(day)
        return with_local(ready, local, event, knowledge) if local else ready

    def foresee(
        self,
        event: Event,
        knowledge: Knowledge,
        placement: Placement,
        given: Mapping[str, Values],
    ) -> tuple[Finding, ...]:
        """What the rules would find in an act that is asked about before it is done.

        `given` are the values of items as they are stated now; what is not stated but on record of
        the things is taken from there. What a holding rule needs to know and nobody says is found.
        """
        family = self.by_id[placement.family or ""]
        view = _view(family, event, placement)
        view.read.update(given)
        view.read.update(recorded(family, view, knowledge))
        ready = self.in_force(event, knowledge, placement, local_day(event))
        step = family.steps[placement.step or ""]
        return foresee(family, step, ready, view, knowledge, kind=placement.kind)

    def debits(
        self, event: Event, knowledge: Knowledge, placement: Placement, *, on: date | None = None
    ) -> tuple[Debit, ...]:
        """What the event takes from permits on file by the rules of its day; each line once."""
        family = self.by_id.get(placement.family) if placement.family else None
        if family is None or not knowledge.permits:
            return ()
        view = _view(family, event, placement)
        view.read.update(recorded(family, view, knowledge))
        ready = self.in_force(event, knowledge, placement, on or local_day(event))
        taken = {
            debit.permit: debit
            for one in ready
            if isinstance(one.rule.require, Permit) and applies(one, view, placement.kind)
            for debit in one.rule.require.debit(view, knowledge)
        }
        return tuple(taken.values())

    def permit_kinds(self, families: Iterable[str] | None = None) -> dict[str, Text]:
        """The kinds of permit and quota that rules of these families (or any) ask for, named."""
        asked = self.by_id.values() if families is None else map(self.family, families)
        return {
            kind: family.words.words[kind]
            for family in asked
            if family is not None
            for rule in (*family.rules, *family.overlays)
            if isinstance(rule.require, Permit)
            for kind in rule.require.any
        }

    def general_findings(self, event: Event, knowledge: Knowledge) -> tuple[Finding, ...]:
        """What the rules of every event find, whatever the family."""
        return self.judge(event, knowledge, Placement())

    def marks(self, event: Event, placement: Placement) -> MarkChange:
        """What the event makes of the state of its things (a failed test marks them)."""
        family = self.by_id.get(placement.family) if placement.family else None
        if family is None or placement.step is None:
            return MarkChange()
        view = _view(family, event, placement)
        made = [mark for mark in family.marks if _marks(mark, placement.step, view)]
        return MarkChange(
            frozenset(name for mark in made for name in mark.set),
            frozenset(name for mark in made for name in mark.clear),
        )

    def told(self, event: Event, placement: Placement) -> Told:
        """What the event leaves known of its things, for later rules."""
        family = self.by_id.get(placement.family) if placement.family else None
        if family is None or placement.step is None:
            return NOTHING
        if not family.remembers and not family.confirmable:
            return NOTHING
        return told(family, placement.step, View(event, family.readers))

    def named(self, event: Event, placement: Placement) -> frozenset[str]:
        """What else than its things the event names of which something may be known."""
        family = self.by_id.get(placement.family) if placement.family else None
        if family is None or not family.asks_of:
            return frozenset()
        return named(family, View(event, family.readers))

    def marks_of(self, event: Event, family: str | None, step: str | None) -> MarkChange:
        """The same for an event whose family and step are on record."""
        return self.marks(event, Placement(family=family, step=step))


def _view(family: Family, event: Event, placement: Placement) -> View:
    step = family.steps.get(placement.step) if placement.step else None
    return View(event, family.readers, step.roles if step else ())


def _missed(
    ready: tuple[Ready, ...], view: View, knowledge: Knowledge, kind: str | None
) -> list[tuple[Ready, Miss]]:
    """The rules that are not met. Written out: this runs for every rule of every event."""
    event, read, readers = view.event, view.read, view.readers
    missed = []
    for one in ready:
        for item in one.needs:
            if item not in read:
                read[item] = readers[item](event)
            if not read[item]:
                break
        else:
            if one.guards and not applies(one, view, kind):
                continue
            miss = one.check(view, knowledge)
            if miss is not None:
                missed.append((one, miss))
    return missed


def _no_kind(family: Family) -> Finding:
    return Finding(
        rule="family.kind-unknown",
        severity=Severity.NOTE,
        path="/suyuan:productKind",
        message=_NO_KIND,
        cure=_CURE_NO_KIND.format(kinds=kinds_of(family)),
    )


def _marks(mark: Mark, step: str, view: View) -> bool:
    return step in mark.step and all(
        any(word(value) in values for value in view.values(item))
        for item, values in mark.where.items()
    )

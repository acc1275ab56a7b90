"""Takes an event and what is known of places; gives the local rules in force where it happened.

An overlay is what a province or city adds to a family's law, or puts in the place of one of its
rules. It is in force where the place of the event lies inside its division; of a place that is not
registered, where the party that reports is.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from suyuan.families.areas import division_of, lies_in
from suyuan.families.knowledge import Knowledge
from suyuan.families.plan import Plan, Ready, in_force
from suyuan.families.types import Family, Rule
from suyuan.model import Event

NONE: Final = Plan((), ((),))


def with_local(
    ready: tuple[Ready, ...], local: Sequence[Ready], event: Event, knowledge: Knowledge
) -> tuple[Ready, ...]:
    """The rules of a step with those of the place added, or in the place of what they stand for."""
    where = division_of(event, knowledge)
    here = [one for one in local if lies_in(where, one.rule.division)] if where else ()
    if not here:
        return ready
    replaced = {one.rule.instead for one in here}
    return (*(one for one in ready if one.rule.id not in replaced), *here)


def rules_in(family: Family, division: str, on: date) -> tuple[Rule, ...]:
    """The rules of a family as they are in a division on a day, whatever their own days."""
    here = [one for one in family.overlays if lies_in(division, one.division)]
    replaced = {one.instead for one in here if in_force(one, on)}
    return (*(one for one in family.rules if one.id not in replaced), *here)

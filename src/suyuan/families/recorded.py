"""Takes an event; gives what it leaves known of its things, and what earlier ones left known.

A family's data say which items are remembered of which things (`[[remember]]`), and which items are
read from there (`recorded`). So a rule may hold what a report states, or leaves out, against what
was recorded before, also by another family: a spraying reaches into the harvest.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import Any, Final

from msgspec import Struct

from suyuan.families.days import offset_minutes, span_of
from suyuan.families.knowledge import ACT, CONFIRMED, Knowledge
from suyuan.families.predicates.base import number
from suyuan.families.terms import word
from suyuan.families.types import Family, Remember
from suyuan.families.view import Values, View, confirmed
from suyuan.families.view import things as every_thing
from suyuan.model import Event

_URIS: Final = ("urn:", "https://", "http://")
_LONGEST: Final = 200
_MOST: Final = 50
_MOST_DAYS: Final = 100_000

Kept = tuple[tuple[str, tuple[str, ...]], ...]
"""What is remembered, by name; an empty value is forgotten."""


class Told(Struct, frozen=True, gc=False):
    """What an event leaves known of `things`: of `latest` the last word counts, of `every` all."""

    things: frozenset[str] = frozenset()
    latest: Kept = ()
    every: Kept = ()

    def in_doubt(self) -> "Told":
        """What is left of it where the event is held: what is forgotten, and what always counts."""
        gone = tuple((name, values) for name, values in self.latest if not values)
        return Told(self.things, gone, self.every)

    def by_a_stranger(self) -> "Told":
        """What is left of it where its reporter is not registered for it: what always counts."""
        return Told(self.things, (), self.every)


NOTHING: Final = Told()


def told(family: Family, step: str, view: View) -> Told:
    """What an event of a step leaves known, and of which things; entries of a step share them."""
    found = [one for one in family.remembers if step in one.step and _holds(one, view)]
    kept = [(one, value) for one in found if (value := _value(one, view)) is not None]
    acts = _acts(family, step, view.event)
    if not kept and not acts:
        return NOTHING
    things = frozenset(thing for one, _ in kept for thing in names(one.of, view))
    return Told(
        things.union(every_thing(view.event)) if acts else things,
        tuple((one.known_as, value) for one, value in kept if one.keep == "latest"),
        (*((one.known_as, value) for one, value in kept if one.keep == "all"), *acts),
    )


def _acts(family: Family, step: str, event: Event) -> Kept:
    """Which act was done to its things, or which ones are confirmed, by the ids of the reports."""
    if family.steps[step].confirms:
        return ((CONFIRMED, confirmed(event)),)
    if step in family.confirmable and event.event_id is not None:
        return ((ACT, (event.event_id,)),)
    return ()


def recorded(family: Family, view: View, knowledge: Knowledge) -> dict[str, Values]:
    """The items that are read from what is recorded of the event's things, with their values."""
    if not family.recorded or not knowledge.things:
        return {}
    told = {thing: state.told for thing, state in knowledge.things.items() if state.told}
    if not told:
        return dict.fromkeys((item.name for item in family.recorded), ())
    known: dict[tuple[str, ...], list[Mapping[str, Values]]] = {}  # items are of the same things
    found: dict[str, Values] = {}
    for item in family.recorded:
        if item.of not in known:
            said = (told[name] for name in names(item.of, view) if name in told)
            # What came the same way together has one memory.
            known[item.of] = list({id(one): one for one in said}.values())
        values = (one.get(item.recorded or "", ()) for one in known[item.of])
        found[item.name] = tuple(dict.fromkeys(value for every in values for value in every))
    return found


def names(items: Iterable[str], view: View) -> Iterator[str]:
    """The names under which state knows what the items name: a URI's own, else one of ours."""
    for item in items:
        for value in view.values(item):
            text = str(value).strip()
            if text and len(text) <= _LONGEST:
                yield text if text.startswith(_URIS) else f"urn:suyuan:named:{item}:{text}"


def named(family: Family, view: View) -> frozenset[str]:
    """All names whose past a judgement by this family may ask for, beside the event's things."""
    return frozenset(names(family.asks_of, view))


def _holds(one: Remember, view: View) -> bool:
    return all(
        any(word(value) in values for value in view.values(item))
        for item, values in one.where.items()
    )


def _value(one: Remember, view: View) -> tuple[str, ...] | None:
    """What is to be remembered; None where the event states nothing of it."""
    if one.forget:
        return ()
    values = view.values(one.item)[:_MOST]
    if one.plus_days is None:
        plain = tuple(text for value in values if (text := _plain(value)))
        return plain or None
    days = [exact for value in view.values(one.plus_days) if (exact := number(value)) is not None]
    if not days or not 0 <= max(days) <= _MOST_DAYS:
        return None
    later = (_later(value, max(days), view) for value in values)
    return tuple(day for day in later if day) or None


def _later(value: Any, days: Decimal, view: View) -> str | None:
    """The first day that is so many days after a stated one, on the clock of the place."""
    span = span_of(value, view.event)
    if span is None or span.hi is None:
        return None
    local = span.hi + timedelta(minutes=offset_minutes(view.event.offset))
    try:
        return (local.date() + timedelta(days=ceil(days))).isoformat()
    except OverflowError:
        return None


def _plain(value: Any) -> str | None:
    """A value as text; what is no plain value is not remembered."""
    if isinstance(value, str | int | float | Decimal) and not isinstance(value, bool):
        text = word(str(value)) or ""
        return text if len(text) <= _LONGEST else None
    return None

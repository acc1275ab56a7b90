"""What is remembered of things: past events, and what they make of a thing at a time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec import Struct

from suyuan.families import PastStep, ThingState
from suyuan.model import Action, Event, EventType, Holder

MADE: Final = 1
ENDED: Final = 2
JOINED: Final = 4
LEFT: Final = 8
MARKED: Final = 16
SEEN: Final = 0

_MOVING: Final = frozenset({"shipping", "departing", "receiving", "arriving", "accepting"})
_ENDING: Final = frozenset({"decommissioning", "destroying", "retail_selling", "dispensing"})


class Past(Struct, frozen=True, kw_only=True, gc=False):
    """One recorded event of a family, as far as later judging may ask for it.

    `step` is the family step, or the bare bizStep. `party` and `site` are who then had the
    things, where the event says so. Marks are what the family's data makes of the event.
    """

    at: datetime
    step: str
    party: str | None = None
    site: str | None = None
    container: str | None = None
    marks_set: frozenset[str] = frozenset()
    marks_cleared: frozenset[str] = frozenset()


Line = tuple[str, int]
"""A thing's canonical URI, and what the event makes of it (MADE | ENDED | JOINED | LEFT)."""


class Memory(Struct, frozen=True):
    """The past events of things, each with what it made of the thing; grows while judging.

    `gone` are events known to be declared wrong, by their identities: they are not to be learnt.
    """

    things: dict[str, list[tuple[Past, int]]]
    gone: frozenset[bytes] = frozenset()

    def learn(self, past: Past, lines: Iterable[Line]) -> None:
        """Remember one more event, so that later events of the same document know it."""
        for thing, what in lines:
            self.things.setdefault(thing, []).append((past, what))

    def states(self, lines: Iterable[Line], until: datetime) -> dict[str, ThingState]:
        """What is recorded of the things of an event at its time; nothing recorded: no entry.

        Only when a thing was made and when it ended is told even if that is later than the
        event: so an impossible order of dates shows. Things that came through the same events
        together, as a herd does, are told once.
        """
        found: dict[str, ThingState] = {}
        told, state = list[tuple[Past, int]](), ThingState()
        for thing, _ in lines:
            known = self.things.get(thing)
            if known is None:
                continue
            if known != told:
                told, state = known, _state(known, until)
            found[thing] = state
        return found


def _when(known: tuple[Past, int]) -> tuple[datetime, str]:
    """By event time; the step only so that equal times have one order."""
    return known[0].at, known[0].step


def _state(known: list[tuple[Past, int]], until: datetime) -> ThingState:
    """Fold past events, in the order of their times, into what is true after them."""
    holder = container = None
    marks: frozenset[str] = frozenset()
    earlier = sorted((past for past in known if past[0].at <= until), key=_when)
    for past, what in earlier:
        if past.party is not None or past.site is not None:
            holder = Holder(past.party, past.site)
        if what & (JOINED | LEFT):
            container = past.container if what & JOINED else None
        # A mark set at the very time another event clears it stays: doubt holds.
        if past.marks_set or past.marks_cleared:
            marks = (marks - past.marks_cleared) | past.marks_set
    return ThingState(
        made=min((past.at for past, what in known if what & MADE), default=None),
        ended=min((past.at for past, what in known if what & ENDED), default=None),
        holder=holder,
        container=container,
        marks=marks,
        steps=tuple(PastStep(past.step, past.at) for past, _ in earlier),
    )


def happening(
    event: Event,
    *,
    step: str | None,
    marks_set: frozenset[str] = frozenset(),
    marks_cleared: frozenset[str] = frozenset(),
) -> Past:
    """An event that was judged, as it will be remembered."""
    return Past(
        at=event.event_time,
        step=step or event.biz_step or "",
        party=_possessor(event),
        site=event.biz_location,
        container=event.parent if event.type is EventType.AGGREGATION else None,
        marks_set=marks_set,
        marks_cleared=marks_cleared,
    )


def _possessor(event: Event) -> str | None:
    """Who has the things after the event, where it says so; two claims are none."""
    named = {ref.value for ref in event.destinations if ref.type == "possessing_party"}
    return named.pop() if len(named) == 1 else None


def lines_of(event: Event) -> tuple[Line, ...]:
    """Every thing an event speaks of, and what it makes of each; an error declaration: none.

    An amount of a lot is never the whole lot, so amounts are neither ended nor contained.
    """
    if event.error is not None:
        return ()
    return tuple(dict(_lines(event)).items())


def _lines(event: Event) -> Iterator[Line]:
    things, amounts = _kinds(event)
    if event.parent is not None:
        yield event.parent, SEEN
    yield from ((epc, ENDED) for epc in event.input_epcs)
    yield from ((amount.epc_class, SEEN) for amount in event.input_quantities)
    yield from ((epc, MADE) for epc in event.output_epcs)
    yield from ((amount.epc_class, MADE) for amount in event.output_quantities)
    yield from ((epc, things) for epc in event.epcs)
    yield from ((amount.epc_class, amounts) for amount in event.quantities)


def _kinds(event: Event) -> tuple[int, int]:
    """What the event makes of its instances, and of the lots it names an amount of."""
    if event.type is EventType.AGGREGATION:
        moves = {Action.ADD: JOINED, Action.DELETE: LEFT}
        return moves.get(event.action or Action.OBSERVE, SEEN), SEEN
    if event.type not in (EventType.OBJECT, EventType.TRANSACTION):
        return SEEN, SEEN
    if event.action is Action.ADD and event.biz_step not in _MOVING:
        return MADE, MADE
    if event.action is Action.DELETE or event.biz_step in _ENDING:
        return ENDED, SEEN
    return SEEN, SEEN

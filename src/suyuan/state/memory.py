"""What is remembered of things: past events, and what they make of a thing at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from suyuan.families import PastStep, ThingState
from suyuan.model import Action, Event, EventType, Holder

MADE: Final = 1
ENDED: Final = 2
JOINED: Final = 4
LEFT: Final = 8
MARKED: Final = 16
PACKS: Final = 32
"""A container's: what lies in it changes."""
PUT: Final = 64
TAKEN: Final = 128
"""A lot's: some of it was put into the container, or taken out of it."""
EMPTIED: Final = 256
"""A container's: everything was taken out (EPCIS 2.0 §7.4.3: DELETE that names no child)."""
OF_PIECES: Final = 512
"""A lot's: pieces of it were put into the container; the event says nothing else of the lot."""
WHICH: Final = 31 << 10
"""Such a lot's and its pieces' common number in the event; of more lots than 31 some share one."""
SEEN: Final = 0

PACKED: Final = JOINED | PUT | OF_PIECES
CONTAINED: Final = PACKED | LEFT | PACKS | TAKEN | EMPTIED

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
"""A thing's canonical URI, and what the event makes of it (MADE | ENDED | JOINED | …)."""


Packing = tuple[Past, tuple[Line, ...]]
"""An event that put things into a container, and those of them that matter to judging."""


class Memory(Struct, frozen=True):
    """The past events of things, each with what it made of the thing; grows while judging.

    `gone` are events known to be declared wrong, by their identities: they are not to be learnt.
    `packings` are the events that filled a container, by its URI; things in it that no event of
    the document names have names of our own.
    """

    things: dict[str, list[tuple[Past, int]]]
    gone: frozenset[bytes] = frozenset()
    packings: dict[str, list[Packing]] = {}

    def learn(self, past: Past, lines: Sequence[Line]) -> None:
        """Remember one more event, so that later events of the same document know it."""
        for thing, what in lines:
            self.things.setdefault(thing, []).append((past, what))
        if past.container is not None:
            self.fill(past, tuple(line for line in lines if line[1] & PACKED))

    def fill(self, past: Past, put: tuple[Line, ...]) -> None:
        """Remember what an event put into its container."""
        if past.container is not None and put:
            self.packings.setdefault(past.container, []).append((past, put))

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
            if thing in self.packings:
                found[thing] = structs.replace(state, inside=self._inside(thing, until, set()))
        return found

    def _inside(self, container: str, until: datetime, seen: set[str]) -> frozenset[str]:
        """The marks of whatever lies in a container at a time, in containers inside it too."""
        seen.add(container)
        marks = frozenset[str]()
        for thing in self._contents(container, until) - seen:
            marks |= _state(self.things.get(thing, []), until).marks
            marks |= self._inside(thing, until, seen)
        return marks

    def _contents(self, container: str, until: datetime) -> set[str]:
        """What lies in a container at a time, as far as it matters to judging.

        A lot of which only pieces were put in lies there while one of those pieces does.
        """
        emptied = max(
            (past.at for past, what in self.things.get(container, ())
             if what & EMPTIED and past.at <= until), default=None,
        )  # fmt: skip
        found: set[str] = set()
        for past, put in self.packings.get(container, ()):
            if past.at > until or (emptied is not None and past.at < emptied):
                continue
            lying = [
                line for line in put
                if not line[1] & OF_PIECES and self._lies_in(container, line[0], until)
            ]  # fmt: skip
            lots = {what & WHICH for _, what in lying}
            found.update(thing for thing, _ in lying)
            found.update(thing for thing, what in put if what & OF_PIECES and what & WHICH in lots)
        return found

    def _lies_in(self, container: str, thing: str, until: datetime) -> bool:
        """Whether the latest that was done with a thing, not ended yet, put it into this container.

        Of what was put in and taken out at the very same time it is not known: doubt holds. An
        amount of a lot may lie in many containers, so only what was done with this one counts.
        """
        known = self.things.get(thing, ())
        if any(what & ENDED and past.at < until for past, what in known):
            return False
        done = [
            (past.at, bool(what & PACKED) and past.container == container)
            for past, what in known
            if past.at <= until
            and (what & (JOINED | LEFT) or (what & (PUT | TAKEN) and past.container == container))
        ]
        last = max((at for at, _ in done), default=None)
        return any(put for at, put in done if at == last)


def _when(known: tuple[Past, int]) -> tuple[datetime, str]:
    """By event time; the step only so that equal times have one order."""
    return known[0].at, known[0].step


def _state(known: list[tuple[Past, int]], until: datetime) -> ThingState:
    """Fold past events, in the order of their times, into what is true after them."""
    holder = container = None
    marks: frozenset[str] = frozenset()
    told = (one for one in known if one[0].at <= until and not one[1] & OF_PIECES)
    earlier = sorted(told, key=_when)
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


def lines_of(event: Event, *, held: bool = False) -> tuple[Line, ...]:
    """Every thing an event speaks of, and what it makes of each; an error declaration: none.

    An amount of a lot is never the whole lot, so amounts are not ended. An event that is held
    may put things into a container, but takes none out.
    """
    if event.error is not None:
        return ()
    lines = dict(_lines(event)).items()
    if held:
        return tuple((thing, what & ~(LEFT | TAKEN | EMPTIED)) for thing, what in lines)
    return tuple(lines)


def _lines(event: Event) -> Iterator[Line]:
    things, amounts = _kinds(event)
    if event.parent is not None:
        yield event.parent, _of_container(event)
    which = _which_lot(event) if things == JOINED else {}
    yield from ((lot, OF_PIECES | number) for lot, number in which.items())
    of = {one.instance: which[one.lot] for one in event.belongings} if which else {}
    yield from ((epc, ENDED) for epc in event.input_epcs)
    yield from ((amount.epc_class, SEEN) for amount in event.input_quantities)
    yield from ((epc, MADE) for epc in event.output_epcs)
    yield from ((amount.epc_class, MADE) for amount in event.output_quantities)
    yield from ((epc, things | of.get(epc, 0)) for epc in event.epcs)
    yield from ((amount.epc_class, amounts) for amount in event.quantities)


def _which_lot(event: Event) -> dict[str, int]:
    """A number, as `WHICH` has it, for each lot that the event says its pieces are of."""
    lots = dict.fromkeys(belonging.lot for belonging in event.belongings)
    return {lot: (at % 31 + 1) << 10 for at, lot in enumerate(lots)}


def _of_container(event: Event) -> int:
    """What the event makes of the container that it names."""
    if event.type is not EventType.AGGREGATION or event.action is Action.OBSERVE:
        return SEEN
    empties = event.action is Action.DELETE and not event.epcs and not event.quantities
    return PACKS | EMPTIED if empties else PACKS


def _kinds(event: Event) -> tuple[int, int]:
    """What the event makes of its instances, and of the lots it names an amount of."""
    if event.type is EventType.AGGREGATION:
        moves = {Action.ADD: (JOINED, PUT), Action.DELETE: (LEFT, TAKEN)}
        return moves.get(event.action or Action.OBSERVE, (SEEN, SEEN))
    if event.type not in (EventType.OBJECT, EventType.TRANSACTION):
        return SEEN, SEEN
    if event.action is Action.ADD and event.biz_step not in _MOVING:
        return MADE, MADE
    if event.action is Action.DELETE or event.biz_step in _ENDING:
        return ENDED, SEEN
    return SEEN, SEEN

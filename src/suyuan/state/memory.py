"""What is remembered of things: past events, and what they make of a thing at a time."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from itertools import chain
from typing import Final

from msgspec import Struct, structs

from suyuan.families import ACT, Content, PastStep, ThingState, Told
from suyuan.model import Action, Event, EventType, Holder
from suyuan.wire import lots_of

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
HELD: Final = 1 << 15
"""The event is held: it may put things into a container, and ends no stay in one."""
ENTITLED: Final = 1 << 16
"""Its reporter is registered in a role that its step is for."""
TOLD: Final = 1 << 17
"""What the event leaves known is of this thing."""
NAMED: Final = 1 << 18
"""Nothing else of the event concerns this name."""
SEEN: Final = 0

PACKED: Final = JOINED | PUT | OF_PIECES
DEPTH: Final = 8
"""So many containers in containers are looked into."""

_KEPT: Final = 3
"""Times of a step that are kept: its first, its last, and that before, should the last be now."""
_LONG: Final = 64
"""Of a thing with so many events what they come to is kept, not told anew for each event."""
_EMPTY: Final = Content()
_MOVING: Final = frozenset({"shipping", "departing", "receiving", "arriving", "accepting"})
ENDING: Final = frozenset({"decommissioning", "destroying", "retail_selling", "dispensing"})


class Past(Struct, frozen=True, kw_only=True, gc=False):
    """One recorded event of a family, as far as later judging may ask for it.

    `step` is the family step, or the bare bizStep. `party` and `site` are who then had the
    things, where the event says so; `by` is who reported it. Marks are what the family's data
    makes of the event; `latest` and `every` what it leaves known, by name (`families.Told`).
    `entry` is its number in the record, zero or less before it has one.
    """

    at: datetime
    step: str
    party: str | None = None
    site: str | None = None
    by: str | None = None
    container: str | None = None
    marks_set: frozenset[str] = frozenset()
    marks_cleared: frozenset[str] = frozenset()
    latest: tuple[tuple[str, tuple[str, ...]], ...] = ()
    every: tuple[tuple[str, tuple[str, ...]], ...] = ()
    entry: int = 0


Line = tuple[str, int]
"""A thing's canonical URI, and what the event makes of it (MADE | ENDED | JOINED | …)."""


class Fold(Struct):
    """A thing's past as of a time, told event by event; in whatever order, it comes to the same.

    `holder` and `container` are the last told, by time; at equal times by what is told, so that
    there is one order. `steps` has each step at its first and its last two times, `acts` the ids
    of what was then done, where it is to be confirmed. `later` are events after the time, `told`
    so many: of them only when the thing was made and when it ended counts.
    """

    until: datetime
    made: datetime | None = None
    ended: datetime | None = None
    holder: tuple[datetime, str, str, str] | None = None
    container: tuple[datetime, str, str] | None = None
    put: dict[str, datetime] = {}
    lifted: dict[str, datetime] = {}
    latest: dict[str, tuple[datetime, tuple[str, ...]]] = {}
    every: dict[str, set[str]] = {}
    steps: dict[str, tuple[datetime, ...]] = {}
    acts: dict[tuple[str, datetime], frozenset[str]] = {}
    later: list[tuple[datetime, int, Past, int]] = []
    told: int = 0

    @classmethod
    def of(cls, known: Iterable[tuple[Past, int]], until: datetime) -> "Fold":
        """What past events come to at a time."""
        fold = cls(until)
        for past, what in known:
            fold.add(past, what)
        return fold

    def add(self, past: Past, what: int) -> None:
        """One more event."""
        if what & MADE:
            self.made = min(past.at, self.made or past.at)
        if what & ENDED:
            self.ended = min(past.at, self.ended or past.at)
        if past.at > self.until:
            self.told += 1
            heappush(self.later, (past.at, self.told, past, what))
        elif not what & OF_PIECES:
            self._take(past, what)

    def go_on(self, until: datetime) -> None:
        """Go on to a time that is not earlier."""
        self.until = until
        while self.later and self.later[0][0] <= until:
            _, _, past, what = heappop(self.later)
            if not what & OF_PIECES:
                self._take(past, what)

    def _take(self, past: Past, what: int) -> None:
        if what & TOLD:
            self._tell(past)
        if what & NAMED:
            return
        if past.party is not None or past.site is not None:
            had = past.at, past.step, past.party or "", past.site or ""
            self.holder = max(had, self.holder or had)
        if what & JOINED or (what & LEFT and not what & HELD):
            lies = past.at, past.step, (past.container or "") if what & JOINED else ""
            self.container = max(lies, self.container or lies)
        for name in past.marks_set:
            self.put[name] = max(past.at, self.put.get(name, past.at))
        for name in past.marks_cleared:
            self.lifted[name] = max(past.at, self.lifted.get(name, past.at))
        times = self.steps.get(past.step)
        self.steps[past.step] = _first_and_last((*times, past.at)) if times else (past.at,)

    def _tell(self, past: Past) -> None:
        """What an event leaves known; of two words of one time, one and the same is the last."""
        for name, values in past.latest:
            said = past.at, values
            self.latest[name] = max(said, self.latest.get(name, said))
        for name, values in past.every:
            if name == ACT:
                when = past.step, past.at
                self.acts[when] = self.acts.get(when, frozenset()).union(values)
            else:
                self.every.setdefault(name, set()).update(values)

    @property
    def known(self) -> dict[str, tuple[str, ...]]:
        """What is known, by name; what was forgotten is not."""
        known = {name: values for name, (_, values) in self.latest.items() if values}
        return known | {name: tuple(sorted(values)) for name, values in self.every.items()}

    @property
    def marks(self) -> frozenset[str]:
        """Those in force; one set at the very time another event clears it stays: doubt holds."""
        return frozenset(name for name, at in self.put.items() if self.lifted.get(name, at) <= at)

    def _in_order(self) -> list[tuple[datetime, str]]:
        return sorted((at, step) for step, times in self.steps.items() for at in times)

    def state(self) -> ThingState:
        """What is recorded of the thing at the time."""
        return ThingState(
            made=self.made,
            ended=self.ended,
            holder=self.holder and Holder(self.holder[2] or None, self.holder[3] or None),
            container=(self.container and self.container[2]) or None,
            marks=self.marks,
            steps=tuple(
                PastStep(step, at, self.acts.get((step, at), frozenset()))
                for at, step in self._in_order()
            ),
            told=self.known,
            done=self._done(),
        )

    def _done(self) -> dict[str, frozenset[str]]:
        """The ids of what was done, by step, at whatever time."""
        done: dict[str, frozenset[str]] = {}
        for (step, _), ids in self.acts.items():
            done[step] = done.get(step, frozenset()) | ids
        return done


def _first_and_last(times: tuple[datetime, ...]) -> tuple[datetime, ...]:
    """Of two to four times the earliest and the two latest, each once and in order."""
    known = sorted(set(times))
    return tuple(known if len(known) <= _KEPT else (known[0], *known[-2:]))


class Memory(Struct, frozen=True):
    """The past events of things, each with what it made of the thing; grows while judging.

    `gone` are events known to be declared wrong, by their identities: they are not to be learnt.
    `unseen` are containers of whose content not all is known; `emptied` are the events that took
    everything out of a container; `folds` what long pasts come to so far. Things in a container
    that no event of the document names have names of our own.

    Most goods never bear a mark, so only those that ever did are looked for in containers:
    `weighty` are they and whatever such a thing was ever put into, `contents` the weighty things
    ever put into a container. `pieces` are, for a container and a lot of which pieces were put
    into it, when that was and which pieces.
    """

    things: dict[str, list[tuple[Past, int]]]
    gone: frozenset[bytes] = frozenset()
    unseen: set[str] = set()
    emptied: dict[str, list[tuple[Past, int]]] = {}
    folds: dict[str, Fold] = {}
    weighty: set[str] = set()
    contents: dict[str, set[str]] = {}
    pieces: dict[tuple[str, str], list[tuple[datetime, tuple[str, ...]]]] = {}
    cut: set[str] = set()

    def learn(self, past: Past, lines: Sequence[Line]) -> None:
        """Remember one more event, so that later events of the same document know it."""
        said: dict[int, tuple[Past, int]] = {}  # one for all things of which it says the same
        for thing, what in lines:
            self.things.setdefault(thing, []).append(said.setdefault(what, (past, what)))
            if thing in self.folds:
                self.folds[thing].add(past, what)
            if what & EMPTIED:
                self.emptied.setdefault(thing, []).append((past, what))
            if past.marks_set and not what & (OF_PIECES | NAMED):
                self.weigh(thing)
            if what & PACKED and past.container is not None and thing in self.weighty:
                self._weighs_on(past.container, thing)
        self.fill(past, lines)

    def fill(self, past: Past, put: Sequence[Line]) -> None:
        """Remember of which lots the pieces are that an event put into its container."""
        if past.container is None:
            return
        lots = [(thing, what & WHICH) for thing, what in put if what & OF_PIECES]
        of: dict[int, list[str]] = {}
        for thing, what in put:
            if what & JOINED:
                of.setdefault(what & WHICH, []).append(thing)
        for lot, number in lots:
            told = past.at, tuple(of.get(number, ()))
            self.pieces.setdefault((past.container, lot), []).append(told)

    def weigh(self, thing: str) -> None:
        """From now on look for a thing in what it was and will be put into, at any depth."""
        waiting = [thing]
        while waiting:
            one = waiting.pop()
            if one in self.weighty:
                continue
            self.weighty.add(one)
            for past, what in self.things.get(one, ()):
                if what & PACKED and past.container is not None:
                    self.contents.setdefault(past.container, set()).add(one)
                    waiting.append(past.container)

    def _weighs_on(self, container: str, thing: str) -> None:
        self.contents.setdefault(container, set()).add(thing)
        self.weigh(container)

    def states(self, lines: Iterable[Line], until: datetime) -> dict[str, ThingState]:
        """What is recorded of the things of an event at its time; nothing recorded: no entry.

        Only when a thing was made and when it ended is told even if that is later than the
        event: so an impossible order of dates shows. Things that came through the same events
        together, as a herd does, are told once.
        """
        found: dict[str, ThingState] = {}
        told, state = list[tuple[Past, int]](), ThingState()
        for thing, _ in lines:
            known = self.things.get(thing, ())
            if len(known) > _LONG:
                found[thing] = self._fold(thing, until).state()
            elif known:
                if known != told:
                    told, state = known, Fold.of(known, until).state()
                found[thing] = state
            if thing in self.cut and known:
                found[thing] = structs.replace(found[thing], is_whole=False)
        return found

    def _fold(self, thing: str, until: datetime) -> Fold:
        """A long past as of a time; events are asked of in the order of their times."""
        fold = self.folds.get(thing)
        if fold is None or until < fold.until:
            fold = self.folds[thing] = Fold.of(self.things[thing], until)
        fold.go_on(until)
        return fold

    def inside(self, container: str, until: datetime) -> Content:
        """The marks of whatever lies in a container at a time, in containers inside it too."""
        if container not in self.contents and container not in self.unseen:
            return _EMPTY  # as of nearly everything that is asked of
        marks = frozenset[str]()
        seen, level = {container}, {container}
        for _ in range(DEPTH):
            level = self._lying(level, until) - seen
            seen |= level
            for thing in level:
                marks |= Fold.of(self.things.get(thing, ()), until).marks
        is_whole = seen.isdisjoint(self.unseen) and self._lying(level, until) <= seen
        return Content(marks, is_whole=is_whole)

    def _lying(self, containers: Iterable[str], until: datetime) -> set[str]:
        """The weighty things that lie in one of these containers at a time.

        A lot of which only pieces were put in lies there while one of those pieces does.
        """
        return {
            thing
            for container in containers
            for thing in self.contents.get(container, ())
            if self._lies_in(container, thing, until)
            or any(
                at <= until and any(self._lies_in(container, piece, until) for piece in pieces)
                for at, pieces in self.pieces.get((container, thing), ())
            )
        }

    def _lies_in(self, container: str, thing: str, until: datetime) -> bool:
        """Whether somebody put a thing into a container, and nobody who may say so ended that."""
        put: dict[str | None, datetime] = {}
        for past, what in self.things.get(thing, ()):
            if what & (JOINED | PUT) and past.container == container and past.at <= until:
                put[past.by] = max(past.at, put.get(past.by, past.at))
        return any(
            not self._is_over(_Stay(thing, container, since, by), until)
            for by, since in put.items()
        )

    def _is_over(self, stay: "_Stay", until: datetime) -> bool:
        own = ((past, what & ~EMPTIED) for past, what in self.things.get(stay.thing, ()))
        emptied = self.emptied.get(stay.container, ())
        return any(
            _ends(past, what, stay, until) and self._may_end(past, what, stay)
            for past, what in chain(own, emptied)
        )

    def _may_end(self, past: Past, what: int, stay: "_Stay") -> bool:
        """Whoever put it in, whose the thing or the container is, or who is registered for it."""
        return (
            bool(what & ENTITLED)
            or past.by == stay.by
            or self._had(past, stay.thing)
            or self._had(past, stay.container)
        )

    def _had(self, past: Past, thing: str) -> bool:
        """Whether its reporter had the thing then; that one has it, only another can say."""
        named = [
            (told.at, told.party)
            for told, what in self.things.get(thing, ())
            if told.party is not None and told.party != told.by
            and told.at <= past.at and not what & HELD
        ]  # fmt: skip
        last = max((at for at, _ in named), default=None)
        return (last, past.by) in named


class _Stay(Struct, frozen=True, gc=False):
    """A thing in a container, since it was last put there by somebody."""

    thing: str
    container: str
    since: datetime
    by: str | None


def _ends(past: Past, what: int, stay: _Stay, until: datetime) -> bool:
    """Whether an event ends a stay by a time: with the thing, or by taking it elsewhere.

    Of what was put in and taken out at the very same time it is not known: doubt holds. An
    amount of a lot may lie in many containers, so only what was done with this one counts.
    """
    if what & HELD or past.at > until:
        return False
    if what & ENDED:
        return stay.since <= past.at < until
    goes = (
        what & (LEFT | EMPTIED)
        or (what & JOINED and past.container != stay.container)
        or (what & TAKEN and past.container == stay.container)
    )
    return bool(goes) and past.at > stay.since


def happening(
    event: Event,
    *,
    step: str | None,
    by: str | None = None,
    marks_set: frozenset[str] = frozenset(),
    marks_cleared: frozenset[str] = frozenset(),
    told: Told | None = None,
) -> Past:
    """An event that was judged, as it will be remembered; `by` reported it."""
    return Past(
        at=event.event_time,
        step=step or event.biz_step or "",
        party=_possessor(event),
        site=event.biz_location,
        by=by,
        container=event.parent if event.type is EventType.AGGREGATION else None,
        marks_set=marks_set,
        marks_cleared=marks_cleared,
        latest=told.latest if told else (),
        every=told.every if told else (),
    )


def with_told(lines: Sequence[Line], things: Collection[str]) -> tuple[Line, ...]:
    """An event's lines, and of which of its things, and what else, it leaves something known."""
    if not things:
        return tuple(lines)
    own = {thing for thing, _ in lines}
    known = ((thing, what | TOLD if thing in things else what) for thing, what in lines)
    return (*known, *((name, TOLD | NAMED) for name in sorted(set(things) - own)))


def _possessor(event: Event) -> str | None:
    """Who has the things after the event, where it says so; two claims are none."""
    named = {ref.value for ref in event.destinations if ref.type == "possessing_party"}
    return named.pop() if len(named) == 1 else None


def lines_of(event: Event, *, held: bool = False, entitled: bool = False) -> tuple[Line, ...]:
    """Every thing an event speaks of, and what it makes of each; an error declaration: none.

    An amount of a lot is never the whole lot, so amounts are not ended. `held` and `entitled`
    are what judging made of the event and of its reporter (HELD, ENTITLED).
    """
    if event.error is not None:
        return ()
    return judged_lines(tuple(dict(_lines(event)).items()), held=held, entitled=entitled)


def judged_lines(lines: tuple[Line, ...], *, held: bool, entitled: bool) -> tuple[Line, ...]:
    """Lines made before judging, as they are behind it."""
    judged = (HELD if held else 0) | (ENTITLED if entitled else 0)
    return tuple([(thing, what | judged) for thing, what in lines]) if judged else lines


def _lines(event: Event) -> Iterator[Line]:
    things, amounts = _kinds(event)
    if event.parent is not None:
        yield event.parent, of_container(event)
    lots = lots_of(event) if things == JOINED else {}
    which = _which_lot(lots)
    yield from ((lot, OF_PIECES | number) for lot, number in which.items())
    of = {instance: which[lot] for instance, lot in lots.items()}
    yield from ((epc, ENDED) for epc in event.input_epcs)
    yield from ((amount.epc_class, SEEN) for amount in event.input_quantities)
    yield from ((epc, MADE) for epc in event.output_epcs)
    yield from ((amount.epc_class, MADE) for amount in event.output_quantities)
    yield from ((epc, things | of.get(epc, 0)) for epc in event.epcs)
    yield from ((amount.epc_class, amounts) for amount in event.quantities)


def _which_lot(lots: Mapping[str, str]) -> dict[str, int]:
    """A number, as `WHICH` has it, for each lot that an event says its pieces are of."""
    return {lot: (at % 31 + 1) << 10 for at, lot in enumerate(dict.fromkeys(lots.values()))}


def of_container(event: Event) -> int:
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
    if event.action is Action.DELETE or event.biz_step in ENDING:
        return ENDED, SEEN
    return SEEN, SEEN

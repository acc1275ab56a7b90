"""Takes what is on record of things, in whatever order; gives what state rules judge an event by.

That is how things stand at the event's time, what its container lies in, and which later events
that stand would break a rule if this one is right. Every answer names the events that it rests on.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Final, NamedTuple

from msgspec import Struct, field

from suyuan.families import Around, Grounds, Later, ThingState
from suyuan.model import StateRule
from suyuan.state.memory import (
    DEPTH,
    EMPTIED,
    ENDED,
    HELD,
    JOINED,
    LEFT,
    MADE,
    NAMED,
    OF_PIECES,
    PACKS,
    Line,
    Past,
)

_WHEN: Final = itemgetter(0)


class Told(NamedTuple):
    """When something happened, and which event says so (`Past.entry`)."""

    at: datetime
    event: int


class Move(NamedTuple):
    """That a thing was put into a container or taken out of it, when, and which event says so."""

    at: datetime
    container: str
    is_in: bool
    event: int


class Doubt(NamedTuple):
    """That an event, by a thing it names, makes a later one impossible by what was known so far.

    `moved` is of what that says it: what was in a container that the event empties, else the named
    thing; `move` how the later one moves it, and `by` how the event does, if they do.
    """

    thing: str
    later: Later
    moved: str
    move: Move | None = None
    by: Move | None = None


class _Lies(NamedTuple):
    """In what a thing lies, None: in nothing; by which event, None: none says anything of it."""

    container: str | None = None
    event: int | None = None


class Course(Struct):
    """What is on record of one thing: its earliest making and end, and where it was put, by time.

    `emptied` are times at which everything was taken out of it, `uses` all events that name it and
    are not held, as far as they were read. `is_container`: things were packed in it, or taken out,
    and few commission what they pack in. Not `is_whole`: only the latest of it was read.
    """

    made: Told | None = None
    ended: Told | None = None
    moves: list[Move] = []
    emptied: list[Told] = []
    uses: list[Told] = []
    is_container: bool = False
    is_whole: bool = True

    def add(self, past: Past, what: int) -> None:
        """One more event, in whatever order; one that is held makes things, and does no more.

        What it ended, packed or took out is for who decides; of what it made, uses need not wait.
        """
        told = Told(past.at, past.entry)
        if what & MADE:
            self.made = min(told, self.made or told)
        self.is_container |= bool(what & PACKS)
        if what & HELD:
            return
        if not what & (NAMED | OF_PIECES):
            insort(self.uses, told)
        if what & ENDED:
            self.ended = min(told, self.ended or told)
        if what & (JOINED | LEFT):
            insort(self.moves, _move_of(past, what))
        if what & EMPTIED:
            insort(self.emptied, told)

    def used_after(self, at: datetime) -> Told | None:
        """The first event after a time that names it and comes after no end of it yet."""
        place = bisect_right(self.uses, at, key=_WHEN)
        if place == len(self.uses):
            return None
        use = self.uses[place]
        return use if self.ended is None or self.ended.at >= use.at else None

    def next_moves(self, at: datetime) -> list[Move]:
        """The moves at the first time after this at which there are any.

        An event between can change what these find and no later ones, which go by these.
        """
        start = bisect_right(self.moves, at, key=_WHEN)
        if start == len(self.moves):
            return []
        return self.moves[start : bisect_right(self.moves, self.moves[start].at, key=_WHEN)]

    def last_moves(self, at: datetime, but: Move | None = None) -> list[Move]:
        """The moves at the last time until this at which there are any, but for one of them."""
        end = bisect_right(self.moves, at, key=_WHEN)
        while end:
            start = bisect_left(self.moves, self.moves[end - 1].at, hi=end, key=_WHEN)
            if moves := [each for each in self.moves[start:end] if each != but]:
                return moves
            end = start
        return []

    def containers(self, first: datetime, last: datetime) -> set[str]:
        """What it may have lain in at any time from the first to the last."""
        start = bisect_right(self.moves, first, key=_WHEN)
        since = self.moves[start - 1].at if start else first
        start = bisect_left(self.moves, since, key=_WHEN)
        end = bisect_right(self.moves, last, key=_WHEN)
        return {move.container for move in self.moves[start:end] if move.is_in}


class Courses(Struct, frozen=True):
    """The courses of things, and by container what was taken out; they grow while judging."""

    things: dict[str, Course] = field(default_factory=dict)
    taken: dict[str, set[str]] = field(default_factory=dict)

    def learn(self, past: Past, lines: Iterable[Line]) -> None:
        """Remember one more event, so that later events of the same document know it."""
        for thing, said in lines:
            what = _made_of(past, thing, said)
            self.things.setdefault(thing, Course()).add(past, what)
            if what & LEFT:
                self.taken.setdefault(past.container or "", set()).add(thing)

    def states(self, things: Iterable[str], until: datetime) -> dict[str, ThingState]:
        """What is on record of things as of a time, holders and marks left out.

        When a thing was made and when it ended is told even if that is later (`ThingState`); a
        container that nobody commissioned is there whenever it is asked for.
        """
        return {
            thing: self._state(course, until)
            for thing in things
            if (course := self.things.get(thing)) is not None
        }

    def _state(self, course: Course, until: datetime) -> ThingState:
        made, ended = course.made, course.ended
        lies = self._lies(course.moves, until)
        return ThingState(
            made=made.at if made else (until if course.is_container else None),
            ended=ended and ended.at,
            container=lies.container,
            is_whole=course.is_whole,
            grounds=Grounds(made and made.event, ended and ended.event, lies.event),
        )

    def around(self, container: str, until: datetime) -> Around:
        """What a container lies in at a time, and what that lies in, so deep as is looked."""
        found: dict[str, int] = {}
        here = container
        for _ in range(DEPTH + 1):
            course = self.things.get(here)
            lies = self._lies(course.moves, until) if course else _Lies()
            if lies.container is None or lies.container in found:
                return Around(found)
            if len(found) == DEPTH:
                break
            found[lies.container] = lies.event or 0
            here = lies.container
        return Around(found, is_whole=False)

    def doubts(self, past: Past, lines: Iterable[Line]) -> tuple[Doubt, ...]:
        """The later events that stand and would break a rule if this one is right.

        Each is asked as if it came only now: it breaks the rule with this event on record, and does
        not without it. What its document says besides may mend that: see `later`.
        """
        return tuple(
            doubt
            for thing, said in lines
            for doubt in self._doubts(past, thing, _made_of(past, thing, said))
        )

    def later(self, past: Past, doubts: Iterable[Doubt]) -> dict[str, tuple[Later, ...]]:
        """By thing that an event names, the later ones of its doubts that break a rule still.

        That is by all that was learned since, as the rest of its document, and by the event
        itself. Of each thing and rule the first is named.
        """
        found: dict[str, dict[StateRule, Later]] = {}
        for each in doubts:
            named = found.setdefault(each.thing, {})
            if each.later.rule not in named and self._is_broken_still(past, each):
                named[each.later.rule] = each.later
        return {thing: tuple(named.values()) for thing, named in found.items() if named}

    def _is_broken_still(self, past: Past, doubt: Doubt) -> bool:
        """Whether a later event breaks a rule by all that is known; a use after an end does."""
        move, by = doubt.move, doubt.by
        if move is None:
            return True
        course = self.things[doubt.moved]
        others = course.last_moves(move.at, but=move)
        if by is None:
            return self._breaks(course, move, others, (past.container or "", past.at))
        return self._breaks(course, move, sorted((*others, by)))

    def _doubts(self, past: Past, thing: str, what: int) -> Iterator[Doubt]:
        course = self.things.get(thing)
        if course is None:
            return
        if what & ENDED and (use := course.used_after(past.at)) is not None:
            yield Doubt(thing, Later(StateRule.ENDED_IS_OVER, use.event), thing)
        if what & (JOINED | LEFT):
            yield from self._broken(thing, thing, past, _move_of(past, what))
        if what & EMPTIED:
            for each in sorted(self.taken.get(thing, ())):
                yield from self._broken(thing, each, past, None)

    def _broken(self, thing: str, moved: str, past: Past, move: Move | None) -> Iterator[Doubt]:
        """The next move of a thing, if it breaks a rule for a move, or an emptying.

        Of several at one time each goes by the others, and by nothing that was before.
        """
        course = self.things[moved]
        following = course.next_moves(past.at)
        if len(following) != 1:
            return
        (each,) = following
        emptied = None if move else (past.container or "", past.at)
        before = course.last_moves(past.at)
        now = sorted((*before, move)) if move else before
        if self._breaks(course, each, now, emptied) and not self._breaks(course, each, before):
            rule = StateRule.PACKED_ONCE if each.is_in else StateRule.UNPACKED_FROM_INSIDE
            yield Doubt(thing, Later(rule, each.event), moved, each, move)

    def _breaks(
        self,
        course: Course,
        move: Move,
        moves: Sequence[Move],
        emptied: tuple[str, datetime] | None = None,
    ) -> bool:
        """Whether a move does not fit to where the thing lies by the others."""
        container = self._lies(moves, move.at, emptied).container
        if container is None:
            return not move.is_in and course.is_whole
        return container != move.container

    def _lies(
        self, moves: Sequence[Move], until: datetime, emptied: tuple[str, datetime] | None = None
    ) -> _Lies:
        """What a thing lies in at a time, were its container also `emptied`; which event says so.

        Of what happened at one time, taking it out comes before putting it elsewhere, and after
        putting it into the same; of two containers, one and the same is the last. Packed at the
        very time of an emptying, it lies there still.
        """
        end = bisect_right(moves, until, key=_WHEN)
        if not end:
            return _Lies()
        since = moves[end - 1].at
        last = moves[bisect_left(moves, since, hi=end, key=_WHEN) : end]
        left = {move.container: move for move in last if not move.is_in}
        put = [move for move in last if move.is_in and move.container not in left]
        if not put:
            return _Lies(None, last[-1].event)
        container = put[-1].container
        if emptied is not None and emptied[0] == container and since < emptied[1] <= until:
            return _Lies()
        times = self.things[container].emptied if container in self.things else []
        at = bisect_right(times, since, key=_WHEN)
        if at < len(times) and times[at].at <= until:
            return _Lies(None, times[at].event)
        return _Lies(container, put[-1].event)


def _made_of(past: Past, thing: str, what: int) -> int:
    """What an event makes of a thing; packed into itself or taken out of that, it lies nowhere."""
    if past.container == thing and what & (JOINED | LEFT):
        return what & ~(JOINED | LEFT) | PACKS
    return what


def _move_of(past: Past, what: int) -> Move:
    """What an event that packs a thing or takes it out makes of where it lies."""
    return Move(past.at, past.container or "", bool(what & JOINED), past.entry)

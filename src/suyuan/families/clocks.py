"""Takes the reports of a family's steps; gives the clocks of law that they start, and the answers.

What starts a clock and what answers it is the family's data (`[[deadline]]`): nothing here knows
a family, a step or a term.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from suyuan.families.days import local_day, offset_minutes, span_of
from suyuan.families.reckoning import last_instant
from suyuan.families.terms import word
from suyuan.families.types import Deadline, Family, Reply, Start
from suyuan.families.view import confirmed, things
from suyuan.kit import Span
from suyuan.kit.span import instant
from suyuan.model import Event

_DECEMBER: Final = 12


class State(StrEnum):
    """Where a clock stands.

    Filed in time or late, not needed any more, still running, run out, or running to an end that
    nobody knows yet: the holidays of that year are not arranged. Or only a report that is held
    would answer it.
    """

    FILED = "filed"
    LATE = "late"
    MOOT = "moot"
    DUE = "due"
    OVERDUE = "overdue"
    OPEN = "open"
    HELD = "held"


class Told(Struct, frozen=True, kw_only=True):
    """One report that stands: of which step and kind, by whom, at which position, for whom to see.

    The clock that a held report starts runs; as an answer it proves nothing yet (`proves`).
    """

    position: int
    party: str
    step: str
    kind: str | None
    event: Event
    proves: bool = True
    tags: tuple[int, ...] = ()


class Clock(Struct, frozen=True, kw_only=True):
    """A clock of a party, of these things: since when, until when, and what answered it.

    `ends` is the last instant in time; None: not known. `answered` is when; `is_moot`: the answer
    is a report after which none is needed.
    """

    deadline: Deadline
    party: str
    things: tuple[str, ...]
    start: Told
    began: Span
    ends: datetime | None
    answer: Told | None = None
    answered: Span | None = None
    is_moot: bool = False

    def state(self, at: datetime) -> State:
        """Where it stood at an instant; what happened after it is not counted."""
        done = self.answered.lo if self.answered else None
        if self.answer is not None and done is not None and done <= at:
            if not self.answer.proves:
                return State.HELD
            late = self.ends is not None and done > self.ends
            return State.MOOT if self.is_moot else State.LATE if late else State.FILED
        if self.ends is None:
            return State.OPEN
        return State.DUE if at <= self.ends else State.OVERDUE


_Answer = tuple[Span, Told, bool]


def steps_asked(family: Family) -> tuple[frozenset[str], frozenset[str]]:
    """The steps of which reports start a clock, and those of which others answer one."""
    watched = [one for one in family.deadlines if one.start and one.answer]
    starts = (step for one in watched if one.start for step in one.start.step)
    answers = (s for one in watched if one.answer for s in (*one.answer.step, *one.answer.moot))
    return frozenset(starts), frozenset(answers)


def clocks(family: Family, told: Sequence[Told]) -> list[Clock]:
    """Every clock that these reports start, by the law of the day on which each began."""
    found: list[Clock] = []
    for one in family.deadlines:
        if one.start is None or one.answer is None:
            continue
        begun = [each for each in _begun(family, one.start, told) if _is_law(one, each)]
        if one.start.end_of:
            found += _of_periods(family, one, one.start, one.answer, begun, told)
        elif one.answer.confirms:
            found += _of_acts(family, one, one.answer, begun, told)
        elif one.answer.step:
            found += _of_things(family, one, one.start, one.answer, begun, told)
        else:
            found += (_of_itself(family, one, one.answer, *each) for each in begun)
    return found


def _begun(family: Family, start: Start, told: Iterable[Told]) -> Iterator[tuple[Told, Span]]:
    for each in told:
        if each.step not in start.step or (start.kind and each.kind not in start.kind):
            continue
        if not _holds(family, start, each.event):
            continue
        yield each, _when(family, start.item, each.event) or instant(each.event.event_time)


def _holds(family: Family, start: Start, event: Event) -> bool:
    return all(
        any(word(value) in values for value in family.readers[item](event))
        for item, values in start.where.items()
    )


def _when(family: Family, item: str, event: Event) -> Span | None:
    """When an item says that it was, the earliest of several; without an item, the event's time."""
    if not item:
        return instant(event.event_time)
    spans = (span_of(value, event) for value in family.readers[item](event))
    known = [span for span in spans if span is not None and span.lo is not None]
    return min(known, key=lambda span: span.lo or event.event_time, default=None)


def _is_law(one: Deadline, begun: tuple[Told, Span]) -> bool:
    day = _day(begun[1], begun[0].event)
    return one.since <= day and (one.until is None or day <= one.until)


def _day(span: Span, event: Event) -> date:
    """The day on which a time begins, on the clock of its place."""
    if span.lo is None:
        return local_day(event)
    return (span.lo + timedelta(minutes=offset_minutes(event.offset))).date()


def _of_itself(family: Family, one: Deadline, reply: Reply, start: Told, began: Span) -> Clock:
    when = _when(family, reply.item, start.event)
    answer = None if when is None else (when, start, False)
    return _clock(one, start, began, dict.fromkeys(things(start.event)), answer)


def _of_acts(
    family: Family,
    one: Deadline,
    reply: Reply,
    begun: list[tuple[Told, Span]],
    told: Iterable[Told],
) -> Iterator[Clock]:
    answers: dict[str, list[_Answer]] = defaultdict(list)
    for answer in _answers(family, reply, told):
        for act in confirmed(answer[1].event):
            answers[act].append(answer)
    for each, began in sorted(begun, key=_order):
        of = dict.fromkeys(things(each.event))
        words = answers.get(each.event.event_id or "", ())
        whole = (said for said in words if of.keys() <= set(things(said[1].event)))
        yield _clock(one, each, began, of, next(whole, None))


def _of_things(
    family: Family,
    one: Deadline,
    start: Start,
    reply: Reply,
    begun: list[tuple[Told, Span]],
    told: Iterable[Told],
) -> Iterator[Clock]:
    answers: dict[str, list[_Answer]] = defaultdict(list)
    for answer in _answers(family, reply, told):
        for thing in dict.fromkeys(things(answer[1].event)):
            answers[thing].append(answer)
    seen: set[str] = set()
    for each, began in sorted(begun, key=_order):
        for thing in dict.fromkeys(things(each.event)):
            if start.once and thing in seen:
                continue
            seen.add(thing)
            after = (a for a in answers[thing] if start.once or _follows(a, each, began))
            yield _clock(one, each, began, (thing,), next(after, None))


def _of_periods(
    family: Family,
    one: Deadline,
    start: Start,
    reply: Reply,
    begun: list[tuple[Told, Span]],
    told: Iterable[Told],
) -> Iterator[Clock]:
    answers: dict[tuple[str, date], _Answer] = {}
    for answer in _answers(family, reply, told):
        period = _when(family, reply.period, answer[1].event)
        if period is not None:
            answers.setdefault((answer[1].party, _day(period, answer[1].event)), answer)
    first: dict[tuple[str, date], Told] = {}
    for each, began in sorted(begun, key=_order):
        first.setdefault((each.party, _end_of(start.end_of, _day(began, each.event))), each)
    for (party, last), each in first.items():
        whole = span_of(last, each.event)
        if whole is not None:
            yield _clock(one, each, whole, (), answers.get((party, last)))


def _end_of(period: str, day: date) -> date:
    """The last day of the month or year in which a day lies."""
    month = day.month if period == "month" else _DECEMBER
    return date(day.year, month, monthrange(day.year, month)[1])


def _answers(family: Family, reply: Reply, told: Iterable[Told]) -> list[_Answer]:
    """Every report that may answer or make an answer needless, by day; those held come last."""
    found: list[_Answer] = []
    for each in told:
        is_moot = each.step in reply.moot
        if not (is_moot or each.step in reply.step):
            continue
        when = _when(family, "" if is_moot else reply.item, each.event)
        if when is not None:
            found.append((when, each, is_moot))
    return sorted(found, key=lambda one: (not one[1].proves, _order((one[1], one[0]))))


def _order(one: tuple[Told, Span]) -> tuple[datetime, int]:
    """By day; within a day as they were recorded."""
    told, when = one
    return when.lo or told.event.event_time, told.position


def _follows(answer: _Answer, start: Told, began: Span) -> bool:
    """Whether an answer comes after a start; of one step and day, as they were recorded."""
    when, told, _ = answer
    if told is start or when.hi is None or began.lo is None:
        return False
    if told.step == start.step:
        return _order((told, when)) > _order((start, began))
    return when.hi >= began.lo


def _clock(
    one: Deadline, start: Told, began: Span, of: Iterable[str], answer: _Answer | None
) -> Clock:
    return Clock(
        deadline=one,
        party=start.party,
        things=tuple(of),
        start=start,
        began=began,
        ends=last_instant(one, began, offset_minutes(start.event.offset)),
        answer=answer[1] if answer else None,
        answered=answer[0] if answer else None,
        is_moot=answer is not None and answer[2],
    )

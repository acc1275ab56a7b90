"""Judging alone, in process, on one core: events of the six stories by the law of their day."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import islice
from time import process_time

import msgspec

from bench.figures import Figure, at_least, figure
from bench.plan import Ground, Measure
from bench.taking import today
from suyuan.check import judge_event
from suyuan.demo.stories import every_story
from suyuan.families import Families, Knowledge, ThingState, load_families
from suyuan.families.view import things
from suyuan.model import Event
from suyuan.wire import Mode, read_event
from suyuan.wire.contexts import STANDARD
from suyuan.wire.types import RawEvent

SCALE, OF_STORY = 0.05, 400
_NOBODY = "urn:suyuan:party:unknown"
GOAL = 50_000


def measure(_place: Ground) -> Iterator[Figure]:
    """By the rules alone, and with the look-ups that capture adds, answered from memory."""
    families, events = load_families(), _events()
    plain = [(event, Knowledge(now=event.event_time)) for event in events]
    asked = [(event, _asked(event)) for event in events]
    turns = range(_place.plan.repeat + 1)
    ways: dict[str, Callable[[], float]] = {
        "rules, no look-ups": partial(_rules, families, plain),
        "whole judgement, no look-ups": partial(_whole, families, plain),
        "whole judgement, look-ups": partial(_whole, families, asked),
    }
    rates = {name: [way() for _ in turns][1:] for name, way in ways.items()}
    for name, values in rates.items():
        yield figure(
            name, "ev/s", values, goal=at_least(GOAL) if name == "rules, no look-ups" else None
        )


MEASURE = Measure(name="judging", about="events judged by the law of their day", run=measure)


def _events() -> list[Event]:
    """As many of each story, spread over its steps, as a sender would write them."""
    found = []
    for story in every_story(today(), SCALE):
        told = [event for chapter in story.chapters() for event in chapter.events]
        for said in islice(told, 0, None, max(1, len(told) // OF_STORY)):
            raw = RawEvent(0, msgspec.json.encode(said))
            read = read_event(raw, STANDARD, capturer=_NOBODY, mode=Mode.LENIENT)
            if read.event is not None:
                found.append(read.event)
    return found


def _asked(event: Event) -> Knowledge:
    """Everything was asked for, and of its things something is recorded; nobody is registered."""
    state = ThingState(made=event.event_time - timedelta(days=1))
    return Knowledge(
        now=event.event_time,
        actor=_NOBODY,
        things=dict.fromkeys(things(event), state),
        licences={},
        roles={},
        documents={},
        permits={},
    )


def _rules(families: Families, given: Sequence[tuple[Event, Knowledge]]) -> float:
    """Events a second through the rules in force at their step."""
    placed = [(event, known, families.step_of(event, known)) for event, known in given]
    begin = process_time()
    for event, known, placement in placed:
        families.judge(event, known, placement)
    return len(given) / (process_time() - begin)


def _whole(families: Families, given: Sequence[tuple[Event, Knowledge]]) -> float:
    """Events a second from placing them to the verdict."""
    begin = process_time()
    for event, known in given:
        judge_event(event, known, families)
    return len(given) / (process_time() - begin)

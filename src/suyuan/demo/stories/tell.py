"""Takes stories and a platform; gives what the platform made of each, caught and counted.

Stories share nothing, so several processes tell them side by side; within one, order is kept.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from itertools import chain
from multiprocessing import get_context
from typing import Final

from msgspec import Struct

from suyuan.capture import EventResult, OnRefusal, Options
from suyuan.demo.stories.every import COUNT, one_story
from suyuan.demo.stories.shape import Story
from suyuan.kit.collector import settle
from suyuan.model import Finding, Severity
from suyuan.service import (
    Config,
    Platform,
    capture,
    enter_permit,
    local_capturer,
    on_store,
    register,
)
from suyuan.store import StoreSettings, open_store

_GRAVE: Final = frozenset((Severity.FLAG, Severity.HOLD, Severity.REFUSE))
_PROCEED: Final = Options(on_refusal=OnRefusal.PROCEED)
Heard = Callable[[int], None]


class Caught(Struct, frozen=True, kw_only=True):
    """What a rule found in an event, more than a note."""

    event: str
    finding: Finding


class Retold(Struct, frozen=True, kw_only=True):
    """One story as the platform took it: events by what became of them, and what was caught."""

    number: int
    events: int
    counts: dict[str, int]
    caught: tuple[Caught, ...]


def tell_all(
    platform: Platform,
    today: date,
    scale: float = 1.0,
    *,
    processes: int = 1,
    heard: Heard = lambda _told: None,
) -> list[Retold]:
    """Tell every story; `heard` is told how many are through.

    Told twice on one day, every event is a repeat, answered as at first.
    """
    told: list[Retold] = []
    for one in _each(platform, today, scale, processes=processes):
        told.append(one)
        heard(len(told))
    return sorted(told, key=lambda one: one.number)


def _each(platform: Platform, today: date, scale: float, *, processes: int) -> Iterator[Retold]:
    if processes == 1:
        yield from (tell(platform, n, today, scale) for n in range(COUNT))
        return
    there = partial(_elsewhere, platform.store.dsn, platform.config, today, scale)
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=settle) as workers:
        yield from workers.map(there, range(COUNT))


def _elsewhere(dsn: str, config: Config, today: date, scale: float, number: int) -> Retold:
    """In a process of its own, on the same database."""
    with open_store(StoreSettings(data_dir=config.data_dir, database_url=dsn)) as store:
        return tell(on_store(store, config), number, today, scale)


def tell(platform: Platform, number: int, today: date, scale: float) -> Retold:
    """Register who is in a story, enter the permits, and let every party report."""
    story = one_story(number, today, scale)
    register(platform, story.entries)
    for permit in story.permits:
        enter_permit(platform, permit)
    counts: Counter[str] = Counter()
    caught: list[Caught] = []
    for results, counted in _captured(platform, story):
        counts.update(counted)
        caught.extend(chain.from_iterable(map(_caught, results)))
    total = counts.total()
    return Retold(number=number, events=total, counts=dict(counts), caught=tuple(caught))


def _captured(
    platform: Platform, story: Story
) -> Iterator[tuple[tuple[EventResult, ...], dict[str, int]]]:
    for chapter in story.chapters():
        capturer = local_capturer(platform, chapter.reporter.party, person=chapter.person)
        result = capture(platform, chapter.document(), capturer, _PROCEED)
        yield result.events, result.counts


def _caught(result: EventResult) -> Iterator[Caught]:
    for finding in result.findings:
        if finding.severity in _GRAVE:
            yield Caught(event=result.event_id or "", finding=finding)

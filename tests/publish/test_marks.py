"""Which marks stand: as in judging, doubt may come from anybody and only what stands ends it."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from suyuan.families.judge import MarkChange
from suyuan.model import Action, Event, EventType, Verdict
from suyuan.publish.verdict import marked_things

STOP, RELEASE = MarkChange(set=frozenset(("stop",))), MarkChange(clear=frozenset(("stop",)))


@pytest.fixture
def families() -> Any:
    return SimpleNamespace(marks_of=lambda _event, _family, step: step)


def event(hour: int) -> Event:
    at = datetime(2026, 3, 1, hour, tzinfo=UTC)
    return Event(
        type=EventType.OBJECT, action=Action.OBSERVE, event_time=at,
        event_time_text=at.isoformat(), offset="+00:00", epcs=("a",),
    )  # fmt: skip


def marked(families: Any, *story: tuple[MarkChange, Verdict], at_once: bool = False) -> set[int]:
    recorded: Any = [
        SimpleNamespace(
            event=event(0 if at_once else at), position=at, entry=at, family=None,
            step=change, counts=given,
        )
        for at, (change, given) in enumerate(story)
    ]  # fmt: skip
    return {entry for entries in marked_things(recorded, families).values() for entry in entries}


@pytest.mark.parametrize(
    ("stopped", "released", "stands"),
    [
        (Verdict.ACCEPTED, Verdict.ACCEPTED, set()),
        (Verdict.HELD, Verdict.FLAGGED, set()),
        (Verdict.ACCEPTED, Verdict.HELD, {0}),
        (Verdict.HELD, Verdict.HELD, {0}),
    ],
)
def test_a_held_release_ends_no_stop_on_the_page(
    families: Any,
    stopped: Verdict,
    released: Verdict,
    stands: set[int],
) -> None:
    assert marked(families, (STOP, stopped), (RELEASE, released)) == stands


@pytest.mark.parametrize("story", [(STOP, RELEASE), (RELEASE, STOP)], ids=["stop first", "last"])
def test_what_is_stopped_and_released_at_one_time_is_stopped_whichever_came_first(
    families: Any, story: tuple[MarkChange, ...]
) -> None:
    told = [(change, Verdict.ACCEPTED) for change in story]
    assert marked(families, *told, at_once=True) == {story.index(STOP)}

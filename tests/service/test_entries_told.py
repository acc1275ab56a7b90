"""An entry that an answer names is the one that is found at that place in the record."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from oil import BOTTLER, LOT, PRESS, STORY, moved, told

from suyuan.model import Role, Viewer
from suyuan.record import read
from suyuan.record.types import Recorded
from suyuan.service import Platform, recall
from suyuan.service.asking import trace
from suyuan.service.balancing import BalanceAsked, balance
from suyuan.trace.types import Direction, Question, Seed

ADMIN = Viewer(role=Role.ADMIN)
ASKED = Question(seeds=(Seed(thing=LOT),), direction=Direction.FORWARD)


def named(told: Any) -> Iterator[int]:
    """Every entry that is named anywhere in an answer."""
    if isinstance(told, dict):
        for name, value in told.items():
            if name in {"entries", "twins"}:
                yield from (each for each in value if isinstance(each, int))
            elif name == "entry":
                yield value
            yield from named(value)
    elif isinstance(told, list | tuple):
        for each in told:
            yield from named(each)


def at(platform: Platform, position: int) -> Recorded | None:
    with platform.store.read() as conn:
        secret = platform.recorder.secret
        return next(iter(read.events_at(conn, [position], ADMIN, secret=secret)), None)


def about(found: Recorded) -> set[str]:
    event = found.event
    lots = (*event.quantities, *event.input_quantities, *event.output_quantities)
    return {each.epc_class for each in lots}


@pytest.fixture
def story(platform: Platform) -> Platform:
    """Registered first: acts have places in the record too, and are no events.

    The last dispatch was never received, which every answer tells.
    """
    told(platform, [*STORY, (PRESS, moved(70, 16, PRESS, BOTTLER, much=5)[:1])])
    return platform


def test_of_links(story: Platform) -> None:
    links = trace(story, ASKED, ADMIN).links
    assert links
    for link in links:
        for place in link.entries:
            found = at(story, place)
            assert found is not None
            assert {link.source.thing, link.target.thing} & about(found) or link.source.container


@pytest.mark.parametrize("kind", ["trace", "recall", "balance"])
def test_of_whatever_is_told(story: Platform, kind: str) -> None:
    found = {
        "trace": lambda: trace(story, ASKED, ADMIN),
        "recall": lambda: recall(story, ASKED, ADMIN),
        "balance": lambda: balance(story, BalanceAsked(), ADMIN),
    }[kind]()
    places = set(named(msgspec.to_builtins(found)))
    assert places
    assert all(at(story, place) is not None for place in places)

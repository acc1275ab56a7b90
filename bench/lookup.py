"""Looking one thing up, as far as its viewer may see, against `select 1` on the same connection."""

from collections.abc import Iterator
from functools import partial
from statistics import median

import psycopg
from psycopg.rows import TupleRow

from bench.figures import Figure, at_most, each, figure, ratio
from bench.market import KNOWN, asked, half_carcasses, market
from bench.plan import Ground, Measure
from suyuan.service import Platform, identify

COUNT = 2_000

Link = psycopg.Connection[TupleRow]


def measure(place: Ground) -> Iterator[Figure]:
    """Medians of many calls in turn; both statements prepared, in one transaction."""
    count = place.plan.of(COUNT, least=200)
    with market(place) as platform:
        empty, found, whole = _medians(platform, count, place.plan.repeat)
    yield figure("select 1", "µs", empty)
    yield figure("known_thing", "µs", found)
    yield ratio("known_thing / select 1", found, empty, goal=at_most(3))
    yield figure("identify() in process", "µs", whole)
    yield ratio("identify() in process / select 1", whole, empty)


MEASURE = Measure(name="lookup", about="a thing looked up against select 1", run=measure)


def _medians(
    platform: Platform, count: int, repeat: int
) -> tuple[list[float], list[float], list[float]]:
    medians: tuple[list[float], list[float], list[float]] = ([], [], [])
    uris = half_carcasses(platform, count)
    questions = [asked(platform, uri) for uri in uris]
    with platform.store.read() as connection:  # with the settings that the product's have
        for turn in range(repeat + 1):
            times = (
                each(partial(select_one, connection) for _ in uris),
                each(partial(_look_up, connection, one) for one in questions),
                each(partial(identify, platform, [uri]) for uri in uris),
            )
            for kept, values in zip(medians, times, strict=True):
                middle = median(values)
                if turn:  # statements are prepared during the first
                    kept.append(middle)
    return medians


def select_one(connection: Link) -> None:
    """The smallest question."""
    connection.execute("select 1").fetchall()


def _look_up(connection: Link, question: dict[str, object]) -> None:
    if not connection.execute(KNOWN, question).fetchall():
        raise ValueError("a recorded thing was not found")

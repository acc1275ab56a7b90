"""A platform with a pork market on it, whose things anybody may look up; and the empty query."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import psycopg

from bench.plan import Ground, database
from bench.taking import pork_reports, register_cast, take_all
from suyuan import index
from suyuan.model import PUBLIC
from suyuan.record import grants_of
from suyuan.service import Config, Platform, on_store
from suyuan.store import Queries

KNOWN = Queries("suyuan.service")["known_thing"]
_HALVES = """
select distinct a.head || tail from index.act as a, unnest(index.tails(a.tails)) as tail
where a.head || tail like '%/21/%' order by 1
"""


@contextmanager
def market(place: Ground) -> Iterator[Platform]:
    """A wave of herds, captured and indexed."""
    with database(place, "bench_market") as store:
        platform = on_store(store, Config(data_dir=place.folder))
        register_cast(store)
        take_all(store, platform.recorder, pork_reports(place.plan, 1))
        index.catch_up(store)
        with psycopg.connect(store.dsn, autocommit=True) as connection:
            connection.execute("analyze")
        yield platform


def half_carcasses(platform: Platform, count: int) -> list[str]:
    """Recorded things that the public may see, drawn at random."""
    with platform.store.read() as conn:
        rows = conn.execute(_HALVES)
        return Random(1).choices([uri for (uri,) in rows], k=count)


def asked(platform: Platform, uri: str) -> dict[str, object]:
    """The parameters of the look-up, for the public."""
    granted = grants_of(PUBLIC, secret=platform.recorder.secret)
    return {"uri": uri, **granted.params}

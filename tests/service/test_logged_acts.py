"""All acts of a log are told, however many there are, and none of them is held."""

import tracemalloc

from suyuan.ledger.types import Done
from suyuan.service import Platform, log_of, logged_acts, publish

ACTS = 12_000
BYTES = 3_000


def log_many(platform: Platform, count: int, length: int = 1) -> None:
    """So many acts, each of which says so much."""
    log_of(platform)
    with platform.store.write() as conn:
        done = (Done("link.entered", None, {"n": n, "x": "x" * length}) for n in range(count))
        platform.log_acts(conn, done)
    publish(platform)


def test_acts_are_told_while_they_are_fetched(platform: Platform) -> None:
    log_many(platform, ACTS, BYTES)
    tracemalloc.start()
    try:
        found = [act.position for act in logged_acts(platform)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == list(range(1, ACTS + 1))
    assert peak < ACTS * BYTES / 2, "or they were all there at once"

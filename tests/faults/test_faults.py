"""A fault at any system call of any component: nothing acknowledged is lost, nothing is doubled.

A point is a component, a system call, and which of its calls. `make test` tries some of each; the
deep tests try every one that there is. The run ends with the list of those that were met.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from faulty import EVENTS, Point, Workers
from scenes import FIRST_YEAR, Copies, Site, strike, unnumbered

from suyuan import ledger

Recorded = Callable[[str, object], None]

SERVER = ("sendto", "recvfrom", "poll")
FILES = ("openat", "write", "fsync", "rename", "unlink")
CALLS = {
    "capture": SERVER,
    "sequencer": SERVER,
    "signer": (*SERVER, *FILES, "flock"),
    "turn": (*SERVER, *FILES),
    "tiles": (*SERVER, *FILES),
    "keys": (*FILES, "flock", "mkdir"),
    "index": SERVER,
    "backup": (*SERVER, *FILES, "flock", "ftruncate"),
    "restore": (*SERVER, "openat", "write", "read"),
    "witness": (*FILES, "flock"),
    "erase": SERVER,
    "prune": SERVER,
    "rule-file": (*SERVER, *FILES, "flock"),
    "resume": (*SERVER, *FILES, "flock"),
    "unpack": (*FILES, "mkdir"),
}
"""What each component asks of the system; a call that is never made ends its row at once."""
KINDS = {
    **dict.fromkeys(("poll", "flock"), ("KILL",)),
    # A failed send on a living connection libpq only tells when the server gives up on it, which is
    # after `idle_timeout`; what is then lost is lost in the same places as by a kill.
    "sendto": ("KILL",),
    **dict.fromkeys(("recvfrom", "read"), ("KILL", "EIO")),
}
STEP = {"restore": 7, "turn": 2, "erase": 3, "tiles": 3, "rule-file": 2}
"""A restore asks the same of each table: every seventh call of it, of which there are hundreds.
A turn opens a year each time, and what follows looks at every year there is: every second call.
An erasure makes the index anew, and each time there is one more: every third.
What a mirror has is held against the whole record each time: every third. With each rule that is
logged hundreds of entries more grow old, and all are verified: every second.
"""
MOST = {"turn": 40, "erase": 90}
"""With each year that was opened there are more calls, so that none would ever be the last."""
EVERY_KIND = ("KILL", "EIO", "ENOSPC")

SOME = {
    "capture": [("sendto", 1), ("sendto", 3), ("sendto", 8), ("recvfrom", 2), ("recvfrom", 7)],
    "sequencer": [("sendto", 1), ("sendto", 2), ("recvfrom", 1), ("recvfrom", 2)],
    "signer": [
        ("sendto", 2),
        ("recvfrom", 2),
        ("write", 1),
        ("fsync", 1),
        ("rename", 1),
        ("flock", 1),
        ("flock", 2),
        ("flock", 3),
    ],
    "turn": [
        ("sendto", 3),
        ("sendto", 9),
        ("sendto", 25),
        ("recvfrom", 9),
        ("recvfrom", 20),
        ("fsync", 2),
        ("write", 2),
        ("rename", 2),
        ("rename", 3),
        ("rename", 4),
    ],
    "tiles": [("openat", 3), ("write", 1), ("fsync", 2), ("rename", 1), ("unlink", 1)],
    "keys": [("openat", 3), ("write", 2), ("fsync", 2), ("rename", 1), ("rename", 2), ("flock", 2)],
    "index": [("sendto", 2), ("recvfrom", 3)],
    "backup": [
        ("sendto", 5),
        ("recvfrom", 5),
        ("write", 1),
        ("fsync", 1),
        ("rename", 1),
        ("flock", 1),
    ],
    "restore": [("sendto", 9), ("recvfrom", 9)],
    "witness": [
        ("openat", 4),
        ("write", 1),
        ("fsync", 1),
        ("fsync", 2),
        ("rename", 1),
        ("flock", 1),
    ],
    "erase": [("sendto", 4), ("recvfrom", 8), ("sendto", 12)],
    "prune": [("sendto", 3), ("sendto", 8), ("recvfrom", 5), ("recvfrom", 9)],
    "rule-file": [("sendto", 5), ("recvfrom", 9), ("unlink", 1), ("rename", 1), ("fsync", 1)],
    "resume": [
        ("write", 1),
        ("rename", 1),
        ("fsync", 2),
        ("unlink", 1),
        ("unlink", 2),
        ("sendto", 9),
    ],
    "unpack": [("openat", 2), ("write", 2), ("fsync", 3), ("rename", 2)],
}
"""What `make test` tries, each in one of its ways."""
INSIDE = {
    "capture": [("sendto", 2), ("recvfrom", 3)],
    "signer": [("fsync", 1), ("rename", 1), ("write", 1), ("flock", 2)],
    "turn": [("sendto", 9), ("fsync", 3), ("rename", 3)],
    "keys": [("openat", 1), ("fsync", 2), ("unlink", 1), ("flock", 1)],
    "witness": [("fsync", 1), ("fsync", 2), ("write", 1), ("rename", 1), ("flock", 1)],
    "erase": [("sendto", 9)],
    "prune": [("sendto", 5)],
    "rule-file": [("unlink", 1), ("fsync", 1)],
    "resume": [("unlink", 1), ("unlink", 2), ("fsync", 3)],
    "unpack": [("fsync", 2), ("rename", 3)],
}


@pytest.fixture(scope="module")
def site(
    copy_database: Copies,
    migrated_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    with copy_database(migrated_template) as dsn, copy_database("template0") as spare:
        made = Site(dsn, spare, tmp_path_factory.mktemp("site"))
        yield made
        made.store.close()


@pytest.fixture(scope="module")
def years(
    copy_database: Copies, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One whose years turn: what is asked of files and calls elsewhere would grow with them."""
    with copy_database(migrated_template) as dsn:
        made = Site(dsn, "", tmp_path_factory.mktemp("years"), many=2)
        yield made
        made.store.close()


@pytest.fixture(scope="module")
def gaps(
    copy_database: Copies, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One in which events are destroyed, and whose index is soon made again after each."""
    with copy_database(migrated_template) as dsn:
        made = Site(dsn, "", tmp_path_factory.mktemp("gaps"), many=2)
        yield made
        made.store.close()


@pytest.fixture(scope="module")
def rules(
    copy_database: Copies, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One whose entries grow old, with a shard that is closed and one that is not."""
    with copy_database(migrated_template) as dsn:
        made = Site(dsn, "", tmp_path_factory.mktemp("rules"), many=2)
        made.year = datetime.fromisoformat(f"{FIRST_YEAR}-01-01T00:00:00+08:00")
        made.capture()
        made.continues()
        yield made
        made.store.close()


@pytest.fixture
def hit(request: pytest.FixtureRequest, component: str) -> Site:
    """The installation that a component is of."""
    made: Site = request.getfixturevalue(SITES.get(component, "site"))
    return made


SITES = {
    "turn": "years", "erase": "gaps",
    **dict.fromkeys(("prune", "rule-file", "resume"), "rules"),
}  # fmt: skip


def kinds(call: str) -> tuple[str, ...]:
    return KINDS.get(call, EVERY_KIND)


def some(chosen: dict[str, list[tuple[str, int]]], component: str) -> list[Point]:
    """Each place in one way, by turns."""
    return [
        Point(component, call, when, kinds(call)[at % len(kinds(call))])
        for at, (call, when) in enumerate(chosen[component])
    ]


def test_at_least_forty_points_are_tried_each_time() -> None:
    tried = [(c, *place) for chosen in (SOME, INSIDE) for c in chosen for place in chosen[c]]
    assert len(tried) >= 40
    assert SOME.keys() == CALLS.keys()


@pytest.mark.parametrize("component", SOME)
def test_a_fault_loses_and_doubles_nothing(
    hit: Site, workers: Workers, component: str, record_property: Recorded
) -> None:
    points = some(SOME, component)
    for point in points:
        assert strike(hit, workers, point).met, str(point)
    hit.clean()
    record_property("faults", [tuple(point) for point in points])


@pytest.mark.parametrize("component", INSIDE)
def test_a_fault_from_inside_loses_and_doubles_nothing(
    hit: Site, inside: Workers, component: str, record_property: Recorded
) -> None:
    points = some(INSIDE, component)
    for point in points:
        assert strike(hit, inside, point).met, str(point)
    hit.clean()
    record_property("faults", [(f"{component} (shim)", *point[1:]) for point in points])


def test_two_sequencers_in_two_processes_give_each_position_once(
    site: Site, workers: Workers, inside: Workers
) -> None:
    """Each numbers what waits, again and again, while documents come in without positions."""
    before = site.continues()
    order: dict[str, Any] = {
        "component": "sequencer",
        "dsn": site.dsn,
        "folder": str(site.folder),
        "times": 300,
    }
    with ThreadPoolExecutor(2) as both:
        running = [both.submit(each.run, None, **order) for each in (workers, inside)]
        for _ in range(100):
            unnumbered(site)
        given = [[int(last) for last in each.result().acked] for each in running]
    assert [len(each) for each in given] == [300, 300]
    assert all(each == sorted(each) for each in given)
    site.alone()
    with site.store.write() as conn:
        ledger.sequence(conn, now=site.platform.clock())
    assert site.continues() == before + 100 * EVENTS
    site.clean()


@pytest.mark.deep
@pytest.mark.parametrize("component", CALLS)
def test_a_fault_at_every_call_loses_and_doubles_nothing(
    hit: Site, workers: Workers, component: str, record_property: Recorded
) -> None:
    """Call after call until there is none that the fault would meet."""
    met: list[Point] = []
    for call in CALLS[component]:
        for kind in kinds(call):
            when, most = 1, MOST.get(component, sys.maxsize)
            while (
                when <= most
                and strike(hit, workers, point := Point(component, call, when, kind)).met
            ):
                met.append(point)
                when += STEP.get(component, 1)
                if len(met) % 20 == 0:
                    hit.clean()
    hit.clean()
    places = {(point.call, point.when) for point in met}
    record_property("faults", [tuple(point) for point in met])
    counted = Counter(point.call for point in met)
    assert all(counted[call] for call in LEAST[component]), counted
    assert len(places) >= LEAST_PLACES[component], counted


LEAST = {component: [call for call, _ in SOME[component]] for component in SOME}
LEAST_PLACES = {
    "capture": 30,
    "sequencer": 8,
    "signer": 30,
    "turn": 40,
    "tiles": 40,
    "keys": 40,
    "index": 30,
    "backup": 150,
    "restore": 100,
    "witness": 12,
    "erase": 40,
    "prune": 10,
    "rule-file": 40,
    "resume": 40,
    "unpack": 12,
}
"""Fewer than these would mean that faults are no longer put where they belong; 542 together."""

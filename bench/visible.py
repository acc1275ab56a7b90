"""How soon what was captured is in the answers: from a capture's answer to a trace that has it.

A real `suyuan serve` in a process of its own; an event is committed when its capture is answered.
"""

import json
import time
from collections.abc import Iterator
from random import Random
from urllib.parse import quote

from bench.delivering import Server
from bench.events import document, mixed
from bench.figures import Figure, at_most, figure, percentile
from bench.plan import Ground, Measure, database

EVENTS = 200
_GOAL = 1_000.0
_PATIENCE, _PAUSE = 30.0, 0.005


def measure(place: Ground) -> Iterator[Figure]:
    """One event after the other, each asked for until it is there."""
    with database(place, "bench_visible") as store:
        folder = place.folder / "visible"
        folder.mkdir()
        server = Server(folder, store.dsn)
        try:
            draws = (one for one in mixed(Random(13)) if one.get("epcList"))
            count = place.plan.of(EVENTS, least=20)
            waits = [_visible_after(server, next(draws)) * 1e3 for _ in range(count)]
        finally:
            server.stop()
    note = f"{count} events, one after the other"
    middle, slow = (percentile(waits, share) for share in (0.5, 0.95))
    yield figure("captured to traced, median", "ms", [middle], note=note)
    yield figure("captured to traced, p95", "ms", [slow], goal=at_most(_GOAL), note=note)
    yield figure("captured to traced, p99", "ms", [percentile(waits, 0.99)], note=note)


MEASURE = Measure(name="visible", about="from a capture's answer to the traces", run=measure)


def _visible_after(server: Server, event: dict[str, object]) -> float:
    """Seconds until the event's thing is traced to it.

    Raises:
        TimeoutError: it never was.
    """
    (told,) = server.post("/capture", document([event]))["events"]
    committed = time.perf_counter()
    thing = quote(str(event["epcList"][0]), safe="")  # type: ignore[index]
    while (waited := time.perf_counter() - committed) < _PATIENCE:
        traced = json.loads(server.get(f"/trace?thing={thing}"))
        if traced["position"] >= told["position"] and traced["nodes"]:
            return time.perf_counter() - committed
        time.sleep(_PAUSE)
    raise TimeoutError(f"not in the answers after {waited:.0f} s")

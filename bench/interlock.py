"""May this cylinder be filled? Asked of a record with a past, in process and over HTTP.

Every cylinder is in order and every answer is looked at, so each goes through all the rules: the
station's licence and role, what earlier steps left known, the dates. Each turn is the time within
which 95 of 100 answers come.
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import product

import msgspec

from bench.figures import Figure, at_most, each, figure, percentile
from bench.http import Client, served
from bench.plan import Ground, Measure, database
from bench.taking import today
from suyuan import index
from suyuan.capture import OnRefusal, Options
from suyuan.kit import Text
from suyuan.kit.ids import random_uuid_urn
from suyuan.model import Capturer, Role, Viewer
from suyuan.registry import Licence, Party, directory
from suyuan.registry.types import Account
from suyuan.service import Act, Config, Platform, capture, fresh_key, interlock, on_store

STATION = "urn:suyuan:party:station"
CYLINDERS, ASKED = 2_000, 1_000
GOAL = 50  # milliseconds
_SHARE, _PORTION = 0.95, 500
_CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]
_ROLES = ("filling_station", "inspection_body", "equipment_maker")


def measure(place: Ground) -> Iterator[Figure]:
    """One after the other, as a filling machine asks."""
    plan = place.plan
    count = plan.of(CYLINDERS, least=200)
    asked = [_cylinder(one % count) for one in range(plan.of(ASKED, least=200))]
    with _station(place, count) as platform:
        inside = [_in_process(platform, asked) for _ in range(plan.repeat + 1)][1:]
        key = fresh_key(platform, Account(name="machine", role=Role.CAPTURER, party=STATION))
        with served("suyuan", platform.store.dsn) as port:
            over = [_over_http(port, key, asked) for _ in range(plan.repeat + 1)][1:]
    yield figure("interlock() in process, 95 of 100", "ms", inside, goal=at_most(GOAL))
    yield figure("POST /interlock, 95 of 100", "ms", over, goal=at_most(GOAL))


MEASURE = Measure(name="interlock", about="an act asked about before it is done", run=measure)


def _cylinder(number: int) -> str:
    return f"https://id.gs1.org/8003/06901234567892LPG{number:06}"


@contextmanager
def _station(place: Ground, count: int) -> Iterator[Platform]:
    """So many cylinders, made, registered and inspected today, in the hands of one station."""
    with database(place, "bench_interlock") as store:
        platform = on_store(store, Config(data_dir=place.folder))
        party = Party(uri=STATION, name=Text("充装站", "station"), roles=_ROLES)
        licence = Licence(party=STATION, kind="filling_licence", number="1")
        with store.write() as conn:
            directory.register(conn, [party, licence])
        for first in range(0, count, _PORTION):
            _take(platform, range(first, min(first + _PORTION, count)))
        index.catch_up(store)
        yield platform


def _take(platform: Platform, numbers: range) -> None:
    events = [_event(*one) for one in product(numbers, _PAST)]
    body = {
        "@context": _CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": f"{today()}T00:00:00Z", "epcisBody": {"eventList": events},
    }  # fmt: skip
    capturer = Capturer(tenant=1, account=1, party=STATION)
    options = Options(on_refusal=OnRefusal.PROCEED)
    result = capture(platform, msgspec.json.encode(body), capturer, options)
    if any(one.entry is None for one in result.events):
        raise ValueError(result.counts)


_PAST = {
    "manufacture": ("00:00", {"medium": "lpg", "designLifeUntil": "2099-05-31"}),
    "registration": (
        "00:01",
        {"medium": "lpg", "stationMark": "A", "nextInspectionDate": "2098-06-01"},
    ),
    "precheck": ("00:02", {"precheckResult": "qualified"}),
}


def _event(number: int, step: str) -> dict[str, object]:
    at, items = _PAST[step]
    return {
        "type": "ObjectEvent", "eventID": random_uuid_urn(), "action": "OBSERVE",
        "eventTime": f"{today()}T{at}:00+08:00", "eventTimeZoneOffset": "+08:00",
        "epcList": [_cylinder(number)], "bizStep": "other",
        "suyuan:family": "special-equipment", "suyuan:step": f"cylinder_{step}",
        **{f"suyuan:{name}": value for name, value in items.items()},
    }  # fmt: skip


def _act(cylinder: str) -> Act:
    values = {"medium": "lpg", "station_mark": "A", "fill_mass": 10, "cylinder_model": "ysp35_5"}
    return Act(step="cylinder_filling", things=[cylinder], values=values)


def _in_process(platform: Platform, asked: list[str]) -> float:
    viewer = Viewer(account=1, role=Role.CAPTURER, party=STATION)
    times = each(partial(_allowed, platform, _act(one), viewer) for one in asked)
    return percentile(times, _SHARE) / 1e3


def _allowed(platform: Platform, act: Act, viewer: Viewer) -> None:
    found = interlock(platform, act, viewer)
    if not found.allowed:
        raise ValueError([one.rule for one in found.reasons])


def _over_http(port: int, key: str, asked: list[str]) -> float:
    with closing(Client(port)) as client:
        bodies = [msgspec.json.encode(_act(one)) for one in asked]
        times = each(partial(_answered, client, key, one) for one in bodies)
        return percentile(times, _SHARE) / 1e3


def _answered(client: Client, key: str, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = json.loads(client.post("/interlock", body, headers))
    if not answer["allowed"]:
        raise ValueError(answer["reasons"])

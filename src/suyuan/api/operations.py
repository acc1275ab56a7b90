"""What operators ask of a running platform: is it alive, is it ready, how much has it done."""

from datetime import datetime

from litestar import Response, get
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from suyuan.api.readers import platform_of
from suyuan.api.types import AnyRequest
from suyuan.service import Platform, progress, waiting

METRICS = CollectorRegistry()
REQUESTS = Counter(
    "suyuan_requests", "Requests answered", ["method", "path", "status"], registry=METRICS
)
SECONDS = Histogram(
    "suyuan_request_seconds", "Seconds to the beginning of the answer", ["path"], registry=METRICS
)
_RECORDED = Gauge("suyuan_record_entries", "Entries in the record", registry=METRICS)
_BEHIND = Gauge("suyuan_index_lag_entries", "Entries not yet indexed", registry=METRICS)
_DEGRADED = Gauge(
    "suyuan_degraded",
    "1 where requests are answered, by an index that is far behind the record",
    registry=METRICS,
)
_WAITING = Gauge(
    "suyuan_capture_waiting_documents", "Documents waiting to be captured", registry=METRICS
)
_WAITING_SECONDS = Gauge(
    "suyuan_capture_waiting_oldest_seconds",
    "Seconds that the oldest document has waited to be captured",
    registry=METRICS,
)
_LATE = 1_000
"""So many entries the index may lag behind the record."""


class Health(Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str


class Readiness(Struct, frozen=True, kw_only=True):
    """Whether requests can be served: `ok`, `degraded` or `no-database`.

    `degraded`: they are, but the index has `lag` entries of the record still to read, 1,000 or
    more, so that answers are complete to an earlier position, which each of them says. `waiting`
    are the documents that wait to be captured, `oldest` for how many seconds.
    """

    status: str
    recorded: int | None = None
    indexed: int | None = None
    lag: int | None = None
    waiting: int | None = None
    oldest: float | None = None


@get(
    "/healthz",
    summary="存活 Alive",
    description="The process answers; nothing else is looked at.",
    operation_id="health",
    tags=["Operations"],
    sync_to_thread=False,
)
def healthz() -> Health:
    """The process answers."""
    return Health(status="ok")


@get(
    "/readyz",
    summary="就绪 Ready",
    description=(
        "200 if requests can be served, that is, the database answers; else 503. Where the index "
        "is 1,000 entries or more behind the record the status is `degraded`, and still 200."
    ),
    operation_id="readiness",
    tags=["Operations"],
    sync_to_thread=True,
)
def readyz(request: AnyRequest) -> Response[Readiness]:
    """The database answers; how far the index is behind does not matter.

    A balancer takes a node that is not ready out. One that indexes a large document takes requests
    as well as before, and where there are several, all read one index: all would be taken out.
    """
    found = _readiness(platform_of(request))
    return Response(found, status_code=503 if found.recorded is None else 200)


def _readiness(platform: Platform) -> Readiness:
    try:
        now, line = progress(platform), waiting.queue(platform)
    except Exception:  # noqa: BLE001 -- whatever keeps the database from answering, we are not ready
        return Readiness(status="no-database")
    lag = now.head - now.position
    return Readiness(
        status="ok" if lag < _LATE else "degraded",
        recorded=now.head,
        indexed=now.position,
        lag=lag,
        waiting=line.documents,
        oldest=_seconds(platform, line.oldest),
    )


def _seconds(platform: Platform, since: datetime | None) -> float:
    return 0.0 if since is None else max((platform.clock() - since).total_seconds(), 0.0)


@get(
    "/metrics",
    summary="指标 Metrics",
    description=(
        "Counters in the Prometheus text format: requests, times, record, index, and documents "
        "that wait to be captured."
    ),
    operation_id="metrics",
    media_type="text/plain",
    tags=["Operations"],
    sync_to_thread=True,
)
def metrics(request: AnyRequest) -> Response[bytes]:
    """Counters in the Prometheus text format."""
    found = _readiness(platform_of(request))
    if found.recorded is not None and found.lag is not None:
        _RECORDED.set(found.recorded)
        _BEHIND.set(found.lag)
        _DEGRADED.set(found.status == "degraded")
    if found.waiting is not None and found.oldest is not None:
        _WAITING.set(found.waiting)
        _WAITING_SECONDS.set(found.oldest)
    return Response(generate_latest(METRICS), media_type=CONTENT_TYPE_LATEST)


handlers = (healthz, readyz, metrics)

"""What operators ask of a running platform: is it alive, is it ready, how much has it done."""

from typing import Any

from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from suyuan.api.asking import platform_of
from suyuan.api.problems import AnyRequest
from suyuan.service import progress

METRICS = CollectorRegistry()
REQUESTS = Counter("suyuan_requests", "Requests answered", ["method", "status"], registry=METRICS)
SECONDS = Histogram("suyuan_request_seconds", "Time to answer", registry=METRICS)
_RECORDED = Gauge("suyuan_record_entries", "Entries in the record", registry=METRICS)
_BEHIND = Gauge("suyuan_index_lag_entries", "Entries not yet indexed", registry=METRICS)
_LATE = 1_000


@get("/healthz", summary="存活 Alive", tags=["Operations"], sync_to_thread=False)
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/readyz", summary="就绪 Ready", tags=["Operations"], sync_to_thread=True)
def readyz(request: AnyRequest) -> Response[dict[str, Any]]:
    """The database answers and the index is not far behind."""
    now = progress(platform_of(request))
    lag = now.head - now.position
    ready = lag < _LATE
    said = {"status": "ok" if ready else "behind", "recorded": now.head, "indexed": now.position}
    return Response(said, status_code=200 if ready else 503)


@get("/metrics", summary="指标 Metrics", tags=["Operations"], sync_to_thread=True)
def metrics(request: AnyRequest) -> Response[bytes]:
    """Counters in the Prometheus text format."""
    now = progress(platform_of(request))
    _RECORDED.set(now.head)
    _BEHIND.set(now.head - now.position)
    return Response(generate_latest(METRICS), media_type=CONTENT_TYPE_LATEST)

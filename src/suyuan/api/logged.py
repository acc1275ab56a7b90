"""The log over HTTP (c2sp.org/tlog-tiles), read-only, and receipts of events."""

from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter

from suyuan.api.epcis import NO_EVENT, NO_EVENT_CURE, id_as_sent
from suyuan.api.problems import Wrong, documented, respond
from suyuan.api.readers import platform_of, viewer_of
from suyuan.api.types import AnyRequest
from suyuan.service import checkpoint, log_file, log_keys, receipt

_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
_FOR_NOW = {"cache-control": "public, max-age=2"}
_PREFIX = b"/receipts/"


def _file(description: str, kind: str) -> ResponseSpec:
    return ResponseSpec(data_container=bytes, media_type=kind, description=description)


@get(
    "/log/checkpoint",
    summary="日志的检查点 Checkpoint of the log",
    description=(
        "How many entries the log has and their root, signed (c2sp.org/tlog-checkpoint): at most "
        "two seconds behind the record. Keep one: whoever rewrites history cannot continue it."
    ),
    operation_id="logCheckpoint",
    responses={200: _file("A signed note", _TEXT), **documented(404)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_checkpoint(request: AnyRequest) -> Response[bytes]:
    """The newest checkpoint."""
    return Response(checkpoint(platform_of(request)), media_type=_TEXT, headers=_FOR_NOW)


@get(
    "/log/keys",
    summary="日志的公钥 Keys of the log",
    description=(
        "The keys that verify the log, one a line, Ed25519 first (c2sp.org/signed-note). Get them "
        "once, by a way you trust, and keep them: a forger would answer here too."
    ),
    operation_id="logKeys",
    responses={200: _file("Verifier keys", _TEXT)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_keys(request: AnyRequest) -> Response[bytes]:
    """The verifier keys."""
    lines = "".join(f"{line}\n" for line in log_keys(platform_of(request)))
    return Response(lines.encode(), media_type=_TEXT, headers=_FOR_NOW)


@get(
    "/log/tile/{path:path}",
    summary="日志的文件 Files of the log",
    description=(
        "Tiles of hashes, `LEVEL/INDEX[.p/WIDTH]`, and bundles of entries, "
        "`entries/INDEX[.p/WIDTH]` (c2sp.org/tlog-tiles); they never change. An entry is a salted "
        "commitment and tells nothing of its event."
    ),
    operation_id="logTile",
    responses={200: _file("A tile or an entry bundle", _BYTES), **documented(400, 404)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_tile(
    request: AnyRequest,
    path: Annotated[str, PathParameter(description="As c2sp.org/tlog-tiles names it")],
) -> Response[bytes]:
    """A tile or an entry bundle."""
    data = log_file(platform_of(request), f"tile/{path.lstrip('/')}")
    return Response(data, media_type=_BYTES, headers=_FOR_EVER)


@get(
    "/receipts/{event_id:path}",
    summary="事件的存证回执 Receipt of an event",
    description=(
        "What proves to anybody, offline, that an event was recorded when and how "
        "(c2sp.org/tlog-proof): its entry's place in the log under a signed checkpoint, and the "
        "fields that the holder of the key may see. 503 while no checkpoint has it yet, for two "
        "seconds at most. `suyuan verify` checks it."
    ),
    operation_id="getReceipt",
    responses={
        200: _file("A tlog-proof", MediaType.TEXT),
        **documented(400, 401, 404, 429, 503),
    },
    tags=["Log"],
    sync_to_thread=True,
)
def get_receipt(
    request: AnyRequest,
    event_id: Annotated[str, PathParameter(description="The event's id, percent-encoded")],
) -> Response[Any]:
    """The receipt of an event."""
    name = id_as_sent(request, event_id, _PREFIX)
    found = receipt(platform_of(request), name, viewer_of(request))
    if found is None:
        wrong = Wrong(status=404, rule="events.none", text=NO_EVENT, place="id", cure=NO_EVENT_CURE)
        return respond(request, wrong)
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": 'attachment; filename="event.tlog-proof"',
    }
    return Response(found, media_type=_TEXT, headers=headers)


handlers = (get_checkpoint, get_keys, get_tile, get_receipt)

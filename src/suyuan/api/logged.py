"""The log over HTTP (c2sp.org/tlog-tiles), read-only, and receipts of events."""

from typing import Annotated, Any, Final

from litestar import MediaType, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter

from suyuan.api.drawing import drawn
from suyuan.api.epcis import NO_EVENT, NO_EVENT_CURE, id_as_sent
from suyuan.api.problems import Wrong, documented, respond
from suyuan.api.readers import platform_of, viewer_of
from suyuan.api.statuses import language
from suyuan.api.types import AnyRequest
from suyuan.kit import Text
from suyuan.service import (
    checkpoint,
    log_file,
    log_keys,
    receipt,
    receipt_pdf,
    retention_file,
    retention_proof,
)

TEXT = "text/plain"
"""The framework adds the charset to every media type of text."""
BYTES = "application/octet-stream"
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
FOR_NOW = {"cache-control": "public, max-age=2"}
_OWN = {"cache-control": "private, no-store", "vary": "Accept, Authorization, Cookie"}
_PDF = "application/pdf"
_PREFIX = b"/receipts/"
_FORMS = (
    "`Accept: application/pdf` gives it as a paper with a symbol to scan, the file attached. 503 "
    "while no checkpoint has it yet, for two seconds at most. `suyuan verify` checks it."
)
Fields = Annotated[
    list[str] | None,
    QueryParameter(
        description=(
            "The fields to show, parted by commas or each by itself; of those that the holder of "
            "the key may see. Empty: none of them, so that it proves the entry and its time alone."
        ),
    ),
]
_RECEIPT_PROBLEMS = documented(400, 401, 403, 404, 410, 429, 503)

_NO_ENTRY: Final = Text(
    "日志在这个位置没有条目，或那里的事件你无权查看。",
    "The log has no entry at this position, or that of an event that is not yours to see.",
)


def file_of(description: str, kind: str) -> ResponseSpec:
    """How the answer of an operation that gives a file is described."""
    return ResponseSpec(data_container=bytes, media_type=kind, description=description)


@get(
    "/log/checkpoint",
    summary="日志的检查点 Checkpoint of the log",
    description=(
        "How many entries the log has and their root, signed (c2sp.org/tlog-checkpoint): at most "
        "two seconds behind the record. Keep one: whoever rewrites history cannot continue it."
    ),
    operation_id="logCheckpoint",
    responses={200: file_of("A signed note", TEXT), **documented(404)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_checkpoint(request: AnyRequest) -> Response[bytes]:
    """The newest checkpoint."""
    return Response(checkpoint(platform_of(request)), media_type=TEXT, headers=FOR_NOW)


@get(
    "/log/keys",
    summary="日志的公钥 Keys of the log",
    description=(
        "The keys that verify the log, one a line, Ed25519 first (c2sp.org/signed-note). Get them "
        "once, by a way you trust, and keep them: a forger would answer here too."
    ),
    operation_id="logKeys",
    responses={200: file_of("Verifier keys", TEXT)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_keys(request: AnyRequest) -> Response[bytes]:
    """The verifier keys."""
    lines = "".join(f"{line}\n" for line in log_keys(platform_of(request)))
    return Response(lines.encode(), media_type=TEXT, headers=FOR_NOW)


@get(
    "/log/retention",
    summary="条目的保留规则 Retention of entries",
    description=(
        "`days`: for how long entry bundles are served; `first`: the index from which they are "
        "now. Not there where all are. Hashes are served for ever. `/log/retention.tlog-proof` "
        "proves it."
    ),
    operation_id="logRetention",
    responses={200: file_of("Two lines", TEXT), **documented(404)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_retention(request: AnyRequest) -> Response[bytes]:
    """The published retention."""
    return Response(retention_file(platform_of(request)), media_type=TEXT, headers=FOR_NOW)


@get(
    "/log/retention.tlog-proof",
    summary="保留规则的回执 Receipt of the retention",
    description=(
        "The receipt of the log's own entry `log.retention`, which says from which entry on "
        "bundles are served, over all shards: nobody may withhold more. Not there where all are."
    ),
    operation_id="logRetentionProof",
    responses={200: file_of("A tlog-proof", TEXT), **documented(404)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_retention_proof(request: AnyRequest) -> Response[bytes]:
    """The receipt of the rule."""
    return Response(retention_proof(platform_of(request)), media_type=TEXT, headers=FOR_NOW)


@get(
    "/log/tile/{path:path}",
    summary="日志的文件 Files of the log",
    description=(
        "Tiles of hashes, `LEVEL/INDEX[.p/WIDTH]`, and bundles of entries, "
        "`entries/INDEX[.p/WIDTH]` (c2sp.org/tlog-tiles); they never change. An entry is a salted "
        "commitment and tells nothing of its event."
    ),
    operation_id="logTile",
    responses={200: file_of("A tile or an entry bundle", BYTES), **documented(400, 404)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_tile(
    request: AnyRequest,
    path: Annotated[str, PathParameter(description="As c2sp.org/tlog-tiles names it")],
) -> Response[bytes]:
    """A tile or an entry bundle."""
    data = log_file(platform_of(request), f"tile/{path.lstrip('/')}")
    return Response(data, media_type=BYTES, headers=FOR_EVER)


@get(
    "/receipts/{event_id:path}",
    summary="事件的存证回执 Receipt of an event",
    description=(
        "What proves to anybody, offline, that an event was recorded when and how "
        "(c2sp.org/tlog-proof): its entry's place in the log under a signed checkpoint, and the "
        f"fields that the holder of the key may see. {_FORMS}"
    ),
    operation_id="getReceipt",
    responses={200: file_of("A tlog-proof", MediaType.TEXT), **_RECEIPT_PROBLEMS},
    tags=["Log"],
    sync_to_thread=True,
)
def get_receipt(
    request: AnyRequest,
    event_id: Annotated[str, PathParameter(description="The event's id, percent-encoded")],
    fields: Fields = None,
) -> Response[Any]:
    """The receipt of an event."""
    page = drawn(request, "getReceipt")
    if page is not None:
        return page
    name = id_as_sent(request, event_id, _PREFIX)
    return _given(request, receipt(platform_of(request), name, viewer_of(request), fields))


@get(
    "/entries/{position:int}",
    summary="日志条目的存证回执 Receipt of an entry of the log",
    description=(
        "The same by position, from 1, for whatever the log has there: an event, an act, a "
        "decision to destroy events. Whoever sees no more of an event than its public step is "
        "shown how it was judged, and what its family opens to everybody. Of an act all is shown "
        "to the operator and to the party that it concerns; others who are signed in are refused "
        "(403), and the public is answered as for an empty position. Of a decision all is shown "
        f"to everybody. {_FORMS}"
    ),
    operation_id="getEntry",
    responses={200: file_of("A tlog-proof", MediaType.TEXT), **_RECEIPT_PROBLEMS},
    tags=["Log"],
    sync_to_thread=True,
)
def get_entry(
    request: AnyRequest,
    position: Annotated[
        int, PathParameter(ge=1, le=1 << 62, description="Its place in the log, from 1")
    ],
    fields: Fields = None,
) -> Response[Any]:
    """The receipt of an entry."""
    page = drawn(request, "getEntry")
    if page is not None:
        return page
    found = receipt(platform_of(request), position, viewer_of(request), fields)
    return _given(request, found, at="position", lacking=_NO_ENTRY)


def _given(
    request: AnyRequest, found: bytes | None, *, at: str = "id", lacking: Text = NO_EVENT
) -> Response[Any]:
    if found is None:
        wrong = Wrong(status=404, rule="events.none", text=lacking, place=at, cure=NO_EVENT_CURE)
        return respond(request, wrong)
    if _PDF not in request.headers.get("accept", ""):
        headers = {**_OWN, "content-disposition": 'attachment; filename="receipt.tlog-proof"'}
        return Response(found, media_type=TEXT, headers=headers)
    lang = language(request.headers.get("accept-language", ""))
    platform = platform_of(request)
    base = platform.config.public or str(request.base_url)
    made = receipt_pdf(platform, found, lang, base=base)
    headers = {**_OWN, "content-disposition": 'attachment; filename="receipt.pdf"'}
    return Response(made, media_type=_PDF, headers=headers)


handlers = (
    get_checkpoint,
    get_keys,
    get_retention,
    get_retention_proof,
    get_tile,
    get_receipt,
    get_entry,
)

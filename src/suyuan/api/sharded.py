"""The log's yearly shards over HTTP: which there are, and each under its own prefix, read-only.

The shard that the log begins with lies at `/log/` itself (`suyuan.api.logged`).
"""

from typing import Annotated

from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter

from suyuan.api.logged import BYTES, FOR_EVER, FOR_NOW, TEXT, file_of
from suyuan.api.problems import documented
from suyuan.api.readers import platform_of
from suyuan.api.types import AnyRequest
from suyuan.ledger.types import LogShard
from suyuan.service import (
    checkpoint,
    log_file,
    log_keys,
    log_shards,
    retention_file,
)
from suyuan.tlog.shards import OPENING

_JSON = "application/json"
Year = Annotated[int, PathParameter(ge=1000, le=9999, description="The shard's number, its year")]


@get(
    "/log/shards",
    summary="日志的年度分片 Yearly shards of the log",
    description=(
        "`number` (its year; 0 for the one that the log begins with), `origin`, `prefix` (before "
        "the paths of its files), `first` (the position of its first entry), `size`, `closed`, and "
        "`checkpoint`: of a closed shard the last, which never changes. Below `/log/{prefix}` each "
        "is a log of c2sp.org/tlog-tiles."
    ),
    operation_id="logShards",
    responses={
        200: ResponseSpec(
            data_container=dict[str, list[LogShard]], media_type=_JSON, description="The list"
        )
    },
    tags=["Log"],
    sync_to_thread=True,
)
def get_shards(request: AnyRequest) -> Response[dict[str, list[LogShard]]]:
    """The list of shards."""
    return Response({"shards": log_shards(platform_of(request))}, headers=FOR_NOW)


@get(
    "/log/{shard:int}/checkpoint",
    summary="分片的检查点 Checkpoint of a shard",
    description="As `/log/checkpoint`, of the shard of a year.",
    operation_id="logShardCheckpoint",
    responses={200: file_of("A signed note", TEXT), **documented(400, 404)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_checkpoint(request: AnyRequest, shard: Year) -> Response[bytes]:
    """The newest checkpoint of a shard."""
    return Response(checkpoint(platform_of(request), shard), media_type=TEXT, headers=FOR_NOW)


@get(
    "/log/{shard:int}/opening",
    summary="分片的开启条目 Entry that opens a shard",
    description=(
        "The shard's first entry disclosed, as the `extra` of a receipt: which shard came before, "
        "how many entries it has for ever, and their root."
    ),
    operation_id="logShardOpening",
    responses={200: file_of("A disclosure", _JSON), **documented(400, 404)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_opening(request: AnyRequest, shard: Year) -> Response[bytes]:
    """The first entry of a shard."""
    data = log_file(platform_of(request), OPENING, shard)
    return Response(data, media_type=_JSON, headers=FOR_EVER)


@get(
    "/log/{shard:int}/keys",
    summary="分片的公钥 Keys of a shard",
    description=(
        "The keys of `/log/keys` under the shard's origin, for who knows a log by its exact name; "
        "of a year to come too, so that witnesses can be told before."
    ),
    operation_id="logShardKeys",
    responses={200: file_of("Verifier keys", TEXT), **documented(400)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_keys(request: AnyRequest, shard: Year) -> Response[bytes]:
    """The verifier keys of a shard."""
    lines = "".join(f"{line}\n" for line in log_keys(platform_of(request), shard))
    return Response(lines.encode(), media_type=TEXT, headers=FOR_NOW)


@get(
    "/log/{shard:int}/retention",
    summary="分片条目的保留规则 Retention of a shard's entries",
    description="As `/log/retention`, of the shard of a year.",
    operation_id="logShardRetention",
    responses={200: file_of("Two lines", TEXT), **documented(400, 404)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_retention(request: AnyRequest, shard: Year) -> Response[bytes]:
    """The published retention of a shard."""
    return Response(retention_file(platform_of(request), shard), media_type=TEXT, headers=FOR_NOW)


@get(
    "/log/{shard:int}/tile/{path:path}",
    summary="分片的文件 Files of a shard",
    description="As `/log/tile/{path}`, of the shard of a year.",
    operation_id="logShardTile",
    responses={200: file_of("A tile or an entry bundle", BYTES), **documented(400, 404)},
    tags=["Log"],
    sync_to_thread=True,
)
def get_tile(
    request: AnyRequest,
    shard: Year,
    path: Annotated[str, PathParameter(description="As c2sp.org/tlog-tiles names it")],
) -> Response[bytes]:
    """A tile or an entry bundle of a shard."""
    data = log_file(platform_of(request), f"tile/{path.lstrip('/')}", shard)
    return Response(data, media_type=BYTES, headers=FOR_EVER)


handlers = (get_shards, get_checkpoint, get_opening, get_keys, get_retention, get_tile)

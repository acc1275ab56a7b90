"""The witness over HTTP (c2sp.org/tlog-witness): alone, or beside a platform's pages."""

from pathlib import Path
from typing import Any, Final

import structlog
from litestar import Litestar, Response, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State

from suyuan.api.logs import where
from suyuan.api.readers import platform_of
from suyuan.api.types import AnyRequest
from suyuan.kit import Clock, SuyuanError, Text
from suyuan.kit.clock import system_clock
from suyuan.service import LARGEST_REQUEST, WITNESS_FOLDER, cosign, is_witness

_LOG = structlog.get_logger("suyuan.witness")
_TEXT: Final = "text/plain"
_NO_WITNESS: Final = Text(
    "此平台不做见证；请联系其运营方。",
    "This platform is no witness; ask its operator.",
)


# Not in this interface's description: the protocol is another's, and its refusals are plain text.
@post(
    "/witness/add-checkpoint",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=LARGEST_REQUEST,
)
async def of_platform(request: AnyRequest) -> Response[bytes]:
    """The answer of a platform that is a witness too."""
    platform = platform_of(request)
    folder = platform.config.data_dir / WITNESS_FOLDER
    if not is_witness(folder):
        raise SuyuanError("witness.here", _NO_WITNESS, "address", status=404)
    return await _answer(request, folder, platform.clock)


@post("/add-checkpoint", status_code=200, request_max_body_size=LARGEST_REQUEST)
async def _alone(request: AnyRequest) -> Response[bytes]:
    return await _answer(request, request.app.state.folder, request.app.state.clock)


async def _answer(request: AnyRequest, folder: Path, clock: Clock) -> Response[bytes]:
    body = await request.body()
    found = await sync_to_thread(cosign, folder, body, clock)
    # as a header, since to a media type of text the framework would add a charset
    return Response(
        found.body, status_code=found.status, headers={"content-type": found.content_type}
    )


def witness_application(folder: Path, clock: Clock = system_clock) -> Litestar:
    """A witness and nothing else, as an ASGI application."""
    return Litestar(
        route_handlers=[_alone],
        state=State({"folder": folder, "clock": clock}),
        exception_handlers={Exception: _failed},
        openapi_config=None,
        logging_config=None,
    )


def _failed(_request: AnyRequest, error: Exception) -> Response[Any]:
    """What is not the protocol's own answer, in words that tell nothing of the machine."""
    status = getattr(error, "status_code", 500)
    if status >= 500:  # noqa: PLR2004 -- the server's own fault
        _LOG.error("witness.failed", where=where(error))
    said = b"not served\n" if status < 500 else b"the witness cannot answer\n"  # noqa: PLR2004
    return Response(said, status_code=status, media_type=_TEXT)


handlers = (of_platform,)

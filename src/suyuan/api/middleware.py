"""Takes every request and response; gives them a number, a log line, headers that protect.

A log line holds method, path, status and time; never a query, a key or a body.
"""

import secrets
from collections.abc import Callable
from time import perf_counter

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from suyuan.api.operations import REQUESTS, SECONDS

_LOG = structlog.get_logger("suyuan.http")

PROTECTION = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
EPCIS_HEADERS = {
    "gs1-epcis-version": "2.0",
    "gs1-epcis-min": "2.0",
    "gs1-epcis-max": "2.0",
    "gs1-cbv-version": "2.0",
    "gs1-cbv-min": "2.0",
    "gs1-cbv-max": "2.0",
    "gs1-vendor-version": "suyuan/1",
    "gs1-epc-format": "No_Preference",
}
"""What this server can do, on every answer of the EPCIS paths (EPCIS 2.0 §12.4)."""

_EPCIS_PATHS = ("/capture", "/events")


def observed(limit: int) -> Callable[[ASGIApp], ASGIApp]:
    """Requests numbered, measured, logged and protected; `limit` is said to capturers."""
    epcis = EPCIS_HEADERS | {"gs1-epcis-capture-file-size-limit": str(limit)}
    return lambda app: _around(app, epcis)


def _around(app: ASGIApp, epcis: dict[str, str]) -> ASGIApp:
    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        number, begin = secrets.token_hex(6), perf_counter()
        scope["suyuan_request"] = number  # type: ignore[typeddict-unknown-key]  # a key of ours
        added = _added(scope["path"], number, epcis)

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
                _observe(scope, message["status"], perf_counter() - begin, number)
            await send(message)

        await app(scope, receive, answering)

    return middleware


def _added(path: str, number: str, epcis: dict[str, str]) -> list[tuple[bytes, bytes]]:
    headers = {**PROTECTION, "x-request-id": number}
    if path.startswith(_EPCIS_PATHS):
        headers |= epcis
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _observe(scope: Scope, status: int, seconds: float, number: str) -> None:
    method = str(scope.get("method", ""))
    REQUESTS.labels(method, str(status)).inc()
    SECONDS.observe(seconds)
    _LOG.info(
        "request",
        request=number,
        method=method,
        path=scope["path"],
        status=status,
        ms=round(seconds * 1000, 1),
    )

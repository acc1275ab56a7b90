"""Takes every request and response; gives them a number, a log line, headers that protect.

It stands around the whole application, so that an unknown address is seen and protected too. A
log line holds method, the address's pattern, status and time; never a query, a key, a body or
a code that somebody asked for.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from time import monotonic, perf_counter
from typing import Any, NamedTuple

import structlog
from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from suyuan.api.announcing import is_of_epcis
from suyuan.api.arriving import Arrival, Arrivals, Pace
from suyuan.api.operations import REQUESTS, SECONDS
from suyuan.api.problems import Wrong, respond, told
from suyuan.api.statuses import STATUS
from suyuan.api.types import NUMBER, AnyRequest
from suyuan.api.versions import require_spoken
from suyuan.kit import SuyuanError

Header = tuple[bytes, bytes]
Shown = Callable[[AnyRequest, Response[bytes]], Response[Any]]
"""A problem as whoever asks reads it: a program, or a person."""

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

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER = "other"
_LONGEST = 16 << 10
_TOO_LONG = 414
_ALLOW = b"allow"
_PACE = Pace()


def around(
    app: ASGIApp,
    epcis: Mapping[str, str],
    methods: Mapping[str, Sequence[str]],
    pace: Pace = _PACE,
    *,
    shown: Shown,
) -> ASGIApp:
    """The application with its requests numbered, measured, logged and its answers protected.

    `epcis` are the headers that answers of the EPCIS paths have besides; `methods` are those of
    each address's pattern, of which the framework tells only those of one handler; bodies arrive
    at that `pace`; what is refused before the application is asked is `shown`.
    """
    arrivals = Arrivals(pace, monotonic)
    every = _encoded(PROTECTION)
    of_epcis = [*every, *_encoded(epcis)]
    allow = {path: ", ".join(taken).encode() for path, taken in methods.items()}

    async def numbered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            is_epcis = is_of_epcis(scope["path"])
            answered = _Answers(of_epcis if is_epcis else every, allow, shown, is_epcis)
            with arrivals.one(scope, receive) as arrival:
                await _answer(scope, arrival, send, app=app, answers=answered)
        else:
            await app(scope, receive, send)

    return numbered


class _Answers(NamedTuple):
    """What answers have besides their own: headers, and the methods of an address's pattern.

    A refusal is `shown` as they would be.
    """

    headers: Sequence[Header]
    allow: Mapping[str, bytes]
    shown: Shown
    is_epcis: bool

    def of(self, scope: HTTPScope, own: Sequence[Header]) -> list[Header]:
        """The headers of an answer; where it tells methods, all that the address takes."""
        methods = dict(own).get(_ALLOW)
        found = [header for header in own if header[0] != _ALLOW]
        if methods is not None:
            # The framework knows nothing of HEAD, and at times of one handler only.
            whole = self.allow.get(str(scope.get("path_template")), methods)
            taken = {*whole.split(b", "), *([b"HEAD"] if b"GET" in whole.split(b", ") else [])}
            found.append((_ALLOW, b", ".join(sorted(taken))))
        said = {name for name, _ in found}  # by the answer itself, which knows better
        return [*found, *(header for header in self.headers if header[0] not in said)]


async def _answer(
    scope: HTTPScope, arrival: Arrival, send: Send, *, app: ASGIApp, answers: _Answers
) -> None:
    number, begin, method = secrets.token_hex(6), perf_counter(), str(scope["method"])
    scope[NUMBER] = number  # type: ignore[literal-required]  # a key of ours, as ASGI allows
    if method == "HEAD":  # GET without the body (RFC 9110 §9.3.2), whatever the route
        scope["method"] = "GET"

    async def answering(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = answers.of(
                scope, [(name.lower(), value) for name, value in message["headers"]]
            )
            late = [(b"connection", b"close")] if arrival.is_late else []
            message["headers"] = [*headers, (b"x-request-id", number.encode()), *late]
            _observe(scope, method, message["status"], perf_counter() - begin)
        elif method == "HEAD" and message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    refusal = _refusal(scope, answers)
    await (refusal or app)(scope, arrival.receive, answering)


def _is_too_long(scope: HTTPScope) -> bool:
    return len(scope["path"]) + len(scope["query_string"]) > _LONGEST


def _refusal(scope: HTTPScope, answers: _Answers) -> ASGIApp | None:
    """What answers instead of the application, where it is not to be asked at all."""
    request: AnyRequest = Request(scope)
    if _is_too_long(scope):
        said = STATUS[_TOO_LONG].detail
        wrong = Wrong(status=_TOO_LONG, rule="http.414", text=said, place="URL")
        return answers.shown(request, respond(request, wrong)).to_asgi_response(None, request)
    if (
        answers.is_epcis and scope["method"] != "OPTIONS"
    ):  # which says what is spoken, to whoever asks
        try:
            require_spoken(request.headers)
        except SuyuanError as error:
            return told(request, error).to_asgi_response(None, request)
    return None


def _encoded(headers: Mapping[str, str]) -> list[Header]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _observe(scope: HTTPScope, method: str, status: int, seconds: float) -> None:
    path = scope.get("path_template") or _OTHER
    known = method if method in _METHODS else _OTHER
    REQUESTS.labels(known, path, str(status)).inc()
    SECONDS.labels(path).observe(seconds)
    _LOG.info(
        "request",
        request=scope.get(NUMBER, ""),
        method=known,
        path=path,
        status=status,
        ms=round(seconds * 1000, 1),
    )

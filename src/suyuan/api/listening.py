"""WebSocket on `/queries/{name}/events` (EPCIS 2.0 §12.7.6): events as they are recorded.

What is wrong with the request is a problem in answer to the handshake; later it is a message, and
the connection ends. A page of another site may not listen with a browser's kept password.
"""

import asyncio
from contextlib import ExitStack, suppress
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Response, WebSocket, websocket
from litestar.concurrency import sync_to_thread
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath
from litestar.types.asgi_types import WebSocketResponseBodyEvent, WebSocketResponseStartEvent

from suyuan.api import forms
from suyuan.api.body import foreign
from suyuan.api.problems import told
from suyuan.api.readers import account_of, platform_of
from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import joined
from suyuan.notify.types import Subscription, SubscriptionError
from suyuan.service import Asking, hear, listening

Socket = WebSocket[Any, Any, Any]

FIELDS: Final = ("second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek")
PARAMETERS: Final = ("stream", *FIELDS, "reportIfEmpty", "initialRecordTime")
"""What the address of a WebSocket may say."""

_LOOK: Final = 25  # turns between two looks whether one may still listen
_PATIENCE: Final = 60.0  # seconds for one message to be taken
_DENIAL: Final = "websocket.http.response"
_REFUSED, _SLOW = 1008, 1013
_TRUTHS: Final = {"true": True, "false": False}

_UNKNOWN: Final = Text(
    "WebSocket 没有参数 “{name}”；可用：{known}。",
    "A WebSocket has no parameter '{name}'; use these: {known}.",
)
_VALUE: Final = Text(
    "“{name}” 须为 true 或 false，且只给一次。", "'{name}' must be true or false, and given once."
)
_NEVER: Final = Text(
    "没有说何时推送：请给 stream=true（一有即推），或用 {fields} 给出时间，如 hour=1；"
    "stream=false 只可与时间同用。",
    "It does not say when to tell: give stream=true (at once), or times by {fields}, such as "
    "hour=1; stream=false is only for beside these.",
)
_BOTH: Final = Text(
    "stream=true（一有即推）不能与 “{name}” 同用；请去掉其一。",
    "stream=true (told at once) cannot stand beside '{name}'; leave one of them out.",
)
_TWICE: Final = Text("“{name}” 给了两次。", "'{name}' is given twice.")


@websocket("/queries/{name:str}/events")
async def listen(socket: Socket, name: FromPath[str]) -> None:
    """What a named query finds, from now on or from initialRecordTime."""
    with ExitStack() as ending:
        try:
            one = await sync_to_thread(_listener, socket, name, ending)
        except SuyuanError as error:
            await _deny(socket, told(socket, error))
            return
        since = one.initial or one.made_at
        await socket.accept(headers={"GS1-Query-Min-Record-Time": since.isoformat()})
        with suppress(WebSocketDisconnect):
            await _tell(socket, one)


def _listener(socket: Socket, name: str, ending: ExitStack) -> Subscription:
    """The listener that a handshake asks for, until `ending` ends."""
    _require_own_page(socket)
    viewer = account_of(socket).viewer
    context = listening(platform_of(socket), name, _asked(socket), viewer)
    return ending.enter_context(context)


async def _tell(socket: Socket, one: Subscription) -> None:
    """Send what there is, until the other side goes or may not listen any more."""
    platform = platform_of(socket)
    gone = asyncio.ensure_future(_until_gone(socket))
    try:
        for turn in count():
            if gone.done():
                return
            heard = await sync_to_thread(hear, platform, one, looks=turn % _LOOK == 0)
            one = heard.listener
            if heard.document is not None:
                await asyncio.wait_for(socket.send_text(heard.document.decode()), _PATIENCE)
            if not heard.is_more:
                await asyncio.wait({gone}, timeout=platform.config.follow_every)
    except SuyuanError as error:
        await socket.send_text(told(socket, error).content.decode())
        await socket.close(code=_REFUSED)
    except TimeoutError:
        await socket.close(code=_SLOW)
    finally:
        gone.cancel()


async def _until_gone(socket: Socket) -> None:
    """Wait for the end of a connection; whatever is said meanwhile has no meaning."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        continue


async def _deny(socket: Socket, problem: Response[bytes]) -> None:
    """Answer a handshake by a problem, where the server can; else by the end."""
    if _DENIAL not in (socket.scope.get("extensions") or {}):
        await socket.close(code=_REFUSED)
        return
    headers = {**problem.headers, "Content-Type": str(problem.media_type)}
    start: WebSocketResponseStartEvent = {
        "type": "websocket.http.response.start",
        "status": problem.status_code or 500,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    await socket.send(start)
    body: WebSocketResponseBodyEvent = {
        "type": "websocket.http.response.body",
        "body": problem.content,
        "more_body": False,
    }
    await socket.send(body)


def _asked(socket: Socket) -> Asking:
    """What the address asks for.

    Raises:
        SubscriptionError: a parameter that there is not, or that cannot be understood.
    """
    said: dict[str, str] = {}
    for name, value in socket.query_params.multi_items():
        if name not in PARAMETERS:
            shown = privacy.quoted(name)
            text = _UNKNOWN.format(name=shown, known=", ".join(PARAMETERS))
            raise SubscriptionError("subscription.parameter", text, shown)
        if name in said:
            raise SubscriptionError("subscription.parameter", _TWICE.format(name=name), name)
        said[name] = value
    schedule: dict[str, str] = {name: said[name] for name in FIELDS if name in said}
    return Asking(
        dest="",
        stream=_streams(said, schedule) or None,
        schedule=schedule or None,
        report_if_empty=_truth(said, "reportIfEmpty"),
        initial=said.get("initialRecordTime"),
        spelling=forms.spelling_to_come(socket),
    )


def _streams(said: dict[str, str], times: dict[str, str]) -> bool:
    """Whether it is told at once, else at times.

    Raises:
        SubscriptionError: neither, or both.
    """
    at_once = _truth(said, "stream")
    if not at_once and not times:
        text = _NEVER.format(fields=joined(FIELDS))
        raise SubscriptionError("subscription.way", text, "stream")
    if at_once and times:
        raise SubscriptionError("subscription.way", _BOTH.format(name=next(iter(times))), "stream")
    return at_once


def _truth(said: dict[str, str], name: str) -> bool:
    value = _TRUTHS.get(said.get(name, "false"))
    if value is None:
        raise SubscriptionError("subscription.parameter", _VALUE.format(name=name), name)
    return value


def _require_own_page(socket: Socket) -> None:
    """A browser says which page asks (RFC 6455 §10.2), and sends what it kept for this site."""
    origin = socket.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != socket.headers.get("host"):
        raise foreign("Origin")


handlers = (listen,)

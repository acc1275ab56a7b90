"""Takes what a request receives; gives it on while its body comes fast enough and has room.

A large body may be held in memory whole, and anybody can send one. So few are on their way at once,
of one caller fewer still, and none stays that does not come. What is unpacked into a file piece by
piece, as documents are, needs no place.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, cast

from litestar.handlers import HTTPRouteHandler
from litestar.types import HTTPReceiveMessage, Receive, Scope
from msgspec import Struct

from suyuan.kit import BusyError, SuyuanError, Text
from suyuan.kit.addresses import network_of

_BUSY: Final = Text(
    "正在接收的大文件太多；请稍后再发。",
    "Too many large contents are arriving just now; send this one again later.",
)
_LATE: Final = Text(
    "内容来得太慢：{idle} 秒没有来，或平均每秒不到 {least} 字节；已断开，什么也没有做。",
    "The content came too slowly: nothing for {idle} s, or less than {least} bytes a second; "
    "the connection was closed and nothing was done.",
)


class Pace(Struct, frozen=True, kw_only=True):
    """How bodies may arrive.

    `idle` seconds without a byte and, after `grace` seconds, `least` bytes a second: slower ends
    it. A body of more than `large` bytes holds one of `places`, one caller at most `each`.
    """

    idle: float = 20.0
    grace: float = 30.0
    least: int = 32 << 10
    large: int = 256 << 10
    places: int = 16
    each: int = 4


class LateError(SuyuanError):
    """A body that does not come."""

    cure: Final = Text(
        "请在较好的网络上重发，或发送较小的文件。",
        "Send it again over a better network, or send less.",
    )


class Arrivals:
    """The bodies on their way to one application; for its one event loop."""

    def __init__(self, pace: Pace, clock: Callable[[], float]) -> None:
        self.pace, self.clock = pace, clock
        self._held: Counter[str] = Counter()

    @contextmanager
    def one(self, scope: Scope, receive: Receive) -> Iterator["Arrival"]:
        """A request's body while it is answered; then its place is free."""
        arrival = Arrival(self, scope, receive)
        try:
            yield arrival
        finally:
            if arrival.has_place:
                self._held[arrival.caller] -= 1
                self._held += Counter()  # forgets those who hold none

    def take(self, caller: str) -> None:
        """A place for a large body.

        Raises:
            BusyError: there is none, or the caller has enough.
        """
        is_full = self._held.total() >= self.pace.places
        if is_full or self._held[caller] >= self.pace.each:
            raise BusyError("http.busy", _BUSY, "body")
        self._held[caller] += 1


class Arrival:
    """One body on its way."""

    def __init__(self, arrivals: Arrivals, scope: Scope, receive: Receive) -> None:
        self._arrivals, self._scope, self._receive = arrivals, scope, receive
        self._got, self._waited, self._is_whole = 0, 0.0, False
        client = scope["client"]
        self.caller = network_of(client[0]) if client else ""
        self.has_place = self.is_late = False

    async def receive(self) -> HTTPReceiveMessage:
        """The next message.

        Raises:
            LateError: it does not come (408).
            BusyError: the body is large, and there is no place for it.
        """
        if self._is_whole:  # what comes now is that the caller went away, if ever
            return cast("HTTPReceiveMessage", await self._receive())
        self._require_place(self._declared())
        message = await self._next()
        if message["type"] == "http.request":
            self._got += len(message["body"])
            self._is_whole = not message["more_body"]
            self._require_place(self._got)
        return message

    async def _next(self) -> HTTPReceiveMessage:
        """Only waiting counts: what the application does between two pieces is its own time."""
        pace, begun = self._arrivals.pace, self._arrivals.clock()
        left = min(pace.idle, pace.grace + self._got / pace.least - self._waited)
        try:
            message = await asyncio.wait_for(self._receive(), max(left, 0))
        except TimeoutError:
            self.is_late = True
            text = _LATE.format(idle=round(pace.idle), least=pace.least)
            raise LateError("http.late", text, "body", status=408) from None
        self._waited += self._arrivals.clock() - begun
        return cast("HTTPReceiveMessage", message)

    def _require_place(self, size: int) -> None:
        if size > self._arrivals.pace.large and not self.has_place and not self._is_spooled():
            self._arrivals.take(self.caller)
            self.has_place = True

    def _declared(self) -> int:
        length = dict(self._scope["headers"]).get(b"content-length", b"")
        return int(length) if length.isdigit() and len(length) < 20 else 0  # noqa: PLR2004 -- 64 bits

    def _is_spooled(self) -> bool:
        """Whether the operation counts its body itself, and holds a piece of it only."""
        handler: object = self._scope.get("route_handler")
        return (
            isinstance(handler, HTTPRouteHandler)
            and handler.resolve_request_max_body_size() is None
        )

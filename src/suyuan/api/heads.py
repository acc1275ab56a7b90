"""Takes connections; gives up those on which the head of a request does not come.

A body's pace is held elsewhere; whoever sends nothing, or a head letter by letter, would otherwise
hold one of the few connections for as long as they please.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class TimedHeads(H11Protocol):
    """The server's own protocol, whose connections wait `head_seconds` for the head of a request.

    For the first from when it was made, for others from the answer before.
    """

    head_seconds = 20.0
    cycle: Any  # None before the first request, whatever the server says of it
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """As the server does it; the wait for a head begins."""
        super().connection_made(transport)
        self._wait()

    def on_response_complete(self) -> None:
        """As the server does it; the wait for the next head begins."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """As the server does it; nothing is waited for."""
        super().connection_lost(exc)
        if self._waiting is not None:
            self._waiting.cancel()

    def _wait(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self.loop.call_later(self.head_seconds, self._give_up)

    def _give_up(self) -> None:
        """Close it, unless a request is being answered or a listener took the connection over."""
        answered = self.cycle is None or self.cycle.response_complete
        if answered and self in self.connections:
            self.transport.close()

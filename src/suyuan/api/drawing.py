"""One address for people and for programs: who asks for HTML is given the page of an operation.

The pages are handed in by the web face; an operation without one gives its JSON to everybody.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from litestar import Response
from litestar.concurrency import sync_to_thread

from suyuan.api.types import AnyRequest

Drawn = Callable[[AnyRequest], Response[str]]
"""The page of an operation, for a person."""

SentDrawn = Callable[[AnyRequest], Awaitable[Response[str]]]
"""The page of an operation that takes a body; it reads the person's form by itself."""

DRAWN: Final = "drawn"
"""Under this key the state of the application has the pages, by operation id."""

HTML: Final = "text/html"


def drawn(request: AnyRequest, operation: str) -> Response[str] | None:
    """The page, where a browser asks and there is one."""
    if HTML not in request.headers.get("accept", ""):
        return None
    draw: Drawn | None = request.app.state[DRAWN].get(operation)
    return None if draw is None else draw(request)


def page_before(operation: str) -> Callable[[AnyRequest], Awaitable[Response[str] | None]]:
    """What draws the page of an operation before its parameters are read.

    A form sends every field, and leaves empty what nobody filled in; of a program an empty number
    or day is wrong. The names are the same.
    """

    async def before(request: AnyRequest) -> Response[str] | None:
        return await sync_to_thread(drawn, request, operation)

    return before


async def sent_drawn(request: AnyRequest, operation: str) -> Response[str] | None:
    """The page for the form that a browser sent, where there is one."""
    if HTML not in request.headers.get("accept", ""):
        return None
    draw: SentDrawn | None = request.app.state[DRAWN].get(operation)
    return None if draw is None else await draw(request)


def varying(response: Response[bytes]) -> Response[bytes]:
    """A cache must keep the page and the JSON of one address apart."""
    response.headers["Vary"] = "Accept"
    return response

"""What the modules of this face share."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.types import Empty

from suyuan.kit.strictjson import parse


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON is read as strictly as a document: by place, no member twice."""

    async def json(self) -> Any:
        """The body as JSON; read once.

        Raises:
            JsonError: it is none, or not strictly; with line and column.
        """
        if self._json is Empty:
            self._json = parse(await self.body() or b"null")
        return self._json


AnyRequest = Request[Any, Any, Any]
AnyConnection = ASGIConnection[Any, Any, Any, Any]

NUMBER = "suyuan_request"
"""Under this key the scope of a request holds its number, for the log and for its reader."""

WHO = "suyuan_who"
"""Under this one, who asks, once that has been looked up."""

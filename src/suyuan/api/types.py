"""What the modules of this face share."""

from typing import Any

from litestar import Request

AnyRequest = Request[Any, Any, Any]

NUMBER = "suyuan_request"
"""Under this key the scope of a request holds its number, for the log and for its reader."""

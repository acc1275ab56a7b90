"""What the modules of this face share."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection

AnyRequest = Request[Any, Any, Any]
AnyConnection = ASGIConnection[Any, Any, Any, Any]

NUMBER = "suyuan_request"
"""Under this key the scope of a request holds its number, for the log and for its reader."""

WHO = "suyuan_who"
"""Under this one, who asks, once that has been looked up."""

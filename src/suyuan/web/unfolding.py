"""Takes a request; gives which part of its picture is to be unfolded, and the ways to the others.

They are plain links to the same page: nothing of the question is lost, and they can be handed on.
"""

from typing import Final

from suyuan.drawings.types import Href
from suyuan.web.render import Reader
from suyuan.web.request import AnyRequest

_OPEN: Final = "open"
_THERE: Final = "picture"
"""What of the page the browser goes to."""


def opened(request: AnyRequest) -> str:
    """The key of the part to unfold; "" is the whole."""
    return request.query_params.get(_OPEN, "")


def unfold_links(reader: Reader) -> Href:
    """From the key of a part to this page with that part unfolded, and nothing else changed."""
    return lambda key: f"{reader.here_with(**{_OPEN: key or None})}#{_THERE}"

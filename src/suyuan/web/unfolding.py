"""Takes a request; gives which part of its picture is to be unfolded, and the ways to the others.

They are plain links to the same page: nothing of the question is lost, and they can be handed on.
"""

from collections.abc import Collection, Sequence
from typing import Final, TypeVar

from suyuan.drawings.types import Holder, Href, Pictured
from suyuan.interchange.types import Answering
from suyuan.web.render import Reader
from suyuan.web.request import AnyRequest

_Named = TypeVar("_Named", Holder, str)
_OPEN: Final = "open"
_THERE: Final = "picture"
"""What of the page the browser goes to."""


def opened(request: AnyRequest, which: str = "") -> str:
    """The key of the part to unfold; "" is the whole. `which`: of one picture of several."""
    return request.query_params.get(_OPEN + which, "")


def unfold_links(reader: Reader, which: str = "") -> Href:
    """From the key of a part to this page with that part unfolded, and nothing else changed."""
    return lambda key: f"{reader.here_with(**{_OPEN + which: key or None})}#{_THERE}{which}"


def unfolded(order: Sequence[_Named], seen: Pictured | None) -> set[_Named] | None:
    """The holders in the part that is unfolded, `order` being theirs; None: it is the whole."""
    if seen is None or len(seen.trail) == 1:
        return None
    return {order[each] for each in seen.members}


def listed(told: Sequence[Answering], inside: Collection[Holder] | None) -> Sequence[Answering]:
    """Those who answer for it; of a part that is unfolded, those in it."""
    return told if inside is None else [e for e in told if (e.party, e.site) in inside]

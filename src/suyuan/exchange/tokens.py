"""Takes the place where a next page begins; gives a token for it that only this platform makes.

The seal binds it to the query and to who asked, so that a token made up, changed, or given to
somebody else opens nothing.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct, structs

from suyuan.exchange.query import EventQuery, QueryError
from suyuan.kit import Text
from suyuan.model import Viewer

_SEAL: Final = 16
_TOKEN = Text(
    "nextPageToken 不是本次查询给出的；请从第一页重新查询。",
    "The nextPageToken was not given for this query; ask again from the first page.",
)


class Place(Struct, frozen=True, kw_only=True):
    """Where a page begins: after `after` (and `at`, in order of time), never beyond `upto`.

    `upto` is the position that the first page was complete to, so that what is captured
    meanwhile changes no page; `given` counts what the pages before it held.
    """

    upto: int
    after: int = -1
    at: datetime | None = None
    given: int = 0


def written(place: Place, query: EventQuery, viewer: Viewer, *, secret: bytes) -> str:
    """The token of a place."""
    said = msgspec.json.encode(place)
    sealed = _seal(said, query, viewer, secret) + said
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def read(token: str, query: EventQuery, viewer: Viewer, *, secret: bytes) -> Place:
    """The place that a token names.

    Raises:
        QueryError: it was not given for this query and to this viewer.
    """
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        sealed = b""
    seal, said = sealed[:_SEAL], sealed[_SEAL:]
    if not hmac.compare_digest(seal, _seal(said, query, viewer, secret)):
        raise QueryError("query.token", _TOKEN, "nextPageToken")
    return msgspec.json.decode(said, type=Place)


def _seal(said: bytes, query: EventQuery, viewer: Viewer, secret: bytes) -> bytes:
    """What a query asks, without how it is paged, by whom, and the place: under our key."""
    asked = structs.replace(query, token=None, per_page=1)
    bound = msgspec.json.encode((asked, viewer), order="sorted")
    key = hashlib.sha256(b"page token\0" + secret).digest()
    return hmac.digest(key, hashlib.sha256(bound).digest() + said, "sha256")[:_SEAL]

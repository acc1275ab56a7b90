"""Takes the place where a next page begins; gives a token for it that only this platform makes.

The seal binds it to what was asked and by whom, so that a token made up, changed, or given to
somebody else opens nothing. It ends by itself (`LIFE`), and before that when its holder lets it go.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct, structs

from suyuan.exchange.query import EventQuery, QueryError
from suyuan.kit import Text
from suyuan.model import Viewer

LIFE: Final = timedelta(days=1)
"""How long a token holds (GS1-Next-Page-Token-Expires)."""

_MARK, _SEAL, _TIME = 8, 16, 8
_LONGEST: Final = 4_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)
_LAST: Final = 1 << 56  # microseconds that a date can be
_TOKEN = Text(
    "nextPageToken 不是本次查询给出的；请从第一页重新查询。",
    "The nextPageToken was not given for this query; ask again from the first page.",
)
_OVER = Text(
    "nextPageToken 已过期或已放弃；请从第一页重新查询。",
    "The nextPageToken is over, or was let go; ask again from the first page.",
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


def written(
    place: Place, query: EventQuery, viewer: Viewer, *, secret: bytes, now: datetime
) -> str:
    """The token of a place in the answer to a query."""
    return sealed(msgspec.json.encode(place), _bound(query, viewer), secret=secret, now=now)


def read(token: str, query: EventQuery, viewer: Viewer, *, secret: bytes, now: datetime) -> Place:
    """The place that a token names.

    Raises:
        QueryError: it was not given for this query and to this viewer, or is over.
    """
    said = opened(token, _bound(query, viewer), secret=secret, now=now)
    return msgspec.json.decode(said, type=Place)


def sealed(said: bytes, bound: bytes, *, secret: bytes, now: datetime) -> str:
    """A token that says this, bound to what was asked."""
    ends = ((now + LIFE - _EPOCH) // _TICK).to_bytes(_TIME)
    key = _key(secret)
    inner = _seal(key, bound, ends + said) + ends + said
    mark = hmac.digest(key, b"mark" + inner, "sha256")[:_MARK]
    return base64.urlsafe_b64encode(mark + inner).rstrip(b"=").decode()


def opened(token: str, bound: bytes, *, secret: bytes, now: datetime) -> bytes:
    """What a token says.

    Raises:
        QueryError: it was not given for what is asked, or is over.
    """
    inner = _inner(token)[_MARK:]
    seal, rest = inner[:_SEAL], inner[_SEAL:]
    is_same = hmac.compare_digest(seal, _seal(_key(secret), bound, rest))
    if not (is_same and is_ours(token, secret=secret)):
        raise QueryError("query.token", _TOKEN, "nextPageToken")
    if _time(rest[:_TIME]) <= now:
        raise over()
    return rest[_TIME:]


def is_ours(token: str, *, secret: bytes) -> bool:
    """Whether this platform made a token, for whatever it was."""
    found = _inner(token)
    mark, inner = found[:_MARK], found[_MARK:]
    wanted = hmac.digest(_key(secret), b"mark" + inner, "sha256")[:_MARK]
    return len(inner) >= _SEAL + _TIME and hmac.compare_digest(mark, wanted)


def ends_of(token: str) -> datetime:
    """When a token that this platform made is over."""
    return _time(_inner(token)[_MARK + _SEAL :][:_TIME])


def over() -> QueryError:
    """A token that was good once."""
    return QueryError("query.token-over", _OVER, "nextPageToken")


def _inner(token: str) -> bytes:
    if len(token) > _LONGEST:
        return b""
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return b""


def _time(said: bytes) -> datetime:
    return _EPOCH + min(int.from_bytes(said), _LAST) * _TICK


def _key(secret: bytes) -> bytes:
    return hashlib.sha256(b"page token\0" + secret).digest()


def _seal(key: bytes, bound: bytes, rest: bytes) -> bytes:
    return hmac.digest(key, hashlib.sha256(bound).digest() + rest, "sha256")[:_SEAL]


def _bound(query: EventQuery, viewer: Viewer) -> bytes:
    """What a query asks, without how it is paged, and by whom."""
    asked = structs.replace(query, token=None, per_page=1)
    return msgspec.json.encode((asked, viewer), order="sorted")

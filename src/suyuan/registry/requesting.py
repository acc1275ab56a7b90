"""Orders for codes that come with a key: one sent again, its answer lost, gets what it got."""

from datetime import datetime
from typing import Final

from suyuan.kit import Text
from suyuan.model import Capturer
from suyuan.registry import issuing, waiting
from suyuan.registry.entitling import IssuingError
from suyuan.registry.issuing import Package
from suyuan.registry.types import Request
from suyuan.store import Queries, WriteConnection

_Q: Final = Queries(__package__)

_OTHER = Text(
    "Idempotency-Key “{key}” 已用于另一份订单；新的订单请换一个。",
    "The Idempotency-Key '{key}' was used for another order; a new order needs a new one.",
)


def answered(conn: WriteConnection, asked: Request, capturer: Capturer) -> Package | None:
    """The package that the order got before; who sends it twice at once waits for the first.

    Raises:
        IssuingError: the key was another order's (409).
    """
    row = {"account": capturer.account, "key": asked.key}
    waiting.wait(conn, _Q.lock_request, f"{capturer.account}:{asked.key}")
    found = conn.execute(_Q.request, row).fetchone()
    if found is None:
        return None
    package, digest = found
    if bytes(digest) != asked.digest:
        text = _OTHER.format(key=asked.key)
        raise IssuingError("issuing.key-used", text, "Idempotency-Key", status=409)
    return issuing.packages(conn, capturer.party, tenant=capturer.tenant, only=package)[0]


def keep(
    conn: WriteConnection, asked: Request, package: Package, capturer: Capturer, *, now: datetime
) -> None:
    """Keep what the order got."""
    row = {
        "account": capturer.account,
        "key": asked.key,
        "digest": asked.digest,
        "package": package.id,
        "at": now,
    }
    conn.execute(_Q.add_request, row)

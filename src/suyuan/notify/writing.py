"""Takes what is to be told; gives the bytes of a message: events, or why there are no more."""

import re
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from suyuan.kit import SuyuanError
from suyuan.notify.types import Subscription
from suyuan.registry import entitling
from suyuan.store import ReadConnection, Store
from suyuan.wire import Form, Limits, Spelling, Wanted, convert

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
_IMPLEMENTATION: Final = "epcisException:ImplementationException"
# What was once taken is given back: an event grows when it is written in another form.
_LIMITS: Final = Limits(
    document_bytes=4 << 30, event_bytes=64 << 20, events=1_000_000, depth=200, text=16 << 20
)


_PREFIX: Final = re.compile(r"\d{6,12}", re.ASCII)


class Written(Struct, frozen=True):
    """A document as it is sent, and how many places of it could not be spelled as wanted."""

    document: bytes
    losses: int


def written(store: Store, document: bytes, one: Subscription, *, at: datetime) -> Written:
    """A document with its identifiers as the subscriber wants them.

    A link says nothing of where its company prefix ends: known are those that URNs of the same
    document mark off and those that were on file when the message was made. Where none fits, the
    link stays and is counted, since a delivery cannot be refused half-way.
    """
    if one.spelling is not Spelling.URN:
        return respelled(document, one.spelling, at=at)
    with store.read() as conn:
        prefixes = _on_file(conn, one.tenant, at)
    return respelled(document, one.spelling, at=at, prefixes=prefixes)


def respelled(
    document: bytes, spelling: Spelling, *, at: datetime, prefixes: frozenset[str] = frozenset()
) -> Written:
    """A document with its identifiers in a spelling; as it is if an event would be left out."""
    if spelling is Spelling.AS_SENT:
        return Written(document, 0)
    created = at.isoformat(timespec="seconds")
    wanted = Wanted(form=Form.JSON, created=created, spelling=spelling, prefixes=prefixes)
    pieces = list(convert(document, wanted, limits=_LIMITS).pieces)
    if refused := sum(bool(piece.refused) for piece in pieces):
        return Written(document, refused)
    return Written(
        b"".join(piece.data for piece in pieces), sum(len(piece.losses) for piece in pieces)
    )


def _on_file(conn: ReadConnection, tenant: int, at: datetime) -> frozenset[str]:
    """The company prefixes on file before then, so that a second try is equal to the first."""
    return frozenset(
        each.number
        for each in entitling.entitlements(conn, tenant=tenant)
        if each.kind == "gs1_company_prefix"
        and not each.withdrawn
        and (each.at is None or each.at < at)
        and _PREFIX.fullmatch(each.number)
    )


def problem(error: SuyuanError) -> bytes:
    """Problem details (RFC 9457), as an answer to a query would have them."""
    return msgspec.json.encode(
        {
            "type": getattr(error, "epcis", _IMPLEMENTATION),
            "title": error.text.en,
            "status": error.status,
            "detail": error.text.en,
            "detail_zh": error.text.zh,
            "detail_en": error.text.en,
            "place": error.place,
            "rule": error.code,
        }
    )

"""Takes what is to be told; gives the bytes of a message: events, or why there are no more."""

from datetime import datetime
from typing import Final

import msgspec

from suyuan.kit import SuyuanError
from suyuan.wire import Form, Limits, Spelling, Wanted, convert

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
_IMPLEMENTATION: Final = "epcisException:ImplementationException"
# What was once taken is given back: an event grows when it is written in another form.
_LIMITS: Final = Limits(
    document_bytes=4 << 30, event_bytes=64 << 20, events=1_000_000, depth=200, text=16 << 20
)


def respelled(document: bytes, spelling: Spelling, *, at: datetime) -> bytes:
    """A document with its identifiers as they were wanted."""
    if spelling is Spelling.AS_SENT:
        return document
    created = at.isoformat(timespec="seconds")
    wanted = Wanted(form=Form.JSON, created=created, spelling=spelling)
    return b"".join(piece.data for piece in convert(document, wanted, limits=_LIMITS).pieces)


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

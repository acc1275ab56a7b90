"""Which events are the same: (tenant, capturer, eventID, declaration time or none).

Two organisations may use one eventID, and an error declaration shares the id of the event
it declares wrong (EPCIS 2.0 §7.4.1.2), so neither alone is an identity.
"""

import hashlib
from uuid import UUID

from suyuan.model import Capturer, Event

_SIZE = 16


def identity_of(event: Event, capturer: Capturer) -> bytes:
    """The 128 bits that name an event within the installation; its id must be there."""
    declared = event.error.declaration_time.isoformat() if event.error is not None else ""
    return _hash(str(capturer.tenant), capturer.party, event.event_id or "", declared)


def original_of(event: Event, capturer: Capturer) -> bytes:
    """The identity of the event that an error declaration speaks of."""
    return _hash(str(capturer.tenant), capturer.party, event.event_id or "", "")


def conflicting(identity: bytes, digest: bytes) -> bytes:
    """The identity under which other content with a known identity is kept."""
    return hashlib.sha256(b"conflict\0" + identity + digest).digest()[:_SIZE]


def made_event_id(capturer: Capturer, request: str, index: int) -> str:
    """An id for an event sent without one: the same request and place, the same id (RFC 9562)."""
    digest = bytearray(_hash(str(capturer.tenant), capturer.party, request, str(index)))
    digest[6] = 0x80 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return UUID(bytes=bytes(digest)).urn


def _hash(*parts: str) -> bytes:
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).digest()[:_SIZE]

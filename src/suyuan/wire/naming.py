"""Both names of every event of a document: the CBV hash id, and the digest of what it means."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from suyuan.codes.types import RESOLVERS
from suyuan.model import Finding, Severity
from suyuan.wire.document import read_document
from suyuan.wire.event import read_sent, sent_event
from suyuan.wire.event_hash import event_hash
from suyuan.wire.normal import digest
from suyuan.wire.types import Limits, Mode
from suyuan.wire.xml_event import is_xml
from suyuan.wire.xml_header import IGNORED

_LIMITS: Final = Limits()


class Named(Struct, frozen=True, kw_only=True):
    """One event by its place in the list; `problem` says why it has no digest (32 bytes).

    An event that cannot be read for what it means may still have a hash id, which asks less.
    """

    index: int
    event_id: str | None
    cbv: str | None
    digest: bytes | None
    problem: Finding | None = None


def name_events(
    data: bytes,
    *,
    capturer: str,
    resolvers: frozenset[str] = RESOLVERS,
    limits: Limits = _LIMITS,
) -> Iterator[Named]:
    """The names of a document's events, in its order; lenient, nothing is judged.

    Raises:
        DocumentError: no document that could have events.
    """
    document = read_document(data, limits=limits)
    ignored = frozenset(document.fields.get(IGNORED, ())) if is_xml(document.head) else frozenset()
    for raw in document.events:
        sent = sent_event(raw, mode=Mode.LENIENT, limits=limits)
        got = read_sent(
            sent, document.context, capturer=capturer, mode=Mode.LENIENT, resolvers=resolvers
        )
        members = sent.members
        yield Named(
            index=raw.index,
            event_id=_event_id(members),
            cbv=event_hash(members, document.context, ignored=ignored) if members else None,
            digest=None if got.event is None else digest(got.event),
            problem=next((one for one in got.findings if one.severity is Severity.REFUSE), None),
        )


def _event_id(sent: dict[str, Any]) -> str | None:
    given = sent.get("eventID")
    return given if isinstance(given, str) else None

"""Takes a document; gives what the law of a day finds in it, and records nothing.

It is judged by itself: what registry and record know of its parties and things is not asked, so
the rules that need them stay silent. `unasked` counts those that spoke of an event's step.
"""

from datetime import date, datetime

from msgspec import Struct

from suyuan.check import judge_event
from suyuan.codes.types import RESOLVERS
from suyuan.families import Families, Knowledge, asks_elsewhere
from suyuan.model import Finding, Verdict, verdict_of
from suyuan.service.ruling import division_name, named_family
from suyuan.wire import Document, DocumentError, Mode, read_document, read_event
from suyuan.wire.types import RawEvent

_NOBODY = "urn:suyuan:party:unknown"


class CheckedEvent(Struct, frozen=True, kw_only=True):
    """One event: where it stands in the document, as what it was judged, and what was found.

    `unasked` is how many rules of its step ask what only a registry or record knows.
    """

    index: int
    verdict: Verdict
    family: str | None = None
    step: str | None = None
    kind: str | None = None
    findings: tuple[Finding, ...] = ()
    unasked: int = 0


class Checked(Struct, frozen=True, kw_only=True):
    """A document judged; one that cannot be read is refused and has no events.

    `notes` are about the document as a whole.
    """

    verdict: Verdict
    notes: tuple[Finding, ...] = ()
    events: tuple[CheckedEvent, ...] = ()


class _By(Struct, frozen=True):
    """By what a document is judged; `on` None: each event by the law of its own day."""

    families: Families
    family: str | None
    on: date | None
    now: datetime
    division: str
    mode: Mode
    resolvers: frozenset[str]


def check_document(  # noqa: PLR0913 -- by what it is judged, given by name
    families: Families,
    data: bytes,
    *,
    now: datetime,
    family: str | None = None,
    on: date | None = None,
    division: str = "",
    strict: bool = False,
    resolvers: frozenset[str] = RESOLVERS,
) -> Checked:
    """What would be found in an EPCIS document; `family` is for events that name none.

    `division` (GB/T 2260) is where it happened: its own rules are judged by too. `resolvers` are
    the hosts whose links are identifiers, as when it is captured.

    Raises:
        SuyuanError: there is no such family or division (404).
    """
    if family is not None:
        named_family(families, family)
    if division:
        division_name(division)
    mode = Mode.STRICT if strict else Mode.LENIENT
    try:
        document = read_document(data, mode=mode)
    except DocumentError as error:
        return Checked(verdict=Verdict.REFUSED, notes=(error.finding,))
    by = _By(families, family, on, now, division, mode, resolvers)
    events = tuple(_event(raw, document, by) for raw in document.events)
    found = (*document.notes, *(each for one in events for each in one.findings))
    gravest = verdict_of(found)
    return Checked(verdict=gravest, notes=document.notes, events=events)


def _event(raw: RawEvent, document: Document, by: _By) -> CheckedEvent:
    read = read_event(raw, document.context, capturer=_NOBODY, mode=by.mode, resolvers=by.resolvers)
    if read.event is None:
        return CheckedEvent(index=raw.index, verdict=Verdict.REFUSED, findings=read.findings)
    event = by.families.naming(read.event, by.family)
    judged = judge_event(event, Knowledge(now=by.now, division=by.division), by.families, on=by.on)
    findings = (*read.findings, *judged.findings)
    return CheckedEvent(
        index=raw.index,
        verdict=verdict_of(findings),
        family=judged.family,
        step=judged.step,
        kind=judged.kind,
        findings=findings,
        unasked=_unasked(by.families, judged.family, judged.step),
    )


def _unasked(families: Families, family_id: str | None, step: str | None) -> int:
    family = families.family(family_id) if family_id else None
    if family is None:
        return 0
    rules = (rule for rule in family.rules if not rule.when.step or step in rule.when.step)
    return sum(asks_elsewhere(rule.require) for rule in rules)

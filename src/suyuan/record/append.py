"""Writes decided events: entries, what state remembers, and their leaves into the queue.

Rows go in binary COPY in the order of their identities. Two transactions that report the same
event meet at the unique index; were their orders different, each could wait for the other.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct, field
from psycopg.types.json import Jsonb

from suyuan import ledger, state
from suyuan.capture import Batch
from suyuan.kit import Text
from suyuan.kit.digest import Key64, sha256
from suyuan.ledger.types import TamperedError
from suyuan.model import Event
from suyuan.record.access import sites_named, tagger, tags_of
from suyuan.record.bodies import Press, press
from suyuan.record.decide import Decided
from suyuan.record.identity import original_of
from suyuan.record.leaves import Around, Kept, around, fields_of, tag_digits
from suyuan.record.read import event_keys
from suyuan.record.types import EVENT, EVENT_TYPES, STANDS, VERDICTS, Recorder
from suyuan.registry import Site, directory
from suyuan.registry.types import PLATFORM
from suyuan.state import comparing, plain
from suyuan.state.types import Charge, Withdrawal
from suyuan.store import Queries, WriteConnection, encoded
from suyuan.tlog.commitment import SECRET_BYTES, commit
from suyuan.wire import Document

_Q: Final = Queries(__package__)
_TYPES: Final = (
    "int8", "int4", "int2", "int4", "int2", "int2", "timestamptz", "int8", "bytea", "bytea",
    "uuid", "int4", "int8", "text", "text", "int8[]", "int4", "int4", "bytea", "bytea",
)  # fmt: skip
_TYPE_NUMBER: Final = {kind: number for number, kind in enumerate(EVENT_TYPES)}
_VERDICT_NUMBER: Final = {verdict: number for number, verdict in enumerate(VERDICTS)}
_UNKEPT: Final = Text(
    "数据库只收下 {sent} 条中的 {kept} 条：有触发器或规则在丢弃记录。什么也没有记录；"
    "请删去 record.entry 上不属于本程序的触发器和规则，再原样重发。",
    "The database kept {kept} of {sent:event|events}: a trigger or a rule drops them. Nothing was "
    "recorded; remove the triggers and rules of record.entry that are not this program's, and send "
    "it again as it is.",
)

Row = tuple[Any, ...]


def _keep_head(conn: WriteConnection, document: Document) -> int:
    """Keep the bytes around the events, once for all documents that share them."""
    row = {
        "digest": sha256(document.head),
        "body": document.head,
        "context": Jsonb(msgspec.to_builtins(document.context)),
    }
    (found,) = conn.execute(_Q.keep_head, row).fetchall()
    return int(found[0])


def draw_entries(conn: WriteConnection, count: int) -> list[int]:
    """So many numbers for entries, ascending; drawn when their things are locked."""
    return [int(row[0]) for row in conn.execute(_Q.draw_entries, {"count": count})]


def append(
    conn: WriteConnection,
    decided: Sequence[Decided],
    recorder: Recorder,
    *,
    batch: Batch,
    document: Document,
    entries: Sequence[int],
) -> None:
    """Record events, none of them refused, under their entry numbers in the given order.

    Raises:
        psycopg.errors.UniqueViolation: another transaction recorded one of them meanwhile.
        TamperedError: `record.unkept`, the database took fewer than it was given.
    """
    if not decided:
        return
    # Locks come in one order (request, things, permits, head, identities): no waiting in a circle.
    writer = _writer(conn, decided, recorder, batch=batch, document=document)
    made = zip(entries, decided, _secrets(recorder, len(entries)), strict=True)
    leaves = list[tuple[int, bytes]]()
    cursor = encoded.takes_encoded(conn.cursor())
    with cursor.copy(_Q.append) as copy:
        copy.set_types(_TYPES)
        write = copy.write_row
        for entry, one, secret in sorted(made, key=_identity):  # the database takes what is made
            row, commitment = writer.row(entry, one, secret)
            write(row)
            leaves.append((entry, commitment))
    if cursor.rowcount != len(decided):
        text = _UNKEPT.format(kept=cursor.rowcount, sent=len(decided))
        raise TamperedError("record.unkept", text, "record.entry", status=500)
    numbered = list(zip(entries, decided, strict=True))
    _remember(conn, numbered, recorder, batch=batch)
    ledger.enqueue(conn, leaves)


def _identity(made: tuple[int, Decided, bytes]) -> bytes:
    return made[1].fresh.item.identity


class _Writer(Struct, frozen=True, kw_only=True):
    """What the rows of one document share."""

    recorder: Recorder
    head: int
    number: int
    job: encoded.Uuid
    press: Press
    key: Key64
    completion: directory.Completion
    tenant: int
    reporter: str
    is_platform: bool
    around: Around
    tags: dict[tuple[Any, ...], tuple[encoded.Int8Array, bytes]] = field(default_factory=dict)

    def row(self, entry: int, one: Decided, secret: bytes) -> tuple[Row, bytes]:
        """The row of an event, and what its leaf commits to."""
        item, event = one.fresh.item, one.fresh.event
        tags, logged = _tags(event, one, self)
        body = self.press.pack(item.raw, item.normal, one.findings)
        row = (
            entry, self.tenant, EVENT, self.number, _TYPE_NUMBER[event.type],
            _VERDICT_NUMBER[one.verdict], event.event_time, self.key(event.event_id or ""),
            item.identity, item.digest, self.job, item.index, self.head, one.family, one.step,
            tags, len(item.raw), len(item.normal), body, secret,
        )  # fmt: skip
        return row, self._commitment(one, logged, secret)

    def _commitment(self, one: Decided, tags: bytes, secret: bytes) -> bytes:
        item = one.fresh.item
        kept = Kept(
            raw=item.raw,
            normal=item.normal,
            findings=one.findings,
            verdict=one.verdict,
            family=one.family,
            step=one.step,
            ordinal=item.index,
            tags=tags,
            debits=one.debits,
            left=_left(one, self.tenant, self.recorder.secret),
        )
        return commit(fields_of(kept, self.around), secret)


def _left(one: Decided, tenant: int, secret: bytes) -> comparing.Left:
    if one.past is None:
        return comparing.NOTHING
    return comparing.left_of(one.past, one.lines, tenant=tenant, secret=secret)


def _writer(
    conn: WriteConnection,
    decided: Sequence[Decided],
    recorder: Recorder,
    *,
    batch: Batch,
    document: Document,
) -> _Writer:
    capturer = batch.capturer
    named = [sites_named(one.fresh.event) for one in decided]
    homes = set() if all(named) else {capturer.party}
    head = _keep_head(conn, document)
    return _Writer(
        recorder=recorder,
        head=head,
        number=directory.party_number(conn, capturer.party, tenant=capturer.tenant),
        job=encoded.Uuid(UUID(batch.job).bytes),
        press=press(conn),
        key=event_keys(recorder.secret),
        completion=directory.completion(
            conn, tenant=capturer.tenant, sites=set[str]().union(*named), parties=homes
        ),
        tenant=capturer.tenant,
        reporter=capturer.party,
        is_platform=bool(homes) and _is_platform(conn, capturer.party, tenant=capturer.tenant),
        around=around(
            tenant=capturer.tenant,
            capturer=capturer.party,
            head=document.head,
            job=batch.job,
            received=batch.received,
        ),
    )


def _is_platform(conn: WriteConnection, party: str, *, tenant: int) -> bool:
    """Whether a party reports for others: nothing is inferred from its reporting."""
    known = directory.parties(conn, {party}, tenant=tenant).get(party)
    return known is not None and PLATFORM in known.roles


def _secrets(recorder: Recorder, count: int) -> list[bytes]:
    """A secret for each leaf, drawn in one go."""
    drawn = recorder.draw(SECRET_BYTES * count)
    return [drawn[at : at + SECRET_BYTES] for at in range(0, len(drawn), SECRET_BYTES)]


def _tags(event: Event, decided: Decided, writer: _Writer) -> tuple[encoded.Int8Array, bytes]:
    """The tags of an event, for its row and for its leaf.

    Those of the same parties at the same sites and step are made once.
    """
    asked = (
        event.sources, event.destinations, event.biz_location, event.read_point,
        _day(event) if writer.completion.sites or writer.completion.places else None,
        decided.family, decided.step,
    )  # fmt: skip
    known = writer.tags.get(asked)
    if known is None:
        made = _made_tags(event, decided, writer)
        known = writer.tags[asked] = encoded.int8_array(made), tag_digits(made)
    return known


def _made_tags(event: Event, decided: Decided, writer: _Writer) -> list[int]:
    families = writer.recorder.families
    family = families.family(decided.family) if families and decided.family else None
    return tags_of(
        event,
        reporter=writer.reporter,
        sites=_sites(event, writer),
        family=family,
        step=decided.step,
        tag=tagger(writer.recorder.secret),
    )


def _sites(event: Event, writer: _Writer) -> list[Site]:
    """The registered rows of the sites an event names, as of its local day.

    An event that names no place is at its reporter's only site, as the index completes it
    (docs/concepts/trace.md): its jurisdiction must not miss it. A platform's is not meant.
    """
    found = writer.completion
    if not (found.sites or found.places):
        return []
    day, named = _day(event), sites_named(event)
    if not named:
        home = found.home(writer.reporter, day) if _speaks_for_itself(event, writer) else None
        return [] if home is None else [home]
    return [site for uri in named if (site := found.site(uri, day)) is not None]


def _speaks_for_itself(event: Event, writer: _Writer) -> bool:
    """Whether what is reported is the reporter's own doing: nobody else alone is named for it."""
    ends = (*event.sources, *event.destinations)
    named = {ref.value for ref in ends if ref.type == "possessing_party"}
    return not writer.is_platform and (not named or writer.reporter in named)


def _day(event: Event) -> date:
    """The day of the event where it happened."""
    return (event.event_time + _shift(event.offset)).date()


@lru_cache(maxsize=256)
def _shift(offset: str) -> timedelta:
    """An offset such as +08:00 as a time span."""
    hours, _, minutes = offset[1:].partition(":")
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -span if offset.startswith("-") else span


def _remember(
    conn: WriteConnection,
    numbered: Sequence[tuple[int, Decided]],
    recorder: Recorder,
    *,
    batch: Batch,
) -> None:
    """Write what later judging may ask, and take back what is declared wrong."""
    capturer = batch.capturer
    changes = [
        state.Change(
            entry=entry,
            identity=original_of(one.fresh.event, capturer),
            past=one.past,
            lines=one.lines,
        )
        for entry, one in numbered
        if one.past is not None
    ]
    withdrawals = [
        Withdrawal(original_of(one.fresh.event, capturer), entry)
        for entry, one in numbered
        if one.fresh.event.error is not None and one.verdict in STANDS
    ]
    tenant, secret = capturer.tenant, recorder.secret
    state.apply(conn, changes, withdrawals=withdrawals, tenant=tenant, secret=secret)
    kept = [
        plain.Kept(
            entry=entry,
            event=one.fresh.event,
            identity=original_of(one.fresh.event, capturer),
            lines=one.kept,
        )
        for entry, one in numbered
        if one.kept
    ]
    plain.add(conn, kept, tenant=tenant, secret=secret)
    charges = [
        Charge(entry, original_of(one.fresh.event, capturer), one.debits)
        for entry, one in numbered
        if one.debits
    ]
    replaced = [Withdrawal(one.fresh.item.identity, entry) for entry, one in numbered if one.again]
    state.permits.settle(conn, charges, [*withdrawals, *replaced])

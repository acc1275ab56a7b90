"""What an entry's leaf commits to, made again from its rows; and whether the rows still say it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, NamedTuple

from msgspec import Struct, field

from suyuan.families import Debit
from suyuan.kit import Text
from suyuan.kit.clock import in_china
from suyuan.ledger import acts, leaves_after
from suyuan.ledger import strays as strayed
from suyuan.ledger.types import Leaf, microseconds
from suyuan.model import Capturer, Event, Verdict
from suyuan.record import decisions, overriding
from suyuan.record.bodies import Unpress
from suyuan.record.erasing import FIELD
from suyuan.record.identity import conflicting, identity_of, original_of
from suyuan.record.leaves import DEBITS, FORM, LEFT, Kept, around, fields_of, tag_digits
from suyuan.record.read import event_key
from suyuan.record.types import EVENT_TYPES, STANDS, VERDICTS, Fault, Recorded
from suyuan.registry import directory
from suyuan.state import comparing, permits
from suyuan.store import Queries, ReadConnection
from suyuan.tlog.commitment import SECRET_BYTES, commit, entry_of
from suyuan.wire import digest, event_from_normal

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 256
_FIRST: Final = 1
_OLDEST: Final = 0
"""Leaves of the first form from before debits were in it."""
_CHANGED: Final = Text(
    "位置 {position} 的事件 {event}：数据库中的内容不是存证时的内容（{what}）。",
    "Event {event} at position {position}: the database has not what was logged ({what}).",
)
_BESIDE: Final = Text(
    "{column} 现为“{now}”，而其内容为“{said}”", "{column} is '{now}', and its content says '{said}'"
)
_ACT: Final = Text(
    "位置 {position} 的第 {number} 个操作（{what}）不是存证时的内容：被改动。",
    "Act number {number} at position {position} ({what}) is not what was logged; it was altered.",
)
_RENUMBERED: Final = Text(
    "位置 {{position}} 的第 {number} 个操作（{{what}}）的编号（entry）被改动："
    "现存为第 {other} 个。",
    "The number (entry) of act number {number} at position {{position}} ({{what}}) was altered: it "
    "is kept as number {other} now.",
)
_GONE: Final = Text(
    "位置 {position} 的事件（或销毁决定）不在数据库中：已被删除。",
    "The event at position {position}, or decision to destroy some, is not in the database: it was "
    "deleted.",
)
_NO_ACT: Final = Text(
    "位置 {position} 的操作（第 {number} 个操作，记录于 {at}）不在数据库中：已被删除。",
    "The act at position {position} (act number {number}, recorded {at}) is not in the "
    "database: it was deleted.",
)
_DOUBLED: Final = Text(
    "位置 {position} 的事件 {event}（条目 {entry}）存了不止一次：它的行、报文或任务被重复写入。",
    "Event {event} at position {position} (entry {entry}) is stored more than once: its row, its "
    "document or its job was written again past the ledger.",
)
_TWO_ACTS: Final = Text(
    "位置 {position} 的操作（{what}）存了不止一次：它被绕过账本重复写入。",
    "The act at position {position} ({what}) is stored more than once: it was written again past "
    "the ledger.",
)
_UNPROVEN: Final = Text(
    "位置 {position}（条目 {entry}）没有密值，无从核对：它在有存证之前记录，或密值被删除。",
    "The entry {entry} at position {position} has no secret, so nothing can be said of it: it was "
    "recorded before there was a log, or its secret was deleted.",
)
_DEBITS: Final = Text(
    "位置 {position} 的事件 {event}：从许可和配额中扣减的数量没有存证：扣减行是后来加上的。",
    "Event {event} at position {position}: what it took from permits and quotas was not logged: "
    "the line was added since.",
)
_OLDER: Final = Text(
    "位置 {position} 的事件 {event}：它的叶是旧式的，那时扣减还没有存证，"
    "所以从许可和配额中扣减的数量无从核对；请与持证单位的台账核对。",
    "Event {event} at position {position}: its leaf is of an older form, from before what events "
    "take from permits and quotas was logged, so that cannot be verified; compare it with the "
    "holder's own books.",
)
_STATE: Final = Text(
    "位置 {position} 的事件 {event}：供以后判定的状态（{what}）不是由它推出的：被改动或删除。",
    "Event {event} at position {position}: what later judging goes by ({what}) is not what follows "
    "from it; it was changed or deleted.",
)
_STRAY: Final = Text(
    "条目 {entry} 没有进入账本：它是绕过账本写入的，或其叶记录被删除。",
    "Entry {entry} is not in the ledger: it was written past it, or its leaf was deleted.",
)

_STRAY_ACT: Final = Text(
    "第 {number} 个操作（{what}）没有进入账本：它是绕过账本写入的，或其叶记录被删除。",
    "Act number {number} ({what}) is not in the ledger: it was written past it, or its leaf was "
    "deleted.",
)


class Testimony(Struct, frozen=True, kw_only=True):
    """The fields that an entry's leaf should commit to, the secret of their salts, and the leaf.

    `logged` are the 65 bytes that the log has there.
    """

    fields: dict[str, bytes]
    secret: bytes
    logged: bytes


class _Logged(NamedTuple):
    """A row of the statement `logged`: a leaf, and its entry with all around it, if it is there."""

    position: int
    entry: int | None
    tenant: int
    capturer: int
    verdict: int
    event_key: int
    digest: bytes
    job: Any
    ordinal: int
    head: int
    family: str | None
    step: str | None
    tags: list[int]
    raw_length: int
    normal_length: int
    body: bytes
    secret: bytes | None
    type: int
    event_time: datetime
    identity: bytes
    head_body: bytes
    received: datetime
    commitment: bytes
    at: datetime
    leaf_entry: int


class _Beside(NamedTuple):
    """What stands beside entries: parties by number, what each took from permits and left.

    `left` is what later judging goes by, which an override may have changed (`overridden`).
    """

    capturers: dict[int, str]
    taken: dict[int, tuple[Debit, ...]]
    left: dict[int, comparing.Left]
    overridden: dict[int, overriding.Standing]

    def judged(self, entry: int) -> comparing.Left:
        """What judging left of an entry when it came, to which its leaf commits."""
        decided = self.overridden.get(entry)
        return self.left.get(entry, comparing.NOTHING) if decided is None else decided.judged


class _Whole(Struct, frozen=True):
    """What is known of the whole log: its decisions, and acts without a leaf.

    `strays` are those acts by commitments, `kinds` what each is; `found` are entries whose own
    leaf was found, so that they are told of there.
    """

    decided: decisions.Decisions
    strays: dict[bytes, int]
    kinds: dict[int, str]
    found: set[int] = field(default_factory=set)


def testimony(conn: ReadConnection, recorded: Recorded) -> Testimony | None:
    """What was logged of an entry; None for one from before there were leaves."""
    (row,) = _logged(conn, recorded.position, recorded.position)
    if row.secret is None:
        return None
    names = {recorded.capturer_number: recorded.capturer}
    kept = _kept(row, Unpress(conn), _beside(conn, names, [recorded.entry]))
    fields, _ = _as_logged(row, kept, recorded.capturer)
    logged = entry_of(bytes(row.commitment), microseconds(row.at))
    return Testimony(fields=fields, secret=bytes(row.secret), logged=logged)


def standing(conn: ReadConnection, leaf: Leaf) -> Testimony | None:
    """What the rows of an event say of it now; None where they say nothing that could be logged."""
    for row in _logged(conn, leaf.position, leaf.position):
        if row.entry is None or row.secret is None:
            return None
        try:
            capturers = directory.party_uris(conn, {row.capturer})
            kept = _kept(row, Unpress(conn), _beside(conn, capturers, [row.entry]))
            fields, _ = _as_logged(row, kept, capturers[row.capturer])
        except Exception:  # noqa: BLE001 -- whatever is in the rows
            return None
        return Testimony(fields=fields, secret=bytes(row.secret), logged=leaf.logged)
    return None


def decision(conn: ReadConnection, leaf: Leaf) -> Testimony | None:
    """What was logged of the decision to destroy events whose leaf it is; None if it is none's."""
    for _, said, secret, *_ in conn.execute(_Q.erasures, {"number": leaf.entry}):
        return Testimony(fields={FIELD: bytes(said)}, secret=bytes(secret), logged=leaf.logged)
    return None


def access_digits(tags: Sequence[int]) -> str:
    """Access tags as the report of a leaf says them."""
    return tag_digits(tags).decode()


def _beside(conn: ReadConnection, capturers: dict[int, str], entries: Sequence[int]) -> _Beside:
    return _Beside(
        capturers,
        permits.taken(conn, entries),
        comparing.left(conn, entries),
        overriding.standing(conn, entries),
    )


def _logged(conn: ReadConnection, first: int, last: int) -> list[_Logged]:
    return [_Logged(*row) for row in conn.execute(_Q.logged, {"first": first, "last": last})]


def faults(
    conn: ReadConnection,
    size: int,
    *,
    secret: bytes,
    progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Fault]:
    """Every entry up to a position whose rows are not what its leaf commits to, in order.

    `secret` is that of the record (`Recorder.secret`); `progress` is told each position reached.
    """
    bodies = Unpress(conn, kept=True)
    beyond = acts.without_leaf(conn, limit=_AT_ONCE)
    strays = strayed.commitments(conn, [entry for entry, _ in beyond])
    whole = _Whole(decisions.read(conn), strays, dict(beyond))
    last = 0
    while (first := _next(conn, last)) <= size:  # the size may be anybody's
        last = min(first + _AT_ONCE - 1, size)
        yield from _between(conn, first, last, bodies, whole, secret)
        progress(last)
    unlogged = [entry for (entry,) in conn.execute(_Q.unlogged, {"limit": _AT_ONCE}).fetchall()]
    stray = [(entry, _STRAY.format(entry=entry)) for entry in unlogged]
    stray += [(entry, _STRAY_ACT.format(number=-entry, what=kind)) for entry, kind in beyond]
    for entry, text in stray:
        if entry not in whole.found | whole.decided.moved:
            yield Fault(position=None, entry=entry, event=None, code="record.unlogged", text=text)


def _next(conn: ReadConnection, position: int) -> int:
    """The position of the next leaf; beyond all where there is none."""
    return next((leaf.position for leaf in leaves_after(conn, position, limit=1)), 1 << 63)


def _between(
    conn: ReadConnection,
    first: int,
    last: int,
    bodies: Unpress,
    whole: _Whole,
    secret: bytes,
) -> Iterator[Fault]:
    """What is wrong between two positions, both included."""
    rows = _logged(conn, first, last)
    done = acts.acts(conn, first, last)
    yield from _acts(rows, done, whole)
    present = {row.capturer for row in rows if row.entry is not None}
    capturers = directory.party_uris(conn, present) if present else {}
    entries = [row.entry for row in rows if row.entry is not None]
    beside = _beside(conn, capturers, entries)
    remembered, before = list[comparing.Told](), 0
    for row in rows:
        if row.entry is None:
            yield from () if row.leaf_entry < 0 else _gap(row, whole)  # acts are told of already
            continue
        again = row.position == before and row.entry is not None
        fault = _fault(row, bodies, beside, secret, [] if again else remembered)
        if fault is not None:
            yield fault
        if again:
            yield _Found(row.position, row.leaf_entry).fault("record.doubled", _DOUBLED)
        before = row.position
    yield from _remembered(conn, rows, remembered, beside.overridden, secret)


def _gap(row: _Logged, whole: _Whole) -> Iterator[Fault]:
    """What is wrong where no event is: one was deleted, or a decision of its own was altered."""
    found, decided = _Found(row.position, row.leaf_entry), whole.decided
    if (what := decided.altered.get(row.position)) is not None:
        text = decisions.told(row.position, row.leaf_entry, what)
        yield found.fault("record.decision", text)
    elif row.position not in decided.explained:
        yield found.fault("record.deleted", decided.of_gap(row.position) or _GONE)


def _acts(rows: Sequence[_Logged], done: Sequence[acts.Act], whole: _Whole) -> Iterator[Fault]:
    """Acts that are not as they were logged, are gone, or are there twice."""
    met = set[int]()
    numbers = {row.position: -row.leaf_entry for row in rows}
    for act in done:
        found = _Found(act.position, -numbers[act.position])
        if not act.proven:
            yield found.fault("ledger.act", _ACT, what=act.kind)
        if act.position in met:
            yield found.fault("ledger.act", _TWO_ACTS, what=act.kind)
        met.add(act.position)
    for row in rows:
        if row.leaf_entry < 0 and row.position not in met:
            met.add(row.position)
            yield _act_gone(row, whole)


def _act_gone(row: _Logged, whole: _Whole) -> Fault:
    """An act that is not under its leaf's number: it is there under another, or was deleted."""
    if (other := whole.strays.get(bytes(row.commitment))) is not None:
        whole.found.add(other)
        text = _RENUMBERED.format(number=-row.leaf_entry, other=-other)
        found = _Found(row.position, row.leaf_entry)
        return found.fault("ledger.act", text, what=whole.kinds[other])
    text = _NO_ACT.format(position=row.position, number=-row.leaf_entry, at=in_china(row.at))
    return Fault(
        position=row.position,
        entry=row.leaf_entry,
        event=None,
        code="ledger.act-deleted",
        text=text,
    )


def _remembered(
    conn: ReadConnection,
    rows: Sequence[_Logged],
    told: Sequence[comparing.Told],
    overridden: Mapping[int, overriding.Standing],
    secret: bytes,
) -> Iterator[Fault]:
    """What is remembered otherwise of events that are as they were logged."""
    places = {row.entry: row.position for row in rows}
    events = {each.entry: each.event.event_id for each in told}
    unsealed = overriding.unsealed(told, overridden, secret)
    others = [each for each in told if each.entry not in unsealed]
    differing = comparing.differing(conn, others, secret=secret)
    for entry, table in chain(((entry, "state.event") for entry in sorted(unsealed)), differing):
        found = _Found(places[entry], entry)
        yield found.fault("state.differs", _STATE, event=events[entry], what=table)


def _fault(
    row: _Logged,
    bodies: Unpress,
    beside: _Beside,
    secret: bytes,
    remembered: list[comparing.Told],
) -> Fault | None:
    """What is wrong with an entry; if nothing, it joins those whose state is held against it."""
    found = _Found(row.position, row.leaf_entry)
    if row.entry is None:
        return found.fault("record.deleted", _GONE)
    if row.secret is None:
        return found.fault("record.unproven", _UNPROVEN)
    event: Event | None = None
    what: Text | str | None
    try:
        kept, capturer = _kept(row, bodies, beside), beside.capturers[row.capturer]
        event = event_from_normal(kept.normal)
        what = _differing(row, event, capturer, secret)
        _, form = _as_logged(row, kept, capturer)
        if form == _OLDEST:  # its rows say that it took something
            return found.fault("record.debits-older", _OLDER, event=event.event_id)
        if form is None:
            table = "record.override" if row.entry in beside.overridden else "state.event"
            return _unlike(found, row, kept, capturer, event.event_id, table)
    except Exception:  # noqa: BLE001 -- whatever is in the rows, it is not what was recorded
        what = "rows"
    else:
        if what is None:
            told = _told(row, event, capturer, kept.left if form == FORM else None)
            remembered.append(overriding.as_decided(told, beside.overridden, beside.left))
            return None
    name = event.event_id if event else None
    return found.fault("record.changed", _CHANGED, event=name, what=what)


def _unlike(
    found: "_Found", row: _Logged, kept: Kept, capturer: str, event: str | None, table: str
) -> Fault:
    """What is wrong with an entry whose rows give no leaf that is there, as far as one can tell.

    What judging left stands in `table`.
    """
    now = _fields(row, kept, capturer, FORM)
    if _is_committed(row, _without(now, DEBITS)):
        return found.fault("record.debits", _DEBITS, event=event)
    if _is_committed(row, _without(now, LEFT)):
        return found.fault("state.differs", _STATE, event=event, what=table)
    return found.fault("record.changed", _CHANGED, event=event, what="leaf")


def _without(fields: dict[str, bytes], gone: str) -> dict[str, bytes]:
    return {name: said for name, said in fields.items() if name != gone}


def _as_logged(row: _Logged, kept: Kept, capturer: str) -> tuple[dict[str, bytes], int | None]:
    """The fields that the leaf commits to, and its form; None if they give no form of it."""
    now = _fields(row, kept, capturer, FORM)
    if _is_committed(row, now):
        return now, FORM
    older = _fields(row, kept, capturer, _FIRST)
    for form, fields in ((_FIRST, older), (_OLDEST, _without(older, DEBITS))):
        if _is_committed(row, fields):
            return fields, form
    return now, None


def _told(row: _Logged, event: Event, capturer: str, left: comparing.Left | None) -> comparing.Told:
    verdict = VERDICTS[row.verdict]
    return comparing.Told(
        entry=row.entry or 0,
        tenant=row.tenant,
        reporter=capturer,
        event=event,
        identity=original_of(event, Capturer(tenant=row.tenant, account=0, party=capturer)),
        step=row.step,
        is_placed=row.family is not None and verdict is not Verdict.REFUSED,
        stands=verdict in STANDS,
        left=left,
    )


def _is_committed(row: _Logged, fields: dict[str, bytes]) -> bool:
    known = bytes(row.secret or b"")
    return len(known) == SECRET_BYTES and commit(fields, known) == bytes(row.commitment)


class _Found(NamedTuple):
    """Where something is wrong."""

    position: int
    entry: int | None

    def fault(
        self, code: str, text: Text, *, event: str | None = None, what: Text | str = ""
    ) -> Fault:
        """What is wrong there, in words."""
        said = text.format(
            position=self.position, entry=self.entry, number=-(self.entry or 0),
            event=event or f"#{self.entry}", what=what,
        )  # fmt: skip
        return Fault(position=self.position, entry=self.entry, event=event, code=code, text=said)


def _fields(row: _Logged, kept: Kept, capturer: str, form: int) -> dict[str, bytes]:
    about = around(
        tenant=row.tenant, capturer=capturer, head=bytes(row.head_body),
        job=row.job.urn, received=row.received, form=form,
    )  # fmt: skip
    return fields_of(kept, about)


def _kept(row: _Logged, bodies: Unpress, beside: _Beside) -> Kept:
    body = bodies.unpack(row.raw_length, row.normal_length, row.body)
    return Kept(
        raw=body.raw, normal=body.normal, findings=body.findings, verdict=VERDICTS[row.verdict],
        family=row.family, step=row.step, ordinal=row.ordinal, tags=tag_digits(row.tags),
        debits=beside.taken.get(row.entry or 0, ()),
        left=beside.judged(row.entry or 0),
    )  # fmt: skip


def _differing(row: _Logged, event: Event, capturer: str, secret: bytes) -> Text | None:
    """The first column beside the body that does not say what the body says, and what both say."""
    who = Capturer(tenant=row.tenant, account=0, party=capturer)
    own, content, identity = identity_of(event, who), digest(event), bytes(row.identity)
    wanted: dict[str, tuple[Any, Any]] = {
        "verdict": (row.verdict, row.verdict % len(VERDICTS)),  # from behind it would be one, too
        "event_key": (row.event_key, event_key(event.event_id or "", secret=secret)),
        "digest": (bytes(row.digest), content),
        "type": (row.type, EVENT_TYPES.index(event.type)),
        "event_time": (row.event_time, event.event_time),
        "identity": (identity, own if identity != conflicting(own, content) else identity),
    }
    for column, (now, said) in wanted.items():
        if now != said:
            return _BESIDE.format(column=column, now=_value(now), said=_value(said))
    return None


def _value(value: Any) -> str:
    """A value of a column as it is told; times of one moment alike."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)

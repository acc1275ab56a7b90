"""Takes the answers that documents got; gives those that the record belies, and names by entry."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from msgspec import structs

from suyuan.capture import EventResult, answers
from suyuan.kit import Text
from suyuan.kit.digest import Key64
from suyuan.record import refusing, testifying
from suyuan.record.bodies import Unpress
from suyuan.record.read import event_keys
from suyuan.record.types import VERDICTS, Fault
from suyuan.store import Queries, ReadConnection
from suyuan.wire import event_from_normal

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 1_000
"""Events whose bodies are held at once."""
_PLACE: Final = Text("第 {number} 个事件 {event}", "event {number}, {event}")
_SAID: Final = {
    "capture.answer": Text(
        "任务 {job}（{place}）：保存的处理结果不是当时记录的：被改动。",
        "Job {job} ({place}): the kept answer is not what was recorded then; it was changed.",
    ),
    "capture.counts": Text(
        "任务 {job} 的计数与各事件的结果不符：被改动。",
        "Job {job}: its counts are not those of its events' results; they were changed.",
    ),
    "capture.refused": Text(
        "任务 {job}（{place}）：退回的事件与处理结果不符：其一被改动或删除。",
        "Job {job} ({place}): what is kept of a refused event and the answer about it differ; one "
        "was changed or deleted.",
    ),
    "record.lost": Text(
        "任务 {job}（{place}，条目 {entry}）：已答复为记录在案，而记录和账本中都没有："
        "记录和日志的末尾被截去，或两处都被删除。",
        "Job {job} ({place}, entry {entry}): it was answered that this is on record, and neither "
        "the record nor the ledger has it; the end of both was cut off, or it was deleted from "
        "both.",
    ),
}
_ITS: Final = Text("{said}它说的是事件 {event}。", "{said} It says that it is event {event}.")
_BY_ANSWER: Final = Text(
    "{said}据其报文得到的答复，那是事件 {event}。",
    "{said} By the answer that its document got, it was event {event}.",
)
_ANSWER: Final = Text("整份结果", "all of it")
_SENDER: Final = Text(
    "任务 {job}（{place}）：现记为租户 {tenant} 的 {party} 所报，而存证的事件是"
    "租户 {its_tenant} 的 {its_party} 所报：任务的单位或租户被改动。",
    "Job {job} ({place}): it is kept as of {party} (tenant {tenant}), and the event was logged as "
    "reported by {its_party} (tenant {its_tenant}); the job's party or tenant was changed.",
)


class _On(NamedTuple):
    """What is on record under a number: a row of the statement `answered`."""

    verdict: int | None
    event_key: int
    job: UUID
    ordinal: int
    tenant: int
    party: str | None
    raw_length: int
    normal_length: int
    body: bytes
    has_leaf: bool


def _astray(
    conn: ReadConnection, wanted: Collection[int], names: dict[int, str], *, secret: bytes
) -> Iterator[Fault]:
    """Answers that contradict themselves or the record.

    `names` is given the event ids that answers have for the `wanted` entries.
    """
    key, bodies, strange = event_keys(secret), Unpress(conn), set[UUID]()
    for part in answers.answers(conn):
        for answer in part:
            yield from map(_contradicting, answers.contradictions(answer))
        said = [(each, one) for each in part for one in each.events or ()]
        said = [(answer, one) for answer, one in said if one.entry is not None]
        names |= {one.entry or 0: one.event_id for _, one in said
                  if one.event_id and one.entry in wanted}  # fmt: skip
        for begin in range(0, len(said), _AT_ONCE):
            yield from _held(conn, said[begin : begin + _AT_ONCE], key, bodies, strange)
    yield from map(_contradicting, answers.of_nothing(conn))


def _held(
    conn: ReadConnection,
    said: Sequence[tuple[answers.Answer, EventResult]],
    key: Key64,
    bodies: Unpress,
    strange: set[UUID],
) -> Iterator[Fault]:
    """Answers about events that are not as the record has them, and documents of another sender.

    `strange` are those that were told to be of another: once each.
    """
    asked = {"entries": list({one.entry for _, one in said})}
    rows = {row[0]: _On(*row[1:]) for row in conn.execute(_Q.answered, asked).fetchall()}
    for answer, one in said:
        row = rows[one.entry]
        if (code := _belied(answer.job, one, row, key, bodies)) is not None:
            yield _fault(code, answer.job, one.index, one.event_id, one.entry)
        is_another = row.verdict is not None and (row.tenant, row.party) != answer.sender
        if is_another and answer.job not in strange:
            strange.add(answer.job)
            yield _sender(answer, one, row)


def _sender(answer: answers.Answer, one: EventResult, row: _On) -> Fault:
    (tenant, party), at = answer.sender, _place(one.index, one.event_id)
    text = _SENDER.format(
        job=answer.job, place=at, tenant=tenant, party=party, its_tenant=row.tenant,
        its_party=row.party or "?",
    )  # fmt: skip
    return Fault(
        position=None, entry=one.entry, event=one.event_id, code="capture.party", text=text
    )


def faults(
    conn: ReadConnection, size: int, *, secret: bytes, progress: Callable[[int], None]
) -> Iterator[Fault]:
    """What leaves belie, then what answers do; whatever has no name gets that of its answer.

    What leaves are about is in their order (`suyuan.record.testifying.faults`).
    """
    own = list(testifying.faults(conn, size, secret=secret, progress=progress))
    wanted = {at for each in own if each.event is None and (at := each.entry or 0) > 0}
    read = _read_names(conn, wanted) if wanted else {}
    answered: dict[int, str] = {}
    more = list(_astray(conn, wanted, answered, secret=secret))
    for each in own:
        yield _named(each, read.get(each.entry or 0), answered.get(each.entry or 0))
    yield from more
    yield from refusing.faults(conn, secret=secret)


def _named(fault: Fault, read: str | None, answered: str | None) -> Fault:
    event = read or answered
    if fault.event is not None or event is None:
        return fault
    text = (_ITS if read else _BY_ANSWER).format(said=fault.text, event=event)
    return structs.replace(fault, event=event, text=text)


def _belied(job: UUID, one: EventResult, row: _On, key: Key64, bodies: Unpress) -> str | None:
    """What is wrong with the answer about an event; a row that was changed is told of elsewhere."""
    if row.verdict is None:
        return None if row.has_leaf else "record.lost"
    is_own = one.duplicate or (row.job, row.ordinal) == (job, one.index)
    is_named = one.duplicate or row.event_key == key(one.event_id or "")
    if not (is_own and is_named and VERDICTS.index(one.verdict) == row.verdict):
        return "capture.answer"
    try:
        findings = bodies.unpack(row.raw_length, row.normal_length, row.body).findings
    except Exception:  # noqa: BLE001 -- the body is told of by its leaf
        return None
    return None if findings == one.findings else "capture.answer"


def _contradicting(found: answers.Contradiction) -> Fault:
    return _fault(found.code, found.job, found.index, found.event, None)


def _fault(code: str, job: UUID, index: int | None, event: str | None, entry: int | None) -> Fault:
    at = _ANSWER if index is None else _place(index, event)
    text = _SAID[code].format(job=job, place=at, entry=entry)
    return Fault(position=None, entry=entry, event=event, code=code, text=text)


def _place(index: int, event: str | None) -> Text:
    return _PLACE.format(number=index + 1, event=event or "?")


def names(conn: ReadConnection, entries: Collection[int]) -> dict[int, str]:
    """The event ids of entries, from the record, or else from the answers to their documents."""
    wanted = {each for each in entries if each > 0}
    if not wanted:
        return {}
    found = _read_names(conn, wanted)
    lacking = wanted - found.keys()
    return found | answered_names(conn, lacking) if lacking else found


def answered_names(conn: ReadConnection, entries: Collection[int]) -> dict[int, str]:
    """The event ids of entries by the answers to their documents alone; the record is not read."""
    found: dict[int, str] = {}
    for part in answers.answers(conn):
        for one in (one for each in part for one in each.events or ()):
            if one.entry is not None and one.entry in entries and one.event_id:
                found[one.entry] = one.event_id
    return found


def _read_names(conn: ReadConnection, entries: Collection[int]) -> dict[int, str]:
    """The event ids of entries that are on record and can be read."""
    found: dict[int, str] = {}
    bodies = Unpress(conn)
    for entry, *row in conn.execute(_Q.answered, {"entries": list(entries)}).fetchall():
        there = _On(*row)
        try:
            body = bodies.unpack(there.raw_length, there.normal_length, there.body)
            event = event_from_normal(body.normal)
        except Exception:  # noqa: BLE001, S112 -- what cannot be read has no name here
            continue
        if event.event_id:
            found[entry] = event.event_id
    return found

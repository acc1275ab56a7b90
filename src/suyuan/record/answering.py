"""Takes the answers that documents got; gives those that the record belies, and names by entry."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final
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


def _astray(
    conn: ReadConnection, wanted: Collection[int], names: dict[int, str], *, secret: bytes
) -> Iterator[Fault]:
    """Answers that contradict themselves or the record.

    `names` is given the event ids that answers have for the `wanted` entries.
    """
    key, bodies = event_keys(secret), Unpress(conn)
    for part in answers.answers(conn):
        for answer in part:
            yield from map(_contradicting, answers.contradictions(answer))
        said = [(each.job, one) for each in part for one in each.events or ()]
        said = [(job, one) for job, one in said if one.entry is not None]
        names |= {one.entry or 0: one.event_id for _, one in said
                  if one.event_id and one.entry in wanted}  # fmt: skip
        for begin in range(0, len(said), _AT_ONCE):
            yield from _held(conn, said[begin : begin + _AT_ONCE], key, bodies)
    yield from map(_contradicting, answers.of_nothing(conn))


def _held(
    conn: ReadConnection, said: Sequence[tuple[UUID, EventResult]], key: Key64, bodies: Unpress
) -> Iterator[Fault]:
    """Answers about events that are not as the record has them."""
    asked = {"entries": list({one.entry for _, one in said})}
    rows = {row[0]: row[1:] for row in conn.execute(_Q.answered, asked).fetchall()}
    for job, one in said:
        if (code := _belied(job, one, rows[one.entry], key, bodies)) is not None:
            yield _fault(code, job, one.index, one.event_id, one.entry)


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


def _belied(
    job: UUID, one: EventResult, row: tuple[Any, ...], key: Key64, bodies: Unpress
) -> str | None:
    """What is wrong with the answer about an event; a row that was changed is told of elsewhere."""
    verdict, event_key, its_job, ordinal, *body, has_leaf = row
    if verdict is None:
        return None if has_leaf else "record.lost"
    is_own = one.duplicate or (its_job, ordinal) == (job, one.index)
    is_named = one.duplicate or event_key == key(one.event_id or "")
    if not (is_own and is_named and one.verdict is VERDICTS[verdict]):
        return "capture.answer"
    try:
        findings = bodies.unpack(*body).findings
    except Exception:  # noqa: BLE001 -- the body is told of by its leaf
        return None
    return None if findings == one.findings else "capture.answer"


def _contradicting(found: answers.Contradiction) -> Fault:
    return _fault(found.code, found.job, found.index, found.event, None)


def _fault(code: str, job: UUID, index: int | None, event: str | None, entry: int | None) -> Fault:
    at = _ANSWER if index is None else _PLACE.format(number=index + 1, event=event or "?")
    text = _SAID[code].format(job=job, place=at, entry=entry)
    return Fault(position=None, entry=entry, event=event, code=code, text=text)


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
    for row in conn.execute(_Q.answered, {"entries": list(entries)}).fetchall():
        try:
            event = event_from_normal(bodies.unpack(*row[5:8]).normal)
        except Exception:  # noqa: BLE001, S112 -- what cannot be read has no name here
            continue
        if event.event_id:
            found[row[0]] = event.event_id
    return found

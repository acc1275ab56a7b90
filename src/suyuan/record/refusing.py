"""Takes what documents were answered of which something was refused; logs it, and holds it so.

A refusal leaves no event in the log. So whatever is kept of such a document, its answer and the
refused bytes, is bound by a keyed digest in an act of the log: it can be forgotten there, as when
an event is destroyed that had once been refused, and what remains is then logged anew.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
import zstandard
from msgspec import Struct

from suyuan.capture import answers
from suyuan.kit import Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.digest import mac
from suyuan.ledger import acts
from suyuan.ledger.types import Done
from suyuan.record.types import Fault, Recorder
from suyuan.store import ReadConnection, WriteConnection

KIND: Final = "capture.refused"
"""The kind of the act."""
_SAID: Final = {
    "capture.bound": Text(
        "任务 {job}：所存的处理结果和退回的事件不是位置 {position} 的操作（{kind}）所存证的："
        "被改动。",
        "Job {job}: what is kept of its answer and of the refused events is not what the act at "
        "position {position} ({kind}) binds; it was changed.",
    ),
    "capture.lost": Text(
        "任务 {job}：位置 {position} 的操作（{kind}）存证了它退回 {refused} 个事件，"
        "而它不在数据库中：已被删除。",
        "Job {job}: by the act at position {position} ({kind}) it refused "
        "{refused:event|events}, and it is not in the database: it was deleted.",
    ),
    "capture.unlogged": Text(
        "任务 {job}：它说退回过事件，而没有操作存证它：它是绕过账本写入的，或操作被删除。",
        "Job {job}: it is said to have refused something, and no act binds it: it was written past "
        "the ledger, or its act was deleted.",
    ),
}


class _Said(Struct, frozen=True):
    job: UUID
    digest: str
    refused: int


class _Bound(NamedTuple):
    """What an act binds of one document; `proven` is whether the act is what was logged."""

    digest: str
    refused: int
    position: int
    proven: bool


def log(
    conn: WriteConnection, jobs: Collection[UUID], recorder: Recorder, *, now: datetime
) -> None:
    """Bind what is kept of documents from here on, in the transaction that changes it."""
    if not jobs:
        return
    secret = recorder.secret
    done = [
        Done(KIND, each.party, {
            "by": acts.mark_of(each.account, secret), "digest": _digest(each, secret),
            "job": str(each.job), "refused": each.refused,
        })
        for each in answers.told(conn, jobs)
    ]  # fmt: skip
    acts.keep(conn, done, now=now, draw=recorder.draw)


def _digest(kept: answers.Told, secret: bytes) -> str:
    told = [str(kept.job), kept.party, str(kept.account), kept.said, kept.refusals]
    return mac(secret, canonical_bytes(told) + _plain(kept.results)).hex()


def _plain(results: bytes | None) -> bytes:
    """The results as they were written, whatever packs them; of what is no such thing, itself."""
    try:
        return zstandard.decompress(results or b"")
    except zstandard.ZstdError:
        return results or b""


def faults(conn: ReadConnection, *, secret: bytes) -> Iterator[Fault]:
    """Documents that refused something and are not as they were bound, or are gone.

    Those that came before the first such act were never bound, and nothing is said of them.
    """
    bound, since = _bound(conn)
    for kept in answers.told(conn, bound, every=True):
        found = bound.pop(kept.job, None)
        if found is None:
            if since is not None and kept.received > since:
                yield _fault("capture.unlogged", kept.job)
        elif found.proven and found.digest != _digest(kept, secret):
            yield _fault("capture.bound", kept.job, found)
    for job, found in bound.items():
        if found.proven:
            yield _fault("capture.lost", job, found)


def _bound(conn: ReadConnection) -> tuple[dict[UUID, _Bound], datetime | None]:
    """What the last act about each document binds, and since when there are such acts."""
    found, since = dict[UUID, _Bound](), None
    for act in acts.every(conn, kind=KIND):
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # it says nothing
            said = msgspec.json.decode(act.said, type=_Said)
            found[said.job] = _Bound(said.digest, said.refused, act.position, act.proven)
        if act.proven:
            since = act.at if since is None else min(since, act.at)
    return found, since


def _fault(code: str, job: UUID, found: _Bound | None = None) -> Fault:
    told: dict[str, Any] = {"job": job, "kind": KIND}
    if found is not None:
        told |= {"position": found.position, "refused": found.refused}
    return Fault(position=None, entry=None, event=None, code=code, text=_SAID[code].format(**told))

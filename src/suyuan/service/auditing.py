"""Takes a platform, an old checkpoint and receipts; gives every event that is not as logged."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Final

import msgspec
from msgspec import Struct

from suyuan import ledger
from suyuan.kit import Text
from suyuan.ledger import tree
from suyuan.record import testifying
from suyuan.service.attesting import signed_here
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection
from suyuan.tlog.artefact import Proven
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.tree import Frontier, extend, leaf_hash, root

_AT_ONCE: Final = 1_000
Progress = Callable[[int], None]
_SHORTER: Final = Text(
    "账本只有 {found} 条，少于旧检查点的 {size} 条：被截断，或恢复了旧备份。",
    "The ledger has {found} entries, fewer than the {size} of the older checkpoint: it was cut "
    "off, or an old backup was restored.",
)
_HISTORY: Final = Text(
    "前 {size} 条得不出旧检查点的根哈希：历史被改写。",
    "The first {size} entries do not give the older checkpoint's root: history was rewritten.",
)
_GAP: Final = Text(
    "位置 {position} 的叶记录缺失，或时间早于前一条。",
    "The leaf at position {position} is missing, or earlier than the one before.",
)
_RECEIPT: Final = Text(
    "位置 {position} 的事件 {event}：账本中不是其回执所证明的条目。",
    "Event {event} at position {position}: the ledger has not the entry that its receipt proves.",
)


class Wrong(Struct, frozen=True, kw_only=True):
    """One thing that is not as it was logged; the event's id where it can be named."""

    code: str
    text: Text
    event: str | None = None
    position: int | None = None


def audit(
    platform: Platform,
    *,
    since: Proven | None = None,
    receipts: Sequence[Proven] = (),
    marked: bool = True,
    progress: Progress = lambda _: None,
) -> list[Wrong]:
    """Hold the database against its log, every leaf read anew.

    `since` is a checkpoint and `receipts` are receipts that somebody kept, already verified: only
    they can find a rewriting that was done with full rights and made whole again. What this
    installation signed itself is held against it too, where it lies in the data folder, unless
    `marked` says that its file cannot be read.
    """
    kept = [Checkpoint("", since.size, since.root)] if since else []
    if marked and (own := signed_here(platform)):
        kept.append(own)
    with platform.store.read() as conn:
        found = audit_on(conn, kept, secret=platform.recorder.secret, progress=progress)
        found.extend(_held(conn, receipts))
    return found


def audit_on(
    conn: ReadConnection,
    kept: Sequence[Checkpoint],
    *,
    secret: bytes,
    progress: Progress = lambda _: None,
) -> list[Wrong]:
    """The same in a transaction that is open, against checkpoints that are believed."""
    size = ledger.head(conn).size
    own = testifying.faults(conn, size, secret=secret, progress=progress)
    found = [
        Wrong(code=each.code, text=each.text, event=each.event, position=each.position)
        for each in own
    ]
    found.extend(_history(conn, size, kept))
    return found


def _history(conn: ReadConnection, size: int, kept: Sequence[Checkpoint]) -> Iterator[Wrong]:
    """Whether leaves are all there, in order, and give the roots that were once signed."""
    frontier, last = Frontier(), None
    for each in kept:
        if size < each.size:
            text = _SHORTER.format(found=size, size=each.size)
            yield Wrong(code="ledger.shorter", text=text)
    for first in range(1, size + 1, _AT_ONCE):
        wanted = range(first, min(first + _AT_ONCE, size + 1))
        part = tree.leaves(conn, wanted.start, wanted.stop - 1)
        for one, other in pairwise([last or part[0], *part] if part else []):
            if other.at < one.at:
                yield _gap(other.position)
        if missing := set(wanted) - {leaf.position for leaf in part}:
            yield _gap(min(missing))
            return
        hashes = [leaf_hash(leaf.logged) for leaf in part]
        for each in kept:
            stop = each.size - frontier.size
            if 0 < stop <= len(hashes) and root(extend(frontier, hashes[:stop])) != each.root:
                yield Wrong(code="ledger.rewritten", text=_HISTORY.format(size=each.size))
        frontier, last = extend(frontier, hashes), part[-1]


def _held(conn: ReadConnection, receipts: Sequence[Proven]) -> Iterator[Wrong]:
    for each in receipts:
        if each.index is None:
            continue
        position = each.index + 1
        if [leaf.logged for leaf in tree.leaves(conn, position, position)] != [each.entry]:
            event = _event_id(each)
            text = _RECEIPT.format(position=position, event=event or "?")
            yield Wrong(code="ledger.receipt", text=text, event=event, position=position)


def _event_id(proven: Proven) -> str | None:
    with suppress(msgspec.DecodeError, KeyError, TypeError):
        return str(msgspec.json.decode(proven.fields["event"])["eventId"])
    return None


def _gap(position: int) -> Wrong:
    return Wrong(code="ledger.gap", text=_GAP.format(position=position), position=position)

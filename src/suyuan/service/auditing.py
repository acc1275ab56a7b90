"""Takes a platform, an old checkpoint and receipts; gives every event that is not as logged."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import pairwise, starmap
from typing import Final

import msgspec
from msgspec import Struct, structs

from suyuan import ledger
from suyuan.kit import Text
from suyuan.ledger import acts, retention, shards, tree
from suyuan.ledger.types import Leaf, Shard
from suyuan.record import answering, erasing
from suyuan.record.types import Erasure, Fault
from suyuan.service import altering, governing, placing, shifting
from suyuan.service.attesting import log_of, signed_here
from suyuan.service.platform import Platform
from suyuan.service.replaying import Said
from suyuan.store import ReadConnection, standing
from suyuan.tlog.artefact import Proven
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.errors import FormatError
from suyuan.tlog.shards import OPENED, parse_said
from suyuan.tlog.tree import Frontier, extend, leaf_hash, root

_AT_ONCE: Final = 1_000
_MOST_TRIED: Final = 200
"""Findings of which it is tried what was altered: where there are more, it is not one entry."""
Progress = Callable[[int], None]
_SHORTER: Final = Text(
    "账本只有 {found} 条，少于旧检查点的 {size} 条：位置 {first} 至 {last} 不见了；被截断，"
    "或恢复到了更早的时刻。",
    "The ledger has {found:entry|entries}, fewer than the {size} of the older checkpoint; what was "
    "at positions {first} to {last} is gone: it was cut off, or an earlier moment was restored.",
)
_HISTORY: Final = Text(
    "前 {size} 条得不出旧检查点的根哈希：历史被改写。",
    "The first {size:entry does|entries do} not give the older checkpoint's root: history was "
    "rewritten.",
)
FURTHER: Final = Text(
    "恢复到更晚的时刻，或换较新的备份：suyuan restore 文件。若没有，suyuan ledger begin "
    "另起一部日志，再重新采集缺少的：回执说明是哪些（suyuan verify 回执… --database）。",
    "Recover to a later moment, or restore a newer backup: suyuan restore FILE. If there is none, "
    "suyuan ledger begin begins another log; then capture again what is missing, which receipts "
    "name (suyuan verify RECEIPT… --database).",
)
_ANEW: Final = Text(
    "停止服务，把最近的备份恢复到空库并核对：suyuan restore 文件。若是自己恢复到更早的时刻后"
    "又有记录，suyuan ledger begin 另起一部日志。",
    "Stop serving, and restore the newest backup into an empty database: suyuan restore FILE. If "
    "it was you who went back to an earlier moment and recorded anew, suyuan ledger begin begins "
    "another log.",
)
_NO_SHARD: Final = Text(
    "账本没有分片 {origin}，而旧检查点是它的：被截断、分界被改动，或恢复了旧备份。",
    "The ledger has no shard {origin}, of which the older checkpoint is: it was cut off, its "
    "shards were moved, or an old backup was restored.",
)
_MOVED: Final = Text(
    "位置 {position}：分片的分界与其开启条目不符，被改动。",
    "Position {position}: the bounds of the shards are not as the entries say that opened them; "
    "they were moved.",
)
_CLOSED: Final = Text(
    "编号 {number} 的分片（{size} 条）已关闭，而其叶记录得不出位置 {position} 的开启条目"
    "所说的根哈希：被改写。",
    "The shard of number {number} is closed at {size:entry|entries}, and its leaves do not "
    "give the root that the entry at position {position} names, which opened the next: it was "
    "rewritten.",
)
_GAP: Final = Text(
    "位置 {position} 的叶记录缺失，或时间早于前一条。",
    "The leaf at position {position} is missing, or earlier than the one before.",
)
_RECEIPT: Final = Text(
    "位置 {position} 的{what}：账本中不是其回执所证明的条目。",
    "{what} at position {position}: the ledger has not the entry that its receipt proves.",
)
_ELSEWHERE: Final = Text(
    "位置 {position} 的{what}：账本中不是其回执所证明的条目；那一条现在位置 {other}。",
    "{what} at position {position}: the ledger has not the entry that its receipt proves; that one "
    "stands at position {other} now.",
)
_FURTHER: Final = Text(
    "位置 {position} 至 {last} 的 {count} 张回执，第一张是{what}：它们所证明的条目在账本中"
    "都后移了 {by} 位：在它们之前插入过条目。",
    "{count:receipt|receipts} of positions {position} to {last}, of which the first is of {what}: "
    "the entries that they prove stand all {by} further in the ledger; something was put in before "
    "them.",
)
_NEARER: Final = Text(
    "位置 {position} 至 {last} 的 {count} 张回执，第一张是{what}：它们所证明的条目在账本中"
    "都前移了 {by} 位：在它们之前删去过条目。",
    "{count:receipt|receipts} of positions {position} to {last}, of which the first is of {what}: "
    "the entries that they prove stand all {by} nearer to the beginning of the ledger; something "
    "was taken out before them.",
)
_EVENT: Final = Text("事件 {event}", "Event {event}")
_ACT: Final = Text("操作 {kind}", "The act {kind}")

_KNOWN: Final = Text(
    "{said}据其回执，那里记录的是事件 {event}。",
    "{said} By its receipt, event {event} was logged there.",
)
_KNOWN_ACT: Final = Text(
    "{said}据其回执，那里记录的是操作 {kind}。",
    "{said} By its receipt, the act {kind} was logged there.",
)
_DID: Final = Text(
    "{said}现在没有操作说明的行，其中有它所做的：{rows}。",
    "{said} Rows that no act accounts for now, what it did among them: {rows}.",
)
_ITS_ACT: Final = Text(
    "{said}账本中有一个操作被改动（位置 {positions}），登记这一行的可能是它：它还在，而内容已改。",
    "{said} An act at position {positions} was altered: it is there, and may be the one that "
    "entered this row before it was.",
)
_ITS_ACTS: Final = Text(
    "{said}账本中有操作被改动（位置 {positions}），登记这一行的可能是其中之一：它们还在，"
    "而内容已改。",
    "{said} Acts at positions {positions} were altered: they are there, and one of them may be "
    "that which entered this row before it was.",
)
_MOST_ROWS: Final = 5
_WHO: Final = Text(
    "查明由谁存证，并恢复备份；条目的行都在，可以再提供给有权的人。",
    "Find out who logged it, and restore a backup; the entries' rows are all there, and can be "
    "given to whoever is entitled to them.",
)
_INTRUDER: Final = Text(
    "表与本程序所设的不同：{kind} {name}；它会改动、丢弃所写的内容，或让人读到别的。",
    "The table is not as this program made it: {kind} {name}; what is written may be altered or "
    "dropped, or something else be read.",
)
_OUT: Final = Text(
    "查明由谁改动；外来的删去，缺少的补回，再运行 suyuan doctor --deep。",
    "Find out who did it; remove what was added, put back what is missing, then run suyuan doctor "
    "--deep again.",
)


class Wrong(Struct, frozen=True, kw_only=True):
    """One thing that is not as it was logged; the event's id where it can be named.

    `place` is the row, where it is one that acts govern, and `cure` what mends it; `span` are the
    first and last positions of a finding of many entries.
    """

    code: str
    text: Text
    event: str | None = None
    position: int | None = None
    place: str | None = None
    cure: Text | None = None
    span: tuple[int, int] | None = None


class Destroyed(Struct, frozen=True, kw_only=True):
    """An event that a receipt proves, and the lawful decision by which nothing else is left."""

    event: str
    position: int
    decision: Erasure


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
    kept = [Checkpoint(since.origin, since.size, since.root)] if since else []
    own = signed_here(platform) if marked else []
    log = log_of(platform).origin if own else None
    with platform.store.read() as conn:
        strange = list(intruding(conn))
        secret = platform.recorder.secret
        found = audit_on(
            conn, [*kept, *own], secret=secret, log=log, now=platform.clock(), progress=progress,
            receipts=receipts,
        )  # fmt: skip
        known = _placed(conn, receipts, log)
        held = list(shifting.receipts(conn, known))
    names = {at: event for at, each, _ in known if (event := _event_id(each)) is not None}
    kinds = {at: kind for at, each, _ in known if (kind := _act_kind(each)) is not None}
    told = [
        _by_receipt(_of_act(each, kinds.get(each.position or 0)), names.get(each.position or 0))
        for each in found
    ]
    return [*strange, *told, *map(_of_receipt, held)]


def audit_on(
    conn: ReadConnection,
    kept: Sequence[Checkpoint],
    *,
    secret: bytes,
    log: str | None = None,
    now: datetime | None = None,
    progress: Progress = lambda _: None,
    receipts: Sequence[Proven] = (),
) -> list[Wrong]:
    """The same in a transaction that is open, against checkpoints that are believed.

    `log` is the name of this ledger's log, where it is known, `now` the time that nothing on record
    can be later than.
    """
    size = ledger.head(conn).size
    own = list(answering.faults(conn, size, secret=secret, progress=progress))
    found = [_of_fault(each) for each in placing.located(conn, own)]
    there = shards.until(conn, size)
    by_shard: dict[int, list[Checkpoint]] = {}
    for each in kept:
        by_shard.setdefault(shards.number_in(there, each.origin, log), []).append(each)
    history = list(dict.fromkeys(_history(conn, there, by_shard)))  # two may find one thing
    found.extend(history)
    if {each.code for each in history} & {"ledger.rewritten", "ledger.gap", "ledger.shorter"}:
        found.extend(_of_fault(each) for each in placing.exchanged(conn))
    found.extend(starmap(_of_rule, retention.astray(conn)))
    if now is not None:
        found.extend(_of_fault(each) for each in placing.ends(conn, now))
    standing = list[Said]()
    rows = list(map(_row, governing.astray(conn, secret=secret, standing=standing)))
    held: dict[int, list[Proven]] = {}
    for at, proven, _ in _placed(conn, receipts, log):
        held.setdefault(at, []).append(proven)
    told = _with_what_differs(conn, found, standing, held)
    return [*_with_what_they_did(list(told), rows), *_with_altered_acts(rows, found)]


def _with_what_differs(
    conn: ReadConnection,
    found: Sequence[Wrong],
    standing: Sequence[Said],
    held: Mapping[int, Sequence[Proven]],
) -> Iterator[Wrong]:
    """Of entries that are there and were altered: what of them, as far as it can be known."""
    tries = altering.Tries(standing)
    for count, each in enumerate(found):
        at = each.position or 0
        if each.code not in altering.CODES or not at:
            yield each
            continue
        text = (
            altering.explained(conn, at, each.text, tries=tries, receipts=held.get(at, ()))
            if count < _MOST_TRIED or at in held
            else altering.untried(each.text)
        )
        yield structs.replace(each, text=text)


def intruding(conn: ReadConnection) -> Iterator[Wrong]:
    """What of the tables is not as this program made them: nothing read is sure beside that."""
    for each in standing.intruders(conn):
        text = _INTRUDER.format(kind=each.kind, name=each.name)
        yield Wrong(code="store.intruder", text=text, place=each.table, cure=_OUT)


def _of_rule(act: acts.Act, text: Text) -> Wrong:
    return Wrong(
        code="ledger.retention-astray", text=text, position=act.position or None, cure=_WHO
    )


def _of_fault(fault: Fault) -> Wrong:
    cure = placing.REBUILD if fault.code == "ledger.end" else None
    return Wrong(
        code=fault.code, text=fault.text, event=fault.event, position=fault.position, cure=cure,
        span=fault.span,
    )  # fmt: skip


def _with_what_they_did(found: Sequence[Wrong], rows: Sequence[Wrong]) -> Iterator[Wrong]:
    """Of an act that is gone nothing is left but what it did: the rows that no act made."""
    left = [each.place or "" for each in rows if each.code.endswith((".unlogged", ".changed"))]
    shown = ", ".join(dict.fromkeys(left[:_MOST_ROWS]))
    for each in found:
        if each.code == "ledger.act-deleted" and left:
            yield structs.replace(each, text=_DID.format(said=each.text, rows=shown))
        else:
            yield each


def _with_altered_acts(rows: Sequence[Wrong], found: Sequence[Wrong]) -> Iterator[Wrong]:
    """Of a row that no act entered now: which acts are there and altered, for it may be theirs."""
    altered = sorted({each.position or 0 for each in found if each.code == "ledger.act"})
    shown = ", ".join(map(str, altered[:_MOST_ROWS])) + ("…" if altered[_MOST_ROWS:] else "")
    for each in rows:
        if altered and each.code.endswith(".unlogged"):
            text = _ITS_ACT if len(altered) == 1 else _ITS_ACTS
            yield structs.replace(each, text=text.format(said=each.text, positions=shown))
        else:
            yield each


def _row(found: governing.Astray) -> Wrong:
    return Wrong(
        code=found.code, text=found.text, position=found.position, place=found.place,
        cure=found.cure,
    )  # fmt: skip


def _history(
    conn: ReadConnection, there: Sequence[Shard], kept: Mapping[int, Sequence[Checkpoint]]
) -> Iterator[Wrong]:
    """Whether leaves are all there, in order, and give the roots that were once signed."""
    for number in sorted(set(kept) - {each.number for each in there}):
        text = _NO_SHARD.format(origin=kept[number][0].origin)
        yield Wrong(code="ledger.shorter", text=text, cure=FURTHER)
    openings = {act.position: act for act in acts.acts(conn, kind=OPENED)}
    yield from (_moved(at) for at in sorted(set(openings) - {each.first for each in there[1:]}))
    before: tuple[Shard, bytes | None] | None = None
    last: Leaf | None = None
    for shard in there:
        if before is not None:
            yield from _opened(openings.get(shard.first), shard, *before)
        whole, last = yield from _walked(conn, shard, kept.get(shard.number, ()), last)
        before = (shard, whole)


def _walked(
    conn: ReadConnection, shard: Shard, kept: Sequence[Checkpoint], last: Leaf | None
) -> Generator[Wrong, None, tuple[bytes | None, Leaf | None]]:
    """One shard, after the last leaf of the one before; its root, if its leaves are all there."""
    frontier = Frontier()
    for each in kept:
        if shard.size < each.size:
            text = _SHORTER.format(
                found=shard.size,
                size=each.size,
                first=shard.last + 1,
                last=shard.before + each.size,
            )
            yield Wrong(code="ledger.shorter", text=text, cure=FURTHER)
    for first in range(shard.first, shard.last + 1, _AT_ONCE):
        wanted = range(first, min(first + _AT_ONCE, shard.last + 1))
        part = tree.leaves(conn, wanted.start, wanted.stop - 1)
        for one, other in pairwise([last or part[0], *part] if part else []):
            if other.at < one.at:
                yield _gap(other.position)
        if missing := set(wanted) - {leaf.position for leaf in part}:
            yield _gap(min(missing))
            return None, None
        hashes = [leaf_hash(leaf.logged) for leaf in part]
        for each in kept:
            stop = each.size - frontier.size
            if 0 < stop <= len(hashes) and root(extend(frontier, hashes[:stop])) != each.root:
                text = _HISTORY.format(size=each.size)
                yield Wrong(code="ledger.rewritten", text=text, cure=_ANEW)
        frontier, last = extend(frontier, hashes), part[-1]
    return root(frontier), last


def _opened(
    act: acts.Act | None, shard: Shard, before: Shard, whole: bytes | None
) -> Iterator[Wrong]:
    """Whether a shard begins with the act that opened it, which names the one before as it is."""
    if act is None:
        yield _moved(shard.first)
        return
    if not act.proven:
        return  # told of already, as every act is
    try:
        said = parse_said(act.said)
    except FormatError:  # who has the database can have anything logged
        yield _moved(shard.first)
        return
    if (said.shard, said.first) != (shard.number, shard.first):
        yield _moved(shard.first)
    elif (said.previous, said.size) != (before.number, before.size):
        yield _moved(before.first)
    elif whole is not None and said.root != whole:
        text = _CLOSED.format(number=before.number, size=before.size, position=shard.first)
        yield Wrong(code="ledger.rewritten", text=text, position=shard.first)


def destroyed(platform: Platform, receipts: Sequence[Proven]) -> list[Destroyed]:
    """The events of receipts that were destroyed by a logged decision.

    The decision says positions alone, since what is to be forgotten must not stand in a log.
    """
    log = log_of(platform).origin if signed_here(platform) else None
    with platform.store.read() as conn:
        decided = [each for each in erasing.erasures(conn) if each.proven]
        known = _placed(conn, receipts, log)
    by = {at: each for each in decided for at in each.positions}
    return [
        Destroyed(event=event, position=at, decision=by[at])
        for at, each, is_there in known
        if is_there and at in by and (event := _event_id(each)) is not None
    ]


def positions(platform: Platform, receipts: Sequence[Proven]) -> list[int | None]:
    """Of each receipt the position (from 1) that the ledger has its entry at, if it has it."""
    log = log_of(platform).origin if signed_here(platform) else None
    with platform.store.read() as conn:
        found = {id(each): at for at, each, is_there in _placed(conn, receipts, log) if is_there}
    return [found.get(id(each)) for each in receipts]


def _placed(
    conn: ReadConnection, receipts: Sequence[Proven], log: str | None
) -> list[tuple[int, Proven, bool]]:
    """Each receipt by the position that it proves, and whether the ledger has its entry there."""
    there = shards.until(conn, ledger.head(conn).size)
    placed: list[tuple[int, Proven, bool]] = []
    for each in receipts:
        if each.index is None:
            continue
        number = shards.number_in(there, each.origin, log)
        before = next((shard.before for shard in there if shard.number == number), None)
        position = each.index + 1 + (before or 0)
        leaves = [] if before is None else tree.leaves(conn, position, position)
        placed.append((position, each, [leaf.logged for leaf in leaves] == [each.entry]))
    return placed


def _of_receipt(found: shifting.Lost) -> Wrong:
    event, kind = _event_id(found.receipt), _act_kind(found.receipt)
    what = _EVENT.format(event=event or "?") if kind is None else _ACT.format(kind=kind)
    says = {"position": found.position, "what": what, "count": found.count, "last": found.last}
    if found.count > 1 and found.ahead is not None:
        text = (_FURTHER if found.ahead > 0 else _NEARER).format(**says, by=abs(found.ahead))
    elif found.ahead is not None:
        text = _ELSEWHERE.format(**says, other=found.position + found.ahead)
    else:
        text = _RECEIPT.format(**says)
    return Wrong(code="ledger.receipt", text=text, event=event, position=found.position)


def _by_receipt(wrong: Wrong, event: str | None) -> Wrong:
    """The same of the event that a receipt proves to be logged there, whatever the rows say now."""
    if event is None or wrong.place is not None or wrong.event == event:
        return wrong
    return structs.replace(wrong, event=event, text=_KNOWN.format(said=wrong.text, event=event))


def _of_act(wrong: Wrong, kind: str | None) -> Wrong:
    """The same of the act that a receipt proves to be logged there."""
    if kind is None or wrong.code != "ledger.act-deleted":
        return wrong
    return structs.replace(wrong, text=_KNOWN_ACT.format(said=wrong.text, kind=kind))


def _act_kind(proven: Proven) -> str | None:
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError):
        return str(msgspec.json.decode(proven.fields["act"])["kind"])
    return None


def _event_id(proven: Proven) -> str | None:
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError):
        return str(msgspec.json.decode(proven.fields["event"])["eventId"])
    return None


def _gap(position: int) -> Wrong:
    return Wrong(code="ledger.gap", text=_GAP.format(position=position), position=position)


def _moved(position: int) -> Wrong:
    text = _MOVED.format(position=position)
    return Wrong(code="ledger.shard", text=text, position=position)

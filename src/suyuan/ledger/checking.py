"""Takes the ledger's rows and the log's folder; gives what in them is not as the leaves make it."""

import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

from suyuan.kit import SuyuanError, Text
from suyuan.kit.damage import Damage
from suyuan.ledger import acts, own_keys, resuming, retention, shards, tree
from suyuan.ledger.asking import policy_in, witnesses_of
from suyuan.ledger.keys import (
    FILES,
    Log,
    closed,
    has_key,
    kept_name,
    last_signed,
    read_log,
    require_locks,
)
from suyuan.ledger.publishing import Published, every_published
from suyuan.ledger.restored import require_marked
from suyuan.ledger.sequence import head
from suyuan.ledger.silent import require_public
from suyuan.ledger.types import Shard
from suyuan.store import Queries, ReadConnection
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.note import VKey, parse_note
from suyuan.tlog.policy import Policy
from suyuan.tlog.shards import OPENED, keys_for, number_of
from suyuan.tlog.signing import open_note
from suyuan.tlog.tiles import WIDTH
from suyuan.tlog.tree import EMPTY_ROOT, Frontier, extend, leaf_hash, root

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 64 * WIDTH
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

_HEAD: Final = Text(
    "账本末尾记为 {size}，而叶记录有 {leaves} 条、到位置 {last}。",
    "The head says {size}, and there are {leaves:leaf|leaves} up to position {last}.",
)
_NODE: Final = Text(
    "保存的哈希不是叶记录算出的，或缺失。",
    "The kept hash is not what the leaves give, or is missing.",
)
_NOTE: Final = Text(
    "已发布的检查点不能核验：{why}",
    "The published checkpoint does not verify: {why}",
)
_UNSHOWN: Final = Text(
    "已签名的检查点不在数据库里：谁也取不到它。",
    "The checkpoint that was signed is not in the database: nobody can fetch it.",
)
_ROOT: Final = Text(
    "已发布的检查点（{size} 条）不是叶记录算出的。",
    "The published checkpoint of {size:entry|entries} is not what the leaves give.",
)
_SHARD: Final = Text(
    "一个分片不从其开启条目开始，或一个开启条目不在分片之首：分片的分界被改动。",
    "A shard does not begin with the entry that opens it, or such an entry stands elsewhere: the "
    "bounds of shards were moved.",
)
_AHEAD: Final = Text(
    "已发布 {size} 条，而这里只签过 {signed} 条：log 文件夹是旧的。",
    "{size:entry is|entries are} published and {signed} were signed here: the log folder is an old "
    "one.",
)
_FILE: Final = Text("文件损坏：{why}", "The file is damaged: {why}")
_OPEN: Final = Text(
    "他人可读写：权限 {mode:o}。", "Others may read or write it: its mode is {mode:o}."
)
_MARK: Final = Text(
    "密钥没有签名标记 signed：不知道签过什么。",
    "A key without its mark `signed`: nobody knows what was signed.",
)

RESTORE: Final = Text(
    "停止服务，把最近的备份恢复到空库并核对：suyuan restore 文件。",
    "Stop serving, and restore the newest backup into an empty database: suyuan restore FILE.",
)
_REBUILD: Final = Text("suyuan ledger rebuild", "suyuan ledger rebuild")
_PUBLISH: Final = Text("suyuan ledger publish", "suyuan ledger publish")
_FOLDER: Final = Text(
    "从备份取回 log 文件夹中的这个文件；若已丢失，suyuan ledger begin 另起一部日志。",
    "Take this file of the log folder from a backup; if it is lost, suyuan ledger "
    "begin begins another log.",
)
_CHMOD: Final = Text("chmod 600 {path}", "chmod 600 {path}")


def rows(conn: ReadConnection, log: Log | None) -> Iterator[Damage]:
    """Head, kept hashes and published checkpoint, each against the leaves, read anew."""
    if log is not None:
        yield from _of_keys(conn, log)
    size = head(conn).size
    (found,) = conn.execute(_Q.ends).fetchall()
    if (size, size) != (found[0], found[1]):
        text = _HEAD.format(size=size, leaves=found[0], last=found[1])
        yield Damage(code="ledger.head", place="ledger.head", text=text, cure=RESTORE)
        return
    there = shards.until(conn, size)
    shown = {each.shard: each for each in every_published(conn)}
    kept = _kept(conn)
    for shard in there:
        own = shown.get(shard.number)
        hashes, roots = _folded(conn, shard, {own.size} if own else set())
        yield from _nodes(shard, kept.pop(shard.number, {}), hashes)
        if own is not None:
            yield from _shown(own, log, roots)
        elif log is not None and _is_signed(shard, log):
            place = f"ledger.checkpoint shard {shard.number}"
            yield Damage(code="ledger.checkpoint", place=place, text=_UNSHOWN, cure=_PUBLISH)
    for number, levels in sorted(kept.items()):
        for level, places in sorted(levels.items()):
            yield from _runs(number, level, sorted(places))
    yield from _chained(conn, there)


def _of_keys(conn: ReadConnection, log: Log) -> Iterator[Damage]:
    """Whether the entries and the folder speak of the same keys."""
    for look in (own_keys.require_all, own_keys.require_own):
        try:
            look(conn, log)
        except SuyuanError as error:
            yield Damage(code=error.code, place=error.place, text=error.text, cure=RESTORE)


def _chained(conn: ReadConnection, there: Sequence[Shard]) -> Iterator[Damage]:
    """Each shard begins with the act that opened it, and no other is among the entries."""
    opened = {act.position for act in acts.acts(conn, kind=OPENED)}
    for position in sorted(opened ^ {each.first for each in there[1:]}):
        place = f"ledger.shard position {position}"
        yield Damage(code="ledger.shard", place=place, text=_SHARD, cure=RESTORE, position=position)


def files(folder: Path) -> Iterator[Damage]:
    """The log's own files: each readable, each for the owner alone, the mark signed by the key."""
    for name in FILES:
        path = folder / name
        if path.exists() and path.stat().st_mode & _OTHERS:
            mode = stat.S_IMODE(path.stat().st_mode)
            cure = _CHMOD.format(path=path)
            yield Damage(code="log.open", place=str(path), text=_OPEN.format(mode=mode), cure=cure)
    looks = (kept_name, require_marked, require_locks)
    yield from _unsound(folder, *(partial(look, folder) for look in looks))
    if not has_key(folder):
        return
    try:
        log = read_log(folder)
    except (SuyuanError, OSError) as error:
        yield _damaged(folder, error)
        return
    if not (folder / "signed").exists():
        place = str(folder / "signed")
        yield Damage(code="log.mark", place=place, text=_MARK, cure=_FOLDER)
        return
    own = (last_signed, closed, resuming.require_sound, retention.require_sound)
    yield from _unsound(folder, *(partial(look, log) for look in own))
    yield from _unsound(folder, partial(policy_in, folder), partial(require_public, folder))


def _unsound(folder: Path, *looks: Callable[[], object]) -> Iterator[Damage]:
    """What each look at a file finds wrong with it."""
    for look in looks:
        try:
            look()
        except (SuyuanError, OSError) as error:
            yield _damaged(folder, error)


def _damaged(folder: Path, error: Exception) -> Damage:
    why = error.text if isinstance(error, SuyuanError) else str(error)
    place = error.place if isinstance(error, SuyuanError) and error.place else str(folder)
    return Damage(code="log.file", place=place, text=_FILE.format(why=why), cure=_FOLDER)


def root_of_leaves(conn: ReadConnection, shard: Shard, size: int) -> bytes | None:
    """The root of a shard's first `size` leaves, read anew; None where some are missing."""
    return _folded(conn, shard, {size})[1].get(size)


def _folded(
    conn: ReadConnection, shard: Shard, wanted: set[int]
) -> tuple[list[bytes], dict[int, bytes]]:
    """The hashes of full tiles, and the roots of the wanted sizes, from the leaves alone."""
    frontier, found, roots = Frontier(), list[bytes](), {0: EMPTY_ROOT}
    for first in range(shard.first, shard.last + 1, _AT_ONCE):
        part = tree.leaves(conn, first, min(first + _AT_ONCE - 1, shard.last))
        hashes = [leaf_hash(leaf.logged) for leaf in part]
        for each in wanted:
            if 0 < (stop := each - frontier.size) <= len(hashes):
                roots[each] = root(extend(frontier, hashes[:stop]))
        frontier = extend(frontier, hashes)
        found.extend(_above(hashes))
        if not part:  # whoever moved the bounds of shards may have moved them anywhere
            break
    return found, roots


def _above(hashes: Sequence[bytes]) -> list[bytes]:
    """What one level of full tiles has of the level below it."""
    whole = range(0, len(hashes) - WIDTH + 1, WIDTH)
    return [root(extend(Frontier(), hashes[at : at + WIDTH])) for at in whole]


def _kept(conn: ReadConnection) -> dict[int, dict[int, dict[int, bytes]]]:
    """The kept hashes by shard, level and place."""
    kept: dict[int, dict[int, dict[int, bytes]]] = {}
    for shard, level, place, found in conn.execute(_Q.every_node).fetchall():
        kept.setdefault(shard, {}).setdefault(level, {})[place] = bytes(found)
    return kept


def _nodes(
    shard: Shard, kept: dict[int, dict[int, bytes]], lowest: list[bytes]
) -> Iterator[Damage]:
    """Kept hashes may end early, since the signer makes the rest; they may not differ or gape."""
    level, wanted = 1, lowest
    while wanted or kept.get(level):
        there = kept.pop(level, {})
        end = min(max(there, default=-1) + 1, len(wanted))
        astray = [at for at in range(end) if there.get(at) != wanted[at]]
        astray += sorted(each for each in there if not 0 <= each < end)
        yield from _runs(shard.number, level, astray)
        level, wanted = level + 1, _above(wanted)
    for other, places in sorted(kept.items()):
        yield from _runs(shard.number, other, sorted(places))


def _runs(shard: int, level: int, places: Sequence[int]) -> Iterator[Damage]:
    """Neighbours are one: where an entry was put in, every hash behind it differs."""
    for _, run in groupby(enumerate(places), key=lambda each: each[1] - each[0]):
        own = [place for _, place in run]
        yield _node(shard, level, own[0], own[-1])


def _node(shard: int, level: int, place: int, last: int) -> Damage:
    upto = f" to {last}" if last > place else ""
    where = f"ledger.node shard {shard} level {level} place {place}{upto}"
    return Damage(code="ledger.node", place=where, text=_NODE, cure=_REBUILD)


def _shown(shown: Published, log: Log | None, roots: dict[int, bytes]) -> Iterator[Damage]:
    place = f"ledger.checkpoint shard {shown.shard}"
    try:
        checkpoint = _opened(shown, log)
        if (policy := _policy(log)) is not None:
            witnesses_of(shown.note, policy)
    except SuyuanError as error:
        text = _NOTE.format(why=error.text)
        yield Damage(code="ledger.checkpoint", place=place, text=text, cure=_PUBLISH)
        return
    if checkpoint.size != shown.size or roots.get(checkpoint.size) != checkpoint.root:
        text = _ROOT.format(size=checkpoint.size)
        yield Damage(code="ledger.rewritten", place=place, text=text, cure=RESTORE)
    mark = None if log is None else _mark(log)
    if log and mark and mark.origin == checkpoint.origin and mark.size < checkpoint.size:
        text = _AHEAD.format(size=checkpoint.size, signed=mark.size)
        yield Damage(code="log.old", place=str(log.folder / "signed"), text=text, cure=_FOLDER)


def _policy(log: Log | None) -> Policy | None:
    """The log's policy; a damaged one is told among the files."""
    with suppress(SuyuanError, OSError):
        return policy_in(log.folder) if log is not None else None
    return None


def _is_signed(shard: Shard, log: Log) -> bool:
    """Whether anything of a shard was signed."""
    mark = _mark(log)
    number = None if mark is None else number_of(mark.origin, log.origin)
    if mark is None or number is None:
        return False
    return shard.number < number or (shard.number == number and mark.size > 0)


def _opened(shown: Published, log: Log | None) -> Checkpoint:
    if log is None:
        return parse_checkpoint(parse_note(shown.note).text)
    origin = parse_note(shown.note).text.partition("\n")[0]
    if number_of(origin, log.origin) != shown.shard:
        known: tuple[VKey, ...] = ()
    else:
        known = keys_for(origin, (log.vkeys[0], *log.rotated, *log.revoked))
    return parse_checkpoint(open_note(shown.note, known).note.text)


def _mark(log: Log) -> Checkpoint | None:
    try:
        return last_signed(log)[0]
    except SuyuanError:  # said of the file itself
        return None

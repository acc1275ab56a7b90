"""A whole log in files, checked from the entries up: what is damaged, by name.

One pass, with little in memory: bundles and lowest tiles are read in order and held against each
other; every tile above is computed from them and held against its file; the root, and that of
an older checkpoint, against what was signed. Of the other files that lie there, one that the tree
had when it was smaller must be the beginning of what it has now, and every other is foreign.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.tlog import retained
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.errors import FormatError, UndecidedError
from suyuan.tlog.policy import Policy, Witnessed, witnessed
from suyuan.tlog.retained import RETENTION, LogRetention, parse_retention
from suyuan.tlog.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    is_in,
    parse_bundle,
    parse_tile,
    parsed,
    tile_at,
    tile_path,
)
from suyuan.tlog.tree import Frontier, extend, leaf_hash, root

Read = Callable[[str], bytes | None]
"""A file of the mirror by its path; None if it is not there."""
Hashes = tuple[bytes, ...]

CHECKPOINT: Final = "checkpoint"
_MOST: Final = 10_000
_LARGEST: Final = 20_000_000  # bytes: a bundle of 256 entries has at most 17 million

_MISSING: Final = Text(
    "缺少文件；请由记录重新生成，或从其他镜像取回。",
    "The file is missing; derive it again from the record, or fetch it from another mirror.",
)
_ENTRY: Final = Text(
    "序号 {index} 的条目与哈希块不符，以上层哈希和检查点为准；"
    "请由记录重新生成此文件，或从其他镜像取回。",
    "The entry at index {index} is not as the tile has it, judged by the tiles above and the "
    "checkpoint; derive this file again from the record, or fetch it from another mirror.",
)
_HASH: Final = Text(
    "第 {at} 个哈希与下层算出的不符；请由记录重新生成此文件，或从其他镜像取回。",
    "Hash {at} is not what the level below gives; derive this file again from the record, or "
    "fetch it from another mirror.",
)
_ROOT: Final = Text(
    "由文件算出的根哈希与检查点不符：条目被改动；请保留镜像与检查点并报告。",
    "The files do not give the checkpoint's root: entries were changed; keep the mirror and the "
    "checkpoint and report it.",
)
_FOREIGN: Final = Text(
    "检查点的树没有这个文件：不属于此日志，或是中断的镜像留下的；"
    "请移走它，或再运行 suyuan ledger mirror。",
    "The checkpoint's tree has no such file: it is foreign, or left by a run that was broken off; "
    "take it away, or run suyuan ledger mirror again.",
)
_STOPPED: Final = Text(
    "损坏过多，不再检查；请重新取得完整的镜像。",
    "There is too much damage to go on; fetch the whole mirror again.",
)
_HISTORY: Final = Text(
    "前 {size} 个条目得不出旧检查点的根哈希：历史被改写；请保留镜像与旧检查点并报告。",
    "The first {size:entry does|entries do} not give the older checkpoint's root: history was "
    "rewritten; keep the mirror and the older checkpoint and report it.",
)
_SHORTER: Final = Text(
    "镜像只有 {found} 个条目，少于旧检查点的 {size} 个：历史被截断；请保留两者并报告。",
    "The mirror has {found:entry|entries}, fewer than the {size} of the older checkpoint: history "
    "was cut off; keep both and report it.",
)
_UNSIGNED: Final = Text(
    "这里写的保留规则（{said}）不是日志签名的规则（{signed}）：缺少条目只以签名的规则为准；"
    "请再运行 suyuan ledger mirror，或重新取得完整的镜像。",
    "It says the retention {said}, and the rule that the log signed is {signed}: entries may lack "
    "by the signed one alone; run suyuan ledger mirror again, or fetch the whole mirror again.",
)


class Damage(Struct, frozen=True):
    """One thing wrong in a mirror: the file, a stable code, what it is and what mends it."""

    path: str
    code: str
    text: Text


class Mirror(Struct, frozen=True):
    """What a mirror holds, and what is wrong in it; whole if nothing is.

    Entries before `first` may lack, by the retention that the log signed; their hashes do not.
    `leaf` is the hash of the first entry, None where there is none that could be read.
    """

    head: Witnessed
    damages: tuple[Damage, ...]
    first: int = 0
    leaf: bytes | None = None


def names_below(folder: Path) -> list[str]:
    """The files of a mirror on the disk, in order, by their paths below its folder.

    What begins with a dot, and all below it, is what systems and tools leave in folders: no log has
    such a file, and nobody is served one.
    """
    found = list[str]()
    for at, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        paths = (Path(at, each) for each in files if not each.startswith("."))
        found.extend(each.relative_to(folder).as_posix() for each in paths if each.is_file())
    return sorted(found)


def data_of(path: Path) -> bytes | None:
    """What is in a file of a mirror on the disk; None where there is no file of that name.

    Of one that is larger than any log has, so much that it can be told to be none of them.
    """
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(_LARGEST + 1)


def check_mirror(
    read: Read,
    policy: Policy,
    *,
    names: Collection[str] = (),
    since: Checkpoint | None = None,
    latest: int | None = None,
    rule: LogRetention | None = None,
    is_closed: bool = False,
) -> Mirror:
    """Check every file that the mirror's checkpoint asks for, and every other that is there.

    Args:
        read: gives the files.
        policy: whose checkpoint is trusted.
        names: the files that are there, where that can be known (not at an address).
        since: an older, trusted checkpoint, which the mirror must continue if it is of its shard.
        latest: see `suyuan.tlog.policy.witnessed`.
        rule: by which the log signed that it withholds entries, as it counts from the first of
            this shard; None where it did not.
        is_closed: whether it is a shard that ends there, so that its last bundle may be withheld
            though it is not full.

    Raises:
        FormatError, ProofError, SuiteError: the checkpoint is missing or not to be trusted.
    """
    signed = read(CHECKPOINT)
    if signed is None:
        raise UndecidedError("mirror.missing", _MISSING, CHECKPOINT)
    head = witnessed(signed, policy, latest=latest)
    size = head.checkpoint.size
    signed_rule = retained.within(rule, size=size, is_closed=is_closed)
    first = signed_rule.first if signed_rule else 0
    own = since if since and since.origin == head.checkpoint.origin else None
    walk = _Walk(read, head.checkpoint, own, signed_rule)
    walk.damages.extend(unsigned(read(RETENTION), signed_rule))
    walk.take(set(names) - {CHECKPOINT, RETENTION})
    if walk.lowest():
        walk.above()
        walk.roots()
    return Mirror(head, tuple(walk.damages), first, walk.leaf)


def unsigned(data: bytes | None, signed: LogRetention | None) -> Iterator[Damage]:
    """What is wrong with the file in which a shard says its retention, by what the log signed."""
    if data is None:
        return
    try:
        said = parse_retention(data)
    except FormatError as error:
        yield Damage(RETENTION, error.code, error.text)
        return
    if said != signed:
        text = _UNSIGNED.format(said=_told(said), signed=_told(signed))
        yield Damage(RETENTION, "mirror.retention-unsigned", text)


def _told(rule: LogRetention | None) -> str:
    return "—" if rule is None else f"days {rule.days}, first {rule.first}"


class _Walk:
    """The state of one pass."""

    def __init__(
        self, read: Read, head: Checkpoint, since: Checkpoint | None, rule: LogRetention | None
    ) -> None:
        self.damages: list[Damage] = []
        self.leaf: bytes | None = None
        self._read, self._head, self._since, self._rule = read, head, since, rule
        self._frontier: Frontier | None = Frontier()  # None: there is a gap in what can be read
        self._old_root: bytes | None = None
        self._found: list[list[bytes | None]] = [[]]  # hashes of full tiles, by level above 0
        self._parents: tuple[int, Hashes | None] = (-1, None)
        self._older: Mapping[tuple[int, int], list[Tile]] = {}

    def take(self, names: Collection[str]) -> None:
        """Keep the files of smaller trees for when their tile is known; what is none is foreign."""
        self._older, foreign = _sorted_out(names, self._head.size)
        for name in foreign:
            self._note(name.encode(errors="backslashreplace").decode(), "mirror.foreign", _FOREIGN)

    def lowest(self) -> bool:
        """Entries against the hashes of the lowest tiles; False if it was given up."""
        for index in range(-(-self._head.size // WIDTH)):
            if len(self.damages) >= _MOST:  # a size may be claimed that nobody could ever read
                self._note(CHECKPOINT, "mirror.stopped", _STOPPED)
                return False
            tile = tile_at(0, index, self._head.size)
            bundle = Tile(ENTRIES, index, tile.width)
            in_tile, entries = self._load(tile, parse_tile), self._load(bundle, parse_bundle)
            in_bundle = None if entries is None else tuple(map(leaf_hash, entries))
            hashes = self._settled(tile, bundle, in_tile, in_bundle)
            for level in (ENTRIES, 0):
                self._compare_leaves(self._older.get((level, index), ()), hashes or ())
            self._advance(hashes, tile)
        return True

    def above(self) -> None:
        """The tiles above against what the ones below give."""
        level = 1
        while self._head.size >> 8 * level:
            below, over = self._found[-1], list[bytes | None]()
            for start in range(0, len(below), WIDTH):
                part = below[start : start + WIDTH]
                tile = Tile(level, start // WIDTH, len(part))
                for each in (tile, *self._older.get((level, tile.index), ())):
                    self._compare(each, part)
                if len(part) == WIDTH:
                    over.append(_folded(part))
            self._found.append(over)
            level += 1

    def roots(self) -> None:
        """The root against the checkpoint, and against the older one."""
        if self._frontier is not None and root(self._frontier) != self._head.root:
            self._note(CHECKPOINT, "mirror.root", _ROOT)
        if self._since is None:
            return
        size = self._since.size
        if size > self._head.size:
            text = _SHORTER.format(found=self._head.size, size=size)
            self._note(CHECKPOINT, "mirror.shorter", text)
        elif size and self._old_root != self._since.root and self._frontier is not None:
            self._note(CHECKPOINT, "mirror.history", _HISTORY.format(size=size))

    def _load(self, tile: Tile, parse: Callable[[bytes, int], Hashes]) -> Hashes | None:
        """What a file holds; a full tile serves for a partial one."""
        path = tile_path(tile)
        data, width = self._read(path), tile.width
        if data is None and width < WIDTH:
            data, width = self._read(tile_path(Tile(tile.level, tile.index))), WIDTH
        if data is None:
            if not retained.is_withheld(tile, self._rule):
                self._note(path, "mirror.missing", _MISSING)
            return None
        try:
            return parse(data, width)[: tile.width]
        except FormatError as error:
            self._note(path, error.code, error.text)
            return None

    def _settled(
        self, tile: Tile, bundle: Tile, in_tile: Hashes | None, in_bundle: Hashes | None
    ) -> Hashes | None:
        """Which of two accounts of the leaves is true, where they differ."""
        if in_tile is None or in_bundle is None or in_tile == in_bundle:
            return in_tile or in_bundle
        accounts = ((bundle, in_bundle), (tile, in_tile))
        held = [each for each in accounts if self._is_true(tile, each[1])]
        pairs = enumerate(zip(in_tile, in_bundle, strict=True), tile.index * WIDTH)
        differing = [index for index, (one, other) in pairs if one != other]
        for wrong, _ in (each for each in accounts if each not in held):
            for index in differing:
                self._note(tile_path(wrong), "mirror.entry", _ENTRY.format(index=index))
        return (held or accounts)[0][1]

    def _is_true(self, tile: Tile, hashes: Hashes) -> bool:
        """Whether the tile above, or for the last tile the checkpoint, has these leaves."""
        if tile.width == WIDTH:
            parents = self._parent_hashes(tile.index // WIDTH)
            return parents is not None and parents[tile.index % WIDTH] == _folded(hashes)
        whole = self._frontier and root(extend(self._frontier, hashes))
        return whole == self._head.root

    def _parent_hashes(self, index: int) -> Hashes | None:
        """The tile above, read once for the 256 that ask, and not judged here."""
        if self._parents[0] != index:
            tile = tile_at(1, index, self._head.size)
            data = self._read(tile_path(tile)) or b""
            whole = len(data) == tile.width * 32
            self._parents = (index, parse_tile(data, tile.width) if whole else None)
        return self._parents[1]

    def _advance(self, hashes: Hashes | None, tile: Tile) -> None:
        if tile.index == 0 and hashes:
            self.leaf = hashes[0]
        if hashes is None or self._frontier is None:
            self._frontier = None
        else:
            self._extend(hashes)
        if tile.width == WIDTH:
            self._found[0].append(_folded(hashes))

    def _extend(self, hashes: Hashes) -> None:
        """Grow the tree, with a stop where it had the size of the older checkpoint."""
        frontier = self._frontier or Frontier()
        stop = self._since.size - frontier.size if self._since else 0
        if 0 < stop <= len(hashes):
            self._old_root = root(extend(frontier, hashes[:stop]))
        self._frontier = extend(frontier, hashes)

    def _compare_leaves(self, older: Iterable[Tile], wanted: Hashes) -> None:
        """Tiles and bundles of smaller trees against the leaves as they were settled."""
        for tile in older:
            found = self._load(tile, _parse_leaves if tile.level == ENTRIES else parse_tile)
            pairs = enumerate(zip(found or (), wanted, strict=False), tile.index * WIDTH)
            for index in [index for index, (has, needs) in pairs if has != needs]:
                self._note(tile_path(tile), "mirror.entry", _ENTRY.format(index=index))

    def _compare(self, tile: Tile, wanted: Sequence[bytes | None]) -> None:
        found = self._load(tile, parse_tile)
        for at, (has, needs) in enumerate(zip(found or (), wanted, strict=False)):
            if needs is not None and has != needs:
                self._note(tile_path(tile), "mirror.hash", _HASH.format(at=at))

    def _note(self, path: str, code: str, text: Text) -> None:
        self.damages.append(Damage(path, code, text))


def _parse_leaves(data: bytes, width: int) -> Hashes:
    return tuple(map(leaf_hash, parse_bundle(data, width)))


def _sorted_out(
    names: Collection[str], size: int
) -> tuple[Mapping[tuple[int, int], list[Tile]], list[str]]:
    """The tiles among these that trees smaller than `size` had, by their place; and what is none.

    A full tile that stands for a partial one of that tree is neither.
    """
    older, foreign = defaultdict[tuple[int, int], list[Tile]](list), list[str]()
    for name in sorted(names):
        if (tile := parsed(name)) is None:
            foreign.append(name)
            continue
        now = tile_at(tile.level, tile.index, size)
        if tile != now and is_in(tile, size):
            older[tile.level, tile.index].append(tile)
        elif tile != now and not (now.width > 0 and _stands(tile, now, names)):
            foreign.append(name)
    return older, foreign


def _stands(tile: Tile, now: Tile, names: Collection[str]) -> bool:
    return tile.width == WIDTH and tile_path(now) not in names


def _folded(hashes: Sequence[bytes | None] | None) -> bytes | None:
    """The hash of a full tile as the tile above has it; None where one of them is not known."""
    known = [each for each in hashes or () if each is not None]
    return root(extend(Frontier(), known)) if len(known) == WIDTH else None

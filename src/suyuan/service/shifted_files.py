"""Takes a mirror's files that differ from the database; gives one finding for all that moved.

Where the database has an entry put in or taken out, or the mirror has, every file behind that place
differs. Their hashes are laid beside those of the database in one reading, and files that are like
it but for the shift are counted, not listed; what differs for another reason is left by itself.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.damage import Damage
from suyuan.ledger import tree
from suyuan.ledger.types import Shard
from suyuan.service.placing import FEW
from suyuan.store import ReadConnection
from suyuan.tlog.errors import FormatError
from suyuan.tlog.mirror import data_of
from suyuan.tlog.tiles import ENTRIES, WIDTH, Tile, parse_bundle, parse_tile, tile_at, tile_path
from suyuan.tlog.tree import Frontier, extend, leaf_hash, root

_FURTHER: Final = Text(
    "从位置 {first} 起的 {count} 个文件，其中的条目在数据库里都后移了 {by} 位："
    "数据库在该处插入过条目，或镜像缺了条目；此外都相符",
    "In {count:file|files} from position {first} on all entries stand {by} further in the "
    "database: something was put in there, or the mirror lacks something; else they agree",
)
_NEARER: Final = Text(
    "从位置 {first} 起的 {count} 个文件，其中的条目在数据库里都前移了 {by} 位："
    "数据库在该处删去过条目，或镜像多了条目；此外都相符",
    "In {count:file|files} from position {first} on all entries stand {by} nearer to the beginning "
    "in the database: something was taken out there, or the mirror has something more; else they "
    "agree",
)
_FURTHEST: Final = 1_024
"""Entries put in or taken out at one place that are looked for."""
_MOST_ODD: Final = 256
"""Entries that are nowhere near: where there are more, it is another history and no shift."""
_Hashes = tuple[bytes, ...]
_At = Callable[[int], bytes | None]
"""The hash of a leaf by its index from 0; None where there is none."""


class Other(Struct, frozen=True):
    """A file of a mirror that is not what the database gives: where, which, what it says."""

    path: Path
    tile: Tile
    data: bytes


class _Break(Struct, frozen=True):
    """From the mirror's index `at` on all stands `by` further in the database."""

    at: int
    by: int


def told(
    conn: ReadConnection,
    shard: Shard,
    folder: Path,
    size: int,
    others: Sequence[Other],
    cure: Text,
) -> Iterator[Damage | Other]:
    """Those files again, one finding in the place of at least a few that moved together.

    `size` is that of the mirror's tree of this shard, and `cure` is what mends it.
    """
    lowest = [each.tile.index for each in others if each.tile.level <= 0]
    if len(others) < FEW or not lowest:
        yield from others
        return
    theirs = _Files(folder, size)
    first, last = min(lowest) * WIDTH, min((max(lowest) + 1) * WIDTH, size)
    breaks, odd = _aligned(_leaves(conn, shard), shard.size, theirs.leaf, range(first, last))
    groups: dict[_Break | None, list[Other]] = {}
    for each in others:
        groups.setdefault(_cause(each, theirs, breaks, odd), []).append(each)
    for cause, files in groups.items():
        if cause is None or len(files) < FEW:
            yield from files
        else:
            yield _shifted(shard, cause, files, cure)


def _shifted(shard: Shard, cause: _Break, files: Sequence[Other], cure: Text) -> Damage:
    position = shard.before + cause.at + 1
    text = (_FURTHER if cause.by > 0 else _NEARER).format(
        first=position, count=len(files), by=abs(cause.by)
    )
    place = str(min(files, key=lambda each: _span(each.tile)).path)
    return Damage(code="mirror.shifted", place=place, text=text, cure=cure, position=position)


def _aligned(ours: _At, size: int, theirs: _At, places: range) -> tuple[list[_Break], set[int]]:
    """Where the database goes on further or nearer than the mirror, and what it has nowhere near.

    None of both where it is another history. `size` is how many leaves the database has.
    """
    breaks, odd, at, by = list[_Break](), set[int](), places.start, 0
    while at < places.stop and at + by < size:
        hash_of = theirs(at)
        if hash_of is not None and hash_of == ours(at + by):
            at += 1
        elif step := _step(ours, theirs, at, by):
            by += step
            breaks.append(_Break(at, by))
            at -= min(step, 0)  # what was taken out is in the mirror alone
        else:
            odd.add(at)
            at += 1
            if len(odd) > _MOST_ODD:
                return [], set()
    return breaks, odd


def _step(ours: _At, theirs: _At, at: int, by: int) -> int:
    """By how much the database goes on further from here, or nearer; 0 where neither is seen."""
    mirrored, kept = theirs(at), ours(at + by)
    for far in range(1, _FURTHEST + 1):
        if mirrored is not None and mirrored == ours(at + by + far):
            return far
        if kept is not None and kept == theirs(at + far):
            return -far
    return 0


def _cause(
    other: Other, theirs: "_Files", breaks: Sequence[_Break], odd: set[int]
) -> _Break | None:
    """The shift that a file is explained by; None: it differs for another reason."""
    start, end = _span(other.tile)
    end = min(end, theirs.size)
    behind = bisect_right([each.at for each in breaks], start)
    cause = breaks[max(behind - 1, 0)] if breaks else None
    if cause is None or cause.at >= end or not odd.isdisjoint(range(start, end)):
        return None
    return cause if theirs.gives(other) else None


def _span(tile: Tile) -> tuple[int, int]:
    """The leaves that a file speaks of: the first, and the one behind the last."""
    wide: int = WIDTH ** max(tile.level, 0)
    start = tile.index * WIDTH * wide
    return start, start + tile.width * wide


def _leaves(conn: ReadConnection, shard: Shard) -> _At:
    @lru_cache(maxsize=16)
    def part(number: int) -> _Hashes:
        first = shard.first + number * WIDTH
        found = tree.leaves(conn, first, min(first + WIDTH - 1, shard.last))
        return tuple(leaf_hash(each.logged) for each in found)

    def leaf(at: int) -> bytes | None:
        number, place = divmod(at, WIDTH)
        hashes = part(number) if 0 <= at < shard.size else ()
        return hashes[place] if place < len(hashes) else None

    return leaf


class _Files:
    """The hashes that a mirror's own files give."""

    def __init__(self, folder: Path, size: int) -> None:
        self.size = size
        self._folder = folder
        self._hashes = lru_cache(maxsize=16)(self._read)

    def leaf(self, at: int) -> bytes | None:
        """The hash of a leaf, from the lowest tiles, or from the bundle where its tile is lost."""
        number, place = divmod(at, WIDTH)
        if not 0 <= at < self.size:
            return None
        hashes = self._hashes(0, number) or self._hashes(ENTRIES, number)
        return hashes[place] if place < len(hashes) else None

    def gives(self, other: Other) -> bool:
        """Whether a file is as the mirror's own files below it have it."""
        tile, found = other.tile, _hashes_in(other.tile, other.data)
        first = tile.index * WIDTH
        if tile.level <= 0:
            own = [self.leaf(first + at) for at in range(tile.width)]
        else:
            own = [self._folded(tile.level - 1, first + at) for at in range(tile.width)]
        return list(found) == own

    def _folded(self, level: int, index: int) -> bytes | None:
        hashes = self._hashes(level, index)
        return root(extend(Frontier(), hashes)) if len(hashes) == WIDTH else None

    def _read(self, level: int, index: int) -> _Hashes:
        tile = tile_at(level, index, self.size)
        return _hashes_in(tile, data_of(self._folder / tile_path(tile)) or b"")


def _hashes_in(tile: Tile, data: bytes) -> _Hashes:
    """What a file has, entries as their hashes; nothing where it is damaged."""
    try:
        if tile.level == ENTRIES:
            return tuple(map(leaf_hash, parse_bundle(data, tile.width)))
        return parse_tile(data, tile.width)
    except FormatError:
        return ()

"""A log as static files: tiles of 256 hashes, bundles of 256 entries (c2sp.org/tlog-tiles).

Everything here is a pure function of the tree, so files that are lost or torn can be made again.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Final, NoReturn

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.text import brief
from suyuan.tlog.encoding import HASH_BYTES, LARGEST_SIZE
from suyuan.tlog.errors import FormatError
from suyuan.tlog.tree import Node, nodes

WIDTH: Final = 256
"""Hashes in a full tile, entries in a full bundle."""
HEIGHT: Final = 8
"""Levels of the tree that one level of tiles spans."""
ENTRIES: Final = -1
"""The level that stands for entry bundles."""
LARGEST_ENTRY: Final = 65_535  # bytes: its length is written in two
_HIGHEST: Final = 63
_LENGTH_BYTES: Final = 2

_PATH: Final = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)
_BAD_PATH: Final = Text(
    "“{found}” 不是日志文件的路径；格式为 tile/层/序号，如 tile/0/x001/234.p/5。",
    "'{found}' is no path of a log's file; its form is tile/LEVEL/INDEX, as tile/0/x001/234.p/5.",
)
_TILE: Final = Text(
    "哈希块应为 {wanted} 字节，实为 {found}；请由叶记录重新生成，或从其他镜像取回。",
    "A tile of {wanted} bytes was expected, not of {found}; derive it again from the leaves, or "
    "fetch it from another mirror.",
)
_BUNDLE: Final = Text(
    "条目包应恰有 {wanted} 个条目，长度与内容不符；请由记录重新生成，或从其他镜像取回。",
    "A bundle of exactly {wanted} entries was expected, and its lengths do not fit; derive it "
    "again from the record, or fetch it from another mirror.",
)
_ENTRY: Final = Text(
    "条目有 {found} 字节，上限为 65535；请改为存证其摘要。",
    "The entry has {found:byte|bytes} and may have 65,535; log a digest of it instead.",
)


class Tile(Struct, frozen=True):
    """One file of a log: a tile of hashes at a level from 0 to 63, or a bundle (`ENTRIES`).

    `index` counts from 0 within the level; a `width` below 256 is a partial one.
    """

    level: int
    index: int
    width: int = WIDTH


def tile_path(tile: Tile) -> str:
    """Where a tile is served, relative to the log's address."""
    digits = str(tile.index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    level = "entries" if tile.level == ENTRIES else tile.level
    index = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{index}" + ("" if tile.width == WIDTH else f".p/{tile.width}")


def parse_path(path: str) -> Tile:
    """The tile that a path names.

    Raises:
        FormatError: `tiles.path`, for every other spelling too.
    """
    match = _PATH.fullmatch(path)
    if not match:
        _refuse_path(path)
    level, index, width = match.groups()
    tile = Tile(
        ENTRIES if level == "entries" else int(level),
        int(re.sub("[x/]", "", index)),
        int(width or WIDTH),
    )
    within = tile.level <= _HIGHEST and tile.index <= LARGEST_SIZE
    if not within or tile_path(tile) != path:
        _refuse_path(path)
    return tile


def parsed(path: str) -> Tile | None:
    """The tile that a path names; None for every other file."""
    try:
        return parse_path(path)
    except FormatError:
        return None


def tiles_of(size: int, *, since: int = 0) -> Iterator[Tile]:
    """The tiles and bundles of a tree that are not those of the smaller tree `since`.

    Bundles first, then tiles from the leaves up: written in this order, whatever is there has
    what it rests on. A tile that was partial comes again, wider.
    """
    yield from _level(ENTRIES, size, since)
    for level in range(_HIGHEST + 1):
        span = level * HEIGHT
        if not size >> span:
            return
        yield from _level(level, size >> span, since >> span)


def tile_bytes(tile: Tile, node: Node) -> bytes:
    """The hashes of a tile, 32 bytes each, from the tree's complete subtrees."""
    first = tile.index * WIDTH
    return b"".join(node(tile.level * HEIGHT, first + at) for at in range(tile.width))


def parse_tile(data: bytes, width: int) -> tuple[bytes, ...]:
    """The hashes in a tile's file.

    Raises:
        FormatError: `tiles.length`.
    """
    if len(data) != width * HASH_BYTES:
        text = _TILE.format(wanted=width * HASH_BYTES, found=len(data))
        raise FormatError("tiles.length", text)
    return tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))


def bundle_bytes(entries: Sequence[bytes]) -> bytes:
    """Entries one after the other, each behind its length.

    Raises:
        FormatError: `tiles.entry`, one is longer than 65,535 bytes.
    """
    if (longest := max(map(len, entries), default=0)) > LARGEST_ENTRY:
        raise FormatError("tiles.entry", _ENTRY.format(found=longest))
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES) + entry for entry in entries)


def parse_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """The entries in a bundle's file.

    Raises:
        FormatError: `tiles.bundle`, it does not hold exactly `width` whole entries.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) <= width:
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start])
        entries.append(data[start:at])
    if at != len(data) or len(entries) != width:
        raise FormatError("tiles.bundle", _BUNDLE.format(wanted=width))
    return tuple(entries)


def place_of(level: int, index: int) -> tuple[int, int, int, int]:
    """Where a subtree's hash comes from: tile level and index, first hash in it, how many."""
    height, inner = divmod(level, HEIGHT)
    tile, first = divmod(index << inner, WIDTH)
    return height, tile, first, 1 << inner


def tile_at(level: int, index: int, size: int) -> Tile:
    """The tile of that place as a tree of `size` has it: partial at the right edge."""
    return Tile(level, index, min(WIDTH, (size >> max(level, 0) * HEIGHT) - index * WIDTH))


def is_in(tile: Tile, size: int) -> bool:
    """Whether a tree of `size` has a tile, or had it, less wide, when it was smaller."""
    return tile.width <= tile_at(tile.level, tile.index, size).width


def bundle_of(index: int, size: int) -> Tile:
    """The bundle that holds an entry, as a tree of `size` has it."""
    return tile_at(ENTRIES, index // WIDTH, size)


def nodes_from_tiles(size: int, fetch: Callable[[Tile], bytes]) -> Node:
    """The subtrees of a tree of `size`, from its tiles, each fetched once: all that proofs need.

    Raises (the node): FormatError: `tiles.length`, and whatever `fetch` raises.
    """

    @cache
    def hashes(tile: Tile) -> tuple[bytes, ...]:
        return parse_tile(fetch(tile), tile.width)

    def node(level: int, index: int) -> bytes:
        height, at, first, count = place_of(level, index)
        found = hashes(tile_at(height, at, size))[first : first + count]
        return nodes(found)(level % HEIGHT, 0)

    return node


def _level(level: int, count: int, since: int) -> Iterator[Tile]:
    """The tiles of one level that has so many hashes, without those that were full before."""
    if count == since:
        return
    for index in range(since // WIDTH, -(-count // WIDTH)):
        yield Tile(level, index, min(WIDTH, count - index * WIDTH))


def _refuse_path(found: str) -> NoReturn:
    raise FormatError("tiles.path", _BAD_PATH.format(found=brief(found, 80)), "path")

"""A network on disk, mapped into memory: whole or not there, checked, and made again at will.

The file: a magic line, the length of a JSON header and its digest, the header (counts, position,
each column's place, type, length and digest), the columns, each at a multiple of 64 bytes. It is
written beside its name and renamed, so that a reader finds the old one or the new one.
"""

import hashlib
import mmap
import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import get_ident
from typing import Any, BinaryIO, Final

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from suyuan.kit import SuyuanError, Text
from suyuan.network.arrays import Side
from suyuan.network.graph import Network, merged

_MAGIC = b"suyuan network 1\n"
_ALIGN = 64
_DIGEST = 32
_LONGEST_HEADER: Final = 1 << 18
_FRONT = len(_MAGIC) + 8 + _DIGEST
_COLUMNS = ("offsets", "far", "leaves", "comes", "entry")


class SnapshotError(SuyuanError):
    """The file is no snapshot, or not whole, or not what was written."""


class _Column(Struct, frozen=True):
    name: str
    start: int
    dtype: str
    length: int
    digest: str


class _Header(Struct, frozen=True):
    about: str
    nodes: int
    position: int
    size: int
    columns: tuple[_Column, ...]


class Kept(Struct, frozen=True, eq=False):
    """Columns by name, of a network of so many nodes that is complete to a position of the record.

    `about` says whose they are.
    """

    columns: dict[str, NDArray[Any]]
    nodes: int
    position: int
    about: str


def write(path: Path, net: Network, *, about: str = "") -> None:
    """Put the network at `path`, durably, in place of what was there; `about` is kept with it."""
    put(path, Kept(_arrays(merged(net)), net.nodes, net.position, about))


def put(path: Path, kept: Kept) -> None:
    """Put columns at `path`, durably, in place of what was there."""
    arrays = {name: np.ascontiguousarray(_little(one)) for name, one in kept.columns.items()}
    header, front = _front(kept, arrays)
    part = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.part")
    try:
        with part.open("wb") as file:
            file.write(front)
            for column in header.columns:
                file.seek(column.start)
                file.write(_bytes(arrays[column.name]))
            file.truncate(header.size)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def read(path: Path, *, checked: bool = True) -> tuple[Network, str]:
    """The network at `path`, mapped and not loaded, and what was kept with it.

    `checked` reads it all once for its digests. What a program changes in the arrays stays its own.
    """
    kept = take(path, checked=checked)
    ahead, back = (_side(kept.columns, way) for way in ("ahead", "back"))
    net = Network(nodes=kept.nodes, ahead=(ahead,), back=(back,), position=kept.position)
    return net, kept.about


def take(path: Path, *, checked: bool = True) -> Kept:
    """The columns at `path`, mapped and not loaded, in the same way."""
    with path.open("rb") as file:
        header = _header(file, path)
        if os.fstat(file.fileno()).st_size != header.size:
            raise _broken(path, Text("长度不符", "its length is not what it says"))
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    found = {column.name: _column(mapped, column) for column in header.columns}
    if checked:
        for column in header.columns:
            if _digest(found[column.name]) != column.digest:
                said = Text(f"{column.name} 列校验和不符", f"column {column.name} was changed")
                raise _broken(path, said)
    return Kept(found, header.nodes, header.position, header.about)


def _side(found: dict[str, NDArray[Any]], way: str) -> Side:
    return Side(*(found[f"{way}.{name}"] for name in _COLUMNS))


def _arrays(net: Network) -> dict[str, NDArray[Any]]:
    return {
        f"{way}.{name}": getattr(one, name)
        for way, (one,) in (("ahead", net.ahead), ("back", net.back))
        for name in _COLUMNS
    }


def _little(array: NDArray[Any]) -> NDArray[Any]:
    return array if sys.byteorder == "little" else array.astype(array.dtype.newbyteorder("<"))


def _front(kept: Kept, arrays: dict[str, NDArray[Any]]) -> tuple[_Header, bytes]:
    """The header and how it is written; its own length decides where columns begin."""
    room = _FRONT + 256 * (len(arrays) + 1) + 6 * len(kept.about)
    at, columns = _aligned(room), []
    for name, array in arrays.items():
        columns.append(_Column(name, at, array.dtype.str, len(array), _digest(array)))
        at = _aligned(at + array.nbytes)
    header = _Header(kept.about, kept.nodes, kept.position, at, tuple(columns))
    said = msgspec.json.encode(header)
    assert _FRONT + len(said) <= room  # noqa: S101 -- names and numbers are short
    front = _MAGIC + len(said).to_bytes(8, "little") + hashlib.sha256(said).digest() + said
    return header, front


def _header(file: BinaryIO, path: Path) -> _Header:
    front = file.read(_FRONT)
    if len(front) < _FRONT or not front.startswith(_MAGIC):
        raise _broken(path, Text("不是快照文件", "it is no snapshot"))
    length = int.from_bytes(front[len(_MAGIC) : len(_MAGIC) + 8], "little")
    said = file.read(length) if length <= _LONGEST_HEADER else b""
    if hashlib.sha256(said).digest() != front[-_DIGEST:]:
        raise _broken(path, Text("文件头校验和不符", "its header was changed"))
    return msgspec.json.decode(said, type=_Header)


def _column(mapped: mmap.mmap, column: _Column) -> NDArray[Any]:
    return np.frombuffer(mapped, np.dtype(column.dtype), column.length, column.start)


def _bytes(array: NDArray[Any]) -> memoryview:
    return array.view(np.uint8).data


def _aligned(at: int) -> int:
    return -(-at // _ALIGN) * _ALIGN


def _digest(array: NDArray[Any]) -> str:
    return hashlib.blake2b(_bytes(array), digest_size=16).hexdigest()


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # some file systems cannot; the rename has happened all the same
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _broken(path: Path, why: Text) -> SnapshotError:
    return SnapshotError(
        "network.broken-snapshot",
        Text(
            f"网络快照不可用：{why.zh}。删除该文件即可，它会由记录重新生成。",
            f"The snapshot cannot be used: {why.en}. Remove it; the record makes it again.",
        ),
        str(path),
    )

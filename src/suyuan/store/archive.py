"""One file of parts, written whole or not at all, and read only if nothing of it is missing.

A tar archive of numbered members, so that it can be opened without this program. Each is a part
under zstd: a line with its label, then its data; the last says how many there are and what they
digest to. With a passphrase each member is encrypted with age (age-encryption.org/v1) to a key
drawn for this file, and the first, `key.age`, is that key under the passphrase.
"""

import fcntl
import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any, Final, Self, cast

import msgspec
import pyrage
from msgspec import Struct
from zstandard import ZstdCompressor, ZstdDecompressor, ZstdError, get_frame_parameters

from suyuan.kit import BusyError, SuyuanError, Text, oserrors

_KEY: Final = "key.age"
_END: Final = "end"
_LARGEST: Final = 1 << 31
"""Bytes of a part: above what any row can have, below what a made-up length could claim."""

_TORN: Final = Text(
    "备份不完整或被改动（{what}）；请换一份备份。",
    "The backup is not whole, or was changed ({what}); take another one.",
)
_NO_ARCHIVE: Final = Text("这不是溯源的备份文件。", "This is no backup file of Suyuan.")
_LOCKED: Final = Text(
    "备份已加密；请用 --passphrase-file 给出口令。",
    "The backup is encrypted; give its passphrase with --passphrase-file.",
)
_WRONG: Final = Text("口令不对，或密钥部分被改动。", "The passphrase is wrong, or the key is torn.")
_OPEN: Final = Text(
    "备份没有加密，却给了口令：它可能被换过。确要恢复，请不给口令。",
    "A passphrase was given and the backup is not encrypted: it may have been replaced. To restore "
    "it all the same, give none.",
)
_BUSY: Final = Text("另一个程序正在写这个备份。", "Another process is writing this backup.")
_THERE: Final = Text(
    "文件已存在，没有改动它；请换个名字。", "The file exists and was left; name another."
)
_WRITE: Final = Text(
    "不能写入：{why}。没有留下备份。", "It cannot be written: {why}. No backup was left."
)
_READ: Final = Text("不能读取：{why}。", "It cannot be read: {why}.")


class ArchiveError(SuyuanError):
    """A file of parts cannot be written, or is not to be believed."""


class Part(Struct, frozen=True):
    """A piece of the file: what it is of, and its bytes."""

    label: str
    data: bytes


class _End(Struct, frozen=True):
    parts: int
    digest: str


class Writer:
    """Writes parts beside `path`, which comes into being only when all of them are on the disk."""

    def __init__(self, path: Path, *, passphrase: str | None) -> None:
        self._path, self._fresh = path, path.with_name(f".{path.name}.part")
        self._recipient: pyrage.x25519.Recipient | None = None
        self._passphrase = passphrase
        self._count, self._digest = 0, hashlib.sha256()
        self._press = ZstdCompressor(level=3, write_content_size=True)
        self._ending = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._file = self._ending.enter_context(_alone(self._fresh))
            self._require_free()
            self._tar = tarfile.open(fileobj=self._file, mode="w|", format=tarfile.PAX_FORMAT)
            self._ending.callback(_ended, self._tar)
            if self._passphrase is not None:
                identity = pyrage.x25519.Identity.generate()
                self._recipient = identity.to_public()
                wrapped = pyrage.passphrase.encrypt(str(identity).encode(), self._passphrase)
                self._member(_KEY, wrapped)
        except OSError as error:
            self._discard()
            raise self._unwritten(error) from error
        return self

    def _require_free(self) -> None:
        """See that nothing has the name; who holds the unfinished file alone may take it."""
        if self._path.exists():
            self._discard()
            raise ArchiveError("backup.there", _THERE, str(self._path), status=409)

    def __exit__(self, kind: type[BaseException] | None, error: object, _trace: object) -> None:
        if kind is not None:
            self._discard()
            if isinstance(error, OSError):
                raise self._unwritten(error) from error
            return
        try:
            self._finish()
        except OSError as failure:
            self._discard()
            raise self._unwritten(failure) from failure

    def add(self, part: Part) -> None:
        """Write a part.

        Raises:
            OSError: it cannot be written; told as `backup.write` when the block ends.
        """
        plain = part.label.encode() + b"\n" + part.data
        self._digest.update(hashlib.sha256(plain).digest())
        packed = self._press.compress(plain)
        name = f"{self._count:08}.zst"
        if self._recipient is not None:
            packed, name = pyrage.encrypt(packed, [self._recipient]), f"{name}.age"
        self._member(name, packed)
        self._count += 1

    def _member(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        self._tar.addfile(member, io.BytesIO(data))

    def _finish(self) -> None:
        end = _End(self._count, self._digest.hexdigest())
        self.add(Part(_END, msgspec.json.encode(end)))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._require_free()
        self._fresh.replace(self._path)
        self._ending.close()
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _discard(self) -> None:
        with suppress(OSError):
            self._fresh.unlink(missing_ok=True)
        self._ending.close()

    def _unwritten(self, error: OSError) -> ArchiveError:
        text = _WRITE.format(why=oserrors.with_cure(error))
        return ArchiveError("backup.write", text, str(self._path), status=507)


def _ended(tar: tarfile.TarFile) -> None:
    """One that is given up ends before its file is closed, not by itself some time after."""
    with suppress(OSError):
        tar.close()


def read_parts(path: Path, *, passphrase: str | None) -> Iterator[Part]:
    """The parts of a file in order; an iterator that ends has seen that none is missing.

    Raises:
        ArchiveError: `backup.torn`, `backup.locked`, `backup.passphrase`, `backup.open`.
    """
    try:
        with path.open("rb") as file:
            ending = _Ending(file)
            with tarfile.open(fileobj=cast("IO[bytes]", ending), mode="r|") as tar:
                yield from _parts(_members(tar, ending), passphrase, str(path))
                if not ending.is_whole():
                    raise _torn(_END, str(path))
    except tarfile.ReadError as error:
        raise ArchiveError("backup.shape", _NO_ARCHIVE, str(path)) from error
    except (tarfile.TarError, EOFError) as error:
        raise _torn(str(error), str(path)) from error
    except OSError as error:
        text = _READ.format(why=oserrors.with_cure(error))
        raise ArchiveError("backup.read", text, str(path)) from error


class _Ending:
    """A file that is read once, and remembers how it ends: tar itself does not look so far."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._count, self._last = 0, b""
        self.stop = 0
        """Where the newest member ends."""

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        self._count += len(data)
        self._last = (self._last + data)[-2 * tarfile.RECORDSIZE :]
        return data

    def is_whole(self) -> bool:
        """Whether behind the newest member are the two empty blocks and what fills the record."""
        least = self.stop + 2 * tarfile.BLOCKSIZE
        wanted = least + -least % tarfile.RECORDSIZE
        while self._count <= wanted and self.read(tarfile.RECORDSIZE):
            pass
        return self._count == wanted and not any(self._last[self.stop - wanted :])


def _members(tar: tarfile.TarFile, ending: _Ending) -> Iterator[tuple[str, bytes]]:
    for member in tar:
        ending.stop = member.offset_data + member.size + -member.size % tarfile.BLOCKSIZE
        data = tar.extractfile(member)
        yield member.name, data.read() if data is not None else b""


def _parts(
    members: Iterator[tuple[str, bytes]], passphrase: str | None, place: str
) -> Iterator[Part]:
    identity, digest, count = None, hashlib.sha256(), 0
    for name, data in members:
        if name == _KEY and count == 0:
            identity = _identity(data, passphrase, place)
            continue
        if passphrase is not None and identity is None:
            raise ArchiveError("backup.open", _OPEN, place)
        if name != f"{count:08}.zst" + (".age" if identity else ""):
            raise _torn(name, place)
        plain = _plain(data, identity, name, place)
        label, _, rest = plain.partition(b"\n")
        if label == _END.encode():
            _require_whole(rest, count, digest.hexdigest(), place)
            return
        digest.update(hashlib.sha256(plain).digest())
        count += 1
        yield Part(label.decode(errors="replace"), rest)
    raise _torn(_END, place)


def _identity(data: bytes, passphrase: str | None, place: str) -> Any:
    if passphrase is None:
        raise ArchiveError("backup.locked", _LOCKED, place, status=403)
    try:
        return pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(data, passphrase).decode())
    except (pyrage.DecryptError, pyrage.IdentityError, UnicodeDecodeError) as error:
        raise ArchiveError("backup.passphrase", _WRONG, place, status=403) from error


def _plain(data: bytes, identity: Any, name: str, place: str) -> bytes:
    try:
        packed = pyrage.decrypt(data, [identity]) if identity is not None else data
        if get_frame_parameters(packed).content_size > _LARGEST:
            raise _torn(name, place)
        return ZstdDecompressor().decompress(packed)
    except (pyrage.DecryptError, ZstdError) as error:
        raise _torn(name, place) from error


def _require_whole(said: bytes, count: int, digest: str, place: str) -> None:
    try:
        whole = msgspec.json.decode(said, type=_End) == _End(count, digest)
    except msgspec.DecodeError:
        whole = False
    if not whole:
        raise _torn(_END, place)


def _torn(what: str, place: str) -> ArchiveError:
    return ArchiveError("backup.torn", _TORN.format(what=what), place)


def _alone(path: Path) -> IO[bytes]:
    """A new file for its owner alone, or what a killed run left of it, which nobody else writes.

    Who had it may have finished it meanwhile, so that it is a whole one under another name by now.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _require_at(handle, path)
        os.ftruncate(handle, 0)
    except BlockingIOError as error:
        os.close(handle)
        raise BusyError("backup.busy", _BUSY, str(path)) from error
    except OSError:
        os.close(handle)
        raise
    return os.fdopen(handle, "wb")


def _require_at(handle: int, path: Path) -> None:
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(handle), path.stat()):
            return
    raise BlockingIOError

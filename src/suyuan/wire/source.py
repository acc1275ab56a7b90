"""Bytes that are read piece by piece, from memory or from a file that is open for reading.

A document may be far larger than what is to be held of it at once; so readers ask for the bytes
between two places, and a file is never read whole.
"""

import codecs
import hashlib
import os
from collections.abc import Iterator
from typing import Final, Protocol

CHUNK: Final = 256 << 10
"""Bytes that are read at once."""


class Opened(Protocol):
    """A file that is open for reading; whoever opened it closes it."""

    def fileno(self) -> int:
        """Its number."""


class Source:
    """The bytes of a document behind `first`, read `chunk` at a time. Threads may share one.

    Bytes in memory for which no chunk is named are held anyway, so they may be had as one.
    """

    __slots__ = ("_data", "_file", "_first", "_named", "chunk", "size")

    def __init__(self, data: bytes | Opened, first: int = 0, *, chunk: int | None = None) -> None:
        self._first = first
        self._named = chunk
        self.chunk = CHUNK if chunk is None else chunk
        if isinstance(data, bytes):
            self._data, self._file = data, None
            self.size = len(data) - first
        else:  # held, so that it stays open
            self._data, self._file = b"", data
            self.size = os.fstat(data.fileno()).st_size - first

    def read(self, begin: int, end: int) -> bytes:
        """The bytes from one place to another, fewer where the document ends before."""
        begin, end = begin + self._first, min(end, self.size) + self._first
        if self._file is None:
            return self._data[begin:end]
        return b"".join(self._parts(begin, end))

    def held(self) -> bytes:
        """Every byte where they are in memory as they are; else none."""
        return b"" if self._named is not None or self._first else self._data

    def _parts(self, begin: int, end: int) -> Iterator[bytes]:
        assert self._file is not None  # noqa: S101 -- the caller has seen it
        while begin < end:
            part = os.pread(self._file.fileno(), end - begin, begin)
            if not part:
                return
            begin += len(part)
            yield part

    def all(self) -> bytes:
        """Every byte."""
        return self.read(0, self.size)

    def chunks(self, end: int | None = None) -> Iterator[bytes]:
        """The bytes in order, up to a place, a piece at a time."""
        last = self.size if end is None else end
        for begin in range(0, last, self.chunk):
            yield self.read(begin, min(begin + self.chunk, last))

    def behind(self, first: int) -> "Source":
        """The same without its first bytes."""
        return Source(self._file or self._data, self._first + first, chunk=self._named)

    def sha256(self) -> bytes:
        """The 32 bytes of SHA-256 (FIPS 180-4)."""
        state = hashlib.sha256()
        for chunk in self.chunks():
            state.update(chunk)
        return state.digest()

    def broken_at(self) -> int | None:
        """The first byte that is not UTF-8, None where all are."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        at = 0
        try:
            for chunk in self.chunks():
                waiting = len(decoder.getstate()[0])
                decoder.decode(chunk)
                at += len(chunk)
            waiting = len(decoder.getstate()[0])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return at - waiting + error.start
        return None

    def line_of(self, at: int) -> tuple[int, int]:
        """The line and the column, both from 1, of a byte; columns count characters."""
        line, rest = 1, b""
        for chunk in self.chunks(at):
            before, broken, last = chunk.rpartition(b"\n")
            line += before.count(b"\n") + len(broken)
            rest = last if broken else rest + last
        return line, len(rest.decode("utf-8", "replace")) + 1

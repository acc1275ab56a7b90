"""Takes a stream of bytes; gives its lines as they come, each decoded, none longer than is read.

A list may be longer than memory, and a program may wait for the answer to one line before it
writes the next: what has come is given at once, and no more of a line is kept than is read.
"""

import codecs
from collections.abc import Iterator
from typing import Final, Protocol

from suyuan.codes.types import LONGEST

_AT_ONCE: Final = 1 << 16
_LONGEST_BYTES: Final = 4 * LONGEST
"""No character takes more than four bytes."""
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Stream(Protocol):
    """What is read by what is there: of standard input, its buffer."""

    def read1(self, size: int, /) -> bytes:
        """Some bytes as soon as there are any, `size` at most; none at the end."""


def batches(stream: Stream) -> Iterator[list[str | None]]:
    """The lines without their ends, those together that came together; None for one too long.

    What is no UTF-8 is GB 18030, in which spreadsheets and old programs in China write; UTF-16
    has a mark in front.
    """
    rest, mark = b"", codecs.BOM_UTF8
    for piece in _pieces(stream):
        *whole, rest = (rest + piece).split(b"\n")
        rest = rest[: _LONGEST_BYTES + 1]
        if whole:
            whole[0] = whole[0].removeprefix(mark)
            mark = b""
            yield _texts(whole)
    if rest:
        yield _texts([rest.removeprefix(mark)])


def _pieces(stream: Stream) -> Iterator[bytes]:
    """What is read, as UTF-8 where it was UTF-16."""
    first = stream.read1(_AT_ONCE)
    wide = first.startswith(_UTF_16)
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    piece = first
    while piece:
        yield decoder.decode(piece).encode("utf-8", "replace") if wide else piece
        piece = stream.read1(_AT_ONCE)


def _texts(lines: list[bytes]) -> list[str | None]:
    try:
        b"\n".join(lines).decode()
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "gb18030"
    return [_text(line, encoding) for line in lines]


def _text(line: bytes, encoding: str) -> str | None:
    if len(line) > _LONGEST_BYTES:
        return None
    text = line.decode(encoding, "replace").rstrip("\r")
    return text if len(text) <= LONGEST else None

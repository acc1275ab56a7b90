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
_UTF_8, _GB = "utf-8", "gb18030"
_BOTH: Final = (_UTF_8, _GB)
_BROKEN: Final = "\ufffd"
_LAST_OF_TWO: Final = "\u07ff"
"""The last character that UTF-8 writes with two bytes."""


class Stream(Protocol):
    """What is read by what is there: of standard input, its buffer."""

    def read1(self, size: int, /) -> bytes:
        """Some bytes as soon as there are any, `size` at most; none at the end."""


def batches(stream: Stream) -> Iterator[list[str | None]]:
    """The lines without their ends, those together that came together; None for one too long.

    Each line is read by itself: as UTF-8, or where it is none as GB 18030, in which spreadsheets
    and old programs in China write. So no line changes what another is read as. The few that are
    both are read as the lines before them were, or those that came with them. UTF-16 has a mark in
    front.
    """
    rest, mark, known = b"", codecs.BOM_UTF8, ""
    for piece in _pieces(stream):
        *whole, rest = (rest + piece).split(b"\n")
        rest = rest[: _LONGEST_BYTES + 1]
        if whole:
            if mark and whole[0].startswith(mark):
                known = _UTF_8
            whole[0] = whole[0].removeprefix(mark)
            mark = b""
            known = known or _first_said(whole)
            yield [_text(line, known) for line in whole]
    if rest:
        yield [_text(rest.removeprefix(mark), known)]


def _pieces(stream: Stream) -> Iterator[bytes]:
    """What is read, as UTF-8 where it was UTF-16."""
    first = stream.read1(_AT_ONCE)
    wide = first.startswith(_UTF_16)
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    piece = first
    while piece:
        yield decoder.decode(piece).encode("utf-8", "replace") if wide else piece
        piece = stream.read1(_AT_ONCE)


def _first_said(lines: list[bytes]) -> str:
    """The encoding that the first line is in which is in one alone; "" where none is."""
    said = (found[0] for line in lines if len(found := _encodings(line)) == 1)
    return next(said, "")


def _encodings(line: bytes) -> tuple[str, ...]:
    """In which encodings a line may be, the likelier first; none of what is in neither.

    A Chinese character has three bytes in UTF-8, and hardly ever are characters of GB 18030, of
    two, by chance a row of those; but they may be letters that UTF-8 writes with two (药品 is ҩƷ).
    """
    if len(line) > _LONGEST_BYTES or line.isascii():
        return _BOTH
    read = _decoded(line, _UTF_8)
    if read is None:
        return (_GB,) if _decoded(line, _GB) is not None else ()
    is_sure = any(each > _LAST_OF_TWO for each in read) or _decoded(line, _GB) is None
    return (_UTF_8,) if is_sure else _BOTH


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _text(line: bytes, known: str) -> str | None:
    if len(line) > _LONGEST_BYTES:
        return None
    may_be = _encodings(line)
    if known in may_be:
        may_be = (known,)
    read = [line.decode(each, "replace") for each in may_be[:1] or _BOTH]
    text = min(read, key=lambda each: each.count(_BROKEN)).rstrip("\r")
    return text if len(text) <= LONGEST else None

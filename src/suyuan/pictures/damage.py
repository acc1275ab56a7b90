"""Takes the bytes of a photo in which no code was found; gives what is damaged in them, if so.

A decoder draws a damaged JPEG or PNG as something, so that only the file itself can tell: the
marker segments of ITU-T T.81 annex B, and the chunks of PNG (ISO/IEC 15948 §5) with their CRC.
What is broken in a JPEG's coded data so that it is still coded data nobody can tell.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Final

from msgspec import Struct

from suyuan.kit import Text

_TABLES: Final = Text("解码用的表", "its tables")
_SEGMENTS: Final = Text("文件的结构", "its structure")
_CODED: Final = Text("图像数据", "its image data")

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_CHUNK: Final = 12
"""Bytes of a chunk beside its data: length, type, CRC."""

_JPEG: Final = b"\xff\xd8"
_SOF: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SEQUENTIAL: Final = frozenset((0xC0, 0xC1))
_DHT, _EOI, _SOS, _DQT = 0xC4, 0xD9, 0xDA, 0xDB
_BETWEEN_SCANS: Final = frozenset((_DHT, _EOI, _SOS, _DQT, 0xDC, 0xDD, *range(0xE0, 0xF0), 0xFE))
_IN_SCAN: Final = frozenset((0x00, *range(0xD0, 0xD8)))
"""Behind FF in coded data: a stuffed zero, or a restart."""

_COUNTS: Final = 17
"""Bytes before a Huffman table's values: its class and place, and how many codes of each length."""

_MOST_CODES: Final = 256
_QUANTISERS: Final = 64
_END_OF_BLOCK: Final = 0
_ZEROS: Final = bytes(256)
"""Coded data never have as many zeros in a row, unless zeros are how a blank block is coded."""


class _Segment(Struct, frozen=True):
    """A marker with its data; behind the header of a scan also the coded data."""

    marker: int
    data: bytes
    coded: bytes = b""


class _CutError(Exception):
    """The segments do not come out even."""


def damage(data: bytes) -> Text | None:
    """What is damaged in a JPEG or PNG; None if nothing is, or of files of other types."""
    if data.startswith(_PNG):
        return _png(data)
    return _jpeg(data) if data.startswith(_JPEG) else None


def _png(data: bytes) -> Text | None:
    at = len(_PNG)
    while at + _CHUNK <= len(data):
        size = int.from_bytes(data[at : at + 4])
        kind, end = data[at + 4 : at + 8], at + 8 + size
        is_sound = zlib.crc32(data[at + 4 : end]) == int.from_bytes(data[end : end + 4])
        if not is_sound and kind[:1].isupper():  # of the others no pixel is drawn
            return _CODED if kind == b"IDAT" else _SEGMENTS
        if kind == b"IEND":
            return None
        at = end + 4
    return _SEGMENTS


def _jpeg(data: bytes) -> Text | None:
    try:
        segments = list(_segments(data))
    except _CutError:
        return _SEGMENTS
    wrong = any(
        _TABLE_FAULTS[each.marker](each.data) for each in segments if each.marker in _TABLE_FAULTS
    )
    if wrong:
        return _TABLES
    frame = next((each.marker for each in segments if each.marker in _SOF), None)
    if frame is None or segments[-1].marker != _EOI:
        return _SEGMENTS
    return _CODED if frame in _SEQUENTIAL and _is_zeroed(segments) else None


def _segments(data: bytes) -> Iterator[_Segment]:
    """The segments up to the end of the image; what a camera puts behind it is another's.

    Raises:
        _CutError: there is no marker where one must be, or one that cannot be there.
    """
    at, seen_scan = len(_JPEG), False
    while True:
        marker, at = _marker(data, at)
        if seen_scan and marker not in _BETWEEN_SCANS:
            raise _CutError
        if marker == _EOI:
            yield _Segment(marker, b"")
            return
        size = int.from_bytes(data[at : at + 2])
        if size < 2 or at + size > len(data):  # noqa: PLR2004 -- the length counts itself
            raise _CutError
        end = _end_of_scan(data, at + size) if marker == _SOS else at + size
        yield _Segment(marker, data[at + 2 : at + size], data[at + size : end])
        at, seen_scan = end, seen_scan or marker == _SOS


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker that begins here, any number of FF before it, and where it ends."""
    end = at
    while data[end : end + 1] == b"\xff":
        end += 1
    if end == at or end >= len(data):
        raise _CutError
    return data[end], end + 1


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker begins that is no part of coded data."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] not in _IN_SCAN:
            return at
        at += 2
    raise _CutError


def _quantiser_fault(data: bytes) -> bool:
    """Whether a table of quantisers has a zero, by which nothing can be divided (T.81 §B.2.4.1)."""
    at = 0
    while at < len(data):
        wide = 1 + (data[at] >> 4)
        values = data[at + 1 : at + 1 + _QUANTISERS * wide]
        each = (values[i : i + wide] for i in range(0, len(values), wide))
        if len(values) < _QUANTISERS * wide or any(not any(one) for one in each):
            return True
        at += 1 + _QUANTISERS * wide
    return False


def _huffman_fault(data: bytes) -> bool:
    """Whether a table has no code, too many, or more than its lengths allow (T.81 §C.2)."""
    for table in _huffman(data):
        counts = table[1:_COUNTS]
        most = sum(count << (len(counts) - size) for size, count in enumerate(counts, start=1))
        is_whole = len(table) == _COUNTS + sum(counts) <= _COUNTS + _MOST_CODES
        if not (is_whole and 0 < most <= 1 << len(counts)):
            return True
    return False


def _huffman(data: bytes) -> Iterator[bytes]:
    """The tables of one segment; the last is too short if it is cut off."""
    starts = [0]
    while starts[-1] < len(data):
        at = starts[-1]
        starts.append(at + _COUNTS + sum(data[at + 1 : at + _COUNTS]))
    yield from (data[begin:end] for begin, end in pairwise(starts))


def _is_zeroed(segments: Iterable[_Segment]) -> bool:
    """Whether a scan has zeros where its tables code no blank picture by them."""
    first: dict[int, int] = {}
    for each in segments:
        if each.marker == _DHT:
            tables = _huffman(each.data)
            first |= {table[0] & 0xF: table[_COUNTS] for table in tables if table[0] >> 4}
        elif each.marker == _SOS and _ZEROS in each.coded:
            used = (chosen & 0xF for chosen in each.data[2 : 1 + 2 * sum(each.data[:1]) : 2])
            if any(first.get(table) != _END_OF_BLOCK for table in used):
                return True
    return False


_TABLE_FAULTS: Final[dict[int, Callable[[bytes], bool]]] = {
    _DQT: _quantiser_fault, _DHT: _huffman_fault,
}  # fmt: skip

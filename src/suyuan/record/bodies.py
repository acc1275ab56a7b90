"""What the record keeps of an event: as received, as understood, and what was found.

The first two say nearly the same, so behind each other they take little more than one. A dictionary
(RFC 8878 §5), trained on documents made up for it, stands for what all events have in common;
each frame names the one it needs, and the database keeps every one that was ever used.
"""

import threading
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
from msgspec import Struct
from zstandard import (
    ZstdCompressionDict,
    ZstdCompressor,
    ZstdDecompressor,
    get_frame_parameters,
)

from suyuan.model import Finding
from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_LEVEL: Final = 3
_ENCODE: Final = msgspec.json.Encoder().encode
_FINDINGS: Final = msgspec.json.Decoder(tuple[Finding, ...]).decode


class Press(Struct, frozen=True):
    """Presses bodies with the dictionary that comes with the program."""

    compressor: ZstdCompressor

    def pack(self, raw: bytes, normal: bytes, findings: tuple[Finding, ...]) -> bytes:
        """All three, pressed; the lengths of `raw` and `normal` must be kept beside it."""
        found = _ENCODE(findings) if findings else b""
        return self.compressor.compress(raw + normal + found)


class Body(Struct, frozen=True, gc=False):
    """What a row's body holds: the bytes received, those of the normal form, the findings."""

    raw: bytes
    normal: bytes
    findings: tuple[Finding, ...]


@cache
def shipped() -> ZstdCompressionDict:
    """The dictionary that comes with the program (made by tools/dictionary.py)."""
    return ZstdCompressionDict(files(__package__).joinpath("events.dict").read_bytes())


def press(conn: WriteConnection) -> Press:
    """A press for one transaction; the first one leaves its dictionary in the database."""
    dictionary = shipped()
    row = {"id": dictionary.dict_id(), "body": dictionary.as_bytes()}
    if conn.execute(_Q.has_dictionary, row).fetchone() is None:
        conn.execute(_Q.keep_dictionary, row)
    return Press(_compressor())


@cache
def _dictionary(level: int) -> ZstdCompressionDict:
    dictionary = shipped()
    dictionary.precompute_compress(level=level)
    return dictionary


def _compressor() -> ZstdCompressor:
    """A compressor of its own for each caller: one must not serve two threads at once."""
    return ZstdCompressor(
        level=_LEVEL, dict_data=_dictionary(_LEVEL), write_checksum=False, write_content_size=True
    )


_READERS: Final = threading.local()


def _own_reader() -> ZstdDecompressor:
    """One for each thread: to make it takes longer than to read a body, and two must not share."""
    if not hasattr(_READERS, "own"):
        _READERS.own = ZstdDecompressor(dict_data=shipped())
    reader: ZstdDecompressor = _READERS.own
    return reader


class OtherDictionaryError(LookupError):
    """A body needs a dictionary that did not come with the program."""


class Unpress:
    """Reads bodies back; fetches each dictionary that their frames name once.

    The one that comes with the program is fetched only by an audit, which goes by what is `kept`.
    Without a connection there is no other.
    """

    def __init__(self, conn: ReadConnection | None, *, kept: bool = False) -> None:
        self._conn = conn
        self._readers = {} if kept else {shipped().dict_id(): _own_reader()}

    def unpack(self, raw_length: int, normal_length: int, body: bytes) -> Body:
        """What was packed; takes the columns of a row in their order.

        Raises:
            OtherDictionaryError: there is no connection to fetch a dictionary by.
        """
        whole = self._reader(get_frame_parameters(body).dict_id).decompress(body)
        end = raw_length + normal_length
        found = _FINDINGS(whole[end:]) if len(whole) > end else ()
        return Body(whole[:raw_length], whole[raw_length:end], found)

    def _reader(self, dict_id: int) -> ZstdDecompressor:
        if dict_id not in self._readers:
            if self._conn is None:
                raise OtherDictionaryError(dict_id)
            (row,) = self._conn.execute(_Q.dictionary, {"id": dict_id}).fetchall()
            dictionary = ZstdCompressionDict(bytes(row[0]))
            self._readers[dict_id] = ZstdDecompressor(dict_data=dictionary)
        return self._readers[dict_id]

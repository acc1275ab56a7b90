"""An event's bytes as the record keeps them: as received and as understood, pressed together.

The two say nearly the same, so behind each other they take little more than one. A dictionary
(RFC 8878 §5), trained on documents made up for it, stands for what all events have in common;
each frame names the one it needs, and the database keeps every one that was ever used.
"""

from functools import cache
from importlib.resources import files
from typing import Final

from msgspec import Struct
from zstandard import (
    ZstdCompressionDict,
    ZstdCompressor,
    ZstdDecompressor,
    get_frame_parameters,
)

from suyuan.store import Queries, ReadConnection, WriteConnection

_Q: Final = Queries(__package__)
_LEVEL: Final = 3


class Press(Struct, frozen=True):
    """Presses bodies with the dictionary that comes with the program."""

    compressor: ZstdCompressor

    def pack(self, raw: bytes, normal: bytes) -> bytes:
        """The two, pressed; the length of `raw` must be kept beside it."""
        return self.compressor.compress(raw + normal)


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


class Unpress:
    """Reads bodies back; fetches each dictionary that their frames name once."""

    def __init__(self, conn: ReadConnection) -> None:
        self._conn = conn
        self._readers: dict[int, ZstdDecompressor] = {}

    def unpack(self, body: bytes, raw_length: int) -> tuple[bytes, bytes]:
        """The bytes received, and those of the normal form."""
        whole = self._reader(get_frame_parameters(body).dict_id).decompress(body)
        return whole[:raw_length], whole[raw_length:]

    def _reader(self, dict_id: int) -> ZstdDecompressor:
        if dict_id not in self._readers:
            (row,) = self._conn.execute(_Q.dictionary, {"id": dict_id}).fetchall()
            dictionary = ZstdCompressionDict(bytes(row[0]))
            self._readers[dict_id] = ZstdDecompressor(dict_data=dictionary)
        return self._readers[dict_id]

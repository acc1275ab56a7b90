"""What a cosignature signs: a checkpoint and the time it was seen (c2sp.org/tlog-cosignature).

The signature of a note line is then the time, eight bytes, and the signature proper.
"""

from typing import Final

from suyuan.kit import Text
from suyuan.kit.text import brief
from suyuan.tlog.checkpoint import parse_checkpoint
from suyuan.tlog.encoding import LARGEST_SIZE
from suyuan.tlog.errors import FormatError
from suyuan.tlog.note import COSIGNATURE

_TIME_BYTES: Final = 8
_LABEL: Final = b"subtree/v1\n\0"
_LONGEST: Final = 255  # bytes of a name within the ML-DSA message

_TIME: Final = Text(
    "见证签名的时间应为 0 至 2^63-1 的秒数；请向见证方重新索取。",
    "The time of a cosignature is a number of seconds from 0 to 2^63-1; "
    "ask the witness for it again.",
)
_NAME: Final = Text(
    "ML-DSA-44 见证签名要求名称不超过 255 字节：{name}；请改用较短的名称。",
    "An ML-DSA-44 cosignature takes names of at most 255 bytes: {name}; use a shorter one.",
)


def cosigned_message(kind: int, name: str, text: str, time: int) -> bytes:
    """The bytes that a cosigner of this name signs, for type 0x04 or 0x06.

    `time` is in seconds since 1970. Type 0x04 signs the checkpoint's whole text and not the name;
    0x06 signs the name and not the extension lines.

    Raises:
        FormatError: `cosign.time`, `cosign.name`, and those of a text that is no checkpoint.
    """
    if not 0 <= time <= LARGEST_SIZE:
        raise FormatError("cosign.time", _TIME)
    checkpoint = parse_checkpoint(text)
    if kind == COSIGNATURE:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    start, end = (0).to_bytes(8), checkpoint.size.to_bytes(8)
    parts = (_short(name), time.to_bytes(8), _short(checkpoint.origin), start, end)
    return b"".join((_LABEL, *parts, checkpoint.root))


def timed(time: int, signature: bytes) -> bytes:
    """Time and signature as a note line carries them."""
    return time.to_bytes(_TIME_BYTES) + signature


def split_time(data: bytes) -> tuple[int, bytes]:
    """The inverse of `timed`."""
    return int.from_bytes(data[:_TIME_BYTES]), data[_TIME_BYTES:]


def _short(name: str) -> bytes:
    data = name.encode()
    if len(data) > _LONGEST:
        raise FormatError("cosign.name", _NAME.format(name=brief(name, 40)))
    return bytes([len(data)]) + data

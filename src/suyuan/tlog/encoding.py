"""Numbers, hashes and bytes as the formats of C2SP write them, each with exactly one spelling.

One value with two spellings would be one proof with two digests, so what a lenient decoder
lets pass (padding bits, leading zeros, white space) is refused here.
"""

import binascii
import re
from base64 import b64encode
from typing import Final

from suyuan.kit import Text
from suyuan.kit.text import brief
from suyuan.tlog.errors import FormatError

HASH_BYTES: Final = 32
LARGEST_SIZE: Final = 2**63 - 1
"""Sizes, positions and times are below 2^63 (c2sp.org/tlog-cosignature says so of times)."""

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_BASE64: Final = Text(
    "此处应为标准 Base64（RFC 4648 第 4 节，含填充，无多余比特）；请使用原始文件，勿手工修改。",
    "Expected standard base64 here (RFC 4648 section 4, padded, no stray bits); "
    "use the file as it was issued.",
)
_LENGTH: Final = Text(
    "此处应为 {wanted} 字节的哈希值，实为 {found} 字节；请使用原始文件。",
    "Expected a hash of {wanted} bytes here but found {found}; use the file as it was issued.",
)
_NUMBER: Final = Text(
    "此处应为 0 至 2^63-1 的十进制整数，无前导零，实为 “{found}”；请使用原始文件。",
    "Expected a decimal from 0 to 2^63-1 without leading zeros here but found '{found}'; "
    "use the file as it was issued.",
)


def encode(data: bytes) -> str:
    """Standard base64 with padding."""
    return b64encode(data).decode()


def loose_bytes(text: str) -> bytes | None:
    """What standard, padded base64 holds, stray padding bits allowed; None if it is not that."""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # binascii.Error, and text beyond ASCII
        return None
    return data if len(encode(data)) == len(text) else None  # Python 3.11 lets "AAAA=" pass


def read_bytes(text: str, place: str) -> bytes:
    """The bytes that base64 holds.

    Raises:
        FormatError: `tlog.base64`.
    """
    data = loose_bytes(text)
    if data is None or encode(data) != text:
        raise FormatError("tlog.base64", _BASE64, place)
    return data


def read_hash(text: str, place: str) -> bytes:
    """A hash of 32 bytes in base64.

    Raises:
        FormatError: `tlog.base64`, `tlog.hash-length`.
    """
    data = read_bytes(text, place)
    if len(data) != HASH_BYTES:
        text_ = _LENGTH.format(wanted=HASH_BYTES, found=len(data))
        raise FormatError("tlog.hash-length", text_, place)
    return data


def read_number(text: str, place: str) -> int:
    """A size, position or time in decimal.

    Raises:
        FormatError: `tlog.number`.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > LARGEST_SIZE:
        raise FormatError("tlog.number", _NUMBER.format(found=brief(text, 24)), place)
    return int(text)

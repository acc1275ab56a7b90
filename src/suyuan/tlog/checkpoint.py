"""Checkpoints: which log, how large, with which root (c2sp.org/tlog-checkpoint).

A checkpoint is the text of a signed note; what is here reads the text alone.
"""

from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.tlog.encoding import encode, read_hash, read_number
from suyuan.tlog.errors import FormatError

_LINES: Final = 3
_SHAPE: Final = Text(
    "检查点至少有三行：日志名称、大小、根哈希，之后不得有空行；请使用原始文件。",
    "A checkpoint has at least three lines, origin, size and root, and no empty one; "
    "use the file as it was issued.",
)


class Checkpoint(Struct, frozen=True):
    """The head of a log: its tree of `size` leaves has this root.

    Extension lines are kept as they came. This project writes none: no monitor can check them.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def parse_checkpoint(text: str) -> Checkpoint:
    """A checkpoint from a note's text.

    Raises:
        FormatError: `checkpoint.shape`, `tlog.number`, `tlog.base64`, `tlog.hash-length`.
    """
    *lines, rest = text.split("\n")
    if rest or len(lines) < _LINES or not all(lines):
        raise FormatError("checkpoint.shape", _SHAPE)
    origin, size, root, *extensions = lines
    return Checkpoint(
        origin, read_number(size, "line 2"), read_hash(root, "line 3"), tuple(extensions)
    )


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The text to sign: the inverse of `parse_checkpoint`."""
    lines = (checkpoint.origin, str(checkpoint.size), encode(checkpoint.root))
    return "\n".join([*lines, *checkpoint.extensions, ""])

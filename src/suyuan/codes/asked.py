"""Takes texts that somebody asks about; gives what the codes alone say, or why none is read.

Nothing is looked up: what a code is stands in it. What is known of it, the record says.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec.structs import asdict

from suyuan.codes.dating import dated
from suyuan.codes.recognise import recognise
from suyuan.codes.types import LONGEST, Identified
from suyuan.kit import SuyuanError, Text

_NOTHING_GIVEN: Final = Text(
    "没有给出编码；请给出包装、单据或标签上的编码，如 6901234567892。",
    "No code was given; give one from a package, paper or label, such as 6901234567892.",
)
_LONG: Final = Text(
    "一段文字最多读 {most} 个字符，这里有 {found} 个；请分成几段来查，或只给编码本身。",
    "Of a text {most} characters are read at most; here are {found}. Part it, or give the codes "
    "alone.",
)


def identified(
    texts: Sequence[str], resolvers: frozenset[str], *, on: date
) -> list[list[Identified]]:
    """The readings of each text, best first, as of a day; of none is anything known."""
    return [
        [Identified(**asdict(dated(each, on))) for each in recognise(text, resolvers)]
        for text in texts
    ]


def require_texts(texts: Sequence[str]) -> None:
    """See that one at least of the texts that are to be read says something, and none is too long.

    Raises:
        SuyuanError: none does, or one is (413).
    """
    require_some(texts)
    for at, each in enumerate(texts):
        require_short(each, f"text[{at}]" if len(texts) > 1 else "text")


def require_some(texts: Sequence[str]) -> None:
    """See that a text says something.

    Raises:
        SuyuanError: none does.
    """
    if not any(each.strip() for each in texts):
        raise SuyuanError("identify.empty", _NOTHING_GIVEN, "text")


def require_short(text: str, place: str) -> None:
    """See that a text is one that is read.

    Raises:
        SuyuanError: it is too long (413).
    """
    if len(text) > LONGEST:
        said = _LONG.format(most=LONGEST, found=len(text))
        raise SuyuanError("identify.long", said, place, status=413)

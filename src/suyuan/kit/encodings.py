"""Takes bytes of text; says in which encoding they probably are, and how to mend it."""

import codecs
from collections.abc import Iterable
from typing import Final

from suyuan.kit.text import Text

GB: Final = "GBK / GB 18030"
_GB: Final = "gb18030"
_ENOUGH: Final = 10_000
"""Characters beyond ASCII that are looked at: a file is in one encoding from end to end."""

AS_UTF8: Final = Text(
    "请另存为 UTF-8：用记事本“另存为”时编码选 UTF-8；Excel、WPS 的表格另存为"
    "“CSV UTF-8（逗号分隔）”；由程序导出的，把导出的编码设为 UTF-8。",
    "Save it as UTF-8: in Notepad by Save As with the encoding UTF-8; a table of Excel or WPS as "
    "'CSV UTF-8'; a program is set to write UTF-8.",
)


def guess(chunks: Iterable[bytes]) -> str:
    """The likely encoding of bytes that are not UTF-8, or "".

    Files of a Chinese Windows are in GBK, of which GB 18030 is all. Letters of Europe make
    characters of it by chance, but seldom common ones: those have both their bytes from A1 on (GB/T
    2312), so that they, and not letters of ASCII, must stand for most of what is there.
    """
    decoder = codecs.getincrementaldecoder(_GB)()
    wide = common = 0
    try:
        for chunk in chunks:
            counted = _counted(decoder.decode(chunk)) if wide < _ENOUGH else (0, 0)
            wide, common = wide + counted[0], common + counted[1]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return ""
    return GB if 0 < wide <= 2 * common else ""


def text_of(data: bytes) -> str | None:
    """A table as text: in UTF-8, else in the Chinese code page that spreadsheets save in."""
    for encoding in ("utf-8-sig", _GB):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _counted(text: str) -> tuple[int, int]:
    """How many characters are beyond ASCII, and how many of them are common ones of Chinese."""
    wide = [each for each in text if not each.isascii()][:_ENOUGH]
    return len(wide), sum(map(_is_common, wide))


def _is_common(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) > 1
    except UnicodeEncodeError:
        return False


def is_cut(tail: bytes) -> bool:
    """Whether bytes that end a document are the beginning of a character of UTF-8, cut off."""
    try:
        tail.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False

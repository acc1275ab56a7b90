"""Takes a text with escapes or marks of HTML; gives it without, and where each character was.

Beside it what is written or typed for digits.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from unicodedata import digit
from urllib.parse import unquote_to_bytes

from suyuan.codes.types import WIDE

CHINESE_DIGITS: Final = str.maketrans(
    "〇零一二三四五六七八九○壹贰叁肆伍陆柒捌玖", "001234567890123456789"
)
"""Digits written in Chinese; as long as what they stand for."""

LOOK_ALIKE: Final = str.maketrans("OoIl", "0011")
"""Letters that are typed for digits; as long as what they stand for."""

_MOST_PASSES: Final = 3
_WIDE_PERCENT: Final = "\uff05"
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_ASCII: Final = 0x80
_BYTES: Final = 0xDC00
"""Where bytes of UTF-8 are kept, as surrogates, until the character is whole."""


# Of tags those that pages have in or around a number; `<GS>` and the like are none.
_INLINE: Final = (
    "a|abbr|b|big|bdi|bdo|cite|code|em|font|i|ins|kbd|label|mark|nobr|o:p|q|s|samp|small|span|strong"
    "|sub|sup|tt|u|var|wbr"
)
_BLOCK: Final = (
    "article|body|br|dd|div|dl|dt|h[1-6]|hr|html|img|input|li|ol|p|pre|section|table|tbody|td|th|thead"
    "|tr|ul"
)
_MARKUP: Final = re.compile(
    r"&(?:amp;){0,3}(?:#(?!29;|x1d;)(?:x(?P<hex>[0-9a-f]{1,5})|(?P<decimal>[0-9]{1,6}));?"
    r"|(?P<space>nbsp;))"
    rf"|</?(?:{_INLINE})(?:\s[^<>]{{0,300}})?/?>"
    rf"|(?P<block></?(?:{_BLOCK})(?:\s[^<>]{{0,300}})?/?>)",
    re.IGNORECASE,
)
_DRESSED: Final = re.compile("&(?:amp;)*#|&nbsp;|<[/a-z]", re.IGNORECASE)
# Digits of other scripts, in circles, raised …; Chinese ones are words as well and stay.
_OTHER: Final = re.compile(r"[^\x00-\x7f\u3000-\u9fff\uff00-\uffef]")
_LAST: Final = 0x10FFFF
_HALVES: Final = range(0xD800, 0xE000)


def is_dressed(text: str) -> bool:
    """Whether a text has marks of HTML in it, or digits of another form than 0 to 9."""
    if _DRESSED.search(text):
        return True
    return not text.isascii() and plain_digits(text) != text


def plain_digits(text: str) -> str:
    """The text with 0 to 9 for other digits: ① ² ٣ 𝟒; as long as it was."""
    return _OTHER.sub(lambda found: _plain_digit(found[0]), text)


def _plain_digit(character: str) -> str:
    value = digit(character, -1)
    return character if value < 0 else str(value)


def without_markup(text: str) -> str:
    """The text as a page shows it: without tags, and characters for their references."""
    return "".join(piece for piece, _ in _shown(text))


def undressed(text: str) -> tuple[str, Sequence[int]]:
    """As `unescaped`, and then without markup and with plain digits."""
    read, places = unescaped(text)
    found: list[str] = []
    where: list[int] = []
    for piece, at in _shown(read):
        found.append(piece)
        where.extend(places[at : at + len(piece)] if piece != " " else (places[at],))
    return plain_digits("".join(found)), (*where, len(text))


def _shown(text: str) -> Iterator[tuple[str, int]]:
    """What is shown, piece by piece, and where each begins; of a mark one character or none."""
    end = 0
    for mark in _MARKUP.finditer(text):
        if mark.start() > end:
            yield text[end : mark.start()], end
        end = mark.end()
        code = int(mark["hex"], 16) if mark["hex"] else int(mark["decimal"] or 0)
        if 0 < code < _HALVES.start or _HALVES.stop <= code <= _LAST:
            yield chr(code), mark.start()
        elif mark["block"] or mark["space"]:
            yield " ", mark.start()
    if end < len(text):
        yield text[end:], end


def plainly(text: str) -> str:
    """As `unescaped`, without the places: all at once, where few escapes hold another."""
    if "%" not in text and _WIDE_PERCENT not in text:
        return text
    read = text.translate(WIDE)
    try:
        for _ in range(_MOST_PASSES):
            before, read = read, unquote_to_bytes(read).decode().translate(WIDE)
            if "%" not in read or read == before:
                return read
    except UnicodeError:
        pass  # a part of a character is escaped once more than the rest of it
    return unescaped(text)[0]


def unescaped(text: str) -> tuple[str, Sequence[int]]:
    """The text without escapes, and where in it each character and the end were written.

    However often, and in whichever of its parts, an escape was escaped again: what an escape gives
    may be a part of another, so each is looked for where the last one ended. No two can overlap,
    so there is one result, found in time linear in the length.
    """
    if "%" not in text and _WIDE_PERCENT not in text:
        return text, range(len(text) + 1)
    found: list[str] = []
    places: list[int] = []
    plain, at = text.translate(WIDE), 0
    while at < len(plain):
        end = at + 1
        if "%" not in found[-2:]:  # up to the next sign nothing is an escape, or ends one
            end = plain.find("%", at) + 1 or len(plain)
        found.extend(plain[at:end])
        places.extend(range(at, end))
        at = end
        while len(found) > len("%f") and found[-3] == "%" and _HEX.issuperset(found[-2:]):
            byte = int(found[-2] + found[-1], 16)
            found[-3:] = [chr(byte if byte < _ASCII else _BYTES + byte)]
            del places[-2:]
            if byte >= _ASCII:
                _join(found, places)
    read = "".join(found)
    return re.sub("[\udc80-\udcff]", "\ufffd", read), (*places, len(text))


def _join(found: list[str], places: list[int]) -> None:
    """Put the bytes at the end together where they are a character of UTF-8."""
    for size in (2, 3, 4):
        tail = found[-size:]
        if not _BYTES + _ASCII <= ord(tail[0]) < _BYTES + 2 * _ASCII:
            break
        try:
            whole = bytes(ord(each) - _BYTES for each in tail).decode()
        except UnicodeDecodeError:
            continue
        found[-size:] = [whole.translate(WIDE)]
        del places[1 - size :]
        break

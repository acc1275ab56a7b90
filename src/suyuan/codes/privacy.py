"""Resident identity numbers are recognised to be masked: at once, before anything else is read.

GB 11643. They say who somebody is and name no thing or place, so no reading, name, note or
page ever carries one in clear (Personal Information Protection Law art. 28, 51).
"""

import re
from typing import Final

from suyuan.codes.checks import mod_11_2
from suyuan.codes.divisions import was_ever
from suyuan.codes.gs1_rules import is_day
from suyuan.codes.types import WIDE

HIDDEN: Final = "*"
KEPT: Final = 6
"""Digits left to see: the division of first registration."""

_GAP = r"[\s\-.·/_\u00ad\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff]{0,2}"
# A digit before it makes it another number, unless that ends a scanner's prefix.
_START = r"(?:(?<![0-9])|(?<=\][A-Za-z][0-9]))"
_LONG = re.compile(rf"{_START}(?:[0-9]{_GAP}){{17}}[0-9Xx](?![0-9])")
_OLD = re.compile(rf"{_START}(?:[0-9]{_GAP}){{14}}[0-9](?![0-9])")
# What says itself that it is something else: a GS1 key of 18 digits, or a name that has
# been given to a thing already.
_OTHERWISE = re.compile(
    r"(?:\((?:00|8017|8018)\)|/(?:00|8017|8018|sscc|gsrnp?)/|^urn:(?!suyuan:resident-id:)\S*)\s*$",
    re.IGNORECASE,
)
_CALLED = re.compile("身份证|公民身份|居民身份")
_CENTURY = "19"
_EAR_TAGS: Final = "123"


def is_resident_id(digits: str) -> bool:
    """Whether 18 characters are a resident identity number: place, day of birth, check."""
    day = digits[6:14]
    return (
        was_ever(f"{digits[:2]}0000")
        and day[:2] in {"18", "19", "20"}
        and is_day(int(day[:4]), int(day[4:6]), int(day[6:]))
        and mod_11_2(digits[:17]) == digits[17].upper()
    )


def is_old_resident_id(digits: str) -> bool:
    """Whether 15 digits have the form that was issued until 1999; it has no check."""
    day = _CENTURY + digits[6:12]
    return was_ever(f"{digits[:2]}0000") and is_day(int(day[:4]), int(day[4:6]), int(day[6:]))


def masked(text: str) -> str:
    """The text with the resident identity numbers in it hidden, all but the division.

    Fifteen digits that may be an ear tag are hidden only where the text calls them one.
    """
    if not any(character.isdigit() for character in text):
        return text
    plain = text.translate(WIDE)
    called = _CALLED.search(plain) is not None
    found = [
        *(each for each in _LONG.finditer(plain) if _hides(plain, each)),
        *(each for each in _OLD.finditer(plain) if _hides_old(each, called=called)),
    ]
    if not found:
        return text
    for each in found:
        start, end = each.span()
        text = text[:start] + _hidden(text[start:end]) + text[end:]
    return text


def _hides(text: str, found: re.Match[str]) -> bool:
    digits = re.sub("[^0-9Xx]", "", found[0])
    if not is_resident_id(digits):
        return False
    return _OTHERWISE.search(text[max(0, found.start() - 300) : found.start()]) is None


def _hides_old(found: re.Match[str], *, called: bool) -> bool:
    digits = re.sub("[^0-9]", "", found[0])
    is_ear_tag = digits[0] in _EAR_TAGS and was_ever(f"{digits[1:3]}0000")
    return is_old_resident_id(digits) and (called or not is_ear_tag)


def _hidden(number: str) -> str:
    """The same length, so that whoever typed it sees what was hidden."""
    seen = 0
    hidden = []
    for character in number:
        seen += character.isalnum()
        hidden.append(HIDDEN if character.isalnum() and seen > KEPT else character)
    return "".join(hidden)

"""Resident identity numbers are recognised to be masked: at once, before anything else is read.

GB 11643. They say who somebody is and name no thing or place, so no reading, name, note or
page ever carries one in clear (Personal Information Protection Law art. 28, 51). The text is
masked before it is read, and what is read is judged once more: reading may bare a number.

Where numbers stand in a text, and what has their form and stays in sight: `suyuan.codes.persons`.
"""

import operator
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final

from suyuan.codes.clean import FORGIVEN, UNSEEN
from suyuan.codes.divisions import was_ever
from suyuan.codes.persons import (
    CHECKED,
    KEPT,
    LIKE_X,
    NUMBERED_SO,
    OLD,
    SHORTEST,
    SYMBOLOGY,
    UNHIDDEN,
    calls_card,
    digits_of,
    everywhere,
    has_form,
    is_another,
    is_old_resident_id,
    is_resident_id,
    numbers,
    unbarred,
    whole,
)
from suyuan.codes.types import WIDE
from suyuan.codes.unescaped import (
    CHINESE_DIGITS,
    LOOK_ALIKE,
    is_dressed,
    plainly,
    undressed,
    unescaped,
)

__all__ = [
    "CHECKED", "HIDDEN", "KEPT", "MASKED", "QUOTED", "SHORTEST", "cut", "faults", "masked",
    "names_person", "quoted", "written_out",
]  # fmt: skip

HIDDEN: Final = "*"
MASKED: Final = re.compile(rf"(?<![0-9])([0-9](?:{UNHIDDEN}[0-9]){{5}})(?:{UNHIDDEN}\*){{9,12}}")
"""A number with its mask on; the group is the division."""

# What stands for a digit; of other scripts all, for some are digits.
_LIKE_DIGITS: Final = (
    "0-9OoIl|０-９ＯｏＩｌ｜"
    f"\x80-\u2fff\ua000-\ufeff\ufff0-\U0010ffff{''.join(map(chr, CHINESE_DIGITS))}"
)
# Fourteen digits and an X, or more: with fewer there is no number.
_ENOUGH = re.compile(f"(?:[^{_LIKE_DIGITS}]*+[{_LIKE_DIGITS}]){{14}}")
_ESCAPING = re.compile("[%％&＆]")
# A digit and what parts two, each as it is or escaped, however often.
_ESCAPE: Final = "[%％](?:25|２５){0,3}"
_FIGURE: Final = f"(?:[0-9０-９]|{_ESCAPE}[3３][0-9０-９])"
_BETWEEN: Final = rf"(?:[^\w%％]|{_ESCAPE}[2２](?![5５])[0-9A-F])"
_SIGN = re.compile(
    rf"({_ESCAPE})([1-9１-９][0-9０-９](?:{_BETWEEN}{{0,4}}{_FIGURE}){{12,16}})", re.IGNORECASE
)
"""A sign, and behind it digits of a number, whose own escapes are some."""

_ONE_PIECE = re.compile("[0-9]+[0-9Xx]")

_DRESSING: Final = frozenset("%&<")
_STARS: Final = frozenset(f"{HIDDEN}＊")
# Of these a number may be written, so no text is cut between two of them.
_WRITTEN_OF = re.compile(
    rf"[0-9A-FX%０-９Ｘｘ年月日{LIKE_X}{FORGIVEN}]|\W|[^\x00-\x7f\u3400-\u9fff]"
    rf"|[{''.join(map(chr, (*LOOK_ALIKE, *CHINESE_DIGITS)))}]",
    re.IGNORECASE,
)
_SPREAD: Final = re.compile(
    rf"(?<![0-9{UNSEEN}])[0-9](?:[{UNSEEN}][0-9]){{14,}}(?:[{UNSEEN}][Xx])?"
)
"""Digits with an invisible mark between each two."""

_LONGEST_MARK: Final = 2_000
"""Characters that a mark of HTML, itself escaped, may have behind the place of the cut."""

_LONGEST_QUOTED: Final = 2_000
QUOTED: Final = 80
"""Characters of somebody's text that a sentence quotes."""


def masked(text: str) -> str:
    """The text with the resident identity numbers in it hidden, all but the division.

    Those with a wrong check character too, and those with letters O and I for 0 and 1. Fifteen
    digits with a province and a day are hidden too, but an ear tag or a part of a name only where
    the text calls them one. What marks up a text or stands for a digit is read over first, then
    escapes are, then the text is read as it stands: a sign of per cent behind which two digits
    happen to stand is no escape. Takes time linear in the length.
    """
    if _has_few(text):
        return text
    read, places = unescaped(text)
    if is_dressed(read):
        text = _masked(text, *undressed(text))
        read, places = unescaped(text)
    text = _masked(text, read, places)
    if _ESCAPING.search(text) is None:
        return text
    text = _masked(text, *unescaped(_unsigned(text)), is_sign=True)
    return _masked(text, text, range(len(text) + 1), is_sign=True)


def _is_likely(number: str) -> bool:
    """Whether a number is in one piece, or has a day of birth or a sound check character."""
    return _ONE_PIECE.fullmatch(number) is not None or _is_formed(number)


def _is_formed(number: str) -> bool:
    digits = digits_of(number)
    return has_form(digits) or is_resident_id(digits)


def _unsigned(text: str) -> str:
    """The text with spaces for signs of per cent before as many digits as a number has at least.

    The first two digits of a number behind such a sign would be taken for those of an escape.
    """
    return _SIGN.sub(lambda sign: " " * len(sign[1]) + sign[2], text)


def _masked(text: str, read: str, places: Sequence[int], *, is_sign: bool = False) -> str:
    """`is_sign`: escapes were read as none, so that numbers in parts need form or check."""
    read, places = _joined(read, places)
    pieces: list[str] = []
    end = 0
    plain = read.translate(WIDE)
    spans = everywhere(plain)
    if is_sign:
        spans = {span for span in spans if _is_likely(plain[slice(*span)])}
    for start, stop in _together(sorted(spans)):
        pieces += (text[end : places[start]], _hidden(read[start:stop]))
        end = places[stop]
    return "".join((*pieces, text[end:])) if pieces else text


def _joined(read: str, places: Sequence[int]) -> tuple[str, Sequence[int]]:
    """The text without the marks that nobody sees where one stands between all of many digits.

    They part nothing then: the digits are what they are together, a number or a longer code.
    """
    if read.isascii() or not _SPREAD.search(read):
        return read, places
    spread = (range(each.start() + 1, each.end(), 2) for each in _SPREAD.finditer(read))
    unseen = set(chain.from_iterable(spread))
    kept = [at for at in range(len(read)) if at not in unseen]
    return "".join(read[at] for at in kept), (*(places[at] for at in kept), places[len(read)])


def faults(text: str) -> dict[str, str]:
    """What is wrong with the numbers that `masked` hides, by the division that stays in sight.

    `length`, `place`, `day` or `check`; `old` of what has no check character, `nowhere-old` if its
    division never was, `maybe-old` where it stands as another number does; nothing of a division
    of which one number is sound.
    """
    written = SYMBOLOGY.sub(" ", written_out(text))  # its digit would be a first one of a number
    plain = written.translate(LOOK_ALIKE)
    found: dict[str, str] = {}
    spans = set(numbers(plain))
    if not spans:
        plain = plain.translate(CHINESE_DIGITS)
        spans = set(numbers(plain))
    is_card = calls_card(written)
    for start, stop in _together(sorted(spans)):
        digits = digits_of(plain[start:stop])
        fault = _fault(digits)
        if fault.endswith("old") and not is_card and is_another(written, start, stop):
            fault = "maybe-old"
        found[digits[:KEPT]] = fault and found.get(digits[:KEPT], fault)
    return {division: fault for division, fault in found.items() if fault}


def _fault(digits: str) -> str:
    if len(digits) == OLD:
        if not is_old_resident_id(digits):
            return _day_or_place(digits)
        return "old" if was_ever(digits[:KEPT]) else "nowhere-old"
    if len(digits) != SHORTEST:
        return "length"
    if not has_form(digits):
        return _day_or_place(digits)
    return "" if is_resident_id(digits) else "check"


def _day_or_place(digits: str) -> str:
    """What is wrong with a number that has not the form: its province, else its day of birth."""
    return "day" if was_ever(f"{digits[:2]}0000") else "place"


def names_person(text: str, scheme: str = "") -> bool:
    """Whether a code or name holds an identity number, in clear, escaped, or with its mask on.

    A code that was read as one of the schemes `NUMBERED_SO` holds none whose check is wrong.
    """
    if len(text) < SHORTEST or (_has_few(text) and _STARS.isdisjoint(text)):
        return False
    if text.isascii() and _DRESSING.isdisjoint(text):  # written out as it stands
        return _holds_number(text, scheme)
    if _holds_number(written_out(text), scheme):
        return True
    if _ESCAPING.search(text) is None:
        return False
    ways = (written_out(_unsigned(text)), text.translate(WIDE))
    # In a name escapes are the rule, so that of what is none of them more is asked.
    return any(_holds_number(plain, scheme, _is_formed) for plain in ways)


def _holds_number(
    plain: str, scheme: str, is_likely: Callable[[str], bool] = operator.truth
) -> bool:
    found = (each for a, b in whole(plain) if is_likely(each := plain[a:b]))
    if scheme in NUMBERED_SO:
        found = (each for each in found if is_resident_id(digits_of(each)))
    return any(found) or (HIDDEN in plain and MASKED.search(plain) is not None)


def written_out(text: str) -> str:
    """The text as readers take it: nothing escaped or marked up, digits of half width."""
    if text.isascii() and _DRESSING.isdisjoint(text):
        return text
    if is_dressed(text):
        return undressed(text)[0].translate(WIDE)
    return plainly(text).translate(WIDE)


def cut(text: str, most: int) -> str:
    """The beginning of a text; no number is cut in two, so that its mask would miss it.

    Nor is a mark of HTML or an escape, for it may stand within a number.
    """
    if len(text) <= most:
        return text
    read, places = undressed(text[: most + _LONGEST_MARK])
    end = bisect_left(places, most)
    is_apart = places[end] == most
    if not is_apart or _WRITTEN_OF.match(read[end]):
        end -= not is_apart
        while end > 0 and _WRITTEN_OF.match(read[end - 1]):
            end -= 1
    return text[: places[end]] if end > 0 else ""


def quoted(text: str, most: int = QUOTED) -> str:
    """What a sentence may quote of a text that somebody sent."""
    return masked(cut(text, _LONGEST_QUOTED))[:most]


def _has_few(text: str) -> bool:
    """Whether a text has plainly too few digits for a number, as most have.

    An escape of per cent has a digit in it for each that it stands for, unless it is itself of
    full width; a reference of HTML need not.
    """
    if _ENOUGH.match(text) or ("&" in text and "#" in text):
        return False
    return text.isascii() or _ESCAPING.search(text) is None


def _together(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in their order, those that overlap as one."""
    begin = end = 0
    for start, stop in spans:
        if start >= end:
            if end:
                yield begin, end
            begin = start
        end = max(end, stop)
    if end:
        yield begin, end


def _hidden(number: str) -> str:
    """As long as the number was, so that whoever typed it sees what was hidden."""
    seen = 0
    hidden = []
    written = number.translate(CHINESE_DIGITS)
    for character, read in zip(written, unbarred(written), strict=True):
        seen += read.isalnum()
        hidden.append(HIDDEN if read.isalnum() and seen > KEPT else character)
    return "".join(hidden)

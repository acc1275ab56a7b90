"""Takes a text that is written out; gives where resident identity numbers stand in it (GB 11643).

A number is known in these ways:

- by what the text before it calls it: behind a word for an identity card all numbers of 15 to 19
  characters are hidden, of whatever form, for a digit may be wrong, missing or doubled;
- by its form, a division and a day of birth; one whose check character is wrong is somebody's,
  mistyped, and hidden too;
- by its form and a sound check at the beginning or end of more digits, to which it was glued; of
  nineteen digits, by what is left without one of them;
- by a division that was in the table in some year and twelve characters behind it, together or
  nearly, that are no day: somebody's, with the day mistyped;
- by its form and a sound check, though other marks part it, or a sign stands for X;
- by its form, sound or not, its last characters missing or not, where a bar stands for a 1;
- by a division that was in the table and a day of birth behind it, the last one or two of its
  characters missing, or zeros around it; of random codes of other schemes that is one in 2,000.

What has the form and stays in sight is listed here:

- a GS1 key that says itself that it is one, and whose own check digit holds (`CHECKED`);
- and only where no word calls it so and the number's own check character does not hold:
  - a unified social credit code, if both its check characters hold;
  - a year before 1900 or since 2020 that a day follows, and any since 2020: numbers of documents
    are made of a division, a day and four digits, and whoever trades was born before;
  - what the text just before it calls a certificate or an equipment's code (`NUMBERED_SO`);
  - a number that lacks its last two characters, behind four digits and parted as the registration
    codes of equipment are, in fours or by their pieces, since 2000;
  - fifteen of twenty digits in groups of five that are such a registration code;
  - fifteen digits that may be an ear tag, or are a part of a name, a link or an element string;
  - and only where the day is none: a GS1 key whose check digit holds, an equipment's code by its
    year, and a part of a name, link or element string, where as many digits are a serial number.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Final

from suyuan.codes.checks import gs1_check_digit, is_uscc_checked, mod_11_2
from suyuan.codes.clean import FORGIVEN
from suyuan.codes.divisions import all_divisions, was_ever
from suyuan.codes.gs1_elements import read_elements, split_elements
from suyuan.codes.gs1_keys import KEYS, Pairs, UnreadableError
from suyuan.codes.gs1_rules import is_day
from suyuan.codes.unescaped import CHINESE_DIGITS, LOOK_ALIKE

KEPT: Final = 6
"""Digits that stay in sight: the division of first registration."""

_GAP: Final = f"[{FORGIVEN}]*+"
UNHIDDEN: Final = f"[{FORGIVEN.replace('*', '')}、。]*+"
SHORTEST: Final = 18
"""Characters of a number; with its mask on it has as many."""

OLD: Final = 15
"""Digits of a number of the old form."""

# Digits of the old form prove nothing by a check: they must stand together, or nearly.
_NARROW = r"[\s\-.·/_\u00ad\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff]{0,2}+"
# A digit before it makes it another number, unless that ends a scanner's prefix.
_START = r"(?:(?<![0-9])|(?<=\][A-Za-z][0-9]))"
_ANY_GAP: Final = f"[{FORGIVEN}、。]*+"
_ENOUGH = re.compile(f"(?:[0-9]{_ANY_GAP}){{14}}[0-9Xx]")
_FIGURES = re.compile("(?:[^0-9]*+[0-9]){14}")
"""As many digits as a number has at least, wherever they stand: few texts have, and it is quick."""

_NO_DIGIT = re.compile("[^0-9Xx]+")
_NO_FIGURE = re.compile("[^0-9]+")
# Looked for at every start, for what stands before may seem to belong to it.
_LONG = re.compile(
    rf"{_START}(?=([1-9]{_GAP}(?:[0-9]{_GAP}){{5}}(?:1{_GAP}[89]|2{_GAP}0){_GAP}"
    rf"(?:[0-9]{_GAP}){{9}}[0-9Xx])(?![0-9]))"
)
# What parts a list of codes parts a number only between its pieces.
_LISTED = re.compile(
    rf"{_START}(?=([1-9][0-9]{{5}}[\s、。]*+(?:1[89]|20)[0-9]{{2}}[\s、。]*+[0-9]{{2}}[\s、。]*+"
    rf"[0-9]{{2}}[\s、。]*+[0-9]{{3}}[0-9Xx])(?![0-9]))"
)
_OLD = re.compile(rf"{_START}(?=((?:[0-9]{_NARROW}){{14}}[0-9])(?![0-9]))")
_OLD_CALLED = re.compile(rf"{_START}(?=((?:[0-9]{_GAP}){{14}}[0-9])(?![0-9]))")
# What says itself that 18 digits are a GS1 key, if the key's own check digit holds as well.
_KEY = re.compile(
    r"(?:\((?:00|8017|8018)\)|/(?:00|8017|8018|sscc|gsrnp?)/|\x1d(?:00|8017|8018))\s{0,9}\Z",
    re.IGNORECASE,
)
_BEFORE: Final = 20
CHECKED: Final = frozenset(ai for ai, key in KEYS.items() if key.checked == SHORTEST)
"""Application identifiers of keys that are as long, and proved by a check digit of their own."""

# Fifteen digits in a name, link or element string are as good a serial number.
_NAMED = re.compile(r"(?:https?:|urn:|[(\[][0-9]{2,4}[)\]])\S{0,200}\Z", re.IGNORECASE)
_NAMED_BEFORE: Final = 220
_ELEMENTS_BEGIN: Final = frozenset("([\x1d")
_LONGEST_ELEMENTS: Final = 400
SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GLUED: Final = re.compile("[0-9]{19}[0-9Xx]")
_RUN: Final = re.compile(
    r"(?:(?<=\][A-Za-z][0-9])|(?<![0-9])(?<!\][A-Za-z]))(?=[0-9Xx]{19})[0-9]{17,}(?:[Xx][0-9]+)*[Xx]?"
)
"""Digits among which a number may be glued to something else."""

_OTHER_RUNS: Final = re.compile("[123][0-9]{6}[123][0-9]{24}|20[0-9]{22}|00[0-9]{18}")
_ONE_TOO_MANY: Final = 19
_HEAD: Final = r"https?://[^\s?#]*"
# A word in a host's or path's name says nothing of a number, so those are passed over whole.
_CALLED = re.compile(
    rf"{_HEAD}|(?P<word>身份证|身份證|身份号|公民身份|居民身份|(?<!可)证件号|\bsfzh?\b|shenfenzheng"
    r"|ID[\s_-]?cards?(?![a-z])|identity|(?:resident|national|citizen)s?[\s_-]?ID(?![a-z]))",
    re.IGNORECASE,
)
_IN_WORDS: Final = (
    "身份", "证件号", "sfz", "shenfenzheng", "card", "identity", "resident", "national", "citizen",
)  # fmt: skip
"""What one of is in each of those words, in small letters; few texts have any."""

_LIKE_LATIN: Final = frozenset("\u0130\u0131\u017f\u212a")
"""Letters that are I, S and K where case is ignored, and are not in small letters."""

# Any number behind such a word; as long as its mask, or a character longer.
_CALLED_SO = re.compile(rf"{_START}(?=((?:[0-9]{UNHIDDEN}){{14,18}}[0-9Xx])(?![0-9]))")
_SOUND = re.compile(r"[/(](?:0[12]|41[0-7])[/)]([0-9]{13,14})(?![0-9])\S*")
_UNDATED = re.compile(rf"{_START}(?=([1-9]{_NARROW}(?:[0-9]{_NARROW}){{16}}[0-9Xx])(?![0-9]))")
_CENTURIES: Final = frozenset(("18", "19", "20"))
NUMBERED_SO: Final = frozenset(
    ("produce-certificate", "quarantine-certificate", "special-equipment")
)
"""Schemes whose codes may have the form: a division, a day and four digits, or nearly."""

_NAMED_SO: Final = "|".join(sorted(NUMBERED_SO))
_CALLED_OTHERWISE = re.compile(
    rf"(?:(?:设备|合格证|检疫)[^0-9]{{0,16}}|urn:suyuan:(?:{_NAMED_SO}):\S{{0,40}})\Z"
)
_CALLED_BEFORE: Final = 80
BORN: Final = ("1900", "2019")
"""First and last year of birth that a number with a wrong check character may say."""

LIKE_X: Final = "Xx\u00d7\u2169\u2179\u0425\u0445\u03a7\u03c7\u2715\u2716*"
"""What input methods and keyboards give for the check character X, and a star typed for it."""

# Any marks between them, and of Chinese those of a day: only a sound check speaks for these.
_MARKS = r"[\W_]{0,3}+[年月日]?"
_PARTED = re.compile(
    rf"(?<![0-9])(?=([1-9](?:{_MARKS}[0-9]){{16}}(?:(?![{LIKE_X}])[\W_]){{0,3}}[年月日]?"
    rf"[0-9{LIKE_X}])(?![0-9]))"
)
_PARAMETERS = re.compile("[?&=]")
_BARRED = re.compile("(?<![0-9A-Za-z|])[1-9|][0-9OoIl|]{14,16}[0-9OoIl|Xx](?![0-9A-Za-z|])")
_BAR: Final = str.maketrans("|", "1")
_IN_CHINESE = re.compile("[〇零一二三四五六七八九○壹贰叁肆伍陆柒捌玖]")
_ALL_CHINESE = re.compile(f"{_IN_CHINESE.pattern}+")
# One with its last one or two characters missing, or with zeros around it.
_SHORT = re.compile(
    rf"{_START}(?=([1-9]{_NARROW}(?:[0-9]{_NARROW}){{5}}(?:19|20){_NARROW}"
    rf"(?:[0-9]{_NARROW}){{7,8}}[0-9])(?![0-9Xx]))"
)
# Class, division, year and month, serial: the registration code of equipment, as it is written.
_REGISTERED: Final = re.compile(
    r"(?<![0-9])[0-9]{4}(?P<by>[ \-])"
    r"(?:[0-9]{4}(?P=by)[0-9]{2}20(?P=by)[0-9]{4}|[0-9]{6}(?P=by)20[0-9]{4})"
    r"(?P=by)[0-9]{4}(?!(?P=by)?[0-9Xx])"
)
# The same in groups of five, as such plates are typed.
_IN_FIVES: Final = re.compile(
    r"(?<![0-9])[0-9]{4}(?P<place>[0-9])(?P<by>[ \-])(?P<rest>[0-9])[0-9]{4}(?P=by)"
    r"(?:19|20)[0-9]{2}(?:0(?P=by)[1-9]|1(?P=by)[0-2])[0-9]{4}(?!(?P=by)?[0-9Xx])"
)
_CLASS: Final = 5
"""Characters of the class and of what parts it from the division."""

_FIVE: Final = 5
_ZEROS = re.compile(r"(?<![0-9])(0*)([1-9][0-9]{17})(0*)(?![0-9Xx])")
_MOST_ZEROS: Final = 12
_BESIDE_DIGITS = re.compile("[0-9][OoIl]|[OoIl][0-9]")
_CENTURY = "19"
_LETTER: Final = re.compile("[A-Za-z]")
_A_LOT: Final = re.compile(
    r"(?:(?<![A-Za-z])(?:LOT|BATCH|S/?N|SERIAL)(?![A-Za-z])|批号|批次|序列号|出厂编号|机号|运单|订单|单号)[^0-9]{0,12}\Z"
    r"|[A-Za-z][-_/]?\Z",
    re.IGNORECASE,
)
_EAR_TAGS: Final = "123"


def everywhere(plain: str) -> set[tuple[int, int]]:
    """Where numbers begin and end in a text of half width, whatever is typed for their digits."""
    spans = set(numbers(plain))
    if _BESIDE_DIGITS.search(plain):
        spans.update(whole(plain.translate(LOOK_ALIKE)))
    if _IN_CHINESE.search(plain):
        spans.update(_in_chinese(plain, sorted(spans)))
    spans.update(proved(plain))
    return spans


def _in_chinese(plain: str, known: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Numbers with Chinese digits in them, but none of which that is a name before a whole one."""
    whole_ones = [(a, b) for a, b in known if len(digits_of(plain[a:b])) == SHORTEST]
    begins = [begin for begin, _ in whole_ones]
    for start, stop in numbers(plain.translate(CHINESE_DIGITS)):
        at = bisect_left(begins, start + 1)
        begin, end = whole_ones[at] if at < len(whole_ones) else (stop, stop)
        if not (begin < stop <= end and _ALL_CHINESE.fullmatch(plain, start, begin)):
            yield start, stop


def is_another(plain: str, start: int, stop: int) -> bool:
    """Whether what stands about fifteen digits says that they are a lot's or serial number."""
    before = plain[max(0, start - _CALLED_BEFORE) : start]
    return _A_LOT.search(before) is not None or _LETTER.match(plain, stop) is not None


def calls_card(plain: str) -> bool:
    """Whether a word of a text says that its numbers are identity cards', whatever else does."""
    return _called(plain) is not None


def is_resident_id(digits: str) -> bool:
    """Whether characters begin as a resident identity number: place, day of birth, check.

    Of fewer than 18 none do.
    """
    body, check = digits[:17], digits[17:SHORTEST].upper()
    return body.isdecimal() and has_form(digits) and mod_11_2(body) == check


def has_form(digits: str) -> bool:
    """Whether 18 characters begin with a province and a day of birth."""
    day = digits[6:14]
    return (
        day[:2] in _CENTURIES
        and is_day(int(day[:4]), int(day[4:6]), int(day[6:]))
        and _is_province(digits[:2])
    )


def is_old_resident_id(digits: str) -> bool:
    """Whether 15 digits have the form that was issued until 1999; it has no check.

    A province is asked for and no more: numbers were given for places that no table has.
    """
    day = _CENTURY + digits[6:12]
    return is_day(int(day[:4]), int(day[4:6]), int(day[6:])) and _is_province(digits[:2])


def _is_province(digits: str) -> bool:
    return was_ever(f"{digits}0000")


def numbers(plain: str) -> Iterator[tuple[int, int]]:
    """Where numbers of both forms begin and end in a text that is written out."""
    if not _has_enough(plain):
        return
    called = _called(plain)
    yield from _whole(plain, called)
    for each in (_OLD_CALLED if called else _OLD).finditer(plain):
        if _hides_old(plain, each, called=called is not None):
            yield each.span(1)


def _has_enough(plain: str) -> bool:
    return _FIGURES.match(plain) is not None and _ENOUGH.search(plain) is not None


def whole(plain: str) -> Iterator[tuple[int, int]]:
    """Numbers that a word calls so, or whose form says so, whether their day exists or not."""
    if _has_enough(plain):
        yield from _whole(plain, _called(plain))


def _whole(plain: str, called: re.Match[str] | None) -> Iterator[tuple[int, int]]:
    if called is None and _may_begin().search(plain) is None:
        return
    links = list(_of_links(plain)) if called else []
    for each in _CALLED_SO.finditer(plain, called.end()) if called else ():
        begin, end = each.span(1)
        if not _is_within(links, begin, end) and not _is_key(plain, begin, digits_of(each[1])):
            yield begin, end
    for each in _UNDATED.finditer(plain):
        if _is_unclaimed(plain, each.start(), digits_of(each[1])):
            yield each.span(1)
    yield from _dated(plain)
    yield from _cropped(plain)


@cache
def _may_begin() -> re.Pattern[str]:
    """A province with as many characters behind it as a number has, or so many digits in a row.

    Nothing that no word calls a number is one without; few texts have it.
    """
    seconds: dict[str, str] = {}
    for province in sorted({each[:2] for each in all_divisions()}):
        seconds[province[0]] = seconds.get(province[0], "") + province[1]
    provinces = "|".join(f"{first}{_ANY_GAP}[{last}]" for first, last in seconds.items())
    behind = f"(?:{_ANY_GAP}[0-9]){{13}}{_ANY_GAP}[0-9Xx]"
    return re.compile(f"{_START}(?:{provinces}){behind}|[0-9Xx]{{19}}")


def _cropped(plain: str) -> Iterator[tuple[int, int]]:
    """Numbers whose last characters are missing, or that have zeros around them."""
    for each in _SHORT.finditer(plain):
        if _is_begun(plain, each.start(), digits_of(each[1])):
            yield each.span(1)
    for each in _ZEROS.finditer(plain):
        zeros = len(each[1]) + len(each[3])
        is_known = zeros == 0 or zeros > _MOST_ZEROS or _is_key(plain, each.start(2), each[2])
        if not is_known and _is_begun(plain, each.start(), each[2]):
            yield each.span(2)


def _is_begun(plain: str, start: int, digits: str) -> bool:
    """Whether digits begin with a division that was and a day of birth, and nothing says other."""
    first, last = BORN
    before = plain[max(0, start - _CALLED_BEFORE) : start]
    return (
        was_ever(digits[:KEPT])
        and first <= digits[6:10] <= last
        and has_form(digits)
        and not _CALLED_OTHERWISE.search(before)
        and not (start >= _CLASS and _REGISTERED.match(plain, start - _CLASS))
        and not _is_key(plain, start, digits)
    )


def proved(plain: str) -> Iterator[tuple[int, int]]:
    """Numbers parted by other marks than are forgiven, with a bar for a 1 or a sign like X."""
    links = list(_of_links(plain)) if _PARAMETERS.search(plain) else []
    for each in _PARTED.finditer(plain):
        digits = _NO_FIGURE.sub("", each[1])
        sound = digits if len(digits) == SHORTEST else f"{digits}X"
        if not is_resident_id(sound) or _is_key(plain, each.start(), sound):
            continue
        if not (_PARAMETERS.search(each[1]) and _is_within(links, *each.span(1))):
            yield each.span(1)
    for each in _BARRED.finditer(plain) if "|" in plain else ():
        digits = each[0].translate(LOOK_ALIKE).translate(_BAR)
        if _is_sound(digits) or _is_begun(plain, each.start(), digits):
            yield each.span()


def unbarred(plain: str) -> str:
    """The text with 1 for the bars of what is as long as a number; as long as it was."""
    return _BARRED.sub(lambda found: found[0].translate(_BAR), plain) if "|" in plain else plain


def _called(plain: str) -> "re.Match[str] | None":
    """The first word for an identity card; a host's or path's name says nothing of a number."""
    lowered = plain.lower()
    if not any(word in lowered for word in _IN_WORDS) and _LIKE_LATIN.isdisjoint(plain):
        return None
    return next((each for each in _CALLED.finditer(plain) if each["word"]), None)


def _of_links(plain: str) -> Iterator[tuple[int, int]]:
    """Where links and element strings stand whose key has a sound check digit."""
    for each in _SOUND.finditer(plain):
        if gs1_check_digit(each[1][:-1]) == each[1][-1]:
            yield each.span()


def _is_within(links: Sequence[tuple[int, int]], begin: int, end: int) -> bool:
    """Whether a span touches one of those, which are in their order and apart."""
    at = bisect_left(links, (end, 0))
    return at > 0 and begin < links[at - 1][1]


def _dated(plain: str) -> Iterator[tuple[int, int]]:
    listed = _LISTED.finditer(plain) if "、" in plain or "。" in plain else ()
    for each in chain(_LONG.finditer(plain), listed):
        digits = digits_of(each[1])
        if _is_somebodys(plain, each.start(), digits) and not _is_key(plain, each.start(), digits):
            yield each.span(1)
    if _GLUED.search(plain):
        yield from _in_elements(plain)
    for each in _RUN.finditer(plain):
        yield from _in_run(plain, each.start(), each[0])


def _in_run(plain: str, start: int, run: str) -> Iterator[tuple[int, int]]:
    """Numbers whose check holds at the beginning or end of more digits; of 19 with one too many.

    Codes of other schemes that are as long, and well-formed by it, stay in sight.
    """
    if _OTHER_RUNS.fullmatch(run) or _is_key(plain, start, run[:SHORTEST]):
        return
    begin, end = 0, len(run)
    if end == _ONE_TOO_MANY:
        if _has_one_too_many(run):
            yield start, start + end
        return
    while end - begin > SHORTEST and _is_sound(run[begin : begin + SHORTEST]):
        begin += SHORTEST
    while end - begin >= SHORTEST and _is_sound(run[end - SHORTEST : end]):
        end -= SHORTEST
    if begin:
        yield start, start + begin
    if end < len(run):
        yield start + end, start + len(run)


def _is_sound(characters: str) -> bool:
    return characters[:-1].isdigit() and is_resident_id(characters)


def _has_one_too_many(run: str) -> bool:
    """Whether without one of its characters it is a number, its check character right or wrong."""
    without = (run[:at] + run[at + 1 :] for at in range(len(run)))
    return any(
        _is_sound(each) or (was_ever(each[:KEPT]) and _is_somebodys(each, 0, each))
        for each in without
        if each[:-1].isdigit()
    )


def _is_somebodys(plain: str, start: int, digits: str) -> bool:
    """Whether characters of a number's length are one, its check character right or wrong."""
    if not has_form(digits):
        return False
    if mod_11_2(digits[:17]) == digits[17].upper():
        return True
    first, last = BORN
    before = plain[max(0, start - _CALLED_BEFORE) : start]
    return (
        first <= digits[6:10] <= last
        and not is_uscc_checked(digits.upper())
        and not _CALLED_OTHERWISE.search(before)
    )


def _is_unclaimed(plain: str, start: int, digits: str) -> bool:
    """Whether characters without a day begin as a number and are no other scheme's."""
    if not was_ever(digits[:KEPT]) or has_form(digits):
        return False
    has_century = digits[6:8] in _CENTURIES
    is_later = has_century and digits[6:10] > BORN[1]
    is_equipment = not has_century and digits[9:11] in _CENTURIES
    is_proved = gs1_check_digit(digits[:-1]) == digits[-1] or is_uscc_checked(digits.upper())
    if is_later or is_equipment or is_proved:
        return False
    before = plain[max(0, start - _NAMED_BEFORE) : start]
    return not (_NAMED.search(before) or _CALLED_OTHERWISE.search(before[-_CALLED_BEFORE:]))


def digits_of(number: str) -> str:
    """The digits of a number and its X, without what parts them."""
    return _NO_DIGIT.sub("", number)


def _in_elements(plain: str) -> Iterator[tuple[int, int]]:
    """Numbers glued to the application identifiers of an element string without brackets."""
    text = plain.strip()
    prefix = SYMBOLOGY.match(text)
    start = 0
    for ai, value in _elements(f"\x1d{text[prefix.end() :]}" if prefix else text):
        start = plain.find(ai + value, start) + len(ai)
        if len(value) >= SHORTEST and ai not in CHECKED:
            yield from ((start + a, start + b) for a, b in _dated(value))
        start += len(value)


def _elements(text: str) -> Pairs:
    """The data of an element string that can be read; none if the text is none."""
    if len(text) > _LONGEST_ELEMENTS:
        return ()
    try:
        return split_elements(text) or () if read_elements(text) is not None else ()
    except UnreadableError:
        return ()


def _is_key(plain: str, start: int, digits: str) -> bool:
    """Whether the digits say that they are a GS1 key, or belong to several data of GS1."""
    if _KEY.search(plain[max(0, start - _BEFORE) : start]):
        return gs1_check_digit(digits[:-1]) == digits[-1]
    if plain[max(0, start - 1) : start] not in _ELEMENTS_BEGIN:
        return False
    pairs = _elements(plain[start - 1 :])
    return bool(pairs) and len("".join(pairs[0])) < SHORTEST


def _is_in_fives(plain: str, start: int) -> bool:
    """Whether fifteen digits are three groups of the four of an equipment's registration code."""
    each = _IN_FIVES.match(plain, start) or _IN_FIVES.match(plain, max(0, start - _FIVE - 1))
    return each is not None and _is_province(each["place"] + each["rest"])


def _hides_old(plain: str, found: re.Match[str], *, called: bool) -> bool:
    digits = _NO_FIGURE.sub("", found[1])
    if not is_old_resident_id(digits) or (not called and _is_in_fives(plain, found.start())):
        return False
    is_ear_tag = digits[0] in _EAR_TAGS and _is_province(digits[1:3])
    before = plain[max(0, found.start() - _NAMED_BEFORE) : found.start()]
    return called or not (is_ear_tag or _NAMED.search(before))

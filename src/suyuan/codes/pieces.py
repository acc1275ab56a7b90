"""A text with several codes in it, or with words around one: the pieces that may be codes."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Final, TypeVar

from suyuan.codes.clean import clean
from suyuan.codes.forgiving import unmarked
from suyuan.codes.gs1_keys import GTIN_DIGITS, GTIN_LENGTHS, KEYS
from suyuan.codes.index import with_words
from suyuan.codes.own_names import decoded
from suyuan.codes.plain import spelled
from suyuan.codes.privacy import cut, masked
from suyuan.codes.registry import all_schemes
from suyuan.codes.types import LONGEST, Candidate

_Reading = TypeVar("_Reading", bound=Candidate)
Read = Callable[[str], list[Candidate]]
_MOST: Final = 24
_LONGEST: Final = 300
_APART = re.compile(
    r"[\n\r\t,，;；、|。]+|(?<=[0-9A-Za-z])\s*(?:和|与|及|\band\b)\s*(?=[0-9A-Za-z])"
)
_KEY_BEGINS = re.compile(rf"[\n\r\t,;、|。]\s{{0,8}}\((?:{'|'.join(KEYS)})\)")
_SPACE = re.compile(r"[^\S\x1d]+")
_DIGIT = re.compile("[0-9]")
_RUN = re.compile(r"[0-9A-Za-z][0-9A-Za-z\-./:%()?=&#_~+*]{5,}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}[)\]]")
_WORDED = re.compile(r"[\u3400-\u9fff]")
_OPENING: Final = "([{"
_PARTED = re.compile(r"[/+&\-_~]+")
_ADDRESS = re.compile(r"://|\.[a-z]{2,}/", re.IGNORECASE)
_GROUPED: Final = re.compile(
    r"([\u3400-\u9fff]码[:：]?[ ]{0,3})([0-9]{2,12}(?:[ ][0-9A-Za-z]{1,12}){1,9})(?![0-9A-Za-z])"
)
_SIZES: Final = frozenset((13, 14, 15, 18, 20, 24, 32))
"""How many characters the codes have that are printed in groups."""

_LETTERED: Final = 18
"""Those of the social credit code, the only one of them with letters."""

_SHORTEST: Final = 6
_SHORTEST_WORD: Final = 4
_WORDS: Final = 3

# Between a label and its value only marks and spaces: behind words stands what they say.
_NO_WORD: Final = r"[^0-9A-Za-z\u3400-\u9fff]"
# A lot or serial number has a letter or digit; a number of pieces or of a measure is none.
_COUNTED: Final = (
    r"[0-9.]{1,7}\s?(?:(?:kg|mg|ml|[glt](?=\s?装))(?![!-~])"
    r"|(?:[gltm]\s?)?(?:[个件瓶盒箱袋包罐桶支片粒条套台只张份批吨斤克升米天]|公斤|千克|毫升)(?![数号重码名期]))"
)
_VALUE: Final = rf"(?!{_COUNTED})(?=[!-~]{{0,19}}[0-9A-Za-z])[!-~]{{1,20}}(?![!-~])"
# Data of one thing, each behind its label, as a package has them.
_SAID: Final = re.compile(
    rf"(?P<item>(?:(?:GTIN|EAN|UPC|UDI-?DI|(?<![A-Z])DI)[-0-9]{{0,3}}?{_NO_WORD}{{1,4}}"
    rf"|(?:商品条码|条码|条形码)(?:[-0-9]{{0,3}}?{_NO_WORD}{{1,4}})?)(?P<gtin>[0-9]{{8,14}})(?![0-9]))"
    rf"|(?:(?:LOT|BATCH)(?:\s?(?:NO|NUMBER)\b)?{_NO_WORD}{{1,4}}"
    rf"|(?:批号|批次号?)(?:\s?(?:NO|NUMBER)\b)?{_NO_WORD}{{0,4}})(?P<lot>{_VALUE})"
    rf"|(?:(?:\bSN|S/N|SERIAL)(?:\s?(?:NO|NUMBER)\b)?{_NO_WORD}{{1,4}}"
    rf"|序列号(?:\s?(?:NO|NUMBER)\b)?{_NO_WORD}{{0,4}})(?P<serial>{_VALUE})",
    re.IGNORECASE,
)
_ITEM_SAID: Final = ("GTIN", "EAN", "UPC", "DI", "条码", "条形码")
_PART_SAID: Final = ("LOT", "BATCH", "批", "SN", "S/N", "SERIAL", "序列号")
_MARKS: Final = ",;.)]"


def in_order(text: str, found: Sequence[_Reading]) -> list[_Reading]:
    """Readings as all faces show them: of the whole text, then of each piece in its order.

    Of each the sound ones first, else as they were ranked; last what the whole text fails to be.
    """
    if not any(each.piece for each in found):  # as nearly always
        return sorted(found, key=lambda each: not each.valid)
    cleaned = clean(masked(cut(text, LONGEST)))
    whole = _joined(cleaned.label + cleaned.text)

    def place(each: _Reading) -> tuple[int, bool]:
        if each.piece:
            return whole.find(_joined(each.piece)), not each.valid
        return (-1 if each.valid else len(whole)), not each.valid

    return sorted(found, key=place)


def _joined(text: str) -> str:
    return "".join(text.split()).upper()


def segments(text: str) -> list[str]:
    """The text cut at line ends, commas and the like; itself if there is nothing to cut."""
    return [each for part in _APART.split(text) if (each := part.strip())]


def split(text: str) -> list[str]:
    """The text cut at white space; the separator of an element string is none."""
    return [each for each in _SPACE.split(text) if each]


def words(segment: str) -> Iterator[str]:
    """A segment cut at spaces, each piece with the words before it; or what is glued into words."""
    before: list[str] = []
    for each in split(segment):
        if len(each) <= _LONGEST and _DIGIT.search(each):
            yield unmarked(" ".join((*before[-_WORDS:], each)))
            before = []
        else:
            before.append(each)


def runs(word: str) -> Iterator[str]:
    """Letters and digits that stand in a word between Chinese characters, slashes or dashes."""
    found = [
        unmarked(each.rstrip(_OPENING))
        for each in _RUN.findall(word[:_LONGEST])
        if not _YEAR.match(each)
    ]
    for each in found:
        if each != word and _DIGIT.search(each):
            yield each
    if not _ADDRESS.search(word):
        parts = [each for each in _PARTED.split(word) if len(each) >= _SHORTEST]
        yield from (each for each in parts[: _MOST if len(parts) > 1 else 0] if each not in found)


def written_codes(text: str) -> Iterator[str]:
    """Codes with Chinese in them that stand in a sentence, none of them within another."""
    schemes = () if text.isascii() else with_words(text)
    forms = [_written(place) for place in schemes if not all_schemes()[place].scoped]
    ahead = [form.search(text) for form in forms]
    for _ in range(_MOST):
        first = min(filter(None, ahead), key=lambda each: each.start(), default=None)
        if first is None:
            return
        yield first[0]
        for at, each in enumerate(ahead):
            if each is not None and each.start() < first.end():
                ahead[at] = forms[at].search(text, first.end())


@cache
def _written(place: int) -> re.Pattern[str]:
    """Of a scheme whose codes say by their Chinese what they are, by its place in the registry.

    Each has a pattern of its own: to compile one for every set of words that texts may have takes
    many times as long as to read the text.
    """
    form = spelled(all_schemes()[place].layout)
    return re.compile(f"(?:{form})(?![0-9])", re.IGNORECASE)  # no part of a longer number


def coarsely(text: str, written: str, read: Read) -> Iterator[list[Candidate]]:
    """What is read of a text that is cut as coarsely as it can be read."""
    told: list[str] = []
    for found in _segmented(text, read):
        told.extend(name for each in found if (name := _name_alone(each)))
        yield found
    for code in written_codes(written):
        if not any(each.endswith(f":{code}") for each in told):
            yield read(code)


def _name_alone(each: Candidate) -> str:
    """The name of a sound code in whose piece nothing stands but it and a word before it."""
    name, piece = decoded(each.canonical).upper(), each.piece or " "
    is_alone = each.valid and " " not in piece and piece.upper().endswith(name.rpartition(":")[2])
    return name if is_alone else ""


def _ungrouped(segment: str) -> str:
    """The segment with that together which stands in groups behind a word for a code."""
    if "码" not in segment:
        return segment
    return _GROUPED.sub(_together, segment)


def _together(found: re.Match[str]) -> str:
    """The most of the groups that are together as long as a code, and those behind it."""
    groups = found[2].split()
    for end in range(len(groups), 1, -1):
        joined = "".join(groups[:end])
        if len(joined) in _SIZES and (joined.isdigit() or len(joined) == _LETTERED):
            return " ".join((found[1] + joined, *groups[end:]))
    return found[0]


def _segmented(text: str, read: Read) -> Iterator[list[Candidate]]:
    for segment in segments(text):
        found = read(segment)
        if found:
            yield found
            continue
        for word in words(_ungrouped(segment)):
            found = read(word) or read(_worded(word))
            if found:
                yield found
            else:
                yield from map(read, runs(word))


def _worded(word: str) -> str:
    """What stands behind the last space, where it is a code with its own Chinese words."""
    last = word.rpartition(" ")[2]
    return last if last != word and _WORDED.match(last) else ""


def may_hold_several(text: str) -> bool:
    """Whether it is worth looking: something parts the text, and a part is as long as a code."""
    several = split(text)
    return any(len(each) >= _SHORTEST_WORD for each in several) and (
        len(several) > 1
        or _APART.search(text) is not None
        or _PARTED.search(text) is not None
        or not text.isascii()
    )


def several_keys(text: str) -> bool:
    """Whether one key of GS1 stands behind another and what parts codes: each names a thing."""
    begun = [each.start() for each in _KEY_BEGINS.finditer(text)] if text[:1] == "(" else []
    return bool(begun) and any(f"({ai})" in text[: begun[-1]] for ai in KEYS)


def said_together(text: str) -> str:
    """The element string that a GTIN, lot and serial number say, each behind its label; or ""."""
    if not _may_say_together(text[:_LONGEST].upper()):
        return ""
    said: dict[str, str] = {}
    for found in _SAID.finditer(text[:_LONGEST]):
        for name, value in found.groupdict().items():
            if value and name != "item":
                said.setdefault(name, value.rstrip(_MARKS))
    if "gtin" not in said or len(said) == 1:
        return ""
    if len(said["gtin"]) in GTIN_LENGTHS:  # whole as it stands behind its label
        said["gtin"] = said["gtin"].zfill(GTIN_DIGITS)
    ais = (("01", "gtin"), ("10", "lot"), ("21", "serial"))
    return "".join(f"({ai}){said[name]}" for ai, name in ais if said.get(name))


def _may_say_together(text: str) -> bool:
    """Whether the words stand in a text without which it says no item with a lot or number."""
    is_item = any(word in text for word in _ITEM_SAID)
    return is_item and any(word in text for word in _PART_SAID)

"""Takes readings of hidden numbers; gives beside them what else their digits are, hidden alike.

A logistic unit's number (SSCC) has eighteen digits too, and may hold as one of a person and as one
of a unit; behind its label an old business registration number has fifteen, of which some may be a
day. Which is meant only its writer knows: both are told, and of neither more is shown than the mask
leaves. A unit's that says itself that it is one, `(00)…`, was never hidden.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from suyuan.codes.called import by_label
from suyuan.codes.checks import gs1_check_digit, mod_11_10
from suyuan.codes.clean import clean
from suyuan.codes.divisions import was_ever
from suyuan.codes.notes import note
from suyuan.codes.own_names import PREFIX, named
from suyuan.codes.persons import OLD, calls_card, digits_of, numbers, whole
from suyuan.codes.privacy import HIDDEN, KEPT, SHORTEST, written_out
from suyuan.codes.registry import named_schemes, scheme_of
from suyuan.codes.types import Candidate, Part
from suyuan.codes.words import CALLED
from suyuan.codes.worth import AS_OLD, told_of, worth
from suyuan.kit import Text

_Reading = TypeVar("_Reading", bound=Candidate)

UNIT: Final = "sscc"
REGISTERED: Final = "registration-number-old"
_PERSON: Final = "resident-id"
_MASKED: Final = "code.masked"
_NAMED: Final = re.compile(
    rf"{PREFIX}({UNIT}|{REGISTERED}):([0-9]{{{KEPT}}}-masked)", re.IGNORECASE
)
# Digits of a link, a name or an element string, or glued to something, are no bare number.
_WITHIN: Final = re.compile(
    r"(?:(?:https?:|urn:|[(\[][0-9]{2,4}[)\]])\S{0,200}|[0-9A-Za-z][-_]?)\Z", re.IGNORECASE
)
_BARE_BEHIND: Final = re.compile(r"(?:\][A-Z]0|SSCC|(?<![0-9])00)\Z", re.IGNORECASE)
"""A scanner's prefix of a symbol that is no element string, the word for a unit, its zeros."""

_BEFORE: Final = 220
_GLUED: Final = re.compile("[0-9A-Za-z]")
_IN_PIECE: Final = 10
_CALLED_SO: Final = re.compile(rf"(?:{CALLED[REGISTERED].pattern})[^0-9]{{0,16}}\Z")
_WORD_BEFORE: Final = 24


class _Other(Struct, frozen=True):
    """What else a person's digits may be: how many they are, how likely that is, what is said."""

    size: int
    likely: int
    said: str


_OTHERS: Final = {
    UNIT: _Other(SHORTEST, 78, "masked-unit"),
    REGISTERED: _Other(OLD, 62, "masked-registration"),
}


def beside(found: Sequence[Candidate], text: str, label: str) -> Iterator[Candidate]:
    """The readings; and for each of a person what else its digits in the text are, as sound."""
    persons = [each for each in found if each.scheme == _PERSON]
    units, registered = (_units(text), _registered(text)) if persons else (set[str](), {})
    for each in found:
        division = each.parts[0].value if each.scheme == _PERSON else ""
        word = registered.get(division, "")
        yield replace(each, score=min(each.score, AS_OLD)) if word else each
        if word:
            less = _IN_PIECE if each.piece else 0
            other = by_label(_as(REGISTERED, each), word)
            yield replace(other, score=other.score - less)
        if division in units:
            yield _as(UNIT, each) if each.piece else by_label(_as(UNIT, each), label)


def told(found: Sequence[Candidate]) -> str:
    """What the number is worth that is one person's (`worth`), and what else its digits are."""
    said = worth(found)
    hidden = {each.scheme for each in found if is_hidden(each.canonical)}
    return ".".join((said, *(each for each in _OTHERS if said and each in hidden)))


def told_beside(found: Sequence[_Reading], said: str, text: str) -> list[_Reading]:
    """The readings of a masked text, with what was `told` before it was masked."""
    of_person, _, of_other = said.partition(".")
    judged = told_of(found, of_person)
    persons = [each for each in judged if each.scheme == _PERSON]
    if of_other not in _OTHERS or len(persons) != 1:
        return judged
    other = by_label(_as(of_other, persons[0]), clean(text).label)
    at = judged.index(persons[0]) + (other.score <= persons[0].score)
    return [*judged[:at], other, *judged[at:]]


def is_hidden(name: str) -> bool:
    """Whether it is the name of such another with its mask on: nothing is ever called so."""
    return _NAMED.fullmatch(name) is not None


def by_name(name: str) -> Candidate | None:
    """What has this name with its mask on, and is none of a person; None for every other text."""
    found = _NAMED.fullmatch(name)
    person = named_schemes()[_PERSON].recognise(clean(found[2])) if found else None
    return _as(found[1].lower(), person) if found and person else None


def _units(text: str) -> frozenset[str]:
    """The divisions, or what stands for them, of hidden numbers that are a unit's as well."""
    plain = written_out(text)
    if calls_card(plain):
        return frozenset()
    bare = (digits_of(plain[a:b]) for a, b in whole(plain) if _stands_alone(plain, a, b))
    return frozenset(each[:KEPT] for each in bare if _is_unit(each))


def _registered(text: str) -> dict[str, str]:
    """Of hidden numbers that are a sound registration number behind its label: division, label."""
    plain = written_out(text)
    if calls_card(plain):
        return {}
    found: dict[str, str] = {}
    for start, stop in numbers(plain):
        digits = digits_of(plain[start:stop])
        word = _CALLED_SO.search(plain[max(0, start - _WORD_BEFORE) : start])
        if word and len(digits) == OLD and _stands_alone(plain, start, stop):
            is_sound = mod_11_10(digits[:-1]) == digits[-1] and was_ever(f"{digits[:2]}0000")
            found.update({digits[:KEPT]: word[0]} if is_sound else {})
    return found


def _stands_alone(plain: str, start: int, stop: int) -> bool:
    before = _BARE_BEHIND.sub("", plain[max(0, start - _BEFORE) : start])
    return _WITHIN.search(before) is None and _GLUED.match(plain, stop) is None


def _is_unit(digits: str) -> bool:
    is_whole = len(digits) == SHORTEST and digits.isdecimal()
    return is_whole and gs1_check_digit(digits[:-1]) == digits[-1]


def _as(scheme_id: str, person: _Reading) -> _Reading:
    """A person's reading as that of something else: the same digits in sight, the same hidden."""
    scheme, other = scheme_of(scheme_id), _OTHERS[scheme_id]
    if scheme is None:
        raise LookupError(scheme_id)
    division = person.parts[0].value
    before = (each for each in person.notes if not each.code.startswith((_MASKED, "code.number-")))
    shown = f"{division}{HIDDEN * (other.size - KEPT)}"
    return replace(
        person,
        scheme=scheme_id,
        name=Text(f"{scheme.name.zh}（已遮盖）", f"{scheme.name.en} (masked)"),
        canonical=named(scheme_id, f"{division}-masked"),
        valid=True,
        grain=scheme.grain,
        parts=(Part("masked", "编码（已遮盖）", "code (masked)", shown),),
        notes=(*before, note(other.said, "warning")),
        score=other.likely,
        issued_by=scheme.issuer,
        validity=scheme.validity,
        verified=scheme.verified,
        pages=scheme.pages,
        check="passed",
    )

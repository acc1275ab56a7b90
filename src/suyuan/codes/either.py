"""Takes readings of hidden numbers; gives beside them what else their digits are, hidden alike.

A logistic unit's number (SSCC) has eighteen digits too, and may hold as one of a person and as one
of a unit. Which is meant only its writer knows: both are told, and of neither more is shown than
the mask leaves. One that says itself that it is a unit's, `(00)…`, was never hidden.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from msgspec.structs import replace

from suyuan.codes.called import by_label
from suyuan.codes.checks import gs1_check_digit
from suyuan.codes.clean import clean
from suyuan.codes.notes import note
from suyuan.codes.own_names import PREFIX, named
from suyuan.codes.persons import calls_card, digits_of, whole
from suyuan.codes.privacy import HIDDEN, KEPT, SHORTEST, written_out
from suyuan.codes.registry import named_schemes, scheme_of
from suyuan.codes.types import Candidate, Grain, Part
from suyuan.codes.worth import told_of, worth
from suyuan.kit import Text

_Reading = TypeVar("_Reading", bound=Candidate)

UNIT: Final = "sscc"
_PERSON: Final = "resident-id"
_MASKED: Final = "code.masked"
_NAMED: Final = re.compile(rf"{PREFIX}{UNIT}:([0-9]{{{KEPT}}}-masked)", re.IGNORECASE)
# Digits of a link, a name or an element string, or glued to something, are no bare number.
_WITHIN: Final = re.compile(
    r"(?:(?:https?:|urn:|[(\[][0-9]{2,4}[)\]])\S{0,200}|[0-9A-Za-z][-_]?)\Z", re.IGNORECASE
)
_BARE_BEHIND: Final = re.compile(r"(?:\][A-Z]0|SSCC|(?<![0-9])00)\Z", re.IGNORECASE)
"""A scanner's prefix of a symbol that is no element string, the word for a unit, its zeros."""

_BEFORE: Final = 220
_GLUED: Final = re.compile("[0-9A-Za-z]")
_LIKELY: Final = 78
"""How likely eighteen digits are a unit's whose check digit holds."""


def beside(found: Sequence[Candidate], text: str, label: str) -> Iterator[Candidate]:
    """The readings; and for each of a person, whose digits in the text are a unit's, that unit."""
    yield from found
    persons = [each for each in found if each.scheme == _PERSON]
    units = _units(text) if persons else frozenset()
    for each in persons:
        if each.parts[0].value in units:
            yield _as_unit(each) if each.piece else by_label(_as_unit(each), label)


def told(found: Sequence[Candidate]) -> str:
    """What the number is worth that is one person's (`worth`), and whether it is a unit's too."""
    said = worth(found)
    is_either = said and any(each.scheme == UNIT and is_hidden(each.canonical) for each in found)
    return f"{said}.{UNIT}" if is_either else said


def told_beside(found: Sequence[_Reading], said: str, text: str) -> list[_Reading]:
    """The readings of a masked text, with what was `told` before it was masked."""
    of_person, _, of_unit = said.partition(".")
    judged = told_of(found, of_person)
    persons = [each for each in judged if each.scheme == _PERSON]
    if of_unit != UNIT or len(persons) != 1:
        return judged
    unit = by_label(_as_unit(persons[0]), clean(text).label)
    at = judged.index(persons[0]) + (unit.score <= persons[0].score)
    return [*judged[:at], unit, *judged[at:]]


def is_hidden(name: str) -> bool:
    """Whether it is the name of a unit with its mask on: nothing is ever called so."""
    return _NAMED.fullmatch(name) is not None


def by_name(name: str) -> Candidate | None:
    """The unit with its mask on that has this name; None for every other text."""
    found = _NAMED.fullmatch(name)
    person = named_schemes()[_PERSON].recognise(clean(found[1])) if found else None
    return _as_unit(person) if person else None


def _units(text: str) -> frozenset[str]:
    """The divisions, or what stands for them, of hidden numbers that are a unit's as well."""
    plain = written_out(text)
    if calls_card(plain):
        return frozenset()
    bare = (digits_of(plain[a:b]) for a, b in whole(plain) if _stands_alone(plain, a, b))
    return frozenset(each[:KEPT] for each in bare if _is_unit(each))


def _stands_alone(plain: str, start: int, stop: int) -> bool:
    before = _BARE_BEHIND.sub("", plain[max(0, start - _BEFORE) : start])
    return _WITHIN.search(before) is None and _GLUED.match(plain, stop) is None


def _is_unit(digits: str) -> bool:
    is_whole = len(digits) == SHORTEST and digits.isdecimal()
    return is_whole and gs1_check_digit(digits[:-1]) == digits[-1]


def _as_unit(person: _Reading) -> _Reading:
    """A person's reading as that of a unit: the same digits in sight, the same hidden."""
    scheme = scheme_of(UNIT)
    if scheme is None:
        raise LookupError(UNIT)
    division = person.parts[0].value
    before = (each for each in person.notes if not each.code.startswith((_MASKED, "code.number-")))
    shown = f"{division}{HIDDEN * (SHORTEST - KEPT)}"
    return replace(
        person,
        scheme=UNIT,
        name=Text(f"{scheme.name.zh}（已遮盖）", f"{scheme.name.en} (masked)"),
        canonical=named(UNIT, f"{division}-masked"),
        valid=True,
        grain=Grain.INSTANCE,
        parts=(Part("masked", "编码（已遮盖）", "code (masked)", shown),),
        notes=(*before, note("masked-unit", "warning")),
        score=_LIKELY,
        issued_by=scheme.issuer,
        validity=scheme.validity,
        verified=scheme.verified,
        pages=scheme.pages,
        check="passed",
    )

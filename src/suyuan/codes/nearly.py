"""What a code would be with a place more or fewer, said where nothing reads it as it stands."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.codes.checks import is_gs1_checked
from suyuan.codes.divisions import was_ever
from suyuan.codes.notes import note
from suyuan.codes.plain import TOLD, misfit
from suyuan.codes.registry import scheme_of
from suyuan.codes.types import Candidate, Cleaned

_SCORE: Final = 30
_UNIT: Final = "sscc"
_CREDIT: Final = "uscc"
_BEGUN_CREDIT: Final = re.compile("9[1-3][0-9]{6}[0-9A-Z]{9}")
"""As the codes of enterprises and their like begin (GB 32100, first two places)."""

_UNEXTENDED: Final = 17
_OF_CHINA: Final = re.compile("69[0-9]{15}")
_DIVISION: Final = 6


class _Form(Struct, frozen=True):
    """How many places the codes of a scheme have, how they begin, where their division stands."""

    scheme: str
    places: int
    begins: re.Pattern[str]
    division: int | None = None


_FORMS: Final = (
    _Form("gtin", 13, re.compile("69[0-9]+")),
    _Form("drug-standard-code", 14, re.compile("869[0-9]+")),
    _Form("ear-tag", 15, re.compile("[1-3][0-9]+"), 1),
    _Form("sscc", 18, re.compile("[0-9]69[0-9]+")),
    _Form("uscc", 18, re.compile("[1-9ANY][1-9][0-9]{6}[0-9A-Z]+"), 2),
    _Form("uscc", 18, re.compile("9[1-3][1-8][0-9]{3,7}MA[0-9A-Z]+")),
    _Form("drug-trace", 20, re.compile("8[1-9][0-9]+")),
    _Form("mv-trace", 20, re.compile("[1-9][0-9]+"), 0),
    _Form(
        "veterinary-trace", 24,
        re.compile("20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]+"),
    ),
    _Form("veterinary-trace", 24, re.compile("[0-9]{23}")),
    _Form("pesticide-unit", 32, re.compile("[1-6][0-9]+")),
)  # fmt: skip

_BESIDE: Final = {
    size: tuple(each for each in _FORMS if abs(size - each.places) == 1)
    for size in range(max(each.places for each in _FORMS) + 2)
}
"""The forms that have a place more or fewer than a code."""

UNMISTAKABLE: Final = frozenset(("pesticide-unit", "veterinary-trace"))
"""Schemes that no other code is as long as, so that the length alone says whose it is."""

_LENGTHS: Final = (
    _Form("pesticide-unit", 32, re.compile("[0-9]+")),
    _Form("uscc", 18, re.compile("[1-9ANY][1-9][0-9]{6}[0-9A-Z]+"), 2),
    _Form("ear-tag", 15, re.compile("[0-9]+"), 1),
)
"""What speaks for a scheme beside the length, where a code of that length is not of its form."""


def nearly(cleaned: Cleaned, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """The readings found, and those of schemes from whose form the code is one place off."""
    code = cleaned.bare
    near = {each.scheme: each for each in _BESIDE.get(len(code), ()) if _is_near(each, code)}
    for each in found:
        form = near.pop(each.scheme, None)
        yield each if form is None or each.valid else _also_said(each, form, len(code))
    if code.isalnum():
        yield from _of_its_length(cleaned, {each.scheme for each in found})
    for form in near.values():
        scheme = scheme_of(form.scheme)
        if scheme is not None:
            said = cleaned.notes + cleaned.bare_notes
            yield misfit(scheme, code, said, places=form.places, score=_SCORE)


def extended(cleaned: Cleaned, found: list[Candidate]) -> list[Candidate]:
    """The readings; of seventeen places also of what else one is missing.

    Of a logistic unit's digits also which extension digit would do.
    """
    if len(cleaned.bare) == _UNEXTENDED and not cleaned.label:
        credit = list(_as_credit(cleaned, found))
        doubt = (note("maybe-credit", "warning"),) if credit else ()
        found = [*(replace(each, notes=(*each.notes, *doubt)) for each in found), *credit]
    if any(each.scheme == _UNIT for each in found):
        return [_with_extension(each, cleaned) for each in found]
    if len(cleaned.bare) != _UNEXTENDED or cleaned.label or not _OF_CHINA.fullmatch(cleaned.bare):
        return found
    unit = scheme_of(_UNIT)
    said = cleaned.notes + cleaned.bare_notes
    missed = [misfit(unit, cleaned.bare, said, score=_SCORE)] if unit else []
    return [*found, *(_with_extension(each, cleaned) for each in missed)]


def _as_credit(cleaned: Cleaned, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """What an organic mark's digits are as a social credit code that lacks a character."""
    scheme = scheme_of(_CREDIT)
    is_begun = _BEGUN_CREDIT.fullmatch(cleaned.bare) and was_ever(cleaned.bare[2 : 2 + _DIVISION])
    if scheme is not None and is_begun and all(each.scheme != _CREDIT for each in found):
        yield misfit(scheme, cleaned.bare, cleaned.notes + cleaned.bare_notes, score=_SCORE)


def _with_extension(each: Candidate, cleaned: Cleaned) -> Candidate:
    """Of ten digits one makes the check hold, for three, their weight, has no factor in ten."""
    code = next((part.value for part in each.parts if part.name == "ai-00"), cleaned.bare)
    is_short = len(code) == _UNEXTENDED and code.isdigit()
    if each.scheme != _UNIT or each.valid or not is_short:
        return each
    right = next(digit for digit in "0123456789" if is_gs1_checked(digit + code))
    return replace(each, notes=(*each.notes, note("extension", "info", found=right + code)))


def _of_its_length(cleaned: Cleaned, read: set[str]) -> Iterator[Candidate]:
    """The codes of a scheme but for a place, where something else speaks for the scheme."""
    code = cleaned.bare
    for form in _LENGTHS:
        if len(code) != form.places or form.scheme in read or not form.begins.fullmatch(code):
            continue
        if form.division is not None and not was_ever(code[form.division :][:_DIVISION]):
            continue
        scheme = scheme_of(form.scheme)
        if scheme is not None:
            score = TOLD if form.scheme in UNMISTAKABLE else _SCORE
            yield misfit(scheme, code, cleaned.notes + cleaned.bare_notes, score=score)


def _is_near(form: _Form, code: str) -> bool:
    return form.begins.fullmatch(code) is not None and (
        form.division is None or was_ever(code[form.division : form.division + _DIVISION])
    )


def _also_said(reading: Candidate, form: _Form, found: int) -> Candidate:
    said = note("size", "error", name=reading.name, size=form.places, found=found)
    return replace(reading, notes=(*reading.notes, said), score=max(reading.score, _SCORE))

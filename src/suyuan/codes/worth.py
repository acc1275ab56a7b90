"""What a resident number is worth: told beside its mask, so that it outlives the number.

A page is asked for by an address, in which no number may stand; what was found of it may.
"""

from collections.abc import Sequence
from typing import Final, TypeVar

from msgspec.structs import replace

from suyuan.codes.notes import note
from suyuan.codes.privacy import faults, masked
from suyuan.codes.types import Candidate

_Reading = TypeVar("_Reading", bound=Candidate)

_ID: Final = "resident-id"
_PASSED: Final = "passed"
_CHECK: Final = "check"
AS_OLD: Final = 66
_OLD: Final = {"old": AS_OLD, "nowhere-old": 30, "maybe-old": 30}
"""How likely numbers of the old form are, which no check character proves."""

_FAULTS: Final = frozenset((_CHECK, "day", "place", "length", *_OLD))
_SAID: Final = "code.number-"


def doubted(found: Sequence[Candidate], text: str) -> list[Candidate]:
    """The readings; those of persons with what their numbers in the text are worth.

    Nothing of a number is shown. Of one that came with its mask on, nobody can say whether its
    check holds.
    """
    if not any(each.scheme == _ID for each in found):
        return list(found)
    wrong = faults(text)
    sound = _PASSED if masked(text) != text else ""
    return [_judged(each, wrong.get(_division(each), sound)) for each in found]


def worth(found: Sequence[Candidate]) -> str:
    """What the number is worth that is read as one person's: `passed`, a fault, "" if unknown."""
    persons = [each for each in found if each.scheme == _ID]
    if len(persons) != 1:
        return ""
    said = (each.code.removeprefix(_SAID) for each in persons[0].notes)
    fault = next((each for each in said if each in _FAULTS), "")
    return fault or (_PASSED if persons[0].check == _PASSED else "")


def told_of(found: Sequence[_Reading], said: str) -> list[_Reading]:
    """The readings of a masked number, with what was found before it was masked (`worth`)."""
    is_one = sum(each.scheme == _ID for each in found) == 1
    return [_judged(each, said) if is_one else each for each in found]


def _division(each: Candidate) -> str:
    return each.parts[0].value if each.scheme == _ID else ""


def _judged(each: _Reading, said: str) -> _Reading:
    if each.scheme != _ID or said not in {_PASSED, *_FAULTS}:
        return each
    if said == _PASSED:
        return replace(each, check="passed")
    if said in _OLD:
        doubt = note(f"number-{said}", "warning")
        return replace(each, notes=(*each.notes, doubt), score=_OLD[said])
    wrong = (*each.notes, note(f"number-{said}", "error"))
    return replace(each, valid=False, notes=wrong, check="failed" if said == _CHECK else each.check)

"""Takes readings of a text and of what it may stand for; gives those that say something."""

from collections.abc import Sequence
from typing import Final

from suyuan.codes.plain import TOLD
from suyuan.codes.types import Candidate

_STRAY: Final = "code.stray"
_SIGN: Final = "code.number-sign"
_MISSHAPEN: Final = frozenset(("code.size", "code.form", "code.place", "code.lacking"))
_LETTERS_READ: Final = frozenset(("code.letters", "code.letters-31"))


def without_spoilt(
    whole: Sequence[Candidate], others: Sequence[Candidate], least: int
) -> list[Candidate]:
    """All readings; beside one that digits for letters made sound none that the letters spoil.

    Unless it is another's, and likelier than that one; or that one has no more than `least`.
    Beside one of its scheme's form, but for what its pieces say, no letter of it is a stray one,
    and beside a sound one with the word for number at its end that belongs to it.
    """
    numbered = {each.scheme for each in whole if each.valid}
    others = [each for each in others if not (_is_unsigned(each) and each.scheme in numbered)]
    sound = [each for each in others if each.valid and _is_mended(each)]
    best = max((each.score for each in sound if each.score > least), default=0)
    known = {each.scheme for each in sound}
    if any(map(_is_formed, whole)):
        others = [each for each in others if all(said.code != _STRAY for said in each.notes)]
    return [
        each for each in (*whole, *others)
        if each.valid or (each.scheme not in known and each.score > best)
    ]  # fmt: skip


def _is_unsigned(each: Candidate) -> bool:
    return any(said.code == _SIGN for said in each.notes)


def _is_formed(each: Candidate) -> bool:
    """Whether a reading fails that is sure to be meant, and has every piece of its scheme."""
    is_told = not each.valid and each.score >= TOLD and each.parts
    return bool(is_told) and all(said.code not in _MISSHAPEN for said in each.notes)


def _is_mended(each: Candidate) -> bool:
    return any(said.code in _LETTERS_READ for said in each.notes)

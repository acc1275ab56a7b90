"""Takes readings of a text and of what it may stand for; gives those that say something."""

from collections.abc import Sequence
from typing import Final

from suyuan.codes.types import Candidate

_LETTERS_READ: Final = frozenset(("code.letters", "code.letters-31"))


def without_spoilt(
    whole: Sequence[Candidate], others: Sequence[Candidate], least: int
) -> list[Candidate]:
    """All readings; beside one that digits for letters made sound none that the letters spoil.

    Unless it is another's, and likelier than that one; or that one has no more than `least`.
    """
    sound = [each for each in others if each.valid and _is_mended(each)]
    best = max((each.score for each in sound if each.score > least), default=0)
    known = {each.scheme for each in sound}
    return [
        each for each in (*whole, *others)
        if each.valid or (each.scheme not in known and each.score > best)
    ]  # fmt: skip


def _is_mended(each: Candidate) -> bool:
    return any(said.code in _LETTERS_READ for said in each.notes)

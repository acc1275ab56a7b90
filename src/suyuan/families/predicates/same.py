"""Takes what is stated and what is recorded; gives a finding when they are not the same."""

from typing import Any

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import ACTOR, Miss, Ref, Words, parties, quoted
from suyuan.families.terms import word
from suyuan.families.view import View
from suyuan.kit import Text

_FOUND = Text("{stated}，与记录不同", "{stated}, not what is on record")


class Same(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="same"):
    """Whatever is recorded in `known` is among what `of` states.

    Of several things all must have it so. Silent where one of the two has nothing. What is on
    record is not told: that is for those who may see it.
    """

    of: str
    known: str

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """What was stated, when something else is on record."""
        stated = parties(ACTOR, view, knowledge) if self.of == ACTOR else view.values(self.of)
        meant = {_same(value) for value in stated}
        if not meant or all(_same(value) in meant for value in view.values(self.known)):
            return None
        return Miss(self.of, _FOUND.format(stated=quoted(word(stated[0]) or stated[0])))

    def explain(self, words: Words) -> Text:
        """Which must be the same."""
        sentence = Text("{of}须与{known}一致", "{of} is the same as {known}")
        return sentence.format(of=words.items[self.of], known=words.items[self.known])

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of."""
        return (("item", self.of), ("item", self.known))


def _same(value: Any) -> str:
    return (word(value) or str(value)).strip().casefold()

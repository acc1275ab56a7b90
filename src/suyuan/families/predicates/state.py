"""Takes marks; gives a finding for a thing that bears one of them."""

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words, listed, quoted, with_lots
from suyuan.families.view import View
from suyuan.kit import Text


class State(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="state"):
    """No thing of `of`, nor the lot it is of, bears a mark of `none_of` (failed test, recall …)."""

    none_of: tuple[str, ...]
    of: str = "things"

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The first thing that bears one, and its marks."""
        for thing, state in with_lots(self.of, view, knowledge):
            marks = tuple(mark for mark in self.none_of if mark in state.marks)
            if marks:
                return Miss(self.of, quoted(thing), marks)
        return None

    def explain(self, words: Words) -> Text:
        """Which marks forbid the step."""
        marks = listed(words.words[mark] for mark in self.none_of)
        sentence = Text("不得处于下列状态：{marks}", "in none of the states: {marks}")
        return sentence.format(marks=marks)

    def refs(self) -> tuple[Ref, ...]:
        """The item and the marks spoken of."""
        return (("item", self.of), *(("word", mark) for mark in self.none_of))

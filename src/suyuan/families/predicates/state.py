"""Takes marks; gives a finding for a thing that bears one of them."""

from msgspec import Struct

from suyuan.families.knowledge import Content, Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words, listed, quoted, with_lots
from suyuan.families.view import View
from suyuan.kit import Text

_EMPTY = Content()
_UNSEEN = Text(
    "{thing}里的东西太多或套得太深，无法逐一查看",
    "more in {thing}, or deeper, than can be looked through",
)


class State(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="state"):
    """No thing of `of`, nor its lot, nor what lies in it, bears a mark of `none_of`."""

    none_of: tuple[str, ...]
    of: str = "things"

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The first thing that bears one, or whose content does, and the marks.

        Of a content only that there is one: what lies in a container is for those who may see it.
        """
        for thing, state in with_lots(self.of, view, knowledge):
            if marks := self._borne(state.marks):
                return Miss(self.of, quoted(thing), marks)
            inside = knowledge.inside(thing)
            if inside == _EMPTY:
                continue
            found = quoted(thing)
            if marks := self._borne(inside.marks):
                content = Text(f"{found.zh}里的东西", f"something in {found.en}")
                return Miss(self.of, content, marks)
            if not inside.is_whole:
                return Miss(self.of, _UNSEEN.format(thing=found))
        return None

    def _borne(self, marks: frozenset[str]) -> tuple[str, ...]:
        return tuple(mark for mark in self.none_of if mark in marks)

    def explain(self, words: Words) -> Text:
        """Which marks forbid the step."""
        marks = listed(words.words[mark] for mark in self.none_of)
        sentence = Text("不得处于下列状态：{marks}", "in none of the states: {marks}")
        return sentence.format(marks=marks)

    def refs(self) -> tuple[Ref, ...]:
        """The item and the marks spoken of."""
        return (("item", self.of), *(("word", mark) for mark in self.none_of))

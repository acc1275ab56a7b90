"""Takes an item and the values allowed; gives a finding for any other value."""

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words, listed, quoted
from suyuan.families.terms import word
from suyuan.families.view import View
from suyuan.kit import Text


class OneOf(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="one_of"):
    """Every stated value of `of` is among `values`; an item not stated is another rule's."""

    of: str
    values: tuple[str, ...]

    def check(self, view: View, _knowledge: Knowledge) -> Miss | None:
        """The first value that is not allowed."""
        for value in view.values(self.of):
            bare = word(value)
            if bare not in self.values:
                return Miss(self.of, quoted(value), (bare,) if bare else ())
        return None

    def explain(self, words: Words) -> Text:
        """Which values are allowed."""
        values = listed(words.words[value] for value in self.values)
        sentence = Text("{item}须为：{values}", "{item} is one of: {values}")
        return sentence.format(item=words.items[self.of], values=values)

    def refs(self) -> tuple[Ref, ...]:
        """The item and the names of its values."""
        return (("item", self.of), *(("word", value) for value in self.values))

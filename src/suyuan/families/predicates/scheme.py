"""Takes an item of identifiers and code schemes; gives a finding for a code of another scheme."""

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words, listed, quoted
from suyuan.families.terms import scheme_of
from suyuan.families.view import View
from suyuan.kit import Text


class Scheme(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="scheme"):
    """Every identifier in `of` is written in one of the `schemes`."""

    of: str
    schemes: tuple[str, ...]

    def check(self, view: View, _knowledge: Knowledge) -> Miss | None:
        """The first identifier of another scheme, or of none."""
        for value in view.values(self.of):
            if scheme_of(str(value)) not in self.schemes:
                return Miss(self.of, quoted(value))
        return None

    def explain(self, words: Words) -> Text:
        """Which schemes are accepted."""
        schemes = listed(words.words[scheme] for scheme in self.schemes)
        sentence = Text("{item}须用下列编码：{schemes}", "{item} coded as one of: {schemes}")
        return sentence.format(item=words.items[self.of], schemes=schemes)

    def refs(self) -> tuple[Ref, ...]:
        """The item and the names of the schemes."""
        return (("item", self.of), *(("word", scheme) for scheme in self.schemes))

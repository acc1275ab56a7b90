"""Takes a document number and kinds; gives a finding when it is on file otherwise, or void."""

from msgspec import Struct

from suyuan.families.knowledge import Knowledge, KnownDocument
from suyuan.families.predicates.base import Miss, Ref, Words, listed, quoted
from suyuan.families.view import View
from suyuan.kit import Text

_WRONG_KIND = Text("{number}（备案为其他单证）", "{number} (on file as another document)")
_VOID = Text("{number}（已作废）", "{number} (void)")


class Document(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="document"):
    """Every number of `of` that is on file is a document of a kind in `any`, and not void.

    A number that nobody has filed yet is no breach: its issuer may report later.
    """

    of: str
    any: tuple[str, ...]

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The first number that is on file otherwise."""
        if knowledge.documents is None:
            return None
        for value in view.values(self.of):
            fault = self._fault(knowledge.documents.get(str(value), ()))
            if fault is not None:
                return Miss(self.of, fault.format(number=quoted(value)))
        return None

    def _fault(self, on_file: tuple[KnownDocument, ...]) -> Text | None:
        if not on_file:
            return None
        fitting = [document for document in on_file if document.kind in self.any]
        if not fitting:
            return _WRONG_KIND
        return _VOID if all(document.void for document in fitting) else None

    def explain(self, words: Words) -> Text:
        """Which documents serve."""
        kinds = listed(words.words[kind] for kind in self.any)
        sentence = Text("{item}须是未作废的：{kinds}", "{item} is one of, and not void: {kinds}")
        return sentence.format(item=words.items[self.of], kinds=kinds)

    def refs(self) -> tuple[Ref, ...]:
        """The item and the names of the documents."""
        return (("item", self.of), *(("word", kind) for kind in self.any))

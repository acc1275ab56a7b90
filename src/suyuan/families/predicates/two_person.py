"""Takes items that name persons; gives a finding when fewer than needed are named."""

from typing import Any
from unicodedata import normalize

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words, listed, quoted
from suyuan.families.view import View
from suyuan.kit import Text


class TwoPerson(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="two_person"
):
    """The items `of` name at least `min` different persons between them.

    One name written twice, whatever its width, case or blanks, is one person. Silent where
    nobody is named: that is another rule's.
    """

    of: tuple[str, ...]
    min: int = 2

    def check(self, view: View, _knowledge: Knowledge) -> Miss | None:
        """Who was named, when they are too few."""
        stated = [value for item in self.of for value in view.values(item)]
        persons = {_same(value): value for value in stated}
        if not stated or len(persons) >= self.min:
            return None
        return Miss(self.of[-1], listed(quoted(one) for one in persons.values()))

    def explain(self, words: Words) -> Text:
        """Where how many must be named."""
        sentence = Text(
            "{items}须共有 {min} 名以上不同的人", "{items} name at least {min:person|persons}"
        )
        return sentence.format(items=listed(words.items[item] for item in self.of), min=self.min)

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of."""
        return tuple(("item", item) for item in self.of)


def _same(value: Any) -> str:
    return "".join(normalize("NFKC", str(value)).casefold().split())

"""Takes an item and limits or another item; gives a finding when there are more or fewer."""

from decimal import Decimal

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words, number
from suyuan.families.view import View
from suyuan.kit import Text


class Count(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="count"):
    """The number of values of `of` is within `min`-`max` and equals the number stated in `equals`.

    `equals` is silent where that item is not stated or nothing is listed in `of`: a lot
    known by its number alone lists no instances.
    """

    of: str
    min: int | None = None
    max: int | None = None
    equals: str | None = None

    def check(self, view: View, _knowledge: Knowledge) -> Miss | None:
        """The count found, when it is not the one needed."""
        found = len(view.values(self.of))
        few = self.min is not None and found < self.min
        many = self.max is not None and found > self.max
        if few or many or self._contradicted(found, view):
            return Miss(self.of, Text(f"{found} 个", f"{found}"))
        return None

    def _contradicted(self, found: int, view: View) -> bool:
        if self.equals is None or found == 0:
            return False
        return any(number(value) != Decimal(found) for value in view.values(self.equals))

    def explain(self, words: Words) -> Text:
        """How many there must be."""
        parts = [
            Text("{item}不少于 {min} 个", "at least {min} of {item}")
            if self.min is not None
            else None,
            Text("{item}不多于 {max} 个", "at most {max} of {item}")
            if self.max is not None
            else None,
            Text("{item}的个数须等于{equals}", "as many {item} as {equals}")
            if self.equals
            else None,
        ]
        said = [part for part in parts if part is not None]
        sentence = Text("，".join(p.zh for p in said), " and ".join(p.en for p in said))
        equals = words.items[self.equals] if self.equals else None
        return sentence.format(item=words.items[self.of], min=self.min, max=self.max, equals=equals)

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of."""
        return (("item", self.of), *((("item", self.equals),) if self.equals else ()))

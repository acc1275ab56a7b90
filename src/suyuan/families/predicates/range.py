"""Takes an item and limits; gives a finding for a number outside them."""

from decimal import Decimal

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words, number, quoted
from suyuan.families.view import View
from suyuan.kit import Text


class Range(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="range"):
    """Every value of `of` is a number, at least `min` and at most `max` (both inclusive)."""

    of: str
    min: Decimal | None = None
    max: Decimal | None = None

    def check(self, view: View, _knowledge: Knowledge) -> Miss | None:
        """The first value that is no number or lies outside."""
        for value in view.values(self.of):
            exact = number(value)
            if exact is None or self._outside(exact):
                return Miss(self.of, quoted(value))
        return None

    def _outside(self, value: Decimal) -> bool:
        too_small = self.min is not None and value < self.min
        return too_small or (self.max is not None and value > self.max)

    def explain(self, words: Words) -> Text:
        """The limits."""
        sentence = {
            (True, True): Text("{item}须在 {min} 至 {max} 之间", "{item} from {min} to {max}"),
            (True, False): Text("{item}不得小于 {min}", "{item} at least {min}"),
            (False, True): Text("{item}不得大于 {max}", "{item} at most {max}"),
            (False, False): Text("{item}须为数字", "{item} is a number"),
        }[self.min is not None, self.max is not None]
        return sentence.format(item=words.items[self.of], min=self.min, max=self.max)

    def refs(self) -> tuple[Ref, ...]:
        """The item spoken of."""
        return (("item", self.of),)

"""Takes an item of quantity elements and a unit; gives a finding for what cannot be converted."""

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words, quoted
from suyuan.families.view import View
from suyuan.kit import Text
from suyuan.kit.quantity import same_dimension
from suyuan.model import QuantityElement


class Unit(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="unit"):
    """Every stated amount of `of` has a unit that measures what `like` (Rec 20 code) measures."""

    of: str
    like: str

    def check(self, view: View, _knowledge: Knowledge) -> Miss | None:
        """The first amount of another dimension; an unknown amount has no unit to judge."""
        for element in view.values(self.of):
            if isinstance(element, QuantityElement) and self._differs(element):
                return Miss(self.of, quoted(f"{element.quantity} {element.uom or '?'}"))
        return None

    def _differs(self, element: QuantityElement) -> bool:
        return element.quantity is not None and not same_dimension(element.uom, self.like)

    def explain(self, words: Words) -> Text:
        """The unit, or any that converts to it."""
        sentence = Text(
            "{item}的单位须为{unit}或可与之换算", "{item} in {unit} or a unit that converts to it"
        )
        return sentence.format(item=words.items[self.of], unit=words.words[self.like])

    def refs(self) -> tuple[Ref, ...]:
        """The item and the unit's name."""
        return (("item", self.of), ("word", self.like))

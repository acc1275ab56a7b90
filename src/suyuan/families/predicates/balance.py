"""Takes items that add up; gives a finding when they do not come to what they must."""

from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import (
    NO_NUMBER,
    Miss,
    Ref,
    Words,
    amount_in,
    is_usable,
    listed,
    number,
    quoted,
)
from suyuan.families.view import View
from suyuan.kit import Text
from suyuan.kit.canonical import plain_decimal
from suyuan.model import QuantityElement

_PERCENT = 100
_FOUND = Text("合计 {parts}，对照 {whole}", "{parts} in all, against {whole}")


class Balance(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="balance"):
    """The items `parts` together come to the items `whole` together, or with `at_most` to no more.

    `tolerance` is in percent of the whole. Items are numbers, or quantity elements, which are
    added in the unit `like` (Rec 20 code). An item not stated counts as nothing; the rule is
    silent where no part or no whole is stated, and on amounts that are unknown or of a unit
    that does not convert: those are another rule's.
    """

    parts: tuple[str, ...]
    whole: tuple[str, ...]
    at_most: bool = False
    tolerance: Decimal = Decimal(0)
    like: str | None = None

    def check(self, view: View, _knowledge: Knowledge) -> Miss | None:
        """The first value that is no number, or the two sums that do not agree."""
        parts, whole = self._sum(self.parts, view), self._sum(self.whole, view)
        for side in (parts, whole):
            if isinstance(side, Miss):
                return side
        if not isinstance(parts, Fraction) or not isinstance(whole, Fraction):
            return None
        over = parts - whole
        allowed = abs(whole) * Fraction(self.tolerance) / _PERCENT
        if over > allowed or (not self.at_most and -over > allowed):
            return Miss(self.parts[0], _FOUND.format(parts=_plain(parts), whole=_plain(whole)))
        return None

    def _sum(self, items: tuple[str, ...], view: View) -> Fraction | Miss | None:
        """What the items come to; None where nothing is stated or an amount cannot be told."""
        stated = [(item, value) for item in items for value in view.values(item)]
        total = Fraction(0)
        for item, value in stated:
            is_amount = isinstance(value, QuantityElement)
            exact = amount_in(value, self.like) if is_amount else number(value)
            if exact is not None and is_usable(exact):
                total += Fraction(exact)
            else:
                return None if is_amount else Miss(item, NO_NUMBER.format(value=quoted(value)))
        return total if stated else None

    def explain(self, words: Words) -> Text:
        """What must come to what, and how nearly."""
        sentence = (
            Text("{parts}合计不得超过{whole}", "{parts} together at most {whole}")
            if self.at_most
            else Text("{parts}合计须等于{whole}", "{parts} together as much as {whole}")
        )
        if self.tolerance:
            within = Text("（允差 {percent}%）", " (within {percent} %)")
            sentence = Text(sentence.zh + within.zh, sentence.en + within.en)
        return sentence.format(
            parts=listed(words.items[item] for item in self.parts),
            whole=listed(words.items[item] for item in self.whole),
            percent=self.tolerance,
        )

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of."""
        return tuple(("item", item) for item in (*self.parts, *self.whole))


def _plain(value: Fraction) -> str:
    """A sum as people write it."""
    return plain_decimal(Decimal(value.numerator) / Decimal(value.denominator))

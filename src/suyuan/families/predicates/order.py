"""Takes two dates and a least distance; gives a finding when out of order or too close."""

from datetime import timedelta
from functools import cache

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import NOW, Miss, Ref, Words, number
from suyuan.families.predicates.times import both, both_dated, surely_sooner
from suyuan.families.view import View
from suyuan.kit import Text


@cache
def _days(count: int) -> timedelta:
    """So many days; the rules of the law state few numbers of them."""
    return timedelta(days=count)


class Order(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="order"):
    """`then` is not before `first`, plus `days` or the days stated in the item `days_of`.

    Days compare as whole local days, so that equal days are in order; only what is surely
    out of order is found. Against `now` the sender's clock tolerance is allowed.
    """

    first: str
    then: str
    days: int = 0
    days_of: str | None = None

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The two dates that are out of order; silent where one is not stated."""
        found = both_dated(self.first, self.then, view, knowledge)
        if found is None or isinstance(found, Miss):
            return found
        first, then = found
        gap = self._gap(view, knowledge)
        for said_first, a in first:
            for said_then, b in then:
                if surely_sooner(b, a, gap):
                    at_fault = self.then if self.then != NOW else self.first
                    return Miss(at_fault, both(said_first, said_then))
        return None

    def _gap(self, view: View, knowledge: Knowledge) -> timedelta:
        if NOW in (self.first, self.then):
            return -knowledge.tolerance
        if self.days_of is None:
            return _days(self.days)
        stated = [number(value) for value in view.values(self.days_of)]
        longest = max((days for days in stated if days is not None), default=0)
        return timedelta(days=self.days + float(longest))

    def explain(self, words: Words) -> Text:
        """Which must not come before which, and how far apart."""
        sentence = Text("{then}不得早于{first}", "{then} not before {first}")
        if self.days_of:
            sentence = Text(
                "{then}距{first}不得少于{span}所列天数",
                "{then} at least the days of {span} after {first}",
            )
        elif self.days:
            sentence = Text(
                "{then}距{first}不得少于 {days} 天", "{then} at least {days:day|days} after {first}"
            )
        span = words.items[self.days_of] if self.days_of else None
        first, then = words.items[self.first], words.items[self.then]
        return sentence.format(first=first, then=then, days=self.days, span=span)

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of."""
        items = (self.first, self.then, *((self.days_of,) if self.days_of else ()))
        return tuple(("item", item) for item in items)

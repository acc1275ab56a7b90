"""Takes two dates and a longest distance; gives a finding when the second comes too late."""

from datetime import timedelta

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words
from suyuan.families.predicates.times import both, both_dated, pairs, surely_later
from suyuan.families.view import View
from suyuan.kit import Text


class Within(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="within"):
    """`then` is at most `days`, counted in whole local days, or `hours` after `first`.

    A clock of hours runs on nights and holidays; a date without a time of day is read in the
    reporter's favour.
    """

    first: str
    then: str
    days: int | None = None
    hours: int | None = None

    def __post_init__(self) -> None:
        """Hold the one measure.

        Raises:
            ValueError: both stated, or none.
        """
        if (self.days is None) == (self.hours is None):
            raise ValueError("state either days or hours")

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The two dates that are too far apart; silent where one is not stated."""
        found = both_dated(self.first, self.then, view, knowledge)
        if found is None or isinstance(found, Miss):
            return found
        first, then = found
        gap = timedelta(days=self.days or 0, hours=self.hours or 0)
        for (said_first, a), (said_then, b) in pairs(first, then):
            if surely_later(b, a, gap):
                return Miss(self.then, both(said_first, said_then))
        return None

    def explain(self, words: Words) -> Text:
        """Which must follow which, and how soon."""
        sentence = (
            Text("{then}须在{first}后 {span} 小时内", "{then} within {span} hours of {first}")
            if self.days is None
            else Text("{then}须在{first}后 {span} 天内", "{then} within {span} days of {first}")
        )
        first, then = words.items[self.first], words.items[self.then]
        span = self.hours if self.days is None else self.days
        return sentence.format(first=first, then=then, span=span)

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of."""
        return (("item", self.first), ("item", self.then))

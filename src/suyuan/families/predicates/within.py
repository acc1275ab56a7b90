"""Takes two dates and a longest distance; gives a finding when the second comes too late."""

from msgspec import Struct

from suyuan.families.days import offset_minutes
from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import Miss, Ref, Words
from suyuan.families.predicates.times import both, both_dated
from suyuan.families.reckoning import last_instant
from suyuan.families.view import View
from suyuan.kit import Span, Text

_SENTENCES = {
    "days": Text("{then}须在{first}后 {span} 天内", "{then} within {span:day|days} of {first}"),
    "hours": Text(
        "{then}须在{first}后 {span} 小时内", "{then} within {span:hour|hours} of {first}"
    ),
    "months": Text(
        "{then}须在{first}后 {span} 个月内", "{then} within {span:month|months} of {first}"
    ),
    "workdays": Text(
        "{then}须在{first}后 {span} 个工作日内",
        "{then} within {span:working day|working days} of {first}",
    ),
}


class Within(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="within"):
    """`then` is at most `days`, in whole local days, `hours`, `months` or `workdays` after `first`.

    A clock of hours runs on nights and holidays; months end on the day of the same number, or the
    last of a shorter month; working days are those of China, and are
    silent beyond the years whose holidays are known. A date without a time of day is read in
    the reporter's favour.
    """

    first: str
    then: str
    days: int | None = None
    hours: int | None = None
    months: int | None = None
    workdays: int | None = None

    def __post_init__(self) -> None:
        """Hold the one measure.

        Raises:
            ValueError: several stated, or none.
        """
        if len(self._measures()) != 1:
            raise ValueError("state one of days, hours, months and workdays")

    def check(self, view: View, knowledge: Knowledge) -> Miss | None:
        """The two dates that are too far apart; silent where one is not stated."""
        found = both_dated(self.first, self.then, view, knowledge)
        if found is None or isinstance(found, Miss):
            return found
        first, then = found
        minutes = offset_minutes(view.event.offset)
        for said_first, a in first:
            for said_then, b in then:
                if self._is_late(a, b, minutes):
                    return Miss(self.then, both(said_first, said_then))
        return None

    def _is_late(self, first: Span, then: Span, minutes: int) -> bool:
        last = last_instant(self, first, minutes)
        return last is not None and then.lo is not None and then.lo > last

    def _measures(self) -> dict[str, int]:
        stated = {
            "days": self.days,
            "hours": self.hours,
            "months": self.months,
            "workdays": self.workdays,
        }
        return {name: span for name, span in stated.items() if span is not None}

    def explain(self, words: Words) -> Text:
        """Which must follow which, and how soon."""
        ((name, span),) = self._measures().items()
        first, then = words.items[self.first], words.items[self.then]
        return _SENTENCES[name].format(first=first, then=then, span=span)

    def refs(self) -> tuple[Ref, ...]:
        """The items spoken of."""
        return (("item", self.first), ("item", self.then))

"""Takes a report of a step; gives until when its record must be kept, and by which law."""

from datetime import date, timedelta

from msgspec import Struct

from suyuan.families.days import local_day, offset_minutes, span_of
from suyuan.families.reckoning import add_months
from suyuan.families.terms import word
from suyuan.families.types import Family, Retention
from suyuan.model import Event


class Kept(Struct, frozen=True):
    """The last day of a lawful term of keeping, and the term."""

    term: Retention
    until: date


def kept(family: Family, step: str | None, kind: str | None, event: Event) -> tuple[Kept, ...]:
    """Every term that binds a report, by the law of the day of the fact; the longest comes first.

    A term of some kinds of product does not bind what has none that is known, nor one of stated
    values what states none.
    """
    day = local_day(event)
    terms = (
        one
        for one in family.retention
        if step in one.step
        and (not one.kind or kind in one.kind)
        and one.since <= day
        and (one.until is None or day <= one.until)
        and _speaks_of(family, one, event)
    )
    found = (Kept(one, until) for one in terms if (until := _until(family, one, event)))
    return tuple(sorted(found, key=lambda one: one.until, reverse=True))


def is_verified(family: Family, term: Retention) -> bool:
    """Whether the term, and the text of the law it cites, were read on their source."""
    return term.verified and family.laws[term.law].verified


def _speaks_of(family: Family, term: Retention, event: Event) -> bool:
    """Whether the event states what the term asks for, and nothing that it excepts."""
    return not any(family.readers[item](event) for item in term.absent) and all(
        any(word(value) in values for value in family.readers[item](event))
        for item, values in term.where.items()
    )


def _until(family: Family, term: Retention, event: Event) -> date | None:
    """The last day, by the latest date that is stated; None beyond the calendar."""
    stated = (span_of(value, event) for value in _dates(family, term, event))
    local = timedelta(minutes=offset_minutes(event.offset))
    days = [(span.hi + local).date() for span in stated if span is not None and span.hi is not None]
    if not days:
        return add_months(local_day(event), term.months or 0)
    return add_months(max(days), term.months_after or term.months or 0)


def _dates(family: Family, term: Retention, event: Event) -> tuple[object, ...]:
    return family.readers[term.after](event) if term.after else ()

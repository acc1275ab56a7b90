"""Takes the name of an item with dates; gives the spans it states, readable or not."""

from datetime import timedelta
from typing import Any

from suyuan.families.days import span_of
from suyuan.families.knowledge import Knowledge
from suyuan.families.predicates.base import NOW, Miss, quoted, said
from suyuan.families.view import View
from suyuan.kit import Span, Text
from suyuan.kit.span import instant

Dated = tuple[Any, Span]


def both_dated(
    first: str, then: str, view: View, knowledge: Knowledge
) -> tuple[tuple[Dated, ...], tuple[Dated, ...]] | Miss | None:
    """Both items' dates; None where one is not stated, a Miss where one names no time."""
    earlier, later = dated(first, view, knowledge), dated(then, view, knowledge)
    if not earlier or not later:
        return None
    if isinstance(earlier, Miss):
        return earlier
    return later if isinstance(later, Miss) else (earlier, later)


def dated(item: str, view: View, knowledge: Knowledge) -> tuple[Dated, ...] | Miss:
    """Each stated value with its span; a Miss when one of them names no time. Read once a view."""
    known: tuple[Dated, ...] | Miss | None = view.spans.get(item)
    if known is None:
        known = view.spans[item] = _dated(item, view, knowledge)
    return known


def _dated(item: str, view: View, knowledge: Knowledge) -> tuple[Dated, ...] | Miss:
    if item == NOW:
        return ((knowledge.now, instant(knowledge.now)),)
    found = []
    for value in view.values(item):
        span = span_of(value, view.event)
        if span is None:
            return Miss(item, quoted(value), unread=True)
        found.append((value, span))
    return tuple(found)


def surely_sooner(then: Span, first: Span, gap: timedelta) -> bool:
    """Whether `then` lies before `first + gap` for every reading of both."""
    return then.hi is not None and first.lo is not None and then.hi < first.lo + gap


def surely_later(then: Span, first: Span, gap: timedelta) -> bool:
    """Whether `then` lies after `first + gap` for every reading of both."""
    return then.lo is not None and first.hi is not None and then.lo > first.hi + gap


def both(first: Any, then: Any) -> Text:
    """Two found dates in one phrase."""
    one, other = said(first), said(then)
    return Text(f"先“{one}”，后“{other}”", f'"{one}" and then "{other}"')

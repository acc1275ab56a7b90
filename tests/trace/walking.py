"""Paths through an answer, checked with numbers instead of open spans: a second, short reading."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import inf

from suyuan.kit import Span
from suyuan.network.ties import Ties
from suyuan.trace.types import Direction, Link, Pool, Question


def walked(
    links: Sequence[Link], seeds: Iterable[Pool], question: Question, *, surely: bool
) -> set[Pool]:
    """All pools on paths of `links` from `seeds` in which every step is allowed."""
    forward = question.direction is Direction.FORWARD
    allowed = _surely_follows if surely else _possibly_follows
    near = {x: x.source if forward else x.target for x in links}
    far = {x: x.target if forward else x.source for x in links}
    starts = set(seeds)
    inside = [x for x in links if _in_window(x, question, surely=surely)]
    todo = [x for x in inside if near[x] in starts]
    done: set[Link] = set()
    while todo:
        link = todo.pop()
        done.add(link)
        for other in inside:
            if other not in done and near[other] == far[link]:
                a, b = (link, other) if forward else (other, link)
                todo += [other] if allowed(a, b, question) else []
    return starts | {pool for link in done for pool in (near[link], far[link])}


def bounds(span: Span) -> tuple[float, float]:
    lo = -inf if span.lo is None else span.lo.timestamp()
    return lo, inf if span.hi is None else span.hi.timestamp()


def _limits(question: Question) -> tuple[float, float]:
    return bounds(Span(question.start, question.end))


def _in_window(link: Link, question: Question, *, surely: bool) -> bool:
    (start, end), left, came = _limits(question), bounds(link.departure), bounds(link.arrival)
    if surely:
        return start <= left[0] and came[1] <= end
    return start <= left[1] and came[0] <= end


def _possibly_follows(a: Link, b: Link, question: Question) -> bool:
    if not a.target.thing or set(a.entries) & set(b.entries):
        return True
    came, left = bounds(a.arrival), bounds(b.departure)
    stay = inf if question.stay_at_most is None else question.stay_at_most
    in_order = came[0] + question.hold_for <= left[1] and left[0] - came[1] <= stay
    return in_order and (question.ties is Ties.ALLOWED or came[0] < left[1])


def _surely_follows(a: Link, b: Link, question: Question) -> bool:
    if set(a.entries) & set(b.entries):
        return True
    came, left = bounds(a.arrival), bounds(b.departure)
    if not a.target.thing:
        return came[1] <= left[0]
    stay = inf if question.stay_at_most is None else question.stay_at_most
    in_order = came[1] + question.hold_for <= left[0] and left[1] - came[0] <= stay
    return in_order and (question.ties is Ties.ALLOWED or came[1] < left[0])


def may_precede(a: datetime | None, b: datetime | None) -> bool:
    """None is open on the side that allows."""
    return a is None or b is None or a <= b

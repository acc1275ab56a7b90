"""Takes an answer; gives when each holder had any of what was asked about: known, and possible.

Known is what two reports enclose: it came, and later it left. Possible is what no report excludes.
Of several things a holder had, it is known that *some* of them was there.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from msgspec import Struct

from suyuan.drawings.types import Holder
from suyuan.interchange.types import is_piece
from suyuan.kit import Span
from suyuan.service import Told
from suyuan.trace import balance
from suyuan.trace.types import Link, LinkKind, Pool, Responsible, Rest

_EVER_SINCE: Final = datetime.min.replace(tzinfo=UTC)
_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


class Presence(Struct, frozen=True):
    """When any of it was at a holder; spans apart from each other and in order.

    Those `known` have both ends and lie within `possible`; there an open end is None. `still`: it
    is open because some may be there until now.
    """

    known: tuple[Span, ...] = ()
    possible: tuple[Span, ...] = ()
    still: bool = False


NEVER: Final = Presence()


class _Step(Struct, frozen=True):
    """That something came into a pool, or left it, within this time."""

    at: Span
    left: bool
    certain: bool


def presences(told: Told) -> dict[Holder, Presence]:
    """By holder, of all things together."""
    steps = _steps(told)
    tenures = {(each.party, each.site): each for each in told.answer.responsibility}
    held = {each.pool for each in told.answer.whereabouts if each.rest is not Rest.ENDED}
    stocks = balance.left(told.answer.balance).items()
    held |= {pool for pool, (stock, _) in stocks if stock is not None and stock > 0}
    pools: dict[Holder, list[Pool]] = defaultdict(list)
    for node in told.answer.nodes:
        if node.pool.thing:
            pools[node.pool.party, node.pool.site].append(node.pool)
    return {
        holder: together(
            _of_pool(
                pool,
                steps.get(pool, []),
                tenures.get(holder),
                held=pool in held,
                alone=len(some) == 1,
            )
            for pool in some
        )
        for holder, some in pools.items()
    }


def together(some: Iterable[Presence]) -> Presence:
    """When any of several was there."""
    every = list(some)
    known = _joined([span for each in every for span in each.known])
    possible = _joined([span for each in every for span in each.possible])
    return Presence(tuple(known), tuple(possible), any(each.still for each in every))


def _steps(told: Told) -> Mapping[Pool, list[_Step]]:
    """What came into each pool and left it, in the order of the earliest that it can have been."""
    sure = {node.pool: node.certain for node in told.answer.nodes}
    found: dict[Pool, list[_Step]] = defaultdict(list)
    for link in told.answer.links:
        if link.kind in {LinkKind.BELONGS, LinkKind.PRESUMED}:
            continue
        for pool, at, left in _ends(link):
            found[pool].append(_Step(at, left, link.certain and sure.get(pool, False)))
    for steps in found.values():
        steps.sort(key=lambda step: (*_begin(step.at), step.left))
    return found


def _ends(link: Link) -> Iterator[tuple[Pool, Span, bool]]:
    yield link.target, link.arrival, False
    yield link.source, link.departure, True


def _of_pool(
    pool: Pool,
    steps: Sequence[_Step],
    tenure: Responsible | None,
    *,
    held: bool,
    alone: bool,
) -> Presence:
    """Between each step and the next; of a piece, not from leaving to coming again.

    What no link brought was there since its holder first had any; what none took away, until the
    last that is known of him, or without an end. That is his own time only if he had this `alone`.
    """
    begin, end = _ends_of(tenure, held=held)
    sure = alone and tenure is not None and tenure.certain
    if not steps or steps[0].left:
        steps = [_Step(begin, left=False, certain=sure), *steps]
    if held or not steps[-1].left:
        steps = [*steps, _Step(end, left=True, certain=sure and not held)]
    away = [one.left and not other.left for one, other in pairwise(steps)]
    possible = [
        Span(_not_before(begin.lo, one.at.lo), other.at.hi)
        for (one, other), gone in zip(pairwise(steps), away, strict=True)
        if not (gone and is_piece(pool.thing))
    ]
    return Presence(tuple(_known(steps)), tuple(possible), still=held)


def _not_before(first: datetime | None, at: datetime | None) -> datetime | None:
    """A time that may be unknown, no earlier than its holder first had any of it."""
    return at if first is None else first if at is None else max(first, at)


def _known(steps: Sequence[_Step]) -> Iterator[Span]:
    """Where one step and the next enclose it.

    What leaves had come, at the latest when the last that may have brought it did; what came is
    there until more comes only if nothing else may leave meanwhile.
    """
    came = left = _EVER_SINCE
    for one, other in pairwise(steps):
        last = _last(one.at)
        if one.left:
            left = max(left, last)
        else:
            came = max(came, last)
        stays = other.left or (not one.left and one.at.lo is not None and left <= one.at.lo)
        begin, end = max(last, came) if other.left else last, other.at.lo
        if stays and one.certain and other.certain and end is not None and begin <= end:
            yield Span(begin, end)


def _last(span: Span) -> datetime:
    """The end of a span; one that is not known is beyond all others."""
    return _FOR_EVER if span.hi is None else span.hi


def _ends_of(tenure: Responsible | None, *, held: bool) -> tuple[Span, Span]:
    """When a holder first had any of it, and when the last of it left, as far as is known."""
    never = Span(None, None)
    if tenure is None:
        return never, never
    return tenure.since, never if held or tenure.until is None else tenure.until


def _joined(spans: Sequence[Span]) -> list[Span]:
    """The same time in spans that do not touch, in order."""
    found: list[Span] = []
    for span in sorted(spans, key=_begin):
        last = found[-1] if found else None
        if last is not None and (last.hi is None or span.lo is None or span.lo <= last.hi):
            found[-1] = Span(last.lo, _later(last.hi, span.hi))
        else:
            found.append(span)
    return found


def _begin(span: Span) -> tuple[bool, datetime]:
    """By which spans are in order: those whose begin is unknown come first."""
    return span.lo is not None, span.lo or _EVER_SINCE


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)

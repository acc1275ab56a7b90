"""Which dispatches and receipts are of one movement: surely, or possibly.

Where one report fits several, all pairs are of one movement. Where several fit several they surely
are only if all pair off one to one, in one way, with the same amounts. What else fits is possible;
told is of it what may lead somewhere else, or at another time, than the sure ones
(docs/concepts/trace.md, Readings).
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from suyuan.kit import Quantity
from suyuan.kit.quantity import normal
from suyuan.model import Holder, Side
from suyuan.trace.pairing import groups, pairs
from suyuan.trace.places import merged
from suyuan.trace.times import Told

Pair = tuple[Told, Told]
"""A dispatch and a receipt."""


class Matched(Struct, frozen=True, eq=False):
    """Dispatches with their receipts: those that are of one movement, and those that may be.

    `possible` are by the groups of reports that hang together.
    """

    sure: list[Pair]
    possible: list[list[Pair]]


def matched(sent: list[Told], received: list[Told], *, every: bool = False) -> Matched:
    """The movements of one thing that both sides report, whatever the order of their reports.

    With `every` all that fit are told, also those that say no more than the sure ones: how long
    something stayed may hang on a later one.
    Takes time near to linear in the number of reports where none names a document and all name
    the same holders and follow one another, else in the number of pairs that fit.
    """
    found = Matched([], [])
    for group in groups(sent, received):
        out = [item for item in group if item.fact.side is Side.SENT]
        into = [item for item in group if item.fact.side is Side.RECEIVED]
        if 1 in {len(out), len(into)}:
            found.sure.extend(pairs(out, into))
        elif not out or not into:
            continue
        elif not every and (in_turn := _in_turn(out, into)):
            found.sure.extend(in_turn)
        else:
            _in_one_way(list(pairs(out, into)), len(group), found, every=every)
    return found


def _in_turn(sent: list[Told], received: list[Told]) -> list[Pair] | None:
    """The pairs of deliveries each of which had come before the next one left, else None.

    All are between the same two holders and without documents, so nothing else fits but a dispatch
    with a later receipt, which says no more than the dispatch with its own.
    """
    if len(sent) != len(received):
        return None
    found = list(
        zip(sorted(sent, key=lambda t: t.lo), sorted(received, key=lambda t: t.hi), strict=True)
    )
    first = _way(*found[0])
    if first is None:
        return None
    for s, r in found:
        is_plain = not (s.fact.document or r.fact.document or s.held or r.held)
        same = (s.fact.before, s.fact.after) == (r.fact.before, r.fact.after) == first
        if not is_plain or not same or not _agree(s, r):
            return None
    later = all(r.hi < after.lo and r.lo <= into.lo for (_, r), (after, into) in pairwise(found))
    return found if later and all(s.lo <= r.hi for s, r in found) else None


def _in_one_way(joined: list[Pair], reports: int, found: Matched, *, every: bool) -> None:
    """Of pairs of reports that hang together, those that are sure and those that are possible."""
    sure = _one_to_one(joined, reports)
    settled = {(id(s), id(r)) for s, r in sure}
    by_report: dict[int, Pair] = {}
    for pair in sure:
        by_report |= {id(item): pair for item in pair}
    others = [
        pair
        for pair in joined
        if (id(pair[0]), id(pair[1])) not in settled
        and (every or not any(_covers(by_report.get(id(item)), pair) for item in pair))
    ]
    found.sure.extend(sure)
    if others:
        found.possible.append(others)


def _one_to_one(joined: Sequence[Pair], reports: int) -> list[Pair]:
    """The one way in which all reports pair off, with amounts that agree; else nothing.

    There is one way exactly if, of those left, always one fits one other only. What is held settles
    nothing.
    """
    if any(item.held for pair in joined for item in pair):
        return []
    fits: dict[int, dict[int, Pair]] = defaultdict(dict)
    for s, r in joined:
        fits[id(s)][id(r)] = fits[id(r)][id(s)] = (s, r)
    waiting = [key for key, others in fits.items() if len(others) == 1]
    found: list[Pair] = []
    while waiting:
        others = fits.get(waiting.pop(), {})
        if len(others) != 1:
            continue  # it was paired since, or has lost whom it fitted
        ((_, pair),) = others.items()
        found.append(pair)
        for item in pair:
            for key in fits.pop(id(item)):
                left = fits.get(key)
                if left is not None:
                    left.pop(id(item), None)
                    if len(left) == 1:
                        waiting.append(key)
    return found if 2 * len(found) == reports and all(_agree(*pair) for pair in found) else []


def _agree(sent: Told, received: Told) -> bool:
    """Whether both state the same amount, or one states none."""
    one, other = _amount(sent), _amount(received)
    return one is None or other is None or one == other


def _amount(item: Told) -> Quantity | None:
    fact = item.fact
    return None if fact.quantity is None else normal(Quantity(fact.quantity, fact.unit))


def _covers(sure: Pair | None, other: Pair) -> bool:
    """Whether a sure pair leads wherever another would: from and to the same, and in time for it.

    It left no earlier and arrived no later, so whoever could have gone by the other went by it.
    """
    if sure is None:
        return False
    way = _way(*sure)
    (s, r), (out, into) = sure, other
    return (
        way is not None
        and way == _way(*other)
        and (s.lo >= out.lo and s.hi >= out.hi)
        and (r.lo <= into.lo and r.hi <= into.hi)
    )


def _way(sent: Told, received: Told) -> tuple[Holder, Holder] | None:
    """From which holder to which; None where one of them is not fully known."""
    before = merged(sent.fact.before, received.fact.before)
    after = merged(sent.fact.after, received.fact.after)
    return (before, after) if before.known and after.known else None

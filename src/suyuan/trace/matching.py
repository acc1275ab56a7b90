"""Which dispatches and receipts are of one movement: surely, possibly, or not at all.

A report that can be of one other only is of that one; whoever is so paired is of no further one
between the same two holders. What that leaves may be paired in several ways, and all of them are
possible (docs/concepts/trace.md, Readings).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, product

from msgspec import Struct

from suyuan.model import Holder
from suyuan.model import Side as FactSide
from suyuan.trace.pairing import groups, pairs
from suyuan.trace.places import merged
from suyuan.trace.times import Told

Pair = tuple[Told, Told]
"""A dispatch and a receipt."""
_Way = tuple[Holder, Holder]
_Run = tuple[list[Told], list[Told]]


class Matched(Struct, frozen=True, eq=False):
    """Dispatches with their receipts: those that are of one movement, and those that may be.

    `possible` are in groups within which several pairings can be.
    """

    sure: list[Pair]
    possible: list[list[Pair]]


def matched(sent: list[Told], received: list[Told]) -> Matched:
    """The movements of one thing that both sides report, whatever the order of their reports.

    Takes time near to linear in the number of reports where none names a document and all name
    the same holders, else in the number of pairs that can be.
    """
    found = Matched([], [])
    for group in groups(sent, received):
        out = [item for item in group if item.fact.side is FactSide.SENT]
        into = [item for item in group if item.fact.side is FactSide.RECEIVED]
        if 1 in {len(out), len(into)}:
            found.sure.extend(pairs(out, into))
        elif any(item.held for item in group):  # what is held settles nothing
            found.possible.append(list(pairs(out, into)))
        elif _is_plain(group):
            _in_turn(out, into, found)
        else:
            _by_partners(list(pairs(out, into)), found)
    return found


def _is_plain(group: Sequence[Told]) -> bool:
    """Whether all name the same two holders, and no document: then time alone tells them apart."""
    first = group[0].fact
    ends = first.before, first.after
    return (
        all(end is not None and end.known for end in ends)
        and all((item.fact.before, item.fact.after) == ends for item in group)
        and not any(item.fact.document for item in group)
    )


def _in_turn(sent: list[Told], received: list[Told], found: Matched) -> None:
    """Pairs of reports of which each receipt can be of every dispatch before it.

    In their order in time they are runs of dispatches, each with the receipts up to the next run. A
    lone dispatch in front is all that the first receipts can be of, a lone receipt at the end all
    that the last dispatches can be of; what is so paired is out of the question for the others.
    """
    runs = _runs(sent, received)
    front, back = 0, len(runs) - 1
    while front < back and (len(runs[front][0]) == 1 or len(runs[back][1]) == 1):
        at = front if len(runs[front][0]) == 1 else back
        found.sure.extend(product(*runs[at]))
        front, back = (front + 1, back) if at == front else (front, back - 1)
    if front == back and 1 in {len(side) for side in runs[front]}:
        found.sure.extend(product(*runs[front]))
    else:
        found.possible.append(_each_later(runs[front : back + 1]))


def _runs(sent: list[Told], received: list[Told]) -> list[_Run]:
    events = [(item.lo, 0, item) for item in sent] + [(item.hi, 1, item) for item in received]
    events.sort(key=lambda event: event[:2])
    sides = [[item for _, _, item in some] for _, some in groupby(events, lambda e: e[1])]
    return list(zip(sides[::2], sides[1::2], strict=True))  # they hang together: none is left over


def _each_later(runs: Iterable[_Run]) -> list[Pair]:
    """Every dispatch with every receipt of its own run and of later ones."""
    before: list[Told] = []
    found: list[Pair] = []
    for out, into in runs:
        before += out
        found.extend(product(before, into))
    return found


class _Partners:
    """Reports, by identity, with all that each can be of one movement with."""

    def __init__(self, joined: Sequence[Pair]) -> None:
        self.of: dict[int, list[Told]] = defaultdict(list)
        self.ways: dict[int, set[_Way]] = {}
        """Of reports that are paired, between which holders."""
        for s, r in joined:
            self.of[id(s)].append(r)
            self.of[id(r)].append(s)
        self.left = {key: len(others) for key, others in self.of.items()}

    def leaves(self) -> list[tuple[int, Told]]:
        """Reports that can only be of one other that is not paired, and that one."""
        return [
            (key, next(other for other in self.of[key] if id(other) not in self.ways))
            for key, count in self.left.items()
            if count == 1 and key not in self.ways
        ]

    def pair(self, some: Iterable[tuple[int, Told]], items: dict[int, Told]) -> Iterator[Pair]:
        """Pair these, all at once; gives each pair once."""
        chosen = {frozenset((key, id(other))): (items[key], other) for key, other in some}
        for one, other in chosen.values():
            s, r = (one, other) if one.fact.side is FactSide.SENT else (other, one)
            for item in (s, r):
                if id(item) not in self.ways:
                    self.ways[id(item)] = set()
                    for partner in self.of[id(item)]:
                        self.left[id(partner)] -= 1
                if (way := _way(s, r)) is not None:
                    self.ways[id(item)].add(way)
            yield s, r

    def may_be(self, pair: Pair) -> bool:
        """Whether two that were not paired may be of one movement all the same.

        One of them can be of no other that is not paired; neither is paired; or who is paired is so
        between other holders, and to leave this out would lose a way from one to another.
        """
        bound = [self.ways[id(item)] for item in pair if id(item) in self.ways]
        free = [id(item) for item in pair if id(item) not in self.ways]
        return not any(_way(*pair) in ways for ways in bound) or any(
            self.left[key] == 0 for key in free
        )


def _by_partners(joined: list[Pair], found: Matched) -> None:
    """Pairs of reports by what each can be of: those with one possibility first, round by round."""
    partners = _Partners(joined)
    items = {id(item): item for item in chain.from_iterable(joined)}
    sure: list[Pair] = []
    while leaves := partners.leaves():
        sure.extend(partners.pair(leaves, items))
    settled = {(id(s), id(r)) for s, r in sure}
    others = [pair for pair in joined if (id(pair[0]), id(pair[1])) not in settled]
    possible = [pair for pair in others if partners.may_be(pair)]
    found.sure.extend(sure)
    if possible:
        found.possible.append(possible)


def _way(sent: Told, received: Told) -> _Way | None:
    """From which holder to which; None where one of them is not fully known."""
    before = merged(sent.fact.before, received.fact.before)
    after = merged(sent.fact.after, received.fact.after)
    return (before, after) if before.known and after.known else None

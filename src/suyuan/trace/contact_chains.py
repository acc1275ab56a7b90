"""Contact tracing between holders, each with one fungible stock.

A contact chain follows moves in the order of their days, equal days allowed (Nöremark and
Widgren 2014: ingoing and outgoing contact chain, in-degree, out-degree). The network engine
traces all roots at once. Where a move's day is not known, or its report is held, the answer is a
pair beside that: what is so whatever the days were, and what may be so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace

from suyuan.network.arrays import Flags, Ints, Nodes, columns
from suyuan.network.chains import Moves, Roots, degrees_of, reached
from suyuan.network.graph import network
from suyuan.network.reach import Rules, reach
from suyuan.trace import contact_spans, joining
from suyuan.trace.contact_types import (
    Contacts,
    Joined,
    Passed,
    Passing,
    Reading,
    Risked,
    Supposed,
    Without,
)
from suyuan.trace.resting import Rest
from suyuan.trace.supposing import NOTHING, require_chances, risks, still_open

A_DAY: Final = 86_400
Advance = Callable[[int, int], None]
"""Is told how many searches are done, and of how many."""


class Doubts(Struct, frozen=True, eq=False):
    """What is not sure of moves, in their order: how late each may have left, and come; if held."""

    left: Ints
    came: Ints
    held: Flags


class _Timed(Struct, frozen=True, eq=False):
    """Moves of one direction in one reading: when each leaves its near end, and comes."""

    near: Nodes
    far: Nodes
    leaves: Ints
    comes: Ints


class _Way:
    """The moves of one direction and its window, in three readings; `doubted`: they may differ."""

    def __init__(self, moves: Moves, sure: Doubts, begin: int, end: int, *, ingoing: bool) -> None:
        self.moves, self.sure, self.ingoing = moves, sure, ingoing
        self.inside = (moves.day >= begin) & (moves.day <= end)
        self.may_be = (sure.left >= begin) & (moves.day <= end)
        self.surely = ~sure.held & (moves.day >= begin) & (sure.came <= end)
        unsure = (sure.left > moves.day) | (sure.came > moves.day) | sure.held
        self.doubted = bool((self.may_be & unsure).any())

    def first(self) -> _Timed:
        """Each on the first day on which it may have left."""
        return self._timed(self.inside, self.moves.day, self.moves.day)

    def first_moves(self) -> Moves:
        """The same, with their shares."""
        inside = self.moves.where(self.inside)
        return inside.against() if self.ingoing else inside

    def certain(self) -> _Timed:
        """What is not held: as early as it may have left, as late as it may have come."""
        return self._timed(self.surely, self.moves.day, self.sure.came)

    def possible(self) -> _Timed:
        """As late as each may have left, and there as early."""
        return self._timed(self.may_be, self.sure.left, self.moves.day)

    def _timed(self, keep: Flags, left: Ints, came: Ints) -> _Timed:
        """Along the direction of the search; ingoing, against the moves and against time."""
        near, far = self.moves.source[keep], self.moves.target[keep]
        if self.ingoing:
            return _Timed(far, near, -came[keep], -left[keep])
        return _Timed(near, far, left[keep], came[keep])


class _Found(Struct, frozen=True, eq=False):
    """Of each root, in order: degree, size of the chain and, if asked for, moves to each."""

    degrees: list[int]
    chains: list[int]
    hops: list[dict[str, int]] | None


class _Sides(Struct, frozen=True, eq=False):
    """One direction in the three readings: by first days, surely, possibly."""

    first: _Found
    certain: _Found
    possible: _Found


class _Asked(Struct, frozen=True, kw_only=True, eq=False):
    """What is asked of either direction."""

    names: Sequence[str]
    roots: Roots
    rest: Rest
    distances: bool
    done: Callable[[int], None]

    def each(self) -> list[list[int]]:
        """The nodes of each root."""
        found: list[list[int]] = [[] for _ in range(self.roots.count)]
        for node, root in zip(self.roots.nodes.tolist(), self.roots.of.tolist(), strict=True):
            found[root].append(node)
        return found


def contacts(  # noqa: PLR0913 -- a question, by name
    names: Sequence[str],
    moves: Moves,
    roots: Sequence[str],
    *,
    window_in: tuple[date, date],
    window_out: tuple[date, date],
    doubts: Doubts | None = None,
    rest: Rest = Rest(),  # noqa: B008 -- frozen
    distances: bool = False,
    supposed: Supposed = NOTHING,
    joined: Sequence[Joined] = (),
    advance: Advance = lambda _done, _all: None,
) -> list[Contacts]:
    """The contacts of every root, in the order given; a root is no contact of itself.

    `names` are the holders that `moves` number, its days ordinals as of `date.toordinal`: the first
    on which each may have left. What came in is asked of the days of `window_in`, what went out of
    those of `window_out`, first and last included. `rest` is assumed, in whole days. `distances`
    adds each contact with the fewest moves that lead there; `supposed`, what would be so by these
    first days. The holders of each that is `joined` are one root, by its name.

    Raises:
        SuyuanError: `contacts.risk`, chances are asked under what is assumed of stays.
    """
    require_chances(supposed, rest)
    place = {name: number for number, name in enumerate(names)}
    still = still_open(place, moves, supposed.closings) if supposed.closings else moves
    one = {each.name: each for each in joined}
    known = [root for root in dict.fromkeys(roots) if root in one or root in place]
    ways = _ways(moves, doubts, window_in, window_out)
    left = _ways(still, None, window_in, window_out) if supposed.closings else ways
    searches = sum(3 if way.doubted else 1 for way in ways) + 2 * bool(supposed.closings)
    asked = _Asked(
        names=names,
        roots=_roots(
            [
                [place[name] for name in one[root].sites] if root in one else [place[root]]
                for root in known
            ]
        ),
        rest=rest,
        distances=distances,
        done=_counting(advance, searches * len(known)),
    )
    into, out = (_sides(way, asked) for way in ways)
    told = [_told(root, number, into, out) for number, root in enumerate(known)]
    if supposed.closings:
        told = _with_less(told, left, asked)
    if supposed.passing is not None:
        told = _with_risks(told, left, asked, one, supposed.passing)
    found = {each.root: each for each in told}
    nobody = _nobody(supposed, distances=distances)
    return [found.get(root) or replace(nobody, root=root) for root in roots]


def _roots(each: Sequence[Sequence[int]]) -> Roots:
    nodes = np.array([node for own in each for node in own], np.int64)
    return Roots(nodes, np.repeat(np.arange(len(each)), [len(own) for own in each]), len(each))


def _ways(
    moves: Moves,
    doubts: Doubts | None,
    window_in: tuple[date, date],
    window_out: tuple[date, date],
) -> tuple[_Way, _Way]:
    """What came and what went; without `doubts` all is sure."""
    sure = doubts or Doubts(moves.day, moves.day, np.zeros(len(moves.day), np.bool_))
    (came, until), (went, last) = (
        (begin.toordinal(), end.toordinal()) for begin, end in (window_in, window_out)
    )
    return (
        _Way(moves, sure, came, until, ingoing=True),
        _Way(moves, sure, went, last, ingoing=False),
    )


def _with_less(told: Iterable[Contacts], left: Iterable[_Way], asked: _Asked) -> list[Contacts]:
    """With the counts by the moves that are left and, where contacts are named, who is spared."""
    into, out = (_found(way.first(), asked) for way in left)
    return [
        replace(each, without=_without(each, _reading(number, into, out)))
        for number, each in enumerate(told)
    ]


def _without(found: Contacts, less: Reading) -> Without:
    return Without(
        in_degree=less.in_degree,
        out_degree=less.out_degree,
        ingoing_contact_chain=less.ingoing_contact_chain,
        outgoing_contact_chain=less.outgoing_contact_chain,
        spared_ingoing=_spared(found.ingoing, less.ingoing),
        spared_outgoing=_spared(found.outgoing, less.outgoing),
    )


def _spared(
    all_: Mapping[str, int] | None, left: Mapping[str, int] | None
) -> tuple[str, ...] | None:
    if all_ is None or left is None:
        return None
    return tuple(name for name in all_ if name not in left)


def _with_risks(
    told: Sequence[Contacts],
    left: tuple[_Way, _Way],
    asked: _Asked,
    joined: Mapping[str, Joined],
    passing: Passing,
) -> list[Contacts]:
    """With chances: of those that are joined each in a network of its own, where it is one node."""
    into, out = (each.first_moves() for each in left)
    alone = [
        own[0] for each, own in zip(told, asked.each(), strict=True) if each.root not in joined
    ]
    single = risks(asked.names, (into, out), alone, passing)

    def risk(root: str) -> Risked:
        if root not in joined:
            return next(single)
        names, came = joining.joined(asked.names, into, joined[root])
        _, went = joining.joined(asked.names, out, joined[root])
        return next(risks(names, (came, went), [names.index(root)], passing))

    return [replace(each, risk=risk(each.root)) for each in told]


def _counting(advance: Advance, total: int) -> Callable[[int], None]:
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        advance(done, total)

    return count


def _told(root: str, number: int, into: _Sides, out: _Sides) -> Contacts:
    first = _reading(number, into.first, out.first)
    same = into.certain is into.possible and out.certain is out.possible
    certain = first if same else _reading(number, into.certain, out.certain)
    possible = first if same else _reading(number, into.possible, out.possible)
    return Contacts(root=root, **asdict(first), certain=certain, possible=possible)


def _reading(number: int, into: _Found, out: _Found) -> Reading:
    return Reading(
        in_degree=into.degrees[number],
        out_degree=out.degrees[number],
        ingoing_contact_chain=into.chains[number],
        outgoing_contact_chain=out.chains[number],
        ingoing=into.hops[number] if into.hops is not None else None,
        outgoing=out.hops[number] if out.hops is not None else None,
    )


def _nobody(supposed: Supposed, *, distances: bool) -> Contacts:
    """Of a root that no move names, which is no node either: a million of them cost little."""
    nobody: dict[str, int] | None = {} if distances else None
    reading = Reading(
        in_degree=0,
        out_degree=0,
        ingoing_contact_chain=0,
        outgoing_contact_chain=0,
        ingoing=nobody,
        outgoing=nobody,
    )
    found = Contacts(root="", **asdict(reading), certain=reading, possible=reading)
    if supposed.closings:
        found = replace(found, without=_without(found, reading))
    if (passing := supposed.passing) is not None:
        to_none = Passed(draws=0, expected=0.0, contacts={})
        risk = Risked(
            probability=passing.probability, seed=passing.seed, ingoing=to_none, outgoing=to_none
        )
        found = replace(found, risk=risk)
    return found


def _sides(way: _Way, asked: _Asked) -> _Sides:
    first = _found(way.first(), asked)
    if not way.doubted:
        return _Sides(first, first, first)
    certain, possible = way.certain(), way.possible()
    if asked.rest.stay_at_most is None:
        return _Sides(first, _found(certain, asked), _found(possible, asked))
    both = list(_of_spans(way, asked))
    return _Sides(first, *_by_spans(both, certain, possible, asked))


def _found(timed: _Timed, asked: _Asked) -> _Found:
    """By packed sets of all roots at once where days alone decide, else root by root."""
    count = len(asked.names)
    moves = Moves(timed.near, timed.far, timed.leaves)
    degree = degrees_of(count, moves, asked.roots).tolist()
    if not asked.rest and not asked.distances and np.array_equal(timed.leaves, timed.comes):
        chains = reached(count, moves, asked.roots).astype(np.int64).tolist()
        asked.done(asked.roots.count)
        return _Found(degree, chains, None)
    hops = list(_hops(timed, asked))
    return _Found(degree, [len(each) for each in hops], hops if asked.distances else None)


def _hops(timed: _Timed, asked: _Asked) -> Iterator[dict[str, int]]:
    rules = Rules(
        hold=int(asked.rest.hold_for // A_DAY),
        stay=None if asked.rest.stay_at_most is None else int(asked.rest.stay_at_most // A_DAY),
        ties=asked.rest.ties,
    )
    nothing = np.zeros(len(timed.near))
    links = columns(timed.near, timed.far, timed.leaves, timed.comes, nothing)
    net = network(links, nodes=len(asked.names))
    for own in asked.each():
        one = reach(net, own, rules=rules)
        yield {
            asked.names[node]: hops
            for node, hops in zip(one.nodes.tolist(), one.hops.tolist(), strict=True)
            if hops
        }
        asked.done(1)


_Both = list[tuple[dict[int, int], dict[int, int]]]


def _of_spans(way: _Way, asked: _Asked) -> Iterator[tuple[dict[int, int], dict[int, int]]]:
    """By both ends of every span: what is surely reached, and what possibly, of each root."""
    moves, sure, keep = way.moves, way.sure, way.may_be
    near, far = moves.source[keep], moves.target[keep]
    first, left, came = (days[keep] for days in (moves.day, sure.left, sure.came))
    out, into = (first, left), (first, came)
    if way.ingoing:
        near, far = far, near
        out, into = (-came, -first), (-left, -first)
    spanned = contact_spans.Spanned(near, far, out, into, way.surely[keep])
    for both in contact_spans.chains(spanned, asked.each(), asked.rest):
        yield both
        asked.done(2)


def _by_spans(both: _Both, certain: _Timed, possible: _Timed, asked: _Asked) -> Iterator[_Found]:
    for place, timed in enumerate((certain, possible)):
        moves = Moves(timed.near, timed.far, timed.leaves)
        degree = degrees_of(len(asked.names), moves, asked.roots).tolist()
        hops = [{asked.names[n]: h for n, h in each[place].items()} for each in both]
        yield _Found(degree, [len(each) for each in hops], hops if asked.distances else None)

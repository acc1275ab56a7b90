"""Sections 12 to 14 of the trace contract, and the whole: the oracle that engines are held to."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import product

from oracle_facts import OPEN, Line, known_lines, place, present, same_name
from oracle_links import stated_links
from oracle_more import (
    SEEN,
    belonging_links,
    belonging_pairs,
    lot_level_copies,
    places_of,
    pools_of,
    presumed_links,
)
from oracle_spells import certain_spell, joins_of, possible_spell

from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder
from suyuan.network.ties import Ties
from suyuan.trace.types import (
    Closure,
    Confirmed,
    Direction,
    Link,
    LinkKind,
    Node,
    OpenEnd,
    OpenEndKind,
    Pool,
    Question,
)


def closure(facts: Sequence[Fact], question: Question) -> Closure:
    """The answer of docs/concepts/trace.md, slowly."""
    lines = known_lines(facts, question)
    stated = stated_links(lines, every=question.stay_at_most is not None)
    own = stated.links
    drawn = own + lot_level_copies(own, lines) + belonging_links(own, lines)
    links = list(dict.fromkeys(drawn + presumed_links(drawn, lines)))
    seeds = _seeds(facts, lines, links, question)
    reached = _possibly_reached(links, seeds, question)
    surely = _certainly_reached(list(reached), seeds, question)
    nodes = _nodes(reached, surely, seeds, question)
    ends = _open_ends(nodes, list(reached), links, lines, question)
    return Closure(
        nodes=tuple(sorted(nodes, key=lambda node: node.pool)),
        links=tuple(sorted(reached, key=repr)),
        open_ends=tuple(sorted(set(ends), key=repr)),
        anomalies=tuple(sorted(set(stated.anomalies), key=lambda a: (a.code, a.entries))),
    )


# Section 12: where the question starts; each pool with whether it surely is asked about


def _seeds(
    facts: Sequence[Fact], lines: Sequence[Line], links: Sequence[Link], question: Question
) -> dict[Pool, bool]:
    found: list[tuple[Pool, bool]] = []
    for seed in question.seeds:
        thing = same_name(facts, question, seed.thing)
        for name, certain in _named(thing, lines).items():
            pools = [(pool, certain) for pool in pools_of(name, links, lines)]
            for content, container, sure in _contents(name, lines, question):
                inner = pools_of(content, links, lines)
                pools += [(p, certain and sure) for p in inner if p.container == container]
            found += [(pool, sure) for pool, sure in pools if _is_at(pool, seed.holder)]
    proven = _proven(links, lines)
    surely = {pool for pool, sure in found if sure and pool in proven}
    return {pool: pool in surely for pool, _ in found}


def _proven(links: Sequence[Link], lines: Sequence[Line]) -> set[Pool]:
    """R11: where things surely were; a place that is only possible is no certain beginning."""
    good = [line for line in lines if not line.held]
    attached = [x for x in good if x.fact.kind is FactKind.ATTACHED and not x.fact.instrument]
    carriers = {place(line, thing=line.fact.parent) for line in attached}
    ends = {pool for link in links if link.certain for pool in (link.source, link.target)}
    return ends | carriers | {place(line) for line in attached} | places_of(good, *SEEN)


def _named(thing: str, lines: Sequence[Line]) -> dict[str, bool]:
    """Section 10 (a): a lot is asked about with its instances."""
    named = {thing: True}
    for (instance, lot), stating in belonging_pairs(lines).items():
        if lot == thing:
            named[instance] = not all(line.held for line in stating)
    return named


def _is_at(pool: Pool, holder: Holder | None) -> bool:
    if holder is None:
        return True
    return (pool.party, pool.site) == (holder.party or "", holder.site or "")


def _contents(
    container: str, lines: Sequence[Line], question: Question
) -> list[tuple[str, str, bool]]:
    """(content, its direct container, surely): what was inside at some time of those asked."""
    until = min(present((question.end, question.as_of)), default=None)
    asked = _common(Span(question.start, until), OPEN)
    maybe = {join: possible_spell(join, lines) for join in joins_of(lines)}
    sure = {join: certain_spell(join, lines) for join in joins_of(lines)}
    surely = _inner(container, asked, (container,), sure)
    return [(*edge, edge in surely) for edge in _inner(container, asked, (container,), maybe)]


def _inner(
    container: str,
    asked: Span | None,
    chain: tuple[str, ...],
    spells: Mapping[Line, Span | None],
) -> set[tuple[str, str]]:
    """R7: the chain of containers must hold together at one time."""
    found: set[tuple[str, str]] = set()
    for join, spell in spells.items():
        content, common = join.fact.thing, _common(asked, spell)
        if join.fact.parent == container and content != chain[0] and common is not None:
            found.add((content, container))
            if content not in chain:
                found |= _inner(content, common, (*chain, content), spells)
    return found


def _common(a: Span | None, b: Span | None) -> Span | None:
    if a is None or b is None:
        return None
    lo = max(present((a.lo, b.lo)), default=None)
    hi = min(present((a.hi, b.hi)), default=None)
    return None if lo is not None and hi is not None and lo > hi else Span(lo, hi)


# Section 13: the closure; both directions are one walk from near ends to far ends


def _near(link: Link, question: Question) -> Pool:
    return link.source if question.direction is Direction.FORWARD else link.target


def _far(link: Link, question: Question) -> Pool:
    return link.target if question.direction is Direction.FORWARD else link.source


def _in_order(a: Link, b: Link, question: Question) -> tuple[Link, Link]:
    """The earlier step first: `b` is walked after `a`."""
    return (a, b) if question.direction is Direction.FORWARD else (b, a)


def _may_follow(a: Link, b: Link, question: Question) -> bool:
    """Whether `b` possibly departs after `a` arrived; not asked of a making, or of one event."""
    if set(a.entries) & set(b.entries) or not a.target.thing:
        return True
    hold, stay = timedelta(seconds=question.hold_for), question.stay_at_most
    begin, end = a.arrival.lo, b.departure.hi
    if begin is not None and end is not None and begin + hold > end:
        return False
    if begin is not None and begin == end and question.ties is Ties.FORBIDDEN:
        return False
    begin, end = a.arrival.hi, b.departure.lo
    if stay is None or begin is None or end is None:
        return True
    return end - begin <= timedelta(seconds=stay)


def _must_follow(a: Link, b: Link, question: Question) -> bool:
    """Whether `b` certainly departs after `a` arrived; what is open proves nothing."""
    if set(a.entries) & set(b.entries):
        return True
    making = not a.target.thing
    hold = timedelta(0) if making else timedelta(seconds=question.hold_for)
    begin, end = a.arrival.hi, b.departure.lo
    if begin is None or end is None or begin + hold > end:
        return False
    if begin == end and question.ties is Ties.FORBIDDEN and not making:
        return False
    if making or question.stay_at_most is None:
        return True
    begin, end = a.arrival.lo, b.departure.hi
    if begin is None or end is None:
        return False
    return end - begin <= timedelta(seconds=question.stay_at_most)


def _may_be_in_window(link: Link, question: Question) -> bool:
    start, end = question.start, question.end
    left, arrived = link.departure.hi, link.arrival.lo
    return (start is None or left is None or left >= start) and (
        end is None or arrived is None or arrived <= end
    )


def _must_be_in_window(link: Link, question: Question) -> bool:
    start, end = question.start, question.end
    left, arrived = link.departure.lo, link.arrival.hi
    return (start is None or (left is not None and left >= start)) and (
        end is None or (arrived is not None and arrived <= end)
    )


def _possibly_reached(
    links: Sequence[Link], seeds: Mapping[Pool, bool], question: Question
) -> dict[Link, int]:
    """Each reached link and the least hops to its far end, by relaxing until nothing changes."""
    window = [link for link in links if _may_be_in_window(link, question)]
    hops: dict[Link, int] = {}
    changed = True
    while changed:
        changed = False
        for b in window:
            near = _near(b, question)
            before = [
                n
                for a, n in hops.items()
                if _far(a, question) == near and _may_follow(*_in_order(a, b, question), question)
            ]
            if near in seeds:
                before.append(0)
            if not before:
                continue
            least = min(before) + (1 if _far(b, question).thing else 0)
            if hops.get(b, least + 1) > least:
                hops[b] = least
                changed = True
    return {b: n for b, n in hops.items() if question.depth is None or n <= question.depth}


def _certainly_reached(
    links: Sequence[Link], seeds: Mapping[Pool, bool], question: Question
) -> set[Link]:
    """Within the possible closure, so that a limit of depth cuts both alike (D11)."""
    sure = [link for link in links if link.certain and _must_be_in_window(link, question)]
    reached = {link for link in sure if seeds.get(_near(link, question), False)}
    while True:
        more = {
            b
            for a, b in product(reached, sure)
            if _far(a, question) == _near(b, question)
            and _must_follow(*_in_order(a, b, question), question)
        }
        if more <= reached:
            return reached
        reached |= more


def _nodes(
    reached: Mapping[Link, int],
    surely: set[Link],
    seeds: Mapping[Pool, bool],
    question: Question,
) -> list[Node]:
    certain = {pool for pool, sure in seeds.items() if sure}
    certain |= {_far(link, question) for link in surely}
    nodes = []
    for pool in {*seeds, *(end for link in reached for end in (link.source, link.target))}:
        into = {link: n for link, n in reached.items() if _far(link, question) == pool}
        hops = 0 if pool in seeds else min(into.values())
        span = _seed_time(question) if pool in seeds else _first_time(list(into), question)
        nodes.append(Node(pool=pool, certain=pool in certain, reached=span, hops=hops))
    return nodes


def _seed_time(question: Question) -> Span:
    at = question.start if question.direction is Direction.FORWARD else question.end
    return Span(at, at)


def _first_time(into: Sequence[Link], question: Question) -> Span:
    """Forward the earliest arrival, backward the latest departure, that is possible."""
    if question.direction is Direction.FORWARD:
        lows, highs = [x.arrival.lo for x in into], [x.arrival.hi for x in into]
        return Span(None if None in lows else min(present(lows)), min(present(highs), default=None))
    lows, highs = [x.departure.lo for x in into], [x.departure.hi for x in into]
    return Span(max(present(lows), default=None), None if None in highs else max(present(highs)))


# Section 14: where the chain stops


def _open_ends(
    nodes: Sequence[Node],
    reached: Sequence[Link],
    links: Sequence[Link],
    lines: Sequence[Line],
    question: Question,
) -> list[OpenEnd]:
    moved = [link for link in reached if link.kind is LinkKind.MOVED]
    ends = [
        OpenEnd(kind=OpenEndKind.SENT_NEVER_RECEIVED, pool=link.target, entries=link.entries)
        for link in moved
        if link.confirmed is Confirmed.SENT
    ] + [
        OpenEnd(kind=OpenEndKind.RECEIVED_NEVER_SENT, pool=link.source, entries=link.entries)
        for link in moved
        if link.confirmed is Confirmed.RECEIVED
    ]
    if question.direction is Direction.FORWARD:
        return ends + _silent(moved, links, lines)
    return ends + _unmade(nodes, links, lines)


def _silent(moved: Sequence[Link], links: Sequence[Link], lines: Sequence[Line]) -> list[OpenEnd]:
    heard = {link.source for link in links}
    heard |= places_of(lines, FactKind.OBSERVED, FactKind.COUNTED, FactKind.ENDED)
    return [
        OpenEnd(kind=OpenEndKind.HOLDER_SILENT, pool=link.target)
        for link in moved
        if link.confirmed is Confirmed.SENT and not link.target.unknown and link.target not in heard
    ]


def _unmade(nodes: Sequence[Node], links: Sequence[Link], lines: Sequence[Line]) -> list[OpenEnd]:
    origins = {link.target for link in links} | places_of(lines, FactKind.MADE)
    inputs = {link.source for link in links if link.kind is LinkKind.INPUT}
    return [
        OpenEnd(
            kind=OpenEndKind.INPUT_WITHOUT_ORIGIN
            if node.pool in inputs
            else OpenEndKind.NEVER_MADE,
            pool=node.pool,
        )
        for node in nodes
        if node.pool.thing and node.pool not in origins
    ]

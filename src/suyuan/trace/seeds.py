"""Where a question starts: pools of its things, of their instances, and of what they contain."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from msgspec import Struct

from suyuan.model import Holder
from suyuan.trace.known import Rename
from suyuan.trace.links import Network
from suyuan.trace.spells import Spell, Spells
from suyuan.trace.times import Micros, since, until
from suyuan.trace.types import Pool, Question, Seed

_ByThing = dict[str, dict[Pool, None]]
_Interval = tuple[Micros, Micros]


class Ground(Struct, frozen=True, eq=False):
    """All pools by thing, and those in which something that is not held surely puts it."""

    pools: _ByThing
    vouched: set[Pool]


def ground(net: Network) -> Ground:
    """The pools from which questions may start: the same for every question."""
    vouched = set(net.places.sure)
    for link in net.links:
        if link.certain:
            vouched.add(link.source)
            vouched.add(link.target)
    return Ground(_pools(net), vouched)


def seeds(net: Network, on: Ground, question: Question, rename: Rename) -> dict[Pool, bool]:
    """The pools a question starts from; the value says whether they certainly belong to it."""
    pools, vouched = on.pools, on.vouched
    found: dict[Pool, bool] = {}
    during = since(question.start), min(until(question.end), until(question.as_of))
    for seed in question.seeds:
        for place, sure in _of_seed(net, pools, seed, rename(seed.thing), during):
            found[place] = found.get(place, False) or (sure and place in vouched)
    return found


def _pools(net: Network) -> _ByThing:
    pools: _ByThing = defaultdict(dict)
    for link in net.links:
        pools[link.source.thing][link.source] = None
        pools[link.target.thing][link.target] = None
    for place in (*net.places.made, *net.places.seen):
        pools[place.thing][place] = None
    return pools


def _of_seed(
    net: Network, pools: _ByThing, seed: Seed, name: str, during: _Interval
) -> Iterator[tuple[Pool, bool]]:
    named = [(name, True), *((m.thing, m.sure) for m in net.members.get(name, ()))]
    for thing, sure in named:
        for place in pools.get(thing, ()):
            if _at(place, seed.holder):
                yield place, sure
        if thing not in net.stays.inside:
            continue
        surely = _held_together(net.stays, thing, during, _sure)
        for content, container in _held_together(net.stays, thing, during, _possible):
            inside = sure and (content, container) in surely
            for place in pools.get(content, ()):
                if place.container == container and _at(place, seed.holder):
                    yield place, inside


def _at(place: Pool, holder: Holder | None) -> bool:
    if holder is None:
        return True
    return place.party == (holder.party or "") and place.site == (holder.site or "")


def _possible(spell: Spell) -> _Interval:
    return spell.lo, spell.hi


def _sure(spell: Spell) -> _Interval:
    return spell.sure_lo, spell.sure_hi


def _held_together(
    stays: Spells, root: str, during: _Interval, of: Callable[[Spell], _Interval]
) -> set[tuple[str, str]]:
    """What was inside, with its container, by chains of spells that share one time."""
    found: set[tuple[str, str]] = set()
    seen: dict[str, list[_Interval]] = defaultdict(list)
    waiting = [(root, during)]
    while waiting:
        container, (lo, hi) = waiting.pop()
        if any(a <= lo and hi <= b for a, b in seen[container]):
            continue
        seen[container].append((lo, hi))
        for content, spells in stays.inside.get(container, {}).items():
            for a, b in map(of, spells):
                common = max(lo, a), min(hi, b)
                if content != root and common[0] <= common[1] and a <= b:
                    found.add((content, container))
                    waiting.append((content, common))
    return found

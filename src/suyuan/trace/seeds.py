"""Where a question starts: pools of its things, of their instances, and of what they contain."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator

from suyuan.model import Holder
from suyuan.trace.known import Rename
from suyuan.trace.links import Network
from suyuan.trace.spells import Spell, Spells
from suyuan.trace.times import Micros, since, until
from suyuan.trace.types import Pool, Question, Seed

_Interval = tuple[Micros, Micros]


def ground(net: Network) -> set[int]:
    """The pools that some link surely puts its thing into or takes it from."""
    sure = [at for at, link in enumerate(net.links) if link.certain]
    sources, targets = net.ends.sources, net.ends.targets
    return {sources[at] for at in sure} | {targets[at] for at in sure}


def seeds(
    net: Network, vouched: Container[int], question: Question, rename: Rename
) -> dict[int, bool]:
    """The pools a question starts from; the value says whether they certainly belong to it.

    Certain are only those `vouched` for by a link, or by what was seen there.
    """
    places, sure_places = net.ends.pools, net.places.sure
    found: dict[int, bool] = {}
    during = since(question.start), min(until(question.end), until(question.as_of))
    for seed in question.seeds:
        for place, sure in _of_seed(net, seed, rename(seed.thing), during):
            known = place in vouched or places[place] in sure_places
            found[place] = found.get(place, False) or (sure and known)
    return found


def _of_seed(net: Network, seed: Seed, name: str, during: _Interval) -> Iterator[tuple[int, bool]]:
    pools = net.ends.pools
    named = [(name, True), *((m.thing, m.sure) for m in net.members.get(name, ()))]
    for thing, sure in named:
        for place in net.ends.of_thing(thing):
            if _at(pools[place], seed.holder):
                yield place, sure
        if thing not in net.stays.inside:
            continue
        surely = _held_together(net.stays, thing, during, _sure)
        for content, container in _held_together(net.stays, thing, during, _possible):
            inside = sure and (content, container) in surely
            for place in net.ends.of_thing(content):
                if pools[place].container == container and _at(pools[place], seed.holder):
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

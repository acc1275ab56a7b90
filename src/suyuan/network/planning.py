"""Where to test next: of so many tests, how many at each place tell most of who is over the limit.

Worlds are drawn from the posterior; in each, a plan's tests turn out by chance, and the drawn rates
are weighed anew by how well they agree. A plan is worth the bits by which that leaves less open. It
is put together by portions, each where it tells most beside those before it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import inf, lgamma

import numpy as np
from msgspec import Struct, structs

from suyuan.network.arrays import Ints
from suyuan.network.inspecting import WHOLE, Beliefs, Cell, Sites, samples_of
from suyuan.network.mixing import Floats
from suyuan.network.rates import TINY, Draws

_RATES, _WORLDS, _WEIGHED, _PORTIONS, _DIGITS = 1_500, 200, 40, 10, 9
_EVEN = 0.5


class Planned(Struct, frozen=True, kw_only=True):
    """Tests by place and supplier, the most telling first, and what they are expected to leave.

    `bits` are open on whether each place is over the limit, `misjudged` how many would be judged
    wrongly; both before (`now`) and after the plan.
    """

    tests: tuple[tuple[str, str, int], ...]
    bits_now: float
    bits: float
    misjudged_now: float
    misjudged: float


def cells_of(sites: Sites, *, tracked: bool) -> list[Cell]:
    """What can be tested: a supplier at its gate, and goods at every place he sells to.

    `tracked` says that it will be known whose goods they are.
    """
    names, first = sites.names, range(sites.suppliers)
    gates = [(names[at], "") for at in first]
    rows = zip(names[sites.suppliers :], sites.shares, strict=True)
    if tracked or not sites.known:
        return gates + [
            (name, names[by]) for name, row in rows for by in first if row[by] or not sites.known
        ]
    return gates + [(name, "") for name, row in rows if row.sum() >= 1 - WHOLE]


class Worlds(Struct, frozen=True, eq=False, kw_only=True):
    """Rates that may be, whether they are over the limit, and which of them is true in each world.

    `shuffled` is `over` with each place's rates in an order of their own.
    `fails` and `passes` are by rates and cell, `lots` by portion and world: they decide how many
    tests fail there, alike for all cells, so that cells compare.
    """

    over: Floats
    shuffled: Floats
    truth: Ints
    lots: Floats
    fails: Floats
    passes: Floats

    def told(self, cell: int, tests: int, step: int) -> Floats:
        """By rates and world: the log of how likely they make what these tests found."""
        fails, passes = self.fails[:, cell], self.passes[:, cell]
        true = self.truth
        found = _failed(fails[true], passes[true], tests, self.lots[step])
        agree = np.outer(np.log(fails), found) + np.outer(np.log(passes), tests - found)
        return np.asarray(agree)


def plan(
    sites: Sites,
    found: Draws,
    beliefs: Beliefs,
    size: int,
    chance: np.random.Generator,
    *,
    tracked: bool = False,
) -> Planned:
    """The plan of `size` tests; where two places tell the same, the first is taken."""
    cells = cells_of(sites, tracked=tracked)
    worlds = worlds_of(sites, found, beliefs, cells, chance)
    weight = np.zeros((len(worlds.over), len(worlds.truth)))
    known, chosen = 0.0, list[tuple[int, int]]()
    hopes = dict.fromkeys(_telling(worlds), inf)
    for step, portion in enumerate(_portions(size)):
        worth = partial(_gained, worlds, weight, (portion, step))
        best = _best(hopes, known, worth)
        known += hopes[best]
        chosen.append((best, portion))
        weight = weight + worlds.told(best, portion, step)
    other = structs.replace(worlds, lots=chance.uniform(size=worlds.lots.shape))
    return _told(other, cells, chosen)


def _gained(worlds: Worlds, weight: Floats, test: tuple[int, int], at: int) -> float:
    return gain(worlds, weight + worlds.told(at, *test))


def _best(hopes: dict[int, float], known: float, worth: Callable[[int], float]) -> int:
    """What adds most to what is known; one that added less before is not looked at again.

    What tests tell beside others is no more than they told alone, so what each added is a bound.
    """
    fresh: set[int] = set()
    while (best := max(hopes, key=lambda at: (round(hopes[at], _DIGITS), -at))) not in fresh:
        hopes[best] = worth(best) - known
        fresh.add(best)
    return best


def _told(worlds: Worlds, cells: Sequence[Cell], chosen: Sequence[tuple[int, int]]) -> Planned:
    """By other lots than those by which it was chosen, which flatter it."""
    weight = np.zeros((len(worlds.over), len(worlds.truth)))
    taken: Counter[int] = Counter()
    for step, (at, portion) in enumerate(chosen):
        weight += worlds.told(at, portion, step)
        taken[at] += portion
    now = open_bits(worlds.over.mean(axis=0)).item()
    wrong_now = misjudged(worlds, np.zeros_like(weight))
    return Planned(
        tests=tuple((*cells[at], count) for at, count in taken.most_common()),
        bits_now=now,
        bits=min(now, max(0.0, now - gain(worlds, weight))),
        misjudged_now=wrong_now,
        misjudged=min(wrong_now, misjudged(worlds, weight)),
    )


def _telling(worlds: Worlds) -> list[int]:
    """The cells of whose rate of failing a test tells most."""
    worth = worlds.fails.var(axis=0) / (worlds.fails * worlds.passes).mean(axis=0)
    return sorted(np.argsort(-worth, kind="stable")[:_WEIGHED].tolist())


def _portions(size: int) -> Iterator[int]:
    """As alike as they can be, none empty."""
    for at in range(min(_PORTIONS, size)):
        yield size // _PORTIONS + (at < size % _PORTIONS)


def worlds_of(
    sites: Sites,
    found: Draws,
    beliefs: Beliefs,
    cells: Sequence[Cell],
    chance: np.random.Generator,
    worlds: int = _WORLDS,
) -> Worlds:
    """Worlds drawn from the posterior, evenly over its draws."""
    some = np.linspace(0, len(found.rates) - 1, min(_RATES, len(found.rates))).astype(np.int64)
    rates = found.rates[some]
    fails, passes = samples_of(sites, cells, beliefs).fails(rates)
    over = (rates > beliefs.limit).astype(np.float64)
    return Worlds(
        over=over,
        shuffled=chance.permuted(over, axis=0),
        truth=(np.arange(worlds) * len(rates) // worlds),
        lots=chance.uniform(size=(_PORTIONS, worlds)),
        fails=fails,
        passes=passes,
    )


def _failed(fails: Floats, passes: Floats, tests: int, lots: Floats) -> Floats:
    """How many of the tests fail in each world, by its lot."""
    counts = np.arange(tests + 1)
    ways = np.array([lgamma(tests + 1) - lgamma(n + 1) - lgamma(tests - n + 1) for n in counts])
    logs = ways + np.outer(np.log(fails), counts) + np.outer(np.log(passes), tests - counts)
    below = np.cumsum(np.exp(logs), axis=1)
    return np.asarray((lots[:, None] > below[:, :-1]).sum(axis=1), np.float64)


def gain(worlds: Worlds, weight: Floats) -> float:
    """Bits told, over all worlds, once rates weigh so much in each.

    Few rates that weigh much look certain of everything; so the bits are held against those that
    they would tell of places that they have nothing to do with. No world votes for itself.
    """
    likely = _likely(_of_others(worlds, weight))
    bits = open_bits(likely @ worlds.shuffled) - open_bits(likely @ worlds.over)
    return float(bits.mean())


def misjudged(worlds: Worlds, weight: Floats) -> float:
    """How many places are judged wrongly: half of the rates judge, the others tell how often."""
    others = _of_others(worlds, weight)
    one, other = (_likely(others[half::2]) @ worlds.over[half::2] for half in (0, 1))
    wrong = np.where(one > _EVEN, 1 - other, other) + np.where(other > _EVEN, 1 - one, one)
    return float(wrong.sum(axis=1).mean() / 2)


def _of_others(worlds: Worlds, weight: Floats) -> Floats:
    others = weight.copy()
    others[worlds.truth, np.arange(len(worlds.truth))] = -np.inf
    return others


def _likely(weight: Floats) -> Floats:
    """By world and rates, summing to 1 in each world."""
    likely = np.exp(weight - weight.max(axis=0))
    return np.asarray((likely / likely.sum(axis=0)).T)


def open_bits(over: Floats) -> Floats:
    """How many bits are open, by how likely each place is over the limit."""
    inner = np.clip(over, TINY, 1)
    outer = np.clip(1 - over, TINY, 1)
    return np.asarray(-(inner * np.log2(inner) + outer * np.log2(outer)).sum(axis=-1))

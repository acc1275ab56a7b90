"""Locating the source where lot records say what was on sale where and when.

A hypothesis is a source and a window of its making. Its likelihood for a case is how much of
what it made was on sale at the case's place around the case's day, as a share of all that it
made was on sale anywhere: so places that had it and no case speak against it.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from math import fsum, log

import numpy as np
from msgspec import Struct

from suyuan.network.locating import probable

Hypothesis = tuple[str, str]
"""A source, and a window of its making."""


class Exposure(Struct, frozen=True):
    """What a source made in a window and was on sale at a place on a day."""

    source: str
    window: str
    place: str
    day: int
    amount: float


class Sighting(Struct, frozen=True):
    """A case: where it was bought, and on which day, give or take so many."""

    place: str
    day: int
    give: int = 0


def lot_posterior(
    exposures: Iterable[Exposure],
    cases: Iterable[Sighting] | Mapping[Sighting, int],
    *,
    noise: float = 0.03,
    prior: Mapping[str, float] | None = None,
) -> dict[Hypothesis, float]:
    """Posterior of every source and window, the most probable first.

    `cases` may say of each sighting how many there were.
    `noise` is the share of cases that come from elsewhere, alike at every place on sale. `prior`
    is by source, equal by default, and shared out equally among its windows.
    """
    sold = _by_hypothesis(exposures)
    places = {place for table in sold.values() for place in table}
    names = sorted(sold)
    windows = {source: sum(name[0] == source for name in names) for source, _ in names}
    alike = [(case, count) for case, count in Counter(cases).items() if count]
    before = np.array([(prior or {}).get(s, 0.0 if prior else 1.0) / windows[s] for s, _ in names])
    logs = np.array(
        [
            fsum(count * _log(sold[name], case, noise, len(places)) for case, count in alike)
            for name in names
        ]
    )
    with np.errstate(divide="ignore"):
        found = probable(np.log(before) + logs)
    ranked = sorted(zip(names, found.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    return dict(ranked)


def by_source(posterior: Mapping[Hypothesis, float]) -> dict[str, float]:
    """Each source over all its windows, the most probable first."""
    total: dict[str, float] = defaultdict(float)
    for (source, _), probability in posterior.items():
        total[source] += probability
    return dict(sorted(total.items(), key=lambda pair: (-pair[1], pair[0])))


_Sold = dict[str, tuple[list[int], list[float]]]
"""By place the days on which something was on sale, in order, and how much."""


def _by_hypothesis(exposures: Iterable[Exposure]) -> dict[Hypothesis, _Sold]:
    """Shares of what each hypothesis put on sale, by place and day."""
    sold: dict[Hypothesis, dict[str, dict[int, float]]] = defaultdict(dict)
    for one in exposures:
        days = sold[one.source, one.window].setdefault(one.place, {})
        if one.amount:
            days[one.day] = days.get(one.day, 0.0) + one.amount
    totals = {
        name: fsum(much for days in table.values() for much in days.values())
        for name, table in sold.items()
    }
    return {
        name: {place: _in_order(days, totals[name]) for place, days in table.items()}
        for name, table in sold.items()
        if totals[name] > 0
    }


def _in_order(days: Mapping[int, float], total: float) -> tuple[list[int], list[float]]:
    order = sorted(days)
    return order, [days[day] / total for day in order]


def _log(sold: _Sold, case: Sighting, noise: float, places: int) -> float:
    days, shares = sold.get(case.place, ([], []))
    first, after = bisect_left(days, case.day - case.give), bisect_right(days, case.day + case.give)
    near = fsum(shares[first:after]) / (2 * case.give + 1)
    likelihood = noise / places + (1 - noise) * near
    return log(likelihood) if likelihood > 0 else float("-inf")

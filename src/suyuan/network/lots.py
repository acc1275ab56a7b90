"""Locating the source where lot records say what was on sale where and when.

A hypothesis is a source and a window of its making. Its likelihood for a case is how much of
what it made was on sale at the case's place around the case's day, as a share of all that it
made was on sale anywhere: so places that had it and no case speak against it.
"""

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
    places = {place for table in sold.values() for place, _ in table}
    names = sorted(sold)
    windows = {source: sum(name[0] == source for name in names) for source, _ in names}
    alike = Counter(cases).items()
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


_Sold = dict[tuple[str, int], float]


def _by_hypothesis(exposures: Iterable[Exposure]) -> dict[Hypothesis, _Sold]:
    """Shares of what each hypothesis put on sale, by place and day."""
    sold: dict[Hypothesis, _Sold] = defaultdict(lambda: defaultdict(float))
    for one in exposures:
        sold[one.source, one.window][one.place, one.day] += one.amount
    return {
        name: {key: amount / total for key, amount in table.items()}
        for name, table in sold.items()
        if (total := fsum(table.values())) > 0
    }


def _log(sold: _Sold, case: Sighting, noise: float, places: int) -> float:
    days = range(case.day - case.give, case.day + case.give + 1)
    near = fsum(sold.get((case.place, day), 0.0) for day in days) / len(days)
    likelihood = noise / places + (1 - noise) * near
    return log(likelihood) if likelihood > 0 else float("-inf")

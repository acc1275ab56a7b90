"""How probable places are by what was found there before: inspections in, prior weights out.

Every place has a rate of bad goods, with a Beta distribution before any inspection: weak, and of a
mean that the inspections of all places teach. Exactly one place is the source, so its weight is
the odds of its mean rate: P(i | one of them is bad) ∝ θᵢ ∏ⱼ (1 - θⱼ), j ≠ i, in expectation.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Final

from msgspec import Struct

from suyuan.kit import Text
from suyuan.network.locating import LocatingError

WEAK: Final = 1.0
"""What is believed of a place weighs as much as one inspection of it."""
FIRST: Final = (1.0, 19.0)
"""Bad and good inspections that stand for what is believed of all places: one in twenty is bad.

Neither is below `WEAK`: so a further failure, which lets the mean of all rise, raises no other
place by as much as its own.
"""


class Inspection(Struct, frozen=True):
    """One inspection at a place, so many days ago, and whether something was found."""

    place: str
    failed: bool
    age: float


class Remembering(Struct, frozen=True, kw_only=True):
    """How inspections count: after `half_life` days half; one that finds nothing as `detection`.

    `detection` is how probably an inspection finds what there is: one of .7 that finds nothing
    speaks for a place as .7 of one that overlooks nothing.
    """

    half_life: float = 365.0
    detection: float = 1.0


class Past(Struct, frozen=True, kw_only=True):
    """What is known of a place: its inspections, those that failed, and its mean rate.

    `failed` and `passed` are what they still weigh.
    """

    inspections: int
    failures: int
    failed: float
    passed: float
    rate: float

    @property
    def odds(self) -> float:
        """Its weight before any case."""
        return self.rate / (1 - self.rate)


class Pasts(Struct, frozen=True, kw_only=True):
    """The mean rate of all places, and what is known of each."""

    mean: float
    places: Mapping[str, Past]


def pasts(
    places: Iterable[str], inspections: Sequence[Inspection], remembering: Remembering
) -> Pasts:
    """What inspections tell of places; one without any has the mean of all.

    Raises:
        LocatingError: a half-life, detection or age that is none.
    """
    _check(inspections, remembering)
    by_place: dict[str, list[Inspection]] = defaultdict(list)
    for each in inspections:
        by_place[each.place].append(each)
    weighed = {name: _weighed(some, remembering) for name, some in sorted(by_place.items())}
    failed = FIRST[0] + sum(bad for bad, _ in weighed.values())
    passed = FIRST[1] + sum(good for _, good in weighed.values())
    mean = failed / (failed + passed)
    return Pasts(
        mean=mean,
        places={
            name: _past(by_place.get(name, ()), weighed.get(name, (0.0, 0.0)), mean)
            for name in places
        },
    )


def _weighed(some: Iterable[Inspection], remembering: Remembering) -> tuple[float, float]:
    """What they weigh, bad and good; added from the smallest, so that no order matters."""
    bad, good = list[float](), list[float]()
    for each in some:
        weight = 0.5 ** (each.age / remembering.half_life)
        (bad if each.failed else good).append(weight)
    return sum(sorted(bad)), remembering.detection * sum(sorted(good))


def _past(some: Sequence[Inspection], weighed: tuple[float, float], mean: float) -> Past:
    failed, passed = weighed
    return Past(
        inspections=len(some),
        failures=sum(each.failed for each in some),
        failed=failed,
        passed=passed,
        rate=(WEAK * mean + failed) / (WEAK + failed + passed),
    )


def _check(inspections: Sequence[Inspection], remembering: Remembering) -> None:
    half_life, detection = remembering.half_life, remembering.detection
    sound = all(isfinite(each.age) and each.age >= 0 for each in inspections)
    if sound and isfinite(half_life) and half_life > 0 and 0 < detection <= 1:
        return
    raise LocatingError(
        "locate.history",
        Text(
            "半衰期须大于 0 天，检出率须大于 0、不超过 1，检查不得晚于所问之时。",
            "A half-life is above 0 days, a detection probability above 0 and at most 1, and no"
            " inspection is later than the time asked about.",
        ),
    )

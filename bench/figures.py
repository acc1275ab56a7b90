"""What a measure gives: series of repeated values, with medians, spread, goals and verdicts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from math import ceil
from statistics import median
from time import perf_counter, process_time

from msgspec import Struct


class Verdict(StrEnum):
    """How a figure stands to its goal."""

    MET = "met"
    MISSED = "missed"
    NONE = ""


class Goal(Struct, frozen=True):
    """A bar for the median: at least so much, or at most."""

    bar: float
    at_most: bool = False

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.bar:g}"

    def met(self, value: float) -> bool:
        """Whether a value keeps to the bar."""
        return value <= self.bar if self.at_most else value >= self.bar


class Figure(Struct, frozen=True, kw_only=True):
    """One thing measured several times in one unit; a ratio has the unit `×`."""

    name: str
    unit: str
    values: tuple[float, ...]
    goal: Goal | None = None
    note: str = ""

    @property
    def median(self) -> float:
        """The middle of the values."""
        return median(self.values)

    @property
    def verdict(self) -> Verdict:
        """Whether the median meets the goal, if there is one."""
        if self.goal is None:
            return Verdict.NONE
        return Verdict.MET if self.goal.met(self.median) else Verdict.MISSED


def at_least(bar: float) -> Goal:
    """A goal that a larger figure meets."""
    return Goal(bar)


def at_most(bar: float) -> Goal:
    """A goal that a smaller figure meets."""
    return Goal(bar, at_most=True)


def figure(
    name: str, unit: str, values: Iterable[float], *, goal: Goal | None = None, note: str = ""
) -> Figure:
    """A figure from its values."""
    return Figure(name=name, unit=unit, values=tuple(values), goal=goal, note=note)


def ratio(
    name: str,
    above: Sequence[float],
    below: Sequence[float],
    *,
    goal: Goal | None = None,
    note: str = "",
) -> Figure:
    """The ratio within each pair; so what slows both at once is no difference."""
    values = (top / bottom for top, bottom in zip(above, below, strict=True))
    return figure(name, "×", values, goal=goal, note=note)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes by the wall clock."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def processed(work: Callable[[], object]) -> float:
    """Seconds of this process that one call takes, whoever else runs."""
    begun = process_time()
    work()
    return process_time() - begun


def each(work: Iterable[Callable[[], object]]) -> Iterator[float]:
    """How long each of several calls takes, in microseconds."""
    marks = [perf_counter()]
    for one in work:
        one()
        marks.append(perf_counter())
    return ((after - before) * 1e6 for before, after in pairwise(marks))


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]

"""Draws rates from what tests say of them.

By Hamiltonian steps (Neal 2011) in coordinates in which the posterior is round about its mode, all
chains at once; the length of a step is fitted while warming up.
"""

from collections.abc import Iterator
from itertools import count, islice
from math import ceil

import numpy as np
from msgspec import Struct

from suyuan.network.arrays import Ints
from suyuan.network.mixing import Floats

TINY = 1e-300
_STEADY = 1.05
_REST = 1e-3


class Samples(Struct, frozen=True, eq=False, kw_only=True):
    """Tests by row: `came` has each place's part in what came, the whole of which is 1.

    `own` is the place whose own rate counts beside it, -1 for none. `finds` is how likely a bad
    unit fails, `clears` how likely a good one passes.
    """

    came: Floats
    own: Ints
    tests: Floats
    positives: Floats
    finds: float
    clears: float

    def parts(self, rates: Floats) -> tuple[Floats, Floats]:
        """By draw and row: how likely a unit was bad when it came, and is spoilt at its place."""
        none = np.zeros((len(rates), 1))
        return rates @ self.came.T, np.hstack((rates, none))[:, self.own]

    def fails(self, rates: Floats) -> tuple[Floats, Floats]:
        """By draw and row: how likely a unit fails, and passes; neither is ever quite 0."""
        came, own = self.parts(rates)
        bad, good = came + own * (1 - came), (1 - own) * (1 - came)
        fails = self.finds * bad + (1 - self.clears) * good
        passes = (1 - self.finds) * bad + self.clears * good
        return np.maximum(fails, TINY), np.maximum(passes, TINY)

    def shared(self, by_came: Floats, by_own: Floats) -> Floats:
        """By draw and place: sums over the rows, by each place's part in them."""
        sums = np.vstack(((by_came @ self.came).T, np.zeros(len(by_came))))
        np.add.at(sums, self.own, by_own.T)
        return np.asarray(sums[:-1].T)


class Effort(Struct, frozen=True):
    """How many chains, steps to warm up and steps to keep.

    Chains that do not agree go on, twice as long every time and `longer` times at most, where
    tests and places are few: `cells` is the most that rows times places may be.
    """

    chains: int = 8
    warming: int = 200
    kept: int = 400
    longer: int = 3
    cells: int = 10_000


class Draws(Struct, frozen=True, eq=False):
    """Rates by draw and place; `settled`: the chains agree with each other."""

    rates: Floats
    settled: bool


def odds(rate: Floats) -> Floats:
    """Log odds."""
    return np.asarray(np.log(rate) - np.log1p(-rate))


def rate_of(logs: Floats) -> Floats:
    """The rate with these log odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logs, -500, 500))))


def drawn(
    tests: Samples, middle: Floats, spread: float, chance: np.random.Generator, effort: Effort
) -> Draws:
    """Rates by the posterior; before the tests, log odds are normal about `middle`.

    What came before the last stretch is dropped, and of a longer one as many draws are kept as of
    a short one, evenly.
    """
    target = Target(tests, middle, spread)
    walk = _walk(target, *_mode(target), chance, effort)
    logs = _stretch(walk, effort.kept)
    longer = effort.longer if tests.came.size <= effort.cells else 0
    for doubled in range(1, longer + 1):
        if _agree(logs):
            break
        logs = _stretch(walk, effort.kept << doubled)
    agree, every = _agree(logs), logs.shape[1] // effort.kept
    return Draws(rate_of(logs[:, ::every].reshape(-1, len(middle))), agree)


def _stretch(walk: Iterator[Floats], steps: int) -> Floats:
    """The next steps of all chains: by chain, step and place."""
    return np.stack(list(islice(walk, steps)), axis=1)


class Target(Struct, frozen=True, eq=False):
    """What is drawn from: the tests, and the log odds that were believed before them."""

    tests: Samples
    middle: Floats
    spread: float


def density(target: Target, logs: Floats) -> tuple[Floats, Floats]:
    """By row of log odds: the log of the posterior, up to a constant, and its slope."""
    tests, rates = target.tests, rate_of(logs)
    fails, passes = tests.fails(rates)
    off = (logs - target.middle) / target.spread
    passed = tests.tests - tests.positives
    told = (tests.positives * np.log(fails) + passed * np.log(passes)).sum(axis=1)
    steep = (tests.finds + tests.clears - 1) * (tests.positives / fails - passed / passes)
    came, own = tests.parts(rates)
    slope = tests.shared(steep * (1 - own), steep * (1 - came)) * rates * (1 - rates)
    return told - (off * off).sum(axis=1) / 2, slope - off / target.spread


def _information(target: Target, logs: Floats) -> Floats:
    """What the tests are expected to tell of the log odds, and what was believed before."""
    tests, rates = target.tests, rate_of(logs)[None]
    fails, passes = tests.fails(rates)
    came, own = tests.parts(rates)
    steep = tests.shared(np.diag(1 - own[0]), np.diag(1 - came[0]))
    steep *= (tests.finds + tests.clears - 1) * (rates * (1 - rates))[0]
    weight = (tests.tests / (fails * passes))[0]
    told = steep.T @ (weight[:, None] * steep)
    return np.asarray(told + np.eye(len(logs)) / target.spread**2)


def _mode(target: Target) -> tuple[Floats, Floats]:
    """The likeliest log odds, by scoring, and a root of the covariance there."""
    logs = target.middle.copy()
    height, slope = density(target, logs[None])
    for _ in range(100):
        step = np.linalg.solve(_information(target, logs), slope[0])
        while True:
            higher, next_slope = density(target, (logs + step)[None])
            if higher[0] >= height[0] or np.abs(step).max() < _REST:
                break
            step /= 2
        logs, height, slope = logs + step, higher, next_slope
        if np.abs(step).max() < _REST:
            break
    root = np.linalg.cholesky(_information(target, logs))
    return logs, np.linalg.solve(root, np.eye(len(logs)))


def _walk(
    target: Target, mode: Floats, shape: Floats, chance: np.random.Generator, effort: Effort
) -> Iterator[Floats]:
    """Log odds of all chains, step by step once they are warm, without an end."""
    at = mode + chance.standard_normal((effort.chains, len(mode))) @ shape
    length = len(mode) ** -0.25
    state = (at, *density(target, at))
    for step in count():
        reach = length * chance.uniform(0.8, 1.2)
        moved, took = _leap(target, state, shape, reach, chance)
        state = moved
        if step < effort.warming:
            length *= float(np.exp((took - 0.8) / (1 + step) ** 0.6))
        else:
            yield state[0]


_State = tuple[Floats, Floats, Floats]


def _leap(
    target: Target, state: _State, shape: Floats, reach: float, chance: np.random.Generator
) -> tuple[_State, float]:
    """One Hamiltonian step of every chain, and how readily it was taken."""
    at, height, slope = state
    push = chance.standard_normal(at.shape)
    energy = height - (push * push).sum(axis=1) / 2
    to, top, up = at, height, slope
    push = push + reach / 2 * (up @ shape.T)
    turns = min(60, ceil(1.5 / reach))
    for turn in range(turns):
        to = to + reach * (push @ shape)
        top, up = density(target, to)
        push = push + reach * (1 if turn < turns - 1 else 0.5) * (up @ shape.T)
    gain = np.minimum(0, top - (push * push).sum(axis=1) / 2 - energy)
    taken = np.log(chance.uniform(size=len(at))) < gain
    chosen = (np.where(taken[:, None], to, at), np.where(taken, top, height))
    return (*chosen, np.where(taken[:, None], up, slope)), float(np.exp(gain).mean())


def _agree(logs: Floats) -> bool:
    """Whether halves of chains scatter about each other no more than each does in itself."""
    half = logs.shape[1] // 2
    parts = np.concatenate((logs[:, :half], logs[:, half : 2 * half]))
    inner = parts.var(axis=1, ddof=1).mean(axis=0)
    outer = parts.mean(axis=1).var(axis=0, ddof=1)
    return bool((np.sqrt((inner * (half - 1) / half + outer) / inner) < _STEADY).all())

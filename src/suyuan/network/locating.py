"""Locating the source (问题源头): flows and cases in, a posterior for every candidate out.

Material walks the network of flows at random, each step in proportion to the amounts, until it
is sold; so p(outlet | source) is the absorbing chain's A = (I - Q)⁻¹R over all paths (Horn and
Friedrich, J. R. Soc. Interface 2019), and cases are independent given the source. Candidates
that sell straight to outlets are the sales-share likelihood of products (Kaufman et al., PLOS
Comput. Biol. 2014). Coverage stands beside it, as FoodChain-Lab has it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from functools import reduce
from itertools import combinations, islice
from math import comb, isfinite
from operator import or_
from typing import Final

import numpy as np
from msgspec import Struct

from suyuan.kit import SuyuanError, Text
from suyuan.network.arrays import Flags, Ints
from suyuan.network.mixing import Floats, MixingError, Shares, solved

SOLD = ""
"""As the end of a flow: sold to consumers where it starts."""
Reaches = np.ndarray[tuple[int, int], np.dtype[np.bool_]]
_MOST_SETS, _MOST_TRIED = 20, 200_000
_MOST_WEIGHED, _MOST_SAMPLES, _NOTHING = 200, 10, 1e-9


class LocatingError(SuyuanError):
    """Flows, cases or priors from which nothing can be located."""


class Flow(Struct, frozen=True):
    """An amount that went from one place to another, or was sold (`SOLD`)."""

    source: str
    target: str
    amount: float


class Doubts(Struct, frozen=True, kw_only=True):
    """What stands between a case and its source: `noise` is the share of cases from elsewhere.

    `reporting` is, by outlet, how likely a case there is reported, 1 where nothing is said.
    `prior` is each candidate's weight before any case; without it, candidates are the places
    that nothing comes to (`fed`), each by the amount it sends. `odds` are what else is known of
    places: how many times as probable each is, 1 where nothing is said (`suyuan.network.history`).
    `units` says in what the flows from places are: all alike where nothing is said. Amounts in
    different units do not compare, so candidates who send such weigh alike. `returned` are the ends
    of flows by which a place only gets back what it sent; to those `besides` something comes that
    is in none of the flows.
    """

    noise: float = 0.0
    reporting: Mapping[str, float] = {}
    prior: Mapping[str, float] = {}
    odds: Mapping[str, float] = {}
    units: Mapping[str, str | None] = {}
    returned: Collection[tuple[str, str]] = frozenset()
    besides: Collection[str] = frozenset()


class Suspect(Struct, frozen=True, kw_only=True):
    """A candidate: its posterior probability, and its share of the cases.

    `covered` is the share of cases (by their weight) that flows lead to from it; `exclusive` the
    share that no other candidate explains; `credible` says that it is of the smallest set that
    holds the source with 95 %.
    """

    name: str
    posterior: float
    prior: float
    covered: float
    exclusive: float
    credible: bool


class Explains(StrEnum):
    """Which of the smallest explaining sets are told."""

    ALL = "all"
    FIRST = "first"
    """There are more, as small."""
    GREEDY = "greedy"
    """To look for the smallest would take too long; one is told that may be larger."""


class Located(Struct, frozen=True, kw_only=True):
    """All candidates, the most probable first.

    `explaining` are the smallest sets of candidates that together lead to every case, `explains`
    whether all of them.
    `samples` are places and the expected drop of uncertainty, in bits, if one unit of what is
    there is tested, the most telling first (the 200 likeliest candidates are weighed).
    """

    cases: int
    suspects: tuple[Suspect, ...]
    explaining: tuple[tuple[str, ...], ...]
    explains: Explains
    samples: tuple[tuple[str, float], ...]


def locate(
    flows: Sequence[Flow], cases: Mapping[str, int], doubts: Doubts | None = None
) -> Located:
    """Who sent what made the cases, given as counts by outlet."""
    chain = chain_of(flows, cases, doubts or Doubts())
    likelihood = likelihood_of(chain, doubts or Doubts())
    posterior = posterior_of(chain.prior, likelihood, np.array(list(cases.values()), float))
    names = [chain.names[node] for node in chain.candidates]
    reach = chain.absorbed[chain.candidates, :-1] > 0
    weight = np.array(list(cases.values()), float) / sum(cases.values())
    alone = reach & (reach.sum(axis=0) == 1)
    inside = credible(posterior)
    order = np.lexsort((np.array(names), -posterior))
    sets, explains = explaining(names, reach)
    return Located(
        cases=sum(cases.values()),
        suspects=tuple(
            Suspect(
                name=names[i],
                posterior=float(posterior[i]),
                prior=float(chain.prior[i]),
                covered=float(reach[i] @ weight),
                exclusive=float(alone[i] @ weight),
                credible=bool(inside[i]),
            )
            for i in order.tolist()
        ),
        explaining=sets,
        explains=explains,
        samples=_samples(chain, posterior),
    )


def posterior_of(prior: Floats, likelihood: Floats, counts: Floats) -> Floats:
    """Bayes: prior by candidate, likelihood by candidate and outlet, counts of cases by outlet."""
    return probable(log_odds(prior, likelihood, counts))


def probable(logs: Floats) -> Floats:
    """Probabilities that make up 1, by their logarithms up to a constant.

    Raises:
        LocatingError: nothing of it can be.
    """
    if not np.isfinite(logs).any():
        raise LocatingError(
            "locate.unexplained",
            Text(
                "没有哪个候选来源能到达全部病例。请核对流向，或写明与来源无关的病例比例（noise）。",
                "No candidate leads to all the cases. Check the flows, or say what share of the "
                "cases is from elsewhere (noise).",
            ),
        )
    odds = np.exp(logs - logs.max())
    return np.asarray(odds / odds.sum(), np.float64)


def log_odds(prior: Floats, likelihood: Floats, counts: Floats) -> Floats:
    """Of each candidate the logarithm of prior times likelihood; -inf if it cannot be.

    An outlet without a case says nothing.
    """
    some = counts > 0
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(prior) + np.log(likelihood[:, some]) @ counts[some])


def credible(posterior: Floats, level: float = 0.95) -> Flags:
    """The smallest set of candidates that holds the source with probability `level`."""
    order = np.argsort(-posterior, kind="stable")
    before = np.concatenate(([0.0], np.cumsum(posterior[order])[:-1]))
    inside = np.zeros(len(posterior), np.bool_)
    inside[order] = before < level
    return inside


def calibration(tops: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: stated probability against how often it was right, by bins."""
    stated, right = np.array([t for t, _ in tops]), np.array([r for _, r in tops], float)
    which = np.minimum((stated * bins).astype(np.int64), bins - 1)
    gaps = [abs(stated[which == b].sum() - right[which == b].sum()) for b in range(bins)]
    return float(sum(gaps)) / len(tops)


_Sets = tuple[tuple[str, ...], ...]


def explaining(names: Sequence[str], reach: Reaches) -> tuple[_Sets, Explains]:
    """The smallest sets that lead to every case; beyond a bound of work, one found by greed."""
    masks = [int("".join("01"[bit] for bit in row.tolist()) or "0", 2) for row in reach]
    whole, useful = (1 << reach.shape[1]) - 1, [i for i, mask in enumerate(masks) if mask]
    for size in range(1, len(useful) + 1):
        if comb(len(useful), size) > _MOST_TRIED:
            return _greedy(names, masks, whole), Explains.GREEDY
        sets = (some for some in combinations(useful, size) if _union(masks, some) == whole)
        if found := list(islice(sets, _MOST_SETS + 1)):
            told = tuple(tuple(names[i] for i in some) for some in found[:_MOST_SETS])
            return told, Explains.ALL if len(found) <= _MOST_SETS else Explains.FIRST
    return (), Explains.ALL


def _union(masks: Sequence[int], some: Iterable[int]) -> int:
    return reduce(or_, (masks[i] for i in some), 0)


def _greedy(names: Sequence[str], masks: Sequence[int], whole: int) -> _Sets:
    taken: list[int] = []
    while (left := whole & ~_union(masks, taken)) != 0:
        best = max(range(len(masks)), key=lambda i: (masks[i] & left).bit_count())
        if not masks[best] & left:
            return ()
        taken.append(best)
    return (tuple(names[i] for i in taken),)


class Chain(Struct, frozen=True, eq=False):
    """The absorbing chain of all flows; `candidates` are places by their numbers in `names`.

    `absorbed` says by place how probably what begins there is sold, and reported, at each outlet
    with cases, in their order; the last column at any at all. `outlets` counts the places that
    sell. `ahead` are the shares of what leaves a place, `back` those of what came to it; `sold` is
    the share of what is at a place that is sold there, and reported.
    """

    names: list[str]
    candidates: Ints
    prior: Floats
    absorbed: Floats
    outlets: int
    ahead: Shares
    back: Shares
    sold: Floats


def chain_of(flows: Sequence[Flow], cases: Mapping[str, int], doubts: Doubts) -> Chain:
    """The chain of these flows.

    Raises:
        LocatingError: flows, cases or doubts that are none, a place of cases that sells nothing,
            or no candidate.
    """
    _check(flows, cases, doubts)
    names = list(dict.fromkeys(n for f in flows for n in (f.source, f.target) if n != SOLD))
    number = {name: place for place, name in enumerate(names)}
    near = np.array([number[f.source] for f in flows], np.int64)
    far = np.array([number.get(f.target, -1) for f in flows], np.int64)
    amount = np.array([f.amount for f in flows], np.float64)
    moved = far >= 0
    sent = np.bincount(near, amount, len(names))
    sold = np.bincount(near[~moved], amount[~moved], len(names))
    came = np.bincount(far[moved], amount[moved], len(names))
    first = ~np.isin(names, [*fed(flows, doubts.returned), *doubts.besides])
    at_end = np.where(sent > 0, sold / np.where(sent > 0, sent, 1), 1.0)
    given = _given(at_end, [_outlet(number, at_end, name) for name in cases], names, doubts)
    near, far, amount = near[moved], far[moved], amount[moved]
    prior = _prior(names, np.where(first, np.maximum(sent - came, 0.0), 0.0), doubts)
    candidates = np.flatnonzero(prior)
    ahead = Shares(len(names), near, far, amount / sent[near])
    into = ~first[far]
    return Chain(
        names=names,
        candidates=candidates,
        prior=prior[candidates] / prior.sum(),
        absorbed=solved(ahead, given),
        ahead=ahead,
        outlets=int((at_end > 0).sum()),
        back=Shares(len(names), far[into], near[into], (amount / came[far])[into]),
        sold=given[:, -1],
    )


def fed(flows: Iterable[Flow], returned: Collection[tuple[str, str]] = ()) -> set[str]:
    """The places that something comes to which they had not sent: from others, and not back."""
    ends = {(flow.source, flow.target) for flow in flows}
    return {target for source, target in ends - {*returned} if target not in {SOLD, source}}


def _outlet(number: Mapping[str, int], at_end: Floats, name: str) -> int:
    place = number.get(name)
    if place is None or not at_end[place]:
        raise LocatingError(
            "locate.no-sale",
            Text(
                f"流向中没有 {name} 的销售。若该处也转运，请加一行：起点为它、终点空白、数量。",
                f"The flows tell of no sale at {name}. If it also sends on, add a row from it with"
                " an empty end and the amount sold.",
            ),
            name,
        )
    return place


def _given(at_end: Floats, outlets: list[int], names: list[str], doubts: Doubts) -> Floats:
    reported = at_end * np.array([doubts.reporting.get(name, 1.0) for name in names])
    for place in outlets:
        if not reported[place]:
            raise LocatingError("locate.unreported", _UNREPORTED, names[place])
    given = np.zeros((len(names), len(outlets) + 1))
    given[outlets, range(len(outlets))] = reported[outlets]
    given[:, -1] = reported
    return given


def _prior(names: list[str], sent: Floats, doubts: Doubts) -> Floats:
    prior = sent if compare(names, sent, doubts.units) else np.asarray(sent > 0, np.float64)
    if doubts.prior:
        prior = np.array([doubts.prior.get(name, 0.0) for name in names])
    prior = np.asarray(prior * np.array([doubts.odds.get(name, 1.0) for name in names]))
    if prior.sum() <= 0:
        raise LocatingError("locate.no-candidate", _WEIGHTLESS if doubts.prior else _NO_CANDIDATE)
    return prior


def compare(names: Sequence[str], sent: Floats, units: Mapping[str, str | None]) -> bool:
    """Whether all that is sent is in one unit, as far as they are known."""
    senders = (names[place] for place in np.flatnonzero(sent).tolist())
    return len({units[name] for name in senders if name in units}) <= 1


_UNREPORTED: Final = Text(
    "这里有病例，报告率却写成 0；请改成大于 0 的数。",
    "There is a case here, and its reporting rate is said to be 0; give one above 0.",
)
_NO_CANDIDATE: Final = Text(
    "没有候选来源：每个地点都有来货；请写明候选及权重（--priors 或 candidate）。",
    "No candidate: something comes to every place. Name candidates and weights (--priors or "
    "candidate).",
)
_WEIGHTLESS: Final = Text(
    "所给候选的权重都是 0；请至少给一个候选大于 0 的权重。",
    "No candidate that was named has a weight above 0; give one to at least one of them.",
)


def _check(flows: Sequence[Flow], cases: Mapping[str, int], doubts: Doubts) -> None:
    rates = [*doubts.reporting.values(), doubts.noise]
    weights = [*doubts.prior.values(), *doubts.odds.values()]
    amounts = [*(f.amount for f in flows), *cases.values(), *weights, *rates]
    sound = all(isfinite(amount) and amount >= 0 for amount in amounts)
    if flows and sum(cases.values()) and sound and max(rates) <= 1 and all(f.amount for f in flows):
        return
    raise LocatingError(
        "locate.bad-input",
        Text(
            "需要至少一条流向和一个病例；数量须为正数，比率须在 0 与 1 之间。",
            "At least one flow and one case are needed; amounts positive, rates from 0 to 1.",
        ),
    )


def likelihood_of(chain: Chain, doubts: Doubts) -> Floats:
    """p(outlet | candidate), given that a case is reported; noise falls on every outlet alike."""
    rows = chain.absorbed[chain.candidates]
    every = np.where(rows[:, -1:] > 0, rows[:, -1:], 1.0)
    return np.asarray((1 - doubts.noise) * rows[:, :-1] / every + doubts.noise / chain.outlets)


def _samples(chain: Chain, posterior: Floats) -> tuple[tuple[str, float], ...]:
    """Places by what one test there tells, if what comes together there mixes.

    If a candidate is the source, all that it has is bad, and a unit at another place with the share
    of that candidate's in what is there. Of goods that only go round among candidates no share can
    be told, nor what a test tells.
    """
    likely = np.argsort(-posterior, kind="stable")[:_MOST_WEIGHED]
    given = np.zeros((len(chain.names), len(likely)))
    given[chain.candidates[likely], range(len(likely))] = 1.0
    bad = np.zeros_like(given)
    with suppress(MixingError):
        bad = solved(chain.back, given)
        bad = np.clip(bad / bad[chain.candidates[likely], range(len(likely))], 0.0, 1.0)
    weight = posterior[likely] / posterior[likely].sum()
    drop = _entropy(bad @ weight) - _entropy(bad) @ weight
    best = np.argsort(-drop, kind="stable")[:_MOST_SAMPLES]
    return tuple((chain.names[i], float(drop[i])) for i in best.tolist() if drop[i] > _NOTHING)


def _entropy(probability: Floats) -> Floats:
    """Of a yes or no, in bits."""
    inner = np.clip(probability, 1e-300, 1.0)
    outer = np.clip(1 - probability, 1e-300, 1.0)
    return np.asarray(-(probability * np.log2(inner) + (1 - probability) * np.log2(outer)))

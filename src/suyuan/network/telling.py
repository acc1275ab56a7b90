"""What one more record tells of the source: gaps and their possible replies in, bits out.

A reply makes another world of flows. Before it, what is believed is the mixture of all replies,
each with its chance and with how well its world explains the cases; so a reply's expected drop of
uncertainty is the mutual information of source and reply: exact, and never below zero.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import inf, log

import numpy as np
from msgspec import Struct

from suyuan.network.locating import (
    Chain,
    Doubts,
    Flow,
    LocatingError,
    chain_of,
    likelihood_of,
    log_odds,
    posterior_of,
)
from suyuan.network.mixing import Floats, solved


class Reply(Struct, frozen=True, kw_only=True):
    """What somebody may answer: by this `chance` before any case, the flows were otherwise.

    `changes` are flows that nobody told, and with an amount below zero what there was not of one
    that somebody told. `named` says whom it names; "" if it names nobody.
    """

    chance: float
    named: str = ""
    changes: tuple[Flow, ...] = ()


class Told(Struct, frozen=True, kw_only=True):
    """What a reply is expected to tell, in bits, and how probable each is now, given the cases."""

    bits: float
    replies: tuple[float, ...]


Amounts = Mapping[tuple[str, str], float]
"""How much went from whom to whom in all."""


def telling(
    amounts: Amounts, cases: Mapping[str, int], doubts: Doubts, replies: Sequence[Reply]
) -> Told:
    """What asking tells, if one of these replies comes; their chances are taken to make up 1.

    A reply under which the cases cannot be does not come.
    """
    worlds = [_world(_changed(amounts, each), cases, doubts) for each in replies]
    names = {name: at for at, name in enumerate(sorted({n for w in worlds for n in w}))}
    joint = np.full((len(replies), len(names)), -np.inf)
    for row, (world, reply) in enumerate(zip(worlds, replies, strict=True)):
        for name, odds in world.items():
            joint[row, names[name]] = odds + (log(reply.chance) if reply.chance else -inf)
    if not np.isfinite(joint).any():
        return Told(bits=0.0, replies=tuple(each.chance for each in replies))
    return _told(np.exp(joint - joint.max()))


def whose_delivery(
    flows: Sequence[Flow], cases: Mapping[str, int], doubts: Doubts, outlet: str
) -> tuple[tuple[str, ...], Told]:
    """What it tells from whom that came which one of the cases at an outlet ate.

    The replies are who delivers there, and "" for the outlet's own goods or cases from elsewhere.

    Raises:
        LocatingError: as `locate`.
    """
    chain = chain_of(flows, cases, doubts)
    counts = np.array(list(cases.values()), float)
    likelihood = likelihood_of(chain, doubts)
    posterior = posterior_of(chain.prior, likelihood, counts)
    shares = _shares_by_giver(chain, outlet)
    givers = sorted(shares)
    rows = chain.absorbed[chain.candidates, -1]
    every = np.where(rows > 0, rows, 1.0)
    parts = [(1 - doubts.noise) * shares[giver][chain.candidates] / every for giver in givers]
    at = list(cases).index(outlet)
    one = likelihood[:, at]
    parts.append(np.clip(one - sum(parts, np.zeros(len(one))), 0.0, None))
    given = np.where(one > 0, posterior / np.where(one > 0, one, 1.0), 0.0)
    return (*givers, ""), _told(np.array(parts) * given)


def _shares_by_giver(chain: Chain, outlet: str) -> dict[str, Floats]:
    """By who delivers to an outlet, how probably goods of each place are sold there out of that.

    How often goods are with the giver, in expectation over all paths; then they go to the outlet,
    and are sold.
    """
    place = chain.names.index(outlet)
    direct: dict[int, float] = defaultdict(float)
    ahead = chain.ahead
    for near, far, weight in zip(
        ahead.near.tolist(), ahead.far.tolist(), ahead.weight.tolist(), strict=True
    ):
        if far == place:
            direct[near] += weight
    givers = sorted(direct)
    given = np.zeros((len(chain.names), len(givers)))
    given[givers, range(len(givers))] = 1.0
    visits = solved(ahead, given)
    return {
        chain.names[giver]: visits[:, at] * direct[giver] * chain.sold[place]
        for at, giver in enumerate(givers)
    }


_NOTHING = 1e-9


def summed(flows: Iterable[Flow]) -> Amounts:
    """The flows between each two, in all."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for flow in flows:
        found[flow.source, flow.target] += flow.amount
    return found


def _changed(amounts: Amounts, reply: Reply) -> list[Flow]:
    """The flows of a reply's world; a rest that is but the rounding of a sum is none."""
    changes = summed(reply.changes)
    pairs = dict.fromkeys((*amounts, *changes))
    found = [
        (pair, told := amounts.get(pair, 0.0), told + changes.get(pair, 0.0)) for pair in pairs
    ]
    return [Flow(*pair, much) for pair, told, much in found if much > _NOTHING * told]


def _world(flows: Sequence[Flow], cases: Mapping[str, int], doubts: Doubts) -> dict[str, float]:
    """Of each candidate the logarithm of its prior times its likelihood; none if it cannot be."""
    try:
        chain = chain_of(flows, cases, doubts)
    except LocatingError:
        return {}
    counts = np.array(list(cases.values()), float)
    logs = log_odds(chain.prior, likelihood_of(chain, doubts), counts)
    names = (chain.names[node] for node in chain.candidates.tolist())
    return dict(zip(names, logs.tolist(), strict=True))


def _told(joint: Floats) -> Told:
    """Of a table of replies by candidates: their mutual information."""
    joint = joint / joint.sum()
    replies = joint.sum(axis=1)
    bits = _bits(joint.sum(axis=0)) + _bits(replies) - _bits(joint.ravel())
    return Told(bits=max(0.0, bits), replies=tuple(replies.tolist()))


def _bits(probability: Floats) -> float:
    """The entropy of a distribution."""
    some = probability[probability > 0]
    return float(-(some * np.log2(some)).sum())

"""What one more record tells: against going through every reply, source and path by algebra."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import log2

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from suyuan.network.locating import SOLD, Doubts, Flow, locate
from suyuan.network.telling import Reply, summed, telling, whose_delivery

Amounts = dict[tuple[str, str], float]
PLACES = ("a", "b", "c", "d", "e")
pairs = st.sampled_from([p for p in product(PLACES, ("c", "d", "e")) if p[0] != p[1]])
others = st.sampled_from([p for p in product(PLACES, PLACES[1:]) if p[0] != p[1]])
amounts = st.integers(1, 9).map(float)


def ending(net: Amounts) -> Amounts:
    """With something sold wherever something leaves, so that goods come to an end."""
    return {(s, SOLD): 1.0 for s in sorted({"a", *(s for s, _ in net)})} | net


nets = st.dictionaries(pairs, amounts, min_size=3, max_size=12).map(ending)


def is_first(net: Mapping[tuple[str, str], float], name: str) -> bool:
    """Whether nothing comes to it but from itself."""
    return all(taker != name or giver == name for giver, taker in net)


def weights(net: Mapping[tuple[str, str], float], cases: Mapping[str, int], noise: float,
            into: str = "") -> dict[str, float]:  # fmt: skip
    """Prior times likelihood of each candidate, by inverting the chain whole.

    With `into`, the place is two: goods go there by one giver, or by any other, and are sold.
    """
    names = sorted({n for pair in net for n in pair} - {SOLD})
    at = {name: number for number, name in enumerate(names)}
    sent = {n: sum(m for (s, _), m in net.items() if s == n) for n in names}
    came = {n: sum(m for (_, t), m in net.items() if t == n) for n in names}
    moves = np.zeros((len(names), len(names)))
    sold = np.array([net.get((n, SOLD), 0.0) / sent[n] if sent[n] else 1.0 for n in names])
    for (s, t), much in net.items():
        if t != SOLD:
            moves[at[s], at[t]] += much / sent[s]
    visits = np.linalg.inv(np.eye(len(names)) - moves)
    absorbed = visits * sold
    found = {}
    for name in names:
        if not is_first(net, name) or not sent[name]:
            continue
        row = absorbed[at[name]]
        every, outlets = row.sum(), int((sold > 0).sum())
        weight = sent[name] - came[name]
        for place, count in cases.items():
            if place not in at or not sold[at[place]]:
                return {}
            near = row[at[place]] / every if every else 0.0
            weight *= ((1 - noise) * near + noise / outlets) ** count
        if into:
            giver, outlet = into.split(">")
            by = visits[at[name], at[giver]] * moves[at[giver], at[outlet]] * sold[at[outlet]]
            share = (1 - noise) * by / every if every else 0.0
            one = (1 - noise) * (row[at[outlet]] / every if every else 0.0) + noise / outlets
            weight *= share / one if one else 0.0
        found[name] = weight
    return found


def entropy(weights: Sequence[float]) -> float:
    total = sum(weights)
    return -sum(w / total * log2(w / total) for w in weights if w > 0) if total else 0.0


@st.composite
def gaps(draw: st.DrawFn) -> tuple[Amounts, list[Reply], dict[str, int], float]:
    """A network, replies that take flows from it or add others, cases and noise."""
    net = draw(nets)
    replies = []
    for _ in range(draw(st.integers(1, 4))):
        gone = draw(st.sets(st.sampled_from([p for p in net if p[1] != SOLD]), max_size=2))
        new = draw(st.dictionaries(others, amounts, max_size=2))
        first = {(s, SOLD): 1.0 for s, _ in new if (s, SOLD) not in net}
        changes = [Flow(*pair, -net[pair]) for pair in sorted(gone)]
        changes += [Flow(*pair, much) for pair, much in (first | new).items()]
        replies.append(Reply(chance=draw(st.floats(0.05, 1)), changes=tuple(changes)))
    total = sum(each.chance for each in replies)
    replies = [Reply(chance=r.chance / total, changes=r.changes) for r in replies]
    cases = draw(st.dictionaries(st.sampled_from(sorted({t for _, t in net} - {SOLD})),
                                 st.integers(1, 3), min_size=1))  # fmt: skip
    return net, replies, cases, draw(st.sampled_from([0.0, 0.1]))


def of_reply(net: Amounts, reply: Reply) -> Amounts:
    found = dict(net)
    for flow in reply.changes:
        pair = flow.source, flow.target
        found[pair] = found.get(pair, 0.0) + flow.amount
    return {pair: much for pair, much in found.items() if much > 0}


@given(gaps())
def test_a_reply_tells_what_going_through_all_of_them_tells(
    asked: tuple[Amounts, list[Reply], dict[str, int], float],
) -> None:
    net, replies, cases, noise = asked
    worlds = [of_reply(net, each) for each in replies]
    tables = [
        {
            name: weight * each.chance / sum(amounts_first(world))
            for name, weight in weights(world, cases, noise).items()
        }
        for each, world in zip(replies, worlds, strict=True)
    ]
    total = sum(sum(table.values()) for table in tables)
    assume(total > 0)
    told = telling(net, cases, Doubts(noise=noise),
                   replies)  # fmt: skip
    before: dict[str, float] = {}
    after = 0.0
    for table in tables:
        for name, weight in table.items():
            before[name] = before.get(name, 0.0) + weight
        after += sum(table.values()) / total * entropy(list(table.values()))
    assert told.bits == pytest.approx(entropy(list(before.values())) - after, abs=1e-9)
    assert told.replies == pytest.approx([sum(t.values()) / total for t in tables], abs=1e-9)


def amounts_first(net: Amounts) -> list[float]:
    """What each place sends that nothing but its own comes to: the weights before any case."""
    firsts = [name for name in sorted({s for s, _ in net}) if is_first(net, name)]
    came = {name: sum(much for (_, t), much in net.items() if t == name) for name in firsts}
    return [sum(m for (s, _), m in net.items() if s == name) - came[name] for name in firsts]


@given(nets, st.sampled_from(PLACES), st.integers(1, 3), st.sampled_from([0.0, 0.1]))
def test_whose_delivery_it_was_tells_what_going_through_all_givers_tells(
    net: Amounts, outlet: str, count: int, noise: float
) -> None:
    cases = {outlet: count}
    base = weights(net, cases, noise)
    assume(sum(base.values()) > 0)
    givers, told = whose_delivery(
        [Flow(*pair, much) for pair, much in net.items()], cases, Doubts(noise=noise), outlet
    )
    tables = [weights(net, cases, noise, f"{giver}>{outlet}") for giver in givers[:-1]]
    rest = {name: base[name] - sum(t[name] for t in tables) for name in base}
    tables.append({name: max(0.0, weight) for name, weight in rest.items()})
    total = sum(base.values())
    after = sum(sum(t.values()) / total * entropy(list(t.values())) for t in tables)
    assert told.bits == pytest.approx(entropy(list(base.values())) - after, abs=1e-6)
    assert told.replies == pytest.approx([sum(t.values()) / total for t in tables], abs=1e-9)
    assert set(givers[:-1]) == {s for s, t in net if t == outlet}


@given(gaps())
def test_asking_never_makes_it_less_sure(
    asked: tuple[Amounts, list[Reply], dict[str, int], float],
) -> None:
    net, replies, cases, noise = asked
    flows = [Flow(*pair, much) for pair, much in net.items()]
    told = telling(summed(flows), cases, Doubts(noise=noise), replies)
    assert told.bits >= 0
    assert sum(told.replies) == pytest.approx(1)


def test_one_reply_alone_tells_nothing_and_two_that_part_the_suspects_tell_a_bit() -> None:
    flows = [Flow("f", "hub", 1), Flow("g", "hub", 1), Flow("hub", "z", 2), Flow("hub", "z", 3)]
    same = Reply(chance=1.0)
    assert telling(summed(flows), {"z": 1}, Doubts(), [same]).bits == 0
    parting = [
        Reply(chance=0.5, named=name, changes=(Flow(name, "hub", -1), Flow(name, "y", 1)))
        for name in ("f", "g")
    ]
    assert telling(summed(flows), {"z": 1}, Doubts(), parting).bits == pytest.approx(1)
    givers, told = whose_delivery([Flow("f", "z", 1), Flow("g", "z", 1)], {"z": 4}, Doubts(), "z")
    assert givers == ("f", "g", "")
    assert (told.bits, told.replies) == (pytest.approx(1), pytest.approx((0.5, 0.5, 0.0)))
    assert len(locate(flows, {"z": 4}).suspects) == 2

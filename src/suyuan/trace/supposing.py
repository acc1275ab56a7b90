"""What would be if some moves had not been, or if each passed something on only by chance."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from suyuan.kit import SuyuanError, Text
from suyuan.network.arrays import Flags
from suyuan.network.chains import Moves, daily
from suyuan.network.chances import WORK, Floats, Trial, chances
from suyuan.network.graph import Network
from suyuan.trace.contact_types import Chance, Closing, Passed, Passing, Risked, Supposed
from suyuan.trace.resting import Rest

NOTHING: Final = Supposed()
_NO_STAYS: Final = Text(
    "概率只按移动的先后算，不能同时假设停留时间；请去掉其中一样。",
    "Chances go by the order of moves alone and cannot be told under an assumed stay; leave out "
    "one of the two.",
)


def require_chances(supposed: Supposed, rest: Rest) -> None:
    """That chances are asked of the order of moves alone, with nothing assumed of stays.

    Raises:
        SuyuanError: `contacts.risk`.
    """
    if supposed.passing is not None and rest:
        raise SuyuanError("contacts.risk", _NO_STAYS, "risk")


def still_open(place: Mapping[str, int], moves: Moves, closings: Sequence[Closing]) -> Moves:
    """The moves without those of the closings; `place` are the holders' numbers by name."""
    closed = np.zeros(len(moves.day), np.bool_)
    for each in closings:
        closed |= _closed(place, moves, each)
    return moves.where(~closed)


def _closed(place: Mapping[str, int], moves: Moves, closing: Closing) -> Flags:
    ends = [
        np.ones(len(moves.day), np.bool_) if name is None else end == place.get(name, -1)
        for name, end in ((closing.source, moves.source), (closing.target, moves.target))
    ]
    closed: Flags = ends[0] | ends[1] if closing.either else ends[0] & ends[1]
    if closing.moves is not None:
        closed &= np.isin(np.arange(len(closed)), closing.moves)
    if closing.first is not None:
        closed &= moves.day >= closing.first.toordinal()
    if closing.last is not None:
        closed &= moves.day <= closing.last.toordinal()
    return closed


def risks(
    names: Sequence[str], ways: tuple[Moves, Moves], roots: Sequence[int], passing: Passing
) -> Iterator[Risked]:
    """For each root, in order, the chances of its contacts, both ways; what came runs backward.

    All of them together draw no more than one may.
    """
    trial = Trial(
        passing=passing.probability,
        draws=passing.draws,
        seed=passing.seed,
        work=WORK // max(len(roots), 1),
    )
    nets = [(daily(len(names), some), some.share) for some in ways]
    for root in roots:
        came, went = (_passed(names, net, root, trial, share) for net, share in nets)
        yield Risked(
            probability=passing.probability,
            seed=passing.seed,
            ingoing=came,
            outgoing=went,
            by_share=passing.by_share,
            unweighed=passing.unweighed,
        )


def _passed(
    names: Sequence[str], net: Network, root: int, trial: Trial, shares: Floats | None
) -> Passed:
    found = chances(net, root, trial, shares=shares)
    columns = (found.nodes, found.least, found.chance, found.most)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return Passed(
        draws=found.draws,
        expected=float(found.chance.sum()),
        contacts={
            names[node]: Chance(least=least, chance=chance, most=most)
            for node, least, chance, most in rows
        },
    )

"""One vessel of mixed stock: how much of what went in can be in what came out.

What leaves may stem from anything that went in before and is not yet drawn. So much is certain;
which of it was drawn first is an assumption. A vessel is a tank, a silo, or a holder's stock of a
lot; emptying and cleaning begin it anew (docs/concepts/trace.md, Recall scope).
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

_NONE = Decimal(0)


class Turn(StrEnum):
    """What one entry of a vessel's log says."""

    IN = "in"
    OUT = "out"
    CLEAN = "clean"  # emptied or cleaned: what was in it is gone


class Entry(Struct, frozen=True):
    """One entry of a log in order of time: an amount of that name went in, or came out.

    Of equal times what goes in is written first: it may be in what leaves then.
    """

    turn: Turn
    name: str = ""
    amount: Decimal = _NONE


Log = Sequence[Entry]
Shares = dict[str, Decimal]
"""By name of an outflow, how much of the material in question is in it."""

UNRECORDED = ""
"""The name of stock that nobody reported and that must have been there."""


def most(log: Log, inflows: Collection[str], outflows: Collection[str]) -> Decimal:
    """The most of the inflows, and of stock that nobody reported, that is in the outflows.

    Bounds of a set of outflows are those of its flow; single bounds must not be added. The least
    of some inflows is what the outflows carry less the most of all others. Takes one pass.

    The outflows take of it first, all others take it last: taking some here earlier leaves as
    much of the rest for whoever else must be served, so no other order puts more into them.
    """
    return most_of_whole(with_unrecorded(log), inflows, outflows)


def most_of_whole(whole: Log, inflows: Collection[str], outflows: Collection[str]) -> Decimal:
    """The same of a log that has its unrecorded stock."""
    wanted = others = found = _NONE
    for entry in whole:
        if entry.turn is Turn.CLEAN:
            wanted = others = _NONE
        elif entry.turn is Turn.IN and (entry.name in inflows or entry.name == UNRECORDED):
            wanted += entry.amount
        elif entry.turn is Turn.IN:
            others += entry.amount
        elif entry.name in outflows:
            taken = min(entry.amount, wanted)
            found, wanted, others = found + taken, wanted - taken, others - entry.amount + taken
        else:
            taken = min(entry.amount, others)
            wanted, others = wanted - entry.amount + taken, others - taken
    return found


def with_unrecorded(log: Log) -> list[Entry]:
    """The log with the stock that must have been in the vessel though nobody reported it.

    It is put at the beginning of each run from one cleaning to the next, where it can be in most.
    """
    whole: list[Entry] = []
    for run in _runs(log):
        level = short = _NONE
        for entry in run:
            if entry.turn is Turn.IN:
                level += entry.amount
            elif entry.turn is Turn.OUT:
                level -= entry.amount
                short = min(short, level)
        if short:
            whole.append(Entry(Turn.IN, UNRECORDED, -short))
        whole.extend(run)
    return whole


def _runs(log: Log) -> Iterable[list[Entry]]:
    run: list[Entry] = []
    for entry in log:
        run.append(entry)
        if entry.turn is Turn.CLEAN:
            yield run
            run = []
    yield run


def first_in_first_out(log: Log, inflows: Collection[str]) -> Shares:
    """The material in each outflow if what came first leaves first: an assumption."""
    return _queued(log, inflows, lambda lots: (lots.popleft, lots.appendleft))


def last_in_first_out(log: Log, inflows: Collection[str]) -> Shares:
    """The material in each outflow if what came last leaves first: an assumption."""
    return _queued(log, inflows, lambda lots: (lots.pop, lots.append))


_Lot = tuple[str, Decimal]
_Ends = tuple[Callable[[], _Lot], Callable[[_Lot], None]]


def _queued(log: Log, inflows: Collection[str], ends: Callable[[deque[_Lot]], _Ends]) -> Shares:
    lots: deque[_Lot] = deque()
    take, put_back = ends(lots)
    shares: Shares = {}
    for entry in with_unrecorded(log):
        if entry.turn is Turn.CLEAN:
            lots.clear()
        elif entry.turn is Turn.IN:
            lots.append((entry.name, entry.amount))
        else:
            due, share = entry.amount, _NONE
            while due and lots:
                name, amount = take()
                drawn = min(due, amount)
                due -= drawn
                share += drawn if name in inflows else _NONE
                if amount > drawn:
                    put_back((name, amount - drawn))
            shares[entry.name] = shares.get(entry.name, _NONE) + share
    return shares


def evenly_mixed(log: Log, inflows: Collection[str]) -> Shares:
    """The material in each outflow if all is always evenly mixed: an assumption.

    Divides to the precision of the decimal context.
    """
    level = wanted = _NONE
    shares: Shares = {}
    for entry in with_unrecorded(log):
        if entry.turn is Turn.CLEAN:
            level = wanted = _NONE
        elif entry.turn is Turn.IN:
            level += entry.amount
            wanted += entry.amount if entry.name in inflows else _NONE
        else:
            share = wanted * entry.amount / level if level else _NONE
            shares[entry.name] = shares.get(entry.name, _NONE) + share
            level, wanted = level - entry.amount, wanted - share
    return shares

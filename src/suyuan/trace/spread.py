"""Which further things a question is about, given the facts found so far.

A thing is found for a reason, and the reason says what else is looked for: a container of
something traced is looked at for what it did, never for what else was in it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from suyuan.model import FactKind, Side
from suyuan.trace.types import Direction


class Role:
    """Why a thing is looked at: bits, as plain numbers, since every fact asks for them often."""

    NONE: Final = 0
    TRACED: Final = 1  # may be reached
    CARRIER: Final = 2  # contains something traced
    LOT: Final = 4  # something traced forward is of it: what it did may have been done to that
    OPENED: Final = 8  # its contents are asked about too
    SEED: Final = 16  # named in the question: of a lot, its instances are meant too
    MIXED: Final = 32  # went into something traced back: of a lot, its instances may have done so


class Found(NamedTuple):
    """The parts of a fact that say what it leads to."""

    kind: FactKind
    side: Side | None
    thing: str
    parent: str | None
    lot: str | None
    other: str | None
    flow: str | None
    instrument: bool
    consumed: bool


CONTAINING: Final = frozenset((FactKind.JOINED, FactKind.ATTACHED))
"""The kinds of facts that lead from a thing to its container or assembly, and back."""


class Wanted(NamedTuple):
    """What to look up next, by access path."""

    things: set[str]
    carriers: set[str]
    opened: set[str]
    assembled: set[str]
    lots: set[str]
    flows: set[str]


def _nothing() -> Wanted:
    return Wanted(set(), set(), set(), set(), set(), set())


class Spread:
    """The things and flows of a question, growing with the facts found."""

    def __init__(self, direction: Direction, seeds: Iterable[str]) -> None:
        self._forward = direction is Direction.FORWARD
        self._roles: dict[str, int] = defaultdict(int)
        self._flows: set[str] = set()
        self._naming: dict[str, list[Found]] = defaultdict(list)
        self._in_flow: dict[str, list[Found]] = defaultdict(list)
        self._new = _nothing()
        self._changed: list[Found] = []
        for seed in seeds:
            self._give(seed, Role.SEED | Role.OPENED | Role.TRACED)

    def add(self, facts: Iterable[Found]) -> None:
        """Take facts found, each once, and follow what they lead to among all found so far."""
        for fact in facts:
            self._naming[fact.thing].append(fact)
            for name in (fact.parent, fact.lot, fact.other):
                if name is not None:
                    self._naming[name].append(fact)
            if fact.flow is not None:
                self._in_flow[fact.flow].append(fact)
            self._changed.append(fact)
        while self._changed:
            self._follow(self._changed.pop())

    def wanted(self) -> Wanted:
        """What has not been looked up yet; asking counts as looking up."""
        new, self._new = self._new, _nothing()
        return new

    def _give(self, name: str, role: int) -> None:
        added = role & ~self._roles[name]
        if not added:
            return
        if not self._roles[name]:
            self._new.things.add(name)
        self._roles[name] |= role
        self._changed.extend(self._naming[name])
        if added & Role.CARRIER:
            self._new.carriers.add(name)
        if added & Role.OPENED:
            self._new.opened.add(name)
        if added & Role.TRACED:
            self._new.assembled.add(name)
        if added & (Role.TRACED if self._forward else Role.SEED | Role.MIXED):
            self._new.lots.add(name)

    def _enter(self, flow: str) -> None:
        if flow not in self._flows:
            self._flows.add(flow)
            self._new.flows.add(flow)
            self._changed.extend(self._in_flow[flow])

    def _mixes(self, fact: Found) -> bool:
        """Whether the transformation of this fact is on the way."""
        role = self._roles[fact.thing]
        if self._forward:
            return fact.side is Side.INPUT and fact.consumed and bool(role)
        return fact.side is Side.OUTPUT and bool(role & Role.TRACED)

    def _follow(self, fact: Found) -> None:
        """What a fact leads to, given the roles so far; twice followed is no harm."""
        if fact.parent is not None and fact.kind in CONTAINING:
            self._give(fact.parent, self._to_parent(fact, self._roles[fact.thing]))
            self._give(fact.thing, self._from_parent(fact, self._roles[fact.parent]))
        if fact.lot is not None:
            if self._roles[fact.thing] & Role.TRACED:
                self._give(fact.lot, Role.LOT if self._forward else Role.TRACED)
            self._give(fact.thing, self._from_lot(self._roles[fact.lot]))
        if fact.other is not None and fact.kind is FactKind.RECODED:
            self._give(fact.other, self._roles[fact.thing])
            self._give(fact.thing, self._roles[fact.other])
        if fact.flow is not None:
            if fact.flow in self._flows:
                self._give(fact.thing, self._from_flow(fact))
            if self._mixes(fact):
                self._enter(fact.flow)

    def _to_parent(self, fact: Found, role: int) -> int:
        if fact.kind is FactKind.JOINED:
            return Role.CARRIER if role else Role.NONE
        part = not fact.instrument and self._forward and role & (Role.TRACED | Role.LOT)
        return Role.TRACED if part else Role.NONE

    def _from_parent(self, fact: Found, role: int) -> int:
        if fact.kind is FactKind.JOINED and role & Role.OPENED:
            return Role.TRACED | Role.OPENED | role & Role.MIXED
        part = fact.kind is FactKind.ATTACHED and not fact.instrument
        fitted = part and not self._forward and role & Role.TRACED
        return Role.TRACED | Role.MIXED if fitted else Role.NONE

    def _from_lot(self, role: int) -> int:
        if role & Role.SEED:
            return Role.TRACED | Role.OPENED
        meant = role & (Role.TRACED if self._forward else Role.MIXED)
        return Role.TRACED if meant else Role.NONE

    def _from_flow(self, fact: Found) -> int:
        """Forward its outputs; backward its inputs, with what was in them."""
        if self._forward:
            return Role.TRACED if fact.side is Side.OUTPUT else Role.NONE
        eaten = fact.side is Side.INPUT and fact.consumed
        return Role.TRACED | Role.OPENED | Role.MIXED if eaten else Role.NONE

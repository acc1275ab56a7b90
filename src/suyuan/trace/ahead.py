"""Takes names by which acts are wanted, level by level; gives the acts, read by levels or at once.

Where the network engine can guess what a long recall will need, all of it is read in one
statement, and the levels are then told from memory. A guess changes no answer: what it covers is
what the index gives, and what it does not cover is asked of the index.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

from suyuan.index import FACT_KINDS
from suyuan.index.types import Part
from suyuan.model import FactKind
from suyuan.store import ReadConnection, encoded
from suyuan.trace.rows import SQL, Act, lines_of

WORTH_GUESSING: Final = 16
"""After so many levels it is guessed what is still to come."""
_A_LEVEL: Final = 200
"""A statement for a level costs as much as laying out so many keys of what was read at once."""

_MOST_KEPT: Final = 50_000
"""So many acts a server lays out in the memory that it has for one statement, if that is little."""
_A_NAME: Final = 2
"""To name so many known acts costs less than to read again what one name finds: few are wanted of a
long chain at a time, and to name all of it each time would take the square of its length."""

Pair = tuple[str, int]
"""A name, and in which part of an act it is looked for (`suyuan.index.types.Part`)."""


class Guess(Protocol):
    """By which keys of the index everything may be found, and whether some names' are of them."""

    @property
    def keys(self) -> Sequence[int]:
        """The keys."""

    @property
    def levels(self) -> int:
        """In about how many levels they would be come to."""

    def covered(
        self, conn: ReadConnection, names: Sequence[str], parts: Sequence[int]
    ) -> list[bool]:
        """Of each name and part whether its key is among them, and so was read with them."""


Guesser = Callable[[ReadConnection, Sequence[str]], Guess | None]
"""What reading a recall of some things may need; None where there is nothing to guess by."""


class Reader:
    """Reads the acts of a question; `fixed` are the parameters that every statement has."""

    def __init__(
        self, conn: ReadConnection, fixed: dict[str, Any], guesser: Guesser | None
    ) -> None:
        self._conn, self._fixed, self._guesser = conn, fixed, guesser
        self._guess: Guess | None = None
        self._shelf: dict[Pair, list[Act]] = {}
        self._whole: set[tuple[int, int]] = set()
        self._kept: list[Act] = []

    def keep(self, whole: Iterable[Act]) -> None:
        """Read these acts no more, where that is worth saying: all that they say is known."""
        self._kept += whole

    def _known(self) -> set[tuple[int, int]]:
        """What is kept, by position and line; put together where it is asked for."""
        room = _MOST_KEPT - len(self._whole)
        self._whole.update([(act.position, act.line) for act in self._kept[:room]])
        self._kept = []
        return self._whole

    def look_ahead(self, things: Sequence[str], room: int) -> None:
        """Read at once all that a recall of these things may need, if it fits and is worth it.

        What is wide and has few levels is read sooner level by level. The second time nothing
        happens.
        """
        if self._guesser is None:
            return
        guess, self._guesser = self._guesser(self._conn, things), None
        if guess is None or len(guess.keys) > _A_LEVEL * guess.levels:
            return
        acts = self._read((), guess.keys, room)
        if len(acts) <= room:
            self._guess, self._shelf = guess, _shelved(acts)

    def acts(self, wanted: Sequence[Pair], room: int) -> list[Act]:
        """The acts of these names, in the order of the record, at most one more than so many.

        Those that are kept are not among them.
        """
        if self._guess is None:
            return self._read(wanted, (), room)
        names, parts = [name for name, _ in wanted], [part for _, part in wanted]
        known = self._guess.covered(self._conn, names, parts)
        there = (pair for pair, is_known in zip(wanted, known, strict=True) if is_known)
        others = [pair for pair, is_known in zip(wanted, known, strict=True) if not is_known]
        found = [act for pair in there for act in self._shelf.get(pair, ())]
        found += self._read(others, (), room) if others else []
        once = {(act.position, act.line): act for act in found}
        for kept in self._known() & once.keys():
            del once[kept]
        return [act for _, act in sorted(once.items())][: room + 1]

    def _read(self, wanted: Iterable[Pair], keys: Sequence[int], room: int) -> list[Act]:
        """What is kept is left out; where to name it is not worth it, there is room for it too."""
        pairs, whole = list(wanted), self._known()
        named = whole if len(whole) <= _A_NAME * len(pairs) else set[tuple[int, int]]()
        # All as bytes: of ten thousands of names and acts, to write and read them takes long.
        asked = {
            "names": encoded.text_array([name for name, _ in pairs]),
            "parts": encoded.int4_array([part for _, part in pairs]),
            "keys": encoded.int8_array(keys),
            "positions": encoded.int8_array([position for position, _ in named]),
            "lines": encoded.int4_array([line for _, line in named]),
            "room": room + 1 + len(whole) - len(named),
        }
        statement = SQL.level if self._fixed["everything"] else SQL.level_seen
        rows = self._conn.execute(statement, {**self._fixed, **asked}, binary=True).fetchall()
        acts = list(map(Act._make, rows))
        if len(named) == len(whole):
            return acts
        return [act for act in acts if (act.position, act.line) not in whole][: room + 1]


def _shelved(acts: Iterable[Act]) -> dict[Pair, list[Act]]:
    """By every name and part that the index finds an act by (`index.keys_of`)."""
    shelf: dict[Pair, list[Act]] = defaultdict(list)
    for act in acts:
        for pair in dict.fromkeys(_pairs(act)):
            shelf[pair].append(act)
    return dict(shelf)


def _pairs(act: Act) -> Iterator[Pair]:
    things = [line.thing for line in lines_of(act)]
    for thing in things:
        yield thing, Part.THING
    for name, part in ((act.other, Part.THING), (act.lot, Part.LOT), (act.flow, Part.FLOW)):
        if name is not None:
            yield name, part
    if act.parent is not None:
        match FACT_KINDS[act.kind]:
            case FactKind.JOINED:
                yield act.parent, Part.JOINED
            case FactKind.ATTACHED:
                yield act.parent, Part.ATTACHED
            case _ if "" in things:
                yield act.parent, Part.EMPTIED
            case _:
                pass

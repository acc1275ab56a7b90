"""All facts that a question's answer may depend on, from the index, level by level.

Every level is one statement by names, so that it runs on one machine and on a distributed
PostgreSQL alike; nothing recurses. The index finds acts by hashes of names in their parts; that
the names are those asked for is seen here.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from suyuan.index import FACT_KINDS, SIDES
from suyuan.index.types import Part
from suyuan.model import Fact, FactKind, Viewer
from suyuan.record import grants_of
from suyuan.store import ReadConnection
from suyuan.trace.ahead import WORTH_GUESSING, Guesser, Pair, Reader
from suyuan.trace.alike import NONE_ALIKE, Alike
from suyuan.trace.folding import Folding, folded
from suyuan.trace.rows import COUNTING, Act, Line, Lines, names_of
from suyuan.trace.spread import CONTAINING, Found, Spread, Wanted
from suyuan.trace.types import Direction, Question

_MOST_FACTS = 200_000


class Limit(Struct, frozen=True, kw_only=True):
    """How far gathering goes before it says that it is truncated.

    `expired` is asked before every level; it knows what time it is. `advance` is told after every
    level how many there were, and how many facts have been read.
    """

    facts: int = _MOST_FACTS
    expired: Callable[[], bool] = lambda: False
    advance: Callable[[int, int], None] = lambda _rounds, _facts: None


class Gathered(Struct, frozen=True, kw_only=True):
    """The facts found, the record position they are complete to, and whether a limit was hit.

    Of pieces that are `alike` one stands for all.
    """

    facts: tuple[Fact, ...]
    position: int
    truncated: bool
    levels: int
    alike: Alike = NONE_ALIKE


_PARTS: dict[str, Part] = {
    "things": Part.THING,
    "carriers": Part.EMPTIED,
    "opened": Part.JOINED,
    "assembled": Part.ATTACHED,
    "lots": Part.LOT,
    "flows": Part.FLOW,
}


def gather(  # noqa: PLR0913 -- a question, by name
    conn: ReadConnection,
    question: Question,
    viewer: Viewer,
    *,
    secret: bytes,
    limit: Limit | None = None,
    both: bool = False,
    folding: Folding | None = None,
    guesser: Guesser | None = None,
) -> Gathered:
    """The facts the viewer may see on which the answer depends, and perhaps a few more.

    `secret` keys the access tags of this installation; `both` asks for the other direction too.
    With `folding`, of pieces that are alike one stands for all; the question's own never do.
    By a `guesser` what has many levels is read at once, forward; the facts are the same.
    """
    bound = limit or Limit()
    fixed = _fixed(question, grants_of(viewer, secret=secret).params)
    is_guessed = question.direction is Direction.FORWARD and not both
    reader = Reader(conn, fixed, guesser if is_guessed else None)
    asked = [seed.thing for seed in question.seeds]
    directions = Direction if both else (question.direction,)
    spreads = [Spread(each, (seed.thing for seed in question.seeds)) for each in directions]
    lines: Lines = {}
    truncated, levels = False, 0
    while any(wanted := _wanted(spreads)):
        room = bound.facts - len(lines)
        if room <= 0 or bound.expired():
            truncated = True
            break
        if levels >= WORTH_GUESSING:
            reader.look_ahead(asked, bound.facts)
        found = reader.acts(_pairs(wanted), room)
        said = [line for act in found for line in _said(act, wanted)]
        truncated |= len(found) > room or len(said) > room
        new = {(line.act.entry, line.act.line + line.place): line for line in said[:room]}
        fresh = [line for key, line in new.items() if key not in lines]
        lines.update(new)
        reader.keep(act for act in found if _is_known(act, lines))
        for spread in spreads:
            spread.add(_found(line) for line in fresh if _leads_on(line.act))
        levels += bool(fresh)  # a look at what is hidden must not count either
        bound.advance(levels, len(lines))
    names = names_of(conn, lines)
    kept = folded(lines, names, _apart(folding, question))
    return Gathered(
        facts=kept.facts,
        alike=kept.alike,
        position=names.position,
        truncated=truncated,
        levels=levels,
    )


def _apart(folding: Folding | None, question: Question) -> Folding | None:
    """What is asked about is no piece among many."""
    if folding is None:
        return None
    asked = {seed.thing for seed in question.seeds}
    return replace(folding, apart=folding.apart | asked)


def _fixed(question: Question, visible: dict[str, Any]) -> dict[str, Any]:
    return {**visible, **COUNTING, "known_at": question.known_at, "as_of": question.as_of}


def _wanted(spreads: Sequence[Spread]) -> Wanted:
    return Wanted(
        *(set().union(*ways) for ways in zip(*(s.wanted() for s in spreads), strict=True))
    )


def _pairs(wanted: Wanted) -> list[Pair]:
    return [
        (name, int(_PARTS[path]))
        for path, names in wanted._asdict().items()
        for name in sorted(names)
    ]


def _said(act: Act, wanted: Wanted) -> Iterator[Line]:
    """The lines of an act that are wanted: all for what they share, or each for its own thing."""
    lines = [Line(act, place) for place in range(len(act.tails))]
    if _is_wanted(act, wanted):
        yield from lines
        return
    emptied = act.parent in wanted.carriers
    for line in lines:
        thing = line.thing
        if thing in wanted.things or (emptied and not thing):
            yield line


def _is_known(act: Act, lines: Lines) -> bool:
    """Whether all that an act says was wanted, and is there."""
    return all((act.entry, act.line + place) in lines for place in range(len(act.tails)))


def _is_wanted(act: Act, wanted: Wanted) -> bool:
    kind = FACT_KINDS[act.kind]
    return (
        act.other in wanted.things
        or (act.parent in wanted.opened and kind is FactKind.JOINED)
        or (act.parent in wanted.assembled and kind is FactKind.ATTACHED)
        or act.lot in wanted.lots
        or act.flow in wanted.flows
    )


def _leads_on(act: Act) -> bool:
    """Whether anything is found through it; most acts only say where a thing was."""
    named = act.flow is not None or act.lot is not None or act.other is not None
    return named or FACT_KINDS[act.kind] in CONTAINING


def _found(line: Line) -> Found:
    act = line.act
    return Found(
        kind=FACT_KINDS[act.kind],
        side=None if act.side is None else SIDES[act.side],
        thing=line.thing,
        parent=act.parent,
        lot=act.lot,
        other=act.other,
        flow=act.flow,
        instrument=act.instrument,
        consumed=line.quantity != 0,
    )

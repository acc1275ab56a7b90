"""All facts that a question's answer may depend on, from the index, level by level.

Every level is one statement by names, so that it runs on one machine and on a distributed
PostgreSQL alike; nothing recurses. The index finds acts by hashes of names in their parts; that
the names are those asked for is seen here.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from suyuan.index import FACT_KINDS, SIDES
from suyuan.index.types import BETWEEN, Part
from suyuan.model import Fact, FactKind, Viewer
from suyuan.record import grants_of
from suyuan.store import ReadConnection
from suyuan.trace.ahead import WORTH_GUESSING, Guesser, Pair, Reader
from suyuan.trace.alike import NONE_ALIKE, Alike
from suyuan.trace.folding import Folding, folded
from suyuan.trace.rows import COUNTING, Act, Line, Lines, lines_of, names_of
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
_JOINED: Final = FACT_KINDS.index(FactKind.JOINED)
_ATTACHED: Final = FACT_KINDS.index(FactKind.ATTACHED)
_CONTAINING: Final = frozenset(map(FACT_KINDS.index, CONTAINING))
"""By their numbers: every act is asked."""


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
        said = _said(found, wanted)
        truncated |= len(found) > room or len(said) > room
        fresh = _fresh(said[:room], lines)
        reader.keep(act for act in found if _is_known(act, lines))
        leading = [_found(line) for line in fresh if _leads_on(line.act)]
        for spread in spreads:
            spread.add(leading)
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
    """In any order: `by_keys` puts the keys of names in theirs, and acts in that of the record."""
    return [(name, int(_PARTS[path])) for path, names in wanted._asdict().items() for name in names]


def _said(acts: Iterable[Act], wanted: Wanted) -> list[Line]:
    """The lines of acts that are wanted: all for what they share, or each for its own thing."""
    things, said = wanted.things, list[Line]()
    for act in acts:
        lines = lines_of(act)
        if (act.tails is None and act.head in things) or _is_wanted(act, wanted):
            said += lines
            continue
        emptied = act.parent is not None and act.parent in wanted.carriers
        said += [line for line in lines if line.thing in things or (emptied and not line.thing)]
    return said


def _fresh(said: Iterable[Line], lines: Lines) -> list[Line]:
    """Those that are not among the lines yet; now they are."""
    fresh = list[Line]()
    for line in said:
        key = line.act.entry, line.number
        if key not in lines:
            lines[key] = line
            fresh.append(line)
    return fresh


def _is_known(act: Act, lines: Lines) -> bool:
    """Whether all that an act says was wanted, and is there."""
    if act.tails is None:
        return (act.entry, act.line) in lines
    count = act.tails.count(BETWEEN) + 1
    return all((act.entry, act.line + place) in lines for place in range(count))


def _is_wanted(act: Act, wanted: Wanted) -> bool:
    return (
        (act.other is not None and act.other in wanted.things)
        or (act.parent is not None and _is_opened(act.parent, act.kind, wanted))
        or (act.lot is not None and act.lot in wanted.lots)
        or (act.flow is not None and act.flow in wanted.flows)
    )


def _is_opened(parent: str, kind: int, wanted: Wanted) -> bool:
    return (kind == _JOINED and parent in wanted.opened) or (
        kind == _ATTACHED and parent in wanted.assembled
    )


def _leads_on(act: Act) -> bool:
    """Whether anything is found through it; most acts only say where a thing was."""
    named = act.flow is not None or act.lot is not None or act.other is not None
    return named or act.kind in _CONTAINING


def _found(line: Line) -> Found:
    act = line.act
    return Found(
        FACT_KINDS[act.kind],
        None if act.side is None else SIDES[act.side],
        line.thing,
        act.parent,
        act.lot,
        act.other,
        act.flow,
        act.instrument,
        line.quantity != 0,
    )

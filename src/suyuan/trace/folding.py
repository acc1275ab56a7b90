"""From rows of the index to facts, in which of pieces that are alike one stands for all."""

from collections import defaultdict
from collections.abc import Callable

from msgspec import Struct

from suyuan.index import FACT_KINDS, GRAINS, SIDES
from suyuan.model import Fact, FactKind, Side, ThingGrain
from suyuan.trace.alike import NONE_ALIKE, Alike
from suyuan.trace.rows import Act, Line, Lines, Names, facts_of

ClassOf = Callable[[str], str]
"""The class of product that a thing's name says it is of; "" where it says none."""


class Folding(Struct, frozen=True, kw_only=True):
    """Which pieces may stand for others: of one class, and not named `apart`.

    With `anywhere` also where a holder is not fully known. That is another one for each piece, but
    as nothing joins two pieces, what is reached of one is reached of each; unless they were packed
    there, since then their container was at each of these holders. An account counts all who may
    be meant, so accounts are drawn of such pieces one by one.
    """

    class_of: ClassOf
    apart: frozenset[str] = frozenset()
    anywhere: bool = False


class Folded(Struct, frozen=True, eq=False):
    """Facts of things that are not alike, and who is alike."""

    facts: tuple[Fact, ...]
    alike: Alike


def folded(lines: Lines, names: Names, by: Folding | None) -> Folded:
    """The facts of these lines; of pieces alike those of the first by name.

    `by` None: no piece stands for another.
    """
    if by is None:
        return Folded(tuple(facts_of(lines, names)), NONE_ALIKE)
    alike = _alike(lines, names, by)
    others = {name for some in alike.values() for name in some[1:]}
    kept = {key: line for key, line in lines.items() if line.thing not in others}
    return Folded(tuple(facts_of(kept, names)), alike)


def _alike(lines: Lines, names: Names, by: Folding) -> Alike:
    apart, said = set(by.apart), defaultdict[str, list[int]](list)
    shapes: dict[object, int] = {}
    by_act: dict[int, int | None] = {}
    for line in lines.values():
        act, thing = line.act, line.thing
        if id(act) not in by_act:
            by_act[id(act)] = _number(act, names, shapes, anywhere=by.anywhere)
            apart.update(name for name in (act.parent, act.other, act.lot) if name)
        shape = by_act[id(act)]
        if shape is None:
            apart.add(thing)
        else:
            said[thing].append(_with_amount(line, shape, shapes))
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for thing, numbers in said.items():
        if thing not in apart and (group := by.class_of(thing)):
            groups[group, *sorted(numbers)].append(thing)
    several = (tuple(sorted(some)) for some in groups.values() if len(some) > 1)
    return {some[0]: some for some in several}


def _number(act: Act, names: Names, shapes: dict[object, int], *, anywhere: bool) -> int | None:
    """What all acts have in common that say the same; None: of each of its things something else.

    What is told by quantity or under two names is no piece among many.
    """
    if GRAINS[act.grain] is not ThingGrain.INSTANCE or act.other is not None:
        return None
    known = all(end is not None and names.holders[end].known for end in _ends(act))
    if not known and (act.parent is not None or not anywhere):
        return None
    said = (
        *(
            act.entry,
            act.lo,
            act.hi,
            act.instant,
            act.arrived_lo,
            act.arrived_hi,
            act.before,
            act.after,
        ),
        *(act.kind, act.side, act.held, act.instrument, act.inferred, act.unit),
        *(act.parent, act.flow, act.lot),
        tuple(act.documents or ()),
    )
    return shapes.setdefault(said, len(shapes))


def _ends(act: Act) -> tuple[int | None, ...]:
    """The holders between whom, or at whom, its things are."""
    kind = FACT_KINDS[act.kind]
    if kind is FactKind.MOVED:
        return act.before, act.after
    put_in = act.side is not None and SIDES[act.side] is Side.INPUT
    return (act.before if put_in or kind is FactKind.ENDED else act.after,)


def _with_amount(line: Line, shape: int, shapes: dict[object, int]) -> int:
    much = line.quantity
    return shape if much is None else shapes.setdefault((shape, much), len(shapes))

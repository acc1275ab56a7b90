"""The facts a question may use: those known at its position, each once, under one name."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from math import inf
from typing import Final

from msgspec.structs import replace

from suyuan.model import Fact, FactKind, ThingGrain
from suyuan.trace.times import Micros, Told, high, intervals, low, until
from suyuan.trace.types import Question
from suyuan.trace.unite import united

Rename = Callable[[str], str]
_NONE: Final = Decimal(0)


def known(facts: Iterable[Fact], question: Question) -> tuple[list[Told], Rename]:
    """Facts recorded by `known_at`, not withdrawn, not after `as_of`; and each thing's one name.

    Copies of one event line are one fact, and so are lines that add up; recoded things go by the
    smallest of their names.
    """
    told = _told(*_lines(_counted(facts, question)), question)
    names = united(
        (t.fact.thing, t.fact.other)
        for t in told
        if t.fact.kind is FactKind.RECODED and t.fact.other is not None
    )
    rename: Rename = lambda name: names.get(name, name)  # noqa: E731 -- a table as a function
    renamed = [_renamed(t, names) for t in told] if names else told
    return [t for t in renamed if _says_something(t.fact)], rename


def added_up(facts: Iterable[Fact]) -> list[Fact]:
    """The lines of the record in its order; those of one event that differ in amount alone are one.

    It has the sum, and stands where the first did. A piece with a code of its own is no amount.
    """
    lines = {(fact.entry, fact.line): fact for fact in facts}
    ordered = [lines[line] for line in sorted(lines)]
    named = [(fact.entry, fact.thing) for fact in ordered if _is_amount(fact)]
    if len(set(named)) == len(named):  # as nearly always
        return ordered
    times, found = Counter(named), dict[object, Fact]()
    for fact in ordered:
        is_again = _is_amount(fact) and times[fact.entry, fact.thing] > 1
        key = replace(fact, line=0, quantity=None) if is_again else (fact.entry, fact.line)
        first = found.setdefault(key, fact)
        if first is not fact:
            much = (first.quantity or _NONE) + (fact.quantity or _NONE)
            found[key] = replace(first, quantity=much)
    return list(found.values())


def _is_amount(fact: Fact) -> bool:
    return fact.quantity is not None and fact.grain is not ThingGrain.INSTANCE


def _counted(facts: Iterable[Fact], question: Question) -> Iterable[Fact]:
    if question.known_at is None and question.as_of is None:
        return (fact for fact in facts if fact.withdrawn_at is None)
    return (fact for fact in facts if _counts(fact, question))


def _counts(fact: Fact, question: Question) -> bool:
    at = question.known_at
    if at is not None and fact.position > at:
        return False
    withdrawn = fact.withdrawn_at
    if withdrawn is not None and (at is None or withdrawn <= at):
        return False
    return question.as_of is None or low(fact.when) <= until(question.as_of)


def _held(fact: Fact, at: int | None) -> bool:
    released = fact.released_at
    return fact.held and not (released is not None and (at is None or released <= at))


_Copies = dict[tuple[int, int], list[Fact]]


def _lines(facts: Iterable[Fact]) -> tuple[list[Fact], _Copies]:
    """The first of every line and its copies, in the order of the record; copies where it has any.

    By entry and line of the first.
    """
    ordered = added_up(facts)
    entries: dict[str, int] = {}
    several = {f.event_id for f in ordered if entries.setdefault(f.event_id, f.entry) != f.entry}
    same: dict[tuple[str, bytes, int], list[Fact]] = defaultdict(list)
    for fact in ordered:
        if fact.event_id in several and fact.event_id and fact.digest:
            same[fact.event_id, fact.digest, fact.line].append(fact)
    copies = {(some[0].entry, some[0].line): some for some in same.values() if len(some) > 1}
    later = {(fact.entry, fact.line) for some in copies.values() for fact in some[1:]}
    return [f for f in ordered if (f.entry, f.line) not in later] if later else ordered, copies


def _told(firsts: list[Fact], copies: _Copies, question: Question) -> list[Told]:
    """Each line as known at the position; what lines say alike is shared."""
    found: list[Told] = []
    at, end = question.known_at, until(question.as_of)
    reporters = {name: frozenset((name,)) for name in {fact.capturer for fact in firsts}}
    entries: tuple[int, ...] = ()
    for fact, (lo, hi) in zip(firsts, intervals([f.when for f in firsts]), strict=True):
        if fact.position not in entries:
            entries = (fact.position,)
        held = (fact.held and _held(fact, at)) or (end < inf and _may_be_later(fact, hi, end))
        found.append(Told(fact, entries, reporters[fact.capturer], held, lo, hi))
    return [_confirmed(told, copies, at, end) for told in found] if copies else found


def _may_be_later(fact: Fact, hi: Micros, end: Micros) -> bool:
    """Whether what counts may have been after all that is asked about, and so is not sure."""
    return hi > end or (fact.arrived is not None and high(fact.arrived) > end)


def _confirmed(told: Told, copies: _Copies, at: int | None, end: Micros) -> Told:
    """With what copies of the line add."""
    same = copies.get((told.fact.entry, told.fact.line))
    if same is None:
        return told
    return replace(
        told,
        entries=tuple(sorted(fact.position for fact in same)),
        capturers=frozenset(fact.capturer for fact in same),
        held=all(_held(fact, at) for fact in same)
        or (end < inf and _may_be_later(told.fact, told.hi, end)),
    )


def _says_something(fact: Fact) -> bool:
    """Not a renaming, which is done, nor a thing put into itself."""
    return fact.kind is not FactKind.RECODED and (fact.parent != fact.thing or not fact.thing)


def _renamed(told: Told, names: dict[str, str]) -> Told:
    fact = told.fact
    if not any(name in names for name in (fact.thing, fact.parent, fact.lot)):
        return told
    thing = names.get(fact.thing, fact.thing)
    parent = fact.parent and names.get(fact.parent, fact.parent)
    lot = fact.lot and names.get(fact.lot, fact.lot)
    return replace(told, fact=replace(fact, thing=thing, parent=parent, lot=lot))

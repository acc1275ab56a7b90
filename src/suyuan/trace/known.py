"""The facts a question may use: those known at its position, each once, under one name."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from suyuan.kit import Span
from suyuan.model import Fact, FactKind
from suyuan.trace.times import Micros, Told, high, low, until
from suyuan.trace.types import Question
from suyuan.trace.unite import united

Rename = Callable[[str], str]


def known(facts: Iterable[Fact], question: Question) -> tuple[list[Told], Rename]:
    """Facts recorded by `known_at`, not withdrawn, not after `as_of`; and each thing's one name.

    Copies of one event line are one fact; recoded things go by the smallest of their names.
    """
    told = _merged([fact for fact in facts if _counts(fact, question)], question.known_at)
    names = united(
        (t.fact.thing, t.fact.other)
        for t in told
        if t.fact.kind is FactKind.RECODED and t.fact.other is not None
    )
    rename: Rename = lambda name: names.get(name, name)  # noqa: E731 -- a table as a function
    renamed = (_renamed(t, names) for t in told) if names else told
    return [t for t in renamed if _says_something(t.fact)], rename


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


def _merged(facts: list[Fact], at: int | None) -> list[Told]:
    copies: dict[tuple[object, ...], list[Fact]] = {}
    for fact in {(fact.entry, fact.line): fact for fact in facts}.values():
        named = bool(fact.event_id and fact.digest)
        key = (fact.event_id, fact.digest, fact.line) if named else (fact.entry, fact.line)
        copies.setdefault(key, []).append(fact)
    times = _Times()
    told = [_told(same, at, times) for same in copies.values()]
    return sorted(told, key=lambda t: (t.fact.entry, t.fact.line))


class _Times(dict[int, tuple[Micros, Micros]]):
    """Of spans by their identity: all that an event says of its things shares one."""

    def of(self, span: Span) -> tuple[Micros, Micros]:
        found = self.get(id(span))
        return found or self.setdefault(id(span), (low(span), high(span)))


def _told(copies: list[Fact], at: int | None, times: _Times) -> Told:
    if len(copies) == 1:
        (fact,) = copies
        capturers = frozenset((fact.capturer,))
        return Told(fact, (fact.entry,), capturers, _held(fact, at), *times.of(fact.when))
    fact = min(copies, key=lambda f: (f.entry, f.line))
    entries = tuple(sorted({f.entry for f in copies}))
    capturers = frozenset(f.capturer for f in copies)
    held = all(_held(f, at) for f in copies)
    return Told(fact, entries, capturers, held, *times.of(fact.when))


def _says_something(fact: Fact) -> bool:
    """Not a renaming, which is done, nor a thing put into itself."""
    return fact.kind is not FactKind.RECODED and not (fact.thing and fact.thing == fact.parent)


def _renamed(told: Told, names: dict[str, str]) -> Told:
    fact = told.fact
    if not any(name in names for name in (fact.thing, fact.parent, fact.lot)):
        return told
    thing = names.get(fact.thing, fact.thing)
    parent = fact.parent and names.get(fact.parent, fact.parent)
    lot = fact.lot and names.get(fact.lot, fact.lot)
    return replace(told, fact=replace(fact, thing=thing, parent=parent, lot=lot))

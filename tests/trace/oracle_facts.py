"""Sections 1 to 3 of the trace contract, as the oracle reads them: which facts count, and where.

The oracle is the slow, obviously right interpreter of docs/concepts/trace.md. It favours the
plainest loop over any index, so that it can be checked against the page by reading.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from suyuan.kit import Span
from suyuan.model import Fact, FactKind, Holder, Side
from suyuan.trace.known import added_up
from suyuan.trace.types import Pool, Question

OPEN = Span(None, None)
T = TypeVar("T")


class Line(Struct, frozen=True):
    """A fact that counts: its best copy, the entries of all its copies, whether it is held."""

    fact: Fact
    entries: tuple[int, ...]
    capturers: frozenset[str]
    held: bool

    @property
    def when(self) -> Span:
        return self.fact.when


def least(items: Iterable[datetime]) -> datetime | None:
    return min(items, default=None)


def present(items: Iterable[T | None]) -> list[T]:
    return [item for item in items if item is not None]


def meet(a: Span, b: Span) -> bool:
    """Closed intervals with a common instant; None is infinite."""
    return (a.lo is None or b.hi is None or a.lo <= b.hi) and (
        b.lo is None or a.hi is None or b.lo <= a.hi
    )


def surely_after(e: Span, j: Span) -> bool:
    """Strictly: a tie may have been the other way round."""
    return e.lo is not None and j.hi is not None and e.lo > j.hi


def known_lines(facts: Sequence[Fact], question: Question) -> list[Line]:
    """Section 1 and 2: what counts at this position, each event line once, under one name."""
    counted = {(f.entry, f.line): f for f in added_up(f for f in facts if _counts(f, question))}
    renamed = _same_as(list(counted.values()))
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in counted.values():
        own = ("own", fact.entry, fact.line)
        copied = ("copy", fact.event_id, fact.digest, fact.line)
        key = copied if fact.event_id and fact.digest else own
        groups.setdefault(key, []).append(fact)
    lines = [_merge(copies, renamed, question) for copies in groups.values()]
    return sorted(
        (line for line in lines if _says_something(line.fact)),
        key=lambda line: (line.fact.entry, line.fact.line),
    )


def _counts(fact: Fact, question: Question) -> bool:
    known = question.known_at
    if known is not None and fact.position > known:
        return False
    if fact.withdrawn_at is not None and (known is None or fact.withdrawn_at <= known):
        return False
    lo = fact.when.lo
    return question.as_of is None or lo is None or lo <= question.as_of


def _is_held(fact: Fact, question: Question) -> bool:
    if not fact.held or fact.released_at is None:
        return fact.held
    return question.known_at is not None and fact.released_at > question.known_at


def _may_be_later(fact: Fact, question: Question) -> bool:
    """Whether it may have been after all that is asked about, or have come only then."""
    ends = [fact.when.hi, *([] if fact.arrived is None else [fact.arrived.hi])]
    return question.as_of is not None and any(hi is None or hi > question.as_of for hi in ends)


def _merge(copies: list[Fact], renamed: dict[str, str], question: Question) -> Line:
    first = min(copies, key=lambda fact: (fact.entry, fact.line))
    return Line(
        _rename(first, renamed),
        tuple(sorted({fact.entry for fact in copies})),
        frozenset(fact.capturer for fact in copies),
        all(_is_held(fact, question) for fact in copies) or _may_be_later(first, question),
    )


def _same_as(facts: Sequence[Fact]) -> dict[str, str]:
    """Section 2: every name to the smallest name of its class, by repeated merging."""
    names: dict[str, str] = {}
    changed = True
    while changed:
        changed = False
        for fact in facts:
            if fact.kind is not FactKind.RECODED or not fact.other or not fact.thing:
                continue
            a, b = names.get(fact.thing, fact.thing), names.get(fact.other, fact.other)
            low = min(a, b)
            for name in (fact.thing, fact.other, a, b):
                if names.get(name, name) != low:
                    names[name] = low
                    changed = True
    return names


def same_name(facts: Sequence[Fact], question: Question, name: str) -> str:
    return _same_as([f for f in facts if _counts(f, question)]).get(name, name)


def _rename(fact: Fact, names: dict[str, str]) -> Fact:
    thing = names.get(fact.thing, fact.thing)
    parent = None if fact.parent is None else names.get(fact.parent, fact.parent)
    lot = None if fact.lot is None else names.get(fact.lot, fact.lot)
    return replace(fact, thing=thing, parent=parent, lot=None if lot == thing else lot)


def _says_something(fact: Fact) -> bool:
    """O2: a thing is neither in itself nor attached to itself; a renaming is already done."""
    with_parent = (FactKind.JOINED, FactKind.LEFT, FactKind.ATTACHED)
    if fact.kind in with_parent and fact.parent is not None and fact.parent == fact.thing:
        return False
    if fact.kind in (FactKind.JOINED, FactKind.ATTACHED) and not (fact.parent and fact.thing):
        return False
    return fact.kind is not FactKind.RECODED


def pool_at(thing: str, holder: Holder | None, *, name: str, container: str = "") -> Pool:
    """Section 3: a known pair is itself; an unknown half makes it the fresh unknown `name`."""
    holder = holder or Holder()
    return Pool(
        thing=thing,
        party=holder.party or "",
        site=holder.site or "",
        container=container,
        unknown="" if holder.known else name,
    )


def place(line: Line, *, thing: str | None = None, container: str = "") -> Pool:
    """Where the fact says its thing is, or leaves from (D2: `before` for ENDED and inputs)."""
    fact = line.fact
    leaves = fact.kind is FactKind.ENDED or is_input(line)
    holder, suffix = (fact.before, "b") if leaves else (fact.after, "a")
    name = f"{fact.entry}.{fact.line}.{suffix}"
    return pool_at(fact.thing if thing is None else thing, holder, name=name, container=container)


def moving_end(line: Line, suffix: str, other: Line | None = None) -> Pool:
    """One end of a MOVED line, its missing half filled from the other line of the movement."""
    mine, theirs = _halves(line, suffix), _halves(other, suffix)
    merged = Holder(party=mine.party or theirs.party, site=mine.site or theirs.site)
    name = f"{line.fact.entry}.{line.fact.line}.{suffix}"
    return pool_at(line.fact.thing, merged, name=name)


def _halves(line: Line | None, suffix: str) -> Holder:
    if line is None:
        return Holder()
    return (line.fact.before if suffix == "b" else line.fact.after) or Holder()


def contradict(a: Holder | None, b: Holder | None) -> bool:
    """Whether a half that both know differs."""
    a, b = a or Holder(), b or Holder()
    party = a.party is not None and b.party is not None and a.party != b.party
    site = a.site is not None and b.site is not None and a.site != b.site
    return party or site


def flow_of(line: Line) -> str:
    return line.fact.flow or str(line.fact.entry)


def is_input(line: Line) -> bool:
    return line.fact.kind is FactKind.BECAME and line.fact.side is Side.INPUT


def departure_of(line: Line) -> Span | None:
    """When a MOVED line says it left; None: it does not say."""
    return None if line.fact.side is Side.RECEIVED else line.when


def arrival_of(line: Line) -> Span | None:
    if line.fact.side is Side.SENT:
        return None
    return line.when if line.fact.side is Side.RECEIVED else (line.fact.arrived or line.when)

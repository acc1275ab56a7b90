"""Which lines that name one transformation are surely of one making, and which only may be.

A name that its issuer shares (a GDTI) is known to others. Their lines are of the same making for
certain only where they name the same party and site; a stranger who merely knows the number joins
nothing for certain (docs/concepts/trace.md, Making mixes).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from suyuan.model import FactKind
from suyuan.trace.findings import anomaly
from suyuan.trace.places import consumes, flow_name
from suyuan.trace.times import Told
from suyuan.trace.types import Anomaly, Pool

Nodes = dict[tuple[int, int], tuple[tuple[Pool, bool], ...]]
"""By entry and line of a fact the nodes of its transformation, each with whether for certain."""


def nodes(told: Iterable[Told]) -> tuple[Nodes, list[Anomaly]]:
    """The nodes of every line of a transformation, and a finding where strangers name one.

    Lines that all agree have one node. Otherwise one node joins them all, as possible, and each
    largest set of lines that agree has one of its own.
    """
    flows: dict[str, list[Told]] = defaultdict(list)
    for item in told:
        if item.fact.kind is FactKind.BECAME:
            flows[flow_name(item)].append(item)
    found: Nodes = {}
    strange: list[Anomaly] = []
    for name, items in flows.items():
        whole = Pool("", container=name)
        agreed = {} if _share_reporter(items) else _agreed(items)
        if not agreed or any(len(lines) == len(items) for lines in agreed.values()):
            one = ((whole, True),)
            for item in items:
                found[_id(item)] = one
        else:
            found.update(_apart(whole, items, agreed))
            strange.append(anomaly("making_of_strangers", *items))
    return found, strange


def _share_reporter(items: list[Told]) -> bool:
    """Whether one reporter told all the lines, as of nearly every making."""
    reporters = items[0].capturers
    return all(item.capturers is reporters for item in items)


def _id(item: Told) -> tuple[int, int]:
    return item.fact.entry, item.fact.line


def _agreed(items: list[Told]) -> dict[str, list[int]]:
    """The lines, by place in the list, that agree in who reports them or in where they were."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for name in _names(item):
            found[name].append(number)
    return found


def _names(item: Told) -> Iterator[str]:
    """What a line shares with others of its making: its reporters; its party and site, if said."""
    yield from (f"by {capturer}" for capturer in sorted(item.capturers))
    fact = item.fact
    end = fact.before if consumes(fact) else fact.after
    if end is not None and end.known and not fact.inferred:
        yield f"at {end.party} {end.site}"


def _apart(
    whole: Pool, items: list[Told], agreed: Mapping[str, list[int]]
) -> Iterator[tuple[tuple[int, int], tuple[tuple[Pool, bool], ...]]]:
    sets = {name: frozenset(lines) for name, lines in agreed.items()}
    names = [list(_names(item)) for item in items]
    largest = {
        name
        for name, lines in sets.items()
        if not any(_covers(other, name, sets) for other in names[min(lines)])
    }
    for item, said in zip(items, names, strict=True):
        own = (Pool("", container=f"{whole.container} {name}") for name in said if name in largest)
        yield _id(item), ((whole, False), *((place, True) for place in own))


def _covers(other: str, name: str, sets: Mapping[str, frozenset[int]]) -> bool:
    """Whether the lines of `name` are also of `other`; of two alike the smaller name stands."""
    if sets[name] == sets[other]:
        return other < name
    return sets[name] < sets[other]

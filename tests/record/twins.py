"""The slow twin of capture: it keeps no rows, but remembers every event in Python, one by one."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

from given import FARM, NOW
from msgspec import Struct, structs

from suyuan import state
from suyuan.check import Judgement, judge_event
from suyuan.families import Acted, Knowledge, Licence, Lying, Permit, load_families, things
from suyuan.model import Capturer, Event, Finding, Verdict, verdict_of
from suyuan.wire import Mode, lots_of, read_document, read_event

law = cache(load_families)
Ledger = dict[str, tuple[Permit, ...]]


class Registered(Struct, frozen=True):
    """The roles and licences of each party that the registry knows, and the permits on file.

    `divisions` are where parties and sites lie.
    """

    roles: Mapping[str, frozenset[str]]
    licences: Mapping[str, tuple[Licence, ...]]
    permits: Mapping[str, tuple[Permit, ...]]
    divisions: Mapping[str, tuple[Lying, ...]] = {}


def registered(
    parties: Mapping[str, tuple[Sequence[str], Sequence[str]]], *permits: Permit
) -> Registered:
    """Parties with their roles and kinds of licence, and permits, of which a number is one."""
    return Registered(
        {party: frozenset(roles) for party, (roles, _) in parties.items()},
        {party: tuple(Licence(kind=kind, number=kind) for kind in kinds)
         for party, (_, kinds) in parties.items()},
        {number: tuple(one for one in permits if one.number == number)
         for number in {one.number for one in permits}},
    )  # fmt: skip


def slowly(
    documents: Sequence[bytes], on_file: Registered, reporters: Sequence[Capturer] = ()
) -> list[set[str]]:
    """What is found event by event, from a memory that holds all and a ledger of its own.

    `reporters`: through whose account each document came; else it is the farm's.
    """
    families = law()
    memory, ledger = state.Memory({}), dict(on_file.permits)
    acts: dict[str, tuple[Acted, ...]] = {}
    found = []
    for data, by in zip(documents, reporters or [FARM] * len(documents), strict=True):
        of_document: dict[int, set[str]] = {}
        events = list(_events(data, by))
        beside = {one.event_id or "": (_act(one, by),) for _, one, _ in events}
        for index, one, read in sorted(events, key=lambda told: told[1].event_time):
            known = _known(one, memory, ledger, on_file=on_file, by=by)
            known = structs.replace(known, acts=beside | acts)
            judged = judge_event(one, known, families)
            every = (*read, *judged.findings)
            of_document[index] = {each.rule for each in every}
            verdict = verdict_of(every)
            if verdict is Verdict.REFUSED:
                continue
            ledger = state.permits.after(ledger, judged.debits) if judged.debits else ledger
            _learn(memory, one, judged, held=verdict is Verdict.HELD, by=by)
            acts[one.event_id or ""] = (_act(one, by),)
        found += [of_document[index] for index in sorted(of_document)]
    return found


def split(events: Sequence[dict[str, Any]], size: int) -> list[list[dict[str, Any]]]:
    """The events in documents of so many."""
    return [list(events[at : at + size]) for at in range(0, len(events), size)]


def _events(data: bytes, by: Capturer) -> Iterator[tuple[int, Event, tuple[Finding, ...]]]:
    read = read_document(data)
    for raw in read.events:
        one = read_event(raw, read.context, capturer=by.party, mode=Mode.LENIENT)
        assert one.event is not None, one.findings
        yield raw.index, one.event, one.findings


def _known(
    one: Event,
    memory: state.Memory,
    ledger: Ledger,
    *,
    on_file: Registered,
    by: Capturer,
) -> Knowledge:
    """All that is remembered, whether or not the event names it: to choose is the quick one's."""
    base = Knowledge(now=NOW, actor=by.party)
    own = state.lines_of(one)
    others = {*memory.things, *lots_of(one).values()} - {name for name, _ in own}
    names = (*own, *((name, 0) for name in sorted(others)))
    return structs.replace(
        base,
        things=memory.states(names, one.event_time),
        inside=partial(memory.inside, until=one.event_time),
        licences=on_file.licences,
        roles=on_file.roles,
        divisions=on_file.divisions,
        documents={},
        permits=ledger,
        account=by.account,
    )


def _act(one: Event, by: Capturer) -> Acted:
    placed = law().step_of(one, Knowledge(now=NOW))
    return Acted(placed.family, placed.step, by.account, frozenset(things(one)))


def _learn(
    memory: state.Memory, one: Event, judged: Judgement, *, held: bool, by: Capturer
) -> None:
    lines = state.lines_of(one, held=held, entitled=judged.entitled)
    lines = state.with_told(lines, judged.told.things)
    past = state.happening(
        one, step=judged.step, by=by.party, marks_set=judged.sets,
        told=judged.told.in_doubt() if held else judged.told,
        marks_cleared=frozenset() if held else judged.clears,
    )  # fmt: skip
    memory.learn(past, lines)

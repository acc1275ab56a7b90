"""What becomes of new events: judged in the order of their times, each knowing the earlier."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

from msgspec import Struct, structs

from suyuan import state
from suyuan.check import Judgement, judge_event
from suyuan.families import Families, Knowledge
from suyuan.model import Capturer, Event, Finding, Verdict, verdict_of
from suyuan.record.knowledge import with_products, with_registry
from suyuan.record.repeats import Fresh
from suyuan.record.types import Recorder
from suyuan.store import WriteConnection

Lines = tuple[tuple[str, int], ...]
"""The things of an event, and what it makes of each (`state.lines_of`)."""

_BY_TIME: Final = attrgetter("event.event_time")
_BY_INDEX: Final = attrgetter("fresh.item.index")


class Decided(Struct, frozen=True, kw_only=True, gc=False):
    """A new event and what is to become of it; `past` is what state is to remember of `lines`."""

    fresh: Fresh
    verdict: Verdict
    findings: tuple[Finding, ...]
    family: str | None = None
    step: str | None = None
    past: state.Past | None = None
    lines: Lines = ()


class _Bench(Struct, frozen=True, kw_only=True):
    """What lies on the judge's table: law, what is known of the document, and of the past."""

    families: Families
    known: Knowledge
    memory: state.Memory
    lines: dict[int, Lines]


def decide(
    conn: WriteConnection,
    fresh: Sequence[Fresh],
    recorder: Recorder,
    *,
    capturer: Capturer,
    now: datetime,
) -> list[Decided]:
    """Judge new events; the things they speak of stay locked until the transaction ends."""
    families = recorder.families
    if families is None or not fresh:
        return [_unjudged(one) for one in fresh]
    events = [one.event for one in fresh]
    base = with_products(conn, events, tenant=capturer.tenant, actor=capturer.party, now=now)
    placed = [one for one in fresh if families.step_of(one.event, base).family is not None]
    lines = {one.item.index: state.lines_of(one.event) for one in placed}
    things = {thing for each in lines.values() for thing, _ in each}
    known = base
    if placed:
        named = [one.event for one in placed]
        known = with_registry(conn, base, named, tenant=capturer.tenant)
    bench = _Bench(
        families=families,
        known=known,
        memory=state.load(conn, things, tenant=capturer.tenant, secret=recorder.secret),
        lines=lines,
    )
    decided = [_decided(one, bench) for one in sorted(fresh, key=_BY_TIME)]
    return sorted(decided, key=_BY_INDEX)


def _unjudged(fresh: Fresh) -> Decided:
    found = fresh.item.findings
    return Decided(fresh=fresh, verdict=verdict_of(found), findings=found)


def _decided(fresh: Fresh, bench: _Bench) -> Decided:
    event, known = fresh.event, bench.known
    lines = bench.lines.get(fresh.item.index, ())
    if lines:
        known = structs.replace(known, things=bench.memory.states(lines, event.event_time))
    judgement = judge_event(event, known, bench.families)
    found = fresh.item.findings + judgement.findings
    verdict = verdict_of(found)
    past = None
    if lines and verdict is not Verdict.REFUSED:
        past = _past(event, judgement, held=verdict is Verdict.HELD)
        bench.memory.learn(past, lines)
    return Decided(
        fresh=fresh,
        verdict=verdict,
        findings=found,
        family=judgement.family,
        step=judgement.step,
        past=past,
        lines=lines,
    )


def _past(event: Event, judgement: Judgement, *, held: bool) -> state.Past:
    """What to remember. An event held for how it was written may set marks, not clear them."""
    return state.happening(
        event,
        step=judgement.step,
        marks_set=judgement.sets,
        marks_cleared=frozenset() if held else judgement.clears,
    )

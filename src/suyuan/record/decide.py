"""What becomes of new events: judged in the order of their times, each knowing the earlier.

Declarations come first: what one takes back, no event of its document is judged by.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Final

from msgspec import Struct, structs

from suyuan import state
from suyuan.check import Judgement, judge_event
from suyuan.families import Debit, Families, Knowledge, Permit, Placement
from suyuan.model import Capturer, Event, Finding, Verdict, Viewer, verdict_of
from suyuan.record.confirming import acts_named, confirming, with_those_beside
from suyuan.record.identity import original_of
from suyuan.record.knowledge import permits_named, with_products, with_registry
from suyuan.record.repeats import Fresh
from suyuan.record.types import STANDS, Recorder
from suyuan.store import WriteConnection
from suyuan.wire import lots_of

Lines = tuple[tuple[str, int], ...]
"""The things of an event, and what it makes of each (`state.lines_of`)."""

_BY_TIME: Final = attrgetter("event.event_time")
_BY_INDEX: Final = attrgetter("fresh.item.index")


class Decided(Struct, frozen=True, kw_only=True, gc=False):
    """A new event and what is to become of it; `past` is what state is to remember of `lines`.

    `debits` are what it takes from permits once it is recorded; `again`: an erased record of it
    took something, which it gives back first.
    """

    fresh: Fresh
    verdict: Verdict
    findings: tuple[Finding, ...]
    family: str | None = None
    step: str | None = None
    past: state.Past | None = None
    lines: Lines = ()
    debits: tuple[Debit, ...] = ()
    again: bool = False


class _Law(Struct, frozen=True, kw_only=True):
    """By what a document is judged: the families, which of them each event is of, the registry."""

    families: Families
    placements: dict[int, Placement]
    known: Knowledge


class _Bench(Struct, kw_only=True):
    """What lies on the judge's table: law, what is known of the past, what is left on permits.

    `named` are names in events, beside their things, of which something may be known; `took` is
    what events that are reported anew took from permits before they were erased.
    """

    law: _Law
    memory: state.Memory
    lines: dict[int, Lines]
    named: dict[int, frozenset[str]]
    originals: dict[int, bytes]
    permits: dict[str, tuple[Permit, ...]]
    took: dict[bytes, dict[int, Decimal]]


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
    base = structs.replace(base, state_rules=capturer.state_rules)
    placements = {one.item.index: families.step_of(one.event, base) for one in fresh}
    placed = [one for one in fresh if placements[one.item.index].family is not None]
    known = base
    if placed:
        named = [one.event for one in placed]
        known = with_registry(conn, base, named, tenant=capturer.tenant)
    known = _with_acts(conn, fresh, placements, known, recorder, capturer=capturer)
    law = _Law(families=families, placements=placements, known=known)
    declarations, others = _parted(fresh)
    said = [_declared(one, law) for one in declarations]
    gone = {original_of(one.fresh.event, capturer) for one in said if one.verdict in STANDS}
    told = [one for one in placed if one.event.error is None]
    bench = _bench(conn, told, gone, recorder, law=law, capturer=capturer)
    said += [_decided(one, bench) for one in sorted(others, key=_BY_TIME)]
    return sorted(said, key=_BY_INDEX)


def _with_acts(
    conn: WriteConnection,
    fresh: Sequence[Fresh],
    placements: dict[int, Placement],
    known: Knowledge,
    recorder: Recorder,
    *,
    capturer: Capturer,
) -> Knowledge:
    """The same, and what is on record of the acts that some of the events confirm."""
    families = recorder.families
    placed = [(one.event, placements[one.item.index]) for one in fresh if one.event.error is None]
    asking = confirming(families, placed) if families is not None else []
    if not asking:
        return known
    viewer = Viewer(tenant=capturer.tenant, party=capturer.party, parts_only=True)
    acts = acts_named(conn, asking, viewer, secret=recorder.secret)
    acts = with_those_beside(acts, placed, capturer.account)
    return structs.replace(known, acts=acts, account=capturer.account)


def _parted(fresh: Sequence[Fresh]) -> tuple[list[Fresh], list[Fresh]]:
    """Error declarations, and all others."""
    declarations = [one for one in fresh if one.event.error is not None]
    return declarations, [one for one in fresh if one.event.error is None]


def _bench(
    conn: WriteConnection,
    told: Sequence[Fresh],
    gone: set[bytes],
    recorder: Recorder,
    *,
    law: _Law,
    capturer: Capturer,
) -> _Bench:
    """What is recorded of the things of events of families, and of the lots they are of."""
    tenant, secret = capturer.tenant, recorder.secret
    lines = {one.item.index: state.lines_of(one.event) for one in told}
    things = {thing for each in lines.values() for thing, _ in each}
    things.update(lot for one in told for lot in _lots(one.event))
    named = {one.item.index: _named(one, law) for one in told}
    things.update(name for each in named.values() for name in each)
    originals = {one.item.index: original_of(one.event, capturer) for one in told}
    coming = set(originals.values())
    events = [one.event for one in told]
    anew = coming.intersection(one.item.identity for one in told)
    # The locks of `load` first: what was taken from permits, and is to be returned, is known then.
    memory = state.load(conn, things, coming=coming, without=gone, tenant=tenant, secret=secret)
    held = permits_named(conn, events, without=gone, anew=anew, tenant=tenant)
    return _Bench(
        law=law,
        permits=held.permits,
        took=held.took,
        memory=memory,
        lines=lines,
        named=named,
        originals=originals,
    )


def _named(fresh: Fresh, law: _Law) -> frozenset[str]:
    return law.families.named(fresh.event, law.placements[fresh.item.index])


def _lots(event: Event) -> list[str]:
    """The lots that the event states its instances to be of."""
    return list(dict.fromkeys(lots_of(event).values()))


def _unjudged(fresh: Fresh) -> Decided:
    found = fresh.item.findings
    return Decided(fresh=fresh, verdict=verdict_of(found), findings=found)


def _declared(fresh: Fresh, law: _Law) -> Decided:
    """An error declaration: its things' past is nothing to it."""
    judgement = judge_event(fresh.event, law.known, law.families, law.placements[fresh.item.index])
    found = fresh.item.findings + judgement.findings
    verdict = verdict_of(found)
    return Decided(fresh=fresh, verdict=verdict, findings=found, family=judgement.family)


def _decided(fresh: Fresh, bench: _Bench) -> Decided:
    event, law = fresh.event, bench.law
    took = bench.took.get(fresh.item.identity)
    permits = bench.permits if took is None else state.permits.less(bench.permits, took)
    known = structs.replace(law.known, permits=permits)
    lines = bench.lines.get(fresh.item.index, ())
    named = bench.named.get(fresh.item.index, frozenset())
    if lines or named:
        asked = (*lines, *((name, 0) for name in (*_lots(event), *named)))
        known = structs.replace(
            known,
            things=bench.memory.states(asked, event.event_time),
            inside=partial(bench.memory.inside, until=event.event_time),
        )
    judgement = judge_event(event, known, law.families, law.placements[fresh.item.index])
    found = fresh.item.findings + judgement.findings
    verdict = verdict_of(found)
    past, index = None, fresh.item.index
    original = bench.originals.get(index)
    is_gone = original in bench.memory.gone
    # Other content under an id that is on record already: that one took what was used.
    is_second = fresh.item.identity != original
    debits = () if is_gone or is_second or verdict is Verdict.REFUSED else judgement.debits
    if verdict is not Verdict.REFUSED:
        bench.permits = state.permits.after(permits, debits) if debits else permits
    if (lines or named) and verdict is not Verdict.REFUSED:
        held = verdict is Verdict.HELD
        lines = state.lines_of(event, held=held, entitled=judgement.entitled)
        lines = state.with_told(lines, judgement.told.things)
        past = _past(event, judgement, known.actor, held=held) if lines else None
        if past is not None and not is_gone:
            bench.memory.learn(past, lines)
    return Decided(
        fresh=fresh,
        verdict=verdict,
        findings=found,
        family=judgement.family,
        step=judgement.step,
        past=past,
        lines=lines,
        debits=debits,
        again=took is not None,
    )


def _past(event: Event, judgement: Judgement, by: str | None, *, held: bool) -> state.Past:
    """What to remember. An event held for how it was written may set marks, not clear them."""
    return state.happening(
        event,
        step=judgement.step,
        by=by,
        told=judgement.told.in_doubt() if held else judgement.told,
        marks_set=judgement.sets,
        marks_cleared=frozenset() if held else judgement.clears,
    )

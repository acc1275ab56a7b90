"""What becomes of new events: judged in the order of their times, each knowing the earlier.

Declarations come first: what one takes back, no event of its document is judged by.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Final

from msgspec import Struct, structs

from suyuan import state
from suyuan.check import Judgement, judge_event, made_impossible
from suyuan.families import Debit, Families, Knowledge, Permit, Placement
from suyuan.model import Capturer, Event, Finding, Verdict, Viewer, verdict_of
from suyuan.record import naming
from suyuan.record.confirming import acts_named, confirming, with_those_beside
from suyuan.record.identity import original_of
from suyuan.record.knowledge import (
    permits_named,
    with_courses,
    with_products,
    with_registry,
    words_of,
)
from suyuan.record.repeats import Fresh
from suyuan.record.types import STANDS, Recorder
from suyuan.state import courses, memory, plain, reading
from suyuan.store import WriteConnection
from suyuan.wire import lots_of

Lines = tuple[tuple[str, int], ...]
"""The things of an event, and what it makes of each (`state.lines_of`)."""

_BY_TIME: Final = attrgetter("event.event_time")
_BY_INDEX: Final = attrgetter("fresh.item.index")


class Decided(Struct, frozen=True, kw_only=True, gc=False):
    """A new event and what is to become of it; `past` is what state is to remember of `lines`.

    `kept` is what state rules may ask of an event of no family, `doubts` later events that it may
    make impossible, by what was judged before it. `debits` are what it takes from permits once it
    is recorded; `again`: an erased record of it took something, which it gives back first.
    """

    fresh: Fresh
    verdict: Verdict
    findings: tuple[Finding, ...]
    family: str | None = None
    step: str | None = None
    past: state.Past | None = None
    lines: Lines = ()
    kept: Lines = ()
    debits: tuple[Debit, ...] = ()
    again: bool = False
    doubts: tuple[courses.Doubt, ...] = ()


class _Law(Struct, frozen=True, kw_only=True):
    """By what a document is judged: the families, which of them each event is of, the registry.

    `words` are those of its events of a family, declarations left out, by which permits are found.
    """

    families: Families
    placements: dict[int, Placement]
    known: Knowledge
    words: frozenset[str]

    def is_placed(self, fresh: Fresh) -> bool:
        """Whether an event is of a family."""
        return self.placements[fresh.item.index].family is not None


class _Bench(Struct, kw_only=True):
    """What lies on the judge's table: law, what is known of the past, what is left on permits.

    `named` are names in events, beside their things, of which something may be known, `beside` they
    and the lots that its instances are stated to be of; `took` is what events that are reported
    anew took from permits before they were erased. `record` is what state rules go by; None:
    nothing is held by them, or what plain EPCIS says is not all there.
    """

    law: _Law
    memory: state.Memory
    record: courses.Courses | None
    is_kept: bool
    lines: dict[int, Lines]
    named: dict[int, frozenset[str]]
    beside: dict[int, tuple[str, ...]]
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
    families, keeping = recorder.families, plain.keeping(conn, capturer.tenant)
    if families is None or not fresh:
        return [_with_plain(_unjudged(one), is_kept=keeping.is_kept) for one in fresh]
    law = _law(conn, families, fresh, recorder, capturer=capturer, now=now)
    declarations, others = _parted(fresh)
    said = [_declared(one, law) for one in declarations]
    gone = {original_of(one.fresh.event, capturer) for one in said if one.verdict in STANDS}
    told = others
    if not keeping.is_kept:
        told = [one for one in others if law.is_placed(one)]
    bench = _bench(conn, told, gone, recorder, law=law, capturer=capturer, keeping=keeping)
    judged = [_decided(one, bench) for one in sorted(others, key=_BY_TIME)]
    said += _with_later(judged, bench)
    return sorted(_named_in(conn, said, recorder, capturer), key=_BY_INDEX)


def _named_in(
    conn: WriteConnection, said: Sequence[Decided], recorder: Recorder, capturer: Capturer
) -> list[Decided]:
    """The same, where findings rest on events these named, those beside them included."""
    found = [each for one in said for each in one.findings]
    if not any(map(naming.rests, found)):
        return list(said)
    entries = naming.numbers(found)
    viewer = Viewer(tenant=capturer.tenant, party=capturer.party)
    places = naming.known(conn, entries, viewer, secret=recorder.secret)
    return [structs.replace(one, findings=naming.told(one.findings, places)) for one in said]


def _law(
    conn: WriteConnection,
    families: Families,
    fresh: Sequence[Fresh],
    recorder: Recorder,
    *,
    capturer: Capturer,
    now: datetime,
) -> _Law:
    """What is looked up once for all events, but for the past of their things."""
    tenant, events = capturer.tenant, [one.event for one in fresh]
    known = with_products(conn, events, tenant=tenant, actor=capturer.party, now=now)
    known = structs.replace(known, state_rules=capturer.state_rules)
    placements = {one.item.index: families.step_of(one.event, known) for one in fresh}
    placed = [one for one in fresh if placements[one.item.index].family is not None]
    declarations, others = ([one.event for one in part] for part in _parted(placed))
    words = words_of(others)
    if placed:
        every = words | words_of(declarations)
        known = with_registry(conn, known, (*others, *declarations), every, tenant=tenant)
    known = _with_acts(conn, fresh, placements, known, recorder, capturer=capturer)
    return _Law(families=families, placements=placements, known=known, words=words)


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
    keeping: plain.Keeping,
) -> _Bench:
    """What is recorded of the things of events, and of the lots they are of."""
    tenant, secret = capturer.tenant, recorder.secret
    placed = [one for one in told if law.is_placed(one)]
    lines = {one.item.index: state.lines_of(one.event) for one in placed}
    named = {one.item.index: _named(one, law) for one in placed}
    things = {thing for each in lines.values() for thing, _ in each}
    things.update(*(plain.instances_of(one.event) for one in told if not law.is_placed(one)))
    asked = frozenset(things)
    beside = {one.item.index: (*_lots(one.event), *named[one.item.index]) for one in placed}
    things.update(chain.from_iterable(beside.values()))
    originals = {one.item.index: original_of(one.event, capturer) for one in told}
    coming = set(originals.values())
    anew = coming.intersection(one.item.identity for one in placed)
    # The locks of `load` first: what was taken from permits, and is to be returned, is known then.
    known = state.load(conn, things, coming=coming, without=gone, tenant=tenant, secret=secret)
    held = permits_named(conn, law.words, without=gone, anew=anew, tenant=tenant)
    record = None
    if told and capturer.state_rules and keeping is plain.Keeping.WHOLE:
        by = [(one.event, _lines(one, lines)) for one in told]
        wanted = reading.asked_by(by, asked, capturer.state_rules)
        record = reading.courses(conn, known, wanted, gone, tenant=tenant, secret=secret)
    return _Bench(
        law=law,
        permits=held.permits,
        took=held.took,
        memory=known,
        record=record,
        is_kept=keeping.is_kept,
        lines=lines,
        named=named,
        beside=beside,
        originals=originals,
    )


def _lines(fresh: Fresh, lines: Mapping[int, Lines]) -> Lines:
    """What an event makes of its things, of a family or of none."""
    return lines.get(fresh.item.index) or plain.plain_lines(fresh.event)


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


def _with_plain(decided: Decided, *, is_kept: bool) -> Decided:
    """The same, and what is to be kept of it if it is of no family."""
    if not is_kept or decided.family is not None or decided.verdict is Verdict.REFUSED:
        return decided
    held = decided.verdict is Verdict.HELD
    return structs.replace(decided, kept=plain.plain_lines(decided.fresh.event, held=held))


def _decided(fresh: Fresh, bench: _Bench) -> Decided:
    """One event, judged; what it says is known to those after it."""
    event, law = fresh.event, bench.law
    took = bench.took.get(fresh.item.identity)
    permits = bench.permits if took is None else state.permits.less(bench.permits, took)
    known = _known(fresh, bench, permits)
    judgement = judge_event(event, known, law.families, law.placements[fresh.item.index])
    found = fresh.item.findings + judgement.findings
    verdict = verdict_of(found)
    past, lines = _remembered(fresh, bench, judgement, verdict)
    original = bench.originals.get(fresh.item.index)
    is_gone = original in bench.memory.gone
    # Other content under an id that is on record already: that one took what was used.
    is_second = fresh.item.identity != original
    debits = () if is_gone or is_second or verdict is Verdict.REFUSED else judgement.debits
    if verdict is not Verdict.REFUSED:
        bench.permits = state.permits.after(permits, debits) if debits else permits
    decided = Decided(
        fresh=fresh,
        verdict=verdict,
        findings=found,
        family=judgement.family,
        step=judgement.step,
        past=past,
        lines=lines,
        debits=debits,
        again=took is not None,
        doubts=() if is_gone else _doubts(fresh, bench),
    )
    decided = _with_plain(decided, is_kept=bench.is_kept)
    if not is_gone:
        _learn(decided, bench)
    return decided


def _with_later(judged: Sequence[Decided], bench: _Bench) -> list[Decided]:
    """The same, and which records these make impossible, by all that is said now.

    What an event made impossible, and a later one made possible and a third impossible again, is
    told the third. An event is flagged for it at most, so those after it were judged rightly.
    """
    last = {
        (doubt.moved, doubt.later): number
        for number, one in enumerate(judged)
        for doubt in one.doubts
    }
    return [
        _doubted(
            one, [each for each in one.doubts if last[each.moved, each.later] == number], bench
        )
        for number, one in enumerate(judged)
    ]


def _doubted(decided: Decided, doubts: Sequence[courses.Doubt], bench: _Bench) -> Decided:
    """The same, and which of the records in doubt it makes impossible."""
    event, record = decided.fresh.event, bench.record
    if record is None or not doubts:
        return decided
    later = record.later(state.happening(event, step=None), doubts)
    known = structs.replace(bench.law.known, later=later)
    found = decided.findings + made_impossible(event, known)
    return structs.replace(decided, findings=found, verdict=verdict_of(found))


def _doubts(fresh: Fresh, bench: _Bench) -> tuple[courses.Doubt, ...]:
    """Which records an event makes impossible by what is known so far."""
    if bench.record is None:
        return ()
    past = state.happening(fresh.event, step=None)
    return bench.record.doubts(past, _lines(fresh, bench.lines))


def _known(fresh: Fresh, bench: _Bench, permits: dict[str, tuple[Permit, ...]]) -> Knowledge:
    """What is known of an event's things and permits, as of its time."""
    event, at = fresh.event, fresh.event.event_time
    lines = bench.lines.get(fresh.item.index, ())
    beside = bench.beside.get(fresh.item.index, ())
    known = bench.law.known
    if lines or beside:
        known = structs.replace(
            known,
            permits=permits,
            things=bench.memory.states((*lines, *[(name, 0) for name in beside]), at),
            inside=partial(bench.memory.inside, until=at),
        )
    elif permits is not known.permits:
        known = structs.replace(known, permits=permits)
    if bench.record is None:
        return known
    return with_courses(known, bench.record, event, _lines(fresh, bench.lines))


def _remembered(
    fresh: Fresh, bench: _Bench, judgement: Judgement, verdict: Verdict
) -> tuple[state.Past | None, Lines]:
    """What state is to remember of an event of a family, and of what."""
    index = fresh.item.index
    lines = bench.lines.get(index, ())
    if verdict is Verdict.REFUSED or not (lines or bench.named.get(index)):
        return None, lines
    held = verdict is Verdict.HELD
    lines = memory.judged_lines(lines, held=held, entitled=judgement.entitled)
    lines = state.with_told(lines, judgement.told.things)
    by = bench.law.known.actor
    return (_past(fresh.event, judgement, by, held=held) if lines else None), lines


def _learn(decided: Decided, bench: _Bench) -> None:
    """Let the events after this one know of it."""
    if decided.past is not None:
        bench.memory.learn(decided.past, decided.lines)
    if bench.record is None:
        return
    past = decided.past or state.happening(decided.fresh.event, step=None)
    lines = decided.kept if decided.past is None else decided.lines
    number = naming.of_document(decided.fresh.item.index)
    bench.record.learn(structs.replace(past, entry=number), lines)


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

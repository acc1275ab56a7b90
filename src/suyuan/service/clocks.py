"""Takes who asks and an instant; gives the clocks of law, and what was filed, is due or overdue.

Clocks are not stored: each answer is computed from the reports that stand, so that a correction
takes a clock back, or answers it, by itself.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, structs

from suyuan.families import Family
from suyuan.families import clocks as ticking
from suyuan.index import steps
from suyuan.kit import Text
from suyuan.model import Role, Verdict, Viewer
from suyuan.record import Recorded, access, events_by_entries, grants_of, knowledge
from suyuan.registry import Party, directory
from suyuan.service.access import OPERATOR
from suyuan.service.platform import Platform
from suyuan.service.ruling import TermOn, named_family, term_on
from suyuan.store import ReadConnection

State = ticking.State
"""Where a clock stands."""

MOST: Final = 20_000
"""So many reports are read for an answer, the latest; if there are more, it says since when."""
_AT_ONCE: Final = 100
_ORDER: Final = (
    State.OVERDUE,
    State.DUE,
    State.OPEN,
    State.HELD,
    State.LATE,
    State.FILED,
    State.MOOT,
)
_ANSWERED: Final = (State.HELD, State.LATE, State.FILED, State.MOOT)
_NO_NAME: Final = Text("", "")
SAID: Final = {
    State.OVERDUE: Text("逾期未报", "Overdue"),
    State.DUE: Text("未到期", "Due"),
    State.OPEN: Text("期限未知", "End not known"),
    State.HELD: Text("报送待查", "Its filing is held"),
    State.LATE: Text("迟报", "Filed late"),
    State.FILED: Text("按时已报", "Filed in time"),
    State.MOOT: Text("不再需要", "Needed no more"),
}
_YEARS: Final = Text("{number} 年", "{number:year|years}")
_YEAR: Final = 12
_UNITS: Final = {
    "months": Text("{number} 个月", "{number:month|months}"),
    "days": Text("{number} 天", "{number:day|days}"),
    "hours": Text("{number} 小时", "{number:hour|hours}"),
    "workdays": Text("{number} 个工作日", "{number:working day|working days}"),
}


class ClockOn(Struct, frozen=True, kw_only=True):
    """A clock as it stood at an instant.

    `began` and `ends` are instants, `ends` the last one in time; None: not known, the holidays of
    that year are not arranged. `started_by` is the event that started it, `filed_by` the one that
    answered it where the viewer may see it, `receipt` the address of its receipt.
    """

    family: str
    family_name: Text
    term: TermOn
    law: Text
    party: str
    party_name: Text
    things: tuple[str, ...]
    started_by: str | None
    began: datetime
    ends: datetime | None
    state: State
    filed_at: datetime | None = None
    filed_by: str | None = None
    receipt: str | None = None


class Running(Struct, frozen=True, kw_only=True):
    """The clocks as of an instant, the overdue first.

    `since`: there were more reports than are read for one answer, and of those recorded before it
    clocks are left out: not each of them can be told. None: nothing is left out.
    """

    at: datetime
    since: datetime | None
    clocks: tuple[ClockOn, ...]


class _Asked(Struct, frozen=True, kw_only=True):
    at: datetime
    viewer: Viewer
    party: str | None
    families: tuple[Family, ...]


class _Read(Struct, frozen=True, kw_only=True):
    """The reports by family, and the earliest one where earlier ones are not read.

    Of what starts a clock (`begun`), and of what answers those of other reports (`replied`).
    """

    told: dict[str, list[ticking.Told]]
    begun: Recorded | None
    replied: Recorded | None


def running(
    platform: Platform,
    viewer: Viewer = OPERATOR,
    *,
    at: datetime | None = None,
    party: str | None = None,
    family: str | None = None,
) -> Running:
    """Every clock that had begun by an instant (now), of those whose start the viewer may see.

    A party sees its own, an authority those of its areas and families, the operator all; `party`
    and `family` narrow it. An answer counts whoever reported it.

    Raises:
        SuyuanError: there is no such family (404).
    """
    known = platform.families
    families = (named_family(known, family),) if family else tuple(known.by_id.values())
    is_above = viewer.role in (Role.ADMIN, Role.REGULATOR)
    own, when = None if is_above else viewer.party, at or platform.clock()
    if "\0" in (party or "") or not (is_above or own):
        return Running(at=when, since=None, clocks=())
    asked = _Asked(at=when, viewer=viewer, party=party if own is None else own, families=families)
    if party not in (None, asked.party):
        return Running(at=when, since=None, clocks=())
    with platform.store.read() as conn:
        read = _read(platform, conn, asked)
        found = list(_begun(asked, read))
        names = directory.parties(conn, {one.party for _, one in found}, tenant=viewer.tenant)
    # What only everybody may see is nobody's to watch over.
    grants = grants_of(structs.replace(viewer, parts_only=True), secret=platform.recorder.secret)
    seen = [
        _on(each, clock, grants, names.get(clock.party), when)
        for each, clock in found
        if _sees(grants, clock.start)
    ]
    since = max((one.at for one in (read.begun, read.replied) if one is not None), default=None)
    return Running(at=when, since=since, clocks=tuple(sorted(seen, key=_key)))


def length(term: TermOn) -> Text:
    """How long a term is; whole years are years, as laws say it."""
    if term.months and term.months % _YEAR == 0:
        return _YEARS.format(number=term.months // _YEAR)
    parts = [
        said.format(number=number)
        for name, said in _UNITS.items()
        if (number := getattr(term, name))
    ]
    return Text("".join(one.zh for one in parts), " ".join(one.en for one in parts))


def _read(platform: Platform, conn: ReadConnection, asked: _Asked) -> _Read:
    """Of starts the reports of the party asked about, of answers everybody's."""
    of = {family.id: ticking.steps_asked(family) for family in asked.families}
    starts = [(name, step) for name, (begin, _) in of.items() for step in begin]
    answers = [(name, step) for name, (_, reply) in of.items() for step in reply]
    tenant, until = asked.viewer.tenant, asked.at
    begun = steps.entries_of(
        conn, starts, tenant=tenant, until=until, most=MOST + 1, party=asked.party
    )
    replied = steps.entries_of(conn, answers, tenant=tenant, until=until, most=MOST + 1)
    first = {entries[MOST - 1] for entries in (begun, replied) if len(entries) > MOST}
    told: dict[str, list[ticking.Told]] = {name: [] for name in of}
    cut: dict[int, Recorded] = {}
    for recorded, kind in with_kinds(platform, conn, {*begun[:MOST], *replied[:MOST]}, tenant):
        if recorded.family in told:
            told[recorded.family].append(_one(recorded, kind))
        if recorded.entry in first:
            cut[recorded.entry] = recorded
    return _Read(told=told, begun=_cut(begun, cut), replied=_cut(replied, cut))


def _cut(entries: list[int], cut: dict[int, Recorded]) -> Recorded | None:
    return cut.get(entries[MOST - 1]) if len(entries) > MOST else None


def with_kinds(
    platform: Platform, conn: ReadConnection, entries: Iterable[int], tenant: int
) -> Iterator[tuple[Recorded, str | None]]:
    """The reports with their kinds of product, in the order of the record, some at a time."""
    everything, secret = Viewer(tenant=tenant, role=Role.ADMIN), platform.recorder.secret
    left, now = sorted(entries), platform.clock()
    for at in range(0, len(left), _AT_ONCE):
        part = events_by_entries(conn, left[at : at + _AT_ONCE], everything, secret=secret)
        events = [one.event for one in part]
        known = knowledge.with_products(conn, events, tenant=tenant, actor="", now=now)
        for one in part:
            yield one, platform.families.step_of(one.event, known).kind


def _one(recorded: Recorded, kind: str | None) -> ticking.Told:
    return ticking.Told(
        position=recorded.position,
        party=recorded.capturer,
        step=recorded.step or "",
        kind=kind,
        event=recorded.event,
        proves=recorded.counts is not Verdict.HELD,
        tags=recorded.tags,
    )


def _begun(asked: _Asked, read: _Read) -> Iterator[tuple[Family, ticking.Clock]]:
    """The clocks that had begun and of which it is known where they stand."""
    for family in asked.families:
        for clock in ticking.clocks(family, read.told[family.id]):
            is_begun = clock.began.lo is not None and clock.began.lo <= asked.at
            if is_begun and asked.party in (None, clock.party) and _is_sure(clock, read):
                yield family, clock


def _is_sure(clock: ticking.Clock, read: _Read) -> bool:
    """Whether no report that is not read can have started it before, or answered it."""
    start, reply = clock.deadline.start, clock.deadline.answer
    is_once = start is not None and start.once
    if is_once and (read.begun is not None or read.replied is not None):
        return False
    by_others = reply is not None and bool(reply.step or reply.moot)
    if clock.answer is not None or not by_others or read.replied is None:
        return True
    return clock.start.position >= read.replied.position


def _sees(grants: access.Grants, one: ticking.Told) -> bool:
    return grants.everything or not set(grants.tags).isdisjoint(one.tags)


def _on(
    family: Family, clock: ticking.Clock, grants: access.Grants, party: Party | None, at: datetime
) -> ClockOn:
    term = term_on(family, clock.deadline)
    source = family.laws[term.law]
    state = clock.state(at)
    answer = clock.answer if state in _ANSWERED else None
    shown = answer if answer is not None and _sees(grants, answer) else None
    return ClockOn(
        family=family.id,
        family_name=family.name,
        term=term,
        law=Text(source.zh, source.en),
        party=clock.party,
        party_name=_NO_NAME if party is None else party.name,
        things=clock.things,
        started_by=clock.start.event.event_id,
        began=clock.began.lo or clock.start.event.event_time,
        ends=clock.ends,
        state=state,
        filed_at=clock.answered.lo if answer and clock.answered else None,
        filed_by=shown.event.event_id if shown else None,
        receipt=f"/entries/{shown.position}" if shown else None,
    )


def _key(one: ClockOn) -> tuple[Any, ...]:
    return _ORDER.index(one.state), one.ends or one.began, one.party, one.term.id, one.things

"""Takes a party's sites and a day; gives what was inspected there in the two years before it.

A site has a row for each time of the party's: what another was found to have done there is not its.

An inspection is a report of a step that a family has the authority or an inspection body do. Every
food business is inspected at least once in two years, so no older one is looked for.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone
from itertools import islice
from typing import Final

from msgspec import Struct, structs

from suyuan.exchange import EventQuery, finding, members, tokens, vocabulary
from suyuan.families import Families, terms
from suyuan.index import anatomy
from suyuan.kit import Text
from suyuan.kit.clock import there
from suyuan.model import Role, Verdict, Viewer
from suyuan.publish import disclose
from suyuan.record import Recorded, access, grants_of
from suyuan.registry import Party, Site, directory
from suyuan.service.asking import SQL
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection

MOST: Final = 20
"""So many inspections are shown, the latest."""
_LOOKED_AT: Final = 200
_WINDOW: Final = timedelta(days=731)
_DAYS: Final = (date(1900, 1, 1), date(9999, 12, 30))
"""Those whose next day, and the two years before, are days of the calendar too, on any clock."""
_CHINA: Final = timezone(timedelta(hours=8))
_INSPECTORS: Final = frozenset(("authority", "inspection_body"))
_INSPECTING: Final = "inspecting"
_PLACES: Final = ("EQ_readPoint", "EQ_bizLocation")


class Inspected(Struct, frozen=True, kw_only=True):
    """An inspection on record: when, which step, who reported it, what its family discloses.

    `at` is the instant, `offset` the clock at its place, `position` its entry in the record; one
    that is held is not cleared up yet.
    """

    at: datetime
    offset: str
    family: str
    step: Text
    reporter: Text
    facts: tuple[tuple[Text, Text], ...]
    held: bool
    position: int


def inspections(
    platform: Platform, conn: ReadConnection, sites: Collection[Site], viewer: Viewer, *, on: date
) -> list[Inspected]:
    """The latest inspections of a party, in the times of its sites until the end of a day.

    They are as the viewer may see them.
    """
    if not sites:
        return []
    first, last = _DAYS
    end = datetime.combine(min(max(on, first), last) + timedelta(days=1), time.min, _CHINA)
    wanted = Wanted(
        steps=steps_of_inspection(platform.families),
        since=end - _WINDOW,
        until=end,
        most=_LOOKED_AT,
    )
    seen = reported_at(platform, conn, {site.uri for site in sites}, wanted, viewer)
    its = [each for each in seen if _is_its(sites, each)]
    latest = sorted(its, key=lambda each: (each.event.event_time, each.position), reverse=True)
    names = directory.named(conn, {each.capturer for each in latest[:MOST]}, tenant=viewer.tenant)
    return [
        _one(platform.families, each, names.get(each.capturer), viewer) for each in latest[:MOST]
    ]


def steps_of_inspection(families: Families) -> dict[str, frozenset[str]]:
    """By family, the steps that it has the authority or an inspection body do."""
    return {
        family.id: frozenset(
            step.id
            for step in family.steps.values()
            if step.biz_step == _INSPECTING and step.roles and _INSPECTORS.issuperset(step.roles)
        )
        for family in families.by_id.values()
    }


class Wanted(Struct, frozen=True, kw_only=True):
    """Which reports of inspections: of these steps, by family, from `since` until before `until`.

    Of each of an event's two places the `most` latest are looked at.
    """

    steps: Mapping[str, Collection[str]]
    since: datetime
    until: datetime
    most: int


def reported_at(
    platform: Platform,
    conn: ReadConnection,
    sites: Collection[str],
    wanted: Wanted,
    viewer: Viewer,
) -> list[Recorded]:
    """Reports of inspections that name one of the sites as their place, as the viewer may see them.

    What its own reporter declared wrong is not among them.
    """
    found = {
        each.entry: each
        for place in _PLACES
        for each in _at(platform, conn, _query(place, sites, wanted), wanted, viewer)
    }
    wrong = {entry for (entry,) in conn.execute(SQL.corrected, {"entries": list(found)})}
    # What only everybody may see of an event tells nobody whose site it was at.
    grants = grants_of(structs.replace(viewer, parts_only=True), secret=platform.recorder.secret)
    return [each for each in found.values() if each.entry not in wrong and _sees(grants, each)]


def _at(
    platform: Platform, conn: ReadConnection, query: EventQuery, wanted: Wanted, viewer: Viewer
) -> Iterator[Recorded]:
    """What was inspected and answers a query, the latest first, whoever of a tenant may see it."""
    asker = vocabulary.Asker(
        viewer=Viewer(tenant=viewer.tenant, role=Role.ADMIN),
        secret=platform.recorder.secret,
        families=platform.families,
    )
    recorded, indexed = finding.reach(conn)
    place = tokens.Place(upto=finding.whole(query, size=recorded, indexed=indexed))
    answers = finding.answering(conn, query, asker, place, indexed=indexed)
    for each, _ in islice(answers, wanted.most):
        is_report = each.event.error is None
        if is_report and each.step in wanted.steps.get(each.family or "", ()):
            yield each


def _query(place: str, sites: Collection[str], wanted: Wanted) -> EventQuery:
    """Reports of the steps in which that field names one of the sites."""
    steps = frozenset().union(*wanted.steps.values())
    spelt = tuple(
        f"{prefix}{step}" for step in sorted(steps) for prefix in ("", "suyuan:", terms.NAMESPACE)
    )
    is_step = members.Condition(
        comparison="EQ", parts=(anatomy.Part.EVENT,), key=terms.STEP, texts=spelt
    )
    return EventQuery(
        values={place: tuple(sites)},
        conditions=(is_step,),
        ge_event_time=wanted.since,
        lt_event_time=wanted.until,
        order="eventTime",
    )


def _is_its(sites: Collection[Site], each: Recorded) -> bool:
    """Whether a site was the party's on the day of the event, by the clock there."""
    event = each.event
    day, places = (
        there(event.event_time, event.offset).date(),
        (event.read_point, event.biz_location),
    )
    return any(site.uri in places and directory.is_valid(site, day) for site in sites)


def _sees(grants: access.Grants, each: Recorded) -> bool:
    return grants.everything or not set(grants.tags).isdisjoint(each.tags)


def _one(families: Families, each: Recorded, reporter: Party | None, viewer: Viewer) -> Inspected:
    step = families.by_id[each.family or ""].steps[each.step or ""]
    return Inspected(
        at=each.event.event_time,
        offset=each.event.offset,
        family=each.family or "",
        step=Text(step.zh, step.en),
        reporter=Text(each.capturer, each.capturer) if reporter is None else reporter.name,
        facts=tuple(disclose.shown_fields(each, families, viewer)),
        held=each.counts is Verdict.HELD,
        position=each.position,
    )

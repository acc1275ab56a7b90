"""Takes places on the flows of the record; gives what inspections on record say of each beforehand.

An inspection is a report of a step of inspecting, by another than the party whose site it was, that
states whether the goods passed. It bears on the site at which it was made, and on who had it then.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from suyuan.families import Families, terms
from suyuan.kit import Text
from suyuan.kit.clock import there
from suyuan.model import Verdict, Viewer
from suyuan.publish import disclose
from suyuan.record import Recorded
from suyuan.registry import Site, directory
from suyuan.service.inspected import Wanted, reported_at
from suyuan.service.locating import Holder
from suyuan.service.platform import Platform

if TYPE_CHECKING:
    from suyuan.network.history import Past

_INSPECTING: Final = "inspecting"
_PASSED, _FAILED = "qualified", "unqualified"
_HALVES: Final = 12
"""After so many half-lives an inspection weighs nothing that could be seen."""
_LONGEST: Final = 40_000
_SITES_AT_ONCE: Final = 500
_MOST: Final = 5_000


class Histories(Struct, frozen=True, kw_only=True):
    """What inspections say of places before any case: a Beta-Binomial rate for each.

    `mean` is that of all places, which one without an inspection has. `inspections` were used;
    `left_out` state no outcome, are held, or are the word of whose site it was. `truncated`: there
    are more than were looked at. `half_life` in days and `detection` are as they were stated.
    """

    half_life: float
    detection: float
    mean: float
    inspections: int
    left_out: int
    truncated: bool
    places: Mapping[str, "Past"]

    @property
    def said(self) -> Text:
        """The model and what it used, in a sentence."""
        said = _MODEL.format(
            half_life=f"{self.half_life:g}",
            detection=f"{self.detection:g}",
            mean=f"{self.mean * 100:.1f}",
            used=self.inspections,
            left=self.left_out,
        )
        return Text(said.zh + _MORE.zh, f"{said.en} {_MORE.en}") if self.truncated else said


_MODEL: Final = Text(
    "先验按检查记录（贝塔-二项模型）：各处平均 {mean} %，{half_life} 天前的只算一半，检出率 "
    "{detection}；用了 {used} 次检查，另有 {left} 次没有结论、待查或由本单位自报，没有用。",
    "Priors from inspections (Beta-Binomial): the mean of all places is {mean} %, after "
    "{half_life:day|days} one counts half, detection {detection}; "
    "{used:inspection is|inspections are} used, and {left} not: without an outcome, held, or by "
    "the party itself.",
)
_MORE: Final = Text("检查太多，只看了最近的。", "There are more than were looked at: the latest.")


class Asked(Struct, frozen=True, kw_only=True):
    """Which inspections: of what families' steps, until when, and how they count."""

    families: Collection[str]
    until: datetime
    half_life: float
    detection: float


def histories(
    platform: Platform, places: Mapping[str, Holder], asked: Asked, viewer: Viewer
) -> Histories:
    """What the viewer may see of the inspections of these places, by the names of places.

    Raises:
        LocatingError: a half-life or detection probability that is none.
    """
    from suyuan.network.history import (  # noqa: PLC0415 -- loads numpy
        Inspection,
        Remembering,
        pasts,
    )

    remembering = Remembering(half_life=asked.half_life, detection=asked.detection)
    pasts((), (), remembering)  # what cannot be counted by is said before the record is read
    found, truncated = _reports(platform, places, asked, viewer)
    told = [
        Inspection(name, failed=failed, age=_days(asked.until - each.event.event_time))
        for name, each, failed in found
        if failed is not None
    ]
    known = pasts(places, told, remembering)
    return Histories(
        half_life=asked.half_life,
        detection=asked.detection,
        mean=known.mean,
        inspections=len(told),
        left_out=len(found) - len(told),
        truncated=truncated,
        places=known.places,
    )


_Report = tuple[str, Recorded, bool | None]
"""The name of a place, an inspection there, and whether it failed; None: that is not to be used."""


def _reports(
    platform: Platform, places: Mapping[str, Holder], asked: Asked, viewer: Viewer
) -> tuple[list[_Report], bool]:
    there_are: dict[str, list[str]] = defaultdict(list)
    for name, (_, site) in places.items():
        if site:
            there_are[site].append(name)
    sites = sorted(there_are)
    wanted = Wanted(
        steps=_steps(platform.families, asked.families),
        since=asked.until - timedelta(days=min(_HALVES * asked.half_life, _LONGEST)),
        until=asked.until,
        most=_MOST,
    )
    found, most = list[_Report](), 0
    if not any(wanted.steps.values()):
        return found, False
    with platform.store.read() as conn:
        for at in range(0, len(sites), _SITES_AT_ONCE):
            some = sites[at : at + _SITES_AT_ONCE]
            seen = reported_at(platform, conn, some, wanted, viewer)
            rows = directory.completion(conn, tenant=viewer.tenant, sites=some).sites
            most = max(most, len(seen))
            for each in seen:
                failed = _outcome(each, platform.families, viewer)
                found += [
                    (name, each, None if each.capturer == places[name][0] else failed)
                    for site in {each.event.read_point, each.event.biz_location} & set(some)
                    for name in there_are[site or ""]
                    if _had(places[name][0], rows[site or ""], each)
                ]
    return found, most >= _MOST


def _had(party: str, rows: Collection[Site], each: Recorded) -> bool:
    """Whether the party had the site on the day of the event, by the clock there.

    Of a site that is not registered, whoever had goods there did.
    """
    day = there(each.event.event_time, each.event.offset).date()
    return not rows or party in {row.operator for row in rows if directory.is_valid(row, day)}


def _steps(families: Families, names: Iterable[str]) -> dict[str, frozenset[str]]:
    return {
        family.id: frozenset(
            step.id for step in family.steps.values() if step.biz_step == _INSPECTING
        )
        for family in map(families.family, names)
        if family is not None
    }


def _outcome(each: Recorded, families: Families, viewer: Viewer) -> bool | None:
    """Whether it failed; None: it is held, or states nothing that the viewer may see."""
    family = families.family(each.family or "")
    if family is None or each.counts is Verdict.HELD:
        return None
    said = {
        terms.word(value)
        for name, item in family.items.items()
        if item.type == "choice" and disclose.may_see(name, each, families, viewer)
        for value in family.readers[name](each.event)
    }
    return _FAILED in said if said & {_PASSED, _FAILED} else None


def _days(span: timedelta) -> float:
    return span / timedelta(days=1)

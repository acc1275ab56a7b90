"""Takes records and a day; gives until when law keeps them, and which have passed their term.

A term that was not read on its source is told and keeps nothing from being destroyed.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.families import keeping
from suyuan.index import steps
from suyuan.kit import SuyuanError, Text
from suyuan.record import Recorded, event_by_id
from suyuan.service.access import OPERATOR
from suyuan.service.clocks import MOST, with_kinds
from suyuan.service.platform import Platform
from suyuan.service.ruling import TermOn, term_on, today
from suyuan.store import ReadConnection

_SHORTEST: Final = timedelta(days=28)
"""Less than any term of a month: younger records are not read."""
_LONGEST: Final = 80
_KEPT: Final = Text(
    "{event} 依{law}须保存到 {until}（{term}）。法律允许提前销毁的，请在 --ground 写明条文，并加 "
    "--early；否则请在 {until} 之后再销毁。",
    "{event} must be kept until {until} by {law} ({term}). If a law allows destroying it earlier, "
    "name its article as --ground and add --early; else destroy it after {until}.",
)


class KeptOn(Struct, frozen=True, kw_only=True):
    """The longest lawful term that binds a record, and its last day.

    `runs`: it is not over.
    """

    event: str | None
    position: int
    party: str
    family: str
    term: TermOn
    law: Text
    until: date
    runs: bool


def kept_of(platform: Platform, event_id: str, party: str | None = None) -> list[KeptOn]:
    """What keeps the records of an event id, of one reporter where named; of each the longest."""
    with platform.store.read() as conn:
        found = event_by_id(conn, event_id, OPERATOR, secret=platform.recorder.secret)
        return _kept(platform, conn, [one for one in found if party in (None, one.capturer)])


def require_past(platform: Platform, conn: ReadConnection, found: Sequence[Recorded]) -> None:
    """See that no verified term still keeps any of these records.

    Raises:
        SuyuanError: `erase.kept`, one does (409); it names law, last day and cure.
    """
    running = (one for one in _kept(platform, conn, found, verified=True) if one.runs)
    longest = max(running, key=lambda one: one.until, default=None)
    if longest is None:
        return
    article = longest.term.article
    text = _KEPT.format(
        event=privacy.quoted(longest.event or "", _LONGEST),
        law=Text(longest.law.zh + article, f"{longest.law.en} {article}"),
        until=longest.until,
        term=longest.term.name,
    )
    raise SuyuanError("erase.kept", text, "--early", status=409)


def past_term(platform: Platform) -> list[KeptOn]:
    """The records of which every lawful term is over, the one that ended first before the others.

    Of those that happened last, so many as one answer reads; what no term binds is not among them.
    """
    asked = [
        (family.id, step)
        for family in platform.families.by_id.values()
        for step in sorted({step for term in family.retention for step in term.step})
    ]
    with platform.store.read() as conn:
        until = platform.clock() - _SHORTEST
        entries = steps.entries_of(conn, asked, tenant=OPERATOR.tenant, until=until, most=MOST)
        read = [one for one, _ in with_kinds(platform, conn, entries, OPERATOR.tenant)]
        found = _kept(platform, conn, read)
    return sorted((one for one in found if not one.runs), key=lambda one: (one.until, one.position))


def _kept(
    platform: Platform, conn: ReadConnection, found: Sequence[Recorded], *, verified: bool = False
) -> list[KeptOn]:
    """The longest term of each record that any binds; only of those read on their source."""
    on, told = today(platform.clock), []
    entries = [one.entry for one in found]
    for one, kind in with_kinds(platform, conn, entries, OPERATOR.tenant):
        family = platform.families.family(one.family or "")
        if family is None:
            continue
        bound = keeping.kept(family, one.step, kind, one.event)
        longest = next(
            (each for each in bound if not verified or keeping.is_verified(family, each.term)), None
        )
        if longest is None:
            continue
        term = term_on(family, longest.term)
        law = family.laws[term.law]
        told.append(
            KeptOn(
                event=one.event.event_id,
                position=one.position,
                party=one.capturer,
                family=family.id,
                term=term,
                law=Text(law.zh, law.en),
                until=longest.until,
                runs=on <= longest.until,
            )
        )
    return told

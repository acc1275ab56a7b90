"""Takes records and a day; gives until when law keeps them, and which have passed their term.

A term that was not read on its source is told and keeps nothing from being destroyed.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.families import citing, keeping
from suyuan.index import steps
from suyuan.kit import SuyuanError, Text
from suyuan.record import Recorded, event_by_id
from suyuan.service.access import OPERATOR
from suyuan.service.clocks import with_kinds
from suyuan.service.platform import Platform
from suyuan.service.ruling import TermOn, term_on, today
from suyuan.store import ReadConnection

MOST: Final = 20_000
"""So many records are listed at once; destroy them, and the next ones are."""
_SHORTEST: Final = timedelta(days=28)
"""Less than any term of a month: younger records are not read."""
_LONGEST: Final = 80
_AT_ONCE: Final = 1_000
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
    text = _KEPT.format(
        event=privacy.quoted(longest.event or "", _LONGEST),
        law=citing.citation(longest.law, longest.term.article),
        until=longest.until,
        term=longest.term.name,
    )
    raise SuyuanError("erase.kept", text, "--early", status=409)


class Past(Struct, frozen=True, kw_only=True):
    """Records of which every lawful term is over; `is_partial`: others that were recorded later."""

    listed: tuple[KeptOn, ...]
    is_partial: bool


def past_term(platform: Platform) -> Past:
    """The records of which every lawful term is over, the one that ended first before the others.

    The record is read from its beginning until so many are found; what no term binds is not among
    them.
    """
    asked = [
        (family.id, step)
        for family in platform.families.by_id.values()
        for step in sorted({step for term in family.retention for step in term.step})
    ]
    until, last = platform.clock() - _SHORTEST, 0
    past: list[KeptOn] = []
    with platform.store.read() as conn:
        while len(past) <= MOST:
            entries = steps.entries_after(
                conn, asked, last, tenant=OPERATOR.tenant, until=until, most=_AT_ONCE
            )
            if not entries:
                break
            read = [one for one, _ in with_kinds(platform, conn, entries, OPERATOR.tenant)]
            past += [one for one in _kept(platform, conn, read) if not one.runs]
            last = entries[-1]
    listed = sorted(past[:MOST], key=lambda one: (one.until, one.position))
    return Past(listed=tuple(listed), is_partial=len(past) > MOST)


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

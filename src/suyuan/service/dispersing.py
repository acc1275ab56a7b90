"""Takes what is asked about and who asks; gives how far inputs are dispersed, with names.

Counted over all of the record that the viewer may see, whatever is asked about.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from suyuan.codes import privacy
from suyuan.kit import Text
from suyuan.model import Fact, Viewer
from suyuan.registry import directory
from suyuan.service import contact_roots
from suyuan.service.classes import class_of
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection
from suyuan.trace import dispersed, gather, sweep

UNKNOWN: Final = Text(
    "您能看到的记录里没有什么到过 {place}：那里有过什么不知道，这不等于没有。请核对编码。"
    "各处的数都是全部记录的。",
    "In the records that you may see nothing was at {place}: what was there is not known, which "
    "does not mean nothing. Compare its code. The numbers are of all records.",
)


class DispersionAsked(Struct, frozen=True, kw_only=True):
    """Which rows are given, as of when; at most `most_facts` facts are read."""

    wanted: dispersed.Wanted = dispersed.Wanted()
    as_of: datetime | None = None
    known_at: int | None = None
    most_facts: int = 200_000


class DispersionTold(dispersed.Dispersed, frozen=True, kw_only=True):
    """The numbers, and what parties, sites and products are called where registered.

    `place` is the site or party asked about by its canonical name, `place_seen` whether anything
    that the viewer may see was ever there: without a record nothing is known, not nothing.
    """

    parties: dict[str, Text]
    sites: dict[str, Text]
    called: dict[str, Text]
    place: str | None = None
    place_seen: bool = True


def dispersion(
    platform: Platform,
    asked: DispersionAsked,
    viewer: Viewer,
    *,
    advance: sweep.Advance = lambda _done, _all: None,
) -> DispersionTold:
    """How far inputs went; `advance` is told how much of the record has been read.

    The place asked about is given by its code as it is written anywhere, or by its own name.
    """
    from suyuan.trace import dispersal  # noqa: PLC0415 -- loads numpy

    near = structs.replace(viewer, parts_only=True)
    with platform.store.read() as conn:
        found = sweep.sweep(
            conn,
            near,
            secret=platform.recorder.secret,
            known_at=asked.known_at,
            as_of=asked.as_of,
            limit=gather.Limit(facts=asked.most_facts),
            advance=advance,
        )
    place, is_seen = _place(platform, asked.wanted.place, found.facts)
    wanted = structs.replace(asked.wanted, place=place)
    # Drawing takes long, and no transaction of the database is open meanwhile.
    drawn = dispersal.dispersed(
        found.facts,
        wanted,
        position=found.position,
        truncated=found.truncated,
        as_of=asked.as_of,
        known_at=found.position,
    )
    with platform.store.read() as conn:
        told = _named(conn, drawn, near.tenant)
    # What nothing was ever at may be any text, and is told back.
    return structs.replace(told, place=place and privacy.masked(place), place_seen=is_seen)


def _place(platform: Platform, text: str | None, facts: Iterable[Fact]) -> tuple[str | None, bool]:
    """The site or party that a text means, and whether anything is recorded of it as a holder."""
    if text is None:
        return None, True
    holders = (holder for fact in facts for holder in (fact.before, fact.after) if holder)
    seen = {end for holder in holders for end in (holder.party, holder.site)}
    found = contact_roots.held(platform, text, seen)
    return found or text, found is not None


def _named(conn: ReadConnection, drawn: dispersed.Dispersed, tenant: int) -> DispersionTold:
    things = {each.thing for each in drawn.rows} | {each.thing for each in drawn.made_of}
    things |= {each.by for each in drawn.sized}
    products = directory.products(conn, _classes(things), tenant=tenant)
    sites = {row.site for row in drawn.by_holder} - {""}
    known = directory.completion(conn, tenant=tenant, sites=sites).sites
    parties = {row.party for row in drawn.by_holder} - {""}
    named = directory.named(conn, parties, tenant=tenant)
    return DispersionTold(
        **{name: getattr(drawn, name) for name in drawn.__struct_fields__},
        parties={uri: named[uri].name for uri in sorted(named)},
        sites={uri: rows[-1].name for uri, rows in sorted(known.items()) if rows},
        called={
            thing: products[class_of(thing)].name
            for thing in sorted(things)
            if class_of(thing) in products
        },
    )


def _classes(things: Collection[str]) -> set[str]:
    return {class_of(thing) for thing in things} - {""}

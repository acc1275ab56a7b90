"""Takes what is recalled and who asks; gives how far that reaches, by holder, with names.

Drawn from what the viewer has part in. As a trace it names holders: the public sees none.
"""

from typing import Final

from msgspec import Struct, structs

from suyuan.interchange.types import Buyer
from suyuan.kit import Text, collector
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.record import grants_of
from suyuan.registry import directory
from suyuan.service.asking import described
from suyuan.service.buyers import buyers
from suyuan.service.networking import base_at, lot_guesser
from suyuan.service.platform import Platform
from suyuan.service.product_lots import with_lots
from suyuan.store import ReadConnection
from suyuan.trace import Question, ask, gather, narrowing
from suyuan.trace.types import Scope

_NEAREST: Final = 200


class Holding(Struct, frozen=True, kw_only=True):
    """Who a holder is, and how to reach him."""

    name: Text
    contact: str = ""


class Reachable(Struct, frozen=True):
    """A site, and by how many moves at least what is recalled can have come there.

    None: not by moves alone of which both ends are known.
    """

    site: str
    moves: int | None


class Beyond(Struct, frozen=True, kw_only=True):
    """Where a scope was cut: the further sites to which moves lead from those in it 可能波及.

    Over whole sites, whatever was moved and when, so most of them may have nothing; complete to
    `position`, but for moves of which one end is unknown and makings that hand things on. With
    `by_lots`, only those who had one of the things that may be touched, whenever, and these
    whatever brought them. `nearest` are the first of `count`.
    """

    count: int
    nearest: tuple[Reachable, ...]
    position: int
    by_lots: bool = False


class Recall(Scope, frozen=True, kw_only=True):
    """The scope of a recall, and what holders and sites are called, by URI, where registered.

    How to reach a holder is told to the platform's operator alone. `buyers` are those whom sellers
    named and who have reported nothing themselves. `beyond` only where the scope is cut. `narrowed`
    says, if it was asked for, what knowing how vessels are drawn from would take off.
    """

    parties: dict[str, Holding]
    sites: dict[str, Text]
    buyers: tuple[Buyer, ...] = ()
    beyond: Beyond | None = None
    narrowed: narrowing.Narrowed | None = None


def recall(
    platform: Platform,
    question: Question,
    viewer: Viewer = PUBLIC,
    *,
    narrow: bool = False,
    limit: gather.Limit | None = None,
) -> Recall:
    """How far a recall of the question's seeds reaches; with `narrow`, what would narrow it.

    `limit` bounds what is read.
    """
    near, secret = structs.replace(viewer, parts_only=True), platform.recorder.secret
    with platform.store.read() as conn, collector.paused():
        known = ask.reached(
            conn,
            question,
            near,
            secret=secret,
            limit=limit,
            recall=True,
            guesser=lot_guesser(platform, near),
        )
        found = named_recall(platform, conn, known.scope(), viewer)
    return structs.replace(found, narrowed=known.narrowed()) if narrow else found


def named_recall(platform: Platform, conn: ReadConnection, found: Scope, viewer: Viewer) -> Recall:
    """The scope with what its holders are called, and the buyers whom only sellers name."""
    secret = platform.recorder.secret
    sold = buyers(conn, found, viewer, families=platform.families, secret=secret)
    named = {line.party for line in found.lines} | {each.party for each in sold}
    named = (named | {each.seller for each in sold}) - {""}
    parties = directory.named(conn, named, tenant=viewer.tenant)
    beyond = _beyond(platform, conn, found, viewer) if found.truncated else None
    places = {line.site for line in found.lines} - {""}
    places |= {each.site for each in beyond.nearest} if beyond else set()
    sites = directory.completion(conn, tenant=viewer.tenant, sites=places).sites
    said = described(conn, named | places, viewer, secret=secret)
    is_operator = viewer.role is Role.ADMIN
    who = {
        uri: Holding(name=party.name, contact=party.contact if is_operator else "")
        for uri, party in parties.items()
    }
    heard = {uri: Holding(name=Text(name, name)) for uri, name in said.items() if uri in named}
    called = {uri: Text(name, name) for uri, name in said.items() if uri in places}
    called |= {uri: rows[-1].name for uri, rows in sites.items() if rows}
    found = with_lots(platform, conn, found, viewer, "scope")
    return Recall(
        **structs.asdict(found),
        parties=dict(sorted((heard | who).items())),
        sites=dict(sorted(called.items())),
        buyers=sold,
        beyond=beyond,
    )


def _beyond(
    platform: Platform, conn: ReadConnection, found: Scope, viewer: Viewer
) -> Beyond | None:
    """As far as the viewer has part in the moves; None where the scope knows no holder at all."""
    holders = {name for line in found.lines for name in (line.site, line.party)} - {""}
    if not holders:
        return None
    from suyuan.trace import outer, site_network  # noqa: PLC0415 -- loads numpy

    near, secret = structs.replace(viewer, parts_only=True), platform.recorder.secret
    kept, known_at = base_at(platform, viewer.tenant), found.question.known_at
    sites = site_network(conn, near, secret=secret, kept=kept, known_at=known_at)
    led = outer.beyond(sites, holders)
    had = _had_by_lots(platform, conn, found, near)
    further = led if had is None else outer.of_lots(led, had - holders)
    return Beyond(
        count=len(further),
        nearest=tuple(Reachable(*each) for each in further[:_NEAREST]),
        position=sites.net.position,
        by_lots=had is not None,
    )


def _had_by_lots(
    platform: Platform, conn: ReadConnection, found: Scope, viewer: Viewer
) -> set[str] | None:
    """Who had one of the things that may be touched; None without a base, or if these are many."""
    from suyuan.trace import outer  # noqa: PLC0415 -- loads numpy

    guesser, secret = lot_guesser(platform, viewer), platform.recorder.secret
    things = [seed.thing for seed in found.question.seeds]
    guess = None if guesser is None else guesser(conn, things)
    if guess is None:
        return None
    visible = grants_of(viewer, secret=secret).params
    return outer.had_by(conn, guess, visible, found.question.known_at)

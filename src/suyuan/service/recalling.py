"""Takes what is recalled and who asks; gives how far that reaches, by holder, with names.

Drawn from what the viewer has part in. As a trace it names holders: the public sees none.
"""

from msgspec import Struct, structs

from suyuan.interchange.types import Buyer
from suyuan.kit import Text
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.registry import directory
from suyuan.service.asking import described
from suyuan.service.buyers import buyers
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection
from suyuan.trace import Question, ask, gather
from suyuan.trace.types import Scope


class Holding(Struct, frozen=True, kw_only=True):
    """Who a holder is, and how to reach him."""

    name: Text
    contact: str = ""


class Recall(Scope, frozen=True, kw_only=True):
    """The scope of a recall, and what holders and sites are called, by URI, where registered.

    How to reach a holder is told to the platform's operator alone. `buyers` are those whom sellers
    named and who have reported nothing themselves.
    """

    parties: dict[str, Holding]
    sites: dict[str, Text]
    buyers: tuple[Buyer, ...] = ()


def recall(
    platform: Platform,
    question: Question,
    viewer: Viewer = PUBLIC,
    *,
    limit: gather.Limit | None = None,
) -> Recall:
    """How far a recall of the question's seeds reaches; `limit` bounds what is read."""
    near, secret = structs.replace(viewer, parts_only=True), platform.recorder.secret
    with platform.store.read() as conn:
        known = ask.reached(conn, question, near, secret=secret, limit=limit, recall=True)
        return named_recall(platform, conn, known.scope(), viewer)


def named_recall(platform: Platform, conn: ReadConnection, found: Scope, viewer: Viewer) -> Recall:
    """The scope with what its holders are called, and the buyers whom only sellers name."""
    secret = platform.recorder.secret
    sold = buyers(conn, found, viewer, families=platform.families, secret=secret)
    named = {line.party for line in found.lines} | {each.party for each in sold}
    named = (named | {each.seller for each in sold}) - {""}
    parties = directory.named(conn, named, tenant=viewer.tenant)
    places = {line.site for line in found.lines} - {""}
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
    return Recall(**structs.asdict(found), parties=heard | who, sites=called, buyers=sold)

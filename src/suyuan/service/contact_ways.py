"""Takes what somebody calls a holder, and days; gives with whom it was in contact, by which ways.

The root, a holder or a party, is meant by its canonical name, any of its codes, its number in a
register, or the name that it is registered by; only holders of whom the viewer may see a move are
meant at all.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct, structs

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import Lang
from suyuan.model import Viewer
from suyuan.registry import directory
from suyuan.service.asking import described
from suyuan.service.contact_roots import REGISTER, Looked, Root, roots_meant, sites_of
from suyuan.service.contacting import (
    Windows,
    found_of,
    known_moves,
    require_days,
    supposed_of,
)
from suyuan.service.platform import Platform
from suyuan.service.supposing import Supposing, is_by_share
from suyuan.store import ReadConnection
from suyuan.trace import contact_types, resting

if TYPE_CHECKING:
    from suyuan.trace import contact_ways

_CHINA: Final = 480
_MOST_NAMED: Final = 20_000
"""A holder is looked for by its name among so many; by its code among any number."""
_SEVERAL: Final = Text(
    "叫“{root}”的不止一处：请用编码。", "Several are called '{root}': give a code."
)


class ContactsTold(Struct, frozen=True, kw_only=True):
    """What led to the root and where it led, complete to a position of the record.

    `root` is None if the viewer may see no move of whoever was meant; if that is a party, it was
    asked of its `sites`, of which moves are seen, as one. `names` has what holders are called, by
    canonical name. `counted` has the same contacts by canonical names, with those that are certain
    and possible, and what would be so if something is supposed.
    """

    root: str | None
    sites: tuple[str, ...]
    came: "contact_ways.Ways"
    went: "contact_ways.Ways"
    names: Mapping[str, str]
    counted: contact_types.Contacts
    position: int


def contacts_told(  # noqa: PLR0913 -- a question, by name
    platform: Platform,
    root: str,
    windows: Windows,
    viewer: Viewer,
    *,
    issuer: str = REGISTER,
    rest: resting.Rest = resting.Rest(),  # noqa: B008 -- frozen
    named: int = 200,
    lang: Lang = "zh",
    supposing: Supposing | None = None,
) -> ContactsTold:
    """The contacts of a root on China's clock; the nearest `named` of each direction with names.

    `rest` is assumed of stays, in whole days.

    Raises:
        SuyuanError: several are called so; a stay is not of whole days; those of `supposed`.
    """
    from suyuan.trace import contact_ways, joining  # noqa: PLC0415 -- loads numpy

    secret = platform.recorder.secret
    require_days(rest)
    with platform.store.read() as conn:
        known = known_moves(
            platform, conn, windows, viewer, minutes=_CHINA, by_share=is_by_share(supposing)
        )
        looked = Looked(platform, conn, viewer, issuer, frozenset(known.sites.seen()))
        found = _root(looked, root, lang)
    # Searching takes long, and no transaction of the database is open meanwhile.
    names, moves = known.sites.names, known.moves
    if found.joined is not None:
        names, moves = joining.joined(names, moves, found.joined)
    came, went = contact_ways.contact_ways(
        names,
        moves,
        found.name,
        window_in=(windows.in_begin, windows.in_end),
        window_out=(windows.out_begin, windows.out_end),
        rest=rest,
    )
    would_be = supposed_of(platform, known, viewer, issuer, supposing, roots=1)
    (plain,) = found_of(known, [found], windows, rest=rest, distances=True, supposed=would_be)
    counted = structs.replace(plain, **known.about(rest))
    near = {each.name for ways in (came, went) for each in ways.contacts[:named]}
    further = (*only_possible(counted), *_spared(counted))
    near |= {name for some in further for name in some[:named]}
    with platform.store.read() as conn:
        called = _names(conn, {*near, found.name, *found.sites}, viewer, secret, lang)
    return ContactsTold(
        root=found.name if found.seen else None,
        sites=found.sites,
        came=came,
        went=went,
        names=called,
        counted=counted,
        position=known.sites.net.position,
    )


def _root(looked: Looked, root: str, lang: Lang) -> Root:
    """Whom a text means: by a code, a number, or else by a name that a site or party has."""
    (found,) = roots_meant(looked, [root], coded=True)
    if found.seen or len(looked.seen) > _MOST_NAMED:
        return found
    conn, viewer = looked.conn, looked.viewer
    secret = looked.platform.recorder.secret
    name = _by_name(_names(conn, looked.seen, viewer, secret, lang), root)
    if name is not None:
        return Root(name)
    parties = sites_of(looked, _parties_called(conn, looked.seen, root, viewer))
    if len(parties) > 1:
        raise SuyuanError("contacts.root", _SEVERAL.format(root=privacy.quoted(root)), "root")
    return next((Root(party, tuple(sorted(own))) for party, own in parties.items()), found)


def only_possible(found: contact_types.Contacts) -> tuple[list[str], list[str]]:
    """Who may be a contact, but is none by the first days of moves: ingoing, outgoing."""
    possible = found.possible or found
    return (
        sorted((possible.ingoing or {}).keys() - (found.ingoing or {}).keys()),
        sorted((possible.outgoing or {}).keys() - (found.outgoing or {}).keys()),
    )


def _spared(found: contact_types.Contacts) -> tuple[tuple[str, ...], ...]:
    if found.without is None:
        return ()
    return found.without.spared_ingoing or (), found.without.spared_outgoing or ()


def _by_name(names: Mapping[str, str], root: str) -> str | None:
    found = [uri for uri, name in names.items() if name.casefold() == root.casefold()]
    if len(found) > 1:
        raise SuyuanError("contacts.root", _SEVERAL.format(root=privacy.quoted(root)), "root")
    return found[0] if found else None


def _parties_called(
    conn: ReadConnection, seen: Collection[str], name: str, viewer: Viewer
) -> list[str]:
    """Which parties that have one of these sites are registered by this name."""
    rows = directory.completion(conn, tenant=viewer.tenant, sites=seen).sites
    operators = {each.operator for some in rows.values() for each in some}
    parties = directory.named(conn, operators, tenant=viewer.tenant)
    called = name.casefold()
    return [
        uri
        for uri, party in parties.items()
        if called in {party.name.zh.casefold(), party.name.en.casefold()}
    ]


def _names(
    conn: ReadConnection, uris: Collection[str], viewer: Viewer, secret: bytes, lang: Lang
) -> dict[str, str]:
    """What is registered, else what reporters call it in their own documents."""
    parties = directory.named(conn, uris, tenant=viewer.tenant)
    sites = directory.completion(conn, tenant=viewer.tenant, sites=uris).sites
    return {
        **described(conn, uris, viewer, secret=secret),
        **{uri: each.name.pick(lang) for uri, each in parties.items()},
        **{uri: rows[-1].name.pick(lang) for uri, rows in sites.items() if rows},
    }

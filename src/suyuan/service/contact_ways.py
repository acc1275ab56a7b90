"""Takes what somebody calls a holder, and days; gives with whom it was in contact, by which ways.

The root is meant by its canonical name, any of its codes, its number in a register, or the name
that it is registered by; only holders of whom the viewer may see a move are meant at all.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.text import Lang
from suyuan.model import Viewer
from suyuan.registry import directory
from suyuan.registry.types import Party
from suyuan.service.asking import described
from suyuan.service.contacting import Windows, meant, sight
from suyuan.service.networking import base_at
from suyuan.service.platform import Platform
from suyuan.service.supposing import Supposing, supposed
from suyuan.store import ReadConnection
from suyuan.trace import contact_types

if TYPE_CHECKING:
    from suyuan.trace import contact_ways, site_arrays

REGISTER: Final = "register"
"""Numbers are of this register where none is named."""
_CHINA: Final = timedelta(hours=8)
_MOST_NAMED: Final = 20_000
"""A holder is looked for by its name among so many; by its code among any number."""
_SEVERAL: Final = Text(
    "叫“{root}”的不止一处：请用编码。", "Several are called '{root}': give a code."
)


class ContactsTold(Struct, frozen=True, kw_only=True):
    """What led to the root and where it led, complete to a position of the record.

    `root` is None if the viewer may see no move of whoever was meant; if that is a party, `sites`
    are its own of which moves are seen. `names` has what holders are called, by canonical name.
    `changed` is what would be so if something is supposed.
    """

    root: str | None
    sites: tuple[str, ...]
    came: "contact_ways.Ways"
    went: "contact_ways.Ways"
    names: Mapping[str, str]
    position: int
    changed: contact_types.Contacts | None = None


def contacts_told(  # noqa: PLR0913 -- of whom, as who and in which words, by name
    platform: Platform,
    root: str,
    windows: Windows,
    viewer: Viewer,
    *,
    issuer: str = REGISTER,
    named: int = 200,
    lang: Lang = "zh",
    supposing: Supposing | None = None,
) -> ContactsTold:
    """The contacts of a root on China's clock; the nearest `named` of each direction with names.

    Raises:
        SuyuanError: several are called so; those of `supposed`.
    """
    from suyuan.trace import contact_ways, site_network  # noqa: PLC0415 -- loads numpy

    secret = platform.recorder.secret
    kept = base_at(platform, viewer.tenant)
    with platform.store.read() as conn:
        sites = site_network(conn, viewer, secret=secret, kept=kept)
        seen = set(sites.seen())
        may_be = list(meant(platform, root, issuer))
        found = next((name for name in may_be if name in seen), None)
        own: tuple[str, ...] = ()
        if found is None and len(seen) <= _MOST_NAMED:
            found = _by_name(_names(conn, seen, viewer, secret, lang), root)
            own = () if found else tuple(_sites_of(conn, seen, [*may_be, root], viewer))
        came, went = contact_ways.contact_ways(
            sites.names,
            sites.moves(_CHINA),
            found or "",
            window_in=(windows.in_begin, windows.in_end),
            window_out=(windows.out_begin, windows.out_end),
        )
        would_be = supposed(
            supposing or Supposing(), sight(platform, sites, viewer, issuer), roots=1
        )
        changed = _changed(sites, found, windows, would_be)
        near = {each.name for ways in (came, went) for each in ways.contacts[:named]}
        near |= {name for some in _spared(changed) for name in some[:named]}
        near |= {found} if found else set(own)
        names = _names(conn, near, viewer, secret, lang)
    return ContactsTold(
        root=found,
        sites=own,
        came=came,
        went=went,
        names=names,
        position=sites.net.position,
        changed=changed,
    )


def _changed(
    sites: "site_arrays.SiteNetwork",
    root: str | None,
    windows: Windows,
    would_be: contact_types.Supposed,
) -> contact_types.Contacts | None:
    """What would be so of the root; None where nothing is supposed, or there is no root."""
    from suyuan.trace import contacts  # noqa: PLC0415 -- loads numpy

    if root is None or would_be == contact_types.Supposed():
        return None
    (found,) = contacts(
        sites.names,
        sites.moves(_CHINA),
        [root],
        window_in=(windows.in_begin, windows.in_end),
        window_out=(windows.out_begin, windows.out_end),
        distances=True,
        supposed=would_be,
    )
    return found


def _spared(changed: contact_types.Contacts | None) -> tuple[tuple[str, ...], ...]:
    if changed is None or changed.without is None:
        return ()
    return changed.without.spared_ingoing or (), changed.without.spared_outgoing or ()


def _by_name(names: Mapping[str, str], root: str) -> str | None:
    found = [uri for uri, name in names.items() if name.casefold() == root.casefold()]
    if len(found) > 1:
        raise SuyuanError("contacts.root", _SEVERAL.format(root=privacy.quoted(root)), "holding")
    return found[0] if found else None


def _sites_of(
    conn: ReadConnection, seen: Collection[str], meant: Collection[str], viewer: Viewer
) -> Iterator[str]:
    """Which of the holders are sites of a party that is called so."""
    rows = directory.completion(conn, tenant=viewer.tenant, sites=seen).sites
    operators = {uri: {each.operator for each in some} for uri, some in rows.items()}
    all_operators = set().union(*operators.values())
    parties = directory.named(conn, all_operators, tenant=viewer.tenant)
    called = {name.casefold() for name in meant}
    own = {uri for uri in all_operators if called & _names_of(uri, parties.get(uri))}
    yield from sorted(
        uri for uri, some in operators.items() if some & own and privacy.masked(uri) == uri
    )


def _names_of(uri: str, party: Party | None) -> set[str]:
    texts = (uri,) if party is None else (uri, party.name.zh, party.name.en)
    return {text.casefold() for text in texts}


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

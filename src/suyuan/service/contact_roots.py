"""Takes what somebody calls a root of contacts; gives whose moves are meant: a holder, or a party.

Moves are on record by sites. A party, by its code, stands for its sites: those registered as its
own, and those where a move that the viewer may see says that it had something.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from suyuan.codes import recognise
from suyuan.kit import Text
from suyuan.model import Viewer
from suyuan.registry import directory
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection
from suyuan.trace import contact_types, party_sites
from suyuan.wire.movements import holding_uri

UNKNOWN: Final = Text(
    "您能看到的记录里，没有它的移动，也没有它的场所的移动：不知道它和谁有往来，"
    "这不等于没有。请核对编码或登记号。",
    "In the records that you may see nothing moved to or from it or a site of it: with whom it was "
    "in contact is not known, which does not mean with nobody. Compare its code or number.",
)
REGISTER: Final = "register"
"""Whose numbers holdings have where nobody says."""
_MOST_READ: Final = 10_000
"""So many roots that no move names are read as codes; a million would take minutes."""
_SITE: Final = "https://id.gs1.org/414/"
_PARTY: Final = "https://id.gs1.org/417/"
_GLN: Final = 13


class Root(Struct, frozen=True):
    """Whose contacts are asked: a holder by its canonical name, or a party by its `sites`.

    Of one that is not `seen` the viewer may see no move.
    """

    name: str
    sites: tuple[str, ...] = ()
    seen: bool = True

    @property
    def joined(self) -> contact_types.Joined | None:
        """A party as the engine is asked for it."""
        return contact_types.Joined(self.name, self.sites) if self.sites else None


class Looked(Struct, frozen=True):
    """What roots are looked for in: the record as its viewer sees it, and the sites `seen`."""

    platform: Platform
    conn: ReadConnection
    viewer: Viewer
    issuer: str
    seen: frozenset[str]


def meant(platform: Platform, root: str, issuer: str) -> Iterator[str]:
    """The canonical names that a text may be, the plainest first."""
    yield root
    yield holding_uri(issuer, root)
    for each in recognise(root, platform.config.resolvers):
        yield each.canonical
        number = each.canonical.removeprefix(_SITE)
        if number != each.canonical and len(number) == _GLN:
            yield _PARTY + number  # a bare number is that of a place or of a party


def held(platform: Platform, text: str, seen: Collection[str | None]) -> str | None:
    """Which of the holders that were seen a text means, by any of its codes; None for none."""
    return next((name for name in meant(platform, text, REGISTER) if name in seen), None)


def roots_meant(looked: Looked, roots: Sequence[str], *, coded: bool) -> list[Root]:
    """Of each text whom it means, in order; unless names are `coded`, as numbers of the register.

    Where all are such numbers no root that moves name is read as a code: a million would take
    minutes.
    """
    found = {text: [*_plain(looked, text)] for text in dict.fromkeys(roots)}
    unknown = [text for text, names in found.items() if not looked.seen.intersection(names)]
    for text in found if coded else unknown[:_MOST_READ]:
        found[text] = [*meant(looked.platform, text, looked.issuer)]
    register = holding_uri(looked.issuer, "")
    may_be = {name for names in found.values() for name in names if not name.startswith(register)}
    parties = sites_of(looked, may_be)
    return [_root(looked, found[text], parties, _plain(looked, text)[0]) for text in roots]


def _plain(looked: Looked, text: str) -> tuple[str, ...]:
    return (text if ":" in text else holding_uri(looked.issuer, text),)


def _root(
    looked: Looked, names: Iterable[str], parties: Mapping[str, Collection[str]], plain: str
) -> Root:
    for name in names:
        own = {*parties.get(name, ()), *({name} & looked.seen)}
        if own:
            return Root(name, tuple(sorted(own)) if own != {name} else ())
    return Root(plain, seen=False)


def sites_of(looked: Looked, parties: Collection[str]) -> dict[str, set[str]]:
    """Of each of these parties the sites of which a move is seen."""
    tenant = looked.viewer.tenant
    own = directory.completion(looked.conn, tenant=tenant, sites=(), parties=parties).places
    found = {party: {site.uri for site in sites} for party, sites in own.items()}
    secret = looked.platform.recorder.secret
    for party, site in party_sites.sites_of(looked.conn, parties, looked.viewer, secret=secret):
        found.setdefault(party, set()).add(site)
    seen = {party: sites & looked.seen for party, sites in found.items()}
    return {party: sites for party, sites in seen.items() if sites}

"""Who sees what: tags written with the event, and the one predicate over them.

A tag is a keyed hash of a short text (`party:…`, `area:33`, `family:…`, `public`), so a row
tells nothing to who has the table but not the secret. The predicate is the same for every
read path; a collision of two 64-bit hashes would need a secret to aim at.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final, LiteralString

from msgspec import Struct

from suyuan.families import Family
from suyuan.families.types import Audience
from suyuan.kit.digest import key64
from suyuan.model import Event, Role, Viewer
from suyuan.registry import Site
from suyuan.store import encoded

VISIBLE: Final[LiteralString] = (
    "(e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))"
)
"""The predicate over `record.entry as e`; its parameters come from `Grants.params`."""

_PUBLIC: Final = "public"
_LEVELS: Final = (2, 4, 6)
_CACHE: Final = 100_000

Tag = Callable[[str], int]


class Grants(Struct, frozen=True, kw_only=True):
    """What a viewer may see: everything of the tenant, or what bears one of the tags.

    `own` are those of the tags that everybody has not: of what is seen by one of these the
    viewer may also know which parties, places and documents it names.
    """

    tenant: int
    tags: tuple[int, ...]
    own: tuple[int, ...] = ()
    everything: bool = False

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of `VISIBLE`, and the tags that are the viewer's own."""
        return {
            "tenant": self.tenant,
            "tags": encoded.int8_array(self.tags),
            "own": encoded.int8_array(self.own),
            "everything": self.everything,
        }


@lru_cache(maxsize=4)
def tagger(secret: bytes) -> Tag:
    """The hash behind the tags of an installation; parties and places return, so it remembers."""
    return lru_cache(maxsize=_CACHE)(key64(secret))


def grants_of(viewer: Viewer, *, secret: bytes) -> Grants:
    """What a viewer may see.

    The public sees what is public; a party also what it reported or took part in; a
    regulator its areas, its families, or, with both, its families in its areas.
    """
    if viewer.sees_all:
        return Grants(tenant=viewer.tenant, tags=(), everything=True)
    tag = tagger(secret)
    texts = set() if viewer.party is None else {f"party:{viewer.party}"}
    if viewer.role is Role.REGULATOR:
        texts.update(_jurisdiction(viewer))
    own = tuple(sorted(map(tag, texts)))
    tags = own if viewer.parts_only else tuple(sorted((*own, tag(_PUBLIC))))
    return Grants(tenant=viewer.tenant, tags=tags, own=own)


def reach_of(viewer: Viewer, *, secret: bytes) -> frozenset[int]:
    """The tags of what a regulator has authority over, by its areas and families; of others none.

    Without what everybody may see, or the regulator's own organisation has a part in.
    """
    if viewer.role is not Role.REGULATOR:
        return frozenset()
    return frozenset(map(tagger(secret), _jurisdiction(viewer)))


def _jurisdiction(viewer: Viewer) -> Iterable[str]:
    areas = viewer.stems
    if areas and viewer.families:
        return [f"area:{area} family:{name}" for area in areas for name in viewer.families]
    return [f"area:{area}" for area in areas] + [f"family:{name}" for name in viewer.families]


def tags_of(
    event: Event,
    *,
    reporter: str,
    sites: Iterable[Site],
    family: Family | None,
    step: str | None,
    tag: Tag,
) -> list[int]:
    """The tags of an event: its parties, the operators and areas of its sites, its family.

    Everybody may see a step of a family that discloses its things; an event without family
    or step is its parties' and authorities' alone.
    """
    texts = {f"party:{reporter}"}
    for ref in (*event.sources, *event.destinations):
        if ref.type != "location":
            texts.add(f"party:{ref.value}")
    areas: set[str] = set()
    for site in sites:
        texts.add(f"party:{site.operator}")
        areas.update(site.division[:level] for level in _LEVELS if len(site.division) >= level)
    texts.update(f"area:{area}" for area in areas)
    if family is not None:
        texts.add(f"family:{family.id}")
        texts.update(f"area:{area} family:{family.id}" for area in areas)
        if step is not None and is_public(family):
            texts.add(_PUBLIC)
    return sorted(map(tag, texts))


def is_public(family: Family) -> bool:
    """Whether the public may know that something happened to a thing of the family.

    Which fields of the event it may know is decided field by field where answers are made.
    """
    return family.disclosure.get("things") is Audience.PUBLIC


def sites_named(event: Event) -> set[str]:
    """The sites an event names: where it was, where things then are, where from and where to."""
    ends = (*event.sources, *event.destinations)
    named = {ref.value for ref in ends if ref.type == "location"}
    return named.union(filter(None, (event.biz_location, event.read_point)))

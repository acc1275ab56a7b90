"""Takes all families; gives what may be on file by their data: roles, licences, documents."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from suyuan.families.judge import Families
from suyuan.families.predicates.document import Document
from suyuan.families.predicates.licence import Licence
from suyuan.families.predicates.party_role import PartyRole
from suyuan.families.types import Family
from suyuan.kit import Text

Filed = Literal["role", "licence", "document"]


class Fileable(Struct, frozen=True):
    """What a role, a kind of licence or of document is called, and the families that ask for it."""

    name: Text
    families: frozenset[str]


def fileable(families: Families) -> dict[Filed, dict[str, Fileable]]:
    """Every role and kind that a step or a rule of some family names, by its id, in order of id."""
    found: dict[Filed, dict[str, Fileable]] = {"role": {}, "licence": {}, "document": {}}
    for family in families.by_id.values():
        for filed, name in sorted(set(_asked(family))):
            known = found[filed].get(name, Fileable(family.words.words[name], frozenset()))
            found[filed][name] = Fileable(known.name, known.families | {family.id})
    return {filed: dict(sorted(kinds.items())) for filed, kinds in found.items()}


def _asked(family: Family) -> Iterator[tuple[Filed, str]]:
    for step in family.steps.values():
        yield from (("role", name) for name in step.roles)
        yield from (("licence", name) for name in step.licences)
        yield from (("document", name) for name in step.documents)
    for rule in (*family.rules, *family.overlays):
        match rule.require:
            case PartyRole(any=names):
                yield from (("role", name) for name in names)
            case Licence(any=names):
                yield from (("licence", name) for name in names)
            case Document(any=names):
                yield from (("document", name) for name in names)

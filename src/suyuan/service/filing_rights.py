"""Takes an entry as it is to be and as it was, and who enters it; says what speaks against it.

An administrator enters anything. An authority enters what lies in its areas and families. An
organisation enters names, contact and division of its own, its sites and its products; its roles,
licences and documents are others' to enter: they are what its reports are held against.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from suyuan.families import Fileable, Filed
from suyuan.kit import Text
from suyuan.model import Role, Severity, Viewer
from suyuan.registry import entitling
from suyuan.registry.types import Document, Entry, Licence, Party, Product, Site
from suyuan.templates.types import Remark

Found = tuple[str, Remark]
"""The field that something is said of, and what."""

_ASK: Final = Text("请管理员或主管部门登记。", "Have the administrator or the authority enter it.")
_NOT_OWN: Final = Text("这不是贵单位的。", "This is not your organisation's.")
_OWN_CURE: Final = Text(
    "只能登记本单位、本单位经营的场所和所属的产品；其他请管理员或主管部门登记。",
    "Enter your own organisation, its sites and its products; have the administrator or the "
    "authority enter others.",
)
_GIVEN: Final = Text(
    "角色和主体类型由主管部门或管理员登记，单位自己不能改。",
    "Roles and the kind of a party are entered by an authority or the administrator, not by the "
    "party itself.",
)
_PAPERS: Final = Text(
    "证照和单据由主管部门或管理员登记，单位自己不能登记。",
    "Licences and documents are entered by an authority or the administrator, not by the party "
    "itself.",
)
_TAKEN: Final = Text("登记的{whose}是 {other}。", "On file this is {other}'s, as {whose}.")
_OPERATOR: Final = Text("经营单位", "operator")
_OWNER: Final = Text("所属单位", "owner")
_AREA: Final = Text("不在贵部门的地区（{areas}）内。", "It lies outside your areas ({areas}).")
_FAMILY: Final = Text(
    "不属于贵部门的产品门类（{families}）。", "It is none of your families ({families})."
)
_PROOF: Final = Text(
    "这种证照证明编码归谁，只有管理员能登记。",
    "Licences of this kind prove codes to be somebody's; only the administrator enters them.",
)
_READS: Final = Text("这个账号只能查看。", "This account may only look.")
_OVERLAP: Final = Text(
    "这个场所另有 {other} 的经营期与此重叠。", "The time of {other} at this site overlaps this one."
)
_OVERLAP_CURE: Final = Text(
    "先给前一经营期写上截止日，再登记新的起始日。",
    "Give the earlier time its last day first, and this one a first day after it.",
)
_NOT_OF: Final = Text("产品门类没有这个种类。", "The family has no such kind of product.")
_NOT_OF_CURE: Final = Text("该门类的种类：{kinds}。", "The family's kinds: {kinds}.")
_UNKNOWN: Final = Text("{party} 还没有登记。", "{party} is not registered.")
_UNKNOWN_CURE: Final = Text(
    "请在主体表里登记它，页面才有它的名称。", "Enter it as a party, so that pages have its name."
)
_NOWHERE: Final = Text(
    "没有行政区划：地方规则不适用，按地区监管的部门看不到。",
    "There is no division: local rules do not apply, and authorities of areas see nothing of it.",
)
_NOWHERE_CURE: Final = Text("请填写行政区划。", "Fill in the division.")


class Law(Struct, frozen=True, kw_only=True):
    """What the families' data say of what is entered, and the parties that are or will be known."""

    filed: Mapping[Filed, Mapping[str, Fileable]]
    kinds: Mapping[str, Mapping[str, Text]]
    parties: Mapping[str, Party]
    coming: frozenset[str] = frozenset()
    """Parties that are being entered too, even if what is said of them is refused."""


def objections(entry: Entry, before: Entry | None, viewer: Viewer, law: Law) -> Iterator[Found]:
    """Why this viewer may not enter it so."""
    if viewer.role is Role.ADMIN:
        return
    if viewer.role is Role.REGULATOR:
        yield from _of_authority(entry, before, viewer, law)
    elif viewer.role is Role.CAPTURER and viewer.party is not None:
        yield from _of_party(entry, before, viewer.party)
    else:
        yield "", _refuse("registry.reads", _READS, _ASK)


def doubts(entry: Entry, law: Law) -> Iterator[Found]:
    """What is wrong with, or missing from, an entry whoever enters it."""
    if isinstance(entry, Product) and entry.family and entry.kind:
        kinds = law.kinds.get(entry.family, {})
        if entry.kind not in kinds:
            named = Text(
                "、".join(each.zh for each in kinds.values()),
                ", ".join(each.en for each in kinds.values()),
            )
            cure = _NOT_OF_CURE.format(kinds=named)
            yield "kind", _refuse("registry.kind-of-family", _NOT_OF, cure)
    if isinstance(entry, Party) and not entry.division:
        yield "division", Remark("registry.nowhere", Severity.NOTE, _NOWHERE, _NOWHERE_CURE)
    for field, party in _parties(entry):
        if party and party not in law.parties and party not in law.coming:
            said = _UNKNOWN.format(party=party)
            yield field, Remark("registry.unknown-party", Severity.FLAG, said, _UNKNOWN_CURE)


def overlaps(site: Site, others: Iterable[Site]) -> Remark | None:
    """Whether another row of the site has days in common: then nobody knows its operator."""
    for other in others:
        if other.valid_from != site.valid_from and _meet(site, other):
            said = _OVERLAP.format(other=other.operator)
            return _refuse("registry.overlap", said, _OVERLAP_CURE)
    return None


def in_areas(viewer: Viewer, division: str) -> bool:
    """Whether an authority's areas hold a division; who has families alone has every area."""
    return bool(viewer.areas or viewer.families) and viewer.oversees(division)


def _of_party(entry: Entry, before: Entry | None, own: str) -> Iterator[Found]:
    match entry:
        case Party():
            was = before if isinstance(before, Party) else Party(uri=own, name=entry.name)
            if entry.uri != own:
                yield "uri", _refuse("registry.not-own", _NOT_OWN, _OWN_CURE)
            elif entry.roles != was.roles:
                yield "roles", _refuse("registry.roles", _GIVEN, _ASK)
            elif entry.kind != was.kind:
                yield "kind", _refuse("registry.roles", _GIVEN, _ASK)
        case Site():
            was_site = before.operator if isinstance(before, Site) else own
            yield from _owned("operator", entry.operator, was_site, own, _OPERATOR)
        case Product():
            was_owner = (before.owner or own) if isinstance(before, Product) else own
            yield from _owned("owner", entry.owner, was_owner, own, _OWNER)
        case Licence() | Document():
            yield "", _refuse("registry.papers", _PAPERS, _ASK)


def _owned(field: str, now: str, was: str, own: str, whose: Text) -> Iterator[Found]:
    if now != own:
        yield field, _refuse("registry.not-own", _NOT_OWN, _OWN_CURE)
    elif was != own:
        said = _TAKEN.format(whose=whose, other=was)
        yield field, _refuse("registry.taken", said, _ASK)


def _of_authority(entry: Entry, before: Entry | None, viewer: Viewer, law: Law) -> Iterator[Found]:
    for each in (entry, before):
        place = None if each is None else _place(each, viewer, law)
        if place is not None and not in_areas(viewer, place[1]):
            said = _AREA.format(areas="、".join(viewer.areas) or "—")
            yield place[0], _refuse("registry.area", said, _ASK)
            return
    asked = _families(entry, before, law)
    if viewer.families and asked is not None and asked[1].isdisjoint(viewer.families):
        said = _FAMILY.format(families="、".join(viewer.families))
        yield asked[0], _refuse("registry.family", said, _ASK)
    if isinstance(entry, Licence) and entry.kind in entitling.KINDS:
        yield "kind", _refuse("registry.proof", _PROOF, _ASK)


def _place(entry: Entry, viewer: Viewer, law: Law) -> tuple[str, str] | None:
    """The field that says where an entry belongs, and the division; None: it is the viewer's."""
    match entry:
        case Party():
            return ("division", entry.division)
        case Site():
            return ("division", entry.division)
        case Product(owner=party):
            field = "owner"
        case Licence(party=party):
            field = "party"
        case Document(issuer=party):
            field = "issuer"
    if party == viewer.party:
        return None
    known = law.parties.get(party)
    return (field, known.division if known is not None else "")


def _families(entry: Entry, before: Entry | None, law: Law) -> tuple[str, frozenset[str]] | None:
    """The field that an entry's families go by, and the families; None where it is of none."""
    match entry:
        case Party():
            was = set(before.roles) if isinstance(before, Party) else set()
            changed = was.symmetric_difference(entry.roles)
            every = [
                law.filed["role"][each].families for each in changed if each in law.filed["role"]
            ]
            return ("roles", frozenset().union(*every)) if every else None
        case Product():
            return ("family", frozenset((entry.family,))) if entry.family else None
        case Licence():
            return ("kind", law.filed["licence"][entry.kind].families)
        case Document():
            return ("kind", law.filed["document"][entry.kind].families)
        case Site():
            return None


def _parties(entry: Entry) -> tuple[tuple[str, str], ...]:
    match entry:
        case Site():
            return (("operator", entry.operator),)
        case Product():
            return (("owner", entry.owner),)
        case Licence():
            return (("party", entry.party),)
        case _:
            return ()


def _meet(one: Site, other: Site) -> bool:
    begins = [each.valid_from or date.min for each in (one, other)]
    ends = [each.valid_to or date.max for each in (one, other)]
    return max(begins) <= min(ends)


def _refuse(rule: str, message: Text, cure: Text) -> Remark:
    return Remark(rule, Severity.REFUSE, message, cure)

"""Takes a code that names no item: a party, a place, a product, a paper; gives who or what it is.

It comes from the registry alone, so it says the same to everybody and tells of no event.
"""

from collections.abc import Iterable
from typing import Final

from suyuan.codes import Candidate, Grain, divisions
from suyuan.families import Families
from suyuan.kit import Text
from suyuan.kit.text import joined
from suyuan.model import Viewer
from suyuan.publish import words
from suyuan.publish.types import PublicAnswer, PublicVerdict, Tone
from suyuan.registry import Party, Product, Site, directory
from suyuan.store import ReadConnection

_RESIDENT: Final = "resident-id"
Facts = Iterable[tuple[Text, Text]]


def about(
    conn: ReadConnection, subject: Candidate, viewer: Viewer, families: Families
) -> PublicAnswer:
    """Who or what the code names, and what to look up instead."""
    match subject.grain:
        case Grain.PARTY:
            return _party(conn, subject, viewer, families)
        case Grain.PLACE:
            return _place(conn, subject, viewer, families)
        case _:
            return _unrecorded(conn, subject, viewer, families)


def _party(
    conn: ReadConnection, subject: Candidate, viewer: Viewer, families: Families
) -> PublicAnswer:
    uri = subject.canonical
    if subject.scheme == _RESIDENT:
        return _said(subject, subject.name, (words.PERSON, words.PERSON_SENTENCE))
    party = directory.named(conn, [uri], tenant=viewer.tenant).get(uri)
    if party is None:
        return _said(subject, subject.name, (words.PARTY, words.STRANGER_SENTENCE))
    facts = tuple(_of_party(party, families))
    return _said(subject, party.name, (words.PARTY, words.PARTY_SENTENCE), facts)


def _place(
    conn: ReadConnection, subject: Candidate, viewer: Viewer, families: Families
) -> PublicAnswer:
    uri = subject.canonical
    rows = directory.completion(conn, tenant=viewer.tenant, sites=[uri]).sites.get(uri, ())
    if not rows:
        return _said(subject, subject.name, (words.PLACE, words.STRANGER_SENTENCE))
    site = rows[-1]
    operators = directory.named(conn, [site.operator], tenant=viewer.tenant)
    facts = tuple(_of_site(site, operators.get(site.operator), families))
    return _said(subject, site.name, (words.PLACE, words.PLACE_SENTENCE), facts)


def _unrecorded(
    conn: ReadConnection, subject: Candidate, viewer: Viewer, families: Families
) -> PublicAnswer:
    product = product_of(conn, subject, viewer)
    name = product.name if product else subject.name
    facts = tuple(_of_product(product, families)) if product else ()
    if not subject.valid:
        sentence = words.BAD_CODE_SENTENCE
        return _said(subject, name, (words.BAD_CODE, sentence), facts, tone=Tone.NOTE)
    if subject.grain is Grain.CLASS:
        return _said(subject, name, (words.PRODUCT, words.PRODUCT_SENTENCE), facts)
    if subject.grain is Grain.DOCUMENT:
        return _said(subject, name, (words.PAPER, words.PAPER_SENTENCE), facts)
    nothing = (words.UNKNOWN, words.UNKNOWN_SENTENCE)
    return _said(subject, name, nothing, facts, tone=Tone.UNKNOWN)


def product_of(conn: ReadConnection, subject: Candidate, viewer: Viewer) -> Product | None:
    """The registered product that a code says its item is one of."""
    wanted = subject.class_uri or subject.canonical
    return directory.products(conn, [wanted], tenant=viewer.tenant).get(wanted)


def _of_party(party: Party, families: Families) -> Facts:
    kinds = [_called(role, families) for role in party.roles]
    if kinds:
        yield words.ROLE, joined(kinds)
    if party.division:
        yield words.DIVISION, divisions.shown(party.division)


def _of_site(site: Site, operator: Party | None, families: Families) -> Facts:
    if site.kind:
        yield words.ROLE, _called(site.kind, families)
    if operator is not None:
        yield words.OPERATOR, operator.name
    if site.division:
        yield words.DIVISION, divisions.shown(site.division)


def _of_product(product: Product, families: Families) -> Facts:
    family = families.family(product.family)
    if family is not None:
        yield words.FAMILY, family.name


def _called(role: str, families: Families) -> Text:
    """A role by the name that a family gives it."""
    names = (family.words.words.get(role) for family in families.by_id.values())
    return next((name for name in names if name is not None), Text(role, role))


def _said(
    subject: Candidate,
    name: Text,
    said: tuple[Text, Text],
    facts: Facts = (),
    *,
    tone: Tone = Tone.PLAIN,
) -> PublicAnswer:
    verdict = PublicVerdict(tone=tone, word=said[0], sentence=said[1])
    return PublicAnswer(subject=subject, name=name, verdict=verdict, about=tuple(facts))

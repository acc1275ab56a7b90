"""Takes a party; gives the stems that it may issue codes behind today, so that it need only choose.

What a stem is made of is known where a paper or the registry says it whole: GTINs of registered
products, logistic units of a company prefix, an operator's number, and what was issued before.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from suyuan.codes import making
from suyuan.codes.making.types import MakingError, Structure
from suyuan.kit import Text
from suyuan.kit.clock import CHINA, there
from suyuan.model import Capturer
from suyuan.registry import directory, entitling, issuing
from suyuan.registry.types import Entitlement
from suyuan.service.platform import Platform

_TRADE_ITEM = "https://id.gs1.org/01/"
_OF_PRODUCTS = ("sgtin", "lgtin")
_EXTENSION = "0"

Found = Iterator[tuple[str, str]]


class OwnStem(Struct, frozen=True):
    """A scheme, a stem of the party's own for it, and the product's name if it is registered."""

    scheme: str
    stem: str
    name: Text | None = None


def own_stems(platform: Platform, capturer: Capturer) -> list[OwnStem]:
    """Every stem that is known to be the party's own today, by scheme; each once."""
    today = there(platform.clock(), CHINA).date()
    with platform.store.read() as conn:
        held = entitling.entitlements(conn, tenant=capturer.tenant, party=capturer.party)
        goods = directory.products_of(conn, capturer.party, _TRADE_ITEM, tenant=capturer.tenant)
        before = issuing.packages(conn, capturer.party, tenant=capturer.tenant)
    proofs = [each for each in held if entitling.holds(each, today)]
    names = {each.class_uri.removeprefix(_TRADE_ITEM): each.name for each in goods}
    known = {
        *((scheme, gtin) for gtin in names for scheme in _OF_PRODUCTS),
        *_of_papers(proofs),
        *((each.scheme, each.stem) for each in before),
    }
    own = [each for each in known if _is_own(*each, proofs)]
    places = list(making.STRUCTURES)
    own.sort(key=lambda each: (places.index(each[0]), each[1]))
    return [OwnStem(scheme, stem, _name(names, scheme, stem)) for scheme, stem in own]


def _of_papers(proofs: Iterable[Entitlement]) -> Found:
    """Stems that follow from a paper's number alone."""
    for each in proofs:
        if each.kind == "gs1_company_prefix":
            yield "sscc", _EXTENSION + each.number
        elif each.kind == "mv_operator":
            yield "mv-trace", each.number


def _is_own(scheme: str, stem: str, proofs: Sequence[Entitlement]) -> bool:
    of = making.structure(scheme)
    return _is_in_form(of, stem) and any(
        each.kind == of.proof and making.proves(of, stem, each.number) for each in proofs
    )


def _is_in_form(of: Structure, stem: str) -> bool:
    """What was registered before its form was looked at is not offered."""
    try:
        return making.stem_of(of, stem) == stem
    except MakingError:
        return False


def _name(names: dict[str, Text], scheme: str, stem: str) -> Text | None:
    return names.get(stem) if scheme in _OF_PRODUCTS else None

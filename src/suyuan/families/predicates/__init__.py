"""Takes what a rule requires, as data; gives the closed set of things it can require.

One file per kind, each with `check` (what is missed, or None), `explain` (in both languages)
and `refs` (what it names). A new law is new data; only a new kind of law is a new file here.
"""

from suyuan.families.predicates.balance import Balance
from suyuan.families.predicates.base import ACTOR, NOW
from suyuan.families.predicates.count import Count
from suyuan.families.predicates.document import Document
from suyuan.families.predicates.licence import Licence
from suyuan.families.predicates.not_expired import NotExpired
from suyuan.families.predicates.once import Once
from suyuan.families.predicates.one_of import OneOf
from suyuan.families.predicates.order import Order
from suyuan.families.predicates.party_role import PartyRole
from suyuan.families.predicates.pattern import Pattern
from suyuan.families.predicates.permit import Permit
from suyuan.families.predicates.previous_step import PreviousStep
from suyuan.families.predicates.range import Range
from suyuan.families.predicates.required import Required
from suyuan.families.predicates.same import Same
from suyuan.families.predicates.scheme import Scheme
from suyuan.families.predicates.state import State
from suyuan.families.predicates.two_person import TwoPerson
from suyuan.families.predicates.unit import Unit
from suyuan.families.predicates.within import Within
from suyuan.families.predicates.zone import Zone

Predicate = (
    Required
    | OneOf
    | Scheme
    | Pattern
    | Range
    | Unit
    | Count
    | Order
    | Within
    | PreviousStep
    | State
    | Licence
    | PartyRole
    | Document
    | NotExpired
    | Balance
    | TwoPerson
    | Permit
    | Same
    | Once
    | Zone
)

_LOOK_UPS = (Document, Licence, Once, PartyRole, Permit, PreviousStep, Same, State)


def words_of(predicate: Predicate, item: str) -> tuple[str, ...]:
    """The values by which it knows an item: those it allows, or those a licence has words for."""
    if isinstance(predicate, OneOf):
        return predicate.values if predicate.of == item else ()
    if isinstance(predicate, Licence):
        return tuple(predicate.called) if item in predicate.goods else ()
    return ()


def asks_elsewhere(predicate: Predicate) -> bool:
    """Whether it needs what only a registry or record knows, beside the report itself."""
    if isinstance(predicate, NotExpired):
        return predicate.document is not None
    return isinstance(predicate, _LOOK_UPS)


def needed(predicate: Predicate) -> tuple[str, ...]:
    """Items without which it finds nothing, whatever else is stated or known."""
    match predicate:
        case Order() | Within():
            items: tuple[str, ...] = (predicate.first, predicate.then)
        case NotExpired():
            items = (predicate.of,) if predicate.document is None else ()
        case Licence(area=False):
            items = predicate.goods
        case OneOf() | Pattern() | Range() | Unit() | Scheme() | Document() | Zone() | Permit():
            items = (predicate.of,)
        case PreviousStep() | State() | Once() | Same():
            items = (predicate.of,)
        case _:
            items = ()
    return tuple(item for item in items if item not in (ACTOR, NOW))


__all__ = [
    "Count",
    "Licence",
    "NotExpired",
    "OneOf",
    "PartyRole",
    "Pattern",
    "Permit",
    "Predicate",
    "Required",
    "Unit",
    "asks_elsewhere",
    "needed",
]

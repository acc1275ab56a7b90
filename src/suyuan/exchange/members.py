"""Takes an event and a condition on members; gives whether what stands there fits.

A value is text, a number, a time or a truth; a list fits if one of its items does. The XML spelling
of an event has only texts, so a text that is a number or a time is also compared as one.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from suyuan.index import anatomy
from suyuan.kit.quantity import Quantity, exact, same_dimension
from suyuan.model import Event

_CBVMDA: Final = "urn:epcglobal:cbv:mda"
COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "EQ": operator.eq,
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
}


class Condition(Struct, frozen=True, kw_only=True):
    """A member named `key` stands in one of the parts and compares so.

    `inner`: anywhere inside the extensions of the part, not among them. With EQ one of `texts`
    stands there; the others compare with `bound`, in `unit` if there is one. EXISTS wants neither.
    """

    comparison: str
    parts: tuple[anatomy.Part, ...]
    key: str
    inner: bool = False
    texts: tuple[str, ...] = ()
    bound: Decimal | datetime | None = None
    unit: str | None = None
    folded: bool = False


@lru_cache(maxsize=1_000)
def spellings(key: str) -> tuple[str, ...]:
    """What members may be called that a query names so.

    EPCIS 1.2 (§8.2.7.1) names them `namespace#name`, where the sign parts the two whatever the
    namespace ends in, and belongs to neither; JSON-LD and XML make one name of both without it.
    """
    namespace, _, name = key.rpartition("#")
    if not namespace:
        return (key,)
    joined = f"{namespace}:{name}" if namespace == _CBVMDA else f"{namespace}{name}"
    return key, joined


def holds(event: Event, condition: Condition) -> bool:
    """Whether the event has a member that fits."""
    for part in condition.parts:
        for members in anatomy.members_of(event, part):
            for value in _standing(members, condition):
                if condition.comparison == "EXISTS":
                    return True
                if any(_fits(atom, members, condition) for atom in anatomy.atoms(value)):
                    return True
    return False


def texts_of(event: Event, key: str) -> Iterator[str]:
    """The texts of an extension of the event itself."""
    return (atom for atom in values_of(event, key) if isinstance(atom, str))


def values_of(event: Event, key: str) -> Iterator[Any]:
    """The values of an extension of the event itself."""
    for spelt in spellings(key):
        yield from anatomy.atoms(event.extensions.get(spelt))


def compare(comparison: str, found: Quantity, wanted: Quantity) -> bool:
    """Whether an amount compares so with another, whatever unit of its kind it is in."""
    if found.unit == wanted.unit:
        return COMPARE[comparison](found.value, wanted.value)
    if not same_dimension(found.unit, wanted.unit):
        return False
    left, right = exact(found), exact(wanted)
    return left is not None and right is not None and COMPARE[comparison](left, right)


def _standing(members: anatomy.Members, condition: Condition) -> Iterator[Any]:
    wanted = spellings(condition.key)
    if condition.inner:
        for value in members.values():
            yield from (inner for name, inner in anatomy.inside(value) if name in wanted)
    else:
        yield from (members[key] for key in wanted if key in members)


def _fits(atom: Any, members: anatomy.Members, condition: Condition) -> bool:
    bound = condition.bound
    if bound is None:
        return any(_equal(atom, text, folded=condition.folded) for text in condition.texts)
    if isinstance(bound, datetime):
        at = anatomy.instant_of(atom)
        return at is not None and COMPARE[condition.comparison](at, bound)
    number = anatomy.number_of(atom)
    if number is None:
        return False
    if condition.unit is None:
        return COMPARE[condition.comparison](number, bound)
    unit = members.get("uom")
    return isinstance(unit, str) and compare(
        condition.comparison, Quantity(number, unit), Quantity(bound, condition.unit)
    )


def _equal(atom: Any, text: str, *, folded: bool) -> bool:
    if isinstance(atom, bool):
        return text == ("true" if atom else "false")
    if isinstance(atom, str):
        if atom == text or (folded and atom.casefold() == text.casefold()):
            return True
        at = anatomy.instant_of(atom)
        return at is not None and at == anatomy.instant_of(text)
    number = anatomy.number_of(atom)
    return number is not None and number == anatomy.number_of(text)

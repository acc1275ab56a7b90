"""Takes an event and a condition on members; gives the values that stand there, and if they fit.

Members are extensions in any part of an event, and what sensors say. A value is text, a number, a
time or a truth; a list fits if one of its items does. The XML spelling of an event has only texts,
so a text that is a number or a time is also compared as one.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from suyuan.exchange.standard import Part
from suyuan.kit.quantity import Quantity, exact, same_dimension
from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.model import Event

COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "EQ": operator.eq,
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
}
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_MOST_DIGITS: Final = 1_000
_APART: Final = frozenset(("sensorMetadata", "sensorReport"))
_WRAPPED: Final = ("@value", "#text")

Members = Mapping[str, Any]


class Condition(Struct, frozen=True, kw_only=True):
    """A member named `key` stands in one of the parts and compares so.

    `inner`: anywhere inside the extensions of the part, not among them. With EQ one of `texts`
    stands there; the others compare with `bound`, in `unit` if there is one. EXISTS wants neither.
    """

    comparison: str
    parts: tuple[Part, ...]
    key: str
    inner: bool = False
    texts: tuple[str, ...] = ()
    bound: Decimal | datetime | None = None
    unit: str | None = None
    folded: bool = False


def holds(event: Event, condition: Condition) -> bool:
    """Whether the event has a member that fits."""
    for part in condition.parts:
        for members in _members(event, part):
            for value in _standing(members, condition):
                if condition.comparison == "EXISTS":
                    return True
                if any(_fits(atom, members, condition) for atom in _atoms(value)):
                    return True
    return False


def texts_of(event: Event, key: str) -> Iterator[str]:
    """The texts of an extension of the event itself."""
    return (atom for atom in _atoms(event.extensions.get(key)) if isinstance(atom, str))


def values_of(event: Event, key: str) -> Iterator[Any]:
    """The values of an extension of the event itself."""
    return _atoms(event.extensions.get(key))


def number_of(value: Any) -> Decimal | None:
    """The number that a value is or, as a text, spells in plain ASCII."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        if len(value) > _MOST_DIGITS or _NUMBER.fullmatch(value) is None:
            return None
        return Decimal(value)
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
        return number if number.is_finite() else None
    return None


def instant_of(value: Any) -> datetime | None:
    """The instant that a text states with its offset."""
    if not isinstance(value, str):
        return None
    try:
        span, offset = parse_instant(value)
    except BadTimeError:
        return None
    return None if offset is None or span.lo != span.hi else span.lo


def compare(comparison: str, found: Quantity, wanted: Quantity) -> bool:
    """Whether an amount compares so with another, whatever unit of its kind it is in."""
    if found.unit == wanted.unit:
        return COMPARE[comparison](found.value, wanted.value)
    if not same_dimension(found.unit, wanted.unit):
        return False
    left, right = exact(found), exact(wanted)
    return left is not None and right is not None and COMPARE[comparison](left, right)


def _members(event: Event, part: Part) -> Iterator[Members]:
    match part:
        case Part.EVENT:
            yield event.extensions
        case Part.ILMD:
            yield event.ilmd
        case Part.ERROR:
            yield event.error.extensions if event.error else {}
        case Part.READ_POINT:
            yield event.read_point_extensions
        case Part.BIZ_LOCATION:
            yield event.biz_location_extensions
        case Part.ELEMENT | Part.METADATA | Part.REPORT:
            for element in event.sensors:
                yield from _sensed(element, part)


def _sensed(element: Members, part: Part) -> Iterator[Members]:
    if part is Part.ELEMENT:
        yield {key: value for key, value in element.items() if key not in _APART}
    elif part is Part.METADATA:
        yield element.get("sensorMetadata") or {}
    else:
        yield from element.get("sensorReport") or ()


def _standing(members: Members, condition: Condition) -> Iterator[Any]:
    if condition.inner:
        for value in members.values():
            yield from _inside(value, condition.key)
    elif condition.key in members:
        yield members[condition.key]


def _inside(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from _inside(inner, key)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _inside(item, key)


def _atoms(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _atoms(item)
    elif isinstance(value, dict):
        for name in _WRAPPED:
            if name in value:
                yield from _atoms(value[name])
    elif value is not None:
        yield value


def _fits(atom: Any, members: Members, condition: Condition) -> bool:
    bound = condition.bound
    if bound is None:
        return any(_equal(atom, text, folded=condition.folded) for text in condition.texts)
    if isinstance(bound, datetime):
        at = instant_of(atom)
        return at is not None and COMPARE[condition.comparison](at, bound)
    number = number_of(atom)
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
        at = instant_of(atom)
        return at is not None and at == instant_of(text)
    number = number_of(atom)
    return number is not None and number == number_of(text)

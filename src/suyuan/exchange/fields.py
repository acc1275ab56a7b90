"""Takes an event and a condition on an extension or a sensor reading; gives whether it holds.

Extensions have no place of their own in the model of an event: they are found by their full
names, at the top of their area or, with INNER, at any depth below (EPCIS 2.0 §8.2.7.1). Readings
and amounts of one dimension are compared in its base unit (UN/CEFACT Recommendation 20).
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from msgspec import Struct

from suyuan.kit.quantity import UNITS, same_dimension
from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.model import Event

MOST_DIGITS: Final = 100
"""Powers of ten of a number that is compared: beyond them an exact fraction would fill memory."""

COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "EQ": operator.eq,
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
}
_SPREAD: Final = "sDev"

Names = frozenset[str]
Values = Mapping[str, Any]


class FieldTest(Struct, frozen=True, kw_only=True):
    """An extension named `name` in `area`, `inner`: below its top, compares so with what is given.

    `comparison` EXISTS asks for nothing more; EQ takes one of `texts`; the others take `number`,
    or `at` (an instant), as far as the extension can be read as one.
    """

    area: str
    inner: bool
    name: str
    comparison: str
    texts: tuple[str, ...] = ()
    number: Decimal | None = None
    at: datetime | None = None


class ReadingTest(Struct, frozen=True, kw_only=True):
    """A sensor report's `member` compares so with `value` in `uom`; percRank has no unit."""

    member: str
    comparison: str
    value: Decimal
    uom: str | None = None


class TimeTest(Struct, frozen=True, kw_only=True):
    """A time of a sensor element, at `member`, compares so with an instant."""

    member: str
    comparison: str
    at: datetime


def reports(event: Event) -> Iterator[Values]:
    """Every sensorReport of an event."""
    for sensor in event.sensors:
        yield from _objects(sensor.get("sensorReport"))


def metadata(event: Event) -> Iterator[Values]:
    """Every sensorMetadata of an event."""
    for sensor in event.sensors:
        yield from _objects(sensor.get("sensorMetadata"))


def said(event: Event, member: str) -> Names:
    """What sensors say of a member, in their metadata or their reports, as texts."""
    found = (each.get(member) for each in (*metadata(event), *reports(event)))
    return frozenset(_text(value) for value in found if value is not None)


AREAS: Final[Mapping[str, Callable[[Event], Iterable[Values]]]] = {
    "": lambda event: (event.extensions,),
    "ILMD": lambda event: (event.ilmd,),
    "ERROR_DECLARATION": lambda event: (event.error.extensions,) if event.error else (),
    "SENSORELEMENT": lambda event: event.sensors,
    "SENSORMETADATA": metadata,
    "SENSORREPORT": reports,
    "readPoint": lambda event: (event.read_point_extensions,),
    "bizLocation": lambda event: (event.biz_location_extensions,),
}
"""Where extensions stand, as parameters name it; without a name: in the event itself."""

_PARTS: Final = frozenset(("sensorMetadata", "sensorReport"))


def field_holds(event: Event, test: FieldTest) -> bool:
    """Whether an extension is there that compares so."""
    found = (value for area in AREAS[test.area](event) for value in _found(area, test))
    return any(test.comparison == "EXISTS" or _compares(value, test) for value in found)


def reading_holds(event: Event, test: ReadingTest) -> bool:
    """Whether a sensor report has such a value, in whatever unit of the same dimension."""
    spread = test.member == _SPREAD
    for report in reports(event):
        value = _number(report.get(test.member))
        uom = report.get("uom") if test.uom is not None else None
        if value is not None and amount_holds(
            (value, uom), (test.value, test.uom), comparison=test.comparison, spread=spread
        ):
            return True
    return False


def amount_holds(
    amount: tuple[Decimal, str | None],
    wanted: tuple[Decimal, str | None],
    *,
    comparison: str,
    spread: bool = False,
) -> bool:
    """Whether two amounts compare so; those of different dimensions never do.

    `spread`: differences, to which the zero of a scale (273.15 K) does not matter.
    """
    if not same_dimension(amount[1], wanted[1]):
        return False
    left, right = (_base(value, unit, spread=spread) for value, unit in (amount, wanted))
    return COMPARE[comparison](left, right)


def time_holds(event: Event, test: TimeTest) -> bool:
    """Whether a sensor's time compares so."""
    instants = (_instant(text) for text in said(event, test.member))
    return any(at is not None and COMPARE[test.comparison](at, test.at) for at in instants)


def is_sane(value: Decimal) -> bool:
    """Whether a number is one that can be compared exactly."""
    return value.is_finite() and (not value or abs(value.adjusted()) <= MOST_DIGITS)


def _base(value: Decimal, unit: str | None, *, spread: bool) -> Fraction:
    known = UNITS.get(unit)
    exact = Fraction(_bounded(value))
    if known is None:
        return exact
    return exact * known.factor + (0 if spread else known.shift)


def _bounded(value: Decimal) -> Decimal:
    """A number of an event that is beyond all that can be asked for, at the edge of that."""
    if is_sane(value):
        return value
    power = MOST_DIGITS + 1 if value.adjusted() > 0 else -MOST_DIGITS - 1
    return Decimal(f"1E{power}").copy_sign(value)


def _found(area: Values, test: FieldTest) -> Iterator[Any]:
    if not test.inner:
        if test.name in area:
            yield from _each(area[test.name])
        return
    for name, value in area.items():
        if name not in _PARTS:  # these are areas of their own
            yield from _below(value, test.name)


def _below(value: Any, name: str) -> Iterator[Any]:
    """The values of a name anywhere in a value; depth was bounded when the event was read."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name:
                yield from _each(inner)
            yield from _below(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _below(inner, name)


def _each(value: Any) -> Iterator[Any]:
    """A value, or each of several; an object with @value stands for that."""
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _each(inner)
    else:
        yield value.get("@value", value) if isinstance(value, dict) else value


def _compares(value: Any, test: FieldTest) -> bool:
    if test.comparison == "EQ":
        return any(_equals(value, text) for text in test.texts)
    if test.at is not None:
        at = _instant(value)
        return at is not None and COMPARE[test.comparison](at, test.at)
    number = _number(value)
    return number is not None and COMPARE[test.comparison](number, test.number)


def _equals(value: Any, text: str) -> bool:
    """Texts by their letters; what was sent as a number by its value."""
    if isinstance(value, str | bool):
        return _text(value) == text
    return _number(value) is not None and _number(value) == _number(text)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        span, offset = parse_instant(value)
    except BadTimeError:
        return None
    return None if offset is None else span.lo


def _objects(value: Any) -> list[Values]:
    listed = value if isinstance(value, list | tuple) else [value]
    return [each for each in listed if isinstance(each, dict)]

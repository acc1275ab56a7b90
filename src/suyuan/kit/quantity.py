"""Amounts with units, exact: kilograms never pass through a float."""

from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from msgspec import Struct

from suyuan.kit.canonical import plain_decimal
from suyuan.kit.errors import SuyuanError
from suyuan.kit.text import Text

# IEEE decimal128: what is left when a ratio (1 kg in pounds) has no finite decimal form.
_LONG_DIVISION = Context(prec=34)
_MOST_PLACES = 400


class Unit(Struct, frozen=True):
    """A unit as `base = value × factor + shift`."""

    code: str
    dimension: str
    factor: Fraction
    shift: Fraction = Fraction(0)


class UnitError(SuyuanError, ValueError):
    """Two units that measure different things, or a unit without a known factor."""


class Quantity(Struct, frozen=True, gc=False):
    """An amount in a UN/CEFACT Recommendation 20 unit; no unit counts instances (EPCIS 2.0)."""

    value: Decimal
    unit: str | None = None


def _units(dimension: str, factors: dict[str, str]) -> list[Unit]:
    return [Unit(code, dimension, Fraction(factor)) for code, factor in factors.items()]


# UN/CEFACT Recommendation 20 common codes; the first of each dimension is its base. The inch,
# pound and gallon families are exact by definition (international yard and pound, 1959).
_MASS = {
    "KGM": "1", "GRM": "1/1000", "MGM": "1/1000000", "MC": "1/1000000000", "TNE": "1000",
    "DTN": "100", "HGM": "1/10", "CGM": "1/100000", "LBR": "0.45359237",
    "ONZ": "0.028349523125", "APZ": "0.0311034768", "STN": "907.18474", "LTN": "1016.0469088",
}  # fmt: skip
_VOLUME = {
    "LTR": "1", "MLT": "1/1000", "CLT": "1/100", "DLT": "1/10", "HLT": "100", "MTQ": "1000",
    "DMQ": "1", "CMQ": "1/1000", "MMQ": "1/1000000", "GLL": "3.785411784", "GLI": "4.54609",
    "BLL": "158.987294928", "FTQ": "28.316846592",
}  # fmt: skip
_LENGTH = {
    "MTR": "1", "DMT": "1/10", "CMT": "1/100", "MMT": "1/1000", "KMT": "1000",
    "INH": "0.0254", "FOT": "0.3048", "YRD": "0.9144", "SMI": "1609.344", "NMI": "1852",
}  # fmt: skip
_AREA = {"MTK": "1", "CMK": "1/10000", "DMK": "1/100", "KMK": "1000000", "HAR": "10000"}
_COUNT = {"C62": "1", "EA": "1", "H87": "1", "PR": "2", "DZN": "12", "CEN": "100", "MIL": "1000"}
_TIME = {"SEC": "1", "MIN": "60", "HUR": "3600", "DAY": "86400"}
_PRESSURE = {"PAL": "1", "KPA": "1000", "MPA": "1000000", "BAR": "100000", "MBR": "100"}
_ZERO_CELSIUS, _FIVE_NINTHS = Fraction("273.15"), Fraction(5, 9)
_TEMPERATURE = [
    Unit("KEL", "temperature", Fraction(1)),
    Unit("CEL", "temperature", Fraction(1), _ZERO_CELSIUS),
    Unit("FAH", "temperature", _FIVE_NINTHS, _ZERO_CELSIUS - 32 * _FIVE_NINTHS),
]

UNITS: Final[dict[str | None, Unit]] = {
    None: Unit("", "count", Fraction(1)),
    **{
        unit.code: unit
        for unit in (
            *_units("mass", _MASS),
            *_units("volume", _VOLUME),
            *_units("length", _LENGTH),
            *_units("area", _AREA),
            *_units("count", _COUNT),
            *_units("time", _TIME),
            *_units("pressure", _PRESSURE),
            *_TEMPERATURE,
        )
    },
}
_BASE: Final[dict[str, str | None]] = {
    "mass": "KGM", "volume": "LTR", "length": "MTR", "area": "MTK", "count": None,
    "time": "SEC", "pressure": "PAL", "temperature": "KEL",
}  # fmt: skip


def same_dimension(a: str | None, b: str | None) -> bool:
    """Whether amounts in the two units can be compared; an unknown unit only with itself."""
    if a == b:
        return True
    left, right = UNITS.get(a), UNITS.get(b)
    return left is not None and right is not None and left.dimension == right.dimension


def convert(quantity: Quantity, unit: str | None) -> Quantity:
    """The same amount in another unit; exact, or to 34 digits where no finite decimal exists.

    Raises:
        UnitError: the units measure different things, or one is unknown.
    """
    if quantity.unit == unit:
        return quantity
    if not same_dimension(quantity.unit, unit):
        text = Text("不能把 {a} 换算成 {b}", "{a} cannot be converted to {b}")
        raise UnitError("unit.differs", text.format(a=quantity.unit or "1", b=unit or "1"))
    source, target = UNITS[quantity.unit], UNITS[unit]
    base = Fraction(quantity.value) * source.factor + source.shift
    return Quantity(_decimal((base - target.shift) / target.factor), unit)


@lru_cache(maxsize=1 << 12)  # the lots of a trade are of few amounts
def normal(quantity: Quantity) -> Quantity:
    """The amount in its dimension's base unit without trailing zeros; unknown units stay."""
    unit = UNITS.get(quantity.unit)
    in_base = quantity if unit is None else convert(quantity, _BASE[unit.dimension])
    return Quantity(Decimal(plain_decimal(in_base.value)), in_base.unit)


def exact(quantity: Quantity) -> Fraction | None:
    """The amount in its dimension's base unit, for comparing; None: the unit has no known factor.

    None too for numbers of hundreds of digits: no amount is one, and written out they fill memory.
    """
    unit = UNITS.get(quantity.unit)
    if unit is None or quantity.value.adjusted() > _MOST_PLACES:
        return None
    if quantity.value.is_zero():
        return unit.shift
    exponent = quantity.value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_MOST_PLACES:
        return None
    return Fraction(quantity.value) * unit.factor + unit.shift


def _decimal(exact: Fraction) -> Decimal:
    """The fraction as a decimal: exact whenever its denominator has only twos and fives."""
    denominator, places = exact.denominator, 0
    twos = (denominator & -denominator).bit_length() - 1
    fives, rest = 0, denominator >> twos
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        return _LONG_DIVISION.divide(Decimal(exact.numerator), Decimal(denominator))
    places = max(twos, fives)
    return Decimal(f"{exact.numerator * 10**places // denominator}E-{places}")

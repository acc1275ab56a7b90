"""Takes what partners write in cells; gives dates, amounts and units as standards have them."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from suyuan.interchange.notes import (
    NEGATIVE,
    NO_DATE,
    NO_NUMBER,
    NO_UNIT,
    TWO_NUMBERS,
    Notes,
)
from suyuan.interchange.types import Spot
from suyuan.kit.numerals import plainly, readings
from suyuan.kit.quantity import UNITS
from suyuan.kit.span import BadTimeError, parse_instant

_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_SPACED: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?)")
_AMOUNT: Final = re.compile(r"(\d+(?:[.,]\d+)*)\s*([^\d\s.,].*)?")
_NEGATIVE: Final = re.compile(r"\s*[-\u2212\uff0d\u2013]\s*[\d.,]*[1-9]")
"""A minus as keyboards, Chinese input and word processors write it; 0 is none."""
_MONTHS: Final = 12
_PLACES: Final = 40
"""No amount of goods has so many."""
_UNITS: Final = {
    "kg": "KGM", "kilogram": "KGM", "kilograms": "KGM", "公斤": "KGM", "千克": "KGM",
    "g": "GRM", "gram": "GRM", "grams": "GRM", "克": "GRM", "mg": "MGM",
    "t": "TNE", "ton": "TNE", "tons": "TNE", "tonne": "TNE", "tonnes": "TNE", "吨": "TNE",
    "lb": "LBR", "lbs": "LBR", "pound": "LBR", "pounds": "LBR", "oz": "ONZ",
    "l": "LTR", "litre": "LTR", "litres": "LTR", "liter": "LTR", "liters": "LTR", "升": "LTR",
    "ml": "MLT", "cl": "CLT", "hl": "HLT", "m3": "MTQ",
    "piece": None, "pieces": None, "pc": None, "pcs": None, "pcs.": None, "unit": None,
    "units": None, "stück": None, "each": None, "件": None, "个": None,
}  # fmt: skip
"""Words of amounts and their UN/CEFACT codes; None counts pieces."""


def text(value: Any) -> str:
    """A cell as text; a whole number without the fraction that a spreadsheet gives it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip()


def day(value: Any, notes: Notes, spot: Spot) -> str | None:
    """A date in ISO 8601, as much of it as is written; None where there is none or it is unclear.

    21/1/2019 can be one day only; of 2/1/2019 nobody knows which is the month.
    """
    written = text(value)
    if not written:
        return None
    spelled = _spelled(written)
    try:
        parse_instant(spelled, offset_minutes=0)
    except BadTimeError:
        notes.say(NO_DATE, spot, value=written)
        return None
    return spelled


def _spelled(written: str) -> str:
    if found := _DOTTED.fullmatch(written):
        return _iso(found[3], found[2], found[1])
    found = _SLASHED.fullmatch(written)
    if found and int(found[1]) > _MONTHS:
        return _iso(found[3], found[2], found[1])
    spaced = _SPACED.fullmatch(written)
    return f"{spaced[1]}T{spaced[2]}" if spaced else written


def _iso(year: str, month: str, of_month: str) -> str:
    return f"{year}-{month:0>2}-{of_month:0>2}"


def parted_day(parts: tuple[Any, Any, Any], notes: Notes, spot: Spot) -> str | None:
    """A date out of three cells: day, month, year; a year or a month of it may stand alone."""
    of_month, month, year = (text(part) for part in parts)
    if not (of_month or month or year):
        return None
    if not year or (of_month and not month):
        notes.say(NO_DATE, spot, value=f"{of_month}.{month}.{year}")
        return None
    written = "-".join([year, *(f"{part:0>2}" for part in (month, of_month) if part)])
    return day(written, notes, spot)


def amount(value: Any, unit: Any, notes: Notes, spot: Spot) -> tuple[Decimal | None, str | None]:
    """A quantity and its UN/CEFACT unit; nothing where no standard code says what was counted.

    Without a unit of its own, the unit may stand behind the number: `45 kg`. What can mean two
    numbers as it is written, like `1.000`, is none.
    """
    written = text(value)
    if not written:
        return None, None
    word = text(unit)
    whole = f"{written} {word}".strip()
    if _NEGATIVE.match(written):
        notes.say(NEGATIVE, spot, value=whole)
        return None, None
    exact = type(value) in {int, float, Decimal}
    if not word and not exact:
        found = _AMOUNT.fullmatch(written)
        if found is None:
            notes.say(NO_UNIT, spot, value=whole)
            return None, None
        written, word = found[1], found[2] or ""
    number = _number(readings(written)[-1:] if exact else readings(written), whole, notes, spot)
    if number is None:
        return None, None
    if word and word not in UNITS and word.casefold() not in _UNITS:
        notes.say(NO_UNIT, spot, value=whole)
        return None, None
    return number, word if word in UNITS else _UNITS.get(word.casefold())


def _number(found: Sequence[Decimal], whole: str, notes: Notes, spot: Spot) -> Decimal | None:
    """The number where it can be one only, and is one of goods."""
    if len(found) > 1:
        one, other = map(plainly, found)
        notes.say(TWO_NUMBERS, spot, value=whole, one=one, other=other)
        return None
    if not found or found[0] < 0 or abs(found[0].adjusted()) >= _PLACES:
        notes.say(NO_NUMBER, spot, value=whole)
        return None
    return found[0]

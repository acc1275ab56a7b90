"""What stands beside codes on every label, is written in a way of its own, and is no code."""

import re
from typing import Final

from suyuan.codes.gs1_rules import is_day
from suyuan.codes.types import Cleaned

_DAY: Final = re.compile(r"((?:19|20)[0-9]{2})([-./])([0-9]{1,2})\2([0-9]{1,2})")
# Headings of the customs tariff that begin as years do; commodities are written with dots.
_HEADING: Final = re.compile("190[1-5]|200[1-9]")
_HOTLINE: Final = re.compile("[48]00[- ](?:[0-9]{3}[- ][0-9]{4}|[0-9]{4}[- ][0-9]{3}|[0-9]{7})")


def day_written(text: str) -> tuple[str, bool] | None:
    """The day that a text is written as, and whether the calendar has it; None if it is none."""
    found = _DAY.fullmatch(text)
    if found is None or (found[2] == "." and _HEADING.fullmatch(found[1])):
        return None
    year, month, day = found[1], found[3].zfill(2), found[4].zfill(2)
    return f"{year}-{month}-{day}", is_day(int(year), int(month), int(day))


def is_hotline(text: str) -> bool:
    """Whether a text is written as a telephone number that begins with 400 or 800."""
    return _HOTLINE.fullmatch(text) is not None


def is_everyday(cleaned: Cleaned) -> bool:
    """Whether a text with nothing before it is written as a day or such a number."""
    return not cleaned.label and (day_written(cleaned.text) is not None or is_hotline(cleaned.text))

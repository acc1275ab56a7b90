"""The first two digits of division codes; the full table has its own issue and package."""

from typing import Final

from suyuan.codes.notes import note
from suyuan.codes.types import Note

# GB/T 2260: provinces, autonomous regions, municipalities, special administrative regions.
PROVINCES: Final = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)


def division_notes(code: str) -> tuple[Note, ...]:
    """A warning where a code does not begin with a province."""
    if code[:2] in PROVINCES:
        return ()
    return (note("division", "warning", found=code[:2]),)

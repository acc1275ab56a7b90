"""Takes a code or a name of an administrative division, and a day; gives what it was, is, became.

行政区划代码, GB/T 2260: provinces, prefectures and counties as the yearly and monthly lists of the
Ministry of Civil Affairs had them from 1980 on. Codes inside identifiers are frozen on the day of
issue, so a code counts if it was valid in any period, and is shown with its successor of today.
"""

from suyuan.codes.divisions.lookup import (
    STATISTICAL,
    ancestors,
    children,
    division,
    history,
    lay_in,
    named,
    of_statistics,
    successors,
    today,
    was_ever,
)
from suyuan.codes.divisions.names import english, may_be_word, short_name
from suyuan.codes.divisions.notes import division_notes, division_remark, full_name, shown
from suyuan.codes.divisions.table import FIRST_LIST, LATEST_LIST, Division, all_divisions

__all__ = [
    "FIRST_LIST",
    "LATEST_LIST",
    "STATISTICAL",
    "Division",
    "all_divisions",
    "ancestors",
    "children",
    "division",
    "division_notes",
    "division_remark",
    "english",
    "full_name",
    "history",
    "lay_in",
    "may_be_word",
    "named",
    "of_statistics",
    "short_name",
    "shown",
    "successors",
    "today",
    "was_ever",
]

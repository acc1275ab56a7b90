"""Takes recorded events, in the record's transaction; gives what judging must know of their things.

Of families all is kept that their rules ask; of plain EPCIS what the state rules ask that a tenant
has on (`state.plain`).

What it gives is computed as of the judged event's own time from a set of past events, so the
order in which reports came changes nothing; it answers no questions and lags behind nothing.
"""

from suyuan.state import permits
from suyuan.state.memory import Memory, Past, happening, lines_of
from suyuan.state.memory import with_told as with_told
from suyuan.state.overriding import reweigh as reweigh
from suyuan.state.rows import Change, apply, load
from suyuan.state.rows import lock_everything as lock_everything
from suyuan.state.rows import look as look

__all__ = [
    "Change",
    "Memory",
    "Past",
    "apply",
    "happening",
    "lines_of",
    "load",
    "permits",
]

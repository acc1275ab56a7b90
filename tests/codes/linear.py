"""Whether work is linear in the length of its text, by the processor's clock within one run."""

from collections.abc import Callable
from time import process_time

_TIMES = 3
_SLACK = 3
"""Linear work takes ten times as long for ten times the text, quadratic a hundred times."""

_QUICK = 0.03
"""Seconds below which a clock and a collector tell nothing."""


def assert_linear(work: Callable[[str], object], text: Callable[[int], str], size: int) -> None:
    """A text of that size takes no more than thirty times what a tenth of it takes.

    Best of several, since others are at the machine; the whole is measured first, and where it is
    over at once there is nothing to compare. It is measured again only where it was too long: a
    better one changes nothing of a good one.
    """
    long, short = text(size), text(size // 10)
    whole = _seconds(work, long)
    if whole < _QUICK:
        return
    tenth = min(_seconds(work, short) for _ in range(_TIMES))
    allowed = 10 * _SLACK * tenth + _QUICK
    for _ in range(_TIMES - 1):
        if whole >= allowed:
            whole = min(whole, _seconds(work, long))
    assert whole < allowed, (text(60), whole, tenth)


def _seconds(work: Callable[[str], object], text: str) -> float:
    begun = process_time()
    work(text)
    return process_time() - begun

"""Times as integers of microseconds, open ends as infinities, and lists of facts by time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from math import inf

from msgspec import Struct

from suyuan.kit import Span
from suyuan.model import Fact

Micros = float  # an int of microseconds since 1970, exact at any size, or ±inf for an open end

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
OPEN = Span(None, None)
MICROS_A_DAY = 86_400_000_000


@lru_cache(maxsize=1 << 16)  # the things of a lot share their times
def micros(at: datetime) -> int:
    """The instant as microseconds since 1970 UTC."""
    return (at - _EPOCH) // _TICK


def low(span: Span) -> Micros:
    """The start; −∞ where unknown."""
    return -inf if span.lo is None else micros(span.lo)


def high(span: Span) -> Micros:
    """The end; +∞ where unknown."""
    return inf if span.hi is None else micros(span.hi)


def intervals(spans: Sequence[Span], told: Iterable["Told"] = ()) -> list[tuple[Micros, Micros]]:
    """Start and end of each; one that several share, as what an event says of its things, once.

    Most are of facts that are `told`, with their times.
    """
    ids = list(map(id, spans))
    known = {id(item.fact.when): (item.lo, item.hi) for item in told}
    others = {name: span for name, span in zip(ids, spans, strict=True) if name not in known}
    known.update((name, _interval(span)) for name, span in others.items())
    return [known[name] for name in ids]


def _interval(span: Span) -> tuple[Micros, Micros]:
    start = low(span)
    is_instant = span.lo is span.hi and span.lo is not None
    return start, (start if is_instant else high(span))


def since(at: datetime | None) -> Micros:
    """The lower limit that a question states; −∞ if it states none."""
    return -inf if at is None else micros(at)


def until(at: datetime | None) -> Micros:
    """The upper limit that a question states; +∞ if it states none."""
    return inf if at is None else micros(at)


def duration(seconds: float) -> int:
    """Seconds as microseconds."""
    return timedelta(seconds=seconds) // _TICK


def moment(at: Micros) -> datetime | None:
    """Back to a time; an infinity is an open end."""
    return None if at in (inf, -inf) else _EPOCH + timedelta(microseconds=int(at))


class Told(Struct, frozen=True, eq=False, gc=False):
    """A fact as known at the question's position: reporters, held or not, times.

    `entries` are its places in the record, by which people find them (`Fact.position`).
    """

    fact: Fact
    entries: tuple[int, ...]
    capturers: frozenset[str]
    held: bool
    lo: Micros
    hi: Micros


class Timeline(Struct, frozen=True, eq=False):
    """Facts in order of their start, so that those about a given time are found at once.

    `tops[i]` is the latest end among the first i+1; `ends` are all ends in order;
    `floors[i]` is the earliest end among the facts from i on that are not held, `doubted[i]` among
    all of them.
    """

    items: list[Told]
    starts: list[Micros]
    tops: list[Micros]
    ends: list[Micros]
    floors: list[Micros]
    doubted: list[Micros]


def timeline(items: Iterable[Told]) -> Timeline:
    """The facts as a timeline; equal starts in the order of the record."""
    ordered = list(items)
    if len(ordered) == 1:  # as nearly all are of a piece in a container
        (only,) = ordered
        ends = [only.hi]
        return Timeline(ordered, [only.lo], ends, ends, [inf] if only.held else ends, ends)
    ordered.sort(key=lambda t: (t.lo, t.hi, t.fact.entry, t.fact.line))
    sure_ends = (inf if t.held else t.hi for t in reversed(ordered))
    return Timeline(
        ordered,
        [t.lo for t in ordered],
        list(accumulate((t.hi for t in ordered), max)),
        sorted(t.hi for t in ordered),
        [*accumulate(sure_ends, min)][::-1],
        [*accumulate((t.hi for t in reversed(ordered)), min)][::-1],
    )


NOTHING = timeline(())


def not_before(line: Timeline, at: Micros) -> Iterator[Told]:
    """Facts that may be at or after `at`, by start."""
    for index in range(bisect_left(line.tops, at), len(line.items)):
        if line.items[index].hi >= at:
            yield line.items[index]


def meeting(line: Timeline, lo: Micros, hi: Micros) -> Iterator[Told]:
    """Facts that may have happened within [lo, hi], by start."""
    for told in not_before(line, lo):
        if told.lo > hi:
            return
        yield told


def first_end_after(line: Timeline, at: Micros, *, doubted: bool = False) -> Micros:
    """The earliest end of those facts, not held, that surely happened after `at`.

    `doubted` lets held ones stand too.
    """
    index = bisect_right(line.starts, at)
    ends = line.doubted if doubted else line.floors
    return ends[index] if index < len(line.items) else inf


def first_start_after(line: Timeline, at: Micros) -> Micros:
    """The earliest start after `at`."""
    index = bisect_right(line.starts, at)
    return line.starts[index] if index < len(line.items) else inf


def last_end_by(line: Timeline, at: Micros) -> Micros:
    """The latest end at or before `at`; −∞ if there is none."""
    index = bisect_right(line.ends, at)
    return line.ends[index - 1] if index else -inf

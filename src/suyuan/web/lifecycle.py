"""Takes the steps of a life cycle; gives them drawn (SVG), from the first to the last.

A row for each step, in the order of the data. What follows the step below it is a short line;
every other way is a track at the right: it collects the steps that lead to one and ends there in
an arrow. Steps that most others lead to (a stop, a recall) stand last, marked by a dashed ring.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup
from msgspec import Struct

from suyuan.kit.letters import ems
from suyuan.service import StepOn
from suyuan.web.render import Reader

WIDTH: Final = 324
_ROW, _TOP, _DOT, _TEXT, _SIZE, _LATIN = 30, 20, 12, 26, 14.0, 0.62
_TRACK, _FIRST_TRACK, _TRACKS = 8.0, 6, 88.0
_OFTEN: Final = 0.55
"""From this share of the steps on, a step can be reached from nearly everywhere."""
_INK, _SOFT, _OWN, _WASH, _LINE = "#16211d", "#3d4b45", "#0b5345", "#f3f6f4", "#9aa8a1"


class Track(Struct, frozen=True):
    """The way to a step (`to`) from all the steps (`sources`) that are not right above it."""

    to: int
    sources: tuple[int, ...]

    @property
    def top(self) -> int:
        """The uppermost row it touches."""
        return min(self.to, *self.sources)

    @property
    def bottom(self) -> int:
        """The lowest row it touches."""
        return max(self.to, *self.sources)


def lifecycle(steps: Sequence[StepOn], reader: Reader) -> Markup:
    """The drawing of the steps."""
    often = _often(steps)
    rows = [step for step in steps if step.id not in often]
    rows += [step for step in steps if step.id in often]
    lanes = laid_out(tracks(rows, often))
    names = _fitting([reader.text(step.name) for step in rows], WIDTH - _TEXT - _room(lanes))
    height = _TOP * 2 + _ROW * (len(rows) - 1)
    parts = [f'<rect width="{WIDTH}" height="{height}" fill="{_WASH}"/>', *_spine(rows, often)]
    parts += [
        _track(track, x, _TEXT + _SIZE * ems(names[track.to], _LATIN) + 4, names)
        for lane, group in enumerate(lanes)
        for track in group
        for x in (round(WIDTH - _room(lanes) + _FIRST_TRACK + lane * _apart_by(lanes), 1),)
    ]
    parts += [
        _step(step, at, name, is_often=step.id in often)
        for at, (step, name) in enumerate(zip(rows, names, strict=True))
    ]
    return Markup(  # noqa: S704 -- every text in it is escaped
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f"aria-label={quoteattr(in_words(rows, reader))}>{''.join(parts)}</svg>"
    )


def in_words(steps: Sequence[StepOn], reader: Reader) -> str:
    """Each step and what may follow it."""
    said = [
        reader.text(step.name)
        + reader.say("，其后：", ", then: ")
        + (reader.say("、", ", ").join(reader.text(each.name) for each in step.next) or "–")
        for step in steps
    ]
    return reader.say("；", "; ").join(said)


def tracks(rows: Sequence[StepOn], often: frozenset[str]) -> list[Track]:
    """A track for each step that others lead to than the one right above it."""
    place = {step.id: at for at, step in enumerate(rows)}
    sources: Mapping[int, list[int]] = {at: [] for at in range(len(rows))}
    for at, step in enumerate(rows):
        for following in step.next:
            to = place[following.id]
            if following.id not in often and to not in (at, at + 1):
                sources[to].append(at)
    return [Track(to, tuple(came)) for to, came in sources.items() if came]


def laid_out(found: Sequence[Track]) -> list[list[Track]]:
    """Tracks in lanes, the short ones nearest; two in one lane never share a row."""
    lanes: list[list[Track]] = []
    for track in sorted(found, key=lambda one: (one.bottom - one.top, one.to)):
        free = (lane for lane in lanes if all(_clear_of(track, other) for other in lane))
        lane = next(free, None)
        if lane is None:
            lanes.append([track])
        else:
            lane.append(track)
    return lanes


def _clear_of(one: Track, other: Track) -> bool:
    return one.bottom < other.top or other.bottom < one.top


def _often(steps: Sequence[StepOn]) -> frozenset[str]:
    """The steps that so many others lead to that lines would say nothing."""
    counts = {step.id: 0 for step in steps}
    for step in steps:
        for following in step.next:
            counts[following.id] += 1
    least = max(4, _OFTEN * len(steps))
    return frozenset(name for name, count in counts.items() if count >= least)


def _room(lanes: Sequence[Sequence[Track]]) -> float:
    return _FIRST_TRACK * 2 + _apart_by(lanes) * len(lanes)


def _apart_by(lanes: Sequence[Sequence[Track]]) -> float:
    """How far lanes are apart: closer where they are many, so that names keep their room."""
    return min(_TRACK, _TRACKS / max(1, len(lanes)))


def _fitting(names: Sequence[str], width: float) -> list[str]:
    """Names cut to the room that there is."""
    return [_cut(name, width) for name in names]


def _cut(name: str, width: float) -> str:
    if _SIZE * ems(name, _LATIN) <= width:
        return name
    while name and _SIZE * ems(name + "…", _LATIN) > width:
        name = name[:-1]
    return name.rstrip() + "…"


def _spine(rows: Sequence[StepOn], often: frozenset[str]) -> list[str]:
    """Short lines between a step and the one below it, where that may follow."""
    return [
        f'<path d="M{_DOT} {_y(at) + 5}V{_y(at + 1) - 7}" stroke="{_OWN}" stroke-width="2"/>'
        f'<path d="M{_DOT - 3} {_y(at + 1) - 10}l3 4l3-4" fill="none" stroke="{_OWN}" '
        f'stroke-width="1.5"/>'
        for at, (step, below) in enumerate(pairwise(rows))
        if below.id not in often and any(each.id == below.id for each in step.next)
    ]


def _track(track: Track, x: float, end: float, names: Sequence[str]) -> str:
    """A line at `x` beside all its rows, a spur from each source, an arrow to the step."""
    spurs = "".join(
        f"M{_TEXT + _SIZE * ems(names[at], _LATIN) + 4:.1f} {_y(at) + 2}H{x}"
        for at in track.sources
    )
    line = f'<path d="{spurs}M{x} {_y(track.top) + 2}V{_y(track.bottom) + 2}" fill="none" '
    arrow = f"M{end + 5:.1f} {_y(track.to) - 5}l-5 3.5l5 3.5M{end:.1f} {_y(track.to) - 1.5}H{x}"
    if track.to == track.top:
        arrow += f"V{_y(track.to) + 2}"
    elif track.to == track.bottom:
        arrow += f"M{x} {_y(track.to) - 2}V{_y(track.to) + 2}"
    return (
        f'{line}stroke="{_LINE}" stroke-width="1"/>'
        f'<path d="{arrow}" fill="none" stroke="{_OWN}" stroke-width="1.5"/>'
    )


def _step(step: StepOn, at: int, name: str, *, is_often: bool) -> str:
    """A full dot where a life begins, an empty one on the way, a ring where it may always go."""
    fill = _OWN if step.begins else "#fff"
    dashes = ' stroke-dasharray="2.5 2"' if is_often else ""
    dot = (
        f'<circle cx="{_DOT}" cy="{_y(at)}" r="5" fill="{fill}" stroke="{_OWN}" '
        f'stroke-width="2"{dashes}/>'
    )
    weight = ' font-weight="600"' if step.begins else ""
    colour = _SOFT if is_often else _INK
    return (
        f'{dot}<text x="{_TEXT}" y="{_y(at) + 5}" font-size="{_SIZE:g}" fill="{colour}"{weight}>'
        f"{escape(name)}</text>"
    )


def _y(at: int) -> int:
    return _TOP + _ROW * at

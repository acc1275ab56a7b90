"""Takes a chart; gives how it folds: its parts, each by a key, down to one box each.

By rows first, inside a row by stage, then by party, then by name. Narrow and wide drawings are
different cuts of this one tree, so that a key unfolds the same part in both.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from suyuan.drawings.types import Box, Chart

MOST_ROWS: Final = 6
FAN: Final = 10
"""In how many a part unfolds at most."""

_WITHIN: Final = 4
_BY_STAGE, _BY_PARTY, _BY_NAME, _SLICE = "s", "p", "n", "c"
_KEY: Final = re.compile(r"[0-9a-z.-]{1,200}", re.ASCII)


class Part(Struct, frozen=True):
    """Boxes of a chart that may be drawn as one: by their numbers, from row `first` to `last`."""

    key: str
    members: tuple[int, ...]
    first: int
    last: int

    @property
    def is_of_rows(self) -> bool:
        """Whether it unfolds into rows, not into those beside each other in one."""
        return not self.key or self.first < self.last

    @property
    def kind(self) -> str:
        """How it was told from those beside it: the letter of the last step of its key."""
        return self.key.rpartition(".")[2][:1]

    @property
    def is_slice(self) -> bool:
        """Whether it is one of ten runs of names, told from the others by its first and last."""
        return self.kind == _SLICE


class Folds(Struct, frozen=True):
    """A chart with its boxes in rows, those of a row by name."""

    chart: Chart
    rows: tuple[tuple[int, ...], ...]

    @property
    def whole(self) -> Part:
        """All of it."""
        return _of_rows(self, "", 0, len(self.rows) - 1)


def folds(chart: Chart) -> Folds:
    """Each box one row below the lowest of those it came from; legs only lead to later ones."""
    depth = [0] * len(chart.boxes)
    for leg in sorted(chart.legs, key=lambda each: each.target):
        depth[leg.target] = max(depth[leg.target], depth[leg.source] + 1)
    rows: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for number in sorted(range(len(depth)), key=lambda each: _by_name(chart.boxes[each])):
        rows[depth[number]].append(number)
    return Folds(chart, tuple(map(tuple, rows)))


def parts(found: Folds, part: Part) -> list[Part]:
    """What a part of several unfolds into, at most ten; each is smaller, but for a lone row."""
    if part.is_of_rows:
        inside = f"{part.key}." if part.key else ""
        return [
            _of_rows(found, f"{inside}{_said(begin, end)}", begin, end)
            for begin, end in _bands(part)
        ]
    token, groups = _groups(found.chart, part.members)
    if len(groups) > FAN:
        token, groups = _SLICE, list(_sliced(groups))
    return [
        Part(f"{part.key}.{token}{number}", tuple(group), part.first, part.last)
        for number, group in enumerate(groups)
    ]


def singles(part: Part) -> list[Part]:
    """Each box of a part by itself."""
    return [Part("", (each,), part.first, part.last) for each in part.members]


def cut(found: Folds, part: Part, room: int, *, inside: bool = False) -> list[Part]:
    """Those of a row in at most so many: each by itself if they fit, else folded.

    A small stage comes out of its fold while there is room. Parties do all or none, and so do runs
    of names, and these not `inside` of a stage: one of ten among others says nothing.
    """
    if len(part.members) <= room:
        return singles(part)
    within = parts(found, part)
    if len(within) > room:
        return [part]
    if within[0].is_slice:
        under = [one for each in within for one in _under(found, each)]
        return under if len(under) <= room else [part] if inside else within
    return within if within[0].kind == _BY_PARTY else _staged(found, within, room - len(within))


def _staged(found: Folds, stages: Sequence[Part], spare: int) -> list[Part]:
    """Stages, the smallest unfolded first while there is room to spare."""
    shown: dict[str, list[Part]] = {}
    for each in sorted(stages, key=lambda one: len(one.members)):
        shown[each.key] = cut(found, each, 1 + spare, inside=True)
        spare -= len(shown[each.key]) - 1
    return [one for each in stages for one in shown[each.key]]


def _under(found: Folds, part: Part) -> list[Part]:
    return [part] if len(part.members) == 1 else parts(found, part)


def trail(found: Folds, key: str) -> list[Part]:
    """From the whole to the part of a key; to the last on its way that there is, if there is none.

    What was recorded since may have parted it otherwise.
    """
    way = [found.whole]
    tokens = key.split(".") if _KEY.fullmatch(key) else []
    for depth in range(len(tokens)):
        wanted = ".".join(tokens[: depth + 1])
        part = next((each for each in parts(found, way[-1]) if each.key == wanted), None)
        if part is None or len(part.members) == 1:
            break
        way.append(part)
    return way


def _of_rows(found: Folds, key: str, first: int, last: int) -> Part:
    members = [each for row in found.rows[first : last + 1] for each in row]
    return Part(key, tuple(members), first, last)


def _said(begin: int, end: int) -> str:
    return str(begin + 1) if begin == end else f"{begin + 1}-{end + 1}"


def _bands(part: Part) -> list[tuple[int, int]]:
    """Both ends of a long way stay rows and its middle folds; inside it, even bands."""
    first, last = part.first, part.last
    count = last - first + 1
    if count <= (_WITHIN if part.key else MOST_ROWS):
        return [(row, row) for row in range(first, last + 1)]
    if part.key:
        ends = [first + count * at // _WITHIN for at in range(_WITHIN + 1)]
        return [(begin, end - 1) for begin, end in pairwise(ends)]
    head, tail = first + MOST_ROWS // 2 - 1, last - MOST_ROWS // 2 + 1
    ends_of = [(row, row) for row in range(first, head)]
    return [*ends_of, (head, tail - 1), *((row, row) for row in range(tail, last + 1))]


def _groups(chart: Chart, members: Sequence[int]) -> tuple[str, list[list[int]]]:
    """Those of one row by stage; of one stage, by party; else each by itself."""

    def by(key: Callable[[Box], Hashable]) -> list[list[int]]:
        found: dict[Hashable, list[int]] = defaultdict(list)
        for each in members:
            found[key(chart.boxes[each])].append(each)
        return list(found.values())

    stages = by(lambda box: box.stage)
    if len(stages) > 1:
        return _BY_STAGE, stages
    owners = by(lambda box: box.party[0] if box.party else "")
    if 1 < len(owners) < len(members):
        return _BY_PARTY, owners
    return _BY_NAME, [[each] for each in members]


def _sliced(groups: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Groups in their order in runs of so many each that there are ten at most."""
    size = -(-len(groups) // FAN)
    for begin in range(0, len(groups), size):
        yield [each for group in groups[begin : begin + size] for each in group]


def _by_name(box: Box) -> str:
    """Numbers in names count as numbers: 2 comes before 10."""
    return re.sub(r"\d+", lambda found: found[0].zfill(12), box.name.zh)

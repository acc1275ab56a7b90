"""What is packed in what: items into inner packs, cases and pallets, and the table of it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from suyuan.codes.making.types import MakingError, Packed
from suyuan.kit import Text

HEAD: Final = ("level", "container", "content")

_SHORT = Text(
    "第 {level} 层要 {need} 个容器码，给了 {given} 个。",
    "Level {level} needs {need} container codes; {given} were given.",
)
_FIT = Text(
    "每个容器装几个：应为 2 到 10000 的整数。", "Give 2 to 10000 as what one container holds."
)
_LEAST, _MOST = 2, 10_000


def containers_needed(items: int, fits: Sequence[int]) -> tuple[int, ...]:
    """How many containers each level takes; `fits` says how many of the level below go into one.

    Raises:
        MakingError: a container that holds fewer than two or more than ten thousand.
    """
    if any(not _LEAST <= fit <= _MOST for fit in fits):
        raise MakingError("packing.fit", _FIT, "fits")
    needed = []
    for fit in fits:
        items = -(-items // fit)
        needed.append(items)
    return tuple(needed)


def packed(
    items: Sequence[str], fits: Sequence[int], containers: Sequence[Sequence[str]]
) -> Iterator[Packed]:
    """Every container with what is directly in it, the innermost level first.

    The last container of a level may be less than full.

    Raises:
        MakingError: too few or too many container codes for a level.
    """
    needed = containers_needed(len(items), fits)
    for level, (need, given) in enumerate(zip(needed, containers, strict=True), start=1):
        if need != len(given):
            text = _SHORT.format(level=level, need=need, given=len(given))
            raise MakingError("packing.containers", text, f"containers[{level - 1}]")
    below = items
    for level, (fit, given) in enumerate(zip(fits, containers, strict=True), start=1):
        for at, container in enumerate(given):
            contents = tuple(below[at * fit : (at + 1) * fit])
            yield Packed(level=level, container=container, contents=contents)
        below = given


def relation_rows(packings: Iterable[Packed]) -> Iterator[str]:
    """The relation as lines of CSV with a head: level, container, content; one line for each."""
    yield _line(HEAD)
    for each in packings:
        for content in each.contents:
            yield _line((str(each.level), each.container, content))


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()

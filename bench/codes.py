"""Reading names and guessing codes, against looking the same text up in a dictionary."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

from bench.draws import case, cast, digits, item, lot
from bench.figures import Figure, figure, ratio, seconds
from bench.plan import Ground, Measure
from bench.taking import SENDER
from suyuan.codes import read_identifier, recognise

COUNT = 50_000


def measure(place: Ground) -> Iterator[Figure]:
    """Fresh names each time, so that no cache answers for the code."""
    count = place.plan.of(COUNT)
    yield from _against_a_dictionary(
        "read_identifier", partial(read_identifier, capturer=SENDER), _uris, place, count
    )
    yield from _against_a_dictionary("recognise", recognise, _texts, place, count // 5)


MEASURE = Measure(name="codes", about="names read and codes recognised", run=measure)


def _against_a_dictionary(
    name: str,
    read: Callable[[str], object],
    draw: Callable[[Random, int], list[str]],
    place: Ground,
    count: int,
) -> Iterator[Figure]:
    reads, looks = [], []
    for turn in range(place.plan.repeat):
        texts = draw(Random(turn), count)
        known = dict.fromkeys(texts, 1)
        reads.append(seconds(partial(_apply, read, texts)) / count * 1e6)
        looks.append(seconds(partial(_apply, known.get, texts)) / count * 1e6)
    yield figure(name, "µs", reads)
    yield ratio(f"{name} / dictionary look-up", reads, looks)


def _apply(work: Callable[[str], object], texts: Sequence[str]) -> None:
    for text in texts:
        work(text)


def _uris(draw: Random, count: int) -> list[str]:
    """Instances, lots, cases and names of our own, as events carry them."""
    products = cast(draw).products
    kinds: list[Callable[[], str]] = [
        lambda: item(draw, draw.choice(products)),
        lambda: lot(draw, draw.choice(products)),
        lambda: case(draw),
        lambda: f"urn:suyuan:document:91330106:{digits(draw, 9)}",
    ]
    return [draw.choice(kinds)() for _ in range(count)]


def _texts(draw: Random, count: int) -> list[str]:
    """What people and scanners give: links, element strings, bare numbers, ear tags."""
    products = cast(draw).products
    kinds: list[Callable[[], str]] = [
        lambda: item(draw, draw.choice(products)),
        lambda: f"(01){draw.choice(products)}(21){digits(draw, 8)}",
        lambda: draw.choice(products)[1:],
        lambda: f"1411725{digits(draw, 8)}",
    ]
    return [draw.choice(kinds)() for _ in range(count)]

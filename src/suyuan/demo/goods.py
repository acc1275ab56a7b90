"""Takes numbers; gives the names of the story's pigs, half carcasses and packs."""

from collections.abc import Iterator

from suyuan.demo import cast
from suyuan.demo.cast import Actor

PIGS_PER_FARM = 120
PIGS_PER_BATCH = 30
FAILED_BATCH = 5
IMPOSSIBLE_BATCH = 9


def pigs(farm: Actor) -> list[str]:
    """The ear tags of a farm."""
    return [cast.ear_tag(farm, number) for number in range(1, PIGS_PER_FARM + 1)]


def batches() -> Iterator[tuple[int, Actor, list[str]]]:
    """The slaughter batches: number, farm of origin, ear tags."""
    number = 0
    for farm in cast.FARMS:
        herd = pigs(farm)
        for start in range(0, len(herd), PIGS_PER_BATCH):
            number += 1
            yield number, farm, herd[start : start + PIGS_PER_BATCH]


def lot(batch: int) -> str:
    """The lot number of a slaughter batch."""
    return f"B{batch:03d}"


def halves(batch: int) -> list[str]:
    """The half carcasses of a batch, named with lot and serial as their labels are."""
    return [
        f"{cast.HALF}/10/{lot(batch)}/21/{batch:03d}{number:03d}"
        for number in range(1, 2 * PIGS_PER_BATCH + 1)
    ]


def pack(number: int) -> str:
    """A retail pack."""
    return f"{cast.PACK}/21/5{number:05d}"

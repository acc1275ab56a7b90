"""What is printed and what is kept of a run."""

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Verdict
from bench.machine import Machine
from bench.plan import HERE, Plan

RESULTS = HERE / "results"
_COLOURS = {Verdict.MET: "green", Verdict.MISSED: "red", Verdict.NONE: "default"}


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A figure as it is kept: the summary beside all values."""

    name: str
    unit: str
    median: float
    low: float
    high: float
    values: tuple[float, ...]
    goal: str = ""
    verdict: Verdict = Verdict.NONE
    note: str = ""


class Result(Struct, frozen=True, kw_only=True):
    """One measure of one run."""

    measure: str
    about: str
    at: datetime
    machine: Machine
    plan: Plan
    figures: tuple[Kept, ...]


def kept(figure: Figure) -> Kept:
    """The figure with its summary, to four digits."""
    values = tuple(map(_short, figure.values))
    return Kept(
        name=figure.name,
        unit=figure.unit,
        median=_short(figure.median),
        low=min(values),
        high=max(values),
        values=values,
        goal="" if figure.goal is None else str(figure.goal),
        verdict=figure.verdict,
        note=figure.note,
    )


def keep(result: Result) -> Path:
    """Write a result; one a day and measure, the last stays."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{result.at.date().isoformat()}-{result.measure}.json"
    file.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    return file


def show(console: Console, title: str, figures: list[Figure]) -> None:
    """One table: figure, median, spread, goal, verdict."""
    table = Table(title=title, title_justify="left", show_edge=False)
    for column in ("figure", "median", "spread", "goal", "verdict"):
        table.add_column(column, justify="right" if column in {"median", "spread"} else "left")
    for figure in figures:
        said = f"[{_COLOURS[figure.verdict]}]{figure.verdict.value}[/]"
        name = f"{figure.name} [dim]({figure.note})[/]" if figure.note else figure.name
        spread = f"{_shown(min(figure.values))} – {_shown(max(figure.values))}"
        goal = "" if figure.goal is None else str(figure.goal)
        table.add_row(name, f"{_shown(figure.median)} {figure.unit}", spread, goal, said)
    console.print(table)
    console.print()


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _shown(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"

"""Where capture spends its time: the profiler's own cost falls on calls, so shares are rough."""

import cProfile
import pstats
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.plan import Ground, database
from bench.taking import mixed_reports, pork_reports, recorder, register_cast, take_all

_TOP = 40


def show(console: Console, place: Ground) -> None:
    """Profile both paths of capture and print the functions that cost most by themselves."""
    for name, judged, draw in (("no rules", False, mixed_reports), ("pork", True, pork_reports)):
        with database(place, "bench_profile") as store:
            register_cast(store)
            taker = recorder(judged=judged)
            take_all(store, taker, draw(place.plan, 0))
            sent = draw(place.plan, 1)
            profiler = cProfile.Profile()
            profiler.runcall(take_all, store, taker, sent)
        events = sum(report.events for report in sent)
        console.print(_table(f"{name}, µs for each event", pstats.Stats(profiler), events))


def _table(title: str, stats: pstats.Stats, events: int) -> Table:
    table = Table(title=title, title_justify="left", show_edge=False)
    for column in ("function", "own", "with callees", "calls"):
        table.add_column(column, justify="left" if column == "function" else "right")
    found = stats.get_stats_profile().func_profiles  # by bare name: equal names are one
    for name, profile in sorted(found.items(), key=lambda each: -each[1].tottime)[:_TOP]:
        own, whole = (f"{part / events * 1e6:.1f}" for part in (profile.tottime, profile.cumtime))
        calls = profile.ncalls.partition("/")[0]
        where = f"{Path(profile.file_name).parent.name}/{Path(profile.file_name).name}"
        table.add_row(f"{name} [dim]{where}[/]", own, whole, f"{int(calls) / events:.1f}")
    return table

"""Rules for the whole suite: which deep tests run, in which order, where, when a skip is a fault.

Deep tests (every fault point, long fuzz) cost too much for every run. `--deep-fraction` takes a
share of them, drawn by a hash of each test's name and `--deep-seed`: equal seeds draw equal tests
in every worker, and another seed draws others, so that in time every one is met. A seed that is
given decides the order of the tests too, so that a commit's run can be had again. `--share` takes
a share of the tests of a folder alike, where they run for a second time on another server.

A property is tried on half as many examples where no deep test is drawn: with them on as many as
the library has by default.

Databases of the tests are made by the thousand, each of a thousand files: where memory can be had
as a folder, with room, they lie there, unless TMPDIR says where.

Programs are started by the hundred: where no bytecode may lie beside the sources, it lies apart, or
every one of them would compile all that it loads.

Tests that put faults into running work record them (`FAULTS`); what was tried is listed at the end.

With CI=true a test may not skip itself: what it lacks is a fault of the set-up. Two things excuse
it: the corpora beside the checkout are not there at all, or the system is not the one it is about.
"""

import hashlib
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:  # it is not there where no plug-in is loaded
    from xdist.remote import Producer
    from xdist.scheduler import LoadGroupScheduling

Fault = tuple[str, str, int, str]

CORPORA = Path(__file__).resolve().parent.parent / "shared" / "data"
OTHER_SYSTEM = "not on this system"
UNSEEDED = "0"
MEMORY = Path("/dev/shm")  # noqa: S108 -- folders below it are made as everywhere, by mkdtemp
ROOM = 8 << 30
BYTECODE = Path(__file__).resolve().parent / ".build" / "bytecode"
FAULTS = "faults"
"""The property of a test's report that names its faults: (component, call, occurrence, kind)."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that draw tests."""
    group = parser.getgroup("deep")
    group.addoption("--deep-fraction", type=float, default=None, help="share of deep tests, 0 to 1")
    group.addoption("--deep-seed", default=UNSEEDED, help="what draws them: a commit, a date")
    group.addoption("--share", default="", help="FOLDER=FRACTION: only that share of its tests")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take the order from the seed too, unless it is asked for by itself."""
    _settle_examples(config)
    seed: str = config.getoption("--deep-seed")
    if seed != UNSEEDED and config.getoption("randomly_seed", None) == "default":
        config.option.randomly_seed = zlib.crc32(seed.encode())
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        sys.dont_write_bytecode = False
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(BYTECODE)


def _settle_examples(config: pytest.Config) -> None:
    # How long an example takes says how busy the machine is, not whether the code is right.
    settings.register_profile(
        "ours",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        max_examples=100 if _deep_fraction(config) else 50,
    )
    settings.load_profile("ours")


def pending(workload: dict[str, dict[str, bool]]) -> int:
    """How many tests of a worker's groups are not done; groups that are done whole are forgotten.

    The plug-in asks after every test, and counted all that the worker ever had: of fifteen thousand
    tests that took most of a minute of a processor.
    """
    for group in [name for name, tests in workload.items() if all(tests.values())]:
        del workload[group]
    return sum(list(tests.values()).count(False) for tests in workload.values())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: "Producer"
) -> "LoadGroupScheduling | None":
    """Hand tests out as the plug-in does, and forget those that are done."""
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling  # noqa: PLC0415 -- only where it is loaded

    class Forgetting(LoadGroupScheduling):
        def _pending_of(self, workload: dict[str, dict[str, bool]]) -> int:
            return pending(workload)

    return Forgetting(config, log)


def is_drawn(nodeid: str, *, seed: str, fraction: float) -> bool:
    """Whether this seed draws this test: its hash, a number in [0, 1), is below fraction."""
    digest = hashlib.sha256(f"{seed}\n{nodeid}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64 < fraction


def _deep_fraction(config: pytest.Config) -> float:
    fraction: float | None = config.getoption("--deep-fraction")
    if fraction is None:
        return 1.0 if "deep" in config.getoption("-m") else 0.0
    return fraction


def _share(config: pytest.Config) -> tuple[str, float]:
    """The folder of whose tests a share is taken, and which; all of everything if none is."""
    folder, _, share = config.getoption("--share").partition("=")
    return folder, float(share or 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the deep tests that are not drawn; asking for `-m deep` by name draws them all.

    A test marked `timed`, with its reason, gets a second run if it fails; no other does. Groups are
    refused: xdist 3.8 names them where pytest 9.2 does not look, and would spread them silently.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is not None:
            raise pytest.UsageError(f"{item.nodeid}: xdist_group keeps no tests together")
        if (timed := item.get_closest_marker("timed")) is not None:
            if not timed.args:
                raise pytest.UsageError(f"{item.nodeid}: timed(reason), and no second run without")
            item.add_marker(pytest.mark.flaky(reruns=1))
    deep, (folder, share) = _deep_fraction(config), _share(config)
    seed: str = config.getoption("--deep-seed")
    left_out = [
        item
        for item in items
        if not is_drawn(
            item.nodeid,
            seed=seed,
            fraction=min(
                deep if item.get_closest_marker("deep") else 1.0,
                share if folder and item.nodeid.startswith(folder) else 1.0,
            ),
        )
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def is_excused(reason: str, *, reads_corpora: bool) -> bool:
    """Whether a skip may stand in a run that must be whole."""
    return OTHER_SYSTEM in reason or (reads_corpora and not CORPORA.is_dir())


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport, *, reads_corpora: bool) -> None:
    if os.environ.get("CI") != "true" or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not is_excused(reason, reads_corpora=reads_corpora):
        report.outcome = "failed"
        report.longrepr = f"With CI=true a skip is a failure. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where nothing may be missing."""
    report = yield
    _forbid_skip(report, reads_corpora=item.get_closest_marker("shared") is not None)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    _forbid_skip(report, reads_corpora="shared" in str(report.longrepr))
    return report


def spans(numbers: Iterable[int]) -> str:
    """Ascending numbers with runs as spans: 1–3, 7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if run[1:] else f"{run[0]}" for run in runs)


def told(faults: Iterable[Fault]) -> list[str]:
    """What was tried, a line per component, call and kind, below the count of distinct points."""
    distinct = set(faults)
    places = {fault[:3] for fault in distinct}
    rows: dict[tuple[str, str, str], list[int]] = {}
    for component, call, when, kind in distinct:
        rows.setdefault((component, call, kind), []).append(when)
    return [
        f"{len(places)} points (component, call, occurrence), {len(distinct)} faults",
        *(f"{' '.join(row)} {spans(rows[row])}" for row in sorted(rows)),
    ]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the faults that were put into running work."""
    faults = [
        (fault[0], fault[1], fault[2], fault[3])
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == FAULTS
        for fault in value
    ]
    if faults:
        terminalreporter.section(FAULTS)
        terminalreporter.write_line("\n".join(told(faults)))

"""PostgreSQL's own disk is full: told at once with its cure, nothing between, and on with room."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from faulty import EVENTS, Workers
from filling import Crowded, crowded, told_of_full

Recorded = Callable[[str, object], None]
HIT = [
    *(("data", each) for each in ("capture", "sequencer", "signer", "index", "erase", "restore")),
    *(("log", each) for each in ("capture", "sequencer")),
]
"""What works on it: where a table cannot grow, and where the server went down for its log."""


@pytest.fixture(scope="module")
def full(postgres_binaries: Path | None) -> Iterator[Crowded]:
    folder = Path(tempfile.mkdtemp(prefix="suyuan-full-"))
    folder.chmod(0o755)  # so that root's server user can enter
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder)
        yield ending.enter_context(crowded(folder, postgres_binaries))


@pytest.mark.timed("told within two seconds and a half, also where much else runs")
@pytest.mark.parametrize("what", ["data", "log"])
def test_who_records_is_told_at_once_and_records_at_once_when_there_is_room(
    full: Crowded, what: str, record_property: Recorded
) -> None:
    {"data": full.fill_data, "log": full.fill_log}[what]()
    refused = []
    try:
        for _ in range(3):
            told = told_of_full(full.site)
            assert (told.code, told.status, told.place) == ("store.full", 507, "database")
            refused.append(full.site.number)
    finally:
        full.disk.make_room()
    full.answers()
    full.site.capture()
    recorded = [full.site.there(each) for each in range(1, full.site.number + 1)]
    assert [at for at, count in enumerate(recorded, 1) if count == 0][-3:] == refused
    assert set(recorded) == {0, EVENTS}
    full.site.continues()
    full.site.clean()
    record_property("faults", [("capture (disk)", what, 1, "ENOSPC")])


@pytest.mark.deep
@pytest.mark.parametrize(("what", "component"), HIT)
def test_every_component_is_before_or_after_on_a_full_disk(
    full: Crowded, workers: Workers, component: str, what: str, record_property: Recorded
) -> None:
    full.strike(workers, component, what)
    full.site.clean()
    record_property("faults", [(f"{component} (disk)", what, 1, "ENOSPC")])

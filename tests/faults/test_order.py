"""What is on the disk, and under which lock, before anybody is told: as the system was asked."""

import re
from collections.abc import Iterator
from pathlib import Path

import cosigning
import pytest
from faulty import Workers
from scenes import Copies, Site

WATCHED = ("flock", "fsync", "rename", "sendto", "write")


@pytest.fixture(scope="module")
def site(
    copy_database: Copies, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with copy_database(migrated_template) as dsn:
        made = Site(dsn, "", tmp_path_factory.mktemp("ordered"), many=2)
        yield made
        made.store.close()


@pytest.fixture(autouse=True)
def _with_strace(*, traced: bool) -> None:
    """Without it tests/kit/test_durable.py sees the same from inside the process."""
    if not traced:
        pytest.skip("not on this system: no strace that may look into our own children")


def came(lines: list[str], *patterns: str) -> None:
    """Each of these is asked of the system, and behind the one before it."""
    at = 0
    for each in patterns:
        found = [n for n, line in enumerate(lines[at:], at) if re.search(each, line)]
        assert found, (each, lines)
        at = found[0] + 1


def put(folder: Path, name: str) -> tuple[str, ...]:
    """What brings a file to the disk whole: itself first, then its place, then its folder."""
    where = re.escape(str(folder))
    return (
        rf"^fsync\(\d+<{where}/{name}\.new>",
        rf"^rename.*{where}/{name}\.new.*{where}/{name}\"",
        rf"^fsync\(\d+<{where}>",
    )


def test_what_was_signed_is_on_the_disk_before_it_is_published(
    site: Site, workers: Workers
) -> None:
    site.capture()
    log = site.folder / "log"
    lines = workers.watched("signer", WATCHED, dsn=site.dsn, folder=str(site.folder))
    came(
        lines,
        rf"^flock\(\d+<{log}/lock>, LOCK_EX\)",
        *put(log, "signed"),
        r"^sendto.*insert into ledger\.checkpoint",
    )
    site.continues()


def test_a_head_is_on_the_disk_before_its_cosignature_is_given_out(
    site: Site, workers: Workers, tmp_path: Path
) -> None:
    order = cosigning.order(tmp_path / "w")
    lines = workers.watched("witness", WATCHED, dsn=site.dsn, folder=str(site.folder), **order)
    came(
        lines,
        rf"^flock\(\d+<{tmp_path}/w/lock>, LOCK_EX\)",
        *put(tmp_path / "w" / "heads", "[0-9a-f]{64}"),
        r"^write.*acked",
    )

"""What was destroyed is gone from the files, or it is said that others still hold it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from logged import report
from test_logged_acts import log_many

from suyuan.cli import Launcher, cli
from suyuan.service import Decision, Platform, erase, erasing, logged_acts, publish

DECISION = Decision(by="court", ground="article 47")
EVENT = "urn:uuid:00000000-0000-4000-8000-000000000002"


@pytest.fixture
def reader(platform: Platform) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Somebody who began to read before, and does not end."""
    report(platform, range(1, 4))
    publish(platform)
    with psycopg.connect(platform.store.dsn) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.execute("select count(*) from record.entry")
        yield conn


def test_who_reads_on_keeps_the_rows_and_that_is_said_until_they_are_gone(
    platform: Platform, reader: psycopg.Connection[tuple[object, ...]]
) -> None:
    done = erase(platform, EVENT, DECISION)
    assert done.held == 1
    assert erasing.finish(platform) == 1
    reader.rollback()
    assert erasing.finish(platform) == 0


def test_nobody_who_reads_the_acts_slowly_keeps_the_rows(platform: Platform) -> None:
    log_many(platform, 250)
    report(platform, range(1, 4))
    publish(platform)
    slowly = logged_acts(platform)
    next(slowly)
    assert erase(platform, EVENT, DECISION).held == 0
    assert len(list(slowly)) == 249


def test_what_was_logged_since_the_first_act_was_told_is_not_told(platform: Platform) -> None:
    log_many(platform, 250)
    slowly = logged_acts(platform)
    first = next(slowly)
    log_many(platform, 5)
    assert [first.position, *(each.position for each in slowly)] == list(range(1, 251))
    assert len(list(logged_acts(platform))) == 255


def test_the_command_says_so_and_finishes(
    platform: Platform, reader: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    given = {"SUYUAN_DATABASE_URL": platform.store.dsn, "SUYUAN_DATA_DIR": str(tmp_path / "cli")}

    def run(*words: str) -> str:
        launcher = Launcher(serve=lambda _: None, witness=lambda *_: None)
        done = CliRunner(env=given | {"COLUMNS": "300"}).invoke(
            cli, ["--lang", "en", *words], obj=launcher
        )
        assert done.exit_code == 0, done.output
        return done.output

    told = run("erase", EVENT, "--by", "court", "--ground", "article 47", "--yes")
    assert "1 transaction from before still read" in told
    assert "suyuan erase --finish" in told
    reader.rollback()
    assert "in no file of the database any more" in run("erase", "--finish")

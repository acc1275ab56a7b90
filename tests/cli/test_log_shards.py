"""The log's yearly shards at the command line: what an operator and an outsider read of them."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_documents import document
from click.testing import CliRunner, Result

from suyuan.capture import OnRefusal, Options
from suyuan.cli import Launcher, cli
from suyuan.service import Config, capture, local_capturer, on_store, publish
from suyuan.store import StoreSettings, open_store
from suyuan.tlog.note import parse_vkey
from suyuan.tlog.retained import RETAINED

ORIGIN = "trace.example.com/log"
EVE = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
YEAR = timedelta(days=365)
Run = Callable[..., Result]


@pytest.fixture
def site(migrated_database: str, tmp_path: Path) -> Path:
    """A data folder whose log has 3 entries of 2026, 3 of 2027, 2 of 2028; its checkpoints."""
    now, number = EVE, 0
    config = Config(data_dir=tmp_path, database_url=migrated_database, log_origin=ORIGIN)
    settings = StoreSettings(data_dir=tmp_path, database_url=migrated_database)
    with open_store(settings) as store:
        platform = on_store(store, config, clock=lambda: now)
        for name, count in (("old", 3), ("middle", 2), ("new", 1)):
            for _ in range(count):
                number += 1
                options = Options(on_refusal=OnRefusal.PROCEED)
                capture(platform, document(number), local_capturer(platform, None), options)
            (tmp_path / name).write_bytes(publish(platform).note)
            now += YEAR
    return tmp_path


@pytest.fixture
def run(site: Path, migrated_database: str) -> Run:
    given = {
        "SUYUAN_DATABASE_URL": migrated_database, "SUYUAN_DATA_DIR": str(site), "COLUMNS": "300",
        "SUYUAN_LOG_ORIGIN": ORIGIN,
    }  # fmt: skip

    def run(*words: object, lang: str = "en") -> Result:
        launcher = Launcher(serve=lambda _: None, witness=lambda *_: None)
        called = ["--lang", lang, *map(str, words)]
        return CliRunner(env=given).invoke(cli, called, obj=launcher)

    return run


def test_the_shards_are_listed_with_their_positions_and_which_are_closed(run: Run) -> None:
    done = run("ledger", "shards")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        f"{ORIGIN}: positions 1 to 3, 3 entries, closed.",
        f"{ORIGIN}/2027: positions 4 to 6, 3 entries, closed.",
        f"{ORIGIN}/2028: positions 7 to 8, 2 entries.",
    ]
    assert run("ledger", "shards", lang="zh").stdout.splitlines()[1:] == [
        f"{ORIGIN}/2027：位置 4 至 6，3 条，已关闭。",
        f"{ORIGIN}/2028：位置 7 至 8，2 条。",
    ]
    found = [json.loads(line) for line in run("ledger", "shards", "--json").stdout.splitlines()]
    assert [(each["number"], each["prefix"], each["first"], each["closed"]) for each in found] == [
        (0, "", 1, True), (2027, "2027/", 4, True), (2028, "2028/", 7, False),
    ]  # fmt: skip


def test_the_keys_are_given_under_the_name_of_a_years_shard_present_or_to_come(run: Run) -> None:
    (plain,) = run("ledger", "keys").stdout.split()
    for year in (2027, 2099):
        (line,) = run("ledger", "keys", "--shard", year).stdout.split()
        assert parse_vkey(line).name == f"{ORIGIN}/{year}"
        assert parse_vkey(line).key == parse_vkey(plain).key
    for wrong in ("0", "27", "999", "10000", "x"):
        done = run("ledger", "keys", "--shard", wrong)
        assert (done.exit_code, done.stdout) == (2, ""), wrong
        assert "--shard" in done.stderr


def test_a_mirror_with_earlier_shards_is_verified_from_a_checkpoint_of_any_of_them(
    run: Run, site: Path
) -> None:
    key, mirror = run("ledger", "keys").stdout.split()[0], site / "mirror"
    assert run("ledger", "mirror", mirror).exit_code == 0
    ours = run("ledger", "keys", "--shard", "2028").stdout.split()[0].split("+")
    named = "entries, every file whole, and the next one names it so"
    for since, size in (("old", 3), ("middle", 3), ("new", 2)):
        done = run("verify", mirror, "--key", key, "--since", site / since)
        assert done.exit_code == 0, done.output
        assert done.stdout.splitlines() == [
            f"✓ {mirror}: {ORIGIN}/2028 at 2 entries; every file is whole.",
            f"  an earlier shard, {ORIGIN}: 3 {named}",
            f"  an earlier shard, {ORIGIN}/2027: 3 {named}",
            f"  continues the older checkpoint at {size}",
            f"  signed by: {ORIGIN}/2028 (ed25519, {ours[1]})",
            (
                "  checked: signatures, every hash, every entry served; not checked: what the "
                "entries commit to, entries that are withheld, a database (that is --database)"
            ),
        ]
    told = json.loads(run("verify", mirror, "--key", key, "--json").stdout)
    assert told["earlier"] == [
        {"origin": ORIGIN, "size": 3, "first": 0},
        {"origin": f"{ORIGIN}/2027", "size": 3, "first": 0},
    ]
    (mirror / "2027/tile/entries/000.p/3").write_bytes(b"")
    broken = run("verify", mirror, "--key", key)
    assert broken.exit_code == 1
    assert "2027/tile/entries/000.p/3" in broken.stdout
    assert "an earlier shard" not in broken.stdout


def test_entries_that_an_earlier_shard_withholds_are_not_said_to_be_there(
    run: Run, site: Path, migrated_database: str
) -> None:
    config = Config(data_dir=site, database_url=migrated_database, log_origin=ORIGIN)
    settings = StoreSettings(data_dir=site, database_url=migrated_database)
    with open_store(settings) as store:
        platform = on_store(store, config, clock=lambda: EVE + 2 * YEAR)
        with store.write() as conn:
            platform.log_act(conn, RETAINED, days=30, first=3)
        publish(platform)
    key, mirror = run("ledger", "keys").stdout.split()[0], site / "mirror"
    assert run("ledger", "mirror", mirror).exit_code == 0
    assert not (mirror / "tile/entries").exists()
    done = run("verify", mirror, "--key", key)
    assert done.exit_code == 0, done.output
    earlier, withheld = done.stdout.splitlines()[1:3]
    assert earlier.startswith(f"  an earlier shard, {ORIGIN}: 3 entries")
    assert withheld.startswith("  entries before index 3 are withheld")


def test_two_shards_cannot_be_compared_by_their_checkpoints_and_it_is_said_what_can(
    run: Run, site: Path
) -> None:
    key = run("ledger", "keys").stdout.split()[0]
    done = run("verify", site / "new", "--key", key, "--since", site / "middle")
    assert done.exit_code != 0
    assert f"'{ORIGIN}/2028' and the '{ORIGIN}/2027' of the older checkpoint" in done.output
    assert "mirror" in done.output
    assert (
        "分片"
        in run("verify", site / "new", "--key", key, "--since", site / "old", lang="zh").output
    )


def test_a_backup_tells_how_many_entries_are_signed_over_all_shards(run: Run, site: Path) -> None:
    done = run("backup", site / "file")
    assert done.exit_code == 0, done.output
    assert "8 entries" in done.output
    assert "checkpoint at 8" in done.output


def test_an_opening_that_was_changed_is_not_given_out(
    run: Run, site: Path, migrated_database: str
) -> None:
    settings = StoreSettings(data_dir=site, database_url=migrated_database)
    with open_store(settings) as store, store.write() as conn:
        conn.execute(
            "update ledger.act set said = replace(convert_from(said, 'UTF8'), "
            "'\"size\":3', '\"size\":2')::bytea where kind = 'log.shard-opened'"
        )
    done = run("ledger", "mirror", site / "mirror")
    assert done.exit_code != 0
    assert "position 4" in done.output
    assert not (site / "mirror/2027/opening").exists()


@pytest.fixture
def years_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log began long before now, so that its receipts are of the past."""
    monkeypatch.setattr(sys.modules[__name__], "EVE", EVE.replace(year=2020))


def test_of_a_years_receipt_it_is_said_how_its_position_follows(
    years_ago: None, run: Run, site: Path
) -> None:
    """Position 5 is the second entry of the shard of 2021, which begins at 4."""
    assert years_ago is None
    file = site / "five.tlog-proof"
    assert run("receipt", 5, "--output", file).exit_code == 0
    key = run("ledger", "keys").stdout.split()[0]
    verified = run("verify", file, "--key", key)
    assert "index 1 and the first position of its shard" in verified.stdout
    assert json.loads(run("verify", file, "--key", key, "--json").stdout)["position"] is None
    assert "the entry at position 5 is proven" in run("receipt", file).output
    with_database = run("verify", file, "--key", key, "--database")
    assert f"{file} is of position 5" in with_database.stdout

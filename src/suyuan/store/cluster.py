"""PostgreSQL's data directory: made whole or not at all, and free of an earlier server."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from suyuan.store.binaries import Binaries
from suyuan.store.errors import StoreError
from suyuan.store.place import Place, User, clear_sockets

LAUNCH = Path(__file__).with_name("launch.py")
SUPERUSER = "postgres"
LOG_LIMIT = 10_000_000
_TAIL = 1500
_LINGERS = 10.0
"""Seconds in which an initdb that lost its starter has ended, even on a busy machine."""


def spawn(
    program: list[str], *, place: Place, user: User, on_orphaned: signal.Signals
) -> subprocess.Popen[bytes]:
    """Start a PostgreSQL program as that user; `on_orphaned` reaches it when our thread ends."""
    if place.log.exists() and place.log.stat().st_size > LOG_LIMIT:
        place.log.unlink()
    launch = [sys.executable, "-I", "-S", str(LAUNCH)]
    ids = [str(number) for number in (os.getpid(), user.uid, user.gid, int(on_orphaned))]
    with place.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 (our own interpreter and programs of the ladder)
            [*launch, *ids, *program],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"},
        )


def log_tail(place: Place) -> str:
    """The end of what the server said."""
    with suppress(OSError):
        return place.log.read_bytes()[-_TAIL:].decode(errors="replace").strip()
    return ""


def data_version(place: Place) -> int | None:
    """Major version of the data directory, None before it is made.

    Raises:
        StoreError: there is something that is not a data directory.
    """
    if not place.data.exists() or not any(place.data.iterdir()):
        return None
    with suppress(FileNotFoundError, ValueError):
        return int((place.data / "PG_VERSION").read_text().split(".")[0])
    raise StoreError(
        zh=f"{place.data} 里有文件，但不是 PostgreSQL 的数据。请移走它们。",
        en=f"{place.data} holds files that are not PostgreSQL's data. Move them away.",
    )


def make_data(binaries: Binaries, *, place: Place, user: User) -> None:
    """Run initdb beside `data` and rename: killed half-way it leaves nothing that counts.

    Text sorts by bytes, the same on every machine and libc; C.UTF-8 classifies characters
    where the system knows it.
    """
    _clear_left_overs(place)
    for character_type in ("C.UTF-8", "C"):
        fresh = place.base / f".initdb-{secrets.token_hex(4)}"
        fresh.mkdir(mode=0o700)
        os.chown(fresh, user.uid, user.gid)
        if _initdb(binaries, fresh, character_type, place=place, user=user) == 0:
            fresh.rename(place.data)
            return
        shutil.rmtree(fresh, ignore_errors=True)
    raise StoreError(
        zh=f"无法建立数据目录 {place.data}：\n{log_tail(place)}",
        en=f"The data directory {place.data} could not be made; the log {place.log} says why.",
    )


def _clear_left_overs(place: Place) -> None:
    """Remove what a killed initdb left; told of its starter's end, it may write a moment longer.

    What then still stays takes room and nothing else: no name of it is ever used again.
    """
    deadline = time.monotonic() + _LINGERS
    while left_overs := list(place.base.glob(".initdb-*")):
        for left_over in left_overs:
            shutil.rmtree(left_over, ignore_errors=True)
        if time.monotonic() > deadline:
            return
        time.sleep(0.02)


def _initdb(
    binaries: Binaries, folder: Path, character_type: str, *, place: Place, user: User
) -> int:
    program = [
        str(binaries.folder / "initdb"),
        *("-D", str(folder), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C", "--data-checksums"),
        *(f"--lc-ctype={character_type}", "--auth=reject", "--no-instructions"),
    ]
    return spawn(program, place=place, user=user, on_orphaned=signal.SIGTERM).wait()


def earlier_server(place: Place) -> int | None:
    """The process named by `postmaster.pid`; None when there is no such file, or half of one."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
        return int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def clear_earlier_server(place: Place, *, patience: float) -> None:
    """End a server that outlived its starter; forget a pid that is now somebody else's.

    Called by the holder of the lock, so no living starter wants that server. A stale file that
    names no process is left for postgres, which also checks its shared memory.

    Raises:
        StoreError: it does not end.
    """
    pid = earlier_server(place)
    if pid is not None and _serves(pid, place.data):
        _end(pid, place.data, patience)
    if pid is not None and _exists(pid):  # somebody else's, or dead and not waited for yet
        (place.data / "postmaster.pid").unlink(missing_ok=True)
    clear_sockets(place)


def _end(pid: int, data: Path, patience: float) -> None:
    for order in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError):
            os.kill(pid, order)
        if _ended(pid, data, patience / 2):
            return
    raise StoreError(
        zh=f"进程 {pid} 仍占用 {data}，无法停止。请运行：kill {pid}",
        en=f"Process {pid} still serves {data} and does not end. Run: kill {pid}",
    )


def _ended(pid: int, data: Path, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while _serves(pid, data):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _serves(pid: int, data: Path) -> bool:
    """Whether that process is a postmaster on this directory (its working folder is the data)."""
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
        except OSError:
            return False
    told = subprocess.run(  # noqa: S603 (fixed arguments)
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(data) in told.stdout

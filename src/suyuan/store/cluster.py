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

from msgspec import Struct

from suyuan.store.binaries import Binaries
from suyuan.store.errors import StoreError
from suyuan.store.place import Place, User

LAUNCH = Path(__file__).with_name("launch.py")
SUPERUSER = "postgres"
LOG_LIMIT = 10_000_000
_TAIL = 1500


class Postmaster(Struct, frozen=True, kw_only=True):
    """What `postmaster.pid` says of the server that wrote it."""

    pid: int
    sockets: Path | None = None


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
        zh=f"{place.data} 里有文件,但不是 PostgreSQL 的数据。请移走它们。",
        en=f"{place.data} holds files that are not PostgreSQL's data. Move them away.",
    )


def make_data(binaries: Binaries, *, place: Place, user: User) -> None:
    """Run initdb beside `data` and rename: killed half-way it leaves nothing that counts.

    Text sorts by bytes, the same on every machine and libc; C.UTF-8 classifies characters
    where the system knows it.
    """
    for left_over in place.base.glob(".initdb-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    for character_type in ("C.UTF-8", "C"):
        fresh = place.base / f".initdb-{secrets.token_hex(4)}"
        fresh.mkdir(mode=0o700)
        os.chown(fresh, user.uid, user.gid)
        if _initdb(binaries, fresh, character_type, place=place, user=user) == 0:
            fresh.rename(place.data)
            return
        shutil.rmtree(fresh, ignore_errors=True)
    raise StoreError(
        zh=f"无法建立数据目录 {place.data}:\n{log_tail(place)}",
        en=f"The data directory {place.data} could not be made; the log {place.log} says why.",
    )


def _initdb(
    binaries: Binaries, folder: Path, character_type: str, *, place: Place, user: User
) -> int:
    program = [
        str(binaries.folder / "initdb"),
        *("-D", str(folder), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C"),
        *(f"--lc-ctype={character_type}", "--auth=reject", "--no-instructions"),
    ]
    return spawn(program, place=place, user=user, on_orphaned=signal.SIGTERM).wait()


def read_postmaster(place: Place) -> Postmaster | None:
    """The server named by `postmaster.pid`; None when there is no such file, or half of one."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
        sockets = lines[4].split(",")[0].strip().strip('"') if len(lines) > 4 else ""  # noqa: PLR2004 (the file's fifth line)
        return Postmaster(pid=int(lines[0]), sockets=Path(sockets) if sockets else None)
    except (FileNotFoundError, IndexError, ValueError):
        return None


def clear_earlier_server(place: Place, *, patience: float) -> None:
    """End a server that outlived its starter; forget a pid that is now somebody else's.

    Called by the holder of the lock, so no living starter wants that server.

    Raises:
        StoreError: it does not end.
    """
    earlier = read_postmaster(place)
    if earlier is None or not _exists(earlier.pid):
        return  # postgres itself checks a stale file against its shared memory
    if not _serves(earlier.pid, place.data):
        (place.data / "postmaster.pid").unlink(missing_ok=True)
        return
    for order in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError):
            os.kill(earlier.pid, order)
        if _ended(earlier.pid, place.data, patience / 2):
            return
    raise StoreError(
        zh=f"进程 {earlier.pid} 仍占用 {place.data},无法停止。请运行:kill {earlier.pid}",
        en=f"Process {earlier.pid} still serves {place.data} and does not end. "
        f"Run: kill {earlier.pid}",
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

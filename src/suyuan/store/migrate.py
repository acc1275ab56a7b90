"""Plain-SQL migrations: numbered files, each applied once, in order, in its own transaction.

`NNNN_pre_name.sql` must suit the running code and comes before the new code; `NNNN_post_name.sql`
removes what only old code needed and may be held back until that has gone. A file is written so
that running it twice is harmless, and is never changed once applied. `.head` names the newest, so
that two branches with a migration each meet as a conflict in git.
"""

import hashlib
import re
from collections.abc import Container, Sequence
from importlib.resources import files
from typing import LiteralString

import psycopg
from msgspec import Struct
from psycopg.rows import TupleRow

from suyuan.store.errors import StoreError
from suyuan.store.sqlfile import Queries

_NAME = re.compile(r"(\d{4})_(pre|post)_[a-z0-9_]+\.sql")
_SQL = Queries("suyuan.store")


class Migration(Struct, frozen=True, kw_only=True):
    """One file of `migrations/`."""

    name: str
    text: LiteralString

    @property
    def sha256(self) -> str:
        """Digest of the text, by which a changed file is noticed."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def after(self) -> bool:
        """Whether it may be held back until the old code has gone."""
        return "_post_" in self.name


def known_migrations() -> tuple[Migration, ...]:
    """The migrations of this version of the product, in order.

    Raises:
        ValueError: a name out of form, or a number used twice.
    """
    folder = files("suyuan.store") / "migrations"
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))
    matches = [_NAME.fullmatch(name) for name in names]
    numbers = [match[1] for match in matches if match]
    if len(set(numbers)) != len(names):
        raise ValueError(f"migrations need names NNNN_pre_name.sql, each number once: {names}")
    return tuple(
        Migration(name=name, text=(folder / name).read_text(encoding="utf-8")) for name in names
    )


def migrate(
    dsn: str,
    *,
    hold_back: bool = False,
    lock_timeout: float = 10.0,
    statement_timeout: float = 600.0,
    migrations: tuple[Migration, ...] | None = None,
) -> tuple[str, ...]:
    """Bring the database up to this version; returns the names applied, none when up to date.

    With `hold_back`, post-migrations at the end wait for a later run. Time-outs in seconds.

    Raises:
        StoreError: an applied file was changed, the row of one was deleted, the database is newer
            than the product, or a lock was not had, in time or at all (nothing of that migration
            remains; run again).
    """
    known = known_migrations() if migrations is None else migrations
    with psycopg.connect(dsn, autocommit=True, connect_timeout=10) as connection:
        limits = [f"{round(each * 1000)}ms" for each in (lock_timeout, statement_timeout)]
        connection.execute(_SQL["set_limits"], limits)
        try:
            connection.execute(_SQL["lock_migrations"])  # released when the connection closes
            pending = _pending(connection, known)
            if hold_back:
                pending = _without_trailing_posts(pending)
            for migration in pending:
                apply(connection, migration)
        except (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable) as error:
            raise _busy() from error
    return tuple(each.name for each in pending)


def _pending(
    connection: psycopg.Connection[TupleRow], known: tuple[Migration, ...]
) -> list[Migration]:
    had = applied(connection)
    here = {each.name: each for each in known}
    for name, sha256 in had.items():
        if name not in here:
            raise StoreError(
                zh=f"数据库比本程序新（已有迁移 {name}）。请升级程序。",
                en=f"The database is newer than the program (it has {name}). Upgrade the program.",
            )
        if here[name].sha256 != sha256:
            raise StoreError(
                zh=f"迁移 {name} 已执行，之后又被修改。请恢复原文件，另写一个新的迁移。",
                en=f"Migration {name} was changed after it was applied. "
                "Restore the file and write the change as a new one.",
            )
    if lost := gaps(known, had):
        raise _unnoted(lost)
    return [each for each in known if each.name not in had]


def gaps(known: Sequence[Migration], had: Container[str]) -> list[Migration]:
    """Migrations that are not noted though later ones are: whoever applies them keeps the order."""
    last = max((at for at, each in enumerate(known) if each.name in had), default=0)
    return [each for each in known[:last] if each.name not in had]


def _unnoted(lost: Sequence[Migration]) -> StoreError:
    names = ", ".join(each.name for each in lost)
    rows = ", ".join(f"('{each.name}', '{each.sha256}')" for each in lost)
    cure = f"insert into store.migration (name, sha256) values {rows};"  # noqa: S608 -- said, not run
    return StoreError(
        zh=f"store.migration 缺少 {names} 的行，而后来的都在：有人删了它，再执行一遍会弄坏表。"
        f"查明由谁删除，再补回：{cure} 随后运行 suyuan doctor --deep；"
        "或把备份恢复到空库：suyuan restore 文件。",
        en=f"store.migration has no row of {names}, and has later ones: somebody deleted it, and "
        f"applying it again would break tables. Find out who, then put it back: {cure} and run "
        "suyuan doctor --deep; or restore a backup into an empty database: suyuan restore FILE.",
    )


def applied(connection: psycopg.Connection[TupleRow]) -> dict[str, str]:
    """The migrations that a database has had, by name, with the digests of their files."""
    row = connection.execute(_SQL["is_migrated"]).fetchone()
    if row is None or not row[0]:
        return {}
    return dict(connection.execute(_SQL["applied_migrations"]).fetchall())


def _without_trailing_posts(pending: list[Migration]) -> list[Migration]:
    last = max((at for at, each in enumerate(pending) if not each.after), default=-1)
    return pending[: last + 1]


def apply(connection: psycopg.Connection[TupleRow], migration: Migration) -> None:
    """Apply one migration and note it, both or neither."""
    with connection.transaction():
        connection.execute(migration.text)
        connection.execute(_SQL["note_migration"], (migration.name, migration.sha256))


def _busy() -> StoreError:
    return StoreError(
        zh="等不到数据库锁：另一个进程在迁移或占用表。没有改动；请稍后再运行。",
        en="A database lock was not had in time: another process migrates or uses the tables. "
        "Nothing was changed; run it again later.",
    )

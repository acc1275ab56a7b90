"""The one error of the store: what is wrong and how to mend it, in both languages."""

from typing import Final

import psycopg
from psycopg import errors as postgres

from suyuan.kit import SuyuanError, Text

_AGAIN: Final = 2
"""Seconds in which a server that was killed is there again."""


class StoreError(SuyuanError):
    """The store cannot be opened or used; `zh` and `en` name the fault and its cure."""

    def __init__(
        self,
        *,
        zh: str,
        en: str,
        code: str = "store.unusable",
        place: str = "",
        status: int = 503,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code, Text(zh, en), place, status=status, retry_after=retry_after)
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return f"{self.zh}\n{self.en}"


def in_midst(error: Exception) -> StoreError | None:
    """What to say of an error that a transaction ended with, where the database was the cause."""
    why = str(error).strip().partition("\n")[0]
    match error:
        case postgres.DiskFull():
            return _full(f"：{why}。没写完的不会留下", f": {why}. Nothing half-written stays")
        case postgres.DataCorrupted() | postgres.IndexCorrupted():
            return StoreError(
                code="store.page",
                status=500,
                zh=f"数据库的文件损坏：{why}。先留存整个数据文件夹，再从备份恢复："
                "suyuan restore 文件；suyuan doctor --deep 说出是哪张表、缺哪些事件。",
                en=f"A file of the database is damaged: {why}. Keep a copy of the whole data "
                "folder, then restore a backup: suyuan restore FILE; suyuan doctor --deep tells "
                "which table, and which events are gone.",
            )
        case psycopg.OperationalError():
            return StoreError(
                retry_after=_AGAIN,
                zh=f"数据库中途不能用了：{why}。没写完的不会留下；先运行 suyuan doctor，再重做。",
                en=f"The database could not be used any more: {why}. Nothing half-written stays; "
                "run suyuan doctor, then do it again.",
            )
        case _:
            return None


def without_room() -> StoreError:
    """What to say where the database does not run because its disk is full."""
    return _full("，它因此停着；什么也没有做", ", and it stands still for that. Nothing was done")


def _full(zh: str, en: str) -> StoreError:
    return StoreError(
        code="store.full",
        place="database",
        status=507,
        zh=f"数据库所在的磁盘已满{zh}；腾出空间后重做。",
        en=f"The disk of the database is full{en}; make room, then do it again.",
    )

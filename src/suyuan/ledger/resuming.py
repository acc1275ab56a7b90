"""Keys of a log on what came from a backup: they sign again, and the log says that they did.

Two stores take part, so what is to be logged lies in the log's folder before the keys may sign, and
goes once it is an act: whoever is killed between is followed by one who completes it, and nothing
is signed in which it is missing.
"""

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct, structs

from suyuan.kit import Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.durable import remove, write_whole
from suyuan.kit.ids import Draw
from suyuan.ledger import acts, shards, tree
from suyuan.ledger.files import data_of, held, is_there
from suyuan.ledger.keys import (
    Log,
    keep_signed,
    last_signed,
    read_log,
    signed,
)
from suyuan.ledger.publishing import opened, require_same, signed_shard
from suyuan.ledger.restored import backup_of, is_restored, unmark
from suyuan.ledger.sequence import head
from suyuan.ledger.types import Done
from suyuan.store import Store, WriteConnection
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.encoding import encode, read_hash
from suyuan.tlog.errors import FormatError
from suyuan.tlog.note import note_bytes
from suyuan.tlog.shards import number_of

_RESUMED: Final = "resumed"
_DAMAGED: Final = Text(
    "{path} 读不出来：它记着日志的密钥从备份恢复后何时继续签名，尚未写入日志。"
    "请从另一份副本放回它；若没有，删除它，日志就不会记下这件事。",
    "{path} cannot be read: it keeps from when on the log's keys signed again after a restore, "
    "until the log says so. Put it back from a copy; if there is none, remove it, and the log "
    "will not say it.",
)


class _Resumed(Struct, frozen=True):
    """The time of the backup, its faults where they are known, and from where the log goes on."""

    backup: str
    faults: int | None
    origin: str
    root: str
    size: int


def resume(store: Store, log: Log, newest: bytes) -> Checkpoint:
    """Let keys from a backup sign again, from the newest checkpoint that anybody has seen of them.

    The ledger must go on from it, and from what the backup says was signed; what is signed last is
    the longer of the two then.

    Raises:
        LedgerError: `ledger.shorter`, `ledger.rewritten`: it does not.
        FormatError, ProofError: `newest` is no checkpoint that these keys signed.
    """
    with held(log.lock):
        log = read_log(log.folder)
        seen = opened(log, newest)
        mark, _ = last_signed(log)
        with store.write() as conn:
            for each in shards.until(conn, head(conn).size):
                tree.grow(conn, each)
        with store.read() as conn:
            for one in (mark, seen):
                require_same(conn, signed_shard(conn, log, one), one)
            further = signed_shard(conn, log, seen).before + seen.size
            is_newer = further > signed_shard(conn, log, mark).before + mark.size
        if is_newer:
            keep_signed(log, note_bytes(signed(log, seen)))
        goes_on = seen if is_newer else mark
        _make_current(log, goes_on)
        return goes_on


def _make_current(log: Log, newest: Checkpoint) -> None:
    """Let restored keys sign again, from a checkpoint on: what they signed last is known by now."""
    if not is_restored(log.folder):
        return
    at, faults = backup_of(log.folder)
    said = _Resumed(at, faults, newest.origin, encode(newest.root), newest.size)
    write_whole(log.folder / _RESUMED, msgspec.json.encode(said))
    unmark(log.folder)


def keep_resumed(conn: WriteConnection, log: Log, *, now: datetime, draw: Draw) -> None:
    """Log that restored keys sign again, once; the file goes after the commit (`forget_resumed`).

    Raises:
        FormatError: `ledger.file`, the file is damaged.
    """
    path = log.folder / _RESUMED
    if is_restored(log.folder) or not is_there(path):
        return
    said = {name: value for name, value in structs.asdict(_read(log)).items() if value is not None}
    if canonical_bytes(said) != acts.latest(conn, acts.RESUMED):
        acts.keep(conn, [Done(acts.RESUMED, None, said)], now=now, draw=draw)


def require_sound(log: Log) -> None:
    """See that what is still to be logged of keys from a backup can be read, if it is there.

    Raises:
        FormatError: `ledger.file`.
    """
    if is_there(log.folder / _RESUMED):
        _read(log)


def _read(log: Log) -> _Resumed:
    path = log.folder / _RESUMED
    try:
        found = msgspec.json.decode(data_of(path) or b"", type=_Resumed)
        read_hash(found.root, path.name)
    except (msgspec.DecodeError, UnicodeDecodeError, FormatError) as error:
        raise FormatError("ledger.file", _DAMAGED.format(path=path), str(path)) from error
    if number_of(found.origin, log.origin) is None or found.size < 0:
        raise FormatError("ledger.file", _DAMAGED.format(path=path), str(path))
    return found


def forget_resumed(log: Log) -> None:
    """Take away what is an act by now."""
    path = log.folder / _RESUMED
    if is_there(path) and not is_restored(log.folder):
        remove(path)

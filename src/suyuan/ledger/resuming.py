"""Keys of a log that came from a backup: they sign again, and the log says that they did.

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
from suyuan.kit.ids import Draw
from suyuan.ledger import acts
from suyuan.ledger.durable import remove, write_whole
from suyuan.ledger.keys import RESTORED, Log, is_restored
from suyuan.ledger.types import Done
from suyuan.store import WriteConnection
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.encoding import encode
from suyuan.tlog.errors import FormatError

_RESUMED: Final = "resumed"
_DAMAGED: Final = Text(
    "{path} 读不出来：它记着日志的密钥从备份恢复后何时继续签名，尚未写入日志。"
    "请从另一份副本放回它；若没有，删除它，日志就不会记下这件事。",
    "{path} cannot be read: it keeps from when on the log's keys signed again after a restore, "
    "until the log says so. Put it back from a copy; if there is none, remove it, and the log "
    "will not say it.",
)


class _Resumed(Struct, frozen=True):
    """The time of the backup, and the checkpoint from which the log goes on."""

    backup: str
    origin: str
    root: str
    size: int


def make_current(log: Log, newest: Checkpoint) -> None:
    """Let restored keys sign again, from a checkpoint on: what they signed last is known by now."""
    if not is_restored(log.folder):
        return
    path = log.folder / RESTORED
    said = _Resumed(
        path.read_text(errors="replace").strip(), newest.origin, encode(newest.root), newest.size
    )
    write_whole(log.folder / _RESUMED, msgspec.json.encode(said))
    remove(path)


def keep_resumed(conn: WriteConnection, log: Log, *, now: datetime, draw: Draw) -> None:
    """Log that restored keys sign again, once; the file goes after the commit (`forget_resumed`).

    Raises:
        FormatError: `ledger.file`, the file is damaged.
    """
    path = log.folder / _RESUMED
    if is_restored(log.folder) or not path.exists():
        return
    try:
        said = structs.asdict(msgspec.json.decode(path.read_bytes(), type=_Resumed))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FormatError("ledger.file", _DAMAGED.format(path=path), str(path)) from error
    if canonical_bytes(said) != acts.latest(conn, acts.RESUMED):
        acts.keep(conn, [Done(acts.RESUMED, None, said)], now=now, draw=draw)


def forget_resumed(log: Log) -> None:
    """Take away what is an act by now."""
    path = log.folder / _RESUMED
    if path.exists() and not is_restored(log.folder):
        remove(path)

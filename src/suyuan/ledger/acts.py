"""Takes what was done beside events; makes it an entry of the log, and proves it as one.

The leaf of an act commits to two fields: `act`, its kind and time, and `said`, all that is said of
it. It is written in the transaction that does it, so neither is there without the other. What is
logged, and in which form, stands in docs/concepts/ledger-and-record.md.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.digest import mac
from suyuan.kit.ids import Draw
from suyuan.ledger.keys import Log
from suyuan.ledger.sequence import enqueue, hold
from suyuan.ledger.types import Done, TamperedError, microseconds
from suyuan.store import Queries, ReadConnection, WriteConnection
from suyuan.tlog.commitment import SECRET_BYTES, Disclosure, commit, disclose
from suyuan.tlog.note import vkey_text
from suyuan.tlog.retained import RETAINED
from suyuan.tlog.shards import ACT, KEYS, OPENED, SAID, act_fields

_Q: Final = Queries(__package__)
_AT_ONCE: Final = 2_000
_MARK: Final = 16  # hexadecimal digits
BEGUN, RESUMED, RESTORED = "log.begun", "log.resumed", "log.restored"
"""Another log begins on this record; keys from a backup sign again; a backup was restored."""
OPEN_TO_ALL: Final = MappingProxyType({
    KEYS: Text("日志的密钥变更", "keys of the log changed"),
    OPENED: Text("开启年度分片", "shard of a year opened"),
    RETAINED: Text("条目的保留规则", "retention of entries"),
    BEGUN: Text("另起一部日志", "another log begun"),
    RESUMED: Text("备份的密钥重新签名", "keys from a backup sign again"),
    RESTORED: Text("由备份恢复", "restored from a backup"),
})  # fmt: skip
"""The kinds that are everybody's to know, each in words: what was done to the log itself."""


_LOST: Final = Text(
    "日志的条目里有 {folder} 已没有的公钥：{lost}。该文件夹是旧的，或其中的 rotated、revoked 丢失"
    "或被改动；若照此签名，已撤销的密钥又会被相信。未存证、未签名。请放回最新的 log 文件夹；"
    "只缺 rotated、revoked 里的行，补写进去即可。",
    "Entries of the log name keys that {folder} has no longer: {lost}. It is an older one, or its "
    "files rotated and revoked were lost or changed; going by it, a revoked key would be believed "
    "again. Nothing is logged or signed. Put the newest log folder back; where only lines of "
    "rotated or revoked are missing, it is enough to write these in again.",
)


class _Keys(Struct, frozen=True):
    keys: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()
    rotated: tuple[str, ...] = ()


class Act(Struct, frozen=True, kw_only=True):
    """One act: its kind, when it was done, whom it concerns, what is said of it (JSON).

    `position` and `recorded` are its place and time in the log; `proven` says whether what is
    written here is what was logged of it.
    """

    position: int
    recorded: datetime
    kind: str
    at: datetime
    party: str | None
    said: bytes
    secret: bytes
    proven: bool


def keep(conn: WriteConnection, done: Iterable[Done], *, now: datetime, draw: Draw) -> None:
    """Log acts in the transaction that does them; they get their positions as events do."""
    rows = [_row(each, now, draw(SECRET_BYTES)) for each in done]
    with conn.cursor() as cursor:
        cursor.executemany(_Q.keep_act, rows, returning=True)
        entries = [int(row[0]) for result in cursor.results() for row in result] if rows else []
    leaves = [
        commit(act_fields(row["kind"], now, row["party"], row["said"]), row["secret"])
        for row in rows
    ]
    enqueue(conn, list(zip(entries, leaves, strict=True)))


def _row(done: Done, now: datetime, secret: bytes) -> dict[str, Any]:
    told = {name: value for name, value in done.said.items() if value is not None}
    value = canonical_bytes(told)
    return {"kind": done.kind, "at": now, "party": done.party, "said": value, "secret": secret}


def mark_of(doer: int | str, secret: bytes) -> str:
    """By what the log names an account or a user of the machine.

    Only who has this installation's secret can tell whose it is.
    """
    text = f"account {doer}" if isinstance(doer, int) else f"machine {doer}"
    return mac(secret, text.encode()).hex()[:_MARK]


def keep_keys(conn: WriteConnection, log: Log, *, now: datetime, draw: Draw) -> None:
    """Log the keys of the log, where they are not those that were logged last.

    The one key that a log begins with is no change. Called before positions are given, so a change
    is logged in the very checkpoint that is signed after it, even if a crash came between.

    Raises:
        LedgerError: `ledger.keys-lost`, the folder has fewer keys than were logged of them.
    """
    hold(conn)
    leaving = [vkey_text(each.vkey) for each in log.handover]
    said = {
        **({"handover": leaving} if leaving else {}),
        "keys": [vkey_text(each) for each in log.vkeys],
        "revoked": [vkey_text(each) for each in log.revoked],
        "rotated": [vkey_text(each) for each in log.rotated],
    }
    before = latest(conn, KEYS)
    begun = before is None and len(log.vkeys) == 1 and not (log.rotated or log.revoked)
    if not begun and before != canonical_bytes(said):
        require_all_keys(conn, log)
        keep(conn, [Done(KEYS, None, said)], now=now, draw=draw)


def require_all_keys(conn: ReadConnection, log: Log) -> None:
    """See that every key that was logged of this log is in its folder, and revoked if it was.

    Where none of them is, they are of a log before this one on the same record.

    Raises:
        LedgerError: `ledger.keys-lost`.
    """
    said = _keys_logged(conn)
    revoked = {vkey_text(each) for each in log.revoked}
    known = revoked | {vkey_text(each) for each in (*log.vkeys, *log.rotated)}
    unread = {f"{each.name}+{each.id.hex()}+" for each in log.silent if each.vkey is None}
    logged = {*said.keys, *said.rotated, *said.revoked}
    lost = [f"revoked {each}" for each in said.revoked if each not in revoked]
    named = [("key", each) for each in said.keys] + [("rotated", each) for each in said.rotated]
    lost += [
        f"{what} {each}" for what, each in named
        if each not in known and not each.startswith(tuple(unread))
    ]  # fmt: skip
    if lost and logged & known:
        text = _LOST.format(folder=log.folder, lost=", ".join(lost))
        raise TamperedError("ledger.keys-lost", text, str(log.folder), status=409)


def _keys_logged(conn: ReadConnection) -> _Keys:
    """What was logged last of the keys, as far as it is as it was logged."""
    found = _Keys()
    for act in every(conn, kind=KEYS):
        with suppress(msgspec.DecodeError, UnicodeDecodeError):  # told of as every act is
            found = msgspec.json.decode(act.said, type=_Keys) if act.proven else found
    return found


def latest(conn: ReadConnection, kind: str) -> bytes | None:
    """What was said last of a kind, whether it has its position or waits for it."""
    row = conn.execute(_Q.latest_act, {"kind": kind}).fetchone()
    return None if row is None else bytes(row[0])


def acts(
    conn: ReadConnection,
    first: int = 1,
    last: int = 1 << 62,
    *,
    kind: str | None = None,
) -> list[Act]:
    """The acts between two positions, both included, in the order of the log: of a few."""
    asked = {"first": first, "last": last, "kind": kind}
    return [_act(row) for row in conn.execute(_Q.acts, asked).fetchall()]


def after(
    conn: ReadConnection, position: int, last: int, *, kind: str | None, limit: int
) -> list[Act]:
    """The next acts behind a position, up to `last`, in the order of the log."""
    asked = {"after": position, "last": last, "kind": kind, "limit": limit}
    return [_act(row) for row in conn.execute(_Q.acts_after, asked).fetchall()]


def until(conn: ReadConnection, kind: str, last: int) -> Iterator[Act]:
    """All acts of a kind up to a position, in no order; a few thousand are fetched at a time."""
    with conn.cursor("acts_until") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(_Q.acts_until, {"kind": kind, "last": last})
        yield from map(_act, cursor)


def every(conn: ReadConnection, *, kind: str | None = None) -> Iterator[Act]:
    """All acts, or all of a kind, in the order of the log, then those that wait for a position.

    Those have 0 for it. They are fetched a few thousand at a time.
    """
    with conn.cursor("acts") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(_Q.every_act, {"kind": kind})
        yield from map(_act, cursor)


def without_leaf(conn: ReadConnection, *, limit: int) -> list[tuple[int, str]]:
    """Acts that were written past the ledger, or whose leaf was deleted: entries and kinds."""
    return [
        (int(row[0]), str(row[1])) for row in conn.execute(_Q.acts_without_leaf, {"limit": limit})
    ]


def disclosed(act: Act) -> Disclosure:
    """What a receipt shows of an act: all."""
    fields = act_fields(act.kind, act.at, act.party, act.said)
    return disclose(fields, act.secret, [ACT, SAID], time=microseconds(act.recorded))


def _act(row: tuple[Any, ...]) -> Act:
    position, recorded, commitment, kind, at, party, said, secret = row
    value, known = bytes(said), bytes(secret)
    fields = act_fields(kind, at, party, value)
    proven = len(known) == SECRET_BYTES and commit(fields, known) == bytes(commitment)
    return Act(
        position=position, recorded=recorded, kind=kind, at=at, party=party, said=value,
        secret=known, proven=proven,
    )  # fmt: skip

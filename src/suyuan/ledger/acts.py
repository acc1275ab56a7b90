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
from suyuan.ledger.types import Done, microseconds
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


def keep(conn: WriteConnection, done: Iterable[Done], *, now: datetime, draw: Draw) -> list[int]:
    """Log acts in the transaction that does them; they get their positions as events do.

    Gives their numbers, below zero and falling, by which rows may name them.
    """
    rows = [_row(each, now, draw(SECRET_BYTES)) for each in done]
    with conn.cursor() as cursor:
        cursor.executemany(_Q.keep_act, rows, returning=True)
        entries = [int(row[0]) for result in cursor.results() for row in result] if rows else []
    leaves = [
        commit(act_fields(row["kind"], now, row["party"], row["said"]), row["secret"])
        for row in rows
    ]
    enqueue(conn, list(zip(entries, leaves, strict=True)))
    return entries


def _row(done: Done, now: datetime, secret: bytes) -> dict[str, Any]:
    told = {name: value for name, value in done.said.items() if value is not None}
    value = canonical_bytes(told)
    return {"kind": done.kind, "at": now, "party": done.party, "said": value, "secret": secret}


class _Told(Struct):
    by: str | None = None


def is_by(act: Act, account: int | None, secret: bytes) -> bool:
    """Whether an account did it; of no account is that so."""
    if account is None or not act.proven:
        return False
    with suppress(msgspec.MsgspecError):
        return msgspec.json.decode(act.said, type=_Told).by == mark_of(account, secret)
    return False


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
        keep(conn, [Done(KEYS, None, said)], now=now, draw=draw)


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

"""The signer: extends what was signed by what came since, and by nothing else.

It goes by its own mark outside the database. What the mark says was signed must still be there, by
the hashes that are kept of full tiles and by the newest entries, or nothing is signed any more. An
entry under a kept hash is read again only by who verifies the database.
"""

from contextlib import suppress
from datetime import datetime
from typing import Final, TypeGuard

from msgspec import Struct

from suyuan.kit import Text
from suyuan.ledger import tree
from suyuan.ledger.asking import Asked, Missing, ask, policy_in, witnesses_of
from suyuan.ledger.durable import held
from suyuan.ledger.keys import (
    Log,
    keep_signed,
    last_signed,
    make_current,
    read_log,
    require_current,
    signed,
)
from suyuan.ledger.sequence import head
from suyuan.ledger.types import LedgerError
from suyuan.store import Queries, ReadConnection, Store, WriteConnection
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.errors import FormatError, ProofError
from suyuan.tlog.note import note_bytes, parse_note
from suyuan.tlog.policy import Policy, is_met
from suyuan.tlog.proof import consistency_proof
from suyuan.tlog.signing import open_note

_Q: Final = Queries(__package__)
_SHORTER: Final = Text(
    "账本只有 {found} 条，而已签名的有 {size} 条：数据库被截断，或恢复了旧备份。"
    "不再签名；请恢复较新的备份。",
    "The ledger has {found} entries, and {size} were signed: it was cut off, or an old backup was "
    "restored. Nothing more is signed; restore a newer one.",
)
_REWRITTEN: Final = Text(
    "前 {size} 条与已签名的不符：账本被改写。不再签名；"
    "请运行 suyuan verify --database 找出被改的事件，并恢复备份。",
    "The first {size} entries are not those that were signed: the ledger was rewritten. Nothing "
    "more is signed; run suyuan verify --database to find what was changed, and restore a backup.",
)


_OTHER_LOG: Final = Text(
    "这个数据库的日志由另一把密钥签名，不是 {folder} 里的 {origin}。不签名；"
    "请使用原来的数据目录，或把它的 log 文件夹搬来。",
    "This database's log is signed with another key than {origin} in {folder}. Nothing is signed; "
    "use the data folder that it began with, or move its log folder here.",
)


_QUORUM: Final = Text(
    "{size} 条已签名但未发布，见证不足：{missing}。策略要求 “{quorum}”；已发布的仍是此前的检查点。",
    "{size} entries are signed and not published, for want of witnesses: {missing}. The policy "
    "asks for '{quorum}'; the checkpoint before stays the published one.",
)


class Published(Struct, frozen=True):
    """A checkpoint that may be fetched: its size, the signed note, and who has not cosigned it."""

    size: int
    note: bytes
    missing: tuple[Missing, ...] = ()


class Standing(Struct, frozen=True):
    """How far the signer has come: entries signed and published, and who has not cosigned.

    `missing` are the witnesses of the policy without a cosignature on what is published.
    """

    signed: int
    published: int
    missing: tuple[str, ...] = ()


def standing(conn: ReadConnection, log: Log) -> Standing:
    """How far the signer has come; nobody is asked for anything.

    Raises:
        FormatError: the published checkpoint or the policy is damaged.
    """
    shown, policy = published(conn), policy_in(log.folder)
    signed_size = last_signed(log)[0].size
    if shown is None or policy is None:
        return Standing(signed_size, 0 if shown is None else shown.size)
    had = witnesses_of(shown.note, policy)
    missing = tuple(each.name for each in policy.witnesses if each.name not in had)
    return Standing(signed_size, shown.size, missing)


def publish(store: Store, log: Log, *, now: datetime) -> Published:
    """Sign and publish what the ledger has grown to; what is published already is given again.

    The mark is on the disk before the checkpoint is shown to anybody, its witnesses included; a
    crash between the two is mended by the next call. Publishers wait for each other; whoever signs,
    rotates or copies the keys waits for none of the witnesses.

    Raises:
        LedgerError: `ledger.shorter`, `ledger.rewritten`: the ledger is not what was signed.
        LedgerError: `ledger.quorum`: fewer witnesses cosigned than the log's policy asks for.
        OSError: the mark cannot be written.
    """
    with held(log.asking):
        while True:
            note, shown = _sign(store, log)
            policy = policy_in(log.folder)
            if _stands(shown, note, policy):
                return shown
            size = parse_checkpoint(parse_note(note).text).size
            done = Published(size, note) if policy is None else _asked(store, note, shown, policy)
            if (put := _put(store, log, done, shown, now)) is not None:
                return put  # else its key was replaced while its witnesses were asked


def _sign(store: Store, log: Log) -> tuple[bytes, Published | None]:
    """What is signed last, of all that the ledger has; and what is published."""
    with held(log.lock):
        log = read_log(log.folder)  # its key may have been replaced meanwhile
        require_current(log)
        before, note = last_signed(log)
        with store.write() as conn:
            size = head(conn).size
            tree.grow(conn, size)
        with store.read() as conn:
            shown = published(conn)
            _require_ours(shown, log)
            require_same(conn, before)
            grown = tree.root_of(conn, size) if size > before.size else before.root
        if size > before.size:
            note = note_bytes(signed(log, Checkpoint(log.origin, size, grown)))
            keep_signed(log, note)
        return note, shown


def _put(
    store: Store, log: Log, done: Published, shown: Published | None, now: datetime
) -> Published | None:
    """Show a checkpoint in the place of what was; None where it is not what is signed last."""
    with held(log.lock):
        _, note = last_signed(read_log(log.folder))
        mark, given = parse_note(note), parse_note(done.note)
        if mark.text != given.text or not set(mark.signatures) <= set(given.signatures):
            return None
        row = {
            "size": done.size, "note": done.note, "now": now, "before": shown and shown.note,
        }  # fmt: skip
        with store.write() as conn:
            if conn.execute(_Q.publish, row).fetchone() is not None:
                return done
            return published(conn)  # somebody else did meanwhile


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
        opened = open_note(newest, [log.vkeys[0], *log.rotated])
        seen = parse_checkpoint(opened.note.text)
        mark, _ = last_signed(log)
        with store.write() as conn:
            tree.grow(conn, head(conn).size)
        with store.read() as conn:
            require_same(conn, mark)
            require_same(conn, seen)
        if seen.size > mark.size:
            keep_signed(log, note_bytes(signed(log, seen)))
        make_current(log)
        return max(seen, mark, key=lambda each: each.size)


def _stands(shown: Published | None, note: bytes, policy: Policy | None) -> TypeGuard[Published]:
    """Whether what is shown says what was signed last, and is cosigned as the policy asks."""
    if shown is None or policy is None:
        return shown is not None and shown.note == note
    try:
        found, signed_last = parse_note(shown.note), parse_note(note)
        same = found.text == signed_last.text
        same = same and set(signed_last.signatures) <= set(found.signatures)
        return same and is_met(policy, witnesses_of(shown.note, policy))
    except (FormatError, ProofError):
        return False


def _asked(store: Store, note: bytes, shown: Published | None, policy: Policy) -> Published:
    """The signed checkpoint as its witnesses cosigned it.

    Raises:
        LedgerError: `ledger.quorum`, too few did.
    """
    checkpoint = parse_checkpoint(parse_note(note).text)
    with store.read() as conn:
        node = tree.tree_of(conn, checkpoint.size)
        found: Asked = ask(
            note,
            checkpoint,
            policy,
            prove=lambda old: consistency_proof(node, old, checkpoint.size) if old else (),
            older=_cosigned_sizes(shown, policy),
        )
    if not found.is_met:
        said = [Text(f"{each.name}（{each.why.zh}）", f"{each.name} ({each.why.en})")
                for each in found.missing]  # fmt: skip
        missing = Text("；".join(e.zh for e in said) or "—", "; ".join(e.en for e in said) or "—")
        text = _QUORUM.format(size=checkpoint.size, missing=missing, quorum=policy.quorum)
        raise LedgerError("ledger.quorum", text, status=503)
    return Published(checkpoint.size, found.note, found.missing)


def _cosigned_sizes(shown: Published | None, policy: Policy) -> dict[str, int]:
    """What each witness has cosigned, as far as the published checkpoint tells."""
    if shown is None:
        return {}
    try:
        size = parse_checkpoint(parse_note(shown.note).text).size
        return dict.fromkeys(witnesses_of(shown.note, policy), size)
    except (FormatError, ProofError):  # damaged, or a policy of other keys: they say it themselves
        return {}


def _require_ours(shown: Published | None, log: Log) -> None:
    """A database has one log: two that sign it would look like a fork to everybody."""
    try:
        with suppress(FormatError):  # what is no note at all is nobody's, and is written anew
            if shown is not None:
                open_note(shown.note, [log.vkeys[0], *log.rotated, *log.revoked])
    except ProofError as error:
        text = _OTHER_LOG.format(origin=log.origin, folder=log.folder)
        raise LedgerError("ledger.other-log", text, status=500) from error


def forget(conn: WriteConnection) -> None:
    """Forget what was published, so that another log may begin on this ledger."""
    conn.execute(_Q.forget_checkpoint)


def published(conn: ReadConnection) -> Published | None:
    """The checkpoint last published; None before the first."""
    row = conn.execute(_Q.published).fetchone()
    return None if row is None else Published(row[0], bytes(row[1]))


def require_same(conn: ReadConnection, before: Checkpoint) -> None:
    """See that the ledger still begins as it did when this was signed.

    Raises:
        LedgerError: `ledger.shorter`, `ledger.rewritten`.
    """
    found = head(conn).size
    if found < before.size:
        text = _SHORTER.format(found=found, size=before.size)
        raise LedgerError("ledger.shorter", text, status=500)
    try:
        same = tree.root_of(conn, before.size) == before.root
    except (FormatError, IndexError):  # rows are missing within a tile
        same = False
    if not same:
        text = _REWRITTEN.format(size=before.size)
        raise LedgerError("ledger.rewritten", text, status=500)

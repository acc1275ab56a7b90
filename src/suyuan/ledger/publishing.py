"""The signer: extends what was signed by what came since, and by nothing else.

It goes by its own mark outside the database. What the mark says was signed must still be there, by
the hashes that are kept of full tiles and by the newest entries, or nothing is signed any more. An
entry under a kept hash is read again only by who verifies the database.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from typing import Final, NoReturn, TypeGuard

from msgspec import Struct

from suyuan.kit import Text
from suyuan.ledger import acts, own_keys, shards, tree
from suyuan.ledger.asking import Asked, Missing, ask, policy_kept, witnesses_of
from suyuan.ledger.files import held
from suyuan.ledger.keys import (
    Log,
    closed,
    keep_closed,
    keep_signed,
    last_signed,
    read_log,
    signed,
    signed_anew,
)
from suyuan.ledger.restored import require_current
from suyuan.ledger.sequence import head
from suyuan.ledger.types import LedgerError, Shard, TamperedError
from suyuan.store import Queries, ReadConnection, Store, WriteConnection
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.errors import FormatError, ProofError
from suyuan.tlog.note import note_bytes, parse_note
from suyuan.tlog.policy import Policy, is_met
from suyuan.tlog.proof import consistency_proof
from suyuan.tlog.shards import BEGINNING, OPENED, keys_for, number_of, parse_said, shard_origin
from suyuan.tlog.signing import open_note
from suyuan.tlog.tree import EMPTY_ROOT

_Q: Final = Queries(__package__)
_SHORTER: Final = Text(
    "账本只有 {found} 条，而已签名的有 {size} 条：被截断，或恢复到了更早的时刻。不再签名；"
    "请恢复到更晚的时刻或较新的备份；若没有，suyuan ledger begin 另起一部日志。",
    "The ledger has {found:entry|entries}, and {size} were signed: it was cut off, or an earlier "
    "moment was restored. Nothing more is signed; restore a later moment or a newer backup; if "
    "there is none, run suyuan ledger begin, which begins another log.",
)
_REWRITTEN: Final = Text(
    "前 {size} 条与已签名的不符：账本被改写，或恢复到更早的时刻后又有记录。不再签名；suyuan verify "
    "--database 找出被改的事件。请恢复备份；若是自己恢复的，suyuan ledger begin 另起一部日志。",
    "The first {size:entry is|entries are} not those that were signed: the ledger was rewritten, "
    "or goes on from an earlier moment. Nothing more is signed; suyuan verify --database finds "
    "what was changed. Restore a backup; if you went back yourself, suyuan ledger begin.",
)
_OTHER_LOG: Final = Text(
    "这个数据库的日志由另一把密钥签名，不是 {folder} 里的 {origin}。不签名；"
    "请使用原来的数据目录，或把它的 log 文件夹搬来。",
    "This database's log is signed with another key than {origin} in {folder}. Nothing is signed; "
    "use the data folder that it began with, or move its log folder here.",
)
_QUORUM: Final = Text(
    "{size} 条已签名但未发布，见证不足：{missing}。策略要求 “{quorum}”；已发布的仍是此前的检查点。",
    "{size:entry is|entries are} signed and not published, for want of witnesses: {missing}. The "
    "policy asks for '{quorum}'; the checkpoint before stays the published one.",
)
_NOT_TAKEN: Final = Text(
    "新密钥尚未被足够的见证方接受：{missing}。策略要求 “{quorum}”；旧密钥继续一同签名，照常发布。"
    "请让其运营方运行 suyuan witness know 新公钥，然后再试。",
    "Too few witnesses have taken the new key: {missing}. The policy asks for '{quorum}'; the old "
    "key goes on signing beside it, and checkpoints are published. Have their operators run "
    "suyuan witness know NEW-VKEY, then try again.",
)
_NO_SHARD: Final = Text(
    "账本没有分片 {origin}，而它已签名：账本被截断、分界被改动，或恢复了旧备份。"
    "不再签名；请恢复较新的备份。",
    "The ledger has no shard {origin}, of which something was signed: it was cut off, its shards "
    "were moved, or an old backup was restored. Nothing more is signed; restore a newer one.",
)


class Published(Struct, frozen=True):
    """A checkpoint that may be fetched: its size, the signed note, and who has not cosigned it.

    `shard` is the number of the shard that it is of.
    """

    size: int
    note: bytes
    missing: tuple[Missing, ...] = ()
    shard: int = BEGINNING


class Standing(Struct, frozen=True):
    """How far the signer has come: entries signed and published, and who has not cosigned.

    Both count over all shards.

    `missing` are the witnesses of the policy without a cosignature on what is published.
    """

    signed: int
    published: int
    missing: tuple[str, ...] = ()


def standing(conn: ReadConnection, log: Log) -> Standing:
    """How far the signer has come; nobody is asked for anything.

    Raises:
        FormatError: the published checkpoint or the policy is damaged.
        LedgerError: `ledger.shorter`, the ledger has less than was signed; `ledger.policy-lost`.
    """
    shown = published(conn)
    policy = policy_kept(log.folder, log.vkeys[0], None if shown is None else shown.note)
    there, mark = shards.until(conn, head(conn).size), last_signed(log)[0]
    shard = _marked(there, log, mark)
    _require_long(shard, mark)
    signed_to = shard.before + mark.size
    if shown is None or policy is None:
        return Standing(signed_to, _reached(there, shown))
    had = witnesses_of(shown.note, policy)
    missing = tuple(each.name for each in policy.witnesses if each.name not in had)
    return Standing(signed_to, _reached(there, shown), missing)


def reached(conn: ReadConnection) -> int:
    """Up to which position the log is published, over all shards."""
    return _reached(shards.until(conn, head(conn).size), published(conn))


def _reached(there: Sequence[Shard], shown: Published | None) -> int:
    return 0 if shown is None else _before(there, shown.shard) + shown.size


def _before(there: Sequence[Shard], number: int) -> int:
    """The entries before a shard; 0 for one that is not there, of which others tell."""
    return next((each.before for each in there if each.number == number), 0)


def publish(store: Store, log: Log, *, now: datetime) -> Published:
    """Sign and publish what the ledger has grown to; what is published already is given again.

    The mark is on the disk before the checkpoint is shown to anybody, its witnesses included; a
    crash between the two is mended by the next call. Publishers wait for each other; whoever signs,
    rotates or copies the keys waits for none of the witnesses.

    Raises:
        LedgerError: `ledger.shorter`, `ledger.rewritten`: the ledger is not what was signed.
        LedgerError: `ledger.foreign-key`: an entry calls a key the log's that is not.
        LedgerError: `ledger.quorum`: fewer witnesses cosigned than the log's policy asks for.
        LedgerError: `ledger.policy-lost`: there is none any more.
        OSError: the mark cannot be written.
    """
    with held(log.asking):
        while True:
            note, shown, shard = _sign(store, log, now)
            policy = _policy_of(store, log)
            if not _stands(shown, note, policy):
                size = parse_checkpoint(parse_note(note).text).size
                done = Published(size, note, shard=shard.number)
                if policy is not None:
                    done = _asked(store, note, shown, policy, shard, now)
                if (put := _put(store, log, done, shown, now)) is None:
                    continue  # its key was replaced while its witnesses were asked
                shown = put
            if not _turned(store, log, note, shown):
                return shown


def _policy_of(store: Store, log: Log) -> Policy | None:
    """Who must cosign the log; None where it has no witnesses, and never had."""
    with store.read() as conn:
        shown = published(conn)
    return policy_kept(log.folder, log.vkeys[0], None if shown is None else shown.note)


def _sign(store: Store, log: Log, now: datetime) -> tuple[bytes, Published | None, Shard]:
    """What is signed last, of all that its shard has; what is published of that; the shard."""
    with held(log.lock):
        log = read_log(log.folder)  # its key may have been replaced meanwhile
        require_current(log.folder)
        before, note = last_signed(log)
        with store.write() as conn:
            there = shards.until(conn, head(conn).size)  # once: it grows while hashes are kept
            for each in there:
                tree.grow(conn, each)
            shard = _marked(there, log, before)
            _require_ours(published_of(conn, shard.number) or published(conn), log)
            finals = _finals(conn, log, shard)
            _publish_closed(conn, finals, now)
        with store.read() as conn:
            shown = published_of(conn, shard.number)
            require_same(conn, shard, before)
            if shard.size == before.size:
                return note, shown, shard
            own_keys.require_own(conn, log)
            _require_finals(conn, log, finals)
            grown = tree.root_of(conn, shard, shard.size)
        note = note_bytes(signed(log, Checkpoint(before.origin, shard.size, grown)))
        keep_signed(log, note)
        return note, shown, shard


def _turned(store: Store, log: Log, note: bytes, shown: Published) -> bool:
    """Go over to the next shard, once all of this one is published; False where there is none.

    The final checkpoint is on the disk before the mark leaves its shard, so that a crash between
    the two is mended by the next call.
    """
    with held(log.lock):
        log = read_log(log.folder)
        before, mark = last_signed(log)
        with store.read() as conn:
            shard = signed_shard(conn, log, before)
            if not shard.is_closed:
                return False
            done = mark == note and before.size == shard.size
            later = shards.shard_at(shards.until(conn, head(conn).size), shard.last + 1)
            if done and _ended(conn, log, later) != before:
                _refuse_rewritten(before.size)
        if done:
            keep_closed(log, shard.number, shown.note)
            origin = shard_origin(log.origin, later.number)
            keep_signed(log, note_bytes(signed(log, Checkpoint(origin, 0, EMPTY_ROOT))))
        return True  # else there is more to be signed of this shard


def _ended(conn: ReadConnection, log: Log, later: Shard) -> Checkpoint | None:
    """How the shard before this one ended, by the entry that opened this; None if it has none."""
    for act in acts.acts(conn, later.first, later.first, kind=OPENED):
        with suppress(FormatError):  # what makes no sense has opened nothing
            said = parse_said(act.said if act.proven else b"")
            return Checkpoint(shard_origin(log.origin, said.previous), said.size, said.root)
    return None


def _finals(conn: ReadConnection, log: Log, newest: Shard) -> dict[int, bytes]:
    """The final checkpoints of the shards before the newest one that anything was signed of.

    One whose file is lost, or is of a time when these keys were elsewhere, is kept again: as it was
    published, or else signed anew, and only as the shard after it says that it ended.
    """
    finals = signed_anew(log, closed(log))
    there = [each for each in shards.until(conn, head(conn).size) if each.first <= newest.first]
    for shard, later in pairwise(there):
        if shard.number not in finals:
            final, origin = _ended(conn, log, later), shard_origin(log.origin, shard.number)
            if final is None or (final.origin, final.size) != (origin, shard.size):
                _refuse_rewritten(shard.size)
            require_same(conn, shard, final)
            finals[shard.number] = _as_published(conn, log, final, shard)
            keep_closed(log, shard.number, finals[shard.number])
    return finals


def _as_published(conn: ReadConnection, log: Log, final: Checkpoint, shard: Shard) -> bytes:
    shown = published_of(conn, shard.number)
    with suppress(FormatError, ProofError):
        if shown is not None and opened(log, shown.note) == final:
            return shown.note
    return note_bytes(signed(log, final))


def _require_finals(conn: ReadConnection, log: Log, finals: Mapping[int, bytes]) -> None:
    """See that every shard that was closed is as it was then, and as long."""
    there = shards.until(conn, head(conn).size)
    for note in finals.values():
        final = parse_checkpoint(parse_note(note).text)
        shard = _marked(there, log, final)
        require_same(conn, shard, final)
        if not (shard.is_closed and shard.size == final.size):
            _refuse_rewritten(final.size)


def _publish_closed(conn: WriteConnection, finals: Mapping[int, bytes], now: datetime) -> None:
    """See that what is shown of closed shards is what was kept of them."""
    shown = {each.shard: each.note for each in every_published(conn)}
    for number, note in finals.items():
        if (before := shown.get(number)) != note:
            size = parse_checkpoint(parse_note(note).text).size
            row = {"shard": number, "size": size, "note": note, "now": now, "before": before}
            conn.execute(_Q.publish, row)


def signed_shard(conn: ReadConnection, log: Log, mark: Checkpoint) -> Shard:
    """The shard that a mark of this log is of.

    Raises:
        LedgerError: `ledger.shorter`, the ledger has none such.
    """
    return _marked(shards.until(conn, head(conn).size), log, mark)


def _marked(there: Sequence[Shard], log: Log, mark: Checkpoint) -> Shard:
    number = number_of(mark.origin, log.origin)
    for each in there:
        if each.number == number:
            return each
    raise TamperedError("ledger.shorter", _NO_SHARD.format(origin=mark.origin), status=500)


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
            "shard": done.shard, "size": done.size, "note": done.note, "now": now,
            "before": shown and shown.note,
        }  # fmt: skip
        with store.write() as conn:
            if conn.execute(_Q.publish, row).fetchone() is not None:
                return done
            return published_of(conn, done.shard)  # somebody else did meanwhile


def opened(log: Log, note: bytes) -> Checkpoint:
    """A checkpoint of one of this log's shards, signed with a key of its that is believed.

    Raises:
        FormatError, ProofError: it is none.
    """
    origin = parse_note(note).text.partition("\n")[0]
    known = keys_for(origin, [log.vkeys[0], *log.rotated])
    found = open_note(note, [*known, log.vkeys[0], *log.rotated])
    return parse_checkpoint(found.note.text)


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


def _asked(
    store: Store, note: bytes, shown: Published | None, policy: Policy, shard: Shard, now: datetime
) -> Published:
    """The signed checkpoint as its witnesses cosigned it.

    Raises:
        LedgerError: `ledger.quorum`, too few did.
    """
    size = parse_checkpoint(parse_note(note).text).size
    found = _ask(store, note, shown, policy, shard, now)
    if not found.is_met:
        text = _QUORUM.format(size=size, missing=_named(found.missing), quorum=policy.quorum)
        raise LedgerError("ledger.quorum", text, status=503)
    return Published(size, found.note, found.missing, shard.number)


def _ask(
    store: Store, note: bytes, shown: Published | None, policy: Policy, shard: Shard, now: datetime
) -> Asked:
    """What the witnesses of a policy say to a checkpoint of a shard."""
    checkpoint = parse_checkpoint(parse_note(note).text)
    with store.read() as conn:
        node = tree.tree_of(conn, shard, checkpoint.size)
        return ask(
            note, checkpoint, policy, now=int(now.timestamp()),
            prove=lambda old: consistency_proof(node, old, checkpoint.size) if old else (),
            older=_cosigned_sizes(shown, policy),
        )  # fmt: skip


def _named(missing: Sequence[Missing]) -> Text:
    """Who has not cosigned, each with the reason."""
    said = [Text(f"{e.name}（{e.why.zh}）", f"{e.name} ({e.why.en})") for e in missing]
    return Text("；".join(e.zh for e in said) or "—", "; ".join(e.en for e in said) or "—")


def not_taken(store: Store, log: Log, *, now: datetime) -> tuple[Missing, ...]:
    """The witnesses that do not cosign yet what the present keys alone signed; all are asked.

    Empty where the log has no witnesses.

    Raises:
        LedgerError: `ledger.handover`, and without them the policy's quorum is not met;
            `ledger.policy-lost`.
    """
    with held(log.asking):
        policy = _policy_of(store, log)
        if policy is None:
            return ()
        with held(log.lock):
            log = read_log(log.folder)
            mark, _ = last_signed(log)
            note = note_bytes(signed(Log(folder=log.folder, keys=log.keys), mark))
        with store.read() as conn:
            shard = signed_shard(conn, log, mark)
            shown = published_of(conn, shard.number)
        found = _ask(store, note, shown, policy, shard, now)
    if not found.is_met:
        text = _NOT_TAKEN.format(missing=_named(found.missing), quorum=policy.quorum)
        raise LedgerError("ledger.handover", text, status=409)
    return found.missing


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
    """A database has one log: two that sign it would look like a fork to everybody.

    What bears our key and does not hold is a damaged note of ours, and is written anew.
    """
    try:
        with suppress(FormatError):  # what is no note at all is nobody's, and is written anew
            if shown is not None:
                origin = parse_note(shown.note).text.partition("\n")[0]
                known = (log.vkeys[0], *log.rotated, *log.revoked)
                open_note(shown.note, keys_for(origin, known))
    except ProofError as error:
        if error.code == "note.signature":
            return
        text = _OTHER_LOG.format(origin=log.origin, folder=log.folder)
        raise LedgerError("ledger.other-log", text, status=500) from error


def forget(conn: WriteConnection) -> None:
    """Forget what was published, so that another log may begin on this ledger."""
    conn.execute(_Q.forget_checkpoint)


def every_published(conn: ReadConnection) -> list[Published]:
    """The checkpoint last published of each shard, the newest shard first."""
    rows = conn.execute(_Q.published).fetchall()
    return [Published(size, bytes(note), shard=shard) for shard, size, note in rows]


def published(conn: ReadConnection) -> Published | None:
    """The checkpoint last published, of the newest shard that has one; None before the first."""
    return next(iter(every_published(conn)), None)


def published_of(conn: ReadConnection, number: int) -> Published | None:
    """The checkpoint last published of a shard; None before its first."""
    return next((each for each in every_published(conn) if each.shard == number), None)


def require_same(conn: ReadConnection, shard: Shard, before: Checkpoint) -> None:
    """See that a shard still begins as it did when this was signed.

    Raises:
        LedgerError: `ledger.shorter`, `ledger.rewritten`.
    """
    _require_long(shard, before)
    try:
        same = tree.root_of(conn, shard, before.size) == before.root
    except (FormatError, IndexError):  # rows are missing within a tile
        same = False
    if not same:
        _refuse_rewritten(before.size)


def _require_long(shard: Shard, before: Checkpoint) -> None:
    if shard.size < before.size:
        text = _SHORTER.format(found=shard.size, size=before.size)
        raise TamperedError("ledger.shorter", text, status=500)


def _refuse_rewritten(size: int) -> NoReturn:
    raise TamperedError("ledger.rewritten", _REWRITTEN.format(size=size), status=500)

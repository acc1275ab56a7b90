"""Takes a platform; gives its log to anybody: checkpoints, keys and tiles."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from suyuan import ledger, registry
from suyuan.kit import SuyuanError, Text, oserrors
from suyuan.ledger import (
    acts,
    checking,
    ending,
    keys,
    own_keys,
    publishing,
    restored,
    resuming,
    retention,
    retiring,
    shards,
    tree,
)
from suyuan.ledger.types import LedgerError, LogShard, Shard, TamperedError
from suyuan.service import repeating
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection
from suyuan.tlog import retained
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.commitment import disclosure_bytes
from suyuan.tlog.encoding import encode
from suyuan.tlog.errors import FormatError
from suyuan.tlog.note import parse_note, parse_vkey, vkey_text
from suyuan.tlog.shards import (
    BEGINNING,
    OPENED,
    OPENING,
    renamed,
    shard_origin,
    shard_prefix,
)
from suyuan.tlog.tiles import ENTRIES, Tile, is_in, parse_path

_LOG = structlog.get_logger("suyuan.publish")
_AT_ONCE: Final = 200
"""Acts that are held at once where all are told."""
_PATIENCE: Final = 60.0
_WITNESSES_BACK: Final = 3.0
"""Seconds at most between two rounds while witnesses are missing: they may be back any moment."""
_WITHHELD: Final = Text(
    "按公布的保留规则（{days} 天），序号 {first} 之前的条目不再提供；哈希块都在，回执照常核验。",
    "By the published retention of {days:day|days} the entries before index {first} are not served "
    "any more; all hashes are, and receipts verify as before.",
)
_CHANGED: Final = Text(
    "位置 {position} 的开启条目与存证不符，不提供；请运行 suyuan doctor --deep。",
    "The entry at position {position}, which opens a shard, is not what was logged, so it is not "
    "given out; run suyuan doctor --deep.",
)
_NO_KEY: Final = Text(
    "这个数据库的日志早已开始，而 {folder} 里没有它的密钥。不签名，也不写入；"
    "请把原来的 log 文件夹放回；若已丢失，请运行 suyuan ledger begin 另起一部日志。",
    "This database's log has begun, and its keys are not in {folder}. Nothing is signed or written "
    "there; put the log folder back, or if it is lost, run suyuan ledger begin, which begins "
    "another log.",
)
_EVIDENCE: Final = Text(
    "保存的哈希得出已发布的检查点，叶记录却不能：叶记录被改动，这些哈希是证据，未重新生成。"
    "请运行 suyuan doctor --deep 查明，并恢复备份。",
    "The kept hashes give the published checkpoint, and the leaves do not: leaves were altered, "
    "and these hashes are evidence, so nothing was made again. Run suyuan doctor --deep to see "
    "what, and restore a backup.",
)
_NO_FILE: Final = Text(
    "日志还没有这个文件：已发布 {size} 条。",
    "The log has no such file yet; {size:entry is|entries are} published.",
)


def folder_of(platform: Platform) -> Path:
    """Where the keys and marks of this installation's log lie."""
    return platform.config.log_folder


def log_of(platform: Platform) -> keys.Log:
    """The log that this installation signs; begun when it is asked for the first time.

    Raises:
        LedgerError: its files are damaged; `ledger.other-log`, the keys are elsewhere.
    """
    folder = folder_of(platform)
    if not keys.has_key(folder):
        with platform.store.read() as conn:
            require_unbegun(conn, folder)
    return keys.open_log(folder, origin=keys.kept_name(folder), draw=platform.draw)


def require_unbegun(conn: ReadConnection, folder: Path) -> None:
    """See that a database without keys in its log's folder has no log yet: only then is one made.

    Raises:
        LedgerError: `ledger.other-log`, it has; the folder is left as it is.
    """
    if publishing.published(conn) is not None:
        text = _NO_KEY.format(folder=folder)
        raise LedgerError("ledger.other-log", text, str(folder), status=500)


def signed_here(platform: Platform) -> list[Checkpoint]:
    """What this installation signed last of each shard; none where its data folder has no log.

    Raises:
        LedgerError: the log's files are damaged.
    """
    if not keys.is_begun(folder_of(platform)):
        return []
    log = log_of(platform)
    finals = (parse_checkpoint(parse_note(note).text) for note in keys.closed(log).values())
    return [*finals, keys.last_signed(log)[0]]


def publish(platform: Platform) -> publishing.Published:
    """Give positions to what waits, then sign and publish what the ledger has grown to.

    Raises:
        LedgerError: the ledger is not what was signed; nothing more is.
    """
    log, now = log_of(platform), platform.clock()
    retiring.keep_publics(log)
    with platform.store.write() as conn:
        own_keys.require_all(conn, log)
        own_keys.require_own(conn, log)
        acts.keep_keys(conn, log, now=now, draw=platform.draw)
        resuming.keep_resumed(conn, log, now=now, draw=platform.draw)
        retention.take_up(conn, log, now=now, draw=platform.draw)
        ledger.sequence(conn, now=now)
    resuming.forget_resumed(log)
    retention.forget_file(log)
    return publishing.publish(platform.store, log, now=platform.clock())


def logged_acts(platform: Platform, kind: str | None = None) -> Iterator[acts.Act]:
    """What was done beside events and has its position, in the order of the log.

    They are fetched while they are asked for, up to the end of the log at the first. No transaction
    stays open between: whoever reads slowly keeps no row from being destroyed.
    """
    with platform.store.read() as conn:
        last = ledger.head(conn).size
    position = 0
    while True:
        with platform.store.read() as conn:
            found = acts.after(conn, position, last, kind=kind, limit=_AT_ONCE)
        yield from found
        if len(found) < _AT_ONCE:
            return
        position = found[-1].position


def called(kind: str) -> Text | None:
    """What was done to the log itself by an act of this kind, in words; None for all others."""
    return acts.OPEN_TO_ALL.get(kind)


def doers(platform: Platform) -> dict[str, str]:
    """Who is meant by the marks of doers in acts: accounts, and the user of the machine."""
    user = platform.config.operator
    with platform.store.read() as conn:
        found = registry.accounts.names(conn)
    named = {platform.mark_of(number): name for number, name in found.items()}
    return {platform.mark_of(user): user, **named}


def log_keys_changed(platform: Platform) -> list[str]:
    """Log a change of the keys at once, and give them."""
    with platform.store.write() as conn:
        log = log_of(platform)
        own_keys.require_all(conn, log)
        own_keys.require_own(conn, log)
        acts.keep_keys(conn, log, now=platform.clock(), draw=platform.draw)
    return log_keys(platform)


def keep_publishing(platform: Platform, stop: threading.Event) -> None:
    """Publish until told to stop; what is wrong is said again and again, and cured by hand."""
    told = False

    def sign() -> None:
        nonlocal told
        publish(platform)
        told = told or _tell_silent(platform)

    def failed(error: Exception) -> float:
        _tell_failed(platform, error)
        return longest_wait(error)

    repeating.keep_on(sign, stop, every=platform.config.publish_every, failed=failed)


def _tell_failed(platform: Platform, error: Exception) -> None:
    if isinstance(error, SuyuanError):
        _LOG.error("publish.refused", rule=error.code, place=error.place, why=error.text.en)
    elif isinstance(error, OSError):
        why, place = oserrors.with_cure(error), str(error.filename or folder_of(platform))
        _LOG.error("publish.refused", rule="ledger.disk", place=place, why=why.en)
    else:
        _LOG.error("publish.failed", exc_info=error)


def _tell_silent(platform: Platform) -> bool:
    """Say once which keys do not sign on this machine; the others go on."""
    for each in log_of(platform).silent:
        _LOG.warning("publish.silent", key=each.shown, why=each.why.en)
    return True


def longest_wait(error: Exception) -> float:
    """How many seconds to wait at most after a failure."""
    lacks_witnesses = isinstance(error, SuyuanError) and error.code == "ledger.quorum"
    return _WITNESSES_BACK if lacks_witnesses else _PATIENCE


def checkpoint(platform: Platform, shard: int = BEGINNING) -> bytes:
    """The newest published checkpoint of a shard, by its number; of a closed one its last.

    Raises:
        LedgerError: there is none yet (404); `log.shard`.
    """
    with platform.store.read() as conn:
        return published_shard(conn, shard)[1].note


def log_shards(platform: Platform) -> list[LogShard]:
    """The shards of the log that are published, in their order."""
    with platform.store.read() as conn:
        return listed_shards(conn)


def list_file(found: list[LogShard]) -> bytes:
    """The list of a log's shards, as it is published."""
    return msgspec.json.encode({"shards": found})


def listed_shards(conn: ReadConnection) -> list[LogShard]:
    """The shards that are published, in their order."""
    shown = {each.shard: each for each in publishing.every_published(conn)}
    there = [each for each in shards.until(conn, ledger.head(conn).size) if each.number in shown]
    return [_as_listed(each, shown[each.number], is_last=each is there[-1]) for each in there]


def _as_listed(shard: Shard, shown: publishing.Published, *, is_last: bool) -> LogShard:
    note = shown.note.decode()
    return LogShard(
        number=shard.number, origin=note.partition("\n")[0], prefix=shard_prefix(shard.number),
        first=shard.first, size=shown.size, closed=not is_last, checkpoint=note,
    )  # fmt: skip


def opening_of(conn: ReadConnection, shard: Shard) -> bytes:
    """The first entry of a shard, disclosed.

    Raises:
        TamperedError: `log.changed`.
        LedgerError: the shard has none (404).
    """
    for act in acts.acts(conn, shard.first, shard.first, kind=OPENED):
        if not act.proven:
            raise TamperedError("log.changed", _CHANGED.format(position=act.position), status=500)
        return disclosure_bytes(acts.disclosed(act))
    raise no_file(shard.size)


def log_keys(platform: Platform, shard: int = BEGINNING) -> list[str]:
    """The keys that verify this log, each in its one line: the present ones, then former ones.

    Those that were revoked are not among them. With a `shard`, of whatever year, the same keys
    under that shard's origin, for who knows a log by its exact origin.
    """
    log = log_of(platform)
    origin = shard_origin(log.origin, shard)
    return [vkey_text(renamed(vkey, origin)) for vkey in (*log.vkeys, *log.rotated)]


def rotate_key(
    platform: Platform, *, revoke: bool = False, sm2: bool = False, device: str | None = None
) -> list[str]:
    """Sign with a new key from now on, and with the old one until `end_handover`.

    Gives the keys that verify this log then. With `revoke` the old one signs nothing more.

    `sm2` replaces that of SM2; `device` is the PKCS#11 URI of a key that a device holds.

    Raises:
        LedgerError: the log's files are damaged, or it has no SM2 key.
        SuiteError: the device, or this machine's libcrypto, does not sign.
    """
    keys.rotate(log_of(platform), draw=platform.draw, revoke=revoke, sm2=sm2, device=device)
    return log_keys_changed(platform)


def revoke_log_key(platform: Platform, vkey: str) -> list[str]:
    """Revoke a key that was rotated; the keys that verify this log then.

    Raises:
        FormatError: it is no key.
        LedgerError: `ledger.not-rotated`.
    """
    keys.revoke(log_of(platform), parse_vkey(vkey, "VKEY"))
    return log_keys_changed(platform)


def add_sm2(platform: Platform) -> list[str]:
    """Sign with SM2 too from now on; the keys that verify this log then.

    Raises:
        SuiteError: this machine's libcrypto does not sign with SM2.
    """
    keys.add_sm2(log_of(platform), draw=platform.draw)
    return log_keys_changed(platform)


def resume(platform: Platform, newest: bytes) -> int:
    """Let the log's keys, which came from a backup, sign again; from how many entries.

    `newest` is the newest checkpoint that anybody has seen.

    Raises:
        LedgerError: the database does not go on from it.
        FormatError, ProofError: it is no checkpoint of this log.
    """
    return resuming.resume(platform.store, log_of(platform), newest).size


def begin_anew(platform: Platform, *, origin: str | None = None) -> list[str]:
    """Begin another log on the same record, where the keys of this one are lost; its new keys.

    `origin` is its name; without it one is drawn. What is left of the old one is moved aside; its
    receipts verify with its own keys as before.
    """
    folder = folder_of(platform)
    if folder.exists():
        keys.set_aside(folder)
    restored.unmark(folder)
    keys.forget_name(folder)
    if origin is not None:
        keys.keep_name(folder, origin)
    with platform.store.write() as conn:
        if (before := publishing.published(conn)) is not None:
            platform.log_act(conn, acts.BEGUN, before=ended(before))
        publishing.forget(conn)
    publish(platform)
    return log_keys(platform)


def ended(before: publishing.Published) -> dict[str, Any] | None:
    """What was published last of a log that grows no more; None where its note is damaged."""
    with suppress(FormatError):
        found = parse_checkpoint(parse_note(before.note).text)
        return {"origin": found.origin, "root": encode(found.root), "size": found.size}
    return None


def rebuild(platform: Platform) -> int:
    """Make what follows from the leaves again: kept hashes, the time of the end; of how many.

    Raises:
        LedgerError: `ledger.rewritten`, the kept hashes are what was published and the leaves are
            not: nothing is made again.
    """
    with platform.store.write() as conn:
        ending.mend_head(conn)
        size = ledger.head(conn).size
        there = shards.until(conn, size)
        for each in there:
            _require_no_evidence(conn, each)
        tree.regrow(conn, there)
    return size


def _require_no_evidence(conn: ReadConnection, shard: Shard) -> None:
    """See that the kept hashes are not all that is left of what was published."""
    if (shown := publishing.published_of(conn, shard.number)) is None:
        return
    with suppress(FormatError):  # a damaged note says nothing of either
        head = parse_checkpoint(parse_note(shown.note).text)
        true = head.size <= shard.size and tree.gives(conn, shard, head)
        if true and checking.root_of_leaves(conn, shard, head.size) != head.root:
            place = f"ledger.leaf shard {shard.number}"
            raise TamperedError("ledger.rewritten", _EVIDENCE, place, status=409)


def log_file(platform: Platform, path: str, shard: int = BEGINNING) -> bytes:
    """A tile or an entry bundle of a shard by its path, as C2SP tlog-tiles names it.

    Under `opening` the first entry of a shard, disclosed: which shard it follows, and how that one
    ended for ever.

    Raises:
        FormatError: `tiles.path`.
        LedgerError: the published tree has no such file (404); `log.shard`.
    """
    tile = None if path == OPENING else parse_path(path)
    with platform.store.read() as conn:
        found, head = published_shard(conn, shard)
        if tile is None:
            return opening_of(conn, found)
        if not is_in(tile, head.size):
            raise no_file(head.size)
        if tile.level == ENTRIES:
            _require_kept(conn, found, tile)
        return tree.tile_of(conn, found, tile)


def _require_kept(conn: ReadConnection, shard: Shard, bundle: Tile) -> None:
    rule = retention.within(retention.published_rule(conn), shard)
    if rule is not None and retained.is_withheld(bundle, rule):
        text = _WITHHELD.format(days=rule.days, first=rule.first)
        raise LedgerError("log.withheld", text, "path", status=404)


def published_shard(conn: ReadConnection, number: int) -> tuple[Shard, publishing.Published]:
    """A shard, and what is published of it.

    Raises:
        LedgerError: `log.shard`, there is none; nothing is (404).
    """
    shard = shards.shard_of(shards.until(conn, ledger.head(conn).size), number)
    head = publishing.published_of(conn, number)
    if head is None:
        raise no_file(0)
    return shard, head


def no_file(size: int) -> LedgerError:
    """`log.file`: the published tree has no such file (404)."""
    return LedgerError("log.file", _NO_FILE.format(size=size), "path", status=404)

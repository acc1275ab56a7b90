"""Takes a platform; gives its log to anybody: checkpoints, keys and tiles."""

import threading
from pathlib import Path
from typing import Final

import structlog

from suyuan import ledger, registry
from suyuan.kit import Text
from suyuan.ledger import acts, durable, keys, publishing, retention, tree
from suyuan.ledger.types import LedgerError, LogRetention
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.mirror import CHECKPOINT, RETENTION
from suyuan.tlog.note import parse_vkey, vkey_text
from suyuan.tlog.tiles import Tile, parse_path, tile_at, tile_path, tiles_of

_LOG = structlog.get_logger("suyuan.publish")
LOG_FOLDER: Final = "log"
"""Below the data folder."""
_PUBLIC: Final = 0o644
_PATIENCE: Final = 60.0
_ALL: Final = Text(
    "没有公布保留规则：所有条目都提供。", "No retention is published: all entries are served."
)
_WITHHELD: Final = Text(
    "按公布的保留规则（{days} 天），序号 {first} 之前的条目不再提供；哈希块都在，回执照常核验。",
    "By the published retention of {days} days the entries before index {first} are not served any "
    "more; all hashes are, and receipts verify as before.",
)
_NO_FILE: Final = Text(
    "日志还没有这个文件：已发布 {size} 条。",
    "The log has no such file yet; {size} entries are published.",
)


def folder_of(platform: Platform) -> Path:
    """Where the keys and marks of this installation's log lie."""
    return platform.config.data_dir / LOG_FOLDER


def log_of(platform: Platform) -> keys.Log:
    """The log that this installation signs; begun when it is asked for the first time.

    Raises:
        LedgerError: its files are damaged.
    """
    origin = platform.config.log_origin
    return keys.open_log(folder_of(platform), origin=origin, draw=platform.draw)


def signed_here(platform: Platform) -> Checkpoint | None:
    """What this installation signed last; None where its data folder has no log.

    Raises:
        LedgerError: the log's files are damaged.
    """
    begun = keys.is_begun(folder_of(platform))
    return keys.last_signed(log_of(platform))[0] if begun else None


def publish(platform: Platform) -> publishing.Published:
    """Give positions to what waits, then sign and publish what the ledger has grown to.

    Raises:
        LedgerError: the ledger is not what was signed; nothing more is.
    """
    log = log_of(platform)
    with platform.store.write() as conn:
        acts.keep_keys(conn, log, now=platform.clock(), draw=platform.draw)
        ledger.sequence(conn, now=platform.clock())
    return publishing.publish(platform.store, log, now=platform.clock())


def logged_acts(platform: Platform, kind: str | None = None) -> list[acts.Act]:
    """What was done beside events and has its position, in the order of the log."""
    with platform.store.read() as conn:
        return acts.acts(conn, kind=kind)


def doers(platform: Platform) -> dict[str, str]:
    """Who is meant by the marks of doers in acts: accounts, and the user of the machine."""
    user = platform.config.operator
    with platform.store.read() as conn:
        found = registry.accounts.names(conn)
    named = {platform.mark_of(number): name for number, name in found.items()}
    return {platform.mark_of(user): user, **named}


def _log_keys_changed(platform: Platform) -> list[str]:
    """Log a change of the keys at once, and give them."""
    with platform.store.write() as conn:
        acts.keep_keys(conn, log_of(platform), now=platform.clock(), draw=platform.draw)
    return log_keys(platform)


def keep_publishing(platform: Platform, stop: threading.Event) -> None:
    """Publish until told to stop; what is wrong is said again and again, and cured by hand."""
    wait = platform.config.publish_every
    while not stop.wait(wait):
        try:
            publish(platform)
            wait = platform.config.publish_every
        except LedgerError as error:
            _LOG.error("publish.refused", rule=error.code, why=error.text.en)
            wait = min(wait * 2, _PATIENCE)
        except Exception:  # noqa: BLE001 -- the signer outlives whatever befalls the database
            _LOG.exception("publish.failed")
            wait = min(wait * 2, _PATIENCE)


def retention_file(platform: Platform) -> bytes:
    """For how long entries are served, as it is published.

    Raises:
        LedgerError: nothing is, so all are served (404).
    """
    rule = retention.retention_in(folder_of(platform))
    if rule is None:
        raise LedgerError("log.no-retention", _ALL, "path", status=404)
    return retention.retention_bytes(rule)


def retain(platform: Platform, days: int) -> LogRetention:
    """Publish for how many days entries are served; nothing is withheld by that yet.

    Raises:
        LedgerError: `ledger.retention`.
    """
    return retention.publish_rule(log_of(platform), days)


def prune(platform: Platform) -> LogRetention:
    """Withhold by the published rule the entries that are older than it keeps them.

    Raises:
        LedgerError: no rule or no checkpoint is published.
    """
    log, now = log_of(platform), platform.clock()
    with platform.store.read() as conn:
        return retention.prune(conn, log, published=_published(conn).size, now=now)


def checkpoint(platform: Platform) -> bytes:
    """The newest published checkpoint.

    Raises:
        LedgerError: there is none yet (404).
    """
    with platform.store.read() as conn:
        return _published(conn).note


def log_keys(platform: Platform) -> list[str]:
    """The keys that verify this log, each in its one line: the present ones, then former ones.

    Those that were revoked are not among them.
    """
    log = log_of(platform)
    return [vkey_text(vkey) for vkey in (*log.vkeys, *log.rotated)]


def rotate_key(
    platform: Platform, *, revoke: bool = False, sm2: bool = False, device: str | None = None
) -> list[str]:
    """Sign with a new key from now on; the keys that verify this log then.

    `sm2` replaces that of SM2; `device` is the PKCS#11 URI of a key that a device holds.

    Raises:
        LedgerError: the log's files are damaged, or it has no SM2 key.
        SuiteError: the device, or this machine's libcrypto, does not sign.
    """
    keys.rotate(log_of(platform), draw=platform.draw, revoke=revoke, sm2=sm2, device=device)
    return _log_keys_changed(platform)


def revoke_log_key(platform: Platform, vkey: str) -> list[str]:
    """Revoke a key that was rotated; the keys that verify this log then.

    Raises:
        FormatError: it is no key.
        LedgerError: `ledger.not-rotated`.
    """
    keys.revoke(log_of(platform), parse_vkey(vkey, "VKEY"))
    return _log_keys_changed(platform)


def add_sm2(platform: Platform) -> list[str]:
    """Sign with SM2 too from now on; the keys that verify this log then.

    Raises:
        SuiteError: this machine's libcrypto does not sign with SM2.
    """
    keys.add_sm2(log_of(platform), draw=platform.draw)
    return _log_keys_changed(platform)


def resume(platform: Platform, newest: bytes) -> int:
    """Let the log's keys, which came from a backup, sign again; from how many entries.

    `newest` is the newest checkpoint that anybody has seen.

    Raises:
        LedgerError: the database does not go on from it.
        FormatError, ProofError: it is no checkpoint of this log.
    """
    return publishing.resume(platform.store, log_of(platform), newest).size


def begin_anew(platform: Platform) -> list[str]:
    """Begin another log on the same record, where the keys of this one are lost; its new keys.

    What is left of the old one is moved aside; its receipts verify with its own keys as before.
    """
    folder = folder_of(platform)
    if folder.exists():
        keys.set_aside(folder)
    with platform.store.write() as conn:
        publishing.forget(conn)
    publish(platform)
    return log_keys(platform)


def rebuild(platform: Platform) -> int:
    """Make the kept hashes of the tree again from the leaves; of how many leaves."""
    with platform.store.write() as conn:
        size = ledger.head(conn).size
        tree.regrow(conn, size)
    return size


def mirror_to(platform: Platform, folder: Path) -> int:
    """Write the published log as files below a folder; how many. The checkpoint comes last.

    Raises:
        LedgerError: nothing is published yet (404).
    """
    folder.mkdir(parents=True, exist_ok=True)
    with platform.store.read() as conn:
        head = _published(conn)
        rule = retention.retention_in(folder_of(platform))
        tiles = [each for each in tiles_of(head.size) if not retention.is_withheld(each, rule)]
        for tile in tiles:
            _put(folder / tile_path(tile), tree.tile_of(conn, tile))
    if rule is not None:
        _put(folder / RETENTION, retention.retention_bytes(rule))
    _put(folder / CHECKPOINT, head.note)
    return len(tiles) + 1


def _put(path: Path, data: bytes) -> None:
    """A file as it should be; one that is so already is left, so a killed run is soon made good."""
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    durable.write_whole(path, data, mode=_PUBLIC)


def log_file(platform: Platform, path: str) -> bytes:
    """A tile or an entry bundle by its path, as C2SP tlog-tiles names it.

    Raises:
        FormatError: `tiles.path`.
        LedgerError: the published tree has no such file (404).
    """
    tile = parse_path(path)
    rule = retention.retention_in(folder_of(platform))
    with platform.store.read() as conn:
        head = _published(conn)
        if not _has(tile, head.size):
            raise _no_file(head.size)
        if rule is not None and retention.is_withheld(tile, rule):
            text = _WITHHELD.format(days=rule.days, first=rule.first)
            raise LedgerError("log.withheld", text, "path", status=404)
        return tree.tile_of(conn, tile)


def _published(conn: ReadConnection) -> publishing.Published:
    head = publishing.published(conn)
    if head is None:
        raise _no_file(0)
    return head


def _has(tile: Tile, size: int) -> bool:
    """Whether a tree of the size has it; a narrower one than it has by now may still be asked."""
    return 0 < tile.width <= tile_at(tile.level, tile.index, size).width


def _no_file(size: int) -> LedgerError:
    return LedgerError("log.file", _NO_FILE.format(size=size), "path", status=404)

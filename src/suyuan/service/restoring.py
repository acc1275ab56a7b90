"""Takes a backup; gives the installation that it is of, in an empty database, or nothing at all.

Everything happens in one transaction, which is committed only once every row was held against the
log's signed checkpoint. What was signed is never signed otherwise: a backup older than the log's
own mark is refused, and keys that come from a backup do not sign until somebody says what else
they signed (`suyuan ledger resume`).
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final, NoReturn

import msgspec
import psycopg
from msgspec import Struct

from suyuan import registry
from suyuan.kit import Clock, SuyuanError, Text
from suyuan.kit.clock import system_clock
from suyuan.kit.ids import Draw, random_key
from suyuan.ledger import acts, keys, publishing, restored
from suyuan.ledger.types import Done, LedgerError
from suyuan.service.attesting import ended
from suyuan.service.auditing import Wrong, audit_on
from suyuan.service.backing import FILE, FORMAT, MANIFEST, ROWS, SEQUENCES, Manifest
from suyuan.service.config import Config
from suyuan.store import (
    ReadConnection,
    StoreSettings,
    WriteConnection,
    archive,
    holding,
    pool,
    snapshot,
)
from suyuan.tlog.checkpoint import Checkpoint, parse_checkpoint
from suyuan.tlog.note import parse_note, parse_vkey
from suyuan.tlog.shards import keys_for, number_of
from suyuan.tlog.signing import open_note

Progress = Callable[[int], None]
_GOES_ON: Final = frozenset({"own", "new"})
"""Whose keys sign at once. Others may have signed more than the backup has, which has to be told by
its own name, so nothing is put behind its end before."""

_SHAPE: Final = Text(
    "备份的内容不合格式（{what}）；它由另一版本的程序写成，或被改动。",
    "The backup is not in order ({what}): another version of the program wrote it, or it was "
    "changed.",
)
_OLDER: Final = Text(
    "本机的日志（{origin}）已签名 {signed} 条，而此备份只有 {found} 条：恢复它就会签出另一种历史。"
    "请恢复较新的备份；若没有，用 --new-log 恢复并另起一部日志"
    "（旧日志移到一旁，已出的回执仍可核验）。",
    "The log of this machine, {origin}, has signed {signed:entry|entries} and the backup has "
    "{found}: going on from it would sign another history. Restore a newer backup; if there is "
    "none, restore with --new-log, which begins another log and moves this one aside (its receipts "
    "still verify).",
)
_OTHER: Final = Text(
    "此备份属于日志 {found}，而本机的日志是 {own}；请用另一个 --data-dir。",
    "The backup is of the log {found}, and this machine's is {own}; name another --data-dir.",
)
_FAULTS: Final = Text(
    "备份与其日志不符，没有恢复：{what}。请换较早的备份；确要恢复，加 --with-faults。",
    "The backup is not what its log says, and nothing was restored: {what}. Take an earlier one; "
    "to restore it all the same, add --with-faults.",
)


class Restored(Struct, frozen=True, kw_only=True):
    """What was restored: entries, the size of the checkpoint it was held against, and faults.

    `log` says whose keys sign from now on: `own` those that were here, `resumes` those of the
    backup once they are told what they signed, `missing` none are here, and those that are put here
    later are to be told the same, `new` another log begins.
    """

    entries: int
    signed: int
    log: str
    faults: tuple[Wrong, ...]


def restore(  # noqa: PLR0913 -- what an operator chooses, and time and chance
    config: Config,
    source: Path,
    *,
    passphrase: str | None = None,
    new_log: bool = False,
    with_faults: bool = False,
    progress: Progress = lambda _: None,
    clock: Clock = system_clock,
    draw: Draw = random_key,
) -> Restored:
    """Put a backup into an empty database; `progress` is told the bytes of rows read.

    That it was done, and with how many faults, is logged with it where a log goes on from here;
    keys that came with the backup, or are put there later, log it once they sign again
    (`suyuan.ledger.resuming`).

    `new_log` begins another log, where this machine has signed more than the backup has.
    `with_faults` takes rows that are not what their log says, and tells of them.

    Raises:
        ArchiveError: the file is not whole, or not to be opened.
        StoreError: the database is not empty or in use, or the backup is of a newer program.
        LedgerError: this machine's log cannot go on from the backup.
    """
    parts = archive.read_parts(source, passphrase=passphrase)
    manifest = _manifest(parts, source)
    folder = config.log_folder
    marks = [] if new_log else _marks(folder, manifest, source)
    settings = StoreSettings(data_dir=config.data_dir / "pg", database_url=config.database_url)
    with pool.served(settings) as dsn:
        with psycopg.connect(dsn) as conn:
            write = WriteConnection(ReadConnection(holding.holds_all(conn)))
            files = _fill(write, manifest, parts, progress, source)
            before = publishing.published(write)
            if new_log:
                publishing.forget(write)
            faults = _faults(write, manifest, [_checkpoint(manifest, source), *marks], draw)
            if faults and not with_faults:
                _refuse("restore.faults", _FAULTS.format(what=faults[0].text), source)
            log = _settle(folder, manifest, files, len(faults), new_log=new_log)
            if log in _GOES_ON:
                secret = registry.installation.secret(write, "tags", draw=draw)
                by = acts.mark_of(config.operator, secret)
                done = _done(manifest, len(faults), before if new_log else None, by)
                acts.keep(write, done, now=clock(), draw=draw)
        snapshot.analyze(dsn)
    return Restored(
        entries=manifest.entries,
        signed=_checkpoint(manifest, source).size,
        log=log,
        faults=tuple(faults),
    )


def _done(
    manifest: Manifest, faults: int, before: publishing.Published | None, by: str
) -> Iterator[Done]:
    """What is logged of a restore: what it was of, and the log that ends with it, if one does."""
    told = {"backup": manifest.at.isoformat(), "entries": manifest.entries, "faults": faults}
    yield Done(acts.RESTORED, None, told | {"by": by})
    if before is not None:
        yield Done(acts.BEGUN, None, {"before": ended(before), "by": by})


def check(source: Path, *, passphrase: str | None = None) -> Manifest:
    """Read a backup to its end and say what it is of; no database is asked.

    Raises:
        ArchiveError: the file is not whole, or not to be opened.
    """
    parts = archive.read_parts(source, passphrase=passphrase)
    manifest = _manifest(parts, source)
    for _ in parts:
        pass
    return manifest


def _manifest(parts: Iterator[archive.Part], source: Path) -> Manifest:
    first = next(parts, None)
    try:
        if first is None or first.label != MANIFEST:
            _refuse("backup.shape", _SHAPE.format(what=MANIFEST), source)
        manifest = msgspec.json.decode(first.data, type=Manifest)
    except msgspec.DecodeError:
        _refuse("backup.shape", _SHAPE.format(what=MANIFEST), source)
    if manifest.format != FORMAT:
        _refuse("backup.shape", _SHAPE.format(what=f"{MANIFEST} {manifest.format}"), source)
    return manifest


def _checkpoint(manifest: Manifest, source: Path) -> Checkpoint:
    """The checkpoint that the backup bears, signed by one of the keys that it names."""
    note = manifest.checkpoint.encode()
    try:
        vkeys = [parse_vkey(line, MANIFEST) for line in manifest.vkeys]
        origin = parse_note(note).text.partition("\n")[0]
        return parse_checkpoint(open_note(note, keys_for(origin, vkeys)).note.text)
    except SuyuanError as error:
        raise archive.ArchiveError(
            "backup.shape", _SHAPE.format(what=error.text), str(source)
        ) from error


def _marks(folder: Path, manifest: Manifest, source: Path) -> list[Checkpoint]:
    """What was signed on this machine; the backup must contain it."""
    if not keys.has_key(folder):
        return []
    log = keys.read_log(folder)
    mark, _ = keys.last_signed(log)
    found = _checkpoint(manifest, source)
    if number_of(found.origin, log.origin) is None:
        text = _OTHER.format(found=found.origin, own=log.origin)
        raise LedgerError("ledger.other-log", text, str(folder), status=409)
    first = manifest.shards.get(str(number_of(mark.origin, log.origin)))
    if first is None or manifest.entries < first - 1 + mark.size:
        text = _OLDER.format(signed=mark.size, origin=mark.origin, found=manifest.entries)
        raise LedgerError("restore.older", text, str(source), status=409)
    finals = (parse_checkpoint(parse_note(note).text) for note in keys.closed(log).values())
    return [*finals, mark]


def _fill(
    conn: WriteConnection,
    manifest: Manifest,
    parts: Iterator[archive.Part],
    progress: Progress,
    source: Path,
) -> dict[str, bytes]:
    """Put all rows into empty tables; the log's files that the backup has."""
    snapshot.unlimited(conn)
    rest = snapshot.make_empty(conn, manifest.migrations)
    tables = {table.full: table for table in manifest.tables}
    files, ended, read = dict[str, bytes](), False, 0
    for label, data in _runs(parts):
        if label.startswith(ROWS) and (table := tables.pop(label.removeprefix(ROWS), None)):
            for piece in snapshot.copy_in(conn, table, data):
                read += piece
                progress(read)
        elif keys.is_packed(name := label.removeprefix(FILE)) and name != label:
            files[name] = b"".join(data)
        elif label == SEQUENCES and not ended:
            ended = True
            _set_sequences(conn, b"".join(data), source)
        else:
            _refuse("backup.shape", _SHAPE.format(what=label), source)
    if not ended:
        _refuse("backup.shape", _SHAPE.format(what=SEQUENCES), source)
    snapshot.bring_up(conn, rest)
    return files


def _set_sequences(conn: WriteConnection, data: bytes, source: Path) -> None:
    try:
        found = msgspec.json.decode(data, type=tuple[snapshot.Sequence, ...])
        snapshot.set_sequences(conn, found)
    except (msgspec.DecodeError, psycopg.Error) as error:
        text = _SHAPE.format(what=SEQUENCES)
        raise archive.ArchiveError("backup.shape", text, str(source)) from error


def _runs(parts: Iterator[archive.Part]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Neighbouring parts of one label together."""
    for label, some in groupby(parts, lambda part: part.label):
        yield label, (part.data for part in some)


def _faults(
    conn: WriteConnection, manifest: Manifest, kept: list[Checkpoint], draw: Draw
) -> list[Wrong]:
    """What of the restored rows is not as the log has it."""
    secret = registry.installation.secret(conn, "tags", draw=draw)
    log = manifest.vkeys[0].partition("+")[0]
    return audit_on(conn, kept, secret=secret, log=log)


def _settle(
    folder: Path, manifest: Manifest, files: dict[str, bytes], faults: int, *, new_log: bool
) -> str:
    """Let the right keys sign from now on; before the rows are there, so that no others do."""
    if new_log:
        if folder.exists():
            keys.set_aside(folder)
        restored.unmark(folder)
        return "new"
    if keys.is_begun(folder):  # or those of a restore that was cut off here
        return "resumes" if restored.is_restored(folder) else "own"
    at = manifest.at.isoformat()
    if not files:
        restored.mark_absent(folder, at=at, faults=faults)
        return "missing"
    keys.unpack(folder, files, at=at, faults=faults)
    return "resumes"


def _refuse(code: str, text: Text, source: Path) -> NoReturn:
    raise archive.ArchiveError(code, text, str(source))

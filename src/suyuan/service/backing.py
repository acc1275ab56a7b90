"""Takes a platform; gives a backup of it: every row as of one moment, and its log's keys."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from suyuan import ledger
from suyuan.kit import SuyuanError
from suyuan.ledger import keys, shards
from suyuan.service.attesting import log_of, publish
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection, archive, snapshot
from suyuan.tlog.checkpoint import parse_checkpoint
from suyuan.tlog.note import parse_note, vkey_text
from suyuan.tlog.shards import number_of

FORMAT: Final = 1
MANIFEST: Final = "manifest"
ROWS: Final = "rows "
FILE: Final = "file "
SEQUENCES: Final = "sequences"
_PIECE: Final = 4 << 20
Progress = Callable[[int], None]


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup says of itself first: when, of how much, and what the log had signed by then.

    * `checkpoint`: the newest signed checkpoint, which the rows contain; `vkeys` verify it.
    * `shards`: the first position of each shard of the log, by its number, as text.
    * `migrations`: the tables that the rows fit, by the digests of what made them.
    """

    format: int
    at: datetime
    entries: int
    checkpoint: str
    vkeys: tuple[str, ...]
    migrations: dict[str, str]
    tables: tuple[snapshot.Table, ...]
    shards: dict[str, int] = field(default_factory=lambda: {"0": 1})


class BackedUp(Struct, frozen=True, kw_only=True):
    """A backup that is whole on the disk; `keys` says whether the log's keys are in it.

    `signed` is how many of its entries the log had signed, over all shards.
    """

    path: str
    entries: int
    signed: int
    bytes: int
    encrypted: bool
    keys: bool


def backup(
    platform: Platform,
    target: Path,
    *,
    passphrase: str | None = None,
    progress: Progress = lambda _: None,
) -> BackedUp:
    """Write everything to a file, or to a new file in a folder, while others go on.

    The log's private keys go with it only under a passphrase. `progress` is told the bytes read.

    Raises:
        ArchiveError: it cannot be written; nothing of it is left.
        LedgerError: the ledger is not what was signed, so a backup would keep the damage.
    """
    path = target / _name(platform.clock()) if target.is_dir() else target
    _publish(platform)
    log = log_of(platform)
    files = keys.packed(log)  # before the rows: what was signed must be among them
    with platform.store.read() as conn:
        snapshot.unlimited(conn)
        tables = tuple(snapshot.tables(conn))
        snapshot.hold(conn, tables)
        manifest = Manifest(
            format=FORMAT,
            at=platform.clock(),
            entries=(size := ledger.head(conn).size),
            shards={str(each.number): each.first for each in shards.until(conn, size)},
            checkpoint=files["signed"].decode(),
            vkeys=tuple(vkey_text(vkey) for vkey in (*log.vkeys, *log.rotated)),
            migrations=snapshot.migrations_of(conn),
            tables=tables,
        )
        with archive.Writer(path, passphrase=passphrase) as writer:
            read = 0
            for part in _parts(conn, manifest, files if passphrase is not None else {}):
                writer.add(part)
                read += len(part.data)
                progress(read)
    signed = parse_checkpoint(parse_note(files["signed"]).text)
    first = manifest.shards.get(str(number_of(signed.origin, log.origin)), 1)
    return BackedUp(
        path=str(path), entries=manifest.entries, signed=first - 1 + signed.size,
        bytes=path.stat().st_size, encrypted=passphrase is not None, keys=passphrase is not None,
    )  # fmt: skip


def _publish(platform: Platform) -> None:
    """Sign what there is; what is wanting may be witnesses, or who they are: the backup goes on."""
    try:
        publish(platform)
    except SuyuanError as error:
        if error.code not in {"ledger.quorum", "ledger.policy-lost", "ledger.restored"}:
            raise


def _name(now: datetime) -> str:
    return f"suyuan-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"


def _parts(
    conn: ReadConnection, manifest: Manifest, files: dict[str, bytes]
) -> Iterator[archive.Part]:
    """The manifest, the rows table by table, the log's files, and where sequences stand."""
    yield archive.Part(MANIFEST, msgspec.json.encode(manifest))
    for table in manifest.tables:
        for piece in _pieces(snapshot.copy_out(conn, table)):
            yield archive.Part(ROWS + table.full, piece)
    for name, data in files.items():
        yield archive.Part(FILE + name, data)
    # Read after the rows: sequences stand outside of the moment, and may only be further on.
    yield archive.Part(SEQUENCES, msgspec.json.encode(snapshot.sequences(conn)))


def _pieces(rows: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth a part; no row is parted."""
    gathered, size = list[bytes](), 0
    for row in rows:
        gathered.append(row)
        size += len(row)
        if size >= _PIECE:
            yield b"".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)

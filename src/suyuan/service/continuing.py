"""Takes two checkpoints of a log; gives the file that proves that one continues the other.

From this platform's own log, or from any other's files: a mirror's folder, or an address.
"""

import http.client
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from suyuan.kit import Text, oserrors
from suyuan.ledger import tree
from suyuan.service.attesting import checkpoint, log_of, published_shard
from suyuan.service.platform import Platform
from suyuan.tlog import continuing
from suyuan.tlog.errors import UndecidedError
from suyuan.tlog.mirror import Read
from suyuan.tlog.shards import number_of

_LARGEST: Final = 1_000_000  # bytes: a tile has 8,192, and a note at most so many
_TIMEOUT: Final = 30.0  # seconds
_OK: Final = 200
_MISSING: Final = frozenset({404, 410})
_KINDS: Final = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
_AWAY: Final = Text(
    "取不到 {path}：{why}；请核对网址和网络后再试。",
    "{path} cannot be had: {why}; check the address and the network, then try again.",
)
_NO_SHARD: Final = Text(
    "检查点属于 “{origin}”，不是本平台的日志；请用 --from 给出它的镜像或网址。",
    "The checkpoint is of '{origin}', which is no log of this platform; give its mirror or address "
    "with --from.",
)


def proof_of_growth(platform: Platform, older: bytes, newer: bytes | None = None) -> bytes:
    """The proof that this platform's log at `newer`, else as published, continues it at `older`.

    Raises:
        UndecidedError: they cannot be compared, or are of another log.
        ProofError: `proof.consistency`, it does not continue it.
        LedgerError: nothing is published yet.
    """
    origin = continuing.head_of(older).origin
    number = number_of(origin, log_of(platform).origin)
    if number is None:
        raise UndecidedError("consistency.other", _NO_SHARD.format(origin=origin), "OLD")
    head = newer or checkpoint(platform, number)
    with platform.store.read() as conn:
        shard, shown = published_shard(conn, number)
        fetch = partial(tree.tile_of, conn, shard)
        return continuing.prove(older, head, there=shown.size, fetch=fetch)


def files_at(source: str) -> Read:
    """The files of a log: below a folder, or at an address that begins with http."""
    parts = urlsplit(source)
    if parts.scheme in _KINDS and parts.netloc:
        return partial(_fetched, source.rstrip("/"))
    return partial(_read, Path(source))


def _read(folder: Path, path: str) -> bytes | None:
    file = folder / path
    try:
        return file.read_bytes() if file.is_file() else None
    except OSError as error:
        raise _away(str(file), oserrors.why(error)) from error


def _fetched(base: str, path: str) -> bytes | None:
    url = f"{base}/{path}"
    parts = urlsplit(url)
    connection = _KINDS[parts.scheme](parts.netloc, timeout=_TIMEOUT)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        data: bytes = answer.read(_LARGEST)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _away(url, type(error).__name__) from error
    finally:
        connection.close()
    if answer.status in _MISSING:
        return None
    if answer.status != _OK:
        raise _away(url, f"HTTP {answer.status}")
    return data


def _away(path: str, why: str | Text) -> UndecidedError:
    return UndecidedError("consistency.source", _AWAY.format(path=path, why=why), "--from")

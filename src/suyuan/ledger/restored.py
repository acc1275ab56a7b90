"""The mark that keeps keys from signing what came from a backup, until it is told what they signed.

It lies among keys that came with the backup; where it had none, beside the folder that they will be
put into, where neither a copy of that folder nor another one in its place takes it away.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from suyuan.kit.durable import remove, write_whole
from suyuan.ledger import words
from suyuan.ledger.files import data_of, is_there
from suyuan.ledger.types import LedgerError
from suyuan.tlog.errors import FormatError

RESTORED: Final = "restored"
"""The file among keys that says so, and of what time the backup is."""
_LINES: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}\S*)\n(?:faults (0|[1-9][0-9]{0,9})\n)?", re.ASCII
)


def mark_keys(folder: Path, *, at: str, faults: int) -> None:
    """Say of a folder that the keys put into it are those of a backup of a time.

    Its rows were taken with so many faults.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / RESTORED, _line(at, faults))


def mark_absent(folder: Path, *, at: str, faults: int) -> None:
    """The same of keys that are not here, and may be put into the folder later."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_whole(_beside(folder), _line(at, faults))


def is_restored(folder: Path) -> bool:
    """Whether it is still to be told what else the keys of a folder signed."""
    return any(True for _ in _marks(folder))


def require_current(folder: Path) -> None:
    """See that nothing came from a backup, or that it was told what the keys signed since.

    Raises:
        LedgerError: `ledger.restored`.
        FormatError: `ledger.file`, the mark is damaged.
    """
    for path in _marks(folder):
        text = words.IS_RESTORED.format(at=_read(path)[0])
        raise LedgerError("ledger.restored", text, str(path), status=409)


def backup_of(folder: Path) -> tuple[str, int | None]:
    """The time of the backup, as it was marked, and its faults where they are known."""
    return _read(next(_marks(folder)))


def require_marked(folder: Path) -> None:
    """See that the marks, where there are any, say of what time the backup is.

    Raises:
        FormatError: `ledger.file`, one is damaged.
    """
    for path in _marks(folder):
        _read(path)


def unmark(folder: Path) -> None:
    """Let the keys of a folder sign: it was told what they signed, or they are others."""
    for path in list(_marks(folder)):
        remove(path)


def _marks(folder: Path) -> Iterator[Path]:
    return (path for path in (folder / RESTORED, _beside(folder)) if is_there(path))


def _beside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-restored")


def _line(at: str, faults: int) -> bytes:
    return f"{at}\nfaults {faults}\n".encode()


def _read(path: Path) -> tuple[str, int | None]:
    found = _LINES.fullmatch((data_of(path) or b"").decode(errors="replace"))
    if found is None:
        raise FormatError("ledger.file", words.NO_TIME.format(path=path), str(path))
    return found[1], None if found[2] is None else int(found[2])

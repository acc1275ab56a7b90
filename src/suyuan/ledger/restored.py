"""The mark that keeps keys from signing what came from a backup, until it is told what they signed.

It lies among keys that came with the backup; where it had none, beside the folder that they will be
put into, where neither a copy of that folder nor another one in its place takes it away.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from suyuan.ledger import words
from suyuan.ledger.durable import remove, write_whole
from suyuan.ledger.types import LedgerError

RESTORED: Final = "restored"
"""The file among keys that says so, and of what time the backup is."""


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
    """
    for path in _marks(folder):
        text = words.IS_RESTORED.format(at=_read(path)[0])
        raise LedgerError("ledger.restored", text, str(path), status=409)


def backup_of(folder: Path) -> tuple[str, int | None]:
    """The time of the backup, as it was marked, and its faults where they are known."""
    return _read(next(_marks(folder)))


def unmark(folder: Path) -> None:
    """Let the keys of a folder sign: it was told what they signed, or they are others."""
    for path in list(_marks(folder)):
        remove(path)


def _marks(folder: Path) -> Iterator[Path]:
    return (path for path in (folder / RESTORED, _beside(folder)) if path.exists())


def _beside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-restored")


def _line(at: str, faults: int) -> bytes:
    return f"{at}\nfaults {faults}\n".encode()


def _read(path: Path) -> tuple[str, int | None]:
    text = path.read_text(encoding="utf-8", errors="replace")
    at, _, faults = text.strip().partition("\nfaults ")
    return at.partition("\n")[0].strip(), int(faults) if faults.isdecimal() else None

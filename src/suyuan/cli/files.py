"""Takes the paths that somebody named; gives the documents there, those of folders in order."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from suyuan.wire import Limits

OWN_FILES: Final = Limits(
    document_bytes=4 << 30, event_bytes=64 << 20, events=100_000_000, text=16 << 20
)
"""A file on one's own disk may be larger than what a server takes."""

_SUFFIXES = frozenset({".json", ".jsonld", ".xml"})


def documents(paths: Sequence[Path]) -> Iterator[Path]:
    """The named files, and the EPCIS documents anywhere below the named folders."""
    for file, _ in documents_below(paths):
        yield file


def documents_below(paths: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """The same, each with its way from the folder that was named; of a file, its name."""
    for path in paths:
        if path.is_dir():
            found = (file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES)
            yield from ((file, file.relative_to(path)) for file in sorted(found))
        else:
            yield path, Path(path.name)
